"""assert_derivative and check_gradient: right ones pass, wrong ones are caught and explained."""

import functools
import math
import os
import re
import subprocess
import sys
import time

import mpmath
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Value, grad, jit
from autograd.errors import ArgumentError, AutogradError, WrongDerivativeError
from autograd.notation.expression import read
from autograd.testing import assert_derivative, check_gradient, functions, graphs, points, values


def failure(f, df, **options):
    with pytest.raises(AssertionError) as caught:
        assert_derivative(f, df, **options)
    assert isinstance(caught.value, WrongDerivativeError)
    assert isinstance(caught.value, AutogradError)
    return str(caught.value)


# -- right derivatives pass --------------------------------------------------------------------

RIGHT = [
    (lambda x: x**3, lambda x: 3 * x**2, {}),
    (lambda x: x**3, lambda x: 3 * x**2, {"domain": (-1e6, 1e6)}),
    (lambda x: ag.tanh(x), lambda x: 1 - math.tanh(x) ** 2, {"domain": (-30, 30)}),
    (lambda x: ag.tanh(x), lambda x: 1 - ag.tanh(x) ** 2, {"domain": (-300, 300)}),
    (lambda x: ag.exp(-x * x), lambda x: -2 * x * math.exp(-x * x), {"domain": (-20, 20)}),
    (lambda x: x * ag.log(x), lambda x: math.log(x) + 1, {"domain": (0, 5)}),
    (lambda x: ag.sin(x) / x, lambda x: (x * ag.cos(x) - ag.sin(x)) / x**2, {"domain": (1, 9)}),
    (lambda x: ag.relu(x), lambda x: 1.0 if x > 0 else 0.0, {}),
    (lambda x: ag.relu(x), lambda x: 1.0 if x >= 0 else 0.0, {}),  # any slope between will do
    (lambda x: abs(x), ag.sign, {}),
    (lambda x: ag.sqrt(x), lambda x: 0.5 / ag.sqrt(x), {"domain": (0, 4)}),
    (lambda x: 3.0, lambda x: 0.0, {}),
    (lambda x: ag.lgamma(x), ag.digamma, {"domain": (0.1, 30)}),
    (lambda x: 2 * x, lambda x: 2, {"at": [0, 1, -1e300]}),
    (lambda x: ag.sin(x), lambda x: float(numpy.cos(x)), {"at": [0.5]}),
    (lambda x: 1e-12 * x * x, lambda x: 2e-12 * x, {}),
]


@pytest.mark.parametrize(("f", "df", "options"), RIGHT)
def test_a_right_derivative_passes(f, df, options):
    checked = assert_derivative(f, df, examples=40, **options)
    assert checked.method == "numeric"
    assert re.match(r"numeric: \d+ points?", str(checked))


EXACT = [
    (lambda x: x**3, "3*x**2", {}),
    (lambda x: ag.tanh(3 * x), "3*(1 - tanh(3*x)**2)", {}),
    (lambda x: ag.sigmoid(2 * x), "2*sigmoid(2*x)*(1 - sigmoid(2*x))", {}),
    (lambda x: ag.log(ag.cos(x)), "-tan(x)", {"domain": (-1, 1)}),
    (lambda x: ag.sin(x) ** 2, "2*sin(t)*cos(t)", {}),
    (lambda x: ag.exp(-0.1 * x), "-0.1*exp(-0.1*x)", {}),
    (lambda x: abs(x), "1", {"domain": (1, 2)}),
    (lambda x: ag.atan2(x, 2.0), "2/(x**2 + 4)", {}),
    (lambda x: x**3 / 3, "x**2", {}),
    (lambda x: 1 / 3 * x**3, "x**2", {}),
    (lambda x: ag.sin(math.pi * x), "3.141592653589793*cos(3.141592653589793*x)", {}),
    (lambda x: 5.0, "0", {}),
]


@pytest.mark.parametrize(("f", "formula", "options"), EXACT)
def test_a_formula_is_proved_where_sympy_can(f, formula, options):
    checked = assert_derivative(f, formula, **options)
    assert checked.method == "exact"
    assert str(checked).startswith("exact: SymPy has d/d")


@pytest.mark.parametrize(
    ("f", "formula", "method"),
    [
        (ag.log2, "1/(x*log(2))", "exact"),
        (lambda x: 2**x, "2**x*log(2)", "exact"),
        (lambda x: 0.5**x, "-log(2)*0.5**x", "exact"),
        (lambda x: 2**x, "2**x*0.6931471805599453", "numeric"),  # a fraction of 16 digits
        (lambda x: 2**x * math.log(2), "2**x*log(2)*0.6931471805599453", "exact"),
        (lambda x: 2**x * math.log(2), "2**x*log(2)**2", "numeric"),
    ],
)
def test_logarithms_of_constants_keep_sympy_from_giant_powers(f, formula, method):
    assert assert_derivative(f, formula).method == method
    with pytest.raises(AssertionError):
        assert_derivative(f, formula + "*1.01")


@pytest.mark.parametrize("factor", ["9**9**9", "(1 + 1e-9)**(10**9)", "10**9**9"])
def test_giant_powers_of_numbers_are_left_to_floats(factor):
    with pytest.raises(AssertionError):
        assert_derivative(ag.exp, f"{factor}*exp(x)", at=[1.0])


def test_what_is_proved_for_a_domain_is_not_taken_for_points_outside_of_it():
    for f, point in ((abs, -2.0), (ag.relu, -1.0)):
        assert assert_derivative(f, "1", domain=(0, 5)).method == "exact"
        with pytest.raises(AssertionError, match="one of the points given"):
            assert_derivative(f, "1", domain=(0, 5), at=[point])


@pytest.mark.parametrize("where", [{"domain": (-5, -1)}, {"at": [-1.0]}])
def test_a_proof_for_a_function_that_is_nowhere_real_is_none(where):
    with pytest.raises(ValueError, match="real at none"):
        assert_derivative(ag.log, "1/x", **where)


def test_a_formula_that_cannot_be_proved_is_compared_in_numbers_and_says_so():
    def with_python_control_flow(x):
        return x * x if x > 0 else 0.0 * x

    checked = assert_derivative(with_python_control_flow, "2*maximum(x, 0)", domain=(-3, 3))
    assert checked.method == "numeric"
    assert "in [-3, 3]" in checked.detail


def test_a_constant_that_has_no_plain_fraction_leaves_it_to_numbers():
    formula = "1.1283791670955126*exp(-x**2)"
    assert assert_derivative(ag.erf, formula, examples=50).method == "numeric"


def test_sympy_does_not_prove_what_is_false():
    for wrong in ("3*x", "x**2", "3*x**2 + 1e-9", "3*abs(x)*x"):
        failure(lambda x: x**3, wrong)


# -- wrong derivatives are caught, and explained -----------------------------------------------


def sine_and_exp(x):
    return ag.sin(x) + ag.exp(x)


SLIPS = [
    ("sign", lambda x: ag.cos(x), lambda x: math.sin(x), {}),
    ("sign", lambda x: ag.exp(-x), lambda x: ag.exp(-x), {}),
    ("a lost inner derivative", lambda x: ag.sin(3 * x), lambda x: ag.cos(3 * x), {}),
    ("a lost inner derivative", lambda x: ag.tanh(x**2), lambda x: 1 - ag.tanh(x**2) ** 2, {}),
    (
        "a lost inner derivative",
        lambda x: ag.exp(ag.sin(x * x)),
        lambda x: ag.exp(ag.sin(x * x)) * ag.cos(x * x),
        {},
    ),
    ("a lost outer derivative", lambda x: ag.sin(x**2), lambda x: 2 * x, {}),
    ("power rule: the exponent of x**3 comes down", lambda x: x**3, lambda x: x**2, {}),
    ("power rule: the exponent of x**3 drops by one", lambda x: x**3, lambda x: 3 * x**3, {}),
    ("the product rule", lambda x: x * ag.sin(x), lambda x: ag.cos(x), {}),
    ("forgot to add", lambda x: x * ag.sin(x), lambda x: ag.sin(x), {}),
    ("forgot to add", lambda x: x**2 + ag.log(x), lambda x: 2 * x, {"domain": (1, 5)}),
    (
        "the quotient rule",
        lambda x: ag.sin(x) / (x**2 + 1),
        lambda x: ag.cos(x) * (x**2 + 1) - ag.sin(x) * 2 * x,
        {},
    ),
    (
        "the quotient rule",
        lambda x: ag.sin(x) / (x**2 + 1),
        lambda x: ag.cos(x) / (2 * x),
        {"domain": (0.5, 4)},
    ),
    (
        "has the opposite one",
        lambda x: x**2 + ag.cos(x),
        lambda x: 2 * x + ag.sin(x),
        {},
    ),
    ("it is the function itself", lambda x: ag.sin(x), ag.sin, {}),
    ("zero everywhere", lambda x: 1e-12 * x * x, lambda x: 0.0, {}),
    (
        "in the derivative of x / (x**2 + 1) the denominator is squared",
        lambda x: x / (x**2 + 1),
        lambda x: (1 - x**2) / (x**2 + 1),
        {},
    ),
    ("in the derivative of 1 / x the denominator is squared", lambda x: 1 / x, "-1/x", {}),
    (
        "the derivative of tanh(x) by x is 1 - tanh(x)**2, and 1 - tanh(x) was taken for it",
        lambda x: ag.tanh(x),
        "1 - tanh(x)",
        {},
    ),
    (
        "1 - tanh(u)**2, and 1 - tanh(u) was taken for it, with u = 3 * x",
        lambda x: x * ag.tanh(3 * x),
        "tanh(3*x) + x*3*(1 - tanh(3*x))",
        {},
    ),
    ("1 / (1 + x**2), and 1 / (1 - x**2) was taken", lambda x: ag.atan(x), "1/(1 - x**2)", {}),
    (
        "1 / sqrt(1 - x**2), and 1 / sqrt(1 - x) was taken",
        lambda x: ag.asin(x),
        "1/sqrt(1 - x)",
        {"domain": (-0.9, 0.9)},
    ),
    (
        "a lost inner derivative: the chain rule has a factor d(3 * x + 2)/dx",
        lambda x: ag.sqrt(3 * x + 2),
        "1/(2*sqrt(3*x + 2))",
        {"domain": (0, 5)},
    ),
    (
        "1 / (2 * sqrt(x)), and 1 / sqrt(x) was taken",
        lambda x: ag.sqrt(x),
        "1/sqrt(x)",
        {"domain": (1, 5)},
    ),
    ("x**(-2) drops by one, and was raised by one", lambda x: x**-2, "-2/x", {}),
    ("sigmoid(x), and 1 - sigmoid(x) was taken", lambda x: ag.softplus(x), "1-sigmoid(x)", {}),
    (
        "sigmoid(x) * (1 - sigmoid(x)), and sigmoid(x) * sigmoid(x) was taken",
        lambda x: ag.sigmoid(x),
        "sigmoid(x)**2",
        {},
    ),
    ("1 / (1 + x**2), and 1 / x**2 was", lambda x: ag.atan(x), "1/x**2", {"domain": (1, 5)}),
    ("it is the second derivative", lambda x: x * ag.sin(x), "2*cos(x) - x*sin(x)", {}),
    ("it is the second derivative", lambda x: x**3, lambda x: 6 * x, {}),
    ("it is an integral of the function", lambda x: x**2, "x**3/3 + 1", {}),
    ("it is an integral of the function", lambda x: 1 / x, "log(x)", {"domain": (0.5, 5)}),
    ("the power rule does not hold for 2**x", lambda x: 2**x, "x*2**(x - 1)", {}),
    ("the power rule does not hold for exp(x)", lambda x: ag.exp(x), "x*exp(x - 1)", {}),
    (
        "the function exp(x**2) was applied to the derivative of x**2",
        lambda x: ag.exp(x**2),
        "exp(2*x)",
        {"domain": (-2, 2)},
    ),
    (
        "d(sin(x**2)) by x**2 was taken at the derivative of x**2",
        lambda x: ag.sin(x**2),
        "cos(2*x)*2*x",
        {},
    ),
    ("was taken to be sin(x**2), times that of x**2", lambda x: ag.sin(x**2), "2*x*sin(x**2)", {}),
    ("off by the same 1 everywhere", lambda x: ag.exp(x), lambda x: ag.exp(x) + 1, {}),
    ("a factor too many: it is 7 times", lambda x: ag.exp(x) + x, lambda x: 7 * ag.exp(x) + 7, {}),
    ("a factor is missing: multiply by 4", lambda x: x**2, lambda x: x / 2, {}),
    (
        "a constant: the derivative of 7 in 5 * x**3 - 2 * x + 7 is 0",
        lambda x: 5 * x**3 - 2 * x + 7,
        "15*x**2-2+7",
        {},
    ),
    ("a constant: the derivative of 5 in 5 - x**2 is 0", lambda x: 5 - x**2, "5-2*x", {}),
    ("a constant: the derivative of 5 in x**2 - 5 is 0", lambda x: x**2 - 5, "2*x-5", {}),
    ("the derivative of 7 in x**2 + 7 is 0", lambda x: 3 * (x**2 + 7), "3*(2*x+7)", {}),
    (
        "it is 1.0000008 times the true derivative everywhere: a constant may have been rounded",
        lambda x: 3.14159 * x**2,
        "2*pi*x",
        {},
    ),
    ("1.0001 times the true derivative", lambda x: 2.718 * x**3, "3*e*x**2", {}),
]
DEGREES = "sin(x) takes x in radians, and its derivative was taken in degrees"
SLIPS += [
    (DEGREES, ag.sin, lambda x: math.cos(math.radians(x)), {}),
    (DEGREES, ag.sin, "cos(pi*x/180)*pi/180", {}),
    (
        "taken at pi * x / 180 with its degrees left as they are",
        lambda x: ag.sin(math.pi * x / 180),
        "cos(x)*pi/180",
        {},
    ),
    ("has a factor d(pi * x / 180)/dx", lambda x: ag.sin(math.pi * x / 180), "cos(pi*x/180)", {}),
    ("the chain rule has a factor d(-2 * x)/dx", lambda x: ag.exp(-2 * x), "exp(-2*x)", {}),
    ("the derivative of 3**x by x is 3**x * log(3), and 3**x was", lambda x: 3**x, "3**x", {}),
    ("it is the function itself", lambda x: x**4, "x**4", {}),
    ("by x is log(2) * exp2(x), and exp2(x) was taken for it", ag.exp2, "2**x", {}),
    ("by x is 1 / (log(10) * x), and log(10) / x was taken", ag.log10, "log(10)/x", {}),
    (
        "the derivative of y = tanh(x) by x is 1 - y**2, and 1 - x**2 was taken for it",
        ag.tanh,
        "1 - x**2",
        {},
    ),
    (
        "y * (1 - y), and u * (1 - u) was taken for it: y is the result, with u = 3 * x",
        lambda x: ag.sigmoid(3 * x),
        "3*(3*x)*(1 - 3*x)",
        {},
    ),
    (
        "d(sin(x)**3) by sin(x) was taken at the derivative of sin(x)",
        lambda x: ag.sin(x) ** 3,
        "3*cos(x)**2",
        {},
    ),
    ("2 was taken for it, with u = log(x)", lambda x: ag.log(x) ** 2, "2/x", {}),
    ("applied to the derivative of x**2", lambda x: ag.exp(x**2), "exp(2*x)", {}),  # to exp(100)
    ("the sum rule: the derivative of sin(x) + exp(x)", sine_and_exp, "cos(x)*exp(x)", {}),
]
WRONG_SIDE = "it is right for x > 0, and wrong for x < 0"
SLIPS += [
    (WRONG_SIDE, abs, "1", {}),
    (WRONG_SIDE, ag.leaky_relu, "1", {}),
    (
        f"{WRONG_SIDE}: the derivative of relu(x) by x was taken to be 1 everywhere",
        ag.relu,
        "1",
        {},
    ),
    ("derivative of maximum(0, x) by x was taken to be 1", lambda x: ag.maximum(0, x), "1", {}),
    ("derivative of minimum(x, 1) by x was taken to be 1", lambda x: ag.minimum(x, 1), "1", {}),
    (f"{WRONG_SIDE}: relu(x) was taken to be x everywhere", lambda x: ag.relu(x) * x, "2*x", {}),
    (f"{WRONG_SIDE}: f is another formula there", lambda x: ag.relu(x) * x, "2*abs(x)", {}),
    (WRONG_SIDE, lambda x: ag.maximum(x, 0), "1", {}),
    (WRONG_SIDE, lambda x: ag.sqrt(x**2), "1", {}),
    (WRONG_SIDE, lambda x: ag.log(x**2), "2/abs(x)", {}),
    (WRONG_SIDE, lambda x: x**2 * abs(x), "3*x**2", {}),
    (WRONG_SIDE, lambda x: ag.relu(x) ** 2, "2*x", {}),
    (WRONG_SIDE, lambda x: ag.where(x > 0, x**2, x), "2*x", {}),
    ("it is right for x < 0, and wrong for x > 0: f is another formula there", abs, "-1", {}),
    ("the sign: it is the true derivative, negated", lambda x: ag.relu(x) ** 2, "-2*relu(x)", {}),
    ("2 times the true derivative everywhere", lambda x: ag.relu(x) ** 2, "4*relu(x)", {}),
    ("it is the function itself", lambda x: ag.relu(x) ** 2, "relu(x)**2", {}),
    ("a factor d(relu(3 * x))/dx", lambda x: ag.relu(3 * x) ** 2, "2*relu(3*x)", {}),
    (
        "it is right for x < 0, and wrong for x > 0: f is another formula there",
        lambda x: ag.relu(x) ** 2,
        lambda x: 3.0 * x * x + 1.0 if x > 0 else 0.0,
        {},
    ),
    (
        "and right from 2.361 on: the derivative of relu(x - 2) by x - 2 was taken to be 1",
        lambda x: ag.relu(x - 2),
        "1",
        {},
    ),
    (
        "it is right at the points tried up to x = 1.246, and wrong from 2 on",
        ag.sin,
        lambda x: math.cos(x) if x < 2 else x,
        {},
    ),
    ("off by the same 1 everywhere", ag.exp, "exp(x) + 1", {"domain": (-100, 100)}),
    ("2 * x stands where its derivative should", lambda x: 2 * x + 5, "2*x", {}),
    ("3 * x stands where its derivative should", lambda x: x**2 + 3 * x, "2*x + 3*x", {}),
    (
        "the derivative of tan(x) by x is 1 / cos(x)**2, and 1 / cos(x) was taken for it",
        ag.tan,
        "1/cos(x)",
        {},
    ),
    ("1 / cos(u) was taken for it, with u = x**2", lambda x: ag.tan(x**2), "2*x/cos(x**2)", {}),
    ("1 / cosh(x) was taken for it", ag.tanh, "1/cosh(x)", {}),
    ("is 1 / (1 + x**2), and 1 + x**2 was taken", ag.atan, lambda x: 1 / 1 + x**2, {}),
    (
        "brackets: the derivative of x**2 + x is a sum, and all of it is multiplied",
        lambda x: ag.sin(x**2 + x),
        "2*x + 1*cos(x**2 + x)",
        {},
    ),
    (
        "brackets: the derivative of 3 * x - x**2 is a sum",
        lambda x: ag.exp((3 * x - x**2) / 9),
        lambda x: ag.exp((3 * x - x**2) / 9) / 9 * 3 - 2 * x,
        {},
    ),
    (
        "brackets: 2 * x + 1 is a sum, and in the derivative of (2 * x + 1) * sin(x) all of it",
        lambda x: (2 * x + 1) * ag.sin(x),
        "2*sin(x) + 2*x + 1*cos(x)",
        {},
    ),
    (
        "brackets: x - 3 is a sum, and in the derivative of exp(x) * (x - 3)",
        lambda x: ag.exp(x) * (x - 3),
        "exp(x)*x - 3 + exp(x)",
        {},
    ),
    (
        "a sum of terms with one factor derived in each, not the product of all derivatives",
        lambda x: x**2 * ag.sin(x) * ag.exp(x),
        "2*x*cos(x)*exp(x)",
        {},
    ),
    ("the power rule: the exponent of x * x * x, a power,", lambda x: x * x * x, "3*x**3", {}),
    ("the exponent of x**5 drops by one in the derivative", lambda x: x**5, "5*x**5", {}),
    (
        "the power rule does not hold for x**x: its exponent x is no constant, and it gives the",
        lambda x: x**x,
        "x*x**(x - 1)",
        {"domain": (0.5, 4)},
    ),
    (
        "the power rule does not hold for sin(x)**x: its exponent x is no constant",
        lambda x: ag.sin(x) ** x,
        "x*sin(x)**(x - 1)*cos(x)",
        {"domain": (0.5, 2)},
    ),
    (
        "x**sin(x) is no power of a constant: its base x is none",
        lambda x: 3 * x ** ag.sin(x),
        "3*x**sin(x)*log(x)*cos(x)",
        {"domain": (0.5, 4)},
    ),
    ("is (u'v - uv')/v**2, not u/v**2", lambda x: ag.sin(x) / ag.cos(x), "sin(x)/cos(x)**2", {}),
    ("not u'/v**2", lambda x: ag.sin(x) / (1 + x**2), "cos(x)/(1 + x**2)**2", {}),
    ("not uv'/v**2", lambda x: ag.sin(x) / (1 + x**2), "sin(x)*2*x/(1 + x**2)**2", {}),
    ("1 / cos(x) is -uv'/v**2, not u/v**2", lambda x: 1 / ag.cos(x), "1/cos(x)**2", {}),
    ("1 / cos(x) is -uv'/v**2, not u/v'", lambda x: 1 / ag.cos(x), "-1/sin(x)", {}),
    ("not (u' - v')/v**2", lambda x: ag.exp(x) / (1 + x**2), "(exp(x) - 2*x)/(1 + x**2)**2", {}),
    ("too many: it is sin(x) times the true derivative", ag.tan, "sin(x)/cos(x)**2", {}),
    ("a factor is missing: multiply by exp(x)", lambda x: ag.exp(x) * x, "1 + x", {}),
    ("relu(x) was taken to be x everywhere", lambda x: ag.relu(x) ** 2, "2*x", {}),
    ("clip(x, -1, 1) was taken to be x everywhere", lambda x: ag.clip(x, -1, 1) ** 2, "2*x", {}),
    ("maximum(x, 2) was taken to be x", lambda x: ag.maximum(x, 2.0) ** 3, "3*x**2", {}),
    (
        "relu(x - 1) was taken to be x - 1 everywhere",
        lambda x: ag.sin(ag.relu(x - 1)),
        "cos(x-1)",
        {},
    ),
    ("f does not depend on x: it is a constant, and its derivative is 0", lambda x: 5.0, "5", {}),
    ("f does not depend on x: it is a constant", lambda x, y: 7 * y, ("7*x", "7"), {}),
]


@pytest.mark.parametrize(("words", "f", "df", "options"), SLIPS)
def test_a_slip_is_named(words, f, df, options):
    report = failure(f, df, **options)
    assert words in " ".join(report.split())


def test_an_integral_by_one_of_two_numbers_is_named():
    report = failure(lambda x, y: x * y, lambda x, y: (x**2 * y / 2, x))
    assert "by x: it is an integral of the function" in report


def test_no_slip_is_named_where_none_fits():
    for f, df in [
        (ag.tanh, lambda x: ag.cos(x) + 3 * x),
        (lambda x: x**3, lambda x: ag.exp(x)),
        (ag.tan, "sin(x)*cos(x)"),
        (lambda x: ag.sin(x**2 + x), "2*x + 2*cos(x**2 + x)"),
        (lambda x: (2 * x + 1) * ag.sin(x), "2*sin(x) + 2*x + 2*cos(x)"),
        (lambda x: x**2 * ag.sin(x) * ag.exp(x), "x*cos(x)*exp(x)"),
        (lambda x: x * x * x, "3*x**4"),
        (lambda x: ag.relu(x) + x**2, "1 + 3*x"),
        (lambda x: ag.sin(x) / (1 + x**2), "sin(x)*x/(1 + x**2)**2"),
        (lambda x: ag.exp(x**2) ** (1 + x**2), "3*x*exp(x**2)**(1 + x**2)"),
        (lambda x: ag.clip(x, -1, 1) ** 2, "3*x"),
    ]:
        report = failure(f, df)
        assert "gone wrong" not in report, report


def test_what_a_passing_check_does_asks_for_no_slips(monkeypatch):
    from autograd.testing import derivatives

    monkeypatch.setattr(derivatives, "diagnosis", None)
    assert_derivative(lambda x: x**3, lambda x: 3 * x**2)


def test_the_report_has_the_simplest_point_and_both_numbers():
    report = failure(lambda x: x**3, lambda x: 3 * x**2 + (x > 2), domain=(-100, 100))
    assert "at x =       3.0   (the simplest found in [-100, 100])" in report
    assert "yours is     28.0" in report
    assert "it should be 27.0" in report
    assert all(len(line) <= 80 for line in report.splitlines())


def test_chosen_points_are_checked():
    report = failure(lambda x: x**2, lambda x: 3 * x, at=[0.0, 0.123456, 2.0])
    assert "at x =       2.0   (one of the points given)" in report
    assert_derivative(lambda x: x**2, lambda x: 3 * x, at=[0.0])


def test_a_derivative_that_raises_is_reported():
    report = failure(lambda x: x**2, lambda x: 2 * x if x < 3 else 1 / 0)
    assert "not a number: ZeroDivisionError, division by zero" in report
    assert "it should be 6.0" in report


def test_a_slip_hidden_by_rounding_elsewhere_is_found():
    failure(lambda x: ag.exp(x), lambda x: math.exp(x) + 1, domain=(-50, 50))
    failure(lambda x: ag.tanh(x), lambda x: 1 - math.tanh(x) ** 2 + 1e-6, domain=(-30, 30))


def test_a_slip_of_a_thousandth_is_found():
    failure(lambda x: ag.sin(x), lambda x: 1.001 * math.cos(x), domain=(-1, 1))
    failure(lambda x: ag.sin(x), "1.001*cos(x)")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"domain": (2, 1)}, ValueError),
        ({"domain": (1, 1)}, ValueError),
        ({"domain": (0, math.inf)}, ValueError),
        ({"domain": (0, math.nan)}, ValueError),
        ({"domain": 3}, TypeError),
        ({"domain": ("a", "b")}, TypeError),
        ({"at": ["x"]}, TypeError),
        ({"at": 3}, TypeError),
        ({"at": "3"}, TypeError),
        ({"rtol": "a"}, TypeError),
        ({"rtol": -1.0}, ValueError),
        ({"examples": "a"}, TypeError),
        ({"examples": 0}, ValueError),
        ({"domain": (-3, -2)}, ValueError),  # where log is nowhere real
    ],
)
def test_what_cannot_be_checked_is_refused(options, error):
    with pytest.raises(error) as caught:
        assert_derivative(ag.log, lambda x: 1 / x, **options)
    assert isinstance(caught.value, AutogradError)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: assert_derivative(ag.sin, 3), r"df is a function, or a formula .* was 3 \(int\)"),
        (lambda: assert_derivative(3, ag.cos), r"f is a function, and was 3 \(int\)"),
        (lambda: assert_derivative(ag.sin, ag.cos, at=3), r"iterable of points.* was 3 \(int\)"),
        (lambda: check_gradient(3, 1.0), r"check_gradient: f is a function, and was 3 \(int\)"),
    ],
)
def test_arguments_of_the_wrong_kind_are_named(call, words):
    with pytest.raises(ArgumentError, match=words):
        call()


def test_formulas_that_cannot_be_read_are_refused():
    with pytest.raises(ValueError, match="cannot read"):
        assert_derivative(lambda x: x, "1/2x")
    failure(lambda x: x, "2x")
    with pytest.raises(ValueError, match=r"f takes x, and the formula 'x\*y' has x, y"):
        assert_derivative(lambda x: x, "x*y")


@given(st.floats(0.5, 2.0))
@settings(max_examples=2, deadline=None)
def test_it_can_be_used_inside_a_test_of_hypothesis(k):
    domain = (-2, 2)
    assert_derivative(lambda x: ag.sin(k * x), lambda x: k * ag.cos(k * x), domain, examples=20)
    failure(lambda x: ag.sin(k * x), lambda x: k * ag.sin(k * x), domain=domain, examples=20)


# -- check_gradient ----------------------------------------------------------------------------


def test_check_gradient_passes_over_structures():
    assert str(check_gradient(lambda p: p["a"] * ag.sin(p["b"][0]), {"a": 2.0, "b": [1.0]})) == (
        "numeric: 2 derivatives against differences of 60 digits"
    )
    check_gradient(lambda v: v @ v, numpy.array([1.0, 2.0, 3.0]))
    check_gradient(ag.relu, 0.0)  # at a kink any slope between will do
    check_gradient(ag.sqrt, 0.0)
    check_gradient(lambda x: 3.0, 1.0)
    check_gradient(lambda x: ag.tanh(x), 300.0)
    check_gradient(lambda x: ag.log(x), 1e-300)
    check_gradient(lambda x: ag.sin(x), 1e300)


def test_check_gradient_catches_a_wrong_rule(monkeypatch):
    rule = ag.sin.partials[0]
    monkeypatch.setattr(ag.sin, "partials", (lambda y, x: 1.000001 * rule(y, x),))
    with pytest.raises(WrongDerivativeError, match="backward and differences do not agree"):
        check_gradient(lambda x: ag.sin(x) * x, 0.5)


def test_check_gradient_of_a_primitive_uses_floats():
    @ag.primitive(partials=(lambda y, x: 3.0 * x**2,))
    def cube(x):
        return x**3

    assert "differences of floats" in str(check_gradient(lambda x: cube(x) * x, 2.0))

    @ag.primitive(partials=(lambda y, x: 2.0 * x**2,))
    def sin(x):  # no sine, whatever its name
        return x**3

    with pytest.raises(WrongDerivativeError):
        check_gradient(lambda x: sin(x) * x, 2.0)
    failure(sin, "cos(x)")


@pytest.mark.parametrize(
    ("f", "args", "error"),
    [
        (lambda: 1.0, (), TypeError),
        (lambda x: [x, x], (1.0,), ValueError),
        (ag.log, (-1.0,), ValueError),
        (ag.log, ("x",), TypeError),
    ],
)
def test_check_gradient_refuses(f, args, error):
    with pytest.raises(error) as caught:
        check_gradient(f, *args)
    assert isinstance(caught.value, AutogradError)


# -- functions that need Values ----------------------------------------------------------------

WEIGHT = Value(3.0, label="w")
MODEL = nn.MLP(2, [4, 1], seed=1)

NEED_VALUES = [
    (lambda v: v * WEIGHT, (2.0,), "60 digits"),
    (lambda v: WEIGHT**2 * ag.sin(v) + ag.exp(WEIGHT), (2.0,), "60 digits"),
    (lambda v: WEIGHT if v > 1.0 else v, (2.0,), "60 digits"),
    (lambda v: MODEL(v), ([1.0, 2.0],), "60 digits"),
    (lambda v: ag.maximum(WEIGHT, v), (4.0,), "60 digits"),
    (ag.jit(lambda v: v * v), (2.0,), "60 digits"),
    (ag.jit(lambda v: WEIGHT * ag.exp(v) - 1.0), (1e-3,), "60 digits"),
    (ag.jit(ag.relu), (0.0,), "60 digits"),
    (ag.jit(ag.floor), (2.0,), "60 digits"),
    (ag.jit(ag.sqrt), (0.0,), "60 digits"),
    (ag.grad(lambda v: v**3), (2.0,), "60 digits"),
    (ag.grad(lambda v: WEIGHT * v**3), (2.0,), "60 digits"),
    (lambda v: v * v if v.data > 0.0 else v, (2.0,), "floats"),
    (lambda v: v * v if v.item() > 0.0 else v, (2.0,), "floats"),
]


@pytest.mark.parametrize(("f", "args", "digits"), NEED_VALUES)
def test_check_gradient_of_functions_that_need_values(f, args, digits):
    before = WEIGHT.grad
    assert str(check_gradient(f, *args)).endswith(f"against differences of {digits}")
    assert WEIGHT.grad == before


def test_check_gradient_catches_a_number_that_leaves_the_graph():
    with pytest.raises(WrongDerivativeError):
        check_gradient(lambda v: v * v.data, 2.0)
    with pytest.raises(WrongDerivativeError):
        check_gradient(lambda v: v * v if v.data > 5.0 else v + 0.001 * v.data, 2.0)


def test_check_gradient_catches_a_slope_that_should_be_infinite(monkeypatch):
    monkeypatch.setattr(ag.sqrt, "partials", (lambda y, x: 5.0,))
    with pytest.raises(WrongDerivativeError, match="by differences inf"):
        check_gradient(ag.sqrt, 0.0)


def test_check_gradient_catches_a_slope_outside_a_kink(monkeypatch):
    monkeypatch.setattr(ag.relu, "partials", (lambda y, x: 1.5,))
    for f in (ag.relu, lambda x: ag.relu(x) if x.data < 9.0 else x):
        with pytest.raises(WrongDerivativeError):
            check_gradient(f, 0.0)


def cubed(x):
    return x**3


@pytest.mark.parametrize(
    ("f", "df"),
    [
        (ag.grad(cubed), "6*x"),
        (ag.grad(cubed), lambda x: 6 * x),
        (ag.grad(cubed), ag.grad(ag.grad(cubed))),
        (ag.jit(cubed), "3*x**2"),
        (ag.jit(cubed), lambda x: 3 * x**2),
        (ag.jit(lambda x: ag.exp(x) - 1.0), ag.exp),
        (ag.jit(lambda x: ag.sin(x) * x), lambda x: ag.sin(x) + x * ag.cos(x)),
        (ag.jit(lambda x: 1.0 / x), "-1/x**2"),
        (ag.jit(ag.relu), lambda x: 1.0 if x >= 0.0 else 0.0),
        (ag.jit(ag.floor), "0"),
        (lambda x: x * x if x.data > 0.0 else -x, lambda x: 2 * x if x > 0.0 else -1.0),
        (lambda x: WEIGHT * x * x, lambda x: 6 * x),
        (lambda x: WEIGHT * x * x, lambda x: 2 * WEIGHT * x),
        (lambda x: MODEL([x, 1.0]), ag.grad(lambda x: MODEL([x, 1.0]))),
    ],
)
@pytest.mark.parametrize("examples", [30, pytest.param(60, marks=pytest.mark.slow)])
def test_derivatives_of_functions_that_need_values(f, df, examples):
    assert assert_derivative(f, df, examples=examples).method == "numeric"


def test_values_from_outside_are_numbers_to_a_proof():
    checked = assert_derivative(lambda x: WEIGHT * x * x, "6*x")
    assert str(checked) == "exact: SymPy has d/dx 3*x**2 = 6*x"
    failure(lambda x: WEIGHT * x * x, "3*x")


def test_what_is_too_large_for_a_proof_is_compared_in_numbers():
    model = nn.MLP(1, [16, 16, 1], seed=2)
    started = time.perf_counter()
    failure(lambda x: model([x]), "x", at=[0.5])
    assert time.perf_counter() - started < 20.0


@pytest.mark.parametrize(
    ("f", "df"),
    [
        (ag.jit(cubed), lambda x: 3.001 * x**2),
        (ag.grad(cubed), "6.001*x"),
        (lambda x: WEIGHT * x * x, lambda x: WEIGHT * x),
        (lambda x: x * x if x.data > 0.0 else -x, lambda x: 2 * x),
        (lambda x: MODEL([x, 1.0]), lambda x: 0.0),
    ],
)
def test_wrong_derivatives_of_functions_that_need_values(f, df):
    assert "it should be" in failure(f, df)


def test_the_wrong_rule_of_a_primitive_is_no_truth():
    @ag.primitive(partials=(lambda y, x: 2.0 * x**2,))
    def cube(x):
        return x**3

    failure(cube, lambda x: 2.0 * x**2)
    assert_derivative(cube, lambda x: 3.0 * x**2, rtol=1e-5, at=[1.0, 2.0])


def test_a_derivative_may_ask_whether_x_is_zero():
    assert_derivative(
        lambda x: ag.sin(x) / x if x.data != 0.0 else 1.0 + 0.0 * x,
        lambda x: 0.0 if x == 0 else (x * ag.cos(x) - ag.sin(x)) / x**2,
        at=[0.0, 1.0],
    )
    assert_derivative(lambda x: x * x, lambda x: 2 * x if x else 0.0, at=[0.0, 1.0])
    failure(ag.sqrt, lambda x: 0.0 if x == 0 else 0.5 / ag.sqrt(x), at=[0.0])


# -- jumps and poles ---------------------------------------------------------------------------

JUMPS = [ag.floor, ag.ceil, ag.sign, ag.round, lambda x: ag.where(x > 0, 1.0, 0.0) + 0 * x]


@pytest.mark.parametrize("f", JUMPS)
def test_at_a_jump_the_derivative_is_that_of_the_convention(f):
    at = [-1.5, -1.0, 0.0, 0.5, 1.5, 2.0]
    assert_derivative(f, lambda x: 0.0, examples=60)
    assert_derivative(f, "0", at=at)
    failure(f, "1", at=at)
    for point in at:
        check_gradient(f, point)


@pytest.mark.parametrize(
    "f", [ag.sqrt, ag.cbrt, lambda x: x**0.999, lambda x: x**0.001, lambda x: ag.asin(x + 1.0)]
)
def test_a_pole_of_the_slope_is_no_jump(f):
    assert_derivative(f, lambda x: math.inf, at=[0.0])
    assert "it should be inf" in failure(f, lambda x: 0.0, at=[0.0])


def test_at_a_cusp_every_slope_will_do():
    for slope in (-math.inf, 0.0, 7.0, math.inf):
        assert_derivative(lambda x: abs(x) ** 0.5, lambda x, slope=slope: slope, at=[0.0])


# -- strategies --------------------------------------------------------------------------------


@given(values(-2.0, 3.0, labels=("a", "b")))
@settings(max_examples=30, deadline=None)
def test_values(value):
    assert isinstance(value, Value)
    assert -2.0 <= value.data <= 3.0
    assert value.label in ("a", "b")
    assert value.is_leaf


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_points_are_in_the_domain(data):
    row = data.draw(st.sampled_from([ag.log, ag.asin, ag.acosh, ag.atan2, ag.clip, ag.log1p]))
    point = data.draw(points(row))
    assert len(point) == row.arity
    for number, (low, high) in zip(point, row.domain, strict=True):
        assert low <= number <= high
        assert math.isfinite(number)
    assert not math.isnan(row.value(*point))


@given(functions(inputs=2, operations=5, kinks=True))
@settings(max_examples=60, deadline=None)
def test_functions_run_on_floats_and_values_alike(f):
    plain = f(0.5, -1.25)
    node = f(Value(0.5), Value(-1.25))
    assert type(plain) is float
    assert node.data == plain or (math.isnan(plain) and math.isnan(node.data))
    assert repr(f).startswith("RandomFunction(x0, x1: ")


@given(graphs(inputs=2, operations=6))
@settings(max_examples=60, deadline=None)
def test_graphs(graph):
    root, leaves = graph
    assert not root.is_leaf
    assert [leaf.label for leaf in leaves] == ["x0", "x1"]


def test_importing_autograd_testing_loads_none_of_its_libraries():
    code = (
        "import sys, autograd.testing;"
        "print([n for n in ('sympy', 'mpmath', 'hypothesis') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("missing", "call"),
    [
        ("mpmath", "check_gradient(lambda x: x, 1.0)"),
        ("sympy", "assert_derivative(lambda x: x, '1')"),
        ("hypothesis", "assert_derivative(lambda x: x, lambda x: 1.0)"),
        ("hypothesis", "graphs()"),
    ],
)
def test_a_missing_library_names_the_extra(missing, call):
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        f"from autograd.testing import *\n"
        f"try: {call}\n"
        f"except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'scalar-autograd[testing]'" in done.stdout


def test_strategies_refuse_what_leaves_nothing_to_choose():
    for wrong in ({"low": 2.0, "high": 1.0}, {"labels": []}):
        with pytest.raises(ValueError, match="nothing to choose from"):
            values(**wrong)
    with pytest.raises(TypeError, match="takes an operation"):
        points(3)


def test_several_results_are_refused_in_words_of_ones_own_call():
    for check in (
        lambda: check_gradient(lambda x: [x], 1.0),
        lambda: assert_derivative(lambda x: [x], lambda x: 1.0),
    ):
        with pytest.raises(ValueError, match="f must return one number here"):
            check()


# -- each point by itself ----------------------------------------------------------------------


@pytest.mark.parametrize("df", [{0: 1, 1: 7, 2: 8, 3: 9}.get, lambda x: 2 * x + (x == 2) * 1e-6])
def test_no_point_is_excused_by_what_the_derivative_does_next_to_it(df):
    for point in (0, 1, 2, 3):
        if df(point) != 2 * point:
            assert f"at x =       {point}.0" in failure(lambda x: x**2, df, at=[point])
    failure(lambda x: x**2, df, at=[0, 1, 2, 3])


@pytest.mark.parametrize("slope", [1.5, -1.5, 7.0])
def test_the_report_of_a_kink_says_between_which_slopes_a_derivative_is_right(slope):
    report = failure(abs, lambda x: slope if x == 0 else math.copysign(1.0, x))
    assert "it should be from -1.0 to 1.0, at a kink" in report
    table = failure(ag.maximum, lambda x, y: (9, 1) if x == y else (x > y, x < y))
    assert "a    9.0        from 0.0 to 1.0, at a kink" in table


def test_a_point_with_one_derivative_tells_more_than_a_kink():
    assert "at x =       -1.0" in failure(ag.leaky_relu, "where(x > 0, 1, 0)")


def test_few_digits_that_are_left_of_a_cancellation_are_not_taken_for_all():
    """At b = 100 the sigmoid is 1 - 4e-44, and its logarithm has but the last of 80 digits."""
    assert_derivative(
        lambda w, b: -ag.log(ag.sigmoid(2 * w + b)),
        lambda w, b: (2 * (ag.sigmoid(2 * w + b) - 1), ag.sigmoid(2 * w + b) - 1),
        at=[(0.19510664986770898, 100.0)],
    )


@pytest.mark.parametrize("slope", [1e6, -1e-9, 1.000001, math.inf])
def test_what_is_not_between_the_slopes_of_a_kink_is_refused_at_it(slope):
    failure(ag.relu, lambda x: slope if x == 0 else float(x > 0), at=[0.0])
    failure(ag.relu, lambda x: slope if x == 0 else float(x > 0))


@pytest.mark.parametrize("place", [0.0, 2.0, -7.0, 10.0, -10.0, 0.5, 1000.0])
def test_single_points_that_a_person_would_try_are_always_tried(place):
    failure(lambda x: x**3, lambda x: 3 * x**2 + (x == place))


@pytest.mark.parametrize("place", [11.0, 13.0, -17.0, 19.0])
def test_all_whole_numbers_up_to_20_are_tried(place):
    failure(lambda x: x**3, lambda x: 3 * x**2 + (x == place), domain=(-20, 20))


@pytest.mark.parametrize("kink", [0.3, -2.0 / 3.0, 1e-5, 7.7])
def test_kinks_and_the_numbers_next_to_them_are_found(kink):
    def f(x):
        return ag.maximum(2.0 * x, x + kink)

    beside = [math.nextafter(kink, -math.inf), math.nextafter(kink, math.inf)]
    for place in beside:
        failure(f, lambda x, place=place: 5.0 if x == place else 1.0 + (x > kink))
    assert_derivative(f, lambda x: 1.0 + (x > kink))


@pytest.mark.parametrize("x", [1e-300, 2.0**-1023, 5e-324])
def test_a_derivative_that_cancels_is_right_by_its_digits_at_the_smallest_numbers(x):
    def f(x):
        return ag.sin(x) / x

    assert_derivative(f, lambda x: (x * ag.cos(x) - ag.sin(x)) / x**2, at=[x])


def test_a_claim_far_below_the_size_of_a_number_is_no_rounding():
    failure(lambda x: 1e-40 * x**2, lambda x: 1e-31)
    failure(lambda x: 1e-40 * x**2, lambda x: 0.0)
    failure(lambda x: ag.cos(x), lambda x: 1.0 - math.sin(x), at=[1e-20])


def test_rounding_of_floats_is_judged_by_the_function():
    assert_derivative(ag.tanh, lambda x: 1 - math.tanh(x) ** 2, at=[20.0])  # it is 0.0
    failure(ag.tanh, lambda x: 1e-14 + 0.0 * math.tanh(x), at=[20.0])
    assert_derivative(
        lambda x: ag.sin(x) / x, lambda x: (x * math.cos(x) - math.sin(x)) / x**2, at=[1e-7]
    )
    failure(lambda x: ag.sin(x) / x, lambda x: 1e-6 + 0.0 * math.sin(x), at=[1e-7])


NO_FALSE_ALARM = [
    (lambda x: x * ag.sqrt(x), lambda x: 1.5 * math.sqrt(x), (0, 4)),
    (lambda x: x**1.5, lambda x: 1.5 * math.sqrt(x), (0, 4)),
    (lambda x: x**1.001, lambda x: 1.001 * x**0.001, (0, 4)),
    (lambda x: x * abs(x), lambda x: 2 * abs(x), None),
    (lambda x: ag.relu(x) ** 2, lambda x: 2 * max(x, 0.0), None),
    (lambda x: ag.sqrt(x) ** 2, lambda x: 1.0, (0, 4)),
    (lambda x: ag.exp(ag.log(x)), lambda x: 1.0, (0, 4)),
    (
        lambda x: ag.acos(1 - x) ** 2,
        lambda x: 2 * math.acos(1 - x) / math.sqrt(2 * x - x * x),
        (0, 1),
    ),
    (lambda x: ag.sin(x) / x, lambda x: (x * math.cos(x) - math.sin(x)) / x**2, None),
    (lambda x: (1 - ag.cos(x)) / x, lambda x: math.sin(x) / x - (1 - math.cos(x)) / x**2, None),
    (ag.cosh, lambda x: (math.exp(x) - math.exp(-x)) / 2, None),
    (ag.tanh, lambda x: 1 - math.tanh(x) ** 2, (-400, 400)),
    (ag.sigmoid, lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2, (-300, 300)),
    (lambda x: ag.log(ag.sigmoid(x)), lambda x: 1 - 1 / (1 + math.exp(-x)), (-300, 300)),
    (lambda x: ag.sqrt(1 + x * x) - x, lambda x: x / math.sqrt(1 + x * x) - 1, (-1e6, 1e6)),
    (lambda x: (x - 1) ** 3, lambda x: 3 * x**2 - 6 * x + 3, None),
    (lambda x: ag.sin(x) ** 2 + ag.cos(x) ** 2, lambda x: 0.0, None),
    (lambda x: ag.sin(1e6 * x), lambda x: 1e6 * math.cos(1e6 * x), None),
    (lambda x: ag.floor(x) * x, lambda x: math.floor(x), None),
    (lambda x: ag.atan(1 / x), lambda x: -1 / (1 + x * x), None),
    (ag.sqrt, lambda x: 0.5 / math.sqrt(x), (0, 4)),  # it raises at 0, where there is no slope
    (abs, lambda x: x / abs(x), None),
    (lambda x: ag.hypot(x, 3.0), lambda x: x / math.hypot(x, 3.0), (-1e200, 1e200)),
]


@pytest.mark.parametrize("examples", [80, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("f", "df", "domain"), NO_FALSE_ALARM)
def test_a_right_derivative_in_floats_raises_no_alarm(f, df, domain, examples):
    assert_derivative(f, df, domain, examples=examples)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: ag.relu(x) ** 2,
        lambda x: x * abs(x),
        lambda x: ag.leaky_relu(x) ** 3,
        lambda x: ag.elu(x) * x,
        lambda x: x**1.5,
        lambda x: ag.hypot(x, 0.0) ** 3,
        lambda x: ag.where(x > 0, x * x, 0.0 * x),
    ],
)
def test_check_gradient_raises_no_alarm_where_a_slope_is_zero(f):
    check_gradient(f, 0.0)


def test_check_gradient_says_where_nan_comes_from():
    with pytest.raises(WrongDerivativeError, match=r"by backward +nan") as caught:
        check_gradient(lambda x: x * ag.cbrt(x), 0.0)
    assert "nan enters at v1 = cbrt(x): its gradient is 0" in " ".join(str(caught.value).split())


@pytest.mark.parametrize("exponent", [30, 1000, 10**6])
def test_a_wrong_derivative_of_a_large_power_of_a_sum_is_refused_without_writing_it_out(exponent):
    def f(x):
        return (x**2 + x + 1) ** exponent * 1e-3

    right = f"{exponent / 1000}*(2*x + 1)*(x**2 + x + 1)**{exponent - 1}"
    failure(f, f"1.5*{right}", domain=(-1.5, 0.5))
    assert assert_derivative(f, right, domain=(-1.5, 0.5)).method == "exact"
    hard = f"{exponent / 1000}*(2*x + 1)*(x**2 + x + 1)**{exponent}/(1 + x + x**2 + 0*sin(x)**2)"
    assert_derivative(f, hard, domain=(-1.5, 0.5))


def test_products_of_sums_that_would_be_written_out_at_length_are_compared_in_numbers():
    a, b = "(1 + x + exp(x) + sin(x) + x**3)", "(2 + x**2 + cos(x) + exp(x) + x**4)"
    of_x = read(f"{a}**8*{b}**8")
    slopes = "(1 + exp(x) + cos(x) + 3*x**2)", "(2*x - sin(x) + exp(x) + 4*x**3)"
    same = f"8*{a}**8*{b}**8*({slopes[0]}/{a} + {slopes[1]}/{b})"
    assert assert_derivative(lambda x: of_x({"x": x}), same, domain=(0, 1)).method == "numeric"
    failure(lambda x: of_x({"x": x}), same.replace("8*", "7*", 1), domain=(0, 1))


# -- in a report of pytest ---------------------------------------------------------------------


def test_pytest_shows_the_line_of_the_test_and_the_message_and_nothing_of_ours(tmp_path):
    (tmp_path / "test_mine.py").write_text(
        "import autograd as ag\n"
        "from autograd.testing import assert_derivative, check_gradient\n\n\n"
        "def test_by_hand():\n"
        "    assert_derivative(lambda x: ag.sin(3 * x), lambda x: ag.cos(3 * x))\n\n\n"
        "def test_in_a_domain():\n"
        "    assert_derivative(ag.log, lambda x: 2 / x, domain=(5, 1))\n\n\n"
        "def test_backward():\n"
        "    check_gradient(lambda x: x * x.data, 2.0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", tmp_path],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    report = done.stdout
    assert "3 failed" in report
    assert "def assert_derivative" not in report
    assert '"""' not in report
    assert "autograd/testing" not in report.replace("\\", "/")
    lines = report[report.index("def test_by_hand") :].splitlines()
    assert lines[1].startswith(">       assert_derivative(lambda x: ag.sin(3 * x)")
    first = next(line for line in lines if line.startswith("E"))
    assert first.endswith("WrongDerivativeError: this is not the derivative of f")
    assert "E       a lost inner derivative" in report.replace("E           ", "E       ")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("x/sqrt(1 - x**2)", "the true derivative, negated"),
        ("-2*x/sqrt(1 - x**2)", "was taken for it, with u = 1 - x**2"),
        ("1/(2*sqrt(1 - x**2))", "a lost inner derivative"),
        (lambda x: x / math.sqrt(1 - x * x), "the true derivative, negated"),
    ],
)
def test_a_slip_is_named_where_f_is_real_in_a_small_part_of_the_domain(wrong, words):
    assert words in " ".join(failure(lambda x: ag.sqrt(1 - x**2), wrong).split())


def test_a_slip_is_named_where_f_is_real_far_outside_of_the_usual_domain_alone():
    report = failure(lambda x: ag.sqrt(x - 1000), "1/sqrt(x - 1000)")
    assert "the derivative of sqrt(u) by u is 1 / (2 * sqrt(u))" in report


@pytest.mark.parametrize(
    ("f", "wrong"), [(ag.asin, "1/sqrt(1 + x**2)"), (ag.sqrt, "sqrt(x)/2"), (ag.cbrt, "cbrt(x)**2")]
)
def test_a_point_with_a_finite_derivative_is_shown_rather_than_one_without(f, wrong):
    assert "it should be inf" not in failure(f, wrong)
    assert "it should be inf" in failure(f, wrong, at=[1.0 if f is ag.asin else 0.0])


def test_a_derivative_that_is_wrong_at_one_point_is_told_to_be_right_at_the_others():
    report = failure(lambda x: x**2, lambda x: 7.0 if x == 2.0 else 2.0 * x)
    assert re.search(r"At (\d+) of the (\d+) points that were tried it is right\.$", report)
    right, tried = map(int, re.findall(r"At (\d+) of the (\d+)", report)[0])
    assert right == tried - 1
    assert "it is right." not in failure(lambda x: x**2, "3*x")


@pytest.mark.parametrize("f", [lambda w: ag.stop_gradient(w) ** 2 + 0.0 * w, lambda w: w.data**2])
def test_what_keeps_a_function_from_backward_is_named(f):
    with pytest.raises(WrongDerivativeError, match=r"what f takes out by \.data or"):
        check_gradient(f, 3.0)
    check_gradient(lambda w: w * w, 3.0)


@pytest.mark.parametrize("x", [0.0, 1.0, 2.0, -3.0])
@pytest.mark.parametrize("way", [-math.inf, math.inf])
def test_a_derivative_that_is_wrong_only_next_to_a_small_whole_number_is_refused(x, way):
    place = math.nextafter(x, way)
    with pytest.raises(AssertionError):
        assert_derivative(
            lambda x: x**2 + x, lambda x: 9.0 if x == place else 2.0 * x + 1.0, domain=(-5, 5)
        )


def cancelling(x):
    return (1.0 - ag.cos(x)) / x**2


def slope_of_cancelling(x):
    with mpmath.workdps(120):
        x = mpmath.mpf(x)
        return float(mpmath.sin(x) / x**2 - 2 * (1 - mpmath.cos(x)) / x**3)


FAST = ag.jit(cancelling)
TIMES = ag.jit(lambda x, k: cancelling(x) * k, static_argnums=1)
COMPILED = {
    "itself": FAST,
    "twice": ag.jit(FAST),
    "below partial": functools.partial(FAST),
    "of partial": ag.jit(functools.partial(cancelling)),
    "called inside": lambda x: 2.0 * FAST(x) / 2.0,
    "with a static argument": lambda x: TIMES(x, 1),
}


@pytest.mark.parametrize("f", COMPILED.values(), ids=COMPILED)
def test_a_compiled_function_that_cancels_has_the_digits_of_what_was_compiled(f):
    assert assert_derivative(f, slope_of_cancelling, at=[1e-8, 1e-5, 1e-3, 2.0])
    assert_derivative(f, slope_of_cancelling, domain=(1e-9, 1.0), examples=20)
    assert check_gradient(f, 1e-3, rtol=1e-5).detail.endswith("60 digits")
    with pytest.raises(AssertionError):
        assert_derivative(f, lambda x: slope_of_cancelling(x) * (1.0 + 1e-6), at=[2.0])
    in_floats = lambda x: math.sin(x) / x**2 - 2.0 * (1.0 - math.cos(x)) / x**3  # noqa: E731
    assert_derivative(f, in_floats, at=[1e-5, 1e-3])


def test_a_point_of_one_argument_may_be_a_tuple_of_one():
    assert_derivative(lambda x: x**2, lambda x: 2.0 * x, at=[(2,), 3.0])
    with pytest.raises(AssertionError, match=r"at x = +2.0   .one of the points given"):
        assert_derivative(lambda x: x**2, lambda x: 3.0 * x, at=[(2,)])


def second_slope_of_cancelling(x):
    return ((x**2 - 6.0) * ag.cos(x) - 4.0 * x * ag.sin(x) + 6.0) / x**4


DERIVED = {
    "grad": grad(cancelling),
    "value_and_grad": lambda x: ag.value_and_grad(cancelling)(x)[1],
    "jvp": lambda x: ag.jvp(cancelling, (x,), (1.0,))[1],
    "vjp": lambda x: ag.vjp(cancelling, x)[1](1.0)[0],
    "jacobian": ag.jacobian(cancelling),
    "jit": jit(grad(cancelling)),
    "by one of two": lambda x: grad(lambda a, b: a * cancelling(b), argnums=1)(1.0, x),
    "with aux": lambda x: grad(lambda t: (cancelling(t), t), has_aux=True)(x)[0],
}


@pytest.mark.parametrize("f", DERIVED.values(), ids=DERIVED)
def test_a_derivative_of_a_function_that_cancels_is_differentiated_with_all_its_digits(f):
    assert_derivative(f, second_slope_of_cancelling, at=[1e-8, -1e-6, 1e-5, 1e-3, 2.0])
    for wrong in (1.0 + 1e-6, -1.0):
        failure(f, lambda x, wrong=wrong: second_slope_of_cancelling(x) * wrong, at=[1e-6])
        failure(f, lambda x, wrong=wrong: second_slope_of_cancelling(x) * wrong, at=[2.0])


def test_derivatives_of_higher_order_are_differentiated_with_all_their_digits():
    third = grad(ag.hessian(lambda x: ag.sin(x) / x))
    assert_derivative(ag.hessian(lambda x: ag.sin(x) / x), third, at=[0.1, 1.0])
    failure(ag.hessian(lambda x: ag.sin(x) / x), lambda x: third(x) * 1.0001, at=[0.1])
    assert_derivative(grad(grad(lambda x: x**5)), lambda x: 60.0 * x**2, domain=(-2.0, 2.0))
    failure(grad(grad(lambda x: x**5)), lambda x: 61.0 * x**2, domain=(-2.0, 2.0))


def test_a_derivative_by_trees_and_several_arguments_is_differentiated():
    def f(w):
        return grad(lambda w: w["a"] ** 2 * w["b"] ** 3)(w)["b"]

    at = [({"a": 2.0, "b": 0.0},), ({"a": 1.5, "b": -0.5},)]
    assert_derivative(
        f, lambda w: {"a": 6 * w["a"] * w["b"] ** 2, "b": 6 * w["a"] ** 2 * w["b"]}, at=at
    )
    failure(f, lambda w: {"a": 6 * w["a"] * w["b"] ** 2, "b": 6 * w["a"] ** 2}, at=at)


def unrecorded(x):
    with ag.no_grad():
        number = x**2
    return number * x


def test_of_a_derivative_kinks_and_what_stops_derivatives_are_left_to_floats():
    two = lambda x: 2.0 * (x > 0.0)  # noqa: E731
    assert_derivative(grad(lambda x: ag.relu(x) ** 2), two, domain=(-2.0, 2.0))
    failure(grad(lambda x: ag.relu(x) ** 2), lambda x: 2.0 * (x < 0.0), domain=(-2.0, 2.0))
    assert_derivative(grad(ag.relu), lambda x: 0.0, domain=(-2.0, 2.0))
    assert_derivative(grad(ag.floor), lambda x: 0.0, domain=(-2.0, 2.0))
    for stopped in (lambda x: ag.stop_gradient(x**2) * x, unrecorded):  # whose gradient is x**2
        assert_derivative(grad(stopped), lambda x: 2.0 * x, at=[-1.0, 0.5, 3.0])
        failure(grad(stopped), lambda x: 6.0 * x, at=[-1.0, 0.5, 3.0])
