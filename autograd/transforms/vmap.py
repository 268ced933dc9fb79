"""vmap: a function of one row, called for every row of its arguments."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import Any, overload

from autograd.decorated import besides, is_method_of, name_of
from autograd.engine.modes import current
from autograd.engine.node import is_number
from autograd.engine.value import Value
from autograd.errors import StructureError
from autograd.ir.trace import Trace
from autograd.transforms.call import Derived, checked, checked_axes, decorating
from autograd.transforms.lookups import columns_of, converted, moved, no_columns, stacked
from autograd.transforms.loops import scan
from autograd.transforms.one_row import (
    AxesOfNames,
    explain_rows,
    or_shared,
    parameter_names,
    paths_of,
    shared_in,
    spelled,
)
from autograd.trees import array_in, check_numbers, explain_arrays, map_with_axes, tree_leaves
from autograd.wording import counted

_NUMBERS = {float, Value}
_NO_OBJECTS = {*_NUMBERS, int, bool, list, tuple, dict}  # have no methods of the user's
UNROLLED = 16  # rows up to which each is traced by itself, with the bits of the eager loop


@overload
def vmap(f: Callable[..., object], in_axes: object = 0, out_axes: object = 0) -> Derived[...]: ...
@overload
def vmap(
    *, in_axes: object = 0, out_axes: object = 0
) -> Callable[[Callable[..., object]], Derived[...]]: ...
@decorating
def vmap(f: Callable[..., object], in_axes: object = 0, out_axes: object = 0) -> Derived[...]:
    """Return a function that calls f for every row of its arguments, and stacks the results.

    It is a loop over the rows, in order; ``jit(f, in_axes=...)`` runs them side by side.

    Args:
        f: a function of numbers, arrays and containers of them. Without it the settings make a
            decorator, ``@vmap(in_axes=(None, 0))``.
        in_axes: which axis of the arrays in an argument counts the rows, None where all rows share
            it: an int or None for all arguments, or a tuple with one entry for each; an entry may
            be a container of such like the argument. In a class self is shared, unless a tuple has
            an entry for it that is not None.
        out_axes: which axis of the results counts the rows, an int or a container like the result.
            None, which JAX takes for results that no row changes, is refused: take the first row.

    Returns:
        A function of the same arguments, with rows. As in JAX, arrays given by keyword are mapped
        over their first axis, unless ``in_axes`` has an entry for the place of that argument;
        ``functools.partial(f, w=w)`` shares them, and numbers are shared. Its results are arrays of
        floats, or of bools, and of dtype object where there are Values among them.

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
    in_axes = checked_axes("vmap", "in_axes", in_axes)
    out_axes = checked_axes("vmap", "out_axes", out_axes)

    @functools.wraps(f, updated=())
    def mapped(*args: object, **named: object) -> object:
        if named and isinstance(in_axes, (tuple, list)):
            args, named = _in_places(f, args, named, len(in_axes))
        axes = in_axes if isinstance(in_axes, (tuple, list)) else (in_axes,) * len(args)
        if _shares_self(mapped, args, in_axes):
            axes = (None, *axes[len(axes) - len(args) + 1 :])
        if len(axes) != len(args):
            raise StructureError(
                f"vmap: in_axes has {counted(len(axes), 'entry', 'entries')}, and {name_of(f)} "
                f"was called with "
                f"{counted(len(args), 'argument')}{besides(f)}"
            )
        call = functools.partial(_called, f, args, named, tuple(axes))
        every, axes = (*args, named), (*axes, axes_of_names("vmap", named, f))
        rows, count = rows_of("vmap", every, axes, f)
        if not count:  # a row of zeros, for the structure of what comes back
            return stacked(*no_columns(call(rows(0))), 0, out_axes)
        if count > UNROLLED and isinstance(current().recorder, Trace):
            return _looped(call, every, axes, out_axes)
        told = "vmap: the function returned {} for row 0 and {} for row {}: return the same "
        results = [call(rows(row)) for row in range(count)]
        structure, columns = columns_of(results, told + "structure for every row")
        if not _NUMBERS.issuperset(map(type, itertools.chain(*columns))):
            for row in zip(*columns, strict=True):
                check_numbers("vmap", row, structure, "the result", is_number)
            columns = [converted(column, "vmap") for column in columns]
        return stacked(structure, columns, count, out_axes)

    if out_axes == 0:
        mapped.rows_of = f, in_axes  # type: ignore[attr-defined]
    return mapped


def rows_behind(f: object) -> tuple[Callable[..., object], object] | None:
    """Return the function of one row and in_axes of what ``vmap`` returned; None for all else.

    What a decorator makes of such a function has a copy of its attributes, and is another function.
    """
    found: tuple[Callable[..., object], object] | None = getattr(f, "rows_of", None)
    return found if is_from_vmap(f) else None


def is_from_vmap(f: object) -> bool:
    """Return whether it is what ``vmap`` returned, which maps what is given by keyword."""
    return type(f) is FunctionType and f.__code__ is _MAPPED


def _shares_self(mapped: object, args: tuple[object, ...], in_axes: object) -> bool:
    """Return whether the first argument is the object of a method, and in_axes says nothing of it.

    One int says nothing of it: a method's object is shared, whether or not it is a tree, as under
    ``jit``, where there is another argument that can have the rows.
    """
    if not args or type(args[0]) in _NO_OBJECTS or type(args[0]).__module__ == "numpy":
        return False
    says_nothing = len(args) > 1
    if isinstance(in_axes, (tuple, list)):
        says_nothing = len(in_axes) == len(args) - 1
    return says_nothing and is_method_of(mapped, args[0])


def _called(
    f: Callable[..., object],
    args: tuple[object, ...],
    named: dict[str, object],
    axes: tuple[object, ...],
    row: Sequence[object],
) -> object:
    """Call the function for one row of its arguments, those by name in a dict at the end."""
    names: Any = row[-1]
    try:
        return f(*row[:-1], **names)
    except (IndexError, AttributeError, TypeError, ValueError) as error:
        explain_arrays("vmap", args, error)
        explain_rows("vmap", f, args, named, error, axes)
        raise


def _in_places(
    f: Callable[..., object], args: tuple[object, ...], named: dict[str, object], count: int
) -> tuple[tuple[object, ...], dict[str, object]]:
    """Return arguments with those given by name in their places, as far as in_axes has entries."""
    rest = dict(named)
    for name in parameter_names(f)[len(args) : count]:
        if name not in rest:
            break
        args += (rest.pop(name),)
    return args, rest


def axes_of_names(who: str, named: dict[str, object], f: Callable[..., object]) -> AxesOfNames:
    """Return the axes of what is given by keyword: the first of each array, as in JAX.

    Raises:
        ValueError: there is a list of numbers, which may be meant for rows, or for all of them.
    """
    if not named:  # the common case, kept short
        return AxesOfNames()
    for name, given in named.items():
        if isinstance(given, list) and given and all(map(is_number, tree_leaves(given))):
            raise StructureError(
                f"{who}: {name} is a list of numbers, given by keyword: numpy.asarray({name}) has "
                f"one for each row, and functools.partial({spelled(f)}, {name}={name}) shares it"
            )

    def axis(path: str, leaf: object, _: int | None) -> int | None:
        return None if array_in(leaf) is None else 0

    axes: Any = map_with_axes(axis, named, 0, "argument")
    return AxesOfNames(axes)


def _looped(
    f: Callable[[Sequence[object]], object],
    args: tuple[object, ...],
    axes: Sequence[object],
    out_axes: object,
) -> object:
    """Return the results of all rows by a loop, which is traced once."""
    import numpy

    xs: dict[str, Any] = {}

    def keep(path: str, leaf: object, axis: int | None) -> None:
        if axis is not None:
            array: Any = array_in(leaf)
            xs[path] = numpy.moveaxis(array, axis, 0)

    def call(rows: dict[str, object]) -> object:
        def row_in(path: str, leaf: object, axis: int | None) -> object:
            return leaf if axis is None else rows[path]

        return f(_each(row_in, places))

    places = [*zip(paths_of(axes), args, axes, strict=True)]
    _each(keep, places)
    results = scan(lambda _, rows: (None, call(rows)), None, xs)[1]
    return map_with_axes(moved, results, out_axes, "the result", "vmap")


def _each(
    leaf: Callable[[str, object, int | None], object],
    places: Iterable[tuple[str, object, object]],
    who: str = "vmap",
) -> list[object]:
    """Return each argument as ``leaf`` makes it, from its path, itself and its axes."""
    return [
        {}  # nothing was given by keyword
        if type(axis) is AxesOfNames and not arg
        else map_with_axes(leaf, arg, axis, path, who)
        for path, arg, axis in places
    ]


def rows_of(
    who: str, args: tuple[object, ...], axes: Sequence[object], f: Callable[..., object]
) -> tuple[Callable[[int], list[object]], int]:
    """Return a function that gives the arguments of one row of f, and how many rows there are.

    Row 0 is a row of zeros where there are none.
    """
    import numpy

    rows_in: dict[str, Any] = {}  # for each mapped array its rows, and at least one

    def take_apart(path: str, leaf: object, axis: int | None) -> None:
        if axis is None:
            return
        array = array_in(leaf)
        if array is None or not -array.ndim <= axis < array.ndim:
            shape = getattr(leaf, "shape", None) if array is None else array.shape
            place = names.index(path) if path in (names := paths_of(axes)) else path
            what = type(leaf).__name__ if shape is None else f"an array of shape {shape}"
            raise StructureError(
                f"{who}: {path} is mapped over axis {axis} by in_axes, and is {what}: give an "
                f"array that has the axis (numpy.asarray(...)), {or_shared(place, axes)}"
            )
        rows = numpy.moveaxis(array, axis, 0)
        lengths[path] = len(rows)
        is_mask = rows.dtype.kind == "b"  # whose entries stay NumPy's, of which ~ is the opposite
        if not len(rows):
            rows = numpy.zeros((1, *rows.shape[1:]), dtype=bool if is_mask else float)
        rows_in[path] = rows.tolist() if rows.ndim == 1 and not is_mask else rows

    lengths: dict[str, int] = {}
    places = [*zip(paths_of(axes), args, axes, strict=True)]
    _each(take_apart, places, who)
    if not lengths:
        raise StructureError(f"{who}: in_axes maps no argument: give at least one axis number")
    first, *others = lengths
    for path in others:
        if lengths[path] != lengths[first]:
            raise StructureError(
                f"{who}: the mapped axes differ in length: {first} has "
                f"{counted(lengths[first], 'row')}, "
                f"{path} has {counted(lengths[path], 'row')}{shared_in(args, axes, f)}"
            )

    def row_of(row: int) -> list[object]:
        def row_in(path: str, leaf: object, axis: int | None) -> object:
            return leaf if axis is None else rows_in[path][row]

        return _each(row_in, places, who)

    return row_of, lengths[first]


_MAPPED = vmap(abs).__code__
