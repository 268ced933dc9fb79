"""Collects boxes and links node by node; the caller decides which box shows a node."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from autograd.render.outline import Box, Frame, Link, Outline

if TYPE_CHECKING:
    from autograd.engine.value import Value

Part = TypeVar("Part")


class Gathering:
    """Gathers the boxes and links of an outline, node by node in their order."""

    def __init__(self, order: list[Value]) -> None:
        self.outline = Outline([], [], [], order, [], [])
        self._box_of: dict[Value, Box] = {}
        self._bundles: dict[tuple[Box, Box], Link] = {}
        self._results: defaultdict[Box, set[Value]] = defaultdict(set)
        self._used: set[Value] = set()

    def show(self, position: int, frame: Frame | None) -> None:
        """Show the next node as a box of its own, with its constants and a link per operand."""
        node = self.outline.order[position]
        box = Box(f"n{position}", "leaf", node.label, data=node._data, grad=node._grad, node=node)
        box.frame = frame
        if node.op is not None:
            box.kind, box.symbol, box.operands = "result", node.op.symbol, len(node.args)
            for operand, (arg, partial) in enumerate(zip(node.args, node.partials, strict=True)):
                if partial is None:
                    source = Box(f"c{position}-{operand}", "constant", data=arg, count=0)
                    source.frame = frame
                    self.outline.boxes.append(source)
                else:
                    source = self._source(arg, box)
                    self._used.add(arg)
                link = Link(f"e{position}-{operand}", source, box, operand, partial)
                self.outline.links.append(link)
        self.outline.boxes.append(box)
        self._box_of[node] = box

    def hold(self, position: int, box: Box) -> None:
        """Put the next node into a folded box, and bundle the links that enter it from outside."""
        node = self.outline.order[position]
        box_of = self._box_of
        box.count += 1
        for operand, (arg, partial) in enumerate(zip(node.args, node.partials, strict=True)):
            if partial is None:
                continue
            self._used.add(arg)
            if box_of[arg] is box:
                continue
            source = self._source(arg, box)
            link = self._bundles.get((source, box))
            if link is None:
                link = Link(f"e{position}-{operand}", source, box, 0, count=0)
                self._bundles[source, box] = link
                self.outline.links.append(link)
            link.count += 1
        box_of[node] = box

    def _source(self, arg: Value, target: Box) -> Box:
        source = self._box_of[arg]
        if source.kind == "folded" and source is not target:
            self._results[source].add(arg)
        return source

    def finished(self) -> Outline:
        """Return the outline; a folded box with one result shows its number and gradient."""
        outline = self.outline
        outline.box_at = list(self._box_of.values())
        for node, box in self._box_of.items():
            if node not in self._used:
                outline.results.append((node, box))
                if box.kind == "folded":
                    self._results[box].add(node)
        for box, results in self._results.items():
            if len(results) == 1:
                (box.node,) = results
                box.data, box.grad = box.node._data, box.node._grad
        return outline


def in_circles(operands: dict[Part, set[Part]]) -> set[Part]:
    """Return the parts of a graph that lie on a circle, or between two."""
    remaining = {target: set(sources) for target, sources in operands.items()}
    for _ in range(2):  # once from the sources, once, turned around, from the results
        users: defaultdict[Part, list[Part]] = defaultdict(list)
        for target, sources in remaining.items():
            for source in sources:
                users[source].append(target)
        ready = [source for source in users if not remaining.get(source)]
        while ready:
            source = ready.pop()
            for target in users.pop(source, ()):
                remaining[target].discard(source)
                if not remaining[target]:
                    del remaining[target]
                    ready.append(target)
        turned: dict[Part, set[Part]] = {}
        for target, sources in remaining.items():
            for source in sources:
                turned.setdefault(source, set()).add(target)
        remaining = turned
    return set(remaining)
