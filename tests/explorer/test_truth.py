"""Every printed equation is true: both sides are read back, worked out and compared."""

import math

import formula_values
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, derivation, steps
from autograd.engine.order import ordered
from autograd.explorer.chain_rule import forward_steps
from autograd.notation import writing
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
}


@st.composite
def graphs(draw):
    nodes = [Value(draw(st.floats(-3, 3).map(lambda x: round(x, 3))), name) for name in "abc"]
    nodes.append(Value(draw(st.sampled_from([0.0, 1.0, -1.0, 20.0, 1e300]))))
    for _ in range(draw(st.integers(1, 8))):
        row = draw(st.sampled_from(ROWS))
        operands = [draw(st.sampled_from(nodes)) for _ in row.parameters]
        if row.arity > 1 and draw(st.booleans()):
            operands[draw(st.integers(0, row.arity - 1))] = draw(st.sampled_from([2.0, 0.5, -1.0]))
        if any(isinstance(each, Value) for each in operands):
            nodes.append(row(*operands))
    for node in ordered(nodes[-1]):  # the sign of a zero is not printed
        assume(node.data != 0.0 or math.copysign(1.0, node.data) > 0.0)
    return nodes[-1]


@pytest.fixture(autouse=True)
def _every_digit(monkeypatch):
    for writer in (writing.TEXT, writing.MATHML):
        monkeypatch.setattr(writer, "precision", 17)


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
        for step in [*forward_steps(y), *steps(y)]:
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
        work = derivation(y, x)
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
