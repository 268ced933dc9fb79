"""An array of no dimension, into which NumPy puts some results, is what it holds."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value, grad, jit, vmap
from autograd.table.operation import TABLE

NAMES = [row.name for row in TABLE.values() if row.public and row.symbol == row.name]
BEFORE = {"polygamma": (1,), "clip": (), "where": (True,)}
FUNCTIONS = [getattr(ag, name) for name in NAMES]
REDUCTIONS = [ag.sum, ag.mean, ag.prod, ag.logsumexp]


def boxed(thing):
    array = np.empty((), dtype=object)
    array[()] = thing
    return array


@pytest.mark.parametrize("f", FUNCTIONS, ids=NAMES)
@pytest.mark.parametrize("box", [boxed, np.array])
def test_every_function_takes_it_for_what_it_holds(f, box):
    before = BEFORE.get(f.name, ())
    others = (0.25,) * (f.arity - 1 - len(before))
    number = f(*before, 0.5, *others)
    assert f(*before, box(0.5), *others) == number or number != number
    x, y = Value(0.5), Value(0.5)
    f(*before, x, *others).backward()
    f(*before, boxed(y), *others).backward()
    assert x.grad == y.grad or x.grad != x.grad
    if others and f.name != "clip":
        assert f(*before, *others, boxed(y)).args[-1] is y


@pytest.mark.parametrize("f", REDUCTIONS)
def test_it_may_be_among_the_terms_of_a_reduction(f):
    x, y = Value(0.5), Value(0.5)
    f([x, 2.0]).backward()
    f([boxed(y), np.array(2.0)]).backward()
    assert x.grad == y.grad


def test_questions_and_choices_take_it():
    assert ag.isnan(boxed(Value(np.nan)))
    assert not ag.isinf(np.array(1.0))
    assert ag.where(np.array(True), 1.0, 2.0) == ag.where(boxed(True), 1.0, 2.0) == 1.0
    assert jit(lambda a: ag.where(boxed(a > 0.0), a, 0.0))(2.0) == 2.0


def test_what_numpy_leaves_in_one_goes_on_eagerly_in_derivatives_and_compiled():
    w = np.array([1.0, 2.0])

    def f(w):
        return ag.sin(np.tensordot(w, w, 1))

    slopes = 2.0 * w * np.cos(5.0)
    assert grad(f)(w) == pytest.approx(slopes)
    assert jit(grad(f))(w) == pytest.approx(slopes)
    values = np.array([Value(1.0), Value(2.0)])
    f(values).backward()
    assert [each.grad for each in values] == pytest.approx(slopes)


def test_gradient_and_zero_grad_take_it():
    x = Value(3.0)
    y = x * x
    assert ag.gradient(boxed(y), [boxed(x)])[0].data == 6.0
    y.backward()
    ag.zero_grad(boxed(y))
    assert x.grad == 0.0


def test_a_number_in_one_is_a_number_wherever_one_is_taken():
    for number in (np.array(3.0), np.array(3), boxed(3.0), np.array(3.0, dtype=np.float32)):
        assert Value(number).data == 3.0
        assert grad(lambda x: x * x)(number) == jit(grad(lambda x: x * x))(number) == 6.0
        assert type(grad(lambda x: x * x)(number)) is float
        assert vmap(lambda row, each=number: each)(np.ones(2)).tolist() == [3.0, 3.0]
        x = Value(1.0)
        x.data = x.grad = number
        x.backward(number)
        assert x.grad == 6.0


def test_a_boxed_value_is_no_plain_number():
    with pytest.raises(TypeError, match="takes a plain number here, and was given a Value"):
        Value(boxed(Value(1.0)))
    with pytest.raises(TypeError, match=r"steps: NumPy has put the Value .*: write y\[\(\)\]"):
        list(ag.steps(boxed(Value(1.0) * 2.0)))


def test_trees_keep_an_array_of_no_dimension_as_it_is():
    (leaf,) = ag.tree_leaves([np.array(3.0)])
    assert isinstance(leaf, np.ndarray)


def product(x, y):
    return x * x * y


TRANSFORMED = {
    "grad": lambda z, y: grad(product)(z, y),
    "value_and_grad": lambda z, y: ag.value_and_grad(product, argnums=(0, 1))(z, y),
    "jacobian": lambda z, y: ag.jacobian(product, argnums=1)(z, y),
    "jacfwd": lambda z, y: ag.jacfwd(product)(z, y),
    "jacrev": lambda z, y: ag.jacrev(product)(z, y),
    "hessian": lambda z, y: ag.hessian(product, argnums=(0, 1))(z, y),
    "jvp": lambda z, y: ag.jvp(product, (z, y), (y, z)),
    "vjp": lambda z, y: ag.vjp(product, z, y)[1](z),
    "hvp": lambda z, y: ag.hvp(product, (z, y), (y, z)),
    "vmap": lambda z, y: vmap(product, in_axes=(0, None))(np.ones(3), y).tolist(),
    "rows": lambda z, y: jit(product, in_axes=(0, None))(np.ones(3), y).tolist(),
    "jit": lambda z, y: jit(product)(z, y),
    "jit of grad": lambda z, y: jit(grad(product))(z, y),
    "jit of hessian": lambda z, y: jit(ag.hessian(product))(z, y),
    "of a dict": lambda z, y: grad(lambda p: product(p["z"], p["y"]))({"z": z, "y": y}),
    "of an array by one": lambda z, y: ag.jacobian(lambda z: z * np.ones(2))(z).tolist(),
    "loop": lambda z, y: ag.fori_loop(0, y, lambda i, v: v * z, z),
    "compiled loop": lambda z, y: jit(lambda z, n: ag.fori_loop(0, n, lambda i, v: v * z, z))(z, y),
}


@pytest.mark.parametrize("name", TRANSFORMED)
def test_an_array_of_no_dimension_is_differentiated_as_the_number_is(name):
    f = TRANSFORMED[name]
    found, expected = f(np.array(2.0), np.array(3.0)), f(2.0, 3.0)
    assert found == expected
    assert str(found).replace("np.float64", "") in (str(expected), f"({expected})")


def test_an_array_of_no_dimension_has_no_rows():
    for mapped in (vmap(product), jit(product, in_axes=0)):
        with pytest.raises(ValueError, match=r"is mapped over axis 0.* shape (is )?\(\)"):
            mapped(np.ones(2), np.array(1.0))


def test_what_an_array_has_and_a_number_has_not_says_that_it_is_one_number():
    for transform in (grad, jit):
        with pytest.raises(AttributeError, match="'sum': it is one number, also where an array of"):
            transform(lambda x: x.sum() * x)(np.array(2.0))
        assert transform(lambda x: np.sum(x) * x)(np.array(2.0)) == 4.0
        assert transform(lambda x: x * float(np.shape(x) == ()))(np.array(2.0)) in (1.0, 2.0)
