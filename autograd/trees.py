"""Nested lists, tuples, dicts and NumPy arrays of numbers, taken apart and put together again.

``flatten`` gives the numbers in order and a description that can be compared and hashed;
``unflatten`` builds the same structure around other numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.errors import StructureError


@dataclass(frozen=True, slots=True)
class Structure:
    """What is left of a nested container when its numbers are taken out.

    Attributes:
        kind: "number", "none", "list", "tuple", "dict" or "array".
        parts: the structures inside, in order.
        detail: the tuple's class, the dict's keys, or the array's shape.
    """

    kind: str
    parts: tuple[Structure, ...] = ()
    detail: Any = None

    def count(self) -> int:
        """Return how many numbers the structure holds."""
        if self.kind == "number":
            return 1
        if self.kind == "array":
            size = 1
            for extent in self.detail:
                size *= extent
            return size
        total = 0
        for part in self.parts:
            total += part.count()
        return total

    def __str__(self) -> str:
        if self.kind == "number":
            return "a number"
        if self.kind == "none":
            return "None"
        if self.kind == "array":
            return f"an array of shape {self.detail}"
        inside = ", ".join(str(part) for part in self.parts)
        if self.kind == "dict":
            inside = ", ".join(
                f"{key!r}: {part}" for key, part in zip(self.detail, self.parts, strict=True)
            )
            return f"{{{inside}}}"
        return f"[{inside}]" if self.kind == "list" else f"({inside})"


NUMBER = Structure("number")


def is_array(thing: Any) -> bool:
    """Return whether it is a NumPy array with at least one dimension."""
    return hasattr(thing, "dtype") and getattr(thing, "ndim", 0) > 0 and hasattr(thing, "tolist")


def flatten(tree: Any, like: Structure | None = None) -> tuple[list[Any], Structure]:
    """Return the numbers of a nested container in order, and its structure.

    Whatever is not a list, tuple, dict, array or None counts as a number. Dicts keep the order of
    their keys, or that of the structure ``like`` where it has the same keys.

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
        raise StructureError(
            "the lists, tuples and dicts are nested too deep, or one of them holds itself"
        ) from None


def _described(tree: Any, leaves: list[Any], like: Structure | None) -> Structure:
    if isinstance(tree, Mapping):
        keys = tuple(tree)
        if like is not None and like.kind == "dict" and set(like.detail) == set(keys):
            keys = like.detail
        return Structure("dict", _parts([tree[key] for key in keys], leaves, like), keys)
    if isinstance(tree, list):
        return Structure("list", _parts(tree, leaves, like))
    if isinstance(tree, tuple):
        return Structure("tuple", _parts(tree, leaves, like), type(tree))
    if tree is None:
        return Structure("none")
    if is_array(tree):
        leaves.extend(tree.ravel().tolist())
        return Structure("array", (), tuple(tree.shape))
    if getattr(getattr(tree, "dtype", None), "kind", "") == "O" and tree.shape == ():
        tree = tree.item()  # a Value that NumPy has put into an array of no dimension
    leaves.append(tree)
    return NUMBER


def _parts(
    trees: Sequence[Any], leaves: list[Any], like: Structure | None
) -> tuple[Structure, ...]:
    models = like.parts if like is not None and len(like.parts) == len(trees) else ()
    return tuple(
        _described(tree, leaves, models[index] if models else None)
        for index, tree in enumerate(trees)
    )


def unflatten(structure: Structure, leaves: Iterable[Any]) -> Any:
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


def _built(structure: Structure, supply: Iterator[Any]) -> Any:
    if structure.kind == "number":
        try:
            return next(supply)
        except StopIteration:
            raise StructureError("there are fewer numbers than places") from None
    if structure.kind == "none":
        return None
    if structure.kind == "array":
        return array_of(
            [_built(NUMBER, supply) for _ in range(structure.count())], structure.detail
        )
    parts = [_built(part, supply) for part in structure.parts]
    if structure.kind == "list":
        return parts
    if structure.kind == "dict":
        return dict(zip(structure.detail, parts, strict=True))
    kind = structure.detail
    return kind(*parts) if hasattr(kind, "_fields") else kind(parts)


def array_of(numbers: list[Any], shape: tuple[int, ...]) -> Any:
    """Return a NumPy array of that shape: float64 of plain numbers, else of objects."""
    import numpy

    plain = all(isinstance(number, float) for number in numbers)
    array = numpy.empty(len(numbers), dtype=numpy.float64 if plain else object)
    for index, number in enumerate(numbers):
        array[index] = number
    return array.reshape(shape)
