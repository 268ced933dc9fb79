"""Worked derivations end in the gradient, name their rules, and stay short on large graphs."""

import html
import os
import re
import xml.etree.ElementTree as ET

import pytest

import autograd
from autograd import (
    Value,
    derivation,
    gradient,
    latex,
    sigmoid,
    sin,
    softmax,
    steps,
    stop_gradient,
    tanh,
)


def labelled(y, label):
    y.label = label
    return y


def test_the_product_rule_and_the_chain_rule_are_worked_out():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.5, "b")
    y = labelled(tanh(w * x + b), "y")
    assert str(derivation(y, w)) == (
        "w.grad is dy/dw, over all paths; ∂v1/∂w is for one operation, its other operands held; "
        "4 digits of numbers are shown\n"
        "\n"
        "Given\n"
        "    w = 0.5\n"
        "    x = 2\n"
        "    b = -1.5\n"
        "\n"
        "Write y in single operations\n"
        "    v1 = w * x = 0.5 * 2 = 1\n"
        "    v2 = v1 + b = 1 + (-1.5) = -0.5\n"
        "    y  = tanh(v2) = tanh(-0.5) = -0.4621\n"
        "\n"
        "Start from the end\n"
        "    y.grad = 1\n"
        "\n"
        "Derivative of tanh\n"
        "    ∂y/∂v2  = 1 - y**2 = 1 - (-0.4621)**2 = 0.7864\n"
        "    v2.grad = y.grad * ∂y/∂v2 = 1 * 0.7864 = 0.7864\n"
        "\n"
        "Sum rule and chain rule\n"
        "    ∂v2/∂v1 = 1\n"
        "    v1.grad = v2.grad * ∂v2/∂v1 = 0.7864 * 1 = 0.7864\n"
        "\n"
        "Product rule and chain rule\n"
        "    ∂v1/∂w = x = 2\n"
        "    dy/dw  = w.grad = v1.grad * ∂v1/∂w = 0.7864 * 2 = 1.573"
    )


def test_contributions_of_several_uses_are_summed():
    x = Value(3.0, "x")
    y = labelled(x * x + 2 * x, "y")
    work = derivation(y, x)
    assert work.gradient == 8.0
    text = str(work)
    assert "summed over the 3 uses of x" in text
    assert text.endswith("= 1 * 2 + 1 * 3 + 1 * 3 = 8")


@pytest.mark.parametrize(
    ("build", "rule"),
    [
        (lambda x: x + 1, "Sum rule"),
        (lambda x: x - 1, "Difference rule"),
        (lambda x: x * 2, "Product rule"),
        (lambda x: 1 / x, "Quotient rule"),
        (lambda x: x**3, "Power rule"),
        (lambda x: 3**x, "Exponential rule"),
        (lambda x: -x, "Sign rule"),
        (lambda x: sin(x), "Derivative of sin"),
    ],
)
def test_the_rule_is_named(build, rule):
    x = Value(2.0, "x")
    assert f"\n{rule}\n" in str(derivation(build(x), x))


def test_latex_and_mathml_say_the_same():
    x = Value(2.0, "x")
    work = derivation(labelled(sin(x**2), "y"), x)
    assert (
        r"\frac{dy}{dx} = \bar{x} = \bar{v}_{1} \cdot \frac{\partial v_{1}}{\partial x}"
        in work.latex
    )
    assert work.latex.startswith(r"\begin{aligned}")
    assert work.latex in work._repr_latex_()
    root = ET.fromstring(work.mathml)
    words = " ".join("".join(each.itertext()) for each in root.iter())
    assert "Power rule and chain rule" in words
    assert len(re.findall(r"\\\\", work.latex)) == len(list(root[0])) - 1


def test_no_path_and_the_root_itself():
    x, y = Value(1.0, "x"), labelled(Value(2.0) * 3, "y")
    assert str(derivation(y, x)) == "y does not depend on x\n    dy/dx = 0"
    assert str(derivation(y, y)).endswith("dy/dy = 1")


def test_a_long_derivation_leaves_out_its_middle_and_says_so():
    x = Value(0.5, "x")
    y = x
    for _ in range(3000):
        y = sin(y)
    work = str(derivation(y, x))
    assert "and so on, 2940 more of the same kind" in work
    assert "of the same kind, which give\n    v2970 = " in work
    assert "of the same kind, which give\n    v30.grad = " in work
    assert len(work.splitlines()) < 400


def test_what_does_not_depend_on_x_is_worked_out_first():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    text = str(derivation((a * sin(b) + autograd.exp(b) * autograd.cos(b)) * a, a))
    assert (
        "Given\n"
        "    a = 1\n"
        "    b = 2\n"
        "\n"
        "Numbers that do not depend on a\n"
        "    v1 = sin(b) = sin(2) = 0.9093\n"
        "    v3 = exp(b) = exp(2) = 7.389\n"
        "    v4 = cos(b) = cos(2) = -0.4161\n"
        "    v5 = v3 * v4 = 7.389 * (-0.4161) = -3.075\n"
        "\n"
        "Write v7 in single operations\n"
        "    v2 = a * v1 = "
    ) in text


def test_x_is_given_first_and_the_other_leaves_in_the_order_of_the_graph():
    a, b, c, x = (Value(number, label) for number, label in zip((1, 2, 3, 4), "abcx", strict=True))
    text = str(derivation((a * x + b) * c, x))
    assert "Given\n    x = 4\n    a = 1\n    b = 2\n    c = 3\n\nWrite" in text


def test_much_that_does_not_depend_on_x_is_given_as_numbers_and_it_says_so():
    a, b = Value(0.5, "a"), Value(0.25, "b")
    side = b
    for _ in range(100):
        side = sin(side)
    text = str(derivation(side * a, a))
    heading = "Numbers that do not depend on a; the 100 operations that give them are left out"
    assert f"{heading}\n    v100 = {side.data:.4g}\n\n" in text
    assert "Given\n    a = 0.5\n\n" in text


def test_terms_that_pass_nothing_are_counted_and_marked():
    a, b = Value(-4.0, "a"), Value(2.0, "b")
    text = str(derivation((a + b).relu() + a * b + (b - a), a))
    assert "summed over 2 of the 3 uses of a, nothing passes through the other\n" in text
    assert "∂v1/∂a = 1   (nothing passes where nothing arrives)\n" in text
    assert "= 0   (nothing passes to what was not chosen)\n" in text
    assert text.count("v1.grad") == 1  # it is no term of the sum
    nothing = str(derivation((a + b).relu() + (a * 2 + 1).relu(), a))
    assert "nothing passes through the 2 uses of a\n" in nothing


def test_of_very_many_terms_the_first_are_one_number_and_it_says_so():
    x = Value(0.5, "x")
    y = sum(sin(x * (number + 1)) for number in range(20))
    text = str(derivation(y, x))
    heading = "summed over the 20 uses of x; the first 12 terms are added up to one number\n"
    assert heading in text
    last = text.splitlines()[-1]
    left, terms, *_ = last.split(" = ")[1:]
    assert left == "x.grad"
    assert len(terms.split(" + ")) == 9


def test_latex_of_a_whole_graph():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.5, "b")
    y = labelled(tanh(w * x + b), "y")
    assert latex(y) == r"y = \tanh\left(w \cdot x + b\right)"
    assert latex(x) == "x = 2"


def test_latex_of_a_gradient():
    x = Value(2.0, "x")
    (slope,) = gradient(sin(x) ** 2, [x])
    assert latex(slope) == r"2 \cdot \sin\left(x\right) \cdot \cos\left(x\right)"


def test_latex_of_a_large_graph_names_what_is_shared_and_stays_short():
    x = Value(0.5, "x")
    y = x
    for _ in range(500):
        y = sigmoid(y) * y
    written = latex(y)
    assert written.startswith(r"\begin{aligned}")
    assert r"\vdots" in written
    assert len(written) < 10_000


def test_a_deep_graph_needs_no_recursion():
    y = Value(1.0, "x")
    for _ in range(30_000):
        y = y + 1.0
    assert latex(y)
    assert str(derivation(y, y.args[0]))


@pytest.mark.parametrize("bad", [(1.0, Value(1)), (Value(1), "x")])
def test_a_wrong_type_is_refused(bad):
    with pytest.raises(TypeError):
        derivation(*bad)
    with pytest.raises(TypeError):
        latex(1.0)


def test_an_edited_leaf_is_refused():
    x = Value(1.0, "x")
    y = x * x
    x.data = 2.0
    for read in (latex, lambda y: derivation(y, x)):
        with pytest.raises(ValueError, match="'x'"):
            read(y)


def test_a_rule_that_only_takes_floats_is_shown_by_its_number():
    import math

    @autograd.primitive(partials=(lambda y, x: math.cos(x),))
    def my_sine(x: float) -> float:
        return math.sin(x)

    x = Value(0.0, "x")
    assert "∂v1/∂x = 1" in str(derivation(my_sine(x), x))


def worked():
    x, w = Value(2.0, "x_1"), Value(0.5, "größe & 50% <w>")
    return derivation(labelled(tanh(w * x + sin(x**2) / x), "y"), x)


def words_of(markup):
    """Return what a reader sees of HTML or MathML, without any space."""
    return re.sub(r"\s", "", html.unescape(re.sub("<[^>]*>", "", markup)))


def test_a_derivation_is_saved_as_text_as_latex_as_a_page_and_as_mathml(tmp_path):
    found = {}
    for ending in ("txt", "tex", "html", "HTM", "mml"):
        path = worked().save(str(tmp_path / f"d.{ending}"))
        assert path == tmp_path / f"d.{ending}"
        found[ending] = path.read_text(encoding="utf-8")
    assert found["txt"] == f"{worked()}\n"
    assert found["mml"] == worked().mathml
    assert found["html"] == found["HTM"]
    body = found["html"].partition("<body>")[2]
    assert words_of(body) == words_of(found["mml"])
    assert body.count("<p ") == len(str(worked()).split("\n")) - str(worked()).count("\n\n")
    assert found["html"].startswith("<!doctype html>")
    assert "<title>Derivation</title>" in found["html"]
    inside = re.fullmatch(r".*\\begin{align\*}\n(.*)\n\\end{align\*}.*", found["tex"], re.S)[1]
    whole = rf"\begin{{aligned}} {inside} \end{{aligned}}".replace("\\\\\n", "\\\\ ")
    assert whole == worked().latex
    assert found["tex"].startswith(r"\documentclass{article}")
    assert found["tex"].count("{") == found["tex"].count("}")


def test_one_line_and_steps_are_saved_too(tmp_path):
    x, other = Value(2.0, "x"), Value(3.0, "z")
    y = labelled(x * x, "y")
    text = derivation(y, other).save(tmp_path / "d.tex").read_text(encoding="utf-8")
    assert "&y\\text{ does not depend on }z \\\\\n&\\quad \\frac{dy}{dz} = 0\n\\end{align*}" in text
    step = next(autograd.steps(y))
    assert step.save(tmp_path / "s.txt").read_text(encoding="utf-8") == f"{step}\n"
    with pytest.raises(ValueError, match="a step is saved as"):
        step.save(tmp_path / "s.png")


@pytest.mark.parametrize("name", ["d.pdf", "d", "d.svg", "d.html.zip"])
def test_another_kind_of_file_names_those_there_are(tmp_path, name):
    kinds = r"a derivation is saved as \.txt, \.tex, \.html, \.htm or \.mml"
    with pytest.raises(ValueError, match=kinds):
        worked().save(tmp_path / name)
    with pytest.raises(TypeError, match="takes a file name, and was given an int"):
        worked().save(3)
    assert [*tmp_path.iterdir()] == []


def test_a_write_that_is_broken_off_leaves_the_old_derivation(tmp_path, monkeypatch):
    path = tmp_path / "d.txt"
    path.write_text("old", encoding="utf-8")

    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError, match="cannot be written"):
        worked().save(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["d.txt"]


def test_a_derivation_opens_no_window_and_stays_small():
    with pytest.raises(
        AttributeError, match=r"there is no window: save it, \.save\('worked.html'\)"
    ):
        worked().show()
    assert not hasattr(worked(), "__dict__")
    assert not hasattr(worked(), "figure")


def test_a_given_number_that_was_written_with_more_digits_than_are_shown_stands_in_full():
    x, a, b = Value(1.0001, "x"), Value(2.5, "a"), Value(1 / 3, "b")
    worked = derivation(a * x + b * x, x)
    assert "x = 1   (in full 1.0001)\n    a = 2.5\n    b = 0.3333\n" in str(worked)
    assert r"x = 1\text{ (in full 1.0001)}" in worked.latex


def test_a_value_of_the_same_name_that_the_root_was_not_computed_from_is_told():
    x = Value(2.0, "x")
    worked = derivation(x * x, Value(2.0, "x"))
    assert worked.gradient == 0.0
    assert "another Value that is called x too: y is to be computed again" in str(worked)
    assert "another Value" not in str(derivation(x * x, Value(2.0, "z")))


@pytest.mark.parametrize(
    ("label", "written"), [("θ", r"\theta"), ("θ_1", r"\theta_{1}"), ("Δt", r"\Delta ")]
)
def test_greek_letters_are_commands_in_latex(label, written):
    x = Value(1.0, label)
    assert written in derivation(sin(x), x).latex
    assert derivation(sin(x), x).latex.isascii()


def test_digits_say_how_many_are_shown_in_every_language_and_in_every_file(tmp_path):
    x = Value(1.0 / 3.0, "x")
    y = labelled(sin(x), "y")
    work = derivation(y, x, digits=12)
    written = [str(work), work.latex, work.mathml]
    for ending in ("txt", "tex", "html", "mml"):
        written.append(work.save(tmp_path / f"d.{ending}").read_text(encoding="utf-8"))
    for text in written:
        assert "0.944956946315" in text
        assert "0.9449569463147" not in text
        assert "12 digits of numbers are shown" in text
    assert "0.945" in str(derivation(y, x))
    assert "1 digit of numbers is shown" in str(derivation(y, x, digits=1))
    every = str(derivation(y, x, digits=17)).rpartition(" = ")[2]
    assert float(every) == derivation(y, x).gradient


@pytest.mark.parametrize("digits", [0, 18, -3, 12.0, "12", None, True])
def test_digits_that_cannot_be_are_refused_with_what_to_write(digits):
    x = Value(1.0, "x")
    with pytest.raises(autograd.AutogradError, match=r"from 1 to 17.*: write digits=12"):
        derivation(x * x, x, digits=digits)


KINK = "a kink: the slope jumps here, and this one is taken"
JUMP = "a jump: there is no slope here, and this one is taken"


@pytest.mark.parametrize(
    ("f", "x", "remark"),
    [
        (abs, 0.0, KINK),
        (autograd.relu, 0.0, KINK),
        (lambda x: autograd.maximum(x, 1.0), 1.0, KINK),
        (autograd.floor, 3.0, JUMP),
        (autograd.sign, 0.0, JUMP),
        (autograd.log, -1.0, "log has no value here, and its formula is used"),
        (abs, 1.0, ""),
        (autograd.relu, -2.0, ""),
        (autograd.log, 1.0, ""),
        (autograd.cbrt, 0.0, ""),
        (lambda x: x**2, 0.0, ""),
    ],
)
def test_a_slope_that_the_mathematics_do_not_give_says_so_where_it_is_used(f, x, remark):
    leaf = Value(x, "x")
    y = 2.0 * f(leaf)
    [said] = [line for line in str(derivation(y, leaf)).splitlines() if "∂v1/∂x = " in line][:1]
    assert (f"({remark})" in said) if remark else " here" not in said
    [step] = [step for step in steps(y) if step.arg is leaf]
    assert (f"({remark})" in str(step)) if remark else " here" not in str(step)


def test_the_opening_says_which_operand_a_numbered_derivative_is_by():
    x = Value(3.0, "x")
    assert "∂₁v1 is for one operation, by its operand 1, the others held; " in str(
        derivation(x * x, x)
    )


def test_the_opening_says_what_a_numbered_derivative_is_wherever_one_stands():
    x = Value(2.0, "x")
    worked = str(derivation(x * x + 3 * x, x))
    assert ", its other operands held, and ∂₁v1 by its operand 1; 4 digits" in worked
    assert "∂₁v1   = x" in worked
    assert "by its operand" not in str(derivation(x * Value(3.0, "w") + 3 * x, x))


def test_a_formula_leaves_out_a_shift_that_is_held_constant_and_cancels():
    a, b, c = Value(1.0, "a"), Value(2.0, "b"), Value(0.5, "c")
    assert latex(softmax([a, b, c])[1]) == r"\frac{e^{b}}{e^{a} + e^{b} + e^{c}}"
    assert latex(softmax([a * b, 2.0])[1]) == r"\frac{e^{2}}{e^{a \cdot b} + e^{2}}"
    assert "stop" not in latex(softmax([Value(float(i), f"x{i}") for i in range(20)])[3])
    assert "stop" in latex((a - stop_gradient(b)).exp())
    held = stop_gradient(b)
    assert "stop" in latex((a - held).exp() / ((c - held).exp() + held))


@pytest.mark.parametrize(
    ("f", "x", "word"),
    [
        (lambda x: autograd.log(x) * x, 0.0, "nan"),
        (lambda x: autograd.sqrt(x), -1.0, "nan"),
        (lambda x: -autograd.sqrt(x), 0.0, "inf"),
    ],
)
def test_a_derivation_that_ends_in_no_finite_number_points_to_what_says_why(f, x, word):
    x = Value(x, "x")
    y = f(x)
    worked, told = derivation(y, x), f"explain(y, x) says where {word} enters"
    assert str(worked).splitlines()[-1] == told
    assert told in worked.latex
    assert told in worked.mathml
    assert autograd.explain(y, x).reason
    assert "explain" not in str(derivation(autograd.exp(Value(1.0)) * x, x))


@pytest.mark.parametrize(
    "make",
    [
        lambda a: autograd.sum([a]),
        lambda a: autograd.prod([a]),
        lambda a: autograd.mean([a]),
        lambda a: autograd.logsumexp([a]),
        lambda a: autograd.softmax([a])[0],
        lambda a: autograd.dot([a], [2.0]),
        lambda a: 3.0 * autograd.sum([a]) ** 2,
    ],
)
def test_of_a_single_term_no_plus_is_written(make):
    a = Value(0.5, "a")
    y = make(a)
    worked = derivation(y, a)
    pictures = [latex(y), worked.latex, str(worked), *map(str, autograd.steps(y))]
    for text in [*pictures, re.sub("<[^>]*>", " ", worked.mathml)]:
        assert not re.search(r"(^|[=({,])\s*\+", text), text
