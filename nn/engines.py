"""The first three steps of back-propagation over a batch: eagerly, and compiled by ``jit``.

An engine is a model and a loss as a function of the weights. Both engines give the sums over the
rows; what is a mean, and the weight update, are the same for both (``training.py``).

A loss, a penalty or an activation may reach the model's parameters by any way that Python has.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Protocol

import autograd
from autograd import AutogradError, TraceError, Value, gradient, value_and_grad
from nn.errors import InputError, KindError, MissingPackageError
from nn.losses import Loss
from nn.module import Module, copied, numbers_of

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

    def settle(self, rows: Sequence[Any], targets: Sequence[Any]) -> None:
        """Make sure, on a few rows, that the losses follow the weights."""


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
        before = [stranger.grad for stranger in self.strangers]
        scores = [self.model(x) for x in X]  # 1. forward propagation
        error = autograd.sum(map(self.loss, scores, y))  # 2. error calculation
        error.backward()  # 3. backward propagation
        if before != [stranger.grad for stranger in self.strangers]:
            raise InputError(
                "a worker has a copy of the model for the eager engine, and the model or the loss "
                "reaches parameters of the original (by a closure or a global name): take "
                'engine="jit", or leave executor out'
            )
        return error.data, [parameter.grad for parameter in self.parameters]

    def settle(self, rows: Sequence[Any], targets: Sequence[Any]) -> None:
        """Do nothing: what is recorded is the model itself."""

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

    Args:
        model: a Module.
        loss: a function of (score, target) of one row.
        itself: what is traced: False, a copy of the model whose parameters are arguments of the
            compiled function; True, the model itself, into which the weights are written at every
            call, since the loss reaches it by a closure, say, or it cannot be copied.
    """

    name = "jit"

    def __init__(self, model: Module, loss: Loss, itself: bool = False) -> None:
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

        self.itself = itself
        self._numpy = numpy
        self._model, self._loss = model, loss
        self._parameters = model.parameters()
        rows: dict[str, Any] = {"in_axes": (None, 0, 0)}
        own_rows: dict[str, Any] = {"in_axes": (0, 0)}
        self._step = _compiled(value_and_grad(error), reduce="sum", **rows)
        self._own_step = self._written(self._derivative(own_error), reduce="sum", **own_rows)
        self._examine = _compiled(error_and_score, **rows)
        self._own_examine = self._written(own_error_and_score, **own_rows)
        self._penalties: dict[int, tuple[Penalty, Any]] = {}

    def _derivative(self, function: Any) -> Any:
        """Return the value of a function, and its derivative by the parameters of the model."""

        def derivative(*args: Any) -> Any:
            value = function(*args)
            if not isinstance(value, Value):
                return value, [0.0] * len(self._parameters)
            return value, gradient(value, self._parameters)

        return derivative

    def _written(self, function: Any, **settings: Any) -> Any:
        """Return a compiled function that has the weights written into the model first."""
        compiled = _compiled(function, **settings)

        def written(weights: Any, *args: Any) -> Any:
            write(self._parameters, weights)
            return compiled(*args)

        return written

    def settle(self, rows: Sequence[Any], targets: Sequence[Any]) -> None:
        """Find out what has to be traced, and on a few rows whether it follows the weights.

        Raises:
            ValueError: compiled, the loss does not follow the weights either way.
        """
        places = [place * (len(rows) - 1) // 4 for place in range(5)]
        tried = [(rows[place], targets[place]) for place in places]

        def step(weights: Any, x: Any, target: Any) -> Any:
            return self.gradient(weights, self.numbers([x]), self.numbers([target]))

        def recorded(x: Any, target: Any) -> Any:
            return self._loss(self._model(x), target)

        try:
            for self.itself in (False, True):
                try:
                    follows = self._follows(step, recorded, tried)
                except TraceError:
                    raise
                except Exception:  # of the copy, which has no Values for parameters
                    if self.itself:
                        raise
                else:
                    if follows and (self.itself or not self._reaches_parameters(self._step)):
                        return
        except AutogradError as error:
            error.add_note('fit(..., engine="eager") takes any Python in the model and the loss')
            raise
        raise _unfollowed("loss")

    def _reaches_parameters(self, compiled: Any) -> bool:
        """Return whether a function of the weights reads parameters of the model itself besides."""
        try:
            outside = compiled.outside
        except TraceError:  # under detect_anomaly nothing is compiled, and nothing known
            return True
        known = {id(parameter) for parameter in self._parameters}
        return any(id(node) in known for value in outside for node in _below(value))

    def _follows(self, compiled: Any, recorded: Any, tried: Sequence[tuple[Any, ...]]) -> bool:
        """Return whether a compiled function gives what is recorded by the model itself."""
        parameters = self._parameters
        numbers = [parameter.data for parameter in parameters]
        try:
            for turn, args in enumerate(tried, 1):  # at weights that are new each time
                weights = [
                    number + (-1) ** (place // turn) * 0.01 * turn * (1.0 + abs(number))
                    for place, number in enumerate(numbers)
                ]
                write(parameters, weights)
                try:
                    value = recorded(*args)
                    expected = [_number(value), *_slopes(value, parameters)]
                except Exception:  # these weights are not those of the training
                    continue
                write(parameters, numbers)
                found, slopes = compiled(self.numbers(weights), *args)
                pairs = zip(expected, [found, *slopes], strict=True)
                if not all(_near(a, float(b)) for a, b in pairs):
                    return False
            return True
        finally:
            write(parameters, numbers)

    def numbers(self, numbers: Sequence[Any]) -> Any:
        """Return a float64 array."""
        return self._numpy.array(numbers, dtype=self._numpy.float64)

    def taken(self, numbers: Any, rows: Sequence[int]) -> Any:
        """Return those rows."""
        return numbers[self._numpy.asarray(rows)]

    def gradient(self, weights: Any, X: Any, y: Any) -> tuple[float, Any]:
        """Return the sum of the losses of the rows, and its derivative by each weight."""
        step = self._own_step if self.itself else self._step
        total, slopes = step(weights, X, y)
        return total, self.numbers(slopes)

    def examined(self, weights: Any, X: Any, y: Any) -> tuple[Any, Any]:
        """Return the loss and the score of each row."""
        examine = self._own_examine if self.itself else self._examine
        losses, scores = examine(weights, X, y)
        if isinstance(scores, (list, tuple)) and all(hasattr(part, "ndim") for part in scores):
            return losses, self._numpy.stack(scores, axis=-1)
        if not hasattr(scores, "ndim"):  # as the eager engine gives them, row by row
            scores = [numbers_of(_row_of(scores, row)) for row in range(len(losses))]
        return losses, scores

    def penalized(self, weights: Any, penalty: Penalty) -> tuple[float, Any]:
        """Return a penalty on the weights, and its derivative by each."""
        if id(penalty) not in self._penalties:
            self._penalties[id(penalty)] = penalty, self._settled_penalty(penalty)
        value, slopes = self._penalties[id(penalty)][1](weights)
        return value, self.numbers(slopes)

    def _settled_penalty(self, penalty: Penalty) -> Any:
        """Compile a penalty on the weights, or on the model's own where it reaches these."""

        def recorded() -> Any:
            return penalty(self._parameters)

        fast = _compiled(value_and_grad(penalty))
        if self._follows(fast, recorded, [(), ()]) and not self._reaches_parameters(fast):
            return fast
        itself = self._written(self._derivative(recorded))
        if self._follows(itself, recorded, [(), ()]):
            return itself
        raise _unfollowed("penalty")

    def plus(self, a: Any, b: Any) -> Any:
        """Return the sum of two gradients."""
        return a + b

    def times(self, gradient: Any, factor: float) -> Any:
        """Return a gradient times a number."""
        return gradient * factor

    def finite(self, numbers: Any) -> bool:
        """Return whether no number is nan or infinite."""
        return bool(self._numpy.isfinite(numbers).all())


def _compiled(function: Callable[..., Any], **settings: Any) -> Any:
    """Compile a function that draws no random numbers: they would be the same for ever.

    Seen are those of the modules ``random`` and ``numpy.random``; those of generators of their own
    are found by ``settle``.
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

    return autograd.jit(checked, **settings)


def _below(value: Value) -> list[Value]:
    """Return a Value and all that it was made of."""
    found, pending = {id(value): value}, [value]
    while pending:
        for arg in pending.pop().args:
            if isinstance(arg, Value) and id(arg) not in found:
                found[id(arg)] = arg
                pending.append(arg)
    return list(found.values())


def _number(value: Any) -> float:
    return value.data if isinstance(value, Value) else float(value)


def _slopes(value: Any, parameters: Sequence[Value]) -> list[float]:
    """Return the derivatives by the parameters, and leave every ``.grad`` as it was."""
    if not isinstance(value, Value):
        return [0.0] * len(parameters)
    nodes = [*_below(value), *parameters]
    before = [node.grad for node in nodes]
    try:
        for node in nodes:
            node.grad = 0.0
        value.backward()
        return [parameter.grad for parameter in parameters]
    finally:
        for node, number in zip(nodes, before, strict=True):
            node.grad = number


def _near(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) or (a != a and b != b)


def _row_of(scores: Any, row: int) -> Any:
    if isinstance(scores, Mapping):
        return {key: _row_of(part, row) for key, part in scores.items()}
    if isinstance(scores, (list, tuple)):
        return [_row_of(part, row) for part in scores]
    return scores[row]


def _unfollowed(what: str) -> InputError:
    return InputError(
        f"compiled, the {what} does not follow the weights: the model or the {what} reads their "
        f"numbers (p.data), keeps a state or draws random numbers, which jit does once; take "
        f'engine="eager"'
    )


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
