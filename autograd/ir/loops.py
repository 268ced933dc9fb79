"""Loops in a trace, and the arrays that they keep and look up.

A loop stands in a trace as one value, a tuple, with a *body*: a trace of its own, traced once. What
the body uses from outside is among the operands, so a body knows nothing but its arguments. The
parts of the tuple are the last carries, the number of steps, and arrays of two kinds: *sums*, in
which each step adds to some places, and *stacks*, to which each step appends some numbers.

Python's ``if`` in a body is followed both ways, as the steps of one call will go both ways: what it
gives is a choice between the results. So is what a loop inside does, which rests where it is not
reached.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import inf, nan
from typing import Any, cast

from autograd.callsite import user_frame, user_line
from autograd.engine.value import Value
from autograd.errors import TraceError
from autograd.ir.tables import CHANGING, ON_ARRAYS, added_at
from autograd.ir.trace import Condition, Reference, Trace, Tracer
from autograd.table import rows as ops
from autograd.table.operation import Operation, real

MAX_WAYS = 64  # ways through the body of a loop


class Part(Operation):
    """One part of the result of a loop."""

    def __init__(self, place: int) -> None:
        super().__init__("part(loop)", lambda parts: parts[place], ())
        self.place = place


part = functools.cache(Part)


class Body(Trace):
    """The trace of a loop's body, or of its condition.

    Attributes:
        parent: the trace around it.
        outer: for each number of the parent that it uses its own number, in their order.
        within: the condition there on which loops in it go on: it takes its steps in any case.
    """

    parent: Trace

    def __init__(self, parent: Trace) -> None:
        super().__init__()
        self.parent = parent
        self.deciders, self.converts = parent.deciders, parent.converts
        self.spoiled, self.places = parent.spoiled, parent.places
        self.outer: dict[Reference, int] = {}
        self.within: int | bool = True
        self._numbers: dict[tuple[object, ...], int] = {}
        self._script: list[bool] = []
        self._decided: dict[int, bool] = {}

    def append(self, operation: Operation | None, operands: tuple[Reference, ...]) -> int:
        """Return the number of a value; the same operation again has the same number."""
        if operation is None or isinstance(operation, Loop) or operation in CHANGING:
            return super().append(operation, operands)
        key = (operation, tuple([repr(each) for each in operands]))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = super().append(operation, operands)
        return number

    def captured_number(self, reference: Reference) -> Reference:
        """Return the number here of a value of the parent."""
        if type(reference) is not int:
            return reference
        if reference not in self.outer:
            self.outer[reference] = self.append(None, ())
        return self.outer[reference]

    def standing_for(self, value: Value) -> Value:
        """Return the tracer for a Value from outside of the function."""
        return self.substitutes.get(id(value)) or self.parent.standing_for(value)

    def reference(self, obj: Any, name: str) -> Reference:
        """Return the number of a Value, captured where it is from outside, or a constant."""
        if not isinstance(obj, Value):
            return real(obj, name)
        obj = self.standing_for(obj)
        if isinstance(obj, Tracer) and obj.trace is self:
            return obj.number
        outside = self.parent.reference(obj, name)
        if not isinstance(obj, Condition):
            return self.captured_number(outside)
        return self._condition_from_outside(outside)

    def _condition_from_outside(self, outside: Reference) -> int:
        number = self.parent.append(ops.select, (outside, 1.0, 0.0))
        return self.condition(ops.less, (0.0, self.captured_number(number)))

    def decide(self, number: int) -> bool:
        """Return what a condition is on the way that is being followed."""
        if self.operations[number] is ops.opposite:
            return not self.decide(cast("int", self.operands[number][0]))
        if number not in self._decided:
            if len(self._decided) >= MAX_WAYS:
                raise _too_many_ways()
            at = len(self._decided)
            self._decided[number] = self._script[at] if at < len(self._script) else True
            self.deciders[user_frame().f_code] += 1
        return self._decided[number]

    def is_decided(self, number: int) -> bool:
        """Return whether Python has decided by a condition, on the way that is being followed."""
        return number in self._decided

    def reached(self) -> int | bool:
        """Return the condition under which the way that is being followed is taken."""
        whole: int | bool = True
        for number, outcome in self._decided.items():
            each = number if outcome else self.condition(ops.opposite, (number,))
            whole = each if whole is True else self.condition(ops.both, (whole, each))
        return whole

    def around(self) -> int | bool:
        """Return the condition on which loops in this one go on, besides those decided here."""
        if self.within is True:
            return True
        return self._condition_from_outside(self.within)

    def followed(self, run: Callable[[], list[Reference]]) -> list[Reference]:
        """Return the results of a function on all its ways, as choices among them."""
        ways = 0

        def results(script: list[bool]) -> list[Reference]:
            nonlocal ways
            ways += 1
            if ways > MAX_WAYS:
                raise _too_many_ways()
            self._script, self._decided = script, {}
            found = run()
            decided = list(self._decided.items())
            outcomes = [outcome for _, outcome in decided]
            for at in range(len(decided) - 1, len(script) - 1, -1):
                other = results([*outcomes[:at], False])
                if len(other) != len(found):
                    raise TraceError(
                        f"the body of a loop at {user_line()}\ngives {len(found)} numbers on one "
                        f"way and {len(other)} on another: return the same structure on every way"
                    )
                found = [
                    a if a == b and type(a) is type(b)
                    else self.append(ops.select, (decided[at][0], a, b))
                    for a, b in zip(found, other, strict=True)
                ]  # fmt: skip
            return found

        whole = results([])
        self._script, self._decided = [], {}
        return whole


def _too_many_ways() -> TraceError:
    return TraceError(
        f"the body of a loop at {user_line()}\nhas more than {MAX_WAYS} ways, decided by traced "
        f"numbers: write autograd.where(condition, a, b) in it, and while_loop in place of while"
    )


@dataclass(frozen=True, eq=False)
class LoopBody:
    """One step of a loop, in numbers of its body's trace.

    Attributes:
        trace: the body.
        index: its argument for the number of the step, from 0.
        carries: its arguments for the carries.
        following: the next carries.
        stacks: for each stack the numbers that a step appends.
        sums: for each of the sums the places and the numbers that a step adds; a place that is
            None adds a whole array.
        test: the condition on which a step is taken; None where the steps are counted.
    """

    trace: Body
    index: int
    carries: tuple[int, ...]
    following: tuple[Reference, ...]
    stacks: tuple[tuple[Reference, ...], ...] = ()
    sums: tuple[tuple[tuple[Reference | None, Reference], ...], ...] = ()
    test: Reference | None = None

    def results(self) -> list[Reference]:
        """Return all numbers that a step returns."""
        found = [*self.following, *[each for stack in self.stacks for each in stack]]
        for terms in self.sums:
            for place, number in terms:
                found += [number] if place is None else [place, number]
        return found if self.test is None else [*found, self.test]


class Loop(Operation):
    """A loop as an operation of a trace.

    Its operands are the count of steps (where they are counted), the first carries, what the body
    has captured, and for each of the sums how many numbers it has.
    """

    def __init__(self, body: LoopBody) -> None:
        self.body = body
        self.is_counted = body.test is None
        super().__init__("scan(operands)" if self.is_counted else "while(operands)", self._run, ())
        self.first = int(self.is_counted)
        self.count = len(body.carries)
        self.captures = self.first + self.count  # where they begin
        self.sizes = self.captures + len(body.trace.outer)
        self.arity = self.sizes + len(body.sums)
        skipped = [*range(self.first), *range(self.sizes, self.arity)]
        self.conditions = tuple(skipped)  # nothing is differentiated by counts

    def parts_of_sums(self) -> range:
        """Return the places of the sums among the parts."""
        return range(self.count + 1, self.count + 1 + len(self.body.sums))

    def parts_of_stacks(self) -> range:
        """Return the places of the stacks among the parts, the last of them."""
        return range(self.count + 1 + len(self.body.sums), self.arity_of_result())

    def arity_of_result(self) -> int:
        """Return how many parts there are."""
        return self.count + 1 + len(self.body.stacks) + len(self.body.sums)

    def identity(self) -> object:
        """Return what is equal for the same loop, traced again."""
        trace, body = self.body.trace, self.body
        rows = tuple(
            [row.identity() if isinstance(row, Loop) else id(row) for row in trace.operations]
        )
        rest = (body.following, body.stacks, body.sums, body.test, trace.constants)
        return rows, repr(trace.operands), repr(rest)

    def with_stack(self, numbers: Sequence[Reference]) -> Loop:
        """Return the loop with one stack more."""
        return Loop(replace(self.body, stacks=(*self.body.stacks, tuple(numbers))))

    def _run(self, *operands: Any) -> Any:
        """Return the parts for these numbers: the loop, run by Python."""
        body = self.body
        trace = body.trace
        carries = list(operands[self.first : self.captures])
        given = dict(zip(trace.outer.values(), operands[self.captures : self.sizes], strict=True))
        stacks: list[list[float]] = [[] for _ in body.stacks]
        sums = [[0.0] * int(size) for size in operands[self.sizes :]]
        index = 0.0
        length = operands[0] if self.is_counted else inf
        while index < length:
            values = evaluated(
                trace, given | {body.index: index} | dict(zip(body.carries, carries, strict=True))
            )

            def at(reference: Reference, values: list[object] = values) -> Any:
                return values[reference] if type(reference) is int else reference

            if body.test is not None and not at(body.test):
                break
            carries = [at(each) for each in body.following]
            for stack, pushed in zip(stacks, body.stacks, strict=True):
                stack += [at(each) for each in pushed]
            for place, terms in enumerate(body.sums):
                for where, number in terms:
                    if where is None:
                        sums[place] = [a + b for a, b in zip(sums[place], at(number), strict=True)]
                    else:
                        sums[place] = added_at(sums[place], at(where), at(number))
            index += 1.0
        return [*carries, index, *sums, *stacks]


def evaluated(trace: Trace, given: dict[int, object]) -> list[object]:
    """Return the numbers of a trace for these numbers of its arguments."""
    values: list[Any] = []
    for number, (operation, operands) in enumerate(
        zip(trace.operations, trace.operands, strict=True)
    ):
        if operation is None:
            values.append(given[number] if number in given else trace.constants.get(number, nan))
        else:
            values.append(
                operation.value(*[values[o] if type(o) is int else float(o) for o in operands])
            )
    return values


def inlined(
    trace: Trace, body: LoopBody, given: dict[int, Reference]
) -> Callable[[Reference], Reference]:
    """Append what a body does to a trace; return a function from its numbers to those there.

    Args:
        trace: is appended to.
        body: the body of a loop.
        given: what stands for its arguments and captures.
    """
    numbers: list[Reference] = []

    def at(reference: Reference) -> Reference:
        return numbers[reference] if type(reference) is int else reference

    inner = body.trace
    for number, operation in enumerate(inner.operations):
        operands = tuple([at(each) for each in inner.operands[number]])
        if operation is None:
            if number in given:
                numbers.append(given[number])
            else:
                numbers.append(inner.constants[number])
        elif operation.is_condition:
            numbers.append(trace.condition(operation, operands))
        elif isinstance(operation, Part):
            numbers.append(append_part(trace, operands[0], operation.place))
        else:
            numbers.append(trace.append(operation, operands))
    return at


def append_part(trace: Trace, loop: Reference, place: int) -> int:
    """Append one part of what a loop gives; return its number."""
    number = trace.append(part(place), (loop,))
    trace.parts.setdefault(loop, {})[number] = place
    return number


@dataclass(slots=True)
class Traced:
    """The results of a loop, in numbers of the trace around it."""

    loop: int
    carries: list[int]
    steps: int
    stacks: list[int]
    sums: list[int] = field(default_factory=list)


def append_loop(
    trace: Trace,
    body: LoopBody,
    carries: Sequence[Reference],
    length: Reference | None = None,
    sizes: Sequence[Reference] = (),
) -> Traced:
    """Append a loop to a trace; return where its parts are."""
    loop = Loop(body)
    head = [] if length is None else [length]
    number = trace.append(loop, (*head, *carries, *body.trace.outer, *sizes))

    def at(place: int) -> int:
        return append_part(trace, number, place)

    return Traced(
        number,
        [at(place) for place in range(loop.count)],
        at(loop.count),
        [at(place) for place in loop.parts_of_stacks()],
        [at(place) for place in loop.parts_of_sums()],
    )


def is_structured(operation: Operation) -> bool:
    """Return whether it is a loop, a part of one, or an operation on arrays."""
    return isinstance(operation, (Loop, Part)) or operation in ON_ARRAYS
