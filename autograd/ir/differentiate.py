"""Derivatives of a trace: more operations on the same trace, to any order.

    backward: cotangent of operand  +=  cotangent of result * partial     (the pullback)
    forward:  tangent of result     +=  tangent of operand * partial      (the pushforward)

Both take the values in the order of the eager engine and add up in its order. A contribution is a
product in IEEE arithmetic. A choice (a row with ``strong_zero``) passes nothing to what it did not
choose, and what receives nothing passes nothing on, whatever numbers stand there. In a trace it is
not known yet what was chosen: so the condition under which a value is reached goes with its
cotangent, and a product below a choice is a ``guarded_multiply`` by it. In numbers this differs
from the plain product only where that is nan: how programs use this stands in ``lower``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd.engine.accelerator import native
from autograd.ir.contributions import Differentiation, Truth
from autograd.ir.differentiate_loops import backwards_through, forwards_through
from autograd.ir.loops import is_structured
from autograd.ir.rules import plain_partials
from autograd.ir.trace import Reference, Trace


def pullback(
    trace: Trace,
    root: Reference,
    seed: Reference,
    targets: Sequence[int],
    stops: frozenset[int] = frozenset(),
) -> list[Reference]:
    """Append d(root)/d(target) x seed for each target; return where they are."""
    return pullback_where_reached(trace, root, seed, targets, stops)[0]


def pullback_where_reached(
    trace: Trace,
    root: Reference,
    seed: Reference,
    targets: Sequence[int],
    stops: frozenset[int] = frozenset(),
) -> tuple[list[Reference], list[Truth]]:
    """Append d(root)/d(target) x seed for each target; return where they are, and when they are.

    Args:
        trace: holds the root, the seed and the targets, and is appended to.
        root: what is differentiated.
        seed: its cotangent.
        targets: by what.
        stops: numbers below which nothing is looked at.
    """
    sweep = swept_backwards(trace, [(root, seed, True)], (), targets, stops)
    cotangents = [sweep.contributions.get(target, 0.0) for target in targets]
    return cotangents, [sweep.reached.get(target, False) for target in targets]


def swept_backwards(
    trace: Trace,
    roots: Sequence[tuple[Reference, Reference, Truth]],
    arrays: Sequence[tuple[Reference, Reference, int]],
    targets: Sequence[int],
    stops: frozenset[int] = frozenset(),
) -> Differentiation:
    """Sweep backwards from several roots: numbers, and arrays with arrays for cotangents."""
    order = trace.order([root[0] for root in (*roots, *arrays)], stops)
    if trace.pieces:
        trace.check_pieces(order)
    sweep = Differentiation(trace, targets, order)
    for root, seed, reached in roots:
        if type(root) is int and reached is not False:
            sweep.add(root, seed, reached)
    for array, cotangent, flags in arrays:
        assert type(array) is int
        sweep.arrays.setdefault(array, []).append((None, cotangent, flags))
    operations, operands, active = trace.operations, trace.operands, sweep.active
    contributions, reached_of, add_edges = sweep.contributions, sweep.reached, sweep.edges()

    def pull_back(number: int) -> None:
        operation = operations[number]
        if operation is None or not active[number]:
            return
        upstream = contributions.get(number)
        if upstream is not None and operation.partials:
            rules = plain_partials(operation)
            if rules:
                add_edges(number, operands[number], upstream, reached_of[number], rules)
                return
        if is_structured(operation):
            backwards_through(sweep, number, swept_backwards)
            return
        if upstream is None:
            return
        reached = reached_of[number]
        for index, operand in enumerate(operands[number]):
            if type(operand) is int and index not in operation.conditions and active[operand]:
                term, when = sweep.edge(number, index, upstream, reached)
                if when is not False:
                    sweep.add(operand, term, when)

    if native is None:
        for number in reversed(order):
            pull_back(number)
        return sweep
    place = sweep.add_contributions(len(order) - 1)
    while place >= 0:
        pull_back(order[place])
        place = sweep.add_contributions(place - 1)
    return sweep


def pushforward(
    trace: Trace,
    outputs: Sequence[Reference],
    inputs: Sequence[int],
    directions: Sequence[Reference],
) -> list[Reference]:
    """Append the derivative of each output along the directions; return where they are."""
    given = [(number, step, True) for number, step in zip(inputs, directions, strict=True)]
    sweep = swept_forwards(trace, outputs, given, ())
    return [
        sweep.contributions.get(output, 0.0) if type(output) is int else 0.0 for output in outputs
    ]


def swept_forwards(
    trace: Trace,
    outputs: Iterable[Reference],
    inputs: Sequence[tuple[int, Reference, Truth]],
    arrays: Sequence[tuple[int, Reference, int]],
) -> Differentiation:
    """Sweep forwards from numbers with tangents, and from arrays with arrays for tangents."""
    order = trace.order(outputs)
    if trace.pieces:
        trace.check_pieces(order)
    sweep = Differentiation(trace, [entry[0] for entry in (*inputs, *arrays)], order)
    for number, direction, reached in inputs:
        sweep.contributions[number], sweep.reached[number] = direction, reached
    for array, tangent, flags in arrays:
        sweep.arrays[array] = [(None, tangent, flags)]
    for number in order:
        operation = trace.operations[number]
        known = number in sweep.contributions or number in sweep.arrays
        if operation is None or known or not sweep.active[number]:
            continue
        if is_structured(operation):
            forwards_through(sweep, number, swept_forwards)
            continue
        for index, operand in enumerate(trace.operands[number]):
            if type(operand) is int and index not in operation.conditions:
                step = sweep.contributions.get(operand)
                if step is not None:
                    term, when = sweep.edge(number, index, step, sweep.reached[operand])
                    if when is not False:
                        sweep.add(number, term, when)
    return sweep
