"""A character transformer on scalars: one layer, 16 wide, 4 heads, 4,064 parameters, one word.

The same code runs on an eager engine with local gradients (below), on ours, and compiled.

    python benchmarks/jit/transformer.py
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from common import medians, pin_to_one_core, report, versions

from autograd import jit, value_and_grad

WORD = "autograd"  # eight letters; before them stands the mark of the beginning
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WIDTH, HEADS = 16, 4
SHAPES = {
    "tokens": (27, WIDTH),
    "positions": (8, WIDTH),
    "query": (WIDTH, WIDTH),
    "key": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "out": (WIDTH, WIDTH),
    "up": (4 * WIDTH, WIDTH),
    "down": (WIDTH, 4 * WIDTH),
    "head": (27, WIDTH),
}


def parameters() -> dict[str, Any]:
    """Return arrays of small random numbers."""
    random = np.random.default_rng(1)
    return {name: random.normal(0, 0.1, shape) for name, shape in SHAPES.items()}


def product(row: Any, vector: Any) -> Any:
    """Return the sum of products, term after term."""
    return sum(w * x for w, x in zip(row[1:], vector[1:], strict=True)) + row[0] * vector[0]


def softmax(numbers: list[Any]) -> list[Any]:
    """Return exp(x) over the sum of them."""
    powers = [x.exp() for x in numbers]
    total = powers[0]
    for power in powers[1:]:
        total = total + power
    return [power / total for power in powers]


def normalised(vector: list[Any]) -> list[Any]:
    """Return the vector over its root mean square."""
    scale = (sum(x * x for x in vector[1:]) + vector[0] * vector[0]) / len(vector) + 1e-5
    inverse = scale**-0.5
    return [x * inverse for x in vector]


def loss(weights: dict[str, Any], dot: Callable[[Any, Any], Any] = product) -> Any:
    """Return the mean of -log(probability) of each letter after those before it."""

    def linear(matrix: Any, vector: Any) -> list[Any]:
        return [dot(row, vector) for row in matrix]

    matrix = {name: [list(row) for row in part] for name, part in weights.items()}
    letters = [26, *[LETTERS.index(letter) for letter in WORD]]
    keys: list[list[Any]] = []
    values: list[list[Any]] = []
    size = WIDTH // HEADS
    total: Any = 0.0
    for position, (letter, following) in enumerate(itertools.pairwise(letters)):
        pairs = zip(matrix["tokens"][letter], matrix["positions"][position], strict=True)
        x = normalised([a + b for a, b in pairs])
        normal = normalised(x)
        query = linear(matrix["query"], normal)
        keys.append(linear(matrix["key"], normal))
        values.append(linear(matrix["value"], normal))
        joined = []
        for at in range(0, WIDTH, size):
            part = slice(at, at + size)
            scores = [
                sum(q * k for q, k in zip(query[part], key[part], strict=True)) * size**-0.5
                for key in keys
            ]
            weighted = softmax(scores)
            joined += [
                sum(w * value[at + i] for w, value in zip(weighted, values, strict=True))
                for i in range(size)
            ]
        x = [a + b for a, b in zip(x, linear(matrix["out"], joined), strict=True)]
        hidden = [h.relu() for h in linear(matrix["up"], normalised(x))]
        x = [a + b for a, b in zip(x, linear(matrix["down"], hidden), strict=True)]
        total = total - softmax(linear(matrix["head"], x))[following].log()
    return total / len(WORD)


class Local:
    """The eager engine to compare with: local gradients in tuples, order by recursion's stack."""

    __slots__ = ("children", "data", "grad", "local")
    made = 0

    def __init__(self, data: float, children: Any = (), local: Any = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.children = children
        self.local = local
        Local.made += 1

    def __add__(self, other: Any) -> Local:
        other = other if isinstance(other, Local) else Local(other)
        return Local(self.data + other.data, (self, other), (1.0, 1.0))

    __radd__ = __add__

    def __mul__(self, other: Any) -> Local:
        other = other if isinstance(other, Local) else Local(other)
        return Local(self.data * other.data, (self, other), (other.data, self.data))

    __rmul__ = __mul__

    def __neg__(self) -> Local:
        return self * -1.0

    def __sub__(self, other: Any) -> Local:
        return self + -other

    def __rsub__(self, other: Any) -> Local:
        return -self + other

    def __truediv__(self, other: Any) -> Local:
        return self * (other**-1.0 if isinstance(other, Local) else other**-1)

    def __pow__(self, number: float) -> Local:
        return Local(self.data**number, (self,), (number * self.data ** (number - 1.0),))

    def exp(self) -> Local:
        power = math.exp(self.data)
        return Local(power, (self,), (power,))

    def log(self) -> Local:
        return Local(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> Local:
        return Local(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def backward(self) -> None:
        order: list[Local] = []
        seen: set[Local] = set()
        stack: list[tuple[Local, bool]] = [(self, False)]
        while stack:
            node, finished = stack.pop()
            if finished:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack += [(child, False) for child in node.children]
        self.grad = 1.0
        for node in reversed(order):
            for child, local in zip(node.children, node.local, strict=True):
                child.grad += local * node.grad


def on_local_engine(weights: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """Return loss and gradient by the eager engine above."""
    leaves = {
        name: [[Local(x) for x in row] for row in part.tolist()] for name, part in weights.items()
    }
    result = loss(leaves)
    result.backward()
    grads = {name: np.array([[x.grad for x in r] for r in part]) for name, part in leaves.items()}
    return result.data, grads


def main() -> None:
    from autograd.trees import flatten, unflatten

    pin_to_one_core()
    print(versions("numpy", "llvmlite"))
    weights = parameters()
    start = time.perf_counter()
    step: Callable[..., Any] = jit(value_and_grad(loss))
    value, grads = step(weights)
    first = time.perf_counter() - start
    Local.made = 0
    expected, expected_grads = on_local_engine(weights)
    nodes = Local.made
    assert abs(value - expected) < 1e-12 * abs(expected)
    for name in SHAPES:
        np.testing.assert_allclose(grads[name], expected_grads[name], rtol=1e-9, atol=1e-15)
    print(step.report())  # type: ignore[attr-defined]
    print(f"first call {first:.2f} s")
    numbers, structure = flatten(weights)
    lists = unflatten(structure, numbers)
    seconds = medians({"compiled": lambda: step(weights)}, 300)
    seconds |= medians(
        {
            "eager, local gradients": lambda: on_local_engine(weights),
            "autograd, eager": lambda: value_and_grad(loss)(lists),
        },
        5,
    )
    report(f"transformer, {nodes} nodes", "compiled", seconds)
    print(f"  {seconds['compiled'] / nodes * 1e9:.2f} ns a node, forward and backward")


if __name__ == "__main__":
    main()
