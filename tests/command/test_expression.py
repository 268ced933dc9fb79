"""The formula reader: what it reads, what it refuses, and that it never runs anything."""

import contextlib
import math
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.errors import AutogradError, ExpressionError
from autograd.notation.expression import DEEPEST, LONGEST, functions, is_name, read


@pytest.mark.parametrize(
    ("formula", "numbers", "value"),
    [
        ("tanh(w*x + b)", {"w": 0.5, "x": 2, "b": -1}, 0.0),
        ("-x**2", {"x": 3}, -9.0),
        ("2**-x", {"x": 1}, 0.5),
        ("-2**2", {}, -4.0),
        ("a - b - c", {"a": 1, "b": 2, "c": 3}, -4.0),
        ("2**3**2", {}, 512.0),
        ("a / b * c", {"a": 8, "b": 2, "c": 3}, 12.0),
        ("+x", {"x": 3}, 3.0),
        ("(x)", {"x": 3}, 3.0),
        ("1/0", {}, math.inf),
        ("9**9**9", {}, math.inf),
        ("atan2(1, x)", {"x": 1}, math.pi / 4),
        ("clip(x, 0, 1)", {"x": 7}, 1.0),
        ("clip(x, hi=1, lo=0)", {"x": -7}, 0.0),
        ("leaky_relu(x)", {"x": -1}, -0.01),
        ("leaky_relu(x, slope=0.5)", {"x": -1}, -0.5),
        ("where(x > 0, 1, 2)", {"x": -1}, 2.0),
        ("where((x > 0) & (x <= 3) | (x < -5), 1, 2)", {"x": 3}, 1.0),
        ("polygamma(1, x)", {"x": 1}, math.pi**2 / 6),
        ("\u03bb*x_1", {"\u03bb": 2, "x_1": 3}, 6.0),
        ("1e-3 + 1_000 + 0x10", {}, 1016.001),
        ("   x", {"x": 3}, 3.0),
        ("+".join(["x"] * 400), {"x": 1}, 400.0),
    ],
)
def test_a_formula_is_read_as_python_would(formula, numbers, value):
    assert read(formula)(numbers) == pytest.approx(value, rel=1e-15)


def test_the_graph_has_the_names_as_labels_and_the_rows_as_operations():
    inputs = {name: Value(2.0, label=name) for name in "wxb"}
    root = read("tanh(w*x + b)")(inputs)
    assert root.op is autograd.tanh
    product, bias = root.args[0].args
    assert (product.op.symbol, bias) == ("*", inputs["b"])
    assert product.args == (inputs["w"], inputs["x"])


def test_names_come_in_the_order_in_which_they_appear():
    assert read("tanh(w*x + b) + w").names == ("w", "x", "b")


@pytest.mark.parametrize("name", sorted(functions()))
def test_every_public_function_can_be_called(name):
    if name == "where":
        assert read("where(1 < 2, x, 3)")({"x": 5}) == 5.0
        return
    row = functions()[name]
    assert getattr(autograd, name) is row
    operands = [1.0] * (row.arity - 1) + [0.5]
    formula = f"{name}({', '.join(map(str, operands))})"
    assert read(formula)({}) == row(*operands) or math.isnan(row(*operands))


REFUSED = [
    ("", "empty"),
    ("   ", "empty"),
    ("x +", "it ends where an operand is missing, at character 3"),
    ("2x", "a name cannot begin with a digit; write * for a product, at character 1"),
    ("x y", "missing here, at character 3"),
    ("x^2", "write ** for a power), at character 2"),
    ("sin(x", "'(' was never closed, at character 4"),
    ("x)", "at character 2"),
    ("sinn(x)", "did you mean 'sin'?"),
    ("1 + ln(x)", "the natural logarithm is log(x), at character 5"),
    ("x(2)", "for a product, write x*(...)"),
    ("tanh", "tanh is a function: write tanh(...)"),
    ("sin(x, y)", "sin(x) takes 1 operand, and was given 2"),
    ("clip(x)", "clip(x, lo, hi) takes 3 operands, and was given 1"),
    ("sin(y=x)", "does not take 'y'"),
    ("sin(*x)", "without *"),
    ("leaky_relu(**x)", "without *"),
    ("lambda*x", "'lambda' is a word of Python's own"),
    ("x if x else y", "write where(condition, a, b)"),
    ("x > 0", "may only be the condition of where"),
    ("where(x, 1, 2)", "must be a comparison"),
    ("where(1 < x < 2, 1, 2)", "must be a comparison"),
    ("where(x == 0, 1, 2)", "must be a comparison"),
    ("1j", "not a real number"),
    ("1,5", "write a point for the decimal"),
    ("math.sin(x)", "bare name"),
    ("x.real", "bare name"),
    ("1e999", "too large for a float"),
    ("9" * 400, "too large for a float"),
    ("9" * 5000, "too large for a float"),
    ("x // 2", "a formula has numbers"),
    ("__import__('os')", "has no meaning in a formula"),
    ("__import__(os)", "there is no function"),
    ("x\n+1", "has no meaning in a formula"),
    ("x\0", "has no meaning in a formula"),
    ("x = 3", "at character"),
    ("(x)(2)", "there is no function 'x'"),
    ("sin(x)(2)", "only a function's name"),
    ("[x]", "round brackets"),
    ("(" * (DEEPEST + 1) + "x" + ")" * (DEEPEST + 1), "deeper than 100 brackets"),
    ("x" * (LONGEST + 1), "the longest has 10,000"),
]


@pytest.mark.parametrize(("formula", "words"), REFUSED)
def test_what_is_no_formula_is_refused_in_one_clear_line(formula, words):
    with pytest.raises(ExpressionError) as caught:
        read(formula)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("formula", [None, 3, b"x", ["x"]])
def test_what_is_no_text_is_a_type_error(formula):
    with pytest.raises(TypeError, match="a formula is text"):
        read(formula)


DEEP = [
    "-" * 9990 + "x",
    "x**" * 3000 + "x",
    "x+" * 4999 + "x",
    "x," * 4000,
    "x<" * 4999 + "x",
    "x|" * 4999 + "x",
    "x*-" * 3000 + "x",
    "f(x)" * 2400,
    "x.y" * 3000,
    "sin(" * 2000,
    "(x" * 99 + ")x" * 99,
    "+-" * 4999 + "x",
]


@pytest.mark.parametrize("formula", DEEP, ids=lambda formula: formula[:8])
def test_long_and_deep_input_neither_crashes_nor_hangs(formula):
    start = time.process_time()
    with contextlib.suppress(ExpressionError):
        read(formula)({"x": 1.0})
    assert time.process_time() - start < 5.0


def test_a_formula_is_refused_in_words_also_where_the_stack_is_nearly_full():
    def deeper(levels):
        if levels:
            return deeper(levels - 1)
        try:
            return read("+".join(["x"] * 500)).names == ("x",)
        except ExpressionError as error:
            return "nested too deep" in str(error)

    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    assert deeper(sys.getrecursionlimit() - depth - 60)


def test_huge_powers_cost_nothing():
    start = time.process_time()
    assert read("9**9**9**9**9")({}) == math.inf
    assert time.process_time() - start < 0.5


def test_a_missing_number_is_named():
    with pytest.raises(ValueError, match="no number for 'y'"):
        read("x*y")({"x": 1})


@given(st.text(alphabet="xy01.+-*/(),<>&|_ \tsinlog[]{}'\"\\#@!=:;", max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        formula = read(text)
        result = formula(dict.fromkeys(formula.names, 0.5))
    except AutogradError as error:  # refused, or no operand: polygamma of order 0.5
        message = str(error)
    else:
        assert type(result) is float
        message = ""
    assert "\n" not in message


@given(
    st.recursive(
        st.sampled_from(["x", "y", "2.5", "0.5"]),
        lambda inner: (
            st.builds("({} {} {})".format, inner, st.sampled_from("+ - *".split()), inner)
            | st.builds("-{}".format, inner)
            | st.builds("sin({})".format, inner)
        ),
        max_leaves=12,
    )
)
@settings(max_examples=80, deadline=None)
def test_arithmetic_is_that_of_a_calculator_built_from_the_same_text(text):
    # The referee is SymPy's parser, which knows nothing of ours.
    from sympy import Symbol
    from sympy.parsing.sympy_parser import parse_expr

    expected = parse_expr(text, {"x": Symbol("x"), "y": Symbol("y")}).evalf(
        30, subs={"x": 1.25, "y": -0.75}
    )
    assert read(text)({"x": 1.25, "y": -0.75}) == pytest.approx(float(expected), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("x", True),
        ("x1", True),
        ("1x", False),
        ("lambda", False),
        ("sin", False),
        ("where", False),
        ("", False),
        ("x y", False),
    ],
)
def test_what_can_be_a_name(name, answer):
    assert is_name(name) is answer
