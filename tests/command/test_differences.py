"""Slopes by differences: accurate where the function is smooth, and frank where it is not."""

import math

import pytest
from mpmath import mp

from autograd.differences import slope
from autograd.notation.expression import read
from autograd.testing import slopes


def of(formula):
    expression = read(formula)
    return lambda x: float(expression({"x": x}))


@pytest.mark.parametrize(
    ("formula", "at", "true", "relative"),
    [
        ("x**2", 3.0, 6.0, 1e-13),
        ("exp(x)", 1.0, math.e, 1e-12),
        ("exp(x)", -700.0, math.exp(-700.0), 1e-12),
        ("exp(x)", 700.0, math.exp(700.0), 1e-12),
        ("log(x)", 1e-3, 1e3, 1e-11),
        ("log(x)", 1e-300, 1e300, 1e-10),
        ("log(x)", 1e300, 1e-300, 1e-10),
        ("1/x", 1e-5, -1e10, 1e-12),
        ("sin(x)", 1e6, math.cos(1e6), 1e-10),
        ("sin(1e6*x)", 0.0, 1e6, 1e-12),
        ("sin(1/x)", 0.01, -math.cos(100.0) * 1e4, 1e-6),
        ("tan(x)", 1.5707963, float(mp.sec(mp.mpf(1.5707963)) ** 2), 1e-10),
        ("sigmoid(1000*x)", 0.01, 1000 * float(mp.exp(-10) / (1 + mp.exp(-10)) ** 2), 1e-9),
        ("x", 1e300, 1.0, 1e-13),
        ("relu(x)", 1e-12, 1.0, 1e-12),
    ],
)
def test_smooth_points(formula, at, true, relative):
    found = slope(of(formula), at)
    assert found.remark == ""
    assert found.central == pytest.approx(true, rel=relative)
    assert found.agrees(true)
    assert not found.agrees(true * 1.001)


@pytest.mark.parametrize(
    ("formula", "at", "remark"),
    [
        ("abs(x)", 0.0, "kink: slope -1 on the left, 1 on the right"),
        ("relu(x)", 0.0, "kink: slope 0 on the left, 1 on the right"),
        ("maximum(x, 2)", 2.0, "kink: slope 0 on the left, 1 on the right"),
        ("floor(x)", 2.0, "the value jumps here"),
        ("round(x)", 0.5, "the value jumps here"),
        ("cbrt(x)", 0.0, "no finite slope"),
        ("sqrt(x)", 0.0, "no finite slope"),
        ("asin(x)", 1.0, "no finite slope"),
        ("x**1.5", 0.0, "edge of the domain: slope 0 on the right"),
        ("x**1.1", 0.0, "edge of the domain: slope 0 on the right"),
        ("x*sqrt(x) - 3*x + 1", 0.0, "edge of the domain: slope -3 on the right"),
        ("(1 - x)**2.5", 1.0, "edge of the domain: slope 0 on the left"),
        ("where(x > 0, x**1.5, -2*x)", 0.0, "kink: slope -2 on the left, 0 on the right"),
        ("tan(x)", math.pi / 2.0, "a pole is so near to here that differences step over it"),
        ("1/sin(x)", math.pi, "a pole is so near to here"),
        ("1/(x - 1)**2", 1.0 + 1e-15, "a pole is so near to here"),
        ("log(x)", 0.0, "not finite here"),
        ("exp(-1/x)", 0.0, "the value is infinite on the left of here; slope 0 on the right"),
        ("log(x)", -1.0, "not finite here"),
    ],
)
def test_special_points_are_named(formula, at, remark):
    assert remark in slope(of(formula), at).remark


@pytest.mark.parametrize("formula", ["x**x", "x**0.9"])
def test_slopes_that_do_not_settle_at_an_edge_are_not_told_as_a_number(formula):
    found = slope(of(formula), 0.0)
    assert found.remark == "edge of the domain: the slopes on the right do not settle"
    assert math.isnan(found.left)
    assert math.isnan(found.right)


@pytest.mark.parametrize(
    ("formula", "at", "central"),
    [
        ("cbrt(x)", 0.0, math.inf),
        ("-sqrt(x)", 0.0, -math.inf),
        ("acos(x)", 1.0, -math.inf),
        ("sqrt(abs(x))", 0.0, math.nan),
        ("where(x > 0, sqrt(x), x)", 0.0, math.nan),
        ("floor(x)", 2.0, math.nan),
        ("sign(x)", 0.0, math.nan),
        ("tan(x)", math.pi / 2.0, math.nan),
        ("exp(-1/x)", 0.0, math.nan),
    ],
)
def test_where_there_is_no_slope_no_finite_number_is_given_for_one(formula, at, central):
    found = slope(of(formula), at).central
    assert found == central or (math.isnan(found) and math.isnan(central))


@pytest.mark.parametrize(
    ("formula", "at", "left", "right"),
    [
        ("sqrt(x)", 0.0, math.nan, math.inf),
        ("cbrt(x)", 0.0, math.inf, math.inf),
        ("-cbrt(x)", 0.0, -math.inf, -math.inf),
        ("sqrt(abs(x))", 0.0, -math.inf, math.inf),
        ("asin(x)", 1.0, math.inf, math.nan),
        ("where(x > 0, sqrt(x), x)", 0.0, 1.0, math.inf),
        ("floor(x) + 3*x", 1.0, math.nan, 3.0),
        ("sign(x)", 0.0, math.nan, math.nan),
        ("abs(x)", 0.0, -1.0, 1.0),
    ],
)
def test_the_slope_on_one_side_is_infinite_where_it_grows_without_end(formula, at, left, right):
    expression = read(formula)
    precise = slopes.slope(lambda point: expression({"x": point[0]}), [at], 0)
    for found in (slope(of(formula), at), precise):
        for side, expected in ((found.left, left), (found.right, right)):
            assert side == pytest.approx(expected, nan_ok=True)
        if math.isinf(found.central):
            assert found.central in (left, right)
            assert math.isnan(left + right) or left == right


def test_a_value_that_is_infinite_beside_a_point_is_told():
    def needle(x):
        return 0.0 if x == 0.0 else math.inf

    assert slope(needle, 0.0).remark == "the value is infinite on both sides of here"
    right = slope(lambda x: math.inf if x > 0.0 else 2.0 * x, 0.0)
    assert right.remark == "the value is infinite on the right of here; slope 2 on the left"


def test_a_zero_slope_agrees_as_far_as_rounding_allows():
    found = slope(of("tanh(x)"), 20.0)
    assert found.agrees(4.0 * math.exp(-40.0))
    assert not found.agrees(1e-3)


def test_digits_that_agree():
    found = slope(of("x**2"), 3.0)
    assert found.digits(6.0) >= 13
    assert found.digits(6.006) == 2 or found.digits(6.006) == 3
    assert found.digits(-6.0) == 0
    assert found.digits(math.inf) == 0
    assert found.digits(math.nan) == 0
    assert slope(of("x*x"), 0.0).digits(math.nan) == 0
