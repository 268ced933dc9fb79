"""What takes plain numbers alone, given a traced one: the error says which argument to keep."""

import itertools

import numpy as np
import pytest

from autograd import grad, jit

X = np.array([1.0, 2.0, 4.0])

COUNTS = {
    "arange": lambda x, n: np.arange(n).sum() * x[0],
    "tile": lambda x, n: np.tile(x, n).sum(),
    "tri": lambda x, n: np.tri(n).sum() * x[0],
    "diff": lambda x, n: np.diff(x, n).sum(),
    "zeros": lambda x, n: np.zeros(n).size * x[0],
    "sizes computed from it": lambda x, n: np.ones(2 * n).sum() * x[0],
    "linspace": lambda x, n: np.linspace(0, 1, n).sum() * x[0],
    "repeat": lambda x, n: np.repeat(x, n).sum(),
    "split": lambda x, n: np.split(np.arange(4), n)[0].sum() * x[0],
    "pad": lambda x, n: np.pad(np.ones(2), n).size * x[0],
    "partition": lambda x, n: np.partition(np.arange(4), n)[0] + x[0],
    "matrix_power": lambda x, n: np.linalg.matrix_power(2 * np.eye(2), n)[0, 0] * x[0],
    "range": lambda x, n: sum(x[0] * i for i in range(n + 1)),
    "list * n": lambda x, n: sum([1] * n) * x[0],
    "[:n]": lambda x, n: x[:n].sum(),
    "[n]": lambda x, n: [1, 2, 3][n] * x[0],
    "a key": lambda x, n: {2: 1}[n] * x[0],
    "in": lambda x, n: x[0] if n in (1, 2) else x[1],
    "index": lambda x, n: [1, 2].index(n) * x[0],
    "islice": lambda x, n: sum(itertools.islice(x, n)),
    "<<": lambda x, n: (1 << n) * x[0],
    "&": lambda x, n: (n & 3) * x[0],
    "a dimension": lambda x, n: np.zeros((n, 2)).size * x[0],
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_traced_count_is_told_to_stay_a_number_and_then_it_works(name):
    f = COUNTS[name]
    with pytest.raises((TypeError, LookupError, ValueError)) as caught:
        jit(f)(X, 2)
    words = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
    assert "jit(f, static_argnames='n')" in words
    assert jit(f, static_argnames="n")(X, 2) == f(X, 2)


def test_a_comparison_that_numpy_makes_is_not_told_to_be_written_otherwise():
    with pytest.raises(TypeError) as caught:
        jit(lambda n: np.arange(n).sum() + n)(2)
    assert "in what is called at" in str(caught.value)
    assert "Write (a" not in str(caught.value)
    with pytest.raises(TypeError, match=r"(?s)in what is called at .* int\(v.data\)"):
        grad(lambda n: np.arange(n).sum() * n)(2.0)
    assert grad(lambda n: np.arange(int(n.data)).sum() * n)(2.0) == 1.0


@pytest.mark.parametrize(
    "other", [[1.0], (1.0,), {"a": 1.0}, "a", None, range(3), len, np.sin, X.sum]
)
def test_nothing_is_told_to_stay_a_number_beside_what_has_no_arithmetic_with_one(other):
    for f in (lambda x, _: other - x, lambda x, _: x / other, lambda x, _: other > x):
        with pytest.raises(TypeError) as caught:
            jit(f)(2.0, 1.0)
        assert "static_argnames" not in str([caught.value, getattr(caught.value, "__notes__", ())])


def test_an_error_of_whole_numbers_that_has_nothing_to_do_with_a_value_gets_no_note():
    with pytest.raises(ValueError, match="an integer of my own") as caught:
        jit(lambda x: x + words_alone())(2.0)
    assert not hasattr(caught.value, "__notes__")

    def handled(x):
        try:
            return [1.0, 2.0][x]
        except TypeError:
            return {}["absent"] * x

    with pytest.raises(KeyError) as caught:
        jit(handled)(1.0)
    assert not hasattr(caught.value, "__notes__")


def words_alone():
    raise ValueError("an integer of my own")


def test_a_number_of_which_entries_are_asked_is_said_to_be_one_number():
    for f in (lambda x: sum(2.0 * each for each in x), lambda x: len(x) * x):
        with pytest.raises(TypeError) as caught:
            jit(f)(2.0)
        assert "here it is one number" in caught.value.__notes__[0]
        assert np.sum(jit(f)(X)) in (14.0, 21.0)
