"""The formula reader: what it reads, what it refuses, and that it never runs anything."""

import contextlib
import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.errors import AutogradError, ExpressionError
from autograd.explorer.chain_rule import forward_steps
from autograd.notation.expression import LONGEST, functions, is_name, read


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
        ("a % b * c", {"a": -5.5, "b": 2, "c": 3}, 1.5),
        ("a // b % c", {"a": 17, "b": 2, "c": 3}, 2.0),
        ("where(isnan(x) | isinf(x), 1, 2)", {"x": math.nan}, 1.0),
        ("where(isfinite(x), fmod(x, 2), 2)", {"x": -5.5}, -1.5),
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
        ("1e-3 + 1_000 + .5", {}, 1000.501),
        ("lambda*in", {"lambda": 2, "in": 3}, 6.0),  # words of Python, and names in mathematics
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
    if name.startswith("is"):
        answer = getattr(math, name)(0.5)
        assert read(f"where({name}(x), 1, 2)")({"x": 0.5}) == 2.0 - answer
        return
    row = functions()[name]
    operands = [1.0] * (getattr(row, "arity", 2) - 1) + [0.5]
    formula = f"{name}({', '.join(map(str, operands))})"
    assert read(formula)({}) == row(*operands) or math.isnan(row(*operands))


MATHEMATICS = [  # what mathematics writes, and Python's spelling of the same
    ("2x", "2*x"),
    ("2 x", "2*x"),
    ("2(x + 1)", "2*(x + 1)"),
    ("(x + 1)(x - 1)", "(x + 1)*(x - 1)"),
    ("2sin(x)cos(x)", "2*sin(x)*cos(x)"),
    ("x sin(x)", "x*sin(x)"),
    ("max(x, y)x", "maximum(x, y)*x"),
    ("2e3x", "2000*x"),
    ("x^2", "x**2"),
    ("-x^2^y", "-(x**(2**y))"),
    ("2^-x", "2**(-x)"),
    ("x\u00b2y", "x**2*y"),  # a superscript two
    ("-x\u00b2", "-(x**2)"),
    ("x\u207b\u00b9\u2070", "x**(-10)"),
    ("|x|", "abs(x)"),
    ("2|x - |y||", "2*abs(x - abs(y))"),
    ("|x||y|", "abs(x)*abs(y)"),
    ("|x|\u00b2", "abs(x)**2"),
    ("\u221ax + \u221a2", "sqrt(x) + sqrt(2)"),
    ("\u221a(x + 1)*2", "sqrt(x + 1)*2"),
    ("sin x + 1", "sin(x) + 1"),
    ("cos 2x", "cos(2*x)"),
    ("sqrt 2 - ln x", "sqrt(2) - log(x)"),
    ("pi*x", "3.141592653589793*x"),
    ("2\u03c0x", "2*3.141592653589793*x"),
    ("e^x", "2.718281828459045**x"),
    ("max(x, y, 1)", "maximum(maximum(x, y), 1)"),
    ("min(x, y)", "minimum(x, y)"),
    ("arctan(x) + arcsinh x", "atan(x) + asinh(x)"),
    ("x \u2212 y \u2013 1", "x - y - 1"),
    ("2\u00d7x\u00b7y\u22c5y\u00f73", "2*x*y*y/3"),
    ("where(x > 0 and y > 0 or x < -5, 1, 2)", "where((x > 0) & (y > 0) | (x < -5), 1, 2)"),
    ("where(x > 0 & y > 0, 1, 2)", "where((x > 0) & (y > 0), 1, 2)"),
    ("where(|x| \u2264 1 | |y| \u2265 2, 1, 2)", "where((abs(x) <= 1) | (abs(y) >= 2), 1, 2)"),
    ("x\u2081 + x1", "x1 + x1"),
    ("1\u20442*x", "1/2*x"),
    ("x\n  + y", "x + y"),
]


@pytest.mark.parametrize(("formula", "same"), MATHEMATICS)
def test_what_mathematics_writes_is_read_where_it_has_one_reading(formula, same):
    numbers = {"x": 0.75, "y": -0.5, "x1": 2.0}
    assert read(formula)(numbers) == pytest.approx(read(same)(numbers), rel=1e-15, nan_ok=True)


def test_pi_and_e_are_constants_unless_they_are_said_to_be_names():
    assert read("e*pi*x").names == ("x",)
    assert read("e*pi*x").constants == {"e": math.e, "pi": math.pi}
    assert read("e*pi*x", ["e"]).names == ("e", "x")
    assert read("e*pi*x", ["e"])({"e": 2, "x": 3}) == pytest.approx(6 * math.pi)


REFUSED = [
    ("", "empty"),
    ("   ", "empty"),
    ("x +", "it ends where an operand is missing, at character 3"),
    ("x^", "it ends where an operand is missing"),
    ("x y", "an operator is missing here; write * for a product, at character 3"),
    ("x 2", "an operator is missing here"),
    ("2 3", "an operator is missing here"),
    ("1/2x", "a product after / has two readings: write * and brackets, at character 4"),
    ("2^3x", "a product after ** has two readings"),
    ("\u221a2x", "two readings"),
    ("\u221ax\u00b2", "two readings: write \u221a(...) with brackets"),
    ("sin x^2", "two readings: write sin(...) with brackets, at character 1"),
    ("sin x*y", "two readings: write sin(...)"),
    ("sin x y", "two readings: write sin(...)"),
    ("sin\u00b2(x)", "write sin(...)**2"),
    ("sin -x", "sin is a function: write sin(...)"),
    ("atan2 x", "atan2 is a function: write atan2(...)"),
    ("sin(x", "'(' was never closed, at character 4"),
    ("|x", "'|' was never closed, at character 1"),
    ("x)", "')' has no '(' before it, at character 2"),
    ("sinn(x)", "did you mean sin or sinh or sign?"),
    ("tahn(x)", "did you mean tanh or tan or"),
    ("lg(x)", "there is no function 'lg': write log10(x) or log2(x)"),
    ("coth(x)", "there is no function 'coth': write 1/tanh(x)"),
    ("pow(x, 2)", "write a**b"),
    ("x(2)", "for a product, write x*(...)"),
    ("tanh", "tanh is a function: write tanh(...)"),
    ("sin()", "an operand is missing here"),
    ("sin(x, y)", "sin(x) takes 1 operand, and was given 2"),
    ("clip(x)", "clip(x, lo, hi) takes 3 operands, and was given 1"),
    ("max(x)", "max takes 2 operands or more"),
    ("sin(y=x)", "does not take 'y'"),
    ("sin(*x)", "an operand is missing here"),
    ("x if x else y", "write where(condition, a, b)"),
    ("x > 0", "may only be the condition of where"),
    ("(x > 0) + 1", "may only be the condition of where"),
    ("where(x, 1, 2)", "must be a comparison"),
    ("where(1 < x < 2, 1, 2)", "write (a < x) & (x < b)"),
    ("where(x == 0, 1, 2)", "compare with < <= > >="),
    ("where(a=1, b=2, condition=x > 0)", "come first"),
    ("x & y", "& stands between comparisons"),
    ("1j", "not a real number"),
    ("0x10", "decimal digits"),
    ("1,5", "write a point for the decimal"),
    ("math.sin(x)", "bare name"),
    ("x.real", "bare name"),
    ("1e999", "too large for a float"),
    ("9" * 400, "too large for a float"),
    ("9" * 5000, "too large for a float"),
    ("50%", "write x/100 for a percentage"),
    ("isnan(x, y)", "isnan takes 1 operand"),
    ("isnan(x) + 1", "may only be the condition of where"),
    ("5!", "lgamma"),
    ("__import__('os')", "there is no function"),
    ("'os'", "has no meaning in a formula"),
    ("x\0", "has no meaning in a formula"),
    ("x = 3", "give a number for a name as x=3 after the formula"),
    ("[x]", "round brackets"),
    ("x\u2032", "for a name with a prime write x1), at character 2"),
    ("f'(x)", "no derivative is written in a formula"),
    ("d/dx x^2", "no derivative is written in a formula: give the function alone"),
    ("d/dx(x^2)", "no derivative is written in a formula: give the function alone"),
    ("\u2202x", "give the function alone"),
    ("f(x) = x^2", "write what stands after the = alone, 'x^2'"),
    ("y=x^2", "write what stands after the = alone, 'x^2'"),
    ("tg x", "there is no function 'tg': write tan(x), at character 1"),
    ("arctg(x)", "there is no function 'arctg': write atan(x)"),
    ("tahn x", "there is no function 'tahn'; did you mean tanh or tan"),
    ("Sin x", "there is no function 'Sin'; did you mean sin or"),
    ("ReLU(x)", "there is no function 'ReLU'; did you mean relu or"),
    ("x mod 3", "there is no function 'mod': write a % b, at character 3"),
    ("lambda x: x", "write the formula alone"),
    ("\\sin x", "in place of LaTeX"),
    ("\u00bdx", "'\u00bd' has no meaning in a formula (write (1/2) for it), at character 1"),
    ("x^\u00bd", "write (1/2) for it"),
    ("\u2460x", "'\u2460' has no meaning in a formula, at character 1"),
    ("x" * (LONGEST + 1), "the longest has 100,000"),
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
    "|" * 5000 + "x" + "|" * 5000,
    "x*-" * 3000 + "x",
    "f(x)" * 2400,
    "x.y" * 3000,
    "sin(" * 2000,
    "sin(" * 2000 + "x" + ")" * 2000,
    "(" * 4000 + "x" + ")" * 4000,
    "2(x" * 3000 + ")" * 3000,
    "+-" * 4999 + "x",
    "1,2" * 5000,
]


@pytest.mark.parametrize("formula", DEEP, ids=lambda formula: formula[:8])
def test_long_and_deep_input_neither_crashes_nor_hangs(formula):
    with contextlib.suppress(ExpressionError):
        read(formula)({"x": 1.0})


def test_the_condition_of_where_is_written_as_it_was_read():
    inputs = {name: Value(2.0, label=name) for name in "xb"}
    root = read("3*where(x^2 >= b and |x| > 1, x, 0)")(inputs)
    lines = [str(step) for step in forward_steps(root)]
    assert lines[0] == (
        "v1 = where((x**2 >= b) & (abs(x) > 1), x, 0) = where((2**2 >= 2) & (abs(2) > 1), 2, 0) = 2"
    )


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
        ("lambda", True),
        ("if", False),
        ("x\u00b2", False),
        ("\u03c0", True),
        ("sin", False),
        ("where", False),
        ("", False),
        ("x y", False),
    ],
)
def test_what_can_be_a_name(name, answer):
    assert is_name(name) is answer
