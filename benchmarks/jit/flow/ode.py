"""The gradient of an ODE's solution: Lotka-Volterra, Runge and Kutta's method, many steps.

    python benchmarks/jit/flow/ode.py

By four parameters and the initial state. Ours with ``scan``, JAX's ``jax.jit`` with ``lax.scan`` in
float64; for 1,000 steps also a plain Python loop of ours, which is unrolled.
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from measuring import first_call, machine, medians, megabytes, pin_to_one_core, show

from autograd import grad, jit, scan

PARAMETERS, STATE = [1.5, 1.0, 3.0, 1.0], [1.0, 1.0]


def rk4(parameters: Any, state: Any, h: float) -> tuple[Any, Any]:
    """Return the state after a step of length h."""
    a, b, c, d = parameters

    def rates(x: Any, y: Any) -> tuple[Any, Any]:
        return a * x - b * x * y, d * x * y - c * y

    x, y = state
    k1 = rates(x, y)
    k2 = rates(x + h / 2 * k1[0], y + h / 2 * k1[1])
    k3 = rates(x + h / 2 * k2[0], y + h / 2 * k2[1])
    k4 = rates(x + h * k3[0], y + h * k3[1])
    return (
        x + h / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0]),
        y + h / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1]),
    )


def solution(scan: Any, steps: int) -> Any:
    """Return a function of parameters and initial state: a loss of the last state."""
    h = 10.0 / steps

    def loss(parameters: Any, state: Any) -> Any:
        (x, y), _ = scan(
            lambda carry, _: (rk4(parameters, carry, h), None), tuple(state), length=steps
        )
        return x * x + y

    return loss


def unrolled(steps: int) -> Any:
    """Return the same with a loop of Python's."""

    def loss(parameters: Any, state: Any) -> Any:
        state = tuple(state)
        for _ in range(steps):
            state = rk4(parameters, state, 10.0 / steps)
        return state[0] * state[0] + state[1]

    return loss


def ours(loss: Any) -> Any:
    """Return a call of ours, compiled."""
    fast = jit(grad(loss, (0, 1)))
    return lambda: fast(PARAMETERS, STATE)


def theirs(steps: int) -> Any:
    """Return a call of JAX's, compiled."""
    loss = solution(lambda f, init, length: jax.lax.scan(f, init, None, length), steps)
    fast = jax.jit(jax.grad(loss, (0, 1)))
    given = [list(map(np.float64, PARAMETERS)), list(map(np.float64, STATE))]
    return lambda: jax.block_until_ready(fast(*given))


def main() -> None:
    """Measure."""
    pin_to_one_core()
    jax.config.update("jax_enable_x64", True)
    jax.block_until_ready(jax.jit(lambda x: x + 1.0)(1.0))
    jit(lambda x: x + 1.0)(1.0)
    print(machine("jax", "llvmlite"))
    for steps in (1_000, 10_000, 100_000):
        rivals = {
            "scan": lambda n=steps: ours(solution(scan, n)),
            "lax.scan": lambda n=steps: theirs(n),
        }
        if steps == 1_000:
            rivals["unrolled"] = lambda n=steps: ours(unrolled(n))
        first, calls = {}, {}
        for name, make in rivals.items():
            before = megabytes()
            first[name], calls[name] = first_call(make)
            if name == "scan":
                print(f"  memory grew by {megabytes() - before:.1f} MB")
        results = [
            np.array([*map(float, [*a, *b])]) for a, b in (calls[n]() for n in ("scan", "lax.scan"))
        ]
        assert np.allclose(*results, rtol=1e-9), results
        show(f"{steps} steps", first, medians(calls, 20))


if __name__ == "__main__":
    main()
