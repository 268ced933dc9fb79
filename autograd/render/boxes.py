"""What stands in a box, and how large the box must be for it."""

from __future__ import annotations

import re

from autograd.notation.names import one_line
from autograd.notation.numbers import USUAL_DIGITS
from autograd.notation.numbers import constant as as_in_formulas
from autograd.render.measure import shortened, width
from autograd.render.outline import Box, Content, Text

TITLE, NUMBER, WORD, SMALL, NAME = 11.0, 10.5, 8.5, 9.5, 7.5  # font sizes in pixels
LINE = 13.5  # from one line of a box to the next
PAD = 7.0  # from the border of a box to its text
USUAL_FORMAT = f".{USUAL_DIGITS}g"
GAP = 7.0  # from the word "data" to the number
ROOM = 132.0  # the widest title
USUAL = "-0.1234"  # a number as wide as most: shorter ones leave the box as it is
NOT_COMPUTED = "—"
WORDS = ("data", "grad")


def content(box: Box, spec: str, computed: bool) -> Content:
    """Return the text of a box and its size.

    Args:
        box: what is shown.
        spec: how numbers are written, a format specification such as ".4g".
        computed: whether gradients are; else a dash stands in their place.
    """
    if box.kind == "constant":
        text = constant(box, spec)
        wide = width(text, SMALL) + 8.0
        return Content([Text("data", text, wide / 2, 11.5, SMALL, "middle")], wide, 16.0)
    title = shortened(one_line(box.title), TITLE, ROOM)
    symbol = shortened(one_line(box.symbol), TITLE, ROOM)
    captions = [shortened(one_line(line), WORD, ROOM) for line in box.caption.splitlines()]
    numbers: list[tuple[str, str]] = []
    if box.data is not None:
        assert box.grad is not None
        grad = written(box.grad, spec) if computed else NOT_COMPUTED
        numbers = list(zip(WORDS, (written(box.data, spec), grad), strict=True))
    name = shortened(one_line(box.name), NAME, ROOM)
    divider = max(width(symbol, TITLE) + 2 * PAD, width(name, NAME) + PAD) if symbol else 0.0
    left = divider + PAD
    word_room = max(width(word, WORD) for word in WORDS) + GAP
    beside = title and not symbol  # else the name stands below the symbol, or for the title
    inner = max(
        0.0,
        width(title, TITLE) + (width(f" {name}", NAME) if beside and name else 0.0),
        width(name, SMALL) if not title and not symbol else 0.0,
        *[width(line, WORD) for line in captions],
        *[word_room + width(max(number, USUAL, key=len), NUMBER) for _, number in numbers],
    )
    right = left + inner
    texts = []
    baseline = 3.5
    if title or (name and not symbol):
        baseline += LINE
        role, size = ("title", TITLE) if title else ("name", SMALL)
        texts.append(Text(role, title or name, left, baseline - 2.5, size))
        if beside and name:
            at = left + width(title, TITLE) + width(" ", NAME)
            texts.append(Text("name", name, at, baseline - 2.5, NAME))
    for line in captions:
        baseline += LINE
        texts.append(Text("caption", line, left, baseline - 3.0, WORD))
    for word, number in numbers:
        baseline += LINE
        texts.append(Text("word", word, left, baseline - 3.0, WORD))
        texts.append(Text(word, number, right, baseline - 3.0, NUMBER, "end"))
    high = max(baseline + 3.5, 20.0)
    if symbol:
        down = 1.0 if name else 4.0
        texts.insert(0, Text("symbol", symbol, divider / 2, high / 2 + down, TITLE, "middle"))
        if name:
            texts.append(Text("name", name, divider / 2, high - 4.0, NAME, "middle"))
    return Content(texts, right + PAD, high, divider)


def constant(box: Box, spec: str) -> str:
    """Return a constant as formulas write it, log(3) or 0.044715, else in the format.

    Formulas know digits alone: those of .4g, and of +.3e, which takes as much room as any number.
    """
    assert box.data is not None
    if box.title:
        return box.title
    if counted := re.fullmatch(r"\.(\d+)g|\+\.(\d+)e", spec):
        return as_in_formulas(box.data, int(counted[1] or int(counted[2]) + 1))
    return written(box.data, spec)


def written(number: float, spec: str) -> str:
    """Return a number in a format, on one line; the sign of a zero is left out, as in formulas."""
    return one_line(format(number + 0.0, spec))
