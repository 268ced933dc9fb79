"""A network whose units are rectified by Python's ``if``, beside one with ``relu``.

    python benchmarks/jit/flow/decisions.py

337 parameters (2, 16, 16, 1), 100 mapped rows, loss and gradient. It fails where ``if`` takes more
than 1.5 times as long per call, or another result.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from measuring import first_call, machine, medians, pin_to_one_core, show

import autograd
from autograd import jit, value_and_grad

SIZES = (2, 16, 16, 1)
COUNT = sum((inputs + 1) * outputs for inputs, outputs in itertools.pairwise(SIZES))


def by_return(h: Any) -> Any:
    """Return h where it is positive, else 0."""
    if h > 0:
        return h
    return 0.0


def loss_with(activation: Any) -> Any:
    """Return the loss of one row for a network with this activation."""

    def loss(w: Any, x: Any, target: Any) -> Any:
        place, numbers = 0, list(x)
        for inputs, outputs in itertools.pairwise(SIZES):
            sums = []
            for _ in range(outputs):
                *weights, bias = w[place : place + inputs + 1]
                place += inputs + 1
                sums.append(sum((a * b for a, b in zip(weights, numbers, strict=True)), bias))
            numbers = [activation(each) for each in sums] if outputs > 1 else sums
        return (numbers[0] - target) ** 2

    return loss


ACTIVATIONS = {
    "if and return": by_return,
    "a conditional expression": lambda h: h if h > 0 else 0.0,
    "max(h, 0.0)": lambda h: max(h, 0.0),
    "relu": autograd.relu,
}


def main() -> None:
    """Measure."""
    pin_to_one_core()
    print(machine("llvmlite"))
    draw = np.random.default_rng(0)
    w, x, t = draw.normal(size=COUNT), draw.normal(size=(100, 2)), draw.normal(size=100)

    def ours(activation: Any) -> Any:
        fast = jit(value_and_grad(loss_with(activation)), in_axes=(None, 0, 0), reduce="mean")
        return lambda: fast(w, x, t)

    first, calls = {}, {}
    for name, activation in ACTIVATIONS.items():
        first[name], calls[name] = first_call(lambda activation=activation: ours(activation))
    expected = calls["relu"]()
    for call in calls.values():
        found = call()
        assert found[0] == expected[0]
        assert np.array_equal(found[1], expected[1])
    times = medians(calls, 25)
    show("a network of 32 units, 100 rows", first, times)
    for name in ACTIVATIONS:
        ratio = times[name] / times["relu"]
        assert ratio <= 1.5, f"{name} takes {ratio:.2f} times as long as relu"


if __name__ == "__main__":
    main()
