"""The chain rule along a graph: one sweep that everything reads, and a fast one for ``backward``.

    backwards: adjoint of operand  +=  adjoint of node     x  partial
    forwards:  tangent of node     +=  tangent of operand  x  partial

The products are IEEE's: infinity times 0 is nan. A choice (``where``, ``relu``, ``maximum``, ...)
passes nothing to what it did not choose: that edge is left out, whatever stands above and below it
(what Enzyme calls a strong zero).
"""

from __future__ import annotations

import operator
import weakref
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import repeat
from typing import Any, Generic, TypeVar

from autograd.engine import modes
from autograd.engine.accelerator import native
from autograd.engine.modes import current
from autograd.engine.node import Node, check_assignment, named, refuse_call
from autograd.engine.order import N, ordered
from autograd.errors import AnomalyError

T = TypeVar("T")

made_at: weakref.WeakKeyDictionary[Node, str] = weakref.WeakKeyDictionary()


class Contribution(Generic[N, T]):
    """What the chain rule passes along one edge.

    Attributes:
        node: the node above the edge.
        index: which operand of the node stands below it.
        arg: that operand.
        partial: d(node)/d(arg).
        upstream: the adjoint of the node; in forward mode the tangent of the operand.
        product: upstream x partial, 0 where nothing passes.
        before: what the other end had received so far.
        total: what it has received now.
        passes: False where a choice lets nothing pass, here or on every way to here.
    """

    __slots__ = tuple("node index arg partial upstream product before total passes".split())

    def __init__(
        self,
        node: N,
        index: int,
        arg: N,
        partial: T,
        upstream: T,
        product: T,
        before: T,
        total: T,
        passes: bool,
    ) -> None:
        self.node, self.index, self.arg, self.partial = node, index, arg, partial
        self.upstream, self.product = upstream, product
        self.before, self.total, self.passes = before, total, passes


def recorded_partial(node: Node, index: int) -> Any:
    """Return the partial that the node has recorded, a float."""
    return node.partials[index]


def contributions(
    order: Sequence[N],
    amounts: dict[int, Any],
    *,
    forwards: bool = False,
    among: Collection[int] | None = None,
    partial_of: Callable[[N, int], Any] = recorded_partial,
    times: Callable[[Any, Any], object] = operator.mul,
    plus: Callable[[Any, Any], object] = operator.add,
) -> Iterator[Contribution[N, Any]]:
    """Apply the chain rule to every edge of a graph, and yield each contribution.

    Args:
        order: the nodes, as ``ordered`` gives them; they are read from the root downwards, and in
            forward mode from the leaves upwards.
        amounts: adjoints (or tangents) by the id of their node: those to start from, and in the
            end all of them. A node that is missing receives nothing.
        forwards: whether tangents are carried up instead of adjoints down.
        among: ids of the nodes to consider; all of them if left out.
        partial_of: gives the partial of a node by its operand of that number.
        times: multiplies an adjoint or tangent by a partial.
        plus: adds a product to the sum of those before it.
    """
    starts = set(amounts) if forwards else ()
    for node in order if forwards else reversed(order):
        if node.op is None or id(node) in starts or (among is not None and id(node) not in among):
            continue
        for index, (arg, number) in enumerate(zip(node.args, node.partials, strict=True)):
            if number is None or (among is not None and id(arg) not in among):
                continue
            source, target = (id(arg), id(node)) if forwards else (id(node), id(arg))
            upstream = amounts.get(source, 0.0)
            before = amounts.get(target, 0.0)
            if source in amounts and not is_unchosen(node, index):
                partial = partial_of(node, index)
                product = times(upstream, partial)
                total = amounts[target] = plus(before, product)
                yield Contribution(
                    node, index, arg, partial, upstream, product, before, total, True
                )
            else:
                yield Contribution(node, index, arg, number, upstream, 0.0, before, before, False)


def is_unchosen(node: Node, index: int) -> bool:
    """Return whether the node is a choice that did not choose this operand."""
    assert node.op is not None
    if not node.op.strong_zero or node.partials[index] != 0.0:
        return False
    numbers: list[float] = []
    for arg in node.args:
        if type(arg) is not float:
            if arg._epoch > node._epoch:  # edited since: go by what was recorded
                return True
            arg = arg._data
        numbers.append(arg)
    return bool(node.op.strong_zero[index](node._data, *numbers))


def propagated(root: N, gradient: float) -> list[N]:
    """Set the adjoint of every node under the root, d(root)/d(node) x gradient.

    Returns ``ordered(root)``. Call it, and read the adjoints, while holding no other walk.
    """
    order = _swept(root, gradient)
    if order is None:
        return _with_choices(ordered(root), gradient)
    if modes.active and current().anomaly:
        _check_adjoints(order, gradient)
    return order


def _swept(root: N, gradient: float) -> list[N] | None:
    """Set the adjoints, and return ``ordered(root)``; None where some product is nan."""
    order = ordered(root)
    root._adjoint = gradient
    for node in reversed(order):  # adding 0 changes nothing; below an inactive relu all is 0
        upstream = node._adjoint
        partial = node._left_partial
        if partial is not None and (product := upstream * partial) != 0.0:
            if product != product:
                return None
            node._left._adjoint += product
        partial = node._right_partial
        if partial is not None:
            if (product := upstream * partial) != 0.0:
                if product != product:
                    return None
                node._right._adjoint += product
        elif type(node._left) is tuple:
            for arg, partial in zip(node._left, node._right, strict=True):
                if partial is not None and (product := upstream * partial) != 0.0:
                    if product != product:
                        return None
                    arg._adjoint += product
    return order


def backpropagated(root: Node, gradient: float) -> None:
    """Add d(root)/d(node) x gradient to the gradient of every node under the root."""
    try:
        if modes.active:
            check_assignment("grad")
        if native is None or modes.active or not native.backward(root, gradient):
            _committed(propagated(root, gradient))
    except (AttributeError, TypeError):
        if not isinstance(root, Node):  # Value.backward(2.0)
            refuse_call("backward", root)
        raise


def _committed(order: Sequence[Node]) -> None:
    """Add the adjoint of every node to its gradient."""
    sums = [node._grad + node._adjoint for node in order]
    # One call of C, so that Ctrl-C falls before or after it: no half of a gradient.
    deque(map(setattr, order, repeat("_grad"), sums), maxlen=0)


if native is not None:
    _swept = native.swept


def _with_choices(order: list[N], gradient: float) -> list[N]:
    """Set the adjoints where a plain product is nan, so that choices have to be looked at."""
    if modes.active and current().anomaly:
        _check_adjoints(order, gradient)
    adjoints = {id(order[-1]): gradient}
    deque(contributions(order, adjoints), maxlen=0)
    for node in order:
        node._adjoint = adjoints.get(id(node), 0.0)
    return order


# -- detect_anomaly ----------------------------------------------------------------------------


def check_forward(node: Node) -> None:
    """Under detect_anomaly: refuse a node whose value or partials are nan or infinite."""
    assert node.op is not None
    numbers = [node._data, *(partial for partial in node.partials if partial is not None)]
    if not all(number - number == 0.0 for number in numbers):
        _refuse(node, f"{node.op.name} gave {node._data!r}, with derivatives {[*node.partials]},")


def _check_adjoints(order: Sequence[N], gradient: float) -> None:
    """Refuse adjoints that are nan or infinite, from the root downwards."""
    for step in contributions(order, {id(order[-1]): gradient}):
        if step.product - step.product != 0.0:
            words = f"{step.upstream!r} * {step.partial!r} = {step.product!r} to {named(step.arg)}"
            assert step.node.op is not None
            _refuse(step.node, f"backward through {step.node.op.name} brought {words},")
        if step.total - step.total != 0.0:
            raise AnomalyError(f"the gradient of {named(step.arg)} is {step.total!r}")


def check_tangent(node: Node, tangent: float) -> None:
    """Under detect_anomaly: refuse a tangent that is nan or infinite."""
    if tangent - tangent != 0.0:
        assert node.op is not None
        _refuse(node, f"forward mode through {node.op.name} gave the tangent {tangent!r},")


def _refuse(node: Node, what: str) -> None:
    assert node.op is not None
    operands = ", ".join(
        f"{name} = {arg!r}"
        if partial is None
        else f"{name} = {arg._data!r}" + (f" ({arg.label!r})" if arg.label else "")
        for name, arg, partial in zip(node.op.parameters, node.args, node.partials, strict=True)
    )
    line = made_at.get(node, "a line that was not watched")
    raise AnomalyError(f"{what} for {operands}; made at {line}")
