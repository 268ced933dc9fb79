"""Time a step of first calls, for dense networks of growing size, in one process.

    python benchmarks/jit/first_call/flat.py

A small network comes first, so that libraries are imported and the loops of groups are loaded: that
takes the first function of a process some 10 to 40 ms, whatever its size. Each network is traced,
differentiated and prepared several times, and the least processor time counts.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "flow"))

from measuring import machine, pin_to_one_core

from autograd import jit, value_and_grad
from nn import MLP

WIDTHS = (34, 60, 110, 180, 250, 360)  # 10,000 to 1,040,000 steps


def first_call(width: int) -> tuple[float, int]:
    """Return the seconds of a first call of a network's loss and gradient, and its steps."""
    model = MLP(width, [width, width, 1], seed=1, activation="tanh")
    x = [random.Random(place).random() for place in range(width)]
    step: Any = jit(value_and_grad(lambda model, x: model(x) ** 2))
    gc.collect()
    start = time.process_time()
    step(model, x)
    return time.process_time() - start, step.report().steps


def main() -> None:
    """Print the table."""
    pin_to_one_core()
    print(machine("numpy", "llvmlite"))
    first_call(20)
    print("| units a layer | steps | first call, s | us a step |")
    print("| ---: | ---: | ---: | ---: |")
    for width in WIDTHS:
        found = [first_call(width) for _ in range(9 if width < 100 else 3)]
        seconds, steps = min(found)
        print(f"| {width} | {steps:,} | {seconds:.3f} | {seconds * 1e6 / steps:.2f} |", flush=True)


if __name__ == "__main__":
    main()
