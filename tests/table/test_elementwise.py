"""Functions of numbers take NumPy's arrays, element by element, as jax.numpy's do."""

import numpy
import pytest
from table_rows import operands_of

import autograd as ag
from autograd import Value
from autograd.table.operation import TABLE
from autograd.trees import tree_map

PUBLIC = [row for row in TABLE.values() if row.public and row.symbol == row.name]


def numbers(array):
    return tree_map(lambda each: each.data if isinstance(each, Value) else each, array.tolist())


@pytest.mark.parametrize("row", PUBLIC, ids=lambda row: row.name)
def test_every_function_takes_arrays_of_numbers_values_and_traced_values(row):
    first = operands_of(row, [0.75, 0.25, 2.0])
    second = operands_of(row, [0.5, 1.5, 3.0])
    if row.name == "acosh":
        first, second = [1.5], [2.5]
    expected = [row(*first), row(*second)]
    columns = [
        numpy.array(pair) if place in row.variables else pair[0]
        for place, pair in enumerate(zip(first, second, strict=True))
    ]
    plain = row(*columns)
    assert (plain.dtype, plain.tolist()) == (float, expected)
    values = [
        numpy.array([Value(x) for x in column]) if numpy.ndim(column) else column
        for column in columns
    ]
    found = row(*values)
    assert numbers(found) == expected
    if row.static:
        return
    assert ag.jit(row)(*columns).tolist() == expected
    by_rows = ag.jit(lambda *rows: row(*rows), in_axes=(0,) * row.arity)
    assert by_rows(*[column.reshape(2, 1) for column in columns]).ravel().tolist() == expected


def test_operands_are_broadcast():
    matrix = numpy.array([[3.0], [5.0]])
    found = ag.hypot(matrix, numpy.array([4.0, 12.0]))
    assert found.tolist() == [[5.0, 3.0 * numpy.sqrt(17.0)], [numpy.sqrt(41.0), 13.0]]
    assert numbers(ag.maximum(Value(2.0), numpy.array([1.0, 3.0]))) == [2.0, 3.0]
    assert ag.relu(numpy.zeros((0, 3))).shape == (0, 3)
    with pytest.raises(ValueError, match=r"maximum: arrays of the shapes \(2,\) and \(3,\)"):
        ag.maximum(numpy.ones(2), numpy.ones(3))


def test_a_choice_among_arrays_keeps_the_strong_zero():
    h = numpy.array([Value(-1.0), Value(2.0)])
    chosen = ag.where(h > 0, ag.sqrt(h), 0.0)
    ag.sum(chosen).backward()
    assert [each.grad for each in h] == [0.0, 0.5 / numpy.sqrt(2.0)]


def test_questions_on_arrays_are_arrays_of_bools():
    for array in (numpy.array([1.0, numpy.nan]), numpy.array([Value(1.0), Value(numpy.nan)])):
        assert (ag.isnan(array).dtype, ag.isnan(array).tolist()) == (bool, [False, True])
        assert ag.where(ag.isfinite(array), 1.0, 2.0).tolist() == [1.0, 2.0]


def hidden(w, x):
    h = x @ w
    h = ag.where((h > 0.5) | (h < -2.0), h, ag.sigmoid(h))
    h = ag.maximum(ag.relu(h), 0.1 * h)
    return ag.sum(ag.clip(h, -1.0, 3.0) * ag.isfinite(h))


def test_choices_on_traced_arrays_are_one_way_whatever_the_numbers():
    chance = numpy.random.default_rng(3)
    w, X = chance.normal(size=(3, 8)), chance.normal(size=(20, 3))
    step = ag.value_and_grad(hidden)
    fast = ag.jit(step, in_axes=(None, 0))
    values, grads = fast(w, X)
    for row, value, gradient in zip(X, values, grads, strict=True):
        expected = step(w, row)
        assert (value, gradient.tolist()) == (expected[0], expected[1].tolist())
    assert fast.ways == 1


def test_a_mask_of_traced_conditions_picks_entries_by_the_numbers_of_each_call():
    fast = ag.jit(lambda a: ag.sum(a[a > 0.0]))
    assert [fast(numpy.array(numbers)) for numbers in ([1.0, -2.0], [1.0, 4.0])] == [1.0, 5.0]


@pytest.mark.parametrize("thing", [[1.0], (1.0,), {"a": 1.0}, numpy.array(["a"]), "a"])
def test_what_is_no_array_of_numbers_is_refused(thing):
    for function in (ag.relu, ag.isnan, lambda x: ag.maximum(x, 0.0)):
        with pytest.raises(TypeError, match=r"takes (real )?numbers"):
            function(thing)
