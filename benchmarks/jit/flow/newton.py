"""Newton's method until it converges, row by row: x in x exp(x) = a, and its derivative by a.

    python benchmarks/jit/flow/newton.py

100,000 rows. Ours with ``while_loop`` and with Python's ``while``, each mapped, value and gradient;
JAX's ``while_loop`` under vmap and jit, value alone, since it has no reverse mode of it.
"""

from __future__ import annotations

import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from measuring import first_call, machine, medians, pin_to_one_core, show

import autograd
from autograd import exp, jit, value_and_grad, while_loop

ROWS = 100_000


def root(a: Any) -> Any:
    """Return x with x exp(x) = a."""

    def step(state: Any) -> Any:
        x, _ = state
        change = (x * exp(x) - a) / (exp(x) * (1.0 + x))
        return x - change, change

    return while_loop(lambda state: abs(state[1]) > 1e-13, step, (1.0 + 0.0 * a, 1.0))[0]


def jax_root(a: Any) -> Any:
    """Return the same, JAX's."""

    def step(state: Any) -> Any:
        x, _ = state
        change = (x * jnp.exp(x) - a) / (jnp.exp(x) * (1.0 + x))
        return x - change, change

    return jax.lax.while_loop(
        lambda state: abs(state[1]) > 1e-13, step, (jnp.ones_like(a), jnp.ones_like(a))
    )[0]


def main() -> None:
    """Measure."""
    pin_to_one_core()
    jax.config.update("jax_enable_x64", True)
    print(machine("jax", "llvmlite"))
    a = np.exp(np.random.default_rng(0).uniform(-3.0, 6.0, ROWS))

    def ours(exact: bool) -> Any:
        fast = jit(value_and_grad(root), in_axes=0, exact=exact)
        return lambda: fast(a)

    def ours_forward(exact: bool) -> Any:
        fast = jit(root, in_axes=0, exact=exact)
        return lambda: fast(a)

    def theirs() -> Any:
        fast = jax.jit(jax.vmap(jax_root))
        return lambda: jax.block_until_ready(fast(a))

    rivals = {
        "value": lambda: ours_forward(True),
        "value, fast mode": lambda: ours_forward(False),
        "value and gradient": lambda: ours(True),
        "value and gradient, fast": lambda: ours(False),
        "jax, value": theirs,
    }
    first, calls = {}, {}
    for name, make in rivals.items():
        first[name], calls[name] = first_call(make)
    value, slope = calls["value and gradient"]()
    assert np.abs(value * np.exp(value) / a - 1.0).max() < 1e-12
    assert np.abs(slope * np.exp(value) * (1.0 + value) - 1.0).max() < 1e-12, "implicit derivative"
    show(f"{ROWS} rows", first, medians(calls, 10))
    start = time.perf_counter()
    for number in a[:300]:
        value_and_grad(root)(float(number))
    eager = (time.perf_counter() - start) / 300 * ROWS
    fast = medians({"fast": calls["value and gradient"]}, 10)["fast"]
    print(f"  eager {eager:.2f} s, {eager / fast:.0f} times the compiled one")
    assert autograd is not None


if __name__ == "__main__":
    main()
