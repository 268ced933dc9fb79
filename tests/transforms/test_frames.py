"""Data frames and series of pandas and polars as arguments: arrays of their numbers."""

import math
import re
import statistics

import numpy as np
import pytest

import autograd
from autograd import fori_loop, grad, hessian, jacobian, jit, jvp, put, scan, take, vjp, vmap
from autograd.testing import check_gradient

COLUMNS = {"a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0]}
SLOPES = np.column_stack([COLUMNS["b"], COLUMNS["a"]])  # of sum(a * b), worked out by hand


@pytest.fixture(params=["pandas", "polars"])
def frames(request):
    return pytest.importorskip(request.param)


def named(frame):
    """Return what the advice says for columns by name."""
    return dict(frame) if hasattr(frame, "keys") else frame.to_dict()


def by_name(d):
    return (d["a"] * d["b"]).sum()


def by_attribute(d):
    return (d.a * d.b).sum()


def by_place(d):
    return (d[:, 0] * d[:, 1]).sum()


@pytest.mark.parametrize("compiled", [lambda f: f, jit], ids=["eager", "jit"])
def test_columns_go_by_place_and_those_of_a_dict_by_name(frames, compiled):
    frame = frames.DataFrame(COLUMNS)
    np.testing.assert_array_equal(compiled(grad(by_place))(frame), SLOPES)
    slopes = compiled(grad(by_name))(named(frame))
    np.testing.assert_array_equal(slopes["a"], COLUMNS["b"])
    np.testing.assert_array_equal(slopes["b"], COLUMNS["a"])
    np.testing.assert_array_equal(compiled(grad(lambda s: (s * s).sum()))(frame["a"]), [2, 4, 6])


def test_rows_go_by_place_and_those_of_a_dict_by_name(frames):
    frame = frames.DataFrame(COLUMNS)
    expected = np.multiply(COLUMNS["a"], COLUMNS["b"])
    for mapped in (lambda f: jit(f, in_axes=0), vmap):
        np.testing.assert_array_equal(mapped(lambda d: d[0] * d[1])(frame), expected)
        np.testing.assert_array_equal(mapped(lambda d: d["a"] * d["b"])(named(frame)), expected)


CALLS = {
    "grad": lambda f, frame: grad(f)(frame),
    "jacobian": lambda f, frame: jacobian(f)(frame),
    "hessian": lambda f, frame: hessian(f)(frame),
    "jvp": lambda f, frame: jvp(f, (frame,), (frame,)),
    "vjp": lambda f, frame: vjp(f, frame),
    "vmap": lambda f, frame: vmap(f)(frame),
    "check_gradient": lambda f, frame: check_gradient(f, frame),
    "jit": lambda f, frame: jit(f)(frame),
    "jit of grad": lambda f, frame: jit(grad(f))(frame),
    "jit of rows": lambda f, frame: jit(f, in_axes=0)(frame),
    "jit within a tree": lambda f, frame: jit(lambda tree: f(tree["data"]))({"data": frame}),
    "grad of jit": lambda f, frame: grad(jit(f))(frame),
}


@pytest.mark.parametrize("f", [by_name, by_attribute, lambda d: d.columns, lambda d: d[["a"]]])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_name_asked_of_a_frame_is_refused_with_the_way_out(frames, call, f):
    frame = frames.DataFrame(COLUMNS)
    way = "dict(frame)" if hasattr(frame, "keys") else "frame.to_dict()"
    words = rf"gets a DataFrame as an array .* pass {re.escape(way)} to take parts by name"
    with pytest.raises(autograd.AutogradError, match=words):
        call(f, frame)


def test_other_errors_of_the_function_stay_what_they_are(frames):
    frame = frames.DataFrame(COLUMNS)
    with pytest.raises(IndexError, match="list index out of range"):
        grad(lambda d: [1.0][2])(frame)
    with pytest.raises(AttributeError, match="'list' object has no attribute 'a'"):
        jit(lambda d: [].a)(frame)
    with pytest.raises(IndexError, match="only integers, slices"):
        grad(lambda d: d["a"])(np.ones(3))
    with pytest.raises(IndexError, match="only integers, slices"):  # the frame stays a frame there
        grad(lambda w, d: np.ones(3)["a"] * w)(1.0, frame)


@pytest.mark.parametrize("call", [grad, lambda f: jit(grad(f)), jit])
def test_what_numpy_computes_on_floats_alone_is_explained_in_a_note(call):
    with pytest.raises(TypeError, match="not supported for the input types") as caught:
        call(lambda a: np.logaddexp(a, 1.0).sum())(np.ones(3))
    assert [note for note in caught.value.__notes__ if "write autograd.logaddexp" in note]
    assert len(caught.value.__notes__) == 1
    slopes = grad(lambda a: autograd.logaddexp(a, 1.0).sum())(np.ones(3))
    np.testing.assert_array_equal(slopes, [0.5] * 3)


def test_a_system_that_numpy_solves_on_floats_alone_is_explained():
    with pytest.raises(TypeError, match="solve") as caught:
        grad(lambda a: np.linalg.solve(a, np.ones(2)).sum())(np.eye(2))
    assert "write it with operators and the functions of autograd" in caught.value.__notes__[0]


def covariance(x, y):
    return ((x - x.mean()) * (y - y.mean())).sum() / (len(x) - 1)


@pytest.mark.parametrize("transform", [grad, jit])
@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("linalg.inv", "a loop that eliminates"),
        ("linalg.eig", "numpy.linalg.eig computes on floats alone"),
        ("linalg.qr", "numpy.linalg.qr computes on floats alone"),
        ("cov", "((x - x.mean()) * (y - y.mean())).sum() / (len(x) - 1)"),
    ],
)
def test_what_numpy_cannot_do_with_values_says_what_to_write(transform, name, way):
    function = np.linalg if "." in name else np
    function = getattr(function, name.rpartition(".")[2])
    with pytest.raises((TypeError, AttributeError)) as caught:
        transform(lambda a: function(a))(np.array([[2.0, 1.0], [1.0, 3.0]]))
    assert way in caught.value.__notes__[0]


@pytest.mark.parametrize("make", [np.zeros, np.ones, np.empty, lambda n: np.full(n, 2.0)])
def test_an_array_of_as_many_entries_as_a_value_says_is_told_how_to_count(make):
    with pytest.raises(TypeError) as caught:
        jit(lambda n: make(n).sum() * n)(3)
    assert "jit(f, static_argnames='n')" in caught.value.__notes__[0]
    assert jit(lambda n: make(n).size * n, static_argnames="n")(3) == 9.0
    with pytest.raises(TypeError) as caught:
        grad(lambda n: make(n).sum() * n)(3.0)
    assert "int(n.data)" in caught.value.__notes__[0]
    assert grad(lambda n: make(int(n.data)).size * n)(3.0) == 3.0


def test_an_error_of_the_users_own_function_that_numpy_calls_gets_no_note_about_numpy():
    def failing(row):
        raise TypeError("of my own")

    with pytest.raises(TypeError, match="of my own") as caught:
        grad(lambda a: np.average(np.apply_along_axis(failing, 0, a)))(np.eye(2))
    assert not hasattr(caught.value, "__notes__")


def test_the_ways_around_functions_of_numpy_give_what_these_give():
    x, y = np.array([1.0, 2.0, 6.0]), np.array([0.5, -1.0, 2.0])
    assert grad(covariance)(x, y) == pytest.approx((y - y.mean()) / 2)
    assert covariance(x, y) == pytest.approx(np.cov(x, y)[0, 1])
    correlation = ((x - x.mean()) * (y - y.mean())).sum() / (len(x) * x.std() * y.std())
    assert correlation == pytest.approx(np.corrcoef(x, y)[0, 1])


def test_functions_of_jax_and_of_pytorch_say_which_is_ours():
    jnp, torch = pytest.importorskip("jax.numpy"), pytest.importorskip("torch")
    for transform in (grad, jit):
        with pytest.raises(TypeError) as caught:
            transform(lambda a: jnp.sin(a))(1.0)
        assert any("write autograd.sin" in note for note in caught.value.__notes__)
        with pytest.raises(autograd.AutogradError, match=r"torch.sin .* write autograd.sin"):
            transform(lambda a: torch.sin(a))(1.0)
    with pytest.raises(autograd.AutogradError, match=r"torch.relu .* write autograd.relu"):
        torch.nn.functional.relu(autograd.Value(1.0))


def test_a_frame_beside_the_argument_of_a_gradient_stays_a_frame():
    frame = pytest.importorskip("pandas").DataFrame(COLUMNS)
    assert grad(lambda w, d: (d["a"] * w).sum())(2.0, frame) == 6.0


def test_loops_and_lookups_read_the_rows_of_a_frame(frames):
    frame, column = frames.DataFrame(COLUMNS), frames.Series([1.0, 2.0, 3.0])

    def total(xs):
        return scan(lambda carry, row: (carry + row[0] * row[1], None), 0.0, xs)[0]

    assert total(frame) == jit(total)(frame) == 32.0
    assert take(column, 1) == 2.0
    assert list(take(frame, 1)) == [2.0, 5.0]
    assert list(put(column, 0, 7.0)) == [7.0, 2.0, 3.0]
    assert fori_loop(0, 3, lambda i, sum_: sum_ + take(column, i), 0.0) == 6.0


@pytest.mark.parametrize("transform", [grad, jit])
def test_what_reads_numbers_of_values_elsewhere_says_what_to_write(transform):
    """NumPy's indices, pandas' means and Python's math raise their own errors, which get notes."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    column = polars.Series([1.0, 2.0, 6.0])
    frame, table = pandas.DataFrame({"a": [1.0, 2.0, 6.0]}), np.array([1.0, 2.0, 3.0])
    x = np.array([1.0, 2.0])
    cases = [
        ((IndexError, "autograd.take"), lambda i: table[i], lambda i: take(table, i), 1.0),
        ((TypeError, "to_numpy"), lambda k: (frame.a * k).mean(),
         lambda k: (frame.a.to_numpy() * k).mean(), 2.0),
        ((TypeError, "polars .* series.to_numpy"), lambda k: k * column,
         lambda k: (column.to_numpy() * k).mean(), 2.0),
        ((TypeError, "autograd.mean"), lambda k: statistics.mean([k, k]),
         lambda k: autograd.mean([k, k]), 2.0),
        ((TypeError, "numpy.exp"), lambda x: math.exp(x), lambda x: np.exp(x).sum(), x),
    ]  # fmt: skip
    for (kind, words), wrong, right, argument in cases:
        with pytest.raises(kind) as caught:
            transform(wrong)(argument)
        assert any(re.search(words, note) for note in caught.value.__notes__)
        transform(right)(argument)


@pytest.mark.parametrize("transform", [grad, jit])
@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: (x * x).sum(),
        lambda x: (2.0 * x).sum(),
        lambda x: (x**2).sum(),
        lambda x: x.sum(),
        lambda x: x.shape[0] * x[0],
    ],
)
def test_a_list_that_is_computed_with_as_an_array_is_told_to_be_one(transform, kind, f):
    with pytest.raises((TypeError, AttributeError)) as caught:
        transform(f)(kind([1.0, 2.0]))
    words = f"a {kind.__name__} among the arguments stays one, without arithmetic: give an array"
    assert [note.startswith(words) for note in caught.value.__notes__] == [True]
    transform(f)(np.asarray([1.0, 2.0]))


def test_an_attribute_that_neither_lists_nor_arrays_have_is_no_reason_to_give_an_array():
    with pytest.raises(AttributeError) as caught:
        grad(lambda x: x.nothing)([1.0])
    assert not hasattr(caught.value, "__notes__")
