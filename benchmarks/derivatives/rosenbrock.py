"""Gradient and Hessian of a 20-variable Rosenbrock function: ours, HIPS autograd, JAX without jit.

    pip install -e ".[benchmark]"
    taskset -c 0 python benchmarks/derivatives/rosenbrock.py

All run the same scalar code on a list of 20 numbers. HIPS autograd bears our import name, so it
runs in an environment of its own (made on the first run in a temporary folder, or given by
--hips-python), as a subprocess that times itself; where it refuses lists it gets an array.
Beside it, for honesty, their vectorised forms, which is how those two are meant to be used.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

START = [0.1 * (i % 7) - 0.3 for i in range(20)]


def rosenbrock(x):
    total = 0.0
    for a, b in zip(x[:-1], x[1:], strict=True):
        total = total + 100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2
    return total


def vectorised(x):
    a, b = x[:-1], x[1:]
    return (100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2).sum()


def timed(call, seconds=1.0):
    """Return the median time of a call, after one to warm up."""
    call()
    times = []
    until = time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < until:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def flat(nested):
    try:
        return [number for part in nested for number in flat(part)]
    except TypeError:
        return [float(nested)]


def measured_ours():
    import autograd

    gradient, hessian = autograd.grad(rosenbrock), autograd.hessian(rosenbrock)
    return {
        "version": autograd.__version__,
        "gradient": timed(lambda: gradient(START)),
        "hessian": timed(lambda: hessian(START)),
        "numbers": flat(gradient(START)) + flat(hessian(START)),
    }


def measured_jax():
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    array = jnp.array(START)
    gradient, hessian = jax.grad(rosenbrock), jax.hessian(rosenbrock)
    whole, whole_hessian = jax.grad(vectorised), jax.hessian(vectorised)
    return {
        "version": jax.__version__,
        "gradient": timed(lambda: jax.block_until_ready(gradient(START))),
        "hessian": timed(lambda: jax.block_until_ready(hessian(START))),
        "vectorised gradient": timed(lambda: jax.block_until_ready(whole(array))),
        "vectorised hessian": timed(lambda: jax.block_until_ready(whole_hessian(array))),
        "numbers": flat(gradient(START)) + flat(hessian(START)),
    }


def measured_hips():
    """Run inside the environment of HIPS autograd."""
    from importlib.metadata import version

    import autograd.numpy as np

    import autograd

    array = np.array(START)
    gradient, hessian = autograd.grad(rosenbrock), autograd.hessian(rosenbrock)

    def summed(x):
        return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    whole, whole_hessian = autograd.grad(summed), autograd.hessian(summed)
    return {
        "version": version("autograd"),
        "gradient": timed(lambda: gradient(START)),
        "hessian": timed(lambda: hessian(array)),  # its hessian refuses lists
        "vectorised gradient": timed(lambda: whole(array)),
        "vectorised hessian": timed(lambda: whole_hessian(array)),
        "numbers": flat(gradient(START)) + flat(hessian(array)),
    }


def hips_in_a_subprocess(python):
    if python is None:
        folder = Path(tempfile.gettempdir()) / "hips-autograd-environment"
        python = folder / "bin" / "python"
        if not python.exists():
            venv.create(folder, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "autograd"], check=True)
    command = [str(python), "-I", str(Path(__file__).resolve()), "--as-hips"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--hips-python", help="the interpreter of an environment with autograd")
    parser.add_argument("--as-hips", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.as_hips:
        json.dump(measured_hips(), sys.stdout)
        return
    ours = measured_ours()
    peers = {"HIPS autograd": hips_in_a_subprocess(given.hips_python), "JAX": measured_jax()}
    print(f"Python {platform.python_version()}, scalar-autograd {ours['version']}")
    print(f"{'':28}{'gradient':>12}{'hessian':>12}")
    row = "{:28}{:9.3f} ms{:9.3f} ms"
    print(row.format("ours", 1e3 * ours["gradient"], 1e3 * ours["hessian"]))
    for name, peer in peers.items():
        title = f"{name} {peer['version']}"
        print(row.format(title, 1e3 * peer["gradient"], 1e3 * peer["hessian"]))
        print(
            row.format(
                "  vectorised", 1e3 * peer["vectorised gradient"], 1e3 * peer["vectorised hessian"]
            )
        )
        worst = max(
            abs(a - b) / max(1.0, abs(b))
            for a, b in zip(ours["numbers"], peer["numbers"], strict=True)
        )
        gradient = peer["gradient"] / ours["gradient"]
        hessian = peer["hessian"] / ours["hessian"]
        print(f"  ratio to ours: gradient {gradient:.1f} x, hessian {hessian:.1f} x")
        assert worst < 1e-9, f"the numbers differ from {name}'s by {worst}"
        assert gradient >= 10.0, f"the gradient is {gradient:.1f} times as fast as {name}'s, not 10"
        assert hessian >= 5.0, f"the hessian is {hessian:.1f} times as fast as {name}'s, not 5"


if __name__ == "__main__":
    main()
