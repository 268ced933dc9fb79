"""Functions of classes under decorators: methods, static methods, class methods, properties."""

from __future__ import annotations

import functools
import inspect
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
    for _ in range(9):
        yield member
        for name in ("__wrapped__", "fget", "func"):  # of a property; of one that is cached
            inner = inspect.getattr_static(member, name, None)
            if inner is not None:
                member = getattr(member, name)
                break
        else:
            return


def signature_of(function: Callable[..., object], placed: bool = False) -> inspect.Signature:
    """Return the signature that calls of a function have to fit, decorators of the user's included.

    What ``functools.wraps`` makes shows the parameters of what it wraps, and may take others, or
    the same ones in another order.

    Args:
        function: the function.
        placed: whether arguments given by name need a place: a decorator that takes any arguments
            is then supposed to pass them on as they come.

    Raises:
        TypeError, ValueError: as ``inspect.signature``.
    """
    if isinstance(function, functools.partial):
        inside = _shown(signature_of(function.func, placed))
        return inspect.signature(functools.partial(inside, *function.args, **function.keywords))
    if isinstance(function, types.MethodType):
        inside = _shown(signature_of(function.__func__, placed))
        return inspect.signature(types.MethodType(inside, function.__self__))
    inner = getattr(function, "__wrapped__", None)
    if inner is None or "__signature__" in getattr(function, "__dict__", ()):
        return inspect.signature(function)
    if not _is_foreign(function):
        return signature_of(inner, placed)
    try:
        own = inspect.signature(function, follow_wrapped=False)
    except ValueError:  # one in C, as NumPy's, has none to show
        return signature_of(inner, placed)
    if not placed or has_places_of_its_own(function):
        return own
    rest = signature_of(inner, placed).parameters
    passed_on = [each for each in rest.values() if each.kind != each.VAR_KEYWORD]
    others = [each for each in own.parameters.values() if each.kind != each.VAR_POSITIONAL]
    besides = [each for each in others if each.name not in rest or each.kind == each.VAR_KEYWORD]
    return inspect.Signature(sorted([*passed_on, *besides], key=lambda each: each.kind))


def has_places_of_its_own(wrapper: Callable[..., object]) -> bool:
    """Return whether a decorator of the user's made it that names arguments by position."""
    if not _is_foreign(wrapper):
        return False
    try:
        own = inspect.signature(wrapper, follow_wrapped=False)
    except ValueError:
        return False
    return any(each.kind in _BY_POSITION for each in own.parameters.values())


def _shown(signature: inspect.Signature) -> Callable[..., object]:
    """Return a function that has a signature, and is not called."""

    def shown() -> None: ...

    shown.__signature__ = signature  # type: ignore[attr-defined]
    return shown


def _is_foreign(wrapper: object) -> bool:
    """Return whether a wrapper is of the user's, which may take more than it shows."""
    module = type(wrapper).__module__
    if isinstance(wrapper, types.FunctionType):  # its own __module__ is that of what it wraps
        module = wrapper.__globals__["__name__"]
    return module.partition(".")[0] not in ("autograd", "nn", "functools")


def axes_without_self(in_axes: object, method: Callable[..., object]) -> object:
    """Return the axes of a method's arguments without self, which may have an entry or none.

    Args:
        in_axes: what was given for the function in the class.
        method: that function, whose first parameter is self.
    """
    if not isinstance(in_axes, (tuple, list)) or not in_axes or in_axes[0] is not None:
        return in_axes
    try:
        parameters = [*inspect.signature(method).parameters.values()]
    except (TypeError, ValueError):
        return in_axes
    positional = [each for each in parameters if each.kind in _BY_POSITION]
    fits_without = len(in_axes) < len(positional) or any(
        each.kind is each.VAR_POSITIONAL for each in parameters
    )
    return in_axes if fits_without else in_axes[1:]


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


_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def misfit(function: Callable[..., object], args: tuple[object, ...]) -> str:
    """Return why a function cannot be called with these arguments, or an empty text."""
    try:
        signature = signature_of(function)
    except (TypeError, ValueError):  # it shows none
        return ""
    try:
        signature.bind(*args)
    except TypeError as error:
        return str(error)
    return ""
