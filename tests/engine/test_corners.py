"""Corners that were once wrong: aliasing, pickles of edits, anomalies at leaves, odd arguments."""

import copy
import math
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import Value, detect_anomaly, grad, gradient, jit, jvp, no_grad, scope


class Weight(Value):
    """A subclass with an argument list and an attribute of its own."""

    def __init__(self, data):
        super().__init__(data, label="w")
        self.extra = [5]


class Loud:
    def __repr__(self):
        raise RuntimeError("this repr is not for error messages")

    def __radd__(self, other):
        return "mine"


def test_a_gradient_is_a_node_of_its_own_not_the_users_leaf():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    by_a, by_b = gradient(a * b, [a, b])
    assert by_a is not b
    assert by_b is not a
    b.data = 100.0
    assert by_a.data == 3.0
    assert grad(lambda p: p * a)(2.0) is not a


def test_a_sum_of_one_and_unary_plus_are_results():
    w = Value(3.0)
    results = [+w, ag.sum([w]), ag.prod([w]), ag.logsumexp([w])]
    w.data = 9.0
    assert [result.data for result in results] == [3.0] * 4


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_remembers_edits_and_scopes(protocol):
    x = Value(4.0, label="x")
    with scope("outer"), scope("inner"):
        y = x**3
    z = y * 2
    x.data = 9.0
    newer = x * 2
    x, y, z, newer = pickle.loads(pickle.dumps([x, y, z, newer], protocol))
    assert [frame.name for frame in y.scope.path()] == ["outer", "inner"]
    for edited in (y, z):
        with pytest.raises(ValueError, match="'x'"):
            gradient(edited, [x])
    assert gradient(newer, [x])[0].data == 2.0
    assert gradient(x * x, [x])[0].data == 18.0  # what is made after loading is younger


def test_a_subclass_keeps_what_it_added():
    for made in (pickle.loads(pickle.dumps(Weight(3.0))), copy.deepcopy(Weight(3.0))):
        assert type(made) is Weight
        assert (made.data, made.label, made.extra) == (3.0, "w", [5])
    original = Weight(3.0)
    assert copy.deepcopy(original).extra is not original.extra


def test_anomalies_at_a_leaf_and_forwards_are_found():
    def steep(x):
        return (x * 1e200) * 1e200

    x = Value(1e-300, label="tiny")
    for call in (
        lambda: steep(x).backward(),
        lambda: grad(steep)(1e-300),
        lambda: jvp(steep, (1e-300,), (1.0,)),
    ):
        with (
            pytest.raises(FloatingPointError, match=r"multiply.*test_corners\.py"),
            detect_anomaly(),
        ):
            call()


def test_an_anomaly_inside_numpy_names_the_users_line():
    with pytest.raises(FloatingPointError, match=r"test_corners\.py"), detect_anomaly():
        np.sum(np.array([Value(1e308)] * 3))


def test_another_class_answers_whatever_its_repr_does():
    assert Value(1.0) + Loud() == "mine"
    assert Value(1.0) != Loud()


def test_rounding_through_python_and_numpy():
    array = np.array([Value(1.5)])
    assert np.floor(array)[0].data == math.floor(Value(1.5)).data == 1.0
    assert np.ceil(array)[0].data == 2.0
    assert round(Value(2.5)).data == 2.0
    with pytest.raises(TypeError, match="whole numbers"):
        round(Value(2.5), 1)


def test_an_array_of_no_dimension_is_its_value():
    assert grad(lambda p: np.tensordot(p, p, 1))(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]


def test_equality_with_a_huge_integer_is_the_same_type_error():
    with pytest.raises(TypeError, match=r"a\.data =="):
        assert Value(1.0) == 10**400


def test_the_same_number_again_is_no_edit():
    x = Value(0.0)
    y = x * 2
    x.data = 0.0
    assert gradient(y, [x])[0].data == 2.0
    x.data = -0.0
    with pytest.raises(ValueError, match="edited"):
        gradient(y, [x])


def test_no_grad_decorates_with_and_without_parentheses_and_generators():
    @no_grad
    def plain(v):
        return v * 2

    @no_grad()
    def stepped(v):
        yield v * 2
        yield v * 3

    v = Value(2.0)
    assert plain(v).is_leaf
    found = [(item.is_leaf, (v * 1).is_leaf) for item in stepped(v)]
    assert found == [(True, False)] * 2


def test_argnums_are_checked():
    def f(x, y):
        return x * y

    assert grad(f, np.int64(1))(2.0, 5.0) == 2.0
    with pytest.raises(ValueError, match="twice"):
        grad(f, (0, -2))(2.0, 5.0)
    with pytest.raises(TypeError, match="argnums"):
        grad(f, True)


def test_tangents_may_order_their_keys_otherwise():
    primal, tangent = {"a": 2.0, "b": 3.0}, {"b": 1.0, "a": 10.0}
    assert jvp(lambda d: d["a"] * d["b"], (primal,), (tangent,)) == (6.0, 32.0)


def test_a_duration_is_not_a_number():
    for unit in ("s", "ns"):
        with pytest.raises(TypeError, match="timedelta64"):
            Value(np.timedelta64(5, unit))


def test_acosh_at_one_to_the_third_order():
    second, third = grad(grad(ag.acosh)), grad(grad(grad(ag.acosh)))
    assert (second(1.0), third(1.0)) == (-math.inf, math.inf)


def test_every_float_far_below_zero_is_a_pole_of_lgamma():
    for x in (-(2.0**52), -1e300, -2.6e305, -1e308, -math.inf):
        assert ag.lgamma(x) == math.inf
    assert math.isnan(ag.lgamma(math.nan))


def test_a_label_in_the_error_of_an_anomaly_is_escaped():
    x = Value(-1.0, label="x\x1b[31m\u202e\n")
    words = pytest.raises(FloatingPointError, match=r"x\\x1b\[31m\\u202e\\n")
    with words as caught, detect_anomaly():
        x.log()
    assert str(caught.value).isprintable()


def test_a_derivative_that_depends_on_nothing_outside_is_a_float_of_pythons():
    # As CONVENTIONS says: eager code goes on by Python's rules, compiled code by IEEE's.
    def f(x):
        return 1.0 / grad(lambda y: y.relu())(-1.0) * x

    with pytest.raises(ZeroDivisionError):
        f(2.0)
    pytest.importorskip("llvmlite")
    assert jit(f)(2.0) == math.inf
    with np.errstate(divide="ignore"):
        assert 1.0 / np.float64(grad(lambda y: y.relu())(-1.0)) == math.inf
