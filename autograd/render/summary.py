"""A graph too large to read, as a few boxes: how many nodes of each kind, level by level."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable
from typing import TYPE_CHECKING

from autograd.engine.modes import Scope
from autograd.render.gathering import Gathering, in_circles
from autograd.render.outline import Box, Outline
from autograd.render.scopes import Scopes
from autograd.wording import counted

if TYPE_CHECKING:
    from autograd.engine.value import Value

    Part = Scope | Value  # a folded scope, or a node that no scope folds

REPEATED = 3  # scopes of one shape side by side are drawn as one from here on
GROUPS = 60  # boxes of a summary by level and kind; with more, levels are put together
BANDS = 12  # boxes of a summary by levels alone, a chain


def summarised(order: list[Value], scopes: Scopes, most: int) -> tuple[Outline, set[str]]:
    """Group the outermost scopes and the nodes outside them by level and kind.

    The level is the length of the longest way down to a leaf, so that no two parts of a group
    depend on each other. Where that gives too many groups, bands of levels are one group each.

    Args:
        order: ``order.ordered(root)``.
        scopes: where its nodes lie.
        most: the largest number of boxes; a summary has far fewer unless this is small.

    Returns:
        The outline, and the ids of scopes that cannot be grouped since they lie on a circle.
    """
    parts = parts_of(order, scopes, 0)
    level, circles = _levels(order, parts)
    if circles:
        entangled = {f"s{scopes.number[part]}" for part in circles if isinstance(part, Scope)}
        return Outline([], [], [], order, [], []), entangled
    kinds = {part: _kind(part) for part in dict.fromkeys(parts)}
    group_of: dict[Part, Hashable] = {part: (level[part], *kind) for part, kind in kinds.items()}
    limit = max(2, min(GROUPS, most))
    if len(set(group_of.values())) > limit:
        bands, levels = min(BANDS, limit - 1), max(level.values()) + 1
        group_of = {
            part: kind if kind[0] == "leaf" else level[part] * bands // levels
            for part, kind in kinds.items()
        }
    members: defaultdict[Hashable, list[Part]] = defaultdict(list)
    for part, group in group_of.items():
        members[group].append(part)
    boxes: dict[Hashable, Box] = {}
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


def parts_of(order: list[Value], scopes: Scopes, opened: int) -> list[Part]:
    """Return for each node the scope that folds it with so many nested ones open, or itself."""
    return [scopes.shown_in(position, opened) or node for position, node in enumerate(order)]


def repeats(order: list[Value], scopes: Scopes, opened: int) -> dict[Scope, list[Scope]]:
    """Return the folded scopes of one shape that lie side by side, by the first of them.

    They lie in the same scope and on the same level, so that none depends on another, and hold the
    same operations on operands from the same places.
    """
    parts = parts_of(order, scopes, opened)
    level, circles = _levels(order, parts)
    if circles:
        return {}
    place: dict[Value, tuple[Part, int]] = {}
    shapes: defaultdict[Scope, list[tuple[object, ...]]] = defaultdict(list)
    for node, part in zip(order, parts, strict=True):
        if isinstance(part, Scope):
            inside = [place[arg][1] if place[arg][0] is part else -1 for arg in _operands(node)]
            shapes[part].append((node.op, *inside))
            place[node] = part, len(shapes[part])
        else:
            place[node] = part, 0
    alike: defaultdict[Hashable, list[Scope]] = defaultdict(list)
    for scope, shape in shapes.items():
        alike[scopes.parent[scope], level[scope], tuple(shape)].append(scope)
    return {group[0]: group for group in alike.values() if len(group) >= REPEATED}


def describe_repeats(box: Box, group: list[Scope]) -> None:
    """Say in words what a box holds that stands for several scopes of one shape."""
    first, last = group[0].name, group[-1].name
    numbered = [re.fullmatch(r"(.*?)(\d+)", scope.name) for scope in group]
    if all(numbered) and len({match[1] for match in numbered if match}) == 1:
        numbers = [int(match[2]) for match in numbered if match]
        box.title = f"{numbered[0][1]}{min(numbers)} to {max(numbers)}" if numbered[0] else ""
    else:
        box.title = first if first == last else f"{first} … {last}"
    each = counted(box.count // len(group), "node")
    box.caption = f"{counted(len(group), 'scope')} of one shape\n{each} in each"


def _kind(part: Part) -> tuple[str, str]:
    if isinstance(part, Scope):
        return "scope", part.name
    return ("leaf", "") if part.op is None else ("operation", part.op.symbol)


def _levels(order: list[Value], parts: list[Part]) -> tuple[dict[Part, int], set[Part]]:
    """Return the level of each part (a node or a scope), and the parts that lie on a circle."""
    part_of = dict(zip(order, parts, strict=True))
    if all(part is node for node, part in part_of.items()):  # nothing but nodes, in their order
        level: dict[Part, int] = {}
        for node in order:
            level[node] = max((level[arg] + 1 for arg in _operands(node)), default=0)
        return level, set()
    operands: dict[Part, set[Part]] = {part: set() for part in parts}
    for node, part in part_of.items():
        operands[part].update(map(part_of.__getitem__, _operands(node)))
    users: defaultdict[Part, list[Part]] = defaultdict(list)
    for part, below_it in operands.items():
        below_it.discard(part)
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


def _describe(
    box: Box, parts: list[Part], kinds: dict[Part, tuple[str, str]], level: dict[Part, int]
) -> None:
    """Return words for what a group holds, with exact counts."""
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
