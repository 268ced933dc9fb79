"""The rows based on the gamma function: lgamma, digamma, polygamma.

JavaScript has none of these, and Python's lgamma is off by millions of units near 1 and 2. So they
are written here in arithmetic, exp and log, once for every back end. Where one double is not
precise enough, a sum of two is used (``doubled``).

The polynomials are near-minimax fits by Chebyshev expansion (mpmath's ``chebyfit`` at 60 digits;
a test computes them again), highest power first. Source of the forms: NIST Digital Library of
Mathematical Functions, 5.5 (recurrence, reflection), 5.11 (Stirling), 5.15 (polygamma), 25.11
(Euler-Maclaurin for the Hurwitz zeta function), 4.19 and 4.21 (sine and cosine).
"""

from __future__ import annotations

import math

from autograd.errors import OperandError
from autograd.table.choices import rounded
from autograd.table.conditions import INF, NAN, lazy_where, where
from autograd.table.doubled import (
    PI,
    Pair,
    exponential,
    over,
    polynomial,
    quick_sum,
    square,
    times,
    two_product,
    two_sum,
)
from autograd.table.elementary import exp2, log, sin
from autograd.table.number import Number
from autograd.table.operation import Operation, composite

# fmt: off

# lgamma(x) / ((x - 1) (x - 2)) as a polynomial in x - 2 from -1 to 1.
_LGAMMA = (
    -2.0542420991550905e-10, 4.226016675377439e-10, 6.705737026247826e-10,
    -1.3764318718154119e-09, -2.372580625023415e-09, 4.885761922683655e-09,
    3.613371593815743e-10, -6.830399052794191e-10, -1.2569945435720683e-08,
    2.615457216445561e-08, -4.17254430301382e-08, 8.75360413423732e-08,
    -1.9252286332850674e-07, 4.0551922127948146e-07, -8.526588188526563e-07,
    1.8074775340912791e-06, -3.847396648270243e-06, 8.222342452139818e-06,
    -1.766166422556033e-05, 3.8168863787885225e-05, -8.30951276372239e-05,
    0.00018255264185594036, -0.00040570739742046497, 0.0009153769220696921,
    -0.002108130833958805, 0.004998641164703528, -0.012384192193371238,
    0.03296500062115574, -0.10031730167435392, 0.42278433509846713,
)
# lgamma(x) / ((x - first zero) (x - second zero)) as a polynomial in x + 2.6 from -0.2 to 0.2.
_LGAMMA_BELOW = (
    -568776969692.948, 234138031615.1265, 74167103391.48126,
    -30460075818.697296, -10516796633.335129, 4333806699.14934,
    60962805.26633723, -22848294.263751622, -89686069.15196414,
    37364722.29902319, -11962508.453771023, 5027944.904898851,
    -2211744.0729839, 934002.3642517808, -392780.4113503294,
    167168.51581560963, -71031.40977565074, 30566.251713068155,
    -13047.208302778117, 5712.146388372662, -2444.766392732103,
    1102.337201102923, -469.64387004793684, 223.67520811860467,
    -93.06770943589841, 49.456971886291974, -19.176755131274884,
    12.948653794180158, -4.195503576241618, 5.5890044042266664,
)
# digamma(x) / (x - its zero) as a polynomial in x - 1.5 from -0.5 to 0.5.
_DIGAMMA = (
    0.00011881232908510335, -0.0001782188548855923, 9.653646261410062e-05,
    -0.00014480643368061614, 0.00032395945401345196, -0.00048595039220036254,
    0.0006909255761282986, -0.0010364584817312839, 0.0015633696313653504,
    -0.0023454947397380833, 0.003518106563802472, -0.005279937255532708,
    0.007927021796868154, -0.011908220105959716, 0.017907248317313294,
    -0.026975796659787055, 0.040760833940846085, -0.06192213327548831,
    0.09498872445289039, -0.14840492305388092, 0.24054248424078697,
    -0.4236274212814606, 0.9510558760318328,
)
# Zeros in two parts: the float, and what is left.
_DIGAMMA_ZERO = 1.4616321449683622, 9.549995429965697e-17
_LGAMMA_ZEROS = (
    (-2.7476826467274127, 9.055340329338315e-17), (-2.4570247382208006, -3.7075610815513266e-17)
)
# What the last coefficients lack: the last of all of 1 - Euler's constant, and the one at -2.6.
_LGAMMA_LOWS = 3.1021883083895967e-18, -3.707962236976413e-18, 4.942915152430645e-18
_LGAMMA_BELOW_LOW = -3.9516212594782344e-16
_HALF_LOG_TAU = (0.4189385332046727, 1.6728209650585413e-17)  # (log(2 pi) - 1) / 2
_STIRLING = tuple(  # B(2k) / (2k (2k - 1)), k = 10 ... 1
    numerator / denominator
    for numerator, denominator in (
        (-174611, 125400), (43867, 244188), (-3617, 122400), (1, 156), (-691, 360360),
        (1, 1188), (-1, 1680), (1, 1260), (-1, 360), (1, 12),
    )
)
_BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510,
    43867 / 798, -174611 / 330, 854513 / 138, -236364091 / 2730,
)
_DIGAMMA_SERIES = tuple(b / (2 * k) for k, b in reversed(list(enumerate(_BERNOULLI, 1))))
_SINE = tuple((-1.0) ** n / math.factorial(2 * n + 1) for n in range(7, 1, -1))
_COSINE = tuple((-1.0) ** n / math.factorial(2 * n) for n in range(7, 1, -1))
_LARGEST_ORDER = 1000  # of polygamma, whose sums have 10 + n / 2 terms
_LGAMMA_LARGEST = 2.5599833278516383e305  # beyond, lgamma overflows
_TINY = 1e-200  # below, 1 / x is the cotangent and has no other digits
_ALL_WHOLE = -(2.0**52)  # there and below, every float is a whole number, and a pole


def _from_whole(x: Number) -> Number:
    """Return the distance of x from the nearest whole number, exact and signed."""
    return x - rounded(x)


# -- lgamma ------------------------------------------------------------------------------------


def _log_pair(pair: Pair) -> Pair:
    """Return log(|pair|): what exp makes of the rounded logarithm corrects it."""
    size = abs(pair[0])
    is_usual = size > 1e-200
    first = log(size)
    usual = where(is_usual, size, 1.0)
    m, n, k = exponential(where(is_usual, first, 0.0), 0.0)
    correction = ((usual * exp2(-k) - m) - n) / m
    return quick_sum(first, where(is_usual, correction, 0.0) + pair[1] / pair[0])


def _added(a: Pair, b: Pair) -> Number:
    """Return a + b, rounded once."""
    total, lost = two_sum(a[0], b[0])
    return total + (lost + (a[1] + b[1]))


def _minus(pair: Pair) -> Pair:
    return -pair[0], -pair[1]


def _lgamma_stirling(x: Number) -> Pair:
    """Return lgamma(x) for x from 10 to infinity."""
    is_far = x > 1e100  # there 1 / (12 x) is nothing, and products are scaled down
    scale = where(is_far, 2.0**-512, 1.0)
    high, low = _log_pair((x, 0.0))
    factor, lost = two_sum(high, -1.0)
    shifted, rest = two_sum(x, -0.5)
    shifted, rest = shifted * scale, rest * scale
    product, low_product = two_product(shifted, factor)
    low_product = low_product + (shifted * (lost + low) + rest * factor)
    series = _HALF_LOG_TAU[1] + polynomial(_STIRLING, 1.0 / x / x) / x
    total, lost = two_sum(product, where(is_far, 0.0, _HALF_LOG_TAU[0]))
    return total / scale, (lost + (low_product + where(is_far, 0.0, series))) / scale


def _lgamma_low(s: Number, lost: Number = 0.0) -> Pair:
    """Return lgamma(2 + s + lost) for s from -1 to 1, where lost is what s lacks by rounding."""
    quotient: Pair = (polynomial(_LGAMMA[:-3], s), 0.0)
    for coefficient, lack in zip(_LGAMMA[-3:], _LGAMMA_LOWS, strict=True):
        high, low = times(quotient, (s, 0.0))
        high, rest = quick_sum(coefficient, high)
        quotient = high, rest + (low + lack)
    value, rest = times(two_product(s + 1.0, s), quotient)
    slope = (s + 1.0) * (1.64 - 0.64 * (s + 1.0)) - 0.577  # to some percent
    return value, rest + lost * slope


def _from_zero(x: Number, zero: Pair) -> Number:
    return (x - zero[0]) - zero[1]


def _lgamma_valley(x: Number) -> Number:
    """Return lgamma(x) for x from -2.8 to -2.4, where it has two zeros and a flat valley."""
    first, second = [quick_sum(x - zero[0], -zero[1]) for zero in _LGAMMA_ZEROS]
    s = x + 2.6
    high, low = quick_sum(_LGAMMA_BELOW[-1], s * polynomial(_LGAMMA_BELOW[:-1], s))
    return _added(times(times(first, second), (high, low + _LGAMMA_BELOW_LOW)), (0.0, 0.0))


def _product(pair: Pair, factor: Number) -> Pair:
    high, low = two_product(pair[0], factor)
    return quick_sum(high, low + pair[1] * factor)


def _lgamma_middle(x: Number) -> Number:
    """Return lgamma(x) for x from 1 to 10, where gamma(x) is (x - 1)(x - 2)... gamma(low)."""
    product: Pair = (1.0, 0.0)
    low: Number = x
    for _ in range(7):
        is_high = low >= 3.0
        if is_high is False:
            break
        low = where(is_high, low - 1.0, low)
        product = _product(product, where(is_high, low, 1.0))
    return _added(_lgamma_low(low - 2.0), _log_pair(product))


def _lgamma_negative(x: Number) -> Number:
    """Return lgamma(x) for x from -19 to 0.

    With n the nearest whole number and d = x - n, gamma(x) is gamma(1 + d) over the product of
    d, d - 1, ..., x: each factor is exact, and next to a zero of lgamma the product is next to 1.
    """
    d = _from_whole(x)
    is_left = d < 0.0  # then by gamma(2 + d) / (1 + d), for which the polynomial is good
    one_more = two_sum(1.0, where(is_left, d, 0.0))
    product = times((d, 0.0), one_more)
    for step in range(1, 20):
        is_within = d - x >= float(step)
        if is_within is False:
            break
        product = _product(product, where(is_within, d - float(step), 1.0))
    start, lost = two_sum(d, where(is_left, 0.0, -1.0))
    return _added(_lgamma_low(start, lost), _minus(_log_pair(product)))


def _lgamma_below_one(x: Number) -> Number:
    """Return lgamma(x) for x from 0 to 1, which is lgamma(x + 1) - log(x)."""
    return _added(_lgamma_low(*two_sum(x, -1.0)), _minus(_log_pair((x, 0.0))))


def _lgamma_mirrored(x: Number) -> Number:
    """Return lgamma(x) for x below -10."""
    sine = sin(math.pi * abs(_from_whole(x)))
    return _added((log(math.pi / (-x * sine)), 0.0), _minus(_lgamma_stirling(-x)))


def _lgamma(x: Number) -> Number:
    def negative() -> Number:
        value = lazy_where(x < -19.0, lambda: _lgamma_mirrored(x), lambda: _lgamma_negative(x))
        value = lazy_where((x > -2.8) & (x < -2.4), lambda: _lgamma_valley(x), lambda: value)
        return where((x <= _ALL_WHOLE) | (abs(_from_whole(x)) <= 0.0), INF, value)

    def positive() -> Number:
        value = lazy_where(
            x < 10.0, lambda: _lgamma_middle(x), lambda: _added(_lgamma_stirling(x), (0.0, 0.0))
        )
        value = lazy_where(x < 1.0, lambda: _lgamma_below_one(x), lambda: value)
        return where((x > _LGAMMA_LARGEST) | (x <= 0.0), INF, value)

    return lazy_where(x < 0.0, negative, positive)


lgamma: Operation = composite(
    "lgamma(x)", _lgamma,
    lambda y, x: digamma(x),
    latex=r"\ln\Gamma",
    summary="The natural logarithm of the absolute value of the gamma function.",
)


# -- digamma -----------------------------------------------------------------------------------


def _logarithm(x: Number) -> Pair:
    """Return log(x) for x from 1 to 2^52: what exp makes of the rounded one corrects it."""
    first = log(x)
    m, n, k = exponential(first, 0.0)
    return quick_sum(first, ((x * exp2(-k) - m) - n) / m)


def _cotangent(x: Number) -> Pair:
    """Return pi cot(pi x) for 0 < |x| <= 1/2, exactly 0 at 1/2."""
    size = abs(x)
    is_wide = size > 0.25
    angle = times(PI, (0.5 * where(is_wide, 0.5 - size, size), 0.0))  # up to pi / 8
    z, z_low = square(angle[0])
    z_low = z_low + 2.0 * angle[0] * angle[1]
    # sin(angle) = angle (1 - z / 6 + ...), cos(angle) = 1 - z / 2 + ...
    third, third_low = times((z, z_low), (-1.0 / 6.0, -(2.0**-54) / 6.0))
    s, s_low = quick_sum(1.0, third)
    sine = times(angle, (s, s_low + (third_low + z * z * polynomial(_SINE, z))))
    c, c_low = quick_sum(1.0, -0.5 * z)
    cosine = quick_sum(c, c_low + (z * z * polynomial(_COSINE, z) - 0.5 * z_low))
    # cot of twice the angle = (cos - sin) (cos + sin) / (2 sin cos)
    less, lost = two_sum(cosine[0], -sine[0])
    more, lost_too = quick_sum(cosine[0], sine[0])
    a = times((less, lost + (cosine[1] - sine[1])), (more, lost_too + (cosine[1] + sine[1])))
    b = times((2.0 * sine[0], 2.0 * sine[1]), cosine)
    top = where(is_wide, b[0], a[0]), where(is_wide, b[1], a[1])
    bottom = where(is_wide, a[0], b[0]), where(is_wide, a[1], b[1])
    high, low = times(PI, over(top, bottom))
    is_tiny = size < _TINY
    high, low = where(is_tiny, 1.0 / size, high), where(is_tiny, 0.0, low)
    return where(x < 0.0, -high, high), where(x < 0.0, -low, low)


def _digamma_low(x: Number) -> Number:
    """Return digamma(x) for x from 1 to 2, where its zero is."""
    return _from_zero(x, _DIGAMMA_ZERO) * polynomial(_DIGAMMA, x - 1.5)


def _digamma_series(x: Number) -> Number:
    """Return log(x) - 1 / (2 x) - digamma(x) for x from 8 to infinity."""
    inverse = 1.0 / x / x
    return polynomial(_DIGAMMA_SERIES, inverse) * inverse


def _digamma_positive(x: Number) -> Number:
    """Return digamma(x) for x from 0 to infinity: up to 3 by way of 1 to 2, else from 8 on."""

    def low() -> Number:
        base = where(x < 1.0, x + 1.0, where(x > 2.0, x - 1.0, x))
        step = lazy_where(x < 1.0, lambda: -1.0 / x, lambda: where(x > 2.0, 1.0 / base, 0.0))
        return _digamma_low(base) + step

    def high() -> Number:
        total: Pair = (0.0, 0.0)
        far: Number = x
        for _ in range(5):
            is_short = far < 8.0
            if is_short is False:
                break
            term, lost = two_sum(total[0], where(is_short, 1.0 / far, 0.0))
            total = term, total[1] + lost
            far = where(is_short, far + 1.0, far)
        value, low = _log_pair((far, 0.0))
        for term in (0.5 / far, total[0]):
            value, lost = two_sum(value, -term)
            low = low + lost
        return value + (low - (total[1] + _digamma_series(far)))

    return where(x >= INF, INF, lazy_where(x <= 3.0, low, high))


def _digamma_negative(x: Number) -> Number:
    """Return digamma(x) for x < 0, as digamma(1 - x) - pi cot(pi x) in sums of two doubles."""
    d = _from_whole(x)
    far: Pair = two_sum(1.0, -x)
    total: Pair = (0.0, 0.0)
    for _ in range(7):
        is_short = far[0] < 8.0
        if is_short is False:
            break
        inverse = over((1.0, 0.0), far)
        high, lost = two_sum(total[0], where(is_short, inverse[0], 0.0))
        total = high, total[1] + (lost + where(is_short, inverse[1], 0.0))
        high, lost = two_sum(far[0], where(is_short, 1.0, 0.0))
        far = high, far[1] + lost
    half = over((0.5, 0.0), far)
    value = _logarithm(far[0])
    low = value[1] + (far[1] / far[0] - _digamma_series(far[0]))
    first = value[0]
    for term, rest in (half, total, _cotangent(where(abs(d) > 0.0, d, NAN))):
        first, lost = two_sum(first, -term)
        low = low + (lost - rest)
    return where(x > -_TINY, -1.0 / x, first + low)


digamma: Operation = composite(
    "digamma(x)",
    lambda x: lazy_where(x < 0.0, lambda: _digamma_negative(x), lambda: _digamma_positive(x)),
    lambda y, x: polygamma(1.0, x),
    latex=r"\psi",
    summary="The derivative of lgamma.",
)


# -- polygamma ---------------------------------------------------------------------------------


def _raised_ratio(scale: float, below: Pair, n: int) -> Number:
    """Return (scale / below)^n, where rounding the quotient would cost n units."""
    ratio = scale / below[0]
    if n == 2:
        return ratio * ratio
    high, low = two_product(ratio, below[0])
    lost = ((scale - high) - low - ratio * below[1]) / scale
    is_usual = (below[0] > 1e-200) & (below[0] < 1e200)  # elsewhere the power is infinite or 0
    return ratio ** float(n) * (1.0 + float(n) * where(is_usual, lost, 0.0))


def _factorial_zeta(n: int, x: Number) -> tuple[float, Number]:
    """Return n! times the sum of 1 / (x + k)^(n + 1), k = 0, 1, 2, ..., for x from 0 to infinity.

    As (scale / (x + k))^(n + 1), with scale^(n + 1) next to n!, so that neither n! nor the powers
    overflow or underflow before the result does. The result is the product of two factors, the
    first of which x has no part in: where the second are equal, their difference is 0 whatever is
    contracted.
    """
    whole = math.floor(64.0 * math.exp(math.lgamma(n + 1.0) / (n + 1.0)))
    scale = whole / 64.0
    rest: float = math.factorial(n) * 64 ** (n + 1) / whole ** (n + 1)  # from 1 to 2 or so
    steps = 10 + n // 2
    total: Number = 0.0
    for k in reversed(range(steps)):  # the small terms first
        total = total + _raised_ratio(scale, two_sum(x, float(k)) if k else (x, 0.0), n + 1)
    high = two_sum(x, float(steps))
    inverse = 1.0 / high[0]
    series = tuple(  # B(2k)/(2k)! times (n + 1)(n + 2)...(n + 2k - 1), k = 8 ... 1
        math.prod(range(n + 1, n + 2 * k)) / math.factorial(2 * k) * bernoulli
        for k, bernoulli in reversed(list(enumerate(_BERNOULLI[:8], 1)))
    )
    tail = polynomial(series, inverse * inverse) * (inverse * inverse)
    last = _raised_ratio(scale, high, n) * (scale * (1.0 / n + 0.5 * inverse + tail))
    return rest, total + last


def _polygamma(n: float, x: Number) -> Number:
    order = int(n)
    if order > _LARGEST_ORDER:
        raise OperandError(
            f"polygamma: the order n is at most {_LARGEST_ORDER}, one more for a derivative "
            f"included, and was {order}"
        )
    if order == 0:
        return digamma(x)
    sign = 1.0 if order % 2 else -1.0

    def positive() -> Number:
        factor, total = _factorial_zeta(order, x)
        return sign * (factor * total)

    def negative() -> Number:
        """By reflection, where the derivatives of cot are two sums from the nearest pole on."""
        d = _from_whole(x)
        factor, total = _factorial_zeta(order, 1.0 - x)
        mirrored = factor * total
        if order == 1:
            slope = _cotangent(where(abs(d) > 0.0, d, INF))[0]
            at_pole = where(abs(d) <= 0.0, INF, NAN)  # at -inf poles are everywhere
            return where(abs(d) > 0.0, slope * slope + math.pi**2 - mirrored, at_pole)
        size = abs(d)
        this, other = _factorial_zeta(order, size)[1], _factorial_zeta(order, 1.0 - size)[1]
        near = factor * (this + sign * other)
        if order % 2:
            return near - mirrored
        return where(d > 0.0, -near, where(d < 0.0, near, NAN)) - mirrored

    return lazy_where(x < 0.0, negative, positive)


polygamma: Operation = composite(
    "polygamma(n, x)", _polygamma,
    lambda y, n, x: polygamma(n + 1.0, x),
    static=("n",), form="latex", latex=r"\psi^{({0})}\left({1}\right)",
    summary="The derivative of digamma of order n = 0, 1, 2, ...",
)
