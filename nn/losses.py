"""Losses: how wrong a score is, as one number to minimise.

A loss takes the score of one row, or a list of scores, and as many targets; of a list it gives the
mean. Scores are Values, targets are plain numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Real
from typing import Any, TypeGuard

import autograd
from autograd import Value, logsumexp, relu, softplus, where
from nn.errors import InputError, KindError
from nn.habits import loss_meant
from nn.wording import brief, counted, what_is

Loss = Callable[[Any, Any], Any]


def _rows(obj: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(obj, (list, tuple)) or getattr(obj, "ndim", 0) > 0


def _mean(one: Loss, score: object, target: object, name: str) -> Any:
    """Return the loss of a score, or the mean over lists of scores and targets, nested alike."""
    if not _rows(score) and not _rows(target):
        try:
            return one(score, target)
        except TypeError:
            if not isinstance(target, str):
                raise
        raise KindError(
            f"{name}: a target is a number, and was {brief(target, 80)}: nn.fit takes classes "
            f"by name; of your own, write {{{brief(target, 80)}: 1.0, ...}}[target]"
        )
    if not _rows(score) or not _rows(target) or len(score) != len(target):
        raise InputError(
            f"{name}: there must be as many scores as targets; there are "
            f"{len(score) if _rows(score) else 'one score'} and "
            f"{len(target) if _rows(target) else 'one target'}"
        )
    return autograd.mean(_mean(one, s, t, name) for s, t in zip(score, target, strict=True))


def mse(score: object, target: object) -> Any:
    """Return the mean squared error, (score - target)**2.

    Args:
        score: a Value or a number, or a list of them.
        target: a number, or as many of them, in the unit of the score.

    Returns:
        One Value, in the unit of the score squared.

    Raises:
        ValueError: there are not as many scores as targets.
        TypeError: something is not a number.

    Example:
        >>> mse([1.0, 2.0], [0.0, 4.0])
        2.5
    """
    return _mean(lambda s, t: (s - t) * (s - t), score, target, "mse")


def mae(score: object, target: object) -> Any:
    """Return the mean absolute error, |score - target|.

    Args:
        score: a Value or a number, or a list of them.
        target: a number, or as many of them, in the unit of the score.

    Returns:
        One Value, in the unit of the score.

    Raises:
        ValueError: there are not as many scores as targets.
        TypeError: something is not a number.

    Example:
        >>> mae([1.0, 2.0], [0.0, 4.0])
        1.5
    """
    return _mean(lambda s, t: abs(s - t), score, target, "mae")


def huber(score: object, target: object, delta: float = 1.0) -> Any:
    """Return Huber's loss: half the square of an error up to delta, linear beyond.

    Source: Huber, Robust estimation of a location parameter, Annals of Mathematical Statistics 35,
    1964.

    Args:
        score: a Value or a number, or a list of them.
        target: a number, or as many of them, in the unit of the score.
        delta: the error at which it turns linear, more than 0, in the unit of the score.

    Returns:
        One Value, in the unit of the score squared.

    Raises:
        ValueError: there are not as many scores as targets, or delta is not more than 0.
        TypeError: something is not a number.

    Example:
        >>> huber([0.5, 3.0], [0.0, 0.0])
        1.3125
    """
    if not delta > 0.0:
        raise InputError(f"huber: delta must be more than 0, and is {delta!r}")

    def one(s: Any, t: object) -> object:
        error = abs(s - t)
        return where(error <= delta, 0.5 * error * error, delta * (error - 0.5 * delta))

    return _mean(one, score, target, "huber")


def hinge(score: object, target: object) -> Any:
    """Return the hinge loss max(0, 1 - target * score), as of a support vector machine.

    Args:
        score: a Value or a number, or a list of them.
        target: -1 or 1, or as many of them.

    Returns:
        One Value; 0 where the score is on the right side by a margin of 1.

    Raises:
        ValueError: there are not as many scores as targets, or a target is not -1 or 1.
        TypeError: something is not a number.

    Example:
        >>> hinge([2.0, -0.5], [1, 1])
        0.75
    """

    def one(s: Any, t: object) -> object:
        if isinstance(t, Real) and t not in (-1, 1):
            advice = " (write 2 * t - 1 for each label t)" if t == 0 else ""
            raise InputError(f"hinge: takes labels -1 and 1, and was given {t!r}{advice}")
        return relu(1.0 - t * s)

    return _mean(one, score, target, "hinge")


def binary_cross_entropy(score: object, target: object) -> Any:
    """Return the cross-entropy of a yes or no, -t log(p) - (1 - t) log(1 - p), p = sigmoid(score).

    It is computed from the score (the logit), and never overflows.

    Args:
        score: a Value or a number, or a list of them: the logarithm of the odds.
        target: 0 or 1, or a probability between; as many as scores.

    Returns:
        One Value, in nats.

    Raises:
        ValueError: there are not as many scores as targets, or a target is not from 0 to 1.
        TypeError: something is not a number.

    Example:
        >>> round(binary_cross_entropy(0.0, 1), 6)
        0.693147
    """

    def one(s: Any, t: Any) -> object:
        if isinstance(t, Real) and not 0.0 <= float(t) <= 1.0:
            raise InputError(
                f"binary_cross_entropy: takes labels 0 and 1, or probabilities between, and was "
                f"given {t!r}"
            )
        return t * softplus(-s) + (1.0 - t) * softplus(s)

    return _mean(one, score, target, "binary_cross_entropy")


def cross_entropy(scores: object, target: object) -> Any:
    """Return the cross-entropy of a choice, -log(softmax(scores)[target]).

    It is computed from the scores (the logits), and never overflows.

    Args:
        scores: one score for each class, a list of Values or numbers; or a list of such rows.
        target: the number of the right class, counted from 0; or one for each row.

    Returns:
        One Value, in nats.

    Raises:
        ValueError: there is no such class, or there are not as many rows as targets.
        TypeError: the scores are not a list, or something is not a number.

    Example:
        >>> round(cross_entropy([0.0, 0.0, 0.0, 0.0], 2), 6)
        1.386294
    """
    if not _rows(scores) or len(scores) == 0:
        raise KindError(
            "cross_entropy: takes a list of scores, one for each class, and then the number of the "
            "right one: write cross_entropy(scores, target)"
        )
    if _rows(scores[0]):
        if not _rows(target) or len(target) != len(scores):
            raise InputError("cross_entropy: there must be one target for each row of scores")
        pairs = zip(scores, target, strict=True)
        return autograd.mean(cross_entropy(row, label) for row, label in pairs)
    return logsumexp(scores) - _chosen(scores, target)


def _chosen(scores: Sequence[Any], target: Any) -> object:
    """Return scores[target], also for a target whose number comes later (under ``jit``)."""
    if isinstance(target, Value):
        picks = (
            where((target > k - 0.5) & (target < k + 0.5), s, 0.0) for k, s in enumerate(scores)
        )
        return autograd.sum(picks)
    if _rows(target) or not (isinstance(target, Real) or hasattr(target, "dtype")):
        raise KindError(
            f"cross_entropy: a target is a whole number, and was {brief(target, 80)}"
            + "; of a row of 0 and one 1 it is int(numpy.argmax(target))" * _rows(target)
        )
    label = float(target)
    if not 0 <= label < len(scores) or label != int(label):
        raise InputError(
            f"cross_entropy: of {counted(len(scores), 'score')} a target is a whole number from 0 "
            f"to {len(scores) - 1}, and {target!r} is not"
        )
    return scores[int(label)]


def l1_penalty(parameters: Iterable[Any], strength: float) -> Any:
    """Return strength * sum of |parameter|, which draws small weights to 0.

    Args:
        parameters: Values or numbers.
        strength: how much it weighs beside the loss.

    Returns:
        One Value.

    Raises:
        TypeError: something is not a number.

    Example:
        >>> l1_penalty([1.0, -2.0], 0.5)
        1.5
    """
    return strength * autograd.sum(abs(parameter) for parameter in parameters)


def l2_penalty(parameters: Iterable[Any], strength: float) -> Any:
    """Return strength * sum of parameter**2, which keeps weights small.

    Args:
        parameters: Values or numbers.
        strength: how much it weighs beside the loss.

    Returns:
        One Value.

    Raises:
        TypeError: something is not a number.

    Example:
        >>> l2_penalty([1.0, -2.0], 0.5)
        2.5
    """
    return strength * autograd.sum(parameter * parameter for parameter in parameters)


LOSSES: dict[str, Loss] = {
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
    "hinge": hinge,
    "huber": huber,
    "mae": mae,
    "mse": mse,
}


def loss_named(loss: str | Loss) -> Loss:
    """Return a loss given by name or as a callable of (score, target)."""
    if callable(loss):
        return loss
    if not isinstance(loss, str):
        raise KindError(
            f"loss must be a name or a function of (score, target), and is {what_is(loss)}"
        )
    if loss not in LOSSES:
        if meant := loss_meant(loss):
            raise InputError(f"there is no loss {loss!r}: write loss={meant!r}")
        raise InputError(
            f"there is no loss {loss!r}; there are {', '.join(LOSSES)}, "
            f"or give a function of (score, target)"
        )
    return LOSSES[loss]
