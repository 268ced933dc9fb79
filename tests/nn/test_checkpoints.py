"""Checkpoints and saved weights: read whole before anything changes, and never half a file."""

import copy
import dataclasses
import json
import math
import os
import signal
import stat
import subprocess
import sys
import threading
import time
import warnings

import numpy
import pytest

import autograd
import nn
from autograd import AutogradError, Value
from nn import MLP, Adam, data, fit

X, Y = data.moons(12, noise=0.1, seed=5)


def run(model=None, optimizer=None, **settings):
    model, optimizer = model or MLP(2, [2, 1], seed=3), optimizer or Adam(lr=0.05)
    defaults = {"epochs": 3, "engine": "eager", "seed": 11, "progress": False, "batch_size": 6}
    history = fit(model, X, Y, "hinge", optimizer, validation=(X, Y), **(defaults | settings))
    return model, optimizer, history


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run.json"
    run(checkpoint=path)
    return json.loads(path.read_text())


def places(thing, path=()):
    yield path
    if isinstance(thing, (dict, list)):
        for key in thing if isinstance(thing, dict) else range(len(thing)):
            yield from places(thing[key], (*path, key))


def replaced(content, path, part):
    content = copy.deepcopy(content)
    if not path:
        return part
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    if part is REMOVED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = part
    return content


REMOVED = object()
DAMAGES = [REMOVED, None, True, -1, 0.5, 10**400, "x", "nan", [], [[]], {}, {"x": 1}]


def test_whatever_is_damaged_in_a_checkpoint_is_refused_and_changes_nothing(content, tmp_path):
    path, refused = tmp_path / "run.json", []
    for place in places(content):
        if (
            place[:1] in (("weights",), ("best", "weights"))
            and len(place) > 1
            and place[-1][-1] != "b"
        ):
            continue  # one weight stands for all
        for part in DAMAGES:
            if part is REMOVED and not place:
                continue
            path.write_text(json.dumps(replaced(content, place, part)))
            model, optimizer = MLP(2, [2, 1], seed=99), Adam(lr=0.05)
            before = model.state_dict(), optimizer.state_dict()
            try:
                run(model, optimizer, resume=path, epochs=3)
            except AutogradError as error:
                refused.append((place, part, str(error)))
                assert (model.state_dict(), optimizer.state_dict()) == before, (place, part)
    assert len(refused) > 300
    assert [each for each in refused if "run.json: " not in each[2]] == []


def test_more_steps_than_a_float_counts_are_refused_before_anything_has_changed(content, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(replaced(content, ("optimizer", "steps"), 10**400)))
    model, optimizer = MLP(2, [2, 1], seed=99), Adam(lr=0.05)
    before = model.state_dict(), optimizer.state_dict()
    with pytest.raises(nn.InputError, match=r"run\.json: .*at most 2\*\*53"):
        run(model, optimizer, resume=path, epochs=5)
    assert (model.state_dict(), optimizer.state_dict()) == before


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, '"' + "x" * 10, "\x00", "1" * 10_000, "null", "[]", "3"]
)
@pytest.mark.parametrize("use", ["resume", "load"])
def test_what_is_no_json_or_no_checkpoint_is_refused(use, text, tmp_path):
    path = tmp_path / "run.json"
    path.write_bytes(text.encode() + b"\xff" * (text == "\x00"))
    model = MLP(2, [2, 1], seed=99)
    with pytest.raises(nn.InputError, match=r"run\.json"):
        run(model, resume=path) if use == "resume" else nn.load(model, path)
    assert model.state_dict() == MLP(2, [2, 1], seed=99).state_dict()


@pytest.mark.parametrize("number", [None, True, "1.0", "x", [1.0], {}, 10**400])
def test_loading_refuses_weights_that_are_no_numbers_and_changes_none(number, content, tmp_path):
    name = list(content["weights"])[-1]
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(replaced(content, ("weights", name), number)))
    model = MLP(2, [2, 1], seed=99)
    with pytest.raises(nn.InputError, match="a weight is not a number"):
        nn.load(model, path)
    assert model.state_dict() == MLP(2, [2, 1], seed=99).state_dict()
    path.write_text(json.dumps({"weights": content["weights"], "classes": [1, 2]}))
    with pytest.raises(nn.InputError, match="classes"):
        nn.load(model, path)


def test_an_average_that_has_overflowed_resumes(content, tmp_path):
    path = tmp_path / "run.json"
    for place, number in ((1, "inf"), (1, "nan"), (0, "-inf")):
        changed = replaced(content, ("optimizer", "averages", place, 0), number)
        path.write_text(json.dumps(changed))
        optimizer = Adam(lr=0.05)
        run(optimizer=optimizer, resume=path, epochs=3)
        kept = optimizer.state_dict()["averages"][place][0]
        assert kept == float(number) or (math.isnan(kept) and number == "nan")
    run(optimizer=optimizer, resume=path, epochs=3, checkpoint=path)
    assert json.loads(path.read_text())["optimizer"]["averages"][0][0] == "-inf"


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("part", ["weights", "best"])
def test_a_weight_that_is_not_finite_is_no_checkpoint_of_ours(part, number, content, tmp_path):
    path = tmp_path / "run.json"
    name = list(content["weights"])[-1]
    place = ("weights", name) if part == "weights" else ("best", "weights", name)
    path.write_text(json.dumps(replaced(content, place, number)))
    model, optimizer = MLP(2, [2, 1], seed=99), Adam(lr=0.05)
    before = model.state_dict(), optimizer.state_dict()
    with pytest.raises(nn.InputError, match=r"run\.json: a weight in it is infinite or nan"):
        run(model, optimizer, resume=path, epochs=5)
    assert (model.state_dict(), optimizer.state_dict()) == before


@pytest.mark.parametrize("optimizer", [Adam(0.1), nn.RMSprop(0.1), nn.RMSprop(0.1, momentum=0.5)])
def test_a_negative_average_of_squares_is_refused(optimizer):
    optimizer.updated([1.0, 2.0], [0.5, -0.5])
    state = optimizer.state_dict()
    optimizer.load_state_dict(state)
    state["averages"][optimizer._squares][1] = -1.0
    with pytest.raises(nn.InputError, match=r"average of squares is -1\.0"):
        optimizer.load_state_dict(state)


def test_a_call_that_is_refused_after_reading_has_changed_nothing(content, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(content))
    model, optimizer = MLP(2, [2, 1], seed=99), Adam(lr=0.05)
    with pytest.raises(ValueError, match="epochs must be at least 1"):
        run(model, optimizer, resume=path, epochs=0)
    assert model.state_dict() == MLP(2, [2, 1], seed=99).state_dict()
    assert optimizer.steps == 0


def test_optimisers_refuse_states_of_other_sizes_and_kinds_and_keep_their_own():
    optimizer = Adam(lr=0.1)
    optimizer.updated([1.0, 2.0], [0.1, 0.2])
    before = optimizer.state_dict()
    for state, words in (
        ({"steps": -1, "averages": []}, "steps must be at least 0"),
        ({"steps": 1, "averages": [[1.0], [1.0, 2.0]]}, r"averages for \[1, 2\] parameters"),
        ({"steps": 1, "averages": [[1.0]]}, "keeps 2 averages"),
    ):
        with pytest.raises(ValueError, match=words):
            optimizer.load_state_dict(state)
    for state in ({"steps": "1", "averages": []}, {"steps": 1, "averages": [["x"], [1.0]]}, None):
        with pytest.raises(TypeError):
            optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


# -- files -----------------------------------------------------------------------------------------


def saved(path, seed=1):
    nn.save(MLP(2, [2, 1], seed=seed), path)


@pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_keeps_its_mode(mode, tmp_path):
    path = tmp_path / "weights.json"
    saved(path)
    path.chmod(mode)
    saved(path, seed=2)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert os.listdir(tmp_path) == ["weights.json"]
    new = tmp_path / "new.json"
    before = os.umask(0o077)
    try:
        saved(new)
    finally:
        os.umask(before)
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


def test_names_are_as_long_as_the_file_system_has_them(tmp_path):
    path = tmp_path / ("x" * 250 + ".json")
    saved(path)
    run(checkpoint=path, epochs=1)
    assert os.listdir(tmp_path) == [path.name]


def test_several_writers_of_one_file_leave_one_of_their_files_whole(tmp_path):
    path = tmp_path / "weights.json"
    threads = [
        threading.Thread(target=lambda s=seed: [saved(path, s) for _ in range(20)])
        for seed in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    weights = [MLP(2, [2, 1], seed=seed).state_dict() for seed in range(4)]
    assert nn.load(MLP(2, [2, 1], seed=9), path).state_dict() in weights
    assert os.listdir(tmp_path) == ["weights.json"]


TRAIN = """
import sys
from nn import MLP, Adam, data, fit
X, Y = data.moons(12, noise=0.1, seed=5)
resume = sys.argv[2] if len(sys.argv) > 2 else None
epochs = int(sys.argv[3]) if resume else 10**6
fit(MLP(2, [30, 30, 1], seed=3), X, Y, "hinge", Adam(lr=0.05), epochs, batch_size=12, seed=11,
    progress=False, checkpoint=sys.argv[1], resume=resume, engine="eager")
"""


def test_a_killed_run_leaves_a_whole_file_and_the_next_one_leaves_nothing_else(tmp_path):
    path, environment = tmp_path / "run.json", dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    for delay in (0.0, 0.013, 0.027):
        process = subprocess.Popen([sys.executable, "-c", TRAIN, str(path)], env=environment)
        started = time.monotonic()
        while not path.exists() and time.monotonic() - started < 60:
            time.sleep(0.005)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        process.wait()
        epochs = len(json.loads(path.read_text())["history"])
        assert epochs >= 1
        arguments = [sys.executable, "-c", TRAIN, str(path), str(path), str(epochs + 2)]
        subprocess.run(arguments, env=environment, check=True)
        assert len(json.loads(path.read_text())["history"]) == epochs + 2
        assert os.listdir(tmp_path) == ["run.json"]
        path.unlink()


def test_what_a_killed_process_left_behind_is_written_over(tmp_path, monkeypatch):
    path = tmp_path / "weights.json"

    def killed(*arguments):
        raise SystemExit

    monkeypatch.setattr(os, "replace", killed)
    monkeypatch.setattr(type(path), "unlink", lambda *a, **k: None)
    with pytest.raises(SystemExit):
        saved(path)
    monkeypatch.undo()
    assert len(os.listdir(tmp_path)) == 1
    saved(path)
    assert os.listdir(tmp_path) == ["weights.json"]


# -- patience --------------------------------------------------------------------------------------


def test_patience_without_a_finite_validation_loss_is_an_error_that_says_so():
    def shaky(score, target):
        return nn.mse(score, target) if abs(target) < 2 else score * math.inf

    model = MLP(1, [1], seed=1)
    with pytest.raises(
        FloatingPointError, match=r"was (inf|-inf|nan) after epoch 3 and never finite"
    ):
        fit(
            model,
            [[1.0], [2.0]],
            [1.0, -1.0],
            shaky,
            validation=([[1.0]], [5.0]),
            patience=3,
            epochs=9,
            engine="eager",
            progress=False,
        )
    trained = MLP(1, [1], seed=1)
    fit(trained, [[1.0], [2.0]], [1.0, -1.0], "mse", epochs=3, engine="eager", progress=False)
    assert model.state_dict() == trained.state_dict()  # not those from before the training


def test_weights_of_a_network_of_other_functions_are_loaded_with_a_warning_and_not_resumed(
    tmp_path,
):
    path, x, y = tmp_path / "c.json", [[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0]
    tanh = MLP(2, [3, 1], activation="tanh", seed=1)
    fit(tanh, x, y, epochs=1, seed=1, checkpoint=path, progress=False)
    with pytest.warns(UserWarning, match=r"holds the weights of MLP of .*Tanh.*, and this is MLP"):
        nn.load(MLP(2, [3, 1], seed=1), path)
    relu = MLP(2, [3, 1], seed=2)
    before = relu.state_dict()
    with pytest.raises(ValueError, match=r"with a model that is MLP of .*Tanh"):
        fit(relu, x, y, epochs=2, seed=1, resume=path, progress=False)
    assert relu.state_dict() == before
    fit(MLP(2, [3, 1], activation="tanh"), x, y, epochs=2, seed=1, resume=path, progress=False)


@dataclasses.dataclass
class Line(nn.Module):
    """A model that shows its weights."""

    slopes: object
    shift: Value

    def __call__(self, x):
        return autograd.dot(self.slopes, x) + self.shift


def line(number):
    """Return a model of some weights, in an array, whose text is cut into lines."""
    slopes = numpy.array([Value(number), Value(-1e-7), Value(2.0)])
    return Line(slopes, Value(number / 3.0))


def test_a_model_that_shows_its_weights_is_loaded_and_resumed_from_others(tmp_path):
    path, x, y = tmp_path / "c.json", [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]], [1.0, -1.0]
    settings = {"loss": "mse", "seed": 1, "progress": False}
    fit(line(0.0), x, y, epochs=1, checkpoint=path, **settings)
    whole, model = line(0.0), line(1.0 / 3.0)
    fit(whole, x, y, epochs=2, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(model, x, y, epochs=2, resume=path, **settings)
        nn.load(line(1e300), path)
    assert model.state_dict() == whole.state_dict()


def test_a_model_that_is_trained_on_numbers_forgets_the_names_of_classes():
    model, x = MLP(2, [3, 1], seed=1), [[0.0, 1.0], [1.0, 0.0]]
    fit(model, x, ["left", "right"], epochs=1, progress=False)
    assert set(nn.predict(model, x)) <= {"left", "right"}
    fit(model, x, [3.5, -3.5], loss="mse", epochs=1, progress=False)
    assert [type(score) for score in nn.predict(model, x)] == [float, float]
