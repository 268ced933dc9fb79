"""The two walks of sweeps.py while a function is traced, where no condition is known yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.engine import modes
from autograd.engine.order import recorded
from autograd.engine.value import Value
from autograd.table import elementary as ops
from autograd.transforms.branches import ALWAYS, NEVER, Ways, both, chosen, either, through
from autograd.transforms.sweeps import above, copied, partial_of, plus, times


def adjoints(
    root: Value, seed: Any, targets: Sequence[Value], order: Sequence[Value] | None = None
) -> list[Any]:
    """Return d(root)/d(target) x seed for each target, as a graph (or a float where constant).

    The order is that of the walk; the compiler gives its own, which stops at Values from outside.
    """
    recorder: Any = modes.thread.recorder
    order = recorded(root) if order is None else order
    active = above(order, {id(target) for target in targets})
    adjoint: dict[int, Any] = {id(root): seed}
    reached: dict[int, Ways] = {id(root): ALWAYS}
    for node in reversed(order):
        if node.op is None or node.op is ops.stop_gradient or id(node) not in active:
            continue
        ways = both(reached.get(id(node), NEVER), recorder.ways_of(node))
        if not ways:
            continue  # in a branch that was not taken
        args = node.args
        upstream = adjoint.get(id(node), 0.0)
        for index, arg in enumerate(args):
            if id(arg) in active:
                onward = through(ways, args[0], index == 1) if node.op is ops.select else ways
                if onward:
                    reached[id(arg)] = either(reached.get(id(arg), NEVER), onward)
                    term = _term(node, index, args, upstream, onward)
                    adjoint[id(arg)] = plus(adjoint.get(id(arg), 0.0), term)
    known = {id(node) for node in order}
    return [copied(adjoint.get(id(target), 0.0), known) for target in targets]


def _term(node: Value, index: int, args: tuple[Any, ...], upstream: Any, ways: Ways) -> Any:
    """Return the contribution along one edge; in a branch, as nodes that belong to the branch."""
    recorder: Any = modes.thread.recorder
    assert node.op is not None
    if ways is ALWAYS:
        return times(node.op.shares, upstream, partial_of(node, index, args))
    recorder.ways = ways
    try:
        partial = partial_of(node, index, args)
        term = times(node.op.shares, upstream, partial)
        is_plain = node.op.shares or (type(partial) is float and partial - partial == 0.0)
        return term if is_plain else chosen(ways, term)
    finally:
        recorder.ways = ALWAYS


def tangents(
    outputs: Sequence[Any], leaves: Sequence[Value], directions: Sequence[Any]
) -> list[Any]:
    """Return the derivative of each output along the directions of the leaves."""
    tangent: dict[int, Any] = {
        id(leaf): direction for leaf, direction in zip(leaves, directions, strict=True)
    }
    order = recorded(*[output for output in outputs if isinstance(output, Value)])
    for node in order:
        if node.op is None or id(node) in tangent:
            continue
        args = node.args
        total: Any = 0.0
        if node.op is ops.select:  # of the branch taken, as a choice that walks backwards see
            total = _chosen_tangent(args[0], *[tangent.get(id(arg), 0.0) for arg in args[1:]])
            args = ()
        for index, arg in enumerate(args):
            step = tangent.get(id(arg), 0.0)
            if type(step) is not float or step != 0.0:
                total = plus(total, times(True, step, partial_of(node, index, args)))
        tangent[id(node)] = total
    known = {id(node) for node in order}
    return [copied(tangent.get(id(output), 0.0), known) for output in outputs]


def _chosen_tangent(condition: Any, first: Any, second: Any) -> Any:
    if type(condition) is float:
        return first if condition != 0.0 else second
    is_zero = type(first) is float and type(second) is float and first == second == 0.0
    return 0.0 if is_zero else ops.select(condition, first, second)
