"""Transforms as decorators: with settings alone, each returns one."""

import inspect
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import grad, hessian, jacfwd, jacobian, jacrev, jit, value_and_grad, vmap

DERIVATIVES = [grad, value_and_grad, jacobian, jacfwd, jacrev, hessian]
ROWS = np.array([[1.0, 2.0], [3.0, 4.0]])


@jit(exact=False)
def area(width, height=2.0):
    """Return the area of a rectangle."""
    return width * height


class Line:
    slope = 3.0

    @jit(static_argnames="times")
    def at(self, x, times=1):
        return self.slope * x * times

    @grad(argnums=1)
    def by_shift(self, shift):
        return self.slope * shift


def product(a, b):
    return a * b * b


@pytest.mark.parametrize("transform", DERIVATIVES)
def test_a_derivative_with_settings_alone_is_a_decorator(transform):
    assert transform(argnums=1)(product)(2.0, 3.0) == transform(product, 1)(2.0, 3.0)
    assert transform()(product)(2.0, 3.0) == transform(product)(2.0, 3.0)
    assert transform(f=product)(2.0, 3.0) == transform(product)(2.0, 3.0)


def test_jit_with_settings_alone_is_a_decorator():
    assert area(3.0) == 6.0
    assert not area.exact
    assert area.__doc__ == "Return the area of a rectangle."
    assert [*inspect.signature(area).parameters] == ["width", "height"]
    assert pickle.loads(pickle.dumps(area)) is area
    assert jit(in_axes=0, reduce="sum")(ag.sin)(ROWS[0]) == np.sin(ROWS[0]).sum()
    assert jit()(product)(2.0, 3.0) == 18.0


def test_vmap_with_settings_alone_is_a_decorator():
    assert (vmap(in_axes=(0, None))(product)(ROWS[0], 2.0) == [4.0, 8.0]).all()


def test_decorators_of_methods_take_the_object():
    assert Line().at(2.0, times=2) == 12.0
    assert Line().by_shift(5.0) == 3.0


def test_decorators_stand_on_each_other():
    @jit(exact=True)
    @vmap(in_axes=0)
    @grad()
    def slope(x):
        return x**3

    assert (slope(ROWS[0]) == [3.0, 12.0]).all()


@pytest.mark.parametrize("transform", [*DERIVATIVES, vmap, jit])
def test_what_is_no_setting_is_refused_at_once(transform):
    with pytest.raises(TypeError, match="nothing"):
        transform(nothing=1)
    for bad in (5, "f", None, (0, 1)):
        with pytest.raises(ag.AutogradError, match=f"^{transform.__name__}: takes a function"):
            transform(bad)


@pytest.mark.parametrize("transform", [*DERIVATIVES, vmap, jit])
def test_the_signature_says_that_the_function_may_come_later(transform):
    first, *settings = inspect.signature(transform).parameters.values()
    assert first.name == "f"
    assert repr(first.default) == "<the decorated function>"
    assert all(each.default is not each.empty for each in settings)
    assert pickle.loads(pickle.dumps(transform)) is transform
