"""What a choice did not choose gets nothing in compiled code, at no cost until there is a nan."""

import math
import re

import numpy as np
import pytest
from compiler_cases import assert_same

from autograd import (
    Value,
    clip,
    grad,
    hessian,
    jit,
    jvp,
    log,
    maximum,
    relu,
    sqrt,
    value_and_grad,
    where,
)
from autograd.ir import lower

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")

INF, NAN = math.inf, math.nan
POINTS = (-INF, -2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0, INF, NAN)

CASES = {
    "a logarithm in a branch": lambda x: where(x > 0.0, log(x) * x, 0.0),
    "a pole in the other branch": lambda x: where(x > 1.0, x, 1.0 / (x * 0.0)),
    "a logarithm under relu": lambda x: relu(log(x)) + x,
    "infinity times a weight under relu": lambda x: relu(x * -INF) + relu(-x * INF),
    "a relu of what nothing reaches": lambda x: where(x > 1.0, relu(x * x), x) + relu(relu(x)),
    "a root under maximum": lambda x: maximum(sqrt(x - 1.0), 2.0) * x,
    "a pole under clip": lambda x: clip(1.0 / x, -2.0, 2.0),
    "branches in branches": lambda x: where(x > 0.0, where(x > 1.0, log(x - 1.0), x * x), 1.0 / x),
    "a shared operand": lambda x: where(x > 0.0, sqrt(x), x) * where(x > 0.0, x, log(x)),
}


@pytest.mark.parametrize("function", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("x", POINTS)
def test_compiled_derivatives_equal_eager_ones_at_every_corner(function, x):
    assert_same(grad(function)(x), jit(grad(function))(x), any_zero=True)
    tangent = lambda x: jvp(function, (x,), (1.0,))[1]  # noqa: E731
    assert_same(tangent(x), jit(tangent)(x), any_zero=True)
    second = grad(grad(function))
    assert_same(second(x), jit(second)(x), any_zero=True)


def test_the_guards_are_compiled_when_a_result_is_nan_for_the_first_time():
    fast = jit(grad(CASES["a logarithm in a branch"]))
    assert fast(2.0) == math.log(2.0) + 1.0
    executable = fast._shown()
    assert executable.is_fast
    assert executable._careful is None
    assert fast(0.0) == 0.0
    assert executable._careful is not None
    assert not executable.careful().is_fast
    count = executable.function.opcodes.count("where")
    assert executable.careful().function.opcodes.count("where") > count


def test_rows_with_a_pole_are_right_in_every_way_that_rows_can_be_called():
    function = CASES["a logarithm in a branch"]
    X = np.array([0.0, 1.0, 2.0, -1.0] * 700)
    slopes = [grad(function)(x) for x in X]
    assert jit(grad(function), in_axes=0)(X).tolist() == slopes
    assert jit(grad(function), in_axes=0)(X[:20]).tolist() == slopes[:20]
    loss = lambda w, x: function(w * x)  # noqa: E731
    for rows in (X, X[:50]):
        for reduce in ("sum", "mean"):
            _, slope = jit(value_and_grad(loss), in_axes=(None, 0), reduce=reduce)(1.0, rows)
            assert math.isfinite(slope)


def test_a_gradient_that_is_compared_is_guarded_from_the_start():
    def steered(x):
        slope = grad(CASES["a logarithm in a branch"])(x)
        return where(slope > 0.5, 1.0, 2.0) * x

    fast = jit(steered)
    assert [fast(x) for x in (0.0, 2.0)] == [steered(x) for x in (0.0, 2.0)] == [0.0, 2.0]
    assert not fast._shown().is_fast


def test_a_relu_network_needs_no_guards_and_no_comparison_twice():
    def network(w):
        h = [relu(w[i] * 0.5 + w[i + 1]) for i in range(3)]
        return relu(h[0] * w[4] + h[1] * w[5] + h[2])

    fast = jit(grad(network))
    fast([0.5] * 6)
    opcodes = fast._shown().function.opcodes
    assert opcodes.count("less_equal") == opcodes.count("less") == 4
    assert opcodes.count("where") == 2 * 4  # one for each value, one for each slope
    assert "either" not in opcodes
    assert "both" not in opcodes


def test_the_upstream_of_a_maximum_passes_one_choice_and_not_three():
    fast = jit(grad(lambda x, y: maximum(maximum(x * 3.0, y + x) * 2.0, y)))
    assert fast(1.0, 0.5) == 6.0
    chosen = set(re.findall(r"(%\d+) = where", fast.source))
    assert len(chosen) == 2 * 2 + 2 * 5 - 2  # values and slopes, without y's in the outer one
    factors = re.findall(r"multiply %\d+, (%\d+)", fast.source)
    assert chosen & set(factors)  # the choice stands beside the upstream


def test_hessians_see_no_branch_that_was_not_taken():
    function = lambda p: where(p[0] > 0.0, log(p[0]) * p[1], p[0] * p[1] ** 2.0)  # noqa: E731
    for point in ([0.0, 3.0], [2.0, -1.0], [-1.0, 0.0]):
        assert_same(hessian(function)(point), jit(hessian(function))(point), any_zero=True)


def test_a_program_that_is_never_nan_is_made_once():
    fast = jit(value_and_grad(lambda x: x * x + 1.0))
    fast(3.0)
    assert not fast._shown().is_fast
    assert {*fast._shown().function.opcodes} - {"parameter", "constant"} <= lower.PRIMITIVES


def test_a_compiled_call_passes_nothing_to_what_it_did_not_choose():
    pick = jit(lambda u, v: where(u > 0.0, v, 0.0))
    row = jit(lambda w, x: where(x > 0.0, w * x, 0.0), in_axes=(None, 0), reduce="sum")
    ignore = jit(lambda u, v: u * 2.0)
    for through, slope in (
        (lambda x: pick(x, x * log(x)), 0.0),
        (lambda x: ignore(x, log(x)), 2.0),
        (lambda x: row(log(x), np.array([0.0, -1.0])) + x, 1.0),
    ):
        x = Value(0.0)
        through(x).backward()
        assert x.grad == slope
    x = Value(0.0)
    (row(log(x), np.array([0.0, 1.0])) + x).backward()
    assert x.grad == INF
