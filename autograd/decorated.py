"""Functions of classes under decorators: methods, static methods, class methods, properties."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from autograd.errors import ArgumentError

F = TypeVar("F")


def within(decorate: Callable[..., F], name: str, function: object) -> F | None:
    """Return what a decorator makes of a static or a class method: one of what it makes of it.

    Args:
        decorate: the decorator, of functions.
        name: how it is written.
        function: what stands below it.

    Returns:
        The method, or None where the function is neither.

    Raises:
        TypeError: it is a property, which has no call of its own.
    """
    if isinstance(function, (staticmethod, classmethod)):
        kind: Callable[..., object] = type(function)
        return cast(F, kind(decorate(function.__func__)))
    if isinstance(function, property):
        raise ArgumentError(
            f"{name}: takes a function, and was given a property: write @property above it"
        )
    return None


def is_method_of(function: object, first: object) -> bool:
    """Return whether a function is a method of its first argument, under other decorators too."""
    kind = first if isinstance(first, type) else type(first)
    return any(
        each is function
        for c in kind.__mro__
        for member in vars(c).values()
        if not isinstance(member, staticmethod)
        for each in _layers(member)
    )


def _layers(member: object) -> Iterator[object]:
    """Yield what a class holds by a name, and what lies below its decorators."""
    import inspect

    for _ in range(9):
        yield member
        for name in ("__wrapped__", "fget", "func"):  # of a property; of one that is cached
            inner = inspect.getattr_static(member, name, None)
            if inner is not None:
                member = getattr(member, name)
                break
        else:
            return


def name_of(function: object) -> str:
    """Return what to call a function in messages."""
    name: str | None = getattr(function, "__name__", None)
    inner = getattr(function, "__wrapped__", getattr(function, "func", None))  # of partial
    return name or (name_of(inner) if inner is not None else type(function).__name__)


def besides(function: object) -> str:
    """Return words for the arguments that a function has already, which in_axes leaves out."""
    given = len(function.args) if isinstance(function, functools.partial) else 0
    if given:
        return f" besides the {given} that partial gives"
    return " besides self" if isinstance(function, types.MethodType) else ""
