"""What cannot be compiled is refused, with the user's line and the remedy."""

import copy
import functools
import math
import os
import pickle
import re
import subprocess
import sys
import textwrap
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import AutogradError, TraceError, Value, grad, jit, value_and_grad


def number(x):
    y = x * 2.0
    return y.data  # the line to be named


REFUSED = [
    (lambda x: x and 1.0, "where"),
    (lambda x: x.data * 2.0, "stop_gradient"),
    (lambda x: x.item(), "stop_gradient"),
    (lambda x: x.grad, "stop_gradient"),
    (lambda x: float(x), "stop_gradient"),
    (lambda x: int(x), "stop_gradient"),
    (lambda x: math.sin(x), "autograd.sin"),
    (lambda x: f"{x:.3f}", "stop_gradient"),
    (lambda x: x * 2 == 4.0, "<= c"),
    (lambda x: [1.0, 2.0][x], "autograd.where"),
    (lambda x: sum(range(x)), "plain ints"),
    (lambda x: (x * 2).partials[0] * x, "stop_gradient"),
    (lambda x: setattr(x, "grad", 1.0), "stop_gradient"),
    (lambda x: setattr(x, "data", 1.0), "stop_gradient"),
    (lambda x: (x * 2).backward(), "grad"),
    (lambda x: 1.0 if x == Fraction(2) else x, r"\(a <= b\) & \(a >= b\)"),
]


@pytest.mark.parametrize(("function", "remedy"), REFUSED)
def test_asking_a_traced_value_for_its_number_names_line_and_remedy(function, remedy):
    for traced in (function, grad(function)):
        with pytest.raises(TraceError, match=remedy) as caught:
            jit(traced)(1.0)
        assert "test_errors.py:" in str(caught.value)
        assert isinstance(caught.value, TypeError)
        assert isinstance(caught.value, AutogradError)


def test_traced_values_are_neither_copied_nor_pickled():
    for use in (copy.deepcopy, pickle.dumps):
        with pytest.raises(TraceError, match=r"traced Value.* at test_errors\.py:"):
            jit(lambda x, use=use: use(x))(1.0)


@pytest.mark.parametrize("use", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_value_from_outside_is_not_copied_once_for_all_calls(use):
    weight, layer = Value(2.0), {"w": [Value(3.0)]}
    for taken in (weight, layer["w"][0]):
        with pytest.raises(TraceError, match=r"copy of a Value .* at test_errors\.py:"):
            jit(lambda x, taken=taken: use(taken) and x)(1.0)
    assert use(weight) is not None
    twin = copy.deepcopy(weight)
    assert jit(lambda x: twin * x)(1.0).data == 2.0


def test_the_line_named_is_the_line_at_fault():
    with pytest.raises(TraceError, match=r"return y.data  # the line to be named"):
        jit(number)(1.0)


def test_a_traced_value_that_leaks_is_refused_later():
    kept = []
    jit(lambda x: kept.append(x * 2) or x)(1.0)
    for use in (
        lambda: kept[0] + 1.0,
        lambda: kept[0].data,
        lambda: jit(lambda x: x + kept[0])(1.0),
    ):
        with pytest.raises(TraceError):
            use()
    with pytest.raises(TraceError):
        jit(lambda x: kept[0])(1.0)
    assert repr(kept[0]) == "Traced(left over)"
    for ask in (float, int, bool, lambda leaked: leaked.data, lambda leaked: leaked.grad):
        with pytest.raises(
            TraceError, match=r"This one is left over .* return it from the function"
        ):
            ask(kept[0])


def test_what_is_asked_of_a_leaked_value_or_comparison_is_refused_in_the_same_words():
    kept, decided = [], []

    def leaking(x):
        kept.extend((x * 2, x > 0.0))
        decided.append(x > 1.0)
        return x if decided[0] else -x  # known while it is traced

    jit(leaking)(2.0)
    value, comparison = kept[:2]
    for ask in (
        lambda: value.op,
        lambda: value.args,
        lambda: value.is_leaf,
        lambda: setattr(value, "data", 1.0),
        lambda: bool(comparison),
        lambda: int(comparison),
        lambda: {comparison},
        lambda: [1.0, 2.0][comparison],
        lambda: autograd.take([1.0, 2.0], value),
        lambda: np.ones(2)[comparison],
        lambda: jit(lambda x: x * [1.0, 2.0][comparison])(2.0),
        lambda: bool(decided[0]),
    ):
        with pytest.raises(
            TraceError, match=r"This one is left over .* return it from the function"
        ):
            ask()


def test_an_operation_of_the_users_own_is_compiled_where_it_is_written_in_ours():
    @autograd.primitive(partials=(lambda y, x: -2.0 * x * y,))
    def own_bell(x):
        return autograd.exp(-x * x)

    @autograd.primitive(partials=(lambda y, a, b: 1.0 / b, lambda y, a, b: 7.0))  # as declared
    def own_quotient(a, b):
        return a / b

    for f in (own_bell, grad(own_bell), grad(grad(own_bell)), grad(grad(grad(own_bell)))):
        assert [jit(f)(x) for x in (0.0, 1.0, -30.0)] == [f(x) for x in (0.0, 1.0, -30.0)]
        assert jit(f, in_axes=0)(np.array([1.0, 2.0])).tolist() == [f(1.0), f(2.0)]
    fast = jit(grad(lambda a, b: own_quotient(a, b) * b, (0, 1)))
    assert (
        fast(3.0, 2.0) == (1.0, 15.5) == grad(lambda a, b: own_quotient(a, b) * b, (0, 1))(3.0, 2)
    )
    assert (own_quotient(1.0, 0.0), jit(own_quotient)(1.0, 0.0)) == (math.inf, math.inf)


def test_an_operation_of_the_users_own_that_calls_python_is_refused():
    @autograd.primitive(partials=(lambda y, x: -2.0 * x * y,))
    def own_bell_by_math(x):
        return math.exp(-x * x)

    @autograd.primitive(partials=(lambda y, x: math.cos(x),))
    def own_sine(x):
        return autograd.sin(x)

    with pytest.raises(TraceError, match=r"own_bell_by_math at (.|\n)*functions of autograd"):
        jit(lambda x: own_bell_by_math(x))(1.0)
    assert jit(own_sine)(1.0) == math.sin(1.0)
    with pytest.raises(TraceError, match=r"math\.cos\(x\)(.|\n)*functions of autograd"):
        jit(grad(own_sine))(1.0)


@pytest.mark.parametrize(
    "argument", ["text", 1j, object(), [1.0, "text"], {"a": b""}, float, np.float64]
)
def test_arguments_that_are_no_numbers_are_refused(argument):
    with pytest.raises(TypeError):
        jit(lambda x: 1.0)(argument)


def test_a_list_that_holds_itself_is_refused():
    endless = [1.0]
    endless.append(endless)
    with pytest.raises(ValueError, match="holds itself"):
        jit(lambda x: x[0])(endless)


def test_arrays_that_are_not_of_real_numbers_are_refused():
    for array in (np.array(["a"]), np.array([1j]), np.array(["2020-01-01"], dtype="M8[D]")):
        with pytest.raises(TypeError):
            jit(lambda x: 1.0)(array)


def test_results_that_are_no_numbers_are_refused():
    for result in ("text", 1j, object()):
        with pytest.raises(TypeError, match="result"):
            jit(lambda x, result=result: result)(1.0)


def test_only_functions_are_compiled():
    with pytest.raises(TypeError, match="function"):
        jit(3.0)


def test_mapped_axes_of_different_lengths_are_both_named():
    with pytest.raises(ValueError, match=r"5 rows.*7 rows"):
        jit(lambda x, y: x * y, in_axes=0)(np.ones(5), np.ones(7))


def test_the_mean_of_no_rows_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        jit(lambda x: x, in_axes=0, reduce="mean")(np.ones(0))
    assert jit(lambda x: x, in_axes=0, reduce="sum")(np.ones(0)) == 0.0


def test_a_mapped_argument_is_not_differentiated_under_reduce():
    def loss(w, x):
        return w * x

    for argnums in (1, (0, 1), -1):
        step = jit(value_and_grad(loss, argnums), in_axes=(None, 0), reduce="mean")
        with pytest.raises(ValueError, match="argument 1"):
            step(2.0, np.ones(3))
    for derivative, axes in (
        (functools.partial(value_and_grad(loss, 1), 2.0), 0),
        (functools.partial(grad(loss), x=3.0), 0),
        (functools.partial(functools.partial(grad(loss, -1)), 2.0), (0,)),
    ):
        with pytest.raises(ValueError, match="argument 0"):
            jit(derivative, in_axes=axes, reduce="sum")(np.ones(3))
    bound = functools.partial(grad(loss, 0), 2.0)  # by the argument that is bound: shared
    assert jit(bound, in_axes=0, reduce="sum")(np.ones(3)) == 3.0
    for inner in (jit(grad(loss, 1)), jit(jit(grad(loss, 1)))):
        with pytest.raises(ValueError, match="argument 1"):
            jit(inner, in_axes=(None, 0), reduce="sum")(2.0, np.ones(3))
    by_shared = value_and_grad(lambda pair, x: pair[0] * x + pair[1])
    for axes in ((None, None), [None, None]):  # a container that maps nothing
        step = jit(by_shared, in_axes=(axes, 0), reduce="mean")
        assert step((2.0, 1.0), np.array([1.0, 2.0])) == (4.0, (1.5, 1.0))
    objects = np.array([Value(1.0), Value(2.0)])
    with pytest.raises(ValueError, match="mapped argument"):
        jit(loss, in_axes=(None, 0), reduce="sum")(2.0, objects)
    inner = jit(lambda w, x: grad(lambda x: w * x * x)(x), in_axes=(None, 0), reduce="sum")
    assert inner(2.0, np.array([1.0, 2.0])) == 12.0


@pytest.mark.parametrize(
    ("in_axes", "arguments"),
    [
        ((0,), (np.ones(3), np.ones(3))),
        ((0, None), (np.array(3.0), 2.0)),
        ((0, 0), (np.ones(3), 2.0)),
        ((0, None), ([1.0, 2.0], 2.0)),
        ((2, None), (np.ones((3, 3)), 2.0)),
        (({"a": 0}, None), ({"b": np.ones(3)}, 2.0)),
        (([0, 0], None), ([np.ones(3)], 2.0)),
        (([0], None), (np.ones(3), 2.0)),
        ((0, None), ([], 2.0)),
        ((0, None), (None, 2.0)),
        (0, ({}, ())),
    ],
)
def test_axes_that_do_not_fit_are_a_value_error(in_axes, arguments):
    with pytest.raises(ValueError, match="jit"):
        jit(lambda *parts: 1.0, in_axes=in_axes)(*arguments)


def test_rows_that_return_different_structures_are_refused():
    rows = []

    def fickle(x):
        rows.append(x)
        return [x] * (1 + len(rows) % 2)

    with pytest.raises(TraceError, match="same structure for every row"):
        jit(lambda x: jit(fickle, in_axes=0)(x))(np.ones(3))


def test_axes_and_reduce_are_checked_at_once():
    for in_axes in ((None,), ()):  # rows may be given by keyword: settled when it is called
        with pytest.raises(ValueError, match="jit: in_axes"):
            jit(lambda x: x, in_axes=in_axes)(1.0)
    for in_axes, reduce in ((None, "sum"), (0, "max")):
        with pytest.raises(ValueError, match="jit"):
            jit(lambda x: x, in_axes=in_axes, reduce=reduce)
    for in_axes in ("a", 1.5, (True,)):
        with pytest.raises(TypeError, match="in_axes"):
            jit(lambda x: x, in_axes=in_axes)


def test_an_error_in_the_function_is_the_functions_own_and_leaves_no_mode():
    def broken(x):
        raise KeyError("mine")

    fast = jit(broken)
    with pytest.raises(KeyError, match="mine"):
        fast(1.0)
    assert (Value(2.0) * 3.0).data == 6.0


def test_a_key_error_that_has_nothing_to_do_with_an_argument_stays_what_it_is():
    kept = []

    def bare(x):
        kept.append(x * 2.0)
        raise KeyError

    def in_a_loop(x):
        return autograd.fori_loop(0, 3, lambda i, c: c * {"a": 1.0}[c], x)

    for f in (bare, lambda x: x * {"a": 1.0}[kept[0]], in_a_loop):
        with pytest.raises(KeyError) as caught:
            jit(f)(1.0)
        assert not hasattr(caught.value, "__notes__")


def test_a_missing_library_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "llvmlite.binding", None)
    with pytest.raises(ImportError, match=r"scalar-autograd\[jit\]"):
        jit(lambda x: x)


@pytest.mark.parametrize(
    "read",
    [
        lambda w: w.data,
        lambda w: w.grad,
        lambda w: w.item(),
        lambda w: float(f"{w:.3f}"),
        lambda w: 1.0 if w.data > 0 else 2.0,
    ],
)
def test_the_number_of_an_outside_value_is_not_read_once_for_ever(read):
    w = autograd.Value(3.0)
    with pytest.raises(TraceError, match="Compute with the Value itself"):
        autograd.jit(lambda x: x * read(w))(2.0)
    assert autograd.jit(lambda x, number: x * number)(2.0, read(w)) == 2.0 * read(w)


@pytest.mark.parametrize("text", [repr, str, "{}".format, "{!r}".format, lambda w: str([w])])
def test_the_text_of_an_outside_value_shows_no_number_that_would_stay_for_ever(text):
    w, bare, shown = autograd.Value(3.25, label="w"), autograd.Value(3.25), []
    jit(lambda x: (shown.append((text(w), text(bare))), x * w)[1])(2.0)
    assert [each.strip("[]") for each in shown[0]] == [
        "Traced(w)",
        "Traced(a Value from outside)",
    ]
    with pytest.raises(ValueError, match="could not convert"):
        jit(lambda x: x * float(text(w)))(2.0)
    assert "3.25" in text(w)


@pytest.mark.parametrize("what", ["data", "grad"])
@pytest.mark.parametrize("of", ["from outside", "of its own", "traced"])
def test_a_number_is_not_assigned_once_where_every_call_should(what, of):
    outside = autograd.Value(3.0)

    def function(x):
        leaf = {"from outside": outside, "of its own": autograd.Value(1.0), "traced": x}[of]
        product = leaf * x
        setattr(leaf, what, 5.0)
        return product

    with pytest.raises(TraceError, match=rf"\({what}\) of .* was assigned"):
        jit(function)(2.0)
    if of == "from outside":
        assert (outside.data, outside.grad) == (3.0, 0.0)
    with pytest.raises(TraceError, match=r"jit\(value_and_grad"):
        jit(lambda x: (autograd.zero_grad(outside), outside * x)[1])(2.0)
    fast = jit(lambda x: outside * x)  # as the advice has it
    for number in (2.0, 4.0):
        expected = number * outside.data
        setattr(outside, what, fast(number).data)
        assert getattr(outside, what) == expected


def test_backward_of_an_outside_value_is_not_called_once_where_every_call_should():
    w = autograd.Value(3.0)
    y = w * w
    with pytest.raises(TraceError, match=r"\(grad\) of .* was assigned(.|\n)*value_and_grad"):
        jit(lambda x: (y.backward(), w * x)[1])(2.0)
    assert w.grad == 0.0
    value, slope = jit(autograd.value_and_grad(lambda w, x: w * x))(3.0, 2.0)
    assert (value, slope) == (6.0, 2.0)


def test_a_function_of_very_many_operations_says_how_rows_are_mapped(monkeypatch):
    monkeypatch.setattr("autograd.compiler.executable.MANY", 1000)
    X, t, w = np.ones((40, 3)), np.arange(40.0), np.ones(3)

    def loss(w, X, t):
        return ((X @ w - t) ** 2).mean()

    with pytest.warns(UserWarning, match=r"operations on single numbers, .* in_axes") as caught:
        slopes = jit(autograd.grad(loss))(w, X, t.reshape(-1, 1))  # 40 x 40 differences
    assert caught[0].filename == __file__
    by_rows = jit(autograd.grad(loss), in_axes=(None, 0, 0), reduce="mean")
    right = by_rows(w, X[:, None], t[:, None])
    np.testing.assert_allclose(right, slopes)  # the mean of all differences is the same here


def of_row(w, x, y):
    return (np.tanh(x @ w) - y) ** 2


def of_batch(w, X, y):
    return of_row(w, X, y).mean()


def test_a_large_derivative_that_does_the_same_for_each_row_says_how_rows_are_mapped(monkeypatch):
    monkeypatch.setattr("autograd.compiler.executable.FELT", 1000)
    w, X, y = np.array([0.5, -1.0]), np.linspace(-1.0, 1.0, 240).reshape(120, 2), np.ones(120)
    words = r"each of 120 rows: .* jit\(grad\(of_batch\), in_axes=\(None, 0, 0\)\), with reduce"
    with pytest.warns(UserWarning, match=words) as caught:
        slopes = jit(autograd.grad(of_batch))(w, X, y)
    assert caught[0].filename == __file__
    by_rows = jit(autograd.grad(of_row), in_axes=(None, 0, 0), reduce="mean")
    np.testing.assert_allclose(by_rows(w, X, y), slopes)


def recurrent(w, X):
    state = 0.0
    for row in X:
        state = np.tanh(w[0] * state + row @ w[:2])
    return state


@pytest.mark.parametrize(
    ("f", "argnums"),
    [
        (lambda w, X: (np.tanh(X @ w[:2]) * w[0]).sum(), (0, 1)),  # rows of weights
        (lambda b, W: (np.tanh(W @ np.ones(2) + b) ** 2).sum(), 0),  # a layer: a bias for each row
        (lambda w, X: np.exp(-w[0] * ((X[:, None] - X) ** 2).sum(-1)).sum(), 0),  # pairs of rows
        (recurrent, 0),
    ],
)
def test_large_programs_whose_rows_differ_are_left_alone(monkeypatch, f, argnums):
    monkeypatch.setattr("autograd.compiler.executable.FELT", 1000)
    jit(autograd.grad(f, argnums))(
        np.linspace(0.1, 0.2, 120), np.linspace(-1.0, 1.0, 240).reshape(120, 2)
    )
    fast = jit(autograd.value_and_grad(lambda W, x: (np.tanh(W @ x) ** 2).sum()))
    fast(np.ones((120, 3)), np.linspace(-1.0, 1.0, 3))
    assert fast.report().steps > 1000


def test_detect_anomaly_within_a_compiled_function_is_refused_and_the_advice_works():
    def watched(x):
        with autograd.detect_anomaly():
            return autograd.log(x)

    for function in (watched, autograd.grad(watched), autograd.detect_anomaly()(autograd.log)):
        with pytest.raises(TraceError, match="write it around the call"):
            jit(function)(0.0)
    with autograd.detect_anomaly(), pytest.raises(FloatingPointError, match="log gave -inf"):
        jit(autograd.log)(0.0)
    with autograd.detect_anomaly():
        assert jit(watched)(1.0) == 0.0
    assert jit(autograd.log)(0.0) == -float("inf")  # nothing is left on


@pytest.mark.parametrize("package", ["numpy", "llvmlite"])
@pytest.mark.parametrize("line", ["import {}.gone", "raise ImportError('no libz')", "1 / 0"])
def test_a_broken_library_is_called_broken_and_training_runs_eagerly(package, line, tmp_path):
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(line.format(package))
    code = """
        import nn, autograd
        model = nn.MLP(2, [2, 1], seed=1)
        rows = [[0.0, 1.0], [1.0, 0.0]], [1, -1]
        nn.fit(model, *rows, "hinge", epochs=2, progress=False)
        for use in (lambda: autograd.jit(abs)(1.0), lambda: nn.fit(model, *rows, engine="jit")):
            try:
                use()
            except ImportError as error:
                print(type(error).__name__, error)
    """
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])},
    )  # fmt: skip
    lines = found.stdout.splitlines()
    assert len(lines) == 2, found.stderr[-2000:]
    for each in lines:
        assert each.startswith("MissingExtraError jit needs a package that is installed and broken")
        assert "pip install --force-reinstall 'scalar-autograd[jit]'" in each


@pytest.mark.parametrize("transform", [jit, grad])
def test_an_array_that_is_updated_as_jaxs_are_names_put(transform):
    with pytest.raises(AttributeError) as caught:
        transform(lambda x: x.at[0].set(1.0).sum())(np.ones(2))
    assert caught.value.__notes__ == ["a copy with one entry replaced is autograd.put(x, i, value)"]
    assert transform(lambda x: autograd.put(x, 0, 1.0).sum())(np.ones(2)) is not None


@pytest.mark.parametrize("native", ["on", "off"])
@pytest.mark.parametrize(
    ("sign", "words"), [("==", r"\(a <= b\) & \(a >= b\)"), ("!=", r"\(a < b\) \| \(a > b\)")]
)
def test_a_traced_number_compared_for_equality_says_how_it_is_written(sign, words, native):
    code = f"from autograd import jit; jit(lambda a: 1.0 if a {sign} 1 else a)(2.0)"
    run = [sys.executable, "-c", code]
    ran = subprocess.run(
        run, env={**os.environ, "AUTOGRAD_NATIVE": native}, capture_output=True, text=True
    )
    assert re.search(
        rf"TraceError: the argument 'a', a traced Value, was compared by {sign} .*\n.*{words}",
        ran.stderr,
    )


COUNTS, SHARES = {1, 2}, {1.0: "one", 2.5: "two"}


@pytest.mark.parametrize(
    "seek",
    [
        lambda x, n: x if n in {1, 2} else 5 * x,
        lambda x, n: x if n not in {1.0: 0, 2.5: 1} and n not in COUNTS else 5 * x,
        lambda x, n: x if n in SHARES else 5 * x,
        lambda x, n, held=frozenset([1]): x if n in held else 5 * x,
        lambda x, n: (lambda held: x if n in held else 5 * x)({1, 3}),
        lambda x, n: x if x * n in COUNTS else 5 * x,
    ],
)
def test_a_traced_value_is_not_sought_among_numbers_which_would_hold_it_never(seek):
    with pytest.raises(TraceError, match=r"(?s)set or a dict of numbers holds .*static_argnames"):
        jit(seek)(1.0, 1)
    assert jit(seek, static_argnames=("x", "n"))(1.0, 1) == seek(1.0, 1)


def test_a_traced_value_is_found_among_traced_values():
    def f(x, n):
        seen, none, mixed = {x}, set(), {x: 1, 2: 2}
        return (x in seen) + (n not in seen) + (n not in none) + (x in mixed) + (n not in mixed) + x

    assert jit(f)(1.0, 2.0) == 6.0
    assert jit(lambda x, n: x if n in (COUNTS if n > 0 else {x}) else 5 * x)(1.0, -1.0) == 5.0
