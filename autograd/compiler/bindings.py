"""Takes the arguments of a compiled function apart: plain numbers here, arrays there.

``Arguments`` are made at every call, and look at no element of a NumPy array. Their key says all
that a compiled program depends on: the structure, and the shapes and dtypes of arrays (without the
mapped axis, whose length may change from call to call).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any

from autograd.backends.binding import LANES
from autograd.backends.llvm.abi import ELEMENTS, Layout, Source
from autograd.engine.node import is_number
from autograd.engine.value import Value
from autograd.errors import MissingExtraError, OperandError, StructureError
from autograd.ir.arrays import Whole, argument_array, traced_array
from autograd.ir.trace import Trace
from autograd.table.operation import real
from autograd.transforms.call import checked_axes
from autograd.transforms.one_row import AxesOfNames, or_shared, shared_in
from autograd.trees import (
    ARRAYS,
    NUMBERS,
    TEXTS,
    Array,
    array_in,
    axes_inside,
    check_numbers,
    container_of,
    flatten,
    is_array,
    keys_of,
    map_with_axes,
    too_deep,
    tree_leaves,
    tree_map,
    unboxed,
)
from autograd.wording import counted, what_is

NUMBER = "a number"
TRUTH = "a bool of NumPy's"
FLOATS = {float}
KEYWORDS = "**"  # what the dict of arguments by keyword is called, which is none of f's own
_OF_KEYWORDS = re.compile(r"^\*\*\['(\w+)'\]")
MANY_RESULTS = 4096  # numbers, from which on it pays to choose where an array of them begins

numpy: Any = None  # loaded by need_numpy, when the first function is compiled
_doubles: Any = None
_ndarray: Any = None


def need_numpy() -> None:
    """Load NumPy, which the rest of this module then finds under its name.

    Raises:
        ImportError: it is not installed.
    """
    global numpy, _doubles, _ndarray
    if numpy is None:
        try:
            import numpy as found
        except Exception as error:
            raise MissingExtraError("jit", "jit", error) from None
        _doubles, _ndarray = found.dtype(found.float64), found.ndarray
        numpy = found


def array_module() -> Any:
    """Return NumPy."""
    need_numpy()
    return numpy


def rows_of_results(shape: Sequence[int]) -> Array:
    """Return a new array for the results of rows; a large one begins at a line of the cache.

    Eight numbers of a row are stored at once. Where they cross a line, as they do in most of
    NumPy's own arrays, each store takes the time of two.
    """
    size = prod(shape)
    whole: Array = numpy.empty(shape if size < MANY_RESULTS else size + LANES)
    if size < MANY_RESULTS:
        return whole
    place = -whole.ctypes.data // 8 % LANES
    return whole[place : place + size].reshape(shape)


class Arguments:
    """The arguments of one call, taken apart.

    Attributes:
        numbers: the plain numbers, in order, and Values, where the call has some.
        has_values, has_mapped_values: whether Values (or objects) are anywhere, in mapped arrays.
        arrays: the arrays, in order, with the mapped axis in front.
        staged: the places among them of mapped ones that compiled code cannot read as they lie,
            and the dtypes that it reads.
        rows: the length of the mapped axis; None where nothing is mapped.
        key: hashable, equal for calls that the same program serves.

    Args:
        arguments: the arguments.
        axes: the mapped axis of each; None where nothing is mapped.
        function: the function, whose arguments errors name.
        varying: the places of arrays whose length may be any.
    """

    __slots__ = (
        *(
            "_given",
            "_rows_of",
            "_varying",
            "arrays",
            "staged",
            "has_mapped_values",
            "has_values",
            "key",
        ),
        *("numbers", "rows"),
    )

    def __init__(
        self,
        arguments: tuple[Any, ...],
        axes: tuple[object, ...] | None,
        function: Callable[..., object] | None = None,
        varying: frozenset[int] = frozenset(),
    ) -> None:
        self.numbers: list[Any] = []
        self.arrays: list[Array] = []
        self.staged: dict[int, Any] = {}
        self.rows: int | None = None
        self.has_values = False
        self.has_mapped_values = False
        self._rows_of: str | int = 0
        self._varying = varying
        try:
            if axes is None:
                keys: list[object] = []
                for obj in arguments:  # the common cases without a call of _key for each
                    if type(obj) is float:
                        self.numbers.append(obj)
                        keys.append(NUMBER)
                    elif (
                        type(obj) is _ndarray
                        and obj.dtype is _doubles
                        and obj.flags.c_contiguous
                        and obj.ndim
                        and not varying
                    ):
                        self.arrays.append(obj)
                        keys.append(obj.shape)
                    else:
                        keys.append(self._key(obj))
                self.key: Any = tuple(keys)
            else:
                self._given = arguments, axes, function
                self.key = tuple(
                    [
                        self._key(obj)
                        if axis is None
                        else self._mapped_array(obj, axis, place)
                        if type(obj) is _ndarray and type(axis) is int
                        else self._mapped(obj, axis, "" if type(axis) is AxesOfNames else place)
                        for place, (obj, axis) in enumerate(zip(arguments, axes, strict=True))
                    ]
                )
                if self.rows is None and not maps(axes):
                    raise StructureError(
                        "jit: in_axes maps no argument: give at least one axis number, or give "
                        "arrays by keyword, which are mapped over their first axis"
                    )
                if self.rows is None:
                    raise StructureError(
                        "jit: in_axes maps arrays, and there is none where it says so: give a "
                        "NumPy array there, or leave in_axes out"
                    )
        except RecursionError:
            raise too_deep() from None
        except OperandError:
            for place, obj in enumerate(arguments):
                check_numbers("jit", *flatten(obj), f"argument {place}", is_number)
            raise

    def _key(self, obj: Any) -> object:
        kind = type(obj)
        if kind is float:
            self.numbers.append(obj)
            return NUMBER
        if kind is _ndarray and obj.dtype is _doubles and obj.flags.c_contiguous and obj.ndim:
            self.arrays.append(obj)  # the common case, kept short
            return self._shape(obj) if self._varying else obj.shape
        if kind is dict:
            keys = tuple(obj)
            if keys not in TEXTS:
                keys = keys_of(obj)
            return (dict, keys, *self._keys(obj.values()))
        if kind is list or kind is tuple:
            return self._parts(kind, obj)
        container = container_of(kind)
        if container is ARRAYS and (array := array_in(obj)) is not None:
            return self._array(array)
        if container is ARRAYS:
            key = self._number(unboxed(obj))
            return TRUTH if is_mask(obj) else key
        if container is NUMBERS:
            return self._number(obj)
        parts, detail = container.apart(obj)
        return self._parts((container.kind, detail), parts)

    def _keys(self, objects: Iterable[Any]) -> list[object]:
        """Return the key of each, arrays without a call of ``_key``."""
        keys: list[object] = []
        varying = self._varying
        for obj in objects:
            if (
                type(obj) is _ndarray
                and obj.dtype is _doubles
                and obj.flags.c_contiguous
                and obj.ndim
                and not varying
            ):
                self.arrays.append(obj)
                keys.append(obj.shape)
            else:
                keys.append(self._key(obj))
        return keys

    def _parts(self, head: object, parts: Sequence[object]) -> object:
        if set(map(type, parts)) == FLOATS:
            self.numbers += parts
            return (head, len(parts))
        keys = tuple(self._keys(parts))
        return (head, *keys) if keys.count(NUMBER) < len(keys) else (head, len(keys))

    def _number(self, obj: object) -> str:
        if isinstance(obj, Value):
            self.has_values = True
        else:
            obj = real(obj, "jit")
        self.numbers.append(obj)
        return NUMBER

    def _array(self, array: Array) -> object:
        if array.dtype.kind == "O":
            return ("objects", array.shape, *[self._key(part) for part in array.ravel()])
        dtype = _read_as(array)
        if len(self.arrays) in self._varying:
            dtype = _doubles
        self.arrays.append(numpy.ascontiguousarray(array, dtype))
        shape = self._shape(array) if self._varying else array.shape
        return shape if dtype is _doubles else (dtype, shape)

    def _shape(self, array: Array) -> object:
        """Return the shape of the latest array, without its length where any will do."""
        if len(self.arrays) - 1 in self._varying:
            return ("any", *array.shape[1:])
        return array.shape

    def readable(self) -> list[Array]:
        """Return the arrays, the staged ones as copies."""
        arrays = [*self.arrays]
        for place, dtype in self.staged.items():
            arrays[place] = numpy.ascontiguousarray(arrays[place], dtype)
        return arrays

    def _mapped(self, obj: Any, axis: object, path: str | int) -> object:
        """Take apart an argument that is mapped over an axis; axis may be a container of axes."""
        if type(obj) is _ndarray and type(axis) is int:
            return self._mapped_array(obj, axis, path)
        if axis is None:
            return self._key(obj)
        container = container_of(type(obj))
        if container is ARRAYS and isinstance(axis, int) and (array := array_in(obj)) is not None:
            return self._mapped_array(array, axis, path)
        if container is ARRAYS or container is NUMBERS:
            if not isinstance(axis, int):
                raise StructureError(f"jit: in_axes does not fit the structure of argument {path}")
            raise StructureError(
                f"jit: argument {path} is mapped over axis {axis} by in_axes, and was "
                f"{what_is(obj)}: give a NumPy array (numpy.asarray(...)), "
                f"{or_shared(path, self._given[1])}"
            )
        parts, detail = container.apart(obj)
        axes = axes_inside(axis, container, detail, len(parts), f"argument {path}")
        steps = container.steps(detail, len(parts))
        keys = [
            self._mapped(part, inner, f"{path}{step}")
            for part, inner, step in zip(parts, axes, steps, strict=True)
        ]
        return ("mapped", container.kind, detail, *keys)

    def _mapped_array(self, array: Array, axis: int, path: str | int) -> object:
        if not -array.ndim <= axis < array.ndim:
            raise StructureError(
                f"jit: argument {path} is mapped over axis {axis}, but its shape is {array.shape}"
            )
        rows = array.shape[axis]
        if self.rows is None:
            self.rows, self._rows_of = rows, path
        elif rows != self.rows:
            raise StructureError(
                f"jit: the mapped axes differ in length: argument {self._rows_of} has "
                f"{counted(self.rows, 'row')}, argument {path} has "
                f"{counted(rows, 'row')}{shared_in(*self._given)}"
            )
        if axis:
            array = numpy.moveaxis(array, axis, 0)
        if array.dtype is _doubles and array.flags.c_contiguous:
            self.arrays.append(array)
            return ("rows", array.shape[1:])
        if array.dtype.kind == "O":
            if any(isinstance(part, Value) for part in array.ravel()):
                self.has_values = self.has_mapped_values = True
                return None  # never looked up: such calls go row by row
            array = _without_objects(array)
        dtype = _read_as(array)
        if array.dtype is not dtype or not array.flags.c_contiguous:
            self.staged[len(self.arrays)] = dtype
            array = numpy.asarray(array)
        self.arrays.append(array)
        return ("rows", array.shape[1:]) if dtype is _doubles else ("rows", dtype, array.shape[1:])


def _without_objects(array: Array) -> Array:
    """Return an array of plain numbers that were objects."""
    numbers = [real(part, "jit") for part in array.ravel()]
    made: Array = numpy.array(numbers, dtype=float)
    return made.reshape(array.shape)


def _read_as(array: Array) -> object:
    """Return the dtype in which compiled code reads an array."""
    dtype = array.dtype
    if dtype.isnative and dtype.name in ELEMENTS:
        return dtype
    if dtype.kind not in "fiu":
        raise OperandError(f"jit: takes arrays of real numbers, and was given one of dtype {dtype}")
    return _doubles


class Inputs:
    """What tracing gives to the function: its arguments with traced Values for numbers.

    The walk takes the parts in the order of ``Arguments``, and notes where each number lies.
    """

    def __init__(
        self,
        trace: Trace,
        arguments: tuple[object, ...],
        axes: tuple[object, ...] | None,
        names: list[str],
        row: int = 0,
        longer: frozenset[int] = frozenset(),
    ) -> None:
        self._longer = longer  # arrays that get a row more
        self._trace = trace
        self._row = row
        self.layout = Layout(mapped=axes is not None)
        self.examples: list[float] = []  # the numbers of this call, of one row
        chosen = axes if axes is not None else (None,) * len(arguments)
        self.arguments = [
            map_with_axes(self._input, obj, axis, name)
            for obj, axis, name in zip(arguments, chosen, names, strict=True)
        ]

    def _input(self, path: str, obj: object, axis: int | None) -> object:
        label = _OF_KEYWORDS.sub(r"\1", path) if path.startswith(KEYWORDS) else path
        array = array_in(obj)
        return self._number(obj, label) if array is None else self._array(array, axis, label)

    def _number(self, obj: object, label: str) -> Value:
        self.layout.sources.append(Source(None, 8 * self.layout.numbers))
        self.layout.numbers += 1
        self.examples.append(obj._data if isinstance(obj, Value) else real(obj, "jit"))
        argument: Value = (self._trace.truth if is_mask(obj) else self._trace.argument)(label)
        return argument

    def _array(self, array: Array, axis: int | None, label: str) -> object:
        if self.layout.arrays in self._longer:
            array = numpy.concatenate([array, array[-1:]])
        if axis is not None:
            array = numpy.moveaxis(array, axis, 0)
            if array.dtype.kind == "O":
                array = _without_objects(array)
        shape = array.shape if axis is None else array.shape[1:]
        indices = list(itertools.product(*map(range, shape)))
        names = [f"{label}[{', '.join(map(str, index))}]" if index else label for index in indices]
        if array.dtype.kind == "O":
            pairs = zip(names, array.ravel(), strict=True)
            return _traced([self._number(obj, name) for name, obj in pairs], shape)
        dtype = array.dtype
        if not dtype.isnative or dtype.name not in ELEMENTS:
            dtype = numpy.dtype(numpy.float64)
        row = None if axis is None else dtype.itemsize * len(indices)
        one = array if axis is None else array[self._row : self._row + 1]
        numbers = one.ravel().astype(numpy.float64).tolist() or [0.0] * len(indices)
        element, size = dtype.name, dtype.itemsize  # NumPy makes the name anew each time
        argument = self._trace.truth if is_mask(array) else self._trace.argument
        tracers = [*map(argument, names)]
        place = self.layout.arrays
        self.layout.sources += [
            Source(place, at * size, element, row) for at in range(len(tracers))
        ]
        self.examples += numbers[: len(tracers)]
        made: Any = _traced(tracers, shape)
        if shape and axis is None and len(array):
            whole = Whole(self._trace, place, numbers, made, is_mask(array))
            made = made.view(argument_array())
            made.handed_over = whole
        self.layout.arrays += 1
        return made


def _traced(tracers: list[Value], shape: tuple[int, ...]) -> object:
    """Return tracers as an array; of no dimension the only one."""
    if not shape:
        return tracers[0]
    made = numpy.fromiter(tracers, object, len(tracers))  # which asks them nothing
    return made.reshape(shape).view(traced_array())


def is_mask(obj: object) -> bool:
    """Return whether it is an array of bools, or one bool of NumPy's: conditions in the trace."""
    return getattr(getattr(obj, "dtype", None), "kind", "") == "b"


def owned(tree: object) -> Any:
    """Return the tree with a copy of each array of numbers, which nobody else can change."""
    return tree_map(
        lambda leaf: leaf.copy() if is_array(leaf) and leaf.dtype != object else leaf, tree
    )


def matching(template: Sequence[object], tree: Sequence[object]) -> list[object]:
    """Return the parts of a tree that stand where the template holds Values."""
    found: list[Any] = []

    def leaf(obj: Any, other: Any) -> None:
        if isinstance(obj, Value):
            found.append(other)
        elif is_array(obj) and obj.dtype == object:
            for part, its in zip(obj.ravel(), other.ravel(), strict=True):
                leaf(part, its)

    tree_map(leaf, tuple(template), tuple(tree))
    return found


def no_rows() -> StructureError:
    """Return the error for the mean over nothing."""
    return StructureError('jit: reduce="mean" of no rows: the mapped axis has length 0')


def checked_mapping(in_axes: object, reduce: object) -> object:
    """Return in_axes if it is an int, None or a container of them; check reduce too.

    Raises:
        TypeError: one of the axes is something else.
        ValueError: reduce is not "sum", "mean" or None, or there is nothing to reduce.
    """
    in_axes = checked_axes("jit", "in_axes", in_axes)
    if reduce not in (None, "sum", "mean"):
        raise StructureError(f'jit: reduce is "sum", "mean" or None, and was {reduce!r}')
    if reduce is not None and in_axes is None:
        raise StructureError(f"jit: reduce={reduce!r} needs in_axes to say what is mapped")
    return in_axes


def maps(axis: object) -> bool:
    """Return whether an entry of in_axes maps anything."""
    return bool(tree_leaves(axis))
