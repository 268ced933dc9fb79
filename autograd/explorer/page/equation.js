// What the current step shows: counter, heading, equation, and the sentence that is spoken.

function currentStep() {
  return at > seed ? graph.steps[at - seed - 1] : null;
}

const isHidden = (step) => predicting && step && !answered.has(at);

function show(changed) {
  started = performance.now();
  const step = currentStep();
  part("slider").value = at;
  part("slider").setAttribute("aria-valuetext", counter());
  part("counter").textContent = counter();
  part("previous").disabled = part("first").disabled = at === 0;
  part("next").disabled = part("last").disabled = at === last;
  if (step) changed.add(step.arg);
  if (shown !== null) changed.add(shown);
  shown = step?.arg ?? null;
  for (const node of changed) showNode(node);
  markRows(step);
  part("why").hidden = at !== seed && at !== seed + 1;
  if (!part("why").hidden) part("why").textContent = whyThisOrder();
  if (step) showBackward(step);
  else if (at === seed) showSeed();
  else showForward(graph.forward[at]);
  showPrediction(step);
}

let shown = null; // the node whose gradient the last step changed

function counter() {
  if (at < seed) return `Forward ${at + 1} of ${seed}`;
  return at === seed ? "Start of backward" : `Backward ${at - seed} of ${last - seed}`;
}

const name = (node) => graph.maths[node];
const total = (node) => bar(name(node));

// A formula with names, and with numbers; none for a rule that only Python can run.
function formulas(place, formula) {
  if (!formula) return [];
  const node = graph.nodes[place];
  const operand = (slot) => node.args[slot - 1] ?? null;
  const numberAt = (slot) =>
    slot === 0
      ? graph.numbers[place]
      : operand(slot) === null
        ? node.constants[slot - 1]
        : graph.numbers[operand(slot)];
  const isConstant = (slot) => slot !== 0 && operand(slot) === null;
  const written = (slot, isBracketed) =>
    (isConstant(slot) ? mathConstant : mathNumber)(numberAt(slot), isBracketed);
  const symbols = filled(formula, (slot, isBracketed) => {
    if (isConstant(slot)) return written(slot, isBracketed);
    return name(slot === 0 ? place : operand(slot));
  });
  return [symbols, filled(formula, written)];
}

function setEquation(...lines) {
  part("equation").innerHTML = lines.map((line) => `<div>${mathElement(line)}</div>`).join("");
}

function showForward(place) {
  part("heading").textContent = `Compute ${graph.names[place]}`;
  setEquation(forwardLine(place));
  part("spoken").textContent = `${graph.names[place]} is ${digits(graph.numbers[place])}.`;
  picture.mark(place, operandsOf(place), graph.nodes[place].args.map((_, index) => [place, index]));
}

const operandsOf = (place) => graph.nodes[place].args.filter((arg) => arg !== null);

const forwardLine = (place) =>
  equation(
    name(place),
    ...formulas(place, graph.nodes[place].rule.formula),
    mathNumber(graph.numbers[place]),
  );

function showSeed() {
  const root = graph.names[graph.root];
  part("heading").textContent = `Backward starts at ${root}`;
  setEquation(equation(total(graph.root), mathNumber(1)));
  part("spoken").textContent =
    `A bar marks a gradient: the derivative of ${root} by that node, over all paths. ` +
    `∂ marks a local derivative: that of one operation by one operand, the others held. ` +
    `The gradient of ${root} itself is 1.`;
  picture.mark(graph.root, [], []);
}

function backwardLines(step, isSecret = false) {
  const unknown = "<mo>?</mo>";
  const { args } = graph.nodes[step.node];
  const isRepeated = args.filter((other) => other === step.arg).length > 1;
  const local = localSlope(name(step.node), name(step.arg), isRepeated ? step.index + 1 : 0);
  const upstream = mathNumber(step.upstream);
  const partial = mathNumber(step.partial, true);
  const symbols = `<mrow>${total(step.node)}<mo>\u22c5</mo>${local}</mrow>`;
  const numbers = `<mrow>${upstream}<mo>\u22c5</mo>${isSecret ? unknown : partial}</mrow>`;
  const contribution = isSecret ? unknown : mathNumber(step.contribution);
  const passes = agrees(step.upstream * step.partial, step.contribution); // a choice may pass nothing
  const added = isSecret || passes ? equation(symbols, numbers, contribution) : contribution;
  const [definition] = formulas(step.node, graph.nodes[step.node].rule.formula);
  const [symbolic, numeric] = formulas(step.node, graph.partialFormula(step));
  const isConstant = symbolic === numeric && symbolic === mathNumeral(constant(step.partial));
  const sides = symbolic ? [symbolic, numeric] : [];
  const lines = [
    equation(name(step.node), definition),
    equation(local, ...sides, ...(isConstant ? [] : [isSecret ? unknown : mathNumber(step.partial)])),
    `${total(step.arg)}<mo class="plus-equals">+=</mo>${added}`,
  ];
  if (!step.isFirst) {
    const before = mathNumber(step.before);
    const parts = isSecret ? unknown : mathNumber(step.contribution, true);
    const sum = `<mrow>${before}<mo>+</mo>${parts}</mrow>`;
    lines.push(equation(total(step.arg), sum, isSecret ? unknown : mathNumber(step.after)));
  }
  return lines;
}

function showBackward(step) {
  const { node, arg } = step;
  const [from, to] = [graph.names[node], graph.names[arg]];
  const { args } = graph.nodes[node];
  const again = args.filter((other) => other === arg).length > 1;
  const which = again ? `, operand ${step.index + 1} of ${args.length}` : "";
  part("heading").textContent = `From ${from} back to ${to}${which}`;
  const isSecret = isHidden(step);
  setEquation(...backwardLines(step, isSecret));
  part("spoken").textContent = isSecret
    ? `${from} hands its gradient ${digits(step.upstream)} on to ${to}.`
    : spoken(step, from, to);
  picture.mark(node, [arg], [[node, step.index]]);
}

function spoken(step, from, to) {
  const gradient = digits(step.after);
  let words = `${from} hands ${digits(step.contribution)} on to ${to}, whose gradient is now ${gradient}.`;
  if (isFinished(step.arg)) {
    const slope = graph.difference(step.arg);
    words += " It is complete";
    if (slope === null) words += ".";
    else words += isOdd(slope) ? `. ${poleWords(step.arg)}` : `; differences give ${digits(slope, ofDifferences)}.`;
  }
  return words;
}

// Why backward takes the nodes in this order, with an example from this graph: a node that is used
// most often.
function whyThisOrder() {
  const counts = new Array(graph.size).fill(0);
  for (const { arg } of graph.steps) counts[arg] += 1;
  const results = graph.forward.filter((node) => node !== graph.root);
  const [example] = results.sort((a, b) => counts[b] - counts[a]);
  const rule =
    "Backward takes the nodes from the result down, in the reverse of the order in which they were " +
    "computed: a node hands its gradient on only when all its uses have paid in.";
  if (!(counts[example] > 1)) return rule;
  const users = graph.usersOf(example).reverse().map((node) => graph.names[node]);
  const named = users.length > 4 ? `all its ${users.length} users` : new Intl.ListFormat("en").format(users);
  return `${rule} So ${graph.names[example]} waits for ${named}.`;
}
