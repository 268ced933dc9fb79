"""Neuron, Layer and MLP, as in micrograd: a weighted sum, and a function of it.

Each runs inside a scope of its own, so that pictures fold it into a box.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from typing import Any

import autograd
from autograd import Value, scope
from nn.errors import InputError, KindError
from nn.habits import ACTIVATIONS, asking
from nn.initializers import Initializer, generator_of, initializer_named
from nn.module import Module, whole
from nn.wording import brief, counted, what_is

Activation = Callable[[Any], Any]
SPELLINGS = {
    "elu": "ELU",
    "gelu": "GELU",
    "leaky_relu": "LeakyReLU",
    "relu": "ReLU",
    "silu": "SiLU",
}


def activation_named(activation: str | Activation) -> Activation:
    """Return a function of one number given by its name in ``autograd``, or as a callable.

    Raises:
        ValueError: autograd has no function of one number of that name.
        TypeError: it is neither a name nor a function that can be called with one number.
    """
    if callable(activation):
        if not _takes_one(activation):
            raise KindError(f"activation must be a function of one number, and is {activation!r}")
        return activation
    if not isinstance(activation, str):
        raise KindError(
            f"activation must be a name or a function, and is {brief(activation, 40)} "
            f"({type(activation).__name__})"
            + ": all sizes of layers go in one list, MLP(2, [16, 1])" * isinstance(activation, int)
            + ": where there is none, write activation=lambda x: x" * (activation is None)
        )
    function = _function_named(activation)
    if function is None:
        small = activation.lower()
        meant = ACTIVATIONS.get(small, repr(small) if _function_named(small) else "")
        advice = (
            f"write activation={meant}"
            if meant
            else "an activation is one of these ('relu', 'tanh', 'sigmoid', ...), or a function of "
            "your own"
        )
        raise InputError(f"autograd has no function of one number named {activation!r}: {advice}")
    return function


def _function_named(name: str) -> Activation | None:
    """Return the function of one number of that name in autograd, if there is one."""
    # What autograd has for single numbers is a method of Value too: sum and grad are not.
    known = name in autograd.__all__ and callable(getattr(Value(0.0), name, None))
    function: Activation | None = getattr(autograd, name) if known else None
    return function if function is not None and _takes_one(function) else None


def _is_row(x: object) -> bool:
    """Return whether it may be a row of numbers; named ones, of a series, are one too."""
    kind: Any = type(x)
    return not _is_other(kind) and getattr(x, "ndim", 1) == 1


def _first(x: Iterable[object]) -> object:
    return x[0] if type(x) is list else next(iter(x))


@functools.lru_cache(256)
def _is_other(kind: Hashable) -> bool:
    """Return whether objects of a class are no rows: data frames, texts, dicts, sets."""
    is_other = isinstance(kind, type) and issubclass(kind, (str, Mapping, Set))
    return is_other or hasattr(kind, "columns")


_COLLECTED = "it has no rows yet: write [model(x) for x in X.collect().to_numpy()]"


def _no_row(x: Sequence[object], who: str, inputs: int) -> Exception:
    """Return the error for what is no row of so many inputs, with what to write."""
    if isinstance(x, (str, Set, Mapping)):
        way = "[*x.values()]" if isinstance(x, Mapping) else "a list"
        return KindError(f"{who} takes a row of numbers, and was given {what_is(x)}: write {way}")
    if len(x) == 1 and type(_first(x)).__name__ == "LazyFrame":
        return KindError(f"{who} takes a row of numbers, and was given a LazyFrame: {_COLLECTED}")
    is_frame = hasattr(x, "columns")
    is_matrix = is_frame or (len(x) > 0 and hasattr(next(iter(x)), "__len__"))
    rows = "X.to_numpy()" if is_frame else "X"
    way = (
        f"one row of numbers; for all rows of X write [model(x) for x in {rows}]"
        if is_matrix
        else f"give rows of {counted(inputs, 'number')}, or make the model for {len(x)}, as "
        f"MLP({len(x)}, [16, 1])"
    )
    return InputError(
        f"{who} takes {counted(inputs, 'input')}, and was given "
        f"{counted(len(x), 'row') if is_matrix else len(x)}: {way}"
    )


def _no_list(model: object, more: Sequence[object]) -> Exception:
    """Return the error for inputs, or rows, that are arguments each."""
    return KindError(
        f"{type(model).__name__} takes one row, a list of numbers, and was given "
        f"{len(more) + 1} arguments: write model([x1, x2]), or [model(x) for x in X] for rows"
    )


def _takes_one(function: Callable[..., object]) -> bool:
    """Return whether a function can be called with one argument, as far as it says."""
    import inspect

    try:
        inspect.signature(function).bind(0.5)
    except TypeError:
        return False
    except ValueError:  # some built-in functions do not say what they take
        return True
    return True


class Neuron(Module):
    """A weighted sum of the inputs plus a bias, through an activation.

    Args:
        nin: how many inputs.
        nonlin: False leaves the activation out.
        activation: a function of ``autograd`` by name, or a callable.
        seed: a whole number or a ``random.Random``; None draws from the module ``random``.
        initializer: "uniform", "xavier", "he", or a function of (generator, nin, nout).
        nout: how many neurons stand beside it (for Xavier's initialiser).
        name: what pictures write on its box.

    Raises:
        ValueError: nin is less than 1, or a name is unknown; on a call, x has not nin numbers.
        TypeError: an argument is of the wrong kind.

    Example:
        >>> neuron = Neuron(2, activation="tanh", seed=1)
        >>> neuron
        TanhNeuron(2)
        >>> round(neuron([1.0, -1.0]).data, 4)
        -0.8909
    """

    @asking("{}(2)")
    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str | Activation = "relu",
        seed: int | random.Random | None = None,
        initializer: str | Initializer = "uniform",
        nout: int = 1,
        name: str = "",
    ) -> None:
        nin = whole(nin, "nin")
        generator, initial = generator_of(seed), initializer_named(initializer)
        self.w = [Value(initial(generator, nin, nout), label=f"w{i}") for i in range(nin)]
        self.b = Value(0.0, label="b")
        self.nonlin = nonlin
        self.activation = activation_named(activation)
        self.name = name or repr(self)

    def __call__(self, x: Sequence[Value | float], *more: object) -> Value:
        """Return the output for one row of inputs, a Value."""
        if more:
            raise _no_list(self, more)
        try:
            count = len(x)
        except TypeError:
            way = _COLLECTED if type(x).__name__ == "LazyFrame" else "write [x]"
            raise KindError(
                f"{self!r} takes a row of numbers, and was given {what_is(x)}: {way}"
            ) from None
        is_row = type(x) is list or _is_row(x)
        if count != len(self.w) or not is_row or isinstance(_first(x), list):
            raise _no_row(x, repr(self), len(self.w))
        with scope(self.name):
            act = self.b
            for wi, xi in zip(self.w, x, strict=True):
                act = act + wi * xi
            return self.activation(act) if self.nonlin else act

    def __repr__(self) -> str:
        name = getattr(self.activation, "__name__", type(self.activation).__name__)
        kind = SPELLINGS.get(name) or name.strip("<>").title().replace("_", "")
        return f"{kind if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons side by side, each seeing all inputs.

    Args:
        nin: how many inputs.
        nout: how many neurons.
        name: what pictures write on its box.
        options: handed to each Neuron: nonlin, activation, seed, initializer.

    Raises:
        ValueError: nin or nout is less than 1, or a name is unknown.
        TypeError: an argument is of the wrong kind.

    Example:
        >>> layer = Layer(3, 2, seed=1)
        >>> layer
        Layer of [ReLUNeuron(3), ReLUNeuron(3)]
        >>> len(layer([1.0, 2.0, 3.0]))
        2
    """

    @asking("{}(2, 3)")
    def __init__(self, nin: int, nout: int, *, name: str = "", **options: Any) -> None:
        nout = whole(nout, "nout")
        options["seed"] = generator_of(options.get("seed"))  # one generator for all neurons
        self.neurons = [
            Neuron(nin, nout=nout, name=f"neuron {i}", **options) for i in range(1, nout + 1)
        ]
        self.name = name or f"layer of {nout}"

    def __call__(self, x: Sequence[Value | float], *more: object) -> Any:
        """Return the outputs of all neurons for one row: a list, or a Value where there is one."""
        if more:
            raise _no_list(self, more)
        with scope(self.name):
            out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(neuron) for neuron in self.neurons)}]"


class MLP(Module):
    """A multilayer perceptron: each layer's outputs are the next one's inputs; the last is linear.

    Args:
        nin: how many inputs.
        nouts: the size of each layer; a last layer of one returns a Value, not a list.
        activation: a function of ``autograd`` by name, or a callable.
        seed: a whole number gives the same weights each time; None draws from ``random``.
        initializer: "uniform", "xavier", "he", or a function of (generator, nin, nout).

    Raises:
        ValueError: there is no layer, a size is less than 1, or a name is unknown.
        TypeError: an argument is of the wrong kind.

    Example:
        >>> model = MLP(2, [2, 1], seed=1)
        >>> model
        MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]
        >>> len(model.parameters())
        9
        >>> score = model([1.0, -2.0])
        >>> score.backward()
    """

    @asking("{}(2, [16, 1])")
    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Activation = "relu",
        seed: int | random.Random | None = None,
        initializer: str | Initializer = "uniform",
    ) -> None:
        if not isinstance(nouts, Sequence) or not nouts:
            raise InputError(
                f"nouts must be a list of layer sizes, such as [16, 1]; it is {nouts!r}"
            )
        sizes = [nin, *nouts]
        generator = generator_of(seed)
        self.layers = [
            Layer(
                sizes[i],
                sizes[i + 1],
                name=f"layer {i + 1}",
                nonlin=i != len(nouts) - 1,
                activation=activation,
                seed=generator,
                initializer=initializer,
            )
            for i in range(len(nouts))
        ]

    def __call__(self, x: Sequence[Value | float], *more: object) -> Any:
        """Return the scores of one row: a list, or a Value where the last layer is one neuron."""
        if more:
            raise _no_list(self, more)
        out: Any = x
        for layer in self.layers:
            out = layer(out if hasattr(out, "__len__") else [out])
        return out

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"
