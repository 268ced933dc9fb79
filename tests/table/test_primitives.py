"""Operations of the user's own: a rule that gives Values a plain number must give a constant."""

import math

import pytest

import autograd as ag
from autograd import Value, grad

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
