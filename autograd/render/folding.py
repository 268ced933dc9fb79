"""From a graph to the boxes and links that are drawn of it, with its scopes open or folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.engine.modes import Scope
from autograd.render.gathering import Gathering, in_circles
from autograd.render.outline import Box, Frame, Outline
from autograd.render.scopes import Scopes, chosen_depth
from autograd.render.summary import describe_repeats, repeats, summarised
from autograd.wording import counted

if TYPE_CHECKING:
    from autograd.engine.value import Value


def outlined(order: list[Value], depth: int | None, most: int, elements: float) -> Outline:
    """Choose what to draw of a graph.

    A scope that depends on itself through nodes outside it (a generator can do that) is not
    drawn; its nodes are, in the scope around it.

    Args:
        order: ``order.ordered(root)``.
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
        outline, entangled = _drawn(order, scopes, opened, most, elements, depth is None)
        if not entangled:
            return outline
        undrawn |= {scope for scope, number in scopes.number.items() if f"s{number}" in entangled}


def _drawn(
    order: list[Value], scopes: Scopes, opened: int, most: int, elements: float, merge: bool
) -> tuple[Outline, set[str]]:
    """Return an outline with at most this many scopes open, and the scopes not to be drawn."""
    while opened >= 0:
        outline = folded(order, scopes, opened, merge)
        if _elements(outline) <= elements:
            return outline, _entangled(outline)
        opened -= 1
    return summarised(order, scopes, most)


def _elements(outline: Outline) -> int:
    """Return an estimate, rather too high, of the elements in the SVG file of an outline."""
    constants = sum(1 for box in outline.boxes if box.kind == "constant")
    boxes = len(outline.boxes) - constants
    return 10 * boxes + 4 * constants + 3 * len(outline.links) + 3 * len(outline.frames) + 10


def folded(order: list[Value], scopes: Scopes, opened: int, merge: bool) -> Outline:
    """Make the boxes, links and frames of a graph with this many nested scopes open.

    With ``merge``, folded scopes of one shape that lie side by side are drawn once, with a count.
    """
    gathering = Gathering(order)
    groups = repeats(order, scopes, opened) if merge and opened < max(scopes.depth.values()) else {}
    first = {scope: group[0] for group in groups.values() for scope in group}
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
        scope = first.get(scope, scope)
        box = closed.get(scope)
        if box is None:
            kind = "g" if scope in groups else "s"
            box = Box(f"{kind}{scopes.number[scope]}", "folded", scope.name, count=0)
            box.frame = frame_of(scopes.parent[scope])
            closed[scope] = box
            outline.boxes.append(box)
        gathering.hold(position, box)
    for scope, box in closed.items():
        box.caption = counted(box.count, "node")
        if scope in groups:
            describe_repeats(box, groups[scope])
    return gathering.finished()


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
