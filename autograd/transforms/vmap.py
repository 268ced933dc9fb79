"""vmap: a function of one row, called for every row of its arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from autograd.errors import StructureError
from autograd.transforms.call import checked
from autograd.transforms.jacobian import blocks
from autograd.trees import Structure, array_in, array_of, flatten, map_with_axes


def vmap(f: Callable[..., object], in_axes: object = 0, out_axes: object = 0) -> Callable[..., Any]:
    """Return a function that calls f for every row of its arguments, and stacks the results.

    It is a loop over the rows, in order; ``jit(f, in_axes=...)`` runs them side by side.

    Args:
        f: a function of numbers, arrays and containers of them.
        in_axes: which axis of the arrays in an argument counts the rows, None where all rows share
            it: an int or None for all arguments, or a tuple with one entry for each; an entry may
            be a container of such like the argument.
        out_axes: which axis of the results counts the rows, an int or a container like the result.

    Returns:
        A function of the same arguments, with rows; keyword arguments are shared. Its results are
        arrays, of dtype object where there are Values among them.

    Raises:
        TypeError: f is no function, or an axis is no int.
        ValueError: an axis does not fit, nothing is mapped, or the lengths differ.

    Example:
        >>> import numpy
        >>> from autograd import grad, vmap
        >>> vmap(grad(lambda w, x: (w * x) ** 2), in_axes=(None, 0))(3.0, numpy.array([1.0, 2.0]))
        array([ 6., 24.])
    """
    checked("vmap", f)

    @functools.wraps(f, updated=())
    def mapped(*args: object, **named: object) -> object:
        axes = in_axes if isinstance(in_axes, (tuple, list)) else (in_axes,) * len(args)
        if len(axes) != len(args):
            raise StructureError(f"vmap: in_axes has {len(axes)} entries for {len(args)} arguments")
        rows, count = _rows(args, axes)
        if not count:  # a row of zeros, for the structure of what comes back
            structure = flatten(f(*rows(0), **named))[1]
            return stacked(structure, [[] for _ in range(structure.count())], 0, out_axes)
        results = [flatten(f(*rows(row), **named)) for row in range(count)]
        structure = results[0][1]
        for row, (_, other) in enumerate(results):
            if other != structure:
                raise StructureError(
                    f"vmap: the function returned {structure} for row 0 and {other} for row {row}: "
                    f"return the same structure for every row"
                )
        columns = [list(column) for column in zip(*[leaves for leaves, _ in results], strict=True)]
        return stacked(structure, columns, count, out_axes)

    return mapped


def _rows(
    args: tuple[object, ...], axes: Sequence[object]
) -> tuple[Callable[[int], list[object]], int]:
    """Return a function that gives the arguments of one row, and how many rows there are."""
    import numpy

    rows_in: dict[str, Any] = {}  # for each mapped array its rows, and at least one

    def each(leaf: Callable[[str, object, int | None], object]) -> list[object]:
        return [
            map_with_axes(leaf, arg, axis, f"argument {place}", "vmap")
            for place, (arg, axis) in enumerate(zip(args, axes, strict=True))
        ]

    def take_apart(path: str, leaf: object, axis: int | None) -> None:
        if axis is None:
            return
        array = array_in(leaf)
        if array is None or not -array.ndim <= axis < array.ndim:
            what = f"an array of shape {array.shape}" if array is not None else type(leaf).__name__
            raise StructureError(
                f"vmap: {path} is mapped over axis {axis} by in_axes, and is {what}: give an "
                f"array that has the axis (numpy.asarray(...)), or None in in_axes"
            )
        rows = numpy.moveaxis(array, axis, 0)
        lengths[path] = len(rows)
        rows = rows if len(rows) else numpy.zeros((1, *rows.shape[1:]))
        rows_in[path] = rows.tolist() if rows.ndim == 1 else rows

    lengths: dict[str, int] = {}
    each(take_apart)
    if not lengths:
        raise StructureError("vmap: in_axes maps no argument: give at least one axis number")
    first, *others = lengths
    for path in others:
        if lengths[path] != lengths[first]:
            raise StructureError(
                f"vmap: the mapped axes differ in length: {first} has {lengths[first]} rows, "
                f"{path} has {lengths[path]} rows"
            )

    def row_of(row: int) -> list[object]:
        return each(lambda path, leaf, axis: leaf if axis is None else rows_in[path][row])

    return row_of, lengths[first]


def stacked(
    structure: Structure, columns: list[list[object]], count: int, out_axes: object
) -> object:
    """Return the columns in their structure, each number or array with the rows on its axis."""
    import numpy

    def block(unit: Structure, inside: list[list[object]]) -> object:
        flat = [number for row in zip(*inside, strict=True) for number in row]
        return array_of(flat, (count, *(unit.detail if unit.kind == "array" else ())))

    def placed(path: str, leaf: Any, axis: int | None) -> object:
        if axis is None or not -leaf.ndim <= axis < leaf.ndim:
            raise StructureError(f"vmap: out_axes has {axis}, which is no axis of {path}")
        return numpy.moveaxis(leaf, 0, axis)

    return map_with_axes(placed, blocks(structure, columns, block), out_axes, "the result", "vmap")
