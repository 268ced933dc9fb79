"""Every row of the table against mpmath: values and derivatives of the first three orders."""

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp
from table_referees import HIGHER, INF, derivative, miss, partials_of, points_of, settled, value_of

from autograd import grad, jit, jvp, polygamma, value_and_grad
from autograd.table.operation import TABLE
from autograd.testing import points

ROWS = list(TABLE.values())
PUBLIC = [row for row in ROWS if row.public and row.name != "stop_gradient"]
by_name = pytest.mark.parametrize("row", PUBLIC, ids=lambda row: row.name)


def derived(row, along):
    function = row
    for index in along:
        function = grad(function, argnums=index)
    return function


def misses(row, count, orders):
    found = []
    for point in points_of(row, count):
        for order in orders:
            for along in itertools.product(row.variables, repeat=order):
                found.append(miss(row, point, along, derived(row, along)(*point)))
    return [words for words in found if words]


# All but those that serve in derivatives only, whose bound is that of the derivatives.
VALUES = [row for row in ROWS if row.name != "power_derivative"]


@pytest.mark.parametrize("row", VALUES, ids=lambda row: row.name)
def test_value(row):
    assert misses(row, 120, [0]) == []


@by_name
def test_first_and_second_derivative(row):
    assert misses(row, 6, [1, 2]) == []


@by_name
def test_third_derivative(row):
    assert misses(row, 2 if row.name == "power" else 4, [3]) == []


@pytest.mark.slow
@by_name
def test_derivatives_of_three_orders_at_many_points(row):
    assert misses(row, 80 if row.arity == 1 else 25, [1, 2, 3]) == []


@by_name
def test_partials_are_those_worked_out_by_hand(row):
    for point in points_of(row, 120):
        if row.name in HIGHER and point[-1] <= 0.0 and point[-1].is_integer():
            continue  # a pole of the gamma function
        result = row.value(*point)
        for index in row.variables:
            got = row.partial(index, result, point)
            formula = partials_of(row)[index]
            true = settled(lambda formula=formula, point=point: formula(*map(mp.mpf, point)))
            if true is None or abs(true) > mp.ldexp(1, 1023):
                continue  # complex, a pole, or too large for a float
            gap = abs(mp.mpf(got) - true) if math.isfinite(got) else INF
            close = 1e-12 * max(abs(true), mp.ldexp(1, -1022))
            # What rounding the operands costs is for the referee of differences to say.
            assert gap <= close or not miss(row, point, (index,), got), (row, point, index, got)


@pytest.mark.parametrize("row", PUBLIC, ids=lambda row: row.name)
def test_every_public_row_has_a_referee(row):
    assert value_of(row)
    assert len(partials_of(row)) == row.arity


def is_quick(row):
    """Return whether mpmath computes the row at any point of its domain without taking minutes."""
    return row.name not in ("power", "lgamma", "digamma", "polygamma")


@pytest.mark.parametrize("order", [7, 21, 51, 99, 119])
@pytest.mark.parametrize("x", [-10.5, -1.5, -0.5, 0.7, 40.0, 7737.2])
def test_polygamma_of_high_orders(order, x):
    row = TABLE["polygamma"]
    assert miss(row, (float(order), x), (), row(order, x)) == ""


def test_the_third_derivatives_of_a_power_where_its_own_underflows():
    power = TABLE["power"]
    for along in itertools.product((0, 1), repeat=3):
        for point in [(1e-300, 2.5), (1e-200, 2.0), (1e-110, 3.0), (1e-20, 16.0), (1e200, 2.0)]:
            assert miss(power, point, along, derived(power, along)(*point)) == ""


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_values_at_points_that_hypothesis_draws(data):
    row = data.draw(st.sampled_from([row for row in PUBLIC if is_quick(row)]))
    point = tuple(number + 0.0 for number in data.draw(points(row)))  # mpmath has no -0.0
    assert miss(row, point, (), row.value(*point)) == ""


@pytest.mark.parametrize("order", range(7))
def test_no_polygamma_has_a_number_at_minus_infinity_where_its_poles_are_everywhere(order):
    assert math.isnan(polygamma(order, -math.inf))
    assert math.isnan(jit(lambda x: polygamma(order, x))(-math.inf))


@pytest.mark.parametrize(
    ("row", "point", "value", "slope"),
    [
        ("softplus", 1000.0, 1000.0, 1.0),
        ("softplus", -1000.0, 0.0, 0.0),
        ("sigmoid", -800.0, 0.0, 0.0),
        ("sigmoid", 800.0, 1.0, 0.0),
        ("log1p", -1e-20, -1e-20, 1.0),
        ("tanh", 1e300, 1.0, 0.0),
        ("expm1", 1e-20, 1e-20, 1.0),
    ],
)
def test_large_and_tiny_arguments_stay_finite(row, point, value, slope):
    assert TABLE[row].value(point) == value
    assert grad(TABLE[row])(point) == slope
    assert math.isfinite(grad(grad(TABLE[row]))(point))


def test_tanh_keeps_its_derivative_where_one_minus_y_squared_is_zero():
    with mp.workdps(60):
        true = [float(mp.sech(x) ** 2) for x in (10, 20, 50, 300)]
    assert [grad(TABLE["tanh"])(x) for x in (10.0, 20.0, 50.0, 300.0)] == pytest.approx(
        true, rel=1e-13
    )


def ulps(row, point, got, along=()):
    """Return how far a float is from the truth, in units in the last place of the truth."""
    true = derivative(row, point, along)
    return float(abs(mp.mpf(got) - true) / math.ulp(float(true)))


def test_the_slope_of_cosh_takes_no_second_function_of_the_c_library_and_is_as_good_as_one():
    row = TABLE["cosh"]
    both = jit(value_and_grad(row))
    both(1.0)
    assert both.source.count(" cosh %") == 1
    assert " sinh %" not in both.source
    slope = grad(row)
    edges = (1.5, 2.0634, 2.774, 3.466, 700.0, 710.0)  # next to some cosh and sinh differ in ulp
    near = [edge + place * 1e-4 for edge in edges for place in range(-50, 50)]
    for x in (*near, 1e-320, 1e-8, 0.3, 1.0, 1.4, math.nextafter(1.5, 0.0), 5.0, 20.0, 710.4758):
        assert ulps(row, (x,), slope(x), (0,)) <= 2.3, x
        assert slope(-x) == -slope(x)
    assert slope(1000.0) == INF
    assert math.copysign(1.0, row.partial(0, 1.0, (-0.0,))) == -1.0


def test_elu_is_hardly_less_exact_than_a_rounded_number_whatever_its_alpha():
    row = TABLE["elu"]
    rng = random.Random(7)
    for _ in range(2000):
        point = (-(10.0 ** rng.uniform(-20.0, 2.0)), 10.0 ** rng.uniform(-280.0, 280.0))
        assert ulps(row, point, row(*point)) <= 0.8, point
    assert row(-1000.0, 1.7e308) == -1.7e308
    assert row(-1000.0, INF) == -INF
    assert math.copysign(1.0, row(-0.0)) == -1.0


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("erfc", (25.842493794988076,)),  # x * x must not be rounded before it is exponentiated
        ("erfc", (5.3,)),
        ("gelu", (-24.53,)),
        ("digamma", (-57.79123306274414,)),  # next to a zero
        ("polygamma", (20.0, -0.5)),  # where the even derivatives of the cotangent are 0
        ("polygamma", (10.0, -9.5)),
        ("polygamma", (2.0, -9.5)),
        ("polygamma", (99.0, 40.3)),
        ("polygamma", (51.0, -7.3)),
    ],
)
def test_a_value_is_right_to_the_last_digits_for_the_argument_as_it_is(name, point):
    row, (*order, x) = TABLE[name], point
    assert ulps(row, point, row(*point)) <= 2.0
    assert ulps(row, point, jit(lambda x: row(*order, x), exact=False)(x)) <= 2.0


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("acos", 0.9999999929153226),  # 1 - x * x must not be rounded before the subtraction
        ("asin", 0.9999999929153226),
        ("atanh", 0.9999999929153226),
        ("asin", 1e-20),
        ("erfc", 25.0),
        ("tanh", 20.0),
        ("lgamma", -57.79123306274414),
        ("silu", -714.0),
    ],
)
def test_a_slope_and_its_slope_are_right_to_the_last_digits(name, x):
    row = TABLE[name]
    assert ulps(row, (x,), grad(row)(x), (0,)) <= 4.0
    true = derivative(row, (x,), (0, 0))
    assert abs(mp.mpf(grad(grad(row))(x)) - true) <= 1e-13 * abs(true)


def test_lgamma_next_to_a_zero_has_the_right_sign():
    assert TABLE["lgamma"](-3.955294284858598) == pytest.approx(-4.14382750757705e-16, rel=0.02)


def test_lgamma_is_infinite_at_every_pole():
    for pole in (0.0, -0.0, -1.0, -2.0, -170.0, -1e300):
        assert TABLE["lgamma"](pole) == math.inf
        assert jit(TABLE["lgamma"])(pole) == math.inf
    assert TABLE["lgamma"](5e-324) == pytest.approx(744.4400719213812)


@pytest.mark.parametrize("compile_it", [lambda f: f, jit])
def test_lgamma_and_its_derivatives_overflow_to_infinity(compile_it):
    lgamma = TABLE["lgamma"]
    largest = 2.5599833278516383e305
    f, slope, second = map(compile_it, (lgamma, grad(lgamma), grad(grad(lgamma))))
    assert f(largest) < math.inf
    assert f(math.nextafter(largest, math.inf)) == f(1e308) == f(1.7e308) == math.inf
    assert math.isnan(f(math.nan))
    for tiny in (-5e-324, -1e-310, -1e-308, -1e-250, -1e-199, -1e-100):
        assert slope(tiny) == pytest.approx(-1.0 / tiny, rel=1e-14)
        assert second(tiny) == pytest.approx((1.0 / tiny) * (1.0 / tiny), rel=1e-14)


def test_the_second_derivative_of_lgamma_is_infinite_at_every_pole():
    for pole in (0.0, -0.0, -1.0, -2.0, -170.0, -1e300):
        assert grad(grad(TABLE["lgamma"]))(pole) == math.inf


def test_derivatives_of_an_angle_and_a_length_survive_where_the_length_overflows():
    atan2, hypot = TABLE["atan2"], TABLE["hypot"]
    point = (1.7e308, 1.7e308)
    for index in (0, 1):
        slope = grad(atan2, argnums=index)(*point)
        assert slope == pytest.approx((1 - 2 * index) * 2.941176470588e-309, rel=1e-12)
        for other in (0, 1):
            curvature = grad(grad(hypot, argnums=index), argnums=other)(*point)
            sign = 1 if index == other else -1
            assert curvature == pytest.approx(sign * 2.0797258270855e-309, rel=1e-11)


SIZES = st.floats(-323.0, 308.0).map(lambda power: 10.0**power)


@settings(max_examples=300)
@given(x=SIZES, y=SIZES, near=st.floats(1e-3, 1e3) | st.none())
def test_slopes_of_a_length_are_right_to_the_last_bit_at_every_size(x, y, near):
    y = y if near is None or not x * near < INF else x * near
    with mp.workprec(3000):
        true = mp.mpf(x) / mp.sqrt(mp.mpf(x) ** 2 + mp.mpf(y) ** 2)
        error = abs(grad(TABLE["hypot"])(x, y) - true)
        assert error <= 0.51 * math.ulp(float(true))


@settings(max_examples=300)
@given(x=st.floats(1.0, 3.0) | st.floats(0.02, 1.0))
def test_lgamma_where_it_is_small_is_right_to_the_last_bit(x):
    with mp.workprec(300):
        true = mp.loggamma(mp.mpf(x))
        assert abs(TABLE["lgamma"](x) - true) <= 0.6 * math.ulp(float(true))


@pytest.mark.parametrize("base", [0.0, -0.0, 1e-300, 0.3, 1.0, 2.5, 1e300])
@pytest.mark.parametrize("orders", [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (4, 0), (2, 3), (0, 5)])
def test_every_derivative_of_a_power_is_right_to_any_order(orders, base):
    row = TABLE["power_derivative"]
    for exponent in (-3.0, -0.3, 0.1, 1.0 / 3.0, 0.5, 1.0, 2.0, 3.7, 16.0):
        point = (*map(float, orders), base, exponent)
        if base > 0.0:
            assert miss(row, point, (), row.value(*point)) == ""
            continue
        # At 0 it is the limit: of a falling power, or of a power of the logarithm.
        m, n = orders
        if exponent > m or (n == 0 and exponent in range(m)):
            assert row.value(*point) == 0.0
        elif (n, exponent) == (0, m):
            assert row.value(*point) == math.factorial(m)
        else:
            near = derivative(row, (*point[:2], 1e-300, exponent), ())
            assert math.isinf(row.value(*point))
            if base == 0.0 and math.copysign(1.0, base) > 0.0:
                assert math.copysign(1.0, row.value(*point)) == math.copysign(1.0, near)


def test_no_digit_of_a_power_is_lost_where_the_exponent_less_one_is_rounded():
    power = TABLE["power"]
    for point in [(1e300, 0.1), (1e-300, 0.1), (1e200, -0.3), (1e-150, 1.0 / 3.0), (3.0, 1e-20)]:
        assert ulps(power, point, grad(power)(*point), (0,)) <= 3.0
        assert ulps(power, point, TABLE["power_derivative"](1, 0, *point), (0,)) <= 3.0


def test_the_slope_of_an_even_power_of_a_negative_number_is_negative_however_large():
    power = TABLE["power"]
    for exponent in (2.0, 2.0**53, 2.0**53 + 2.0, 2.0**60):
        assert grad(power)(-1.0, exponent) == -exponent
        assert power.partial(0, 1.0, (-1.0, exponent)) == -exponent
        assert TABLE["power_derivative"](1, 0, -1.0, exponent) == -exponent


@pytest.mark.parametrize("exponent", [2.0**53, 2.0**53 + 2.0, 2.0**60, -(2.0**53), -(2.0**60)])
@pytest.mark.parametrize("base", [-1.5, -1.0 - 1e-7, -1.0 + 1e-7, -0.5])
def test_a_slope_of_a_power_that_overflows_below_zero_has_the_right_sign(base, exponent):
    def slope(a):
        return a**exponent

    with mp.workdps(60):
        sign = float(mp.sign(exponent * mp.power(base, mp.mpf(exponent) - 1)))
    size = math.inf if (abs(base) > 1.0) == (exponent > 0.0) else 0.0
    tangent = jvp(slope, (base,), (1.0,))[1]
    found = [grad(slope)(base), tangent, jit(grad(slope))(base)]
    found.append(jit(grad(TABLE["power"]))(base, exponent))
    assert found == [sign * size] * 4
    assert grad(grad(slope))(base) == jit(grad(grad(slope)))(base) == size
