"""The two engines give the same numbers, however a loss or a model reaches its parameters."""

import random
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import autograd
import nn
from autograd import TraceError, Value, where
from nn import MLP, SGD, Layer, Module, data, fit, hinge, l2_penalty, predict

X, Y = data.moons(24, noise=0.1, seed=5)


class Lambda(Module):
    """Its rule is a function that holds the module by a closure."""

    def __init__(self):
        self.w = [Value(0.3), Value(-0.2)]
        self.rule = lambda x: self.w[0] * x[0] + self.w[1] * x[1]

    def __call__(self, x):
        return self.rule(x)


class LearnedSlope(Module):
    """Its activation holds a parameter by a closure (PReLU)."""

    def __init__(self):
        self.slope = Value(0.25)
        self.hidden = Layer(2, 4, seed=1, activation=lambda z: where(z > 0, z, self.slope * z))
        self.last = Layer(4, 1, nonlin=False, seed=2)

    def __call__(self, x):
        return self.last(self.hidden(x))


class SumOfSquares(Module):
    """It asks for its parameters on the way, and cannot be copied."""

    def __init__(self):
        self.net = MLP(2, [4, 1], seed=1)
        self.lock = threading.Lock()

    def __call__(self, x):
        return self.net(x) * (1.0 + autograd.sum(p * p for p in self.parameters()))


class Plain(Module):
    def __init__(self):
        self.net = MLP(2, [4, 1], seed=1)

    def __call__(self, x):
        return self.net(x)


class ArrayOfScores(Plain):
    def __call__(self, x):
        return np.array([self.net(x), self.net(x) * 2.0])


class DictOfScores(Plain):
    def __call__(self, x):
        return {"score": self.net(x)}


def history(model, engine, targets=Y, **settings):
    defaults = {"optimizer": SGD(lr=0.1), "epochs": 4, "seed": 1, "progress": False}
    return fit(model, X, targets, engine=engine, **(defaults | settings))


def assert_the_same(kind, targets=Y, **settings):
    """Train twice; settings that depend on the model are functions of it."""
    trained, losses = [], []
    for engine in ("jit", "eager"):
        model = kind()
        start = model.state_dict()
        own = {name: use(model) for name, use in settings.items() if name != "loss"}
        loss = settings.get("loss", "hinge")
        own["loss"] = loss(model) if callable(loss) else loss
        losses.append(history(model, engine, targets, **own)["loss"])
        trained.append(model.state_dict())
        assert all(trained[-1][name] != number for name, number in start.items())
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)
    assert trained[0] == pytest.approx(trained[1], rel=1e-9)


@pytest.mark.parametrize("kind", [Plain, Lambda, LearnedSlope, SumOfSquares])
def test_parameters_are_trained_wherever_the_model_finds_them(kind):
    assert_the_same(kind)


def weighted(model):
    return lambda s, t: hinge(s, t) + 0.1 * autograd.sum(p * p for p in model.parameters())


def test_a_loss_may_reach_the_model_by_a_closure():
    assert_the_same(Plain, loss=weighted)


@pytest.mark.parametrize(
    "penalty",
    [
        lambda model: lambda p: l2_penalty(p, 0.1),
        lambda model: lambda p: l2_penalty(model.parameters(), 0.1),
        lambda model: lambda p: l2_penalty(p, 0.1) + model.net.layers[0].neurons[0].b ** 2,
    ],
)
def test_so_may_a_penalty(penalty):
    assert_the_same(Plain, penalty=penalty)


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_a_penalty_of_nothing_is_a_plain_0(engine):
    model, other = Plain(), Plain()
    history(model, engine, penalty=lambda p: 0.0)
    history(other, engine)
    assert model.state_dict() == other.state_dict()


def test_scores_may_be_arrays_and_dicts():
    pairs = [[t, t] for t in Y]
    assert_the_same(ArrayOfScores, pairs)
    assert_the_same(DictOfScores, loss=lambda model: lambda s, t: hinge(s["score"], t))


@pytest.mark.parametrize(
    "kind", [Lambda, LearnedSlope, SumOfSquares, ArrayOfScores, DictOfScores, Plain]
)
def test_predict_gives_what_the_model_gives(kind):
    model = kind()
    for x, score in zip(X, predict(model, X), strict=True):
        expected = model(x)
        if kind is ArrayOfScores:
            assert score == [value.data for value in expected]
        elif kind is DictOfScores:
            assert score == {"score": expected["score"].data}
        else:
            assert score == expected.data


@pytest.mark.parametrize("dice", [random.random, np.random.rand])
def test_random_numbers_in_a_compiled_model_are_refused(dice):
    class Dropout(Plain):
        def __call__(self, x):
            return self.net(x) * dice()

    with pytest.raises(TraceError, match="random numbers") as caught:
        history(Dropout(), "jit")
    assert any("eager" in note for note in caught.value.__notes__)
    assert len(history(Dropout(), "eager")) == 4


def test_workers_reach_the_model_by_a_closure_or_say_that_they_do_not():
    losses = []
    for engine, warned in (("jit", 0), ("eager", 1)):
        model = Plain()
        with warnings.catch_warnings(record=True) as seen, ThreadPoolExecutor(2) as executor:
            warnings.simplefilter("always")
            losses.append(
                history(model, engine, loss=weighted(model), executor=executor, shard_size=6)
            )
        assert len(seen) == warned
        assert all("reaches parameters of the original" in str(w.message) for w in seen)
    assert losses[0]["loss"] == pytest.approx(losses[1]["loss"], rel=1e-9)
    model = Plain()
    alone = history(model, "eager", loss=weighted(model))
    assert losses[0]["loss"] == pytest.approx(alone["loss"], rel=1e-9)


def test_under_detect_anomaly_a_closure_is_followed_too():
    model = Plain()
    with autograd.detect_anomaly():
        watched = history(model, "jit", loss=weighted(model))
    model = Plain()
    assert watched["loss"] == pytest.approx(history(model, "jit", loss=weighted(model))["loss"])


@pytest.mark.parametrize("engine", ["jit", "eager"])
@pytest.mark.parametrize("loss", ["hinge", "binary_cross_entropy"])
def test_several_labels_of_a_row_count_each_for_accuracy(engine, loss):
    labels = [[t, -t] for t in Y] if loss == "hinge" else [[t > 0, t < 0] for t in Y]
    model = MLP(2, [8, 2], seed=1)
    found = history(model, engine, labels, loss=loss)["accuracy"][-1]
    hits = [
        (s > 0) == (t > 0)
        for scores, row in zip(predict(model, X), labels, strict=True)
        for s, t in zip(scores, row, strict=True)
    ]
    assert found == pytest.approx(sum(hits) / len(hits))


def test_a_metric_does_not_bear_the_name_of_another_column():
    for name in ("loss", "seconds", "learning_rate", "validation_loss"):
        with pytest.raises(ValueError, match=name):
            history(Plain(), "eager", metrics={name: nn.accuracy})


class Remembering(Plain):
    """It keeps its last score."""

    def __call__(self, x):
        self.score = self.net(x)
        return self.score


class OwnCopies(Plain):
    """Its copies are not what deepcopy would make of it."""

    def __deepcopy__(self, memo):
        made = type(self)()
        made.load_state_dict(self.state_dict())
        return made


def test_a_loss_may_reach_what_the_model_keeps():
    def decayed(model):  # eagerly, a batch is scored before its losses: one row at a time
        return lambda s, t: hinge(s, t) + model.score**2

    assert_the_same(Remembering, loss=decayed, batch_size=lambda model: 1)


def test_what_was_recorded_of_the_weights_before_is_refused():
    model = Plain()
    doubled = model.net.layers[0].neurons[0].w[0] * 2.0
    with pytest.raises(ValueError, match="compute the expression again"):
        history(model, "jit", loss=lambda s, t: hinge(s, t) + doubled)


def test_a_gradient_within_a_loss_is_by_the_parameters_of_the_model():
    def smooth(model):
        weight = model.net.layers[0].neurons[0].w[0]
        return lambda s, t: hinge(s, t) + autograd.gradient(s * s, [weight])[0] ** 2

    assert_the_same(Plain, loss=smooth)


def test_a_model_that_copies_itself_in_its_own_way_is_trained():
    assert_the_same(OwnCopies)


class ReadsNumbers(Plain):
    def __call__(self, x):
        return self.net(x) * (1.0 + self.parameters()[0].data)


class DrawsForItself(Plain):
    def __init__(self):
        super().__init__()
        self.generator = random.Random(1)

    def __call__(self, x):
        return self.net(x) * self.generator.random()


class Counts(Plain):
    calls = 0

    def __call__(self, x):
        self.calls += 1
        return self.net(x) * float(self.calls)


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        (ReadsNumbers, TraceError, r"self\.parameters\(\)\[0\]\.data"),
        (DrawsForItself, ValueError, "the loss does not follow the model"),
        (Counts, ValueError, "the loss does not follow the model"),
    ],
)
@pytest.mark.filterwarnings("ignore:the loss rose")  # of what grows with every call
def test_what_a_compiled_loss_cannot_follow_is_refused(kind, error, words):
    model = kind()
    before = model.state_dict()
    with pytest.raises(error, match=words):
        history(model, "jit")
    assert model.state_dict() == before
    assert len(history(model, "eager")) == 4


def test_a_penalty_that_reads_numbers_is_refused_too():
    model = Plain()
    with pytest.raises(TraceError, match=r"hand the number over as an argument"):
        history(model, "jit", penalty=lambda p: p[0] * model.parameters()[0].data)
    state = iter(range(9))
    with pytest.raises(ValueError, match="the penalty does not follow the model"):
        history(model, "jit", penalty=lambda p: p[0] * float(next(state)))


@pytest.mark.parametrize("structure", ["rows", "mixed", "dict"])
def test_metrics_see_nested_scores_row_by_row(structure):
    class Nested(Plain):
        def __call__(self, x):
            s = self.net(x)
            return {
                "rows": [[s, s * 2.0, s], [s, s, s]],
                "mixed": [s, [s, s * 3.0]],
                "dict": {"a": s},
            }[structure]

    def first(score):
        while not isinstance(score, Value):
            score = score["a"] if isinstance(score, dict) else score[0]
        return score

    seen = {}
    for engine in ("jit", "eager"):
        history(
            Nested(),
            engine,
            loss=lambda s, t: hinge(first(s), t),
            metrics={"seen": lambda scores, y, engine=engine: seen.update({engine: scores}) or 0.0},
            epochs=1,
        )
    assert len(seen["jit"]) == len(seen["eager"]) == len(X)
    for ours, theirs in zip(seen["jit"], seen["eager"], strict=True):
        assert str(type(ours)) == str(type(theirs))
        np.testing.assert_allclose(
            autograd.trees.flatten(ours)[0], autograd.trees.flatten(theirs)[0], rtol=1e-9
        )


def test_predict_is_never_complex():
    class Root(Plain):
        def __call__(self, x):
            return self.net(x) ** 0.5

    model = Root()
    scores = predict(model, X)
    expected = [model(x).data for x in X]
    np.testing.assert_array_equal(scores, expected)
    assert any(score != score for score in scores)


def test_a_worker_checks_every_batch_for_parameters_of_the_original():
    model, other = Plain(), Plain()

    def loss_of(model):
        weight = model.net.layers[0].neurons[0].w[0]
        return lambda s, t: hinge(s, t) + (weight**2 if t > 0 else 0.0)

    settings = {"batch_size": 2, "epochs": 2}
    with ThreadPoolExecutor(1) as executor, warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        found = history(model, "eager", loss=loss_of(model), executor=executor, **settings)
    assert seen
    alone = history(other, "eager", loss=loss_of(other), **settings)
    assert found["loss"] == pytest.approx(alone["loss"], rel=1e-9)


class Scaled(Module):
    def __init__(self, w=2.0, scale=1.0):
        self.w, self.scale = Value(w), Value(scale)

    def __call__(self, x):
        return self.w * x[0]


def rare_class(model):
    return lambda s, t: where(t > 0.5, (model.scale - 5.0) ** 2 + s * s, (s - 1.0) ** 2)


@pytest.mark.parametrize(
    ("settings", "rare"),
    [
        ({"loss": rare_class}, 3),  # a row that is not among those tried first
        ({"loss": "mse", "penalty": lambda m: lambda p: autograd.relu(m.w - 2.2)}, None),
    ],
)
def test_a_closure_that_is_silent_at_first_is_followed_all_the_same(settings, rare):
    rows = [[k / 10.0] for k in range(21)]
    targets = [1.0 if k == rare else 3.0 * (rare is None) for k in range(21)]
    found = []
    for engine in ("jit", "eager"):
        model = Scaled()
        own = {name: use(model) if callable(use) else use for name, use in settings.items()}
        nn.fit(
            model,
            rows,
            targets,
            optimizer=SGD(lr=0.05),
            epochs=60,
            engine=engine,
            progress=False,
            **own,
        )
        found.append(model.state_dict())
    assert found[0] == pytest.approx(found[1], rel=1e-9)
    assert found[0]["scale" if rare else "w"] != Scaled().state_dict()["scale" if rare else "w"]


def test_comparing_the_engines_leaves_every_gradient_and_weight_alone():
    teacher, factor = Scaled(), Value(2.0)
    teacher.w.grad = 7.0
    model = Scaled()
    history(
        model,
        "jit",
        [1.0] * len(X),
        loss=lambda s, t: (s - teacher([t])) ** 2 * factor,
        epochs=1,
        batch_size=None,
    )
    assert (teacher.w.grad, teacher.w.data, factor.grad) == (7.0, 2.0, 0.0)


def test_ctrl_c_while_the_engines_are_compared_is_a_history():
    pressed = []

    class Pressed(Scaled):
        def __call__(self, x):
            if len(pressed) == 2:
                raise KeyboardInterrupt
            pressed.append(x)
            return super().__call__(x)

    model = Pressed()
    result = history(model, "jit", loss="mse")
    assert (len(result), result.ending) == (0, "interrupted after epoch 0")
    assert model.state_dict() == {"w": 2.0, "scale": 1.0}


@pytest.mark.parametrize("start", [0.0, 1.3, -1.0])
def test_numbers_that_a_loss_reads_are_found_out_from_any_weights(start):
    model = Scaled(start, start)
    with pytest.raises(TraceError, match=r"model\.w\.data"):
        history(model, "jit", loss=lambda s, t: (s * model.w.data - t) ** 2)


def test_a_parameter_reached_by_a_closure_on_a_rare_way_is_trained_too():
    def losses(engine):
        model = nn.MLP(1, [1], seed=1)
        weight = model.parameters()[0]

        def loss(score, target):
            error = (score - target) ** 2
            return error + 100.0 * weight**2 if target > 5.0 else error

        X, y = [[float(i)] for i in range(9)], [1.0] * 9
        y[1] = 6.0
        settings = {"optimizer": nn.SGD(0.001), "epochs": 3, "seed": 0, "progress": False}
        nn.fit(model, X, y, loss=loss, engine=engine, **settings)
        return [parameter.data for parameter in model.parameters()]

    assert losses("jit") == pytest.approx(losses("eager"), rel=1e-12)


def test_what_another_thread_draws_while_a_model_is_traced_is_not_taken_for_its_own():
    drawn = []

    def loss(score, target):
        if not drawn:  # as if another thread had done it at this moment
            drawn.append(random.random())
        return nn.mse(score, target)

    model = nn.MLP(1, [1], seed=1)
    history = fit(model, [[0.0], [1.0]], [0.0, 1.0], loss, epochs=2, engine="jit", progress=False)
    assert len(history) == 2
