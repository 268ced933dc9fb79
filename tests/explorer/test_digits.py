"""How many digits of numbers are shown, and constants, which stand as they were written."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, derivation, erf, explain, explore, graph, latex, log10, sin, steps
from autograd.explorer.chain_rule import forward_steps
from autograd.notation.expression import read
from autograd.notation.formula import Constant, evaluated
from autograd.notation.numbers import expression
from autograd.notation.writing import LatexWriter, MathWriter, TextWriter

LONG = 1.2345678901234567


def worked():
    x = Value(1.0 / 3.0, "x")
    y = sin(x) * LONG
    y.label = "y"
    y.backward()
    return y, x


READERS = {
    "derivation": lambda digits: str(derivation(*worked(), digits=digits)),
    "explain": lambda digits: str(explain(*worked(), digits=digits)),
    "steps": lambda digits: "\n".join(map(str, steps(worked()[0], digits=digits))),
    "steps, LaTeX": lambda digits: "".join(s.latex for s in steps(worked()[0], digits=digits)),
    "steps, MathML": lambda digits: "".join(s.mathml for s in steps(worked()[0], digits=digits)),
    "forward_steps": lambda digits: "".join(map(str, forward_steps(worked()[0], digits=digits))),
    "latex": lambda digits: latex(worked()[0], digits=digits),
    "graph": lambda digits: graph(worked()[0], digits=digits).text,
    "graph, SVG": lambda digits: re.sub(
        "<title>.*?</title>", "", graph(worked()[0], digits=digits).svg
    ),
    "graph, DOT": lambda digits: graph(worked()[0], digits=digits).dot,
    "explore": lambda digits: explore(worked()[0], digits=digits).html,
}


@pytest.mark.parametrize("reader", [name for name in READERS if name != "explore"])
def test_every_reader_of_graphs_shows_as_many_digits_as_are_asked_for(reader):
    shown = READERS[reader]
    assert "1.23456789012" in shown(12)
    assert "1.234567890123" not in shown(12)
    assert "1.2346" in shown(5)
    assert "1.23457" not in shown(5)


def test_the_picture_beside_a_page_has_as_many_digits_as_the_page():
    page = explore(worked()[0], digits=12)
    assert "1.23456789012" in page._graph.text
    assert '"digits":12' in page.html


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("digits", [0, 18, -3, 12.0, "12", True])
def test_every_reader_refuses_digits_that_cannot_be_in_the_same_words(reader, digits):
    with pytest.raises(autograd.AutogradError, match=r"from 1 to 17.*: write digits=12") as raised:
        READERS[reader](digits)
    assert str(raised.value).startswith(reader.partition(",")[0] + ": digits is ")
    assert isinstance(raised.value, TypeError)


def test_a_picture_takes_digits_or_a_format():
    with pytest.raises(autograd.AutogradError, match=r"write digits=3 or format='\.3f', not both"):
        graph(worked()[0], format=".3f", digits=3)
    assert graph(worked()[0], digits=7).text == graph(worked()[0], format=".7g").text


# -- constants ---------------------------------------------------------------------------------

IN_FULL = ["0.044715", "0.7978845608", "1234567", "1.00001", "1e-7", "0.1", "123456.789", "3.14159"]


@pytest.mark.parametrize("written", IN_FULL)
def test_a_constant_that_was_written_with_ten_digits_at_most_stands_in_full(written):
    x = Value(2.0, "x")
    y = x * float(written)
    y.label = "y"
    assert f"y = x * {written} = 2 * {written} = " in str(derivation(y, x))
    assert f"∂y/∂x = {written}\n" in str(derivation(y, x, digits=2))
    assert f"y = x * {written}\n" in str(next(steps(y)))
    if "e" not in written:
        assert written in latex(y)
        assert written in derivation(y, x).mathml


def test_a_constant_with_more_digits_is_rounded_to_those_that_are_asked_for():
    x = Value(2.0, "x")
    assert latex(x * LONG) == r"1.235 \cdot x"
    assert latex(x * LONG, digits=12) == r"1.23456789012 \cdot x"
    assert "∂v1/∂x = 1.235\n" in str(derivation(x * LONG, x))


KNOWN = {
    "pi": math.pi,
    "2 * pi": 2 * math.pi,
    "log(10)": math.log(10),
    "log(2)": math.log(2),
    "log(3)": math.log(3),
    "sqrt(5)": math.sqrt(5),
    "sqrt(2 * pi)": math.sqrt(2 * math.pi),
    "1 / 3": 1 / 3,
    "2 / 3": 1 - 1 / 3,
    "5 / 12": 5 / 12,
    "e": math.e,
    "sqrt(2 / pi)": math.sqrt(2 / math.pi),
}


@pytest.mark.parametrize("written", KNOWN)
def test_a_known_constant_is_written_as_its_formula_whatever_its_sign(written):
    assert TextWriter().write(Constant(KNOWN[written])) == written
    assert TextWriter().write(Constant(-KNOWN[written])) == f"-{written}"
    for number in (KNOWN[written], -KNOWN[written]):
        assert float(read(TextWriter().write(Constant(number)))({})) == pytest.approx(
            number, rel=3e-16
        )


@pytest.mark.parametrize("number", [6.0, 2.0, 0.5, 0.25, 1.0, 5.0, 1.75])
def test_a_number_beside_one_of_few_digits_is_no_fraction(number):
    for beside in (math.nextafter(number, 0.0), math.nextafter(number, math.inf)):
        assert TextWriter().write(Constant(beside)) == f"{number:g}"


def test_the_constants_of_the_rules_are_written_as_in_a_textbook():
    x = Value(2.0, "x")
    for y, formula in [
        (log10(x), "1 / (log(10) * x)"),
        (autograd.log2(x), "1 / (log(2) * x)"),
        (autograd.exp2(x), "log(2) * v1"),
        (erf(x), "2 / sqrt(pi) * exp(-x**2)"),
        (autograd.erfc(x), "-2 / sqrt(pi) * exp(-x**2)"),
        (x ** (1 / 3), "1 / 3 * x**(-2 / 3)"),
    ]:
        assert f"∂v1/∂x = {formula} = " in str(derivation(y, x))


def test_pi_in_a_formula_is_no_node_of_that_name():
    p = Value(0.3, "pi")
    assert "v1 = pi * 3.142 = " in str(derivation(p * math.pi, p))
    assert "1.128 * exp(-pi**2)" in str(derivation(erf(p), p))
    assert latex(p * math.pi) == r"3.142 \cdot \pi"
    e = Value(0.5, "e")
    assert "v1 = e * 2.718 = " in str(derivation(e * math.e, e))
    q = Value(math.pi, "pi")
    assert "v1 = pi * pi" in str(derivation(q * math.pi, q))


def test_a_node_that_is_nan_takes_no_formula_from_a_constant():
    x = Value(-8.0, "x")
    y = x ** (1 / 3)
    y.label = "y"
    assert "y = x**(1 / 3)" in str(next(steps(y)))


@given(st.floats(-1e9, 1e9))
def test_a_constant_that_stands_for_a_formula_is_its_number(number):
    whole = expression(number)
    assert whole is None or abs(evaluated(whole) - number) <= math.ulp(number)


@given(st.floats(-1e9, 1e9).map(lambda x: float(f"{x:.10g}")))
def test_a_constant_of_ten_digits_reads_back_as_itself(number):
    for writer in (TextWriter(), LatexWriter(), MathWriter()):
        assert writer.write(Constant(number))
    assert float(read(TextWriter().write(Constant(number)))({})) == number


def test_a_short_constant_stands_in_full_in_a_picture():
    x = Value(2.0, "x")
    assert "0.044715" in graph(x * 0.044715).text
    assert ">0.044715<" in graph(x * 0.044715).svg
    assert "0.04" in graph(x * 0.044715, format=".2f").text
    assert "0.7978845608" in graph(x * 0.7978845608).text  # ten digits, as in formulas
    assert "0.7979" in graph(x * 0.79788456081).text
