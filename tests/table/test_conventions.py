"""Every row of autograd/CONVENTIONS.md, in eager, higher-order and compiled mode."""

import importlib.util
import math
from pathlib import Path

import pytest

import autograd as ag
from autograd import Value, gradient

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
    ("where, one taken of two", lambda x: one_of_two(x), (0.0,), (-INF,)),
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
    # the zero rule
    ("a zero upstream passes a pole", lambda x: 0.0 * x + ag.sqrt(x) ** 2 * 0.0, (4.0,), (0.0,)),
    ("a sqrt that nothing depends on", lambda x: ag.sqrt(x) * 0.0 + x, (0.0,), (1.0,)),
    ("a log that nothing depends on", lambda x: ag.log(x) ** 0 + x, (0.0,), (1.0,)),
    ("a dead relu stops infinity", lambda x: ag.sqrt(ag.relu(x)), (-1.0,), (0.0,)),
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
        along = ag.jacobian(lambda *point: ag.jvp(power, point, (1.0, 0.0))[1], (0, 1))
        assert along(base, exponent)[1] == mixed


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
