"""The rows that choose, cut or round: size, sign, whole numbers, the larger of two, bounds."""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd.table.conditions import choose, is_known, where
from autograd.table.number import Condition, Number
from autograd.table.operation import Operation, composite, primitive

# fmt: off

absolute: Operation = primitive(
    "abs(x)", abs,
    lambda y, x: sign(x),
    form="bars", kinks=(0.0,), summary="The absolute value of x.",
)
sign: Operation = composite(
    "sign(x)", lambda x: where(x > 0.0, 1.0, where(x < 0.0, -1.0, x)),
    lambda y, x: choose((x >= 0.0) | (x <= 0.0), 0.0, y),
    strong_zero=(lambda y, x: (x >= 0.0) | (x <= 0.0),), flat="sign is flat away from 0",
    piece=lambda y, x: y,
    kinks=(0.0,), shown=(lambda y, x: 0.0,), summary="1, 0 or -1: the sign of x.",
)


def _whole(cut: Callable[[float], int]) -> Callable[[float], float]:
    """Return a function that cuts a number to a whole one; infinity, nan and -0.0 stay."""
    return lambda x: math.copysign(float(cut(x)), x) if math.isfinite(x) else x


floor: Operation = primitive(
    "floor(x)", _whole(math.floor),
    lambda y, x: 0.0,
    strong_zero=(lambda y, x: True,), form="floor",
    flat="floor is flat between its jumps", piece=lambda y, x: y,
    summary="The largest whole number not above x.",
)
ceil: Operation = primitive(
    "ceil(x)", _whole(math.ceil),
    lambda y, x: 0.0,
    strong_zero=(lambda y, x: True,), form="ceil",
    flat="ceil is flat between its jumps", piece=lambda y, x: y,
    summary="The smallest whole number not below x.",
)
rounded: Operation = primitive(
    "round(x)", _whole(round),
    lambda y, x: 0.0,
    strong_zero=(lambda y, x: True,), flat="round is flat between its jumps", piece=lambda y, x: y,
    otherwise="to two digits it is round(100 * x) / 100",
    summary="The whole number nearest to x; halves go to the even one.",
)
maximum: Operation = composite(
    "maximum(a, b)", lambda a, b: where(a > b, a, where(b >= a, b, a + b)),
    lambda y, a, b: choose(a > b, 1.0, choose(a < b, 0.0, choose(b >= a, 0.5, y))),
    lambda y, a, b: choose(a < b, 1.0, choose(a > b, 0.0, choose(b >= a, 0.5, y))),
    strong_zero=(lambda y, a, b: a < b, lambda y, a, b: a > b),
    flat="{arg} is not the larger one", commutative=True, piece=lambda y, a, b: sign(a - b),
    fast=lambda a, b: a if a > b else b if b >= a else a + b,
    latex=r"\max", summary="The larger of two numbers; at a tie each has half of the derivative.",
    shown=(lambda y, a, b: where(a > b, 1.0, 0.0), lambda y, a, b: where(b > a, 1.0, 0.0)),
    tied=(
        lambda y, a, b: where(a > b, 1.0, where(a < b, 0.0, 0.5)),
        lambda y, a, b: where(b > a, 1.0, where(b < a, 0.0, 0.5)),
    ),
)
minimum: Operation = composite(
    "minimum(a, b)", lambda a, b: where(a < b, a, where(b <= a, b, a + b)),
    lambda y, a, b: choose(a < b, 1.0, choose(a > b, 0.0, choose(b <= a, 0.5, y))),
    lambda y, a, b: choose(a > b, 1.0, choose(a < b, 0.0, choose(b <= a, 0.5, y))),
    strong_zero=(lambda y, a, b: a > b, lambda y, a, b: a < b),
    flat="{arg} is not the smaller one", commutative=True, piece=lambda y, a, b: sign(a - b),
    fast=lambda a, b: a if a < b else b if b <= a else a + b,
    latex=r"\min", summary="The smaller of two numbers; at a tie each has half of the derivative.",
    shown=(lambda y, a, b: where(a < b, 1.0, 0.0), lambda y, a, b: where(b < a, 1.0, 0.0)),
    tied=(
        lambda y, a, b: where(a < b, 1.0, where(a > b, 0.0, 0.5)),
        lambda y, a, b: where(b < a, 1.0, where(b > a, 0.0, 0.5)),
    ),
)


def _clip_slope(y: Number, chosen: Condition) -> Number:
    """Return 1 for the operand that was chosen and 0 for the others, but nan for all at nan."""
    return choose(is_known(y), choose(chosen, 1.0, 0.0), y)


clip: Operation = composite(
    "clip(x, lo, hi)", lambda x, lo, hi: minimum(maximum(x, lo), hi),
    lambda y, x, lo, hi: _clip_slope(y, (x >= lo) & (x <= hi)),
    lambda y, x, lo, hi: _clip_slope(y, (x < lo) & (lo <= hi)),
    lambda y, x, lo, hi: _clip_slope(y, (x > hi) | (lo > hi)),
    strong_zero=(
        lambda y, x, lo, hi: is_known(y) & ((x < lo) | (x > hi)),
        lambda y, x, lo, hi: is_known(y) & ((x >= lo) | (lo > hi)),
        lambda y, x, lo, hi: is_known(y) & (x <= hi) & (lo <= hi),
    ),
    piece=lambda y, x, lo, hi: 3.0 * sign(x - lo) + sign(x - hi),
    shown=(
        lambda y, x, lo, hi: where((x >= lo) & (x <= hi), 1.0, 0.0),
        lambda y, x, lo, hi: where((x < lo) & (lo <= hi), 1.0, 0.0),
        lambda y, x, lo, hi: where((x > hi) | (lo > hi), 1.0, 0.0),
    ),
    flat="{arg} does not decide the result, it is beyond the bounds or a bound not reached",
    summary="x kept between lo and hi.",
)


stop_gradient: Operation = composite(
    "stop_gradient(x)", lambda x: x,
    lambda y, x: 0.0,
    strong_zero=(lambda y, x: True,), flat="stop_gradient lets no derivative pass",
    summary="x, taken as a constant: no derivative passes.",
)
