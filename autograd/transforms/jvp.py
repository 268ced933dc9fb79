"""Forward mode: jvp, and hvp, which is forward mode over reverse mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.transforms.call import Derivative, checked, matching, whole_call
from autograd.transforms.vjp import gradient_of
from autograd.trees import unflatten
from autograd.wrong_calls import asking


@asking("jvp(f, (x,), (v,))")
def jvp(
    f: Callable[..., object],
    primals: Sequence[object],
    tangents: Sequence[object],
    has_aux: bool = False,
) -> tuple[Any, ...]:
    """Return f at the primals and its derivative along the tangents (forward mode).

    Args:
        f: a function of numbers or containers of them.
        primals: the arguments of f, as a tuple.
        tangents: for each argument the direction, in the same structure.
        has_aux: whether f returns a pair of its result and something else.

    Returns:
        The value and the tangent, both in the structure of f's output; after these what else f
        returned.

    Raises:
        TypeError: f is no function, or something is no number.
        ValueError: the structures of primals and tangents differ.

    Example:
        >>> from autograd import jvp
        >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
        (6.0, 23.0)
    """
    return _pushed("jvp", f, primals, tangents, has_aux)


def _pushed(
    name: str,
    f: Callable[..., object],
    primals: Sequence[object],
    tangents: Sequence[object],
    has_aux: bool,
) -> tuple[object, ...]:
    call = whole_call(name, f, primals, has_aux)
    directions = matching(name, "tangents", tangents, tuple(call.structures))
    slopes = call.lowered(call.pushed(directions))
    value = unflatten(call.output_structure, call.lowered(call.outputs))
    tangent = unflatten(call.output_structure, slopes)
    return (value, tangent, call.lowered_aux()) if has_aux else (value, tangent)


@asking("hvp(f, (x,), (v,))")
def hvp(
    f: Callable[..., object],
    primals: Sequence[object],
    tangents: Sequence[object],
    has_aux: bool = False,
) -> Any:
    """Return the hessian of f at the primals times the tangents, without the hessian.

    Forward mode over the gradient (Pearlmutter, Fast exact multiplication by the Hessian, 1994).

    Args:
        f: a function that returns one number.
        primals: the arguments of f, as a tuple.
        tangents: for each argument the direction, in the same structure.
        has_aux: whether f returns a pair of that number and something else.

    Returns:
        The product, in the structure of ``grad(f)``, that is of the first argument; after it what
        else f returned.

    Raises:
        TypeError: f is no function, or something is no number.
        ValueError: the structures of primals and tangents differ, or f returns several numbers.

    Example:
        >>> from autograd import hvp
        >>> hvp(lambda p: p[0] ** 2 * p[1], ([3.0, 5.0],), ([1.0, 0.0],))
        [10.0, 6.0]
    """
    checked("hvp", f)
    slopes = Derivative(hvp, f, 0, has_aux, gradient_of)
    _, *rest = _pushed("hvp", slopes, primals, tangents, has_aux)
    return tuple(rest) if has_aux else rest[0]
