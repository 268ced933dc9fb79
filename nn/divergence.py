"""Finds what made a loss, a gradient or a weight nan or infinite."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import detect_anomaly
from nn.engines import EagerEngine
from nn.errors import DivergedError
from nn.losses import Loss
from nn.module import Module


def runaway(place: str, rate: float) -> DivergedError:
    """Return the error for weights that are not finite."""
    return DivergedError(
        f"{place}: updates with the learning rate {rate:g} have made weights infinite or nan; take "
        f"a smaller one, or limit the gradient with clip_norm=1.0"
    )


def divergence(
    model: Module,
    loss: Loss,
    weights: list[float],
    place: str,
    rows: Iterable[tuple[int, list[float], object]],
    error: float,
) -> DivergedError:
    """Return the error for a batch whose loss or gradient is not finite.

    The batch (number, row, target) is computed once more, row by row, eagerly and under
    ``detect_anomaly``, which names the first operation that gave such a number.
    """
    eager = EagerEngine(model, loss)
    for number, row, target in rows:
        try:
            with detect_anomaly():
                eager.gradient(weights, [row], [target])
        except FloatingPointError as anomaly:
            return DivergedError(f"{place}: the loss is {error!r}. In X[{number}], {anomaly}")
    return DivergedError(
        f"{place}: the loss of every row is finite, and their sum ({error!r}), its derivative "
        f"or the penalty is not"
    )
