"""Jacobians forwards and backwards are the same matrix, in the structures of JAX."""

import math
import pickle

import pytest
from hypothesis import strategies as st
from searches import searched

import autograd as ag
from autograd import Value, hessian, jacfwd, jacobian, jacrev
from autograd.testing import functions

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")

NUMBERS = st.lists(st.floats(-2.0, 2.0), min_size=3, max_size=3)


@searched(
    50, 150, st.lists(functions(kinks=True), min_size=1, max_size=5), NUMBERS, derandomize=True
)  # sums that cancel differ by mode
def test_forwards_and_backwards_agree(outputs, point):
    def f(point):
        return [output(*point) for output in outputs]

    forward, backward = jacfwd(f)(point), jacrev(f)(point)
    for ours, theirs in zip(forward, backward, strict=True):
        for a, b in zip(ours, theirs, strict=True):
            if math.isfinite(a) and math.isfinite(b):
                assert a == pytest.approx(b, rel=1e-9, abs=1e-12 * (1.0 + max(map(abs, theirs))))
    assert jacobian(f)(point) == (forward if len(outputs) > 3 else backward) or any(
        map(math.isnan, [entry for row in forward + backward for entry in row])
    )


def test_the_cheaper_mode_is_taken(monkeypatch):
    from autograd.transforms.call import Call

    taken = []
    for name in ("pulled", "pushed_apart"):
        original = getattr(Call, name)

        def spied(self, *args, original=original, name=name):
            taken.append(name)
            return original(self, *args)

        monkeypatch.setattr(Call, name, spied)
    assert jacobian(lambda x: [x, x * x, 3 * x])(2.0) == [1.0, 4.0, 3.0]
    assert taken == ["pushed_apart"]
    assert jacobian(lambda p: p[0] * p[1])([2.0, 3.0]) == [3.0, 2.0]
    assert taken == ["pushed_apart", "pulled"]


def test_the_structure_is_the_output_then_the_arguments():
    def f(x, p):
        return {"a": x * p["w"], "b": [p["v"], x]}

    for take in (jacobian, jacfwd, jacrev):
        matrix = take(f, argnums=(0, 1))(2.0, {"w": 3.0, "v": 5.0})
        assert matrix == {
            "a": (3.0, {"w": 2.0, "v": 0.0}),
            "b": [(0.0, {"w": 0.0, "v": 1.0}), (1.0, {"w": 0.0, "v": 0.0})],
        }


def test_array_by_array_has_the_shape_out_plus_in():
    numpy = pytest.importorskip("numpy")
    point = numpy.array([1.0, 2.0, 3.0])
    f = lambda x: numpy.outer(x[:2], x)  # noqa: E731
    expected = numpy.zeros((2, 3, 3))
    for i in range(2):
        for j in range(3):
            expected[i, j, i] += point[j]
            expected[i, j, j] += point[i]
    for take in (jacobian, jacfwd, jacrev):
        assert take(f)(point).tolist() == expected.tolist()


def test_an_output_that_is_a_constant_an_argument_or_repeated():
    def f(p):
        y = p[0] * p[1]
        return [3.0, p[1], y, y]

    for take in (jacobian, jacfwd, jacrev):
        assert take(f)([2.0, 5.0]) == [[0.0, 0.0], [0.0, 1.0], [5.0, 2.0], [5.0, 2.0]]


def test_forwards_an_input_that_does_not_reach_a_pole_brings_no_nan():
    f = lambda p: [ag.sqrt(p[0]) * p[1], p[2] * p[2], p[1], p[2]]  # noqa: E731
    for take in (jacfwd, jacrev):
        assert take(f)([0.0, 2.0, 3.0])[:2] == [[math.inf, 0.0, 0.0], [0.0, 0.0, 6.0]]


def test_a_jacobian_with_a_value_from_outside_is_a_graph():
    w = Value(2.0)
    for take in (jacfwd, jacrev):
        rows = take(lambda p: [w * p[0] * p[0], p[1]])([3.0, 4.0])
        (by_w,) = ag.gradient(rows[0][0], [w])
        assert (rows[0][0].data, by_w.data) == (12.0, 6.0)


def test_the_hessian_in_all_four_ways():
    f = lambda p: p[0] ** 2 * p[1] + ag.exp(p[0] * p[1])  # noqa: E731
    expected = hessian(f)([0.5, 0.25])
    for outer in (jacfwd, jacrev):
        for inner in (jacfwd, jacrev):
            for row, true in zip(outer(inner(f))([0.5, 0.25]), expected, strict=True):
                assert row == pytest.approx(true, rel=1e-14)


def test_detect_anomaly_sees_a_tangent_of_any_input():
    with ag.detect_anomaly(), pytest.raises(FloatingPointError, match="log gave"):
        jacfwd(lambda p: [ag.log(p[0]), p[1], p[0]])([0.0, 1.0])


def test_a_hessian_goes_by_its_own_name_in_messages_and_pickles():
    assert repr(hessian(ag.sin)) == "<hessian of sin>"
    assert pickle.loads(pickle.dumps(hessian(ag.sin)))(1.0) == hessian(ag.sin)(1.0)
    with pytest.raises(TypeError, match=r"^hessian: .* the result is a str"):
        hessian(str)(1.0)
