"""The polynomials of the table are what mpmath fits at 60 digits, and the zeros are zeros."""

import mpmath
import pytest

from autograd.table import error_function, gamma

near = mpmath.mpf(10) ** -25


def scaled_erfc(t):
    if t > 1 - mpmath.mpf(10) ** -12:
        return 2 / mpmath.sqrt(mpmath.pi)
    x = mpmath.mpf("3.75") * (1 + t) / (1 - t)
    return (1 + 2 * x) * mpmath.exp(x * x) * mpmath.erfc(x)


def erf_over_x(s):
    return mpmath.erf(mpmath.sqrt(s)) / mpmath.sqrt(s) if s > 0 else 2 / mpmath.sqrt(mpmath.pi)


def log_gamma(x):
    return mpmath.log(abs(mpmath.gamma(x)))


def lgamma_low(s):
    x = s + 2
    x = 1 + near if abs(x - 1) < near else 2 + near if abs(x - 2) < near else x
    return log_gamma(x) / ((x - 1) * (x - 2))


def lgamma_below(s):
    x = s + mpmath.mpf(-2.6)
    first = mpmath.findroot(log_gamma, -2.7476826467)
    second = mpmath.findroot(log_gamma, -2.4570247382)
    return log_gamma(x) / ((x - first) * (x - second))


def digamma_low(s):
    zero = mpmath.findroot(mpmath.digamma, 1.46)
    x = s + mpmath.mpf("1.5")
    return mpmath.psi(1, zero) if abs(x - zero) < near else mpmath.digamma(x) / (x - zero)


@pytest.mark.parametrize(
    ("coefficients", "function", "low", "high"),
    [
        (error_function._ERF, erf_over_x, 0, 1),
        (error_function._ERFC, scaled_erfc, -1, 1),
        (gamma._LGAMMA, lgamma_low, -1, 1),
        (gamma._LGAMMA_BELOW, lgamma_below, -0.2, 0.2),
        (gamma._DIGAMMA, digamma_low, -0.5, 0.5),
    ],
    ids=["erf", "erfc", "lgamma", "lgamma below", "digamma"],
)
def test_the_coefficients_are_the_fit(coefficients, function, low, high):
    with mpmath.workdps(40):
        fit, error = mpmath.chebyfit(function, [low, high], len(coefficients), error=True)
        assert error < mpmath.mpf(2) ** -53 / 4
        assert tuple(float(c) for c in fit) == coefficients


def test_what_the_coefficients_before_the_last_lack_is_what_they_lack():
    with mpmath.workdps(40):
        fit = mpmath.chebyfit(lgamma_low, [-1, 1], len(gamma._LGAMMA))
        lows = [float(c - float(c)) for c in fit]
    assert lows[-3:-1] == pytest.approx(gamma._LGAMMA_LOWS[:-1], rel=1e-9)


def test_what_the_last_coefficients_lack_is_what_they_lack():
    with mpmath.workdps(60):
        last = 1 - mpmath.euler, lgamma_below(mpmath.mpf(0)), mpmath.log(2 * mpmath.pi) / 2 - 0.5
    pairs = (
        (gamma._LGAMMA[-1], gamma._LGAMMA_LOWS[-1]),
        (gamma._LGAMMA_BELOW[-1], gamma._LGAMMA_BELOW_LOW),
        gamma._HALF_LOG_TAU,
    )
    for true, (high, low) in zip(last, pairs, strict=True):
        assert float(true - high) == pytest.approx(low, rel=1e-9)


@pytest.mark.parametrize(
    ("function", "zero"),
    [
        (mpmath.digamma, gamma._DIGAMMA_ZERO),
        (log_gamma, gamma._LGAMMA_ZEROS[0]),
        (log_gamma, gamma._LGAMMA_ZEROS[1]),
    ],
)
def test_the_zeros_are_zeros(function, zero):
    with mpmath.workdps(60):
        found = mpmath.findroot(function, zero[0])
        assert float(found) == zero[0]
        assert float(found - zero[0]) == pytest.approx(zero[1], rel=1e-12)
