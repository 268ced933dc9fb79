"""//, %, divmod, fmod, copysign and the questions isnan, isinf, isfinite, held against Python's."""

import itertools
import math
import random

import numpy
import pytest
from compiler_cases import SPECIAL, same

import autograd as ag
from autograd import Value

PAIRS = list(itertools.product(SPECIAL, SPECIAL))
PAIRS += [
    (chance.uniform(-9.0, 9.0), chance.choice((2.0, -0.3, 1e-3, 7.5)))
    for chance in [random.Random(5)]
    for _ in range(300)
]
FUNCTIONS = {
    "//": (lambda a, b: a // b, numpy.floor_divide),
    "%": (lambda a, b: a % b, numpy.remainder),
    "fmod": (ag.fmod, numpy.fmod),
    "copysign": (ag.copysign, numpy.copysign),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_quotients_and_signs_are_numpys_to_the_bit_on_values_and_in_compiled_code(name):
    ours, theirs = FUNCTIONS[name]
    rows = ag.jit(ours, in_axes=(0, 0))(*map(numpy.array, zip(*PAIRS, strict=True)))
    compiled = ag.jit(ours)
    for (a, b), row in zip(PAIRS, rows.tolist(), strict=True):
        with numpy.errstate(all="ignore"):
            expected = float(theirs(a, abs(b) if b != b else b))
        found = (ours(Value(a), b), ours(a, Value(b)), ours(Value(a), Value(b)))
        assert all(same(expected, each.data) for each in found), (a, b)
        assert same(expected, row), (a, b)
        assert same(expected, compiled(a, b)), (a, b)


def test_a_quotient_by_zero_is_no_exception():
    assert math.isnan((Value(1.0) % 0).data)
    assert (Value(1.0) // 0).data == math.inf
    assert math.isnan((0 // Value(0.0)).data)
    assert math.isnan(ag.fmod(1.0, 0.0))


@pytest.mark.parametrize("a", [5.5, -5.5, 0.0, 1e17 + 16])
@pytest.mark.parametrize("b", [2.0, -2.0, 0.75, 3e16])
def test_the_slopes_of_a_remainder_are_one_and_minus_the_quotient(a, b):
    x, y = Value(a), Value(b)
    (x % y).backward()
    assert (x.grad, y.grad) == (1.0, -(a // b))
    assert ag.grad(ag.fmod, (0, 1))(a, b) == (1.0, -float(math.trunc(a / b)))
    for f in (lambda a, b: a % b, ag.fmod, lambda a, b: divmod(a, b)[1] + a // b):
        assert ag.jit(ag.hessian(f, (0, 1)))(a, b) == ((0.0, 0.0), (0.0, 0.0))


def test_a_sum_of_quotient_and_remainder_gives_the_dividend_back():
    quotient, rest = divmod(Value(7.5), 2)
    assert (quotient.data, rest.data) == (3.0, 1.5)
    assert [each.data for each in divmod(7.5, Value(2.0))] == [3.0, 1.5]
    assert [each.data for each in divmod(Value(-7.5), Value(2.0))] == [-4.0, 0.5]


@pytest.mark.parametrize("thing", ["a", None, 1j, [1.0]])
def test_a_remainder_of_something_else_is_pythons_own_error(thing):
    for operation in (lambda: Value(1.0) % thing, lambda: Value(1.0) // thing):
        with pytest.raises(TypeError, match="unsupported operand"):
            operation()


def test_copysign_has_the_slope_of_abs_with_that_sign_and_none_by_the_sign():
    assert ag.grad(ag.copysign, (0, 1))(-3.0, -0.0) == (1.0, 0.0)
    assert ag.grad(ag.copysign, (0, 1))(3.0, -2.0) == (-1.0, 0.0)
    assert ag.grad(ag.copysign)(0.0, 1.0) == 0.0


@pytest.mark.parametrize("name", ["isnan", "isinf", "isfinite"])
def test_questions_are_bools_and_conditions_and_make_no_node(name):
    ours, theirs = getattr(ag, name), getattr(math, name)
    chosen = ag.jit(lambda x: ag.where(ours(x), 1.0, 0.0))
    for x in (0.0, -1.5, math.inf, -math.inf, math.nan, 5e-324, 1.7e308):
        with ag.detect_anomaly():
            assert ours(x) is theirs(x)
            assert getattr(Value(x), name)() is theirs(x)
        assert chosen(x) == theirs(x)
        assert ag.jit(lambda x: 2.0 * x if ours(x) else 3.0)(x) is not None
    with pytest.raises(TypeError, match=f"{name}: takes real numbers"):
        ours("1")
