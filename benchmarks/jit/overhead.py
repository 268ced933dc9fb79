"""What one call of a compiled scalar function costs, beside numba, CasADi and JAX.

python benchmarks/jit/overhead.py
"""

from __future__ import annotations

import math
import timeit
from collections.abc import Callable
from typing import Any

from common import pin_to_one_core, report, versions

import autograd
from autograd import jit, value_and_grad

CALLS, ROUNDS = 20_000, 7


def scalar(x: Any) -> Any:
    """Return the function that all of them compute."""
    return x * x + autograd.sin(x)


def by_numba() -> Callable[[], Any]:
    import numba

    fast = numba.njit(lambda x: x * x + math.sin(x))
    return lambda: fast(2.0)


def casadi_function() -> Any:
    import casadi

    x = casadi.SX.sym("x")
    return casadi.Function("f", [x], [x * x + casadi.sin(x)])


def by_casadi() -> Callable[[], Any]:
    function = casadi_function()
    return lambda: function(2.0)


def by_casadi_buffer() -> Callable[[], Any]:
    import numpy as np

    function = casadi_function()
    buffer, trigger = function.buffer()
    argument, result = np.array([2.0]), np.zeros(1)
    buffer.set_arg(0, memoryview(argument))
    buffer.set_res(0, memoryview(result))

    def run() -> float:
        argument[0] = 2.0
        trigger()
        assert buffer is not None
        assert function is not None
        return float(result[0])

    return run


def by_jax() -> Callable[[], Any]:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    fast = jax.jit(lambda x: x * x + jnp.sin(x))
    return lambda: float(fast(2.0))


def main() -> None:
    pin_to_one_core()
    print(versions("llvmlite", "numba", "casadi", "jax"))
    fast, with_slope = jit(scalar), jit(value_and_grad(scalar))
    rivals: dict[str, Callable[[], Any]] = {
        "autograd jit": lambda: fast(2.0),
        "autograd jit, value and slope": lambda: with_slope(2.0),
        "autograd, eager": lambda: scalar(2.0),
        "numba njit": by_numba(),
        "CasADi, buffer": by_casadi_buffer(),
        "CasADi, call": by_casadi(),
        "jax jit": by_jax(),
    }
    seconds: dict[str, float] = {}
    for name, call in rivals.items():
        call()
        calls = CALLS if name != "jax jit" else CALLS // 20
        seconds[name] = min(timeit.repeat(call, number=calls, repeat=ROUNDS)) / calls
    report("one call of x * x + sin(x)", "autograd jit", seconds)


if __name__ == "__main__":
    main()
