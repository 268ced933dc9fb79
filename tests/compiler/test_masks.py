"""Arrays of bools among the arguments: conditions in compiled code, as they are in eager code."""

import math
import operator
import pickle
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import Value, grad, jit, put, scan, take, value_and_grad, vmap, where
from autograd.callsite import indexes_a_list

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")

X = np.array([1.5, -2.0, 3.0, 0.25])
KEPT = np.array([True, True, False, False])
MASKS = [np.array(bits) for bits in ([True, False, True, False], [False] * 4, [True] * 4)]

FUNCTIONS = {
    "numpy.where": lambda x, m: np.where(m, x * x, -x).sum(),
    "numpy.where of an entry": lambda x, m: np.where(m[0], x * x, -x).sum(),
    "numpy.select": lambda x, m: np.select([m & KEPT, m], [x * x, 3.0 * x], x).sum(),
    "numpy.select of a default": lambda x, m: np.select([m], [x * x], default=-1.0).sum(),
    "numpy.select by name": lambda x, m: np.select(
        [m, ~m & KEPT], default=-1.0, choicelist=[x * x, 2.0 * x]
    ).sum(),
    "count_nonzero of columns": lambda x, m: np.count_nonzero(m.reshape(2, 2), axis=0) @ x[:2],
    "numpy.where of masks": lambda x, m: where(~np.where(m, KEPT, x > 0.0), x * x, 0.0).sum(),
    "where": lambda x, m: where(m, x * x, -x).sum(),
    "where of an entry": lambda x, m: where(m[1], x[0] * x[1], x[2]),
    "opposite": lambda x, m: where(~m, x * x, 0.0).sum(),
    "opposite of an entry": lambda x, m: where(~m[1], x[0], x[2]) * 2.0,
    "logical_not": lambda x, m: where(np.logical_not(m), x * x, 0.0).sum(),
    "and": lambda x, m: where(m & KEPT, x * x, 0.0).sum(),
    "and, after another": lambda x, m: where(KEPT & m, x * x, 0.0).sum(),
    "and with a bool": lambda x, m: where(m & True, x * x, 0.0).sum(),
    "logical_and": lambda x, m: where(np.logical_and(m, x > 0.0), x * x, 0.0).sum(),
    "logical_and of a bool": lambda x, m: where(np.logical_and(True, m), x * x, 0.0).sum(),
    "or": lambda x, m: where(m | (x > 0.0), x * x, 0.0).sum(),
    "logical_or": lambda x, m: where(np.logical_or(KEPT, m), x * x, 0.0).sum(),
    "xor": lambda x, m: where(m ^ KEPT, x * x, 0.0).sum(),
    "logical_xor": lambda x, m: where(np.logical_xor(m, KEPT), x * x, 0.0).sum(),
    "in place": lambda x, m: where(np.logical_and(m.copy(), KEPT), x, 0.0).sum(),
    "equal": lambda x, m: where(m == KEPT, x * x, 0.0).sum(),
    "unequal": lambda x, m: where(m != KEPT, x * x, 0.0).sum(),
    "sum of masks": lambda x, m: where(m + KEPT, x * x, 0.0).sum(),
    "product of masks": lambda x, m: where(m * KEPT, x * x, 0.0).sum(),
    "maximum of masks": lambda x, m: where(np.maximum(m, KEPT), x * x, 0.0).sum(),
    "count": lambda x, m: (x * x).sum() / (1.0 + m.sum()),
    "count of one": lambda x, m: (x * x).sum() / (1.0 + m[:1].sum()),
    "count_nonzero": lambda x, m: (x * x).sum() / (1.0 + np.count_nonzero(m)),
    "sum of ours": lambda x, m: (x * x).sum() / (1.0 + autograd.sum(m)),
    "mean": lambda x, m: (x * x).sum() * m.mean(),
    "product": lambda x, m: (x * x * m).sum(),
    "product, after another": lambda x, m: (m * x).sum(),
    "dot": lambda x, m: (x * x) @ m,
    "outer": lambda x, m: np.outer(m, x * x).sum(),
    "complement": lambda x, m: (x * x * (1.0 - m)).sum(),
    "as floats": lambda x, m: (x * x * m.astype(float)).sum(),
    "as ints": lambda x, m: (x * x * m.astype(int)).sum(),
    "comparison": lambda x, m: where(m > 0, x * x, 0.0).sum(),
    "any": lambda x, m: where(m.any(), x[0] * x[1], x[2]),
    "numpy.all": lambda x, m: where(np.all(m), x[0] * x[1], x[2]),
    "all of none": lambda x, m: where(np.all(m[:0]), x[0] * x[1], x[2]),
    "masks in order": lambda x, m: where(m <= KEPT, x * x, 0.0).sum(),
    "either so far": lambda x, m: where(np.logical_or.accumulate(m), x * x, 0.0).sum(),
    "pairs of masks": lambda x, m: where(np.logical_and.outer(m, KEPT), x * x, 0.0).sum(),
    "either in two axes": lambda x, m: where(np.any(m.reshape(2, 2)), x[0] * x[1], x[2]),
    "count so far": lambda x, m: (x * x * np.cumsum(m)).sum(),
    "largest": lambda x, m: (x * x).sum() * m.max(),
    "stacked": lambda x, m: where(np.stack([m, x > 0.0]).all(0), x * x, 0.0).sum(),
    "rows of two axes": lambda x, m: where(m.reshape(2, 2), x.reshape(2, 2), 1.0).sum() ** 2,
    "scan": lambda x, m: scan(lambda c, r: (where(r[1], c * r[0], c), None), 2.0, (x, m))[0],
    "lookup": lambda x, m: where(take(m, -1.0 * (x[0] > 0.0)), x[0] * x[1], x[2]),
    "replaced": lambda x, m: where(put(m, 1, True), x * x, 0.0).sum(),
    "vmap": lambda x, m: vmap(lambda a, keep: where(keep, a * a, 0.0))(x, m).sum(),
    "results of scan": lambda x, m: where(scan(lambda c, k: (c, ~k), 0.0, m)[1], x * x, 0).sum(),
    "carry of scan": lambda x, m: where(scan(lambda c, k: (c | k, None), False, m)[0], *x[:2]) * 2,
}


@pytest.mark.parametrize("tier", ["llvm", "grouped"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_one_program_does_with_every_mask_what_eager_code_does(name, tier):
    f = FUNCTIONS[name]
    fast, slopes = jit(f, tier=tier), jit(grad(f), tier=tier)
    for mask in MASKS:
        assert fast(X, mask) == f(X, mask)
        assert np.array_equal(slopes(X, mask), grad(f)(X, mask))
    assert (fast.ways, slopes.ways) == (1, 1)


DECIDING = {
    "if": (lambda x, m: x[0] * x[0] if m[0] else x[1], 2),
    "if any": (lambda x, m: x[0] * x[0] if m.any() else x[1], 2),
    "an index": (lambda x, m: (x[m] ** 2).sum() + 0.0 * x[0], 3),
    "an opposite index": (lambda x, m: (x[~m] ** 2).sum() + 0.0 * x[0], 3),
    "an array of numbers as bools": (lambda x, m: x[m.astype(bool)].sum() + 0.0 * x[0], 3),
    "a filter": (lambda x, m: sum(a * a for a, k in zip(x, m, strict=True) if k) + 0.0 * x[0], 3),
    "assigned": (lambda x, m: assigned(x * 1.0, m).sum(), 3),
}  # fmt: skip


def added(array, place):
    array[place] += 1.0
    return array


def assigned(array, mask):
    array[mask] = 7.0
    return array


@pytest.mark.parametrize("name", DECIDING)
def test_python_decides_by_the_bools_of_each_call(name):
    f, ways = DECIDING[name]
    fast = jit(f)
    for mask in MASKS * 2:
        assert fast(X, mask) == f(X, mask)
        assert np.array_equal(jit(grad(f))(X, mask), grad(f)(X, mask))
    assert fast.ways == ways


def test_one_condition_as_an_index_is_a_bool_and_no_place():
    table = np.arange(1.0, 7.0).reshape(2, 3)
    for f in (
        lambda a, x: a[x > 0.0],
        lambda a, x: a[(a[0] > x).any()],
        lambda a, x: a[x > 0.0, 1:],
        lambda a, x: (a * 2.0)[..., x > 0.0],
    ):
        told = jit(lambda a, x, f=f: (f(a, x).sum(), f(a, x).ndim, f(a, x).size))
        for x in (1.0, -1.0, 9.0):
            entries = f(table, x)
            assert told(table, x) == (entries.sum(), entries.ndim, entries.size)
    fill = jit(lambda a, x: assigned(a * 1.0, x > 0.0))
    assert fill(table, 1.0).tolist() == [[7.0] * 3] * 2
    assert np.array_equal(fill(table, -1.0), table)


EQUAL = {
    "number": lambda c: (c == 1) + 2.0 * (1.0 == c) + 4.0 * (c != 0) + 8.0 * (np.int64(0) != c),  # noqa: SIM300
    "number of another kind": lambda c: (
        (c == Decimal(1)) + 2.0 * (Fraction(1) != c) + 4.0 * (c == 0j)
    ),
    "other number": lambda c: (c == 2) + 2.0 * (c != 0.5) + 4.0 * (c == math.nan),
    "other thing": lambda c: (c == "1") + 2.0 * (c != None) + 4.0 * (c == ()),  # noqa: E711
    "array": lambda c: ((c == X) * 1.0).sum() + 10.0 * ((np.array([0, 1, 1]) != c) * 1.0).sum(),
    "list": lambda c: (c in [0, 2]) + 2.0 * [0, 1].index(c) + 4.0 * [1.0, 0, 1].count(c),
    "keys": lambda c: {0: 5.0, 1: 7.0}[c] + (c in {1.0, 3.0}),
    "choice": lambda c: (c == (1 if c else 2)) * 1.0,
}


@pytest.mark.parametrize("name", EQUAL)
def test_a_condition_equals_the_numbers_that_a_bool_equals(name):
    fast = jit(lambda x: EQUAL[name](x > 0.0) + 0.0 * x)
    for x in (1.0, -1.0, 2.0):
        assert fast(x) == EQUAL[name](x > 0.0)


def test_a_condition_and_a_value_are_refused_and_not_taken_for_unequal():
    for f in (
        lambda x: (x > 0.0) == x,
        lambda x: x == (x > 0.0),
        lambda x: (x > 0.0) != x,
        lambda x: x != (x > 0.0),
    ):
        with pytest.raises(TypeError, match="might compare numbers"):
            f(autograd.Value(1.0))
        with pytest.raises(autograd.TraceError, match=r"compared by [!=]="):
            jit(f)(1.0)


def bracketed(table, condition):
    try:
        return table[condition]
    except:  # noqa: E722 - what tells lists from arrays passes here too
        return None


def test_one_condition_is_a_bool_to_arrays_from_outside_and_a_place_in_lists():
    table, row, pair = np.arange(1.0, 7.0).reshape(2, 3), np.array([1.0, 2.0]), [3.0, 4.0]

    def total(x, condition):
        pairs = [pair, (5.0, x), pair[:], [x * x, x]]  # one place in the code for all of them
        entries = [t[condition] for t in (row, *pairs, table, pair)]
        table_ = table.copy()
        table_[condition, 1:] = 7.0
        more = [table[condition, 1], row[condition] * bracketed(pair, condition), table_]
        return sum(np.sum(each) for each in (*entries, *more)) * x

    def looped(x):
        def body(k, c):
            return c * 0.5 + total(c, c > x)

        return autograd.fori_loop(0, 3, body, x * 0.5)

    def f(x):
        return total(x, x > 0.5)

    fast = jit(f)
    for x in (1.0, -1.0, 2.0, 0.25):
        assert fast(x) == f(x)
        assert jit(grad(f))(x) == grad(f)(x)
        assert jit(looped)(x) == looped(autograd.Value(x)).data
    assert fast.ways == 2
    rows = np.linspace(-1.0, 2.0, 9)
    assert jit(f, in_axes=0)(rows).tolist() == [f(float(x)) for x in rows]


def test_what_a_function_changes_in_its_arguments_is_changed_once_where_lists_have_places():
    def f(v):
        v[0] = v[0] * 2.0
        v[1] = v[1] * [3.0, 5.0][v[0] > 1.0]
        return v.sum()

    assert jit(f)(np.array([1.0, 1.0])) == 7.0
    with pytest.raises(IndexError, match="list index out of range"):
        jit(lambda x: x * [1.0][x > 0.0])(2.0)


def test_a_dictionary_in_a_loop_takes_a_condition_for_the_bool_that_it_is():
    of = {True: 2.0, False: -1.0}

    def f(x):
        def body(i, c):
            entry = of[c > 0.0] + {(1, 0): 0.5, (0, 0): 0.25}[x > 0.0, 0]
            return c * 0.5 + entry * 0.3 + [False, True].index(c > x)

        return autograd.fori_loop(0, 4, body, x)

    for x in (1.0, -1.0, 0.2):
        assert jit(f)(x) == f(x)
        assert jit(grad(f))(x) == grad(f)(x)


def test_a_mask_and_a_place_are_told_apart_where_an_if_becomes_a_choice_too():
    table, numbers = np.array([[1.0, 2.0], [3.0, 4.0]]), [10.0, 20.0]

    def f(x):
        y = numbers[x > 1.0] * x if x > 0.0 else table[x > -1.0].sum() * x
        if y > 3.0:
            y = y + numbers[y > 4.0]
        return y

    fast = jit(f)
    for x in (0.5, -0.5, -2.0, 2.0):
        assert fast(x) == f(x)


def test_an_array_by_a_mask_takes_a_way_for_each_mask_and_where_one_for_all():
    masks = [np.array([*f"{bits:03b}"]) == "1" for bits in range(8)]
    fast = jit(lambda x, m: x[m].sum() * 1.0, max_paths=4)
    with pytest.raises(
        autograd.TraceError, match=r"takes more than 4 ways(.|\n)*Write autograd.where"
    ):
        [fast(X[:3], mask) for mask in masks]
    fast = jit(lambda x, m: where(m, x, 0.0).sum() * 1.0, max_paths=4)
    assert [fast(X[:3], mask) for mask in masks] == [X[:3][mask].sum() for mask in masks]


def masked_loss(w, x, keep, t):
    return where(keep & (t > -9.0), (w * x - t) ** 2, 0.0).sum() / (1.0 + keep.sum())


@pytest.mark.parametrize("rows", [0, 1, 9, 100])
@pytest.mark.parametrize("reduce", [None, "sum", "mean"])
def test_masks_of_rows_are_conditions_of_each_row(rows, reduce):
    random = np.random.default_rng(rows)
    x, t = random.normal(size=(2, rows, 3))
    keep = random.random((rows, 3)) > 0.5
    if not rows and reduce == "mean":
        return
    gradient = value_and_grad(masked_loss)
    value, slope = jit(gradient, in_axes=(None, 0, 0, 0), reduce=reduce)(0.5, x, keep, t)
    by_hand = np.where(keep, (0.5 * x - t) ** 2, 0.0).sum(1) / (1.0 + keep.sum(1))
    slopes = np.where(keep, 2.0 * x * (0.5 * x - t), 0.0).sum(1) / (1.0 + keep.sum(1))
    total = {None: lambda a: a, "sum": np.sum, "mean": np.mean}[reduce]
    assert np.allclose(value, total(by_hand), rtol=1e-13, atol=1e-15)
    assert np.allclose(slope, total(slopes), rtol=1e-13, atol=1e-15)


def test_a_bool_for_each_row_is_a_condition_with_values_too():
    def f(w, x, keep):
        return where(~keep, w * x * x, w)

    keep = np.array([True, False, True, False])
    fast = jit(f, in_axes=(None, 0, 0))
    assert np.array_equal(fast(2.0, X, keep), np.where(keep, 2.0, 2.0 * X * X))
    assert np.array_equal(vmap(f, in_axes=(None, 0, 0))(2.0, X, keep), fast(2.0, X, keep))
    w = Value(2.0)
    autograd.sum(fast(w, X, keep)).backward()
    assert w.grad == np.where(keep, 1.0, X * X).sum()
    w.grad = 0.0
    jit(f, in_axes=(None, 0, 0), reduce="sum")(w, X, keep).backward()
    assert w.grad == np.where(keep, 1.0, X * X).sum()
    for each in (fast, vmap(f, in_axes=(None, 0, 0))):
        assert each(2.0, X[:0], keep[:0]).shape == (0,)
        assert each(Value(2.0), X[:0], keep[:0]).shape == (0,)


def test_a_bool_of_numpys_alone_is_a_condition_and_pythons_the_number_it_was():
    def f(x, flag):
        return where(~flag, x * x, x)

    for flag in (np.True_, np.False_, np.array(True), np.array(False)):
        assert jit(f)(3.0, flag) == f(3.0, flag)
    fast = jit(f)
    assert fast(3.0, np.True_) == 3.0
    with pytest.raises(TypeError, match="bad operand type for unary ~"):
        fast(3.0, 1.0)
    assert jit(lambda x, flag: x * flag)(3.0, True) == 3.0
    fast = jit(lambda x, flag: x * flag)
    assert [fast(3.0, True), fast(3.0, 0.5), fast.ways] == [3.0, 1.5, 1]
    with pytest.raises(TypeError, match="write v > 0; a bool of Python's that a compiled"):
        jit(lambda x, flag: where(flag, x, 0.0))(3.0, True)


def test_derivatives_of_a_call_with_a_mask_go_to_any_order():
    fast = jit(lambda x, m: where(m, x**3, x).sum())
    mask = np.array([True, False, True, False])
    second = grad(lambda x: grad(fast)(x, mask)[0])(X)
    assert np.array_equal(second, [6.0 * X[0], 0.0, 0.0, 0.0])
    x = Value(2.0)
    y = fast([x, x * x] @ np.eye(2), np.array([True, False]))
    (slope,) = autograd.gradient(y, [x])
    assert slope.data == 3.0 * 4.0 + 2.0 * 2.0
    (second,) = autograd.gradient(slope, [x])
    assert second.data == 6.0 * 2.0 + 2.0


def test_a_derivative_by_a_mask_is_that_by_its_numbers():
    def product(x, m):
        return (x * m).sum()

    for f in (grad(product, argnums=1), jit(grad(product, argnums=1))):
        assert np.array_equal(f(X, KEPT), X)


def test_a_mask_among_what_is_differentiated_by_is_told_to_be_compared():
    def kept(d):
        return where(d["keep"], d["x"], 0.0).sum()

    def compared(d):
        return where(d["keep"] > 0, d["x"], 0.0).sum()

    for transform in (grad, lambda f: jit(grad(f))):
        with pytest.raises(TypeError, match="and so is every bool by which is differentiated"):
            transform(kept)({"x": X, "keep": KEPT})
        slopes = transform(compared)({"x": X, "keep": KEPT})
        assert np.array_equal(slopes["x"], KEPT)
        assert np.array_equal(slopes["keep"], [0.0] * 4)


def test_arrays_of_bools_that_a_loop_reads_are_of_any_length():
    def kept(x, m):
        return scan(lambda c, r: (where(r[1], c + r[0], c), None), 0.0, (x, m))[0]

    fast = jit(kept)
    for size in (1, 4, 1000, 0):
        x, m = np.arange(float(size)), np.arange(size) % 3 == 0
        assert fast(x, m) == x[m].sum() == kept(x, m)
    assert fast.ways <= 2  # no rows are a program of their own


def test_conditions_of_the_function_are_rows_of_a_loop_and_entries_of_a_table():
    def f(x):
        return scan(lambda c, r: (c + r[0] * r[1], r[1]), 0.0, (x, x > 0.0))

    (total, signs), (fast_total, fast_signs) = f(X), jit(f)(X)
    assert fast_total == total == X[X > 0.0].sum()
    assert np.array_equal(signs, X > 0.0)
    assert signs.dtype == bool
    assert np.array_equal(fast_signs, X > 0.0)
    picked = jit(lambda x, i: where(take(x > 0.0, i), x, -x).sum())
    assert [picked(X, 0), picked(X, 1)] == [X.sum(), -X.sum()]


def test_many_rows_of_a_mask_under_vmap_are_one_loop():
    x, m = np.arange(50.0), np.arange(50) % 4 > 1
    fast = jit(lambda x, m: vmap(lambda a, keep: where(~keep, a * a, 0.0))(x, m).sum())
    assert fast(x, m) == (x * x)[~m].sum()


def test_detecting_anomalies_drawing_and_pickles_know_masks():
    fast = jit(FUNCTIONS["opposite"])
    assert fast(X, MASKS[0]) == FUNCTIONS["opposite"](X, MASKS[0])
    assert fast.graph.data == FUNCTIONS["opposite"](X, MASKS[0])
    with autograd.detect_anomaly():
        assert fast(X, MASKS[0]) == FUNCTIONS["opposite"](X, MASKS[0])
    kept = jit(lambda x, m: x[m].sum() * 2.0)
    assert kept(X, MASKS[0]) == kept.graph.data
    flagged = jit(lambda x, flag: where(~flag, x, 0.0) * 2.0)
    assert flagged(3.0, np.False_) == flagged.graph.data == 6.0
    assert pickle.loads(pickle.dumps(jit(opposite_of)))(X, MASKS[0]) == opposite_of(X, MASKS[0])


def opposite_of(x, mask):
    return where(~mask, x, 0.0).sum()


@pytest.mark.parametrize("exact", [True, False])
def test_a_program_with_a_product_by_a_mask_has_the_steps_of_one_by_numbers(exact):
    fast = jit(lambda x, m: (x * m).sum(), exact=exact)
    fast(X, KEPT)
    by_mask = fast.source
    fast(X, KEPT.astype(np.int8))
    assert fast.source == by_mask


def test_a_mean_over_a_mask_is_told_how_it_is_written():
    with pytest.raises(TypeError) as caught:
        jit(lambda x, m: np.sum(x, where=m))(X, KEPT)
    assert "add up autograd.where(mask, x, 0.0), and divide by" in caught.value.__notes__[0]
    fast = jit(lambda x, m: where(m, x, 0.0).sum() / m.sum())
    assert fast(X, KEPT) == np.mean(X, where=KEPT)


def test_numbers_as_a_mask_are_told_to_be_compared():
    x, mask = np.arange(3.0), np.array([1.0, 0.0, 1.0])
    with pytest.raises(IndexError) as caught:
        jit(lambda x, mask: x[mask].sum())(x, mask)
    assert "autograd.where(mask > 0, x, 0.0)" in caught.value.__notes__[0]
    assert jit(lambda x, mask: where(mask > 0, x, 0.0).sum())(x, mask) == 2.0
    with pytest.raises(IndexError) as caught:
        jit(lambda x, mask: np.arange(3.0)[mask].sum() * x[0])(x, mask > 0)
    assert "autograd.where(mask > 0, x, 0.0)" in caught.value.__notes__[0]


def test_a_function_of_one_row_with_a_mask_is_advised_to_map_it():
    x, m = np.ones((3, 2)), np.ones((3, 2), bool)

    def f(x, m):
        a, b = x
        return where(m[0], a, b) + where(~m[1], a, b)

    with pytest.raises(ValueError, match=r"in_axes maps it over the rows, jit\(f, in_axes=0\)"):
        jit(f)(x, m)
    assert np.array_equal(jit(f, in_axes=0)(x, m), [2.0] * 3)


@pytest.mark.parametrize("joined", [np.concatenate, np.stack, np.hstack])
def test_comparisons_of_joined_arrays_are_no_decisions(joined):
    fast = jit(lambda x: where(joined([x, 2.0 * x]) > 2.0, 1.0, 0.0).sum())
    for x in (X, -X, X * X):
        assert fast(x) == (joined([x, 2.0 * x]) > 2.0).sum()
    assert fast.ways == 1


@pytest.mark.parametrize(
    ("name", "f"), [("subtract", lambda m: m - KEPT), ("negative", lambda m: -m)]
)
def test_what_numpy_does_not_compute_of_bools_is_refused_compiled_too(name, f):
    for function in (f, jit(f)):
        with pytest.raises(TypeError, match=f"numpy boolean {name}"):
            function(MASKS[0])


UNARY = [
    np.logical_not,
    np.invert,
    np.logical_or.accumulate,
    lambda a: a[::-1],
    lambda a: True ^ a,
]
BINARY = [
    *(np.logical_and, np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or, np.bitwise_xor),
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal),
    *(np.add, np.multiply, np.maximum, np.minimum, lambda a, b: np.where(a, b, ~a)),
]
ENDS = [
    lambda x, e: np.where(e, x * x, -x).sum(),
    lambda x, e: (x * x * e).sum() + e.sum(),
    lambda x, e: where(e.any(), x[0], x[1] * x[1]) + where(np.all(e), x[2], 1.0),
    lambda x, e: vmap(lambda a, keep: where(~keep, a, a * a))(x, e).sum(),
]


def random_condition(random, depth):
    """Return a function of numbers and two masks that gives a mask."""
    if depth == 0:
        kept = random.random(4) > 0.5
        leaves = [lambda x, m, n: m, lambda x, m, n: n, lambda x, m, n: x > 0.0]
        return [*leaves, lambda x, m, n: kept][random.integers(4)]
    first, second = (random_condition(random, depth - 1) for _ in range(2))
    if random.random() < 0.3:
        one = UNARY[random.integers(len(UNARY))]
        return lambda x, m, n: one(first(x, m, n))
    two = BINARY[random.integers(len(BINARY))]
    return lambda x, m, n: two(first(x, m, n), second(x, m, n))


@pytest.mark.parametrize("seed", range(40))
def test_random_functions_of_masks_are_numpys(seed):
    random = np.random.default_rng(seed)
    condition = random_condition(random, 1 + seed % 4)
    end = ENDS[seed % len(ENDS)]

    def f(x, m, n):
        return end(x, condition(x, m, n))

    fast, slope = jit(f), jit(grad(f))
    for _ in range(4):
        x, (m, n) = random.normal(size=4), random.random((2, 4)) > 0.5
        assert fast(x, m, n) == pytest.approx(f(x, m, n), rel=1e-14)
        assert slope(x, m, n) == pytest.approx(grad(f)(x, m, n), rel=1e-14)
    assert (fast.ways, slope.ways) == (1, 1)


def test_any_of_any_of_a_mask_is_the_condition_again():
    def f(x):
        return autograd.where(np.any(x > 1).any() & (x > 0).all().all(axis=None), 1.0, 2.0)

    for x in (np.array([0.5, 3.0]), np.array([0.5, 0.7]), np.array([-0.5, 3.0])):
        assert jit(f)(x) == f(x)
    assert jit(lambda x: [1.0, 2.0][np.any(x > 1).item()])(np.array([3.0, 0.0])) == 2.0


PAIR = [1.0, 2.0]


TABLES = {"pair": PAIR, "rows": [PAIR, PAIR]}


class Slotted:
    __slots__ = ("slot",)

    def __init__(self, slot):
        self.slot = slot


class Holder:
    """Holds lists in all the ways in which an object may."""

    of_class = PAIR

    def __init__(self):
        self.table, self.array, self.tables, self.inner = PAIR, X, TABLES, Slotted(PAIR)
        self.slot = PAIR

    @property
    def decided(self):
        return self.table


class Answering:
    def __getattr__(self, name):
        return PAIR


HOLDER = Holder()


class Probe:
    """An index that notes whether it is certain that a list asks for it."""

    def __init__(self):
        self.certain = []

    def __index__(self):
        self.certain.append(indexes_a_list(sys._getframe(1)))
        return 1


def test_the_code_tells_that_a_list_is_indexed_where_that_is_certain():
    p, held, other, array = Probe(), [3.0, 4.0], (5.0, 6.0), X
    looks = {
        "there": lambda: [1.0, 2.0][p],
        "a tuple there": lambda: (p.certain, 2.0)[p],
        "of a closure": lambda: held[p] + other[p],
        "of the module": lambda: PAIR[p],
        "an attribute": lambda: HOLDER.table[p] + HOLDER.inner.slot[p],
        "an attribute of the class": lambda: HOLDER.of_class[p],
        "an entry": lambda: TABLES["pair"][p] + TABLES["rows"][1][p] + HOLDER.tables["pair"][p],
        "computed index": lambda own=held: own[max(p, p, key=id)],
        "assigned": lambda: assigned(held, p),
    }
    for name, look in looks.items():
        p.certain.clear()
        look()
        assert p.certain, name
        assert all(p.certain), name
    unclear = {
        "array": lambda: array[p],
        "array of a choice": lambda: (held if p is None else array)[p],
        "list by a chosen index": lambda: held[p if held else 0],
        "attribute": lambda: Probe.__dict__["__index__"](p),
        "attribute of the class that code decides on": lambda: HOLDER.decided[p],
        "attribute that is an array": lambda: HOLDER.array[p],
        "attribute of a choice": lambda: (HOLDER if p is None else Slotted(X)).slot[p],
        "attribute that a call may assign": lambda: HOLDER.table[max(p, p, key=id)],
        "attribute that is made up": lambda: Answering().table[p],
        "entry of a choice": lambda: (TABLES if p is None else {"pair": X})["pair"][p],
        "entry by a variable": lambda key="pair": TABLES[key][p],
        "called": lambda: operator.getitem(held, p),
        "range": lambda: range(9)[p],
        "added to": lambda: added(X.copy(), (p,)),
        "named meanwhile": lambda q=array: q[(q := held, p)[1]],
        "a name that a call may give to another": lambda: PAIR[max(p, p, key=id)],
    }
    for name, look in unclear.items():
        p.certain.clear()
        look()
        assert p.certain, name
        assert not any(p.certain), name


def test_lists_that_are_indexed_by_conditions_take_no_more_tracing_than_by_their_ints():
    calls = []

    def by_conditions(x):
        calls.append(1)
        return sum(
            PAIR[each > 0.0] * each + [0.5, 3.0][each > 1.0] + HOLDER.table[each > 0.5]
            for each in x
        )

    def by_ints(x):
        calls.append(-1)
        return sum(
            PAIR[int(each > 0.0)] * each
            + [0.5, 3.0][int(each > 1.0)]
            + HOLDER.table[int(each > 0.5)]
            for each in x
        )

    numbers = [-1.0, 0.5, 2.0, 3.0]
    assert jit(by_conditions)(numbers) == jit(by_ints)(numbers)
    assert sum(calls) == 0


def test_an_array_that_gets_a_lists_place_while_its_index_is_computed_is_indexed_by_a_mask():
    def f(x):
        held = X

        def is_positive():
            nonlocal held
            held = [5.0, 6.0]
            return x > 0.0

        return np.sum(held[is_positive()]) * x

    for x in (2.0, -2.0):
        assert jit(f)(x) == f(x)


def masked(A, x, y):
    A = A * 1.0
    A[[x > 0.0, y > 0.0]] = 7.0
    return A


def masked_by_an_array(A, x, y):
    A = A * 1.0
    A[np.array([x > 0.0, y > 0.0])] += 7.0
    return A


WRITTEN_MASKS = {
    "list": lambda A, x, y: A[[x > 0.0, y > 0.0]],
    "array": lambda A, x, y: A[np.array([x > 0.0, y > 0.0])],
    "computed": lambda A, x, y: (A * 2.0)[[x > 0.0, y > 0.0]],
    "beside a place": lambda A, x, y: A[[x > 0.0, y > 0.0], 0],
    "after a place": lambda A, x, y: A[0, [x > 0.0, y > 0.0]],
    "of two axes": lambda A, x, y: A[[[x > 0.0, y > 0.0], [y > 0.0, x > 0.0]]],
    "with a bool": lambda A, x, y: A[[x > 0.0, True]],
    "with a place": lambda A, x, y: A[[x > 0.0, 1]],
    "assigned": masked,
    "assigned by an array": masked_by_an_array,
    "of a constant": lambda A, x, y: KEPT_ROWS[np.array([x > 0.0, y > 0.0], bool)] + 0.0 * x,
}
KEPT_ROWS = np.arange(4.0).reshape(2, 2) + 5.0


@pytest.mark.parametrize("name", WRITTEN_MASKS)
def test_a_mask_may_be_written_as_a_list_of_conditions(name):
    f, A = WRITTEN_MASKS[name], np.array([[1.5, 2.0], [3.0, -4.0]])
    fast = jit(lambda A, x, y: (f(A, x, y) ** 2.0).sum() + x)
    for x, y in [(1.0, -1.0), (-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]:
        assert fast(A, x, y) == (f(A, x, y) ** 2.0).sum() + x


def test_bits_of_a_condition_are_those_of_its_bool():
    for f in (
        lambda c: [c | 0, c | 6, 1 | c, c & 1, 3 & c, c ^ 1, 1 ^ c, c | np.int64(4)],
        lambda c: [c << 2, 1 << c, c >> 1, 6 >> c, c << c],
        lambda c: [c.real, c.imag, c.numerator, c.denominator, c.bit_length(), c.bit_count()],
        lambda c: [*c.as_integer_ratio(), len(c.to_bytes(1, "big"))],
    ):
        for x in (1.0, -1.0):
            assert jit(lambda x, f=f: f(x > 0.0))(x) == f(x > 0.0)
    for wrong in (lambda c: c | 1.0, lambda c: c << 1.0, lambda c: 2.0 & c):
        with pytest.raises(TypeError, match="unsupported operand"):
            jit(lambda x, wrong=wrong: wrong(x > 0.0))(1.0)
