// The page: one number says at which step it is, and everything shown follows from it.

const MOST_ROWS = 1000;
const MOST_PRINTED = 300;

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const element = (tag, settings = {}) => Object.assign(document.createElement(tag), settings);
const payload = JSON.parse(part("payload").textContent);
const graph = new Graph(payload);
const picture = new Picture(part("picture"), graph, payload.views, choose);

const seed = graph.forward.length; // the step at which backward starts
const last = seed + graph.steps.length;
let at = -1;
let gradients = new Array(graph.size).fill(null);
let rows = new Map();

const isComputed = (node) => at >= seed || graph.isLeaf(node) || graph.forward[at] >= node;
const isFinished = (node) => at >= seed && at - seed - 1 >= graph.finished[node];

// -- going from step to step ----------------------------------------------------------------------

function go(target) {
  target = Math.min(last, Math.max(0, target));
  const changed = new Set();
  while (at < target) {
    at += 1;
    if (at < seed) changed.add(graph.forward[at]);
    if (at === seed) setGradient(graph.root, 1, changed);
    if (at > seed) setGradient(graph.steps[at - seed - 1].arg, graph.steps[at - seed - 1].after, changed);
  }
  while (at > target) {
    if (at < seed) changed.add(graph.forward[at]);
    if (at === seed) setGradient(graph.root, null, changed);
    if (at > seed) {
      const step = graph.steps[at - seed - 1];
      setGradient(step.arg, step.isFirst ? null : step.before, changed);
    }
    at -= 1;
  }
  show(changed);
}

function setGradient(node, number, changed) {
  gradients[node] = number;
  changed.add(node);
}

function choose(node) {
  if (at < seed && !graph.isLeaf(node)) go(graph.forward.indexOf(node));
  else if (graph.isLeaf(node)) rows.get(node)?.querySelector("input")?.focus();
  else go(seed + 1 + (graph.firstStep.get(node) ?? 0));
}

// -- showing ------------------------------------------------------------------------------------------

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
const total = (node) => fraction(name(graph.root), name(node));

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
  const symbols = filled(formula, (slot, isBracketed) => {
    if (slot === 0) return name(place);
    return operand(slot) === null ? mathNumber(numberAt(slot), isBracketed) : name(operand(slot));
  });
  return [symbols, filled(formula, (slot, isBracketed) => mathNumber(numberAt(slot), isBracketed))];
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
  part("spoken").textContent = `The derivative of ${root} by itself is 1.`;
  picture.mark(graph.root, [], []);
}

function backwardLines(step, isSecret = false) {
  const unknown = "<mo>?</mo>";
  const local = fraction(name(step.node), name(step.arg));
  const upstream = mathNumber(step.upstream);
  const partial = mathNumber(step.partial, true);
  const symbols = `<mrow>${total(step.node)}<mo>\u22c5</mo>${local}</mrow>`;
  const numbers = `<mrow>${upstream}<mo>\u22c5</mo>${isSecret ? unknown : partial}</mrow>`;
  const added = equation(symbols, numbers, isSecret ? unknown : mathNumber(step.contribution));
  const [definition] = formulas(step.node, graph.nodes[step.node].rule.formula);
  const [symbolic, numeric] = formulas(step.node, graph.partialFormula(step));
  const isConstant = symbolic === numeric && symbolic === mathNumber(step.partial);
  const sides = symbolic ? [symbolic, numeric] : [];
  const lines = [
    equation(name(step.node), definition),
    equation(local, ...sides, isSecret && !isConstant ? unknown : mathNumber(step.partial)),
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
    words += ` It is complete${slope === null ? "" : `; differences give ${digits(slope)}`}.`;
  }
  return words;
}

// -- the table -----------------------------------------------------------------------------------------

function makeRows() {
  const words = part("search").value.trim().toLowerCase();
  const every = graph.nodes.map((_, place) => place);
  const fitting = words ? every.filter((place) => graph.names[place].toLowerCase().includes(words)) : every;
  const named = fitting.length > MOST_ROWS ? fitting.filter((place) => graph.labelled.has(place)) : fitting;
  const chosen = (named.length ? named : fitting).slice(0, MOST_ROWS);
  rows = new Map(chosen.map((place) => [place, makeRow(place)]));
  part("rows").replaceChildren(...rows.values());
  sizes = null;
  const hidden = fitting.length - chosen.length;
  const notes = [];
  if (hidden > 0) notes.push(`${hidden.toLocaleString("en")} more nodes: search for them by name.`);
  if (words && !fitting.length) notes.push("No node has that in its name.");
  if (!graph.isRecomputable) {
    notes.push(`Only Python can compute ${graph.ownRules.join(", ")}, so numbers cannot be edited here.`);
  } else if (graph.rules.some((rule) => rule.name === "where")) {
    notes.push("where keeps the branch that Python took.");
  }
  part("note").textContent = notes.join(" ");
  picture.showFound(words ? fitting : []);
  for (const place of chosen) showNode(place);
  markRows(currentStep());
}

// Rows of their own, not of a <table>: a browser lays out a table as a whole, at every step.
function makeRow(place) {
  const row = element("div", { role: "row", className: "row" });
  row.dataset.node = place;
  const head = element("span", { role: "rowheader" });
  const button = element("button", { type: "button", textContent: graph.names[place] });
  button.title = graph.names[place];
  button.addEventListener("click", () => choose(place));
  head.append(button);
  const cells = ["number", "gradient", "differences"].map((kind) =>
    element("span", { role: "cell", className: kind }),
  );
  row.append(head, ...cells);
  if (graph.isLeaf(place)) {
    const input = element("input", { inputMode: "decimal", autocomplete: "off" });
    input.setAttribute("aria-label", `Number of ${graph.names[place]}`);
    input.disabled = !graph.isRecomputable;
    input.addEventListener("change", () => edit(place, input));
    cells[0].append(input);
  }
  return row;
}

function showNode(place) {
  const step = currentStep();
  const isSecret = isHidden(step) && step.arg === place;
  const gradient = isSecret ? "?" : gradients[place];
  const number = isComputed(place) ? graph.numbers[place] : null;
  picture.showNumbers(place, number, gradient);
  const row = rows.get(place);
  if (!row) return;
  const [, data, grad, differences] = row.children;
  const input = data.querySelector("input");
  if (!input) setData(data, number);
  else if (document.activeElement !== input || !input.hasAttribute("aria-invalid")) {
    input.value = input.title = digits(number);
    if (Number(input.value) !== number) input.title = String(number);
  }
  setData(grad, gradient);
  setData(differences, isFinished(place) && !isSecret ? slopeOf(place) : null);
}

// A difference costs two evaluations of the graph. After a jump over many steps there are many to
// take: those that do not fit in this moment are taken in the next ones.
const pending = new Set();
let started = 0;

function slopeOf(place) {
  if (graph.slopes.has(place) || performance.now() - started < 12) return graph.difference(place);
  if (pending.size === 0) setTimeout(takePending);
  pending.add(place);
  return "\u2026";
}

function takePending() {
  const places = [...pending];
  pending.clear();
  started = performance.now();
  for (const place of places) showNode(place);
}

function setData(cell, number) {
  cell.replaceChildren();
  if (number === null) return cell.append("\u2013");
  if (typeof number === "string") return cell.append(number);
  const value = String(number);
  return cell.append(element("data", { value, title: value, textContent: digits(number) }));
}

function markRows(step) {
  for (const row of part("rows").querySelectorAll(".current, .operand")) row.className = "row";
  const current = step ? step.node : at === seed ? graph.root : graph.forward[at];
  const operands = step ? [step.arg] : at === seed ? [] : operandsOf(current);
  for (const node of operands) rows.get(node)?.classList.add("operand");
  if (rows.has(current)) rows.get(current).className = "row current";
  scrollTo(step ? step.arg : current);
}

// Keeps a row in sight. Heights are asked for once, since asking lays out the page.
function scrollTo(node) {
  const place = [...rows.keys()].indexOf(node);
  if (place < 0) return;
  const box = part("scroll");
  sizes ??= {
    row: rows.get(node).offsetHeight,
    head: box.querySelector(".head").offsetHeight,
    box: box.clientHeight,
  };
  const top = place * sizes.row;
  const room = sizes.box - sizes.head - sizes.row;
  if (top >= scrolled && top <= scrolled + room) return;
  scrolled = Math.max(0, top - room / 2);
  box.scrollTop = scrolled;
}

let sizes = null;
let scrolled = 0;

// -- editing ---------------------------------------------------------------------------------------------

function edit(leaf, input) {
  const number = parsed(input.value.trim().toLowerCase() || "?");
  const isNumber = !Number.isNaN(number) || /^\s*nan\s*$/i.test(input.value);
  input.toggleAttribute("aria-invalid", false);
  if (!isNumber) {
    input.setAttribute("aria-invalid", "true");
    part("spoken").textContent = `${graph.names[leaf]} keeps ${digits(graph.numbers[leaf])}: write a number.`;
    return;
  }
  graph.edit(leaf, number);
  afterEdit();
}

function restore() {
  graph.restore();
  afterEdit();
}

function afterEdit() {
  part("restore").hidden = !graph.isEdited;
  answered.clear();
  const target = at;
  at = -1;
  gradients = new Array(graph.size).fill(null);
  go(target);
  for (const place of graph.nodes.keys()) showNode(place);
  showPaths();
}

// -- paths -------------------------------------------------------------------------------------------------

function makeTargets() {
  const every = graph.nodes.map((_, place) => place).filter((place) => place !== graph.root);
  const leaves = every.filter((place) => graph.isLeaf(place));
  const others = every.filter((place) => !graph.isLeaf(place));
  const choices = [...leaves, ...others].slice(0, MOST_ROWS);
  part("root").textContent = graph.names[graph.root];
  part("target").replaceChildren(
    ...choices.map((place) => new Option(graph.names[place], String(place))),
  );
  part("target").closest("section").hidden = choices.length === 0;
}

function showPaths() {
  picture.showPath([]);
  if (part("target").value === "") return;
  const target = Number(part("target").value);
  const { count, paths } = pathsTo(graph, target);
  const [root, end] = [graph.names[graph.root], graph.names[target]];
  const many = count < 1e15 ? count.toLocaleString("en") : digits(count);
  part("paths-summary").textContent =
    count === 0
      ? `${root} does not depend on ${end}: no path leads there.`
      : count === 1
        ? "One path; its product is the gradient."
        : `${many} paths; their products add up to ${digits(graph.gradients[target])}.` +
          (count > paths.length ? ` The ${paths.length} largest:` : "");
  part("paths").replaceChildren(...paths.map((each) => pathItem(each, end)));
}

function pathItem({ edges, product }, end) {
  const factors = edges.map(({ partial }, place) =>
    place && partial < 0 ? `(${digits(partial)})` : digits(partial),
  );
  const nodes = [...edges.map(({ node }) => graph.names[node]), end];
  const button = element("button", { type: "button", ariaPressed: "false" });
  for (const text of [
    `${digits(product)} = ${shortened(factors).join(" \u00b7 ")}`,
    shortened(nodes).join(" \u2192 "),
  ]) {
    button.append(element("span", { textContent: text }));
  }
  button.addEventListener("click", () => {
    const isOn = button.getAttribute("aria-pressed") === "true";
    for (const other of part("paths").querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(!isOn));
    picture.showPath(isOn ? [] : edges);
  });
  const item = element("li");
  item.append(button);
  return item;
}

const shortened = (parts) => (parts.length <= 9 ? parts : [...parts.slice(0, 4), "\u2026", ...parts.slice(-4)]);

// -- predict mode --------------------------------------------------------------------------------------------

let predicting = false;
const answered = new Map(); // by step: whether the first answer was right
const tries = new Map();

function togglePredict() {
  predicting = !predicting;
  part("predict").setAttribute("aria-pressed", String(predicting));
  part("paths").closest("section").hidden = predicting; // they tell what is to be predicted
  if (predicting && at <= seed) return go(seed + 1);
  return show(new Set(graph.nodes.keys()));
}

function showPrediction(step) {
  const form = part("prediction");
  form.hidden = !predicting || !step;
  if (form.hidden) return;
  const isOpen = !answered.has(at);
  part("question").textContent = `The gradient of ${graph.names[step.arg]} becomes`;
  part("guess").disabled = !isOpen;
  part("reveal").disabled = form.querySelector("[type=submit]").disabled = !isOpen;
  if (part("verdict").dataset.step !== String(at)) {
    part("verdict").textContent = "";
    part("verdict").dataset.step = at;
    part("guess").value = "";
  }
  const right = [...answered.values()].filter(Boolean).length;
  part("score").textContent = answered.size === 0 ? "" : `Score: ${right} of ${answered.size} right at the first try.`;
}

function check(event) {
  event.preventDefault();
  const step = currentStep();
  const { isRight, words } = verdict(step, typed(part("guess").value));
  if (isRight) {
    answer(!tries.has(at));
    part("verdict").textContent = `${words} It is ${digits(step.after)}.`;
    part("next").focus();
    return;
  }
  tries.set(at, (tries.get(at) ?? 0) + 1);
  part("verdict").textContent = words;
  part("guess").select();
}

function answer(isRight) {
  answered.set(at, isRight);
  show(new Set());
}

// -- what starts it ------------------------------------------------------------------------------------------

function printed() {
  while (pending.size) takePending();
  const steps = graph.steps.slice(0, MOST_PRINTED);
  const forward = graph.forward.slice(0, MOST_PRINTED);
  const blocks = [...forward.map((place) => [forwardLine(place)]), ...steps.map((step) => backwardLines(step))];
  part("every-step").innerHTML = blocks
    .map((lines) => `<div>${lines.map((line) => `<p>${mathElement(line)}</p>`).join("")}</div>`)
    .join("");
}

const isTextField = (element) => element?.matches?.('textarea, input:not([type="range"])') ?? false;

document.addEventListener(
  "keydown",
  (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (isTextField(event.target)) return;
    const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation();
    go(at + direction);
  },
  { capture: true },
);

const on = (name, event, action) => part(name).addEventListener(event, action);
on("first", "click", () => go(0));
on("previous", "click", () => go(at - 1));
on("next", "click", () => go(at + 1));
on("last", "click", () => go(last));
on("slider", "input", () => go(Number(part("slider").value)));
on("fold", "click", () => picture.fold(-1));
on("unfold", "click", () => picture.fold(1));
on("zoom-in", "click", () => picture.zoom(1.3));
on("zoom-out", "click", () => picture.zoom(1 / 1.3));
on("fit", "click", () => picture.overview());
on("search", "input", makeRows);
on("restore", "click", restore);
on("target", "change", showPaths);
on("predict", "click", togglePredict);
on("prediction", "submit", check);
on("reveal", "click", () => {
  answer(false);
  part("verdict").textContent = `It is ${digits(currentStep().after)}.`;
});
window.addEventListener("beforeprint", () => {
  printed();
  picture.unbound();
});
window.addEventListener("afterprint", () => picture.place());
window.addEventListener("resize", () => (sizes = null));
on("scroll", "scroll", () => (scrolled = part("scroll").scrollTop));

picture.onDraw = () => {
  part("fold").disabled = !picture.canFold(-1);
  part("unfold").disabled = !picture.canFold(1);
  part("fold").hidden = part("unfold").hidden = payload.views.length === 1;
  if (at >= 0) show(new Set(graph.nodes.keys()));
};

part("slider").max = last;
part("picture").setAttribute(
  "aria-label",
  `Graph of ${graph.names[graph.root]}, ${graph.size} nodes; the table of numbers lists them`,
);
makeTargets();
go(0);
makeRows();
picture.onDraw();
showPaths();

// In a notebook the page stands in a frame, which is as high as its contents.
const frame = window.frameElement;
if (frame) {
  const grow = () => (frame.style.height = `${document.querySelector("main").offsetHeight + 4}px`);
  new ResizeObserver(grow).observe(document.body);
}
