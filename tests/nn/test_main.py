"""``python -m nn`` and the real problems that fit is to solve."""

import os
import re
import subprocess
import sys

import pytest

import nn
from nn import MLP, Adam, data, fit
from nn.__main__ import main


def _run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "nn", *arguments], capture_output=True, text=True, check=False
    )


def test_the_moons_are_learned_in_under_three_seconds():
    before = os.times()
    run = _run()
    after = os.times()
    # the processor's time, start and compiling included: other work on the machine does not count
    seconds = sum(after[2:4]) - sum(before[2:4])
    assert run.returncode == 0, run.stderr
    assert "engine jit" in run.stdout
    training, held_out = re.findall(r"rows\s+\d\.\d{4}\s+(\d+\.\d)%", run.stdout)
    assert float(held_out) >= 99.0
    assert float(training) >= 99.0
    assert "30/30" in run.stderr  # the progress bar
    assert 0.0 < seconds < 3.0


def test_without_the_extra_the_eager_engine_serves_and_says_so(monkeypatch, capsys):
    results = []
    for installed in (True, False):
        if not installed:
            monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
        assert main(["--epochs", "2"]) == 0
        results.append(capsys.readouterr().out)
    assert "engine eager" in results[1]
    assert "scalar-autograd[jit]" in results[1]
    assert "a hundredth of the time" in results[1]
    assert re.findall("rows.*", results[0]) == re.findall("rows.*", results[1])


def test_bad_options_give_one_line_and_status_2(monkeypatch, capsys):
    for arguments in (["--epochs", "0"], ["--epochs", "x"], ["--engine", "gpu"], ["more"]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        assert "error:" in capsys.readouterr().err.splitlines()[-1]
    monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    with pytest.raises(SystemExit) as caught:
        main(["--engine", "jit"])
    assert caught.value.code == 2


def test_an_mlp_reads_handwritten_digits():
    pytest.importorskip("sklearn")
    train, held_out = data.split(*data.digits(), held_out=0.2, seed=1)
    model = MLP(64, [32, 10], seed=1, initializer="he")
    history = fit(
        model,
        *train,
        "cross_entropy",
        Adam(lr=0.005),
        epochs=30,
        batch_size=64,
        validation=held_out,
        engine="jit",
        seed=1,
        progress=False,
    )
    assert history["validation_accuracy"][-1] >= 0.97
    assert history["accuracy"][-1] > 0.99


def test_an_mlp_tells_irises_apart():
    pytest.importorskip("sklearn")
    train, held_out = data.split(*data.iris(), held_out=0.3, seed=2)
    model = MLP(4, [8, 3], "tanh", seed=1, initializer="xavier")
    fit(model, *train, "cross_entropy", Adam(0.02), 60, 15, seed=1, progress=False)
    assert nn.accuracy(nn.predict(model, held_out[0]), held_out[1]) >= 0.93


def test_memorised_noise_is_seen_and_early_stopping_mends_it():
    X, y = data.moons(30, noise=0.35, seed=3)
    new_points = data.moons(300, noise=0.35, seed=4)

    def trained(**stopping):
        model = MLP(2, [32, 32, 1], seed=2, initializer="he")
        settings = {"epochs": 300, "batch_size": 10, "validation": new_points, "seed": 1}
        return model, fit(model, X, y, "hinge", Adam(0.01), progress=False, **settings, **stopping)

    _, overfitted = trained()
    assert overfitted["accuracy"][-1] == 1.0
    assert overfitted["validation_accuracy"][-1] < 0.9
    model, stopped = trained(patience=20)
    scores = nn.predict(model, new_points[0])
    assert nn.hinge(scores, new_points[1]) < 0.7 * overfitted["validation_loss"][-1]
    assert nn.accuracy(scores, new_points[1]) >= overfitted["validation_accuracy"][-1]
    assert "stopped early" in stopped.ending
