"""A graph too large to read, said in a few boxes: how many of what, level by level."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from autograd.render.gathering import Gathering, in_circles
from autograd.render.outline import Box, Outline
from autograd.render.scopes import Scopes
from autograd.render.wording import counted

if TYPE_CHECKING:
    from autograd.engine.value import Value

GROUPS = 60  # boxes of a summary by level and kind; with more, levels are put together
BANDS = 12  # boxes of a summary by levels alone, a chain


def summarised(order: list[Value], scopes: Scopes, most: int) -> tuple[Outline, set[str]]:
    """Group the outermost scopes and the nodes outside them by level and kind.

    The level is the length of the longest way down to a leaf, so that no two parts of a group
    depend on each other. Where that gives too many groups, bands of levels are one group each.

    Args:
        order: ``walk.ordered(root)``.
        scopes: where its nodes lie.
        most: the largest number of boxes; a summary has far fewer unless this is small.

    Returns:
        The outline, and the ids of scopes that cannot be grouped since they lie on a circle.
    """
    parts: list[Any] = [scopes.shown_in(at, 0) or node for at, node in enumerate(order)]
    level, circles = _levels(order, parts)
    if circles:
        entangled = {f"s{scopes.number[part]}" for part in circles if part in scopes.number}
        return Outline([], [], [], order, []), entangled
    kinds = {part: _kind(part, scopes) for part in dict.fromkeys(parts)}
    group_of: dict[Any, Any] = {part: (level[part], *kind) for part, kind in kinds.items()}
    limit = max(2, min(GROUPS, most))
    if len(set(group_of.values())) > limit:
        bands, levels = min(BANDS, limit - 1), max(level.values()) + 1
        group_of = {
            part: kind if kind[0] == "leaf" else level[part] * bands // levels
            for part, kind in kinds.items()
        }
    members: defaultdict[Any, list[Any]] = defaultdict(list)
    for part, group in group_of.items():
        members[group].append(part)
    boxes: dict[Any, Box] = {}
    gathering = Gathering(order)
    for position, part in enumerate(parts):
        group = group_of[part]
        if part is order[position] and len(members[group]) == 1:
            gathering.show(position, None)
            continue
        if group not in boxes:
            boxes[group] = Box(f"g{len(boxes)}", "folded", count=0)
            gathering.outline.boxes.append(boxes[group])
        gathering.hold(position, boxes[group])
    for group, box in boxes.items():
        _describe(box, members[group], kinds, level)
    return gathering.finished(), set()


def _kind(part: Any, scopes: Scopes) -> tuple[str, str]:
    if scopes.number and part in scopes.number:
        return "scope", part.name
    return ("leaf", "") if part.op is None else ("operation", part.op.symbol)


def _levels(order: list[Value], parts: list[Any]) -> tuple[dict[Any, int], set[Any]]:
    """Return the level of each part (a node or a scope), and the parts that lie on a circle."""
    part_of = dict(zip(order, parts, strict=True))
    if all(part is node for node, part in part_of.items()):  # nothing but nodes, in their order
        level: dict[Any, int] = {}
        for node in order:
            here = 0
            for arg, partial in zip(node.args, node.partials, strict=True):
                if partial is not None and level[arg] >= here:
                    here = level[arg] + 1
            level[node] = here
        return level, set()
    operands: dict[Any, set[Any]] = {part: set() for part in parts}
    for node, part in part_of.items():
        operands[part].update(map(part_of.__getitem__, _operands(node)))
    for part, below_it in operands.items():
        below_it.discard(part)
    users: defaultdict[Any, list[Any]] = defaultdict(list)
    for part, below_it in operands.items():
        for operand in below_it:
            users[operand].append(part)
    waiting = {part: len(below_it) for part, below_it in operands.items()}
    level = {part: 0 for part, number in waiting.items() if not number}
    ready = list(level)
    for part in ready:  # grows as operands are settled
        for user in users[part]:
            level[user] = max(level.get(user, 0), level[part] + 1)
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    return level, in_circles(operands) if len(ready) < len(waiting) else set()


def _operands(node: Value) -> list[Value]:
    pairs = zip(node.args, node.partials, strict=True)
    return [arg for arg, partial in pairs if partial is not None]


def _describe(box: Box, parts: list[Any], kinds: dict[Any, Any], level: dict[Any, int]) -> None:
    """Say in words what a group holds, with honest counts."""
    kind_counts = Counter(kinds[part] for part in parts)
    if len(kind_counts) == 1:
        ((kind, name),) = kind_counts
        box.caption = counted(box.count, "node")
        if kind == "scope":
            box.title = name
            if len(parts) > 1:
                box.caption = f"{counted(len(parts), 'scope')}, {box.caption}"
        elif kind == "operation":
            box.symbol = name
        else:
            box.title, box.caption = f"{box.count:,} leaves", ""
        return
    lowest, highest = min(level[part] for part in parts), max(level[part] for part in parts)
    box.title = f"levels {lowest:,} to {highest:,}" if lowest < highest else f"level {lowest:,}"
    words = [f"{number:,} {name}" for (_, name), number in kind_counts.most_common(3)]
    if len(kind_counts) > 3:
        words.append(f"{len(kind_counts) - 3} more kinds")
    box.caption = "\n".join([counted(box.count, "node"), *words])
