#!/usr/bin/env bash
# JAX 0.10.2 in float64 (0.12.0.1 too), `jax.scipy.special.spence` (the dilogarithm) and
# `bessel_jn`: right values, wrong slopes.
# Expected: spence'(x) = log(x) / (1 - x), at 1.5: -0.81; J1'(x) is 1/2 and J0'(x) about -x / 2
# next to 0.
# Seen: for every x from just above 1 to 2, spence' is right in forward mode and nan in reverse
# mode; at 1 both say 0 (true: -1). At 0.001, J1' is -25 and J0' -51000 in reverse mode, nan in
# forward mode. The program is differentiated: a branch not taken, a recurrence that is scaled.
# (For bessel_jn see jax-ml/jax issue 12402.)
# Hurts: Bose and Fermi integrals, and fits of apertures and waveguides, whose grids begin near 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q jax==0.10.2 mpmath==1.3.0
"$folder/venv/bin/python" - <<'PY'
import math
import jax
import mpmath
from jax.scipy.special import bessel_jn, spence
jax.config.update("jax_enable_x64", True)

def slopes(f, x):
    return float(jax.grad(f)(x)), float(jax.jvp(f, (x,), (1.0,))[1])

for x in (0.5, 1.0, 1.1, 1.5, 2.0, 2.5):
    value, (reverse, forward) = float(spence(x)), slopes(spence, x)
    true = math.log(x) / (1 - x) if x != 1 else -1.0
    print(f"spence at {x}: value {value:.6f}, reverse {reverse:.6f}, forward {forward:.6f}, true {true:.6f}")
    assert abs(value - mpmath.polylog(2, 1 - x)) < 1e-12
    assert (abs(forward - true) < 1e-10) == (x != 1) and math.isnan(reverse) == (1 < x <= 2)
    assert abs(reverse - true) < 1e-10 or 1 <= x <= 2
for x in (0.001, 0.01, 0.1):
    for order in (0, 1):
        value, (reverse, forward) = float(bessel_jn(x, v=1)[order]), slopes(lambda x: bessel_jn(x, v=1)[order], x)
        true = float(mpmath.besselj(order, x, derivative=1))
        print(f"J{order} at {x}: value {value:.6f}, reverse {reverse:.6g}, forward {forward:.6g}, true {true:.6g}")
        assert abs(value - mpmath.besselj(order, x)) < 1e-12
        wrong = [not abs(slope - true) < 1 for slope in (reverse, forward)]
        assert wrong == ([True, True] if x < 0.05 else [False, False])
PY
