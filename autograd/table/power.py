"""The power, and its derivatives of all orders by base and exponent as one row.

With the falling factorial (b)_m = b (b - 1) ... (b - m + 1) and L = log(a),

    d^(m + n) a^b / da^m db^n = a^(b - m) (sum over k of C(n, k) (b)_m^(k) L^(n - k)),

where (b)_m^(k) is the k-th derivative of (b)_m. Written as products of rows that are differentiated
one after the other, these would be sums of terms that overflow or underflow before they cancel.
"""

from __future__ import annotations

import math
from typing import cast

from autograd.table.conditions import INF, choose, is_zero, lazy_where, where, zero_wins
from autograd.table.doubled import square, two_product
from autograd.table.elementary import log
from autograd.table.number import Condition, Number
from autograd.table.operation import Operation, composite, primitive, raised

# fmt: off


def _is_inside(x: Number) -> Condition:
    return (abs(x) > 0.0) & (abs(x) < INF)


def _lowered(y: Number, a: Number, b: Number, m: int) -> Number:
    """Return a ** (b - m), where y is a ** b; no digit is lost to the rounding of b - m."""
    if not m:
        return y
    lower = b - float(m)

    def divided() -> Number:
        result = y
        for _ in range(m):
            result = result / a
        return result

    is_exact = (lower + m <= b) & (lower + m >= b) & (abs(b) < 2.0**53)
    if is_exact is True:
        return power(a, lower)
    # No sign of -0.0 in a power whose exponent is odd by rounding alone, and below 0 that of an
    # exponent before rounding: so large a b is even, and so is b - m after rounding.
    is_even = (a < 0.0) & (abs(b) >= 2.0**53)
    base = choose(is_exact, a, choose(is_even, -a, a + 0.0))

    def direct() -> Number:
        result = power(base, lower)
        return choose(is_even, -result, result) if m % 2 else result

    inside = _is_inside(a) & _is_inside(y)
    return lazy_where(is_exact, direct, lambda: lazy_where(inside, divided, direct))


def _by_base(y: Number, a: Number, b: float) -> Number:
    """Return the derivative of y = a ** b by a, without powers of 0 and 1: as of 1, a and a * a."""
    if b == 0.0:
        return 0.0
    if b == 1.0 or b == 2.0:
        return b if b == 1.0 else b * a
    lower = _lowered(y, a, b, 1)
    return zero_wins(b, lower) if abs(b) == INF else b * lower


def _by_exponent(y: Number, a: float) -> Number:
    """Return the derivative of y = a ** b by b; where y does not depend on b, it is 0."""
    if a == 0.0:
        return choose((y >= -1.0) & (y <= 1.0), 0.0, y * -INF)
    return choose(y <= 0.0, 0.0, y * INF) if a == INF else y * log(a)


def _derivative(m: float, n: float, a: Number, b: Number) -> Number:
    order = int(n)
    terms: list[Number] = [1.0]  # (b)_m^(k) / k!: the powers of z in (b + z)(b - 1 + z)...
    for place in range(int(m)):
        factor = b - float(place)
        inner = [terms[k - 1] + factor * terms[k] for k in range(1, len(terms))]
        terms = [factor * terms[0], *inner, terms[-1]]
    logarithm = log(a) if order else 0.0
    total = terms[0]
    for k in range(1, order + 1):  # by Horner's rule; where a is 0 the highest power decides
        total = zero_wins(total, logarithm)
        if k < len(terms):
            total = total + math.perm(order, k) * terms[k]
    lowered = _lowered(power(a, b), a, b, int(m))
    slope = zero_wins(lowered, total)
    if not order:
        return where(is_zero(total), 0.0, slope)  # a constant, at 0 and at nan too
    limit = is_zero(lowered) & (a >= 0.0)  # however fast the logarithms grow
    return where((is_zero(a) & is_zero(b)) | limit, 0.0, slope)  # 0 ** 0 is taken as constant


def _written(m: float, n: float, a: Number, b: Number) -> Number:
    """Return the derivative as a textbook writes it."""
    by_base, order = int(m), int(n)
    lowered = a ** (b - m) if by_base else a**b
    if not order:
        falling = b
        for place in range(1, by_base):
            falling = falling * (b - float(place))
        return falling * lowered
    coefficients = [1.0]  # of (b)_m in powers of b, the constant first
    for place in range(by_base):
        shifted = zip([0.0, *coefficients], [*coefficients, 0.0], strict=True)
        coefficients = [left - place * right for left, right in shifted]
    total: Number | None = None
    for k in range(min(order, by_base), -1, -1):
        part: Number | None = None
        for exponent in range(by_base, k - 1, -1):
            number = math.comb(order, k) * math.perm(exponent, k) * coefficients[exponent]
            if number:
                size = abs(number)
                term = size * b ** float(exponent - k) if exponent > k else size
                part = term if part is None else part - term if number < 0.0 else part + term
        part = part * log(a) ** float(order - k) if order > k else part
        total = part if total is None else total + part
    return lowered * total


power: Operation = primitive(
    "power(a, b)", raised,
    lambda y, a, b: _by_base(y, a, b) if type(b) is float else power_derivative(1.0, 0.0, a, b),
    lambda y, a, b: _by_exponent(y, a) if type(a) is float else power_derivative(0.0, 1.0, a, b),
    symbol="**", form="power", rank=4, rule="power rule", loses_nan=True,
    domain=((0.0, INF), (-INF, INF)),
    remedy="write the root of a sum of squares as hypot(a, b), and u**p where u may be 0 as "
    "where(u > 0, u, 1.0)**p",
    outside="a negative number has real powers only where the exponent is whole; the real cube "
    "root is cbrt(u)",
    summary="a to the power b, as C's pow: (-8) ** (1/3) is nan.",
    shown=(lambda y, a, b: b * a ** (b - 1.0), lambda y, a, b: y * log(a)),
)
power_derivative: Operation = composite(
    "power_derivative(m, n, a, b)", _derivative,
    lambda y, m, n, a, b: power_derivative(m + 1.0, n, a, b),
    lambda y, m, n, a, b: power_derivative(m, n + 1.0, a, b),
    static=("m", "n"), written=_written, public=False,
    domain=((0.0, INF), (0.0, INF), (0.0, INF), (-INF, INF)),
    shown=(
        lambda y, m, n, a, b: _written(m + 1.0, n, a, b),
        lambda y, m, n, a, b: _written(m, n + 1.0, a, b),
    ),
    summary="The derivative of a ** b, m times by a and n times by b.",
)


def _cube_root(near: Number) -> Number:
    """Return that of the power, and a step of Newton's method with an exact cube."""
    root = near ** (1.0 / 3.0)
    squared, lost = square(root)
    cubed, more = two_product(squared, root)
    return root + (((near - cubed) - more) - lost * root) / (3.0 * squared)


def _cbrt(x: Number) -> Number:
    """Return the cube root from the middle of the range, where nothing of a cube is lost."""
    size = abs(x)
    is_small = size < 1.0
    root = _cube_root(size * where(is_small, 2.0**600, 2.0**-600))
    root = root * where(is_small, 2.0**-200, 2.0**200)
    return where(_is_inside(x), where(x < 0.0, -root, root), x)


def _cbrt_of_float(x: float) -> float:
    size = abs(x)
    if not 0.0 < size < INF:
        return x
    near, back = (2.0**600, 2.0**-200) if size < 1.0 else (2.0**-600, 2.0**200)
    root = cast(float, _cube_root(size * near)) * back
    return -root if x < 0.0 else root


cbrt: Operation = composite(
    "cbrt(x)", _cbrt,
    lambda y, x: lazy_where(_is_inside(x), lambda: y / x / 3.0, lambda: 1.0 / abs(y)),
    fast=_cbrt_of_float, form="latex", latex=r"\sqrt[3]{{0}}", kinks=(0.0,),
    shown=(lambda y, x: 1.0 / (3.0 * y**2.0),),
    summary="The cube root of x.",
)
