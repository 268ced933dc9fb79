"""The first three steps of back-propagation over a batch: eagerly, and compiled by ``jit``.

An engine is a model and a loss as a function of the weights. Both engines give the sums over the
rows; what is a mean, and the weight update, are the same for both (``training.py``).

A loss, a penalty or an activation may reach the model's parameters by any way that Python has.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Protocol

import autograd
from autograd import TraceError, Value, gradient, value_and_grad
from nn.errors import InputError, KindError, MissingPackageError
from nn.losses import Loss
from nn.module import Module, NotCopied, copied, numbers_of

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
    """Records every row as a graph of Values, as one would by hand.

    Attributes:
        strangers: parameters that must not be reached, since they are not this model's own.
    """

    name = "eager"

    def __init__(self, model: Module, loss: Loss) -> None:
        self.model, self.loss = model, loss
        self.parameters = model.parameters()
        self.strangers: list[Value] = []

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
        if self.strangers:
            self._check_strangers(error)
        return error.data, [parameter.grad for parameter in self.parameters]

    def _check_strangers(self, error: Value) -> None:
        # The gradient by a Value that the error does not depend on is a plain 0.
        if any(slope.data or not slope.is_leaf for slope in gradient(error, self.strangers)):
            raise InputError(
                "a worker has a copy of the model for the eager engine, and the model or the loss "
                "reaches parameters of the original (by a closure or a global name): take "
                'engine="jit", or leave executor out'
            )
        self.strangers = []

    def examined(
        self, weights: list[float], X: list[Any], y: list[Any]
    ) -> tuple[list[float], list[Any]]:
        """Return the loss and the score of each row."""
        write(self.parameters, weights)
        losses, scores = [], []
        for x, target in zip(X, y, strict=True):
            score = self.model(x)
            losses.append(self.loss(score, target).data)
            scores.append(numbers_of(score))
        return losses, scores

    def penalized(self, weights: list[float], penalty: Penalty) -> tuple[float, list[float]]:
        """Return a penalty on the weights, and its derivative by each."""
        write(self.parameters, weights)
        for parameter in self.parameters:
            parameter.grad = 0.0
        value = penalty(self.parameters)
        if not isinstance(value, Value):  # 0, it may be
            return float(value), [0.0] * len(self.parameters)
        value.backward()
        return value.data, [parameter.grad for parameter in self.parameters]

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
    """Traces the loss of one row once, and runs its derivative natively over all rows.

    What is traced is a copy of the model whose parameters are arguments of the compiled function.
    Where that does not do (the loss reaches the model itself by a closure, say, or it cannot be
    copied), the model is traced itself, and the weights are written into it at every call.
    """

    name = "jit"

    def __init__(self, model: Module, loss: Loss) -> None:
        import numpy

        def error(weights: Any, x: Any, target: Any) -> Any:
            return loss(copied(model, weights)(x), target)

        def error_and_score(weights: Any, x: Any, target: Any) -> Any:
            score = copied(model, weights)(x)
            return loss(score, target), score

        def own_error(x: Any, target: Any) -> Any:
            return loss(model(x), target)

        def own_error_and_score(x: Any, target: Any) -> Any:
            score = model(x)
            return loss(score, target), score

        self._numpy = numpy
        self._parameters = model.parameters()
        self._step = self._derivative(error, own_error, 2)
        self._examine = self._compiled(error_and_score, own_error_and_score, 2, None)
        self._penalties: dict[Penalty, Any] = {}

    def _derivative(self, function: Any, own: Any, mapped: int) -> Any:
        """Return a compiled function for a sum over rows, and its derivative by the weights."""

        def own_derivative(*args: Any) -> Any:
            value = own(*args)
            if not isinstance(value, Value):
                return value, [0.0] * len(self._parameters)
            return value, gradient(value, self._parameters)

        return self._compiled(value_and_grad(function), own_derivative, mapped, "sum")

    def _compiled(self, function: Any, own: Any, mapped: int, reduce: str | None) -> Any:
        """Return a compiled function of the weights and of some arguments that are mapped.

        Args:
            function: of the weights and the mapped arguments.
            own: the same, of the mapped arguments alone, at the numbers of the model.
            mapped: how many arguments are mapped.
            reduce: what to do with the rows, if there are any.
        """
        axes, reduce = (0,) * mapped, reduce if mapped else None
        fast = autograd.jit(_without_dice(function), (None, *axes) if mapped else None, reduce)
        itself = autograd.jit(_without_dice(own), axes if mapped else None, reduce)
        known = {id(parameter) for parameter in self._parameters}
        chosen: Any = None

        def by_itself(weights: Any, *args: Any) -> Any:
            write(self._parameters, weights)
            return itself(*args)

        def first(weights: Any, *args: Any) -> Any:
            """Find out which of the two does."""
            nonlocal chosen
            try:
                result = fast(weights, *args)
            except NotCopied:
                chosen = by_itself
                return by_itself(weights, *args)
            try:
                is_reached = any(id(value) in known for value in fast.outside)
            except TraceError:  # under detect_anomaly nothing has been compiled
                return by_itself(weights, *args)
            chosen = by_itself if is_reached else fast
            return by_itself(weights, *args) if is_reached else result

        return lambda *args: (chosen or first)(*args)

    def numbers(self, numbers: Sequence[Any]) -> Any:
        """Return a float64 array."""
        return self._numpy.array(numbers, dtype=self._numpy.float64)

    def taken(self, numbers: Any, rows: Sequence[int]) -> Any:
        """Return those rows."""
        return numbers[self._numpy.asarray(rows)]

    def gradient(self, weights: Any, X: Any, y: Any) -> tuple[float, Any]:
        """Return the sum of the losses of the rows, and its derivative by each weight."""
        try:
            total, slopes = self._step(weights, X, y)
        except TraceError as error:
            error.add_note('fit(..., engine="eager") takes any Python in the model and the loss')
            raise
        return total, self.numbers(slopes)

    def examined(self, weights: Any, X: Any, y: Any) -> tuple[Any, Any]:
        """Return the loss and the score of each row."""
        losses, scores = self._examine(weights, X, y)
        many = isinstance(scores, (list, tuple))
        return losses, self._numpy.stack(scores, axis=-1) if many else scores

    def penalized(self, weights: Any, penalty: Penalty) -> tuple[float, Any]:
        """Return a penalty on the weights, and its derivative by each."""
        if penalty not in self._penalties:
            parameters = self._parameters
            self._penalties[penalty] = self._derivative(penalty, lambda: penalty(parameters), 0)
        value, slopes = self._penalties[penalty](weights)
        return value, self.numbers(slopes)

    def plus(self, a: Any, b: Any) -> Any:
        """Return the sum of two gradients."""
        return a + b

    def times(self, gradient: Any, factor: float) -> Any:
        """Return a gradient times a number."""
        return gradient * factor

    def finite(self, numbers: Any) -> bool:
        """Return whether no number is nan or infinite."""
        return bool(self._numpy.isfinite(numbers).all())


def _without_dice(function: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse random numbers in a function while it is traced: they would be the same for ever.

    Seen are those of the modules ``random`` and ``numpy.random``, not of generators of their own.
    """
    import numpy

    def states() -> tuple[Any, ...]:
        state: Any = numpy.random.get_state()
        return random.getstate(), state[1].tobytes(), state[2:]

    def checked(*args: Any) -> Any:
        before = states()
        result = function(*args)
        if states() != before:
            raise TraceError(
                "the model, the loss or the penalty drew random numbers. Under jit it is run once, "
                "and they would be the same for every row and epoch"
            )
        return result

    return checked


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
