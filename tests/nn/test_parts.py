"""Losses by nature, optimisers' state, clipping, schedules, metrics: what PyTorch leaves."""

import copy
import inspect
import math
from fractions import Fraction

import pytest

import nn
from autograd import Value
from nn import schedules

ELEMENTWISE = [nn.mse, nn.mae, nn.huber, nn.hinge, nn.binary_cross_entropy]


@pytest.mark.parametrize("loss", ELEMENTWISE)
def test_a_list_has_the_mean_of_its_rows(loss):
    other = -1.0 if loss is nn.hinge else 0.0
    scores, targets = [0.3, -2.0, 1.7, 0.0], [1.0, other, 1.0, 1.0]
    mean = sum(map(loss, scores, targets)) / 4
    assert loss(scores, targets) == pytest.approx(mean)
    pairs = [[0.3, -2.0], [1.7, 0.0]]
    assert loss(pairs, [[1.0, other], [1.0, 1.0]]) == pytest.approx(mean)


@pytest.mark.parametrize("loss", ELEMENTWISE)
def test_unequal_lengths_and_other_things_are_refused(loss):
    for scores, targets in (([1.0, 2.0], [1.0]), (1.0, [1.0]), ([1.0], 1.0)):
        with pytest.raises(ValueError, match=loss.__name__):
            loss(scores, targets)
    with pytest.raises(TypeError):
        loss("a", 1.0)


@pytest.mark.parametrize(
    ("loss", "good", "bad"),
    [
        (nn.hinge, [-1, 1, -1.0, True, Fraction(1)], [0, 0.5, 2, -2.0, False, math.nan]),
        (nn.binary_cross_entropy, [0, 1, 0.25, False, Fraction(1, 3)], [2, -1, 1.5, math.nan]),
    ],
)
def test_labels_that_are_none_are_refused_by_hand_as_in_fit(loss, good, bad):
    for label in good:
        assert isinstance(loss(Value(0.3), label), Value)
        assert loss([Value(0.3)], [label]).data == loss(Value(0.3), Value(label)).data
    for label in bad:
        with pytest.raises(nn.InputError, match=f"{loss.__name__}: takes labels .* given"):
            loss([Value(0.3), Value(1.0)], [1, label])
    with pytest.raises(ValueError, match=r"given 0 \(write 2 \* t - 1 for each label t\)"):
        nn.hinge(Value(1.0), 0)


@pytest.mark.parametrize("loss", [nn.hinge, nn.binary_cross_entropy])
def test_labels_of_numpy_are_taken(loss):
    numpy = pytest.importorskip("numpy")
    for dtype in (numpy.int8, numpy.float32, numpy.float64):
        labels = numpy.array([1, 1], dtype)
        assert loss([Value(0.3), Value(1.0)], labels).data == loss([0.3, 1.0], [1, 1])
        with pytest.raises(ValueError, match="labels"):
            loss([Value(0.3), Value(1.0)], labels + labels)


def test_cross_entropy_takes_a_class_or_one_for_each_row():
    rows, labels = [[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]], [1, 2]
    by_hand = [
        -math.log(math.exp(row[k]) / sum(map(math.exp, row)))
        for row, k in zip(rows, labels, strict=True)
    ]
    assert nn.cross_entropy(rows[0], 1) == pytest.approx(by_hand[0])
    assert nn.cross_entropy(rows, labels) == pytest.approx(sum(by_hand) / 2)
    assert nn.cross_entropy(list(map(Value, rows[0])), Value(1.0)).data == pytest.approx(by_hand[0])
    for label in (3, -1, 0.5, math.nan):
        with pytest.raises(ValueError, match="whole number from 0 to 2"):
            nn.cross_entropy(rows[0], label)
    with pytest.raises(ValueError, match="one target for each row"):
        nn.cross_entropy(rows, [1])
    for wrong in (1.0, []):
        with pytest.raises(TypeError, match="list of scores"):
            nn.cross_entropy(wrong, 0)


@pytest.mark.parametrize("score", [-800.0, -40.0, 0.0, 40.0, 800.0])
def test_cross_entropies_neither_overflow_nor_lose_digits(score):
    for label in (0, 1):
        s = Value(score)
        error = nn.binary_cross_entropy(s, label)
        error.backward()
        signed = score if label else -score
        exact = -signed if signed < -700 else math.log1p(math.exp(-signed))
        assert error.data == pytest.approx(exact, rel=1e-14)
        slope = math.exp(-signed) / (1 + math.exp(-signed)) if signed > -700 else 1.0
        assert abs(s.grad) == pytest.approx(slope, rel=1e-13)
        pair = [Value(0.0), Value(score)]
        assert nn.cross_entropy(pair, label).data == pytest.approx(exact, rel=1e-12, abs=1e-13)


def test_huber_joins_smoothly_and_wants_a_width():
    for delta in (0.5, 1.0, 3.0):
        below, above = nn.huber(delta - 1e-9, 0.0, delta), nn.huber(delta + 1e-9, 0.0, delta)
        assert above - below == pytest.approx(2e-9 * delta, rel=1e-4)
    with pytest.raises(ValueError, match="delta"):
        nn.huber(1.0, 0.0, 0.0)


def test_penalties_differentiate_to_sign_and_twice_the_weight():
    weights = [Value(-2.0), Value(0.0), Value(3.0)]
    nn.l1_penalty(weights, 0.1).backward()
    assert [w.grad for w in weights] == pytest.approx([-0.1, 0.0, 0.1])
    nn.l2_penalty(weights, 0.1).backward()
    assert [w.grad for w in weights] == pytest.approx([-0.5, 0.0, 0.7])


OPTIMIZERS = [
    nn.SGD(0.1),
    nn.SGD(0.1, momentum=0.9, nesterov=True),
    nn.RMSprop(momentum=0.5),
    nn.Adam(),
    nn.AdamW(),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_an_optimizer_goes_on_from_its_state(optimizer):
    optimizer = copy.deepcopy(optimizer)
    other = copy.deepcopy(optimizer)
    weights = [1.0, -2.0]
    for _ in range(3):
        weights = optimizer.updated(weights, [0.3, -0.1])
    other.load_state_dict(optimizer.state_dict())
    assert other.updated(weights, [0.5, 0.5]) == optimizer.updated(weights, [0.5, 0.5])
    assert other.steps == 4
    if optimizer._averages:
        with pytest.raises(ValueError, match="4 steps with 2 parameters, and was given 3"):
            optimizer.updated([1.0, 2.0, 3.0], [0.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="averages"):
        other.load_state_dict({"steps": 1, "averages": [[1.0]] * 5})
    with pytest.raises(nn.InputError, match=r"must have steps and averages, and has \['steps'\]"):
        other.load_state_dict({"steps": 1})
    with pytest.raises(nn.KindError, match="takes a dict"):
        other.load_state_dict(None)
    assert other.steps == 4


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_an_optimizer_finds_the_bottom_of_a_bowl(optimizer):
    optimizer = copy.deepcopy(optimizer)
    optimizer.lr = 0.02
    w = Value(1.5)
    for _ in range(400):
        w.grad = 0.0
        (w * w).backward()
        optimizer.step([w])
    assert abs(w.data) < 0.05


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.SGD(-0.1),
        lambda: nn.SGD(math.nan),
        lambda: nn.SGD(0.1, momentum=1.0),
        lambda: nn.SGD(0.1, nesterov=True),
        lambda: nn.RMSprop(alpha=1.5),
        lambda: nn.Adam(betas=(0.9, 1.0)),
        lambda: nn.Adam(eps=0.0),
        lambda: nn.AdamW(weight_decay=-1.0),
        lambda: schedules.constant(-1.0),
        lambda: schedules.cosine(0.1, 0),
        lambda: schedules.step_decay(0.1, 3, math.inf),
        lambda: schedules.warm_up(schedules.constant(1.0), 5, -0.5),
        lambda: nn.clip_norm([Value(1.0)], 0.0),
        lambda: nn.clip_value([Value(1.0)], math.nan),
        lambda: nn.accuracy([], []),
        lambda: nn.accuracy([1.0], [1, 1]),
    ],
)
def test_settings_out_of_range_are_refused(make):
    with pytest.raises(ValueError, match=r"."):
        make()


def test_an_optimizer_must_say_its_rule():
    with pytest.raises(TypeError, match=r"abstract.*_rule"):
        nn.Optimizer(0.1)
    assert repr(nn.SGD(0.1)) == "SGD(lr=0.1, weight_decay=0.0, momentum=0.0, nesterov=False)"
    nn.SGD(0.1).step([])


@pytest.mark.parametrize(
    "use", [nn.SGD(0.1).step, lambda p: nn.clip_norm(p, 1.0), lambda p: nn.clip_value(p, 1.0)]
)
def test_what_is_no_parameter_is_refused_and_none_is_changed(use):
    weight = Value(1.0)
    weight.grad = 5.0
    for wrong, words in (
        ([weight, 1.0], "number 1 of those given is 1.0"),
        (3, "was given an int"),
        (weight, "was given a Value"),
        (nn.MLP(2, [1]), r"write model\.parameters\(\)"),
    ):
        with pytest.raises(nn.KindError, match=words):
            use(wrong)
    assert (weight.data, weight.grad) == (1.0, 5.0)


def test_clipping_by_value_keeps_small_gradients():
    weights = [Value(0.0), Value(0.0), Value(0.0)]
    for weight, gradient in zip(weights, (0.5, -7.0, 2.0), strict=True):
        weight.grad = gradient
    nn.clip_value(weights, 2.0)
    assert [weight.grad for weight in weights] == [0.5, -2.0, 2.0]
    assert nn.clip_norm(weights, 100.0) == math.hypot(0.5, 2.0, 2.0)
    assert [weight.grad for weight in weights] == [0.5, -2.0, 2.0]


def test_accuracy_is_the_same_on_lists_and_arrays():
    numpy = pytest.importorskip("numpy")
    scores, labels = [0.2, -0.1, 0.0, 3.0], [1, 1, -1, 1]
    assert nn.accuracy(scores, labels) == 0.75
    assert nn.accuracy(numpy.array(scores), numpy.array(labels)) == 0.75
    rows, classes = [[0.1, 0.9, 0.0], [2.0, 1.0, 0.0]], [1, 2]
    assert nn.accuracy(rows, classes) == 0.5
    assert nn.accuracy(numpy.array(rows), numpy.array(classes)) == 0.5


def test_accuracy_refuses_what_does_not_fit():
    numpy = pytest.importorskip("numpy")
    assert nn.accuracy(numpy.array([1.0, -1.0]), [1, -1]) == 1.0
    assert nn.accuracy([1.0, -1.0], numpy.array([1, 1])) == 0.5
    for kind in (list, numpy.array):
        with pytest.raises(ValueError, match="do not fit"):
            nn.accuracy(kind([[1.0, -1.0]]), kind([[1, -1, 1]]))


def test_updated_takes_trees_of_weights_as_lists_and_arrays_of_them():
    numpy = pytest.importorskip("numpy")
    tree = {"w": numpy.array([[1.0, 2.0], [3.0, 4.0]]), "b": [0.5, (1.5,)]}
    slopes = {"w": numpy.array([[0.1, -2.0], [0.0, 1.0]]), "b": [3.0, (-1.0,)]}
    of_tree, of_list = nn.Adam(lr=0.1), nn.Adam(lr=0.1)
    flat = [1.0, 2.0, 3.0, 4.0, 0.5, 1.5]
    for _ in range(3):
        tree = of_tree.updated(tree, slopes)
        flat = of_list.updated(flat, [0.1, -2.0, 0.0, 1.0, 3.0, -1.0])
    assert [*tree["w"].ravel().tolist(), tree["b"][0], *tree["b"][1]] == flat
    assert tree["w"].shape == (2, 2)


def test_updated_takes_a_model_and_gives_one():
    model = nn.MLP(2, [3, 1], seed=1)
    before = [p.data for p in model.parameters()]
    new = nn.SGD(lr=0.25).updated(model, model)
    assert [p.data for p in new.parameters()] == [w - 0.25 * w for w in before]
    assert [p.data for p in model.parameters()] == before


def test_every_setting_of_mlpclassifier_is_taken_or_told_what_is_ours():
    sklearn = pytest.importorskip("sklearn.neural_network")
    ours = inspect.signature(nn.Classifier).parameters
    for name in inspect.signature(sklearn.MLPClassifier).parameters:
        if name not in ours:
            with pytest.raises(TypeError, match=f"no setting '{name}'(: |; did you mean learning)"):
                nn.Classifier(**{name: 1})
