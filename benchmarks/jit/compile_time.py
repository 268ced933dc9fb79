"""What tracing and compiling cost as graphs grow, in seconds of processor time.

python benchmarks/jit/compile_time.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from common import pin_to_one_core, versions

from autograd import jit, tanh, value_and_grad

SIZES = (1_000, 10_000, 100_000, 300_000)


def network(nodes: int) -> Callable[[Any], Any]:
    """Return a function of about that many forward nodes: layers of 8 neurons with tanh."""

    def function(weights: Any) -> Any:
        numbers = list(weights)
        made = 0
        while made < nodes:
            following = []
            for neuron in range(8):
                total = numbers[neuron] * weights[neuron]
                for place in range(1, 8):
                    total = total + numbers[place] * weights[(place * 3 + neuron) % 8]
                following.append(tanh(total) if neuron % 4 == 0 else total * 0.25)
            made += 8 * 16
            numbers = following
        return sum(numbers[1:]) + numbers[0]

    return function


def main() -> None:
    pin_to_one_core()
    print(versions("numpy", "llvmlite"))
    weights = np.linspace(-0.5, 0.5, 8)
    print("| forward nodes | steps with gradient | s | us a step | call, ns a forward node |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for size in SIZES:
        step = jit(value_and_grad(network(size)))
        start = time.process_time()
        step(weights)
        seconds = time.process_time() - start
        calls = []
        for _ in range(30):
            before = time.perf_counter()
            step(weights)
            calls.append(time.perf_counter() - before)
        steps = step.report().steps
        print(
            f"| {size:,} | {steps:,} | {seconds:.2f} | {seconds / steps * 1e6:.1f} "
            f"| {min(calls) / size * 1e9:.2f} |"
        )


if __name__ == "__main__":
    main()
