"""A gradient a row by 1,000 weights, mapped, not reduced: first and later calls beside JAX.

python benchmarks/jit/first_call/rows.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "flow"))

import jax
import jax.numpy as jnp
from measuring import first_call, machine, medians, pin_to_one_core, show

import autograd as ag
from autograd import grad, jit, tanh
from autograd.backends.llvm.engine import compiling_for


def loss(w: Any, x: Any) -> Any:
    """A layer of a hundred units, each with ten weights of its own."""
    units = [tanh(ag.dot(list(w[i : i + 10]), list(x))) for i in range(0, 1000, 10)]
    return ag.sum(units) ** 2


def main() -> None:
    """Measure."""
    pin_to_one_core()
    jax.config.update("jax_enable_x64", True)
    jax.block_until_ready(jax.jit(lambda x: x + 1.0)(1.0))
    jit(lambda x: x + 1.0)(1.0)
    random = np.random.default_rng(0)
    w, rows = random.normal(size=1000) * 0.1, random.normal(size=(1000, 10))
    print(machine("jax", "llvmlite"))

    def ours() -> Any:
        fast = jit(grad(loss), in_axes=(None, 0))
        return lambda: fast(w, rows)

    def inexact() -> Any:  # what JAX's tanh is too
        fast = jit(grad(loss), in_axes=(None, 0), exact=False)
        return lambda: fast(w, rows)

    def for_avx2() -> Any:
        with compiling_for("avx2"):
            fast = jit(grad(loss), in_axes=(None, 0))
            fast(w, rows)
        return lambda: fast(w, rows)

    def theirs() -> Any:
        their_loss = lambda w, x: jnp.sum(jnp.tanh(w.reshape(100, 10) @ x)) ** 2  # noqa: E731
        fast = jax.jit(jax.vmap(jax.grad(their_loss), (None, 0)))
        given = jnp.asarray(w), jnp.asarray(rows)
        return lambda: jax.block_until_ready(fast(*given))

    first, calls = {}, {}
    for name, make in {
        "ours": ours,
        "ours, exact=False": inexact,
        "ours, for AVX2": for_avx2,
        "jax": theirs,
    }.items():
        first[name], calls[name] = first_call(make)
    assert np.allclose(calls["ours"](), calls["jax"](), rtol=1e-9)
    show("1,000 rows by 1,000 weights", first, medians(calls, 20))


if __name__ == "__main__":
    main()
