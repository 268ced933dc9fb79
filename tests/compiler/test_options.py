"""Arguments that stay Python's, arrays of any length, tables, rows by vmap, and signals."""

from __future__ import annotations

import copy
import dataclasses
import enum
import gc
import math
import os
import pickle
import signal
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy
import pytest

import autograd
import autograd.compiler.jit as module
from autograd import TraceError, Value, fori_loop, grad, jit, scan, take, vmap, while_loop
from autograd.backends.llvm import executable

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")


class Kind(enum.Enum):
    SQUARE = 2
    CUBE = 3


def power(x: Any, n: Any = 2, kind: Any = None) -> Any:
    """x to the power that one of the others says."""
    exponent = kind.value if isinstance(kind, Kind) else n
    total = 1.0
    for _ in range(exponent):
        total = total * x
    return total


def test_static_arguments_are_pythons_own_and_have_a_program_each() -> None:
    fast = jit(grad(power), static_argnames=("n", "kind"))
    assert fast(3.0) == 6.0
    assert fast(3.0, n=3) == 27.0
    assert fast(3.0, 4) == 108.0
    assert fast(3.0, kind=Kind.CUBE) == 27.0
    by_place = jit(power, static_argnums=(1, -1))
    assert [by_place(2.0, n) for n in (0, 1, 5, 1)] == [1.0, 2.0, 32.0, 2.0]
    assert by_place.ways == 3


def test_what_is_static_can_be_a_function_a_string_or_none() -> None:
    def f(x: Any, g: Any, name: str, nothing: None) -> Any:
        assert nothing is None
        return g(x) if name == "apply" else x

    fast = jit(f, static_argnums=(1, 2, 3))
    assert fast(2.0, autograd.exp, "apply", None) == autograd.exp(2.0)
    assert fast(2.0, autograd.exp, "leave", None) == 2.0


def test_one_and_true_are_different_static_arguments() -> None:
    fast = jit(lambda x, flag: x if flag is True else -x, static_argnums=1)
    assert (fast(1.0, 1), fast(1.0, True), fast(1.0, 1.0)) == (-1.0, 1.0, -1.0)


@dataclasses.dataclass(frozen=True)
class Divisor:
    """A static argument, equal to others of another type or sign."""

    number: float
    more: tuple[object, ...] = ()


def test_static_dataclasses_that_are_equal_but_not_the_same_have_programs_of_their_own():
    fast = jit(lambda x, by: x / by.number, static_argnums=1)
    for number in (0.0, -0.0, 1, 1.0):
        assert fast(1.0, Divisor(number)) == (
            1.0 / number if number else math.copysign(math.inf, number)
        )
    negated = jit(lambda x, by: -x if by.more and by.more[0] is True else x, static_argnums=1)
    assert negated(1.0, Divisor(1.0, (1,))) == 1.0
    assert negated(1.0, Divisor(1.0, (True,))) == -1.0


def test_rows_go_side_by_side_beside_static_arguments() -> None:
    fast = jit(power, in_axes=(0, None), reduce="sum", static_argnums=1)
    assert fast(numpy.array([1.0, 2.0, 3.0]), 2) == 14.0
    with pytest.raises(ValueError, match="static, and in_axes maps it"):
        jit(power, in_axes=(0, 0), static_argnums=1)(numpy.ones(2), 2)


class Scale:
    """An object with methods whose arguments stay Python's; ``seen`` says what they were given."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.seen: list[Any] = []

    @jit(static_argnames="flag")
    def signed(self, x: Any, flag: Any) -> Any:
        self.seen.append(flag)
        return x * self.factor if flag is True else -x

    @jit(static_argnums=2)
    def powers(self, x: Any, n: int) -> Any:
        return sum(x**i for i in range(n)) * self.factor

    @jit(static_argnums=(0, 2))  # as JAX's users write it: self by number
    def with_self(self, x: Any, n: int) -> Any:
        return sum(x**i for i in range(n)) * self.factor

    @jit(static_argnums=1)
    def first(self, *args: Any) -> Any:
        return args[1] * args[0] if type(args[0]) is int else -1.0

    @jit(in_axes=(0, None), reduce="sum", static_argnums=2)
    def rows(self, x: Any, n: int) -> Any:
        return sum(x**i for i in range(n)) * self.factor

    @jit(static_argnums=2)
    @classmethod
    def of_class(cls, x: Any, n: int) -> Any:
        return sum(x**i for i in range(n))

    @jit(static_argnums=1)
    @staticmethod
    def of_none(x: Any, n: int) -> Any:
        return sum(x**i for i in range(n))

    def plain(self, x: Any, n: int) -> Any:
        return sum(x**i for i in range(n)) * self.factor

    def __call__(self, x: Any, n: int) -> Any:
        return sum(x**i for i in range(n)) * self.factor


def test_methods_with_static_arguments_are_each_objects_own() -> None:
    for factor in (2.0, 5.0):
        scale = Scale(factor)
        calls = [scale.signed(3.0, True), scale.signed(3.0, 1), scale.signed(3.0, flag=True)]
        assert [*calls, Scale.signed(scale, 3.0, True)] == [3 * factor, -3, 3 * factor, 3 * factor]
        assert len(scale.seen) == 2
        assert set(map(type, scale.seen)) == {bool, int}


def test_static_arguments_of_methods_count_self_as_jax_does() -> None:
    scale = Scale(2.0)
    for method in (scale.powers, scale.with_self):
        assert method(2.0, 3) == method(2.0, n=3) == 14.0
    assert scale.first(2, 3.0) == 6.0
    assert scale.of_class(2.0, 3) == Scale.of_class(2.0, 3) == scale.of_none(2.0, 3) == 7.0


@pytest.mark.parametrize(
    "call",
    [
        lambda scale: Scale.powers(scale, 2.0, 3),
        lambda scale: jit(scale.plain, static_argnums=1)(2.0, 3),
        lambda scale: jit(scale, static_argnums=1)(2.0, 3),
        lambda scale: jit(partial(scale.plain, n=3), static_argnames="n")(2.0),
        lambda scale: partial(scale.powers, n=3)(2.0),
        lambda scale: copy.deepcopy(scale.powers)(2.0, 3),
        lambda scale: copy.deepcopy(jit(scale.plain, static_argnums=1))(2.0, 3),
        lambda scale: pickle.loads(pickle.dumps(scale.powers))(2.0, 3),
        lambda scale: pickle.loads(pickle.dumps(jit(scale.plain, static_argnums=1)))(2.0, 3),
        lambda scale: jit(lambda x: scale.powers(x, 3))(2.0),
        lambda scale: scale.powers(Value(2.0), 3).data,
        lambda scale: scale.rows(numpy.array([2.0]), 3),
        lambda scale: scale.rows(numpy.array([2.0]), n=3),
    ],
)
def test_a_method_keeps_its_static_arguments_however_it_is_reached(
    call: Callable[[Scale], float],
) -> None:
    assert call(Scale(2.0)) == 14.0


def test_programs_for_static_arguments_go_with_their_object() -> None:
    scale = Scale(2.0)
    scale.powers(2.0, 3)
    last = weakref.ref(scale)
    del scale
    gc.collect()
    assert last() is None


def test_a_compiled_function_with_static_arguments_shows_what_it_became() -> None:
    scale, fast = Scale(2.0), jit(power, static_argnums=1)
    assert scale.powers(2.0, 3) == 14.0
    assert fast(2.0, 3) == 8.0
    assert (scale.powers.graph.data, fast.graph.data) == (14.0, 8.0)
    assert (scale.powers.ways, fast.ways) == (1, 1)
    assert fast(2.0, n=2) == fast.graph.data == 4.0


def test_functions_with_static_arguments_are_pickled_and_copied() -> None:
    for again in (pickle.loads(pickle.dumps(PICKLED)), copy.deepcopy(PICKLED)):
        assert again(2.0, 3) == 8.0


PICKLED = jit(power, static_argnums=1)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: jit(power, static_argnames="m"), TypeError, "no argument 'm'"),
        (lambda: jit(power, static_argnums="n"), TypeError, "takes ints"),
        (lambda: jit(power, static_argnames=1.5), TypeError, "strings|iterable"),
        (lambda: jit(power, static_argnums=1)(2.0, [3]), TypeError, "cannot be hashed"),
        (lambda: jit(grad(power), static_argnums=0)(2.0), ValueError, "is differentiated"),
        (lambda: jit(power)(2.0, "3"), TypeError, "static_argnames='n'"),
        (lambda: jit(power)(2.0, 3), TraceError, "static_argnames='n'"),
        (
            lambda: jit(lambda x, flag: x if flag else -x)(1.0, 1),
            TraceError,
            "static_argnames='flag'",
        ),
        (lambda: jit(lambda x, n: [1.0, 2.0][n] * x)(1.0, 1), TraceError, "take"),
        (lambda: jit(lambda x, n: x ** int(n))(1.0, 1), TraceError, "static_argnames='n'"),
    ],
)
def test_what_only_python_can_take_is_named_with_the_option(
    make: Any, error: Any, words: str
) -> None:
    with pytest.raises(error, match=words):
        make()


def recurrence(w: Any, xs: Any) -> Any:
    """A sum whose terms decay."""
    return scan(lambda total, x: (total * w + x, None), 0.0, xs)[0]


def test_one_program_serves_arrays_of_every_length() -> None:
    fast = jit(grad(recurrence))
    for length in (3, 1, 10, 1000):
        xs = numpy.linspace(1.0, 2.0, length)
        assert fast(0.5, xs) == pytest.approx(float(grad(recurrence)(0.5, xs)))
        assert fast(0.5, xs.astype("float32")) == pytest.approx(fast(0.5, xs), rel=1e-6)
    assert len(fast._executables()) <= 2


def test_documents_of_tokens_of_any_length_go_through_one_program() -> None:
    def likelihood(table: Any, tokens: Any) -> Any:
        def step(total: Any, pair: Any) -> Any:
            return total + take(table, pair[0])[0] * take(table, pair[1])[1], None

        return scan(step, 0.0, tokens)[0]

    rng = numpy.random.default_rng(3)
    table, fast = rng.normal(size=(5, 2)), jit(likelihood)
    for length in (2, 7, 4):
        tokens = rng.integers(0, 5, size=(length, 2))
        assert fast(table, tokens) == pytest.approx(
            sum(table[a, 0] * table[b, 1] for a, b in tokens)
        )
    assert fast.ways == 1


@pytest.mark.parametrize(
    "f",
    [
        lambda w, xs: recurrence(w, xs) / len(xs),
        lambda w, xs: recurrence(w, xs) / xs.shape[0],
        lambda w, xs: recurrence(w, xs) / xs.size,
        lambda w, xs: recurrence(w, xs) + xs[-1],
        lambda w, xs: recurrence(w, xs) + xs.sum(),
        lambda w, xs: recurrence(w, xs) + sum(1 for _ in xs),
        lambda w, xs: recurrence(w, xs) * (2.0 if w > 0.0 else 1.0) + len(xs),
        lambda w, xs: recurrence(w, xs[1:]),
        lambda w, xs: scan(lambda c, x: (c, x * w), 0.0, xs)[1].sum(),
        lambda w, xs: scan(lambda c, x: (c + x, None), w, xs, len(xs))[0],
    ],
)
def test_a_length_that_the_function_asks_for_is_never_that_of_another_call(f: Any) -> None:
    fast = jit(f)
    for length in (3, 5, 2):
        xs = numpy.linspace(1.0, 2.0, length)
        assert fast(0.5, xs) == pytest.approx(float(f(0.5, xs)))


def test_arrays_that_go_together_are_held_to_one_length() -> None:
    fast = jit(lambda a, b: scan(lambda c, x: (c + x[0] * x[1], None), 0.0, (a, b))[0])
    assert fast(numpy.arange(3.0), numpy.arange(3)) == 5.0
    assert fast(numpy.arange(4.0), numpy.arange(4)) == 14.0
    with pytest.raises(ValueError, match="4 and 3 rows"):
        fast(numpy.arange(4.0), numpy.arange(3))


def test_entries_of_an_array_are_looked_up_by_traced_indices() -> None:
    table = numpy.arange(12.0).reshape(4, 3)
    fast = jit(lambda t, i, j: t[i] @ t[j] + t[i, 2] + t[1, j])
    assert fast(table, 1, 2) == table[1] @ table[2] + table[1, 2] + table[1, 2]
    slope = jit(grad(lambda t, i: t[i] @ t[i]))(table, 2)
    assert (slope == 2.0 * table * (numpy.arange(4) == 2)[:, None]).all()
    rows = jit(lambda t, i: t[i], in_axes=(None, 0))(table[:, 0], numpy.array([3, 0, 9, -1]))
    assert numpy.array_equal(rows, [9.0, 0.0, numpy.nan, 9.0], equal_nan=True)


def squared_error(w: Any, x: Any) -> Any:
    """The squared error of a linear model of two features."""
    return (w[0] * x[0] + w[1] * x[1] - x[2]) ** 2


def test_vmap_of_a_gradient_under_jit_gives_gradients_row_by_row() -> None:
    rows = numpy.random.default_rng(0).normal(size=(50, 3))
    w = numpy.array([0.3, 0.7])
    each = vmap(grad(squared_error), in_axes=(None, 0))
    eager = numpy.array([numpy.array(grad(squared_error)(w, row), float) for row in rows])
    assert numpy.asarray(jit(each)(w, rows)) == pytest.approx(eager, rel=1e-14)
    inside = jit(lambda w, rows: vmap(grad(squared_error), (None, 0), 1)(w, rows))
    assert inside(w, rows) == pytest.approx(eager.T, rel=1e-14)


def test_many_rows_within_a_traced_function_are_one_loop() -> None:
    def total(w: Any, rows: Any) -> Any:
        return autograd.mean(list(vmap(squared_error, (None, 0))(w, rows)))

    rows = numpy.random.default_rng(0).normal(size=(200, 3))
    w = numpy.array([0.3, 0.7])
    fast = jit(grad(total))
    assert fast(w, rows) == pytest.approx(numpy.array(grad(total)(w, rows), float), rel=1e-12)
    assert "scan" in fast.source


def halves(x: Any) -> Any:
    """Never ends at 0."""
    return while_loop(lambda v: v < 1.0, lambda v: v * 0.5, x)


@pytest.mark.skipif(not hasattr(signal, "raise_signal"), reason="signals are sent to the process")
@pytest.mark.parametrize("kind", ["value", "rows"])
def test_a_loop_that_does_not_end_is_ended_by_a_signal(kind: str) -> None:
    fast = jit(halves, in_axes=0 if kind == "rows" else None)
    good, bad = (2.0, 0.0) if kind == "value" else (numpy.full(9, 2.0), numpy.zeros(9))
    fast(good)

    def interrupt() -> None:
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    helper = threading.Thread(target=interrupt)
    helper.start()
    with pytest.raises(KeyboardInterrupt):
        fast(bad)
    helper.join()
    assert numpy.all(fast(good) == 2.0)


def test_what_a_handler_raises_comes_out_of_the_loop() -> None:
    def alarm(number: int, frame: Any) -> None:
        raise TimeoutError("too long")

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(TimeoutError, match="too long"):
            jit(halves)(0.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def test_memory_that_runs_out_is_a_memory_error_and_nothing_is_lost(monkeypatch: Any) -> None:
    monkeypatch.setattr(executable, "_memory_of_machine", lambda: 10_000_000)
    fast = jit(grad(lambda x, n: fori_loop(0, n, lambda i, c: c * x, 1.0)))
    assert fast(2.0, 3) == 12.0
    with pytest.raises(MemoryError, match="fewer steps"):
        fast(1.0, 10_000_000)
    with pytest.raises(MemoryError):
        fast(1.0, 1e300)
    assert fast(2.0, 3) == 12.0
    with pytest.raises(MemoryError):
        jit(grad(lambda x: while_loop(lambda v: v < 1.0, lambda v: v * v, x)))(0.0)


def test_programs_of_many_structures_are_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "MOST_STRUCTURES", 5)
    fast = jit(lambda xs: autograd.sum(xs))
    for count in (*range(1, 12), 1, 11):
        assert fast([1.0] * count) == count
    assert len(fast._programs.executables) <= 5
    plain = jit(lambda *xs: autograd.sum(xs))
    for count in (*range(1, 12), 1, 11):
        assert plain(*[1.0] * count) == count
    assert len(plain._programs.executables) <= 5
    assert len(plain._programs.direct) <= 5
