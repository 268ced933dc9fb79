"""Every row of autograd/CONVENTIONS.md, in eager, higher-order and compiled mode."""

import importlib.util
import itertools
import math
from pathlib import Path

import numpy
import pytest
from table_rows import operands_of

import autograd as ag
from autograd import Value, grad, gradient, jit, value_and_grad
from autograd.table.operation import TABLE

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")

INF, NAN = math.inf, math.nan


def within(x):
    """Both branches of the inner choice hold the pole, the outer one leaves them out."""
    inner = ag.where(x < 1, x * ag.log(x), 3 * (x / x) * x)
    return ag.where(x > 0, inner * inner, 2 * x)


def shared_by_ten(x):
    pole = x * ag.log(x)
    return ag.sum([ag.where(x > number, pole * number, x) for number in range(10)])


def one_of_two(x):
    pole = x * ag.log(x)
    return ag.where(x > 0, pole, 0.0) + ag.where(x >= 0, pole, 0.0)


# what, function, point, partials there
ROWS = [
    ("relu at 0", ag.relu, (0.0,), (0.0,)),
    ("relu at -0", ag.relu, (-0.0,), (0.0,)),
    ("leaky_relu at 0", lambda x: ag.leaky_relu(x, 0.25), (0.0,), (0.25,)),
    ("elu at 0", lambda x: ag.elu(x, 0.5), (0.0,), (0.5,)),
    ("abs at 0", abs, (0.0,), (0.0,)),
    ("maximum at a tie", ag.maximum, (2.0, 2.0), (0.5, 0.5)),
    ("minimum at a tie", ag.minimum, (2.0, 2.0), (0.5, 0.5)),
    ("clip at the lower bound", ag.clip, (1.0, 1.0, 3.0), (1.0, 0.0, 0.0)),
    ("clip at the upper bound", ag.clip, (3.0, 1.0, 3.0), (1.0, 0.0, 0.0)),
    ("clip below", ag.clip, (0.0, 1.0, 3.0), (0.0, 1.0, 0.0)),
    ("clip above", ag.clip, (4.0, 1.0, 3.0), (0.0, 0.0, 1.0)),
    ("sign", ag.sign, (0.0,), (0.0,)),
    ("sign of a negative number", ag.sign, (-2.0,), (0.0,)),
    ("floor", ag.floor, (1.0,), (0.0,)),
    ("ceil", ag.ceil, (1.5,), (0.0,)),
    ("round", ag.round, (2.5,), (0.0,)),
    ("hypot at the origin", ag.hypot, (0.0, 0.0), (0.0, 0.0)),
    ("atan2 at the origin", ag.atan2, (0.0, 0.0), (0.0, 0.0)),
    ("where, first taken", lambda x: ag.where(x >= 0, 2 * x, ag.log(x)), (0.0,), (2.0,)),
    ("where, second taken", lambda x: ag.where(x > 0, ag.sqrt(x), 3 * x), (0.0,), (3.0,)),
    ("where, a product not taken", lambda x: ag.where(x > 0, x * ag.log(x), 0.0), (0.0,), (0.0,)),
    (
        "where, a nan not taken",
        lambda x, y: ag.where(x < 9, x, y * (x * NAN)),
        (2.0, 3.0),
        (1.0, 0.0),
    ),
    ("where within where", lambda x: within(x), (0.0,), (2.0,)),
    ("where, shared by ten", lambda x: shared_by_ten(x), (0.0,), (10.0,)),
    ("where, one taken of two", lambda x: one_of_two(x), (0.0,), (NAN,)),
    ("stop_gradient over a pole", lambda x: ag.stop_gradient(x * ag.log(x)) + x, (0.0,), (1.0,)),
    ("hypot of the largest", ag.hypot, (1.2e308, 1.6e308), (0.6, 0.8)),
    ("hypot of the smallest", ag.hypot, (3 * 5e-324, -4 * 5e-324), (0.6, -0.8)),
    ("hypot at infinity", ag.hypot, (INF, 2.0), (1.0, 0.0)),
    ("x**0 at 0", lambda x: x**0, (0.0,), (0.0,)),
    ("x**1 at 0", lambda x: x**1, (0.0,), (1.0,)),
    ("x**2 at 0", lambda x: x**2, (0.0,), (0.0,)),
    ("x**0.5 at 0", lambda x: x**0.5, (0.0,), (INF,)),
    ("sqrt at 0", ag.sqrt, (0.0,), (INF,)),
    ("sqrt at -0", ag.sqrt, (-0.0,), (INF,)),
    ("cbrt at 0", ag.cbrt, (0.0,), (INF,)),
    ("0**y by y", lambda y: 0.0**y, (2.0,), (0.0,)),
    ("x**y at (0, 2)", lambda x, y: x**y, (0.0, 2.0), (0.0, 0.0)),
    ("0**0", lambda x, y: x**y, (0.0, 0.0), (0.0, 0.0)),
    ("log at 0", ag.log, (0.0,), (INF,)),
    ("log at -0", ag.log, (-0.0,), (INF,)),
    ("asin at 1", ag.asin, (1.0,), (INF,)),
    ("atanh at 1", ag.atanh, (1.0,), (INF,)),
    ("acosh at 1", ag.acosh, (1.0,), (INF,)),
    ("relu at nan", ag.relu, (NAN,), (NAN,)),
    ("maximum at nan", ag.maximum, (NAN, 1.0), (NAN, NAN)),
    ("maximum with nan", ag.maximum, (1.0, NAN), (NAN, NAN)),
    ("clip at nan", lambda x: ag.clip(x, 1.0, 3.0), (NAN,), (NAN,)),
    ("sign at nan", ag.sign, (NAN,), (NAN,)),
    ("clip at nan, by a bound", lambda lo: ag.clip(NAN, lo, 3.0), (1.0,), (NAN,)),
    # zero times infinity
    ("a sqrt times 0", lambda x: ag.sqrt(x) * 0.0 + x, (0.0,), (NAN,)),
    ("a log to the power 0", lambda x: ag.log(x) ** 0 + x, (0.0,), (NAN,)),
    ("sqrt(x)**2 at 0", lambda x: ag.sqrt(x) ** 2, (0.0,), (NAN,)),
    ("sqrt(x) * sqrt(x) at 0", lambda x: ag.sqrt(x) * ag.sqrt(x), (0.0,), (NAN,)),
    ("sqrt(x*x) at 0", lambda x: ag.sqrt(x * x), (0.0,), (NAN,)),
    ("sqrt(x**2) at 0", lambda x: ag.sqrt(x**2), (0.0,), (NAN,)),
    ("exp(log(x)) at 0", lambda x: ag.exp(ag.log(x)), (0.0,), (NAN,)),
    ("acos(1 - x)**2 at 0", lambda x: ag.acos(1 - x) ** 2, (0.0,), (NAN,)),
    ("log(exp(x)) at 800", lambda x: ag.log(ag.exp(x)), (800.0,), (NAN,)),
    ("log(1 + exp(x)) at 800", lambda x: ag.log(1 + ag.exp(x)), (800.0,), (NAN,)),
    ("sqrt(abs(x)) at 0", lambda x: ag.sqrt(abs(x)), (0.0,), (NAN,)),
    # choices
    ("a dead relu stops infinity", lambda x: ag.sqrt(ag.relu(x)), (-1.0,), (0.0,)),
    ("floor stops infinity", lambda x: ag.floor(ag.sqrt(x)) + x, (0.0,), (1.0,)),
    ("leaky_relu, slope not chosen", lambda a: 1 / ag.leaky_relu(1e-320, a), (0.5,), (0.0,)),
    ("leaky_relu at 0, by its slope", lambda a: 1 / ag.leaky_relu(0.0, a), (0.5,), (NAN,)),
    # large arguments
    ("softplus(1000)", ag.softplus, (1000.0,), (1.0,)),
    ("sigmoid(-800)", ag.sigmoid, (-800.0,), (0.0,)),
    ("logsumexp", lambda a, b: ag.logsumexp([a, b]), (1000.0, 1000.0), (0.5, 0.5)),
]
names = [row[0] for row in ROWS]

# The derivative of the derivative, at points where it is easily lost.
SECOND = [
    ("log(x)**2 at 1", lambda x: ag.log(x) ** 2, 1.0, 2.0),
    ("x**2 at 0", lambda x: x**2, 0.0, 2.0),
    ("x**3 at 0", lambda x: x**3, 0.0, 0.0),
    ("relu(x)**2 at -1", lambda x: ag.relu(x) ** 2, -1.0, 0.0),
    ("where of squares at 0", lambda x: ag.where(x > 0, ag.log(x), x * x), 0.0, 2.0),
    ("a product not taken at 0", lambda x: ag.where(x > 0, x * ag.log(x), x**2), 0.0, 2.0),
    ("where within where at 0", within, 0.0, 0.0),
    ("where, shared by ten, at 0", shared_by_ten, 0.0, 0.0),
    ("softplus(1000)", ag.softplus, 1000.0, 0.0),
    ("sigmoid(-800)", ag.sigmoid, -800.0, 0.0),
    ("sin at 0", ag.sin, 0.0, 0.0),
    ("logsumexp of equals", lambda x: ag.logsumexp([x, 0.0]), 0.0, 0.25),
    ("sqrt at 0", ag.sqrt, 0.0, -INF),
    *(
        (f"{f.name} at {x}", f, x, 0.0)
        for f in (ag.erf, ag.erfc, ag.gelu, ag.silu, ag.tanh, ag.sigmoid, ag.softplus, ag.atan)
        for x in (INF, -INF)
    ),
    ("hypot at infinity", lambda x: ag.hypot(x, 1.0), INF, 0.0),
    ("hypot at the origin", lambda x: ag.hypot(x, 0.0), 0.0, NAN),
    ("atan2 at the origin", lambda x: ag.atan2(x, 0.0), 0.0, NAN),
    ("half hypot squared at the origin", lambda x: ag.hypot(x, 0.0) ** 2 / 2, 0.0, NAN),
    ("cos(hypot / 2) at the origin", lambda x: ag.cos(ag.hypot(x, 0.0) / 2), 0.0, NAN),
    ("relu at nan", ag.relu, NAN, NAN),
    ("leaky_relu at nan", ag.leaky_relu, NAN, NAN),
    ("sign at nan", ag.sign, NAN, NAN),
    ("clip at nan", lambda x: ag.clip(x, 1.0, 3.0), NAN, NAN),
    ("x*x at nan", lambda x: x * x, NAN, 2.0),
    ("x**2 at nan", lambda x: x**2, NAN, 2.0),
    ("atan2 at infinity", lambda x: ag.atan2(1.0, x), -INF, 0.0),
]
# Where a power meets 0: its derivative by base and exponent, in either order.
POWERS = [(0.0, 0.0), (0.5, -INF), (1.0, -INF), (1.5, 0.0), (2.0, 0.0), (3.0, 0.0), (-1.0, INF)]


needs_llvmlite = pytest.mark.skipif(
    importlib.util.find_spec("llvmlite") is None, reason="the extra jit is absent"
)


def same(a, b):
    return a == b or (a != a and b != b)


@pytest.mark.parametrize(("what", "f", "point", "slopes"), ROWS, ids=names)
def test_a_convention_holds_eagerly(what, f, point, slopes):
    xs = [Value(number) for number in point]
    f(*xs).backward()
    assert all(map(same, [x.grad for x in xs], slopes)), [x.grad for x in xs]


@pytest.mark.parametrize(("what", "f", "point", "slopes"), ROWS, ids=names)
def test_a_convention_holds_in_a_gradient_that_is_a_graph(what, f, point, slopes):
    xs = [Value(number) for number in point]
    found = [slope.data for slope in gradient(f(*xs), xs)]
    assert all(map(same, found, slopes)), found


@pytest.mark.parametrize(("what", "f", "point", "slopes"), ROWS, ids=names)
def test_a_convention_holds_forwards(what, f, point, slopes):
    for index, slope in enumerate(slopes):
        direction = tuple(float(index == place) for place in range(len(point)))
        found = ag.jvp(f, point, direction)[1]
        assert same(found, slope), found


@needs_llvmlite
@pytest.mark.parametrize(("what", "f", "point", "slopes"), ROWS, ids=names)
def test_a_convention_holds_compiled(what, f, point, slopes):
    found = ag.jit(ag.grad(f, argnums=tuple(range(len(point)))))(*point)
    assert all(map(same, found, slopes)), found


@pytest.mark.parametrize(("what", "f", "x", "curvature"), SECOND, ids=[row[0] for row in SECOND])
def test_a_second_derivative_survives(what, f, x, curvature):
    assert same(ag.grad(ag.grad(f))(x), curvature)
    assert same(ag.hessian(f)(x), curvature)
    assert same(ag.hvp(f, (x,), (1.0,)), curvature)
    (slope,) = gradient(f(y := Value(x)), [y])
    slope.backward()
    assert same(y.grad, curvature)


@needs_llvmlite
@pytest.mark.parametrize(("what", "f", "x", "curvature"), SECOND, ids=[row[0] for row in SECOND])
def test_a_second_derivative_survives_compiled(what, f, x, curvature):
    assert same(ag.jit(ag.grad(ag.grad(f)))(x), curvature)


@pytest.mark.parametrize(("exponent", "mixed"), POWERS)
def test_the_hessian_of_a_power_is_symmetric_at_zero(exponent, mixed):
    def power(a, b):
        return a**b

    for base in (0.0, -0.0) if exponent >= 0.0 else (0.0,):
        second = ag.hessian(power, (0, 1))(base, exponent)
        assert (second[0][1], second[1][0]) == (mixed, mixed)
        forward = ag.grad(lambda b, a=base: ag.jvp(lambda a: a**b, (a,), (1.0,))[1])
        assert forward(exponent) == mixed


def matern(u, v):
    """A Matern 5/2 kernel: 1 + r + r**2 / 3, times exp(-r), with r = sqrt(5) |(u, v)|."""
    r = math.sqrt(5.0) * ag.hypot(u, v)
    return (1 + r + r * r / 3) * ag.exp(-r)


@pytest.mark.parametrize(
    "f",
    [
        lambda u, v: ag.hypot(u, v) ** 2 / 2,
        lambda u, v: ag.cos(ag.hypot(u, v) / 2),
        matern,
    ],
)
def test_a_hessian_through_hypot_at_the_origin_is_nan_and_never_zero(f):
    second = ag.hessian(f, (0, 1))(0.0, 0.0)
    assert all(map(math.isnan, [*second[0], *second[1]]))
    assert ag.grad(f, (0, 1))(0.0, 0.0) == (0.0, 0.0)


# Linear in this operand, at these numbers of the others: all derivatives are known, at nan too.
LINEAR = {
    *("add", "subtract", "multiply", "negative", "identity", "floor", "ceil", "round"),
    *("stop_gradient", "divide-0", "leaky_relu-1", "elu-1"),
    *("floor_divide", "remainder", "fmod", "copysign-1"),  # linear between jumps
}
OPERANDS = [
    (row, index)
    for row in TABLE.values()
    if not row.is_condition and row.name != "where"
    for index in row.variables
]


def along(f):
    return lambda x: ag.jvp(f, (x,), (1.0,))[1]


def to_third_order(row, index, other):
    """Return the derivatives of a row by one operand in all mixtures of modes, by order."""
    numbers = operands_of(row, [other if index else 0.0, other, 3.0])

    def f(x):
        return row(*numbers[:index], x, *numbers[index + 1 :])

    reverse, forward = ag.grad(f), along(f)
    return [
        [reverse, forward],
        [
            *(ag.grad(reverse), along(forward), along(reverse), ag.grad(forward)),
            lambda x: ag.hvp(f, (x,), (1.0,)),
        ],
        [
            *(ag.grad(ag.grad(reverse)), along(along(forward)), along(ag.grad(reverse))),
            lambda x: ag.hvp(reverse, (x,), (1.0,)),
        ],
    ]


@pytest.mark.parametrize(
    ("row", "index"), OPERANDS, ids=[f"{row.name}-{index}" for row, index in OPERANDS]
)
def test_all_modes_agree_at_nan_and_infinity_to_the_third_order(row, index):
    for other in (0.75, 0.0, -2.0, INF, NAN) if row.arity > 1 else (0.75,):
        for at in (NAN, INF, -INF):
            for order in to_third_order(row, index, other):
                found = [derivative(at) for derivative in order]
                assert all(same(each, found[0]) for each in found), (other, at, found)


@pytest.mark.parametrize(
    ("row", "index"), OPERANDS, ids=[f"{row.name}-{index}" for row, index in OPERANDS]
)
def test_at_nan_every_derivative_is_nan_but_of_what_is_linear_there(row, index):
    if {row.name, f"{row.name}-{index}"} & LINEAR:
        return
    for other in (0.75, -2.0) if row.arity > 1 else (0.75,):
        for order in to_third_order(row, index, other):
            assert all(math.isnan(derivative(NAN)) for derivative in order), other


@needs_llvmlite
@pytest.mark.parametrize(
    ("row", "index"), OPERANDS, ids=[f"{row.name}-{index}" for row, index in OPERANDS]
)
def test_compiled_derivatives_at_nan_and_infinity_are_the_eager_ones(row, index):
    for order in to_third_order(row, index, 0.75):
        compiled = ag.jit(order[0])
        assert all(same(compiled(at), order[0](at)) for at in (NAN, INF, -INF))


def test_what_nan_touches_is_nan():
    for f in (ag.relu, ag.sign, lambda x: ag.maximum(x, 1.0), lambda x: ag.clip(x, 0.0, 1.0)):
        assert math.isnan(f(Value(NAN)).data)


def test_the_numbers_are_those_of_ieee_754():
    one = Value(1.0)
    assert (one / 0).data == INF
    assert (one / -0.0).data == -INF
    assert math.isnan((0 * one / 0).data)
    assert math.isnan(ag.log(-one).data)
    assert ag.exp(1000 * one).data == INF
    assert math.isnan(((-8 * one) ** (1 / 3)).data)
    assert (0 * one) ** -1 is not None
    assert ((0 * one) ** -1).data == INF
    assert ag.log1p(-1e-20) == -1e-20
    assert ag.tanh(50 * one).data == 1.0
    assert ag.logsumexp([1000.0, 1001.0]) == pytest.approx(1001.3132616875183, rel=1e-15)
    assert ag.softplus(1000.0) == 1000.0


def test_the_document_has_every_row_of_the_contract():
    text = (Path(ag.__file__).parent / "CONVENTIONS.md").read_text(encoding="utf-8")
    for word in ("relu", "abs", "maximum", "clip", "hypot", "where", "x**0.5", "0**0", "nan"):
        assert word in text


@pytest.mark.parametrize("exponent", [0.9999999999999999, 1e-17, 1.0, 1.0000000000000002, 2.0, 3.0])
def test_powers_of_zeros_have_the_sign_of_c_next_to_odd_exponents_too(exponent):
    for base, power in itertools.product((0.0, -0.0), (exponent, -exponent)):
        with numpy.errstate(divide="ignore"):
            expected = float(numpy.power(base, power))
        fast = jit(lambda a, b: a**b)
        eager = [(Value(base) ** Value(power)).data, (Value(base) ** power).data]
        for found in (*eager, fast(base, power)):
            assert repr(found) == repr(expected), (base, power)


def test_the_slope_of_a_power_of_minus_zero_is_the_same_compiled_whatever_the_exponent():
    fast = jit(value_and_grad(lambda a, b: a**b, (0, 1)))
    for exponent in (1.05e-16, 1e-17, 0.5, 1.0 / 3.0, 0.9999999999999999, 1e-300):
        a, b = Value(-0.0), Value(exponent)
        (a**b).backward()
        assert fast(-0.0, exponent)[1] == (a.grad, b.grad)
        assert a.grad == math.inf, exponent
        slope, loose = grad(lambda x, b=exponent: x**b), jit(grad(lambda a, b: a**b), exact=False)
        found = [slope(-0.0), jit(slope)(-0.0), jit(slope, exact=False)(-0.0)]
        assert [*found, loose(-0.0, exponent)] == [math.inf] * 4, exponent


def test_curvature_through_abs_is_flat_at_0_and_that_of_hypot_is_not_known():
    assert grad(grad(lambda x: abs(x) ** 2))(0.0) == 0.0
    assert math.isnan(grad(grad(lambda x: ag.hypot(x, 0.0) ** 2))(0.0))
    assert grad(grad(lambda x: ag.cos(abs(x))))(0.0) == 0.0
