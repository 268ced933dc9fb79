"""Trees: nested containers of numbers, taken apart, put together, mapped and compared.

A tree is a number, None, an array, or a container of trees: a list, a tuple, a named tuple, a dict,
a dataclass, or an object of a class that ``register_tree`` names. What is no container is a leaf.

There are two ways to look at an array. ``tree_leaves`` and ``tree_map`` take it as one leaf, as JAX
does; ``flatten``, which derivatives and the compiler read, takes its numbers one by one.
"""

from __future__ import annotations

import enum
import functools
import itertools
import math
import re
import sys
import types
from collections.abc import (
    Callable,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
    Set,
    ValuesView,
)
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from autograd.errors import ArgumentError, OperandError, StructureError
from autograd.habits import OF_NUMPY, ours
from autograd.numberless import check_cells, kind_of, way_to_a_number
from autograd.wording import an, brief, counted, what_is
from autograd.wrong_calls import asking

if TYPE_CHECKING:
    from numpy import ndarray

T = TypeVar("T")
Array: TypeAlias = "ndarray[Any, Any]"


class Container(NamedTuple):
    """How containers of one class are taken apart and rebuilt.

    Attributes:
        kind: "number", "array", "none", "list", "tuple", "dict" or "object".
        apart: gives the parts of a container, and whatever else it consists of.
        together: makes a container of that and of other parts.
        steps: gives for each part the step that leads to it, such as ``[0]`` or ``.weight``.
    """

    kind: str
    apart: Callable[[Any], tuple[Sequence[Any], Any]] = lambda leaf: ((), None)
    together: Callable[[Any, Sequence[Any]], Any] = lambda detail, parts: None
    steps: Callable[[Any, int], Iterable[str]] = lambda _, count: map("[{}]".format, range(count))


class Structure:
    """What is left of a tree when its numbers are taken out; it can be compared and hashed.

    Attributes:
        kind: that of its ``Container``.
        parts: the structures inside, in order.
        detail: the tuple's class, the dict's keys, the array's shape; of an object its class, the
            steps to its parts, and what else it consists of.
    """

    __slots__ = ("detail", "kind", "parts")

    detail: Any

    def __init__(self, kind: str, parts: tuple[Structure, ...] = (), detail: object = None) -> None:
        self.kind, self.parts, self.detail = kind, parts, detail

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Structure):
            return NotImplemented
        own, theirs = (self.kind, self.parts, self.detail), (other.kind, other.parts, other.detail)
        return own == theirs

    def __hash__(self) -> int:
        return hash((self.kind, self.parts, self.detail))

    def count(self) -> int:
        """Return how many numbers the structure holds."""
        if self.kind == "number":
            return 1
        if self.kind == "array":
            return math.prod(self.detail)
        return sum([part.count() for part in self.parts])

    def units(self) -> list[Structure]:
        """Return the numbers and arrays inside, in order."""
        if self.kind in ("number", "array"):
            return [self]
        return [unit for part in self.parts for unit in part.units()]

    def paths(self, root: str) -> Iterator[str]:
        """Yield where each number stands, as in ``result['w'][0]``, in order."""
        if self.kind == "number":
            yield root
        elif self.kind == "array":
            for indices in itertools.product(*map(range, self.detail)):
                yield f"{root}[{', '.join(map(str, indices))}]"
        else:
            for step, part in zip(_steps(self), self.parts, strict=True):
                yield from part.paths(root + step)

    def path(self, index: int, root: str) -> str:
        """Return where the number of that index stands, as in ``model.layers[0]``."""
        if self.kind == "array":
            indices = itertools.product(*map(range, self.detail))
            return f"{root}[{', '.join(map(str, next(itertools.islice(indices, index, None))))}]"
        for step, part in zip(_steps(self), self.parts, strict=True):
            if index < (size := part.count()):
                return part.path(index, root + step)
            index -= size
        return root

    def __str__(self) -> str:
        if self.kind == "number":
            return "a number"
        if self.kind == "none":
            return "None"
        if self.kind == "array":
            return f"an array of shape {self.detail}"
        inside = [str(part) for part in self.parts]
        if self.kind == "dict":
            pairs = zip(self.detail, inside, strict=True)
            return f"{{{', '.join(f'{key!r}: {part}' for key, part in pairs)}}}"
        if self.kind == "object":
            return f"{self.detail[0].__name__}({', '.join(inside)})"
        return f"[{', '.join(inside)}]" if self.kind == "list" else f"({', '.join(inside)})"


NUMBER = Structure("number")
NONE = Structure("none")


class Keys(tuple[Hashable, ...]):
    """The keys of a dict, which are equal only where their types are: 1 is not True here."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, other) is True and exact(self) == exact(other)

    __hash__ = tuple.__hash__


TEXTS: set[tuple[Hashable, ...]] = set()  # keys of dicts that are known to be all text


def keys_of(tree: Mapping[object, object]) -> tuple[Hashable, ...]:
    """Return the keys of a dict, to be compared exactly."""
    keys = tuple(tree)
    if keys in TEXTS:
        return keys
    if {*map(type, keys)} - {str}:
        return Keys(keys)
    if len(TEXTS) > 1000:
        TEXTS.clear()
    TEXTS.add(keys)
    return keys


def exact(obj: object) -> object:
    """Return what tells apart things that are equal to Python: 1, 1.0 and True, 0.0 and -0.0."""
    if isinstance(obj, tuple):
        return (type(obj), *map(exact, obj))
    return repr(obj) if type(obj) is float else type(obj)


# -- classes -----------------------------------------------------------------------------------

_registered: dict[type, Container] = {}

NUMBERS = Container("number")
ARRAYS = Container("array")
NONES = Container("none")
LISTS = Container("list", lambda tree: (tree, None), lambda detail, parts: list(parts))
TUPLES = Container("tuple", lambda tree: (tree, type(tree)), lambda detail, parts: detail(parts))
NAMED_TUPLES = Container(
    "tuple",
    lambda tree: (tree, type(tree)),
    lambda detail, parts: detail(*parts),
    lambda detail, count: (f".{field}" for field in detail._fields),
)
DICTS = Container(
    "dict",
    lambda tree: (tuple(tree.values()), keys_of(tree)),
    lambda detail, parts: dict(zip(detail, parts, strict=True)),
    lambda detail, count: (f"[{key!r}]" for key in detail),
)


def _container_of(kind: type) -> Container:
    """Return the Container of a class, which may say that its objects are leaves."""
    for ancestor in kind.__mro__:
        if ancestor in _registered:
            return _registered[ancestor]
    if kind is type(None):
        return NONES
    if issubclass(kind, list):
        return LISTS
    if issubclass(kind, tuple):
        return NAMED_TUPLES if hasattr(kind, "_fields") else TUPLES
    if issubclass(kind, Mapping):
        return DICTS
    if hasattr(kind, "__array__") and not issubclass(kind, type):
        return ARRAYS
    return _dataclass(kind) if hasattr(kind, "__dataclass_fields__") else NUMBERS


_cached = functools.lru_cache(maxsize=512)(_container_of)
container_of: Callable[[type], Container] = _cached


@asking("register_tree(Line, flatten, unflatten)")
def register_tree(
    cls: type[T],
    flatten: Callable[[T], tuple[Iterable[object], Hashable]],
    unflatten: Callable[[Any, tuple[Any, ...]], T],
) -> None:
    """Make the objects of a class, and of its subclasses, trees, as JAX's pytrees are.

    Derivatives and ``jit`` then take them as arguments and return them as results.

    Args:
        cls: the class.
        flatten: gives the parts of an object (numbers, arrays or trees; a dict where they have
            names), and all else that it consists of, which can be compared and hashed.
        unflatten: makes an object of all else and of other parts, in the same order.

    Raises:
        TypeError: cls is no class, or one of the functions cannot be called.

    Example:
        >>> from autograd import grad, register_tree
        >>> class Line:
        ...     def __init__(self, slope, shift, name):
        ...         self.slope, self.shift, self.name = slope, shift, name
        >>> register_tree(
        ...     Line,
        ...     lambda line: ({"slope": line.slope, "shift": line.shift}, line.name),
        ...     lambda name, parts: Line(*parts, name),
        ... )
        >>> gradient = grad(lambda line: line.slope * 3.0 + line.shift**2)(Line(2.0, 5.0, "mine"))
        >>> gradient.slope, gradient.shift, gradient.name
        (3.0, 10.0, 'mine')
    """
    if not isinstance(cls, type):
        raise ArgumentError(f"register_tree: takes a class, and was given {brief(cls)}")
    for name, function in (("flatten", flatten), ("unflatten", unflatten)):
        if not callable(function):
            raise ArgumentError(
                f"register_tree: {name} must be a function, and is {brief(function)}"
            )

    def apart(tree: T) -> tuple[Sequence[object], object]:
        flat, steps = flatten(tree), None
        try:
            parts, rest = flat
            if isinstance(parts, Mapping):
                parts, steps = parts.values(), tuple(f".{name}" for name in parts)
            parts = tuple(parts)
            hash(rest)
        except (TypeError, ValueError) as error:
            raise ArgumentError(
                f"register_tree: flatten of {what_is(tree)} must return its parts, and all "
                f"else, which can be hashed (tuples in place of lists): {error}"
            ) from error
        return parts, (type(tree), steps, Keys((rest,)))

    def together(detail: tuple[Any, ...], parts: Sequence[object]) -> T:
        return unflatten(detail[2][0], tuple(parts))

    _registered[cls] = Container("object", apart, together, _named_steps)
    _cached.cache_clear()


def _named_steps(detail: Sequence[Iterable[str]], count: int) -> Iterable[str]:
    return detail[1] or (f"[{i}]" for i in range(count))


def _dataclass(cls: Any) -> Container:
    """Return how a dataclass is taken apart (by its fields) and rebuilt (by its constructor).

    Parts of the structure are fields with ``metadata={"static": True}``, and what is no number:
    text, flags, members of an Enum, functions, classes.
    """
    import dataclasses

    fields = [field for field in dataclasses.fields(cls) if field.init]
    if hasattr(cls, "__post_init__"):  # __post_init__ computes the others
        rest = []
    else:
        rest = [field for field in dataclasses.fields(cls) if not field.init]

    def apart(tree: object) -> tuple[Sequence[object], object]:
        names, parts, static = [], [], []
        for field in (*fields, *rest):
            part = getattr(tree, field.name)
            if field.metadata.get("static") or _is_static(part):
                static.append((field.name, part))
            else:
                names.append(f".{field.name}")
                parts.append(part)
        return parts, (type(tree), tuple(names), Keys(static))

    def together(detail: Sequence[Any], parts: Sequence[object]) -> object:
        kind, names, static = detail
        values = {**dict(static), **dict(zip([name[1:] for name in names], parts, strict=True))}
        late = {field.name: values.pop(field.name) for field in rest}
        try:
            made = kind(**values)
        except TypeError as error:
            error.add_note(
                f"a dataclass is rebuilt by its constructor, {kind.__name__}(**fields); "
                f"autograd.register_tree({kind.__name__}, flatten, unflatten) says how else"
            )
            raise
        for name, value in late.items():
            object.__setattr__(made, name, value)
        return made

    return Container("object", apart, together, _named_steps)


def _is_static(obj: object) -> bool:
    is_leaf = container_of(type(obj)) is NUMBERS
    return is_leaf and (isinstance(obj, (str, bytes, bool, enum.Enum, type)) or callable(obj))


def _steps(structure: Structure) -> Iterable[str]:
    return _container(structure).steps(structure.detail, len(structure.parts))


def _container(structure: Structure) -> Container:
    """Return the Container that rebuilds a structure."""
    kind = structure.kind
    if kind == "list":
        return LISTS
    if kind == "dict":
        return DICTS
    if kind == "tuple":
        return container_of(structure.detail)
    return container_of(structure.detail[0]) if kind == "object" else NONES


# -- numbers out of a tree, and into one ---------------------------------------------------------


def flatten(tree: object, like: Structure | None = None) -> tuple[list[Any], Structure]:
    """Return the numbers of a tree in order, those of its arrays one by one, and its structure.

    Dicts keep the order of their keys, or that of the structure ``like`` where it has the same
    keys.

    Raises:
        ValueError: containers are nested too deep, or one holds itself.

    Example:
        >>> numbers, structure = flatten({"w": [1.0, 2.0], "b": 3.0})
        >>> numbers
        [1.0, 2.0, 3.0]
        >>> unflatten(structure, [10, 20, 30])
        {'w': [10, 20], 'b': 30}
    """
    leaves: list[Any] = []
    try:
        return leaves, _described(tree, leaves, like)
    except RecursionError:
        raise too_deep() from None


def too_deep() -> StructureError:
    """Return the error for a tree that never ends."""
    return StructureError("the containers are nested too deep, or one of them holds itself")


def _described(tree: object, leaves: list[object], like: Structure | None) -> Structure:
    if type(tree) is float:
        leaves.append(tree)
        return NUMBER
    container = container_of(type(tree))
    if container is NUMBERS:
        leaves.append(tree)
        return NUMBER
    if container is NONES:
        return NONE
    if container is ARRAYS:
        array = array_in(tree)
        if array is None:
            leaves.append(unboxed(tree))
            return NUMBER
        leaves.extend(array.ravel().tolist())
        return Structure("array", (), tuple(array.shape))
    parts, detail = container.apart(tree)
    models: Iterable[Structure | None] = itertools.repeat(None)
    if like is not None and len(like.parts) == len(parts):
        models = like.parts
        if container is DICTS and like.kind == "dict" and (ordered := _ordered(tree, like.detail)):
            parts, detail = ordered, like.detail
    elif set(map(type, parts)) == {float}:  # fast path for the common case
        leaves += parts
        return Structure(container.kind, (NUMBER,) * len(parts), detail)
    inside = [_described(part, leaves, model) for part, model in zip(parts, models, strict=False)]
    return Structure(container.kind, tuple(inside), detail)


def _ordered(tree: Any, keys: Any) -> list[object]:
    """Return the parts of a dict in the order of these keys; nothing where it has others."""
    return [tree[key] for key in keys] if set(tree) == set(keys) else []


def unflatten(structure: Structure, leaves: Iterable[object]) -> Any:
    """Return the structure filled with these numbers, in order.

    An array of plain numbers has dtype float64, one with Values in it dtype object.

    Raises:
        ValueError: there are more or fewer numbers than places.
    """
    supply = iter(leaves)
    built = _built(structure, supply)
    if next(supply, supply) is not supply:
        raise StructureError(f"there are more numbers than places in {structure}")
    return built


def _built(structure: Structure, supply: Iterator[object]) -> object:
    kind, inside = structure.kind, structure.parts
    if kind == "number":
        try:
            return next(supply)
        except StopIteration:
            raise StructureError("there are fewer numbers than places") from None
    if kind == "array":
        return array_of(_taken(supply, structure.count()), structure.detail)
    if len(inside) > 8 and inside.count(NUMBER) == len(inside):
        parts = _taken(supply, len(inside))
    else:
        parts = [_built(part, supply) for part in inside]
    return parts if kind == "list" else _container(structure).together(structure.detail, parts)


def _taken(supply: Iterator[object], count: int) -> list[object]:
    numbers = list(itertools.islice(supply, count))
    if len(numbers) < count:
        raise StructureError("there are fewer numbers than places")
    return numbers


Builder = Callable[[Iterator[Any], Iterator[Any]], Any]


def builder(structure: Structure, arrays_only: bool = False) -> Builder:
    """Return a function that fills the structure again and again, from numbers and whole arrays.

    Args:
        structure: of what is to be built.
        arrays_only: whether each number, too, is taken from the arrays.
    """
    kind = structure.kind
    if kind == "array" or (kind == "number" and arrays_only):
        return lambda numbers, arrays: next(arrays)
    if kind == "number":
        return lambda numbers, arrays: next(numbers)
    kinds = {part.kind for part in structure.parts}
    count = len(structure.parts)
    parts: Callable[[Iterator[Any], Iterator[Any]], list[Any]]
    if kinds == {"array"} or (kinds == {"number"} and arrays_only):
        parts = lambda numbers, arrays: list(itertools.islice(arrays, count))  # noqa: E731
    elif kinds == {"number"}:
        parts = lambda numbers, arrays: list(itertools.islice(numbers, count))  # noqa: E731
    else:
        builders = [builder(part, arrays_only) for part in structure.parts]
        parts = lambda numbers, arrays: [build(numbers, arrays) for build in builders]  # noqa: E731
    if kind == "list":
        return parts
    together, detail = _container(structure).together, structure.detail
    return lambda numbers, arrays: together(detail, parts(numbers, arrays))


def plain_builder(structure: Structure) -> Callable[[list[float]], Any]:
    """Return a function that fills a structure without arrays from a list, which it may keep."""
    kinds = {part.kind for part in structure.parts}
    if kinds == {"number"} and structure.kind == "list":
        return lambda numbers: numbers
    if kinds == {"number"} and structure == Structure("tuple", structure.parts, tuple):
        return tuple
    if structure.kind == "number":
        return lambda numbers: numbers[0]
    build = builder(structure)
    return lambda numbers: build(iter(numbers), iter(()))


# -- maps ----------------------------------------------------------------------------------------


@asking("tree_leaves(tree)")
def tree_leaves(tree: object) -> list[Any]:
    """Return the leaves of a tree in order: numbers, Values and whole arrays.

    Args:
        tree: a number, an array, None, or lists, tuples, dicts, dataclasses, Modules and objects of
            registered classes, nested in any way.

    Returns:
        A list. None has no leaf. The leaves of a Module are the numbers of its parameters.

    Raises:
        ValueError: containers are nested too deep, or one holds itself.

    Example:
        >>> from autograd import tree_leaves
        >>> tree_leaves({"w": [1.0, 2.0], "b": (3.0, None)})
        [1.0, 2.0, 3.0]
    """
    leaves: list[Any] = []
    tree_map(leaves.append, tree)
    return leaves


@asking("tree_map(f, tree)")
def tree_map(f: Callable[..., object], tree: object, *rest: object) -> Any:
    """Return a tree of the results of f for each leaf and its counterparts in the other trees.

    Args:
        f: a function of one leaf of each tree; an array is one leaf.
        tree: says the structure.
        rest: trees of the same structure; what stands where ``tree`` has a leaf may be a tree.

    Returns:
        A new tree like the first; dicts keep its order.

    Raises:
        ValueError: the structures differ, containers are nested too deep, or one holds itself.

    Example:
        >>> from autograd import tree_map
        >>> weights, slopes = {"w": [1.0, 2.0], "b": 3.0}, {"w": [10.0, 0.0], "b": -10.0}
        >>> tree_map(lambda weight, slope: weight - 0.1 * slope, weights, slopes)
        {'w': [0.0, 2.0], 'b': 4.0}
    """
    try:
        return _mapped(lambda path, *leaves: f(*leaves), tree, rest, "the tree", _parts_like)
    except RecursionError:
        raise too_deep() from None


def map_with_axes(
    f: Callable[[str, Any, Any], object], tree: object, axes: object, path: str, who: str = "jit"
) -> object:
    """Return a tree of the results of f for the path, the value and the axis of each leaf.

    Args:
        f: a function of where a leaf stands, the leaf (an array is one), and its axis.
        tree: an argument of a mapped function.
        axes: an int or None for all of it, or containers of these like its own.
        path: what to call the argument.
        who: the function that maps, for messages.
    """

    def leaf(path: str, obj: object, axis: object) -> object:
        if axis is not None and not isinstance(axis, int):
            raise StructureError(f"{who}: in_axes does not fit the structure of {path}")
        return f(path, obj, axis)

    return _mapped(leaf, tree, (axes,), path, functools.partial(axes_inside, who=who))


Aligned = Callable[[Any, Container, Any, int, str], Sequence[Any]]


def _mapped(
    f: Callable[..., object], tree: object, rest: tuple[object, ...], path: str, aligned: Aligned
) -> object:
    container = container_of(type(tree))
    if container is NUMBERS or container is ARRAYS:
        is_boxed = getattr(getattr(tree, "dtype", None), "kind", "") == "O"
        return f(path, unboxed(tree) if is_boxed else tree, *rest)
    parts, detail = container.apart(tree)
    if not rest:
        made = [_mapped(f, part, (), path, aligned) for part in parts]
    else:
        columns = [aligned(other, container, detail, len(parts), path) for other in rest]
        rows = zip(parts, zip(*columns, strict=True), strict=True)
        steps = container.steps(detail, len(parts))
        made = [
            _mapped(f, part, others, path + step, aligned)
            for (part, others), step in zip(rows, steps, strict=True)
        ]
    return container.together(detail, made)


def _parts_like(
    other: object, container: Container, detail: object, count: int, path: str
) -> Sequence[object]:
    """Return the parts of another tree that correspond to those of a container."""
    kind = container_of(type(other))
    parts, its = kind.apart(other)
    if container is kind is DICTS and (ordered := _ordered(other, detail)):
        return ordered
    if kind.kind == container.kind and its == detail and len(parts) == count:
        return parts
    is_leaf = kind is NUMBERS or kind is ARRAYS
    second = what_is(other) if is_leaf else _shell(kind, len(parts), its)
    raise StructureError(
        f"tree_map: the trees differ in structure: {path} is {second} where the first has "
        f"{_shell(container, count, detail)}"
    )


def _shell(container: Container, count: int, detail: object) -> Structure:
    """Return the structure of the outermost container alone."""
    return Structure(container.kind, (NUMBER,) * count, detail)


def axes_inside(
    axes: object,
    container: Container,
    detail: object,
    count: int,
    path: str,
    who: str = "jit",
) -> Sequence[object]:
    """Return the axes of a container's parts; its own axes are an int, None, or a container."""
    if axes is None or isinstance(axes, int):
        return [axes] * count
    kind = container_of(type(axes))
    if container is kind is DICTS and count:
        if ordered := _ordered(axes, detail):
            return ordered
        raise StructureError(f"{who}: in_axes for {path} has other keys than the dict")
    if kind.kind == container.kind or {kind.kind, container.kind} == {"list", "tuple"}:
        parts, its = kind.apart(axes)
        if container.kind != "object" or its == detail:
            if len(parts) != count:
                raise StructureError(
                    f"{who}: in_axes for {path} has {counted(len(parts), 'part')}, and it has "
                    f"{count}"
                )
            return parts
    raise StructureError(f"{who}: in_axes does not fit the structure of {path}")


# -- arrays --------------------------------------------------------------------------------------


def is_array(obj: object) -> bool:
    """Return whether it is an array with at least one dimension, of NumPy or like it."""
    return container_of(type(obj)) is ARRAYS and array_in(obj) is not None


def array_in(obj: object) -> Array | None:
    """Return an array-like object as a NumPy array; None if it has no dimensions.

    Raises:
        TypeError: it holds dates, durations or masked entries, which are no numbers.
    """
    shape = getattr(obj, "shape", ())
    if not isinstance(shape, tuple) or not shape:
        return None
    import numpy

    if type(obj) is numpy.ndarray and obj.dtype.kind not in "mM":
        return obj
    check_cells(obj)
    ma = sys.modules.get("numpy.ma")  # which takes long to import
    if ma is not None and isinstance(obj, getattr(ma, "MaskedArray", ())) and ma.is_masked(obj):
        raise OperandError(
            "a masked array has entries without a number: fill them (array.filled(0.0)), or choose "
            "with autograd.where"
        )
    return numpy.asarray(obj)


def _way_around(error: Exception) -> str:
    """Return a note on an error that comes from within a function of NumPy's given Values."""
    modules, names = [], []
    place = error.__traceback__
    while place is not None:
        modules.append(str(place.tb_frame.f_globals.get("__name__")))
        names.append(place.tb_frame.f_code.co_name)
        place = place.tb_next
    roots = [module.partition(".")[0] for module in modules]
    notes = getattr(error, "__notes__", ())  # JAX adds its own
    if any("here are Values" in note for note in notes):
        return ""
    if found := re.match(r"Error interpreting argument to (?:<function (\w+) )?", str(error)):
        return (
            f"JAX computes on arrays of its own, and here are Values: write {ours(found[1] or '')}"
        )
    if "numpy" not in roots or notes or re.search(r"\binteger\b", str(error)):  # a count
        return ""
    first = roots.index("numpy")
    name = names[first]
    if not {*roots[first:]} <= {"numpy", "autograd"}:  # it called a function of the user's
        return ""
    if modules[first].startswith("numpy.linalg"):
        return (
            f"numpy.linalg.{name} computes on floats alone, and here are Values: write it with "
            f"operators and the functions of autograd: a loop that eliminates (the documentation "
            f"has one, Solve a system) solves, inverts and gives the determinant"
        )
    is_told = name not in OF_NUMPY or OF_NUMPY[name] in str(error)
    return "" if is_told else f"numpy.{name} fails on Values: write {OF_NUMPY[name]}"


_ONE = "Python's math takes one number: numpy.exp(x), autograd.exp(x) and so on take an array"
_FLOATS = "computes this on floats alone, and here are Values"
_NOTES = {  # by the beginning of a TypeError of others
    "only (0-dimensional|length-1) arrays": _ONE,
    r"Could not convert .*(Value|Traced)\(": (
        f"pandas {_FLOATS}: take the array, series.to_numpy() or frame.to_numpy()"
    ),
    r"cannot convert Python type 'autograd\.": (
        f"polars {_FLOATS}: take the array, series.to_numpy() or frame.to_numpy()"
    ),
    "can't convert type '(Value|Tracer)'": (
        f"the statistics of Python's library {_FLOATS}: write autograd.mean(xs), numpy.std(xs), "
        f"numpy.median(xs)"
    ),
    r"Cannot cast array data from dtype\('O'\) to dtype\('(?!bool)": (
        "NumPy computes this on plain numbers alone, and here are Values: call it outside, and "
        "give the function what it returns"
    ),
    r"expected a sequence of integers or a single integer, got 'Value\(": (
        "NumPy takes sizes that are Python's whole numbers, and here is a Value: write int(n.data)"
    ),
    r".*dtype\('O'\) to dtype\('bool'\)": (
        "NumPy's where= takes no conditions of traced Values: add up autograd.where(mask, x, 0.0), "
        "and divide by mask.sum() for a mean"
    ),
}
STAYS_A_LIST = "among the arguments stays one, without arithmetic"
_OF_A_LIST = re.compile(
    r"operand type.*'(list|tuple)'|()multiply sequence by non-int|'(list|tuple)' object has no attr"
)


def _holds(items: Iterable[object], kind: str) -> bool:
    """Return whether among these trees, or in them, is a container of a type of this name."""
    for item in items:
        if type(item).__name__ == kind:
            return True
        container = container_of(type(item))
        is_leaf = container is NUMBERS or container is ARRAYS
        if not is_leaf and _holds(container.apart(item)[0], kind):
            return True
    return False


def explain_arrays(who: str, args: Sequence[object], error: Exception) -> None:
    """Explain an error that comes of the arguments being arrays of Values.

    An error of NumPy's, which computes some functions on floats alone, gets a note.

    Args:
        who: what called the function.
        args: its arguments, before they became arrays.
        error: what it raised.

    Raises:
        ValueError: one of the arguments is a data frame or a series with names, and the function
            asked its array for a name, or for what a frame has.
    """
    numpy = sys.modules.get("numpy")
    if numpy is None:  # without it there are no arrays
        return
    if way := _way_around(error):
        error.add_note(way)
        return
    found = _OF_A_LIST.search(str(error))
    arrays_have_it = hasattr(numpy.ndarray, getattr(error, "name", "") or "sum")
    if found and arrays_have_it and not getattr(error, "__notes__", None):
        for kind in ("list", "tuple"):
            if {kind, ""} & {*found.groups()} and _holds(args, kind):
                error.add_note(f"{an(kind)} {STAYS_A_LIST}: give an array, numpy.asarray(...)")
                return
    if isinstance(error, TypeError):
        if getattr(error, "__notes__", None):  # explained further in
            return
        found = re.search(r"ufunc '(\w+)'.*(not supported for the input|dtype\('O'\))", str(error))
        if found:
            error.add_note(
                f"NumPy computes this on floats alone, and here are Values: write {ours(found[1])}"
            )
        else:
            for words, note in _NOTES.items():
                if re.match(words, str(error)):
                    error.add_note(note)
        return
    if isinstance(error, ValueError):
        if "to use a where mask" in str(error) and not getattr(error, "__notes__", None):
            error.add_note(
                "NumPy's where= is for plain numbers, and here are Values: write x[mask].sum(), "
                "x[mask].mean() and so on"
            )
        return
    if str(error).startswith("arrays used as indices must be") and not hasattr(error, "__notes__"):
        error.add_note(
            "an array of Values is no index and no mask: write autograd.where(mask > 0, x, 0.0), "
            "or autograd.take(x, i) for each index"
        )
        return
    if isinstance(error, AttributeError):
        is_of_array = isinstance(error.obj, numpy.ndarray)
        if is_of_array and error.name == "at" and not getattr(error, "__notes__", None):
            error.add_note("a copy with one entry replaced is autograd.put(x, i, value)")
    else:
        is_of_array = str(error).startswith("only integers, slices")
    for leaf in tree_leaves(args) if is_of_array else ():
        if hasattr(leaf, "__array__") and (hasattr(leaf, "columns") or hasattr(leaf, "keys")):
            kind = type(leaf).__name__
            name = kind.removeprefix("Data").lower()
            named = f"dict({name})" if hasattr(leaf, "keys") else f"{name}.to_dict()"
            raise StructureError(
                f"{who}: the function gets {what_is(leaf)} as an array of its numbers, without its "
                f"names and methods: pass {named} to take parts by name, d['a'], or take them by "
                f"position, such as d[:, 0] (d[0] of one row)"
            ) from error
    if isinstance(error, IndexError) and is_of_array and not hasattr(error, "__notes__"):
        error.add_note(
            "if the index is a Value: autograd.take(array, i) reads an entry, and "
            "autograd.put(array, i, value) is a copy with one replaced; if it is a list of "
            "conditions: autograd.where(condition, a, b) chooses, and array[array > 0] keeps some"
        )


def unboxed(obj: T) -> T:
    """Return what an array of no dimension holds, a number or a Value, or the object itself."""
    kind: Any = type(obj)
    is_boxed = has_length(kind) and getattr(obj, "shape", None) == () and kind_of(obj) is None
    content: T = obj.item() if is_boxed else obj  # type: ignore[attr-defined]
    return content


@functools.lru_cache(256)
def has_length(kind: Hashable) -> bool:
    """Return whether a class has lengths, as arrays have; NumPy's numbers have a shape alone."""
    return hasattr(kind, "__len__")


def array_of(numbers: Sequence[object], shape: tuple[int, ...]) -> Array:
    """Return a NumPy array of that shape: float64 of floats, bool of bools, else of objects."""
    import numpy

    if all(isinstance(number, float) for number in numbers):
        return numpy.array(numbers, dtype=numpy.float64).reshape(shape)
    if all(type(number).__name__ in ("bool", "bool_") for number in numbers):
        return numpy.array(numbers, dtype=bool).reshape(shape)
    array = numpy.empty(len(numbers), dtype=object)
    for index, number in enumerate(numbers):
        array[index] = number
    kinds = [kind for kind in {*map(type, numbers)} if hasattr(kind, "array_type")]  # of Values
    return array.view(kinds[0].array_type()).reshape(shape) if kinds else array.reshape(shape)


def check_numbers(
    who: str,
    leaves: Sequence[object],
    structure: Structure,
    root: str,
    accepted: Callable[[object], bool],
) -> None:
    """Refuse leaves that are no numbers.

    Raises:
        TypeError: it names the class of the first one, where it stands, and what to do.
    """
    for index, leaf in enumerate(leaves):
        if not accepted(leaf):
            is_text = root == "the result" and isinstance(leaf, (str, bytes))
            way = ": leave it out of what is returned" if is_text else _way_to_numbers(leaf)
            if not way and isinstance(leaf, str) and len(leaves) > 1:
                way = ": leave text out (of a data frame: frame.select_dtypes('number'))"
            raise OperandError(
                f"{who}: takes real numbers and Values, and {structure.path(index, root)} is "
                f"{what_is(leaf)}{way}"
            )


def _way_to_numbers(leaf: object) -> str:
    """Return advice on what to write in place of what is no number and no container."""
    kind = type(leaf)
    if kind.__name__ == "LazyFrame":
        return ", which has no rows yet: write frame.collect()"
    if hasattr(kind, "__await__") or hasattr(kind, "__anext__"):
        if isinstance(leaf, types.CoroutineType):
            leaf.close()  # or Python warns that it was never awaited
        return ", of an async function: write def, and await what it needs outside"
    if hasattr(kind, "__next__"):
        is_made = isinstance(leaf, types.GeneratorType)
        return f": write a list, list(...){' or [...], in place of yield' if is_made else ''}"
    if isinstance(leaf, (Set, ValuesView)):
        return ": write a list, list(...)"
    if way := way_to_a_number(leaf) or ": write float(...)" * (kind.__name__ == "Decimal"):
        return way
    if kind.__module__ == "builtins":
        return ""
    return f": autograd.register_tree({kind.__name__}, flatten, unflatten) says what is in it"
