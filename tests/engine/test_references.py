"""No reference is kept or lost: graphs built, walked, refused, interrupted, pickled and copied.

A debug build of Python counts all references of the process (scripts/refcounts); any other those to
what nodes share.
"""

import contextlib
import copy
import gc
import pickle
import signal
import sys
import weakref

import engine_programs
import pytest

import autograd as ag
from autograd import Value
from autograd.engine.order import ordered
from autograd.table import rows as ops

ROUNDS, TURNS, SPARE = 3, 100, 60  # a turn that keeps one reference keeps 100 in a round
SHARED = [Value, Value.__mro__[1], Value.__mro__[2], engine_programs.Noted]
SHARED += [ops.add, ops.tanh, ops.relu, ops.clip, ops.multiply, ops.negative]
USES = {}


def use(function):
    name = function.__name__.replace("_", " ")
    USES[name] = function
    return function


def refused(function, error=TypeError):
    with contextlib.suppress(error):
        function()  # plain Python's slots take what the accelerator refuses


def some_graph():
    x, noted = Value(0.5, label="x"), engine_programs.Noted(2.0)
    noted.other = x
    with ag.scope("part"):
        y = ag.clip(ag.tanh(x * 2 + 1) / (3 - noted) ** 2, -5, noted) - abs(-x).relu()
    return x, engine_programs.mixed(y, x) + ag.where(x > 0, x, y) % 3 + 2**x + x // 1


@use
def building():
    x, y = some_graph()
    _ = y.args, y.partials, y.op, y.scope, y.label, x.label, x.data, x.grad, repr(y), hash(y)
    _ = y._prev, y._op, y.is_leaf, y.item(), x < y, x <= 1, y < 2, y >= x, x == x, x != x
    x.data, x.grad, x.label = 3, 0.5, "another"
    x.label = ""
    ag.sum([x, y, 1.0, x]), ag.dot([x, 2.0, y], [y, x, 1.0]), ag.mean([x, y]), ag.prod([x, y])
    with ag.no_grad():
        _ = x * y + x.exp(), ag.hypot(x, y)


def quotient(x, *more):
    """Return a number of numbers, lists and tuples of them; an error at 0."""
    return (x[0] * x[1] if isinstance(x, (list, tuple)) else x * x) / sum(more, 2.0)


@use
def derivatives():
    outside = Value(2.0)
    for argument in (3, 0.5, [0.5, 2], (0.5, 2.0), [0.5, outside], {"x": 1.0}, [], "text"):
        for rest in ((), (outside,), (-2.0,)):
            with contextlib.suppress(Exception):
                ag.value_and_grad(quotient)(argument, *rest)
            with contextlib.suppress(Exception):
                ag.grad(quotient, argnums=1)(1.0, argument, *rest)
    refused(lambda: ag.grad(lambda x: [x])(1.0), ValueError)
    ag.grad(lambda x: (x - x) * float("inf"))(1.0)
    ag.grad(lambda x: x * ag.grad(lambda y: y * y)(x))(1.0)


@use
def building_over_again():
    node = Value(1.0, label="old")
    with ag.scope("part"):
        node.__init__(2.0, label="new")
    node._left, node._left_partial, node._right = Value(1.0), 2.0, 3.0
    node._left = node._right = None
    node._left, node._right = (node._left,), (1.0,)
    node.op = ops.add


@use
def backward():
    x, y = some_graph()
    y.backward()
    y.backward(0.5)
    ordered(y, x)
    ag.zero_grad(y)
    ag.gradient(y, [x])[0].backward()
    ag.grad(lambda z: z * ag.grad(lambda w: w * z * w)(z))(3.0)
    (ag.where(x > 0, x, ag.log(x * 0)) * float("inf")).backward()
    ag.stop_gradient(y).backward(float("nan"))


@use
def a_long_walk():
    y = Value(1.0)
    for _ in range(300):
        y = y.relu() * 1.0 + y
    y.backward()


@use
def errors():
    x, y = some_graph()
    for wrong in (
        *(lambda: x + "a", lambda: "a" * x, lambda: x ** "a", lambda: -x - None, lambda: x < "a"),
        *(lambda: Value("a"), lambda: Value(), lambda: Value(1.0, 2.0, 3.0, 4.0), lambda: float(x)),
        *(lambda: x.relu(1), lambda: Value.relu(), lambda: ag.tanh("a")),
        *(lambda: ag.hypot(x, "a"), lambda: ag.clip(x, "a", 1), lambda: ag.maximum(x, None)),
        *(lambda: y.backward("a"), lambda: y.backward(1, 2), lambda: x == y),
        *(lambda: bool(x), lambda: pow(x, 2, 3), lambda: ag.sum([x, "a"])),
        *(lambda: ag.dot([x], ["a"]), lambda: Value(1.0, label=3), lambda: Value(1.0, ("a",))),
        *(lambda: setattr(x, "data", "a"), lambda: setattr(x, "grad", None)),
        *(lambda: setattr(x, "label", 3), lambda: setattr(x, "_level", "a")),
    ):
        refused(wrong)
    for wrong in (lambda: Value.relu(1), lambda: ordered(1)):
        refused(wrong, (TypeError, AttributeError))
    refused(lambda: Value(10**400), OverflowError)
    refused(lambda: x + 10**400, OverflowError)
    refused(lambda: setattr(y, "data", 1.0), ValueError)
    bare = object.__new__(Value)
    for field in ("_data", "_left", "_level", "op", "_label", "_scope", "absent", "_mark"):
        refused(lambda field=field: getattr(bare, field), AttributeError)
        refused(lambda field=field: delattr(Value(1.0), field), AttributeError)
    refused(lambda: bare + x, AttributeError)
    refused(lambda: x * bare, AttributeError)
    refused(lambda: -bare, AttributeError)
    refused(lambda: bare.backward(), AttributeError)
    with ag.detect_anomaly():
        refused(lambda: ag.log(x * 0), FloatingPointError)


@ag.primitive(partials=(lambda y, a: ag.log("a"),))
def badly_declared(a):
    if a > 1.0:
        raise ZeroDivisionError("as asked for")
    return a


@use
def errors_of_rules():
    refused(lambda: badly_declared(Value(0.5)))
    refused(lambda: badly_declared(Value(2.0)), ZeroDivisionError)


@use
def pickling():
    _, y = some_graph()
    again = pickle.loads(pickle.dumps((y, y.args)))
    again[0].backward()


@use
def copying():
    x, y = some_graph()
    for twin in (copy.copy(y), copy.copy(x), copy.deepcopy(y), *copy.deepcopy([x, y])):
        twin.backward()


@use
def weak_references():
    x, y = some_graph()
    gone = []
    references = [weakref.ref(each, gone.append) for each in ordered(y) for _ in range(2)]
    del x, y
    assert len(gone) == len(references)


@use
def modes_and_subclasses():
    noted = engine_programs.Noted(2.0)
    noted.itself = noted  # the collector finds it
    with contextlib.suppress(KeyError), ag.no_grad(), ag.scope("a"), ag.scope("b"):
        noted * noted + 1.0
        raise KeyError
    with ag.detect_anomaly():
        (noted * 2.0).tanh().backward()
    ag.jvp(lambda z: z * noted.data, (2.0,), (1.0,))


def held():
    """Return what is to stay the same: references and blocks of memory."""
    gc.collect()
    everything = getattr(sys, "gettotalrefcount", int)  # blocks of memory come and go
    return [everything(), *map(sys.getrefcount, SHARED)]


def grown(turn):
    """Return by how much each count grew in the round where it grew least."""
    for _ in range(TURNS):
        turn()
    rounds, before = [], held()
    for _ in range(ROUNDS):
        for _ in range(TURNS):
            turn()
        after = held()
        rounds.append([abs(b - a) for a, b in zip(before, after, strict=True)])
        before = after
    return [min(growths) for growths in zip(*rounds, strict=True)]


@pytest.mark.parametrize("name", USES)
def test_nothing_is_kept_and_nothing_is_lost_by(name):
    assert max(grown(USES[name])) < SPARE


def test_a_reference_that_is_kept_is_found():
    kept = []
    assert max(grown(lambda: kept.append(engine_programs.Noted(1.0)))) >= TURNS


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_nothing_is_kept_and_nothing_is_lost_by_walks_that_are_interrupted():
    x = Value(1.0)
    root = x
    for _ in range(10_000):  # a walk looks at signals after 8192
        root = root + x
    interrupted = 0

    def interrupt(*_):
        raise KeyboardInterrupt

    def turn():
        nonlocal interrupted
        for walk in (root.backward, lambda: ordered(root), lambda: ag.zero_grad(root)):
            try:
                try:
                    signal.setitimer(signal.ITIMER_REAL, 2e-4)
                    walk()
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0.0)
            except KeyboardInterrupt:
                interrupted += 1

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        growth = grown(turn)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert interrupted > (ROUNDS + 1) * TURNS
    assert max(growth) < SPARE
