"""sum, mean, prod, dot, logsumexp and softmax against exact fractions and mpmath."""

import math
import random
from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

import autograd as ag
from autograd import Value, grad

NUMBERS = st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=60)
UNIT = Fraction(1, 2**53)


@given(NUMBERS)
@settings(max_examples=60, deadline=None)
def test_sums_are_right_to_a_few_units_of_the_sum_of_magnitudes(numbers):
    exact = sum(map(Fraction, numbers))
    bound = 8 * UNIT * sum(abs(Fraction(number)) for number in numbers)
    assert abs(Fraction(ag.sum(numbers)) - exact) <= bound
    assert abs(Fraction(ag.mean(numbers)) * len(numbers) - exact) <= 2 * bound + UNIT
    leaves = [Value(number) for number in numbers]
    total = ag.sum(leaves)
    assert total.data == ag.sum(numbers)
    total.backward()
    assert [leaf.grad for leaf in leaves] == [1.0] * len(numbers)


@given(st.lists(st.tuples(st.floats(-1e100, 1e100), st.floats(-1e100, 1e100)), max_size=60))
@settings(max_examples=60, deadline=None)
def test_dots_are_right_to_a_few_units_of_the_sum_of_magnitudes(pairs):
    a, b = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    exact = sum(Fraction(x) * Fraction(y) for x, y in pairs)
    size = sum(abs(Fraction(x) * Fraction(y)) for x, y in pairs)
    assert abs(Fraction(ag.dot(a, b)) - exact) <= 10 * UNIT * size + Fraction(5e-324) * len(pairs)


def test_ten_thousand_tenths():
    tenths = [0.1] * 10_000
    assert ag.sum(tenths) == pytest.approx(1000.0, rel=1e-15)
    naive = 0.0
    for tenth in tenths:
        naive += tenth
    assert abs(ag.sum(tenths) - 1000.0) < abs(naive - 1000.0)


@given(st.lists(st.floats(-800.0, 800.0), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_logsumexp_and_softmax_against_mpmath(numbers):
    with mp.workdps(60):
        powers = [mp.exp(mp.mpf(number)) for number in numbers]
        total = sum(powers)
        expected = mp.log(total)
        shares = [power / total for power in powers]
        got = ag.logsumexp(numbers)
        size = max(map(abs, [*numbers, expected, 1.0]))
        assert abs(got - expected) <= 1e-14 * size
        for share, soft, slope in zip(
            shares, ag.softmax(numbers), grad(ag.logsumexp)(numbers), strict=True
        ):
            close = 1e-12 * share + mp.mpf(5e-324) * 4 + 4 * share * size * mp.mpf(2) ** -52
            assert abs(soft - share) <= close
            assert abs(slope - share) <= close


@given(st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_prod_and_its_gradient(numbers):
    exact = math.prod(map(Fraction, numbers))
    assert ag.prod(numbers) == pytest.approx(float(exact), rel=1e-14, abs=1e-300)
    for index, slope in enumerate(grad(ag.prod)(numbers)):
        others = math.prod(map(Fraction, numbers[:index] + numbers[index + 1 :]))
        assert slope == pytest.approx(float(others), rel=1e-13, abs=1e-300)


def test_what_there_is_of_none():
    assert (ag.sum([]), ag.prod([]), ag.dot([], [])) == (0.0, 1.0, 0.0)
    assert (ag.logsumexp([]), ag.softmax([])) == (-math.inf, [])
    with pytest.raises(ValueError, match="no numbers"):
        ag.mean([])
    with pytest.raises(ValueError, match="1 and 2"):
        ag.dot([1.0], [1.0, 2.0])


def test_iterators_are_read_once_and_values_found_among_numbers():
    x = Value(2.0)
    assert ag.sum(number for number in (1, x, 3)).data == 6.0
    assert ag.dot(iter([1, 2]), iter([x, x])).data == 6.0
    assert type(ag.sum(range(4))) is float


def test_order_does_not_matter_much():
    numbers = [random.Random(7).uniform(-1.0, 1.0) for _ in range(5_000)]
    shuffled = random.Random(8).sample(numbers, len(numbers))
    assert ag.sum(numbers) == pytest.approx(ag.sum(shuffled), abs=1e-12)
    assert ag.sum(numpy.array(numbers)) == ag.sum(numbers)


def test_softmax_of_an_array_is_an_array_with_the_bits_of_the_list():
    numbers = numpy.array([1.0, -2.0, 3.5])
    expected = ag.softmax([1.0, -2.0, 3.5])
    shares = ag.softmax(numbers)
    assert (type(expected), type(ag.softmax(iter(numbers)))) == (list, list)
    assert (shares.dtype, shares.tolist()) == (numpy.float64, expected)
    assert (3 * shares).shape == (3,)
    values = ag.softmax(numpy.array([Value(number) for number in numbers]))
    assert (values.dtype, [value.data for value in values]) == (object, expected)
    assert ag.softmax(numpy.array([])).shape == (0,)


def test_log_of_softmax_of_an_array_has_jax_s_gradient_eager_and_compiled():
    def surprise(z):
        return -(ag.log(ag.softmax(z)) * numpy.array([0.0, 1.0, 0.0])).sum()

    z = numpy.array([0.5, -1.0, 2.0])
    powers = numpy.exp(z - z.max())
    expected = powers / powers.sum() - numpy.array([0.0, 1.0, 0.0])  # softmax minus one-hot
    assert numpy.allclose(grad(surprise)(z), expected, rtol=1e-14)
    assert (ag.jit(grad(surprise))(z) == grad(surprise)(z)).all()


@pytest.mark.parametrize("wrap", [lambda f: f, ag.jit], ids=["eager", "compiled"])
@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_what_the_error_about_an_axis_writes_gives_numpy_s_numbers(wrap, axis):
    X = numpy.random.default_rng(1).normal(size=(2, 3, 4))
    powers = numpy.exp(X)
    expected = {
        "softmax": powers / powers.sum(axis, keepdims=True),
        "logsumexp": numpy.log(powers.sum(axis)),
        "sum": X.sum(axis),
        "mean": X.mean(axis),
        "prod": X.prod(axis),
    }
    for name, numbers in expected.items():
        with pytest.raises(TypeError) as caught:
            getattr(ag, name)(X, axis=axis)
        written = str(caught.value).partition("write ")[2]
        names = {**vars(ag), "np": numpy}
        got = wrap(lambda X, w=written, names=names: eval(w, {**names, "X": X}))(X)
        assert numpy.allclose(got, numbers, rtol=1e-13)
