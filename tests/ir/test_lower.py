"""The clean-up is exact, finds what it should, and stays linear."""

import math
import time

import numpy as np
import pytest

import autograd
from autograd import jit, value_and_grad
from autograd.ir.lower import lower
from autograd.ir.trace import Trace, traced_call


def program(function, count, exact=True):
    trace = Trace()
    arguments = [trace.argument(name) for name in "xyz"[:count]]
    outputs, _ = traced_call(function, trace, arguments)
    return lower(trace, outputs, exact)[0]


def kinds(function, count, exact=True):
    made = program(function, count, exact)
    return [opcode for opcode in made.opcodes if opcode not in ("parameter", "constant")]


def test_equal_steps_are_computed_once():
    assert kinds(lambda x, y: x * y + autograd.sin(y * x) + x * y, 2) == [
        *("multiply", "sin", "add", "add"),
    ]


def test_unneeded_steps_are_dropped():
    def function(x):
        autograd.exp(x) * 2.0
        return x + 1.0

    assert kinds(function, 1) == ["add"]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * 1.0,
        lambda x: 1.0 * x,
        lambda x: x / 1.0,
        lambda x: x - 0.0,
        lambda x: x + -0.0,
        lambda x: -(x.__neg__()),
        lambda x: x**1.0,
        lambda x: autograd.where(x > 0.0, x, x),
        lambda x: +x,
    ],
)
def test_what_changes_no_bit_is_left_out(function):
    assert kinds(function, 1) == []


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x + 0.0, ["add"]),  # -0.0 + 0.0 is 0.0
        (lambda x: x * 0.0, ["multiply"]),  # nan, inf and -1 have other zeros
        (lambda x: 0.0 - x, ["subtract"]),
        (lambda x: x - (-0.0), ["subtract"]),
        (lambda x: x * -0.0, ["multiply"]),
        (lambda x: x**0.0 + x, ["add"]),
        (lambda x: x / x, ["divide"]),
        (lambda x: x - x, ["subtract"]),
        (lambda x: x**0.5, ["power"]),  # (-inf)**0.5 is inf
        (lambda x: x**2.0, ["power"]),  # C's pow is not rounded correctly
        (lambda x: x / 3.0, ["divide"]),
        (lambda x: x / 4.0, ["multiply"]),  # the inverse of a power of two is exact
    ],
)
def test_what_would_change_a_bit_somewhere_stays(function, expected):
    assert kinds(function, 1) == expected


def test_constants_are_folded_as_the_eager_engine_computes():
    made = program(lambda x: x + autograd.leaky_relu(autograd.sin(2.0) - 3.0), 1)
    assert list(made.constants.values()) == [0.01 * (math.sin(2.0) - 3.0)]


def test_zeros_of_both_signs_are_two_constants():
    made = program(lambda x: (x * 0.0, x * -0.0), 1)
    assert [math.copysign(1.0, number) for number in made.constants.values()] == [1.0, -1.0]


def test_the_square_is_a_product_where_bits_may_change():
    assert kinds(lambda x: x**2 + 1.0 / x**-1, 1, exact=False).count("power") == 0


def test_relu_needs_no_function_call():
    assert "power" not in kinds(value_and_grad(lambda x: autograd.relu(x * 2.0)), 1)


def test_negations_move_into_sums():
    assert kinds(lambda x, y: x + -y, 2) == ["subtract"]
    assert kinds(lambda x, y: x - (-y), 2) == ["add"]


def layered(nodes):
    def function(weights):
        numbers = list(weights)
        for layer in range(nodes // 128):
            numbers = [
                sum(n * w for n, w in zip(numbers, np.roll(weights, shift + layer), strict=True))
                for shift in range(8)
            ]
        return numbers[0]

    return function


@pytest.mark.slow
def test_compile_time_is_linear():
    weights = np.linspace(-0.2, 0.4, 8)
    seconds = {}
    for nodes in (20_000, 80_000):
        fast = jit(value_and_grad(layered(nodes)))
        start = time.process_time()
        value, _ = fast(weights)
        seconds[nodes] = time.process_time() - start
        assert math.isfinite(value)
    assert seconds[80_000] < 4 * 1.5 * seconds[20_000]
