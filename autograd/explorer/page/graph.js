// The graph of the page: numbers, gradients and steps, computed again after every edit.

const parsed = (text) =>
  typeof text === "number"
    ? text
    : { nan: NaN, inf: Infinity, "-inf": -Infinity }[text] ?? Number(text);

class Graph {
  constructor(payload) {
    this.names = payload.names;
    this.maths = payload.maths;
    this.labelled = new Set(payload.labelled);
    this.scopes = payload.scopeOf.map((place) => payload.scopes[place]);
    this.rules = payload.rules.map((rule) => this.decodedRule(rule, payload.primitives));
    this.nodes = payload.nodes.map(([rule, ...operands]) => ({
      rule: this.rules[rule],
      args: operands.map((operand) => (typeof operand === "string" ? null : operand)),
      constants: operands.map((operand) => (typeof operand === "string" ? parsed(operand) : null)),
    }));
    this.size = this.nodes.length;
    this.root = this.size - 1;
    this.ownRules = [...new Set(this.rules.filter((rule) => !isPortable(rule)).map((rule) => rule.name))];
    this.isRecomputable = this.ownRules.length === 0;
    this.forward = this.nodes.flatMap((node, place) => (node.rule ? [place] : []));
    this.recorded = {
      numbers: payload.numbers.map(parsed),
      partials: payload.partials.map((each) => each.map((one) => (one === null ? null : parsed(one)))),
    };
    this.restore();
  }

  decodedRule(rule, primitives) {
    const program = (coded) =>
      coded && {
        constants: coded[0].map(parsed),
        lines: coded[1].map(([primitive, ...operands]) => [PRIMITIVES[primitives[primitive]], operands]),
        result: coded[2],
      };
    const partials = rule.partials.map(
      (one) => one && { ...one, run: program(one.run), check: program(one.check) },
    );
    return { ...rule, run: program(rule.run), partials };
  }

  isLeaf(node) {
    return !this.nodes[node].rule;
  }

  // What a search looks at: the name, the operation and the scopes around a node.
  wordsOf(node) {
    const { rule } = this.nodes[node];
    return [this.names[node], rule?.symbol, rule?.name, this.scopes[node]].join("\n").toLowerCase();
  }

  usersOf(node) {
    return this.nodes.flatMap(({ args }, place) => (args.includes(node) ? [place] : []));
  }

  // -- numbers ------------------------------------------------------------------------------------

  restore() {
    this.numbers = [...this.recorded.numbers];
    this.partials = this.recorded.partials.map((each) => [...each]);
    this.isEdited = false;
    this.differentiate();
  }

  edit(leaf, number) {
    this.numbers[leaf] = number;
    this.numbers = this.evaluated();
    this.partials = this.nodes.map((node, place) => this.partialsOf(node, place));
    this.isEdited = true;
    this.differentiate();
  }

  operandNumbers(node, numbers) {
    return node.args.map((arg, index) => (arg === null ? node.constants[index] : numbers[arg]));
  }

  evaluated(forced = -1, number = 0) {
    const numbers = [...this.numbers];
    if (forced >= 0) numbers[forced] = number;
    for (const place of this.forward) {
      if (place <= forced) continue; // nothing before a node depends on it
      const node = this.nodes[place];
      if (forced >= 0 && node.rule.name === "stop_gradient") continue; // it counts as a constant
      const operands = this.operandNumbers(node, numbers);
      numbers[place] = run(node.rule.run, free(node.rule, operands));
    }
    return numbers;
  }

  partialsOf(node, place) {
    if (!node.rule) return [];
    const operands = free(node.rule, this.operandNumbers(node, this.numbers));
    const inputs = [this.numbers[place], ...operands];
    return node.rule.partials.map((partial) => partial && run(partial.run, inputs));
  }

  // -- the chain rule -------------------------------------------------------------------------------

  differentiate() {
    const gradients = new Array(this.size).fill(0);
    gradients[this.root] = 1;
    this.taken = new Array(this.size).fill(false); // nothing passes to the others
    this.taken[this.root] = true;
    const touched = new Set();
    this.steps = [];
    this.finished = new Array(this.size).fill(-1); // the step that completes a gradient
    this.firstStep = new Map(); // the step at which a node begins to hand its gradient on
    for (let place = this.root; place >= 0; place--) {
      this.nodes[place].args.forEach((arg, index) => {
        if (arg === null) return;
        const partial = this.partials[place][index];
        const upstream = gradients[place];
        const passes = this.passes(place, partial);
        const contribution = passes ? upstream * partial : 0;
        this.taken[arg] ||= passes;
        const before = gradients[arg];
        const after = (gradients[arg] = before + contribution);
        const isFirst = !touched.has(arg);
        touched.add(arg);
        if (!this.firstStep.has(place)) this.firstStep.set(place, this.steps.length);
        this.finished[arg] = this.steps.length;
        this.steps.push({
          ...{ node: place, arg, index, partial, upstream },
          ...{ contribution, before, after, isFirst },
        });
      });
    }
    this.gradients = gradients;
    this.slopes = new Map();
  }

  // Whether a node passes anything to an operand: not where a choice, here or above, chose another.
  passes(place, partial) {
    return this.taken[place] && !(this.nodes[place].rule.isChoice && partial === 0);
  }

  // The derivative of the root by a node, from two evaluations of what lies above it.
  difference(node) {
    if (!this.isRecomputable) return null;
    if (!this.slopes.has(node)) {
      const size = Math.abs(this.numbers[node]);
      let [slope] = this.quotient(node, Math.max(1, size));
      if (size > 0 && size < 1e-3) {
        const [nearer, noise] = this.quotient(node, size); // next to 0 there may be a pole or an edge
        if (!(Math.abs(slope - nearer) <= noise)) slope = nearer;
      }
      this.slopes.set(node, slope);
    }
    return this.slopes.get(node);
  }

  // A central difference, and what rounding may do to it.
  quotient(node, scale) {
    const [at, width] = [this.numbers[node], 6e-6 * scale];
    const [low, high] = [at - width, at + width];
    const [below, above] = [low, high].map((number) => this.evaluated(node, number)[this.root]);
    const noise = (1e-14 * (Math.abs(below) + Math.abs(above))) / (high - low);
    return [(above - below) / (high - low), noise];
  }

  // Which of a partial's two formulas is true at these numbers: the textbook's, or the one computed.
  partialFormula(step) {
    const node = this.nodes[step.node];
    const partial = node.rule.partials[step.index];
    if (!partial.check) return partial.shown;
    const operands = free(node.rule, this.operandNumbers(node, this.numbers));
    const shown = run(partial.check, [this.numbers[step.node], ...operands]);
    const isTrue =
      Math.abs(shown - step.partial) <= 1e-6 * Math.abs(step.partial) ||
      shown === step.partial ||
      step.partial !== step.partial;
    return isTrue ? partial.shown : partial.computing;
  }
}

const isPortable = (rule) => rule.run && rule.partials.every((partial) => !partial || partial.run);

const free = (rule, operands) =>
  rule.kept.length ? operands.filter((_, index) => !rule.kept.includes(index)) : operands;

// Runs a program: registers from 0 on hold the inputs and then one result a line; constants count
// down from -1.
function run(program, inputs) {
  const registers = [...inputs];
  const at = (place) => (place >= 0 ? registers[place] : program.constants[-1 - place]);
  for (const [primitive, [a, b, c]] of program.lines) {
    if (b === undefined) registers.push(primitive(at(a)));
    else if (c === undefined) registers.push(primitive(at(a), at(b)));
    else registers.push(primitive(at(a), at(b), at(c)));
  }
  return at(program.result);
}
