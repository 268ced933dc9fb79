"""Copies and pickles of graphs of any depth, without recursion.

A pickle of a node is flat: its leaves as objects of their own (so that everything in one pickle
shares them), and arrays of numbers for the nodes above. Operations travel by name.
"""

from __future__ import annotations

from array import array
from typing import Any

from autograd.callsite import user_line
from autograd.engine import modes
from autograd.engine import node as of_node
from autograd.engine.modes import Scope
from autograd.engine.node import FIELDS, Node
from autograd.engine.order import N, ordered
from autograd.errors import TraceError
from autograd.table.operation import Operation


def _extras(node: Node) -> dict[str, Any]:
    """Return the attributes that a subclass of Value adds to the fields of a node."""
    own = [name for kind in type(node).__mro__ for name in getattr(kind, "__slots__", ())]
    slots = set(own) - {*FIELDS, "__weakref__", "__dict__"}
    kept = {name: getattr(node, name) for name in slots if hasattr(node, name)}
    return {**getattr(node, "__dict__", {}), **kept}


def _restored(node: N, extras: dict[str, Any]) -> N:
    for name, obj in extras.items():
        object.__setattr__(node, name, obj)
    return node


def _check_traced() -> None:
    if modes.active and modes.current().recorder is not None:
        raise TraceError(
            f"a copy of a Value was asked for at {user_line()}\nUnder jit it would be made once, "
            f"and keep the number of that time for ever. Compute with the Value itself, which is "
            f"read at every call, or make the copy outside of the function."
        )


def copied_node(node: N) -> N:
    """Return a new node with the same operands."""
    _check_traced()
    copied = object.__new__(type(node))
    for name in FIELDS:
        if hasattr(node, name):
            setattr(copied, name, getattr(node, name))
    return _restored(copied, _extras(node))


def copied_graph(root: N, memo: dict[int, Any]) -> N:
    """Return a copy of the graph under the root, sharing what the memo already holds."""
    import copy

    def operand_of(operand: object, partial: object) -> object:
        return operand if partial is None else memo[id(operand)]

    order = ordered(root)
    for node in order:
        if id(node) not in memo:
            copied = memo[id(node)] = copied_node(node)
            if type(node._left) is tuple:
                copied._left = tuple(map(operand_of, node._left, node._right))
            else:
                copied._left = operand_of(node._left, node._left_partial)
                copied._right = operand_of(node._right, node._right_partial)
            _restored(copied, copy.deepcopy(_extras(node), memo))
    memo.setdefault(id(memo), []).append(order)  # the originals live as long as the memo
    twin: N = memo[id(root)]
    return twin


def flattened(root: Node) -> tuple[object, ...]:
    """Return what ``pickle`` needs to rebuild the graph under the root.

    A node is numbered by its place in ``ordered``; a constant operand is -1 - its place among
    the constants. Each node above the leaves has one entry in ``operations``, ``scopes`` and
    ``epochs``, two in ``numbers`` (data, grad), and one in ``operands`` for every operand.
    """
    _check_traced()
    order = ordered(root)
    if root.op is None:
        inside = root.scope
        names = [scope.name for scope in inside.path()] if inside is not None else []
        about = (root._data, root._grad, root._epoch, root.label, names)
        return _leaf, (type(root), *about, _extras(root))
    places = {id(node): place for place, node in enumerate(order)}
    leaves = [node for node in order if node.op is None]
    table: dict[Operation, int] = {}
    frames: dict[Scope | None, int] = {None: 0}
    parents: list[tuple[str, int]] = []
    operations, scopes, epochs, operands = array("q"), array("q"), array("q"), array("q")
    numbers, partials, constants = array("d"), array("d"), array("d")
    labels: dict[int, str] = {}
    for place, node in enumerate(order):
        if node.op is None:
            operations.append(-1)
            continue
        label, inside = getattr(node, "_label", ""), getattr(node, "_scope", None)
        if label:
            labels[place] = label
        if inside not in frames:
            for scope in inside.path():  # type: ignore[union-attr]
                if scope not in frames:
                    frames[scope] = len(frames)
                    parents.append((scope.name, frames[scope.parent]))
        operations.append(table.setdefault(node.op, len(table)))
        scopes.append(frames[inside])
        epochs.append(node._epoch)
        numbers.extend((node._data, node._grad))
        for arg, partial in zip(node.args, node.partials, strict=True):
            if partial is None:
                operands.append(-1 - len(constants))
                constants.append(arg)
            else:
                operands.append(places[id(arg)])
                partials.append(partial)
    flat = (operations, scopes, epochs, numbers, operands, partials, constants, labels)
    return _graph, (type(root), leaves, list(table), parents, *flat)


def _leaf(
    kind: type[N],
    data: float,
    grad: float,
    epoch: int,
    label: str,
    scopes: list[str],
    extras: dict[str, object],
) -> N:
    leaf: N = object.__new__(kind)
    leaf._data, leaf._grad, leaf._label, leaf.op = data, grad, label, None
    leaf._left = leaf._right = leaf._left_partial = leaf._right_partial = None
    leaf._mark, leaf._epoch = 0, epoch
    inside: Scope | None = None
    for name in scopes:
        inside = Scope(name, inside)
    leaf._scope = inside
    of_node.epoch = max(of_node.epoch, epoch)  # what is recorded from now on is younger
    return _restored(leaf, extras)


def _graph(
    kind: type[N],
    leaves: list[N],
    table: list[Operation],
    parents: list[tuple[str, int]],
    operations: array[int],
    scopes: array[int],
    epochs: array[int],
    numbers: array[float],
    operands: array[int],
    partials: array[float],
    constants: array[float],
    labels: dict[int, str],
) -> N:
    frames: list[Scope | None] = [None]
    for name, parent in parents:
        frames.append(Scope(name, frames[parent]))
    next_leaf, next_scope, next_epoch = iter(leaves), iter(scopes), iter(epochs)
    next_number, next_operand, next_partial = iter(numbers), iter(operands), iter(partials)
    nodes: list[N] = []
    for place, entry in enumerate(operations):
        if entry < 0:
            nodes.append(next(next_leaf))
            continue
        node: N = object.__new__(kind)
        nodes.append(node)
        operation = table[entry]
        node.op = operation
        node._scope = frames[next(next_scope)]
        node._data, node._grad = next(next_number), next(next_number)
        node._mark, node._epoch = 0, next(next_epoch)
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
    of_node.epoch = max(of_node.epoch, *epochs)
    return nodes[-1]
