"""The true derivative of a function at a point, by differences, independent of all rules.

The differences are those of numbers with many digits where the function runs on such, else those of
floats. What backward gives is asked for where the mathematics leaves a choice: at a jump.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from autograd import differences
from autograd.engine.value import Value
from autograd.errors import NotExpressibleError, StructureError
from autograd.table.operation import real
from autograd.testing.slopes import OfPoint
from autograd.testing.slopes import slope as precise_slope
from autograd.transforms.vjp import value_and_grad
from autograd.trees import NUMBER, flatten

__tracebackhide__ = True  # from reports of pytest

NEAREST = 1e-12  # to 0, for differences of floats


def plain(number: object, name: str = "the function") -> float:
    """Return a plain number; a derivative that depends on outside Values is a Value."""
    return number.data if isinstance(number, Value) else real(number, name)


def by_backward(function: OfPoint, point: Sequence[float]) -> tuple[float, list[float]]:
    """Return the value and the gradient, as floats.

    Raises:
        ValueError: the function does not return one number.
    """

    def of_one_number(numbers: Sequence[Value | float]) -> object:
        result = function(numbers)
        if result is None:
            raise StructureError("f returned None: write return before its result")
        if flatten(result)[1] != NUMBER:
            raise StructureError(
                f"f must return one number here, and returned {flatten(result)[1]}: check its "
                f"outputs one by one"
            )
        return result

    result, gradient = value_and_grad(of_one_number)(list(point))
    return plain(result), [plain(derivative) for derivative in gradient]


def truth(
    function: OfPoint, point: Sequence[float], index: int, backward: float
) -> tuple[differences.Slope, bool]:
    """Return the slope along one of the numbers of a point, and whether it has all digits.

    Args:
        function: of the numbers of a point, giving one.
        point: where.
        index: which of its numbers moves.
        backward: what backward gives; right where the value jumps on both sides, and where
            differences of floats do not contradict it.
    """
    vouched = differences.Slope(backward, 0.0, backward, backward)
    try:
        found = precise_slope(function, point, index)
        if math.isnan(found.nearest(backward)):
            return replace(vouched, remark=found.remark), True
        return found, True
    except NotExpressibleError:
        pass

    def along(number: float) -> float:
        # Values, for on Values the function has run already; on floats it may not run.
        try:
            return plain(function([*map(Value, (*point[:index], number, *point[index + 1 :]))]))
        except (ArithmeticError, ValueError):
            return math.nan  # it refuses numbers outside its domain

    if 0.0 < abs(point[index]) < NEAREST:  # what is on this side of 0 is too narrow for such steps
        return vouched, False
    found = differences.slope(along, point[index])
    error = found.error + differences.SURE * max(abs(found.left), abs(found.right))
    if found.is_kink and not found.agrees(backward):  # of a sharp bend they cannot say more
        return replace(found, error=error), False
    is_borne_out = found.is_kink or found.remark or found.agrees(backward)
    if is_borne_out:
        return replace(vouched, remark=found.remark), False
    return replace(found, error=error), False
