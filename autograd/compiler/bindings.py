"""Takes the arguments of a compiled function apart: plain numbers here, arrays there.

``Arguments`` are made at every call, and look at no element of a NumPy array. Their key says all
that a compiled program depends on: the structure, and the shapes and dtypes of arrays (without the
mapped axis, whose length may change from call to call).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import index
from typing import Any

from autograd.backends.llvm.abi import ELEMENTS, Layout, Source
from autograd.engine.value import Value
from autograd.errors import ArgumentError, MissingExtraError, OperandError, StructureError
from autograd.ir.trace import Tape
from autograd.table.operation import real
from autograd.trees import is_array

NUMBER = "a number"
CONTAINERS = (list, tuple)

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
        except ImportError:
            raise MissingExtraError("jit", "jit") from None
        _doubles, _ndarray = found.dtype(found.float64), found.ndarray
        numpy = found


def array_module() -> Any:
    """Return NumPy."""
    need_numpy()
    return numpy


class Arguments:
    """The arguments of one call, taken apart.

    Attributes:
        numbers: the plain numbers, in order, and Values, where the call has some.
        has_values, has_mapped_values: whether Values (or objects) are anywhere, in mapped arrays.
        arrays: the arrays, in order, with the mapped axis in front.
        foreign: the places among them of mapped ones that compiled code cannot read as they lie,
            and the dtypes that it reads.
        rows: the length of the mapped axis; None where nothing is mapped.
        key: hashable, equal for calls that the same program serves.
    """

    __slots__ = (
        *("_rows_of", "arrays", "foreign", "has_mapped_values", "has_values", "key"),
        *("numbers", "rows"),
    )

    def __init__(self, arguments: tuple[Any, ...], axes: tuple[Any, ...] | None) -> None:
        self.numbers: list[Any] = []
        self.arrays: list[Any] = []
        self.foreign: dict[int, Any] = {}
        self.rows: int | None = None
        self.has_values = False
        self.has_mapped_values = False
        self._rows_of: tuple[Any, ...] = ()
        try:
            if axes is None:
                self.key: Any = tuple([self._key(thing) for thing in arguments])
            else:
                self.key = tuple(
                    [
                        self._key(thing) if axis is None else self._mapped(thing, axis, (i,))
                        for i, (thing, axis) in enumerate(zip(arguments, axes, strict=True))
                    ]
                )
                if self.rows is None:
                    raise StructureError(
                        "jit: in_axes maps arrays, and there is none where it says so: give a "
                        "NumPy array there, or leave in_axes out"
                    )
        except RecursionError:
            raise StructureError(
                "jit: the lists, tuples and dicts are nested too deep, or one holds itself"
            ) from None

    def _key(self, thing: Any) -> Any:
        kind = type(thing)
        if kind is float:
            self.numbers.append(thing)
            return NUMBER
        if kind is _ndarray and thing.dtype is _doubles and thing.flags.c_contiguous and thing.ndim:
            self.arrays.append(thing)  # the common case, kept short
            return thing.shape
        if kind is dict or (kind not in CONTAINERS and isinstance(thing, Mapping)):
            return (dict, tuple(thing), *map(self._key, thing.values()))
        if isinstance(thing, CONTAINERS):
            if set(map(type, thing)) == {float}:
                self.numbers += thing
                return (kind, len(thing))
            parts = tuple(map(self._key, thing))
            return (kind, *parts) if parts.count(NUMBER) < len(parts) else (kind, len(parts))
        if thing is None:
            return None
        if isinstance(thing, Value):
            self.numbers.append(thing)
            self.has_values = True
            return NUMBER
        if _is_array_like(thing):
            return self._array(numpy.asarray(thing))
        if _is_boxed(thing):
            return self._key(thing.item())
        self.numbers.append(real(thing, "jit"))
        return NUMBER

    def _array(self, array: Any) -> Any:
        if array.dtype.kind == "O":
            return ("objects", array.shape, *[self._key(part) for part in array.ravel()])
        dtype = _read_as(array)
        self.arrays.append(numpy.ascontiguousarray(array, dtype))
        return array.shape if dtype is _doubles else (dtype, array.shape)

    def readable(self) -> list[Any]:
        """Return the arrays, the foreign ones as copies."""
        arrays = [*self.arrays]
        for place, dtype in self.foreign.items():
            arrays[place] = numpy.ascontiguousarray(arrays[place], dtype)
        return arrays

    def _mapped(self, thing: Any, axis: Any, path: tuple[Any, ...]) -> Any:
        """Take apart an argument that is mapped over an axis; axis may be a container of axes."""
        if type(thing) is _ndarray and type(axis) is int and thing.ndim:
            return self._mapped_array(thing, axis, path)
        if axis is None:
            return self._key(thing)
        if not isinstance(axis, int):
            if isinstance(axis, Mapping) and isinstance(thing, Mapping):
                if set(axis) != set(thing):
                    raise StructureError(
                        f"jit: in_axes for {_named(path)} has other keys than the dict"
                    )
                pairs = [(key, thing[key], axis[key]) for key in thing]
            elif isinstance(axis, (list, tuple)) and isinstance(thing, (list, tuple)):
                if len(axis) != len(thing):
                    raise StructureError(
                        f"jit: in_axes for {_named(path)} has {len(axis)} parts, "
                        f"and it has {len(thing)}"
                    )
                pairs = list(zip(range(len(thing)), thing, axis, strict=True))
            else:
                raise StructureError(f"jit: in_axes does not fit the structure of {_named(path)}")
            parts = [self._mapped(part, inner, (*path, k)) for k, part, inner in pairs]
            keys = tuple(thing) if isinstance(thing, Mapping) else len(thing)
            return ("mapped", type(thing), keys, *parts)
        if isinstance(thing, _ndarray) and thing.ndim:
            return self._mapped_array(thing, axis, path)
        if isinstance(thing, Mapping):
            inner = [self._mapped(part, axis, (*path, k)) for k, part in thing.items()]
            return ("mapped", dict, tuple(thing), *inner)
        if isinstance(thing, (list, tuple)):
            inner = [self._mapped(part, axis, (*path, k)) for k, part in enumerate(thing)]
            return ("mapped", type(thing), len(thing), *inner)
        if thing is None:
            return None
        if isinstance(thing, _ndarray):
            return self._mapped_array(thing, axis, path)  # which has no axis
        raise StructureError(
            f"jit: {_named(path)} is mapped over axis {axis} by in_axes, and was "
            f"a {type(thing).__name__}: give a NumPy array (numpy.asarray(...)), or None in in_axes"
        )

    def _mapped_array(self, array: Any, axis: int, path: tuple[Any, ...]) -> Any:
        if not -array.ndim <= axis < array.ndim:
            raise StructureError(
                f"jit: {_named(path)} is mapped over axis {axis}, but its shape is {array.shape}"
            )
        rows = array.shape[axis]
        if self.rows is None:
            self.rows, self._rows_of = rows, path
        elif rows != self.rows:
            raise StructureError(
                f"jit: the mapped axes differ in length: {_named(self._rows_of)} has "
                f"{self.rows} rows, {_named(path)} has {rows} rows"
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
            self.foreign[len(self.arrays)] = dtype
            array = numpy.asarray(array)
        self.arrays.append(array)
        return ("rows", array.shape[1:]) if dtype is _doubles else ("rows", dtype, array.shape[1:])


def _without_objects(array: Any) -> Any:
    """Return an array of plain numbers that were objects."""
    numbers = [real(part, "jit") for part in array.ravel()]
    return numpy.array(numbers, dtype=float).reshape(array.shape)


def _read_as(array: Any) -> Any:
    """Return the dtype in which compiled code reads an array."""
    dtype = array.dtype
    if dtype.isnative and dtype.name in ELEMENTS:
        return dtype
    if dtype.kind not in "fiu":
        raise OperandError(f"jit: takes arrays of real numbers, and was given one of dtype {dtype}")
    return _doubles


def _named(path: tuple[Any, ...]) -> str:
    """Return words for a part of the arguments, as in argument 0['x'][1]."""
    return f"argument {path[0]}" + "".join(f"[{key!r}]" for key in path[1:])


class Inputs:
    """What tracing gives to the function: its arguments with traced Values for numbers.

    The walk takes the parts in the order of ``Arguments``, and notes where each number lies.
    """

    def __init__(
        self, tape: Tape, arguments: tuple[Any, ...], axes: tuple[Any, ...] | None, names: list[str]
    ) -> None:
        self._tape = tape
        self.layout = Layout(mapped=axes is not None)
        self.examples: list[float] = []  # the numbers of this call, of its first row
        chosen = axes if axes is not None else (None,) * len(arguments)
        self.arguments = [
            self._input(thing, axis, name)
            for thing, axis, name in zip(arguments, chosen, names, strict=True)
        ]

    def _input(self, thing: Any, axis: Any, label: str) -> Any:
        if _is_array_like(thing):
            return self._array(numpy.asarray(thing), axis, label)
        if isinstance(thing, Mapping):
            return {
                key: self._input(part, _inner(axis, key), f"{label}[{key!r}]")
                for key, part in thing.items()
            }
        if isinstance(thing, (list, tuple)):
            parts = [
                self._input(part, _inner(axis, index), f"{label}[{index}]")
                for index, part in enumerate(thing)
            ]
            if isinstance(thing, list):
                return parts
            return type(thing)(*parts) if hasattr(thing, "_fields") else tuple(parts)
        if thing is None:
            return None
        return self._number(thing.item() if _is_boxed(thing) else thing, label)

    def _number(self, thing: Any, label: str) -> Any:
        self.layout.sources.append(Source(None, 8 * self.layout.numbers))
        self.layout.numbers += 1
        self.examples.append(thing._data if isinstance(thing, Value) else real(thing, "jit"))
        return self._tape.input(label)

    def _array(self, array: Any, axis: int | None, label: str) -> Any:
        if axis is not None:
            array = numpy.moveaxis(array, axis, 0)
            if array.dtype.kind == "O":
                array = _without_objects(array)
        shape = array.shape if axis is None else array.shape[1:]
        indices = list(numpy.ndindex(*shape))
        traced = numpy.empty(len(indices), dtype=object)
        names = [f"{label}[{', '.join(map(str, index))}]" if index else label for index in indices]
        if array.dtype.kind == "O":
            for place, (name, thing) in enumerate(zip(names, array.ravel(), strict=True)):
                traced[place] = self._number(thing, name)
            return traced.reshape(shape) if shape else traced[0]
        dtype = array.dtype
        if not dtype.isnative or dtype.name not in ELEMENTS:
            dtype = numpy.dtype(numpy.float64)
        row = None if axis is None else dtype.itemsize * len(indices)
        first = array if axis is None else array[:1]
        numbers = first.ravel().astype(numpy.float64).tolist() or [0.0] * len(indices)
        for place, name in enumerate(names):
            traced[place] = self._tape.input(name)
            offset = place * dtype.itemsize
            self.layout.sources.append(Source(self.layout.arrays, offset, dtype.name, row))
            self.examples.append(numbers[place])
        self.layout.arrays += 1
        return traced.reshape(shape) if shape else traced[0]


def _rebuilt(tree: Any, leaf: Callable[[Any], Any]) -> Any:
    """Return new containers with what the function gives for each thing that is no container."""
    if isinstance(tree, Mapping):
        return {key: _rebuilt(part, leaf) for key, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        parts = [_rebuilt(part, leaf) for part in tree]
        if isinstance(tree, list):
            return parts
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return leaf(tree)


def replaced(tree: Any, replacement: Callable[[Value], Any]) -> Any:
    """Return the tree with each Value replaced by what the function gives for it."""

    def leaf(thing: Any) -> Any:
        if isinstance(thing, Value):
            return replacement(thing)
        if _is_boxed(thing):
            return leaf(thing.item())
        if is_array(thing) and thing.dtype.kind == "O":
            copy = thing.copy()
            for place, part in enumerate(thing.ravel()):
                copy.flat[place] = leaf(part)
            return copy
        return thing

    return _rebuilt(tree, leaf)


def owned(tree: Any) -> Any:
    """Return the tree with a copy of each array of numbers, which nobody else can change."""
    return _rebuilt(tree, lambda thing: thing.copy() if _is_plain_array(thing) else thing)


def _is_array_like(thing: Any) -> bool:
    """Return whether NumPy can read it as an array with dimensions (a class is none)."""
    dimensions = getattr(thing, "ndim", 0)
    return isinstance(dimensions, int) and dimensions > 0 and hasattr(thing, "__array__")


def _is_boxed(thing: Any) -> bool:
    """Return whether it is an object that NumPy has put into an array of no dimension."""
    return isinstance(thing, _ndarray) and thing.ndim == 0 and thing.dtype.kind == "O"


def _is_plain_array(thing: Any) -> bool:
    return is_array(thing) and thing.dtype.kind != "O"


def matching(template: Any, tree: Any) -> list[Any]:
    """Return the parts of a tree that stand where the template holds Values."""
    if isinstance(template, Value):
        return [tree]
    if isinstance(template, Mapping):
        return [found for key, part in template.items() for found in matching(part, tree[key])]
    if is_array(template):
        if template.dtype.kind != "O":
            return []
        template, tree = list(template.ravel()), list(tree.ravel())
    if isinstance(template, (list, tuple)):
        pairs = zip(template, tree, strict=True)
        return [found for part, other in pairs for found in matching(part, other)]
    return []


def _inner(axis: Any, key: Any) -> Any:
    return axis if axis is None or isinstance(axis, int) else axis[key]


def no_rows() -> StructureError:
    """Return the error for the mean over nothing."""
    return StructureError('jit: reduce="mean" of no rows: the mapped axis has length 0')


def checked_axes(in_axes: Any, reduce: Any) -> Any:
    """Return in_axes if it is an int, None or a container of them; check reduce too.

    Raises:
        TypeError: one of the axes is something else.
        ValueError: nothing is mapped, or reduce is not "sum", "mean" or None.
    """
    found: list[int] = []

    def checked(axis: Any) -> Any:
        if axis is None:
            return None
        if hasattr(axis, "__index__") and not isinstance(axis, bool) and not is_array(axis):
            found.append(index(axis))
            return found[-1]
        if isinstance(axis, Mapping):
            return {key: checked(inner) for key, inner in axis.items()}
        if isinstance(axis, (list, tuple)):
            return tuple(map(checked, axis))
        raise ArgumentError(
            f"jit: in_axes takes ints, None and containers of them, "
            f"and was given a {type(axis).__name__}"
        )

    in_axes = checked(in_axes)
    if reduce not in (None, "sum", "mean"):
        raise StructureError(f'jit: reduce is "sum", "mean" or None, and was {reduce!r}')
    if in_axes is not None and not found:
        raise StructureError("jit: in_axes maps no argument: give at least one axis number")
    if reduce is not None and in_axes is None:
        raise StructureError(f"jit: reduce={reduce!r} needs in_axes to say what is mapped")
    return in_axes


def maps(axis: Any) -> bool:
    """Return whether an entry of in_axes maps anything."""
    if isinstance(axis, Mapping):
        return any(map(maps, axis.values()))
    return any(map(maps, axis)) if isinstance(axis, CONTAINERS) else axis is not None
