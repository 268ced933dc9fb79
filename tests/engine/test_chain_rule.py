"""The sweeps over a graph agree, and a choice passes nothing to what it did not choose."""

import math
import struct

import pytest
from hypothesis import strategies as st
from searches import searched

import autograd as ag
from autograd import Value, grad, gradient, jvp
from autograd.engine.chain_rule import contributions, propagated
from autograd.engine.order import ordered
from autograd.testing import functions

INF, NAN = math.inf, math.nan
CORNERS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 1e-320, 1e308, INF, -INF, NAN]
NUMBERS = st.lists(
    st.one_of(st.sampled_from(CORNERS), st.floats(-3.0, 3.0)), min_size=3, max_size=3
)
CHOICES = [
    lambda a, b: ag.where(a > b, a, b),
    lambda a, b: ag.relu(a) * b,
    lambda a, b: ag.leaky_relu(a, b),
    lambda a, b: ag.elu(a, b),
    lambda a, b: ag.maximum(a, b),
    lambda a, b: ag.minimum(a, b),
    lambda a, b: ag.clip(a, b, 1.0),
    lambda a, b: ag.sign(a) * b,
    lambda a, b: ag.floor(a) + b,
    lambda a, b: ag.stop_gradient(a) * b,
]


def bits(number):
    return "nan" if number != number else struct.pack("<d", number)


def same(a, b):
    return a == b or (a != a and b != b)


@st.composite
def graphs_with_choices(draw):
    """Return a root and its leaves, with operations at poles, infinities and nan, and choices."""
    function = draw(functions(kinks=True))
    point = draw(NUMBERS)
    leaves = [Value(number) for number in point]
    nodes = [*leaves, function(*leaves)]
    for _ in range(draw(st.integers(1, 6))):
        a, b = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        kind = draw(st.sampled_from([*CHOICES, lambda a, b: a * b, lambda a, b: a / b]))
        nodes.append(ag.sqrt(kind(a, b)) if draw(st.booleans()) else kind(a, b))
    root = nodes[-1] if isinstance(nodes[-1], Value) else Value(nodes[-1])
    return root, leaves


@searched(100, 400, graphs_with_choices(), st.sampled_from([1.0, 0.0, -2.5, INF, NAN]))
def test_the_fast_sweep_gives_the_adjoints_of_the_generic_one_to_the_bit(graph, seed):
    root, _ = graph
    adjoints = {id(root): seed}
    steps = list(contributions(ordered(root), adjoints))
    order = propagated(root, seed)
    for node in order:
        assert bits(node._adjoint) == bits(adjoints.get(id(node), 0.0))
    assert len(steps) == sum(len([p for p in node.partials if p is not None]) for node in order)


@searched(100, 400, graphs_with_choices())
def test_the_gradient_as_a_graph_has_the_numbers_of_backward(graph):
    root, leaves = graph
    slopes = gradient(root, leaves)
    root.backward()
    assert all(same(slope.data, leaf.grad) for slope, leaf in zip(slopes, leaves, strict=True))


@searched(50, 200, graphs_with_choices())
def test_steps_add_up_to_backward(graph):
    root, leaves = graph
    last = {id(root): 1.0}
    for step in ag.steps(root):
        assert same(last.get(id(step.node), 0.0), step.upstream)
        last[id(step.arg)] = step.accumulated
    root.backward()
    assert all(same(last.get(id(leaf), 0.0), leaf.grad) for leaf in leaves)


POLES = [
    lambda x: x * ag.log(x),
    lambda x: 1 / x,
    lambda x: ag.sqrt(x),
    lambda x: (x / x) * x,
    lambda x: ag.exp(1 / x**2),
    lambda x: NAN * x,
    lambda x: INF * x,
]
LEFT_OUT = [
    lambda pole, x: ag.where(x < 1, 3 * x, pole),
    lambda pole, x: ag.where(x < 1, 3 * x, ag.exp(pole) * pole),
    lambda pole, x: ag.where(x > 1, pole, 3 * x),
    lambda pole, x: 3 * x + ag.stop_gradient(pole),
    lambda pole, x: 3 * x + ag.floor(pole),
    lambda pole, x: ag.maximum(3 * x, ag.where(x < 1, -1.0, pole)),
    lambda pole, x: ag.relu(ag.where(x < 1, -1.0, pole)) + 3 * x,
    lambda pole, x: 3 * x + ag.relu(-1 - ag.sqrt(x) - ag.sqrt(x) ** 2),
    lambda pole, x: 3 * x + ag.maximum(ag.sqrt(x), 1.0),
    lambda pole, x: ag.where(x < 1, ag.where(x > 1, pole, 3 * x), pole * pole),
]


@pytest.mark.parametrize("leave_out", LEFT_OUT)
@pytest.mark.parametrize("pole", POLES)
def test_what_was_not_chosen_brings_nothing_at_any_order_whatever_stands_there(pole, leave_out):
    def f(x):
        return leave_out(pole(x), x)

    first = grad(f)
    assert first(0.0) == 3.0
    assert jvp(f, (0.0,), (1.0,))[1] == 3.0
    assert grad(first)(0.0) == 0.0
    assert ag.hvp(f, (0.0,), (1.0,)) == 0.0
    assert grad(grad(first))(0.0) == 0.0
    x = Value(0.0)
    f(x).backward()
    assert x.grad == 3.0


def test_a_choice_goes_by_the_numbers_that_were_recorded_not_by_later_ones():
    x = Value(-1.0)
    y = ag.sqrt(ag.relu(x))
    x.data = 1.0
    y.backward()
    assert x.grad == 0.0


def test_a_mixed_derivative_survives_a_slope_of_zero():
    for slope, x in ((0.0, -2.0), (0.5, 0.0), (0.0, 0.0)):
        assert ag.hessian(ag.leaky_relu, (0, 1))(x, slope) == ((0.0, 1.0), (1.0, 0.0))
    assert ag.hessian(ag.elu, (0, 1))(-1.0, 0.0)[0][1] == math.exp(-1.0)


def test_x_times_x_and_x_squared_agree_to_the_third_order_everywhere():
    for x in CORNERS:
        product, power = (lambda x: INF * (x * x)), (lambda x: INF * x**2)
        for _ in range(3):
            product, power = grad(product), grad(power)
            assert same(product(x), power(x)), x


def test_explain_names_the_two_factors_that_have_no_product():
    x = Value(0.0, label="x")
    y = ag.sqrt(x * x)
    y.label = "y"
    text = str(ag.explain(y, x))
    assert "nan" in text
    assert "inf * 0" in text
