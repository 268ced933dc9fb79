"""fit: its numbers, its endings, its checkpoints, and what it refuses."""

import contextlib
import json
import math
import os
import random
import re
import signal
import sys
import threading
import warnings

import pytest

import autograd
import nn
from autograd import AutogradError, TraceError, Value
from nn import MLP, SGD, Adam, data, fit

X, Y = data.moons(24, noise=0.1, seed=5)
HELD_OUT = data.moons(16, noise=0.1, seed=6)


def network(seed=3):
    return MLP(2, [5, 1], seed=seed)


def trained(model=None, **settings):
    model = model or network()
    defaults = {
        "loss": "hinge",
        "optimizer": SGD(lr=0.1, momentum=0.8),
        "epochs": 4,
        "batch_size": 7,
        "validation": HELD_OUT,
        "engine": "eager",
        "seed": 11,
        "progress": False,
    }
    return model, fit(model, X, Y, **(defaults | settings))


def numbers(history):
    return [{k: v for k, v in record.items() if k != "seconds"} for record in history.records]


# -- the four steps ----------------------------------------------------------------------------


def test_fit_is_the_four_steps_in_a_loop():
    model, history = trained(batch_size=None, epochs=5)
    hand, optimizer = network(), SGD(lr=0.1, momentum=0.8)
    for epoch in range(5):
        scores = [hand(x) for x in X]
        error = nn.hinge(scores, Y)
        hand.zero_grad()
        error.backward()
        optimizer.step(hand.parameters())
        assert history["loss"][epoch] == pytest.approx(error.data, rel=1e-13)
    for ours, theirs in zip(model.parameters(), hand.parameters(), strict=True):
        assert ours.data == pytest.approx(theirs.data, rel=1e-12)


def test_the_history_holds_losses_metrics_rate_and_seconds():
    model, history = trained()
    assert history.names() == [
        "loss",
        "accuracy",
        "validation_loss",
        "validation_accuracy",
        "learning_rate",
        "seconds",
    ]
    assert (len(history), history.engine) == (4, "eager")
    assert history["learning_rate"] == [0.1] * 4
    assert all(seconds > 0.0 for seconds in history["seconds"])
    scores = [model(x).data for x in HELD_OUT[0]]
    assert history["validation_accuracy"][-1] == nn.accuracy(scores, HELD_OUT[1])
    assert history["validation_loss"][-1] == pytest.approx(nn.hinge(scores, HELD_OUT[1]))
    assert history.best_epoch == 1 + history["validation_loss"].index(
        min(history["validation_loss"])
    )
    assert list(history) == history.names()
    assert "loss" in history
    assert "speed" not in history
    assert {name: history[name] for name in history}["learning_rate"] == [0.1] * 4
    with pytest.raises(KeyError, match="validation_accuracy"):
        history["speed"]
    assert dict(history) == {name: history[name] for name in history}
    assert list(nn.History("eager")) == []
    with pytest.raises(KeyError, match="no epoch was finished"):
        nn.History("eager")["loss"]
    assert "4 epochs" in repr(history)


def test_the_same_seed_gives_the_same_numbers_and_another_does_not():
    assert numbers(trained()[1]) == numbers(trained()[1])
    assert numbers(trained()[1]) != numbers(trained(seed=12)[1])
    random.seed(1)
    first = numbers(trained(seed=None)[1])
    random.seed(1)
    assert numbers(trained(seed=None)[1]) == first


def test_every_row_is_in_one_batch_of_each_epoch():
    seen = []

    def watched(score, target):
        seen.append(target)
        return nn.mse(score, target)

    model = MLP(1, [1], seed=1)
    rows = [[float(i)] for i in range(10)]
    fit(
        model,
        rows,
        list(range(10)),
        watched,
        SGD(lr=0.0),
        epochs=2,
        batch_size=3,
        engine="eager",
        seed=4,
        progress=False,
    )
    first, second = seen[-20:-10], seen[-10:]
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second


def test_a_penalty_a_schedule_and_clipping_act():
    def decay(parameters):
        return nn.l2_penalty(parameters, 0.5)

    start = network().state_dict()
    once = {"optimizer": SGD(lr=0.1), "epochs": 1, "batch_size": None}
    (free, _), (pulled, _) = trained(**once), trained(**once, penalty=decay)
    for name, weight in pulled.state_dict().items():
        assert weight == pytest.approx(free.state_dict()[name] - 0.1 * start[name], abs=1e-15)
    _, history = trained(schedule=nn.schedules.step_decay(0.1, 2, 0.5))
    assert history["learning_rate"] == [0.1, 0.1, 0.05, 0.05]
    for limits in ({"clip_norm": 1e-3}, {"clip_value": 1e-4}):
        held, _ = trained(optimizer=SGD(lr=1.0), epochs=1, batch_size=None, **limits)
        moves = [after - start[name] for name, after in held.state_dict().items()]
        assert math.hypot(*moves) <= 1.0001e-3
        assert max(map(abs, moves)) > 5e-5


def test_multiple_outputs_learn_regression_and_classes():
    rows = [[a / 4.0] for a in range(-4, 5)]
    pairs = [[x, x * x] for (x,) in rows]
    model = MLP(1, [6, 2], activation="tanh", seed=2)
    history = fit(model, rows, pairs, "mse", Adam(lr=0.05), 60, engine="eager", progress=False)
    assert history["loss"][-1] < 0.1 * history["loss"][0]
    assert "accuracy" not in history.names()
    points, labels = data.blobs(30, seed=3)
    model = MLP(2, [3], seed=2)
    fit(model, points, labels, "cross_entropy", Adam(0.1), 30, engine="eager", progress=False)
    assert nn.accuracy([[s.data for s in model(x)] for x in points], labels) > 0.95


# -- endings -----------------------------------------------------------------------------------


def test_early_stopping_restores_the_best_weights():
    best = {}

    def snapshot(history, model):
        best[len(history)] = model.state_dict()

    def loss(score, target):
        return (score - target) * (score - target)

    model, history = trained(loss=loss, epochs=50, patience=3, callbacks=[snapshot], batch_size=2)
    stop = len(history)
    assert history.best_epoch == 1 + history["validation_loss"].index(
        min(history["validation_loss"])
    )
    assert stop == history.best_epoch + 3 < 50
    assert history.ending.startswith(f"stopped early after epoch {stop}, with the weights of")
    assert model.state_dict() == best[history.best_epoch]


def test_patience_needs_validation():
    with pytest.raises(ValueError, match="validation"):
        trained(patience=3, validation=None)


def test_a_callback_ends_training():
    _, history = trained(callbacks=[lambda history, model: len(history) == 2], epochs=9)
    assert len(history) == 2
    assert history.ending == "a callback ended it after epoch 2"
    _, same = trained(callbacks=lambda history, model: len(history) == 2, epochs=9)
    assert numbers(same) == numbers(history)


class Interrupting:
    """A loss that presses Ctrl-C at one of its calls."""

    def __init__(self, at):
        self.calls, self.at = 0, at

    def __call__(self, score, target):
        self.calls += 1
        if self.calls == self.at:
            raise KeyboardInterrupt
        return nn.hinge(score, target)


@pytest.mark.parametrize("at", [3, 2 + 64 + 1, 2 + 2 * 64 + 30, 2 + 3 * 64 - 1])
def test_ctrl_c_leaves_the_end_of_the_last_finished_epoch(at):
    optimizer = Adam(lr=0.05)
    model, history = trained(loss=Interrupting(at), metrics={}, optimizer=optimizer, epochs=6)
    done = len(history)
    assert history.ending == f"interrupted after epoch {done}"
    assert done < 6
    if done == 0:
        assert model.state_dict() == network().state_dict()
        return
    calm = Adam(lr=0.05)
    expected, expected_history = trained(metrics={}, optimizer=calm, epochs=done)
    assert model.state_dict() == expected.state_dict()
    assert numbers(history) == numbers(expected_history)
    assert optimizer.state_dict() == calm.state_dict()


def test_ctrl_c_on_the_way_out_of_a_block_leaves_no_mode_on(monkeypatch):
    leave, left = autograd.scope.__exit__, []

    def pressed(self, *error):
        left.append(self)
        if len(left) in (30, 31, 32):  # the neuron's, the layer's and fit's
            raise KeyboardInterrupt
        leave(self, *error)

    monkeypatch.setattr(autograd.scope, "__exit__", pressed)
    model, history = trained(metrics={})
    assert history.ending == "interrupted after epoch 0"
    score = model([1.0, 2.0])
    assert [scope.name for scope in score.scope.path()] == ["layer 2", "neuron 1"]


def test_ctrl_c_between_the_record_and_the_state_leaves_both_of_one_epoch():
    class Pressed(SGD):
        looks = 0

        def snapshot(self):
            self.looks += 1
            if self.looks == 3:
                raise KeyboardInterrupt
            return super().snapshot()

    model, history = trained(optimizer=Pressed(lr=0.1, momentum=0.8))
    assert len(history) == 1
    assert model.state_dict() == trained(epochs=1)[0].state_dict()


# Where Ctrl-C falls into a callback of the collector, Python itself swallows it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_at_any_moment_leaves_a_finished_epoch():
    states = [network().state_dict()]
    trained(epochs=12, callbacks=[lambda history, model: states.append(model.state_dict())])
    endings = set()

    armed = False

    def press(number, frame):
        nonlocal armed
        if armed:  # outside of the training nobody would catch it
            armed = False
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, press)
    outside = autograd.scope("this test")
    try:
        for delay in range(1, 100, 3):
            outside.__enter__()
            optimizer = SGD(lr=0.1, momentum=0.8)
            signal.setitimer(signal.ITIMER_REAL, 0.012 + delay / 1000)
            try:
                armed = True
                model, history = trained(epochs=12, optimizer=optimizer)
                armed = False
            except KeyboardInterrupt:  # it fell outside of the loop of epochs
                continue
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0.0)
                outside.__exit__()
            assert model.state_dict() == states[len(history)]
            assert optimizer.steps == 4 * len(history)
            assert all(p.grad == 0.0 for p in model.parameters())
            endings.add(history.ending)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert len(endings) > 1


def test_an_error_in_a_callback_leaves_a_whole_model():
    def broken(history, model):
        raise RuntimeError("mine")

    model = network()
    with pytest.raises(RuntimeError, match="mine"):
        trained(model, callbacks=[broken])
    assert model.state_dict() == trained(epochs=1)[0].state_dict()


@pytest.mark.parametrize("engine", ["eager", "jit"])
def test_a_nan_loss_names_epoch_batch_and_operation(engine):
    def shaky(score, target):
        return autograd.log(score - 1e6)

    model = network()
    with pytest.raises(FloatingPointError) as caught:
        trained(model, loss=shaky, engine=engine, metrics={}, validation=None)
    text = str(caught.value)
    assert "epoch 1, batch 1" in text
    assert "log gave nan" in text
    assert "autograd.log(score - 1e6)" in text
    assert model.state_dict() == network().state_dict()


def test_weights_that_run_away_are_named():
    with pytest.raises(FloatingPointError, match=r"epoch \d+, batch \d+: .*(learning rate|gave)"):
        trained(loss="mse", optimizer=SGD(lr=1e30), epochs=30)


# -- checkpoints -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [lambda: SGD(0.1, momentum=0.8), lambda: Adam(lr=0.02)])
def test_resuming_gives_the_numbers_of_an_unbroken_run(tmp_path, kind):
    path = tmp_path / "run.json"
    whole, expected = trained(optimizer=kind(), epochs=6)
    trained(optimizer=kind(), epochs=3, checkpoint=path)
    other = network(seed=99)
    other, history = trained(other, optimizer=kind(), epochs=6, resume=path)
    assert numbers(history) == numbers(expected)
    assert other.state_dict() == whole.state_dict()
    assert history.best_epoch == expected.best_epoch
    done = trained(network(seed=98), optimizer=kind(), epochs=3, resume=path)
    assert len(done[1]) == 3


def test_a_checkpoint_keeps_the_best_weights_for_early_stopping(tmp_path):
    path = tmp_path / "run.json"
    settings = {"batch_size": 2, "patience": 4, "seed": None}
    random.seed(8)
    whole, expected = trained(epochs=40, optimizer=SGD(lr=0.5), **settings)
    assert 1 < expected.best_epoch < len(expected) < 40
    random.seed(8)
    broken_off = expected.best_epoch + 2
    trained(epochs=broken_off, optimizer=SGD(lr=0.5), checkpoint=path, **settings)
    random.seed(9)  # the seed of the order comes from the file
    again = {"epochs": 40, "optimizer": SGD(lr=0.5), "resume": path}
    model, history = trained(network(seed=99), **again, **settings)
    assert numbers(history) == numbers(expected)
    assert (history.ending, history.best_epoch) == (expected.ending, expected.best_epoch)
    assert model.state_dict() == whole.state_dict()


def test_resuming_refuses_other_settings_and_other_files(tmp_path):
    path = tmp_path / "run.json"
    trained(epochs=1, checkpoint=path)
    for wrong in ({"batch_size": 8}, {"loss": "mse"}, {"optimizer": Adam()}, {"seed": 12}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            trained(epochs=2, resume=path, **wrong)
    with pytest.raises(ValueError, match=r"layers\.1"):
        trained(MLP(2, [5, 4, 1], seed=1), resume=path)
    with pytest.raises(FileNotFoundError):
        trained(resume=tmp_path / "none.json")
    (tmp_path / "broken.json").write_text('{"weights": ')
    with pytest.raises(ValueError, match="not JSON"):
        trained(resume=tmp_path / "broken.json")
    nn.save(network(), tmp_path / "weights.json")
    with pytest.raises(ValueError, match="not a checkpoint"):
        trained(resume=tmp_path / "weights.json")
    content = json.loads(path.read_text())
    for part in ("optimizer", "history", "best", "settings"):
        (tmp_path / "part.json").write_text(json.dumps(content | {part: 3}))
        with pytest.raises(ValueError, match=r"not a checkpoint|no weights"):
            trained(resume=tmp_path / "part.json")
    with pytest.raises(ValueError, match="no folder"):
        trained(checkpoint=tmp_path / "none" / "run.json")


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    trained(epochs=1, checkpoint=path)
    before = path.read_bytes()

    def full(*arguments):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        trained(epochs=1, checkpoint=path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["run.json"]


def test_weights_are_saved_exactly(tmp_path):
    model = network()
    odd = [0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, 1 / 3, 2.0**-1074]
    for parameter, number in zip(model.parameters(), odd, strict=False):
        parameter.data = number
    nn.save(model, tmp_path / "weights.json")
    other = nn.load(network(seed=4), tmp_path / "weights.json")
    assert [p.data.hex() for p in other.parameters()] == [p.data.hex() for p in model.parameters()]

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    json.loads((tmp_path / "weights.json").read_text(), parse_constant=refuse)


def test_loading_refuses_what_does_not_fit(tmp_path):
    model = network()
    before = model.state_dict()
    nn.save(MLP(2, [4, 1], seed=1), tmp_path / "small.json")
    with pytest.raises(ValueError, match=r"missing: 'layers\.0\.neurons\.4\.b'"):
        nn.load(model, tmp_path / "small.json")
    with pytest.raises(ValueError, match="unknown: 'more'"):
        model.load_state_dict(before | {"more": 1.0})
    with pytest.raises(TypeError, match="str"):
        model.load_state_dict(before | {"layers.1.neurons.0.b": "1"})
    with pytest.raises(ValueError, match="unknown: 1, 'more'"):
        model.load_state_dict({"more": 1.0, 1: 2.0})
    for wrong in (None, [1], "weights.json"):
        with pytest.raises(nn.KindError, match="takes a dict"):
            model.load_state_dict(wrong)
    assert model.state_dict() == before


def test_what_is_no_model_is_refused(tmp_path):
    for use in (
        lambda: nn.save(3, tmp_path / "weights.json"),
        lambda: nn.load(3, tmp_path / "weights.json"),
        lambda: nn.predict(3, X),
        lambda: nn.gradients(3, X, Y),
    ):
        with pytest.raises(nn.KindError, match=r"model must be an nn\.Module, and is an int"):
            use()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(nn.KindError, match="then must be a schedule"):
        nn.schedules.warm_up(0.1, 3)


# -- engines -----------------------------------------------------------------------------------

CASES = {
    "hinge": (2, [6, 1], "relu", data.moons),
    "binary_cross_entropy": (2, [6, 1], "tanh", lambda n, seed: data.xor(n, 0.1, seed, (0, 1))),
    "cross_entropy": (2, [5, 3], "sigmoid", lambda n, seed: data.blobs(n, seed=seed)),
    "mse": (1, [5, 1], "silu", lambda n, seed: data.noisy_sine(n, seed=seed)),
    "mae": (1, [5, 1], "softplus", lambda n, seed: data.noisy_sine(n, seed=seed)),
    "huber": (1, [5, 1], "elu", lambda n, seed: data.noisy_sine(n, seed=seed)),
}


@pytest.mark.parametrize("loss", CASES)
def test_jit_and_eager_give_the_same_history(loss):
    nin, nouts, activation, points = CASES[loss]

    def elu(x):
        return autograd.elu(x, 1.0)

    results = []
    for engine in ("eager", "jit"):
        model = MLP(nin, nouts, activation=elu if activation == "elu" else activation, seed=7)
        history = fit(
            model,
            *points(21, seed=1),
            loss,
            Adam(lr=0.02),
            epochs=6,
            batch_size=8,
            validation=points(10, seed=2),
            penalty=lambda parameters: nn.l1_penalty(parameters, 1e-3),
            clip_norm=2.0,
            engine=engine,
            seed=3,
            progress=False,
        )
        results.append((history, model))
    (eager, one), (compiled, other) = results
    assert compiled.engine == "jit"
    for ours, theirs in zip(numbers(eager), numbers(compiled), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)
    assert list(one.state_dict().values()) == pytest.approx(
        list(other.state_dict().values()), rel=1e-9, abs=1e-9
    )


def test_the_default_engine_falls_back_and_a_demanded_one_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    assert trained(engine=None)[1].engine == "eager"
    with pytest.raises(ImportError, match=r"scalar-autograd\[jit\]"):
        trained(engine="jit")


def test_python_that_jit_cannot_follow_is_named_with_the_way_out():
    def counting(score, target):
        return score * float(int(score.data > 0))

    with pytest.raises(TraceError) as caught:
        trained(loss=counting, engine="jit")
    assert any('engine="eager"' in note for note in caught.value.__notes__)
    assert len(trained(loss=counting, engine="eager")[1]) == 4


def test_a_loss_that_decides_by_numbers_trains_in_both_engines_alike():
    def branching(score, target):
        return (1.0 - score * target) * 2.0 if score * target < 1.0 else 0.0 * score

    compiled, eager = (trained(loss=branching, engine=engine)[1] for engine in ("jit", "eager"))
    assert compiled["loss"] == pytest.approx(eager["loss"], rel=1e-9)


def test_arrays_are_taken_as_lists_are():
    numpy = pytest.importorskip("numpy")
    _, expected = trained()
    model = network()
    history = fit(
        model,
        numpy.array(X),
        numpy.array(Y, dtype=int),
        "hinge",
        SGD(lr=0.1, momentum=0.8),
        epochs=4,
        batch_size=7,
        validation=(numpy.array(HELD_OUT[0]), numpy.array(HELD_OUT[1])),
        engine="eager",
        seed=11,
        progress=False,
    )
    assert numbers(history) == numbers(expected)


def test_threads_train_side_by_side():
    histories = {}

    def work(name):
        histories[name] = numbers(trained(seed=name)[1])

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert histories == {seed: numbers(trained(seed=seed)[1]) for seed in (1, 2, 3)}


# -- what is refused ---------------------------------------------------------------------------

WRONG = {
    "no rows": (([], []), {}, "no rows"),
    "lengths": (([[1.0, 2.0]], [1, -1]), {}, "1 row.* 2 targets"),
    "ragged": (([[1.0, 2.0], [1.0]], [1, -1]), {}, r"X\[1\] has 1 numbers"),
    "flat rows": (([1.0, 2.0], [1, -1]), {}, "row of numbers"),
    "nan": (([[1.0, math.nan]], [1]), {}, r"X\[0\] holds NaN"),
    "nan target": (([[1.0, 2.0]], [math.nan]), {"loss": "mse"}, r"y\[0\] holds NaN"),
    "features": (([[1.0, 2.0, 3.0]], [1]), {}, "takes 2 inputs"),
    "hinge labels": (
        ([[1.0, 2.0]], [0]),
        {},
        r"\(write 2 \* numpy.asarray\(y\) - 1, or take binary",
    ),
    "odds": (([[1.0, 2.0]], [2]), {"loss": "binary_cross_entropy"}, "labels 0 and 1"),
    "classes of one": (([[1.0, 2.0]], [0]), {"loss": "cross_entropy"}, "at least two outputs"),
    "rows of targets": (([[1.0, 2.0]], [[1.0]]), {"loss": "mse"}, "one score"),
    "validation": (([[1.0, 2.0]], [1]), {"validation": ([[1.0]], [1])}, "takes 2 inputs"),
    "loss": (([[1.0, 2.0]], [1]), {"loss": "hinges"}, "no loss 'hinges'"),
    "epochs": (([[1.0, 2.0]], [1]), {"epochs": 0}, "epochs must be at least 1"),
    "batch": (([[1.0, 2.0]], [1]), {"batch_size": 0}, "batch_size"),
    "clip": (([[1.0, 2.0]], [1]), {"clip_norm": 0.0}, "limit"),
    "schedule": (([[1.0, 2.0]], [1]), {"schedule": lambda epoch: -1.0}, r"schedule\(0\)"),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_is_refused_with_a_reason(case):
    (rows, targets), settings, words = WRONG[case]
    model = network()
    settings = {"epochs": 1, "engine": "eager", "progress": False} | settings
    with pytest.raises(ValueError, match=words) as caught:
        fit(model, rows, targets, **settings)
    assert isinstance(caught.value, AutogradError)
    assert model.state_dict() == network().state_dict()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"engine": "gpu"}, "engine"),
        ({"epochs": 2.5}, "epochs"),
        ({"seed": "x"}, "seed"),
        ({"optimizer": "adam"}, "optimizer"),
        ({"validation": 0.2}, "pair"),
        ({"callbacks": [3]}, "functions"),
        ({"callbacks": 3}, "functions"),
        ({"callbacks": None}, "functions"),
        ({"metrics": {"accuracy": "accuracy"}}, "functions"),
        ({"metrics": [nn.accuracy]}, "a dict of functions"),
        ({"schedule": 0.1}, "schedule must be a function"),
        ({"penalty": 1e-4}, "penalty must be a function"),
        ({"loss": ["mse"]}, "loss must be a name"),
        ({"checkpoint": 3}, "checkpoint must be the path"),
        ({"resume": 3}, "resume must be the path"),
        ({"model": lambda x: x}, "Module"),
        ({"loss": lambda score, target: 1.0}, "must be a Value"),
    ],
)
def test_wrong_kinds_are_type_errors(settings, words):
    with pytest.raises(TypeError, match=words) as caught:
        trained(**settings)
    assert isinstance(caught.value, AutogradError)
    with pytest.raises(
        TypeError, match="holds the text 'a' in column 0, and a network takes numbers"
    ):
        fit(network(), [["a", "b"]], [1], engine="eager", progress=False)
    with pytest.raises(TypeError, match="must be a list"):
        fit(network(), 3.0, [1], engine="eager", progress=False)


def test_fit_under_no_grad_is_refused_rather_than_learning_nothing():
    with autograd.no_grad(), pytest.raises(ValueError, match="no_grad"):
        trained()


def test_a_model_without_parameters_is_refused():
    class Empty(nn.Module):
        def __call__(self, x):
            return Value(1.0) * x[0]

    with pytest.raises(ValueError, match="no parameters"):
        fit(Empty(), [[1.0]], [1.0], "mse", engine="eager", progress=False)


def test_the_progress_bar_counts_epochs(capsys):
    trained(progress=True)
    assert "4/4" in capsys.readouterr().err


@pytest.mark.parametrize(
    "loss", ["hinge", "mse", "binary_cross_entropy", lambda s, t: (s - t) ** 2]
)
def test_a_loss_that_ends_far_above_its_first_is_told_and_the_rate_that_is_named_is_quiet(loss):
    X, y = data.moons(50, seed=1)
    y = [(side + 1) / 2 for side in y] if loss == "binary_cross_entropy" else y

    def trained(rate):
        model = MLP(2, [8, 1], activation="tanh", seed=1)
        return fit(model, X, y, loss, SGD(lr=rate), 60, seed=1, progress=False)["loss"]

    with pytest.warns(
        UserWarning, match=r"the loss rose from [\d.]+ to .*: take a smaller"
    ) as seen:
        losses = trained(3.0 if loss not in ("hinge", "binary_cross_entropy") else 1000.0)
    assert losses[-1] > 2.0 * losses[0]
    assert [each.filename for each in seen] == [__file__]
    advised = re.search("lr=([^ ]+) of the optimiser", str(seen[0].message))
    assert trained(float(advised[1]))[-1] < 1.0


def test_the_rate_of_an_estimator_is_named_as_it_is_called_there():
    pytest.importorskip("sklearn")
    X, y = data.moons(50, seed=1)
    with pytest.warns(UserWarning, match="the loss rose .* learning_rate_init=0.01 of nn.Class"):
        nn.Classifier(learning_rate_init=100.0, random_state=1).fit(X, y)


@pytest.mark.parametrize("optimizer", [SGD, nn.Adam, nn.RMSprop])
def test_numbers_near_the_largest_float_bring_no_warning_of_numpy_s(optimizer):
    X, y = data.moons(20, seed=1)
    for rate in (3.0, 1e100, 1e200):
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            warnings.simplefilter("ignore", UserWarning)
            with contextlib.suppress(nn.DivergedError):
                fit(MLP(2, [4, 1], seed=1), X, y, "mse", optimizer(lr=rate), 12, progress=False)
