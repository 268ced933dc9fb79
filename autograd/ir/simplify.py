"""Simplifications that are exact in IEEE arithmetic: bits stay (the payload of a nan aside).

So there is x * 1, x - 0 and --x here, and never x + 0, x * 0 or x / x. Each rule is given the
builder and the operands, and returns the number of something equal, or None.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol


class Builder(Protocol):
    """An object that builds a program instruction by instruction (``lower.Lowering``)."""

    constants: dict[int, float | bool]
    exact: bool

    def add(self, opcode: str, operands: tuple[int, ...]) -> int:
        """Return the number of an instruction, new or not."""

    def constant(self, constant: float | bool) -> int:
        """Return the number of a constant."""

    def operand_of(self, number: int, opcode: str) -> int | None:
        """Return the operand of a unary instruction with this opcode, None for any other."""

    def instruction(self, number: int) -> tuple[str, tuple[int, ...]]:
        """Return the opcode and the operands of a number."""

    def in_place_of(self, product: int, number: int) -> int:
        """Return the number, which is watched from now on if the product is."""


Rule = Callable[..., int | None]


def _is(builder: Builder, number: int, constant: float) -> bool:
    found = builder.constants.get(number)
    return found == constant and math.copysign(1.0, found) == math.copysign(1.0, constant)


def _add(builder: Builder, a: int, b: int) -> int | None:
    if _is(builder, b, -0.0):
        return a
    if _is(builder, a, -0.0):
        return b
    if (negated := builder.operand_of(b, "negative")) is not None:
        return builder.add("subtract", (a, negated))
    if (negated := builder.operand_of(a, "negative")) is not None:
        return builder.add("subtract", (b, negated))
    return None


def _subtract(builder: Builder, a: int, b: int) -> int | None:
    if _is(builder, b, 0.0):
        return a
    if _is(builder, a, -0.0):
        return builder.add("negative", (b,))
    if (negated := builder.operand_of(b, "negative")) is not None:
        return builder.add("add", (a, negated))
    return None


def _multiply(builder: Builder, a: int, b: int) -> int | None:
    for one, other in ((a, b), (b, a)):
        if _is(builder, one, 1.0):
            return other
        if _is(builder, one, -1.0):
            return builder.add("negative", (other,))
    return None


def _divide(builder: Builder, a: int, b: int) -> int | None:
    divisor = builder.constants.get(b)
    if divisor is not None and divisor - divisor == 0.0 and divisor != 0.0:
        fraction, exponent = math.frexp(divisor)
        if abs(fraction) == 0.5 and abs(exponent) < 1000:  # a power of two: its inverse is exact
            return builder.add("multiply", (a, builder.constant(1.0 / divisor)))
    return None


def _inverse(opcode: str) -> Rule:
    return lambda builder, x: builder.operand_of(x, opcode)


def _power(builder: Builder, a: int, b: int) -> int | None:
    exponent = builder.constants.get(b)
    if exponent == 0.0:
        return builder.constant(1.0)  # of anything, nan too
    if exponent == 1.0:
        return a
    if not builder.exact:  # C's pow(a, 2) need not be a * a rounded
        if exponent == 2.0:
            return builder.add("multiply", (a, a))
        if exponent == -1.0:
            return builder.add("divide", (builder.constant(1.0), a))
    return None


def _where(builder: Builder, condition: int, a: int, b: int) -> int | None:
    known = builder.constants.get(condition)
    if a == b or known is True:
        return a
    if known is False:
        return b
    return _rectified(builder, condition, b) if _is(builder, a, 0.0) else None


def _rectified(builder: Builder, below: int, product: int) -> int | None:
    """Simplify what a relu hands on: where(below, 0, upstream * where(above, 1, y)).

    Here y is where(below, 0, x), below is x <= 0, and above is 0 < x. Where neither holds, x is
    nan, and y is the nan that the product would be. So it is where(above, upstream, y).
    """
    opcode, factors = builder.instruction(product)
    pairs: tuple[tuple[int, ...], ...] = (factors, factors[::-1])
    if opcode == "where":
        pairs = ((builder.constant(1.0), product),)
    elif opcode != "multiply":
        return None
    for upstream, slope in pairs:
        opcode, operands = builder.instruction(slope)
        if opcode == "where" and _is(builder, operands[1], 1.0):
            above, _, y = operands
            opcode, operands = builder.instruction(y)
            if opcode == "where" and operands[0] == below and _is(builder, operands[1], 0.0):
                zero, x = operands[1:]
                if (
                    builder.instruction(below) == ("less_equal", (x, zero))
                    and builder.instruction(above) == ("less", (zero, x))
                ):  # fmt: skip
                    return builder.in_place_of(product, builder.add("where", (above, upstream, y)))
    return None


def _both(builder: Builder, a: int, b: int) -> int | None:
    for one, other in ((a, b), (b, a)):
        known = builder.constants.get(one)
        if known is not None:
            return other if known else one
    return a if a == b else None


def _either(builder: Builder, a: int, b: int) -> int | None:
    for one, other in ((a, b), (b, a)):
        known = builder.constants.get(one)
        if known is not None:
            return one if known else other
    return a if a == b else None


SIMPLER: dict[str, Rule] = {
    "add": _add,
    "subtract": _subtract,
    "negative": _inverse("negative"),
    "opposite": _inverse("opposite"),
    "where": _where,
    "both": _both,
    "either": _either,
}
SIMPLER_WITH_CONSTANT: dict[str, Rule] = SIMPLER | {
    "multiply": _multiply,
    "divide": _divide,
    "power": _power,
}
