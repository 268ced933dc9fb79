"""Metrics: how good scores are, in a number for people (losses are for the optimiser)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.errors import InputError
from nn.losses import Loss, binary_cross_entropy, cross_entropy, hinge

Metric = Callable[[Any, Any], float]


def accuracy(scores: Any, targets: Any) -> float:
    """Return which part of the rows is on the right side, or has its largest score in its class.

    Args:
        scores: a number for each row, on the right side when its sign is that of the label; or a
            row of numbers for each, one for each class.
        targets: labels -1 and 1, or 0 and 1, or class numbers from 0.

    Returns:
        A part from 0 to 1.

    Raises:
        ValueError: there are no rows, or not as many scores as targets.

    Example:
        >>> accuracy([2.0, -1.0, 0.5], [1, -1, -1])
        0.6666666666666666
        >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
        0.5
    """
    if len(scores) != len(targets) or len(scores) == 0:
        raise InputError(f"accuracy: there are {len(scores)} scores and {len(targets)} targets")
    if hasattr(scores, "ndim"):
        right = (
            scores.argmax(axis=1) == targets if scores.ndim > 1 else (scores > 0) == (targets > 0)
        )
        return float(right.mean())
    hits = 0
    for score, target in zip(scores, targets, strict=True):
        if isinstance(score, (list, tuple)):
            hits += score.index(max(score)) == target
        else:
            hits += (score > 0) == (target > 0)
    return hits / len(targets)


def usual_metrics(loss: Loss) -> dict[str, Metric]:
    """Return what ``fit`` records for a loss when nothing is asked for."""
    judged = loss in (hinge, binary_cross_entropy, cross_entropy)
    return {"accuracy": accuracy} if judged else {}
