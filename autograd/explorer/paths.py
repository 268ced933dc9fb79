"""The paths from a root down to one node: counted, summed, and the largest of them listed.

A graph may have exponentially many paths. They are counted and summed by dynamic programming, and
the largest are found one by one without looking at the others: a path is the best way down with
a few detours, and its rank is what the detours cost (Eppstein, Finding the k shortest paths,
SIAM J. Comput. 28, 1998, with sizes multiplied where he adds lengths).
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograd.engine.chain_rule import contributions
from autograd.table import rows as ops

if TYPE_CHECKING:
    from autograd.engine.value import Value

MOST_COUNTED = 10**18  # counts stop here
MOST_DETOURS = 1_000_000  # and so does the search for large paths
FEW, MOST_STEPS = 12, 200_000  # paths that are listed in any case; steps of all that are listed


@dataclass(frozen=True, slots=True)
class Path:
    """One way from y down to x.

    Attributes:
        nodes: the nodes on it, y first and x last.
        indices: for each edge, which operand of the upper node the lower one is.
        partials: the local derivative on each edge.
        product: the product of the partials, multiplied from y on as backward does.
    """

    nodes: tuple[Value, ...]
    indices: tuple[int, ...]
    partials: tuple[float, ...]
    product: float


@dataclass(frozen=True, slots=True)
class Use:
    """One use of x: all paths that reach x by the same last edge, taken together.

    Attributes:
        node: the node that uses x.
        index: which of its operands x is.
        count: how many paths there are (10**18 stands for that many or more).
        total: what they add up to, d(y)/d(node) x d(node)/d(x).
    """

    node: Value
    index: int
    count: int
    total: float


class Ways:
    """All the ways from the root of a graph down to one node of it.

    Args:
        order: the nodes under the root, as ``recorded`` has them.
        x: the node.
        held: whether results of ``stop_gradient`` are constants, from which no way leads on.

    Attributes:
        between: the nodes on some way, operands before results; empty where there is no way.
        edges: for each of them by id, the edges that lead on towards x.
        adjoints: d(root)/d(node) for every node under the root, by id.
        count: how many paths there are (10**18 stands for that many or more).
        magnitude: the sum of the magnitudes of their products.
    """

    def __init__(self, order: list[Value], x: Value, held: bool = False) -> None:
        self.root, self.x, self._held = order[-1], x, held
        self.edges: dict[int, list[tuple[int, Value, float]]] = {}
        self.between = [node for node in order if node is x or self._leads_to_x(node)]
        if self.between and self.between[-1] is not self.root:
            self.between, self.edges = [], {}
        self.edges.pop(id(x), None)  # x itself has no way on
        if held:
            self._leave_out_what_is_held()
        self.adjoints = {id(self.root): 1.0}
        self._added: dict[tuple[int, int], float] = {}
        self._closed: set[tuple[int, int]] = set()
        self._counts = dict.fromkeys(map(id, order), 0) | {id(self.root): 1}
        self._magnitudes = dict.fromkeys(map(id, order), 0.0) | {id(self.root): 1.0}
        self._propagate(order)
        self.count = self._counts[id(x)] if self.between else 0
        self.magnitude = self._magnitudes[id(x)] if self.between else 0.0

    def _leads_to_x(self, node: Value) -> bool:
        edges = [
            (index, arg, partial)
            for index, (arg, partial) in enumerate(zip(node.args, node.partials, strict=True))
            if partial is not None and (arg is self.x or id(arg) in self.edges)
        ]
        if edges and not (self._held and node.op is ops.stop_gradient):
            self.edges[id(node)] = edges
        return id(node) in self.edges

    def _leave_out_what_is_held(self) -> None:
        """Leave out the nodes that only a constant was computed from."""
        reached = {id(self.root)}
        for node in reversed(self.between):
            if id(node) in reached:
                reached.update(id(arg) for _, arg, _ in self.edges.get(id(node), ()))
        self.between = [node for node in self.between if id(node) in reached]
        self.edges = {node: edges for node, edges in self.edges.items() if node in reached}

    @property
    def gradient(self) -> float:
        """The derivative of the root by x, as backward adds it up."""
        return self.adjoints[id(self.x)] if self.between else 0.0

    def uses(self) -> list[Use]:
        """Return the uses of x in the order of backward; their totals add up to the gradient."""
        return [
            Use(node, index, self._counts[id(node)], self.added(node, index))
            for node in reversed(self.between)
            for index, arg, _ in self.edges.get(id(node), ())
            if arg is self.x
        ]

    def added(self, node: Value, index: int) -> float:
        """Return what a node adds to its operand of that number."""
        return self._added[id(node), index]

    def passes(self, node: Value, index: int) -> bool:
        """Return whether a node passes anything to an operand: whether no strong zero stops it."""
        return (id(node), index) not in self._closed

    def _propagate(self, order: list[Value]) -> None:
        """Compute the adjoints, kept apart from ``.grad``, and beside them counts and sizes."""
        counts, sizes = self._counts, self._magnitudes
        for step in contributions(order, self.adjoints):
            node, arg = id(step.node), id(step.arg)
            self._added[node, step.index] = step.product
            if not step.passes:
                self._closed.add((node, step.index))
            counts[arg] = min(counts[arg] + counts[node], MOST_COUNTED)
            if step.partial != 0.0 and sizes[node] != 0.0:
                sizes[arg] += sizes[node] * abs(step.partial)
        self.adjoints = dict.fromkeys(map(id, order), 0.0) | self.adjoints

    def largest(self, limit: int) -> list[Path]:
        """Return the paths of the largest magnitude, at most ``limit`` of them, largest first.

        Of paths of many thousand steps there are fewer, but for ``FEW``.
        """
        if not self.between:
            return []
        best, cheapest = self._best_ways()
        paths: list[Path] = []
        detours: list[tuple[float, int, Value, _Edges]] = [(0.0, 0, self.root, None)]
        made, steps = 1, 0
        while detours and len(paths) < limit and (len(paths) < FEW or steps < MOST_STEPS):
            cost, _, node, edges = heapq.heappop(detours)
            while node is not self.x:
                onward, choice = self.edges[id(node)], cheapest[id(node)]
                for other, (_, arg, partial) in enumerate(onward) if len(onward) > 1 else ():
                    if other != choice and made < MOST_DETOURS:
                        extra = _difference(best[id(node)], _size(partial), best[id(arg)])
                        link = (edges, node, other)
                        heapq.heappush(detours, (cost + extra, made, arg, link))
                        made += 1
                edges = (edges, node, choice)
                node = onward[choice][1]
            paths.append(self._path(edges))
            steps += len(paths[-1].partials)
        return sorted(paths, key=_rank, reverse=True)

    def _best_ways(self) -> tuple[dict[int, float], dict[int, int]]:
        """Return for each node the size of its largest way to x, and that way's first edge."""
        best = {id(self.x): 0.0}
        cheapest: dict[int, int] = {}
        for node in self.between:
            if node is not self.x:
                sizes = [
                    _product_size(_size(partial), best[id(arg)])
                    for _, arg, partial in self.edges[id(node)]
                ]
                best[id(node)] = max(sizes)
                cheapest[id(node)] = sizes.index(best[id(node)])
        return best, cheapest

    def _path(self, link: _Edges) -> Path:
        nodes, indices, partials = [], [], []
        while link is not None:
            link, node, choice = link
            index, arg, partial = self.edges[id(node)][choice]
            nodes.append(arg)
            indices.append(index)
            partials.append(partial)
        nodes.append(self.root)
        for each in (nodes, indices, partials):
            each.reverse()
        is_open = not self._closed or all(map(self.passes, nodes, indices))
        product = math.prod(partials, start=1.0) if is_open else 0.0
        return Path(tuple(nodes), tuple(indices), tuple(partials), product)


_Edges = tuple["_Edges", "Value", int] | None  # the edges of a path so far, last one first


def _rank(path: Path) -> float:
    size = abs(path.product)
    return size if size == size else math.inf  # nan first, beside the infinite ones


def _size(partial: float) -> float:
    """Return log |partial|; nan counts as infinite, so that it is listed first."""
    if partial == 0.0:
        return -math.inf
    return math.log(abs(partial)) if partial - partial == 0.0 else math.inf


def _product_size(a: float, b: float) -> float:
    return -math.inf if -math.inf in (a, b) else a + b


def _difference(best: float, size: float, rest: float) -> float:
    """Return the cost of leaving the best way here; 0 where both are equally infinite."""
    detour = _product_size(size, rest)
    return 0.0 if best == detour else best - detour
