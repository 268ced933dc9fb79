"""Forty wrong derivatives are refused and the forty right ones accepted: the check is checked."""

from pathlib import Path

import pytest

import autograd.testing
from autograd.notation.expression import read
from autograd.testing import assert_derivative

# The slip, f, its derivative, and a derivative that is wrong by that slip. Those of functions of
# several numbers are by all of them.
CONTROL = [
    ("a sign", "cos(x)", "-sin(x)", "sin(x)"),
    ("a sign", "1/x", "-1/x**2", "1/x**2"),
    ("a sign", "exp(-x)", "-exp(-x)", "exp(-x)"),
    ("a lost inner derivative", "sin(3*x)", "3*cos(3*x)", "cos(3*x)"),
    ("a lost inner derivative", "tanh(x**2)", "2*x*(1 - tanh(x**2)**2)", "1 - tanh(x**2)**2"),
    ("a lost inner derivative", "sqrt(1 + x**2)", "x/sqrt(1 + x**2)", "0.5/sqrt(1 + x**2)"),
    ("a lost inner derivative", "exp(sin(x))", "cos(x)*exp(sin(x))", "exp(sin(x))"),
    ("a lost outer derivative", "sin(x**2)", "2*x*cos(x**2)", "2*x"),
    ("a factor", "x**3", "3*x**2", "x**2"),
    ("a factor", "x*exp(-x**2)", "(1 - 2*x**2)*exp(-x**2)", "2*(1 - 2*x**2)*exp(-x**2)"),
    ("a factor of 1.000001", "sinh(x)", "cosh(x)", "1.000001*cosh(x)"),
    ("the inner factor of degrees", "sin(x/57.3)", "cos(x/57.3)/57.3", "cos(x/57.3)"),
    ("another base", "log2(x)", "1/(x*log(2))", "1/x"),
    ("a constant", "x**2 + x", "2*x + 1", "2*x"),
    ("a constant", "exp(x)", "exp(x)", "exp(x) + 1"),
    ("a constant of 1e-7", "atan(x)", "1/(1 + x**2)", "1/(1 + x**2) + 1e-7"),
    ("a constant of 1e-30", "1e-40*x**2", "2e-40*x", "2e-40*x + 1e-30"),
    ("the product rule", "x*sin(x)", "sin(x) + x*cos(x)", "cos(x)"),
    ("the quotient rule", "sin(x)/(x**2 + 1)",
     "(cos(x)*(x**2 + 1) - 2*x*sin(x))/(x**2 + 1)**2", "cos(x)/(2*x)"),
    ("the quotient rule", "x/(x**2 + 1)", "(1 - x**2)/(x**2 + 1)**2", "(1 - x**2)/(x**2 + 1)"),
    ("the power rule", "x**4", "4*x**3", "4*x**4"),
    ("the power rule", "2**x", "2**x*log(2)", "x*2**(x - 1)"),
    ("the function itself", "sigmoid(x)", "sigmoid(x)*(1 - sigmoid(x))", "sigmoid(x)"),
    ("nothing", "1e-12*x**3", "3e-12*x**2", "0*x"),
    ("wrong for x < 0", "abs(x)**3", "3*x*abs(x)", "3*x**2"),
    ("wrong for x < 0", "softplus(x)", "sigmoid(x)", "where(x < 0, exp(-x), sigmoid(x))"),
    ("wrong beyond 1000", "x**2", "2*x", "where(x > 1000, 2*x + 1, 2*x)"),
    ("wrong beyond 1000", "log(1 + x**2)", "2*x/(1 + x**2)",
     "where(abs(x) > 1000, 0, 2*x/(1 + x**2))"),
    ("wrong between 3 and 4", "sin(x)", "cos(x)", "where((x > 3) & (x < 4), 0, cos(x))"),
    ("wrong at one point", "x**2", "2*x", "where((x >= 7) & (x <= 7), 15, 2*x)"),
    ("wrong at one point", "exp(-x**2)", "-2*x*exp(-x**2)",
     "where(abs(x) <= 0, 1, -2*x*exp(-x**2))"),
    ("wrong at one point", "x*abs(x)", "2*abs(x)", "where(abs(x) <= 0, 1e6, 2*abs(x))"),
    ("wrong at a kink", "relu(x)", "where(x > 0, 1, 0)", "where(x > 0, 1, where(x < 0, 0, 1e6))"),
    ("wrong at a kink", "maximum(x, 2 - x/3)", "where(x > 1.5, 1, -1/3)",
     "where(x > 1.5, 1, where(x < 1.5, -1/3, 2))"),
    ("wrong next to a kink", "abs(x - 0.3)", "sign(x - 0.3)",
     "where(abs(x - 0.3) < 1e-15, 3, sign(x - 0.3))"),
    ("wrong next to 0", "sqrt(x)*x", "1.5*sqrt(x)", "where(x < 1e-300, 1, 1.5*sqrt(x))"),
    ("the other variable's", "x*y**2", ("y**2", "2*x*y"), ("2*x*y", "y**2")),
    ("a sign in one of two", "x/y", ("1/y", "-x/y**2"), ("1/y", "x/y**2")),
    ("a term in one of three", "x*y + y*z + z*x", ("y + z", "x + z", "x + y"),
     ("y + z", "x", "x + y")),
    ("one of two at a tie", "maximum(x, y)",
     ("where(x > y, 1, where(x < y, 0, 0.5))", "where(x < y, 1, where(x > y, 0, 0.5))"),
     ("where(x > y, 1, where(x < y, 0, 0.5))", "where(x < y, 1, where(x > y, 0, 9))")),
]  # fmt: skip


def function(formula):
    """Return a formula as a function of its numbers, one for each name in it."""
    if isinstance(formula, tuple):
        parts = [function(part) for part in formula]
        return lambda *numbers: tuple(part(*numbers) for part in parts)
    expression = read(formula)
    return lambda *numbers: expression(dict(zip("xyz", numbers, strict=False)))


def of_floats(formula):
    """Return a formula as a function that takes floats only, as those of math do."""
    whole = function(formula)
    return lambda *numbers: whole(*map(float, numbers))


def of_named(formula):
    names = read(formula).names
    body = function(formula)
    if "z" in names:
        return lambda x, y, z: body(x, y, z)
    return (lambda x, y: body(x, y)) if "y" in names else lambda x: body(x)


def options(formula):
    return {"domain": {"x": (-9, 9), "y": (-9, 9)}} if formula == "maximum(x, y)" else {}


WAYS = {"digits": function, "floats": of_floats, "formula": lambda formula: formula}
EACH_WAY = pytest.mark.parametrize(
    "way", [pytest.param("digits", marks=pytest.mark.slow), "floats", "formula"]
)
ROWS = pytest.mark.parametrize(("slip", "f", "right", "wrong"), CONTROL)
README = Path(autograd.testing.__file__).parent / "README.md"


def table():
    """Return the table of the README: run this file to put it there."""
    rows = [("what is wrong", "function", "derivative", "refused"), ("---",) * 4]
    for slip, *formulas in CONTROL:
        texts = [(", ".join(f) if isinstance(f, tuple) else f) for f in formulas]
        rows.append((slip, *(f"`{text.replace('|', chr(92) + '|')}`" for text in texts)))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def test_there_are_forty_and_the_table_in_the_readme_shows_them():
    assert len(CONTROL) == 40
    assert README.read_text(encoding="utf-8").endswith(f"\n\n{table()}")


@pytest.mark.parametrize(  # test_derivatives.py has right ones in floats for the fast tests
    "way",
    [*(pytest.param(way, marks=pytest.mark.slow) for way in ("digits", "floats")), "formula"],
)
@ROWS
def test_a_right_derivative_is_accepted(way, slip, f, right, wrong):
    assert_derivative(of_named(f), WAYS[way](right), **options(f))


@EACH_WAY
@ROWS
def test_a_wrong_derivative_is_refused(way, slip, f, right, wrong):
    with pytest.raises(AssertionError):
        assert_derivative(of_named(f), WAYS[way](wrong), **options(f))


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8").partition("| what is wrong")[0]
    README.write_text(text + table(), encoding="utf-8")
