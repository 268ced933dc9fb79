"""What the derivative of a function is at a point, found by differences: no rule has a say in it.

The differences are those of numbers with many digits where the function runs on such, else those of
floats. What backward gives is asked for where the mathematics leaves a choice: at a jump.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.differences import slope
from autograd.engine.value import Value
from autograd.errors import NotExpressibleError, StructureError
from autograd.table.operation import real
from autograd.testing.multiprecision import slopes
from autograd.transforms.functional import value_and_grad
from autograd.trees import NUMBER, flatten

OfPoint = Callable[[Sequence[Any]], Any]  # a function of some numbers, giving one
SURE_DIGITS = 1e-6  # of differences of floats, relative
NEAREST = 1e-12  # to 0, for differences of floats


@dataclass(frozen=True, slots=True)
class Truth:
    """The numbers that are right for a derivative at a point: all from low to high.

    Attributes:
        low: the lowest; it is the highest too, save at a kink; nan where nothing is known.
        high: the highest.
        error: how far off the two may be.
        is_precise: whether differences of many digits gave them.
    """

    low: float
    high: float
    error: float = 0.0
    is_precise: bool = True

    @property
    def is_known(self) -> bool:
        """Whether there is anything to compare with."""
        return not math.isnan(self.low)

    def nearest(self, derivative: float) -> float:
        """Return the right number that is nearest to a derivative in question."""
        return min(max(0.0 if math.isnan(derivative) else derivative, self.low), self.high)

    def allows(self, derivative: float, error: float) -> bool:
        """Return whether a derivative is right, up to an error besides that of the truth."""
        nearest = self.nearest(derivative)
        if derivative == nearest or not self.is_known:
            return True
        gap = abs(derivative - nearest)
        return math.isfinite(gap) and gap <= error + self.error


UNKNOWN = Truth(math.nan, math.nan)


def plain(number: Any, name: str = "the function") -> float:
    """Return the number alone, of a Value too: derivatives are Values where outside ones play."""
    return number.data if isinstance(number, Value) else real(number, name)


def by_backward(function: OfPoint, point: Sequence[float]) -> tuple[float, list[float]]:
    """Return the value and the gradient, as floats.

    Raises:
        ValueError: the function does not return one number.
    """

    def of_one_number(numbers: Sequence[Any]) -> Any:
        result = function(numbers)
        if flatten(result)[1] != NUMBER:
            raise StructureError(
                f"f must return one number here, and returned {flatten(result)[1]}: check its "
                f"outputs one by one"
            )
        return result

    result, gradient = value_and_grad(of_one_number)(list(point))
    return plain(result), [plain(derivative) for derivative in gradient]


def noise(function: OfPoint, point: Sequence[float], index: int) -> float:
    """Return by how much backward's derivative jumps when the point moves by its last digit."""
    below, above = (
        by_backward(function, [number * (1.0 + sign * 2.0**-52) for number in point])[1][index]
        for sign in (-1.0, 1.0)
    )
    spread = abs(above - below)
    return 4.0 * spread if math.isfinite(spread) else 0.0


def roughness(function: OfPoint, x: float) -> float:
    """Return how far backward's derivative may be off, by what it does that nothing smooth does.

    Sixth differences of a smooth function all but vanish; those of rounding errors are 30 times as
    large as these: Moré and Wild, Estimating computational noise, SIAM J. Sci. Comput. 33, 2011.
    """
    spacing = 2.0**-8 * min(abs(x), 1e-3)
    differences = [by_backward(function, [x + place * spacing])[1][0] for place in range(-4, 5)]
    for _ in range(6):
        differences = [after - before for before, after in itertools.pairwise(differences)]
    return max([0.0, *filter(math.isfinite, map(abs, differences))]) / 4.0


def truth(function: OfPoint, point: Sequence[float], index: int, backward: float) -> Truth:
    """Return what the derivative along one of the numbers of a point is.

    Args:
        function: of the numbers of a point, giving one.
        point: where.
        index: which of its numbers moves.
        backward: what backward gives; right at a jump, where there is no slope.
    """
    try:
        return _precise(function, point, index, backward)
    except NotExpressibleError:
        return _of_floats(function, point, index, backward)


def _precise(function: OfPoint, point: Sequence[float], index: int, backward: float) -> Truth:
    found = slopes(function, point, index)
    left, right = float(found.left), float(found.right)
    if found.is_jump:
        return Truth(backward, backward)
    if math.isnan(left) and math.isnan(right):
        return UNKNOWN
    if math.isnan(left) or math.isnan(right):  # at the edge of the domain only one side counts
        left = right = right if math.isnan(left) else left
    if found.is_kink:
        return Truth(min(left, right), max(left, right))
    middle = left if left == right else (left + right) / 2.0
    return Truth(middle, middle)


def _of_floats(function: OfPoint, point: Sequence[float], index: int, backward: float) -> Truth:
    """Return the truth by differences of floats: backward, where steps of some size bear it out.

    No one size of step is right for every function, and none of them tells how much rounding there
    is inside. So backward is contradicted only where none of many agrees with it.
    """
    at = point[index]

    def along(number: float) -> float:
        # Values, for on Values the function has run already; on floats it may not run.
        try:
            return plain(function([*map(Value, (*point[:index], number, *point[index + 1 :]))]))
        except (ArithmeticError, ValueError):
            return math.nan  # it refuses numbers outside its domain

    untold = Truth(backward, backward, is_precise=False)
    if 0.0 < abs(at) < NEAREST:  # what is on this side of 0 is too narrow for such steps
        return replace(UNKNOWN, is_precise=False)
    found = slope(along, at)
    low, high = sorted((found.left, found.right))
    error = SURE_DIGITS * max(abs(low), abs(high))
    if found.is_kink and low - error <= backward <= high + error:
        return Truth(low, high, error, is_precise=False)
    if found.remark and not found.is_kink:  # a jump, a pole, an edge of the domain
        return untold
    differences = list(_central_differences(along, at))
    least = min((rounding for _, rounding in differences), default=0.0)
    largest = max((abs(number) for number, _ in differences), default=0.0)
    slopes_found = [
        number
        for number, rounding in differences
        if rounding <= max(SURE_DIGITS * largest, 16.0 * least)
    ]
    if len(slopes_found) < 2:
        return Truth(low, high, error, is_precise=False) if found.is_kink else untold
    gap, steady = min((abs(a - b), b) for a, b in itertools.pairwise(slopes_found))
    error = SURE_DIGITS * abs(backward) + 10.0 * gap + 4.0 * least
    if any(abs(number - backward) <= error for number in slopes_found):
        return untold
    return Truth(steady, steady, error, is_precise=False)


def _central_differences(
    function: Callable[[float], float], at: float
) -> Iterator[tuple[float, float]]:
    """Yield central differences, and what the last digits of the values may have done to each.

    The step is divided by four each time. Two neighbours are combined so that the error in step**2
    cancels (Richardson). Left out are steps over a kink or a jump nearby, and those that are lost
    in rounding: there the slopes on either side do not come closer when the step shrinks.
    """
    here = function(at)
    step = 0.1 * max(1.0, abs(at))
    smallest = min(1e-11 * step, 1e-6 * abs(at)) if at else 1e-11 * step
    longer = wider = math.nan
    while step > smallest and at - step < at < at + step:
        up, down = at + step, at - step
        high, low = function(up), function(down)
        shorter = (high - low) / (up - down)
        rounding = 2.0**-51 * max(abs(high), abs(low)) / (up - down)
        gap = abs((high - here) / (up - at) - (here - low) / (at - down))
        combined = shorter + (shorter - longer) / 15.0
        is_smooth = gap <= max(0.5 * wider, 1e-4 * abs(shorter)) + 2.0 * rounding
        if math.isfinite(combined) and is_smooth:
            yield combined, rounding
        longer, wider, step = shorter, gap, step / 4.0
