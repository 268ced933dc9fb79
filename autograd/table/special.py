"""The rows of the table that need long formulas: erf, erfc, gelu, lgamma, digamma, polygamma.

Not every libm has these, JavaScript has none, and Python's lgamma is off by millions of units near
1 and 2. So they are written here in arithmetic, exp, log and tan, once for every back end. Each has
a ``fast`` form for floats that computes only the branch it needs, with the same operations in the
same order.

The polynomials are near-minimax fits by Chebyshev expansion (mpmath's ``chebyfit`` at 60 digits;
a test computes them again), highest power first. Sources of the forms:
Shepherd and Laframboise, Chebyshev approximation of (1 + 2x) exp(x^2) erfc(x), Math. Comp. 36,
1981;
NIST Digital Library of Mathematical Functions, 5.5 (recurrence, reflection), 5.11 (Stirling),
5.15 (polygamma), 25.11 (Euler-Maclaurin for the Hurwitz zeta function).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from autograd.errors import OperandError
from autograd.table.elementary import INF, NAN, exp, log, rounded, share, sin, tan, where
from autograd.table.operation import TABLE, Operation, defined

# fmt: off

__all__ = ["TABLE", "digamma", "erf", "erfc", "gelu", "lgamma", "polygamma"]

# erf(x) / x as a polynomial in x * x from 0 to 1.
_ERF = (
    -4.230945824295338e-12, 8.709045129053106e-11, -1.216456005728345e-09,
    1.4792401209404813e-08, -1.6364642158167616e-07, 1.6462045441468418e-06,
    -1.4925647567519332e-05, 0.00012055332902888736, -0.000854832702193483,
    0.0052239776254232985, -0.02686617064512984, 0.1128379167095512,
    -0.37612638903183754, 1.1283791670955126,
)
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
_PI = Fraction("3.1415926535897932384626433832795028841972")
_STIRLING = tuple(  # B(2k) / (2k (2k - 1)), k = 10 ... 1
    numerator / denominator
    for numerator, denominator in (
        (-174611, 125400), (43867, 244188), (-3617, 122400), (1, 156), (-691, 360360),
        (1, 1188), (-1, 1680), (1, 1260), (-1, 360), (1, 12),
    )
)
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_DIGAMMA_SERIES = tuple(b / (2 * k) for k, b in reversed(list(enumerate(_BERNOULLI, 1))))


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    total: Any = coefficients[0]
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


# -- the error function ------------------------------------------------------------------------


def _scaled_erfc(x: Any) -> Any:
    """Return exp(x^2) erfc(x) for x from 0 to infinity."""
    return _polynomial(_ERFC, 1.0 - 7.5 / (x + 3.75)) / (1.0 + 2.0 * x)


def _erf_near(x: Any) -> Any:
    return x * _polynomial(_ERF, x * x)


def _erfc_far(size: Any) -> Any:
    return exp(-(size * size)) * _scaled_erfc(size)


def _erf(x: Any) -> Any:
    size = abs(x)
    tail = 1.0 - _erfc_far(size)
    return where(size < 1.0, _erf_near(x), where(x < 0.0, -tail, tail))


def _fast_erf(x: float) -> float:
    if abs(x) < 1.0:
        return float(_erf_near(x))
    tail = 1.0 - _erfc_far(abs(x))
    return float(-tail if x < 0.0 else tail)


def _erfc(x: Any) -> Any:
    tail = _erfc_far(abs(x))
    return where(abs(x) < 0.5, 1.0 - _erf_near(x), where(x < 0.0, 2.0 - tail, tail))


def _fast_erfc(x: float) -> float:
    if abs(x) < 0.5:
        return 1.0 - float(_erf_near(x))
    tail = float(_erfc_far(abs(x)))
    return 2.0 - tail if x < 0.0 else tail


erf: Operation = defined(
    "erf(x)", _erf,
    lambda y, x: (2.0 / math.sqrt(math.pi)) * exp(-share(x, x)),
    fast=_fast_erf, shown=(lambda y, x: 2.0 / math.sqrt(math.pi) * exp(-(x**2.0)),),
    summary="The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.",
)
erfc: Operation = defined(
    "erfc(x)", _erfc,
    lambda y, x: (-2.0 / math.sqrt(math.pi)) * exp(-share(x, x)),
    fast=_fast_erfc, shown=(lambda y, x: -2.0 / math.sqrt(math.pi) * exp(-(x**2.0)),),
    summary="1 - erf(x), accurate where erf is near 1.",
)


def _normal_tail(size: Any) -> Any:
    """Return the normal distribution's probability beyond size, from 0 to infinity."""
    return 0.5 * exp(-0.5 * (size * size)) * _scaled_erfc(size * math.sqrt(0.5))


def _fast_normal_cdf(x: float) -> float:
    tail = float(_normal_tail(abs(x)))
    return tail if x < 0.0 else 1.0 - tail


normal_cdf: Operation = defined(
    "normal_cdf(x)",
    lambda x: where(x < 0.0, _normal_tail(abs(x)), 1.0 - _normal_tail(abs(x))),
    lambda y, x: math.sqrt(0.5 / math.pi) * exp(-0.5 * share(x, x)),
    fast=_fast_normal_cdf, latex=r"\Phi", public=False,
    summary="The probability that a standard normal variable is below x.",
)


def _gelu_far(x: Any) -> Any:
    """Return gelu(x) below -37, where normal_cdf(x) by itself has few digits or none."""
    half = exp(-0.25 * (x * x))  # the square root of the exponential, which does not underflow
    return share(share(x, half) * (0.5 * _scaled_erfc(abs(x) * math.sqrt(0.5))), half)


def _fast_gelu(x: float) -> float:
    return float(_gelu_far(x) if x < -37.0 else share(x, normal_cdf(x)))


gelu: Operation = defined(
    "gelu(x)", lambda x: where(x < -37.0, _gelu_far(x), share(x, normal_cdf(x))),
    lambda y, x: normal_cdf(x) + share(x, math.sqrt(0.5 / math.pi) * exp(-0.5 * share(x, x))),
    fast=_fast_gelu,
    shown=(lambda y, x: normal_cdf(x) + x * exp(-(x**2.0) / 2.0) / math.sqrt(2.0 * math.pi),),
    summary="x times the probability that a standard normal variable is below x.",
    source="Hendrycks and Gimpel, Gaussian error linear units, 2016",
)

# -- the gamma function ------------------------------------------------------------------------


_ALL_WHOLE = -(2.0**52)  # there and below, every float is a whole number, and a pole


def _lgamma_stirling(x: Any) -> Any:
    """Return lgamma(x) for x from 10 to infinity."""
    series = _polynomial(_STIRLING, 1.0 / x / x) / x
    return (x - 0.5) * (log(x) - 1.0) + ((0.5 * math.log(2.0 * math.pi) - 0.5) + series)


def _lgamma_low(s: Any) -> Any:
    """Return lgamma(2 + s) for s from -1 to 1."""
    return (s + 1.0) * s * _polynomial(_LGAMMA, s)


def _from_zero(x: Any, zero: tuple[float, float]) -> Any:
    return (x - zero[0]) - zero[1]


def _lgamma_below(x: Any) -> Any:
    """Return lgamma(x) for x from -2.8 to -2.4, where it has two zeros and a flat valley."""
    roots = _from_zero(x, _LGAMMA_ZEROS[0]) * _from_zero(x, _LGAMMA_ZEROS[1])
    return roots * _polynomial(_LGAMMA_BELOW, x + 2.6)


def _lgamma_parts(x: Any) -> tuple[Any, Any]:
    """Return (part, factor) with lgamma(x) = part + log(factor), for x from 1 to infinity."""
    product: Any = 1.0
    low: Any = x
    for _ in range(7):  # from 10 to 3 step down
        high = low >= 3.0
        low = where(high, low - 1.0, low)
        product = where(high, product * low, product)
    large = x >= 10.0
    part = where(large, _lgamma_stirling(x), _lgamma_low(low - 2.0))
    return part, where(large, 1.0, product)


def _fast_lgamma_parts(x: float) -> tuple[float, float]:
    if x >= 10.0:
        return float(_lgamma_stirling(x)), 1.0
    product, low = 1.0, x
    while low >= 3.0:
        low -= 1.0
        product *= low
    return float(_lgamma_low(low - 2.0)), product


def _from_whole(x: Any) -> Any:
    """Return the distance of x from the nearest whole number, exact and signed."""
    return x - rounded(x)


def _sine(x: Any) -> Any:
    """Return |sin(pi x)|, exact also next to whole numbers."""
    return sin(math.pi * abs(_from_whole(x)))


def _lgamma(x: Any) -> Any:
    part, factor = _lgamma_parts(where(x < 0.0, 1.0 - x, x))
    mirrored = log(math.pi / (_sine(x) * factor)) - part
    mirrored = where((x > -2.8) & (x < -2.4), _lgamma_below(x), mirrored)
    mirrored = where(x > -1e-30, -log(-x), mirrored)
    # Below 1 it is lgamma(x + 1) - log(x), where x - 1, unlike x + 1, is not rounded.
    positive = where(x < 1.0, _lgamma_low(x - 1.0) - log(x), part + log(factor))
    return where((x >= INF) | (x <= _ALL_WHOLE), INF, where(x < 0.0, mirrored, positive))


def _fast_lgamma(x: float) -> float:
    if x >= INF or x <= _ALL_WHOLE:
        return INF
    if 0.0 <= x < 1.0:
        return float(_lgamma_low(x - 1.0) - log(x))
    if -1e-30 < x < 0.0:
        return float(-log(-x))
    if -2.8 < x < -2.4:
        return float(_lgamma_below(x))
    part, factor = _fast_lgamma_parts(1.0 - x if x < 0.0 else x)
    if x < 0.0:
        return float(log(math.pi / (_sine(x) * factor)) - part)
    return float(part + log(factor))


lgamma: Operation = defined(
    "lgamma(x)", _lgamma,
    lambda y, x: digamma(x),
    fast=_fast_lgamma, latex=r"\ln\Gamma", shown=(lambda y, x: digamma(x),),
    summary="The natural logarithm of the absolute value of the gamma function.",
)


def _digamma_low(x: Any) -> Any:
    """Return digamma(x) for x from 1 to 2, where its zero is."""
    return _from_zero(x, _DIGAMMA_ZERO) * _polynomial(_DIGAMMA, x - 1.5)


def _digamma_high(x: Any) -> Any:
    """Return digamma(x) for x from 8 to infinity."""
    square = 1.0 / x / x
    return log(x) - (0.5 / x + _polynomial(_DIGAMMA_SERIES, square) * square)


def _digamma_positive(x: Any) -> Any:
    """Return digamma(x) for x from 0 to infinity: up to 3 by way of 1 to 2, else from 8 on."""
    base = where(x < 1.0, x + 1.0, where(x > 2.0, x - 1.0, x))
    step = where(x < 1.0, -1.0 / x, where(x > 2.0, 1.0 / (x - 1.0), 0.0))
    total: Any = 0.0
    high: Any = x
    for _ in range(5):
        short = high < 8.0
        total = where(short, total + 1.0 / high, total)
        high = where(short, high + 1.0, high)
    return where(x <= 3.0, _digamma_low(base) + step, _digamma_high(high) - total)


def _fast_digamma_positive(x: float) -> float:
    if x <= 3.0:
        base = x + 1.0 if x < 1.0 else x - 1.0 if x > 2.0 else x
        step = -1.0 / x if x < 1.0 else 1.0 / (x - 1.0) if x > 2.0 else 0.0
        return float(_digamma_low(base) + step)
    total, high = 0.0, x
    while high < 8.0:
        total += 1.0 / high
        high += 1.0
    return float(_digamma_high(high) - total)


def _cotangent(x: Any) -> Any:
    """Return cot(pi x), nan at the poles."""
    distance = _from_whole(x)
    return 1.0 / tan(math.pi * where(abs(distance) > 0.0, distance, NAN))


def _digamma(x: Any) -> Any:
    positive = _digamma_positive(where(x < 0.0, 1.0 - x, x))
    positive = where(x >= INF, INF, positive)
    return where(x < 0.0, positive - math.pi * _cotangent(x), positive)


def _fast_digamma(x: float) -> float:
    if x >= INF:
        return INF
    if x < 0.0:
        return float(_fast_digamma_positive(1.0 - x) - math.pi * _cotangent(x))
    return _fast_digamma_positive(x)


digamma: Operation = defined(
    "digamma(x)", _digamma,
    lambda y, x: polygamma(1.0, x),
    fast=_fast_digamma, latex=r"\psi",
    summary="The derivative of lgamma.",
)


def _order(n: Any) -> int:
    if not isinstance(n, float) or not 0.0 <= n <= 120.0 or n != math.floor(n):
        raise OperandError(
            f"polygamma: the order n must be a plain whole number from 0 to 120, and was {n!r}"
        )
    return int(n)


def _no_partial_by_order(n: Any) -> Any:
    raise OperandError(
        f"polygamma has no derivative by its order n, which must be a plain whole number, "
        f"and was a Value ({n!r})"
    )


def _factorial_zeta(n: int, x: Any) -> Any:
    """Return n! times the sum of 1 / (x + k)^(n + 1), k = 0, 1, 2, ..., for x from 0 to infinity.

    As (scale / (x + k))^(n + 1), with scale^(n + 1) next to n!, so that neither n! nor the powers
    overflow or underflow before the result does.
    """
    scale = math.floor(64.0 * math.exp(math.lgamma(n + 1.0) / (n + 1.0))) / 64.0
    rest = float(math.factorial(n) / Fraction(scale) ** (n + 1))  # from 1 to 2 or so
    steps = 10 + n // 2
    total: Any = 0.0
    for k in reversed(range(steps)):  # the small terms first
        total = total + (scale / (x + float(k))) ** float(n + 1)
    high = x + float(steps)
    inverse = 1.0 / high
    series = tuple(  # B(2k)/(2k)! times (n + 1)(n + 2)...(n + 2k - 1), k = 8 ... 1
        math.prod(range(n + 1, n + 2 * k)) / math.factorial(2 * k) * bernoulli
        for k, bernoulli in reversed(list(enumerate(_BERNOULLI, 1)))
    )
    square = inverse * inverse
    tail = _polynomial(series, square) * square
    ends = (scale / high) ** float(n) * (scale * (1.0 / n + 0.5 * inverse + tail))
    return rest * (total + ends)


def _cotangent_derivative(n: int, c: Any) -> Any:
    """Return the n-th derivative of cot at an angle whose cotangent is c, a polynomial in c."""
    powers = [0, 1]  # coefficients of c^0, c^1, ...
    for _ in range(n):
        slope = [k * a for k, a in enumerate(powers)][1:]  # d/dc, times -(1 + c^2)
        powers = [
            -(a + b)
            for a, b in zip([*slope, 0, 0], [0, 0, *slope], strict=True)
        ]
    return _polynomial(tuple(float(a) for a in reversed(powers)), c)


def _polygamma(n: Any, x: Any) -> Any:
    order = _order(n)
    if order == 0:
        return digamma(x)
    sign = 1.0 if order % 2 else -1.0
    size = where(x < 0.0, 1.0 - x, x)
    positive = sign * _factorial_zeta(order, size)
    turned = _cotangent_derivative(order, _cotangent(x)) * float(_PI ** (order + 1))
    return where(x < 0.0, -sign * positive - turned, positive)


polygamma: Operation = defined(
    "polygamma(n, x)", _polygamma,
    lambda y, n, x: _no_partial_by_order(n),
    lambda y, n, x: polygamma(n + 1.0, x),
    form="latex", latex=r"\psi^{({0})}\left({1}\right)",
    summary="The derivative of digamma of order n = 0, 1, 2, ...",
)
