"""A layout in plain text: the result on top, and under each box its operands, in their order."""

from __future__ import annotations

from collections import defaultdict

from autograd.notation.names import one_line
from autograd.render.boxes import NOT_COMPUTED, constant, written
from autograd.render.measure import shortened
from autograd.render.outline import Box, Layout, Link

DEEPEST = 16  # levels of a tree; what is deeper grows as a tree of its own below
WIDEST = 60  # characters before the numbers


def text_of(layout: Layout) -> str:
    """Return a picture of a graph for a terminal.

    A box that is used twice is drawn once; where it comes again only its name is, with an arrow
    up. What would be indented too far is drawn further down, as a tree of its own, and its name
    has an arrow down.
    """
    operands: defaultdict[Box, list[Link]] = defaultdict(list)
    for link in layout.links:
        operands[link.target].append(link)
    lines: list[tuple[str, Box, str]] = []  # what stands before, the box, an arrow
    drawn: set[Box] = set()
    trees = [box for _, box in layout.results]
    for top in trees:  # grows by what is too deep
        stack: list[tuple[Box, str, str]] = [(top, "", "")] if top not in drawn else []
        while stack:
            box, before, below = stack.pop()
            links = operands[box]
            if box in drawn or (links and len(below) >= 3 * DEEPEST):
                lines.append((before, box, " ↑" if box in drawn else " ↓"))
                trees.append(box)
                continue
            drawn.add(box)
            lines.append((before, box, ""))
            for index in range(len(links) - 1, -1, -1):
                last = index == len(links) - 1
                arm, under = ("└─ ", "   ") if last else ("├─ ", "│  ")
                stack.append((links[index].source, below + arm, below + under))
    names = [before + _name(box, layout) + arrow for before, box, arrow in lines]
    numbers = [("", "") if arrow else _numbers(box, layout) for _, box, arrow in lines]
    room = min(WIDEST, max(map(len, names)))
    data_room = max(len(data) for data, _ in numbers)
    text = [
        f"{name:<{room}}  {data:<{data_room}}  {rest}".rstrip()
        for name, (data, rest) in zip(names, numbers, strict=True)
    ]
    if layout.note:
        text.append(f"({layout.note})")
    return "\n".join(text)


def _name(box: Box, layout: Layout) -> str:
    if box.kind == "constant":
        return constant(box, layout.format)
    word = shortened(one_line(box.title + box.name), 11.0, 132.0)
    if box.path:  # no frame around it says where it is
        word = f"{shortened(one_line(box.path), 11.0, 264.0)} / {word}"
    symbol = one_line(box.symbol)
    return f"{word} = {symbol}" if word and symbol else word or symbol or "leaf"


def _numbers(box: Box, layout: Layout) -> tuple[str, str]:
    caption = box.caption.replace("\n", ", ")
    if box.data is None or box.kind == "constant":
        return "", caption
    assert box.grad is not None
    grad = written(box.grad, layout.format) if layout.computed else NOT_COMPUTED
    data = written(box.data, layout.format)
    return f"data {data}", f"grad {grad}" + (f"  ({caption})" if caption else "")
