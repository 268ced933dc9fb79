// The largest paths from the root down to a node, and how many there are: autograd/explorer/paths.py
// says how this works.

const MOST_PATHS = 8;
const MOST_DETOURS = 20000;

function pathsTo(graph, target) {
  const edges = new Map();
  const counts = new Map([[target, 1]]);
  const best = new Map([[target, 0]]);
  const way = new Map();
  for (let place = target + 1; place < graph.size; place++) {
    const leading = [];
    graph.nodes[place].args.forEach((arg, index) => {
      if (arg !== null && counts.has(arg)) {
        leading.push({ node: place, arg, index, partial: graph.partials[place][index] });
      }
    });
    if (!leading.length) continue;
    edges.set(place, leading);
    counts.set(place, leading.reduce((sum, edge) => sum + counts.get(edge.arg), 0));
    const sizes = leading.map((edge) => joined(size(edge.partial), best.get(edge.arg)));
    best.set(place, Math.max(...sizes));
    way.set(place, leading[sizes.indexOf(best.get(place))]);
  }
  const paths = [];
  const detours = [{ cost: 0, node: graph.root, before: null }];
  while (counts.has(graph.root) && detours.length && paths.length < MOST_PATHS) {
    const cheapest = detours.reduce((low, one, at) => (one.cost < detours[low].cost ? at : low), 0);
    let [{ cost, node, before }] = detours.splice(cheapest, 1);
    while (node !== target) {
      for (const edge of edges.get(node)) {
        if (edge === way.get(node) || detours.length >= MOST_DETOURS) continue;
        const rest = joined(size(edge.partial), best.get(edge.arg));
        const extra = rest === best.get(node) ? 0 : best.get(node) - rest;
        detours.push({ cost: cost + extra, node: edge.arg, before: { edge, before } });
      }
      before = { edge: way.get(node), before };
      node = way.get(node).arg;
    }
    paths.push(path(graph, before));
  }
  paths.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  return { count: counts.get(graph.root) ?? 0, paths };
}

function path(graph, link) {
  const edges = [];
  for (; link; link = link.before) edges.unshift(link.edge);
  const isOpen = edges.every(({ node, partial }) => graph.passes(node, partial));
  const product = isOpen ? edges.reduce((upstream, { partial }) => upstream * partial, 1) : 0;
  return { edges, product };
}

const size = (partial) =>
  partial === 0 ? -Infinity : Number.isFinite(partial) ? Math.log(Math.abs(partial)) : Infinity;

const joined = (a, b) => (a === -Infinity || b === -Infinity ? -Infinity : a + b);
