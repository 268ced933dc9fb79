"""Derivatives within derivatives: each sees its own variables, and plain numbers stay plain."""

import asyncio
import math
import threading

import pytest

import autograd as ag
from autograd import Value, grad, hessian, hvp, jacobian, jvp, no_grad, value_and_grad, vjp


def test_the_example_of_the_contract():
    assert grad(lambda x: x * grad(lambda y: x * y)(1.0))(3.0) == 6.0


def test_an_inner_derivative_that_holds_the_inner_variable_is_a_number_outside():
    inner = lambda x: grad(lambda y: x * y * y)(2.0)  # 4 x  # noqa: E731
    assert grad(lambda x: x * inner(x))(3.0) == 24.0
    assert hessian(lambda x: x * inner(x))(3.0) == 8.0
    assert jvp(lambda x: x * inner(x), (3.0,), (1.0,)) == (36.0, 24.0)


def test_the_variable_of_an_outer_derivative_is_a_constant_inside():
    # Siskind and Pearlmutter's example: d/dx (x d/dy (x + y)) is 1, and not 2.
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1])(1.0) == 1.0
    assert jvp(lambda x: x * grad(lambda y: x + y)(1.0), (1.0,), (1.0,))[1] == 1.0
    assert jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,))[1] == 1.0


def test_the_same_value_handed_on_and_captured_is_two():
    def f(x):
        return grad(lambda y: x * y)(x)  # x, although y is x here

    assert grad(f)(5.0) == 1.0
    assert jvp(f, (5.0,), (1.0,)) == (5.0, 1.0)
    assert grad(lambda x: grad(lambda y: y * y * x)(x))(5.0) == 20.0  # d/dx 2 x x


def test_three_levels_deep_through_closures():
    def f(x):
        def g(y):
            def h(z):
                return x * x * y * y * y * z * z

            return grad(h)(y)  # 2 x^2 y^4

        return grad(g)(x)  # 8 x^5

    assert grad(f)(2.0) == 640.0


@pytest.mark.parametrize(
    "take",
    [
        lambda f, x: grad(f)(x),
        lambda f, x: jvp(f, (x,), (1.0,))[1],
        lambda f, x: vjp(f, x)[1](1.0)[0],
        lambda f, x: jacobian(f)(x),
        lambda f, x: ag.jacfwd(f)(x),
        lambda f, x: ag.jacrev(f)(x),
    ],
)
def test_all_mixtures_of_modes_give_the_third_derivative(take):
    for second in (grad, ag.jacfwd, lambda f: lambda x: jvp(f, (x,), (1.0,))[1]):
        for third in (grad, ag.jacfwd):
            assert third(second(lambda x: take(ag.sin, x)))(0.5) == pytest.approx(-math.cos(0.5))


# -- plain or not --------------------------------------------------------------------------------


def test_results_are_plain_where_no_value_from_outside_takes_part():
    value, slope = value_and_grad(lambda x: x * grad(lambda y: x * y)(1.0))(3.0)
    assert (type(value), type(slope)) == (float, float)
    assert type(jvp(ag.sin, (1.0,), (1.0,))[1]) is float
    assert all(type(entry) is float for entry in hessian(lambda p: p[0] * p[1])([1.0, 2.0])[0])


def test_results_are_values_where_one_takes_part_and_only_there():
    w = Value(2.0)
    value, slope = value_and_grad(lambda x: w * x * x)(3.0)
    assert isinstance(value, Value)
    assert isinstance(slope, Value)
    (by_w,) = ag.gradient(slope, [w])
    assert by_w.data == 6.0
    value, slope = value_and_grad(lambda x: w + x * x)(3.0)
    assert isinstance(value, Value)
    assert slope == 6.0
    assert type(slope) is float  # the slope itself does not depend on w


def test_a_value_that_the_function_makes_is_one_from_outside():
    made = []

    def f(x):
        made.append(Value(2.0))
        return made[0] * x * x

    slope = grad(f)(3.0)
    (by_made,) = ag.gradient(slope, made)
    assert (slope.data, by_made.data) == (12.0, 6.0)


def test_a_leaf_that_escapes_from_its_derivative_is_a_value_to_later_ones():
    kept = []
    grad(lambda y: kept.append(y) or y * y)(3.0)
    slope = grad(lambda x: x * kept[0])(5.0)
    assert isinstance(slope, Value)
    assert slope.data == 3.0
    assert grad(lambda x: x * x)(5.0) == 10.0


def test_what_no_grad_makes_inside_is_a_number():
    def f(x):
        with no_grad():
            scale = 1 / x
        return scale * x * x

    assert grad(f)(4.0) == 2.0
    assert type(grad(f)(4.0)) is float
    assert grad(lambda x: x * grad(f)(x))(4.0) == 2.0 + 4.0 * grad(grad(f))(4.0)


def test_under_no_grad_a_derivative_is_taken_and_records_nothing():
    w = Value(2.0)
    with no_grad():
        assert grad(lambda x: x**3)(2.0) == 12.0
        slope = grad(lambda x: w * x * x)(3.0)
    assert slope.data == 12.0
    assert slope.is_leaf


def test_a_value_as_argument_gives_a_graph():
    x = Value(3.0)
    slope = grad(lambda y: y**3)(x)
    slope.backward()
    assert (slope.data, x.grad) == (27.0, 18.0)


def test_levels_are_those_of_one_thread_whatever_others_do():
    answers, start = [], threading.Barrier(4)

    def work():
        start.wait()
        for _ in range(50):
            answers.append(grad(lambda x: x * grad(lambda y: x * y * y)(2.0))(3.0))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [24.0] * 200
    assert all(type(answer) is float for answer in answers)


def test_derivatives_in_tasks_that_take_turns():
    async def work(x):
        def f(y):
            return x * y * y

        slopes = []
        for _ in range(20):
            slopes.append(grad(f)(2.0))
            await asyncio.sleep(0)
        return slopes

    async def both():
        return await asyncio.gather(work(1.0), work(3.0))

    assert asyncio.run(both()) == [[4.0] * 20, [12.0] * 20]


# -- what is returned beside the result ----------------------------------------------------------


def test_aux_is_returned_plain_where_it_can_be():
    w = Value(2.0)

    def f(x):
        return x**3, {"half": x / 2, "name": "f", "from outside": w * x, "list": [x, 1]}

    slope, aux = grad(f, has_aux=True)(2.0)
    assert slope == 12.0
    assert (aux["half"], aux["name"], aux["list"]) == (1.0, "f", [2.0, 1])
    assert isinstance(aux["from outside"], Value)
    (value, aux), slope = value_and_grad(f, has_aux=True)(2.0)
    assert (value, aux["half"], slope) == (8.0, 1.0, 12.0)
    g = lambda x: (x**3, x / 2)  # noqa: E731
    assert jacobian(g, has_aux=True)(2.0) == (12.0, 1.0)
    assert hessian(g, has_aux=True)(2.0) == (12.0, 1.0)
    assert jvp(g, (2.0,), (1.0,), has_aux=True) == (8.0, 12.0, 1.0)
    assert hvp(g, (2.0,), (1.0,), has_aux=True) == (12.0, 1.0)
    value, pull, aux = vjp(g, 2.0, has_aux=True)
    assert (value, pull(1.0), aux) == (8.0, (12.0,), 1.0)


def test_aux_in_an_array_of_objects():
    numpy = pytest.importorskip("numpy")
    slope, aux = grad(lambda x: (x[0] * x[1], x), has_aux=True)(numpy.array([2.0, 5.0]))
    assert slope.tolist() == [5.0, 2.0]
    assert aux.tolist() == [2.0, 5.0]


def test_aux_of_a_function_that_returns_no_pair():
    with pytest.raises(ValueError, match="has_aux=True the function returns a pair"):
        grad(lambda x: x * x, has_aux=True)(1.0)


# -- errors --------------------------------------------------------------------------------------


class Layer:
    def __init__(self):
        self.weight = 1.0


def test_an_argument_of_an_unknown_class_is_named_with_its_place_and_the_remedy():
    with pytest.raises(
        TypeError, match=r"grad: .*argument 1\['layers'\]\[0\] is a Layer.*register_tree"
    ):
        grad(lambda x, model: x, argnums=(0, 1))(1.0, {"layers": [Layer()]})
