"""Derivatives of functions of several numbers, vectors, trees and models, by hand and checked."""

import itertools
import math
import re
from dataclasses import dataclass

import numpy
import pytest

import autograd as ag
import nn
from autograd.table.operation import TABLE
from autograd.testing import assert_derivative, check_gradient, multiprecision, sampling


def failure(f, df, **options):
    with pytest.raises(AssertionError) as caught:
        assert_derivative(f, df, **options)
    return str(caught.value)


def wave(a, b):
    return ag.sin(a * b)


def both(a, b):
    return b * ag.cos(a * b), a * ag.cos(a * b)


def line(w, b):
    return ag.tanh(w[0] * w[1] ** 2 + b)


@dataclass
class Pair:
    left: float
    right: float


@pytest.mark.parametrize(
    ("f", "df", "options"),
    [
        (wave, both, {}),
        (wave, both, {"domain": (-2, 2)}),
        (wave, both, {"domain": {"a": (-1, 1), "b": (0, 5)}}),
        (wave, both, {"domain": {"b": (0, 5), "a": (-1, 1)}}),
        (wave, both, {"at": [(1.0, 2.0), (0, -3)]}),
        (wave, ag.grad(wave), {}),  # by the first argument, as grad gives it
        (wave, ag.grad(wave, (0, 1)), {}),
        (wave, lambda a, b: dict(zip("ab", both(a, b), strict=True)), {}),
        (wave, ("b*cos(a*b)", "a*cos(a*b)"), {}),
        (wave, {"b": "a*cos(a*b)", "a": "b*cos(a*b)"}, {}),
        (wave, "b*cos(a*b)", {"at": [(1, 2)]}),
        (ag.atan2, ("b/(a**2 + b**2)".replace("a", "y").replace("b", "x"), "-y/(y**2 + x**2)"), {}),
        (lambda *v: v[0] * v[1] * v[2], lambda a, b, c: (b * c, a * c, a * b), {"at": [(1, 2, 3)]}),
        (line, ag.grad(line), {"at": [([1.0, 2.0], -3.5)]}),
        (line, ag.grad(line), {"domain": {"w": [(-1, 1), (0, 1)], "b": (-1, 1)}}),
        (lambda w: (w * w).sum(), lambda w: 2 * w, {"at": [numpy.array([[1.0, 2.0], [3.0, 4.0]])]}),
        (lambda w: w @ w, lambda w: [2 * x for x in w], {"at": [numpy.array([1.0, 2.0])]}),
        (
            lambda p: p["a"] * p["b"],
            lambda p: {"b": p["a"], "a": p["b"]},
            {"at": [{"a": 1, "b": 2}]},
        ),
        (lambda p: p[0] * p[1], lambda p: (p[1], p[0]), {"at": [(1.0, 2.0)]}),  # one tuple
        (
            lambda p: p.left / p.right,
            lambda p: Pair(1 / p.right, -p.left / p.right**2),
            {"at": [Pair(1.0, 2.0)]},
        ),
        (lambda x, k=2.0: k * x, lambda x: 2.0, {}),
        (lambda x, k=2.0: k * x, lambda x, k: (k, x), {"domain": {"x": (0, 1), "k": (0, 1)}}),
    ],
)
def test_a_right_derivative_passes(f, df, options):
    assert_derivative(f, df, examples=30, **options)


def test_formulas_for_all_arguments_are_proved():
    checked = assert_derivative(lambda a, b: a * b**2, ("b**2", "2*a*b"))
    assert str(checked) == "exact: SymPy has d/da a*b**2 = b**2, d/db a*b**2 = 2*a*b"


def test_all_wrong_components_are_listed_each_with_its_slip():
    report = failure(
        lambda w, b: ag.sum(x**3 for x in w) + ag.exp(2 * b),
        lambda w, b: ([3 * w[0] ** 2, w[1] ** 2, 3 * w[2] ** 2 + 1], ag.exp(2 * b)),
        at=[([1.0, 2.0, 3.0], 0.5)],
    )
    assert report == (
        "this is not the derivative of f\n\n"
        "    at w[0] = 1.0, w[1] = 2.0, w[2] = 3.0, b = 0.5   (one of the points given)\n\n"
        "    by     yours is            it should be\n"
        "    w[1]   4.0                 12.0\n"
        "    w[2]   28.0                27.0\n"
        "    b      2.718281828459045   5.43656365691809\n\n"
        "What may have gone wrong:\n"
        "by w[1]: the power rule: the exponent of w[1]**3 comes down as a factor\n"
        "by w[2]: it is off by the same 1 everywhere: a term is too many, or its sign\n"
        "is wrong\n"
        "by b: a lost inner derivative: the chain rule has a factor d(2 * b)/db, and\n"
        "it was left out"
    )


def test_derivatives_by_the_wrong_argument_are_recognised():
    report = " ".join(failure(wave, lambda a, b: both(a, b)[::-1]).split())
    assert "by a: it is the derivative by b: the two may have been swapped" in report
    assert "by b: it is the derivative by a: the two may have been swapped" in report


@pytest.mark.parametrize(
    ("f", "df", "point"),
    [
        (lambda x, y: x * y, ("x", "y"), "at x = 0.0, y = 1.0 "),
        (
            lambda w, x, b: ag.tanh(w * x + b),
            ("w*(1 - tanh(w*x + b)^2)", "w*(1 - tanh(w*x + b)^2)", "1 - tanh(w*x + b)^2"),
            "at w = 0.0, x = 1.0, b = 2.0 ",
        ),
    ],
)
def test_where_equal_numbers_hide_a_slip_the_point_shown_is_of_small_whole_numbers(f, df, point):
    assert point in failure(f, df)


def test_a_slip_that_gives_the_derivative_by_another_argument_is_no_swap_of_the_two():
    f = lambda x, y: ag.sin(x + y**2)  # noqa: E731
    report = " ".join(failure(f, ("cos(x+y**2)", "cos(x+y**2)")).split())
    assert "by y: a lost inner derivative: the chain rule has a factor d(x + y**2)/dy" in report
    assert "swapped" not in report


def test_a_claim_that_is_right_on_one_side_of_another_number_says_so():
    report = " ".join(failure(lambda x, y: abs(x) * y, ("y", "x")).split())
    side = "it is right for x > 0, and wrong for x < 0"
    assert f"by x: {side}: the derivative of abs(x) by x was taken to be 1 everywhere" in report
    assert f"by y: {side}: abs(x) was taken to be x everywhere" in report


def test_the_points_of_a_domain_of_two_numbers_or_three_lie_on_no_line():
    for count in (2, 3):
        columns = zip(*sampling.spread([(-1.0, 1.0)] * count, 40), strict=True)
        for one, other in itertools.combinations(columns, 2):
            assert abs(numpy.corrcoef(one, other)[0, 1]) < 0.3


def test_the_parameters_of_a_model_go_by_their_names():
    model, point = nn.MLP(2, [3, 1], seed=1), [1.0, 2.0]

    def score(model, x):
        return model(x)

    def wrong(model, x):
        gradient = ag.grad(score)(model, x)
        signs = iter([1, -1] + [1] * 11)
        return ag.tree_map(lambda number: number * next(signs), gradient)

    assert str(check_gradient(score, model, point)).startswith("numeric: 15 derivatives")
    assert_derivative(score, ag.grad(score), at=[(model, point)])
    report = failure(score, wrong, at=[(model, point)])
    assert re.search(r"model.layers.0.neurons.0.w.1 +-0.606\d+ +0.606\d+\n", report)
    sentence = "by model.layers.0.neurons.0.w.1: the sign: it is the true derivative, negated"
    assert sentence in " ".join(report.split())


def test_many_wrong_components_are_counted():
    report = failure(lambda w: (w * w).sum(), lambda w: w, at=[numpy.arange(1.0, 51.0)])
    assert "and 30 more numbers" in report
    assert "w[19]" in report
    assert "w[20]" not in report
    assert report.count("power rule") <= 2
    assert len(report.splitlines()) < 80


@pytest.mark.parametrize(
    ("f", "df", "options", "error", "words"),
    [
        (wave, both, {"at": [1.0]}, TypeError, r"f takes a, b, so each point in at is a tuple"),
        (wave, both, {"at": [(1, 2, 3)]}, TypeError, r"tuple \(a, b\), and one was \(1, 2, 3\)"),
        (wave, both, {"domain": {"a": (0, 1)}}, ValueError, "domain names a, and f takes a, b"),
        (wave, both, {"domain": {"a": (0, 1), "b": 3}}, TypeError, "domain is a pair"),
        (wave, lambda a, b: (b, a, 1.0), {}, ValueError, "must return what"),
        (wave, ("a", "b", "1"), {}, ValueError, "f takes a, b, and df has 3 formulas"),
        (wave, ("a", 3), {}, TypeError, "df is a function, or a formula"),
        (wave, "a*c", {}, ValueError, r"f takes a, b, and the formula 'a\*c' has a, c"),
    ],
)
def test_what_does_not_fit_is_refused(f, df, options, error, words):
    with pytest.raises(error, match=words):
        assert_derivative(f, df, **options)


def test_check_gradient_names_the_components(monkeypatch):
    monkeypatch.setattr(ag.sin, "partials", (lambda y, x: 2.0,))
    with pytest.raises(AssertionError) as caught:
        check_gradient(lambda w, b: ag.sin(w[1]) * w[0] + b, [1.0, 0.5], 2.0)
    assert "w[1]   2.0           0.87758" in str(caught.value)
    assert "w[0]  " not in str(caught.value)


@pytest.mark.parametrize("row", ["digamma", "lgamma", "polygamma"])
@pytest.mark.parametrize("x", [-math.inf, math.inf, math.nan, -3.0, 0.0, -2.5])
def test_the_many_digits_of_gamma_functions_are_numbers_everywhere(row, x):
    arithmetic = multiprecision.context()
    numbers = (2, arithmetic.mpf(x)) if row == "polygamma" else (arithmetic.mpf(x),)
    float(multiprecision.KNOWN[row](arithmetic, *numbers))


@pytest.mark.parametrize("row", ["erfc", "erf", "normal_cdf", "gelu"])
@pytest.mark.parametrize("x", [1e10, 1e99, 1e101, 1e200, -1e101, -1e200, 1e308, -1e308, math.inf])
def test_the_many_digits_of_tails_are_numbers_however_far_out(row, x):
    found = multiprecision.KNOWN[row](multiprecision.context(), multiprecision.context().mpf(x))
    assert float(found) == float(TABLE[row](x))


TREES = {
    "a list": (lambda x: x[0] * x[1], lambda x: [x[1], x[0]]),
    "a list that is unpacked": (lambda x: (lambda a, b: a * b)(*x), lambda x: [x[1], x[0]]),
    "a sum": (lambda x: ag.sum([a * a for a in x]), lambda x: [2.0 * a for a in x]),
    "a length": (lambda x: x[-1] / len(x), lambda x: [0.0] * (len(x) - 1) + [1.0 / len(x)]),
    "an array": (lambda x: (x * x).sum(), lambda x: 2.0 * x),
    "a mean": (lambda x: (x**3).mean(), lambda x: 3.0 * x**2 / x.size),
    "a matrix": (lambda x: (x[0, 0] * x[1, 1]) ** 2 + 0.0 * x.sum(), None),
    "two arrays": (lambda x, w: w @ (2.0 * x), lambda x, w: (2.0 * w, 2.0 * x)),
    "an array and a number": (lambda x, b: (x * x + b).sum(), lambda x, b: (2.0 * x, 1.0 * x.size)),
    "a number and an array": (lambda b, x: (x * x + b).sum(), lambda b, x: (1.0 * x.size, 2.0 * x)),
}


@pytest.mark.parametrize("name", TREES)
def test_a_function_of_lists_or_arrays_that_was_tried_at_numbers_is_told_how_to_say_so(name):
    f, df = TREES[name]
    df = df or ag.grad(f)
    with pytest.raises((TypeError, AttributeError)) as caught:
        assert_derivative(f, df)
    (note,) = caught.value.__notes__
    told = re.fullmatch(
        r"f was tried at numbers: at=(.*) says that its .*, and domain=(.*) besides what to try",
        note,
    )
    at, domain = [eval(each, {"numpy": numpy}) for each in told.groups()]
    assert assert_derivative(f, df, at=at)
    assert assert_derivative(f, df, domain=domain, examples=5)
    with pytest.raises(AssertionError):
        assert_derivative(f, lambda *args: ag.tree_map(lambda a: a + 1.0, df(*args)), at=at)


def test_lists_that_should_be_arrays_and_an_array_in_place_of_points_are_told_so_too():
    f, df = TREES["an array"]
    way = r"at=\[numpy.array\(\[1.0, 2.0\]\)\] says that its argument is an array of two"
    with pytest.raises(TypeError) as caught:
        assert_derivative(f, df, domain={"x": [(0, 1), (0, 1)]})
    assert re.match(rf"f was tried at \[a number, a number\]: {way}", caught.value.__notes__[0])
    with pytest.raises(AttributeError) as caught:
        assert_derivative(f, df, at=numpy.array([1.0, 2.0]))
    assert re.match(f"f was tried at numbers: {way}", caught.value.__notes__[0])


def test_a_function_of_a_dict_is_told_that_points_say_so_and_other_mistakes_are_left_alone():
    with pytest.raises(TypeError, match="not subscriptable") as caught:
        assert_derivative(lambda p: p["a"] ** 2, lambda p: {"a": 2.0 * p["a"]})
    assert "at=[{'a': 1.0}] of a dict" in caught.value.__notes__[0]
    assert assert_derivative(lambda p: p["a"] ** 2, lambda p: {"a": 2.0 * p["a"]}, at=[{"a": 1.0}])
    with pytest.raises(TypeError) as caught:
        assert_derivative(lambda x: math.cos(x), "-sin(x)")
    assert not hasattr(caught.value, "__notes__")
    with pytest.raises(TypeError) as caught:
        assert_derivative(lambda v: v[0] + "a", "1", at=[[1.0, 2.0]])
    assert not hasattr(caught.value, "__notes__")


def test_an_array_of_pairs_is_the_domain_of_an_array():
    f, df = TREES["an array"]
    assert assert_derivative(
        f, df, domain={"x": numpy.array([(0, 1), (-1, 1), (2, 3)])}, examples=5
    )
    wrong = lambda x: numpy.where(x > 2.0, 3.0 * x, 2.0 * x)  # noqa: E731
    with pytest.raises(AssertionError, match=r"x\[2\] +.*"):
        assert_derivative(
            f, wrong, domain={"x": numpy.array([(0, 1), (-1, 1), (2, 3)])}, examples=5
        )
    assert assert_derivative(lambda x: x * x, "2*x", domain=numpy.array([0, 1]))


def test_formulas_of_several_numbers_go_by_order_or_by_name():
    f = lambda x, y: x * y**2  # noqa: E731
    for df in (("y**2", "2*x*y"), ["y**2", "2*x*y"], {"y": "2*x*y", "x": "y**2"}, "y**2"):
        assert assert_derivative(f, df).method == "exact"
        assert assert_derivative(f, df, at=[(1.0, 2.0)]).method == "exact"
    with pytest.raises(AssertionError, match=r"by x: it is the derivative by y"):
        assert_derivative(f, ("2*x*y", "y**2"))
    with pytest.raises(ValueError, match="several formulas as several texts"):
        assert_derivative(f, "(y**2, 2*x*y)")
    with pytest.raises(TypeError, match=r"write one function that returns them all, lambda x, y: "):
        assert_derivative(f, (lambda x, y: y**2, lambda x, y: 2 * x * y))
    assert assert_derivative(f, lambda x, y: (y**2, 2 * x * y))


def test_one_derivative_that_is_another_ones_is_told_without_a_swap():
    report = failure(lambda x, y, z: x * y * z, ("y*z", "x*z", "z*x"))
    assert "by z: it is the derivative by y\n" in report + "\n"


def test_a_slip_in_a_part_too_long_to_be_written_is_told_by_its_rule():
    rows = [(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)]
    report = failure(
        lambda w, b: sum((w * x + b - t) ** 2 for x, t in rows) / 3.0,
        lambda w, b: (
            sum(2.0 * x * (w * x + b - t) for x, t in rows),
            sum(2.0 * (w * x + b - t) for x, t in rows),
        ),
    )
    assert "the derivative of u / 3 by u is 1 / 3, and 1 was taken for it" in " ".join(
        report.split()
    )


def test_a_wrong_derivative_at_points_whose_sizes_add_up_to_more_than_a_float_holds_is_reported():
    with pytest.raises(AssertionError, match="by y: the sign"):
        assert_derivative(lambda x, y: x - y, lambda x, y: (1.0, 1.0), domain=(1e308, 1.79e308))
