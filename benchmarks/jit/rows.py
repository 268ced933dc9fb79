"""One million rows of a formula of 50 nodes with its gradient, against the same formula in C.

The C code is written by hand (value and derivative together), compiled with -O3 -march=native.

    python benchmarks/jit/rows.py
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import versions

from autograd import jit, value_and_grad

ROWS = 1_000_000

# y = sum of squares of a rational recurrence: 50 operations on (p0, p1, p2) and a row (x0, x1, x2).
C = """
#include <stddef.h>
void step(const double *p, const double *x, size_t rows, double *value, double *grad) {
    double v = 0, g0 = 0, g1 = 0, g2 = 0;
    for (size_t i = 0; i < rows; i++) {
        double a = x[3*i], b = x[3*i+1], c = x[3*i+2];
        double u = p[0], w = p[1];
        double du0 = 1, du1 = 0, du2 = 0, dw0 = 0, dw1 = 1, dw2 = 0;
        for (int k = 0; k < 4; k++) {
            double s = u * a + w * b;
            double ds0 = du0 * a + dw0 * b, ds1 = du1 * a + dw1 * b, ds2 = du2 * a + dw2 * b;
            double t = p[2] * s - c;
            double dt0 = p[2] * ds0, dt1 = p[2] * ds1, dt2 = p[2] * ds2 + s;
            double q = 1.0 + t * t, r = t / q, f = (1.0 - t * t) / (q * q);
            double dr0 = f * dt0, dr1 = f * dt1, dr2 = f * dt2;
            double n = w + r * 0.5;
            dw0 = dw0 + dr0 * 0.5; dw1 = dw1 + dr1 * 0.5; dw2 = dw2 + dr2 * 0.5;
            u = r; du0 = dr0; du1 = dr1; du2 = dr2;
            w = n;
        }
        double e = u - w;
        v += e * e;
        g0 += 2 * e * (du0 - dw0); g1 += 2 * e * (du1 - dw1); g2 += 2 * e * (du2 - dw2);
    }
    *value = v; grad[0] = g0; grad[1] = g1; grad[2] = g2;
}
"""


def formula(p: Any, x: Any) -> Any:
    """Return the same formula in scalars."""
    u, w = p[0], p[1]
    for _ in range(4):
        t = p[2] * (u * x[0] + w * x[1]) - x[2]
        r = t / (1.0 + t * t)
        u, w = r, w + r * 0.5
    e = u - w
    return e * e


def in_c(folder: str) -> Any:
    """Compile the C code and return it as a function of arrays."""
    source, library = Path(folder, "step.c"), Path(folder, "step.so")
    source.write_text(C)
    flags = ["-O3", "-march=native", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, str(source), "-o", str(library)], check=True)
    step = ctypes.CDLL(str(library)).step
    step.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_size_t] + [ctypes.c_void_p] * 2

    def run(p: Any, x: Any) -> tuple[float, Any]:
        value, grad = np.empty(1), np.empty(3)
        step(p.ctypes.data, x.ctypes.data, len(x), value.ctypes.data, grad.ctypes.data)
        return float(value[0]), grad

    return run


def best(call: Any, times: int = 7) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    print(versions("numpy", "llvmlite"))
    processors = os.sched_getaffinity(0)
    p, x = np.array([0.3, -0.7, 1.1]), np.random.default_rng(0).normal(size=(ROWS, 3))
    step = jit(value_and_grad(formula), in_axes=(None, 0), reduce="sum")
    step(p, x[:10_000])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    value, grad = step(p, x)
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    with tempfile.TemporaryDirectory() as folder:
        by_hand = in_c(folder)
        expected, expected_grad = by_hand(p, x)
        assert abs(value - expected) < 1e-9 * abs(expected)
        np.testing.assert_allclose(grad, expected_grad, rtol=1e-9)
        os.sched_setaffinity(0, {max(processors)})
        hand = best(lambda: by_hand(p, x))
        one = best(lambda: step(p, x))
        os.sched_setaffinity(0, processors)
        many = best(lambda: step(p, x))
    print(f"{ROWS:,} rows, {step.report().recorded} recorded operations with gradient")
    print(f"  C by hand, one core     {hand * 1e3:8.2f} ms")
    print(f"  jit, one core           {one * 1e3:8.2f} ms   {one / hand:.2f} x the time of C")
    cores = f"jit, {len(processors)} cores"
    print(f"  {cores:23s} {many * 1e3:8.2f} ms   {one / many:.2f} x as fast")
    print(f"  memory beyond inputs    {more:8.2f} MB")


if __name__ == "__main__":
    main()
