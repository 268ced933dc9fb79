"""Functions of one row that are given all rows: when in_axes is advised, and when it is not."""

import math
import sys

import numpy as np
import pytest

import autograd as ag
from autograd import grad, jit, scan, value_and_grad, vmap

ROWS, WEIGHTS, TARGETS = np.ones((3, 2)), np.array([1.0, 2.0]), np.ones(3)


def error(w, row, target):
    return (w[0] * row[0] + w[1] * row[1] - target) ** 2


def of_numbers(x):
    return x * x if x > 0.0 else x


@pytest.mark.parametrize("transform", [jit, grad, lambda f: jit(grad(f))])
def test_the_axes_that_are_advised_are_right_for_all_rows(transform):
    with pytest.raises(ag.AutogradError, match=r"in_axes=\(None, 0, 0\)"):
        transform(error)(WEIGHTS, ROWS, TARGETS)
    results = vmap(transform(error), in_axes=(None, 0, 0))(WEIGHTS, ROWS, TARGETS)
    assert len(results) == 3


def test_where_weights_are_as_many_as_rows_the_function_itself_decides():
    square = np.ones((2, 2))
    with pytest.raises(ag.AutogradError, match=r"in_axes=\(None, 0, 0\)"):
        grad(error)(WEIGHTS, square, np.ones(2))


@pytest.mark.parametrize(
    "f", [math.sin, lambda x: x.nothing, lambda x: x[5, 0], lambda x: x * "a", lambda x: [x, x]]
)
@pytest.mark.parametrize("transform", [jit, grad])
def test_nothing_is_advised_for_a_function_that_fails_on_a_row_too(f, transform):
    try:
        transform(f)(WEIGHTS)
    except Exception as caught:
        assert "in_axes" not in str(caught)  # noqa: PT017 - jit of the last one is right


@pytest.mark.parametrize("rows", [[1.0, "x"], [1.0, None], np.ma.masked_array([1.0, 2.0], [0, 1])])
def test_nothing_is_advised_where_a_later_row_holds_no_number(rows):
    with pytest.raises(TypeError) as caught:
        grad(of_numbers)(rows)
    assert "in_axes" not in str(caught.value)


def test_the_first_error_is_the_cause():
    with pytest.raises(ag.AutogradError) as caught:
        jit(of_numbers)(WEIGHTS)
    assert isinstance(caught.value.__cause__, ValueError)


def test_without_numpy_the_function_s_own_error_is_left(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    for f, kind in [(lambda x: x.nothing, AttributeError), (lambda x: x[0], TypeError)]:
        with pytest.raises(kind) as caught:
            grad(f)(2.0)
        assert "numpy" not in str(caught.value)


@pytest.mark.parametrize("transform", [jit, grad, vmap])
def test_an_error_that_the_function_itself_raises_stays_what_it_is(transform):
    def of_one_number(x):
        if np.ndim(x):
            raise TypeError("I take a number")
        return x * x

    argument = ROWS if transform is vmap else WEIGHTS
    with pytest.raises(TypeError, match=r"^I take a number$"):
        transform(of_one_number)(argument)


def test_what_numpy_computes_on_floats_alone_is_no_reason_to_map_rows():
    with pytest.raises(TypeError, match="svd") as caught:
        ag.grad(lambda m: np.linalg.norm(m, 2))(np.ones((2, 2)))
    assert "numpy.linalg.norm computes on floats alone" in caught.value.__notes__[0]


def test_a_number_that_is_taken_for_an_array_of_a_row_is_told_to_be_one():
    rows, targets = np.ones((3, 2)), np.ones(3)
    calls = [
        lambda: jit(lambda x, y: x * y[:, None], in_axes=0)(rows, targets),
        lambda: vmap(lambda y: y[0])(targets),
        lambda: grad(lambda y: y[0])(2.0),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="not subscriptable") as caught:
            call()
        assert "an array of one axis is a number" in caught.value.__notes__[0]
    assert jit(lambda x, y: (x * y).sum(), in_axes=0)(rows, targets).tolist() == [2.0, 2.0, 2.0]


X, W = np.arange(12.0).reshape(4, 3), np.array([0.5, -1.0, 2.0])


@pytest.mark.parametrize("transform", [jit, grad, lambda f: jit(grad(f))])
@pytest.mark.parametrize("product", [lambda a, b: a @ b, np.dot], ids=["matmul", "dot"])
def test_operands_the_wrong_way_round_are_no_reason_to_map_some_rows_beside_all(transform, product):
    def loss(w, X, y):
        return ((product(w, X) - y) ** 2).mean()

    with pytest.raises(ValueError, match=r"matmul|not aligned") as caught:  # as they stand
        transform(loss)(W, X, np.ones(4))
    assert "in_axes" not in str(caught.value)
    assert caught.value.__notes__ == ["the shapes fit as X @ w"]


def test_a_function_of_one_row_may_have_meant_the_product_with_all_of_them():
    with pytest.raises(ValueError, match=r"in_axes=\(None, 0\).*; or did you mean X @ w\?"):
        jit(lambda w, X: w @ X)(W, X)
    rows = jit(lambda w, X: w @ X, in_axes=(None, 0))(W, X)
    assert np.allclose(rows, jit(lambda w, X: X @ w)(W, X))


def test_a_matrix_of_weights_before_rows_is_told_to_be_transposed():
    with pytest.raises(ValueError, match="mismatch") as caught:
        grad(lambda M, X: np.sum(M @ X))(np.ones((5, 3)), X)
    assert caught.value.__notes__ == ["the shapes fit as X @ M.T"]


def test_arguments_by_name_that_a_derivative_does_not_take_are_the_true_cause():
    with pytest.raises(ag.AutogradError, match="called with 0 positional") as caught:
        grad(error)(w=WEIGHTS, row=ROWS, target=TARGETS)
    assert "in_axes" not in str(caught.value)


@pytest.mark.parametrize(
    ("f", "numbers"),
    [
        (lambda x: np.unique(x).sum(), [1.0, 1.0, 2.0]),
        (lambda x: np.unique(x).sum(), np.array([1.0, 1.0, 2.0])),
        (lambda mask: np.bincount(mask).sum(), np.array([True, False])),
        (lambda x: np.bincount(np.atleast_1d(x)).sum(), np.array([1, 2])),
    ],
)
def test_what_numpy_asks_of_numbers_that_are_traced_is_no_reason_to_map_rows(f, numbers):
    with pytest.raises(TypeError) as caught:
        jit(f)(numbers)
    assert "in_axes" not in str(caught.value)
    is_cast = "Cannot cast" in str(caught.value)
    assert is_cast == any("call it outside" in n for n in getattr(caught.value, "__notes__", []))


@pytest.mark.parametrize("f", [lambda x: np.interp(x, [0, 1], [0, 1]).sum(), np.nansum])
def test_what_numpy_does_not_compute_is_explained_once_under_jit(f):
    with pytest.raises(TypeError) as caught:
        jit(grad(f))(np.ones(2))
    assert len(caught.value.__notes__) == 1


@pytest.mark.parametrize("transform", [grad, jit, lambda f: jit(grad(f))])
def test_where_of_numpy_is_told_to_be_an_index(transform):
    x, mask = np.array([1.0, 2.0, 4.0]), np.array([True, False, True])
    with pytest.raises(ValueError, match="where mask") as caught:
        transform(lambda x: np.mean(x, where=mask))(x)
    assert caught.value.__notes__ == [
        "NumPy's where= is for plain numbers, and here are Values: write x[mask].sum(), "
        "x[mask].mean() and so on"
    ]
    transform(lambda x: x[mask].mean())(x)


@pytest.mark.parametrize("transform", [grad, jit, value_and_grad])
def test_a_list_among_the_arguments_that_is_used_as_an_array_is_told_of(transform):
    def squares(x):
        return (x**2).sum()

    with pytest.raises(TypeError, match="unsupported operand") as caught:
        transform(squares)([1.0, 2.0])
    assert caught.value.__notes__[-1].endswith("give an array, numpy.asarray(...)")
    transform(squares)(np.asarray([1.0, 2.0]))  # what it says
    with pytest.raises(TypeError) as caught:  # no argument is one
        transform(lambda x: [x] ** x)(1.0)
    assert "numpy.asarray" not in str(getattr(caught.value, "__notes__", None))


@pytest.mark.parametrize("transform", [grad, jit])
def test_a_list_inside_of_an_argument_that_is_used_as_an_array_is_told_of(transform):
    numbers = [1.0, 2.0]
    for f in (lambda p: (2.0 - p["w"]).sum(), lambda p: (-p["w"]).sum()):
        for given in (numbers, tuple(numbers)):
            with pytest.raises(TypeError, match="operand type") as caught:
                transform(f)({"w": given})
            assert caught.value.__notes__[-1].endswith("give an array, numpy.asarray(...)")
        transform(f)({"w": np.asarray(numbers)})  # what it says


def test_a_list_times_a_traced_number_is_told_how_it_is_multiplied():
    with pytest.raises(ag.TraceError, match=r"\[number \* v for number in numbers\]"):
        jit(lambda w, v: w * v)([1.0, 2.0], 3.0)
    assert jit(lambda w, v: [number * v for number in w])([1.0, 2.0], 3.0) == [3.0, 6.0]


def test_a_carry_that_does_not_fit_is_told_of_and_not_mapped_over_rows():
    rows = np.ones((5, 3))
    with pytest.raises(ag.AutogradError, match=r"carry keeps its structure$") as caught:
        jit(lambda w, xs: scan(lambda c, x: (c + x * w, None), 0.0, xs)[0])(1.0, rows)
    assert "in_axes" not in str(caught.value)
