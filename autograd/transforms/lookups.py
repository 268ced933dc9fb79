"""Lookups by an index that only the call knows: ``take`` and ``put``, and the rows of loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from autograd.callsite import user_line
from autograd.engine.modes import current
from autograd.engine.node import is_number
from autograd.engine.value import Value
from autograd.errors import ArgumentError, StructureError
from autograd.ir.loops import Body
from autograd.ir.tables import array_of_rows, is_whole, loaded, looked_up, truths_among
from autograd.ir.trace import Reference, Trace, Tracer
from autograd.table import rows as ops
from autograd.table.operation import is_real, real
from autograd.transforms.jacobian import blocks
from autograd.trees import (
    ARRAYS,
    LISTS,
    NUMBERS,
    Array,
    Structure,
    array_in,
    array_of,
    container_of,
    flatten,
    is_array,
    map_with_axes,
    unflatten,
)
from autograd.wording import brief, what_is
from autograd.wrong_calls import asking


@asking("take(table, index)")
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
    index = traced_count(index)
    is_traced = isinstance(index, Tracer)
    if is_traced and getattr(table, "whole", None) is not None:
        return looked_up(table, index, "take")
    entries = _entries("take", table)
    if is_traced:
        return looked_up(entries, index, "take")
    return entries[_place("take", index, len(entries))]


@asking("put(table, index, value)")
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
    index = traced_count(index)
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
        inside = is_whole(index) & (index >= -float(size)) & (index < float(size))
        from_start = ops.select(index < 0.0, index + float(size), index)
        nothing = ops.select(inside, 0.0, nan)
        truths = truths_among([new, *[old for old, _ in rows]])
        kept = []
        for place, (old, _) in enumerate(rows):
            is_here = (from_start <= float(place)) & (from_start >= float(place))
            each = zip(truths, new, old, strict=True)
            kept.append(
                [
                    (is_here & a) | (~is_here & b)
                    if is_one
                    else ops.select(is_here, a, b - nothing)
                    for is_one, a, b in each
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


def traced_count(count: Any) -> Any:
    """Return what stands for a count or an index: traced, a Value from outside is read anew."""
    trace: Any = current().recorder
    if isinstance(count, Tracer):
        return count if isinstance(trace, Trace) else count._data  # which refuses
    if not isinstance(trace, Trace) or not isinstance(count, Value):
        return count
    return trace.tracer(trace.reference(count, "an index or a count"))


def _entries(name: str, table: object) -> Any:
    array = array_in(table)
    if array is not None:
        return table if isinstance(table, type(array)) else array
    if isinstance(table, (list, tuple)):
        return table
    raise ArgumentError(
        f"{name} at {user_line()}\nthe table is an array, a list or a tuple, and was "
        f"{what_is(table)}"
    )


def _place(name: str, index: Any, size: int) -> int:
    number = index._data if isinstance(index, Value) and not isinstance(index, Tracer) else index
    if isinstance(number, Tracer) or not is_real(number) or real(number) % 1.0:
        several = ": for several write [take(table, i) for i in indices]"
        raise ArgumentError(
            f"{name} at {user_line()}\nan index is a whole number, and was {brief(index, 80)}"
            + several * (name == "take" and hasattr(index, "__len__"))
        )
    place = int(number)
    if not -size <= place < size:
        raise IndexError(f"{name} at {user_line()}\nthere is no entry {place} in a table of {size}")
    return place % size


# -- rows ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Rows:
    """The sequences that a loop goes through together.

    Attributes:
        tree: xs.
        count: how many rows each has, in the call at hand.
        wholes: the sequences, if all of them are arguments whose length only the call knows.
    """

    tree: Any
    count: int
    wholes: list[Any]

    def row(self, index: int) -> Any:
        """Return one row of each, in the structure of xs."""
        return _each_sequence("scan", lambda sequence: sequence[index], self.tree)

    def size_in(self, trace: Trace) -> tuple[Reference, int]:
        """Return the number of the first array in a trace, and how many numbers a row has.

        They all have as many rows: which later calls are held to.
        """
        first = self.wholes[0]
        for other in self.wholes[1:]:
            first.trace.same_length.append((first.place, other.place))
        return first.number_in(trace), first.width

    def fix(self) -> None:
        """Make the lengths a part of the function that is traced."""
        for whole in self.wholes:
            whole.fix()
        self.wholes = []


def rows_in(name: str, xs: object) -> Rows | None:
    """Return the sequences in xs; None where there are none.

    Raises:
        ValueError: their lengths differ, or something in xs has no rows.
    """
    counts: list[int] = []
    wholes: list[Any] = []

    def counted(sequence: Any) -> None:
        whole = getattr(sequence, "whole", None)
        if whole is not None and not whole.is_intact(sequence):
            whole = None
        if whole is not None:
            wholes.append(whole)
        counts.append(len(sequence) if whole is None else whole.count)

    _each_sequence(name, counted, xs)
    if not counts:
        return None
    if min(counts) != max(counts):
        raise StructureError(f"{name}: xs has sequences of {min(counts)} and {max(counts)} rows")
    rows = Rows(xs, counts[0], wholes)
    if len(wholes) < len(counts):
        rows.fix()
    return rows


def load(body: Body, rows: Rows, index: int) -> Any:
    """Return one row of each sequence in the body of a loop, loaded by the number of the step."""

    def row(sequence: object) -> object:
        array, structure, truths = array_of_rows(body, sequence, "scan")
        count = structure.count()
        start = index if count == 1 else body.append(ops.multiply, (index, float(count)))
        leaves = []
        for place in range(count):
            at = start if place == 0 else body.append(ops.add, (start, float(place)))
            leaves.append(loaded(body, array, at, truths[place], is_inside=True))
        return unflatten(structure, leaves)

    return _each_sequence("scan", row, rows.tree)


def row_structure(name: str, rows: Rows) -> Any:
    """Return a row of zeros of each sequence, of which there are no rows."""

    def zeros(sequence: Any) -> object:
        if not is_array(sequence):
            raise StructureError(
                f"{name}: xs holds an empty list, and what its rows would be is not known: give an "
                f"array (numpy.zeros((0, ...)))"
            )
        shape = Structure("array", (), sequence.shape[1:])
        nothing = False if sequence.dtype.kind == "b" else 0.0
        return unflatten(shape, [nothing] * shape.count()) if shape.detail else nothing

    return _each_sequence(name, zeros, rows.tree)


def _each_sequence(name: str, f: Callable[[Any], object], tree: object) -> object:
    """Return a tree of what f gives for each array and each list in it."""
    if getattr(tree, "whole", None) is not None:
        return f(tree)
    container = container_of(type(tree))
    if container is ARRAYS and (array := array_in(tree)) is not None:
        return f(tree if isinstance(tree, type(array)) else array)  # a frame's rows are no items
    if container is LISTS:
        return f(tree)
    if container is NUMBERS or container is ARRAYS:
        what = "a number" if is_number(tree) else what_is(tree)  # whatever stands for it
        raise StructureError(
            f"{name} at {user_line()}\nxs holds {what}, which has no rows: give an array or a "
            f"list with one row for each step, and let step close over what all steps share; a "
            f"number of steps is length="
        )
    parts, detail = container.apart(tree)
    return container.together(detail, [_each_sequence(name, f, part) for part in parts])


def columns_of(
    results: Sequence[object], told: str, error: type[Exception] = StructureError
) -> tuple[Structure, list[list[Any]]]:
    """Return the structure that all results have, and for each number in it those of all results.

    Args:
        results: trees, at least one.
        told: the message where two differ, with places for both structures and a number.
        error: the class of the error then.
    """
    flat = [flatten(result) for result in results]
    structure = flat[0][1]
    for row, (_, other) in enumerate(flat):
        if other != structure:
            raise error(told.format(structure, other, row))
    return structure, [list(column) for column in zip(*[leaves for leaves, _ in flat], strict=True)]


def converted(column: list[Any], who: str) -> list[Any]:
    """Return the numbers of all rows as floats, or as bools where all of them are."""
    if all(type(number).__name__ in ("bool", "bool_") for number in column):
        return [bool(number) for number in column]
    return [real(number, who) if is_real(number) else number for number in column]


def no_columns(result: object) -> tuple[Structure, list[list[Any]]]:
    """Return the structure of a result, and the columns of no rows."""
    structure = flatten(result)[1]
    return structure, [[] for _ in range(structure.count())]


def moved(path: str, leaf: Array, axis: int | None) -> object:
    """Return an array of the results of all rows with the rows on its axis, not the first one."""
    import numpy

    if axis is None:
        raise StructureError(
            f"vmap: out_axes has None for {path}, and each row has a result of its own: write "
            f"out_axes=0, and take {path.removeprefix('the ')}[0] where no row has a say in it"
        )
    if not -leaf.ndim <= axis < leaf.ndim:
        raise StructureError(f"vmap: out_axes has {axis}, which is no axis of {path}")
    return numpy.moveaxis(leaf, 0, axis)


def stacked(
    structure: Structure, columns: list[list[object]], count: int, out_axes: object
) -> object:
    """Return the columns in their structure, each number or array with the rows on its axis."""

    def block(unit: Structure, inside: list[list[object]]) -> object:
        flat = [number for row in zip(*inside, strict=True) for number in row]
        return array_of(flat, (count, *(unit.detail if unit.kind == "array" else ())))

    return map_with_axes(moved, blocks(structure, columns, block), out_axes, "the result", "vmap")
