"""Losses, optimisers, schedules and clipping beside PyTorch: stored numbers, and live ones."""

import importlib.util
import json
import math

import pytest
import torch_reference as reference

import nn
from autograd import Value, cos
from nn import schedules

STORED = json.loads(reference.FILE.read_text(encoding="utf-8"))


LIVE = pytest.param("live", marks=pytest.mark.slow)  # to load PyTorch takes seconds
INSTALLED = ["stored", LIVE] if importlib.util.find_spec("torch") else ["stored"]


@pytest.fixture(scope="module", params=INSTALLED)
def expected(request):
    return STORED if request.param == "stored" else json.loads(json.dumps(reference.computed()))


def _close(ours, theirs):
    assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)


def _by_hand(optimizer, clip=None):
    weights = [Value(number) for number in reference.START]
    for step in range(1, reference.STEPS + 1):
        for weight in weights:
            weight.grad = 0.0
        reference.surface(weights, cos).backward()
        if clip is not None:
            before = math.hypot(*[weight.grad for weight in weights])
            assert nn.clip_norm(weights, clip) == before
        optimizer.step(weights)
        yield step, [weight.data for weight in weights]


@pytest.mark.parametrize("name", reference.OPTIMIZERS)
def test_a_hundred_updates_are_those_of_pytorch(expected, name):
    kind, settings = reference.OPTIMIZERS[name]
    seen = dict(_by_hand(getattr(nn, kind)(**settings)))
    for step, weights in expected["optimizers"][name]:
        _close(seen[step], weights)


@pytest.mark.parametrize("name", reference.OPTIMIZERS)
def test_the_rule_gives_the_same_on_arrays(name):
    numpy = pytest.importorskip("numpy")
    kind, settings = reference.OPTIMIZERS[name]
    one, many = getattr(nn, kind)(**settings), getattr(nn, kind)(**settings)
    weights = list(reference.START)
    array = numpy.array(weights)
    for step in range(1, 40):
        gradient = [math.sin(3.0 * weight) + 0.1 * weight * step for weight in weights]
        weights = one.updated(weights, gradient)
        array = many.updated(array, numpy.array(gradient))
        _close(array.tolist(), weights)


def test_clipped_gradients_lead_where_pytorch_goes(expected):
    seen = dict(_by_hand(nn.SGD(lr=0.05), clip=0.5))
    for step, weights in expected["clipped"]:
        _close(seen[step], weights)


def _leaves(numbers):
    return [_leaves(row) if isinstance(row, list) else Value(row) for row in numbers]


def _gradients(leaves):
    return [_gradients(leaf) if isinstance(leaf, list) else leaf.grad for leaf in leaves]


@pytest.mark.parametrize("name", STORED["losses"])
def test_losses_and_their_gradients_are_those_of_pytorch(expected, name):
    points = reference.loss_points()
    scores, targets = _leaves(points["scores"]), points["real"]
    function, _, number = name.partition(" ")
    loss = getattr(nn, function)
    if function == "cross_entropy":
        scores, targets = _leaves(points["rows"]), points["classes"]
    elif function == "binary_cross_entropy":
        targets = points["binary"]
    elif function == "hinge":
        targets = [2 * label - 1 for label in points["binary"]]
    if function.endswith("penalty"):
        error = loss(scores, 0.3)
    else:
        error = loss(scores, targets, float(number)) if number else loss(scores, targets)
    error.backward()
    _close(error.data, expected["losses"][name]["value"])
    ours, theirs = _gradients(scores), expected["losses"][name]["gradient"]
    for mine, other in zip(ours, theirs, strict=True):
        _close(mine, other)


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("step_decay", schedules.step_decay(0.5, every=30, factor=0.2)),
        ("cosine", schedules.cosine(0.5, epochs=reference.STEPS, lowest=0.01)),
        ("warm_up", schedules.warm_up(schedules.step_decay(0.5, 20, 0.5), epochs=10, start=0.1)),
    ],
)
def test_schedules_are_those_of_pytorch(expected, name, schedule):
    _close([schedule(epoch) for epoch in range(reference.STEPS)], expected["schedules"][name])
