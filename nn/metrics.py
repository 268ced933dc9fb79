"""Metrics: how good scores are, in a number for people (losses are for the optimiser)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.errors import InputError
from nn.habits import asking
from nn.losses import Loss, binary_cross_entropy, cross_entropy, hinge
from nn.module import numbers_of
from nn.wording import brief, counted

Metric = Callable[[Any, Any], float]


@asking("accuracy(predict(model, X), y)")
def accuracy(scores: Any, targets: Any) -> float:
    """Return which part of the rows is on the right side, or has its largest score in its class.

    Args:
        scores: a number for each row, on the right side when its sign is that of the label; or a
            row of numbers for each, one for each class (or one for each of several labels).
        targets: labels -1 and 1, or 0 and 1, or class numbers from 0; or a row of labels -1 and 1,
            or 0 and 1, for each, each of which counts. Names of classes are compared with names, as
            ``predict`` gives them.

    Returns:
        A part from 0 to 1.

    Raises:
        ValueError: there are no rows, not as many scores as targets, or names beside numbers.

    Example:
        >>> accuracy([2.0, -1.0, 0.5], [1, -1, -1])
        0.6666666666666666
        >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
        0.5
        >>> accuracy([[0.1, -0.9], [0.8, 0.2]], [[1, -1], [1, -1]])
        0.75
    """
    if len(scores) != len(targets) or len(scores) == 0:
        raise InputError(
            f"accuracy: there must be as many scores as targets; there are {len(scores):,} and "
            f"{len(targets):,}"
        )
    if isinstance(next(iter(scores)), str):
        return float(sum(a == b for a, b in zip(scores, targets, strict=True)) / len(scores))
    if isinstance(next(iter(targets)), str):
        raise InputError(
            "accuracy: the targets are names of classes, and the scores are numbers: write "
            "accuracy(predict(model, X), y), which compares names"
        )
    if hasattr(scores, "ndim") and hasattr(targets, "ndim") and targets.ndim < 3:
        if scores.ndim == 2 and targets.ndim == 1:
            known = scores.max(axis=1) == scores.max(axis=1)  # nan is never right
            return float(((scores.argmax(axis=1) == targets) & known).mean())
        if scores.shape == targets.shape:
            return float(((scores > 0) == (targets > 0)).mean())
    hits: list[bool] = []
    for score, target in zip(scores, targets, strict=True):
        if isinstance(score, (float, int)) and isinstance(target, (float, int)):
            hits.append((score > 0) == (target > 0))
            continue
        score, target = numbers_of(score), numbers_of(target)
        if not isinstance(score, list):
            score, target = [score], [target]
        if isinstance(target, list):
            if len(score) != len(target) or any(isinstance(label, list) for label in target):
                raise InputError(
                    f"accuracy: a row of {counted(len(score), 'score')} and a target "
                    f"{brief(target, 80)} do not fit"
                )
            hits += [(s > 0) == (t > 0) for s, t in zip(score, target, strict=True)]
        else:
            is_known = all(s == s for s in score)
            hits.append(is_known and score.index(max(score)) == target)
    return sum(hits) / len(hits)


def usual_metrics(loss: Loss) -> dict[str, Metric]:
    """Return the metrics that ``fit`` records by default for a loss."""
    judged = loss in (hinge, binary_cross_entropy, cross_entropy)
    return {"accuracy": accuracy} if judged else {}
