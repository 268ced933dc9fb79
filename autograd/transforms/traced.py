"""The chain rule while a function is traced, where no condition is known yet."""

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
        if node.op is None or id(node) not in active:
            continue
        ways = both(reached.get(id(node), NEVER), recorder.ways_of(node))
        if not ways:
            continue  # in a branch that was not taken
        args = node.args
        upstream = adjoint.get(id(node), 0.0)
        for index, arg in enumerate(args):
            unchosen = _is_unchosen(node, index, args)
            if id(arg) in active and unchosen is not True:
                onward = through(ways, args[0], index == 1) if node.op is ops.select else ways
                if onward:
                    reached[id(arg)] = either(reached.get(id(arg), NEVER), onward)
                    term = _term(node, index, upstream, onward, unchosen)
                    adjoint[id(arg)] = plus(adjoint.get(id(arg), 0.0), term)
    known = {id(node) for node in order}
    return [copied(adjoint.get(id(target), 0.0), known) for target in targets]


def _is_unchosen(node: Value, index: int, args: tuple[Any, ...]) -> Any:
    """Return the condition under which a choice passes nothing to this operand, or a bool."""
    assert node.op is not None
    if not node.op.strong_zero or type(args[index]) is float:
        return False
    if node.op is ops.select:
        return index == 0  # the branches go by their ways
    return node.op.strong_zero[index](node, *args)


def _term(node: Value, index: int, upstream: Any, ways: Ways, unchosen: Any) -> Any:
    """Return the contribution along one edge; in a branch, as nodes that belong to the branch."""
    recorder: Any = modes.thread.recorder
    recorder.ways = ways
    try:
        partial = partial_of(node, index)
        term = times(upstream, partial)
        if unchosen is not False:
            term = ops.select(unchosen, 0.0, term)
        is_plain = type(partial) is float and partial - partial == 0.0
        return term if ways is ALWAYS or is_plain else chosen(ways, term)
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
        arriving = [tangent.get(id(arg)) for arg in args]
        if node.op is ops.select:
            if arriving[1] is not None or arriving[2] is not None:
                first, second = [0.0 if step is None else step for step in arriving[1:]]
                tangent[id(node)] = ops.select(args[0], first, second)
            continue
        for index, step in enumerate(arriving):
            unchosen = _is_unchosen(node, index, args)
            if step is None or unchosen is True:
                continue
            term = times(step, partial_of(node, index))
            if unchosen is not False:
                term = ops.select(unchosen, 0.0, term)
            tangent[id(node)] = plus(tangent.get(id(node), 0.0), term)
    known = {id(node) for node in order}
    return [copied(tangent.get(id(output), 0.0), known) for output in outputs]
