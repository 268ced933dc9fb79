"""vmap is a loop over rows that stacks what it gets, with JAX's conventions."""

from fractions import Fraction

import pytest

import autograd as ag
from autograd import Value, grad, jit, vmap

numpy = pytest.importorskip("numpy")
MATRIX = numpy.arange(6.0).reshape(3, 2)


def test_rows_of_numbers_and_of_arrays():
    assert vmap(lambda x: x * x)(numpy.array([1.0, 2.0, 3.0])).tolist() == [1.0, 4.0, 9.0]
    assert vmap(lambda row: ag.sum(row))(MATRIX).tolist() == [1.0, 5.0, 9.0]
    assert vmap(lambda row: 2 * row)(MATRIX).tolist() == (2 * MATRIX).tolist()


def test_axes_of_arguments_and_of_results():
    f = lambda w, x: {"sum": w["a"] * ag.sum(x), "row": x * w["b"]}  # noqa: E731
    result = vmap(f, in_axes=({"a": None, "b": 0}, 1), out_axes={"sum": 0, "row": 1})(
        {"a": 2.0, "b": numpy.array([1.0, 10.0])}, MATRIX
    )
    assert result["sum"].tolist() == [12.0, 18.0]
    assert result["row"].tolist() == [[0.0, 10.0], [2.0, 30.0], [4.0, 50.0]]
    assert vmap(lambda x: x, in_axes=-1)(MATRIX).tolist() == MATRIX.T.tolist()


def test_it_composes_with_derivatives_both_ways():
    loss = lambda w, x, y: (w * x - y) ** 2  # noqa: E731
    X, Y = numpy.array([1.0, 2.0]), numpy.array([3.0, 5.0])
    slopes = vmap(grad(loss), in_axes=(None, 0, 0))(2.0, X, Y)
    assert slopes.tolist() == [-2.0, -4.0]
    total = lambda w: ag.sum(vmap(lambda x, y: loss(w, x, y))(X, Y))  # noqa: E731
    assert grad(total)(2.0) == -6.0
    assert grad(grad(total))(2.0) == 10.0


def test_numbers_given_by_keyword_are_shared():
    assert vmap(lambda x, scale: x * scale)(MATRIX[:, 1], scale=2.0).tolist() == [2.0, 6.0, 10.0]
    named = jit(lambda x, *, scale: x * scale, in_axes=0)
    assert named(MATRIX[:, 1], scale=2.0).tolist() == [2.0, 6.0, 10.0]


def line(w, x, y, *, scale=1.0):
    return (numpy.dot(w, x) - y) * scale


@pytest.mark.parametrize("compiled", [False, True])
def test_arrays_given_by_keyword_are_mapped_or_have_the_entry_of_their_place(compiled):
    mapped = (lambda f, axes: jit(f, in_axes=axes)) if compiled else vmap
    w, y, scale = numpy.ones(2), numpy.array([1.0, 2.0, 3.0]), numpy.array([1.0, 10.0, 100.0])
    expected = [line(w, MATRIX[row], y[row], scale=scale[row]) for row in range(3)]
    rows = mapped(line, (None, 0, 0))
    assert rows(w, MATRIX, y, scale=scale).tolist() == expected
    assert rows(w, MATRIX, y=y, scale=scale).tolist() == expected
    assert rows(w=w, y=y, x=MATRIX, scale=scale).tolist() == expected
    assert rows(w, MATRIX, y, scale=2.0).tolist() == [
        2.0 * (sum(MATRIX[i]) - y[i]) for i in range(3)
    ]


def test_rows_of_keywords_are_those_of_jax():
    jax = pytest.importorskip("jax")
    x, by_name = MATRIX[:, 1], {"scale": numpy.array([1.0, 10.0, 100.0])}

    def scaled(x, *, scale):
        return x * scale

    theirs = jax.vmap(scaled)(x, **by_name)
    for ours in (
        vmap(scaled),
        jit(scaled, in_axes=0),
        jit(scaled, in_axes=(0,)),
        jit(vmap(scaled)),
    ):
        numpy.testing.assert_allclose(ours(x, **by_name), theirs)


@pytest.mark.parametrize("axes", [0, 1, -1, (0,), (1,), (0, 1)])
@pytest.mark.parametrize("named", [("b",), ("b", "c"), ("c",), ()])
def test_keywords_beyond_in_axes_are_mapped_by_jit_as_by_vmap(axes, named):
    def product(a, b=2.0, c=3.0):
        return (a * b * b).sum() * ag.sum(numpy.ravel(c))

    square = numpy.arange(9.0).reshape(3, 3)
    arrays = {name: square**power for power, name in enumerate(named, 2)}
    if axes == (0, 1) and "b" not in named:
        arrays["b"] = square.T
    rows = vmap(product, axes)(square, **arrays).tolist()
    static = jit(product, in_axes=axes, static_argnames=[] if named else ["c"])
    for compiled in (jit(product, in_axes=axes), jit(vmap(product, axes)), static):
        assert compiled(square, **arrays).tolist() == rows


@pytest.mark.parametrize("make", [vmap, lambda f, **axes: jit(f, **axes)])
@pytest.mark.parametrize(
    ("axes", "named"),
    [
        (1, {"w": numpy.ones((2, 3))}),
        (-1, {"w": numpy.ones((2, 3)), "b": numpy.arange(2.0)}),
        ((1,), {"w": numpy.ones((2, 3))}),
        ((1, None), {"b": numpy.arange(2.0)}),
        (0, {"w": numpy.ones((3, 2)), "b": numpy.arange(3.0)}),
    ],
)
def test_what_is_given_by_keyword_and_has_no_entry_is_mapped_over_axis_0_as_in_jax(
    make, axes, named
):
    jax = pytest.importorskip("jax")
    f = lambda x, w=1.0, b=0.0: (x * w).sum() + b  # noqa: E731
    args = (MATRIX, 2.0) if axes == (1, None) else (MATRIX,)
    theirs = jax.vmap(f, in_axes=axes)(*args, **named)
    numpy.testing.assert_allclose(make(f, in_axes=axes)(*args, **named), theirs)


@pytest.mark.parametrize("out_axes", [0, 1, -1])
def test_keywords_of_a_mapped_function_have_the_same_rows_when_it_is_compiled(out_axes):
    square = numpy.arange(9.0).reshape(3, 3)
    mapped = vmap(lambda a, b: a.sum() * b, in_axes=1, out_axes=out_axes)
    assert jit(mapped)(square, b=square).tolist() == mapped(square, b=square).tolist()


def test_axes_are_whole_numbers_of_every_kind():
    rows = vmap(lambda x, w: x * w, (numpy.int64(1), None), numpy.int32(1))(MATRIX, 2.0)
    assert rows.tolist() == (2.0 * MATRIX).tolist()
    assert vmap(ag.sum, numpy.int64(0))(MATRIX).tolist() == MATRIX.sum(1).tolist()


def test_all_rows_may_be_given_by_keyword():
    mapped = vmap(lambda w, *, x: w * x, in_axes=(None,))
    assert mapped(2.0, x=MATRIX[:, 0]).tolist() == jit(mapped)(2.0, x=MATRIX[:, 0]).tolist()
    with pytest.raises(ValueError, match="maps no argument"):
        jit(mapped)(2.0, x=3.0)


@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
def test_a_compiled_function_takes_all_rows_by_keyword_as_its_vmap_does(reduce):
    rows = numpy.arange(20.0)
    for f in (lambda w, x: w * x, lambda w, *, x: w * x, lambda w, **more: w * more["x"]):
        by_loop = vmap(f, in_axes=(None,))(2.0, x=rows)
        told = {None: by_loop.tolist(), "sum": by_loop.sum(), "mean": by_loop.mean()}[reduce]
        fast = jit(f, in_axes=(None,), reduce=reduce)(2.0, x=rows)
        assert (fast.tolist() if reduce is None else fast) == told
    slopes = jit(ag.value_and_grad(lambda w, x: w * x), in_axes=(None,), reduce="sum")
    assert slopes(2.0, x=rows) == (380.0, 190.0)
    with pytest.raises(ValueError, match=r"maps no argument: .* arrays by keyword"):
        jit(lambda w: w, in_axes=(None,), reduce=reduce)(2.0)


W, TWO, THREE = numpy.ones(2), numpy.ones(2), numpy.ones(3)
PARAMETERS = {"w": W, "b": numpy.ones(1)}
BY_FIRST = r"in_axes=\(None, 0\), which shares argument 0"
BY_SECOND = r"in_axes=\(0, None\), which shares argument 1"


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    ("f", "args", "named", "words"),
    [
        (lambda w, x: numpy.dot(w, x), (W, MATRIX), {}, rf"as in {BY_FIRST} \(w\)$"),
        (lambda x, w: numpy.dot(w, x), (MATRIX, W), {}, rf"as in {BY_SECOND} \(w\)$"),
        (lambda a, b: a * b, (TWO, THREE), {}, rf"{BY_SECOND} \(b\), or {BY_FIRST} \(a\)$"),
        (lambda p, x: p["w"] @ x, (PARAMETERS, MATRIX), {}, rf"{BY_FIRST} \(p\)$"),
        (lambda x, *, w: w @ x, (MATRIX,), {"w": W}, r"\['w'\] has 2 rows: .*partial\(f, w=w\)$"),
        (lambda w, x: w * x, (2.0, THREE), {}, r"is mapped .*, as in in_axes=\(None, 0\)$"),
    ],
)
def test_rows_of_different_numbers_are_told_which_argument_to_share(
    compiled, f, args, named, words
):
    mapped = jit(f, in_axes=0) if compiled else vmap(f)
    with pytest.raises(ValueError, match=words):
        mapped(*args, **named)


def test_values_in_an_array():
    xs = numpy.array([Value(1.0), Value(2.0)], dtype=object)
    ag.sum(vmap(lambda x: x * x)(xs)).backward()
    assert [x.grad for x in xs] == [2.0, 4.0]


def test_no_rows_at_all():
    result = vmap(lambda row: {"sum": ag.sum(row), "row": row})(numpy.zeros((0, 4)))
    assert (result["sum"].shape, result["row"].shape) == ((0,), (0, 4))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: vmap(lambda x: x)(2.0),
            "argument 0 is mapped over axis 0 by in_axes, and is float",
        ),
        (lambda: vmap(lambda x: x, in_axes=2)(MATRIX), "array of shape"),
        (
            lambda: vmap(lambda x, y: x, in_axes=(0,))(MATRIX, MATRIX),
            "1 entry, and .* 2 arguments",
        ),
        (lambda: vmap(lambda x: x, in_axes=None)(MATRIX), "maps no argument"),
        (lambda: vmap(lambda x, y: x + y)(MATRIX, MATRIX.T), "differ in length: argument 0 has 3"),
        (lambda: vmap(lambda x: x, out_axes=3)(MATRIX), "out_axes has 3"),
        (lambda: vmap(lambda x: [x] if x > 1 else x)(MATRIX[:, 0]), "same structure for every row"),
    ],
)
def test_what_does_not_fit_says_so(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_thing_that_is_no_function():
    with pytest.raises(TypeError, match="vmap: takes a function"):
        vmap(3.0)


def of_no_number(kind):
    return {
        "generator": lambda a: (a * n for n in (1.0, 2.0)),
        "map": lambda a: map(abs, [a]),
        "set": lambda a: {a},
        "str": str,
        "dict_values": lambda a: {"a": a}.values(),
        "Box": lambda a: Box(),
    }[kind]


class Box:
    pass


@pytest.mark.parametrize("kind", ["generator", "map", "set", "str", "dict_values", "Box"])
def test_what_is_no_number_is_refused_as_by_the_other_transforms(kind):
    f, rows = of_no_number(kind), numpy.array([1.0, 2.0])
    for transform in (vmap, jit(in_axes=0), lambda f: jit(vmap(f)), lambda f: vmap(jit(f))):
        with pytest.raises(TypeError, match=f"the result is a {kind}"):
            transform(f)(rows)
    with pytest.raises(TypeError, match=f"the result is a {kind}"):
        grad(f)(1.0)


def test_rows_without_numbers_and_of_bools_stay_what_they_are():
    rows = numpy.array([1.0, -2.0])
    assert vmap(lambda a: None)(rows) is None
    for f in (lambda a: a > 0.0, lambda a: numpy.bool_(a > 0.0)):
        assert vmap(f)(rows).dtype == bool
        assert rows[vmap(f)(rows)].tolist() == [1.0]
    assert vmap(lambda a: [])(rows) == []


@pytest.mark.parametrize("number", [1, numpy.int64(1), numpy.float32(1.0), Fraction(1)])
def test_plain_numbers_of_every_kind_come_back_as_floats(number):
    result = vmap(lambda a: [number, a, number if a > 0.0 else 2.0])(numpy.array([1.0, -2.0]))
    assert [each.dtype for each in result] == [float] * 3
    assert [each.tolist() for each in result] == [[1.0, 1.0], [1.0, -2.0], [1.0, 2.0]]
    values = vmap(lambda a: number if a > 0.0 else Value(a))(numpy.array([1.0, -2.0]))
    assert values.dtype == object
    assert type(values[0]) is float


@pytest.mark.parametrize("shape", [(4, 0), (4, 0, 3), (4, 3, 0), (1, 0)])
def test_results_without_entries_have_as_many_rows_under_jit_as_in_eager_code(shape):
    rows = numpy.zeros(shape)
    doubled = vmap(lambda row: 2.0 * row)
    slopes = vmap(grad(lambda row: (row * row).sum()))
    for mapped in (doubled, slopes, vmap(lambda row: row, out_axes=1)):
        assert jit(lambda rows, mapped=mapped: mapped(rows))(rows).shape == mapped(rows).shape

    def loop(rows):
        return ag.scan(lambda carry, row: (carry, row), 0.0, rows)[1]

    assert jit(loop)(rows).shape == loop(rows).shape == shape
    assert jit(vmap(doubled))(numpy.zeros((2, *shape))).shape == (2, *shape)
