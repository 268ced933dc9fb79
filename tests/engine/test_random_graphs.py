"""Random graphs: reverse mode, forward mode and mpmath agree, and the laws of calculus hold."""

import math

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from searches import searched

from autograd import Value, exp, grad, gradient, hessian, jvp, value_and_grad
from autograd.engine.order import ordered
from autograd.table.rows import multiply
from autograd.testing import functions, graphs
from autograd.testing.slopes import slope, values
from autograd.testing.strategies import RandomFunction

SMALLEST = 5e-324  # the spacing of subnormal floats
NUMBER = st.floats(-3.0, 3.0).filter(lambda x: abs(x) > 1e-3)
NUMBERS = st.lists(NUMBER, min_size=3, max_size=3)


def run(function):
    return lambda point: function(*point)


def is_tame(*numbers):
    return all(math.isfinite(number) and abs(number) < 1e8 for number in numbers)


def magnitudes(function, point):
    """Return the sum of the magnitudes of all paths from the root to each leaf."""
    leaves = [Value(number) for number in point]
    root = function(*leaves)
    if not isinstance(root, Value):
        return [0.0] * len(point)
    sizes = {id(root): 1.0}
    for node in reversed(ordered(root)):
        for arg, partial in zip(node.args, node.partials, strict=True):
            if partial is not None:
                size = sizes.get(id(node), 0.0) * abs(partial)
                sizes[id(arg)] = sizes.get(id(arg), 0.0) + size
    return [sizes.get(id(leaf), 0.0) for leaf in leaves]


def noise(function, point):
    """Return how far each derivative moves when the numbers move by their last digits."""
    base = grad(run(function))(point)
    spread = [0.0] * len(point)
    for direction in ((1, 1, 1), (-1, -1, -1), (1, -1, 1), (-1, 1, 1)):
        moved = [
            x * (1.0 + 4.0 * sign * 2.0**-52) for x, sign in zip(point, direction, strict=True)
        ]
        for index, number in enumerate(grad(run(function))(moved)):
            spread[index] = max(spread[index], abs(number - base[index]))
    return spread


def agree_with_mpmath(function, point):
    result, reverse = value_and_grad(run(function))(point)
    assume(is_tame(result, *reverse))
    sizes, moves = magnitudes(function, point), noise(function, point)
    assume(is_tame(*sizes, *moves))
    (exact,) = values(lambda numbers: [function(*numbers)], point)
    assert abs(float(exact) - result) <= 1e-9 * max(
        abs(result), *(abs(x) * size for x, size in zip(point, sizes, strict=True)), 1.0
    )
    for index in range(len(point)):
        direction = [float(index == other) for other in range(len(point))]
        _, forward = jvp(run(function), (point,), (direction,))
        close = 1e-12 * sizes[index]
        assert abs(forward - reverse[index]) <= close
        found = slope(run(function), point, index)
        assume(not found.remark and math.isfinite(found.central))
        assert abs(reverse[index] - found.central) <= 1e-10 * sizes[index] + 16.0 * moves[index]


@given(functions(), NUMBERS)
@settings(max_examples=30, deadline=None)
def test_reverse_forward_and_mpmath_agree(function, point):
    agree_with_mpmath(function, point)


@pytest.mark.slow
@given(functions(operations=20, kinks=True), NUMBERS)
@settings(max_examples=1000, deadline=None)
def test_reverse_forward_and_mpmath_agree_on_a_thousand_graphs(function, point):
    agree_with_mpmath(function, point)


@searched(25, 60, functions(operations=8), NUMBERS)
def test_hessians_are_symmetric(function, point):
    matrix = hessian(run(function))(point)
    entries = [entry for row in matrix for entry in row]
    assume(is_tame(*entries))
    size = max(map(abs, entries), default=0.0)
    for i in range(3):
        for j in range(i):
            assert abs(matrix[i][j] - matrix[j][i]) <= 1e-7 * max(size, 1.0)


HALF_EXP = RandomFunction(3, ((exp, (0,)), (multiply, (3, 0.5))))
# Smaller ones would leave the products in the graph no digits, which may then grow again.
COEFFICIENTS = st.floats(-3.0, 3.0).filter(lambda x: x == 0.0 or abs(x) > 1e-100)


@given(functions(), functions(), NUMBERS, COEFFICIENTS, COEFFICIENTS)
@example(HALF_EXP, HALF_EXP, [1.0, 1.0, -1.0], 0.0, SMALLEST)
@settings(max_examples=60, deadline=None)
def test_the_derivative_is_linear(f, g, point, a, b):
    df, dg = grad(run(f))(point), grad(run(g))(point)
    both = grad(lambda p: a * f(*p) + b * g(*p))(point)
    assume(is_tame(*df, *dg))
    sizes_f, sizes_g = magnitudes(f, point), magnitudes(g, point)
    assume(is_tame(*sizes_f, *sizes_g))
    for index, (of_f, of_g) in enumerate(zip(sizes_f, sizes_g, strict=True)):
        expected = a * df[index] + b * dg[index]
        # Products of the size of 5e-324 have no digits: each is off by some part of that.
        units = 4.0 * SMALLEST * (1.0 + of_f + of_g)
        assert abs(both[index] - expected) <= 1e-12 * (abs(a) * of_f + abs(b) * of_g) + units


# At 1e-170, exp(log(x)) ** 2 has a product of 1e-340 on the way to the derivative, which is 0.
@searched(25, 60, functions(inputs=1), functions(inputs=1), NUMBER)
def test_the_chain_rule(f, g, x):
    inner, slope_inner = value_and_grad(f)(x)
    assume(is_tame(inner, slope_inner))
    outer, slope_outer = value_and_grad(g)(inner)
    assume(is_tame(outer, slope_outer))
    whole = grad(lambda x: g(f(x)))(x)
    of_f, of_g = magnitudes(f, [x])[0], magnitudes(g, [inner])[0]
    assume(is_tame(of_f * of_g))
    units = 4.0 * SMALLEST * (1.0 + of_f + of_g)
    assert abs(whole - slope_inner * slope_outer) <= 1e-12 * of_f * of_g + units


@searched(40, 100, graphs(operations=15, kinks=True))
def test_backward_is_the_gradient_as_a_graph(graph):
    root, leaves = graph
    root.backward()
    for leaf, symbolic in zip(leaves, gradient(root, list(leaves)), strict=True):
        assert (
            symbolic.data == leaf.grad
            or (math.isnan(symbolic.data) and math.isnan(leaf.grad))
            or abs(symbolic.data - leaf.grad) <= 1e-12 * abs(leaf.grad)
        )


@searched(25, 60, graphs(operations=15, kinks=True), st.floats(-3.0, 3.0))
def test_backward_with_a_gradient_scales(graph, factor):
    root, leaves = graph
    root.backward()
    once = [leaf.grad for leaf in leaves]
    assume(is_tame(*once))
    root.backward(factor)
    for leaf, before in zip(leaves, once, strict=True):
        close = 1e-9 * max(1.0, abs(before))
        assert leaf.grad == pytest.approx(before * (1.0 + factor), abs=close)
