"""Initial weights: functions of a random generator and of a neuron's fan-in and fan-out."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any, Protocol

from nn.errors import InputError, KindError
from nn.habits import say_what_is_ours

say_what_is_ours(__name__)


class Generator(Protocol):
    """What initialisers draw from: a ``random.Random``, or the module ``random`` itself."""

    def uniform(self, a: float, b: float) -> float:
        """Return a number drawn evenly from a to b."""

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        """Return a number drawn from a normal distribution."""


Initializer = Callable[[Any, int, int], float]


def uniform(generator: Generator, nin: int, nout: int) -> float:
    """Draw evenly from -1 to 1, as micrograd does."""
    return generator.uniform(-1, 1)


def xavier(generator: Generator, nin: int, nout: int) -> float:
    """Draw evenly from -a to a, a = sqrt(6 / (nin + nout)), for tanh and sigmoid.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks, AISTATS 2010, equation 16.
    """
    bound = math.sqrt(6.0 / (nin + nout))
    return generator.uniform(-bound, bound)


def he(generator: Generator, nin: int, nout: int) -> float:
    """Draw from a normal distribution of deviation sqrt(2 / nin), for relu.

    Source: He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015, equation 10.
    """
    return generator.gauss(0.0, math.sqrt(2.0 / nin))


INITIALIZERS: dict[str, Initializer] = {"he": he, "uniform": uniform, "xavier": xavier}


def initializer_named(initializer: str | Initializer) -> Initializer:
    """Return an initialiser given by name or as a callable."""
    if callable(initializer):
        return initializer
    if initializer not in INITIALIZERS:
        raise InputError(
            f"there is no initializer {initializer!r}; there are "
            f"{', '.join(INITIALIZERS)}, or give a function of (generator, nin, nout)"
        )
    return INITIALIZERS[initializer]


def generator_of(seed: object) -> Any:
    """Return the generator that a seed stands for; None is the module ``random``."""
    if seed is None:
        return random
    if isinstance(seed, (random.Random, type(random))):
        return seed
    return random.Random(checked_seed(seed))


def checked_seed(seed: object) -> int:
    """Return a seed as an int, if it is a whole number."""
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise KindError(f"seed must be a whole number or None, and is {seed!r}")
    return int(seed)
