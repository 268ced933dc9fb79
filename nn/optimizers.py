"""Optimisers: the fourth step of back-propagation, the weight update.

Each rule is arithmetic on one weight and its gradient. The same rule runs on one number after
another (in a plain install) and on NumPy arrays of all weights at once (in the compiled engine).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from autograd import Value, tree_map
from nn.errors import InputError, KindError
from nn.habits import OF_OPTIMIZERS, asking, missing
from nn.module import Numbers, leaves_of, whole, write
from nn.wording import brief, counted, what_is

if TYPE_CHECKING:
    from numpy import ndarray

N = TypeVar("N", float, "ndarray[Any, Any]")  # one number, or an array of all of them

MOST_STEPS = 2**53


class Optimizer(ABC):
    """Moves parameters against their gradients; subclasses say by how much.

    Attributes:
        lr: the learning rate; assign it to change it between steps.
        steps: how many updates have been made.

    Example:
        >>> class SignDescent(Optimizer):
        ...     def _rule(self, step, weight, gradient, *averages):
        ...         return (weight - self.lr * (1.0 if gradient > 0.0 else -1.0),)
        >>> SignDescent(lr=0.5).updated([1.0, 2.0], [0.1, -7.0])
        [0.5, 2.5]
    """

    _averages = 0  # how many running averages the rule keeps of each weight
    _squares: int | None = None  # which of them is one of squares

    @asking("{}(lr=0.1)")
    def __init__(self, lr: float, weight_decay: float = 0.0) -> None:
        self.lr = self._setting("lr", lr)
        self.weight_decay = self._setting("weight_decay", weight_decay)
        self.steps = 0
        self._memory: list[Any] = []

    if not TYPE_CHECKING:  # a type checker would accept every name

        def __getattr__(self, name: str) -> NoReturn:
            raise missing(f"{type(self).__name__!r} object", name, OF_OPTIMIZERS, dir(type(self)))

    def _setting(
        self, name: str, number: float, below: float = math.inf, zero: bool = True
    ) -> float:
        return setting(type(self).__name__, name, number, below, zero)

    @asking(
        "optimizer.step(model.parameters()), which reads the .grad of each; of arrays, "
        "weights = optimizer.updated(weights, gradient)"
    )
    def step(self, parameters: Iterable[Value]) -> None:
        """Update every parameter's ``.data`` from its ``.grad``.

        Args:
            parameters: leaf Values, the same ones in the same order at every call.

        Raises:
            ValueError: there are more or fewer than at the first step.
            TypeError: something is not a Value.

        Example:
            >>> w = Value(3.0)
            >>> optimizer = SGD(lr=0.1)
            >>> for _ in range(2):
            ...     w.grad = 0.0
            ...     loss = w * w
            ...     loss.backward()
            ...     optimizer.step([w])
            >>> round(w.data, 4)
            1.92
        """
        leaves = leaves_of(parameters, f"{type(self).__name__}.step")
        weights, before = [leaf.data for leaf in leaves], self.snapshot()
        try:
            write(leaves, self.updated(weights, [leaf.grad for leaf in leaves]))
        except BaseException:  # Ctrl-C may fall between the averages and the weights
            write(leaves, weights)
            self.restore(before)
            raise

    def updated(self, weights: Numbers, gradient: Numbers) -> Any:
        """Return the weights after one update, and remember the averages for the next.

        Args:
            weights: a list of floats, a float64 array, or a tree of them (a dict, a Module).
            gradient: d(loss)/d(weight) of each, of the same kind.

        Returns:
            New weights of the same kind; those given are left alone.

        Raises:
            ValueError: there are more or fewer weights than at the first step, or the gradient is
                of another structure.

        Example:
            >>> SGD(lr=0.25).updated({"w": [1.0, 2.0], "b": 0.0}, {"w": [4.0, -2.0], "b": 1.0})
            {'w': [0.0, 2.5], 'b': -0.25}
        """
        if not hasattr(weights, "dtype") and not _is_flat(weights):
            return self._updated_tree(weights, gradient)
        _check_alike(weights, gradient)
        if any(len(average) != len(weights) for average in self._memory):
            raise InputError(
                f"{type(self).__name__} has made {counted(self.steps, 'step')} with "
                f"{counted(len(self._memory[0]), 'parameter')}, and was given {len(weights)}: "
                f"make a new optimiser for other ones"
            )
        memory = self._memory or [[0.0] * len(weights) for _ in range(self._averages)]
        step = self.steps + 1
        rows: Any
        if isinstance(weights, list):
            rows = [self._rule(step, *row) for row in zip(weights, gradient, *memory, strict=True)]
            weights, *memory = map(list, zip(*rows, strict=True)) if rows else ([], *memory)
        else:
            import numpy

            with numpy.errstate(all="ignore"):  # what overflows is inf, as with floats
                rows = (weights, *map(numpy.asarray, (gradient, *memory)))
                weights, *memory = self._rule(step, *rows)
        self.steps, self._memory = step, memory
        return weights

    def _updated_tree(self, weights: object, gradient: object) -> object:
        pairs: list[tuple[float, float]] = []

        def read(weight: object, slope: object) -> float:
            pairs.extend(_paired(weight, slope))
            return 0.0

        tree_map(read, weights, gradient)
        numbers = iter(self.updated(*([*map(list, zip(*pairs, strict=True))] or [[], []])))

        def written(leaf: object) -> object:
            shape = getattr(leaf, "shape", ())
            if not shape:
                return next(numbers)
            import numpy

            row = [next(numbers) for _ in range(math.prod(shape))]
            return numpy.array(row, dtype=float).reshape(shape)

        return tree_map(written, weights)

    @abstractmethod
    def _rule(self, step: int, weight: N, gradient: N, *averages: N) -> tuple[N, ...]:
        """Return the new weight and the new averages."""

    def snapshot(self) -> tuple[Any, ...]:
        """Return the state for ``restore``; it costs nothing, for updates replace the averages."""
        return self.lr, self.steps, self._memory

    def restore(self, snapshot: tuple[Any, ...]) -> None:
        """Restore the state."""
        self.lr, self.steps, self._memory = snapshot

    def state_dict(self) -> dict[str, Any]:
        """Return the number of steps and the running averages, as lists of floats."""
        return {"steps": self.steps, "averages": [list(map(float, m)) for m in self._memory]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from the state that ``state_dict`` returned.

        Args:
            state: a dict of "steps" and "averages".

        Raises:
            ValueError: it lacks one of them, or is the state of another kind of optimiser.
            TypeError: it is no dict.
        """
        self.steps, self._memory = self.checked_state(state)

    def checked_state(
        self, state: Mapping[str, Any], count: int | None = None
    ) -> tuple[int, list[Any]]:
        """Return the steps and the averages of a state, and change nothing.

        Args:
            state: a dict of "steps" and "averages".
            count: how many parameters there are; None where that is not known.

        Raises:
            ValueError: it lacks one of them, or does not fit this optimiser or the parameters.
            TypeError: it is no dict, or something in it is no number.
        """
        who = f"{type(self).__name__}.load_state_dict"
        if not isinstance(state, Mapping):
            raise KindError(
                f"{who}: takes a dict, as state_dict() returns it, and was given {what_is(state)}"
            )
        if not {"steps", "averages"} <= state.keys():
            raise InputError(f"{who}: the state must have steps and averages, and has {[*state]}")
        steps, lists = whole(state["steps"], f"{who}: steps", least=0), state["averages"]
        if steps > MOST_STEPS:  # the powers of Adam's betas take it as a float
            raise InputError(f"{who}: steps must be at most 2**53")
        averages = [[_number(number) for number in average] for average in lists]
        if len(averages) not in (0, self._averages):
            raise InputError(
                f"{type(self).__name__} keeps {self._averages} averages of each weight, "
                f"and the state has {len(averages)}"
            )
        sizes = {len(average) for average in averages} | ({count} if count is not None else set())
        if averages and len(sizes) > 1:
            raise InputError(f"{who}: there are averages for {sorted(sizes)} parameters")
        squares = averages[self._squares] if averages and self._squares is not None else []
        if any(square < 0.0 for square in squares):
            raise InputError(
                f"{who}: an average of squares is {min(squares)!r}, and none is below 0"
            )
        return steps, averages

    def __repr__(self) -> str:
        settings = {k: v for k, v in vars(self).items() if k != "steps" and not k.startswith("_")}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in settings.items())})"


def setting(
    who: str, name: str, number: float, below: float = math.inf, zero: bool = True
) -> float:
    """Return a setting as a float, or say what was given."""
    try:
        number = Value(number).data
    except TypeError:
        raise KindError(
            f"{who}: {name} must be a number, and is {brief(number, 40)}"
            + ": give it to fit(schedule=...)" * callable(number)
        ) from None
    if not 0.0 <= number < below or (number == 0.0 and not zero):
        limits = ("at least 0" if zero else "more than 0") + f" and below {below:g}"
        raise InputError(f"{who}: {name} must be {limits}, and is {number!r}")
    return number


def _is_flat(weights: object) -> bool:
    """Return whether it is a list of numbers, not of Values or of more lists."""
    return isinstance(weights, list) and {*map(type, weights)} <= {float, int}


def _paired(weight: object, slope: object) -> Iterator[tuple[float, float]]:
    """Yield the numbers of two leaves of a tree, of which each may be an array."""
    _check_alike(weight, slope)
    pair: Any = weight, slope
    sides = [each.ravel() if getattr(each, "shape", ()) else [each] for each in pair]
    for row in zip(*sides, strict=True):
        first, second = [Value(each).data for each in row]
        yield first, second


def _check_alike(weights: object, gradient: object) -> None:
    """Refuse a gradient that has not one number for each weight."""
    first, second = [
        getattr(each, "shape", (len(each),) if isinstance(each, list) else ())
        for each in (weights, gradient)
    ]
    if first != second:
        raise InputError(
            f"updated: weights of shape {first} and a gradient of shape {second}: give one slope "
            f"for each weight"
        )


def _number(obj: Any) -> float:
    """Return a number; in a file, nan and infinity are text."""
    return float(obj) if obj in ("nan", "inf", "-inf") else Value(obj).data


class SGD(Optimizer):
    """Stochastic gradient descent: weight - lr * gradient, with momentum if asked for.

    Source: Sutskever, Martens, Dahl and Hinton, On the importance of initialization and momentum
    in deep learning, ICML 2013, in the form that PyTorch uses.

    Args:
        lr: the learning rate, at least 0.
        momentum: how much of the last direction is kept, from 0 to below 1.
        nesterov: look ahead along the direction (needs momentum).
        weight_decay: adds this times the weight to the gradient.

    Raises:
        ValueError: a setting is out of its range.
        TypeError: a setting is not a number.

    Example:
        >>> SGD(lr=0.1, momentum=0.9).updated([1.0], [2.0])
        [0.8]
    """

    @asking("{}(lr=0.1)")
    def __init__(
        self,
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(lr, weight_decay)
        self.momentum = self._setting("momentum", momentum, below=1.0)
        self.nesterov = nesterov
        if nesterov and not momentum:
            raise InputError("SGD: nesterov looks ahead along the momentum; give momentum=0.9, say")
        self._averages = 1 if momentum else 0

    def _rule(self, step: int, weight: N, gradient: N, *averages: N) -> tuple[N, ...]:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * weight
        if not averages:
            return (weight - self.lr * gradient,)
        direction = self.momentum * averages[0] + gradient
        move = gradient + self.momentum * direction if self.nesterov else direction
        return weight - self.lr * move, direction


class RMSprop(Optimizer):
    """Divides each gradient by the root of the running mean of its square.

    Source: Tieleman and Hinton, Neural networks for machine learning, lecture 6.5, 2012.

    Args:
        lr: the learning rate, at least 0.
        alpha: how much of the mean square is kept at each step, from 0 to below 1.
        eps: more than 0, added to the root, so that nothing is divided by 0.
        weight_decay: adds this times the weight to the gradient.
        momentum: how much of the last direction is kept, from 0 to below 1.

    Raises:
        ValueError: a setting is out of its range.
        TypeError: a setting is not a number.

    Example:
        >>> [round(w, 6) for w in RMSprop(lr=0.1, alpha=0.75).updated([1.0], [2.0])]
        [0.8]
    """

    _squares = 0

    @asking("{}(lr=0.1)")
    def __init__(
        self,
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ) -> None:
        super().__init__(lr, weight_decay)
        self.alpha = self._setting("alpha", alpha, below=1.0)
        self.eps = self._setting("eps", eps, zero=False)
        self.momentum = self._setting("momentum", momentum, below=1.0)
        self._averages = 2 if momentum else 1

    def _rule(self, step: int, weight: N, gradient: N, *averages: N) -> tuple[N, ...]:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * weight
        square = self.alpha * averages[0] + (1.0 - self.alpha) * (gradient * gradient)
        move = gradient / (square**0.5 + self.eps)
        if not self.momentum:
            return weight - self.lr * move, square
        direction = self.momentum * averages[1] + move
        return weight - self.lr * direction, square, direction


class Adam(Optimizer):
    """Momentum over RMSprop, both corrected for having started at 0.

    Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1.

    Args:
        lr: the learning rate, at least 0.
        betas: how much of the mean gradient and of the mean square is kept, each below 1.
        eps: more than 0, added to the root, so that nothing is divided by 0.
        weight_decay: adds this times the weight to the gradient.

    Raises:
        ValueError: a setting is out of its range.
        TypeError: a setting is not a number.

    Example:
        >>> [round(w, 6) for w in Adam(lr=0.1).updated([1.0], [2.0])]
        [0.9]
    """

    _averages, _squares = 2, 1

    @asking("{}(lr=0.1)")
    def __init__(
        self,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(lr, weight_decay)
        if not isinstance(betas, Sequence) or len(betas) != 2:
            raise KindError(
                f"{type(self).__name__}: betas is a pair, such as (0.9, 0.999), and is "
                f"{brief(betas, 40)}"
            )
        first, second = betas
        self.betas = (
            self._setting("betas[0]", first, below=1.0),
            self._setting("betas[1]", second, below=1.0),
        )
        self.eps = self._setting("eps", eps, zero=False)

    def _rule(self, step: int, weight: N, gradient: N, *averages: N) -> tuple[N, ...]:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * weight
        return self._moved(step, weight, gradient, *averages)

    def _moved(self, step: int, weight: N, gradient: N, mean: N, square: N) -> tuple[N, ...]:
        first, second = self.betas
        mean = first * mean + (1.0 - first) * gradient
        square = second * square + (1.0 - second) * (gradient * gradient)
        root = square**0.5 / (1.0 - second**step) ** 0.5 + self.eps
        return weight - self.lr / (1.0 - first**step) * (mean / root), mean, square


class AdamW(Adam):
    """Adam with weight decay that shrinks the weights directly, not through the gradient.

    Source: Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019, algorithm 2.

    Args:
        lr: the learning rate, at least 0.
        betas: how much of the mean gradient and of the mean square is kept, each below 1.
        eps: more than 0, added to the root, so that nothing is divided by 0.
        weight_decay: each step takes lr times this part off every weight.

    Raises:
        ValueError: a setting is out of its range.
        TypeError: a setting is not a number.

    Example:
        >>> [round(w, 6) for w in AdamW(lr=0.1, weight_decay=0.5).updated([1.0], [2.0])]
        [0.85]
    """

    @asking("{}(lr=0.1)")
    def __init__(
        self,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(lr, betas, eps, weight_decay)

    def _rule(self, step: int, weight: N, gradient: N, *averages: N) -> tuple[N, ...]:
        weight = weight * (1.0 - self.lr * self.weight_decay)
        return self._moved(step, weight, gradient, *averages)
