"""The one walk over a graph, and the chain rule along it.

Whoever reads a graph (backward, pictures, steps, the gradient as a graph, the compiler) takes the
nodes in the order of ``ordered``, or in its reverse.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from collections.abc import Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

from autograd.engine import modes
from autograd.engine.modes import thread
from autograd.errors import AnomalyError, ArgumentError, EditedLeafError
from autograd.table.elementary import select, stop_gradient
from autograd.table.operation import Operation

if TYPE_CHECKING:
    from autograd.engine.node import Node
    from autograd.engine.value import Value

walking = threading.RLock()  # marks and adjoints live in the nodes: one walk at a time
if hasattr(os, "register_at_fork"):  # a child would wait for ever for a thread it does not have
    os.register_at_fork(
        before=walking.acquire, after_in_parent=walking.release, after_in_child=walking.release
    )
epoch = 0  # grows whenever some leaf's data is edited
_walk = 0  # the number of the latest walk; a node marked with it has been seen
made_at: weakref.WeakKeyDictionary[Value, str] = weakref.WeakKeyDictionary()


def ordered(*roots: Value) -> list[Value]:
    """Return every node under the roots once, operands before results: depth-first post-order.

    Operands are visited left to right. Backward, and every reader of a graph, goes through the
    reverse of this list. Adjoints are 0.0 afterwards.
    """
    global _walk
    with walking:
        _walk += 1
        walk = _walk
        order: list[Value] = []
        stack: list[Value | None] = [*reversed(roots)]
        finish, push, pop = order.append, stack.append, stack.pop
        while stack:
            node = pop()
            if node is None:  # the node below this mark has had all its operands
                finish(pop())  # type: ignore[arg-type]
                continue
            while node._mark != walk:
                node._mark = walk
                node._adjoint = 0.0
                right: Any = node._right if node._right_partial is not None else None
                if node._left_partial is not None:
                    left: Any = node._left
                    if right is not None and right._mark != walk:
                        push(node)
                        push(None)
                        if left._mark == walk:
                            node = right
                        else:
                            push(right)
                            node = left
                    elif left._mark != walk:
                        push(node)
                        push(None)
                        node = left
                    else:  # an operand that has been seen is finished: there are no circles
                        finish(node)
                elif right is not None:
                    push(node)
                    push(None)
                    node = right
                elif type(node._left) is tuple:
                    pairs = zip(node._left, node._right, strict=True)
                    operands = [arg for arg, partial in pairs if partial is not None]
                    stack += [node, None, *reversed(operands)]
                else:
                    finish(node)
    return order


def recorded(*roots: Value) -> list[Value]:
    """Return ``ordered(*roots)``, for readers that need the operands' numbers once more.

    Raises:
        ValueError: a leaf's data was edited after something above it was recorded.
    """
    order = ordered(*roots)
    for node in order:
        for arg in node.args:
            if type(arg) is not float and arg._epoch > node._epoch:
                raise EditedLeafError(
                    f"the data of {named(arg)} was edited after {named(node)} was recorded "
                    f"from it: compute the expression again to read this graph"
                )
    return order


def untaken(order: Sequence[Value]) -> set[int]:
    """Return the ids of the nodes under the last one that only branches not taken depend on.

    ``where`` passes nothing to the branch it has not taken, and ``stop_gradient`` nothing at all:
    adjoints there are 0, whatever numbers the nodes hold.
    """
    taken = {id(order[-1])}
    for node in reversed(order):
        if id(node) in taken and node.op is not None:
            is_choice = node.op is select or node.op is stop_gradient
            for arg, partial in zip(node.args, node.partials, strict=True):
                if partial is not None and not (is_choice and partial == 0.0):
                    taken.add(id(arg))
    return {id(node) for node in order if id(node) not in taken}


def contribution(
    operation: Operation, upstream: float, partial: float, is_untaken: bool = False
) -> float:
    """Return upstream x partial, where for all but + - * and negation 0 x inf is 0.

    In a branch not taken it is so for these as well.
    """
    if (operation.shares or is_untaken) and (upstream == 0.0 or partial == 0.0):
        return 0.0
    return upstream * partial


def propagated(root: Value, gradient: float) -> list[Value]:
    """Set the adjoint of every node under the root, d(root)/d(node) x gradient.

    Returns ``ordered(root)``. Call it, and read the adjoints, while holding no other walk.
    """
    order = ordered(root)
    left_out: set[int] | None = None

    def where_nan(node: Value, partial: float) -> float:
        """Return the contribution where the plain product is nan."""
        nonlocal left_out
        if left_out is None:
            left_out = untaken(order)
        assert node.op is not None
        return contribution(node.op, node._adjoint, partial, id(node) in left_out)

    root._adjoint = gradient
    for node in reversed(order):  # to add 0 changes nothing: below a relu that is off, all of it
        upstream = node._adjoint
        partial = node._left_partial
        if partial is not None and (product := upstream * partial) != 0.0:
            node._left._adjoint += product if product == product else where_nan(node, partial)
        partial = node._right_partial
        if partial is not None:
            if (product := upstream * partial) != 0.0:
                node._right._adjoint += product if product == product else where_nan(node, partial)
        elif type(node._left) is tuple:
            for arg, partial in zip(node._left, node._right, strict=True):
                if partial is not None and (product := upstream * partial) != 0.0:
                    arg._adjoint += product if product == product else where_nan(node, partial)
    if modes.active and thread.anomaly:
        check_adjoints(order)
    return order


def zero_grad(root: Value) -> None:
    """Set ``.grad`` of every node under the root to 0.0.

    Args:
        root: the Value where the walk starts.

    Raises:
        TypeError: root is not a Value.

    Example:
        >>> from autograd import Value, zero_grad
        >>> x = Value(3.0)
        >>> y = x * 2
        >>> y.backward()
        >>> zero_grad(y)
        >>> x.grad
        0.0
    """
    if not hasattr(root, "_mark"):
        raise ArgumentError(f"zero_grad: takes a Value, and was given a {type(root).__name__}")
    with walking:  # one call of C, so that Ctrl-C falls before or after it
        deque(map(setattr, ordered(root), repeat("_grad"), repeat(0.0)), maxlen=0)


# -- words for errors --------------------------------------------------------------------------


def named(node: Node) -> str:
    """Return words for a node in an error: its label, or what made it, and its number."""
    if node.label:
        return f"{node.label!r} (now {node._data!r})"
    kind = f"the result of {node.op.name}" if node.op is not None else "a leaf"
    return f"{kind} ({node._data!r})"


def _operands(node: Value) -> str:
    assert node.op is not None
    return ", ".join(
        f"{name} = {arg._data!r}" + (f" ({arg.label})" if arg.label else "")
        if partial is not None
        else f"{name} = {arg!r}"
        for name, arg, partial in zip(node.op.parameters, node.args, node.partials, strict=True)
    )


def check_forward(node: Value) -> None:
    """Under detect_anomaly: refuse a node whose value or partials are nan or infinite."""
    assert node.op is not None
    numbers = [node._data, *(partial for partial in node.partials if partial is not None)]
    if not all(number - number == 0.0 for number in numbers):
        _refuse(node, f"{node.op.name} gave {node._data!r}, with derivatives {[*node.partials]},")


def check_adjoints(order: list[Value]) -> None:
    """Under detect_anomaly: refuse adjoints that are nan or infinite, from the root downwards."""
    left_out = untaken(order)
    for node in reversed(order):
        for arg, partial in zip(node.args, node.partials, strict=True):
            if partial is None:
                continue
            assert node.op is not None
            passed = contribution(node.op, node._adjoint, partial, id(node) in left_out)
            if passed - passed != 0.0:
                words = f"{node._adjoint!r} * {partial!r} = {passed!r} to {named(arg)}"
                _refuse(node, f"backward through {node.op.name} brought {words},")
    for node in reversed(order):
        if node._adjoint - node._adjoint != 0.0:
            raise AnomalyError(f"the gradient of {named(node)} is {node._adjoint!r}")


def check_tangent(node: Value, tangent: float) -> None:
    """Under detect_anomaly: refuse a tangent that is nan or infinite."""
    if tangent - tangent != 0.0:
        assert node.op is not None
        _refuse(node, f"forward mode through {node.op.name} gave the tangent {tangent!r},")


def _refuse(node: Value, what: str) -> None:
    line = made_at.get(node, "a line that was not watched")
    raise AnomalyError(f"{what} for {_operands(node)}; made at {line}")
