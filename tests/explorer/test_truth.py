"""Every printed equation is true, and uses only what was stated before: all are read back."""

import math
import re

import formula_values
import latex_values
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, derivation, steps
from autograd.engine.order import ordered
from autograd.explorer.chain_rule import forward_steps
from autograd.notation.expression import functions
from autograd.notation.names import Names
from autograd.table.operation import TABLE

ROWS = [
    TABLE[name] for name in ("add", "subtract", "multiply", "divide", "negative", "power", "abs")
]
ROWS += [
    TABLE[name]
    for name in functions()
    if name in TABLE and name != "where" and not TABLE[name].static
]
READ = {
    "text": lambda work: str(work).splitlines(),
    "mathml": lambda work: formula_values.rows_of(work.mathml),
    "latex": lambda work: latex_values.rows_of(work.latex),
}


CONSTANTS = [
    2.0,
    0.5,
    -1.0,
    0.044715,
    math.pi,
    -2.0 * math.pi,
    1.0 / 3.0,
    -2.0 / 3.0,
    math.log(10.0),
]


@st.composite
def graphs(draw):
    nodes = [Value(draw(st.floats(-3, 3).map(lambda x: round(x, 3))), name) for name in "abc"]
    nodes.append(Value(draw(st.sampled_from([0.0, 1.0, -1.0, 20.0, 1e300]))))
    for _ in range(draw(st.integers(1, 8))):
        row = draw(st.sampled_from(ROWS))
        operands = [draw(st.sampled_from(nodes)) for _ in row.parameters]
        if row.arity > 1 and draw(st.booleans()):
            operands[draw(st.integers(0, row.arity - 1))] = draw(st.sampled_from(CONSTANTS))
        if any(isinstance(each, Value) for each in operands):
            nodes.append(row(*operands))
    for node in ordered(nodes[-1]):  # the sign of a zero is not printed
        assume(node.data != 0.0 or math.copysign(1.0, node.data) > 0.0)
    return nodes[-1]


@pytest.mark.parametrize("language", READ)
@pytest.mark.parametrize("examples", [50, pytest.param(150, marks=pytest.mark.slow)])
def test_every_equation_of_the_steps_is_true_and_they_end_in_backwards_gradients(
    language, examples
):
    @settings(max_examples=examples, deadline=None)
    @given(y=graphs())
    def check(y):
        reader = formula_values.Reader(y)
        reader.bars[reader.root] = 1.0
        for step in [*forward_steps(y, digits=17), *steps(y, digits=17)]:
            for line in READ[language](step):
                reader.line(line)
        autograd.zero_grad(y)
        y.backward()
        names = Names(ordered(y))
        for node in ordered(y):
            assert formula_values.same(reader.bars.get(names[node].name, 0.0), node.grad)

    check()


@pytest.mark.parametrize("language", READ)
@pytest.mark.parametrize("examples", [50, pytest.param(150, marks=pytest.mark.slow)])
def test_every_equation_of_a_derivation_is_true_and_the_last_gives_the_gradient(language, examples):
    @settings(max_examples=examples, deadline=None)
    @given(y=graphs(), which=st.integers(0, 100))
    def check(y, which):
        order = ordered(y)
        x = order[which % len(order)]
        reader = formula_values.Reader(y)
        work = derivation(y, x, digits=17)
        for line in READ[language](work):
            reader.line(line)
        names = Names(order)
        y.backward()
        total = reader.known[f"total_{names[y].name}_{names[x].name}"]
        assert formula_values.same(total, x.grad)

    check()


def test_a_local_derivative_and_the_gradient_have_two_notations():
    x = Value(0.9, "x")
    y = x * autograd.tanh(x)
    y.label = "y"
    text = str(derivation(y, x))
    assert "∂y/∂x  = v1 = " in text
    assert "dy/dx  = x.grad = y.grad * ∂y/∂x + v1.grad * ∂v1/∂x = " in text
    assert text.startswith("x.grad is dy/dx, over all paths; ∂y/∂x is for one operation")
    assert (
        r"\bar{x} \mathrel{+}= \bar{y} \cdot \frac{\partial y}{\partial x}" in next(steps(y)).latex
    )


def test_the_same_operand_twice_has_two_partials():
    x = Value(2.0, "x")
    y = x / (x * 1.0) + x**x
    text = str(derivation(y, x))
    assert "∂₁v3   = x * x**(x - 1) = 2 * 2**(2 - 1) = 4\n" in text
    assert "∂₂v3   = v3 * log(x) = " in text
    assert "v3.grad * ∂₁v3 + v3.grad * ∂₂v3 + v2.grad * ∂v2/∂x + v1.grad * ∂v1/∂x" in text


# -- what an equation uses has been stated -----------------------------------------------------


def latex_rows(work):
    """The lines of a derivation in LaTeX, without their words."""
    inside = work.latex.removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
    return [re.sub(r"\\text\{[^}]*\}", "", row) for row in re.split(r" \\\\ (?=&)", inside)]


NAME = r"(?:v_\{?\d+\}?|[a-cx](?!\w))"
LATEX_NAMES = re.compile(
    rf"\\bar\{{(?:{NAME}|v)\}}(?:_\{{?\d+\}}?)?"
    rf"|\\frac\{{\\partial {NAME}\}}\{{\\partial {NAME}\}}|\\frac\{{d{NAME}\}}\{{d{NAME}\}}"
    rf"|\\partial_\{{?\d\}}?{NAME}|(?<![\w\\]){NAME}"
)


def text_sides(work):
    """For each equation its sides, each as the set of the names in it."""
    for line in str(work).splitlines():
        if line.startswith("    ") and " = " in line:
            sides = re.split(
                r" (?<![<>])= ", re.sub(rf" {{3}}\({formula_values.REMARK}.*", "", line)
            )
            yield [formula_values.names_in(side) for side in sides]


def mathml_sides(work):
    for row in formula_values.rows_of(work.mathml):
        if " = " in row and not re.search("[Dd]erivative of ", row):  # a heading states a rule
            sides = re.split(r" (?<![<>])= ", re.sub(rf"\({formula_values.REMARK}.*", "", row))
            yield [formula_values.names_in(side) for side in sides]


def latex_sides(work):
    for row in latex_rows(work):
        if " = " in row:
            yield [set(LATEX_NAMES.findall(side)) for side in row.split(" = ")]


SIDES = {"text": text_sides, "mathml": mathml_sides, "latex": latex_sides}


def assert_all_is_stated(work, sides):
    stated, lines = set(), 0
    for left, *others in sides(work):
        # dy/dx = x.grad = ...: the first two sides are names for what the others say
        is_named_twice = len(others) > 1 and left != others[0] and min(left).startswith(TOTAL)
        defined = left | others.pop(0) if is_named_twice else left
        used = set().union(*others)
        assert used <= stated, (used - stated, str(work))
        stated |= defined
        lines += 1
    assert lines


TOTAL = ("total_", r"\frac{d")


@pytest.mark.parametrize("sides", SIDES.values(), ids=SIDES)
@pytest.mark.parametrize("examples", [50, pytest.param(150, marks=pytest.mark.slow)])
def test_every_name_that_a_derivation_uses_was_stated_before(sides, examples):
    @settings(max_examples=examples, deadline=None)
    @given(y=graphs(), which=st.integers(0, 100))
    def check(y, which):
        order = ordered(y)
        assert_all_is_stated(derivation(y, order[which % len(order)]), sides)

    check()


def chain_of(length, step):
    a, b, x = Value(0.5, "a"), Value(0.25, "b"), Value(0.75, "x")
    y, side = x, a
    for _ in range(length):
        y, side = step(y, side, b, x)
    return y, x


CHAINS = {
    "one after the other": lambda y, side, b, x: (autograd.sin(y), side),
    "x at every step": lambda y, side, b, x: (autograd.sin(y) * x, side),
    "a number without x at every step": lambda y, side, b, x: (y * side, autograd.cos(side) + b),
    "many numbers at the end": lambda y, side, b, x: (y + b * side * x, side * b),
    "two before": lambda y, side, b, x: (y * 0.5 + side, y),
    "a choice at every step": lambda y, side, b, x: (y + autograd.relu(side * x - b), side * -0.9),
}


@pytest.mark.parametrize("sides", SIDES.values(), ids=SIDES)
@pytest.mark.parametrize("length", [5, 29, 59, 60, 61, 62, 200])
@pytest.mark.parametrize("step", CHAINS.values(), ids=CHAINS)
def test_every_name_that_a_long_derivation_uses_was_stated_before(step, length, sides):
    y, x = chain_of(length, step)
    assert_all_is_stated(derivation(y, x), sides)


@pytest.mark.parametrize("language", READ)
@pytest.mark.parametrize("length", [60, 200])
@pytest.mark.parametrize("step", CHAINS.values(), ids=CHAINS)
def test_every_equation_of_a_long_derivation_is_true(step, length, language):
    y, x = chain_of(length, step)
    reader = formula_values.Reader(y)
    for line in READ[language](derivation(y, x, digits=17)):
        reader.line(line)
    assert reader.checked > 50


@pytest.mark.parametrize("language", READ)
def test_with_twelve_digits_the_equations_of_a_derivation_are_true_but_for_units_of_the_twelfth(
    language,
):
    a, b, x = Value(1.0 / 3.0, "a"), Value(math.sqrt(2.0), "b"), Value(math.pi / 4.0, "x")
    y = autograd.sin(a * x) / (1.0 + autograd.exp(-b * x)) + autograd.tanh(x) ** 2.0
    y.label = "y"

    def checked(digits):
        reader = formula_values.Reader(y, near=3e-11)  # each number is half a unit off
        for line in READ[language](derivation(y, x, digits=digits)):
            reader.line(line)
        return reader.checked

    assert checked(12) > 10
    with pytest.raises(AssertionError):
        checked(4)


def test_all_that_the_command_line_uses_was_stated_before(capsys):
    from autograd.__main__ import main

    main(["where(a < b, sin(a)*x, b)*pi + exp(b)*(a*x)**3 + max(a, x)", "a=1", "b=2", "x=3"])
    report = re.sub(r"\n +(?== )", " ", capsys.readouterr().out)
    stated = {"a", "b", "x", "y", "pi", "bar_y"}
    for line in report[report.index("Forward") :].split("Gradients of")[0].splitlines():
        if line.startswith("    ") and "=" in line:
            line = re.sub(r" {3}\(.*", "", line)
            left, _, rest = re.split(r" (\+?=) ", line, maxsplit=1)
            used = set().union(*map(formula_values.names_in, re.split(r" (?<![<>])= ", rest)))
            assert used <= stated, line
            stated |= formula_values.names_in(left)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("language", READ)
def test_a_derivation_of_a_softmax_holds_its_shift_constant_and_says_that_it_cancels(
    language, place
):
    inputs = [Value(number, name) for number, name in ((1.0, "a"), (2.0, "b"), (0.5, "c"))]
    share = autograd.softmax(inputs)[0]
    share.label = "s"
    work = derivation(share, inputs[place], digits=17)
    reader = formula_values.Reader(share)
    for line in READ[language](work):
        reader.line(line)
    a, b = share.data, autograd.softmax([1.0, 2.0, 0.5])[place]
    assert formula_values.same(work.gradient, a * ((place == 0) - b))  # s (delta - s)
    text = str(work)
    assert text.count("held constant; s is the same without this shift, which cancels") == 1
    assert not re.search("erivative of (stop_gradient|maximum)|nothing passes|e-17", text)
    cross_entropy = -autograd.log(share)
    assert text.count("which cancels") == str(derivation(cross_entropy, inputs[place])).count(
        "which cancels"
    )


@pytest.mark.parametrize(
    "build",
    [
        lambda a, b, held: (a - held) ** 2 + (b - held) ** 2,  # at the mean, its slope alone is 0
        lambda a, b, held: autograd.relu(a - held - 200.0) + b,
        lambda a, b, held: a * held + b,
        lambda a, b, held: autograd.primitive(partials=(lambda y, x: 1.0,))(math.sqrt)(
            a - held + 1
        ),
        lambda a, b, held: (held - a) * b,
    ],
)
def test_a_constant_on_which_the_result_depends_is_not_said_to_cancel(build):
    a, b = Value(1.0, "a"), Value(3.0, "b")
    text = str(derivation(build(a, b, autograd.stop_gradient((a + b) / 2)), a))
    assert "(held constant)" in text
    assert "cancels" not in text


def test_a_result_of_stop_gradient_alone_is_still_worked_out():
    x = Value(2.0, "x")
    assert str(derivation(autograd.stop_gradient(x) * 3.0, x)).endswith("dv2/dx = x.grad = 0")


def test_the_rule_of_logsumexp_says_what_its_operation_is():
    a, b = Value(1.0, "a"), Value(3.0, "b")
    text = str(derivation(autograd.logsumexp([a, b]), a))
    assert "Derivative of logaddexp(u, v) = log(exp(u) + exp(v))\n" in text
