"""Operations of the user's own: a rule that gives Values a plain number must give a constant."""

import math
import random

import numpy as np
import pytest

import autograd as ag
from autograd import Value, grad, hessian, jit

KEPT = {}


def declared(value, *rules):
    return ag.primitive(partials=rules)(value)


def sine(x):
    return math.sin(x)


def kept_exponential(x):
    KEPT["y"] = math.exp(x)
    return KEPT["y"]


LOST = [
    declared(sine, lambda y, x: math.cos(x.data if isinstance(x, Value) else x)),
    declared(kept_exponential, lambda y, x: KEPT["y"]),
    declared(lambda x: x * x, lambda y, x: 2.0 * getattr(x, "data", x)),
    declared(lambda x: 3.0 * x * x, lambda y, x: 6.0 * float(f"{x:.17g}")),
]


@pytest.mark.parametrize("operation", LOST)
@pytest.mark.parametrize("at", [0.0, 1.0, -2.5])
def test_a_rule_that_loses_the_second_derivative_is_an_error(operation, at):
    assert grad(operation)(at) == operation.partials[0](operation(at), at)
    with pytest.raises(TypeError, match=r"by x gave a plain number(.|\n)*functions of autograd"):
        grad(grad(operation))(at)
    x = Value(at)
    with pytest.raises(TypeError, match="higher order"):
        ag.gradient(ag.gradient(operation(x), [x])[0], [x])
    assert grad(operation)(at) == operation.partials[0](operation(at), at)


KEPT_BY = {}


class Keeping:
    def forward(self, x):
        self.kept = math.exp(x)
        return self.kept * x

    def slope(self, y, x):
        return self.kept * (x + 1.0)


def keeps(x):
    KEPT_BY["s"] = math.exp(x)
    return KEPT_BY["s"] * x


KEEPING = Keeping()
MIXED = [
    declared(keeps, lambda y, x: KEPT_BY["s"] * (x + 1.0)),
    declared(keeps, lambda y, x: y + KEPT_BY["s"]),
    declared(lambda x: KEEPING.forward(x), lambda y, x: KEEPING.slope(y, x)),
]


@pytest.mark.parametrize("operation", MIXED)
@pytest.mark.parametrize("at", [1.0, -2.5])
def test_a_rule_that_mixes_a_kept_number_with_its_operands_is_an_error(operation, at):
    for _ in range(2):
        assert grad(operation)(at) == pytest.approx(math.exp(at) * (at + 1.0), rel=1e-14)
        with pytest.raises(TypeError, match="kept from the forward pass"):
            grad(grad(operation))(at)


def test_a_kept_number_in_a_branch_that_is_taken_later_is_an_error():
    def slope(y, x):
        return (x + 1.0) * ag.exp(x) if x > 0.0 else KEPT_BY["s"] * (x + 1.0)

    operation = declared(keeps, slope)
    assert grad(grad(operation))(0.5) == pytest.approx(2.5 * math.exp(0.5))
    for _ in range(2):
        with pytest.raises(TypeError, match="kept from the forward pass"):
            grad(grad(operation))(-0.5)
    assert grad(grad(operation))(1.0) == pytest.approx(3.0 * math.e)


def test_a_kept_number_that_a_condition_reads_at_other_numbers_only_is_an_error():
    operation = declared(keeps, lambda y, x: (x + 1.0) * (ag.exp(x) if x < 2.0 else KEPT_BY["s"]))
    assert hessian(operation)(1.0) == pytest.approx(3.0 * math.e)
    with pytest.raises(TypeError, match="kept from the forward pass"):
        hessian(operation)(3.0)


def test_a_rule_without_kept_numbers_is_checked_once_for_each_of_its_branches():
    calls = []

    def counted(x):
        calls.append(x)
        return math.exp(x)

    operation = declared(counted, lambda y, x: ag.exp(x) if x > 0.0 else y)
    second = grad(grad(operation))
    for at, often in [(1.0, False), (2.0, True), (-1.0, False), (-2.0, True), (3.0, True)]:
        calls.clear()
        assert second(at) == pytest.approx(math.exp(at))
        assert (len(calls) == 1) is often


def test_a_rule_of_what_it_is_given_is_none_that_keeps_numbers():
    calls = []
    rules = {
        "pure": lambda y, x: (x + 1.0) * ag.exp(x),
        "by the result": lambda y, x: y + ag.exp(x),
        "counting": lambda y, x: calls.append(1) or (x + 1.0) * ag.exp(x),
        "for Values alone": lambda y, x: y + (x.exp() if isinstance(x, Value) else math.exp(x)),
    }
    for name, rule in rules.items():
        operation = declared(keeps, rule)
        assert grad(grad(operation))(0.5) == pytest.approx(2.5 * math.exp(0.5)), name
        assert KEPT_BY["s"] == math.exp(0.5)


CONSTANT = [
    (declared(lambda a: 2.0 * a, lambda y, a: 2.0), 2.0),
    (declared(lambda x: x, lambda y, x: 1), 1.0),
    (declared(lambda x: max(x, 0.0), lambda y, x: 1.0 if x > 0 else 0.0), None),
    (declared(lambda x: float(math.floor(x)), lambda y, x: 0.0), 0.0),
]


@pytest.mark.parametrize(("operation", "slope"), CONSTANT)
@pytest.mark.parametrize("at", [0.0, 1.0, -2.5, 1e300])
def test_a_rule_that_gives_a_constant_next_to_the_numbers_is_right(operation, slope, at):
    assert grad(operation)(at) == (float(at > 0) if slope is None else slope)
    assert grad(grad(operation))(at) == 0.0
    assert grad(lambda x: grad(operation)(x) * x)(at) == grad(operation)(at)


def test_of_two_operands_one_rule_may_be_a_constant():
    operation = declared(lambda a, b: a + b * b, lambda y, a, b: 1.0, lambda y, a, b: 2.0 * b)
    assert ag.hessian(operation, (0, 1))(3.0, 5.0) == ((0.0, 0.0), (0.0, 2.0))
    wrong = declared(
        lambda a, b: a * b, lambda y, a, b: getattr(b, "data", b), lambda y, a, b: 1.0 * a
    )
    with pytest.raises(TypeError, match=r"\(a, b\) by a gave"):
        ag.hessian(wrong, (0, 1))(3.0, 5.0)


def test_a_constant_under_jit_is_one_whatever_the_numbers():
    right = declared(lambda a: 2.0 * a, lambda y, a: 2.0)
    assert ag.jit(grad(grad(right)))(3.0) == 0.0


def test_copies_and_pictures_of_such_nodes_are_as_before():
    x = Value(0.5, label="x")
    y = LOST[0](x)
    y.backward()
    assert x.grad == math.cos(0.5)
    assert "sine" in str(ag.derivation(y, x))


def of_ones(function, operands=1):
    return ag.primitive(partials=(lambda y, *numbers: 1.0,) * operands)(function)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: float(np.sqrt(np.sum(x**2))),
        lambda x: np.mean(x),
        lambda x: np.exp(x) / np.sum(np.exp(x)),
        lambda x: x - np.max(x),
    ],
)
@pytest.mark.parametrize("call", [lambda f: f, lambda f: jit(f), lambda f: grad(f)])
def test_a_function_of_whole_arrays_is_no_primitive_of_arrays(function, call):
    f = of_ones(function)
    with pytest.raises(TypeError, match="makes something else of a whole array"):
        call(lambda a: f(a).sum())(np.array([3.0, 4.0]))
    assert f(3.0) == function(np.float64(3.0))


@pytest.mark.parametrize(
    "function",
    [
        math.exp,
        lambda x: x * x,
        lambda x: np.exp(x),
        lambda x: 2.0,
        lambda x: x if x > 0 else 0.0,
        lambda x: 1 / x,
        lambda x: random.gauss(x, 1.0),
    ],
)
def test_a_function_of_single_numbers_is_called_for_each_entry_of_an_array(function):
    f = of_ones(function)
    for numbers in (np.array([1.5]), np.array([0.0, 2.5]), np.array([[1.0, 2.0], [3.0, 4.0]])):
        random.seed(3)
        alone = [f(number) for number in numbers.ravel().tolist()]
        f(np.array([1.0, 2.0]))
        random.seed(3)
        np.testing.assert_array_equal(f(numbers).ravel(), alone)


def test_arrays_and_numbers_go_together_in_a_primitive():
    f = of_ones(lambda a, b: a * b, 2)
    np.testing.assert_array_equal(f(np.array([1.0, 2.0]), 3.0), [3.0, 6.0])
    with pytest.raises(TypeError, match="makes something else"):
        of_ones(lambda a, b: float(np.dot(a, b)), 2)(np.ones(3), np.ones(3))
