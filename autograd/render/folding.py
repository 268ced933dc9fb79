"""From a graph to the boxes and links that are drawn of it, with its scopes open or folded."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from autograd.modes import Scope
from autograd.render.outline import Box, Frame, Link, Outline
from autograd.render.scopes import Scopes, chosen_depth

if TYPE_CHECKING:
    from autograd.value import Value

Part = TypeVar("Part")


def outlined(order: list[Value], depth: int | None, most: int, elements: float) -> Outline:
    """Choose what to draw of a graph.

    A scope that depends on itself through nodes outside it (a generator can do that) is not
    drawn; its nodes are, in the scope around it.

    Args:
        order: ``walk.ordered(root)``.
        depth: how many nested scopes are open; None chooses.
        most: the largest number of boxes, constants aside; more are folded and summarised.
        elements: the largest number of elements in its SVG, likewise.

    Returns:
        The outline; its boxes have no place yet.
    """
    undrawn: set[Scope] = set()
    while True:
        scopes = Scopes(order, undrawn)
        opened = chosen_depth(scopes, depth, most)
        outline, entangled = _drawn(order, scopes, opened, most, elements)
        if not entangled:
            return outline
        undrawn |= {scope for scope, number in scopes.number.items() if f"s{number}" in entangled}


def _drawn(
    order: list[Value], scopes: Scopes, opened: int, most: int, elements: float
) -> tuple[Outline, set[str]]:
    """Return an outline with at most so many scopes open, and the scopes that cannot be drawn."""
    from autograd.render.summary import summarised

    while opened >= 0:
        outline = folded(order, scopes, opened)
        if _elements(outline) <= elements:
            return outline, _entangled(outline)
        opened -= 1
    return summarised(order, scopes, most)


def _elements(outline: Outline) -> int:
    """Return about how many elements an SVG file of an outline will have, rather too many."""
    constants = sum(1 for box in outline.boxes if box.kind == "constant")
    boxes = len(outline.boxes) - constants
    return 10 * boxes + 4 * constants + 3 * len(outline.links) + 3 * len(outline.frames) + 10


class Gathering:
    """Gathers the boxes and links of an outline, node by node in their order."""

    def __init__(self, order: list[Value]) -> None:
        self.outline = Outline([], [], [], order, [])
        self._box_of: dict[Value, Box] = {}
        self._bundles: dict[tuple[Box, Box], Link] = {}
        self._results: defaultdict[Box, set[Value]] = defaultdict(set)

    def show(self, position: int, frame: Frame | None) -> None:
        """Show the next node as a box of its own, with its constants and a link per operand."""
        node = self.outline.order[position]
        box = Box(f"n{position}", "leaf", node._label, data=node._data, grad=node._grad, node=node)
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
            if partial is None or box_of[arg] is box:
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
        root, root_box = outline.order[-1], outline.box_at[-1]
        if root_box.kind == "folded":
            self._results[root_box].add(root)
        for box, results in self._results.items():
            if len(results) == 1:
                (box.node,) = results
                box.data, box.grad = box.node._data, box.node._grad
        return outline


def folded(order: list[Value], scopes: Scopes, opened: int) -> Outline:
    """Make the boxes, links and frames of a graph with so many nested scopes open."""
    gathering = Gathering(order)
    outline = gathering.outline
    frames: dict[Scope | None, Frame | None] = {None: None}
    closed: dict[Scope, Box] = {}

    def frame_of(scope: Scope | None) -> Frame | None:
        new: list[Scope] = []
        around = scope
        while around is not None and around not in frames:
            new.append(around)
            around = scopes.parent[around]
        for inner in reversed(new):
            parent = frames[scopes.parent[inner]]
            frame = Frame(f"s{scopes.number[inner]}", inner.name, scopes.depth[inner], parent)
            frames[inner] = frame
            outline.frames.append(frame)
        return frames[scope]

    for position in range(len(order)):
        scope = scopes.shown_in(position, opened)
        if scope is None:
            gathering.show(position, frame_of(scopes.home[position]))
            continue
        box = closed.get(scope)
        if box is None:
            box = Box(f"s{scopes.number[scope]}", "folded", scope.name, count=0)
            box.frame = frame_of(scopes.parent[scope])
            closed[scope] = box
            outline.boxes.append(box)
        gathering.hold(position, box)
    for box in closed.values():
        box.caption = counted(box.count, "node")
    return gathering.finished()


def counted(number: int, noun: str) -> str:
    """Return "1 node", "1,234 nodes"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def ancestors(frame: Frame | None) -> list[Frame]:
    """Return a frame and those around it, the innermost first."""
    around: list[Frame] = []
    while frame is not None:
        around.append(frame)
        frame = frame.parent
    return around


def meeting(source: Box, target: Box) -> tuple[list[Frame], Frame | None, list[Frame]]:
    """Return the frames left on the way up, the one where the link crosses, those entered."""
    up, down = ancestors(source.frame), ancestors(target.frame)
    common: Frame | None = None
    while up and down and up[-1] is down[-1]:
        common = up.pop()
        down.pop()
    return up, common, down[::-1]


def _entangled(outline: Outline) -> set[str]:
    """Return the ids of frames and folded scopes that depend on themselves through others."""
    below: dict[Frame | None, dict[Frame | Box, set[Frame | Box]]] = {}
    for link in outline.links:
        up, common, down = meeting(link.source, link.target)
        source: Frame | Box = up[-1] if up else link.source
        target: Frame | Box = down[0] if down else link.target
        below.setdefault(common, {}).setdefault(target, set()).add(source)
    return {
        part.id
        for operands in below.values()
        for part in in_circles(operands)
        if part.id.startswith("s")
    }


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
