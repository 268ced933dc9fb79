"""One training step of the moons network (2-16-16-1, 337 parameters, 100 rows) against others.

Mean hinge loss and its gradient, float64, from NumPy arrays to NumPy arrays, on one core.

    python benchmarks/jit/moons.py
"""

from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
from common import medians, pin_to_one_core, report, versions

import autograd
from autograd import jit, relu, value_and_grad

CALLS = 200


def data(rows: int = 100) -> tuple[dict[str, Any], Any, Any]:
    """Return weights, inputs and targets of the two moons."""
    random = np.random.default_rng(0)
    angle = random.uniform(0, np.pi, rows)
    upper = np.arange(rows) % 2 == 0
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle))
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle))
    points = np.stack([x, y], axis=1) + random.normal(0, 0.1, (rows, 2))
    sizes = (2, 16, 16, 1)
    weights: dict[str, Any] = {}
    for layer, (inside, outside) in enumerate(itertools.pairwise(sizes)):
        weights[f"w{layer}"] = random.normal(0, inside**-0.5, (outside, inside))
        weights[f"b{layer}"] = np.zeros(outside)
    return weights, points, np.where(upper, 1.0, -1.0)


def loss(weights: dict[str, Any], x: Any, y: Any) -> Any:
    """Return the hinge loss of one row, in scalars."""
    for layer in range(3):
        x = weights[f"w{layer}"] @ x + weights[f"b{layer}"]
        if layer < 2:
            x = [relu(number) for number in x]
    return relu(1.0 - y * x[0])


def numpy_step(w: dict[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
    """Return loss and gradient by hand-written NumPy."""
    a1 = x @ w["w0"].T + w["b0"]
    h1 = np.maximum(a1, 0)
    a2 = h1 @ w["w1"].T + w["b1"]
    h2 = np.maximum(a2, 0)
    score = h2 @ w["w2"].T + w["b2"]
    margin = 1 - y[:, None] * score
    d = np.where(margin > 0, -y[:, None], 0.0) / len(y)
    d2 = (d @ w["w2"]) * (a2 > 0)
    d1 = (d2 @ w["w1"]) * (a1 > 0)
    grads = {"w0": d1.T @ x, "b0": d1.sum(0), "w1": d2.T @ h1, "b1": d2.sum(0)}
    grads |= {"w2": d.T @ h2, "b2": d.sum(0)}
    return float(np.maximum(margin, 0).mean()), grads


def jax_step(kept: Any = None) -> Any:
    """Return the same step for matrices, compiled by JAX.

    With arguments to keep, they and the results stay arrays of JAX, and no NumPy takes part.
    """
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def batch_loss(w: Any, x: Any, y: Any) -> Any:
        h = jnp.maximum(x @ w["w0"].T + w["b0"], 0)
        h = jnp.maximum(h @ w["w1"].T + w["b1"], 0)
        score = (h @ w["w2"].T + w["b2"])[:, 0]
        return jnp.mean(jnp.maximum(1 - y * score, 0))

    step = jax.jit(jax.value_and_grad(batch_loss))

    if kept is None:
        return lambda w, x, y: jax.device_get(step(w, x, y))
    there = jax.device_put(kept)
    return lambda w, x, y: jax.block_until_ready(step(*there))


def torch_step() -> Any:
    """Return the same step for matrices, eagerly by PyTorch."""
    import torch

    torch.set_num_threads(1)

    def run(w: Any, x: Any, y: Any) -> Any:
        t = {name: torch.from_numpy(part).requires_grad_() for name, part in w.items()}
        h = torch.relu(torch.from_numpy(x) @ t["w0"].T + t["b0"])
        h = torch.relu(h @ t["w1"].T + t["b1"])
        score = (h @ t["w2"].T + t["b2"])[:, 0]
        value = torch.relu(1 - torch.from_numpy(y) * score).mean()
        value.backward()
        return value.item(), {name: part.grad.numpy() for name, part in t.items()}

    return run


def casadi_step() -> Any:
    """Return the same step as a CasADi SX function mapped over the rows."""
    import casadi

    w = casadi.SX.sym("w", 337)
    x, y = casadi.SX.sym("x", 2), casadi.SX.sym("y")
    at, h = 0, x
    for layer, (inside, outside) in enumerate(((2, 16), (16, 16), (16, 1))):
        size = inside * outside
        matrix = casadi.reshape(w[at : at + size], inside, outside).T
        h = matrix @ h + w[at + size : at + size + outside]
        at += size + outside
        if layer < 2:
            h = casadi.fmax(h, 0)
    row_loss = casadi.fmax(1 - y * h, 0)
    row = casadi.Function("row", [w, x, y], [row_loss, casadi.gradient(row_loss, w)])
    mapped = row.map(100)

    def run(weights: Any, points: Any, targets: Any) -> Any:
        flat = np.concatenate([part.ravel() for part in weights.values()])
        values, grads = mapped(flat, points.T, targets)
        return float(values.full().mean()), grads.full().mean(axis=1)

    return run


def main() -> None:
    pin_to_one_core()
    print(versions("numpy", "llvmlite", "jax", "torch", "casadi"))
    weights, x, y = data()
    start = time.perf_counter()
    step = jit(value_and_grad(loss), in_axes=(None, 0, 0), reduce="mean")
    value, grads = step(weights, x, y)
    first = time.perf_counter() - start
    expected, expected_grads = numpy_step(weights, x, y)
    assert abs(value - expected) < 1e-12
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, expected_grads[name], atol=1e-14)
    rivals = {
        "autograd jit, exact": step,
        "autograd jit, exact=False": jit(
            value_and_grad(loss), in_axes=(None, 0, 0), reduce="mean", exact=False
        ),
        "jax jit on matrices": jax_step(),
        "jax jit, its own arrays in and out": jax_step((weights, x, y)),
        "NumPy by hand": numpy_step,
        "PyTorch eager on matrices": torch_step(),
        "CasADi SX map(100)": casadi_step(),
    }
    calls = {name: (lambda f=f: f(weights, x, y)) for name, f in rivals.items()}
    report("moons step, 100 rows", "autograd jit, exact", medians(calls, CALLS))
    print(f"  traced and compiled in {first:.2f} s; autograd {autograd.__version__}")


if __name__ == "__main__":
    main()
