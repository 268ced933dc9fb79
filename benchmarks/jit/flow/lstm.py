"""ADBench's LSTM with ``scan`` over the characters: value and gradient by all weights.

    python benchmarks/jit/flow/lstm.py [characters]

Two layers of 14, in ADBench's own form; numbers from a seed. Ours scans over the rows of arrays
whose length is read at the call; JAX's is ``jax.jit`` of ``lax.scan`` in float64.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from measuring import first_call, machine, medians, megabytes, pin_to_one_core, show

sys.path.insert(0, str(Path(__file__).parents[2] / "problems"))

from adbench import array_objectives, flattened

import autograd as ag
from autograd import exp, jit, log, scan, sigmoid, tanh, value_and_grad

LAYERS, SIZE = 2, 14


def loss(main: Any, extra: Any, state: Any, letters: Any, following: Any) -> Any:
    """The sum of the losses of predicting each letter of a text from those before it."""
    main, extra = [list(row) for row in main], [list(row) for row in extra]

    def step(carry: Any, pair: Any) -> Any:
        state, total = carry
        letter, following = pair
        signal, after = [letter[i] * extra[0][i] for i in range(SIZE)], []
        for layer in range(0, 2 * LAYERS, 2):
            weight, bias = main[layer], main[layer + 1]
            hidden, cell = state[layer], state[layer + 1]
            gates = [
                [part[i] * weight[g * SIZE + i] + bias[g * SIZE + i] for i in range(SIZE)]
                for g, part in enumerate((signal, hidden, signal, hidden))
            ]
            cell = [
                cell[i] * sigmoid(gates[0][i]) + sigmoid(gates[1][i]) * tanh(gates[3][i])
                for i in range(SIZE)
            ]
            signal = [sigmoid(gates[2][i]) * tanh(cell[i]) for i in range(SIZE)]
            after += [signal, cell]
        guess = [signal[i] * extra[1][i] + extra[2][i] for i in range(SIZE)]
        norm = log(2.0 + ag.sum([exp(g) for g in guess]))
        term = ag.sum([following[i] * (guess[i] - norm) for i in range(SIZE)])
        return (after, total + term), None

    (_, total), _ = scan(step, ([list(row) for row in state], 0.0), (letters, following))
    return -total / float(SIZE)


def main() -> None:
    """Measure."""
    pin_to_one_core()
    jax.config.update("jax_enable_x64", True)
    jax.block_until_ready(jax.jit(lambda x: x + 1.0)(1.0))
    jit(lambda x: x + 1.0)(1.0)
    characters = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    random = np.random.default_rng(1)
    main_, extra, state = (
        random.normal(size=shape) for shape in ((4, 4 * SIZE), (3, SIZE), (4, SIZE))
    )
    text = np.eye(SIZE)[random.integers(0, SIZE, characters)]
    print(machine("jax", "llvmlite"))

    def ours(exact: bool) -> Any:
        fast = jit(value_and_grad(loss, (0, 1)), exact=exact)
        given = [np.ascontiguousarray(part) for part in (main_, extra, state, text[:-1], text[1:])]
        return lambda: fast(*given)

    def theirs() -> Any:
        recurrent = array_objectives(
            jnp, lambda step, first, *columns: jax.lax.scan(step, first, columns)[1], None
        )[2]
        fast = jax.jit(jax.value_and_grad(recurrent, (0, 1)))
        given = [jnp.asarray(part) for part in (main_, extra, state, text)]
        return lambda: jax.block_until_ready(fast(*given))

    rivals = {
        "scan": lambda: ours(True),
        "scan, fast mode": lambda: ours(False),
        "lax.scan": theirs,
    }
    first, calls = {}, {}
    for name, make in rivals.items():
        before = megabytes()
        first[name], calls[name] = first_call(make)
        print(f"  {name}: memory grew by {megabytes() - before:.1f} MB")
    mine, his = flattened(calls["scan"]()), flattened(calls["lax.scan"]())
    for a, b in zip(mine, his, strict=True):
        assert np.allclose(a / (characters - 1), b, rtol=1e-9), (a, b)
    show(f"{characters} characters", first, medians(calls, 20))


if __name__ == "__main__":
    main()
