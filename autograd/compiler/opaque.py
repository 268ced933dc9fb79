"""A compiled function called with Values: one node of the graph, whose partials are compiled too.

The operands of the node are the Values among the arguments, in order, and then the Values from
outside that the function reads. Everything else about the call is part of the operation.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from autograd.backends.binding import reduced
from autograd.compiler.bindings import Arguments, array_module, no_rows, owned, replaced
from autograd.compiler.executable import Executable
from autograd.engine import reductions
from autograd.engine.modes import Mode, current
from autograd.engine.value import Value, _node
from autograd.errors import ArgumentError, StructureError, TraceError
from autograd.ir.trace import name_of
from autograd.table.operation import Operation
from autograd.trees import flatten, is_array, unflatten


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
    numpy = array_module()
    lengths: list[int] = []

    def row_of(thing: Any, axis: Any, row: int) -> Any:
        if axis is None or thing is None:
            return thing
        if isinstance(thing, Mapping):
            return {key: row_of(part, _inner(axis, key), row) for key, part in thing.items()}
        if isinstance(thing, (list, tuple)):
            parts = [row_of(part, _inner(axis, i), row) for i, part in enumerate(thing)]
            if isinstance(thing, list):
                return parts
            return type(thing)(*parts) if hasattr(thing, "_fields") else tuple(parts)
        if not is_array(thing) or not -thing.ndim <= axis < thing.ndim:
            raise StructureError(f"jit: axis {axis} of in_axes does not fit {type(thing).__name__}")
        moved = numpy.moveaxis(thing, axis, 0)
        lengths.append(len(moved))
        return moved[row] if row < len(moved) else numpy.zeros(moved.shape[1:])

    for thing, axis in zip(arguments, axes, strict=True):
        row_of(thing, axis, 0)
    rows = lengths[0]
    if min(lengths) != max(lengths):
        raise StructureError(
            f"jit: the mapped axes differ in length: {min(lengths)} and {max(lengths)} rows"
        )
    if not rows:
        if jitted.reduce == "mean":
            raise no_rows()
        with Mode(anomaly=False):  # a row of zeros, for the structure of what comes back
            zeros = [row_of(t, a, 0) for t, a in zip(arguments, axes, strict=True)]
            structure = flatten(jitted.one_row(*zeros))[1]
        nothing = [0.0] * structure.count()
        if jitted.reduce == "sum":
            return unflatten(structure, nothing)
        return _stacked(structure, iter([[] for _ in nothing]), 0)
    results = [
        flatten(jitted.one_row(*[row_of(t, a, row) for t, a in zip(arguments, axes, strict=True)]))
        for row in range(rows)
    ]
    structure = results[0][1]
    for row, (_, other) in enumerate(results):
        if other != structure:
            raise TraceError(
                f"jit: {name_of(jitted)} returned {structure} for row 0 and {other} for row {row}: "
                f"return the same structure for every row"
            )
    columns = [list(column) for column in zip(*[leaves for leaves, _ in results], strict=True)]
    if jitted.reduce is not None:
        if in_lanes:
            return unflatten(structure, reduced([leaves for leaves, _ in results], jitted.reduce))
        totals = [reductions.sum(column) for column in columns]
        if jitted.reduce == "mean":
            totals = [total / float(rows) for total in totals]
        return unflatten(structure, totals)
    return _stacked(structure, iter(columns), rows)


def _inner(axis: Any, key: object) -> object:
    return axis if isinstance(axis, int) else axis[key]


def _stacked(structure: Any, columns: Any, rows: int) -> object:
    """Return the columns in their structure, each number or array with the rows in front."""
    numpy = array_module()
    if structure.kind in ("number", "array"):
        block = numpy.empty((rows, structure.count()), dtype=object)
        for place in range(structure.count()):
            block[:, place] = next(columns)
        shape = (rows, *structure.detail) if structure.kind == "array" else (rows,)
        if not any(isinstance(entry, Value) for entry in block.ravel()):
            block = block.astype(float)
        return block.reshape(shape)
    parts = [_stacked(part, columns, rows) for part in structure.parts]
    if structure.kind == "list":
        return parts
    if structure.kind == "none":
        return None
    if structure.kind == "dict":
        return dict(zip(structure.detail, parts, strict=True))
    kind = structure.detail
    return kind(*parts) if hasattr(kind, "_fields") else kind(parts)
