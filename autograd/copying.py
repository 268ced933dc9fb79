"""Copies and pickles of graphs of any depth, without recursion.

A pickle of a node is flat: its leaves as objects of their own (so that everything in one pickle
shares them), and arrays of numbers for the nodes above. Operations travel by name.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from autograd.modes import Scope
from autograd.operation import Operation
from autograd.walk import ordered

if TYPE_CHECKING:
    from autograd.value import Value


FIELDS = (
    *("_data", "_grad", "_label", "op", "scope", "_epoch", "_mark", "_adjoint"),
    *("_left", "_right", "_left_partial", "_right_partial"),
)


def copied_node(node: Any) -> Any:
    """Return a new node with the same operands."""
    copy = object.__new__(type(node))
    for name in FIELDS:
        setattr(copy, name, getattr(node, name))
    return copy


def copied_graph(root: Any, memo: dict[int, Any]) -> Any:
    """Return a copy of the graph under the root, sharing what the memo already holds."""

    def copied(operand: Any, partial: Any) -> Any:
        if type(operand) is tuple:
            return tuple(copied(*pair) for pair in zip(operand, partial, strict=True))
        return operand if partial is None else memo[id(operand)]

    order = ordered(root)
    for node in order:
        if id(node) not in memo:
            copy = memo[id(node)] = copied_node(node)
            if type(node._left) is tuple:
                copy._left = copied(node._left, node._right)
            else:
                copy._left = copied(node._left, node._left_partial)
                copy._right = copied(node._right, node._right_partial)
    memo.setdefault(id(memo), []).append(order)  # the originals live as long as the memo
    return memo[id(root)]


def flattened(root: Any) -> tuple[Any, ...]:
    """Return what ``pickle`` needs to rebuild the graph under the root.

    A node is numbered by its place in ``ordered``; a constant operand is -1 - its place among
    the constants. Each node above the leaves has one entry in ``operations`` and ``numbers``
    (data, grad), and one in ``operands`` and ``partials`` for every operand.
    """
    order = ordered(root)
    if root.op is None:
        return _leaf, (type(root), root._data, root._grad, root._label)
    places = {id(node): place for place, node in enumerate(order)}
    leaves = [node for node in order if node.op is None]
    table: dict[Any, int] = {}
    operations, scopes = array("l"), array("l")
    numbers, partials, constants = array("d"), array("d"), array("d")
    operands = array("q")
    labels: dict[int, str] = {}
    for place, node in enumerate(order):
        if node._label and node.op is not None:
            labels[place] = node._label
        if node.op is None:
            operations.append(-1)
            continue
        operations.append(table.setdefault(node.op, len(table)))
        scopes.append(table.setdefault(node.scope, len(table)))
        numbers.extend((node._data, node._grad))
        for arg, partial in zip(node.args, node.partials, strict=True):
            if partial is None:
                operands.append(-1 - len(constants))
                constants.append(arg)
            else:
                operands.append(places[id(arg)])
                partials.append(partial)
    flat = (list(table), operations, scopes, numbers, operands, partials, constants, labels)
    return _graph, (type(root), leaves, *flat)


def _leaf(kind: type[Value], data: float, grad: float, label: str) -> Value:
    leaf = kind(data, label)
    leaf._grad = grad
    return leaf


def _graph(
    kind: type[Value],
    leaves: list[Value],
    table: list[Any],
    operations: array[int],
    scopes: array[int],
    numbers: array[float],
    operands: array[int],
    partials: array[float],
    constants: array[float],
    labels: dict[int, str],
) -> Value:
    next_leaf, next_scope, next_number = iter(leaves), iter(scopes), iter(numbers)
    next_operand, next_partial = iter(operands), iter(partials)
    epoch = max((leaf._epoch for leaf in leaves), default=0)
    nodes: list[Value] = []
    for place, entry in enumerate(operations):
        if entry < 0:
            nodes.append(next(next_leaf))
            continue
        node: Value = object.__new__(kind)
        nodes.append(node)
        operation: Operation = table[entry]
        node.op = operation
        scope: Scope | None = table[next(next_scope)]
        node.scope = scope
        node._data, node._grad = next(next_number), next(next_number)
        node._adjoint, node._mark, node._epoch = 0.0, 0, epoch
        node._label = labels.get(place, "")
        args: list[Any] = []
        kept: list[float | None] = []
        for _ in range(operation.arity):
            at = next(next_operand)
            args.append(nodes[at] if at >= 0 else constants[-1 - at])
            kept.append(next(next_partial) if at >= 0 else None)
        if operation.arity > 2:
            node._left, node._right = tuple(args), tuple(kept)
            node._left_partial = node._right_partial = None
        else:
            node._left, node._right = (*args, None)[:2]
            node._left_partial, node._right_partial = (*kept, None)[:2]
    return nodes[-1]
