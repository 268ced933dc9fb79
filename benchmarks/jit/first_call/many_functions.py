"""Ten thousand functions compiled and dropped, and 2,000 structures of one: memory that is held.

python benchmarks/jit/first_call/many_functions.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cases import resident
from common import pin_to_one_core

from autograd import grad, jit, tanh
from autograd.compiler.jit import MOST_STRUCTURES


def function(k: int) -> Any:
    """Return a function that differs from all others; every tenth is large enough for groups."""
    steps = 300 if k % 10 == 0 else 3

    def made(x: Any) -> Any:
        for step in range(steps):
            x = tanh(x * (1.0 + 1.0 / (k + 1))) + float(step)
        return x

    return jit(grad(made))


def main() -> None:
    """Print megabytes as functions come and go."""
    pin_to_one_core()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for k in range(count):
        function(k)(0.5)
        if k + 1 in (count // 10, count // 5, count // 2, count):
            print(f"{k + 1:6d} functions compiled and dropped: {resident():7.1f} MB", flush=True)
    total: Any = jit(lambda *numbers: sum(numbers[:-1], numbers[-1][0]))
    for k in range(1, 2001):
        total(*[1.0] * (k % 40 + 1), [1.0] * (k // 40 + 1))
        if k % 500 == 0:
            kept = len(total._programs.executables)
            print(f"{k:6d} structures of one function: {resident():7.1f} MB, {kept} kept")
            assert kept <= MOST_STRUCTURES


if __name__ == "__main__":
    main()
