"""How a function under test is called: names of its arguments, points of its domain, in numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from autograd.decorated import signature_of
from autograd.errors import ArgumentError, StructureError
from autograd.table.operation import real
from autograd.trees import Structure, flatten, unflatten

__tracebackhide__ = True  # from reports of pytest

Function: TypeAlias = Callable[..., Any]
Bounds: TypeAlias = tuple[float, float]
DEFAULT_DOMAIN = (-10.0, 10.0)


@dataclass(frozen=True, slots=True)
class Point:
    """A point: the numbers in the arguments of a function, and how they are put together again."""

    numbers: tuple[float, ...]
    structure: Structure

    def arguments(self, numbers: Sequence[object] | None = None) -> tuple[Any, ...]:
        """Return the arguments with other numbers in them, or these."""
        return tuple(unflatten(self.structure, self.numbers if numbers is None else numbers))

    def at(self, numbers: Sequence[float]) -> Point:
        """Return another point of the same structure."""
        return Point(tuple(numbers), self.structure)


def point_of(arguments: Sequence[object], name: str) -> Point:
    """Return the point that these arguments are."""
    leaves, structure = flatten(tuple(arguments))
    return Point(tuple(real(leaf, name) for leaf in leaves), structure)


class Parameters:
    """The parameters of a function, as far as its signature tells, and points given by them.

    Attributes:
        names: the names of those that a point must give.
    """

    def __init__(self, f: Function, domain: object = None) -> None:
        try:
            known = list(signature_of(f, placed=True).parameters.values())
        except (TypeError, ValueError):
            known = []
        positional = [p for p in known if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        needed = [p.name for p in positional if p.default is p.empty]
        self._all = [p.name for p in positional]
        self._is_open = any(p.kind is p.VAR_POSITIONAL for p in known) and not needed
        if isinstance(domain, Mapping):
            needed += [n for n in self._all[len(needed) :] if n in domain]
        self.names = tuple(needed or self._all[:1] or ["x"])

    def name(self, index: int) -> str:
        """Return the name of an argument."""
        names = self._all or self.names
        return names[index] if index < len(names) else f"argument {index + 1}"

    def points(self, at: object) -> list[Point]:
        """Return the points that were asked for."""
        if isinstance(at, str) or not isinstance(at, Iterable):
            raise ArgumentError(
                f"assert_derivative: at is an iterable of points, as in at=[3.0], "
                f"and was {shown(at)}"
            )
        return [point_of(self._arguments(point), "assert_derivative: at") for point in at]

    def _arguments(self, point: Any) -> Sequence[object]:
        if self._is_open:
            return point if isinstance(point, tuple) else (point,)
        if len(self.names) == 1:
            return (point,)
        if not isinstance(point, (tuple, list)) or len(point) != len(self.names):
            raise ArgumentError(
                f"assert_derivative: f takes {', '.join(self.names)}, so each point in at is a "
                f"tuple ({', '.join(self.names)}), and one was {shown(point)}"
            )
        return point

    def domain(self, domain: object) -> tuple[Point, list[Bounds]]:
        """Return a placeholder for points, and the bounds of each of its numbers."""
        bounds: list[Bounds] = []

        def number(tree: object) -> object:
            if _is_pair(tree):
                bounds.append(self._bounds(tree))
                return 0.0
            if isinstance(tree, Mapping):
                return {key: number(tree[key]) for key in tree}
            if isinstance(tree, (list, tuple)):
                return [number(part) for part in tree]
            raise ArgumentError(
                f"assert_derivative: domain is a pair (lowest, highest), or for several arguments "
                f"{{'{self.names[0]}': (lowest, highest), ...}}, and was {shown(domain)}"
            )

        if isinstance(domain, Mapping):
            if set(domain) != set(self.names):
                raise StructureError(
                    f"assert_derivative: domain names {', '.join(map(str, domain)) or 'nothing'}, "
                    f"and f takes {', '.join(self.names)}"
                )
            arguments = [number(domain[name]) for name in self.names]
        else:
            arguments = [number(domain) for _ in self.names]
        return point_of(arguments, "assert_derivative"), bounds

    def _bounds(self, pair: Any) -> Bounds:
        low, high = (real(end, "assert_derivative: domain") for end in pair)
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise StructureError(
                f"assert_derivative: domain must be finite and not empty, "
                f"and was ({low!r}, {high!r})"
            )
        return low, high

    def components(self, point: Point) -> list[str]:
        """Return the name of each number in the arguments: x, w[1], p['a'][0], model.layers.0.b."""
        names: list[str] = []
        for index, part in enumerate(point.structure.parts):
            name = self.name(index)
            if part.kind == "object" and part.count():
                argument = point.arguments()[index]
                if hasattr(argument, "named_parameters"):  # a Module of nn
                    names += [f"{name}.{path}" for path, _ in argument.named_parameters()]
                    continue
            names += [part.path(place, name) for place in range(part.count())]
        return names


def _is_pair(tree: object) -> bool:
    if not isinstance(tree, (tuple, list)) or len(tree) != 2:
        return False
    return not any(isinstance(end, (tuple, list, Mapping)) for end in tree)


def shown(obj: object) -> str:
    """Return an object and its type, for a message."""
    return f"{obj!r:.40} ({type(obj).__name__})"
