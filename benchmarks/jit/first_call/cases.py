"""The programs whose first calls are compared, one to a process: by whatever ``autograd`` it finds.

    python benchmarks/jit/first_call/cases.py transformer autograd

Prints a line of JSON: seconds of processor time to the first result, and of later calls, steps,
megabytes. Processor time, so that neighbours on the machine count for little.
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "problems"))

import numpy as np
from common import pin_to_one_core

Call = Callable[[], Any]
RANDOM = np.random.default_rng(0)


def _jax() -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.block_until_ready(jax.jit(lambda x: x + 1.0)(1.0))
    return jax


def transformer(side: str) -> Call:
    """The character transformer's loss and gradient, unrolled."""
    from transformer import loss, parameters

    from autograd import jit, value_and_grad

    weights = parameters()
    step: Any = jit(value_and_grad(loss))
    return lambda: step(weights)


def net(nodes: int) -> Callable[[str], Call]:
    """Layers of eight neurons, of so many forward nodes."""

    def case(side: str) -> Call:
        from compile_time import network

        from autograd import jit, value_and_grad

        step: Any = jit(value_and_grad(network(nodes)))
        weights = np.linspace(-0.5, 0.5, 8)
        return lambda: step(weights)

    return case


def wide(units: int) -> Callable[[str], Call]:
    """One layer of units with forty weights each: a large program that is wide."""

    def case(side: str) -> Call:
        from autograd import jit, tanh, value_and_grad

        def loss(w: Any, x: Any) -> Any:
            numbers = list(x)
            total = 0.0
            for row in w:
                inner = row[0] * numbers[0]
                for a, b in zip(row[1:], numbers[1:], strict=True):
                    inner = inner + a * b
                total = total + tanh(inner)
            return total

        step: Any = jit(value_and_grad(loss))
        w, x = RANDOM.normal(size=(units, 40)) * 0.1, RANDOM.normal(size=40)
        return lambda: step(w, x)

    return case


def mixture(size: int, count: int) -> Callable[[str], Call]:
    """ADBench's Gaussian mixture: value and gradient over a thousand points."""

    def case(side: str) -> Call:
        import adbench
        import adbench_data

        with tempfile.TemporaryDirectory() as folder:
            adbench_data.make(Path(folder))
            place = Path(folder) / "gmm" / "1k" / f"gmm_d{size}_K{count}.txt"
            given = adbench_data.read_mixture(place) if place.exists() else None
        if given is None:
            width = size + size * (size - 1) // 2
            given = (RANDOM.normal(size=count), RANDOM.uniform(size=(count, size)),
                     RANDOM.normal(size=(count, width)) * 0.3,
                     RANDOM.normal(size=(1000, size)), 1.0, 0)  # fmt: skip
        if side == "jax":
            _jax()
            return adbench.with_jax("mixture", given)
        return adbench.ours("mixture", given)

    return case


def rows(side: str, exact: bool = True) -> Call:
    """A gradient a row by a thousand weights, not reduced, for a thousand rows."""
    w, x = RANDOM.normal(size=1000) * 0.1, RANDOM.normal(size=(1000, 10))
    if side == "jax":
        jax = _jax()
        jnp = jax.numpy

        def their_loss(w: Any, x: Any) -> Any:
            return jnp.sum(jnp.tanh(w.reshape(100, 10) @ x)) ** 2

        fast = jax.jit(jax.vmap(jax.grad(their_loss), (None, 0)))
        given = jnp.asarray(w), jnp.asarray(x)
        return lambda: jax.block_until_ready(fast(*given))
    import autograd as ag
    from autograd import grad, jit, tanh

    def loss(w: Any, x: Any) -> Any:
        units = [tanh(ag.dot(list(w[i : i + 10]), list(x))) for i in range(0, 1000, 10)]
        return ag.sum(units) ** 2

    ours: Any = jit(grad(loss), in_axes=(None, 0), exact=exact)
    return lambda: ours(w, x)


def moons(side: str) -> Call:
    """One training step of a 2-16-16-1 network over a hundred rows."""
    import moons as of_moons

    given = of_moons.data()
    if side == "jax":
        _jax()
        step = of_moons.jax_step()
        return lambda: step(*given)
    from autograd import jit, value_and_grad

    ours: Any = jit(value_and_grad(of_moons.loss), in_axes=(None, 0, 0), reduce="mean")
    return lambda: ours(*given)


def runge_kutta(side: str) -> Call:
    """A thousand steps of an ODE in a Python loop, differentiated; JAX's ``lax.scan`` of it."""
    h, parameters, state = 0.01, [1.5, 1.0, 3.0, 1.0], [1.0, 1.0]

    def rk4(parameters: Any, state: Any) -> tuple[Any, Any]:
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

    if side == "jax":
        jax = _jax()

        def theirs(parameters: Any, state: Any) -> Any:
            (x, y), _ = jax.lax.scan(
                lambda carry, _: (rk4(parameters, carry), None), tuple(state), length=1000
            )
            return x * x + y

        fast = jax.jit(jax.grad(theirs, (0, 1)))
        given = [jax.numpy.asarray(part) for part in (parameters, state)]
        return lambda: jax.block_until_ready(fast(*given))
    from autograd import grad, jit

    def loss(parameters: Any, state: Any) -> Any:
        state = tuple(state)
        for _ in range(1000):
            state = rk4(parameters, state)
        return state[0] * state[0] + state[1]

    ours: Any = jit(grad(loss, (0, 1)))
    return lambda: ours(parameters, state)


def rosenbrock(size: int) -> Callable[[str], Call]:
    """The Hessian of Rosenbrock's function of so many numbers."""

    def case(side: str) -> Call:
        from autograd import hessian, jit

        def function(x: Any) -> Any:
            return sum(
                100.0 * (x[i + 1] - x[i] * x[i]) ** 2 + (1.0 - x[i]) ** 2 for i in range(size - 1)
            )

        step: Any = jit(hessian(function))
        x = np.linspace(-1.0, 1.0, size)
        return lambda: step(x)

    return case


def mapped(kind: str, size: int) -> Callable[[str], Call]:
    """Functions of so many results, each a constant or one operation, over eight rows."""

    def case(side: str) -> Call:
        from autograd import jit

        function = {
            "same": lambda x: [x] * size,
            "double": lambda x: [number * 2.0 for number in x],
        }[kind]
        step: Any = jit(function, in_axes=0)
        x = RANDOM.normal(size=(8,) if kind == "same" else (8, size))
        return lambda: step(x)

    return case


def jacobian_of(size: int) -> Callable[[str], Call]:
    """The Jacobian of products of neighbours."""

    def case(side: str) -> Call:
        from autograd import jacobian, jit

        step: Any = jit(jacobian(lambda x: [x[i] * x[i - 1] for i in range(size)]))
        x = np.linspace(-1.0, 1.0, size)
        return lambda: step(x)

    return case


CASES: dict[str, Callable[[str], Call]] = {
    "transformer": transformer,
    "net of 10,000 nodes": net(10_000),
    "net of 100,000 nodes": net(100_000),
    "net of 300,000 nodes": net(300_000),
    "wide layer, 10,000 steps": wide(42),
    "wide layer, 100,000 steps": wide(420),
    "wide layer, 1,000,000 steps": wide(4200),
    "mixture d=20 K=50": mixture(20, 50),
    "mixture d=64 K=5": mixture(64, 5),
    "gradient a row by 1,000 weights": rows,
    "gradient a row by 1,000 weights, exact=False": partial(rows, exact=False),
    "moons step": moons,
    "1,000 steps of Runge-Kutta, a Python loop": runge_kutta,
    "Hessian of Rosenbrock, 20": rosenbrock(20),
    "Hessian of Rosenbrock, 40": rosenbrock(40),
    "Hessian of Rosenbrock, 80": rosenbrock(80),
    "[x] * 1,000 mapped": mapped("same", 1000),
    "[x] * 8,000 mapped": mapped("same", 8000),
    "v * 2 for 1,000, mapped": mapped("double", 1000),
    "v * 2 for 8,000, mapped": mapped("double", 8000),
    "Jacobian of 30 products": jacobian_of(30),
    "Jacobian of 120 products": jacobian_of(120),
}


def warm_up() -> None:
    """Compile one program by LLVM, which takes a while to begin, as any build does at its first."""
    from autograd import jit

    try:
        first: Any = jit(lambda x: x + 1.0, tier="llvm")
    except TypeError:  # commit 84578a3 knows no other
        first = jit(lambda x: x + 1.0)
    first(1.0)


def resident() -> float:
    """Return the megabytes that this process holds now."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * 4096 / 2**20 if status.exists() else 0.0


def heat(call: Call) -> None:
    """Call so often that what compiles in the background is done."""
    try:
        from autograd.compiler.tiers import HOT_LARGE, finish
    except ImportError:
        return
    end = time.perf_counter() + 60.0
    for _ in range(HOT_LARGE + 1):
        call()
        if time.perf_counter() > end:
            break
    finish()


def main() -> None:
    """Measure one case."""
    pin_to_one_core()
    name, side = sys.argv[1:3]
    if side != "jax":
        warm_up()
    gc.collect()
    before = resident()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if side == "jax":
        _jax()
    start, clock = time.process_time(), time.perf_counter()
    call = CASES[name](side)
    call()
    first, waited = time.process_time() - start, time.perf_counter() - clock
    top = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    call()
    gc.collect()
    kept = resident() - before
    heat(call)
    seconds: list[float] = []
    end = time.perf_counter() + 2.0
    while len(seconds) < 20 or (time.perf_counter() < end and len(seconds) < 2000):
        start = time.process_time()
        call()
        seconds.append(time.process_time() - start)
    half = sorted(seconds[len(seconds) // 2 :])
    step = getattr(next((c.cell_contents for c in call.__closure__ or ()  # type: ignore[attr-defined]
                         if hasattr(c.cell_contents, "report")), None), "report", None)  # fmt: skip
    found = step() if step else None
    print(json.dumps({
        "first": first, "waited": waited, "call": statistics.median(half), "least": half[0],
        "kept": kept, "peak": top - peak, "steps": found.steps if found else 0,
        "tier": getattr(found, "tier", "") if found else "",
    }))  # fmt: skip


if __name__ == "__main__":
    main()
