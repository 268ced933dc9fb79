"""Paths add up to the gradient, the largest come first, and what is odd is explained by name."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searches import searched

import autograd
from autograd import Value, derivation, explain, log, relu, sin, sqrt, stop_gradient, tanh, where
from autograd.engine.order import ordered
from autograd.table import rows


def labelled(label, y):
    y.label = label
    return y


def enumerated(y, x):
    """Every path by brute force, as the product of its partials."""
    if y is x:
        return [1.0]
    return [
        partial * product
        for arg, partial in zip(y.args, y.partials, strict=True)
        if partial is not None
        for product in enumerated(arg, x)
    ]


@st.composite
def small_graphs(draw):
    x = Value(draw(st.floats(-3, 3)), "x")
    nodes = [x, Value(draw(st.floats(-3, 3)), "c")]
    binary = [
        rows.add,
        rows.multiply,
        rows.subtract,
        rows.maximum,
    ]
    for _ in range(draw(st.integers(1, 9))):
        a, b = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        row = draw(st.sampled_from([*binary, rows.tanh, rows.relu]))
        nodes.append(row(a, b) if row.arity == 2 else row(a))
    return x, nodes[-1]


@searched(50, 150, small_graphs())
def test_the_paths_are_those_of_brute_force_and_add_up_to_the_gradient(graph):
    x, y = graph
    products = enumerated(y, x)
    explanation = explain(y, x, limit=2000)
    assert explanation.count == len(products) == len(explanation.paths)
    found = [path.product for path in explanation.paths]
    assert sorted(found) == pytest.approx(sorted(products), rel=1e-12, abs=1e-300)
    sizes = [abs(product) for product in found]
    assert sizes == sorted(sizes, reverse=True)
    y.backward()
    magnitude = math.fsum(sizes)
    assert explanation.magnitude == pytest.approx(magnitude, rel=1e-9)
    near = 1e-12 * magnitude + 1e-300  # products of the smallest numbers vanish
    assert abs(math.fsum(found) - x.grad) <= near
    assert x is y or abs(math.fsum(use.total for use in explanation.uses) - x.grad) <= near


@settings(max_examples=60, deadline=None)
@given(small_graphs(), st.integers(1, 5))
def test_a_limit_lists_the_largest_and_sums_the_rest(graph, limit):
    x, y = graph
    every, few = explain(y, x, limit=2000), explain(y, x, limit=limit)
    assert [abs(path.product) for path in few.paths] == pytest.approx(
        [abs(path.product) for path in every.paths[:limit]], rel=1e-9
    )
    listed = math.fsum(path.product for path in few.paths)
    assert abs(listed + few.rest - every.gradient) <= 1e-12 * max(every.magnitude, 1e-300)


def test_each_path_is_one_of_the_graph():
    x = Value(1.5, "x")
    y = x * x + tanh(x) * x
    for path in explain(y, x).paths:
        assert path.nodes[0] is y
        assert path.nodes[-1] is x
        for (node, arg), index, partial in zip(
            itertools.pairwise(path.nodes), path.indices, path.partials, strict=True
        ):
            assert node.args[index] is arg
            assert node.partials[index] == partial


def test_exponentially_many_paths_are_counted_not_enumerated():
    x = Value(1.0, "x")
    y = x
    for _ in range(2000):
        y = y + y * 1e-3
    explanation = explain(y, x)  # were the paths enumerated, this would never end
    assert explanation.count == 10**18
    assert len(explanation.paths) == 100
    assert [use.count for use in explanation.uses] == [10**18, 10**18]
    assert math.fsum(use.total for use in explanation.uses) == explanation.gradient
    assert "more than 10**18 paths" in str(explanation)


def test_forty_doublings_are_counted_exactly():
    x = Value(1.0, "x")
    y = x
    for _ in range(40):
        y = y + y
    assert explain(y, x).count == 2**40


X = 1.0


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda x: relu(labelled("hidden", x - 3)), ["relu is dead", "hidden = -2"]),
        (lambda x: tanh(labelled("u", 800 * x)), ["tanh is saturated", "u = 800"]),
        (lambda x: tanh(labelled("u", 20 * x)), ["tanh is saturated", "u = 20", "1.699e-17"]),
        (lambda x: 3 * x - 3 * x, ["cancel", "add up to 6"]),
        (lambda x: Value(2.0) * 3, ["does not depend on x"]),
        (lambda x: stop_gradient(x) * 2, ["stop_gradient"]),
        (lambda x: Value(0.0, "zero") * x, ["the other factor, zero = 0, is 0"]),
        (lambda x: where(False, x, 2.0), ["the other branch"]),
        (lambda x: autograd.maximum(x, 7), ["x = 1 is not the larger"]),
        (
            lambda x: autograd.maximum(x, 1),
            ["v1 = maximum(x, 1) has a kink at x = 1, where 0.5 is"],
        ),
        (lambda x: autograd.clip(x, 0, 1) * 3, ["kink at x = 1, where 1 is taken for its slope"]),
        (lambda x: autograd.leaky_relu(x - 1), ["kink at v1 = 0, where 0.01 is taken"]),
        (lambda x: autograd.elu(x - 1) + x % 0.3, []),  # smooth there
        (lambda x: (x - 1) / (x - 1), ["0 / 0 has no value. If u / v has a limit there"]),
        (lambda x: autograd.floor(x + 0.5), ["floor is flat"]),
        (lambda x: autograd.floor(x), ["floor jumps at x = 1, where it has no slope, and 0 is"]),
        (lambda x: autograd.sign(x - 1), ["sign jumps at v1 = 0"]),
        (lambda x: autograd.sign(x), ["sign is flat away from 0"]),
        (lambda x: (x - 2) // 1, ["floor_divide jumps at v1 = -1"]),
        (lambda x: abs(x - 1), ["abs has a kink at v1 = 0, where 0 is taken for its slope"]),
        (lambda x: relu(x - 1), ["relu has a kink at v1 = 0"]),
        (lambda x: autograd.hypot(x - 1, x - 1), ["hypot has a kink at v"]),
        (lambda x: autograd.hypot(x - 1, 3), ["its slope is 0 at v1 = 0"]),
        (lambda x: (x - 1) ** 1.5, ["its slope is 0 at v1 = 0"]),
        (lambda x: 1 / (x * 1e200), ["its slope at v1 = 1e200 is below the smallest float"]),
        (lambda x: 1 % (x + 1), ["its slope is 0 at v1 = 2"]),
        (lambda x: autograd.logaddexp(-1e8 * x, 0), ["v1 = -1e8 is so far below 0 that"]),
        (lambda x: autograd.exp(1e8 * x), ["The slope of v2 = exp(v1) at v1 = 1e8 is beyond the"]),
        (lambda x: (x * 1e200) ** 20, ["slope of v2 = v1**20 at v1 = 1e200 is beyond the largest"]),
        (lambda x: 1 / (x - 1), ["v2 = 1 / v1 has an infinite slope at v1 = 0"]),
        (lambda x: autograd.atanh(x), ["v1 = atanh(x) has an infinite slope at x = 1"]),
        (lambda x: autograd.lgamma(x - 1), ["v2 = lgamma(v1) has an infinite slope at v1 = 0"]),
        (lambda x: log(x - 3), ["v2 = log(v1) has no value at v1 = -2: v1 must be at least 0"]),
        (lambda x: where(x > 2, log(x - 3), 2 * x), []),
        (lambda x: x * 1e-200 * 1e-200, ["below the smallest float"]),
        (lambda x: log(labelled("d", x - 1)), ["infinite slope", "d = 0"]),
        (lambda x: sqrt(labelled("d", x - 2)), ["nan enters", "d = -1"]),
        (lambda x: sqrt(labelled("d", x - 2)), ["is nan: d must be at least 0."]),
        (lambda x: autograd.asin(2 * x), ["is nan: v1 must be at least -1 and at most 1."]),
        (lambda x: (-8.0 * x) ** (1 / 3), ["exponent is whole; the real cube root is cbrt(u)."]),
        (lambda x: (-x) ** x, ["a negative number has real powers only where the exponent is"]),
        (lambda x: autograd.sin(x * math.inf), ["the derivative at v1 = inf is nan."]),
        (lambda x: log(x - 1) - log(x - 1), ["inf and -inf", "x"]),
        (lambda x: x * 1e200 * 1e200, ["overflows"]),
        (lambda x: autograd.exp(labelled("u", 30 * x)), ["large because", "exp(u)", "u = 30"]),
        (lambda x: x * 2, []),
    ],
)
def test_the_reason_is_given_and_names_the_node(build, words):
    x = Value(X, "x")
    reason = explain(build(x), x).reason
    assert bool(reason) == bool(words)
    for word in words:
        assert word in reason


def test_paths_that_are_not_listed_are_not_called_smaller_and_one_is_not_said_to_add_up():
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    assert str(explain(y, x, limit=1)) == (
        "dy/dx = 6, over 2 paths\n"
        "  3  y -> x\n"
        "  and 1 more path, which adds 3\n"
        "by the last edge:\n"
        "           3  y = x * x  (operand 1 of 2, 1 path)\n"
        "           3  y = x * x  (operand 2 of 2, 1 path)"
    )


@pytest.mark.parametrize("limit", [1, 5, 100])
def test_paths_with_both_infinities_add_up_to_nan(limit):
    x = Value(0.0, "x")
    y = x * 1.0
    for _ in range(8):
        y = y + 1 / x
        y = y - 2 / x
    explanation = explain(y, x, limit=limit)
    assert math.isnan(explanation.gradient)
    assert explanation.rest == 0.0 if limit == 100 else math.isnan(explanation.rest)
    assert "inf and -inf meet at x" in str(explanation)
    assert f"and {17 - min(limit, 12)} more paths\n" in str(explanation)


@pytest.mark.parametrize("limit", [2, 100])
def test_infinite_paths_are_not_taken_from_an_infinite_sum(limit):
    x = Value(1.0, "x")
    y = 1 / (x - 1.0)
    for power in range(20):
        y = y + x * 2.0**-power
    explanation = explain(y, x, limit=limit)
    assert explanation.gradient == -math.inf
    text = str(explanation)
    assert "nan" not in text
    assert ("and 9 more paths, which add up to 0.0009747\n" in text) == (limit == 100)


def test_a_sum_of_paths_beyond_the_largest_float_is_infinite():
    x = Value(1.0, "x")
    y = x * 1e308
    for _ in range(15):
        y = y + x * 1e308
    assert "and 4 more paths, which add up to inf\n" in str(explain(y, x))
    assert "and 14 more paths\n" in str(explain(y, x, limit=2))


def test_one_more_is_not_called_ones():
    x = Value(1.0, "x")
    y = x * 1.0
    for power in range(12):
        y = y + x * 2.0**-power
    assert "and 1 more path, which adds 0.0004883" in str(explain(y, x))
    assert "and 1 more edge\n" in str(explain(y, x)) + "\n"


def test_a_large_sum_of_small_paths_is_not_called_a_large_product():
    x = Value(1.0, "x")
    y = x
    for _ in range(60):
        y = y + y
    assert "many paths add up" in explain(y, x).reason


def test_it_prints_as_a_table():
    x = Value(-4.0, "x")
    y = labelled("y", 40 * x + x * x)
    assert str(explain(y, x)) == (
        "dy/dx = 32, over 3 paths\n"
        "  40 = 1 * 40    y -> v1 -> x\n"
        "  -4 = 1 * (-4)  y -> v2 -> x\n"
        "  -4 = 1 * (-4)  y -> v2 -> x"
    )
    assert repr(explain(y, x)) == str(explain(y, x))


def test_a_path_of_one_factor_does_not_say_that_a_number_is_itself():
    x = Value(-4.0, "x")
    y = labelled("y", 0.5 * x)
    assert str(explain(y, x)) == "dy/dx = 0.5, over 1 path\n  0.5  y -> x"
    z = labelled("z", x * (5 * x))
    assert str(explain(z, x)) == (
        "dz/dx = -40, over 2 paths\n  -20           z -> x\n  -20 = -4 * 5  z -> v1 -> x"
    )
    assert str(explain(x, x)) == "dx/dx = 1, over 1 path\n  1  x"


def test_it_reads_no_gradient_and_refuses_an_edited_leaf():
    x = Value(1.0, "x")
    y = x * x
    explain(y, x)
    assert [node.grad for node in ordered(y)] == [0.0, 0.0]
    x.data = 2.0
    with pytest.raises(ValueError, match="'x'"):
        explain(y, x)


@pytest.mark.parametrize("bad", [(1.0, Value(1)), (Value(1), "x"), (Value(1), Value(1), 0)])
def test_a_wrong_argument_is_refused(bad):
    with pytest.raises(TypeError):
        explain(*bad)


def test_a_branch_not_taken_brings_nothing_through_its_poles_either():
    x = Value(0.0, "x")
    pole = x * autograd.log(x)
    y = autograd.where(x > 0, pole, 2 * x)
    y.backward()
    steps = list(autograd.steps(y))
    assert x.grad == steps[-1].accumulated == 2.0
    assert [step.contribution for step in steps if step.node is pole] == [0.0, 0.0]
    found = autograd.explain(y, x)
    assert found.gradient == 2.0
    assert sorted(path.product for path in found.paths) == [0.0, 0.0, 2.0]


@pytest.mark.parametrize(
    ("build", "factors", "advice", "instead"),
    [
        (
            lambda x: sqrt(x * x),
            ["v1 = x * x", "gradient is inf", "sqrt(v1) at v1 = 0", "slope at x = 0 is 0"],
            "hypot(a, b)",
            lambda x: autograd.hypot(x, 0.0),
        ),
        (
            lambda x: x * log(x),
            ["v1 = log(x)", "gradient is 0", "slope at x = 0 is inf"],
            "log(where(u > 0, u, 1.0))",
            lambda x: x * log(where(x > 0, x, 1.0)),
        ),
        (
            lambda x: 1 / x * x,
            ["v1 = 1 / x", "gradient is 0", "slope at x = 0 is -inf"],
            "where(abs(u) > 0, u, 1.0)",
            lambda x: 1 / where(abs(x) > 0, x, 1.0) * x,
        ),
        (
            lambda x: autograd.acos(1 - x) ** 2,
            ["v2 = acos(v1)", "gradient is 0", "slope at v1 = 1 is -inf"],
            "where(condition, operand, another number)",
            lambda x: autograd.acos(where(x > 0, 1 - x, 0.5)) ** 2,
        ),
    ],
)
def test_where_zero_meets_infinity_the_factors_are_named_and_the_advice_works(
    build, factors, advice, instead
):
    x = Value(0.0, "x")
    found = explain(build(x), x)
    assert math.isnan(found.gradient)
    for words in [*factors, "0 x inf has no value", advice, "stop_gradient"]:
        assert words in found.reason
    assert math.isfinite(explain(instead(x), x).gradient)


def test_a_derivative_asked_for_the_other_way_round_is_said_to_be_so():
    x = Value(2.0, label="x")
    y = x * x
    y.label = "y"
    assert "But y depends on x: write the two the other way round." in str(explain(x, y))
    words = str(derivation(x, y))
    assert words.startswith("x does not depend on y, but y on x: write the two the other way round")
    assert "other way" not in str(explain(x, Value(1.0))) + str(derivation(y, Value(1.0)))


def test_the_advice_for_a_quotient_of_zeros_has_the_limit_and_its_slope():
    x = Value(0.0, "x")
    y = sin(x) / x
    assert "for sin(x) / x it is 1 - x**2 / 6" in explain(y, x).reason
    safe = where(abs(x) > 0, sin(x) / where(abs(x) > 0, x, 1.0), 1 - x**2 / 6)
    assert (safe.data, explain(safe, x).gradient) == (1.0, 0.0)


def test_of_paths_of_many_thousand_steps_only_as_many_are_listed_as_are_shown():
    x = Value(-1.0, label="x")
    y = relu(x)
    for _ in range(20_000):
        y = y * x + y
    found = explain(y, x)
    assert 12 <= len(found.paths) < 20
    assert str(found).count("more ...") >= 12
    short = x
    for _ in range(100):
        short = short * x + short
    assert len(explain(short, x).paths) == 100
