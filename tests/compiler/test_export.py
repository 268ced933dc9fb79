"""Compiled functions as files: C built with the system's compiler, JavaScript run under node."""

import json
import math
import random
import re
import shutil
import subprocess

import numpy as np
import pytest
from compiler_cases import flat
from function_cases import bits

import nn
from autograd import Value, grad, hessian, jit, lgamma, log, relu, scan, value_and_grad, where
from autograd.backends import c, javascript
from autograd.backends.binding import Binding
from autograd.errors import ExportError
from autograd.ir.function import Function, Parameter


def cubic(x, y):
    return x**3 * y + relu(x - y) * y - x / (1.0 + y * y)


def built(fast, mapped=None, reduce=None):
    """Return the exported C of a compiled function, built and loaded."""
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc on this machine")
    executable = fast._shown()
    function = (executable.careful() if executable.is_fast else executable).function
    binding = Binding(None if mapped is None else frozenset(mapped), reduce)
    labels = [*executable.traced.structure.paths("result")]
    assert fast.c == c.source(function, binding, fast.exact, labels)
    return c.compile(function, binding)


def in_node(path, name, *arguments):
    if shutil.which("node") is None:
        pytest.skip("there is no node on this machine")
    given = ", ".join(json.dumps(argument) for argument in arguments)
    code = (
        f"const m = await import({json.dumps(str(path))}); "
        f"console.log(JSON.stringify([...m.{name}({given})]));"
    )
    command = ["node", "--input-type=module", "-e", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("arguments", [(0.3, -0.7), ([0.3],), ()])
def test_javascript_refuses_numbers_where_it_takes_a_list(tmp_path, arguments):
    fast = jit(lambda x, y: x * y)
    fast(1.0, 2.0)
    fast.save(path := tmp_path / "f.js")
    with pytest.raises(subprocess.CalledProcessError) as caught:
        in_node(path, "autograd_lambda", *arguments)
    assert "TypeError: autograd_lambda takes lists: input of 2 numbers" in caught.value.stderr


@pytest.mark.parametrize("arrays", [[1.0, 2.0, 3.0], [None], 1.0, []])
def test_javascript_refuses_the_numbers_of_an_array_in_place_of_a_list_of_arrays(tmp_path, arrays):
    fast = jit(lambda w, xs: scan(lambda h, x: (w * h + x, None), 0.0, xs)[0])
    fast(0.5, np.array([1.0, 2.0, 3.0]))
    fast.save(path := tmp_path / "f.js")
    assert in_node(path, "autograd_lambda", [0.5], [[1.0, 2.0, 3.0]]) == [4.25]
    with pytest.raises(subprocess.CalledProcessError) as caught:
        in_node(path, "autograd_lambda", [0.5], arrays)
    words = "TypeError: autograd_lambda takes lists: input of 1 number, arrays of 1 array"
    assert words in caught.value.stderr


@pytest.mark.parametrize("rows", [[1.0, 2.0, 3.0], 1.0])
@pytest.mark.parametrize("reduce", [None, "mean"])
def test_javascript_refuses_too_few_rows(tmp_path, rows, reduce):
    fast = jit(lambda w, x: w * (x[0] + x[1]), in_axes=(None, 0), reduce=reduce)
    fast(1.0, np.array([[1.0, 2.0]]))
    fast.save(path := tmp_path / "f.js")
    assert in_node(path, "autograd_lambda", 1, [2.0], [1.0, 2.0]) == [6.0]
    words = "takes lists: input of 1 number, rows of 2 numbers a row"
    with pytest.raises(subprocess.CalledProcessError) as caught:
        in_node(path, "autograd_lambda", 2, [2.0], rows)
    assert words in caught.value.stderr


def test_value_gradient_and_hessian_in_c_have_the_bits_of_compiled_code():
    source = random.Random(2)
    for function in (cubic, grad(cubic, (0, 1)), hessian(cubic, (0, 1)), value_and_grad(cubic)):
        fast = jit(function)
        fast(1.0, 2.0)
        native = built(fast)
        for _ in range(50):
            point = [source.uniform(-3.0, 3.0) for _ in range(2)]
            assert bits(native(point)) == bits(flat(fast(*point)))


def test_a_mapped_function_in_c_adds_up_rows_as_compiled_code_does():
    X = np.random.default_rng(3).normal(size=(3000, 2))
    for reduce in (None, "sum", "mean"):
        fast = jit(value_and_grad(lambda w, x: cubic(w[0] * x[0], w[1] + x[1])), (None, 0), reduce)
        value, gradient = fast(np.array([0.5, 2.0]), X)
        found = built(fast, (2, 3), reduce)([0.5, 2.0], X.tolist())
        if reduce is None:
            found = [number for row in found for number in row]
            assert bits(found) == bits(np.column_stack([value, gradient]).ravel().tolist())
        else:
            assert bits(found) == bits([value, *gradient.tolist()])


def test_a_module_of_javascript_runs_under_node(tmp_path):
    fast = jit(grad(cubic, (0, 1)))
    expected = fast(1.5, -0.5)
    path = fast.save(tmp_path / "slopes.mjs")
    assert in_node(path, "autograd_cubic", [1.5, -0.5]) == pytest.approx(expected, rel=1e-15)
    mapped = jit(lambda w, x: w * x * x, in_axes=(None, 0), reduce="mean")
    mean = mapped(2.0, np.arange(20.0))
    path = mapped.save(tmp_path / "mean.mjs")
    assert in_node(path, "autograd_lambda", 20, [2.0], list(range(20))) == [mean]


def test_a_trained_model_exports_its_predictions(tmp_path):
    model = nn.MLP(2, [4, 1], seed=1)
    fast = jit(lambda x: model(x))
    score = fast([0.3, -0.7]).data
    with pytest.raises(ExportError, match="freeze=True"):
        fast.save(tmp_path / "predict.c")
    assert not list(tmp_path.iterdir())
    text = fast.save(tmp_path / "predict.c", freeze=True).read_text()
    assert text.count("\n") < 120
    assert "[0] x[0]" in text
    path = fast.save(tmp_path / "predict.mjs", freeze=True)
    assert in_node(path, "autograd_lambda", [0.3, -0.7]) == [score]


def test_the_head_of_a_file_promises_the_same_bits_with_exact_true_alone(tmp_path):
    def f(x, y):
        return log(x) * y + x**2 * y

    rows = [0.3 + 0.37 * place for place in range(40)]
    for exact in (True, False):
        fast = jit(f, in_axes=(None, 0), exact=exact)
        results = list(fast(1.7, np.array(rows)))
        head = fast.c.partition("*/")[0].replace("\n * ", " ")
        assert ("to the bit" in head) == exact
        assert ("compiled with exact=False" in head) != exact
        javascript = fast.save(tmp_path / "f.mjs").read_text().partition("*/")[0]
        assert ("compiled with exact=False" in javascript) != exact
        found = [row[0] for row in built(fast, {1})([1.7], [[row] for row in rows])]
        assert found == (results if exact else pytest.approx(results, rel=1e-14))


def test_guarded_products_are_in_the_file_as_in_careful_code():
    fast = jit(grad(lambda x: where(x > 0.0, log(x) * x, 0.0)))
    assert fast(0.0) == 0.0
    function = fast._shown().careful().function
    assert fast.c == c.source(function, labels=["result"])
    assert c.compile(function, Binding())([0.0]) == [0.0]
    assert c.compile(function, Binding())([2.0]) == [fast(2.0)]


def test_a_function_of_the_users_own_is_refused_and_nothing_is_written(tmp_path):
    fast = jit(lambda x: x * 2.0)
    with pytest.raises(Exception, match="not been compiled yet"):
        fast.save(tmp_path / "f.c")
    fast(1.0)
    with pytest.raises(ExportError, match=r"\.c, \.js, \.mjs"):
        fast.save(tmp_path / "f.txt")
    with pytest.raises(OSError, match="cannot be written"):
        fast.save(tmp_path / "nowhere" / "f.c")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", ["c", "js"])
def test_the_head_of_a_file_says_what_each_result_is(suffix, tmp_path):
    fast = jit(lambda p, x: {"up": p["w"] @ x, "both": (x, {"*/": p["w"][0]})})
    fast({"w": np.ones(2)}, np.ones(2))
    text = fast.save(tmp_path / f"f.{suffix}").read_text()
    head = text[: text.index("*/")]
    assert re.findall(r"\[(\d)\] (\S+)", head[head.index("results: 4, in their order:") :]) == [
        ("0", "result['up']"),
        ("1", "result['both'][0][0]"),
        ("2", "result['both'][0][1]"),
        ("3", "result['both'][1]['*\\/']"),
    ]
    names = ("it's", 'a"b', "two\nlines", "\\", "\u2028", "both ' and \"")
    fast = jit(lambda x: {name: x * k for k, name in enumerate(names)})
    results = fast(2.0)
    text = fast.save(tmp_path / f"f.{suffix}").read_text()
    found = re.findall(r"^ \*   \[\d\] (result.*)$", text, re.MULTILINE)
    assert [eval(path, {"result": results}) for path in found] == [2.0 * k for k in range(6)]
    rows = jit(lambda w, x: [w * x, x], in_axes=(None, 0), reduce="mean")
    rows(2.0, np.ones(3))
    text = rows.save(tmp_path / f"rows.{suffix}").read_text()
    assert "results: 2, means over rows, in their order:\n *   [0] result[0]\n" in text


def test_labels_cannot_end_the_comment_of_a_file():
    names = ("*/ int evil;", "/* open", "a\nb", "\\", "??/", "</script>")
    fast = jit(lambda x: sum((Value(2.0, name) * x for name in names), 0.0))
    fast(1.0)
    for place, name in enumerate(names):
        weight = Value(2.0, name)
        one = jit(lambda x, w: x * w)
        one(1.0, 2.0)
        function = one._shown().function
        function.parameters[1] = function.parameters[1]._replace(name=name)
        assert c.compile(function, Binding())([3.0, 2.0]) == [6.0], (place, weight)
        assert c.source(function).count("*/") == 1


def test_numbers_of_every_kind_are_constants_in_c():
    for constant in (
        math.inf,
        -math.inf,
        math.nan,
        -0.0,
        5e-324,
        1.7976931348623157e308,
        0.1,
        -2.5,
    ):
        fast = jit(lambda x, k=constant: [x * k, x + k])
        fast(1.0)
        assert bits(built(fast)([3.0])) == bits(flat(fast(3.0)))


def test_names_of_the_languages_own_functions_are_no_obstacle(tmp_path):
    for name in ("tanh", "isnan", "int64_t", "NAN", "class", "public", "Float64Array", "é"):
        fast = jit(lambda x: x * x + 1.0)
        fast.__name__ = name
        fast(1.0)
        function = fast._shown().function
        function.name = name
        assert c.compile(function, Binding())([3.0]) == [10.0]
        path = fast.save(tmp_path / "one.mjs")
        assert in_node(path, f"autograd_{name if name.isascii() else 'function'}", [3.0]) == [10.0]


def test_a_function_called_with_values_alone_says_what_to_do_before_it_is_exported():
    fast = jit(lambda x: x * x)
    fast(Value(2.0))
    with pytest.raises(ExportError, match="plain numbers"):
        assert fast.c
    fast(2.0)
    assert "results: 1" in fast.c


@pytest.mark.parametrize("axes", [None, (0,)])
def test_a_function_without_results_is_c_that_no_compiler_complains_of(axes):
    fast = jit(lambda x: [], in_axes=axes)
    fast(1.0 if axes is None else np.ones(2))
    native = built(fast, None if axes is None else {0})
    assert native(*([[1.0]] if axes is None else [[], [[1.0], [2.0]]])) == []


def test_sums_of_many_results_do_not_lie_on_the_stack():
    rows = np.random.default_rng(8).normal(size=70)
    fast = jit(lambda w, x: w * x, in_axes=(None, 0), reduce="sum")
    fast(np.ones(512), rows)
    assert "double sums[8][512];" in fast.c
    weights = np.linspace(-1.0, 1.0, 513)
    found = fast(weights, rows).tolist()
    assert "double sums[" not in fast.c
    assert bits(built(fast, {513}, "sum")(weights.tolist(), rows[:, None].tolist())) == bits(found)


@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no g++ on this machine")
def test_the_files_are_c_plus_plus_too(tmp_path):
    fast = jit(value_and_grad(lambda w, xs: scan(lambda h, x: (w * h * h + x, h), w, xs)[0]))
    fast(0.5, np.ones(3))
    fast.save(tmp_path / "f.c")
    command = ["g++", "-x", "c++", "-Wall", "-Wextra", "-Werror", "-pedantic", "-c", "f.c"]
    subprocess.run(command, check=True, cwd=tmp_path)


def test_javascript_returns_as_many_results_as_there_are(tmp_path):
    function = Function("many")
    function.end((function.add_parameter(Parameter("x")),) * 200_000)
    path = tmp_path / "many.mjs"
    path.write_text(javascript.source(function))
    assert in_node(path, "autograd_many", [0.5]) == [0.5] * 200_000


def test_the_file_of_a_large_program_has_no_step_that_no_result_needs():
    fast = jit(lambda x: lgamma(x))
    found = fast(1.5)
    function, binding, _ = fast._to_export(False)
    assert len(fast._shown().function) > len(function)  # few may stay where nothing is written
    if shutil.which("gcc"):
        assert c.compile(function, binding)([1.5]) == [found]  # -Wall: no variable is unused
