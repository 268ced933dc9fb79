"""exact=False: vector functions within 4 units in the last place of mpmath, on every target."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from compiler_cases import SPECIAL, same
from processors import OTHERS

import autograd
from autograd import jit, value_and_grad
from autograd.backends.llvm.engine import compiling_for
from autograd.table.operation import TABLE

DOMAINS = {
    "exp": ((-750.0, 715.0), (-1.0, 1.0)),
    "cosh": ((-712.0, 712.0), (-1.0, 1.0)),
    "tanh": ((-25.0, 25.0), (-1.0, 1.0)),
    "log": ((0.0, 10.0), (0.9, 1.1), (0.0, 1e300)),
    "log1p": ((-1.0, 3.0), (-1e-3, 1e-3)),
    "sin": ((-10.0, 10.0), (-1e5, 1e5)),
    "cos": ((-10.0, 10.0), (-1e5, 1e5)),
    "erf": ((-6.0, 6.0), (-1e-3, 1e-3)),
}
HARD = (
    99_999.9,
    100_001.0,
    1e22,
    355.0,
    103993.0 / 33102.0 * 2,
    0.7071067811865475,
    1.4142135623731,
)


def units_off(true, found):
    """Return the distance from the true number in units in the last place."""
    nearest = float(true)
    if math.isinf(nearest) or math.isinf(found):
        return 0.0 if nearest == found else math.inf
    return float(abs(mpmath.mpf(found) - true) / math.ulp(nearest))


def true_value(name, x):
    """Return the function by mpmath where it is finite, else what the eager engine says."""
    eager = TABLE[name].value(x)
    if not math.isfinite(x) or not math.isfinite(eager):
        return mpmath.mpf(eager)
    with mpmath.workdps(60):
        return getattr(mpmath, name)(mpmath.mpf(x))


def numbers(low, high, count=400):
    random = np.random.default_rng(5)
    small = random.uniform(-1, 1, count // 2) * 10.0 ** random.uniform(-300, 0, count // 2)
    return np.concatenate([random.uniform(low, high, count), small, SPECIAL, HARD])


@pytest.mark.parametrize("target", [None, *OTHERS])
@pytest.mark.parametrize("name", DOMAINS)
def test_vector_functions_are_within_four_units(name, target):
    with compiling_for(target):
        fast = jit(getattr(autograd, name), in_axes=0, exact=False)
        for low, high in DOMAINS[name]:
            x = numbers(low, high)
            for number, found in zip(x.tolist(), fast(x).tolist(), strict=True):
                true = true_value(name, number)
                if mpmath.isnan(true):
                    assert found != found, number
                else:
                    assert units_off(true, found) <= 4.0, (number, found, true)


@pytest.mark.parametrize("target", [None, *OTHERS])
def test_powers_are_within_four_units(target):
    random = np.random.default_rng(6)
    parts = [
        (random.uniform(0, 10, 400), random.uniform(-10, 10, 400)),
        (10.0 ** random.uniform(-300, 300, 400), random.uniform(-1, 1, 400)),
        (random.uniform(0.99, 1.01, 400), random.uniform(-60_000, 60_000, 400)),
    ]
    a, b = (np.concatenate(column) for column in zip(*parts, strict=True))
    with compiling_for(target), mpmath.workdps(60):
        found = jit(lambda a, b: a**b, in_axes=0, exact=False)(a, b)
        for x, y, power in zip(a.tolist(), b.tolist(), found.tolist(), strict=True):
            assert units_off(mpmath.mpf(x) ** mpmath.mpf(y), power) <= 4.0, (x, y, power)


def test_special_powers_are_those_of_the_c_library():
    pairs = [(a, b) for a in SPECIAL for b in (*SPECIAL, 1e300, -3.0)]
    a, b = np.array(pairs).T
    found = jit(lambda a, b: a**b, in_axes=0, exact=False)(a, b)
    for (x, y), power in zip(pairs, found.tolist(), strict=True):
        assert (
            same(TABLE["power"].value(x, y), power)
            or units_off(mpmath.mpf(TABLE["power"].value(x, y)), power) <= 4.0
        )


def test_zeros_keep_their_sign():
    zeros = np.array([0.0, -0.0] * 5)
    for name in ("sin", "tanh", "log1p"):
        found = jit(getattr(autograd, name), in_axes=0, exact=False)(zeros)
        assert np.signbit(found).tolist() == np.signbit(zeros).tolist()


def test_a_whole_network_stays_close_to_the_exact_one():
    def loss(w, x):
        hidden = [autograd.tanh(w[i] * x[0] + w[i + 1] * x[1]) for i in range(4)]
        return autograd.softplus(autograd.sum(hidden)) ** 2

    random = np.random.default_rng(7)
    w, x = random.normal(size=5), random.normal(size=(100, 2))
    exact = jit(value_and_grad(loss), in_axes=(None, 0), reduce="mean")(w, x)
    near = jit(value_and_grad(loss), in_axes=(None, 0), reduce="mean", exact=False)(w, x)
    assert near[0] == pytest.approx(exact[0], rel=1e-14)
    np.testing.assert_allclose(near[1], exact[1], rtol=1e-13)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("steps", [1, 4100])
def test_multiply_adds_are_contracted_in_programs_of_every_size(steps, sign):
    def function(x, y):
        total = y
        for _ in range(steps):
            total = 0.5 * total + x
        return [total, x * x - y if sign > 0.0 else y - x * x]

    x = 0.1
    exact = jit(function)(x, x * x)
    fast = jit(function, exact=False)
    found = fast(x, x * x)
    assert found[0] == pytest.approx(exact[0], rel=1e-15)
    assert exact[1] == 0.0
    lost = float(Fraction(x) * Fraction(x) - Fraction(x * x))  # what one rounding leaves
    assert found[1] in (sign * lost, 0.0)  # the second on a processor without multiply-adds
    assert fast.llvm.count("call double @llvm.fmuladd.f64") >= steps
    rows = jit(function, in_axes=(0, 0), exact=False)(*np.array([[x] * 9, [x * x] * 9]))
    assert [column.tolist() for column in rows] == [[number] * 9 for number in found]


def test_multiply_adds_are_contracted_in_the_bodies_of_loops_too():
    def function(x, y):
        return autograd.fori_loop(0, 50, lambda i, c: c * x + y * 0.5 - c * c * 0.01, y)

    fast = jit(function, exact=False)
    assert fast(0.9, 0.3) == pytest.approx(jit(function)(0.9, 0.3), rel=1e-13)
    assert "call double @llvm.fmuladd" in fast.llvm
    rows = jit(function, in_axes=(0, None), exact=False)(np.array([0.9] * 9), 0.3)
    assert rows.tolist() == [fast(0.9, 0.3)] * 9
