"""A layout in plain text: the result on top, and under each box its operands, in their order."""

from __future__ import annotations

from collections import defaultdict

from autograd.render.boxes import NOT_COMPUTED
from autograd.render.layout import Layout
from autograd.render.measure import shortened
from autograd.render.outline import Box, Link
from autograd.render.wording import one_line

DEEPEST = 16  # levels of a tree; what is deeper grows as a tree of its own below


def text_of(layout: Layout) -> str:
    """Return a picture of a graph for a terminal.

    A box that is used twice is drawn once; where it comes again only its name is, with an arrow
    up. What would be indented too far is drawn further down, under its name and an arrow down.
    """
    operands: defaultdict[Box, list[Link]] = defaultdict(list)
    for link in layout.links:
        operands[link.target].append(link)
    lines: list[tuple[str, str]] = []
    drawn: set[Box] = set()
    trees = [layout.box_at[-1]]
    for top in trees:  # grows by what is too deep
        stack: list[tuple[Box, str, str]] = [(top, "", "")]
        while stack:
            box, before, below = stack.pop()
            name = _name(box, layout)
            if box in drawn:
                lines.append((f"{before}{name} ↑", ""))
                continue
            links = operands[box]
            if links and len(below) >= 3 * DEEPEST:
                if box not in trees:
                    trees.append(box)
                lines.append((f"{before}{name} ↓", ""))
                continue
            drawn.add(box)
            lines.append((before + name, _numbers(box, layout)))
            for index, link in reversed(list(enumerate(links))):
                last = index == len(links) - 1
                arm, under = ("└─ ", "   ") if last else ("├─ ", "│  ")
                stack.append((link.source, below + arm, below + under))
    room = min(60, max(len(words) for words, numbers in lines if numbers or words))
    text = [f"{words:<{room}}  {numbers}".rstrip() for words, numbers in lines]
    if layout.note:
        text.append(f"({layout.note})")
    return "\n".join(text)


def _name(box: Box, layout: Layout) -> str:
    if box.kind == "constant":
        return one_line(format(box.data, layout.format))
    title = shortened(one_line(box.title), 11.0, 132.0)
    if box.symbol and title:
        return f"{title} = {one_line(box.symbol)}"
    return title or one_line(box.symbol) or f"leaf {box.id}"


def _numbers(box: Box, layout: Layout) -> str:
    words = [box.caption.replace("\n", ", ")] if box.caption else []
    if box.data is not None and box.kind != "constant":
        grad = one_line(format(box.grad, layout.format)) if layout.computed else NOT_COMPUTED
        words += [f"data {one_line(format(box.data, layout.format))}", f"grad {grad}"]
    return "  ".join(words)
