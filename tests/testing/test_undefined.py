"""Derivatives that are right as formulas, and no finite numbers in floats: what is said of them."""

import ast
import math
import re

import pytest

import autograd as ag
from autograd.testing import assert_derivative


def failure(f, df, **options):
    with pytest.raises(AssertionError) as caught:
        assert_derivative(f, df, **options)
    return str(caught.value)


def power(x, y):
    return x**y


OF_POWER = ("y*x**(y-1)", "x**y*log(x)")


@pytest.mark.parametrize(
    ("f", "df", "method"),
    [
        (ag.sigmoid, "exp(-x)/(1+exp(-x))^2", "exact"),
        (ag.softplus, "exp(x)/(1+exp(x))", "exact"),
        (ag.tanh, "1/cosh(x)^2", "exact"),
        (ag.tanh, "4*exp(2*x)/(exp(2*x) + 1)^2", "exact"),
        (ag.sigmoid, lambda x: ag.exp(-x) / (1 + ag.exp(-x)) ** 2, "numeric"),
        (lambda x: ag.log(ag.cosh(x)), "(exp(x)-exp(-x))/(exp(x)+exp(-x))", "exact"),
    ],
)
def test_what_overflows_in_floats_far_out_is_judged_by_many_digits(f, df, method):
    assert assert_derivative(f, df).method == method


def test_the_result_says_where_many_digits_decided():
    told = str(assert_derivative(ag.sigmoid, "exp(-x)/(1+exp(-x))^2"))
    assert told.endswith("; by many digits at x = -1000.0 and 5 more")


def test_many_digits_excuse_no_wrong_number_far_out():
    wrong = "where(x < -5000, exp(-x)/(1+exp(-x))^1, exp(-x)/(1+exp(-x))^2)"
    assert "this is not the derivative of f" in failure(ag.sigmoid, wrong)


def test_a_proved_formula_may_be_no_number_at_single_points_and_the_result_says_where():
    told = str(assert_derivative(power, OF_POWER))
    assert told.startswith("exact: ")
    assert "; it is no number at x = 0.0, y = 0.0" in told
    assert "; it is no number at x = 0.0" in str(assert_derivative(lambda x: x**2, "2*x**2/x"))


@pytest.mark.parametrize(
    ("f", "df", "options"),
    [
        (lambda x: x**2, "2*x + 0*log(x)", {}),  # on half of the numbers
        (lambda x: x**2, "2*x**2/x", {"at": [0.0, 1.0]}),  # somebody asks for this point
        (lambda x: x**2, "2*x**2/x", {"domain": (-1, 1)}),
        (lambda x: x**2, lambda x: 2 * x**2 / x if x else math.nan, {}),  # nothing is proved
    ],
)
def test_no_other_point_is_excused(f, df, options):
    assert "this is right wherever it is finite" in failure(f, df, **options)


@pytest.mark.parametrize(
    ("f", "df", "options", "words"),
    [
        (ag.tanh, lambda x: 1 / math.cosh(x) ** 2, {}, "There it overflows: a float ends at 1.8e"),
        (ag.cbrt, "1/3*x^(-2/3)", {}, "a power of a negative number"),
        (power, OF_POWER, {"domain": {"x": (0, 5), "y": (0, 3)}}, "is 0 * inf there, which is nan"),
        (ag.sigmoid, lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2, {}, "There it overflows"),
        (lambda x: x**2, "2*x**2/x", {"domain": (-20, 20)}, "2 * x**2 / x is 0 / 0 there"),
    ],
)
def test_the_report_says_why_and_a_domain_that_will_do(f, df, options, words):
    report = failure(f, df, **options)
    assert report.startswith("this is right wherever it is finite")
    assert words in " ".join(report.split())
    assert all(len(line) <= 80 for line in report.splitlines())
    domain = ast.literal_eval(re.search(r"    domain=(.*)", report)[1])
    assert assert_derivative(f, df, domain=domain)


def test_a_product_that_would_be_written_as_nothing_is_not_named():
    report = failure(lambda x: x**2, "2*x + where(abs(x) > 500, 0*exp(exp(abs(x))), 0)")
    assert "It has 0 * inf there, which is nan; exp(abs(x)) is inf" in " ".join(report.split())


def test_the_range_that_will_do_for_a_list_is_that_of_each_number():
    ranges = {"w": [(-1, 1), (-1, 1)]}
    report = failure(lambda w: w[0] ** 2 + w[1], lambda w: [2 * w[0] ** 2 / w[0], 1], domain=ranges)
    assert report.endswith("points:\n    with (0.1, 1) for each number")


def test_points_that_were_given_are_to_be_left_out():
    report = failure(ag.tanh, lambda x: 1 / math.cosh(x) ** 2, at=[1.0, 1000.0])
    assert "leave such points out of at" in report


def test_what_is_nowhere_a_number_is_not_called_right():
    assert failure(lambda x: x**2, lambda x: math.nan).startswith("this is not the derivative")


def test_a_wrong_number_is_told_before_one_that_is_missing():
    report = failure(ag.sin, lambda x: math.cos(x) / (x != 1.0) + (x > 7.0))
    assert "at x =       8.0" in report


def test_a_random_wrong_number_is_found_though_another_is_missing():
    report = failure(ag.sin, lambda x: math.cos(x) / (x != 1.0) + (7.1 < x < 7.9))
    assert report.startswith("this is not the derivative")


def test_the_range_that_is_reported_is_the_one_that_was_tried():
    assert "found in [-10, 10] and some to 1e6)" in failure(lambda x: x**2, "3*x")
    assert "found in [-20, 10])" in failure(lambda x: x**2, "3*x", domain=(-20, 10))
