"""The rows for points in the plane: hypot, atan2 and the two functions in their derivatives."""

from __future__ import annotations

import math

from autograd.table.choices import sign
from autograd.table.conditions import INF, choose, lazy_where, where
from autograd.table.doubled import Pair, over, quick_sum, square
from autograd.table.elementary import sqrt
from autograd.table.number import Number
from autograd.table.operation import Operation, composite, primitive

# fmt: off


def _larger(x: Number, y: Number) -> Number:
    return where(abs(x) > abs(y), abs(x), abs(y))


def _smaller(x: Number, y: Number) -> Number:
    return where(abs(x) > abs(y), abs(y), abs(x))


def _scale(x: Number, y: Number) -> Number:
    """Return the size of the larger leg, and 1 at the origin."""
    return where(_larger(x, y) <= 0.0, 1.0, _larger(x, y))


def _slant(x: Number, y: Number) -> Number:
    """Return hypot(x, y) in units of the larger leg: it neither overflows nor underflows."""
    ratio = _smaller(x, y) / _scale(x, y)
    return sqrt(1.0 + ratio * ratio)


def _toward_one(size: Number) -> Number:
    """Return a power of two by which a number is multiplied before it is squared."""
    return where(size > 1e140, 2.0**-600, where(size < 1e-140, 2.0**600, 1.0))


def _hypot(x: Number, y: Number) -> tuple[Pair, Number]:
    """Return sqrt(x^2 + y^2), and the power of two that x and y were multiplied by for it.

    The squares are sums of two doubles, and one step of Newton's makes the root one.
    """
    large = _larger(x, y)
    power_of_two = _toward_one(large)
    a, a_low = square(large * power_of_two)
    b, b_low = square(_smaller(x, y) * power_of_two)
    total, lost = quick_sum(a, b)
    root = sqrt(total)
    back, back_low = square(root)
    rest = ((total - back) - back_low) + (lost + (a_low + b_low))
    return quick_sum(root, rest / (2.0 * root)), power_of_two


def _length(x: Number, y: Number) -> Number:
    (length, _), power_of_two = _hypot(x, y)
    return length / power_of_two


def _cosine(x: Number, y: Number) -> Number:
    length, power_of_two = _hypot(x, y)
    own = _toward_one(abs(x))  # or the digits of a short leg would be lost
    is_same = abs(own - power_of_two) <= 0.0
    quotient = over((x * own, 0.0), length)[0]
    return quotient * where(is_same, 1.0, power_of_two) * where(is_same, 1.0, 1.0 / own)


def _over_square(x: Number, y: Number) -> Number:
    far = (_larger(x, y) >= INF) & (abs(x) >= 0.0) & (abs(y) >= 0.0)  # and no nan
    scale, slant = _scale(x, y), _slant(x, y)
    return where(far, 0.0, x / scale / slant / scale / slant)


def _unless_origin(x: Number, y: Number, slope: Number) -> Number:
    """Return the slope; at the origin nan, since all derivatives of the slope are nan there."""
    return choose(_larger(x, y) <= 0.0, sqrt(x * x + y * y + -1.0), slope)


over_square: Operation = composite(
    "over_square(x, y)", _over_square,
    lambda u, x, y: _unless_origin(x, y, over_square(y, x) * over_square(y, x) - u * u),
    lambda u, x, y: _unless_origin(x, y, -2.0 * u * over_square(y, x)),
    public=False, kinks=(0.0,), shown=(
        lambda u, x, y: (y**2.0 - x**2.0) / (x**2.0 + y**2.0) ** 2.0,
        lambda u, x, y: -2.0 * x * y / (x**2.0 + y**2.0) ** 2.0,
    ),
    summary="x / (x^2 + y^2), the real part of 1 / (x + iy); 0 at the origin.",
)
cosine_of: Operation = composite(
    "cosine_of(x, y)",
    lambda x, y: lazy_where(
        (_larger(x, y) > 0.0) & (_larger(x, y) < INF),
        lambda: _cosine(x, y),
        lambda: where((abs(x) >= INF) & (abs(y) < INF), sign(x), x / _scale(x, y)),
    ),
    lambda c, x, y: _unless_origin(x, y, cosine_of(y, x) * over_square(y, x)),
    lambda c, x, y: _unless_origin(x, y, -c * over_square(y, x)),
    public=False, kinks=(0.0,), shown=(
        lambda c, x, y: y**2.0 / hypot(x, y) ** 3.0,
        lambda c, x, y: -x * y / hypot(x, y) ** 3.0,
    ),
    summary="x / hypot(x, y), the cosine of the angle of the point (x, y); 0 at the origin.",
)
hypot: Operation = composite(
    "hypot(x, y)",
    lambda x, y: lazy_where(
        (_larger(x, y) > 0.0) & (_larger(x, y) < INF),
        lambda: _length(x, y),
        lambda: where((abs(x) >= INF) | (abs(y) >= INF), INF, abs(x) + abs(y)),
    ),
    lambda h, x, y: cosine_of(x, y),
    lambda h, x, y: cosine_of(y, x),
    kinks=(0.0,), shown=(lambda h, x, y: x / h, lambda h, x, y: y / h), commutative=True,
    summary="The length of the hypotenuse, sqrt(x^2 + y^2).",
)
atan2: Operation = primitive(
    "atan2(y, x)", math.atan2,
    lambda angle, y, x: over_square(x, y),
    lambda angle, y, x: -over_square(y, x),
    latex=r"\operatorname{atan2}", kinks=(0.0,),
    shown=(
        lambda angle, y, x: x / (y**2.0 + x**2.0),
        lambda angle, y, x: -y / (y**2.0 + x**2.0),
    ),
    summary="The angle in radians, from -pi to pi, of the point (x, y).",
)
