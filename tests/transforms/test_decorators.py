"""Transforms as decorators: with settings alone, each returns one."""

import copy
import dataclasses
import functools
import inspect
import math
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import grad, hessian, jacfwd, jacobian, jacrev, jit, sin, value_and_grad, vmap
from autograd.testing import assert_derivative

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


def make(decorate, kind):
    """Return a class with a method of a kind below decorators, and an object of it."""

    class Law:
        factor = 2.0

        @decorate
        @staticmethod
        def still(x):
            return 2.0 * x * x

        @decorate
        @classmethod
        def of_class(cls, x):
            return cls.factor * x * x

    return getattr(Law, kind), getattr(Law(), kind)


@pytest.mark.parametrize(
    "decorate",
    [jit, jit(exact=False), ag.no_grad, ag.no_grad(), ag.detect_anomaly(), ag.scope("s")],
)
@pytest.mark.parametrize("kind", ["still", "of_class"])
def test_decorators_stand_above_static_and_class_methods_too(decorate, kind):
    for method in make(decorate, kind):
        assert [method(x) for x in (3.0, 4.0)] == [18.0, 32.0]


@pytest.mark.parametrize("decorate", [vmap, jit(in_axes=0), lambda f: jit(vmap(f))])
@pytest.mark.parametrize("kind", ["still", "of_class"])
def test_rows_are_those_of_the_arguments_of_static_and_class_methods(decorate, kind):
    for method in make(decorate, kind):
        assert method(ROWS[0]).tolist() == [2.0, 8.0]


@pytest.mark.parametrize("transform", DERIVATIVES)
def test_derivatives_stand_above_static_methods_and_count_the_class_of_class_methods(transform):
    for method in make(transform, "still"):
        assert method(3.0) == transform(lambda x: 2.0 * x * x)(3.0)
    for method in make(transform(argnums=1), "of_class"):
        assert method(3.0) == transform(lambda x: 2.0 * x * x)(3.0)
    with pytest.raises(TypeError, match=f"is cls, .* write @{transform.__name__}.argnums=1"):
        make(transform, "of_class")[0](3.0)


class Waves:
    """Methods over rows, whose in_axes leave self out or have None for it."""

    pace = 2.0

    def plain(self, w, row, shift=1.0):
        return self.pace * w * row * shift

    long = jit(plain, in_axes=(None, None, 0, None))
    short = jit(plain, in_axes=(None, 0, None))
    looped = vmap(plain, in_axes=(None, None, 0, None))
    looped_short = vmap(plain, in_axes=(None, 0, None))
    both = jit(vmap(plain, in_axes=(None, None, 0, None)))
    all_mapped = vmap(lambda self, row: self.pace * row)
    static = jit(plain, in_axes=(None, None, 0, None), static_argnums=(0, 3))


@pytest.mark.parametrize("name", ["long", "short", "looped", "looped_short", "both", "static"])
def test_in_axes_of_a_method_leave_self_out_or_share_it(name):
    waves = Waves()
    assert getattr(waves, name)(3.0, ROWS[0], 1.0).tolist() == [6.0, 12.0]
    assert getattr(Waves, name)(waves, 3.0, ROWS[0], 1.0).tolist() == [6.0, 12.0]
    assert waves.all_mapped(ROWS[0]).tolist() == [2.0, 4.0]
    if not name.startswith("looped"):
        assert getattr(waves, name)(3.0, row=ROWS[0], shift=1.0).tolist() == [6.0, 12.0]


@dataclasses.dataclass
class Points:
    x: object

    @vmap
    def size(self):
        return abs(self.x)

    @vmap(in_axes=(0, None))
    def scaled(self, factor):
        return self.x * factor


def test_an_object_that_is_a_tree_may_be_what_is_mapped():
    assert Points(-ROWS[0]).size().tolist() == [1.0, 2.0]
    assert Points(ROWS[0]).scaled(3.0).tolist() == [3.0, 6.0]


@dataclasses.dataclass
class Ray:
    """A tree of numbers, or of arrays as long as the rows."""

    slope: object

    def at(self, x):
        return self.slope * x

    rows = vmap(at)
    compiled_rows = jit(vmap(at))
    rows_of_compiled = vmap(jit(at))
    lanes = jit(at, in_axes=0)
    own_rows = vmap(at, in_axes=(0, 0))


@pytest.mark.parametrize("name", ["rows", "compiled_rows", "rows_of_compiled", "lanes"])
def test_all_rows_share_the_object_of_a_method_that_is_a_tree_too(name):
    x = np.array([1.0, 2.0])
    assert getattr(Ray(3.0), name)(x).tolist() == [3.0, 6.0]
    line = Ray(np.array([3.0, 5.0]))
    assert getattr(line, name)(x).tolist() == [[3.0, 5.0], [6.0, 10.0]]
    assert line.own_rows(x).tolist() == [3.0, 10.0]  # in_axes maps it, as it says


def test_a_property_may_be_compiled_below_it():
    class Circle:
        radius = 2.0

        @property
        @jit
        def area(self):
            return 3.0 * self.radius**2

        @functools.cached_property
        @jit
        def length(self):
            return 6.0 * self.radius

    circle = Circle()
    assert [circle.area, circle.area, circle.length] == [12.0, 12.0, 12.0]


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


def degrees(f):
    """Return a function of degrees, as users write such decorators."""

    @functools.wraps(f)
    def in_degrees(x):
        return f(x * math.pi / 180)

    return in_degrees


class Scale:
    @vmap
    def times(self, x, factor=2.0):
        return x * factor

    @jit
    @vmap
    def compiled(self, x, factor=2.0):
        return x * factor


def test_a_decorator_above_vmap_is_compiled_with_it():
    angles = np.array([30.0, 90.0])
    f = degrees(vmap(sin))
    assert jit(f)(angles) == pytest.approx([0.5, 1.0])
    assert jit(degrees(degrees(vmap(grad(sin)))))(angles) == pytest.approx(
        degrees(degrees(vmap(grad(sin))))(angles)
    )


def test_a_mapped_method_keeps_its_object_when_it_is_compiled():
    scale, x, factors = Scale(), np.arange(3.0), np.array([10.0, 20.0, 30.0])
    for times in (scale.times, jit(scale.times), scale.compiled):
        assert times(x).tolist() == [0.0, 2.0, 4.0]
        assert times(x, factors).tolist() == [0.0, 20.0, 60.0]
        assert times(x, factor=3.0).tolist() == [0.0, 3.0, 6.0]


@pytest.mark.parametrize(
    "again", [lambda f: f, copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))]
)
def test_keywords_of_a_mapped_function_are_mapped_when_it_is_compiled_too(again):
    x, w = np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]])
    mapped = vmap(row_times)
    assert again(jit(mapped))(x, w=w).tolist() == mapped(x, w=w).tolist() == [1.0, 4.0]
    assert again(jit(mapped))(x, w).tolist() == mapped(x, w).tolist() == [1.0, 4.0]
    shared = vmap(row_times, in_axes=(0, None))
    assert again(jit(shared))(x, w=w).tolist() == shared(x, w=w).tolist() == w.tolist()


def row_times(x, w):
    return x @ w


def test_a_decorator_with_arguments_of_its_own_gets_them_from_a_compiled_call():
    def scaled(f):
        @functools.wraps(f)
        def product(*args, scale=1.0, **named):
            return f(*args, **named) * scale + len(args)

        return product

    f = scaled(lambda x, z=0.0: x * 100.0 + z)
    fast = jit(f)
    assert fast(3.0) == f(3.0)
    assert fast(3.0, scale=2.0) == f(3.0, scale=2.0)
    assert fast(3.0, z=5.0) == f(3.0, z=5.0)
    assert fast(3.0, 5.0, scale=0.5) == f(3.0, 5.0, scale=0.5)


def with_other_places(f):
    """Return a function that takes what f takes, the second argument first, and a factor."""

    @functools.wraps(f)
    def other(b, a, *, factor=1.0):
        return f(a, b) * factor

    return other


def difference(a, b):
    return a - 2.0 * b


@pytest.mark.parametrize(
    "above",
    [
        lambda f: f,
        jit,
        ag.no_grad,
        ag.scope("inner"),
        functools.partial,
        functools.lru_cache,
        lambda f: grad(f, argnums=1),
        lambda f: functools.wraps(f)(lambda *args, **named: f(*args, **named)),
    ],
)
def test_names_go_to_the_arguments_of_a_decorator_wherever_it_stands(above):
    f = above(with_other_places(difference))
    rows, factors = np.array([1.0, 3.0]), {"factor": 10.0}
    expected = f(2.0, 1.0, **factors)
    assert jit(f)(2.0, a=1.0, **factors) == expected
    assert jit(f, static_argnames="factor")(2.0, a=1.0, **factors) == expected
    assert jit(f, static_argnums=0)(2.0, a=1.0, **factors) == expected
    lanes = jit(f, in_axes=(None, 0))
    assert lanes(2.0, a=rows).tolist() == [f(2.0, row) for row in rows.tolist()]
    assert lanes(b=2.0, a=rows).tolist() == lanes(2.0, rows).tolist()


def test_names_of_a_decorator_that_passes_all_on_are_static_or_have_a_place():
    def scaled(f):
        @functools.wraps(f)
        def product(*args, scale=1.0, **named):
            return f(*args, **named) * scale

        return product

    f, rows = ag.scope("s")(scaled(difference)), np.array([1.0, 3.0])
    for name in ("scale", "b"):
        assert jit(f, static_argnames=name)(1.0, b=5.0, scale=2.0) == -18.0
    assert jit(f, in_axes=(0, None))(rows, b=5.0, scale=2.0).tolist() == [-18.0, -14.0]
    with pytest.raises(ValueError, match="in_axes has 3 entries, and difference was called with 2"):
        jit(f, in_axes=(0, None, None))(rows, b=5.0)


def test_the_argument_of_a_decorator_above_a_derivative_is_not_differentiated():
    @ag.scope("outer")
    @(lambda f: functools.wraps(f)(lambda z, x: f(x) * z))
    @grad
    def slope(x):
        return x**3

    rows = np.array([1.0, 2.0])
    assert jit(slope, in_axes=(0, None), reduce="sum")(rows, 2.0) == 36.0
    assert jit(slope, static_argnums=0)(5.0, 2.0) == 60.0
    kept = functools.wraps(slope)(lambda *args: slope(*args))
    plain = functools.wraps(grad(sin))(lambda *args: grad(sin)(*args))
    assert jit(kept, in_axes=(0, None), reduce="sum")(rows, 2.0) == 36.0
    with pytest.raises(ValueError, match="is mapped and differentiated"):
        jit(plain, in_axes=0, reduce="sum")(rows)


def test_a_domain_by_name_is_that_of_the_argument_of_a_decorator():
    f = with_other_places(lambda a, b: ag.log(a) * b)
    domain = {"a": (1.0, 2.0), "b": (-2.0, -1.0)}
    assert_derivative(f, lambda b, a: (math.log(a), b / a), domain=domain)


def test_functions_whose_signature_is_not_known_take_names_as_without_compiling():
    x = np.arange(6.0).reshape(2, 3)
    assert jit(np.outer)(x[0], b=x[1]).tolist() == np.outer(x[0], x[1]).tolist()
    assert jit(np.outer, in_axes=(0, 0))(x, b=x)[1].tolist() == np.outer(x[1], x[1]).tolist()
    mean = jit(np.mean, static_argnames=("axis", "keepdims"))
    assert mean(x, axis=0, keepdims=True).tolist() == [[1.5, 2.5, 3.5]]


def test_a_default_that_is_no_number_stays_one_before_a_static_argument():
    def grown(x, mode="power", count=2):
        return x**count if mode == "power" else x * count

    assert jit(grown, static_argnames="count")(2.0, count=3) == 8.0
    lanes = jit(grown, in_axes=(0, None, None), static_argnames=("mode", "count"))
    assert lanes(ROWS[0], count=3).tolist() == [1.0, 8.0]
