"""Loops: compiled ones against eager ones, which are Python's own, to any order."""

from __future__ import annotations

import functools
from typing import Any

import numpy
import pytest

import autograd
from autograd import (
    Value,
    fori_loop,
    grad,
    hessian,
    hvp,
    jit,
    jvp,
    put,
    scan,
    sin,
    sqrt,
    take,
    tree_leaves,
    where,
    while_loop,
)
from autograd.backends.llvm import executable

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")


def powers(x: Any) -> Any:
    """x cubed."""
    return fori_loop(0, 3, lambda i, power: power * x, 1.0)


def doubled(x: Any) -> Any:
    """The first of x, 2 x^2, ... that is 100 or more."""
    return while_loop(lambda v: v < 100.0, lambda v: 2.0 * v * x, x)


def branching(x: Any, y: Any) -> Any:
    """A loop over numbers and Values, whose step decides by its carries."""

    def step(carry: Any, t: Any) -> Any:
        a, b = carry
        a = a * 0.5 + sin(t) if a > b else a * 1.1 * y
        return (a + 0.1 * b * x, b + x * t), a * b

    (a, b), products = scan(step, (x, y), [1.0, x, 3.0, y])
    return a * b + autograd.sum([each * each for each in products])


def nested(x: Any, y: Any) -> Any:
    """A while in a scan in a for, each with what the outer ones carry."""

    def outer(i: Any, total: Any) -> Any:
        def step(carry: Any, t: Any) -> Any:
            grown = while_loop(
                lambda v: v < 3.0 + y, lambda v: v * (1.2 + 0.1 * x) + 0.1 * t, carry
            )
            return grown * 0.3, None

        last, _ = scan(step, total + 0.1 * i * y, [x, y, 1.5])
        return last

    return fori_loop(0, 4, outer, x * y)


def checkpointed(x: Any, y: Any) -> Any:
    """Each of the loops, keeping the carries of few steps only."""
    a = fori_loop(2, 9, lambda i, c: sin(c * x) + 0.1 * i, y, checkpoint_every=3)
    b = while_loop(lambda v: v < 40.0, lambda v: v * 1.5 + x, y, checkpoint_every=2)
    rows = [x, 0.3, y, 0.7, 1.1]
    c, _ = scan(lambda c, t: (c * t + sin(x), None), a, rows, checkpoint_every=2)
    return a * b + c


CASES = {
    "checkpointed": (checkpointed, (0.7, 0.9)),
    "powers": (powers, (2.0,)),
    "doubled": (doubled, (1.3,)),
    "branching": (branching, (0.7, 0.4)),
    "nested": (nested, (0.9, 0.6)),
}
DERIVATIVES = {
    "value": lambda f, n: f,
    "gradient": lambda f, n: grad(f, tuple(range(n))),
    "Hessian": lambda f, n: hessian(f, tuple(range(n))),
    "third": lambda f, n: hessian(lambda *xs: grad(f)(*xs), tuple(range(n))),
    "jvp": lambda f, n: lambda *xs: jvp(f, xs, (1.0, 0.5)[:n]),
    "hvp": lambda f, n: lambda *xs: hvp(f, xs, (1.0, 0.3)[:n]),
    "forward over reverse": lambda f, n: (
        lambda *xs: jvp(lambda *ys: grad(f)(*ys), xs, (0.2, 1.0)[:n])[1]
    ),
    "reverse over forward": lambda f, n: grad(
        lambda *xs: jvp(f, xs, (0.2, 1.0)[:n])[1], tuple(range(n))
    ),
}


def numbers(tree: Any) -> numpy.ndarray:
    return numpy.array(tree_leaves(tree), float)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("order", DERIVATIVES)
def test_compiled_loops_are_the_eager_ones_in_every_derivative(name: str, order: str) -> None:
    f, args = CASES[name]
    derivative = DERIVATIVES[order](f, len(args))
    eager, compiled = numbers(derivative(*args)), numbers(jit(derivative)(*args))
    assert compiled == pytest.approx(eager, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("order", ["value", "gradient", "Hessian"])
def test_rows_go_through_a_loop_each_as_far_as_it_must(name: str, order: str) -> None:
    f, args = CASES[name]
    rows = [numpy.linspace(0.9 * arg, 1.4 * arg, 19) for arg in args]
    derivative = DERIVATIVES[order](f, len(args))
    fast = jit(lambda *xs: tree_leaves(derivative(*xs)), in_axes=(0,) * len(args))
    found = numpy.stack(fast(*rows), axis=-1)
    for row, numbers_ in enumerate(zip(*rows, strict=True)):
        eager = numbers(derivative(*map(float, numbers_)))
        assert found[row] == pytest.approx(eager, rel=1e-12, abs=1e-300)


def test_a_loop_compiled_once_serves_every_length() -> None:
    traced = []

    def power(x: Any, n: Any) -> Any:
        traced.append(n)
        return fori_loop(0, n, lambda i, total: total * x + i, 1.0)

    fast = jit(grad(power))
    for n in (0, 1, 5, 1000):
        assert fast(0.5, n) == pytest.approx(float(grad(power)(0.5, n)))
    assert len([each for each in traced if not isinstance(each, int)]) == 1


def test_a_choice_within_a_loop_passes_nothing_to_what_it_did_not_choose() -> None:
    def f(x: Any) -> Any:
        return fori_loop(0, 3, lambda i, c: where(c > 0.0, c * x, sqrt(c)), x)

    def unused(x: Any) -> Any:
        table = [sqrt(x), x * x]
        return fori_loop(0, 3, lambda i, c: c + take(table, 1), x)

    for g in (f, unused):
        for x in (2.0, 0.0):
            assert jit(grad(g))(x) == float(grad(g)(x))


def test_what_a_loop_sends_back_is_nothing_where_its_result_was_not_chosen() -> None:
    def f(x: Any) -> Any:
        return where(x > 0.0, x, fori_loop(0, 2, lambda i, c: sqrt(c), x))

    for x in (-1.0, 0.0, 1.0):
        assert repr(jit(grad(f))(x)) == repr(float(grad(f)(x)))


def test_lookups_send_derivatives_to_the_entries_that_were_read() -> None:
    def f(table: Any, i: Any) -> Any:
        return take(table, i) ** 2 + 3.0 * take(table, i - 1.0)

    table = [1.0, 2.0, 5.0]
    fast = jit(grad(f))
    for i in (-3, -1, 0, 1, 2):
        if i - 1 >= -3:
            assert fast(table, i) == [float(each) for each in grad(f)(table, i)]


def test_rows_of_a_table_are_looked_up_whole() -> None:
    rng = numpy.random.default_rng(1)
    table, tokens = rng.normal(size=(27, 4)), [3, 26, 0, 3]

    def f(table: Any, *tokens: Any) -> Any:
        rows = [take(table, token) for token in tokens]
        return autograd.sum(
            [(a * b) ** 2 for row in rows for a, b in zip(row, row[::-1], strict=True)]
        )

    eager = numpy.array(grad(f)(table, *tokens), float)
    assert jit(grad(f))(table, *tokens) == pytest.approx(eager)


def test_put_replaces_one_entry_and_nothing_else() -> None:
    def f(table: Any, i: Any, v: Any) -> Any:
        new = put(table, i, v)
        return [a * a for a in new]

    for i in (0, 2, -1, -3):
        assert jit(f)([1.0, 2.0, 3.0], i, 7.0) == [
            float(each) for each in f([1.0, 2.0, 3.0], i, 7.0)
        ]
    assert all(numpy.isnan(jit(f)([1.0, 2.0, 3.0], 3, 7.0)))
    with pytest.raises(IndexError, match="no entry 3 in a table of 3"):
        put([1.0, 2.0, 3.0], 3, 7.0)


def test_an_index_out_of_range_or_between_is_nan_compiled_and_an_error_eager() -> None:
    fast = jit(lambda table, i: take(table, i))
    for i in (3, -4, 0.5, float("nan"), float("inf"), 1e300):
        assert numpy.isnan(fast([1.0, 2.0, 3.0], i))
    for rows in ([[1.0, 2.0]], [[1.0, 2.0], [3.0, 4.0]]):
        assert numpy.isnan(jit(lambda i, rows=rows: take(rows, i))(0.5)).all()
    with pytest.raises(IndexError):
        take([1.0, 2.0, 3.0], 3)
    with pytest.raises(TypeError, match="whole number"):
        take([1.0, 2.0, 3.0], 0.5)


def test_the_results_of_all_steps_are_stacked() -> None:
    def f(x: Any) -> Any:
        return scan(lambda c, t: (c * x + t, {"c": c, "t": t * x}), x, numpy.arange(4.0))

    eager_last, eager = f(2.0)
    last, stacked = jit(f)(2.0)
    assert last == eager_last
    assert {key: list(found) for key, found in stacked.items()} == {
        key: list(found) for key, found in eager.items()
    }
    jacobians = autograd.jacobian(lambda x: f(x)[1]["c"])
    assert list(jit(jacobians)(2.0)) == pytest.approx([float(each) for each in jacobians(2.0)])


def falling(x: Any, rows: Any, *, every: int | None = None) -> Any:
    """A scan from the last row to the first."""
    carry, _ = scan(
        lambda c, row: (c * row + sin(c), None), x, rows, checkpoint_every=every, reverse=True
    )
    return carry


@pytest.mark.parametrize("every", [None, 2])
def test_a_scan_in_reverse_is_the_loop_over_the_rows_turned_around(every: int | None) -> None:
    def turned(x: Any, rows: Any) -> Any:
        for row in reversed(list(rows)):
            x = x * row + sin(x)
        return x

    fast = jit(lambda x, rows: falling(x, rows, every=every))
    slope = jit(grad(lambda x, rows: falling(x, rows, every=every), (0, 1)))
    for count in (1, 2, 7):  # any number of rows in one program
        rows = numpy.linspace(0.2, 1.7, count)
        assert falling(0.5, rows, every=every) == fast(0.5, rows) == turned(0.5, rows)
        for compiled, eager in zip(slope(0.5, rows), grad(turned, (0, 1))(0.5, rows), strict=True):
            assert compiled == pytest.approx(eager, rel=1e-12)


def test_in_reverse_each_result_keeps_the_place_of_its_row() -> None:
    def f(x: Any) -> Any:
        return scan(
            lambda c, row: (c + row, {"c": c, "row": row}), x, [1.0, 2.0, 4.0], None, None, True
        )

    for last, results in (f(0.0), jit(f)(0.0)):
        assert last == 7.0
        assert list(results["row"]) == [1.0, 2.0, 4.0]
        assert list(results["c"]) == [6.0, 4.0, 0.0]


def test_a_loop_takes_any_callable_of_its_arguments() -> None:
    class Grown:
        def __call__(self, i: Any, value: Any = 1.0, *, by: float = 2.0) -> Any:
            return value * by

    assert fori_loop(0, 3, Grown(), 1.0) == fori_loop(0, 3, functools.partial(Grown()), 1.0) == 8.0
    assert fori_loop(0, 3, max, 1.0) == 2.0
    assert while_loop(lambda *value: value[0] < 3.0, lambda v, more=1.0: v + more, 0.0) == 3.0


def test_eager_loops_are_operations_of_the_graph() -> None:
    x = Value(2.0, "x")
    y = powers(x)
    y.backward()
    assert (y.data, x.grad) == (8.0, 12.0)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: scan(lambda c, x: ((c, c), None), 1.0, [1.0]), ValueError, "keeps its structure"),
        (lambda: scan(lambda c, x: c, 1.0, [1.0]), TypeError, "pair"),
        (lambda: scan(lambda c, x: (c, x), 1.0), ValueError, "xs, or length"),
        (lambda: scan(lambda c, x: (c, x), 1.0, [1.0], 3), ValueError, "1 row, and length is 3"),
        (lambda: scan(lambda c, x: (c, x), 1.0, ([1.0], [1.0, 2.0])), ValueError, "1 and 2 rows"),
        (lambda: scan(lambda c, x: (c, x), 1.0, (1.0,)), ValueError, "has no rows"),
        (lambda: scan(lambda c, x: (c, x), 1.0, length=1.5), TypeError, "whole number"),
        (lambda: while_loop(lambda v: v, lambda v: v, 1.0), TypeError, "comparison"),
        (lambda: fori_loop(0, "3", lambda i, v: v, 1.0), TypeError, "whole number"),
        (lambda: while_loop(lambda v: v < 2.0, lambda v: [v], 1.0), ValueError, "structure"),
    ],
)
def test_what_is_no_loop_is_an_error_that_says_so(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call()
    with pytest.raises(error, match=words):
        jit(lambda x: call())(1.0)


def test_checkpoints_take_less_memory_and_more_time_for_the_same_gradient(monkeypatch: Any) -> None:
    monkeypatch.setattr(executable, "_memory_of_machine", lambda: 3_000_000)

    def loss(x: Any, n: Any, every: Any) -> Any:
        return fori_loop(0, n, lambda i, c: sin(c * x) + 0.5, x, checkpoint_every=every)

    whole = jit(grad(loss), static_argnames="every")
    assert whole(0.7, 1000, None) == pytest.approx(whole(0.7, 1000, 30), rel=1e-12)
    with pytest.raises(MemoryError):
        whole(0.7, 1_000_000, None)
    assert whole(0.7, 1_000_000, 1000) == pytest.approx(whole(0.7, 1000, None), rel=1e-9)


@pytest.mark.parametrize("every", [0, -1, 1.5, True])
def test_checkpoints_are_a_whole_number_apart(every: Any) -> None:
    for call in (
        lambda: scan(lambda c, x: (c, None), 1.0, [1.0], checkpoint_every=every),
        lambda: fori_loop(0, 3, lambda i, c: c, 1.0, checkpoint_every=every),
        lambda: while_loop(lambda c: c < 1.0, lambda c: c, 1.0, checkpoint_every=every),
    ):
        with pytest.raises(TypeError, match="from 1 on"):
            call()
    with pytest.raises(ValueError, match="no results"):
        jit(lambda x: scan(lambda c, t: (c, t), x, [1.0, 2.0], checkpoint_every=1))(1.0)


def test_results_of_steps_are_floats_where_some_are_whole_numbers_as_under_jit():
    def counted(xs):
        return scan(lambda c, x: (c + x, (c, c > 0)), 0, xs)[1]

    numbers, questions = counted(numpy.ones(3))
    assert numbers.dtype == float
    assert questions.dtype == bool
    assert numbers.tolist() == jit(counted)(numpy.ones(3))[0].tolist() == [0.0, 1.0, 2.0]
    assert scan(lambda c, _: (c + 1, c), 0, length=3)[1].dtype == float
