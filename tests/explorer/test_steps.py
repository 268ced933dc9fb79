"""Steps take the chain rule in backward's order, and end in backward's numbers."""

import math

import pytest
from hypothesis import strategies as st
from searches import searched

import autograd
from autograd import Value, relu, steps, tanh
from autograd.engine.order import ordered
from autograd.explorer.chain_rule import forward_steps


def micrograd_example():
    x = Value(-4.0, "x")
    z = 2 * x + 2 + x
    q = relu(z) + z * x
    h = relu(z * z)
    return x, h + q + q * x


def test_the_last_accumulated_number_is_what_backward_adds():
    x, y = micrograd_example()
    last = {step.arg: step.accumulated for step in steps(y)}
    assert all(node.grad == 0.0 for node in ordered(y))  # reading touches no gradient
    y.backward()
    assert last[x] == x.grad == 46.0
    assert all(step_grad == node.grad for node, step_grad in last.items())


def test_the_order_is_backwards_order():
    _, y = micrograd_example()
    expected = [
        (node, arg)
        for node in reversed(ordered(y))
        for arg, partial in zip(node.args, node.partials, strict=True)
        if partial is not None
    ]
    assert [(step.node, step.arg) for step in steps(y)] == expected


UNARY = [row for row in autograd.table.operation.TABLE.values() if row.arity == 1 and row.public]
BINARY = [
    row
    for row in autograd.table.operation.TABLE.values()
    if row.arity == 2 and row.public and not row.static
]


@st.composite
def graphs(draw):
    nodes = [Value(draw(st.floats(-4, 4)), name) for name in "abc"]
    nodes.append(Value(draw(st.sampled_from([0.0, -0.0, math.inf, 1e300]))))
    for _ in range(draw(st.integers(1, 12))):
        row = draw(st.sampled_from(draw(st.sampled_from([UNARY, BINARY]))))
        nodes.append(row(*[draw(st.sampled_from(nodes)) for _ in row.parameters]))
    return nodes[-1]


@searched(50, 150, graphs())
def test_on_any_graph_the_bits_are_those_of_backward(y):
    seen = {y: 1.0}
    for step in steps(y):
        assert step.before == seen.get(step.arg, 0.0) or math.isnan(step.before)
        seen[step.arg] = step.accumulated
        assert str(step)
        assert step.latex
        assert step.mathml
    autograd.zero_grad(y)
    y.backward()
    for node, number in seen.items():
        assert (node.grad, math.copysign(1, node.grad)) == (
            number,
            math.copysign(1, number),
        ) or (math.isnan(node.grad) and math.isnan(number))


def test_a_step_reads_as_a_teacher_writes_it():
    w, x, b = Value(0.5, "w"), Value(2, "x"), Value(-1.5, "b")
    y = tanh(w * x + b)
    y.label = "y"
    assert [str(step) for step in forward_steps(y)] == [
        "v1 = w * x = 0.5 * 2 = 1",
        "v2 = v1 + b = 1 + (-1.5) = -0.5",
        "y = tanh(v2) = tanh(-0.5) = -0.4621",
    ]
    first, *_, last = steps(y)
    assert str(first) == (
        "y = tanh(v2)\n"
        "    ∂y/∂v2   = 1 - y**2 = 1 - (-0.4621)**2 = 0.7864\n"
        "    v2.grad += y.grad * ∂y/∂v2 = 1 * 0.7864 = 0.7864"
    )
    assert last.latex == (
        r"\begin{aligned} &v_{1} = w \cdot x \\ "
        r"&\quad \frac{\partial v_{1}}{\partial x} = w = 0.5 \\ "
        r"&\quad \bar{x} \mathrel{+}= \bar{v}_{1} \cdot "
        r"\frac{\partial v_{1}}{\partial x} = 0.7864 \cdot 0.5 = 0.3932 \end{aligned}"
    )
    assert last._repr_latex_() == rf"$\displaystyle {last.latex}$"
    assert (first.upstream, first.before, first.contribution) == (1.0, 0.0, first.partial)


def test_a_node_used_twice_by_one_operation_takes_two_steps_and_shows_the_sum():
    x = Value(3.0, "x")
    first, second = steps(x * x)
    assert (first.index, second.index) == (0, 1)
    assert "operand 1 of 2" in str(first)
    assert "x.grad  = 3 + 3 = 6" in str(second)


@pytest.mark.parametrize("read", [steps, forward_steps])
def test_an_edited_leaf_and_a_wrong_type_are_refused_at_once(read):
    x = Value(3.0, "x")
    y = x * x
    x.data = 4.0
    with pytest.raises(ValueError, match="'x'"):
        read(y)
    with pytest.raises(TypeError, match=r"3\.0"):
        read(3.0)


def test_the_first_step_is_there_before_any_node_is_numbered(monkeypatch):
    y = Value(1.0)
    for _ in range(100_000):
        y = y * 1.0001

    def never(names):
        raise AssertionError("all nodes were numbered")

    with monkeypatch.context() as patched:
        patched.setattr(autograd.notation.names.Names, "_numbers", property(never))
        first = next(steps(y))
    assert str(first).startswith("v100001 = v100000 * 1.0001")


@pytest.mark.parametrize("read", [steps, forward_steps])
def test_a_leaf_that_was_edited_before_its_graph_was_recorded_is_read(read):
    x, w = Value(3.0, "x"), Value(2.0, "w")
    y = w * 2.0
    x.data = 4.0
    assert len(list(read(x * y))) > 1  # y is older than the number of x, and does not use it


def test_where_the_textbook_form_is_wrong_the_rule_that_computes_is_shown():
    saturated = next(steps(tanh(Value(20.0, "x"))))
    assert "sech_squared(x) = sech_squared(20) = 1.699e-17" in str(saturated)
    tie = next(steps(autograd.maximum(Value(2.0, "a"), Value(2.0, "b"))))
    assert (
        "where(a > b, 1, where(a < b, 0, 0.5)) = where(2 > 2, 1, where(2 < 2, 0, 0.5)) = 0.5"
        in (str(tie))
    )


@pytest.mark.parametrize(("number", "slope"), [(0.5, 1), (0.0, 1), (2.0, 0)])
def test_the_slope_of_clip_is_written_without_what_is_for_nan_alone(number, slope):
    step = next(steps(autograd.clip(Value(number, "x"), 0.0, 1.0)))
    assert f"where((x >= 0) & (x <= 1), 1, 0) = where(({number:g} >= 0)" in str(step)
    assert f"= {slope}" in str(step).splitlines()[1].split("   (")[0][-4:]
    unknown = next(steps(autograd.clip(Value(math.nan, "x"), 0.0, 1.0)))
    assert str(unknown).splitlines()[1].endswith("= nan")


def test_a_deep_chain_is_walked_without_recursion():
    y = Value(1.0, "x")
    for _ in range(50_000):
        y = y + 1.0
    *_, last = steps(y)
    assert last.accumulated == 1.0


def test_steps_say_how_they_are_shown():
    x = Value(3.0, label="x")
    assert repr(steps(x * x)) == r"<steps of v1: print(*steps(y), sep='\n') shows them>"
    assert len(list(steps(x * x))) == 2
