"""The contributions of a sweep over a trace: products along edges, and their conditions.

The arithmetic does what the eager engine does where a derivative is a graph, so that bits are the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.engine.accelerator import native
from autograd.ir.rules import PLAIN_PARTIALS, Template, partial_of, unchosen_of
from autograd.ir.trace import Reference, Trace, appended
from autograd.table import rows as ops
from autograd.table.operation import Operation

# A condition: the number of one, or True or False.
Truth = int

# What is added to an array: a place, a number, and when; or None, an array, and an array.
ArrayTerm = tuple[Reference | None, Reference, int]

GUARDED_MULTIPLY = Operation(  # no row of the table: it stands in traces alone
    "guarded_multiply(reached, a, b)",
    lambda reached, a, b: a * b if reached != 0.0 else 0.0,
    (),
    conditions=(0,),
)


_ROWS = ops.multiply, GUARDED_MULTIPLY, ops.add, ops.negative


class Differentiation:
    """The state of one sweep: contributions and conditions by number.

    Attributes:
        contributions: for each number what has been added up for it.
        reached: when there is anything.
        arrays: likewise for arrays: a list of places, numbers and conditions; a place that is None
            has a whole array, and with it an array of what was reached (0 where nothing was).
        active: which numbers depend on a target.
    """

    def __init__(self, trace: Trace, targets: Sequence[int], order: list[int]) -> None:
        self.trace = trace
        self.order = order
        self.contributions: dict[int, Reference] = {}
        self.reached: dict[int, Truth] = {}
        self.arrays: dict[int, list[ArrayTerm]] = {}
        self.active = active = bytearray(len(trace))
        for target in targets:
            active[target] = 1
        for number in order:
            if not active[number]:
                for operand in trace.operands[number]:
                    if type(operand) is int and active[operand]:
                        active[number] = 1
                        break

    def add(self, number: int, term: Reference, reached: Truth) -> None:
        """Add a contribution that exists under a condition."""
        before = self.contributions.get(number)
        if before is None:
            self.contributions[number], self.reached[number] = term, reached
        else:
            self.contributions[number] = plus(self.trace, before, term)
            self.reached[number] = either(self.trace, self.reached[number], reached)

    def add_contributions(self, place: int) -> int:
        """Sweep backwards from a place of the order; return where the Python has to go on, or -1.

        It does what ``edges`` does, in C, where the rules of the partials are numbers.
        """
        trace = self.trace
        found: int = native.add_contributions(
            self.order, trace.operations, trace.operands, self.contributions, self.reached,
            self.active, PLAIN_PARTIALS, _ROWS, place,
        )  # fmt: skip
        return found

    def edges(self) -> Callable[..., None]:
        """Return a function that adds upstream x partial for each operand of a result.

        It does what ``edge`` and ``add`` do for a result that is no choice, all in one: this is
        where a derivative takes its time. Its arguments are the number of the result, its operands,
        the upstream, when that is reached, and the rules of the partials.
        """
        trace, contributions, reached = self.trace, self.contributions, self.reached
        operations, references = trace.operations, trace.operands
        active, add, multiply, plus_ = self.active, self.add, ops.multiply, ops.add

        def add_edges(
            number: int,
            operands: tuple[Reference, ...],
            upstream: Reference,
            when: Truth,
            rules: Sequence[Reference | Template],
        ) -> None:
            partial: Any
            for index, operand in enumerate(operands):
                if type(operand) is not int or not active[operand]:
                    continue
                partial = rules[index]
                if type(partial) is int:
                    partial = number if partial == -1 else operands[-2 - partial]
                elif type(partial) is not float:
                    if len(operands) > 1:  # some may be constants
                        operation = operations[number]
                        assert operation is not None
                        partial = partial_of(operation, index, operands)
                    partial = partial.emit(trace, (number, *operands))
                if type(upstream) is int and type(partial) is int:
                    plain = when is True
                    row, given = multiply if plain else GUARDED_MULTIPLY, (upstream, partial)
                    term: Reference = appended(
                        operations, references, row, given if plain else (when, *given)
                    )
                else:
                    term = product(trace, when, upstream, partial)
                before = contributions.get(operand)
                if before is None:
                    contributions[operand], reached[operand] = term, when
                elif reached[operand] is when and type(before) is int and type(term) is int:
                    contributions[operand] = appended(operations, references, plus_, (before, term))
                else:
                    add(operand, term, when)

        return add_edges

    def edge(
        self, number: int, index: int, upstream: Reference, reached: Truth
    ) -> tuple[Reference, Truth]:
        """Return upstream x partial along one edge, and the condition of this contribution."""
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

        A partial that is itself a choice of 1 or -1 becomes one among products: relu passes its
        upstream on. What chooses among more multiplies, for the sweep waits for each choice on the
        way of the upstream, and for none on the way of the partial.
        """
        trace = self.trace
        partial = self._where_chosen(partial, base, unchosen)
        if type(partial) is int and partial >= base and trace.operations[partial] is ops.select:
            condition, first, second = trace.operands[partial]
            if type(condition) is int and type(first) is type(second) is float:
                a = product(trace, reached, upstream, first)
                b = product(trace, reached, upstream, second)
                return choose(trace, condition, a, b)
        return product(trace, reached, upstream, partial)

    def _where_chosen(self, partial: Reference, base: int, unchosen: int) -> Reference:
        """Return a partial without the choices that are known where the operand was chosen."""
        trace = self.trace
        if type(partial) is int and partial >= base and trace.operations[partial] is ops.select:
            condition, first, second = trace.operands[partial]
            inner = self._where_chosen(second, base, unchosen)
            if condition == unchosen:
                return inner
            if type(condition) is int:
                return choose(trace, condition, first, inner)
        return partial


# -- arithmetic on numbers of a trace ------------------------------------------------------------


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
    """Return the product; it contributes nothing where the condition does not hold."""
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


def as_number(trace: Trace, a: Truth) -> Reference:
    """Return a condition as the number 1 or 0."""
    return choose(trace, a, 1.0, 0.0) if a is not True and a is not False else float(a)


def as_truth(trace: Trace, number: Reference) -> Truth:
    """Return whether a number of ``as_number``, or a sum of such, is not 0."""
    if type(number) is float:
        return number > 0.0
    return trace.condition(ops.less, (0.0, number))
