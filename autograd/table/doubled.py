"""Numbers kept as a sum of two doubles (high, low), where one double is not precise enough.

Plain arithmetic only, so that it runs on floats and on traced Values alike, in every back end.
Sources: Dekker, A floating-point technique for extending the available precision, Numer. Math. 18,
1971; Knuth, The Art of Computer Programming, volume 2, 4.2.2; DLMF 4.2.19 (the series of exp).
"""

from __future__ import annotations

import math
from typing import overload

from autograd.table.number import Number

Pair = tuple[Number, Number]

PI: Pair = (math.pi, 1.2246467991473532e-16)
_SPLITTER = 2.0**27 + 1.0
_ROUNDER = 1.5 * 2.0**52  # adding and subtracting it rounds a number below 2^51
_LN2 = (0.6931471805592082, 7.371002565167799e-13)  # k times the first is exact for |k| < 2^11
_EXPONENTIAL = tuple(1.0 / math.factorial(n) for n in range(14, 2, -1))


@overload
def polynomial(coefficients: tuple[float, ...], x: float) -> float: ...
@overload
def polynomial(coefficients: tuple[float, ...], x: Number) -> Number: ...
def polynomial(coefficients: tuple[float, ...], x: Number) -> Number:
    """Return a polynomial at x by Horner's rule; the coefficient of the highest power is first."""
    total: Number = coefficients[0]
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


def two_sum(a: Number, b: Number) -> Pair:
    """Return a + b rounded, and what the rounding lost."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def quick_sum(a: Number, b: Number) -> Pair:
    """Return the same for |a| not below |b|."""
    total = a + b
    return total, b - (total - a)


def halves(a: Number) -> Pair:
    """Return the first 26 bits of a number and the rest, for sizes up to 1e300."""
    large = _SPLITTER * a
    high = large - (large - a)
    return high, a - high


def two_product(a: Number, b: Number) -> Pair:
    """Return a * b rounded, and what the rounding lost; nothing may overflow or underflow."""
    result = a * b
    a1, a2 = halves(a)
    b1, b2 = halves(b)
    return result, ((a1 * b1 - result) + a1 * b2 + a2 * b1) + a2 * b2


def square(a: Number) -> Pair:
    """Return a * a rounded, and what the rounding lost; nothing may overflow or underflow."""
    result = a * a
    a1, a2 = halves(a)
    return result, ((a1 * a1 - result) + 2.0 * (a1 * a2)) + a2 * a2


def times(x: Pair, y: Pair) -> Pair:
    """Return x * y."""
    high, low = two_product(x[0], y[0])
    return quick_sum(high, low + (x[0] * y[1] + x[1] * y[0]))


def over(x: Pair, y: Pair) -> Pair:
    """Return x / y."""
    quotient = x[0] / y[0]
    high, low = two_product(quotient, y[0])
    return quick_sum(quotient, ((x[0] - high) - low + (x[1] - quotient * y[1])) / y[0])


def exponential(high: Number, low: Number) -> tuple[Number, Number, Number]:
    """Return (m, n, k): exp(high + low) is (m + n) 2^k, m from 0.7 to 1.42, for |high| < 1400.

    The error is below 2^-58: r + r^2 / 2 is a sum of two doubles, the terms from r^3 / 6 on
    need not be.
    """
    k = (high * (1.0 / math.log(2.0)) + _ROUNDER) - _ROUNDER
    r, rest = quick_sum(high - k * _LN2[0], low - k * _LN2[1])
    r1, r2 = halves(r)
    total, lost = quick_sum(r, 0.5 * r1 * r1)
    m, n = quick_sum(1.0, total)
    small = 0.5 * r2 * (r + r1) + (r * r * r * polynomial(_EXPONENTIAL, r) + (rest + rest * r))
    return *quick_sum(m, n + (lost + small)), k
