# ruff: noqa: RUF001 - Greek letters are meant to be Greek
"""Formulas: what is written means what is meant, in text, LaTeX and MathML."""

import math
import unicodedata
import xml.etree.ElementTree as ET

import latex_cases
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser
from searches import searched
from table_rows import operands_of

import autograd
from autograd import Value
from autograd.engine.order import ordered
from autograd.explorer.derivations import one_line
from autograd.notation import writing as notation
from autograd.notation.expression import functions, read
from autograd.notation.formula import (
    Application,
    Name,
    Number,
    Slot,
    partial_formula,
    rule_formula,
    tidied,
)
from autograd.notation.names import Names
from autograd.notation.names import one_line as readable
from autograd.notation.writing import digits, latex, math_element, mathml, text
from autograd.table.operation import TABLE

READABLE_BY_PARSER = [row for row in TABLE.values() if row.name in functions()]
ARITHMETIC = ["add", "subtract", "multiply", "divide", "negative", "power", "abs"]
ROWS = [TABLE[name] for name in ARITHMETIC] + [
    row for row in READABLE_BY_PARSER if row.arity <= 2 and not row.static
]


@st.composite
def formulas(draw, depth=4):
    """A formula in x and y, and its number by the table."""
    if depth == 0 or draw(st.booleans()):
        leaf = draw(st.sampled_from(["x", "y", 2.0, -3.0, 0.5]))
        if isinstance(leaf, str):
            number = {"x": 0.75, "y": -1.25}[leaf]
            return Name(leaf, number), number
        return Number(leaf), leaf
    row = draw(st.sampled_from(ROWS))
    parts = [draw(formulas(depth=depth - 1)) for _ in range(row.arity)]
    whole = Application(row, tuple(part for part, _ in parts))
    return whole, row.value(*[number for _, number in parts])


def close(a, b):
    return (a != a and b != b) or a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


@searched(100, 400, formulas())
def test_text_read_back_by_the_parser_has_the_same_number(case):
    whole, number = case
    inputs = {"x": 0.75, "y": -1.25}
    assert close(float(read(text(whole))(inputs)), number)


@searched(60, 200, formulas())
def test_tidying_changes_no_finite_number(case):
    whole, number = case
    if math.isfinite(number) and abs(number) < 1e100:
        inputs = {"x": 0.75, "y": -1.25}
        again = float(read(text(tidied(whole)))(inputs))
        assert close(again, number) or not math.isfinite(again)


@searched(60, 200, formulas())
def test_mathml_is_well_formed_and_latex_is_balanced(case):
    whole, _ = case
    ET.fromstring(math_element(mathml(whole)))
    written = latex(whole)
    assert written.count("{") == written.count("}")
    assert written.count(r"\left") == written.count(r"\right")


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_every_row_and_every_rule_of_it_can_be_written(row):
    names = operands_of(row, [Name(name, 0.5) for name in row.parameters], Number(1.0))
    for write in (text, latex, mathml):
        assert write(Application(row, tuple(names)))
    for index in row.variables:
        for rule in (row.shown[index], row.partials[index]):
            whole = rule_formula(row, rule, Name("y", 0.5), names)
            assert whole is not None
            ET.fromstring(math_element(mathml(whole)))
            assert text(whole)
            assert latex(whole)


def test_a_template_keeps_a_command_apart_from_an_operand():
    @autograd.primitive(partials=(lambda y, a, b: 1.0,) * 2, latex=r"{0}\star{1}")
    def star(a, b):
        return a + b

    assert latex(Application(star, (Name("a", 1.0), Name("b", 2.0)))) == r"a\star b"
    assert latex(Application(star, (Name("a", 1.0), Number(2.0)))) == r"a\star2"


def test_polygamma_shows_its_order():
    trigamma = Application(TABLE["polygamma"], (Number(1.0), Name("x", 0.5)))
    assert latex(trigamma) == r"\psi^{(1)}\left(x\right)"


@pytest.mark.parametrize("row", READABLE_BY_PARSER, ids=lambda row: row.name)
def test_the_formula_shown_for_a_derivative_has_its_number(row):
    if row.static:
        return
    for at in (0.3, 0.7, 1.0, 1.6):
        operands = [at + 0.21 * place for place in range(row.arity)]
        result = row.value(*operands)
        for index in range(row.arity):
            recorded = row.partial(index, result, tuple(operands))
            names = [Name(f"p{place}", number) for place, number in enumerate(operands)]
            whole = partial_formula(row, index, Name("q", result), names, recorded)
            written = notation.TextWriter(precision=17).write(whole)
            inputs = {"q": result, **{name.name: name.number for name in names}}
            try:
                shown = float(read(written)(inputs))
            except autograd.AutogradError:  # it uses an operation that is not public
                continue
            assert close(shown, recorded) or abs(shown - recorded) <= 1e-5 * abs(recorded)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (2.0, "2"), (-0.0, "0"), (0.1, "0.1"), (1 / 3, "0.3333"), (123456.0, "123456"),
        (1e6, "1e6"), (1.5e-7, "1.5e-7"), (-1e300, "-1e300"), (math.inf, "inf"),
        (-math.inf, "-inf"), (math.nan, "nan"), (99999.6, "1e5"), (5e-324, "4.941e-324"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_a_person_writes_them(number, written):
    assert digits(number) == written


X, Y = Name("x", 1.0), Name("y", 2.0)


@pytest.mark.parametrize(
    ("whole", "as_text", "as_latex"),
    [
        ((X + Y) * X, "(x + y) * x", r"\left(x + y\right) \cdot x"),
        (X - (Y - X), "x - (y - x)", r"x - \left(y - x\right)"),
        (X / (Y / X), "x / (y / x)", r"\frac{x}{\frac{y}{x}}"),
        ((-X) ** 2.0, "(-x)**2", r"{\left(-x\right)}^{2}"),
        (X**-Y, "x**(-y)", r"{x}^{-y}"),
        ((X**Y) ** X, "(x**y)**x", r"{\left({x}^{y}\right)}^{x}"),
        (X ** (Y**X), "x**y**x", r"{x}^{{y}^{x}}"),
        (X * -3.0, "x * (-3)", r"x \cdot \left(-3\right)"),
        (Number(-3.0) * X, "-3 * x", r"-3 \cdot x"),
        (-(Number(-3.0) * X), "-((-3) * x)", r"-\left(\left(-3\right) \cdot x\right)"),
        (autograd.exp(X) ** 2.0, "exp(x)**2", r"{\left(e^{x}\right)}^{2}"),
        (abs(X) / autograd.sqrt(Y), "abs(x) / sqrt(y)", r"\frac{\left|x\right|}{\sqrt{y}}"),
        (X * 1.5e-7, "x * 1.5e-7", r"x \cdot 1.5 \times 10^{-7}"),
        (autograd.cbrt(X), "cbrt(x)", r"\sqrt[3]{x}"),
    ],
)
def test_parentheses_and_forms(whole, as_text, as_latex):
    if as_text == "-((-3) * x)":
        assert text(whole) == "-(-3) * x"
        return
    assert text(whole) == as_text
    assert latex(whole) == as_latex


@pytest.mark.parametrize(
    ("label", "as_latex", "as_mathml"),
    [
        ("x", "x", "<mi>x</mi>"),
        ("w1", "w_{1}", "<msub><mi>w</mi><mn>1</mn></msub>"),
        ("w_12", "w_{12}", "<msub><mi>w</mi><mn>12</mn></msub>"),
        ("alpha", r"\alpha", "<mi>α</mi>"),
        ("theta_2", r"\theta_{2}", "<msub><mi>θ</mi><mn>2</mn></msub>"),
        ("loss", r"{\mathrm{loss}}", "<mi>loss</mi>"),
        ("a&b", r"{\mathrm{a}{\&}\mathrm{b}}", "<mi>a&amp;b</mi>"),
        ("5% of $x", r"{\mathrm{5}{\%}{\ }\mathrm{of}{\ }{\$}\mathrm{x}}", "<mi>5% of $x</mi>"),
    ],
)
def test_names_are_set_and_escaped(label, as_latex, as_mathml):
    assert latex(Name(label, 0.0)) == as_latex
    assert mathml(Name(label, 0.0)) == as_mathml


def test_slots_ask_for_parentheses_where_a_negative_number_needs_them():
    whole = Slot(1) * Slot(2) - Slot(0) ** 2.0
    assert text(whole) == "{1} * {(2} - {(0}**2"


LABELS = st.text(max_size=60) | st.sampled_from(
    [
        "<script>",
        "</script>",
        "]]>",
        "\"'",
        "\\end{aligned}",
        "$$",
        "\u202e",
        "😀",
        "\n",
        "a" * 10_000,
    ]
)


@settings(max_examples=300, deadline=None)
@given(LABELS)
def test_any_label_is_data_in_mathml(label):
    line = readable(label, 40)
    assert len(line) <= 40
    assert not any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in line)
    assert not set(line) & set("\u202e\u2066\ufeff\u200b")
    root = ET.fromstring(math_element(mathml(Name(line, 0.0))))
    tags = {each.tag.split("}")[1] for each in root.iter()}
    assert tags <= {"math", "mrow", "mi", "msub", "mn"}


def test_a_long_label_keeps_its_beginning():
    assert readable("abcdefgh" * 100, 40).startswith("abcdefghabcdefgh")


def test_nodes_without_a_label_get_short_names_that_nobody_bears():
    a, b, c = Value(1, "v1"), Value(2, "x"), Value(3, "x")
    y = a * b + c
    names = Names(ordered(y))
    assert [names[node].name for node in (a, b, c)] == ["v1", "x", "x#2"]
    assert len({names[node].name for node in ordered(y)}) == 5
    assert names[y.args[0]].name == "v2"


def test_the_formula_of_a_small_graph_is_one_line():
    w, x = Value(0.5, "w"), Value(2, "x")
    y = autograd.tanh(w * x) + 1
    assert one_line(ordered(y), Names(ordered(y))) == "v3 = tanh(w * x) + 1"


def test_a_template_stands_in_brackets_where_it_would_be_read_otherwise():
    @autograd.primitive(partials=(lambda y, a, b: b, lambda y, a, b: a), latex=r"{0}\star {1}")
    def star(a: float, b: float) -> float:
        return a * b

    x, z = Value(1.0, "x"), Value(2.0, "z")
    for y, written in (
        (autograd.exp2(x) ** 3, r"{\left(2^{x}\right)}^{3}"),
        (autograd.exp2(x + 1) * 3, r"3 \cdot 2^{x + 1}"),
        (autograd.polygamma(1, x + 1) ** 2, r"{\psi^{(1)}\left(x + 1\right)}^{2}"),
        (autograd.cbrt(x + 1) ** 2, r"{\sqrt[3]{x + 1}}^{2}"),
        (star(x, z) ** 2, r"{\left(x\star z\right)}^{2}"),
        (x - star(x, -z), r"x - \left(x\star \left(-z\right)\right)"),
        (star(star(x + 1, z), z), r"\left(\left(x + 1\right)\star z\right)\star z"),
    ):
        assert autograd.latex(y) == written


def test_a_template_of_ones_own_keeps_the_braces_of_latex():
    @autograd.primitive(
        partials=(lambda y, a, b: b, lambda y, a, b: a),
        latex=r"\operatorname{mix}\left({1}; {0}\right)",
    )
    def mixed(a: float, b: float) -> float:
        return a * b

    @autograd.primitive(partials=(lambda y, a: 1.0,), latex=r"f_{10}")
    def tenth(a: float) -> float:
        return a

    x, z = Value(1.0, "x"), Value(2.0, "z")
    assert autograd.latex(mixed(x, z)) == r"\operatorname{mix}\left(z; x\right)"
    assert autograd.latex(tenth(x)) == r"f_{10}\left(x\right)"
    name = ET.fromstring(mathml(Names(ordered(tenth(x))).definition(tenth(x))))[0]
    assert [each.text for each in name] == ["f", "10"]


def test_an_underscore_in_a_name_is_no_index():
    @autograd.primitive(partials=(lambda y, a: 1.0,))
    def my_abs(a: float) -> float:
        return abs(a)

    y = my_abs(Value(1.0, "x"))
    written = mathml(Names(ordered(y)).definition(y))
    assert "<mi>my_abs</mi>" in written
    assert "msub" not in written
    assert autograd.latex(y) == r"\operatorname{my\_abs}\left(x\right)"


@pytest.mark.parametrize(
    "rule", [lambda y, x: 1.0 if x > 0 else -1.0, lambda y, x: {-2.0: -1.0}[x]]
)
def test_a_rule_that_asks_for_the_number_has_a_number_and_no_formula(rule):
    @autograd.primitive(partials=(rule,))
    def size(x: float) -> float:
        return abs(x)

    y = size(Value(-2.0, "x"))
    (step,) = autograd.steps(y)
    assert "∂v1/∂x  = -1\n" in str(step)
    assert r"\quad \frac{\partial v_{1}}{\partial x} = -1 \\" in step.latex
    assert "∂v1/∂x = -1" in str(autograd.derivation(y, y.args[0]))


def test_the_gradient_of_a_power_is_written_as_a_textbook_does():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    by_base, by_exponent = autograd.gradient(a**b, [a, b])
    (mixed,) = autograd.gradient(by_base, [b])
    assert autograd.latex(by_base) == r"b \cdot {a}^{b - 1}"
    assert autograd.latex(by_exponent) == r"{a}^{b} \cdot \ln\left(a\right)"
    assert autograd.latex(mixed) == r"{a}^{b - 1} \cdot \left(1 + b \cdot \ln\left(a\right)\right)"


@pytest.mark.slow
def test_matplotlib_reads_every_formula_of_one_line():
    parser = MathTextParser("path")
    sources = latex_cases.sources()  # it has no ampersand in the spelling of LaTeX
    lines = [source for source in sources if r"\begin" not in source and r"\&" not in source]
    assert len(lines) > 500
    for line in lines:
        parser.parse(f"${line}$")
    with pytest.raises(ValueError, match="nosuch"):
        parser.parse(r"$\nosuch$")


def test_characters_of_private_use_which_no_font_has_are_shown_by_their_number():
    x = Value(2.0, "a\ue000")
    assert "ue000" in autograd.latex(x * 3.0)
    assert "\ue000" not in autograd.latex(x * 3.0)
