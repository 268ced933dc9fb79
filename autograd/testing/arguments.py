"""How a function under test is called: names of its arguments, points of its domain, in numbers."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from autograd.engine.value import Value
from autograd.errors import ArgumentError, StructureError
from autograd.signatures import signature_of
from autograd.table.operation import real
from autograd.trees import NUMBER, Structure, array_in, array_of, flatten, is_array, unflatten
from autograd.wording import brief

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
            return point if type(point) is tuple and len(point) == 1 else (point,)
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
            array = array_in(tree) if is_array(tree) else None
            if array is not None and array.shape == (2,):
                tree = tuple(array.tolist())
            if _is_pair(tree):
                bounds.append(self._bounds(tree))
                return 0.0
            if isinstance(tree, Mapping):
                return {key: number(tree[key]) for key in tree}
            if isinstance(tree, (list, tuple)):
                return [number(part) for part in tree]
            if array is not None and array.shape[-1] == 2:  # of pairs: the argument is an array
                pairs = map(tuple, array.reshape(-1, 2).tolist())
                return array_of(list(map(number, pairs)), array.shape[:-1])
            raise ArgumentError(
                f"assert_derivative: domain is a pair (lowest, highest), or for several arguments "
                f"{{'{self.names[0]}': (lowest, highest), ...}}, and was {shown(domain)}"
            )

        if isinstance(domain, Mapping):
            if set(domain) != set(self.names):
                left = ", ".join([f"{n!r}: (-10, 10)" for n in self.names if n not in domain])
                raise StructureError(
                    f"assert_derivative: domain names {', '.join(map(str, domain)) or 'nothing'}, "
                    f"and f takes {', '.join(self.names)}" + f": add {left}" * bool(left)
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
                + f": the lowest number comes first, ({high!r}, {low!r})"
                * (high < low)
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


class Kind(NamedTuple):
    """What an argument may be: in words, as a point, as a domain, and how the point is made."""

    words: str
    point: str
    domain: str
    made: Callable[[Any], object]  # by NumPy


KINDS = (  # in the order in which they are tried
    Kind("a number", "1.0", "(-1, 1)", lambda numpy: 1.0),
    Kind("a list of two", "[1.0, 2.0]", "[(-1, 1), (-1, 1)]", lambda numpy: [1.0, 2.0]),
    Kind(
        "an array of two",
        "numpy.array([1.0, 2.0])",
        "numpy.array([(-1, 1), (-1, 1)])",
        lambda numpy: numpy.array([1.0, 2.0]),
    ),
    Kind(
        "a matrix",
        "numpy.ones((2, 2))",
        "numpy.array([[(-1, 1), (-1, 1)]] * 2)",
        lambda numpy: numpy.ones((2, 2)),
    ),
)
MOST_TRIED = 3  # arguments of which all kinds are tried together


def told_of_trees(
    f: Function, df: object, names: Sequence[str], tried: Point, error: Exception
) -> str:
    """Return what to add to an error of a function that takes something else than was tried."""
    parts = tried.structure.parts
    is_plain = all(part == NUMBER for part in parts)
    began = f"f was tried at {'numbers' if is_plain else ' and '.join(map(str, parts))}: "
    every = itertools.product(KINDS, repeat=len(names)) if len(names) <= MOST_TRIED else ()
    alike = sorted(every, key=lambda kinds: len({*kinds}))  # those first
    for claim, kinds in itertools.product((df, None), alike):  # what suits both functions first
        if _takes(f, claim, kinds, tried):
            point = ", ".join([kind.point for kind in kinds])
            pairs = zip(names, kinds, strict=True)
            domain = ", ".join([f"{name!r}: {kind.domain}" for name, kind in pairs])
            words = " and ".join([kind.words for kind in kinds])
            if len(kinds) > 1:
                point, words = f"({point})", f"arguments are {words}"
            else:
                words = f"argument is {words}"
            return (
                f"{began}at=[{point}] says that its {words}, and domain={{{domain}}} besides what "
                f"to try"
            )
    asked = "not subscriptable|has no len|not iterable|takes an iterable"
    if is_plain and re.search(asked, str(error)):
        return (
            f"{began}give points like what it takes, such as at=[[1.0, 2.0, 3.0]] of a list, "
            f"at=[numpy.ones(3)] of an array, at=[{{'a': 1.0}}] of a dict"
        )
    return ""


def _takes(f: Function, df: object, kinds: Sequence[Kind], tried: Point) -> bool:
    """Return whether functions take arguments of these kinds, which are not those tried."""
    try:
        import numpy

        point = tuple([kind.made(numpy) for kind in kinds])
        numbers, structure = flatten(point)
        result = flatten(f(*unflatten(structure, [Value(number) for number in numbers])))[1]
        claimed = flatten(df(*point))[1] if callable(df) else structure
    except Exception:
        return False
    is_claim = claimed == structure or claimed == structure.parts[0]
    return result == NUMBER and is_claim and structure != tried.structure


def _is_pair(tree: object) -> bool:
    if not isinstance(tree, (tuple, list)) or len(tree) != 2:
        return False
    return not any(isinstance(end, (tuple, list, Mapping)) for end in tree)


def shown(obj: object) -> str:
    """Return an object and its type, for a message."""
    return f"{brief(obj, 40)} ({type(obj).__name__})"
