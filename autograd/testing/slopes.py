"""Slopes and values of functions from numbers of many digits."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.differences import ENDLESS, JUMP, Slope, described
from autograd.engine.modes import Mode
from autograd.errors import NotExpressibleError
from autograd.testing.derived import CallOfDigits
from autograd.testing.multiprecision import Precise, context, number_of

__tracebackhide__ = True  # from reports of pytest

# Code that was compiled knows floats alone, and derivatives along graphs know Values alone.
INLINED = Mode(inlined=CallOfDigits.of_digits)
WIDEST = 2**23  # in powers of two, of the numbers of a derivative in question
MOST_BITS = 8000
BITS_FOR_ZERO = 2200  # enough to tell 1 - cos(x), which is x**2 / 2, from zero for any float x
OfPoint = Callable[[Sequence[Any]], Any]  # a function of some numbers, giving one
STEP = -100  # of a smooth function, as a power of two
STEPS = (-60, -90, -120, -150)  # where it may not be smooth
GUARD_BITS = 70  # that a change of the value must have, to tell something


def slope(function: OfPoint, numbers: Sequence[float], index: int) -> Slope:
    """Return the slope of a function at a point along one of its numbers, to a float's last digit.

    If the slopes on both sides agree except for the effect of curvature, the function is smooth.
    Otherwise each side is examined separately, with four steps, each 2**30 times shorter than the
    one before, and with more and more digits until they change nothing.

    Args:
        function: of a list of Precise numbers, giving one.
        numbers: the point.
        index: which of its numbers moves.

    Raises:
        TypeError: the function does not run on such numbers.
    """
    arithmetic = context()
    exponent = math.frexp(numbers[index])[1] if numbers[index] else 0
    scale, bits = min(exponent, 0), 256 + 2 * abs(exponent)
    here, left, right = _differences(function, numbers, index, bits, scale, (STEP,))
    size, gap = abs(left[0]) + abs(right[0]), abs(right[0] - left[0])
    noise = arithmetic.ldexp(here, GUARD_BITS - bits - scale - STEP)
    if abs(noise) < size < math.inf and gap <= arithmetic.ldexp(size, -60):
        central = float((left[0] + right[0]) / 2)
        return Slope(central, 0.0, central, central)
    is_same = False
    before: list[Any] = []
    while bits < MOST_BITS and not is_same:  # until 1 - tanh(300), which is 1e-260, is not 0
        bits *= 2
        here, left, right = _differences(function, numbers, index, bits, scale, STEPS)
        is_same = _same(before, [*left, *right], bits)
        before = [*left, *right]
    noise = arithmetic.ldexp(here, -bits // 2 - scale - STEPS[-1])
    (below, error, jumps), (above, error_above, jumps_above) = (
        _limit(side, abs(noise)) for side in (left, right)
    )
    low, high = float(below), float(above)
    if is_same and (jumps or jumps_above):
        return Slope(high if jumps else low, float(error + error_above), low, high, JUMP)
    error += error_above
    is_one = low == high
    if math.isfinite(low) and math.isfinite(high):
        is_one = is_one or abs(above - below) <= error + arithmetic.ldexp(low + high, -50)
    remark = described(low, high, is_kink=not is_one)
    if math.isnan(low) or math.isnan(high):
        central = high if math.isnan(low) else low
    else:
        central = low if is_one else (low + high) / 2.0
        if math.isinf(central) and not is_one:  # one side alone grows without end
            central = math.nan
    return Slope(central, float(error), low, high, ENDLESS if math.isinf(central) else remark)


def _differences(
    function: OfPoint,
    numbers: Sequence[float],
    index: int,
    bits: int,
    scale: int,
    steps: tuple[int, ...],
) -> tuple[Any, list[Any], list[Any]]:
    """Return the value, and the differences to the left and to the right by each of the steps."""
    arithmetic = context()
    with arithmetic.workprec(bits):
        point = [Precise(number) for number in numbers]
        here = _called(function, point)

        def difference(sign: float, power: int) -> object:
            step = arithmetic.ldexp(sign, scale + power)
            moved = Precise(arithmetic.mpf(numbers[index]) + step)
            return (_called(function, [*point[:index], moved, *point[index + 1 :]]) - here) / step

        # Steps of the same size on both sides would take x * abs(x) and cbrt(x) for smooth at 0;
        # of sizes in a whole ratio, the few digits left of -log(sigmoid(100)) may be the same.
        return here, *([difference(sign, power) for power in steps] for sign in (-1, math.e))


def _limit(differences: Sequence[Any], floor: Any) -> tuple[Any, Any, bool]:
    """Return the slope on one side, how far off it may be, and whether the value jumps there.

    By a shorter step the change of the value is just as large at a jump, and smaller, if less than
    in proportion, at a pole of the slope such as that of sqrt at 0. Elsewhere the error of a
    difference is a power of its step, which Aitken's method takes away.
    """
    arithmetic = context()
    first, second, third, last = differences
    if not all(map(arithmetic.isfinite, differences)):
        return arithmetic.nan, arithmetic.zero, bool(arithmetic.isinf(last))
    ratio = arithmetic.ldexp(1, STEPS[0] - STEPS[1])
    is_large = abs(last) > floor
    if is_large and abs(last) > abs(third) * ratio * (1 - 2.0**-40):
        return arithmetic.nan, arithmetic.zero, True
    changes = second - first, third - second, last - third
    if is_large and abs(changes[2]) > max(abs(changes[1]) * 0.9999, abs(last) * 2.0**-20):
        return arithmetic.sign(changes[2]) * arithmetic.inf, arithmetic.zero, False

    def extrapolated(number: object, before: Any, change: Any) -> Any:
        return number + change * change / (before - change) if before != change else number

    limit = extrapolated(last, changes[1], changes[2])
    error = abs(limit - extrapolated(third, changes[0], changes[1]))
    error += arithmetic.ldexp(abs(last), -100)
    return limit if abs(limit) > error else arithmetic.zero, error, False


def _same(before: Sequence[Any], after: Sequence[object], bits: int) -> bool:
    """Return whether more digits have changed nothing; a zero may yet become a small number."""
    for a, b in zip(before, after, strict=False):
        if a == 0 and b == 0:
            if bits < BITS_FOR_ZERO:
                return False
        elif context().isfinite(a - b) and abs(a - b) > abs(a) * context().ldexp(1, -80):
            return False
    return bool(before)


@contextlib.contextmanager
def _widened() -> Iterator[None]:
    """Let numbers be of the widest range."""
    arithmetic = context()
    before, arithmetic.largest = arithmetic.largest, WIDEST
    try:
        yield
    finally:
        arithmetic.largest = before


def values(
    function: Callable[[Sequence[object]], Sequence[Any]], numbers: Sequence[float]
) -> list[Any]:
    """Return results at a point as mpmath's numbers, with as many digits as it takes."""
    bits = 240
    before: list[Any] = []
    while bits < MOST_BITS:
        with context().workprec(bits), _widened():
            point = [Precise(number) for number in numbers]
            results = INLINED.run(function, point)
            found = [number_of(result) for result in results]
        if _same(before, found, bits):
            break
        before, bits = found, 2 * bits
    return found


def _called(function: OfPoint, point: Sequence[Precise]) -> Any:
    """Return the result as one of mpmath's numbers.

    All that asks for ``x.data`` takes Values, and says in one of these two ways that it does not
    take a Precise.
    """
    try:
        return number_of(INLINED.run(function, point))
    except (TypeError, AttributeError) as error:
        if isinstance(error, NotExpressibleError):
            raise
        raise NotExpressibleError(f"it does not run on numbers of many digits: {error}") from error
