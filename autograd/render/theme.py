"""The colours of a picture: paper, ink, and one accent for each sign of a gradient.

Blue and orange stay apart for every common kind of colour blindness (Okabe and Ito, Color Universal
Design, 2008); the tints are mixed with the paper, so that dark ink reads on all of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    strongest=0.42,
)


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
