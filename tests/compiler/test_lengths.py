"""What a function does with the length of an argument is never done with that of another call."""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

import numpy
import pytest

import autograd
from autograd import Value, fori_loop, grad, jit, no_grad, put, scan, take, while_loop

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")


def total(xs: Any) -> Any:
    """The sum of an array, by a loop."""
    return scan(lambda c, x: (c + x, None), 0.0, xs)[0]


LENGTHS = {
    "a slice": lambda xs: len(xs[:]),
    "a view": lambda xs: xs[1:].size,
    "reversed": lambda xs: xs[::-1].shape[0],
    "reshaped": lambda xs: xs.reshape(-1).size,
    "flat": lambda xs: len(list(xs.flat)),
    "ravelled": lambda xs: sum(1 for _ in xs.ravel()),
    "copied": lambda xs: copy.copy(xs).size,
    "a list": lambda xs: len(xs.tolist()),
    "transposed": lambda xs: xs.T.size,
    "zeros like it": lambda xs: numpy.zeros_like(xs, dtype=float).size,
    "repeated": lambda xs: numpy.repeat(xs, 2).size,
    "twice it": lambda xs: len(xs * 2),
    "enumerated": lambda xs: sum(1 for _ in numpy.ndenumerate(xs)),
    "an entry": lambda xs: 100.0 if raises(lambda: xs[4]) else 1.0,
    "bytes": lambda xs: xs.nbytes,
    "a decision": lambda xs: 1.0 if len(xs[1:]) > 2 else -1.0,
}


def raises(f: Any) -> bool:
    try:
        f()
    except IndexError:
        return True
    return False


@pytest.mark.parametrize("name", LENGTHS)
def test_a_length_that_is_asked_for_in_any_way_belongs_to_its_call(name: str) -> None:
    def f(xs: Any) -> Any:
        return total(xs) * LENGTHS[name](xs)

    for g in (f, lambda xs: LENGTHS[name](xs) * total(xs)):
        fast = jit(g)
        for count in (4, 7, 2, 4):
            xs = numpy.arange(1.0, count + 1.0)
            assert fast(xs) == float(g(xs.astype(object))), count


def test_carries_that_are_made_like_an_argument_have_its_length() -> None:
    fast = jit(
        lambda xs: scan(lambda c, x: (c + x, None), numpy.zeros_like(xs, dtype=float), xs)[0]
    )
    for count in (4, 7, 2):
        assert fast(numpy.ones(count)).tolist() == [float(count)] * count


EDITS = {
    "an entry": lambda xs, w: xs.__setitem__(0, w),
    "sorted": lambda xs, w: xs.sort(),
    "filled": lambda xs, w: xs.fill(w),
    "in place": lambda xs, w: numpy.multiply(xs, 2, out=xs),
    "copied to": lambda xs, w: numpy.copyto(xs, numpy.ones(len(xs))),
    "a view": lambda xs, w: xs[1:].__setitem__(0, w),
    "plain": lambda xs, w: numpy.asarray(xs).__setitem__(0, w),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_argument_that_is_edited_is_read_as_it_is_then(name: str) -> None:
    def f(xs: Any, w: Any) -> Any:
        before = total(xs)
        EDITS[name](xs, w)
        return before + 10.0 * total(xs) + take(xs, w * 0.0)

    for count in (3, 5):
        xs = numpy.arange(float(count), 0.0, -1.0)
        if name != "sorted":  # Values cannot be sorted by NumPy without decisions
            assert jit(f)(xs, 7.0) == float(f(xs.astype(object), 7.0))


def test_values_from_outside_that_count_or_index_are_read_at_every_call() -> None:
    k = Value(1.0, "k")
    cases = [
        lambda x: fori_loop(0, k, lambda i, c: c * x, 1.0),
        lambda x: fori_loop(k, 4, lambda i, c: c * x, 1.0),
        lambda x: scan(lambda c, _: (c * x, None), 1.0, length=k)[0],
        lambda x: take([x, x * x, x * x * x], k),
        lambda x: autograd.sum(
            [a * b for a, b in zip(put([x, x, x], k, 5.0), (1, 2, 3), strict=True)]
        ),
        lambda x: fori_loop(0, 2, lambda i, c: c + take([x, x * x, x * x * x], k), x),
    ]
    for f in cases:
        k.data = 1.0
        with no_grad():
            fast = jit(f)
            for number in (1.0, 2.0):
                k.data = number
                assert fast(2.0) == pytest.approx(float(autograd.stop_gradient(f(2.0))))


def test_a_traced_index_stands_beside_slices_as_in_numpy() -> None:
    m, t = numpy.arange(1.0, 10.0).reshape(3, 3), numpy.arange(24.0).reshape(2, 3, 4)
    cases = [
        (lambda a, i: a[:, i], m), (lambda a, i: a[..., i], m), (lambda a, i: a[1:, i], m),
        (lambda a, i: a[i, 0], m), (lambda a, i: a[i, 1:], m), (lambda a, i: a[i, i], m),
        (lambda a, i: a[:, i, 0], t), (lambda a, i: a[1, :, i], t), (lambda a, i: a[i, ..., 2], t),
        (lambda a, i: a[i, :, i], t),
    ]  # fmt: skip
    for f, array in cases:
        assert numpy.array_equal(jit(f)(array, 1), f(array, 1))
    for other in (None, True, numpy.False_):  # of which NumPy makes axes
        with pytest.raises(autograd.TraceError, match="ints and slices"):
            jit(lambda a, i, other=other: a[other, i])(m, 1)
        with pytest.raises(autograd.TraceError, match="ints and slices"):
            jit(lambda a, i, other=other: a[i, other])(m, 1)
    for f in (lambda a, i: a[..., ..., i], lambda a, i: a[..., i, ...]):  # NumPy refuses them
        with pytest.raises(IndexError, match="single ellipsis"):
            jit(f)(t, 1)


def test_no_grad_keeps_the_derivative_of_what_only_passes_through() -> None:
    def silent(f: Any) -> Any:
        with no_grad():
            return f()

    cases = [
        lambda x: x * 2 + silent(lambda: fori_loop(0, 1, lambda i, c: c, x)),
        lambda x: x * 2 + silent(lambda: fori_loop(0, 1, lambda i, c: c * x, x)),
        lambda x: x * silent(lambda: take([x, x * 3.0], 1.0 + 0.0 * x)),
    ]
    for f in cases[:2]:
        assert jit(grad(f))(2.0) == float(grad(f)(2.0))
    taken = lambda x, i: x[0] * silent(lambda: take(x, i))  # noqa: E731
    assert jit(grad(taken))([1.0, 2.0], 1) == [float(n) for n in grad(taken)([1.0, 2.0], 1)]


def test_a_count_that_is_no_whole_number_gives_nan() -> None:
    fast = jit(lambda x: fori_loop(0, x, lambda i, s: s * 2 + 1, 1.0))
    assert fast(3.0) == 15.0
    assert fast(-2.0) == 1.0
    for count in (2.5, float("nan")):
        assert numpy.isnan(fast(count))


def test_numpys_bools_are_conditions() -> None:
    assert while_loop(lambda s: s < numpy.float64(3.0), lambda s: s + 1, 0.0) == 3.0


def test_static_arguments_may_go_by_name_among_others() -> None:
    def f(x: Any, n: Any, y: Any = 1.0, *, z: Any = 0.0) -> Any:
        return x * n + y + z

    fast = jit(f, static_argnames="n")
    assert fast(1.0, n=3, y=2.0) == 5.0
    assert fast(x=2.0, n=3) == 7.0
    assert fast(n=3, x=2.0, z=1.0) == 8.0
    assert fast(1.0, y=3.0, n=1) == 4.0
    second = jit(lambda n, x, y=1.0: x * n + y, static_argnames="n")
    assert second(3, x=2.0) == 7.0
    assert jit(partial(lambda n, ys: n * ys, n=3), static_argnames="n")(ys=2.0) == 6.0
    rows = jit(f, in_axes=(0, None, None), static_argnames="n")
    assert rows(numpy.ones(2), n=3, y=2.0).tolist() == [5.0, 5.0]


def test_equal_static_arguments_of_different_kinds_have_programs_of_their_own() -> None:
    kind = jit(lambda x, c: autograd.copysign(x, c), static_argnums=1)
    assert (kind(1.0, 0.0), kind(1.0, -0.0)) == (1.0, -1.0)
    inside = jit(lambda x, c: x * {int: 1, float: 2, bool: 3}[type(c[0])], static_argnums=1)
    assert [inside(1.0, c) for c in ((1,), (1.0,), (True,))] == [1.0, 2.0, 3.0]
    with pytest.raises(TypeError, match="takes 2 arguments"):
        jit(lambda x, n: x, static_argnums=5)


def test_a_loop_over_no_entries_of_an_empty_array_is_no_step() -> None:
    fast = jit(lambda xs: fori_loop(0, len(xs), lambda i, c: c + take(xs, i), 0.0))
    assert [fast(numpy.arange(float(n))) for n in (0, 1, 4)] == [0.0, 0.0, 6.0]
    rows = jit(lambda xs: fori_loop(0, len(xs), lambda i, c: c + take(xs, i)[1], 0.0))
    assert rows(numpy.zeros((0, 2))) == 0.0


def test_a_lookup_that_all_rows_share_is_used_in_the_loop_of_each() -> None:
    def f(a: Any, table: Any, i: Any) -> Any:
        return fori_loop(0, 3, lambda k, c: c * a + take(table, i), a)

    def g(a: Any, table: Any, i: Any) -> Any:
        entry = take(table, i)
        return fori_loop(0, 3, lambda k, c: c * a + entry, a)

    rows, table = numpy.linspace(0.1, 0.9, 11), numpy.array([0.4, -0.7, 1.1])
    for each in (f, g, grad(f), grad(g)):
        found = jit(each, in_axes=(0, None, None))(rows, table, 2)
        assert found == pytest.approx([float(each(float(a), table, 2)) for a in rows], rel=1e-12)
