"""The two sweeps while a function is traced: they work on the trace (ir/differentiate.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.engine import modes
from autograd.engine.value import Value
from autograd.ir.differentiate import pullback, pushforward
from autograd.ir.trace import Tracer
from autograd.transforms import sweeps


def adjoints(root: Value, seed: object, targets: Sequence[Value]) -> list[Value | float]:
    """Return d(root)/d(target) x seed for each target, as tracers (or floats where constant).

    Where the trace has captured a result, the sweep goes on through the graph below it.
    """
    trace: Any = modes.current().recorder
    if not isinstance(trace.standing_for(root), Tracer):  # a graph of Values from outside
        return sweeps.adjoints(root, seed, targets)
    by = [trace.reference(target, "gradient") for target in targets]
    results = {n: value for n, value in trace.captured.copy().items() if value.op is not None}
    start, first = trace.reference(root, "gradient"), trace.reference(seed, "gradient")
    found = list(map(trace.tracer, pullback(trace, start, first, [*by, *results])))
    totals = found[: len(by)]
    for value, cotangent in zip(results.values(), found[len(by) :], strict=True):
        if type(cotangent) is float and cotangent == 0.0:
            continue
        below = [place for place, target in enumerate(targets) if target is not value]
        onward = sweeps.adjoints(value, cotangent, [targets[place] for place in below])
        for place, term in zip(below, onward, strict=True):
            totals[place] = sweeps.plus(totals[place], term)
    return totals


def tangents(
    outputs: Sequence[object], leaves: Sequence[Value], directions: Sequence[object]
) -> list[Value | float]:
    """Return the derivative of each output along the directions of the leaves."""
    trace: Any = modes.current().recorder
    ends, inputs, steps = (
        [trace.reference(obj, "jvp") for obj in things] for things in (outputs, leaves, directions)
    )
    return list(map(trace.tracer, pushforward(trace, ends, inputs, steps)))
