"""The first three steps of back-propagation over a batch: eagerly, and compiled by ``jit``.

An engine is a model and a loss as a function of the weights. Both engines give the sums over the
rows; what is a mean, and the weight update, are the same for both (``training.py``).

A loss, a penalty or an activation may reach the model's parameters in any way that Python allows.
"""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import autograd
from autograd import AutogradError, TraceError, Value, gradient, tree_map, value_and_grad
from nn.errors import InputError, KindError
from nn.losses import Loss
from nn.module import Array, Module, Numbers, numbers_of, write
from nn.structure import layout_of, with_parameters

Penalty = Callable[[Any], Any]
Body = Callable[..., Any]


class EagerEngine:
    """Records every row as a graph of Values, as you would by hand.

    Args:
        model: a Module.
        loss: a function of (score, target) of one row.
        originals: the parameters that the model is a copy of, which must not be reached.
    """

    name = "eager"

    def __init__(self, model: Module, loss: Loss, originals: Sequence[Value] = ()) -> None:
        self.model, self.loss = model, loss
        self.parameters = model.parameters()
        self._originals = originals

    def numbers(self, numbers: Iterable[object]) -> Numbers:
        """Return a list."""
        return list(numbers)

    def gradient(self, weights: Numbers, X: Numbers, y: Numbers) -> tuple[float, Numbers]:
        """Return the sum of the losses of the rows, and its derivative by each weight."""
        write(self.parameters, weights)
        before = [original.grad for original in self._originals]
        scores = [self.model(x) for x in X]  # 1. forward propagation
        error = autograd.sum(map(self.loss, scores, y))  # 2. error calculation
        slopes = self._slopes(error)  # 3. backward propagation
        if before != [original.grad for original in self._originals]:
            raise InputError(
                "a worker has a copy of the model for the eager engine, and the model or the loss "
                "reaches parameters of the original (by a closure or a global name): take "
                'engine="jit", or leave executor out'
            )
        return error.data, slopes

    def _slopes(self, error: Value) -> list[float]:
        for parameter in self.parameters:
            parameter.grad = 0.0
        error.backward()
        return [parameter.grad for parameter in self.parameters]

    def settle(self, rows: Numbers, targets: Numbers) -> None:
        """Do nothing: this engine records the model itself."""

    def examined(self, weights: Numbers, X: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """Return the loss and the score of each row."""
        write(self.parameters, weights)
        losses, scores = [], []
        for x, target in zip(X, y, strict=True):
            score = self.model(x)
            losses.append(self.loss(score, target).data)
            scores.append(numbers_of(score))
        return losses, scores

    def penalized(self, weights: Numbers, penalty: Penalty) -> tuple[float, Numbers]:
        """Return a penalty on the weights, and its derivative by each."""
        write(self.parameters, weights)
        value = penalty(self.parameters)
        if not isinstance(value, Value):  # 0, it may be
            return float(value), [0.0] * len(self.parameters)
        return value.data, self._slopes(value)


class Compiled:
    """A function of the weights, and of more, that is traced once and runs natively.

    Args:
        model: a Module.
        body: a function of the model, its parameters, and more.
        in_place: what is traced. False, the model made anew around weights that are arguments of
            the compiled function. True, the model itself, into which the weights are written at
            every call: since the loss reaches its parameters by a closure, say.
        slopes: whether it gives the derivatives by the weights besides.
        settings: those of ``autograd.jit``; in_axes is without that of the weights.
    """

    def __init__(
        self, model: Module, body: Body, in_place: bool, slopes: bool, **settings: Any
    ) -> None:
        self._model, self._body, self._slopes, self._settings = model, body, slopes, settings
        self._parameters = model.parameters()
        self.trace(in_place or bool(layout_of(model).recipe(model).refusal))

    def trace(self, in_place: bool) -> None:
        """Trace it again at the next call."""
        body, parameters, settings = self._body, self._parameters, {**self._settings}
        self.in_place, self._captures = in_place, [*parameters]  # until it is known
        self._is_new = True  # whether it has been traced since its captures were looked at

        def own(*args: object) -> object:
            self._is_new = True
            value = body(self._model, parameters, *args)
            if not self._slopes:
                return value
            is_followed = isinstance(value, Value)
            return value, gradient(value, parameters) if is_followed else [0.0] * len(parameters)

        def made(weights: Iterable[object], *args: object) -> object:
            self._is_new = True
            weights = [*weights]
            return body(with_parameters(self._model, weights), weights, *args)

        function = own if in_place else value_and_grad(made) if self._slopes else made
        if not in_place and settings:
            settings["in_axes"] = (None, *settings["in_axes"])
        self._fast = autograd.jit(_drawing_nothing(function), **settings)

    def __call__(self, weights: Numbers, *args: Numbers) -> Any:
        """Return what the function gives, as plain numbers."""
        if not (self.in_place or self._is_new or self._captures):  # fast path for the common case
            result = self._fast(weights, *args)
            if not self._is_new:
                return result
        if self.in_place:
            write(self._parameters, weights)
        given = args if self.in_place else (weights, *args)
        if self._is_new or not self._captures:
            result = self._fast(*given)
            with contextlib.suppress(TraceError):  # under detect_anomaly nothing is compiled
                self._captures, self._is_new = self._fast.outside, False
            if self._reached() and not self.in_place:
                self.trace(in_place=True)
                return self(weights, *args)
            if self._is_new or not self._captures:
                return result
        with autograd.no_grad():
            return self._fast(*given)

    def _reached(self) -> bool:
        """Return whether it reads something of the model besides the weights.

        Raises:
            ValueError: something was computed from a parameter before the training.
        """
        known = {id(parameter) for parameter in self._parameters}
        reached = [v for v in self._captures if any(id(node) in known for node in _below(v))]
        for value in reached:
            if not value.is_leaf and self.in_place:
                raise InputError(
                    f"the model, the loss or the penalty reaches {value!r}, which was computed "
                    f"from a parameter before the training: compute the expression again there"
                )
        return bool(reached)


class CompiledEngine:
    """Traces the loss of one row once, and runs its derivative natively over all rows.

    Args:
        model: a Module.
        loss: a function of (score, target) of one row.
        in_place: whether the model itself is traced; ``settle`` finds it out.
    """

    name = "jit"

    def __init__(self, model: Module, loss: Loss, in_place: bool = False) -> None:
        import numpy

        self._numpy = numpy
        self._model, self._loss = model, loss
        self._penalties: dict[int, tuple[Penalty, Compiled]] = {}
        rows: dict[str, Any] = {"in_axes": (0, 0)}
        self._step = Compiled(model, self._error, in_place, True, reduce="sum", **rows)
        self._examine = Compiled(model, self._error_and_score, in_place, False, **rows)

    @property
    def in_place(self) -> bool:
        """Whether the model itself is traced."""
        return self._step.in_place

    def _error(self, model: Module, parameters: object, x: object, target: object) -> object:
        return self._loss(model(x), target)

    def _error_and_score(
        self, model: Module, parameters: object, x: object, target: object
    ) -> object:
        score = model(x)
        return self._loss(score, target), score

    def settle(self, rows: Numbers, targets: Numbers) -> None:
        """Find out what has to be traced, and check it against the eager engine on some rows.

        Raises:
            ValueError: the compiled loss does not follow the weights either way.
        """
        places = sorted({place * (len(rows) - 1) // 4 for place in range(5)})
        tried = [(rows[place], targets[place]) for place in places]
        self._settle(self._step, "loss", self._error, tried)
        if self.in_place:
            self._examine.trace(in_place=True)

    def _settle(
        self, compiled: Compiled, what: str, body: Body, tried: Sequence[tuple[object, ...]]
    ) -> None:
        parameters = self._model.parameters()
        weights = self.numbers([parameter.data for parameter in parameters])
        expected = [_number(body(self._model, parameters, *args)) for args in tried]
        try:
            while True:
                try:
                    args = [[self.numbers([part]) for part in each] for each in tried]
                    found = [compiled(weights, *each)[0] for each in args]
                    if all(map(_same, expected, found)):
                        return
                except TraceError:
                    raise
                except Exception:  # of what is not the model itself
                    if compiled.in_place:
                        raise
                if compiled.in_place:
                    break
                compiled.trace(in_place=True)
        except AutogradError as error:
            error.add_note('fit(..., engine="eager") takes any Python in the model and the loss')
            raise
        raise InputError(
            f"compiled, the {what} does not follow the model: the model or the {what} keeps a "
            f'state or draws random numbers, which jit does once; take engine="eager"'
        )

    def numbers(self, numbers: Iterable[object]) -> Array:
        """Return a float64 array."""
        return self._numpy.array(numbers, dtype=self._numpy.float64)

    def gradient(self, weights: Numbers, X: Numbers, y: Numbers) -> tuple[float, Numbers]:
        """Return the sum of the losses of the rows, and its derivative by each weight."""
        total, slopes = self._step(weights, X, y)
        return total, self.numbers(slopes)

    def examined(self, weights: Numbers, X: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """Return the loss and the score of each row."""
        losses, scores = self._examine(weights, X, y)
        if isinstance(scores, (list, tuple)) and all(hasattr(part, "ndim") for part in scores):
            return losses, self._numpy.stack(scores, axis=-1)
        if not hasattr(scores, "ndim"):  # as the eager engine gives them, row by row
            rows = range(len(losses))
            scores = [numbers_of(tree_map(lambda part, r=row: part[r], scores)) for row in rows]
        return losses, scores

    def penalized(self, weights: Numbers, penalty: Penalty) -> tuple[float, Numbers]:
        """Return a penalty on the weights, and its derivative by each."""
        if id(penalty) not in self._penalties:

            def body(model: Module, parameters: object) -> object:
                return penalty(parameters)

            compiled = Compiled(self._model, body, in_place=False, slopes=True)
            self._settle(compiled, "penalty", body, [()])
            self._penalties[id(penalty)] = penalty, compiled
        value, slopes = self._penalties[id(penalty)][1](weights)
        return value, self.numbers(slopes)


Engine = EagerEngine | CompiledEngine


def _drawing_nothing(function: Callable[..., object]) -> Callable[..., object]:
    """Return a function that refuses to draw random numbers: tracing would freeze them.

    It notices the modules ``random`` and ``numpy.random``; separate generators are found by
    ``settle``.
    """
    import numpy

    def states() -> tuple[object, ...]:
        state: Any = numpy.random.get_state()
        return random.getstate(), state[1].tobytes(), state[2:]

    def checked(*args: object) -> object:
        for _ in range(3):  # another thread may draw meanwhile, as those of Dask do
            before = states()
            result = function(*args)
            if states() == before:
                return result
        raise TraceError(
            "the model, the loss or the penalty drew random numbers. Under jit it is run once, "
            "and they would be the same for every row and epoch"
        )

    return checked


def _below(value: Value) -> Iterable[Value]:
    """Return a Value and all nodes below it."""
    found, pending = {id(value): value}, [value]
    while pending:
        for arg in pending.pop().args:
            if isinstance(arg, Value) and id(arg) not in found:
                found[id(arg)] = arg
                pending.append(arg)
    return found.values()


def _number(value: Any) -> float:
    return value.data if isinstance(value, Value) else float(value)


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9) or (a != a and b != b)


def taken(numbers: Numbers, rows: Sequence[int]) -> Numbers:
    """Return some of what an engine's ``numbers`` returned."""
    return [numbers[row] for row in rows] if isinstance(numbers, list) else numbers[[*rows]]


def plus(a: Numbers, b: Numbers) -> Numbers:
    """Return the sum of two gradients."""
    return [x + y for x, y in zip(a, b, strict=True)] if isinstance(a, list) else a + b


def times(gradient: Numbers, factor: float) -> Numbers:
    """Return a gradient times a number."""
    return [x * factor for x in gradient] if isinstance(gradient, list) else gradient * factor


def finite(numbers: Numbers) -> bool:
    """Return whether no number is nan or infinite."""
    if isinstance(numbers, list):
        return all(map(math.isfinite, numbers))
    import numpy

    if math.isfinite(numpy.vdot(numbers, numbers)):  # faster than to look at each, and silent
        return True
    return bool(numpy.isfinite(numbers).all())


def compiler_installed() -> bool:
    """Return whether the packages of the extra ``jit`` are there and can be loaded."""
    try:
        autograd.jit(abs)
    except ImportError:
        return False
    return True


def engine_named(name: str | None) -> type[EagerEngine] | type[CompiledEngine]:
    """Return the class of an engine; None takes ``jit`` where its extra is installed."""
    if name not in (None, "jit", "eager"):
        raise KindError(f'engine must be "jit", "eager" or None, and is {name!r}')
    if name == "jit" and not compiler_installed():
        autograd.jit(abs)  # which says what is wrong
    return EagerEngine if name == "eager" or not compiler_installed() else CompiledEngine
