"""What calls of the user's functions have to fit, decorators of the user's included."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable

_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


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
