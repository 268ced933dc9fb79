"""``value_and_grad`` against the same work by hand: make leaves, call, backward, read the grads.

    taskset -c 0 python benchmarks/derivatives/by_hand.py

Fails where it takes more than 1.1 times as long. AUTOGRAD_NATIVE=off measures plain Python.
Arguments are a number, lists and dicts with a list inside. Models are measured too, with a limit of
their own: by hand their own parameters serve, and their grads change; a derivative makes a model of
new leaves, and leaves the parameters alone.
"""

import statistics
import sys
import time
from pathlib import Path

import autograd
import nn
from autograd import Value, value_and_grad
from autograd.engine import accelerator

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "jit" / "flow"))

from measuring import machine

MOST, MOST_FOR_MODELS = 1.1, 3.0
ROUNDS = 25


def of_number(x):
    return autograd.sin(x) * x + 0.5


def of_list(w):
    total = w[0] * 1.5
    for a in w[1:]:
        total = total + a * a * 0.5
    return total


def of_dict(tree):
    return of_list(tree["w"]) * tree["scale"] + tree["shift"]


def number_by_hand(x):
    leaf = Value(x)
    y = of_number(leaf)
    y.backward()
    return y.data, leaf.grad


def list_by_hand(w):
    leaves = [Value(a) for a in w]
    y = of_list(leaves)
    y.backward()
    return y.data, [leaf.grad for leaf in leaves]


def dict_by_hand(tree):
    leaves = {"w": [Value(a) for a in tree["w"]]}
    leaves["scale"], leaves["shift"] = Value(tree["scale"]), Value(tree["shift"])
    y = of_dict(leaves)
    y.backward()
    slopes = {"w": [leaf.grad for leaf in leaves["w"]]}
    return y.data, {**slopes, "scale": leaves["scale"].grad, "shift": leaves["shift"].grad}


def loss(model, x):
    return model(x) ** 2


def model_by_hand(model, x):
    model.zero_grad()
    y = loss(model, x)
    y.backward()
    return y.data, [parameter.grad for parameter in model.parameters()]


def cases():
    """Yield what is measured: a name, the work by hand, the function, its arguments."""
    yield "a number", number_by_hand, of_number, (0.7,)
    for size in (2, 5, 20, 60, 1000):
        numbers = [0.3 + 0.1 * (i % 7) for i in range(size)]
        yield f"a list of {size}", list_by_hand, of_list, (numbers,)
    for size in (5, 100):
        tree = {"w": [0.3] * size, "scale": 2.0, "shift": 1.0}
        yield f"a dict with a list of {size}", dict_by_hand, of_dict, (tree,)
    for width in (2, 16):
        model = nn.MLP(2, [width, width, 1], seed=0)
        yield (
            f"a model, {len(model.parameters())} weights",
            model_by_hand,
            loss,
            (model, [0.5, 1.0]),
        )


def seconds(call, arguments, times):
    start = time.perf_counter()
    for _ in range(times):
        call(*arguments)
    return (time.perf_counter() - start) / times


def compared(by_hand, ours, arguments):
    """Return the medians of both, and that of their ratios, measured in turn."""
    times = max(1, int(0.01 / seconds(by_hand, arguments, 10)))
    pairs = [
        (seconds(by_hand, arguments, times), seconds(ours, arguments, times)) for _ in range(ROUNDS)
    ]
    ratio = statistics.median([b / a for a, b in pairs])
    return *map(statistics.median, zip(*pairs, strict=True)), ratio


def main():
    print(machine().rstrip(", ") + ",", accelerator.reason or "with the accelerator")
    failed = []
    for name, by_hand, f, arguments in cases():
        hand, ours, ratio = compared(by_hand, value_and_grad(f), arguments)
        if ratio > (MOST_FOR_MODELS if "model" in name else MOST):
            failed.append(name)
        print(f"{name:28} by hand {hand * 1e6:9.2f} us, ours {ours * 1e6:9.2f} us, {ratio:.2f}")
    assert not failed, f"value_and_grad takes too long for {failed}"


if __name__ == "__main__":
    main()
