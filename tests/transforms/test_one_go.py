"""The accelerator calls a function and sweeps its graph in one go: what Python's own way gives."""

import contextlib
import math
import sys
import threading
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Value
from autograd.engine.accelerator import native, reason
from autograd.transforms import call
from autograd.transforms.call import Call

needs_native = pytest.mark.skipif(native is None, reason=reason)

OUTSIDE = Value(1.25)
CONSTANT = Value(3.0)


def total(x):
    """Return the sum of whatever x holds."""
    if isinstance(x, dict):
        x = [*x.values()]
    return sum(total(part) for part in x) if isinstance(x, (list, tuple)) else x * 1.0


def first(x):
    """Return the first number of x."""
    if isinstance(x, dict):
        x = [*x.values()]
    return first(x[0]) if isinstance(x, (list, tuple)) else x


def emptied(x):
    """Change the container that was given."""
    result = total(x) ** 2
    if isinstance(x, (list, dict)):
        x.clear()
    return result


def unrecorded(x):
    """Compute a part under no_grad."""
    with ag.no_grad():
        part = first(x) * 2.0
    return part * first(x)


def named(x):
    """Label what was given, inside a scope."""
    leaf = first(x)
    leaf.label = "mine"
    with ag.scope("block"):
        return leaf * leaf + len(leaf.label)


FUNCTIONS = {
    "a sum": total,
    "an argument itself": first,
    "a product": lambda x: total(x) * first(x) * ag.sin(first(x)),
    "a Value from outside": lambda x: total(x) * OUTSIDE,
    "a constant": lambda x: 2.5,
    "a whole number": lambda x: 3,
    "a Value that depends on nothing": lambda x: CONSTANT,
    "a Value made inside": lambda x: Value(first(x).data) * 2.0,
    "nan times": lambda x: (first(x) - first(x)) * math.inf,
    "a choice that hides nan": lambda x: ag.where(
        first(x) > 1e9, ag.log(-(first(x) ** 2)), first(x)
    ),
    "a pole": lambda x: ag.sqrt(first(x) - first(x)),
    "a slope inside": lambda x: ag.grad(lambda y: y**3 * first(x))(first(x)),
    "a slope of a plain number inside": lambda x: ag.grad(lambda y: y**3)(2.0) * first(x),
    "a slope at its data": lambda x: ag.grad(lambda y: y * first(x))(first(x).data),
    "an emptied list": emptied,
    "a part under no_grad": unrecorded,
    "all under no_grad": ag.no_grad()(total),
    "a label": named,
    "several numbers": lambda x: [total(x), 1.0],
    "text": lambda x: "text",
    "nothing": lambda x: None,
    "an error": lambda x: total(x) / 0,
    "an error of a list": lambda x: x + 1.0,
    "a missing name": lambda x: x.shape,
    "a backward inside": lambda x: (total(x) ** 2, total(x).backward())[0],
    "many operands": lambda x: ag.sum([first(x), first(x), total(x), 2.0]),
}
NUMBERS = st.one_of(
    st.floats(-3.0, 3.0), st.sampled_from([0.0, -0.0, 1, -2, 2**70, 10**400, True, math.nan, "x"])
)
ARGUMENTS = st.one_of(
    st.recursive(
        NUMBERS,
        lambda parts: st.one_of(
            st.lists(parts, max_size=4),
            st.lists(parts, max_size=4).map(tuple),
            st.dictionaries(st.sampled_from(["b", "a", 1]), parts, max_size=2),
        ),
        max_leaves=6,
    ),
    st.just(OUTSIDE),
    st.just([OUTSIDE, 1.0]),
)


def outcome(derivative, args):
    """Return what a call gives, or its error, to be compared."""
    try:
        return "result", described(derivative(*args))
    except Exception as error:
        return type(error), str(error), getattr(error, "__notes__", [])


def described(tree):
    """Return a tree of floats and Values as text that tells -0.0 from 0.0."""
    if isinstance(tree, (list, tuple)):
        return type(tree), [described(part) for part in tree]
    if isinstance(tree, dict):
        return [(key, described(part)) for key, part in tree.items()]
    return type(tree), repr(tree.data if isinstance(tree, Value) else tree)


@needs_native
@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(sorted(FUNCTIONS)),
    st.sampled_from([ag.grad, ag.value_and_grad]),
    st.sampled_from([0, 1, -1]),
    ARGUMENTS,
    st.sampled_from(["", "", "", "scope", "no_grad", "detect_anomaly"]),
)
def test_one_go_gives_what_the_way_of_python_gives(name, transform, argnums, argument, mode):
    def f(*args):
        return FUNCTIONS[name](args[argnums])

    short, long = transform(f, argnums=argnums), transform(f, argnums=argnums)
    long._place = -1
    args = (1.5, argument) if argnums else (argument,)
    modes = {"scope": lambda: ag.scope("here"), "": contextlib.nullcontext}
    outcomes = []
    for derivative, served in ((short, native), (long, None)):
        OUTSIDE.grad = 0.0
        with modes.get(mode, getattr(ag, mode, None))(), mock.patch.object(call, "native", served):
            outcomes.append((outcome(derivative, args), OUTSIDE.grad))
    assert outcomes[0] == outcomes[1]


@needs_native
def test_floats_go_the_short_way(monkeypatch):
    monkeypatch.setattr(Call, "__init__", None)
    assert ag.grad(lambda w: w[0] * w[1])([2.0, 3.0]) == [3.0, 2.0]
    assert ag.value_and_grad(lambda x, y: x * y)(2, 3.0) == (6.0, 3.0)
    assert ag.value_and_grad(lambda w, y: w[0] * y)((2.0,), y=3.0) == (6.0, (3.0,))
    assert ag.grad(lambda x, y: x * y, argnums=1)(2.0, 3.0) == 2.0
    tree = {"w": [(2.0, {"b": 3})], "none": []}
    expected = {"w": [(3.0, {"b": 2.0})], "none": []}
    assert ag.grad(lambda tree: tree["w"][0][0] * tree["w"][0][1]["b"])(tree) == expected


@pytest.mark.parametrize("depth", [10, 60, 5000])
def test_lists_in_lists_of_any_depth_have_slopes_or_are_refused(depth):
    tree = 2.0
    for _ in range(depth):
        tree = [tree]
    if depth > 1000:
        with pytest.raises(ValueError, match="nested too deep"):
            ag.grad(first)(tree)
    else:
        assert first(ag.grad(first)(tree)) == 1.0


def test_leaves_of_a_derivative_stand_in_the_scope_of_the_call_and_share_nothing_that_is_set():
    def f(w):
        w[0].label = "first"
        assert [leaf.label for leaf in w] == ["first", ""]
        assert [leaf.scope for leaf in w] == [w[0].scope] * 2
        assert w[0].scope.name == "here"
        return w[0] * w[1]

    with ag.scope("here"):
        assert ag.grad(f)([2.0, 3.0]) == [3.0, 2.0]


def test_after_an_error_no_derivative_is_being_taken():
    from autograd.engine.modes import derivatives

    def f(x):
        assert len(derivatives()) == 1
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        ag.grad(f)(1.0)
    assert derivatives() == ()


def test_a_derivative_in_another_thread_waits_until_a_gradient_has_been_read():
    shared = Value(3.0)
    found, done = [], threading.Event()

    def others():
        while not done.is_set():
            found.append(ag.grad(lambda x: x * shared)(2.0).data)

    def choice():  # its gradient is nan times 0: swept and read by Python
        shared.grad = 0.0
        y = ag.where(shared > 1e9, ag.log(shared * 0.0) * 0.0, shared * shared)
        for _ in range(1000):
            y = y * 1.0
        y.backward()
        return shared.grad

    interval = sys.getswitchinterval()
    thread = threading.Thread(target=others)
    try:
        sys.setswitchinterval(1e-6)
        thread.start()
        gradients = {choice() for _ in range(100)}
    finally:
        done.set()
        thread.join()
        sys.setswitchinterval(interval)
    assert gradients == {6.0}
    assert set(found) == {3.0}


def test_a_large_graph_from_within_a_thread_of_walks_has_its_own_slopes():
    def chain(x):
        y = x
        for _ in range(30_000):
            y = y * 1.0001 + x
        return y

    expected = ag.grad(chain)(1.0)
    found = []
    threads = [threading.Thread(target=lambda: found.append(ag.grad(chain)(1.0))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4
