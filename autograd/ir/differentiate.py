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

from collections.abc import Sequence

from autograd.ir.rules import partial_of, unchosen_of
from autograd.ir.trace import Reference, Trace
from autograd.table import rows as ops
from autograd.table.operation import Operation

# A condition: the number of one, or True or False.
Truth = int

GUARDED_MULTIPLY = Operation(  # no row of the table: it stands in traces alone
    "guarded_multiply(reached, a, b)",
    lambda reached, a, b: a * b if reached != 0.0 else 0.0,
    (),
    conditions=(0,),
)


class Differentiation:
    """What one sweep knows: contributions and conditions by number."""

    def __init__(self, trace: Trace, targets: Sequence[int], order: Sequence[int]) -> None:
        self.trace = trace
        self.order = order
        self.contributions: dict[int, Reference] = {}
        self.reached: dict[int, Truth] = {}
        self.active = active = bytearray(len(trace))  # what depends on a target
        for target in targets:
            active[target] = 1
        for number in order:
            if not active[number]:
                for operand in trace.operands[number]:
                    if type(operand) is int and active[operand]:
                        active[number] = 1
                        break

    def add(self, number: int, term: Reference, reached: Truth) -> None:
        """Add a contribution that there is under a condition."""
        before = self.contributions.get(number)
        if before is None:
            self.contributions[number], self.reached[number] = term, reached
        else:
            self.contributions[number] = plus(self.trace, before, term)
            self.reached[number] = either(self.trace, self.reached[number], reached)

    def edge(
        self, number: int, index: int, upstream: Reference, reached: Truth
    ) -> tuple[Reference, Truth]:
        """Return upstream x partial along one edge, and when there is such a contribution."""
        trace = self.trace
        operation, operands = trace.operations[number], trace.operands[number]
        assert operation is not None
        if operation is ops.select:
            condition = operands[0]
            if type(condition) is not int:
                return (upstream, reached) if bool(condition) is (index == 1) else (0.0, False)
            arms = (upstream, 0.0) if index == 1 else (0.0, upstream)
            taken = condition if index == 1 else opposite(trace, condition)
            return choose(trace, condition, *arms), both(trace, reached, taken)
        if operation is GUARDED_MULTIPLY:
            condition = operands[0]
            assert isinstance(condition, int)
            reached = both(trace, reached, condition)
            other = operands[2 if index == 1 else 1]
            return product(trace, reached, upstream, other), reached
        unchosen: Reference = False
        if operation.strong_zero:
            unchosen = unchosen_of(operation, index, operands).emit(trace, (number, *operands))
            if unchosen is True:
                return 0.0, False
        base = len(trace)
        partial = partial_of(operation, index, operands).emit(trace, (number, *operands))
        if unchosen is False:
            return product(trace, reached, upstream, partial), reached
        assert type(unchosen) is int
        reached = both(trace, reached, opposite(trace, unchosen))
        term = self._arm(partial, base, unchosen, upstream, reached)
        return choose(trace, unchosen, 0.0, term), reached

    def _arm(
        self, partial: Reference, base: int, unchosen: int, upstream: Reference, reached: Truth
    ) -> Reference:
        """Return upstream x partial where a choice chose the operand.

        A partial that is itself a choice among numbers becomes one among products.
        """
        trace = self.trace
        if type(partial) is int and partial >= base and trace.operations[partial] is ops.select:
            condition, first, second = trace.operands[partial]
            if condition == unchosen:
                return self._arm(second, base, unchosen, upstream, reached)
            if type(condition) is int:
                a = self._arm(first, base, unchosen, upstream, reached)
                b = self._arm(second, base, unchosen, upstream, reached)
                return choose(trace, condition, a, b)
        return product(trace, reached, upstream, partial)


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
    order = trace.order([root], stops)
    sweep = Differentiation(trace, targets, order)
    if type(root) is int:
        sweep.add(root, seed, True)
    for number in reversed(order):
        operation = trace.operations[number]
        upstream = sweep.contributions.get(number)
        if upstream is None or operation is None or not sweep.active[number]:
            continue
        reached = sweep.reached[number]
        for index, operand in enumerate(trace.operands[number]):
            if type(operand) is int and index not in operation.conditions and sweep.active[operand]:
                term, when = sweep.edge(number, index, upstream, reached)
                if when is not False:
                    sweep.add(operand, term, when)
    cotangents = [sweep.contributions.get(target, 0.0) for target in targets]
    return cotangents, [sweep.reached.get(target, False) for target in targets]


def pushforward(
    trace: Trace,
    outputs: Sequence[Reference],
    inputs: Sequence[int],
    directions: Sequence[Reference],
) -> list[Reference]:
    """Append the derivative of each output along the directions; return where they are."""
    order = trace.order(outputs)
    sweep = Differentiation(trace, inputs, order)
    for number, direction in zip(inputs, directions, strict=True):
        sweep.contributions[number], sweep.reached[number] = direction, True
    for number in order:
        operation = trace.operations[number]
        if operation is None or number in sweep.contributions or not sweep.active[number]:
            continue
        for index, operand in enumerate(trace.operands[number]):
            if type(operand) is int and index not in operation.conditions:
                step = sweep.contributions.get(operand)
                if step is not None:
                    term, when = sweep.edge(number, index, step, sweep.reached[operand])
                    if when is not False:
                        sweep.add(number, term, when)
    return [
        sweep.contributions.get(output, 0.0) if type(output) is int else 0.0 for output in outputs
    ]


# -- arithmetic on numbers of a trace ------------------------------------------------------------
# It does what the eager engine does where a derivative is a graph, so that bits are the same.


def times(trace: Trace, upstream: Reference, partial: Reference) -> Reference:
    """Return the product; by 1 and -1 without one."""
    if type(upstream) is float and type(partial) is float:
        return upstream * partial
    for one, other in ((upstream, partial), (partial, upstream)):
        if type(one) is float and type(other) is int:
            if one == 1.0:
                return other
            return trace.append(*((ops.negative, (other,)) if one == -1.0 else
                                  (ops.multiply, (one, other))))  # fmt: skip
    return trace.append(ops.multiply, (upstream, partial))


def product(trace: Trace, reached: Truth, upstream: Reference, partial: Reference) -> Reference:
    """Return the product, and nothing where the condition does not hold."""
    if reached is False:
        return 0.0
    is_finite = type(partial) is float and partial - partial == 0.0
    if reached is True or is_finite:
        return times(trace, upstream, partial)
    return trace.append(GUARDED_MULTIPLY, (reached, upstream, partial))


def plus(trace: Trace, total: Reference, term: Reference) -> Reference:
    """Return the sum; of a 0 without one."""
    if type(term) is float and term == 0.0:
        return total
    if type(total) is float:
        if total == 0.0:
            return term
        if type(term) is float:
            return total + term
    return trace.append(ops.add, (total, term))


def choose(trace: Trace, condition: int, a: Reference, b: Reference) -> Reference:
    """Return where(condition, a, b)."""
    if a == b and type(a) is type(b):
        return a
    return trace.append(ops.select, (condition, a, b))


def both(trace: Trace, a: Truth, b: Truth) -> Truth:
    """Return whether both conditions hold."""
    if a is False or b is False:
        return False
    if a is True or b is True:
        return b if a is True else a
    return a if a == b else trace.condition(ops.both, (a, b))


def either(trace: Trace, a: Truth, b: Truth) -> Truth:
    """Return whether one of two conditions holds."""
    if a is True or b is True:
        return True
    if a is False or b is False:
        return b if a is False else a
    return a if a == b else trace.condition(ops.either, (a, b))


def opposite(trace: Trace, a: Truth) -> Truth:
    """Return whether a condition does not hold."""
    if a is True or a is False:
        return not a
    if trace.operations[a] is ops.opposite:
        inner = trace.operands[a][0]
        assert isinstance(inner, int)
        return inner
    return trace.condition(ops.opposite, (a,))
