"""The first three steps of back-propagation over a batch: eagerly, and compiled by ``jit``.

An engine is a model and a loss as a function of the weights. Both engines give the sums over the
rows; what is a mean, and the weight update, are the same for both (``training.py``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Protocol

import autograd
from autograd import TraceError, Value, value_and_grad
from nn.errors import KindError, MissingPackageError
from nn.losses import Loss
from nn.module import Module, rebuilt

Penalty = Callable[[Any], Any]


class Engine(Protocol):
    """What ``fit`` needs of an engine; ``weights`` are all parameters' numbers in order."""

    name: str

    def numbers(self, numbers: Sequence[Any]) -> Any:
        """Return rows, targets or weights in the form that the engine computes with."""

    def taken(self, numbers: Any, rows: Any) -> Any:
        """Return those rows of what ``numbers`` returned."""

    def gradient(self, weights: Any, X: Any, y: Any) -> tuple[float, Any]:
        """Return the sum of the losses of the rows, and its derivative by each weight."""

    def examined(self, weights: Any, X: Any, y: Any) -> tuple[Any, Any]:
        """Return the loss and the score of each row, without derivatives."""

    def penalized(self, weights: Any, penalty: Penalty) -> tuple[float, Any]:
        """Return a penalty on the weights, and its derivative by each."""

    def plus(self, a: Any, b: Any) -> Any:
        """Return the sum of two gradients."""

    def times(self, gradient: Any, factor: float) -> Any:
        """Return a gradient times a number."""

    def finite(self, numbers: Any) -> bool:
        """Return whether no number is nan or infinite."""


class EagerEngine:
    """Records every row as a graph of Values, as one would by hand."""

    name = "eager"

    def __init__(self, model: Module, loss: Loss) -> None:
        self.model, self.loss = model, loss
        self.parameters = model.parameters()

    def numbers(self, numbers: Sequence[Any]) -> list[Any]:
        """Return a list."""
        return list(numbers)

    def taken(self, numbers: list[Any], rows: Sequence[int]) -> list[Any]:
        """Return those rows."""
        return [numbers[row] for row in rows]

    def gradient(
        self, weights: list[float], X: list[Any], y: list[Any]
    ) -> tuple[float, list[float]]:
        """Return the sum of the losses of the rows, and its derivative by each weight."""
        write(self.parameters, weights)
        for parameter in self.parameters:
            parameter.grad = 0.0
        scores = [self.model(x) for x in X]  # 1. forward propagation
        error = autograd.sum(map(self.loss, scores, y))  # 2. error calculation
        error.backward()  # 3. backward propagation
        return error.data, [parameter.grad for parameter in self.parameters]

    def examined(
        self, weights: list[float], X: list[Any], y: list[Any]
    ) -> tuple[list[float], list[Any]]:
        """Return the loss and the score of each row."""
        write(self.parameters, weights)
        losses, scores = [], []
        for x, target in zip(X, y, strict=True):
            score = self.model(x)
            losses.append(self.loss(score, target).data)
            many = isinstance(score, (list, tuple))
            scores.append([value.data for value in score] if many else score.data)
        return losses, scores

    def penalized(self, weights: list[float], penalty: Penalty) -> tuple[float, list[float]]:
        """Return a penalty on the weights, and its derivative by each."""
        value, gradient = value_and_grad(penalty)(weights)
        return value, gradient

    def plus(self, a: list[float], b: list[float]) -> list[float]:
        """Return the sum of two gradients."""
        return [x + y for x, y in zip(a, b, strict=True)]

    def times(self, gradient: list[float], factor: float) -> list[float]:
        """Return a gradient times a number."""
        return [x * factor for x in gradient]

    def finite(self, numbers: list[float]) -> bool:
        """Return whether no number is nan or infinite."""
        return all(map(math.isfinite, numbers))


class CompiledEngine:
    """Traces the loss of one row once, and runs its derivative natively over all rows."""

    name = "jit"

    def __init__(self, model: Module, loss: Loss) -> None:
        import numpy

        def row_loss(weights: Any, x: Any, target: Any) -> Any:
            return loss(rebuilt(model, weights)(x), target)

        def row_loss_and_score(weights: Any, x: Any, target: Any) -> Any:
            score = rebuilt(model, weights)(x)
            return loss(score, target), score

        jit = autograd.jit
        self._numpy = numpy
        self._step = jit(value_and_grad(row_loss), in_axes=(None, 0, 0), reduce="sum")
        self._examine = jit(row_loss_and_score, in_axes=(None, 0, 0))
        self._penalties: dict[Penalty, Any] = {}

    def numbers(self, numbers: Sequence[Any]) -> Any:
        """Return a float64 array."""
        return self._numpy.array(numbers, dtype=self._numpy.float64)

    def taken(self, numbers: Any, rows: Sequence[int]) -> Any:
        """Return those rows."""
        return numbers[self._numpy.asarray(rows)]

    def gradient(self, weights: Any, X: Any, y: Any) -> tuple[float, Any]:
        """Return the sum of the losses of the rows, and its derivative by each weight."""
        try:
            total, gradient = self._step(weights, X, y)
        except TraceError as error:
            error.add_note('fit(..., engine="eager") takes any Python in the model and the loss')
            raise
        return total, gradient

    def examined(self, weights: Any, X: Any, y: Any) -> tuple[Any, Any]:
        """Return the loss and the score of each row."""
        losses, scores = self._examine(weights, X, y)
        many = isinstance(scores, (list, tuple))
        return losses, self._numpy.stack(scores, axis=-1) if many else scores

    def penalized(self, weights: Any, penalty: Penalty) -> tuple[float, Any]:
        """Return a penalty on the weights, and its derivative by each."""
        if penalty not in self._penalties:
            self._penalties[penalty] = autograd.jit(value_and_grad(penalty))
        value, gradient = self._penalties[penalty](weights)
        return value, gradient

    def plus(self, a: Any, b: Any) -> Any:
        """Return the sum of two gradients."""
        return a + b

    def times(self, gradient: Any, factor: float) -> Any:
        """Return a gradient times a number."""
        return gradient * factor

    def finite(self, numbers: Any) -> bool:
        """Return whether no number is nan or infinite."""
        return bool(self._numpy.isfinite(numbers).all())


def write(parameters: Sequence[Value], weights: Any) -> None:
    """Set the number of every parameter."""
    for parameter, weight in zip(parameters, weights, strict=True):
        parameter.data = weight


def compiler_installed() -> bool:
    """Return whether the packages of the extra ``jit`` are there."""
    return all(find_spec(package) is not None for package in ("numpy", "llvmlite"))


def engine_named(name: str | None) -> type[EagerEngine] | type[CompiledEngine]:
    """Return the class of an engine; None takes ``jit`` where its extra is installed."""
    if name not in (None, "jit", "eager"):
        raise KindError(f'engine must be "jit", "eager" or None, and is {name!r}')
    if name == "jit" and not compiler_installed():
        raise MissingPackageError('engine="jit"', "jit")
    return EagerEngine if name == "eager" or not compiler_installed() else CompiledEngine
