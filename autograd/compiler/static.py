"""Arguments that stay Python objects under ``jit``: counts, flags, strings, functions."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import index
from typing import Any

from autograd.decorated import name_of
from autograd.errors import ArgumentError
from autograd.signatures import signature_of
from autograd.wording import counted, what_is

BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)

OF_ANY_NAME = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class WithStatic:
    """A function with some of its arguments already given.

    Attributes:
        function: the function.
        places: the arguments that are given, by their place.
        named: those that are given by name.
    """

    def __init__(
        self,
        function: Callable[..., object],
        places: dict[int, object],
        named: Mapping[str, object],
    ) -> None:
        functools.update_wrapper(self, function, updated=())
        self.function, self.places, self.named = function, places, named
        positional = parameters_of(function, placed=False)
        given = {*named, *[positional[place] for place in places if place < len(positional)]}
        every = _parameters(function, placed=False)
        left = [each for each in every if each.name not in given or each.kind in OF_ANY_NAME]
        self.__signature__ = inspect.Signature(left)

    def __call__(self, *args: object, **named: object) -> Any:
        """Call the function with all its arguments."""
        rest = iter(args)
        count = len(args) + len(self.places)
        whole = [self.places[i] if i in self.places else next(rest) for i in range(count)]
        return self.function(*whole, **named, **self.named)

    def places_here(self, places: Iterable[int]) -> list[int]:
        """Return where arguments of the function stand among those that are not given."""
        return [
            place - sum(given < place for given in self.places)
            for place in places
            if place not in self.places
        ]


def _parameters(function: Callable[..., Any], placed: bool = True) -> list[inspect.Parameter]:
    """Return the parameters of a function (see ``signature_of``); none where they are not known."""
    try:
        return list(signature_of(function, placed).parameters.values())
    except (TypeError, ValueError):
        return []


def by_position(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    named: dict[str, Any],
    in_axes: object = None,
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call, by position wherever they can be (see ``signature_of``).

    Under ``in_axes`` these are the places that it has entries for, with the defaults of those
    before what is given by name. One axis for all is for what is given by position, as in JAX.
    """
    if not named:
        return args, named
    try:
        signature = signature_of(function, in_axes is not None)
    except (TypeError, ValueError):  # it has none
        return args, named
    bound = signature.bind(*args, **named)
    if in_axes is None:
        return bound.args, bound.kwargs
    count = len(in_axes) if isinstance(in_axes, (tuple, list)) else 0
    every = signature.parameters.values()
    places = [each for each in every if each.kind in BY_POSITION][len(args) : count]
    while places and places[-1].name not in named:
        places.pop()
    rest = dict(named)
    return (*args, *[rest.pop(each.name, each.default) for each in places]), rest


def parameters_of(function: Callable[..., Any], placed: bool = True) -> list[str]:
    """Return the names of the parameters that can be given by position."""
    return [each.name for each in _parameters(function, placed) if each.kind in BY_POSITION]


def checked_static(f: Any, static_argnums: Any, static_argnames: Any) -> tuple[object, ...]:
    """Return which arguments are static, as places and names; a name where both are known.

    Raises:
        TypeError: a place is no int, a name no str.
        ValueError: the function has no such argument.
    """
    names = parameters_of(f)
    wanted = [static_argnums] if not isinstance(static_argnums, (tuple, list)) else static_argnums
    found: list[int | str] = []
    for number in wanted if static_argnums is not None else ():
        if isinstance(number, bool) or not hasattr(number, "__index__"):
            raise ArgumentError(f"jit: static_argnums takes ints, and was given {what_is(number)}")
        place = index(number)
        if place < 0:
            place += len(names)
        if not 0 <= place < len(names) and not _takes_any_count(f):
            raise ArgumentError(
                f"jit: static_argnums is {number}, and {name_of(f)} takes "
                f"{counted(len(names), 'argument')} "
                f"by position"
            )
        found.append(names[place] if 0 <= place < len(names) else place)
    given: Iterable[Any] = static_argnames or ()
    if isinstance(static_argnames, str) or not isinstance(given, Iterable):
        given = [static_argnames]
    for name in given:
        if not isinstance(name, str):
            raise ArgumentError(
                f"jit: static_argnames takes strings, and was given {what_is(name)}"
            )
        found.append(name)
    accepts = _names_accepted(f)
    for each in found:
        if isinstance(each, str) and accepts is not None and each not in accepts:
            raise ArgumentError(
                f"jit: {name_of(f)} has no argument {each!r}, which static_argnames names; it has "
                f"{', '.join(sorted(accepts)) or 'none'}"
            )
    return tuple(dict.fromkeys(found))


def _takes_any_count(f: Callable[..., object]) -> bool:
    parameters = _parameters(f)
    return not parameters or any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters)


def _names_accepted(f: Any) -> set[str] | None:
    """Return the names of all parameters; None where any name is accepted, or it is not known."""
    try:
        parameters = signature_of(f, placed=True).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return {parameter.name for parameter in parameters}


def taken_out(
    function: Callable[..., object],
    static: Sequence[int | str],
    args: tuple[object, ...],
    named: dict[str, object],
) -> tuple[dict[int, object], dict[str, object]]:
    """Return the static ones among the arguments of a call, by place and by name.

    Raises:
        TypeError: one of them cannot be hashed.
    """
    names = parameters_of(function)
    places, by_name = {}, {}
    for each in static:
        place = each if isinstance(each, int) else names.index(each) if each in names else -1
        if 0 <= place < len(args):
            places[place] = args[place]
        elif each in named:
            by_name[str(each)] = named[str(each)]
    for what, obj in (*places.items(), *by_name.items()):
        try:
            hash(obj)
        except TypeError:
            name = names[what] if isinstance(what, int) and what < len(names) else what
            raise ArgumentError(
                f"jit: the static argument {name!r} of {name_of(function)} is "
                f"{what_is(obj)}, which cannot be hashed: give a tuple in place of a list "
                f"or an array, so that the program for it is found again"
            ) from None
    return places, by_name


def key_of(places: dict[int, object], named: dict[str, object]) -> Hashable:
    """Return a key that is equal for the same static arguments; 1, 1.0 and True differ."""
    return tuple([(what, _typed(obj)) for what, obj in (*places.items(), *sorted(named.items()))])


def _typed(obj: Hashable) -> Hashable:
    """Return what is equal for equal things of one type, inside of tuples and dataclasses too."""
    if isinstance(obj, float):  # 0.0 and -0.0 are two
        return type(obj), obj.hex()
    if isinstance(obj, tuple):
        return type(obj), tuple(map(_typed, obj))
    if isinstance(obj, frozenset):
        return type(obj), frozenset(map(_typed, obj))
    if dataclasses.is_dataclass(obj) and not isinstance(obj, type):
        compared = [field.name for field in dataclasses.fields(obj) if field.compare]
        parts = tuple([_typed(getattr(obj, name, None)) for name in compared])
        with contextlib.suppress(TypeError):  # a field that cannot be hashed, for a hash of its own
            hash(parts)
            return type(obj), obj, parts
    return type(obj), obj
