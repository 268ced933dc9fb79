"""Derivatives as graphs: the chain rule on the nodes themselves, to any order.

The sweep is the engine's; here the partial of an edge is the rule of the table applied to the node
and its operands. So what comes out is a graph again, and can be differentiated once more.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Sequence
from typing import Any

from autograd.engine import modes
from autograd.engine.chain_rule import check_tangent, contributions, recorded_partial
from autograd.engine.order import recorded
from autograd.engine.value import Value
from autograd.table import rows as ops
from autograd.table.operation import IEEE


def times(upstream: Value | float, partial: Value | float) -> Value | float:
    """Return the product, as a float where both are, else as a graph, without factors of 1."""
    for one, other in ((upstream, partial), (partial, upstream)):
        if type(one) is float:
            if one == 1.0:
                return other
            if one == -1.0:
                return -other
    return upstream * partial


def plus(total: Value | float, term: Value | float) -> Value | float:
    """Return the sum, without a node where one of the two is the number 0."""
    if type(term) is float and term == 0.0:
        return total
    return term if type(total) is float and total == 0.0 else total + term


def above(order: Sequence[Value], targets: set[int]) -> set[int]:
    """Return the ids of the nodes that depend on a target, targets included."""
    dependent = set(targets)
    for node in order:
        if node.op is not None and any(id(arg) in dependent for arg in node.args):
            dependent.add(id(node))
    return dependent


def copied(result: Value | float, known: set[int]) -> Value | float:
    """Copy a derivative that aliases a node of the graph, so that editing it changes nothing.

    d(a * b)/d(a) is b itself: without a copy it would change with b and have the label of b.
    """
    is_known = isinstance(result, Value) and (id(result) in known or result.op is None)
    return ops.identity(result) if is_known else result


def partial_of(node: Value, index: int) -> object:
    """Apply the rule of the table to the node itself, which gives a graph."""
    operation, args = node.op, node.args
    assert operation is not None
    try:
        partial = operation.partials[index](node, *args)
    except ArithmeticError:  # a constant operand at a pole
        numbers = [IEEE(arg) if type(arg) is float else arg for arg in args]
        partial = operation.partials[index](node, *numbers)
    return partial if isinstance(partial, Value) else float(partial)


def adjoints(root: Value, seed: object, targets: Sequence[Value]) -> list[Value | float]:
    """Return d(root)/d(target) x seed for each target, as a graph (or a float where constant)."""
    order = recorded(root)
    active = above(order, {id(target) for target in targets})
    adjoint: dict[int, Any] = {id(root): seed}
    rules = contributions(
        order, adjoint, among=active, partial_of=partial_of, times=times, plus=plus
    )
    deque(rules, maxlen=0)
    known = {id(node) for node in order}
    return [copied(adjoint.get(id(target), 0.0), known) for target in targets]


def tangents(
    order: Sequence[Value],
    outputs: Sequence[object],
    leaves: Sequence[Value],
    directions: Sequence[Value | float],
    is_numeric: bool,
) -> list[Value | float]:
    """Return the derivative of each output along the directions of the leaves.

    Where it is numeric, all directions are floats and the recorded partials are enough.
    """
    tangent = {id(leaf): direction for leaf, direction in zip(leaves, directions, strict=True)}
    if is_numeric:
        steps = contributions(order, tangent, forwards=True)
    else:
        steps = contributions(
            order, tangent, forwards=True, partial_of=partial_of, times=times, plus=plus
        )
    is_watched = modes.active and modes.current().anomaly
    for step in steps:
        if is_watched and type(step.total) is float:
            check_tangent(step.node, step.total)
    known = {id(node) for node in order}
    return [copied(tangent.get(id(output), 0.0), known) for output in outputs]


Row = dict[int, Value | float]  # a tangent for each leaf that reaches a node, by its index


def tangents_apart(
    order: Sequence[Value], outputs: Sequence[object], leaves: Sequence[Value], is_numeric: bool
) -> list[list[Value | float]]:
    """Return for each output its derivative by every leaf, all in one sweep."""
    multiply, add = (operator.mul, operator.add) if is_numeric else (times, plus)

    def scaled(row: Row, partial: Value | float) -> Row:
        return {index: multiply(tangent, partial) for index, tangent in row.items()}

    def added(total: Row | float, row: Row) -> Row:
        if not isinstance(total, dict):
            return row
        sums = dict(total)
        for index, tangent in row.items():
            sums[index] = add(sums[index], tangent) if index in sums else tangent
        return sums

    rows: dict[int, Any] = {id(leaf): {index: 1.0} for index, leaf in enumerate(leaves)}
    rule = recorded_partial if is_numeric else partial_of
    is_watched = modes.active and modes.current().anomaly
    sweep = contributions(order, rows, forwards=True, partial_of=rule, times=scaled, plus=added)
    for step in sweep:
        for tangent in step.total.values() if is_watched and step.passes else ():
            if type(tangent) is float:
                check_tangent(step.node, tangent)
    known = {id(node) for node in order}
    return [
        [copied(row.get(index, 0.0), known) for index, _ in enumerate(leaves)]
        for row in (rows.get(id(output), {}) for output in outputs)
    ]
