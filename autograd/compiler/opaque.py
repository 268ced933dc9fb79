"""A compiled function called with Values: one node of the graph, whose partials are compiled too.

The operands of the node are the Values among the arguments, in order, and then the Values from
outside that the function reads. Everything else about the call is part of the operation.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, Protocol

from autograd.backends.binding import reduced
from autograd.compiler.bindings import Arguments, no_rows, owned
from autograd.compiler.executable import Executable
from autograd.decorated import name_of
from autograd.engine import reductions
from autograd.engine.modes import Mode, current
from autograd.engine.value import Value, _node
from autograd.errors import ArgumentError, TraceError
from autograd.table.operation import Operation
from autograd.transforms.call import replaced
from autograd.transforms.lookups import columns_of, no_columns, stacked
from autograd.transforms.vmap import rows_of
from autograd.trees import flatten, unflatten


class Compiled(Protocol):
    """What a call needs of the compiled function (``jit.Jitted``)."""

    reduce: str | None
    exact: bool

    def __call__(self, *args: Any) -> Any:
        """Call the function."""

    def axes_for(self, args: tuple[object, ...]) -> tuple[object, ...] | None:
        """Return the mapped axis of each argument."""

    def executable_with_gradients(
        self, given: Arguments, args: tuple[object, ...], active: tuple[int, ...]
    ) -> Executable:
        """Return the executable that gives derivatives too."""

    def gradients_of_call(self, call: CompiledCall, output: int) -> Compiled:
        """Return the derivatives of one output of a call, compiled."""

    def one_row(self, *args: object) -> object:
        """Call the function for one row of a mapped call."""


class GuardedRows(Exception):  # noqa: N818 - caught where it can happen: the rows go one by one
    """A mapped function decides by the numbers of its rows, and its sum has no single program."""


class CompiledCall:
    """One call of a compiled function with Values among its arguments.

    Args:
        jitted: the function.
        arguments: its arguments, with a leaf in the place of each Value: the operands' places.
    """

    def __init__(self, jitted: Compiled, arguments: tuple[object, ...]) -> None:
        self.jitted = jitted
        self.arguments = arguments = owned(arguments)
        self._given = Arguments(arguments, jitted.axes_for(arguments))
        self._places = [i for i, n in enumerate(self._given.numbers) if isinstance(n, Value)]
        self._executable = jitted.executable_with_gradients(
            self._given, arguments, tuple(self._places)
        )
        self._gradients: dict[int, Compiled] = {}
        self._known: weakref.WeakKeyDictionary[Value, tuple[Any, list[Any]]]
        self._known = weakref.WeakKeyDictionary()

    def __reduce__(self) -> tuple[object, ...]:
        return CompiledCall, (self.jitted, self.arguments)

    @property
    def captured(self) -> list[Value]:
        """The captured Values, operands too."""
        return self._executable.captured

    def operand_names(self) -> tuple[str, ...]:
        """Return what to call each operand."""
        given = self._executable.traced.argument_names()
        names = [given[place] for place in self._places]
        return (*names, *[value.label or f"capture {i}" for i, value in enumerate(self.captured)])

    def results(
        self, operands: tuple[float, ...]
    ) -> tuple[object, list[list[float]], list[tuple[bool, ...]]]:
        """Return the outputs in their structure, and for each of them two things by operand.

        These are the derivative, and whether nothing passes because no choice chose the operand.
        """
        numbers = list(self._given.numbers)
        for place, operand in zip(self._places, operands, strict=False):
            numbers[place] = operand
        numbers += operands[len(self._places) :]
        results = self._executable.results(numbers, self._given)
        if self._executable.is_guarded:
            results, holds = results
            if not holds and self.jitted.exact:
                raise TraceError(
                    f"{name_of(self.jitted)} takes another way at these numbers than the call that "
                    f"was recorded: call it again with Values that hold them"
                )
        outputs, *gradients = results
        whole = self._given.rows if self.jitted.reduce == "sum" else 1.0  # in no row at all
        untaken = [tuple((array[:, 1] == whole).tolist()) for array in gradients]
        return outputs, [array[:, 0].tolist() for array in gradients], untaken

    def gradients(self, y: object, output: int, operands: tuple[object, ...]) -> list[object]:
        """Return the derivatives of an output as Values, for derivatives of higher order.

        They are kept with the node y, so that its rules, asked one after the other, share them;
        but not from one mode to another, where they would be other graphs.
        """
        mode = (current().recorder, current().recording)
        kept, known = self._known.get(y, (None, [])) if isinstance(y, Value) else (None, [])
        if kept != mode:
            if output not in self._gradients:
                self._gradients[output] = self.jitted.gradients_of_call(self, output)
            supply = iter(operands)
            arguments = replaced(self.arguments, lambda _: next(supply))
            with Mode(anomaly=False):  # there is nothing to watch in compiled code
                known = self._gradients[output](*arguments, [*supply])
            if isinstance(y, Value):
                self._known[y] = (mode, known)
        return known


class CompiledOperation(Operation):
    """One output of a compiled call, as an operation of the graph."""

    is_compiled = True

    def __init__(self, call: CompiledCall, output: int, untaken: tuple[bool, ...]) -> None:
        names = call.operand_names()
        self.call = call
        self.output = output
        self.untaken = untaken
        super().__init__(
            f"{name_of(call.jitted)}(x)",
            self._number,
            tuple(self._rule(index) for index in range(len(names))),
            summary="A compiled function.",
            public=False,
            strong_zero=tuple(_constantly(each) for each in untaken) if any(untaken) else (),
        )
        self.parameters = names
        self.arity = self._count = len(names)
        self.variables = tuple(range(self.arity))
        self.domain = self.domain * self.arity

    def __reduce__(self) -> tuple[object, ...]:
        return CompiledOperation, (self.call, self.output, self.untaken)

    def _number(self, *operands: float) -> float:
        outputs, _, _ = self.call.results(operands)
        return float(flatten(outputs)[0][self.output])

    def _rule(self, index: int) -> Any:
        def rule(y: object, *operands: Any) -> object:
            if all(isinstance(operand, float) for operand in operands):
                return self.call.results(operands)[1][self.output][index]
            if all(isinstance(operand, (float, Value)) for operand in operands):
                return self.call.gradients(y, self.output, operands)[index]
            raise ArgumentError(
                f"{self.name} is a compiled function: its derivative has numbers but no formula"
            )

        return rule


def _constantly(answer: bool) -> Callable[..., bool]:
    return lambda *numbers: answer


def called_with_values(jitted: Compiled, arguments: tuple[object, ...], given: Arguments) -> object:
    """Return what the function returns, with one node for each number of it."""
    if not current().recording:
        result = jitted(*replaced(arguments, lambda value: value._data))
        leaves, structure = flatten(result)
        return unflatten(structure, [Value(leaf) for leaf in leaves])
    places = [i for i, number in enumerate(given.numbers) if isinstance(number, Value)]
    call = CompiledCall(jitted, replaced(arguments, lambda value: Value(value._data)))
    operands = (*[given.numbers[place] for place in places], *call.captured)
    outputs, gradients, untaken = call.results(tuple(operand._data for operand in operands))
    numbers, structure = flatten(outputs)
    nodes = []
    for index, number in enumerate(numbers):
        if not gradients[index]:  # a constant
            nodes.append(number)
            continue
        operation = CompiledOperation(call, index, untaken[index])
        if len(operands) > 2:
            slots = (operands, tuple(gradients[index]), None, None)
        else:
            slots = (*operands, None)[:2] + (*gradients[index], None)[:2]
        nodes.append(_node(operation, number, *slots))
    return unflatten(structure, nodes)


def row_by_row(
    jitted: Compiled,
    arguments: tuple[object, ...],
    axes: tuple[object, ...],
    in_lanes: bool = False,
) -> object:
    """Call the function for one row after the other, and stack or reduce what it returns.

    Rows are added up in pairs, or ``in_lanes``: in the order of compiled code.
    """
    row_of, rows = rows_of("jit", arguments, axes, jitted)
    if not rows:
        if jitted.reduce == "mean":
            raise no_rows()
        with Mode(anomaly=False):  # a row of zeros, for the structure of what comes back
            structure, columns = no_columns(jitted.one_row(*row_of(0)))
        if jitted.reduce == "sum":
            return unflatten(structure, [0.0] * len(columns))
        return stacked(structure, columns, 0, 0)
    told = f"jit: {name_of(jitted)} returned {{}} for row 0 and {{}} for row {{}}: return the same "
    results = [jitted.one_row(*row_of(row)) for row in range(rows)]
    structure, columns = columns_of(results, told + "structure for every row", TraceError)
    if jitted.reduce is None:
        return stacked(structure, columns, rows, 0)
    if in_lanes:
        return unflatten(structure, reduced([*zip(*columns, strict=True)], jitted.reduce))
    totals = [reductions.sum(column) for column in columns]
    if jitted.reduce == "mean":
        totals = [total / float(rows) for total in totals]
    return unflatten(structure, totals)
