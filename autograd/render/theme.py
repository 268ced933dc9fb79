"""The colours of pictures and of the explorer's page, and what each stands for.

Blue and orange, a gradient's signs, stay apart for every common kind of colour blindness (Okabe
and Ito, Color Universal Design, 2008); the tints are mixed with the paper, so that dark ink reads
on all of them. No meaning depends on colour alone: nan and infinity have a dashed border.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.render.outline import Box

STEPS = 6  # tints of each accent


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as ``#rrggbb``; a name says what is drawn in it."""

    paper: str
    ink: str
    soft: str
    line: str
    edge: str
    box: str
    frame: str
    positive: str
    negative: str
    plus: str  # numbers of that sign, as text
    minus: str
    alarm: str  # nan and infinity
    current: str  # on the page: what a step is about, what it reaches, and a path
    current_edge: str
    operand_edge: str
    path: str
    strongest: float  # how much of an accent is in the strongest tint

    def tint(self, step: int) -> str:
        """Return the fill for a gradient of that step, from -STEPS to STEPS."""
        if not step:
            return self.box
        accent = self.positive if step > 0 else self.negative
        part = self.strongest * (abs(step) + 0.6) / (STEPS + 0.6)
        return _mixed(self.box, accent, part)


def _mixed(one: str, other: str, part: float) -> str:
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


LIGHT = Theme(
    paper="#fffef9",
    ink="#22252a",
    soft="#6d7178",
    line="#8b8f96",
    edge="#777c84",
    box="#ffffff",
    frame="#c9c6bb",
    positive="#2a78b8",
    negative="#d9731a",
    plus="#1c5f97",
    minus="#a04c06",
    alarm="#b3123f",
    current="#d9f0e4",
    current_edge="#00694a",
    operand_edge="#00694a",
    path="#7b3fa0",
    strongest=0.36,
)
DARK = Theme(
    paper="#17191d",
    ink="#e6e4de",
    soft="#a0a3a8",
    line="#7d8188",
    edge="#8f949b",
    box="#1f2227",
    frame="#474b52",
    positive="#3f95d8",
    negative="#e0812f",
    plus="#7fbcf0",
    minus="#f2a866",
    alarm="#ff8aa3",
    current="#123c2e",
    current_edge="#4fc79b",
    operand_edge="#4fc79b",
    path="#cfa1ea",
    strongest=0.42,
)


def largest_of(boxes: Iterable[Box]) -> float:
    """Return the largest finite gradient of some boxes, in size; 1.0 where there is none."""
    grads = [abs(box.grad) for box in boxes if box.grad and math.isfinite(box.grad)]
    return max(grads, default=1.0)


def step_of(gradient: float, largest: float) -> int:
    """Return the tint of a gradient: its sign, and on a logarithmic scale its size.

    Three decades below the largest gradient of the picture is the faintest tint; nan has none.
    """
    if gradient == 0.0 or gradient != gradient:
        return 0
    size = abs(gradient)
    if math.isinf(size) or size >= largest:
        step = STEPS
    else:
        decades = math.log10(largest) - math.log10(size)
        step = max(1, round(STEPS - decades * (STEPS - 1) / 3))
    return step if gradient > 0.0 else -step
