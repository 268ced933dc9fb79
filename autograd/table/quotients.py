"""The rows of whole quotients and remainders: fmod, //, %, and copysign."""

from __future__ import annotations

import math

from autograd.table.choices import floor, rounded, sign
from autograd.table.conditions import NAN, choose, is_zero, where
from autograd.table.number import Condition, Number
from autograd.table.operation import Operation, composite, primitive, total

# fmt: off


def _is_negative(x: Number) -> Condition:
    """Return whether a number has a minus sign; a nan counts as having none."""
    return (x < 0.0) | (1.0 / x < 0.0)


copysign: Operation = composite(
    "copysign(x, y)", lambda x, y: where(_is_negative(y), -abs(x), abs(x)),
    lambda r, x, y: choose(_is_negative(y), -sign(x), sign(x)),
    lambda r, x, y: 0.0,
    fast=lambda x, y: math.copysign(x, y) if y == y else abs(x),
    strong_zero=(lambda r, x, y: False, lambda r, x, y: True), kinks=(0.0,),
    piece=lambda r, x, y: sign(y), flat="copysign is flat between changes of the sign of {arg}",
    shown=(lambda r, x, y: sign(x) * sign(y), lambda r, x, y: 0.0),
    summary="The size of x with the sign of y.",
)
fmod: Operation = primitive(
    "fmod(x, y)", total(math.fmod, lambda x, y: NAN),
    lambda r, x, y: 1.0,
    lambda r, x, y: -rounded((x - r) / y),
    piece=lambda r, x, y: rounded((x - r) / y),
    summary="The remainder of x / y with the sign of x, exactly; of a quotient cut towards 0.",
)


def _differs(rest: Number, b: Number) -> Condition:
    return ((rest < 0.0) & (b > 0.0)) | ((rest > 0.0) & (b < 0.0))


def _remainder(rest: Number, b: Number) -> Number:
    zero = where(b < 0.0, -0.0, 0.0)
    return where(is_zero(rest), zero, where(_differs(rest, b), rest + b, rest))


def _whole_quotient(a: Number, b: Number) -> Number:
    """Return a // b as Python does, from a minus its remainder, so that rounding adds no 1."""
    rest = fmod(a, b)
    quotient = (a - rest) / b - where(_differs(rest, b), 1.0, 0.0)
    below = floor(quotient)
    whole = below + where(quotient - below > 0.5, 1.0, 0.0)
    return where(is_zero(quotient), copysign(0.0, a / b), whole)


floor_divide: Operation = composite(
    "floor_divide(a, b)", lambda a, b: where(is_zero(b), a / b, _whole_quotient(a, b)),
    lambda y, a, b: 0.0,
    lambda y, a, b: 0.0,
    fast=lambda a, b: a // b,
    strong_zero=(lambda y, a, b: True, lambda y, a, b: True), piece=lambda y, a, b: y,
    symbol="//", form="infix", latex=r"\operatorname{div}", rank=0,
    flat="a // b is flat between its jumps",
    summary="The largest whole number not above a / b; by 0 it is a / 0.",
)
remainder: Operation = composite(
    "remainder(a, b)", lambda a, b: _remainder(fmod(a, b), b),
    lambda y, a, b: 1.0,
    lambda y, a, b: -floor_divide(a, b),
    fast=lambda a, b: a % b,
    symbol="%", form="infix", latex=r"\operatorname{mod}", rank=0, rule="remainder rule",
    piece=lambda y, a, b: floor_divide(a, b),
    summary="The remainder of a / b with the sign of b, as Python's %; by 0 it is nan.",
)
