"""The rows based on the error function: erf, erfc, normal_cdf, gelu.

Not every libm has these, and JavaScript has none. So they are written here in arithmetic and exp,
once for every back end. Where one double is not precise enough, a sum of two is used (``doubled``).

The polynomials are near-minimax fits by Chebyshev expansion (mpmath's ``chebyfit`` at 60 digits;
a test computes them again), highest power first. The form of the second: Shepherd and Laframboise,
Chebyshev approximation of (1 + 2x) exp(x^2) erfc(x), Math. Comp. 36, 1981.
"""

from __future__ import annotations

import math

from autograd.table.conditions import lazy_where, where
from autograd.table.doubled import (
    Pair,
    exponential,
    over,
    polynomial,
    quick_sum,
    square,
    two_product,
    two_sum,
)
from autograd.table.elementary import exp, exp2
from autograd.table.number import Number
from autograd.table.operation import Operation, composite

# fmt: off

# erf(x) / x as a polynomial in x * x from 0 to 1. Its last two coefficients have two parts.
_ERF = (
    -4.230945824295338e-12, 8.709045129053106e-11, -1.216456005728345e-09,
    1.4792401209404813e-08, -1.6364642158167616e-07, 1.6462045441468418e-06,
    -1.4925647567519332e-05, 0.00012055332902888736, -0.000854832702193483,
    0.0052239776254232985, -0.02686617064512984, 0.1128379167095512,
    -0.37612638903183754, 1.1283791670955126,
)
_ERF_LOW = (1.4237848500306064e-17, 1.5333301926264894e-17)
# (1 + 2x) exp(x^2) erfc(x) as a polynomial in 1 - 7.5 / (x + 3.75) from -1 to 1.
_ERFC = (
    1.573356801108122e-12, -7.325109195169462e-11, -4.814480501731076e-11,
    9.012777578546546e-10, 5.77532716341681e-10, -6.542861076136757e-09,
    -4.44514123205713e-09, 4.0966696513670466e-08, 2.435345815508129e-08,
    -2.611421267797012e-07, -5.831227241796688e-08, 1.7534398492983322e-06,
    -9.728229167464297e-07, -1.1445047333414064e-05, 2.2383902048770412e-05,
    5.1649407160546035e-05, -0.0002901539767306064, 0.00029371359494706955,
    0.0017556258319879623, -0.009746579547640485, 0.02836227742156145,
    -0.05869339859054579, 0.0923043211601956, -0.10880393014170754,
    0.0822767384901511, 0.0035854154854636916, -0.14024059858554702,
    1.2375126308378275,
)
_ERFC_LOW = 1.0535528994699912e-16  # the second part of the last coefficient
_ERFC_SLOPE = tuple(j * c for j, c in zip(range(8, 0, -1), _ERFC[-10:-2], strict=True))
_ROOT_HALF: Pair = (math.sqrt(0.5), -4.833646656726457e-17)
_LARGEST = 40.0  # beyond it exp(-x^2 / 2) is 0


def _scaled_erfc(x: Number, low: Number = 0.0) -> Pair:
    """Return exp(x^2) erfc(x) at x + low, for x from 0 to infinity."""
    total, rest = two_sum(x, 3.75)
    ratio = 7.5 / total
    product, lost = two_product(ratio, total)
    t, t_low = two_sum(1.0, -ratio)
    t_low = t_low - ((7.5 - product) - lost - ratio * (rest + low)) / total
    slope = polynomial(_ERFC[:-1], t)
    product, lost = two_product(t, slope)
    top, top_low = quick_sum(_ERFC[-1], product)
    top_low = top_low + (lost + t_low * (slope + t * polynomial(_ERFC_SLOPE, t)) + _ERFC_LOW)
    bottom, bottom_low = two_sum(1.0, 2.0 * x)
    return over((top, top_low), (bottom, bottom_low + 2.0 * low))


def _erf_near(x: Number) -> Pair:
    """Return erf(x) for |x| < 1."""
    z, z_low = square(x)
    second, lost = quick_sum(_ERF[-2], z * polynomial(_ERF[:-2], z))
    product, more = two_product(z, second)
    first, rest = quick_sum(_ERF[-1], product)
    rest = rest + (more + z_low * second + z * (lost + _ERF_LOW[0]) + _ERF_LOW[1])
    product, lost = two_product(x, first)
    return product, lost + x * rest


def _erfc_far(size: Number) -> tuple[Number, Number, Number]:
    """Return (a, b, k): erfc(size) is (a + b) 2^k, for sizes from 0.5 on."""
    size = where(size > _LARGEST, _LARGEST, size)
    z, z_low = square(size)
    m, n, k = exponential(-z, -z_low)
    q, r = _scaled_erfc(size)
    product, lost = two_product(m, q)
    return product, lost + (m * r + n * q), k


def _one_minus(first: Number, second: Number, one: float = 1.0) -> Number:
    total, lost = two_sum(one, -first)
    return total + (lost - second)


def _away_from(one: float, size: Number) -> Number:
    """Return one - erfc(size)."""
    a, b, k = _erfc_far(size)
    scale = exp2(k)
    return _one_minus(a * scale, b * scale, one)


def _erf(x: Number) -> Number:
    def far() -> Number:
        value = _away_from(1.0, abs(x))
        return where(x < 0.0, -value, value)

    def near() -> Number:
        first, second = _erf_near(x)
        return first + second

    return lazy_where(abs(x) < 1.0, near, far)


def _erfc_tail(x: Number) -> Number:
    a, b, k = _erfc_far(x)
    half = where(k < -1000.0, k + 100.0, k)  # 2^k alone may underflow
    return (a + b) * exp2(half) * where(k < -1000.0, 2.0**-100, 1.0)


def _erfc(x: Number) -> Number:
    return lazy_where(
        abs(x) < 0.65,
        lambda: _one_minus(*_erf_near(x)),
        lambda: lazy_where(x < 0.0, lambda: _away_from(2.0, -x), lambda: _erfc_tail(x)),
    )


def _exp_of_square(x: Number, rate: float) -> Number:
    """Return exp(-rate x^2), where rate is a power of two, to the last digits for large x too."""
    z, z_low = square(where(abs(x) > _LARGEST, _LARGEST, x))
    value = exp(-rate * z)
    return value - value * (rate * z_low)


def _bell_slope(x: Number, y: Number, factor: float) -> Number:
    """Return factor x y, where y is 0 at infinity and far before."""
    return factor * where(abs(x) < _LARGEST, x, 0.0) * y


gaussian: Operation = composite(
    "gaussian(x)", lambda x: _exp_of_square(x, 1.0),
    lambda y, x: _bell_slope(x, y, -2.0),
    form="latex", latex=r"e^{-\left({0}\right)^{2}}", rank=4, public=False,
    shown=(lambda y, x: -2.0 * x * y,),
    summary="exp(-x^2), to the last digits for large x too.",
)
erf: Operation = composite(
    "erf(x)", _erf,
    lambda y, x: (2.0 / math.sqrt(math.pi)) * gaussian(x),
    shown=(lambda y, x: 2.0 / math.sqrt(math.pi) * exp(-(x**2.0)),),
    flat="erf is saturated at {arg}",
    summary="The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.",
)
erfc: Operation = composite(
    "erfc(x)", _erfc,
    lambda y, x: (-2.0 / math.sqrt(math.pi)) * gaussian(x),
    shown=(lambda y, x: -2.0 / math.sqrt(math.pi) * exp(-(x**2.0)),),
    summary="1 - erf(x), accurate where erf is near 1.",
)


def _half_scaled_erfc(size: Number) -> Number:
    """Return exp(size^2 / 2) times the normal distribution's probability beyond size."""
    x, low = two_product(size, _ROOT_HALF[0])
    q, r = _scaled_erfc(x, low + size * _ROOT_HALF[1])
    return 0.5 * (q + r)


def _normal_cdf(x: Number) -> Number:
    size = where(abs(x) > _LARGEST, _LARGEST, abs(x))
    tail = _exp_of_square(size, 0.5) * _half_scaled_erfc(size)
    return where(x < 0.0, tail, 1.0 - tail)


def _gelu(x: Number) -> Number:
    def below() -> Number:
        size = where(x < -_LARGEST, _LARGEST, -x)
        is_far = size > 37.0  # the exponential alone may underflow there
        root = _exp_of_square(size, where(is_far, 0.25, 0.5))
        value = -size * root * _half_scaled_erfc(size)
        return where(is_far, value * root, value)

    return lazy_where(x < 0.0, below, lambda: x * normal_cdf(x))


normal_density: Operation = composite(
    "normal_density(x)", lambda x: math.sqrt(0.5 / math.pi) * _exp_of_square(x, 0.5),
    lambda y, x: _bell_slope(x, y, -1.0),
    latex=r"\varphi", public=False, shown=(lambda y, x: -x * y,),
    summary="The density of a standard normal variable at x.",
)
normal_cdf: Operation = composite(
    "normal_cdf(x)", _normal_cdf,
    lambda y, x: normal_density(x),
    latex=r"\Phi", public=False,
    summary="The probability that a standard normal variable is below x.",
)
gelu: Operation = composite(
    "gelu(x)", _gelu,
    lambda y, x: normal_cdf(x) + _bell_slope(x, normal_density(x), 1.0),
    shown=(lambda y, x: normal_cdf(x) + x * exp(-(x**2.0) / 2.0) / math.sqrt(2.0 * math.pi),),
    summary="x times the probability that a standard normal variable is below x.",
    source="Hendrycks and Gimpel, Gaussian error linear units, 2016",
)
