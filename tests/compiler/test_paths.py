"""Python's ``if``, ``and``, ``max`` and loops under jit: each way is compiled when it is met."""

import contextlib
import math
import random
import signal
import threading

import numpy as np
import pytest
from compiler_cases import assert_same, same

import autograd
from autograd import (
    TraceError,
    Value,
    exp,
    fori_loop,
    grad,
    gradient,
    hessian,
    jit,
    jvp,
    log,
    scan,
    value_and_grad,
    where,
    while_loop,
)

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")


def piecewise(x):
    if x < -1.0:
        return -x * 2.0
    if x <= 1.0:
        return x**3
    return log(x) + 1.0


def clamped(x, y):
    return max(min(x, 2.0), y) * (x if x > y and not y > 3.0 else y)


def early(x):
    if x > 5.0:
        return x * 0.5
    total = x * 0.0
    for i in range(20):
        total = total + x * i
        if total > 10.0:
            break
    return total * total


def middle(a, b, c):
    return sorted([a, b, c])[1] * a


def newton(a):
    x = a * 0.0 + 1.0
    for _ in range(60):
        step = (x * exp(x) - a) / (exp(x) * (1.0 + x))
        x = x - step
        if abs(step) < 1e-13:
            break
    return x


CASES = [(piecewise, 1), (clamped, 2), (early, 1), (middle, 3), (newton, 1)]
POINTS = [-7.0, -1.0, -0.3, 0.0, 0.5, 1.0, 1.5, 2.0, 3.5, 9.0]


@pytest.mark.parametrize(("function", "count"), CASES)
def test_values_and_derivatives_equal_eager_ones_on_every_way(function, count):
    argnums = tuple(range(count))
    source = random.Random(5)
    fast, slope, curve = (
        jit(function),
        jit(grad(function, argnums)),
        jit(hessian(function, argnums)),
    )
    pushed = jit(lambda *point: jvp(function, point, (1.0,) * count)[1])
    for _ in range(14):
        point = [abs(p) if function is newton else p for p in source.choices(POINTS, k=count)]
        assert_same(function(*map(Value, point)), fast(*point))
        assert_same(grad(function, argnums)(*point), slope(*point), any_zero=True)
        assert_same(hessian(function, argnums)(*point), curve(*point), any_zero=True)
        assert_same(jvp(function, tuple(point), (1.0,) * count)[1], pushed(*point), any_zero=True)


@pytest.mark.parametrize(("function", "count"), CASES)
def test_each_row_takes_its_own_way(function, count):
    source = random.Random(6)
    for rows in (1, 7, 100, 2500):
        X = np.array([source.choices(POINTS, k=count) for _ in range(rows)])
        X = abs(X) if function is newton else X
        fast = jit(lambda x: function(*x), in_axes=0)
        assert fast(X).tolist() == [function(*map(Value, x)).data for x in X]
        for axis in (0, 1):
            turned = jit(lambda x: function(*x), in_axes=axis)
            assert turned(X if axis == 0 else X.T).tolist() == fast(X).tolist()


@pytest.mark.parametrize("rows", [0, 1, 8, 9, 100, 2048, 5000])
def test_sums_over_rows_have_the_bits_of_a_function_without_branches(rows):
    X = np.random.default_rng(rows).normal(size=rows)

    def chosen(w, x):
        return autograd.where(w * x > 0.0, w * x * x, -x)

    def decided(w, x):
        return w * x * x if w * x > 0.0 else -x

    expected = jit(value_and_grad(chosen), in_axes=(None, 0), reduce="sum")(1.5, X)
    assert_same(expected, jit(value_and_grad(decided), in_axes=(None, 0), reduce="sum")(1.5, X))
    mean = jit(value_and_grad(decided), in_axes=(None, 0), reduce="mean")
    if not rows:
        with pytest.raises(ValueError, match="no rows"):
            mean(1.5, X)
        return
    expected = jit(value_and_grad(chosen), in_axes=(None, 0), reduce="mean")(1.5, X)
    assert_same(expected, mean(1.5, X))


def test_a_compiled_function_of_values_takes_the_way_of_its_numbers():
    fast = jit(piecewise)
    for number in (*POINTS, *reversed(POINTS)):
        x = Value(number)
        fast(x).backward()
        assert same(grad(piecewise)(number), x.grad, any_zero=True)
        y = Value(number)
        (slope,) = gradient(fast(y), [y])
        second = grad(grad(piecewise))(number)
        assert same(second, gradient(slope, [y])[0].data, any_zero=True)
        assert same(grad(fast)(number), grad(piecewise)(number), any_zero=True)


@autograd.no_grad()
def test_captured_values_are_read_at_every_call_and_decide_too():
    w = Value(2.0)
    fast = jit(lambda x: w * x if w > x else w - x)
    for number in (1.0, 3.0, 1.0, 5.0):
        for data in (2.0, 4.0):
            w.data = data
            assert fast(number) == (data * number if data > number else data - number)
    v = Value(3.0)
    loss = jit(lambda x: v * x if x > 0.0 else v - x, in_axes=0, reduce="sum")
    total = loss(np.array([1.0, -1.0, 2.0]))
    assert total == 3.0 + 4.0 + 6.0
    assert grad(lambda u: jit(lambda x: u * x if x > 0.0 else u - x)(-2.0))(5.0) == 1.0


def test_a_way_is_compiled_once():
    traces = []

    def function(x):
        traces.append(1)
        return x * 2.0 if x > 0.0 else x

    fast = jit(function)
    assert [fast(x) for x in (1.0, -1.0, 2.0, -2.0, 0.0)] == [2.0, -1.0, 4.0, -2.0, 0.0]
    assert len(traces) == 2


def test_too_many_ways_are_an_error_that_says_what_to_do():
    def power(i):
        return 2.0**i

    def bits(x):
        return sum((power(i) if x > i else 1.0) * x for i in range(40))

    fast = jit(bits, max_paths=5)
    for i in range(5):
        fast(i + 0.5)
    with pytest.raises(TraceError, match=r"more than 5 ways.*test_paths\.py") as caught:
        fast(5.5)
    assert "max_paths" in str(caught.value)
    assert "where" in str(caught.value)
    assert fast(0.5) == bits(Value(0.5)).data  # what was compiled is still there


def test_a_function_that_is_another_at_every_call_is_refused():
    calls = []

    def unsteady(x):
        calls.append(1)
        return x * 2.0 if x > len(calls) else x

    def fickle(x):
        calls.append(1)
        y = x * float(len(calls))
        return y if x > 0.0 else -y

    for function in (unsteady, fickle):
        calls.clear()
        fast = jit(function)
        fast(1.5)
        with pytest.raises(TraceError, match="not the same function"):
            fast(-0.5)


def test_numbers_of_traced_values_are_still_not_given_away():
    for function in (
        lambda x: x.data if x > 0.0 else x,
        lambda x: float(x) if x > 0.0 else x,
        lambda x: [1.0, 2.0][int(x)] * x if x > 0.0 else x,
        lambda x: x if x else 2.0 * x,
    ):
        with pytest.raises(TraceError):
            jit(function)(1.0)


def test_a_nan_takes_the_way_that_it_takes_in_eager_code():
    fast = jit(piecewise)
    assert math.isnan(fast(math.nan))
    assert fast(2.0) == log(2.0) + 1.0
    assert jit(lambda x: 1.0 * x if x <= 0.0 or x > 0.0 else 5.0 + 0.0 * x)(math.inf) == math.inf


def test_a_network_written_with_if_trains_as_one_with_relu():
    X = np.random.default_rng(1).normal(size=(60, 2))
    weights = np.random.default_rng(2).normal(size=9)

    def network(activation):
        def loss(w, x):
            h = [activation(w[3 * i] * x[0] + w[3 * i + 1] * x[1] + w[3 * i + 2]) for i in range(3)]
            return (h[0] - h[1] + h[2]) ** 2.0

        return jit(value_and_grad(loss), in_axes=(None, 0), reduce="mean")

    expected = network(autograd.relu)(weights, X)
    found = network(lambda h: h if h > 0.0 else 0.0)(weights, X)
    assert found[0] == expected[0]
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-15)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x if 0.0 < x < 1.0 else -x,
        lambda x: 0.0 * x + (not x > 0.0),
        lambda x: x if (x > 0.0) == (x < 1.0) else 2 * x,
        lambda x: x if (x > 0.0) != (x < 1.0) else 2 * x,
        lambda x: autograd.where((x > 0.0) == True, x, 2 * x),  # noqa: E712
        lambda x: autograd.where((x > 0.0) ^ (x < 1.0), x, 2 * x),
        lambda x: autograd.where(True ^ (x < 1.0), x, 2 * x),
        lambda x: max([x, 1.0, x * x]) + min(x, 0.5),
        lambda x: sorted([x, x * x, 0.5])[1],
        lambda x: sum(x if x > i else i for i in range(3)),
    ],
)
def test_whatever_python_decides_by_is_followed(function):
    fast = jit(function)
    for number in POINTS:
        expected = function(Value(number))
        assert fast(number) == (expected.data if isinstance(expected, Value) else expected)


def test_a_way_met_while_a_derivative_is_taken_has_its_captured_values():
    def outer(w):
        fast = jit(lambda x: x * 2.0 if x > 0.0 else x * w)
        return fast(1.0) + fast(-1.0)

    assert grad(outer)(3.0) == -1.0
    assert jvp(outer, (3.0,), (1.0,))[1] == -1.0
    assert hessian(lambda y: outer(y) * y)(3.0) == -2.0
    for reduce in (None, "sum"):

        def rows(w, reduce=reduce):
            fast = jit(lambda x: x * 2.0 if x > 0.0 else x * w, in_axes=0, reduce=reduce)
            found = fast(np.array([1.0, -1.0]))
            return found if reduce else found[0] + found[1]

        assert grad(rows)(3.0) == -1.0


def test_a_way_of_a_running_derivative_is_not_kept():
    box = [None]

    @jit
    def function(x):
        return x * 2.0 if x > 0.0 else x * box[0]

    def outer(y):
        box[0] = y
        return function(-1.0)

    assert function(1.0) == 2.0
    assert grad(outer)(3.0) == -1.0
    box[0] = Value(100.0)
    assert function(-1.0) == -100.0


def test_what_any_way_captures_is_listed():
    w = Value(3.0)
    fast = jit(lambda x: x * w if x > 0.0 else x)
    fast(1.0)
    fast(-1.0)
    assert fast.outside == [w]
    assert fast.ways == 2


def test_threads_that_meet_one_way_at_once_compile_it_once():
    def function(x):
        for i in range(6):
            if x < i:
                break
            x = x * 0.9 + 0.1 * i
        return autograd.sin(x)

    numbers = [0.5, -1.0, 3.0, 10.0, 6.0]
    expected = [function(Value(number)).data for number in numbers]
    fast, barrier, found = jit(function), threading.Barrier(4), []

    def work():
        barrier.wait()
        found.append([fast(number) for number in numbers])

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [expected] * 4
    assert fast.ways <= len(numbers)


def test_decisions_by_the_last_bits_may_fall_either_way_where_bits_may_change():
    X, Y = np.random.default_rng(0).normal(size=(2, 60))
    fast = jit(lambda x, y, z: x if x * y - z > 0.0 else -x, in_axes=(0, 0, 0), exact=False)
    assert abs(fast(X, Y, X * Y)).tolist() == abs(X).tolist()
    one = jit(lambda x, y, z: x if x * y - z > 0.0 else -x, exact=False)
    assert [abs(one(*p)) for p in zip(X, Y, X * Y, strict=True)] == abs(X).tolist()


def test_a_sum_of_rows_is_the_same_for_floats_and_for_a_shared_value():
    X = np.random.default_rng(0).normal(size=37)
    traces = []

    def function(w, x):
        traces.append(1)
        return w * x if x > 0.0 else x * w

    for reduce in ("sum", "mean"):
        fast = jit(function, in_axes=(None, 0), reduce=reduce)
        w = Value(0.7)
        total = fast(w, X)
        assert total.data == fast(0.7, X)
        count = len(traces)
        fast(w, X)
        assert len(traces) == count
        total.backward()
        assert w.grad == pytest.approx(X.sum() / (37.0 if reduce == "mean" else 1.0))


@pytest.mark.parametrize("number", [0, -1, None, "a", 2.0, True])
def test_the_limit_on_ways_is_a_whole_number(number):
    with pytest.raises(TypeError, match="max_paths"):
        jit(piecewise, max_paths=number)


def test_the_limit_on_ways_holds_for_values_too():
    def halvings(x):
        count = 0
        while x > 1.0:
            x, count = x * 0.5, count + 1
        return x + count

    fast = jit(halvings, max_paths=3)
    for number in (0.5, 2.0, 4.0):
        assert fast(Value(number)).data == halvings(number)
    with pytest.raises(TraceError, match="more than 3 ways"):
        fast(Value(16.0))


def test_ways_of_different_structures_are_named():
    fast = jit(lambda x: [x, x] if x > 0.0 else x)
    fast(1.0)
    with pytest.raises(TraceError, match=r"returned .* on one way and .* on another"):
        fast(-1.0)


def test_a_condition_is_a_bool_wherever_python_looks_at_it():
    assert jit(lambda a: {True: a, False: -a}[a > 0.0])(2.0) == 2.0
    assert jit(lambda a: {True: a, False: -a}[a > 0.0])(-2.0) == 2.0
    assert jit(lambda a, b: a * len({a > 0.0, b > 0.0}))(2.0, 3.0) == 2.0
    assert jit(lambda a: [-a, a][a > 0.0])(2.0) == 2.0
    assert jit(lambda a: a * int(a > 0.0) + float(a > 1.0))(2.0) == 3.0


def test_what_jit_shows_is_of_the_way_that_was_taken():
    def function(x, *, s=1.0):
        return x * s if x > s else s - x

    fast = jit(function)
    fast(2.0, s=3.0)
    assert fast.graph.data == 1.0
    nothing = jit(lambda x: [][: int(x > 0.0)], in_axes=0, reduce="mean")
    assert nothing(np.ones(3)) == []


@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
def test_known_ways_run_as_one_program_with_the_same_bits(reduce):
    def f(w, x):
        a = w[0] * x if x > 0.5 else w[1] - x
        return a * a if a > w[2] else log(x) * a

    fast = jit(value_and_grad(f), in_axes=(None, 0), reduce=reduce)
    rows, w = np.linspace(0.01, 1.0, 3001), [1.5, 0.7, 0.4]
    first = fast(w, rows)
    for _ in range(3):
        again = fast(w, rows)
        assert np.array_equal(again[0], first[0])
        assert all(np.array_equal(a, b) for a, b in zip(again[1], first[1], strict=True))
    (paths,) = fast._programs.executables.values()
    assert paths._together is not None
    ways = len(paths.executables)
    values = fast([1.5, 0.7, 9.0], rows)[0]  # rows take a way that was not known
    assert len(paths.executables) > ways
    assert np.isfinite(values).all()


def test_a_nan_among_known_ways_is_asked_of_the_way_itself():
    fast = jit(grad(lambda x: where(x > 0.0, x * log(x), 0.0) if x < 1.0 else x), in_axes=0)
    rows = np.array([0.5, 2.0, 0.0, 3.0])
    for _ in range(3):
        assert fast(rows).tolist() == [1.0 + math.log(0.5), 1.0, 0.0, 1.0]


def test_known_ways_read_values_from_outside_that_any_of_them_captures():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    fast = jit(lambda x: x * a if x > 0.0 else x * b, in_axes=0)
    rows = np.array([1.0, -1.0, 2.0])
    with autograd.no_grad():
        for _ in range(3):
            assert list(fast(rows)) == [2.0, -3.0, 4.0]
        b.data = 5.0
        assert list(fast(rows)) == [2.0, -5.0, 4.0]


@contextlib.contextmanager
def ending():
    """Stop what does not end."""

    def stop(*_):
        raise TimeoutError("a loop goes on where its way is not taken")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_a_loop_on_one_way_rests_where_another_is_taken():
    def counted(x, n):
        if x > 0.0:
            return while_loop(lambda h: h > 1.0, lambda h: h - x, 100.0)
        if n > 100.0:
            return 2.0 * x
        return fori_loop(0, n, lambda i, h: h + x, x)

    with ending():
        for f in (counted, grad(counted)):
            fast = jit(f)
            for args in [(1.0, 5.0), (-1.0, 5.0), (-1.0, 1e15), (2.0, 1.0)]:
                assert fast(*args) == f(args[0], int(args[1]))
            assert fast.ways == 3


@pytest.mark.parametrize(
    "nested",
    [
        lambda step, x: fori_loop(0, 2, lambda i, h: step(h), x),
        lambda step, x: scan(lambda h, t: (step(h), t), x, [1.0, 2.0])[0],
        lambda step, x: fori_loop(0, 2, lambda i, h: fori_loop(0, 2, lambda j, g: step(g), h), x),
        lambda step, x: fori_loop(0, 3, lambda i, h: step(h) if h < 12.0 else h, x),
    ],
)
def test_a_loop_in_one_of_constant_length_rests_where_another_way_is_taken(nested):
    def f(x):
        if x > 0.0:
            return nested(lambda h: while_loop(lambda g: g < h + 5.0, lambda g: g + x, h), x)
        return 2.0 * x

    with ending():
        for g in (f, grad(f)):
            fast = jit(g)
            assert [fast(x) for x in (1.0, -1.0, 2.0)] == [g(x) for x in (1.0, -1.0, 2.0)]
            assert fast.ways == 2
