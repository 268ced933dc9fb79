"""What the gradient of every unary function costs a row, over what its value costs, in exact mode.

    python benchmarks/jit/rules_by_cost.py           prints the table
    python benchmarks/jit/rules_by_cost.py --write   and puts it into autograd/compiler/README.md

The gradient is that of ``jit(value_and_grad(f), in_axes=0)``: value and slope of a row. From both
is taken what a function that returns its argument costs once, or twice. Functions that cost less
than a nanosecond a row are one or two instructions, and are left out.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from common import pin_to_one_core

import autograd
from autograd import jit, value_and_grad
from autograd.table.operation import TABLE

ROWS, ROUNDS, LIMIT = 2000, 30, 2.5
README = Path(__file__).resolve().parents[2] / "autograd" / "compiler" / "README.md"
BEGIN, END = "<!-- rules by cost -->", "<!-- end of rules by cost -->"


def points(name: str) -> np.ndarray[Any, Any]:
    """Return numbers inside of the domain of a function."""
    low, high = TABLE[name].domain[0]
    return np.random.default_rng(0).uniform(max(low, -3.0), min(high, 3.0), ROWS)


def nanoseconds(calls: list[Callable[[], object]]) -> list[float]:
    """Return the median nanoseconds a row of each call, in turns."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, found in zip(calls, times, strict=True):
            start = time.process_time_ns()
            for _ in range(5):
                call()
            found.append((time.process_time_ns() - start) / (5 * ROWS))
    return [statistics.median(found) for found in times]


def measured() -> list[tuple[str, float, float]]:
    """Return for each unary function of the table its name, and both times."""
    found = []
    once: Any = jit(lambda x: x, in_axes=0)
    twice: Any = jit(lambda x: (x, x + 1.0), in_axes=0)
    for name, row in TABLE.items():
        if not row.public or len(row.variables) != 1 or row.is_condition or row.static:
            continue
        if row.arity != 1 and len(row.defaults) != row.arity - 1:
            continue
        function: Any = getattr(autograd, name, None)
        if function is None:
            function = lambda x, row=row: row(x)  # noqa: E731
        x = points(name)
        value: Any = jit(lambda x, f=function: f(x), in_axes=0, tier="llvm")
        gradient: Any = jit(value_and_grad(lambda x, f=function: f(x)), in_axes=0, tier="llvm")
        calls = [lambda call=call, x=x: call(x) for call in (value, gradient, once, twice)]
        one, two, copied, copied_twice = nanoseconds(calls)
        if one - copied >= 1.0:
            found.append((name, one - copied, two - copied_twice))
    return found


def main() -> None:
    """Measure, and write the table where that is asked for."""
    pin_to_one_core()
    rows = sorted(measured(), key=lambda row: -row[2] / row[1])
    lines = [
        "| function | value, ns a row | with gradient | times |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [f"| `{name}` | {one:.1f} | {two:.1f} | {two / one:.2f} |" for name, one, two in rows]
    print("\n".join(lines))
    above = [name for name, one, two in rows if two > LIMIT * one]
    print(f"above {LIMIT}: {', '.join(above) or 'none'}")
    if "--write" in sys.argv:
        text = README.read_text()
        table = "\n".join([BEGIN, "", *lines, "", END])
        README.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: table, text, flags=re.S))


if __name__ == "__main__":
    main()
