"""Compiled code gives the bits of eager code: every operation, every target, random graphs."""

import math
import random
from unittest import mock

import numpy as np
import pytest
from compiler_cases import (
    SPECIAL,
    assert_same,
    branching,
    cases_of_the_table,
    flat,
    functions,
    hard_number,
    points,
    same,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from processors import IS_X86, OTHERS
from searches import searched

import autograd
from autograd import Value, grad, hessian, jit, jvp, value_and_grad
from autograd.backends.llvm import instructions as llvm
from autograd.backends.llvm import module as assembly
from autograd.backends.llvm.engine import TARGETS, compiling_for
from autograd.backends.llvm.instructions import PRIMITIVES
from autograd.table.operation import TABLE

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")

CASES = list(cases_of_the_table())
HOSTS = (None, *TARGETS) if IS_X86 else (None,)


def test_the_compiler_has_every_primitive_and_no_other():
    assert {name for name, row in TABLE.items() if row.definition is None} == set(PRIMITIVES)


def check_operation(function, count, target, rows):
    source = random.Random(repr((function, count)))
    numbers = [[hard_number(source) for _ in range(count)] for _ in range(rows)]
    numbers += [[special] * count for special in SPECIAL]
    columns = [np.array(column) for column in zip(*numbers, strict=True)]
    argnums = tuple(range(count))
    gradient = value_and_grad(function, argnums)
    with compiling_for(target):
        single, mapped = jit(gradient), jit(gradient, in_axes=0)
        values, slopes = mapped(*columns)
        for row, point in enumerate(numbers):
            value, slope = gradient(*point)
            assert_same((value,), single(*point)[:1])
            assert_same((value,), (values[row],))
            assert_same(slope, single(*point)[1], any_zero=True)
            assert_same(slope, tuple(column[row] for column in slopes), any_zero=True)


@pytest.mark.parametrize(("name", "function", "count"), CASES, ids=[case[0] for case in CASES])
def test_every_operation_and_its_derivative_equal_eager_to_the_bit(name, function, count):
    check_operation(function, count, None, 60)


@pytest.mark.parametrize("target", OTHERS)
def test_other_processors_give_the_same_bits(target):
    for name in ("add", "divide", "power", "tanh", "floor", "round", "ceil", "maximum", "hypot"):
        function, count = next(case[1:] for case in CASES if case[0] == name)
        check_operation(function, count, target, 20)


@pytest.mark.slow
@pytest.mark.parametrize("target", OTHERS)
@pytest.mark.parametrize(("name", "function", "count"), CASES, ids=[case[0] for case in CASES])
def test_every_operation_on_other_processors(name, function, count, target):
    check_operation(function, count, target, 40)


def test_second_derivatives_equal_eager():
    source = random.Random(3)
    for name, function, count in CASES:
        argnums = tuple(range(count))
        second = hessian(function, argnums)
        fast = jit(second)
        for _ in range(6):
            point = [hard_number(source) for _ in range(count)]
            assert_same(second(*point), fast(*point), any_zero=True), name


def check_branches(seed):
    """Hold derivatives of both orders and modes of a function full of branches against eager."""
    source = random.Random(seed)
    function, count = branching(source)
    argnums, along = tuple(range(count)), (1.0,) * count
    gradient = grad(function, argnums)
    derivatives = [
        (gradient, 0.0),
        (lambda *point: jvp(function, point, along)[1], 0.0),
        (hessian(function, argnums), 1e-9),
        (lambda *point: jvp(lambda *inner: list(gradient(*inner)), point, along)[1], 1e-9),
    ]
    for derivative, tolerance in derivatives:
        fast = jit(derivative)
        for _ in range(4):
            point = [hard_number(source) for _ in range(count)]
            if tolerance and any(map(math.isnan, gradient(*point))):
                continue  # the derivative of nan may be 0 or nan
            for ours, eager in zip(flat(fast(*point)), flat(derivative(*point)), strict=True):
                is_close = ours == pytest.approx(eager, rel=tolerance, abs=tolerance)
                assert same(eager, ours, any_zero=True) or (tolerance and is_close), (seed, point)


def test_a_second_derivative_does_not_see_the_branch_not_taken():
    def function(a, b):
        pole = b * autograd.log1p(b)
        return autograd.asinh(autograd.where((a < a) | (autograd.log1p(b) > a), a, pole))

    second = hessian(function, (0, 1))
    assert_same(((0.0, 0.0), (0.0, math.nan)), second(1.0, -2.0))
    assert_same(second(1.0, -2.0), jit(second)(1.0, -2.0), any_zero=True)


@pytest.mark.parametrize(
    "seed", [*range(40), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(40, 80))]
)
def test_branches_that_hold_infinities_do_not_differ_from_eager(seed):
    check_branches(seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 4000, 100))
def test_many_functions_full_of_branches(start):
    for seed in range(start, start + 100):
        check_branches(seed)


def test_reverse_over_forward_does_not_see_the_branch_not_taken():
    def first(x):
        pole = autograd.log(0.0 * x)
        return autograd.where(x > -1.0, x * x, pole * pole * x)

    def second(x):
        return autograd.where(x > 0, x * (1 / x) * x, x)

    for function, x in ((first, 0.5), (second, 0.0), (second, 0.5)):
        curvature = grad(lambda z, f=function: jvp(f, (z,), (1.0,))[1])
        assert jit(curvature)(x) == curvature(x)
        third = grad(lambda z, f=function: autograd.hvp(f, (z,), (1.0,)))
        assert jit(third)(x) == third(x)


def test_a_compiled_node_in_both_branches_has_its_slopes_in_each():
    w = Value(2.0)
    y = jit(lambda w: w * w * w)(w)

    def curvature(x):
        (first,) = autograd.gradient(autograd.where(x > 0, y, 0.0 * w), [w])
        (second,) = autograd.gradient(autograd.where(x > 0, 0.0 * w, y), [w])
        return autograd.gradient(first + second, [w])[0]

    assert [jit(curvature)(x).data for x in (-1.0, 1.0)] == [12.0, 12.0]


@pytest.mark.parametrize("order", [1, 2])
def test_nested_branches_cost_in_step_with_their_number(order):
    def steps(count):
        def function(x):
            y = x
            for place in range(count):
                y = autograd.where(x < place + 5.0, y * (1.0 + x * 1e-4), 0.5)
            return y

        derivative = grad(function) if order == 1 else grad(grad(function))
        fast = jit(derivative)
        assert fast(2.0) == pytest.approx(derivative(2.0), rel=1e-12)
        return fast.source.count("\n")

    assert steps(200) < 2.3 * steps(100)


@searched(15, 40, functions(), st.tuples(points, points, points), derandomize=True)
def test_a_compiled_node_has_the_slopes_of_eager_code_to_the_bit(drawn_function, numbers):
    function, count = drawn_function
    argnums = tuple(range(count))
    point = numbers[:count]
    eager, compiled = grad(function, argnums)(*point), grad(jit(function), argnums)(*point)
    assert_same(eager, compiled, any_zero=True)


def test_contributions_are_added_in_the_order_of_eager_code():
    def function(x):
        y = autograd.exp(x)
        z = autograd.sin(x)
        return (y + z * autograd.tanh(x)) + autograd.cos(x) * z

    fast, source = jit(function), random.Random(0)
    for _ in range(200):
        x = source.uniform(-3.0, 3.0)
        assert grad(fast)(x) == grad(function)(x)


def test_what_the_output_does_not_depend_on_brings_no_nan():
    infinity = float("inf")
    condition = jit(lambda x, y: autograd.where(x * y > 1.0, x, 2.0 * x))
    assert grad(condition, argnums=(0, 1))(3.0, infinity) == (1.0, 0.0)
    second = jit(lambda x, y: (x * y * 0.0, x + 1.0)[1])
    assert grad(second, argnums=(0, 1))(3.0, infinity) == (1.0, 0.0)
    logarithm = jit(lambda x: (x * autograd.log(x - x), x * 3.0)[1])
    assert (grad(logarithm)(2.0), grad(grad(logarithm))(2.0)) == (3.0, 0.0)
    both = jit(lambda x: [x * autograd.log(x - x), x * 3.0])
    x = Value(2.0)
    both(x)[1].backward()
    assert x.grad == 3.0


# The rows of the convention table, as functions and the points that they speak of.
CONVENTIONS = [
    (autograd.relu, 0.0),
    (autograd.leaky_relu, 0.0),
    (autograd.elu, 0.0),
    (autograd.abs, 0.0),
    (lambda x: autograd.maximum(x, 1.0), 1.0),
    (lambda x: autograd.minimum(x, 1.0), 1.0),
    (lambda x: autograd.clip(x, 0.0, 1.0), 1.0),
    (lambda x: autograd.clip(2.0, 0.0, x), 1.0),
    (autograd.sign, 0.0),
    (autograd.floor, 1.0),
    (autograd.ceil, 1.0),
    (autograd.round, 0.5),
    (lambda x: autograd.hypot(x, 0.0), 0.0),
    (lambda x: autograd.atan2(x, 0.0), 0.0),
    (lambda x: autograd.where(x > 0.0, autograd.sqrt(x), 0.0), -1.0),
    (lambda x: autograd.where(x > 0.0, x, autograd.log(x)), 0.5),
    (lambda x: x**0, 0.0),
    (lambda x: x**1, 0.0),
    (lambda x: x**2, 0.0),
    (lambda x: x**0.5, 0.0),
    (autograd.sqrt, 0.0),
    (autograd.sqrt, -0.0),
    (autograd.cbrt, 0.0),
    (lambda y: 0.0**y, 2.0),
    (lambda y: 0.0**y, 0.0),
    (autograd.log, 0.0),
    (autograd.log, -0.0),
    (autograd.asin, 1.0),
    (autograd.atanh, 1.0),
    (autograd.acosh, 1.0),
    (autograd.relu, float("nan")),
    (lambda x: autograd.maximum(x, 1.0), float("nan")),
    (lambda x: autograd.clip(x, 0.0, 1.0), float("nan")),
    (autograd.sign, float("nan")),
    (lambda x: 0.0 * autograd.sqrt(x), 0.0),
    (lambda x: autograd.log(x) ** 2, 1.0),
]


@pytest.mark.parametrize(("function", "point"), CONVENTIONS)
def test_the_convention_table_holds_in_compiled_code(function, point):
    for derivative in (value_and_grad(function), grad(grad(function))):
        expected = derivative(point)
        assert_same(expected, jit(derivative)(point), any_zero=True)
        mapped = jit(derivative, in_axes=0)(np.array([point] * 9))
        for row in range(9):
            for a, b in zip(flat(expected), [float(c[row]) for c in leaves(mapped)], strict=True):
                assert same(a, b, any_zero=True)


def leaves(tree):
    return [tree] if isinstance(tree, np.ndarray) else list(tree)


def check_graph(function, count, rows, numbers, target, stale, cut):
    """Compare single calls and mapped rows of a random function with the eager engine.

    ``stale`` and ``cut`` are the compiler's own lengths: small ones make it load its operands anew
    and cut its functions in programs that are small enough to draw.
    """
    argnums = tuple(range(count))
    gradient = value_and_grad(function, argnums)
    with compiling_for(target):
        single = jit(gradient)
        for point in numbers[:3]:
            value, slopes = gradient(*point)
            found, found_slopes = single(*point)
            assert_same((value,), (found,))
            assert_same(slopes, found_slopes, any_zero=True)
        columns = [np.array([numbers[r % len(numbers)][i] for r in range(rows)]) for i in argnums]
        values, mapped_slopes = jit(gradient, in_axes=0)(*columns)
        check_shared(gradient, count, numbers, stale, cut)
    assert values.shape == (rows,)
    expected = [gradient(*point) for point in numbers]
    for row in range(rows):
        value, slopes = expected[row % len(numbers)]
        assert same(flat((value,))[0], float(values[row]))
        for slope, column in zip(flat(slopes), mapped_slopes, strict=True):
            assert same(slope, float(column[row]), any_zero=True)


def check_shared(gradient, count, numbers, stale, cut):
    """Compare rows that share all arguments but the last with the eager engine."""
    *shared, _ = numbers[0]
    column = np.array([point[-1] for point in numbers])
    axes = (*[None] * (count - 1), 0)
    with (
        mock.patch.object(llvm, "STALE", stale),
        mock.patch.object(assembly, "LARGE", cut or assembly.LARGE),
        mock.patch.object(assembly, "CUT", cut or assembly.CUT),
    ):
        values, slopes = jit(gradient, in_axes=axes)(*shared, column)
    for row, number in enumerate(column.tolist()):
        value, expected = gradient(*shared, number)
        assert same(flat((value,))[0], float(values[row]))
        for slope, found in zip(flat(expected), slopes, strict=True):
            assert same(slope, float(found[row]), any_zero=True)


drawn = given(
    functions(),
    st.sampled_from((0, 1, 7, 8, 9, 1000)),
    st.lists(st.tuples(points, points, points), min_size=5, max_size=9),
    st.sampled_from(HOSTS),
    st.sampled_from((0, 3, 16)),
    st.sampled_from((0, 0, 5)),
)


@drawn
@settings(max_examples=15, deadline=None, derandomize=True)
def test_random_graphs_equal_eager_to_the_bit(drawn_function, rows, numbers, target, stale, cut):
    function, count = drawn_function
    check_graph(function, count, rows, [point[:count] for point in numbers], target, stale, cut)


@pytest.mark.slow
@drawn
@settings(max_examples=2000, deadline=None)
def test_two_thousand_random_graphs_equal_eager_to_the_bit(
    drawn_function, rows, numbers, target, stale, cut
):
    function, count = drawn_function
    check_graph(function, count, rows, [point[:count] for point in numbers], target, stale, cut)
