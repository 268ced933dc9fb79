"""Advice for those who come from other libraries: every name and call that it shows works."""

import copy
import io
import math
import pickle
import re

import numpy
import pytest

import autograd
import autograd.testing
import nn

ROOTS = "autograd nn numpy math pickle optimizer estimator model fast loss classifier v w y p"
CALLED = "gradient jit grad Value pull scan model dict len"
BEGINS = re.compile(
    rf"(?<![\w.@])(?:1 / )?(?:(?:{ROOTS.replace(' ', '|')})\.(?=[a-z])|"
    rf"(?:{CALLED.replace(' ', '|')})(?=\())"
)


def shown_in(advice):
    """The names and the calls that advice shows, as ``autograd.where(condition, a, b)``."""
    end = 0
    for begins in BEGINS.finditer(advice):
        if begins.start() < end:
            continue
        end = begins.end()
        while end < len(advice) and re.match(r"[\w(\[]|\.\w", advice[end:]):
            if advice[end] in "([":
                depth = 0
                for end in range(end, len(advice)):  # noqa: B020
                    depth += (advice[end] in "([") - (advice[end] in ")]")
                    if depth == 0:
                        break
            end += 1
        yield advice[begins.start() : end]


def advices():
    for habits in (autograd.habits, nn.habits):
        for table, known in vars(habits).items():
            if re.match("OF_|ABSENT", table) and table != "OF_NUMPY":
                for name, advice in known.items():
                    for words in advice.values() if isinstance(advice, dict) else [advice]:
                        yield from ((shown, f"{table} {name}") for shown in shown_in(words))


SHOWN = dict(advices())
X, Y = numpy.array([[0.0, 1.0], [1.0, 0.0]] * 8), numpy.array([-1.0, 1.0] * 8)
MODEL = nn.MLP(2, [3, 1], seed=0)
FAST = autograd.jit(autograd.tanh)
ESTIMATOR = nn.Classifier((2,), max_iter=2, random_state=0).fit(X, Y)
HISTORY = nn.fit(MODEL, X, Y, loss="mse", epochs=1, progress=False)
TWO = [autograd.Value(0.5), autograd.Value(1.5)]
OTHERS = {  # what names stand for in some of the calls
    "vmap": {"x": X[0], "xs": X[0]},
    "check_gradient": {"x": 0.5},
    "autograd.dot": {"x": TWO},
    "model(x)": {"x": TWO},
    "softmax(model": {"model": nn.MLP(2, [3], seed=0)},
    "grad(loss)": {"x": TWO, "loss": lambda model, x: model(x)},
    "updated": {"weights": X[0], "gradient": X[0]},
    "argmax": {"scores": X},
    "nn.mse(scores": {"scores": Y, "y": Y},
    "len(y)": {"y": Y},
}


@pytest.mark.parametrize("shown", SHOWN, ids=[f"{SHOWN[each]}: {each}" for each in SHOWN])
def test_what_advice_for_those_who_come_from_elsewhere_shows_works(shown, tmp_path, monkeypatch):
    if "..." in shown:
        return
    monkeypatch.chdir(tmp_path)
    FAST(0.5)
    nn.save(MODEL, "weights.json")
    if "estimator.model_," in shown:
        nn.save(ESTIMATOR.model_, "weights.json")
    v, w, n = autograd.Value(0.5, "v"), autograd.Value(1.5, "w"), autograd.Value(3.0, "n")
    model = copy.deepcopy(MODEL)
    known = {
        "v": v, "w": w, "n": n, "a": v, "b": w, "x": v, "p": v, "lo": 0.0, "hi": 1.0, "i": 1,
        "xs": [v, w], "array": [v, w], "scores": [v, w], "condition": v > 0, "init": 0.0,
        "X": X, "y": Y if "X" in shown else autograd.exp(v), "X_held_out": X, "y_held_out": Y,
        "model": model, "loss": nn.mse(MODEL([1.0, 2.0]), 1.0), "state": model.state_dict(),
        "optimizer": nn.SGD(lr=0.1), "parameters": model.parameters(), "nin": 2, "nout": 1,
        "estimator": ESTIMATOR, "classifier": ESTIMATOR, "history": HISTORY, "score": v,
        "target": 1, "times": 2, "weights": [1.0, 2.0], "tree": {"a": 1.0}, "name": "a",
        "file": io.BytesIO(pickle.dumps(ESTIMATOR)), "cotangent": 1.0, "f": autograd.tanh,
        "gradient": autograd.gradient, "grad": autograd.grad, "jit": autograd.jit, "fast": FAST,
        "vmap": autograd.vmap, "scan": autograd.scan, "step": lambda c, row: (c + row, c),
        "pull": autograd.vjp(autograd.tanh, v)[1], "Value": autograd.Value,
        "autograd": autograd, "nn": nn, "numpy": numpy, "math": math, "pickle": pickle,
    }  # fmt: skip
    for part, others in OTHERS.items():
        known |= others if part in shown else {}
    found = eval(shown, known)

    def traced(v, w):
        several = {key: [v, w] for key in ("xs", "array", "scores")}
        one = {"v": v, "a": v, "x": v, "p": v, "score": v, "w": w, "b": w, "y": autograd.exp(v)}
        return eval(shown, known | one | several)

    is_function = isinstance(found, autograd.Value) and not found.is_leaf
    if is_function and not re.search(r"model|\bn\b|\.dot", shown):
        assert autograd.jit(traced)(0.5, 1.5) == found.data
