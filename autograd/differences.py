"""The slope of a function of floats by finite differences, and how it behaves nearby.

Central differences at steps that are halved again and again, extrapolated to step zero: Ridders,
Accurate computation of F'(x) and F'(x)F''(x), Advances in Engineering Software 4, 1982.
The same with one-sided differences tells a kink, a jump or the edge of a domain from a smooth
point.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

from autograd.table.operation import divided

HALVINGS = 40
SURE = 1e-6  # the relative accuracy to expect of differences of floats
_EPSILON, _SMALLEST = 2.0**-52, 5e-324
UNSETTLED = 1e-5  # the error of a limit, beside the largest difference, that is none
SLOWEST = 0.97  # a factor by which differences approach a limit, step by step, at the least
GROWING = 1.1  # a factor by which differences grow, step by step, to no limit
LEAPING = 1.9  # a factor by which differences grow, step by step, where the value jumps
JUMP, ENDLESS = "the value jumps here", "no finite slope here: it grows without end"
UNSETTLED_SIDE = "edge of the domain: the slopes on the"
POLE = "a pole is so near to here that differences step over it: the value grows without end"

Difference = tuple[float, float]  # a slope, and how far off it may be


@dataclass(frozen=True, slots=True)
class Slope:
    """What finite differences tell about a function at one point.

    Attributes:
        central: the slope by central differences; infinite where it grows without end, in one
            direction; nan where there is none.
        error: how far off it may be.
        left: the slope on the left alone: infinite where it grows without end, nan where there is
            none, as the function is not real there, its value jumps, or the slopes do not settle at
            an edge of the domain. Slopes that grow as slowly as those of ``abs(x)**0.9``, or swing
            as those of ``x * sin(1 / x)`` do, may look finite to steps of these lengths.
        right: the slope on the right alone.
        remark: what is special here, in words; empty at a smooth point.
        estimates: central differences by several steps, each with how far off it may be.
    """

    central: float
    error: float
    left: float
    right: float
    remark: str = ""
    estimates: tuple[Difference, ...] = ()

    @property
    def is_kink(self) -> bool:
        """Whether there is a slope on either side, and they differ."""
        return self.remark.startswith("kink")

    def nearest(self, derivative: float) -> float:
        """Return the slope nearest to a derivative; at a kink any between left and right counts."""
        if not self.is_kink:
            return self.central
        low, high = sorted((self.left, self.right))
        return min(max(0.0 if math.isnan(derivative) else derivative, low), high)

    def allows(self, derivative: float, error: float) -> bool:
        """Return whether a derivative is right within this error plus that of the slope."""
        nearest = self.nearest(derivative)
        if derivative == nearest or math.isnan(nearest):
            return True
        return abs(derivative - nearest) <= error + self.error < math.inf

    def digits(self, derivative: float) -> int:
        """Return how many significant digits the central difference shares with a derivative."""
        gap, size = abs(self.central - derivative), max(abs(self.central), abs(derivative))
        if gap == 0.0 or self.central == derivative:
            return 16
        ratio = gap / size if math.isfinite(gap) and math.isfinite(size) else math.nan
        return max(0, min(16, math.floor(-math.log10(ratio)))) if ratio > 0.0 else 0

    def agrees(self, derivative: float) -> bool:
        """Return whether the central differences are consistent with a derivative.

        No single step suits every function, and none shows how much rounding happens inside it.
        So a derivative is rejected only if none of the informative steps supports it.
        """
        if self.digits(derivative) >= 6 or abs(self.central - derivative) <= self.error:
            return True
        least = min((error for _, error in self.estimates), default=0.0)
        return any(
            abs(number - derivative) <= 10.0 * error + SURE * abs(derivative)
            for number, error in self.estimates
            if error <= max(SURE * abs(number), 16.0 * least)
        )


def slope(function: Callable[[float], float], at: float) -> Slope:
    """Return the slope of a function at a point, by differences.

    Args:
        function: takes a float and returns one; nan where it is not defined.
        at: the point.

    Returns:
        The slope, its uncertainty, the slopes on either side, and a remark.

    Example:
        >>> slope(lambda x: x * x, 3.0).central
        6.0
        >>> slope(abs, 0.0).remark
        'kink: slope -1 on the left, 1 on the right'
    """
    here = function(at)
    if not math.isfinite(here):
        return Slope(math.nan, math.nan, math.nan, math.nan, "the value is not finite here")
    # Near 0 the function may change on the scale of the number itself: add such steps.
    both, above, below = _differences(function, at, here, max(1.0, abs(at)))
    if 0.0 < abs(at) < 1e-6:
        nearer = _differences(function, at, here, abs(at))
        both, above, below = both + nearer[0], above + nearer[1], below + nearer[2]
    estimates = _extrapolated(both, 4.0)
    central, error = _told(_surest(estimates))
    right, left = (_told(_surest(_extrapolated(rows, 2.0))) for rows in (above, below))
    if infinite := [side for side, rows in (("left", below), ("right", above)) if _ends(rows)]:
        return _beside_infinity(infinite, left[0], right[0])
    remark = _remark(above, below, left, right)
    if remark == JUMP and _growth([(noise, 0.0) for _, noise in both]) > 2.0 * GROWING:
        remark = POLE  # noise is as the values over the step, and they grow when it is halved
    if remark == ENDLESS:
        central, error = _endless(above, below), 0.0
    elif remark in (JUMP, POLE):
        central = error = math.nan
    before, after = [
        math.nan if remark.startswith(UNSETTLED_SIDE) else _limit_of(rows, side[0])
        for rows, side in ((below, left), (above, right))
    ]
    return Slope(central, error, before, after, remark, tuple(estimates))


def _limit_of(rows: list[Difference], slope: float) -> float:
    """Return the slope on one side, which extrapolation takes for finite where it is not."""
    if len(rows) < 4 or (growth := _growth(rows)) <= GROWING:
        return slope
    return math.nan if growth > LEAPING else math.copysign(math.inf, rows[-4][0])


def _differences(
    function: Callable[[float], float], at: float, here: float, scale: float
) -> tuple[list[Difference], list[Difference], list[Difference]]:
    """Return the central differences for halved steps, then those above and below the point."""
    both: list[Difference] = []
    above: list[Difference] = []
    below: list[Difference] = []
    for halving in range(HALVINGS):
        # Tenths, not powers of two: those would meet the zeros of periodic functions too often.
        step = 0.1 * scale * 0.5**halving
        up, down = at + step, at - step
        if down == at or up == at:
            break
        high, low = function(up), function(down)
        both.append(_difference(high, low, up - down))
        above.append(_difference(high, here, up - at))
        below.append(_difference(here, low, at - down))
    return both, above, below


def _difference(high: float, low: float, width: float) -> Difference:
    """Return the slope between two points, and what rounding may have done to it."""
    noise = 2.0 * _EPSILON * max(abs(high), abs(low)) + _SMALLEST
    return divided(high - low, width), divided(noise, width)


def _extrapolated(differences: list[Difference], ratio: float) -> list[Difference]:
    """Return for each step the best limit that it gives with the longer ones before it.

    The error of a difference has terms in ratio**-k, k = 1, 2, ...: each column of the table
    cancels one more of them. A row's best entry is the one closest to those it was made of. Beside
    them stands the limit by Aitken's delta squared: the error may have another power of the step,
    as at the edge of the domain of x**1.5.
    """
    rows: list[Difference] = []
    above: list[float] = []
    geometric = _geometric([difference for difference, _ in differences])
    for (difference, noise), (limit, gap) in zip(differences, geometric, strict=True):
        row = [difference]
        best, least = limit, gap + 4.0 * noise
        for column, previous in enumerate(above[:8], 1):
            row.append(row[-1] + (row[-1] - previous) / (ratio**column - 1.0))
            gap = max(abs(row[-1] - row[-2]), abs(row[-1] - previous)) + noise
            if gap < least:
                best, least = row[-1], gap
        rows.append((best, least))
        above = row
    return rows


def _geometric(differences: list[float]) -> list[Difference]:
    """Return for each difference the limit that it has with the two before, if they go to one.

    Beside it stands how far the last three such limits lie apart; infinity where there is none.
    """
    limits: list[float] = []
    found: list[Difference] = []
    for place, last in enumerate(differences):
        before, middle = differences[max(place - 2, 0)], differences[max(place - 1, 0)]
        ratio = divided(last - middle, middle - before)
        tail = (last - middle) * divided(ratio, 1.0 - ratio)
        limits.append(last + tail if 0.0 < ratio < SLOWEST else math.nan)
        gaps = [abs(limit - limits[-1]) for limit in limits[-3:]]
        gap = max(gaps) if len(limits) >= 3 and not any(map(math.isnan, gaps)) else math.inf
        found.append((limits[-1], gap / (1.0 - ratio) if gap < math.inf else gap))
    return found


def _surest(rows: list[Difference]) -> Difference:
    """Return the most certain limit that does not contradict those of smaller steps."""
    answer, error = math.nan, math.inf
    for best, least in reversed(rows):
        if math.isnan(answer) or (least < error and abs(best - answer) <= 10.0 * (least + error)):
            answer, error = best, least
    return answer, error


def _told(found: Difference) -> Difference:
    """Return a slope; 0 where it cannot be told from 0."""
    return (0.0 if abs(found[0]) <= found[1] else found[0]), found[1]


def _remark(
    above: list[Difference], below: list[Difference], left: Difference, right: Difference
) -> str:
    growth = max(_growth(above), _growth(below))
    if growth > LEAPING:
        return JUMP
    if growth > GROWING:
        return ENDLESS
    for side, rows, (there, error) in (("left", below, left), ("right", above, right)):
        is_edge = math.isnan(left[0]) != math.isnan(right[0]) and not math.isnan(there)
        if is_edge and error > UNSETTLED * max(abs(difference) for difference, _ in rows):
            return f"{UNSETTLED_SIDE} {side} do not settle"
    gap, size = abs(left[0] - right[0]), max(abs(left[0]), abs(right[0]))
    is_kink = gap > 1e-4 * size and gap > 100.0 * (left[1] + right[1])
    return described(left[0], right[0], is_kink)


def described(left: float, right: float, is_kink: bool) -> str:
    """Return words for a point with these slopes on its left and on its right."""
    if math.isnan(left) and math.isnan(right):
        return "not defined around here"
    if math.isnan(left) or math.isnan(right):
        side, there = ("right", right) if math.isnan(left) else ("left", left)
        return f"edge of the domain: slope {there:.4g} on the {side}"
    return f"kink: slope {left:.4g} on the left, {right:.4g} on the right" if is_kink else ""


def _ends(differences: list[Difference]) -> bool:
    """Return whether the value is infinite next to the point, as the shortest steps have it."""
    return len(differences) > 0 and all(math.isinf(slope) for slope, _ in differences[-4:])


def _beside_infinity(sides: list[str], left: float, right: float) -> Slope:
    """Return what is told of a point next to which the value is infinite, where it is finite."""
    if len(sides) == 2:
        remark, left, right = "the value is infinite on both sides of here", math.nan, math.nan
    elif sides == ["left"]:
        remark = f"the value is infinite on the left of here; slope {right:.4g} on the right"
        left = math.nan
    else:
        remark = f"the value is infinite on the right of here; slope {left:.4g} on the left"
        right = math.nan
    return Slope(math.nan, math.nan, left, right, remark)


def _endless(above: list[Difference], below: list[Difference]) -> float:
    """Return the infinity to which the slopes grow; nan where not all of them grow to that one."""
    signs = {
        math.copysign(1.0, rows[-4][0]) if _growth(rows) > GROWING else 0.0
        for rows in (above, below)
        if len(rows) >= 4 and not math.isnan(rows[-4][0])
    }
    return signs.pop() * math.inf if len(signs) == 1 and 0.0 not in signs else math.nan


def _growth(differences: list[Difference]) -> float:
    """Return the least factor by which the differences grow when the step is halved.

    The smallest steps are left out, because rounding dominates there.
    """
    sizes = [abs(difference) for difference, _ in differences[-16:-4]]
    if len(sizes) < 2 or not all(size > 0.0 for size in sizes):
        return 0.0
    return min(b / a for a, b in itertools.pairwise(sizes))
