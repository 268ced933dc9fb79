"""Finds what made a loss, a gradient or a weight nan or infinite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd import detect_anomaly
from nn.engines import EagerEngine, finite
from nn.errors import DivergedError

if TYPE_CHECKING:
    from nn.training import Training


def divergence(
    training: Training, place: str, rows: list[int] | None, error: float
) -> DivergedError:
    """Return the error for a batch whose loss or gradient is not finite.

    The batch is computed once more, row by row, eagerly and under ``detect_anomaly``, which names
    the first operation that gave such a number.
    """
    if not finite(training.weights):
        return DivergedError(
            f"{place}: updates with the learning rate {training.optimizer.lr:g} have made weights "
            f"infinite or nan; take a smaller one, or limit the gradient with clip_norm=1.0"
        )
    eager = EagerEngine(training.model, training.loss)
    weights = list(map(float, training.weights))
    for row in range(len(training.rows)) if rows is None else rows:
        try:
            with detect_anomaly():
                eager.gradient(weights, [training.rows[row]], [training.targets[row]])
        except FloatingPointError as anomaly:
            return DivergedError(f"{place}: the loss is {error!r}. In X[{row}], {anomaly}")
    return DivergedError(
        f"{place}: the loss of every row is finite, and their sum ({error!r}), its derivative "
        f"or the penalty is not"
    )
