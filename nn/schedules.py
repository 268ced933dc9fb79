"""Schedules: the learning rate as a function of the epoch, counted from 0.

By hand, ``optimizer.lr = schedule(epoch)``; ``fit(..., schedule=schedule)`` does that.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd import Value
from nn.errors import InputError, KindError
from nn.habits import asking, say_what_is_ours
from nn.module import whole

say_what_is_ours(__name__)
Schedule = Callable[[int], float]


@asking("constant(0.1)")
def constant(lr: float) -> Schedule:
    """Return a schedule that keeps the learning rate.

    Args:
        lr: the learning rate.

    Raises:
        ValueError: lr is negative, nan or infinite.
        TypeError: lr is not a number.

    Example:
        >>> constant(0.1)(50)
        0.1
    """
    lr = checked_rate(lr, "lr")
    return lambda epoch: lr


@asking("step_decay(0.1, 10)")
def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """Return a schedule that multiplies the learning rate by a factor now and then.

    Args:
        lr: the learning rate of the first epochs.
        every: after how many epochs it is multiplied.
        factor: by what.

    Raises:
        ValueError: a number is negative, nan or infinite, or every is less than 1.
        TypeError: something is not a number.

    Example:
        >>> [step_decay(1.0, every=2, factor=0.5)(epoch) for epoch in range(5)]
        [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    lr, factor, every = (
        checked_rate(lr, "lr"),
        checked_rate(factor, "factor"),
        whole(every, "every"),
    )
    return lambda epoch: lr * factor ** float(epoch // every)


@asking("cosine(0.1, 100)")
def cosine(lr: float, epochs: int, lowest: float = 0.0) -> Schedule:
    """Return a schedule that falls along half a cosine, and stays at the bottom.

    Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017,
    equation 5, without restarts.

    Args:
        lr: the learning rate of the first epoch.
        epochs: when the lowest is reached.
        lowest: the learning rate at the end.

    Raises:
        ValueError: a number is negative, nan or infinite, or epochs is less than 1.
        TypeError: something is not a number.

    Example:
        >>> [round(cosine(1.0, epochs=4)(epoch), 3) for epoch in range(6)]
        [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """
    lr, lowest, epochs = (
        checked_rate(lr, "lr"),
        checked_rate(lowest, "lowest"),
        whole(epochs, "epochs"),
    )

    def rate(epoch: int) -> float:
        part = min(epoch / epochs, 1.0)
        return lowest + (lr - lowest) * (1.0 + math.cos(math.pi * part)) / 2.0

    return rate


@asking("warm_up(cosine(0.1, 100), 5)")
def warm_up(then: Schedule, epochs: int, start: float = 0.1) -> Schedule:
    """Return a schedule that rises in a straight line to another schedule, and goes on with it.

    Args:
        then: the schedule after the rise; it begins at its own epoch 0.
        epochs: how many epochs the rise takes.
        start: with which part of ``then(0)`` the rise begins.

    Raises:
        ValueError: start is negative, nan or infinite, or epochs is less than 1.
        TypeError: then is no function, or something is not a number.

    Example:
        >>> [warm_up(constant(1.0), epochs=2, start=0.5)(epoch) for epoch in range(4)]
        [0.5, 0.75, 1.0, 1.0]
    """
    if not callable(then):
        raise KindError(f"then must be a schedule, such as constant(0.1), and is {then!r}")
    epochs, start = whole(epochs, "epochs"), checked_rate(start, "start")

    def rate(epoch: int) -> float:
        if epoch >= epochs:
            return then(epoch - epochs)
        return then(0) * (start + (1.0 - start) * epoch / epochs)

    return rate


def checked_rate(number: float, name: str) -> float:
    """Return a learning rate as a float, if it can be one."""
    number = Value(number).data
    if not 0.0 <= number < math.inf:
        raise InputError(f"{name} must be at least 0 and finite, and is {number!r}")
    return number
