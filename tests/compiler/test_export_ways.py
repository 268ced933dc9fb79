"""Functions that decide by numbers as files: the ways through them, and what no call has met."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from compiler_cases import flat
from function_cases import bits, run_in_node

from autograd import (
    Value,
    cos,
    fori_loop,
    grad,
    hessian,
    jit,
    log,
    scan,
    sin,
    tanh,
    value_and_grad,
    while_loop,
)
from autograd.backends import c, interpreter
from autograd.backends.binding import Binding
from autograd.compiler.joined import joined
from autograd.errors import ExportError, ProgramError
from autograd.ir.function import Function, Parameter
from autograd.ir.verify import verify

needs_tools = pytest.mark.skipif(
    shutil.which("gcc") is None or shutil.which("node") is None,
    reason="there is no gcc or no node on this machine",
)


def taxed(income, rate):
    if income <= 10.0:
        return {"tax": 0.0 * income}
    if income <= 50.0:
        return {"tax": rate * (income - 10.0)}
    return {"tax": 8.0 * log(rate + 1.0) + 0.4 * (income - 50.0)}


def halved(a, b):
    steps = []
    while a > 0.5:
        steps.append(a)
        a = 0.5 * a * b
    return sum(steps, a) * sin(b)


def middle(a, b):
    first, second, third = sorted([a * b, b - a, a + 0.5])
    return first * second - third / second


def looped(a, b):
    """Loops whose derivatives keep arrays, on some of the ways, and before a decision."""
    stack = scan(lambda h, x: (h * x, sin(h) * x), a, [a, b, 0.5])[1]
    if a * stack[1] > 0.1:
        h = fori_loop(0, 3, lambda i, h: tanh(h * b) + i, a)
        return h if h > stack[2] else halved(h, b)
    if a > b:
        return while_loop(lambda h: h < 3.0, lambda h: h + cos(a) ** 2 + 0.1, b) * stack[0]
    return scan(lambda h, x: (h * b + x, None), a, stack)[0]


def pairs(seed, count=12):
    return [(float(a), float(b)) for a, b in np.random.default_rng(seed).normal(size=(count, 2))]


INCOMES = [(5.0, 0.2), (30.0, 0.2), (60.0, 0.25)]
PROGRAMS = {
    "a chain of ifs": (lambda x, r: taxed(x, r)["tax"], INCOMES, [(10.0, 0.1), (99.0, 0.9)]),
    "its slopes": (value_and_grad(lambda x, r: taxed(x, r)["tax"], (0, 1)), INCOMES[:2], INCOMES),
    "a while": (grad(halved), [(2.0**k, 1.0) for k in range(5)], [(99.0, 1.0), (-1.0, 0.5)]),
    "curvatures": (hessian(middle, (0, 1)), pairs(1), pairs(2)),
    "loops": (value_and_grad(looped, (0, 1)), pairs(3), pairs(4)),
}


def results_or_none(run, numbers):
    try:
        return bits(run(numbers))
    except ProgramError:  # it has not been compiled for this way
        return None


@needs_tools
@pytest.mark.parametrize("name", PROGRAMS)
def test_c_and_javascript_take_each_known_way_with_the_bits_of_compiled_code(name):
    f, met, others = PROGRAMS[name]
    fast = jit(f)
    for args in met:
        fast(*args)
    assert fast.ways > 1
    function, binding, _ = fast._to_export(False)
    verify(function)
    native, reference = (each.compile(function, binding) for each in (c, interpreter))
    known = [args for args in (*met, *others) if results_or_none(native, args) is not None]
    assert known[: len(met)] == met
    in_node = run_in_node([(function, binding, list(args), []) for args in known])
    for args, found in zip(known, in_node, strict=True):
        ways = fast.ways
        expected = bits(flat(fast(*args)))
        assert fast.ways == ways  # no other way is taken for a known one
        assert bits(found) == results_or_none(native, args) == expected
    for args in (*met, *others):
        assert results_or_none(native, args) == results_or_none(reference, args)
    ways = fast.ways
    for args in others:
        if args not in known:
            fast(*args)
            assert fast.ways > ways


@needs_tools
def test_numbers_of_a_way_that_no_call_took_give_nan_and_a_status_in_c_and_an_error_in_javascript(
    tmp_path,
):
    fast = jit(taxed)
    fast(5.0, 0.2)
    assert "int autograd_taxed(" in fast.c
    assert "knows the 1 way that calls" in fast.c
    path = fast.save(tmp_path / "tax.mjs")
    code = f"(await import('{path}')).autograd_taxed([30, 0.2])"
    command = ["node", "--input-type=module", "-e", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "RangeError: autograd_taxed: no call had taken the way" in done.stderr
    native = library(tmp_path, fast.c)
    out = (ctypes.c_double * 1)(7.0)
    assert native.autograd_taxed((ctypes.c_double * 2)(30.0, 0.2), out) == 2
    assert out[0] != out[0]
    assert native.autograd_taxed((ctypes.c_double * 2)(5.0, 0.2), out) == 0
    assert out[0] == 0.0
    for args in INCOMES:
        fast(*args)
    assert "void autograd_taxed(" in fast.c
    assert "knows the" not in fast.c
    assert "result['tax']" in fast.c
    assert "RangeError" not in fast.save(path).read_text()


def library(folder, text):
    Path(folder, "f.c").write_text(text)
    command = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
    command += ["-O2", "-ffp-contract=off", "-shared", "-fPIC", "-o", "f.so", "f.c", "-lm"]
    subprocess.run(command, check=True, cwd=folder)
    return ctypes.CDLL(str(folder / "f.so"))


@needs_tools
@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
def test_each_row_takes_its_own_way_in_a_file(reduce, tmp_path):
    def f(w, x):
        return looped(w[0] * x[0], w[1] + x[1]) * w[0]

    rows = np.random.default_rng(5).normal(size=(1100, 2))
    weights = np.array([0.5, -0.25])
    fast = jit(value_and_grad(f), in_axes=(None, 0), reduce=reduce, max_paths=200)
    value, slopes = fast(weights, rows)
    expected = np.column_stack([value, slopes]) if reduce is None else np.array([value, *slopes])
    assert fast.ways > 2
    function, binding, _ = fast._to_export(False)
    found = c.compile(function, binding)(weights.tolist(), rows.tolist())
    assert bits(np.ravel(found).tolist()) == bits(expected.ravel().tolist())
    case = (function, binding, weights.tolist(), rows[:20].tolist())
    assert bits(run_in_node([case])[0]) == bits(np.ravel(interpreter_of(case)).tolist())


def interpreter_of(case):
    function, binding, shared, rows = case
    return interpreter.compile(function, binding)(shared, rows)


@needs_tools
def test_a_row_of_a_way_that_no_call_took_is_nan_and_spoils_no_other(tmp_path):
    fast = jit(lambda r, x: taxed(x, r), in_axes=(None, 0))
    expected = fast(0.2, np.array([5.0, 30.0]))["tax"].tolist()
    native = library(tmp_path, fast.c)
    out = (ctypes.c_double * 3)()
    rows = (ctypes.c_double * 3)(5.0, 60.0, 30.0)
    count = ctypes.c_int64(3)
    assert native.autograd_lambda(count, (ctypes.c_double * 1)(0.2), rows, out) == 2
    assert [out[0], out[2]] == expected
    assert out[1] != out[1]


@pytest.mark.parametrize("weights", [1.0, np.array([1.0, 2.0])])
def test_each_way_has_its_own_captured_values_as_constants(tmp_path, weights):
    left, right = Value(2.0, "left"), Value(3.0, "right")

    def scaled(w, x):
        w = np.sum(w)
        if x > 0.0:
            return x * left * w
        return halved(x * right, right) * w

    fast = jit(scaled)
    fast(weights, 1.0), fast(weights, -1.0)  # which give Values
    with pytest.raises(ExportError, match=r"reads captured Values.*\(left, right\)"):
        assert fast.c
    text = fast.save(tmp_path / "f.c", freeze=True).read_text()
    assert "* 2.0" in text
    assert "* 3.0" in text
    function, _, _ = fast._to_export(True)
    run = interpreter.compile(function, Binding())
    flat_weights = np.atleast_1d(weights).tolist()
    found = [run([*flat_weights, x])[0] for x in (1.5, -1.5)]
    assert found == [fast(weights, x).data for x in (1.5, -1.5)]


def test_many_ways_make_no_deep_file():
    def halved(a):
        while a > 0.5:
            a = 0.5 * a
        return a

    fast = jit(halved, max_paths=300)
    for power in range(100):
        fast(2.0**power)
    text = fast.c
    assert fast.ways == 100
    assert max(len(line) - len(line.lstrip()) for line in text.splitlines()) <= 16
    assert text.count("\n") < 800  # what ways have in common stands there once


def doubled(x):
    return 2.0 * x


def test_what_all_ways_need_stands_in_a_file_once_and_a_decision_by_and_is_one():
    def f(x, y):
        z = sin(sin(sin(y)))
        return doubled(z) if (x > 0.0) & (y > 0.0) else z

    fast = jit(f)
    fast(1.0, 1.0), fast(-1.0, 1.0)
    assert fast.c.count("library_sin(") == 3
    assert "unmet" not in fast.c


@needs_tools
def test_rows_do_not_share_the_arrays_that_a_way_changes():
    def f(w, x):
        if x > 0.0:
            return fori_loop(0, 3, lambda i, h: sin(h) * w, w)
        return doubled(fori_loop(0, 2, lambda i, h: cos(h) * w, w))

    rows = [1.0, -1.0, 2.0, -2.0]
    fast = jit(grad(f), in_axes=(None, 0))
    found = fast(0.7, np.array(rows)).tolist()
    function, binding, _ = fast._to_export(False)
    case = (function, binding, [0.7], [[x] for x in rows])
    assert [row[0] for row in c.compile(function, binding)(*case[2:])] == found
    assert run_in_node([case]) == [found]


def test_ways_that_have_no_condition_in_common_are_tested_one_after_the_other():
    def way(constant, *conditions):
        """Return x above each of some constants, or below where they are negative."""
        function = Function("f")
        x, y = [function.add_parameter(Parameter(name)) for name in "xy"]
        numbers = []
        for name, limit in conditions:
            pair = ({"x": x, "y": y}[name], function.add_constant(limit))
            numbers.append(function.add("less", pair if limit < 0.0 else pair[::-1]))
        whole = numbers[0] if len(numbers) == 1 else function.add("both", tuple(numbers))
        one, zero = function.add_constant(1.0), function.add_constant(0.0)
        holds = function.add("where", (whole, one, zero))
        return function.end((function.add_constant(constant), holds))

    ways = [
        way(10.0, ("x", 3.0), ("y", 1.0)),
        way(20.0, ("x", 3.0), ("y", -1.0)),
        way(30.0, ("x", -2.0)),
    ]
    function = verify(joined(ways))
    run = interpreter.compile(function, Binding())
    points = [(4.0, 2.0), (4.0, -2.0), (-3.0, 2.0), (-3.0, -2.0)]
    assert [run(point)[0] for point in points] == [10.0, 20.0, 30.0, 30.0]
    for point in [(4.0, 0.0), (0.0, 2.0), (0.0, -2.0)]:
        with pytest.raises(ProgramError, match="this way"):
            run(point)


def weighed(a, b):
    if a <= 0.0:
        return b * b
    return sum([b * k if b > k * a else a - k for k in range(6)], 0.0)


@needs_tools
def test_a_file_has_the_ways_of_calls_that_were_made_before_an_if_became_a_choice():
    fast, calls = jit(weighed), [(-1.0, 2.0), (1.0, 2.5)]
    for args in calls:
        fast(*args)
    assert fast.ways == 1  # that of the second call, with choices
    function, binding, _ = fast._to_export(False)
    native = c.compile(function, binding)
    for args in calls:
        assert bits(native(args)) == bits([weighed(*args)])
    assert fast.ways == 2


@pytest.mark.parametrize("axes", [0, (0, None), (1, None)])
def test_a_file_has_the_ways_of_rows_from_before_an_if_became_a_choice(axes):
    fast = jit(lambda a, b: weighed(a[0], b), in_axes=axes)
    shape = (1, -1) if axes == (1, None) else (-1, 1)
    for a in (-1.0, 1.0):
        fast(np.array([[a]]), np.array([2.5]) if axes == 0 else 2.5)
    assert fast.ways == 1
    function, binding, _ = fast._to_export(False)
    a = np.array([-1.0, 1.0, -2.0]).reshape(shape)
    expected = fast(a, np.array([2.5] * 3) if axes == 0 else 2.5)
    shared, rows = ([], [(v, 2.5) for v in a.ravel()]) if axes == 0 else ([2.5], a.reshape(-1, 1))
    found = interpreter.compile(function, binding)(shared, [[*map(float, row)] for row in rows])
    assert [*np.ravel(found)] == [*expected]


def after_calls(fast, calls):
    """Return what a file computes that is written after calls, and how many ways there were."""
    for args, named in calls:
        fast(*args, **named)
    ways = fast.ways
    function, binding, _ = fast._to_export(False)
    return interpreter.compile(function, binding), ways


CALLED = {
    "static": (jit(lambda a, b, k: weighed(a, b) * k, static_argnames="k"), {"k": 2}),
    "keyword": (jit(lambda a, *, b: weighed(a, b)), {}),
    "static and keyword": (
        jit(lambda a, *, b, k: weighed(a, b) * k, static_argnames="k"),
        {"k": 2},
    ),
}


@pytest.mark.parametrize("name", CALLED)
def test_a_file_has_the_earlier_ways_of_calls_with_static_and_keyword_arguments(name):
    (fast, named), by_name = CALLED[name], "keyword" in name
    points = [(-1.0, 2.0), (1.0, 2.5)]
    calls = [((a,), {"b": b, **named}) if by_name else ((a, b), named) for a, b in points]
    run, ways = after_calls(fast, calls)
    assert ways == 1
    for point, (args, given) in zip(points, calls, strict=True):
        assert run([*point]) == [fast(*args, **given)]


@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", "int32", "uint8", ">f8", "O"])
def test_a_file_has_the_earlier_ways_of_arrays_of_every_dtype(dtype):
    points = [np.array(point).astype(dtype) for point in [(0.0, 2.0), (1.0, 3.0)]]
    fast = jit(lambda row: weighed(row[0], row[1]))
    run, ways = after_calls(fast, [((point,), {}) for point in points])
    assert ways == 1
    for point in points:
        assert run([*map(float, point)]) == [fast(point)]
    mapped = jit(lambda row, *, b: weighed(row[0], b), in_axes=0)
    calls = [((point[:1].reshape(1, 1),), {"b": point[1:]}) for point in points if dtype != "O"]
    for args, named in calls:
        mapped(*args, **named)
    if calls:
        function, binding, _ = mapped._to_export(False)
        rows = [[float(args[0][0, 0]), float(named["b"][0])] for args, named in calls]
        found = interpreter.compile(function, binding)([], rows)
        assert np.ravel(found).tolist() == [mapped(*a, **named)[0] for a, named in calls]


SQUARES = [float(k * k) for k in range(20)]


def looked_up(a, b):
    s = sum([1.0 if a > k else 2.0 for k in range(6)], 0.0)
    return a * SQUARES[int(s)] if a > 100.0 else s * b


def test_a_file_has_all_calls_that_one_way_with_choices_served_before_these_were_undone():
    calls = [((a, 3.0), {}) for a in (0.5, 1.5, 2.5, 101.0)]
    run, _ = after_calls(jit(looked_up), calls)
    for args, _ in calls:
        assert run([*args]) == [looked_up(*args)]
