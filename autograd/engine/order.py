"""The one order in which a graph is read: operands before results.

Everything that reads a graph (backward, pictures, steps, the gradient as a graph, the compiler)
takes the nodes in the order of ``ordered``, or in its reverse.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from itertools import repeat
from typing import Any, TypeVar

from autograd.engine.accelerator import native
from autograd.engine.node import Node, check_assignment, named
from autograd.errors import ArgumentError, EditedLeafError
from autograd.trees import unboxed
from autograd.wording import brief
from autograd.wrong_calls import asking

N = TypeVar("N", bound=Node)

walking = threading.RLock()  # marks and adjoints live in the nodes: one walk at a time
if hasattr(os, "register_at_fork"):  # a forked child would wait for a thread that it lacks
    os.register_at_fork(
        before=walking.acquire, after_in_parent=walking.release, after_in_child=walking.release
    )
if native is not None:
    native.walk_in_turn(walking)
_walk = 0  # the number of the latest walk; a node marked with it has been seen


def ordered(*roots: N) -> list[N]:
    """Return every node under the roots once, operands before results: depth-first post-order.

    Operands are visited left to right. Backward, and every reader of a graph, goes through the
    reverse of this list. Adjoints are 0.0 afterwards.
    """
    global _walk
    with walking:
        if native is not None:
            return native.ordered(*roots)  # type: ignore[no-any-return]
        _walk += 1
        walk = _walk
        order: list[N] = []
        stack: list[N | None] = [*reversed(roots)]
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


def recorded(*roots: N) -> list[N]:
    """Return ``ordered(*roots)``, for readers that need the operands' numbers once more.

    Raises:
        ValueError: a leaf's data was edited after something above it was recorded.
    """
    order = ordered(*roots)
    newest = max((node._epoch for node in order if node.op is None), default=0)
    if all(node._epoch >= newest for node in order if node.op is not None):
        return order  # as nearly always, without a look at each operand
    for node in order:
        for arg in node.args:
            if type(arg) is not float and arg._epoch > node._epoch:
                raise EditedLeafError(
                    f"the data of {named(arg)} was edited after {named(node)} was recorded "
                    f"from it: compute the expression again to read this graph"
                )
    return order


def are_inside(order: list[N], level: int) -> bool:
    """Return whether all leaves among these nodes have at least this level."""
    if native is not None:
        return native.are_inside(order, level)  # type: ignore[no-any-return]
    leaves = [node for node in order if node.op is None]
    return all(getattr(leaf, "_level", 0) >= level for leaf in leaves)


@asking("zero_grad(y)")
def zero_grad(root: Node) -> None:
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
    if not isinstance(root := unboxed(root), Node):
        if hasattr(root, "zero_grad"):
            way = "a model has its own: model.zero_grad()"
        else:
            way = "write zero_grad(y) of the result y of a computation, or x.grad = 0.0 of one leaf"
        raise ArgumentError(f"zero_grad: takes a Value, and was given {brief(root)}; {way}")
    check_assignment("grad")
    with walking:  # one call of C, so that Ctrl-C falls before or after it
        deque(map(setattr, ordered(root), repeat("_grad"), repeat(0.0)), maxlen=0)
