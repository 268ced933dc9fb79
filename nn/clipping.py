"""Gradient clipping: a limit on how far one batch may move the weights."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograd import Value
from nn.errors import InputError
from nn.habits import asking
from nn.module import leaves_of


@asking("clip_norm(model.parameters(), 1.0)")
def clip_norm(parameters: Iterable[Value], limit: float) -> float:
    """Scale the gradients together so that their norm is at most the limit, as PyTorch does.

    Args:
        parameters: the Values whose ``.grad`` is scaled.
        limit: the largest norm, the root of the sum of squares; more than 0.

    Returns:
        The norm before.

    Raises:
        ValueError: the limit is not more than 0.
        TypeError: something is not a Value, or the limit not a number.

    Example:
        >>> w = Value(1.0)
        >>> w.grad = 10.0
        >>> clip_norm([w], 2.0)
        10.0
        >>> round(w.grad, 6)
        2.0
    """
    leaves = leaves_of(parameters, "clip_norm")
    gradient = [leaf.grad for leaf in leaves]
    scale = norm_scale(gradient, limit)
    for leaf in leaves:
        leaf.grad *= scale
    return math.hypot(*gradient)


@asking("clip_value(model.parameters(), 1.0)")
def clip_value(parameters: Iterable[Value], limit: float) -> None:
    """Keep every gradient between -limit and limit.

    Args:
        parameters: the Values whose ``.grad`` is clipped.
        limit: the largest absolute value; more than 0.

    Raises:
        ValueError: the limit is not more than 0.
        TypeError: something is not a Value, or the limit not a number.

    Example:
        >>> w = Value(1.0)
        >>> w.grad = -10.0
        >>> clip_value([w], 2.0)
        >>> w.grad
        -2.0
    """
    limit = checked_limit(limit)
    for leaf in leaves_of(parameters, "clip_value"):
        leaf.grad = min(max(leaf.grad, -limit), limit)


def norm_scale(gradient: Iterable[float], limit: float) -> float:
    """Return what to multiply a gradient by so that its norm is at most the limit."""
    return min(1.0, checked_limit(limit) / (math.hypot(*gradient) + 1e-6))


def checked_limit(limit: float) -> float:
    """Return a limit as a float, if it is more than 0."""
    limit = Value(limit).data
    if not limit > 0.0:
        raise InputError(f"the limit of a gradient must be more than 0, and is {limit!r}")
    return limit
