"""Lookups by a number that only the call knows: ``take`` and ``put``, and the rows of loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from autograd.callsite import user_line
from autograd.engine.modes import current
from autograd.engine.value import Value
from autograd.errors import ArgumentError, StructureError
from autograd.ir.loops import ARRAY_OF, LOADED, Body
from autograd.ir.trace import Reference, Trace, Tracer
from autograd.table import rows as ops
from autograd.table.operation import is_real, real
from autograd.trees import (
    ARRAYS,
    LISTS,
    NUMBERS,
    Structure,
    array_in,
    container_of,
    flatten,
    is_array,
    unflatten,
)


def take(table: object, index: object) -> Any:
    """Return ``table[index]``, where index may be a Value, and in a compiled function a traced one.

    Derivatives go to the entry that was read, and none to the index.

    Args:
        table: an array, a list or a tuple, of numbers or of rows of one structure.
        index: a whole number; below 0 it counts from the end.

    Returns:
        The entry: a number, or a row in its structure. In compiled code the numbers are nan if the
        index is out of range, or no whole number.

    Raises:
        IndexError: eager, the index is out of range.
        TypeError: eager, it is no whole number; the table is none.

    Example:
        >>> from autograd import grad, take
        >>> take([10.0, 20.0, 30.0], 1)
        20.0
        >>> grad(lambda table, i: take(table, i) ** 2)([10.0, 20.0, 30.0], 1)
        [0.0, 40.0, 0.0]
    """
    entries = _entries("take", table)
    trace: Any = current().recorder
    if not isinstance(index, Tracer) or not isinstance(trace, Trace):
        return entries[_place("take", index, len(entries))]
    if not len(entries):
        raise StructureError(f"take at {user_line()}\nthe table is empty")
    array, structure = _array_of_rows(trace, entries, "take")
    count = structure.count()
    number = trace.reference(index, "take")
    if count != 1:  # a row begins at a whole multiple
        start = index if count == 1 else ops.select(_is_whole(index), index, nan) * float(count)
        places = [
            trace.reference(start if place == 0 else start + float(place), "take")
            for place in range(count)
        ]
    else:
        places = [number]
    return unflatten(structure, [_loaded(trace, array, place) for place in places])


def put(table: object, index: object, value: object) -> Any:
    """Return a copy of a table with one entry replaced; index may be a Value or traced.

    Args:
        table: an array, a list or a tuple, of numbers or of rows of one structure.
        index: a whole number; below 0 it counts from the end.
        value: the new entry, of the structure of the others.

    Returns:
        The copy: an array (of dtype object where it holds Values), a list or a tuple. In compiled
        code all of it is nan if the index is out of range, or no whole number.

    Raises:
        IndexError: eager, the index is out of range.
        TypeError: eager, it is no whole number; the table is none.
        ValueError: the value has another structure.

    Example:
        >>> from autograd import put
        >>> put([1.0, 2.0, 3.0], -1, 9.0)
        [1.0, 2.0, 9.0]
    """
    entries = _entries("put", table)
    rows = [flatten(entry) for entry in entries]
    new, structure = flatten(value)
    if any(other != structure for _, other in rows):
        raise StructureError(
            f"put at {user_line()}\nreplaces {rows[0][1]} by {structure}: the structure must be "
            f"the same"
        )
    size = len(rows)
    if isinstance(index, Tracer):
        inside = _is_whole(index) & (index >= -float(size)) & (index < float(size))
        from_start = ops.select(index < 0.0, index + float(size), index)
        kept = []
        for place, (old, _) in enumerate(rows):
            is_here = (from_start <= float(place)) & (from_start >= float(place))
            kept.append(
                [
                    ops.select(inside, ops.select(is_here, a, b), nan)
                    for a, b in zip(new, old, strict=True)
                ]
            )
    else:
        kept = [old for old, _ in rows]
        kept[_place("put", index, size)] = new
    if is_array(table):
        leaves = [leaf for row in kept for leaf in row]
        return unflatten(flatten(table)[1], leaves)
    made = [unflatten(structure, row) for row in kept]
    return made if isinstance(table, list) else tuple(made)


def _is_whole(index: Any) -> Any:
    below = ops.floor(index)
    return (below <= index) & (index <= below)


def _entries(name: str, table: Any) -> Any:
    array = array_in(table)
    if array is not None:
        return table if is_array(table) else array
    if isinstance(table, (list, tuple)):
        return table
    raise ArgumentError(
        f"{name} at {user_line()}\nthe table is an array, a list or a tuple, and was a "
        f"{type(table).__name__}"
    )


def _place(name: str, index: Any, size: int) -> int:
    number = index._data if isinstance(index, Value) and not isinstance(index, Tracer) else index
    if isinstance(number, Tracer) or not is_real(number) or real(number) % 1.0:
        raise ArgumentError(
            f"{name} at {user_line()}\nan index is a whole number, and was {index!r:.80}"
        )
    place = int(number)
    if not -size <= place < size:
        raise IndexError(f"{name} at {user_line()}\nthere is no entry {place} in a table of {size}")
    return place % size


# -- arrays of a trace -----------------------------------------------------------------------------


def _loaded(trace: Trace, array: Reference, place: Reference) -> Any:
    number = trace.append(LOADED, (array, place))
    if not current().recording:
        number = trace.append(ops.stop_gradient, (number,))
    return trace.tracer(number)


def array_number(trace: Trace, numbers: Sequence[Any], name: str) -> Reference:
    """Return the number of an array that holds these numbers, made as far outside as can be."""
    if isinstance(trace, Body):
        standing = [
            trace.standing_for(each) if isinstance(each, Value) else each for each in numbers
        ]
        if not any(isinstance(each, Tracer) and each.trace is trace for each in standing):
            return trace.captured_number(array_number(trace.parent, standing, name))
    references = tuple([trace.reference(each, name) for each in numbers])
    key = tuple(map(repr, references))
    if key not in trace.tables:
        trace.tables[key] = trace.append(ARRAY_OF, references)
    return trace.tables[key]


def _array_of_rows(trace: Trace, entries: Any, name: str) -> tuple[Reference, Structure]:
    """Return the number of an array of all rows, one after the other, and a row's structure."""
    whole = getattr(entries, "whole", None)
    if whole is not None and (array := whole(trace)) is not None:
        return array, flatten(entries[0])[1]
    rows = [flatten(entry) for entry in entries]
    structure = rows[0][1]
    for place, (_, other) in enumerate(rows):
        if other != structure:
            raise StructureError(
                f"{name} at {user_line()}\nrow 0 is {structure} and row {place} is {other}: rows "
                f"have one structure"
            )
    leaves = [leaf for row, _ in rows for leaf in row]
    return array_number(trace, leaves, name), structure


# -- rows ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Rows:
    """The sequences that a loop goes through together.

    Attributes:
        tree: xs.
        count: how many rows each has.
        whole: where one of them is an argument whose length only the call knows: gives for a trace
            the number of its array, and how many numbers a row has.
    """

    tree: Any
    count: int
    whole: Callable[[Trace], tuple[Reference, int]] | None = None

    def row(self, index: int) -> Any:
        """Return one row of each, in the structure of xs."""
        return _each_sequence("scan", lambda sequence: sequence[index], self.tree)


def rows_in(name: str, xs: object) -> Rows | None:
    """Return the sequences in xs; None where there are none.

    Raises:
        ValueError: their lengths differ, or something in xs has no rows.
    """
    counts: list[int] = []
    whole: list[Any] = []

    def counted(sequence: Any) -> None:
        counts.append(len(sequence))
        if getattr(sequence, "whole", None) is not None:
            whole.append(sequence)

    _each_sequence(name, counted, xs)
    if not counts:
        return None
    if min(counts) != max(counts):
        raise StructureError(f"{name}: xs has sequences of {min(counts)} and {max(counts)} rows")
    rows = Rows(xs, counts[0])
    if len(whole) == len(counts):
        first = whole[0]
        width = first[0:1].size

        def of(trace: Trace) -> tuple[Reference, int]:
            return first.whole(trace), width

        rows.whole = of if len(counts) == 1 else None
    return rows


def load(body: Body, rows: Rows, index: int) -> Any:
    """Return one row of each sequence in the body of a loop, loaded by the number of the step."""

    def loaded(sequence: object) -> object:
        array, structure = _array_of_rows(body, sequence, "scan")
        count = structure.count()
        start = index if count == 1 else body.append(ops.multiply, (index, float(count)))
        leaves = []
        for place in range(count):
            at = start if place == 0 else body.append(ops.add, (start, float(place)))
            leaves.append(_loaded(body, array, at))
        return unflatten(structure, leaves)

    return _each_sequence("scan", loaded, rows.tree)


def row_structure(name: str, rows: Rows) -> Any:
    """Return a row of zeros of each sequence, of which there are no rows."""

    def zeros(sequence: Any) -> object:
        if not is_array(sequence):
            raise StructureError(
                f"{name}: xs holds an empty list, and what its rows would be is not known: give an "
                f"array (numpy.zeros((0, ...)))"
            )
        shape = Structure("array", (), sequence.shape[1:])
        return unflatten(shape, [0.0] * shape.count()) if shape.detail else 0.0

    return _each_sequence(name, zeros, rows.tree)


def _each_sequence(name: str, f: Callable[[Any], object], tree: object) -> object:
    """Return a tree of what f gives for each array and each list in it."""
    container = container_of(type(tree))
    if container is ARRAYS and (array := array_in(tree)) is not None:
        return f(tree if is_array(tree) else array)
    if container is LISTS:
        return f(tree)
    if container is NUMBERS or container is ARRAYS:
        raise StructureError(
            f"{name} at {user_line()}\nxs holds a {type(tree).__name__}, which has no rows: give "
            f"an array or a list with one row for each step, and let step close over what all "
            f"steps share"
        )
    parts, detail = container.apart(tree)
    return container.together(detail, [_each_sequence(name, f, part) for part in parts])
