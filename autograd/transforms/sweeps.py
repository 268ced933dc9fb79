"""The two walks over a graph: adjoints backwards, tangents forwards.

Each has two modes: with floats it uses the partials that the nodes have recorded, with Values it
applies the rules of the table to the nodes themselves, so that the derivative is a graph again and
can be differentiated once more, to any order.

    backwards: adjoint of operand  +=  share(adjoint of node, partial)
    forwards:  tangent of node     +=  share(tangent of operand, partial)

Backwards the contributions of + - * and negation are plain products, as in ``Value.backward``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.engine import modes
from autograd.engine.order import check_tangent, recorded
from autograd.engine.value import Value
from autograd.table import elementary as ops
from autograd.table.operation import IEEE


def times(shares: bool, upstream: Any, partial: Any) -> Any:
    """Return the contribution of an edge, as a float where both are, else as a graph.

    Where it ``shares``, zero times infinity is zero.
    """
    if type(upstream) is float and type(partial) is float:
        return 0.0 if shares and (upstream == 0.0 or partial == 0.0) else upstream * partial
    for one, other in ((upstream, partial), (partial, upstream)):
        if type(one) is float:
            if one == 1.0:
                return other
            if one == -1.0:
                return -other
            if one == 0.0 and shares:
                return 0.0
            if one - one == 0.0 and one != 0.0:  # neither 0, infinite nor nan: a plain product
                return one * other
    return ops.share(upstream, partial) if shares else upstream * partial


def plus(total: Any, term: Any) -> Any:
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


def copied(result: Any, known: set[int]) -> Any:
    """Copy a derivative that aliases a node of the graph, so that editing it changes nothing.

    d(a * b)/d(a) is b: handed out as it is, it would change with b, and its label would be b's.
    """
    is_known = isinstance(result, Value) and (id(result) in known or result.op is None)
    return ops.identity(result) if is_known else result


def partial_of(node: Value, index: int, args: tuple[Any, ...]) -> Any:
    """Apply the rule of the table to the node itself, which gives a graph."""
    operation = node.op
    assert operation is not None
    try:
        partial = operation.partials[index](node, *args)
    except ArithmeticError:  # a constant operand at a pole
        numbers = [IEEE(arg) if type(arg) is float else arg for arg in args]
        partial = operation.partials[index](node, *numbers)
    return partial if isinstance(partial, Value) else float(partial)


def adjoints(root: Value, seed: Any, targets: Sequence[Value]) -> list[Any]:
    """Return d(root)/d(target) x seed for each target, as a graph (or a float where constant)."""
    order = recorded(root)
    active = above(order, {id(target) for target in targets})
    adjoint: dict[int, Any] = {id(root): seed}
    reached = {id(root)}
    for node in reversed(order):
        operation = node.op
        if operation is None or operation is ops.stop_gradient or id(node) not in active:
            continue
        if id(node) not in reached:
            continue  # in a branch that was not taken
        args = node.args
        upstream = adjoint.get(id(node), 0.0)
        for index, arg in enumerate(args):
            if id(arg) in active:
                if operation is ops.select and (args[0] != 0.0) != (index == 1):
                    continue
                reached.add(id(arg))
                term = times(operation.shares, upstream, partial_of(node, index, args))
                adjoint[id(arg)] = plus(adjoint.get(id(arg), 0.0), term)
    known = {id(node) for node in order}
    return [copied(adjoint.get(id(target), 0.0), known) for target in targets]


def tangents(
    outputs: Sequence[Any], leaves: Sequence[Value], directions: Sequence[Any], numeric: bool
) -> list[Any]:
    """Return the derivative of each output along the directions of the leaves."""
    tangent: dict[int, Any] = {
        id(leaf): direction for leaf, direction in zip(leaves, directions, strict=True)
    }
    watched = modes.active and modes.thread.anomaly
    order = recorded(*[output for output in outputs if isinstance(output, Value)])
    for node in order:
        if node.op is None or id(node) in tangent:
            continue
        args = node.args
        total: Any = 0.0
        if node.op is ops.select:  # of the branch taken, as a choice that walks backwards see
            total = tangent.get(id(args[1] if args[0] != 0.0 else args[2]), 0.0)
            args = ()
        for index, arg in enumerate(args):
            step = tangent.get(id(arg), 0.0)
            if type(step) is float and step == 0.0:
                continue
            partial = node.partials[index] if numeric else partial_of(node, index, args)
            total = plus(total, times(True, step, partial))
        tangent[id(node)] = total
        if watched and type(total) is float:
            check_tangent(node, total)
    known = {id(node) for node in order}
    return [copied(tangent.get(id(output), 0.0), known) for output in outputs]
