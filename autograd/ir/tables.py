"""Arrays in a trace, and looking numbers up in them by an index that only the call knows."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Any

from autograd.callsite import user_line
from autograd.engine.modes import current
from autograd.errors import StructureError
from autograd.ir.function import place_in
from autograd.table import rows as ops
from autograd.table.operation import Operation
from autograd.trees import NUMBER, Structure, flatten, is_array, unflatten

Reference = int | float


def _loaded(array: list[float], index: float) -> float:
    place = place_in(len(array), index)
    return nan if place is None else array[place]


def added_at(array: list[float], index: float, number: float) -> list[float]:
    """Return a list with a number added at a place."""
    place = place_in(len(array), index)
    return [each + number if at == place else each for at, each in enumerate(array)]


# Operations on arrays, which no table holds: no user calls them. What ``conditions`` names is no
# number that something is differentiated by: a condition, an index, a count.
ARRAY_OF = Operation("array(numbers)", lambda *numbers: [*numbers], ())  # type: ignore[arg-type]
ZEROS_OF = Operation("zeros(count)", lambda count: [0.0] * int(count), (), conditions=(0,))  # type: ignore[arg-type, return-value]
SIZE_OF = Operation("size(array)", len, (), conditions=(0,))
LOADED = Operation("load(array, index)", _loaded, (), conditions=(1,))
INSIDE = Operation("load(array, index)", _loaded, (), conditions=(1,))  # the index is in the array
ADDED_AT = Operation("add_at(array, index, number)", added_at, (), conditions=(1,))  # type: ignore[arg-type]
ADDED_ALL = Operation(
    "add_all(a, b)",
    lambda a, b: [x + y for x, y in zip(a, b, strict=True)],  # type: ignore[arg-type, return-value]
    (),
)
CHANGING = frozenset((ZEROS_OF, ADDED_AT, ADDED_ALL))  # of these each use is an array of its own
LOADS = frozenset((LOADED, INSIDE))
ON_ARRAYS = LOADS | {ARRAY_OF, ZEROS_OF, SIZE_OF, ADDED_AT, ADDED_ALL}


class WholeArgument(Operation):
    """An array among the arguments, whose length only the call knows."""

    def __init__(self, array: int, examples: list[float]) -> None:
        super().__init__("argument(place)", lambda: examples, ())  # type: ignore[arg-type, return-value]
        self.array = array
        self.arity = 0

    def identity(self) -> object:
        """Return a key that is equal for the same argument of another call."""
        return "argument", self.array


def array_number(trace: Any, numbers: Sequence[object], name: str) -> Reference:
    """Return the number of an array of these numbers, made outside of loops if possible."""
    standing = [*map(trace.standing_for, numbers)]
    if trace.parent is not None and not any(
        getattr(each, "trace", None) is trace for each in standing
    ):
        outside: Reference = array_number(trace.parent, standing, name)
        captured: Reference = trace.captured_number(outside)
        return captured
    references = tuple([trace.number_of(each, name) for each in standing])
    key = tuple(map(repr, references))
    if key not in trace.tables:
        trace.tables[key] = trace.append(ARRAY_OF, references)
    known: Reference = trace.tables[key]
    return known


def is_truth(obj: object) -> bool:
    """Return whether it is a bool of Python's or NumPy's, or a traced condition."""
    return type(obj).__name__ in ("bool", "bool_") or getattr(obj, "is_condition", False)


def truth_of(trace: Any, number: Reference) -> object:
    """Return the condition that a number in memory, 1 or 0, stands for."""
    condition: object = trace.tracer(trace.condition(ops.less, (0.0, number)))
    return condition


def truths_among(rows: Sequence[Sequence[object]]) -> list[bool]:
    """Return for each place in a row whether all rows have a truth there."""
    return [all(map(is_truth, column)) for column in zip(*rows, strict=True)]


def array_of_rows(
    trace: object, entries: Any, name: str
) -> tuple[Reference, Structure, list[bool]]:
    """Return the number of an array of all rows, one after the other, and what a row is.

    That is its structure, and for each number in it whether it is a truth.
    """
    whole = getattr(entries, "whole", None)
    if whole is not None and whole.is_intact(entries):
        return whole.number_in(trace), whole.row, [whole.is_mask] * whole.width
    if not len(entries) and is_array(entries):
        shape = entries.shape[1:]
        row = Structure("array", (), shape) if shape else NUMBER
        return array_number(trace, (), name), row, [False] * row.count()
    if not len(entries):
        raise StructureError(f"{name} at {user_line()}\nthere is no entry to look up")
    rows = [flatten(entry) for entry in entries]
    structure = rows[0][1]
    for place, (_, other) in enumerate(rows):
        if other != structure:
            raise StructureError(
                f"{name} at {user_line()}\nrow 0 is {structure} and row {place} is {other}: rows "
                f"have one structure"
            )
    leaves = [row for row, _ in rows]
    number = array_number(trace, [leaf for row in leaves for leaf in row], name)
    return number, structure, truths_among(leaves)


def loaded(
    trace: Any, array: Reference, place: Reference, is_mask: bool, is_inside: bool = False
) -> Any:
    """Return a tracer for the number, or the truth, at a place of an array."""
    number = trace.append(INSIDE if is_inside else LOADED, (array, place))
    return truth_of(trace, number) if is_mask else trace.tracer(number)


def is_whole(index: Any) -> Any:
    """Return the condition that a number is whole."""
    below = ops.floor(index)
    return (below <= index) & (index <= below)


def looked_up(entries: Any, index: Any, name: str) -> object:
    """Return the entry of a table at a traced index; nan where there is none."""
    trace: Any = current().recorder
    array, structure, truths = array_of_rows(trace, entries, name)
    count = structure.count()
    if count != 1:  # a row begins at a whole multiple
        index = ops.select(is_whole(index), index, nan) * float(count)
    places = [
        trace.reference(index if place == 0 else index + float(place), name)
        for place in range(count)
    ]
    return unflatten(
        structure, [loaded(trace, array, *each) for each in zip(places, truths, strict=True)]
    )
