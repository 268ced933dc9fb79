"""Formulas in place of functions, and functions of other names: what the messages say to write."""

import math
import re

import pytest

import autograd
from autograd.testing import assert_derivative


def refusal(f, df, *domain):
    with pytest.raises(autograd.AutogradError) as caught:
        assert_derivative(f, df, *domain)
    return str(caught.value)


def product(x, y):
    return x * y**2


@pytest.mark.parametrize(
    ("formula", "point", "value"),
    [
        ("t**2", [3.0], 9.0),
        ("2x^2 + 1", [3.0], 19.0),
        ("sin^2(x)", [0.5], math.sin(0.5) ** 2),
        ("3 sin^2(2x)", [0.5], 3 * math.sin(1.0) ** 2),
        ("x e^x", [2.0], 2.0 * math.e**2),
        ("x e^(-x)", [2.0], 2.0 * math.e**-2),
        ("ln x + pi", [2.0], math.log(2.0) + math.pi),
        ("f(x) = |x|", [-2.0], 2.0),
        ("x*y", [2.0, 3.0], 6.0),
        ("where(x > 0, x, x^2)", [-3.0], 9.0),
        ("max(x, 0)", [-3.0], 0.0),
    ],
)
def test_the_function_that_is_offered_for_a_formula_is_python_and_has_its_value(
    formula, point, value
):
    said = re.search(r": write (lambda .*?)(?:, with (.*))?$", refusal(formula, "1"))
    names = {}
    for line in (said[2] or "").split(" and "):
        exec(line, names)
    assert eval(said[1], names)(*point) == pytest.approx(value, rel=1e-14)


def test_text_that_is_no_formula_is_not_offered():
    assert refusal("1/2x", "1").endswith("'1/2x' (str), such as lambda x: x**2")


@pytest.mark.parametrize(
    ("df", "words"),
    [
        ({"y": "2*x*y"}, "df has formulas by y: there is none by x"),
        ({"z": "y", "x": "y**2"}, "by z, x: there is none by y; f takes no z"),
        ({"x": "y**2", "y": "2*x*y", "z": "0"}, "df has formulas by x, y, z: f takes no z"),
        ({}, "df has formulas by nothing: there is none by x, y"),
        ({"x": product, "y": product}, "write one function that returns them all"),
    ],
)
def test_a_formula_that_is_missing_is_named(df, words):
    assert words in refusal(product, df)


def test_derivatives_by_several_arguments_go_in_one_tuple():
    words = "go in one tuple, assert_derivative(f, ('y**2', '2*x*y'))"
    assert words in refusal(product, "y**2", "2*x*y")


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("2*a*x", "write f'2*({a})*x'"),
        ("a*aa + x*c", "write f'({a})*({aa}) + x*({c})'"),
        ("ln2*2^x", "write ln(2) for ln2"),
        ("sinx + x*cosx", "write sin(x) for sinx and cos(x) for cosx"),
    ],
)
def test_names_that_f_does_not_take_are_told_how_they_are_written(formula, words):
    assert refusal(lambda x: x, formula).endswith(words)


@pytest.mark.parametrize("formula", ["3*x**2 +", "3,0*x**2", "3*q(x)"])
def test_a_formula_that_cannot_be_read_is_reported_at_the_users_line_alone(formula):
    with pytest.raises(ValueError, match="cannot read") as caught:
        assert_derivative(lambda x: x**3, formula)
    assert len(caught.traceback.filter(caught)) == 1
