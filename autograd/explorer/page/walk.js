// Where the page stands: one number says at which step it is, and everything shown follows from it.

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

// Goes to a step, and shows what that changes: a gradient for each step in between.
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

// Goes to the step of a node that was chosen; of a leaf, to its number in the table.
function choose(node) {
  if (at < seed && !graph.isLeaf(node)) go(graph.forward.indexOf(node));
  else if (graph.isLeaf(node)) rows.get(node)?.querySelector("input")?.focus();
  else go(seed + 1 + (graph.firstStep.get(node) ?? 0));
}
