"""Mapped functions: SIMD lanes, tails, reduction, axes, threads, against NumPy."""

import dataclasses
import math
import os
import subprocess
import sys
from collections import namedtuple
from fractions import Fraction

import numpy as np
import pytest
from compiler_cases import same

import autograd
from autograd import Value, grad, hessian, jit, value_and_grad
from autograd.backends.llvm import executable as native

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")

ROWS = (0, 1, 7, 8, 9, 1000)


def loss(weights, x, y):
    return (weights[0] * x[0] + weights[1] * x[1] - y) ** 2


def data(rows, seed=0):
    random = np.random.default_rng(seed)
    return random.normal(size=(rows, 2)), random.normal(size=rows)


WEIGHTS = np.array([0.5, -1.5])


@pytest.mark.parametrize("rows", ROWS)
def test_rows_come_back_in_front_and_equal_single_calls(rows):
    x, y = data(rows)
    gradient = value_and_grad(loss)
    values, slopes = jit(gradient, in_axes=(None, 0, 0))(WEIGHTS, x, y)
    assert values.shape == (rows,)
    assert slopes.shape == (rows, 2)
    for row in range(rows):
        value, slope = gradient(WEIGHTS, x[row], y[row])
        assert same(value, values[row])
        assert all(same(a, b, any_zero=True) for a, b in zip(slope, slopes[row], strict=True))


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("reduce", ["sum", "mean"])
def test_reduction_equals_exact_summation_of_the_rows(rows, reduce):
    if rows == 0 and reduce == "mean":
        return
    x, y = data(rows)
    values, slopes = jit(value_and_grad(loss), in_axes=(None, 0, 0))(WEIGHTS, x, y)
    value, slope = jit(value_and_grad(loss), in_axes=(None, 0, 0), reduce=reduce)(WEIGHTS, x, y)
    divisor = rows if reduce == "mean" else 1
    assert value == pytest.approx(math.fsum(values) / divisor, rel=1e-14)
    for column in range(2):
        scale = math.fsum(abs(slopes[:, column])) / divisor
        assert abs(slope[column] - math.fsum(slopes[:, column]) / divisor) <= 1e-14 * scale


def test_the_number_of_rows_never_retraces():
    traced = []

    def function(x):
        traced.append(x)
        return x * 2

    fast = jit(function, in_axes=0)
    for rows in (*ROWS, 5000):
        np.testing.assert_array_equal(fast(np.arange(rows)), 2.0 * np.arange(rows))
    assert len(traced) == 1


def test_axes_mean_what_they_mean_in_vmap():
    a, b = np.arange(12.0).reshape(3, 4), np.arange(3.0)
    both = jit(lambda a, b: a * 2.0 + b, in_axes=0)
    np.testing.assert_array_equal(both(a, b), a * 2 + b[:, None])
    np.testing.assert_array_equal(jit(lambda a: a * 2, in_axes=1)(a), a.T * 2)
    np.testing.assert_array_equal(jit(lambda a: a * 2, in_axes=-1)(a), a.T * 2)
    nested = jit(lambda t, s: t["x"] * t["y"][0] + s, in_axes=({"x": 0, "y": [None]}, None))
    np.testing.assert_array_equal(nested({"x": b, "y": [10.0]}, 1.0), b * 10 + 1)
    tree = jit(lambda t: t["x"] + t["y"][0], in_axes=0)
    np.testing.assert_array_equal(tree({"x": b, "y": [b]}), 2 * b)


def test_outputs_of_any_structure_are_stacked():
    x = np.arange(20.0).reshape(10, 2)
    result = jit(lambda x: {"a": x[::-1], "b": (x[0], 3.0), "n": None}, in_axes=0)(x)
    np.testing.assert_array_equal(result["a"], x[:, ::-1])
    np.testing.assert_array_equal(result["b"][0], x[:, 0])
    np.testing.assert_array_equal(result["b"][1], np.full(10, 3.0))
    assert result["n"] is None


def test_outputs_that_no_row_changes_are_repeated_or_added_up():
    shared = jit(lambda w, x: (w * 2.0, x), in_axes=(None, 0), reduce="sum")
    assert shared(1.5, np.ones(11)) == (33.0, 11.0)
    stacked = jit(lambda w, x: w * 2.0, in_axes=(None, 0))
    np.testing.assert_array_equal(stacked(1.5, np.ones(11)), np.full(11, 3.0))


def test_rows_may_be_views_with_any_stride():
    base = np.arange(400.0).reshape(20, 20)
    fast = jit(lambda x: x[0] - x[1], in_axes=0)
    for view in (base[::2, 3:5], base.T[:, :2], base[::-1, :2]):
        np.testing.assert_array_equal(fast(view), view[:, 0] - view[:, 1])


GUARD = """
import ctypes, mmap, os
import numpy as np
from autograd import jit
page = mmap.PAGESIZE
memory = mmap.mmap(-1, 2 * page)
second = ctypes.addressof(ctypes.c_char.from_buffer(memory)) + page
assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(second), ctypes.c_size_t(page), 0) == 0
total = jit(lambda x: x, in_axes=0, reduce="sum")
twice = jit(lambda x: x * 2.0, in_axes=0)
for rows in range(1, 20):
    x = np.frombuffer(memory, count=rows, offset=page - 8 * rows)
    x[:] = np.arange(rows)
    assert total(x) == x.sum()
    assert (twice(x) == 2 * x).all()
os._exit(0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="protects memory as Linux does")
def test_nothing_is_read_beyond_the_last_row():
    done = subprocess.run([sys.executable, "-c", GUARD], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_sum_does_not_depend_on_the_number_of_threads(monkeypatch):
    x, y = data(50_000)
    step = jit(value_and_grad(loss), in_axes=(None, 0, 0), reduce="mean")
    monkeypatch.setattr(native, "THREADED", 0)
    results = []
    for threads in (1, 2, 3, 7):
        monkeypatch.setattr(native, "_processors", lambda threads=threads: threads)
        value, slopes = step(WEIGHTS, x, y)
        results.append((value, slopes.tolist()))
    assert results[1:] == results[:1] * 3
    unreduced = jit(value_and_grad(loss), in_axes=(None, 0, 0))
    monkeypatch.setattr(native, "_processors", lambda: 5)
    values, _ = unreduced(WEIGHTS, x, y)
    expected = [loss(WEIGHTS, x[row], y[row]) for row in range(0, 50_000, 997)]
    assert values[::997].tolist() == expected


def test_a_large_mapped_program_is_cut_into_functions():
    def function(w, x):
        total = x
        for step in range(1500):
            total = total * w[step % 3] + autograd.maximum(x, float(step % 7))
        return total

    fast = jit(value_and_grad(function), in_axes=(None, 0))
    weights, x = np.array([0.5, 0.25, -0.75]), np.linspace(-2.0, 8.0, 21)
    values, slopes = fast(weights, x)
    assert fast.llvm.count("define internal void @rows_") > 1
    for row in (0, 7, 20):
        value, slope = value_and_grad(function)(weights, float(x[row]))
        assert same(value, values[row])
        assert all(same(a, b, any_zero=True) for a, b in zip(slope, slopes[row], strict=True))


def test_a_shared_number_is_itself_wherever_it_is_used_again():
    """Asked early whether it is 0 (by a factor of a gradient), and used as a number later."""

    def function(w, x):
        return w * autograd.sum(map(autograd.tanh, x))

    x = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    for w in (3.0, -0.5, 0.0):
        expected = grad(function, argnums=1)(w, x)
        found = jit(grad(function, argnums=1), in_axes=(None, 0))(w, np.array([x] * 9))
        assert found.tolist() == [expected] * 9


def test_the_functions_of_a_cut_program_share_the_inputs_of_eight_rows():
    def function(x, n):
        total = x[0]
        for step in range(1500):
            total = total / n + autograd.maximum(x[step % 20], step / 1500)
        return total, x[3], n

    for rows in (1, 8, 11):
        random = np.random.default_rng(rows)
        x, n = random.normal(size=(rows, 20)).astype(np.float32), random.integers(1, 5, rows)
        fast = jit(function, in_axes=(0, 0))
        results = fast(x, n)
        for row in range(rows):
            expected = function(list(map(float, x[row])), float(n[row]))
            for one, many in zip(expected, results, strict=True):
                assert same(one, many[row])
        assert fast.llvm.count("define internal void @rows") > 10
        assert fast.llvm.count("load float") == 8  # one loop for all, each lane its row


def test_shared_values_make_one_node_of_a_reduced_batch():
    x, y = data(30)
    weights = [Value(0.5), Value(-1.5)]
    batch = jit(loss, in_axes=(None, 0, 0), reduce="mean")
    result = batch(weights, x, y)
    result.backward()
    value, slopes = jit(value_and_grad(loss), in_axes=(None, 0, 0), reduce="mean")(WEIGHTS, x, y)
    assert result.data == value
    np.testing.assert_allclose([w.grad for w in weights], slopes, rtol=1e-13)
    np.testing.assert_allclose(grad(batch)(WEIGHTS, x, y), slopes, rtol=1e-13)
    np.testing.assert_allclose(hessian(batch)(WEIGHTS, x, y), 2 * x.T @ x / 30, rtol=1e-12)


def test_values_in_mapped_arguments_go_row_by_row():
    x, y = data(4)
    stacked = jit(loss, in_axes=(None, 0, 0))
    gradient = grad(lambda x: autograd.sum(stacked(WEIGHTS, x, y)))(x)
    expected = np.stack([grad(loss, argnums=1)(WEIGHTS, x[row], y[row]) for row in range(4)])
    np.testing.assert_allclose(gradient, expected, rtol=1e-13)


@dataclasses.dataclass
class Reading:
    value: object
    parts: list


def test_dataclasses_are_mapped_arguments_and_results_beside_values_too():
    fast = jit(lambda w, r: Reading(w * r.value, [r.parts[0] + w]), in_axes=(None, 0))
    rows = Reading(np.array([1.0, 2.0]), [np.array([5.0, 6.0])])
    plain, recorded = fast(2.0, rows), fast(Value(2.0), rows)
    assert [node.data for node in recorded.value] == plain.value.tolist() == [2.0, 4.0]
    assert [node.data for node in recorded.parts[0]] == plain.parts[0].tolist() == [7.0, 8.0]


def test_no_rows_give_what_they_give_without_values():
    x, y = data(0)
    stacked = jit(lambda w, x, y: {"a": loss(w, x, y), "b": x}, in_axes=(None, 0, 0))
    weights = [Value(0.5), Value(-1.5)]
    objects = np.empty((0, 2), dtype=object)
    for result in (stacked(weights, x, y), stacked(WEIGHTS, objects, y)):
        assert (result["a"].shape, result["b"].shape) == ((0,), (0, 2))
    inside = jit(lambda w, x, y: stacked(w, x, y))(WEIGHTS, x, y)
    assert (inside["a"].shape, inside["b"].shape) == ((0,), (0, 2))
    total = jit(loss, in_axes=(None, 0, 0), reduce="sum")
    assert jit(lambda w, x, y: total(w, x, y) + w[0])(WEIGHTS, x, y) == 0.5
    assert grad(lambda w: total(w, x, y) + w[0])(WEIGHTS).tolist() == [1.0, 0.0]
    with pytest.raises(ValueError, match="no rows"):
        jit(lambda w: jit(loss, (None, 0, 0), "mean")(w, x, y))(WEIGHTS)


def test_no_rows_of_a_function_that_closes_over_what_is_differentiated_or_traced():
    def over_no_rows(reduce):
        return lambda w: jit(lambda x: w * x + 1.0, in_axes=0, reduce=reduce)(np.zeros(0))

    for transform in (grad, jit):
        assert transform(over_no_rows("sum"))(2.0) == 0.0
        with pytest.raises(ValueError, match="no rows"):
            transform(over_no_rows("mean"))(2.0)
    assert jit(over_no_rows(None))(2.0).shape == (0,)


def test_rows_of_named_tuples_keep_their_names():
    Point = namedtuple("Point", "x y")
    fast = jit(lambda w, p: Point(w * p.x, p.y), in_axes=(None, 0))
    points = Point(np.arange(3.0), np.ones(3))
    for w in (2.0, Value(2.0)):
        x = fast(w, points).x
        assert [float(getattr(n, "_data", n)) for n in x] == [0.0, 2.0, 4.0]


def test_objects_that_are_plain_numbers_are_mapped_like_others():
    numbers = np.array([[1, Fraction(1, 2)], [True, 4.0]], dtype=object)
    for axis, expected in ((0, [0.5, 4.0]), (1, [1.0, 2.0])):
        assert jit(lambda x: x[0] * x[1], in_axes=axis)(numbers).tolist() == expected
        assert jit(lambda x: x[0] * x[1], (np.int64(axis),), "sum")(numbers) == sum(expected)
    with pytest.raises(TypeError, match="real numbers"):
        jit(lambda x: x, in_axes=0)(np.array(["a"], dtype=object))


def test_a_mapped_function_inside_of_a_traced_one():
    x, y = data(5)
    batch = jit(loss, in_axes=(None, 0, 0), reduce="mean")
    fast = jit(value_and_grad(lambda w, x, y: batch(w, x, y) * 2.0))
    value, slopes = fast(WEIGHTS, x, y)
    expected, expected_slopes = value_and_grad(batch)(WEIGHTS, x, y)
    assert value == pytest.approx(2 * expected, rel=1e-13)
    np.testing.assert_allclose(slopes, 2 * np.array(expected_slopes), rtol=1e-13)


def test_subnormal_numbers_are_not_flushed():
    tiny = np.full(9, 5e-324)
    assert jit(lambda x: x * 3.0, in_axes=0)(tiny).tolist() == [1.5e-323] * 9


MEMORY = """
import resource, numpy as np
from autograd import jit, value_and_grad
def loss(w, x): return (w[0] * x[0] + w[1] * x[1] + w[2] * x[2]) ** 2
rows = 1_000_000
x = {made}; w = np.ones(3)
step = jit(value_and_grad(loss), in_axes=(None, 0), reduce="{reduce}" or None)
step(w, x[:5000])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
result = step(w, x)
outputs = 0 if "{reduce}" else rows * 8 * 4
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 - outputs)
"""


LAYOUTS = {
    "whole rows": "np.ones((rows, 3))",
    "Fortran order": "np.ones((rows, 3), order='F')",
    "columns of a larger array": "np.ones((rows, 5))[:, 1:4]",
    "every second row, backwards": "np.ones((2 * rows, 3))[::-2]",
    "foreign bytes": "np.ones((rows, 3), '>f8')",
    "half precision": "np.ones((rows, 3), 'f2')",
}


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="measures memory as Linux does")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("reduce", ["mean", ""])
def test_a_million_rows_need_little_besides_inputs_and_outputs(reduce, layout):
    code = MEMORY.format(reduce=reduce, made=LAYOUTS[layout])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 20e6


FOREIGN = {
    "Fortran order": np.asfortranarray,
    "a column view": lambda x: np.concatenate([x, x, x], axis=1)[:, 2:4],
    "every second row, backwards": lambda x: np.repeat(x, 2, axis=0)[::-1][::-1][::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
    "foreign bytes": lambda x: x.astype(">f8"),
    "a row for all": lambda x: np.broadcast_to(x[:1], x.shape),
    "foreign halves": lambda x: x.astype(">f2"),
    "floats in Fortran order": lambda x: np.asfortranarray(x.astype("f4")),
    "long double": lambda x: x.astype(np.longdouble),
}


@pytest.mark.parametrize("rows", [9, 2048, 2049, 30_000])
@pytest.mark.parametrize("layout", FOREIGN)
def test_arrays_of_any_layout_give_the_bits_of_contiguous_ones(layout, rows, monkeypatch):
    monkeypatch.setattr(native, "THREADED", 1)
    x, y = data(rows)
    given = FOREIGN[layout](x)
    plain = np.ascontiguousarray(given, dtype=np.float64)
    for reduce in (None, "sum"):
        step = jit(value_and_grad(loss), in_axes=(None, 0, 0), reduce=reduce)
        value, slopes = step(WEIGHTS, given, y[::-1])
        expected, expected_slopes = step(WEIGHTS, plain, y[::-1].copy())
        np.testing.assert_array_equal(value, expected)
        np.testing.assert_array_equal(slopes, expected_slopes)


def test_the_layout_of_an_array_never_retraces():
    traced = []

    def counted(x):
        traced.append(x)
        return x[0] * x[1]

    x, _ = data(10)
    fast = jit(counted, in_axes=0)
    for given in (x, np.asfortranarray(x), x.astype(">f8"), np.repeat(x, 2, axis=1)[:, ::2]):
        fast(given)
    assert len(traced) == 1


def test_a_loss_may_hold_the_slope_by_the_row_it_is_reduced_over():
    """As a physics-informed network does: here for u' = -u, row by row."""

    def u(w, x):
        return w[0] * autograd.tanh(w[1] * x + w[2])

    def residual(w, x):
        return (grad(u, argnums=1)(w, x) + u(w, x)) ** 2

    w, x = np.array([0.3, 0.7, -0.2]), np.linspace(0.0, 1.0, 50)
    value, slopes = jit(value_and_grad(residual), in_axes=(None, 0), reduce="mean")(w, x)
    rows = [value_and_grad(residual)(w, float(place)) for place in x]
    assert value == pytest.approx(math.fsum(row[0] for row in rows) / 50, rel=1e-13)
    np.testing.assert_allclose(slopes, np.mean([row[1] for row in rows], axis=0), rtol=1e-12)


def test_an_error_in_any_thread_is_raised_and_leaves_no_half_result(monkeypatch):
    monkeypatch.setattr(native, "THREADED", 1)
    monkeypatch.setattr(native, "_processors", lambda: 2)
    fetch = native.Blocks.fetch

    def failing(self, block):
        if block > 5:
            raise MemoryError(f"block {block}")
        fetch(self, block)

    x, _ = data(30_000)
    fast = jit(lambda x: x[0] * x[1], in_axes=0)
    monkeypatch.setattr(native.Blocks, "fetch", failing)
    for _ in range(5):
        with pytest.raises(MemoryError, match="block"):
            fast(np.asfortranarray(x))
    monkeypatch.setattr(native.Blocks, "fetch", fetch)
    np.testing.assert_array_equal(fast(np.asfortranarray(x)), x[:, 0] * x[:, 1])


def test_many_results_of_rows_begin_at_a_line_of_the_cache_and_few_are_arrays_of_their_own():
    powers = jit(lambda x: [x, x * x, x * x * x], in_axes=0)
    for rows in (2, 300, 1400, 5000):
        columns = powers(np.arange(float(rows)))
        assert [*map(len, columns)] == [rows] * 3
        assert np.array_equal(columns[2], np.arange(float(rows)) ** 3)
    gradients = jit(grad(lambda w, x: x * (w @ w)), in_axes=(None, 0))
    for rows, width in ((2, 2), (1000, 10), (4097, 1), (1, 8192)):
        w, x = np.arange(float(width)), np.arange(float(rows))
        found = gradients(w, x)
        assert found.shape == (rows, width)
        assert np.array_equal(found, 2.0 * x[:, None] * w)
        if rows * width >= 4096:
            assert found.ctypes.data % 64 == 0
        else:
            assert found.flags.owndata
