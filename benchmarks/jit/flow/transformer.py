"""A character transformer whose one program takes documents of 1 to 16 letters.

    python benchmarks/jit/flow/transformer.py

The model of ``../transformer.py``: one layer, 16 wide, 4 heads, 4,192 parameters; value and
gradient by all of them. Beside it the same unrolled for one document, as it has to be without scan.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from measuring import first_call, machine, medians, megabytes, pin_to_one_core

sys.path.insert(0, str(Path(__file__).parent.parent))

import transformer as unrolled

import autograd as ag
from autograd import exp, jit, log, put, relu, scan, take, value_and_grad, where

LONGEST, WIDTH, HEADS = 16, unrolled.WIDTH, unrolled.HEADS
SIZE = WIDTH // HEADS
BEGIN = 26


def parameters() -> dict[str, Any]:
    """Return arrays of small random numbers."""
    random = np.random.default_rng(1)
    shapes = unrolled.SHAPES | {"positions": (LONGEST, WIDTH)}
    return {name: random.normal(0, 0.1, shape) for name, shape in shapes.items()}


def softmax(numbers: list[Any]) -> list[Any]:
    """Return exp(x) over the sum of them."""
    powers = [exp(x) for x in numbers]
    total = ag.sum(powers)
    return [power / total for power in powers]


def loss(weights: dict[str, Any], pairs: Any) -> Any:
    """Return the sum of -log(probability) of each letter after those before it.

    Args:
        weights: the parameters.
        pairs: for each position a letter and the one that follows.
    """
    matrix = {name: [list(row) for row in part] for name, part in weights.items()}
    normalised = unrolled.normalised

    def linear(matrix: Any, vector: Any) -> list[Any]:
        return [unrolled.product(row, vector) for row in matrix]

    def step(carry: Any, pair: Any) -> Any:
        position, keys, values, total = carry
        letter, following = pair
        token, place = take(matrix["tokens"], letter), take(matrix["positions"], position)
        x = normalised([a + b for a, b in zip(token, place, strict=True)])
        normal = normalised(x)
        query = linear(matrix["query"], normal)
        keys = put(keys, position, linear(matrix["key"], normal))
        values = put(values, position, linear(matrix["value"], normal))
        joined = []
        for at in range(0, WIDTH, SIZE):
            part = slice(at, at + SIZE)
            scores = [
                sum(q * k for q, k in zip(query[part], key[part], strict=True)) * SIZE**-0.5
                for key in keys
            ]
            powers = [
                where(position >= float(j), exp(score), 0.0) for j, score in enumerate(scores)
            ]
            whole = ag.sum(powers)
            joined += [
                ag.sum([p * value[at + i] for p, value in zip(powers, values, strict=True)]) / whole
                for i in range(SIZE)
            ]
        x = [a + b for a, b in zip(x, linear(matrix["out"], joined), strict=True)]
        hidden = [relu(h) for h in linear(matrix["up"], normalised(x))]
        x = [a + b for a, b in zip(x, linear(matrix["down"], hidden), strict=True)]
        chance = take(softmax(linear(matrix["head"], x)), following)
        return (position + 1.0, keys, values, total - log(chance)), None

    empty = [[0.0] * WIDTH for _ in range(LONGEST)]
    return scan(step, (0.0, empty, empty, 0.0), pairs)[0][3]


def pairs_of(word: str) -> Any:
    """Return the letters of a word after the mark of the beginning, each with the next one."""
    letters = [BEGIN, *[unrolled.LETTERS.index(letter) for letter in word]]
    return np.array([letters[:-1], letters[1:]], dtype=float).T.copy()


def main() -> None:
    """Measure."""
    pin_to_one_core()
    jit(lambda x: x + 1.0)(1.0)
    print(machine("llvmlite"))
    weights = parameters()
    before = megabytes()
    fast = jit(value_and_grad(loss))
    documents = {length: pairs_of("autogradautograd"[:length]) for length in range(1, LONGEST + 1)}
    seconds, _ = first_call(lambda: lambda: fast(weights, documents[8]))
    print(f"  first call {seconds:.2f} s, memory {megabytes() - before:.0f} MB; {fast.report()}")
    start = time.process_time()
    for pairs in documents.values():
        fast(weights, pairs)
    print(f"  {fast.ways} program; all 16 lengths in {time.process_time() - start:.4f} s")

    again = jit(value_and_grad(unrolled.loss))
    short = weights | {"positions": weights["positions"][:8]}
    first, _ = first_call(lambda: lambda: again(short))
    value, _ = fast(weights, documents[8])
    assert abs(value / len(unrolled.WORD) / again(short)[0] - 1.0) < 1e-12
    calls = {"scan": lambda: fast(weights, documents[8]), "unrolled": lambda: again(short)}
    times = medians(calls, 50)
    print(f"  unrolled: first call {first:.2f} s")
    print(
        f"  a document of 8 letters: scan {times['scan'] * 1e3:.3f} ms, unrolled "
        f"{times['unrolled'] * 1e3:.3f} ms, {times['scan'] / times['unrolled']:.2f} times"
    )


if __name__ == "__main__":
    main()
