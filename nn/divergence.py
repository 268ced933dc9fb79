"""Finds what made a loss, a gradient or a weight nan or infinite."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import detect_anomaly
from nn.engines import EagerEngine
from nn.errors import DivergedError
from nn.losses import Loss
from nn.module import Module

GROWN = 1e6  # a weight that no training of well scaled rows comes to


def smaller(rate: float) -> str:
    """Return how a smaller learning rate is given."""
    way = f"{min(0.01, 0.1 * rate):g}"
    return (
        f"take a smaller learning rate than {rate:g}: lr={way} of the optimiser, "
        f"learning_rate_init={way} of nn.Classifier and nn.Regressor"
    )


def runaway(place: str, rate: float) -> DivergedError:
    """Return the error for weights that are not finite."""
    return DivergedError(
        f"{place}: updates have made weights infinite or nan; {smaller(rate)}, and limit the "
        f"gradient with clip_norm=1.0"
    )


def divergence(
    model: Module,
    loss: Loss,
    weights: list[float],
    place: str,
    rows: Iterable[tuple[int, list[float], object]],
    error: float,
    rate: float,
) -> DivergedError:
    """Return the error for a batch whose loss or gradient is not finite.

    The batch (number, row, target) is computed once more, row by row, eagerly and under
    ``detect_anomaly``, which names the first operation that gave such a number.
    """
    eager = EagerEngine(model, loss)
    largest = max(map(abs, weights))
    way = f". Weights are as large as {largest:.2g}: {smaller(rate)}" if largest >= GROWN else ""
    for number, row, target in rows:
        try:
            with detect_anomaly():
                eager.gradient(weights, [row], [target])
        except FloatingPointError as anomaly:
            return DivergedError(f"{place}: the loss is {error!r}. In X[{number}], {anomaly}{way}")
    return DivergedError(
        f"{place}: the loss of every row is finite, and their sum ({error!r}), its derivative "
        f"or the penalty is not{way}"
    )
