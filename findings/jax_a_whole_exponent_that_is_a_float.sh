#!/usr/bin/env bash
# JAX 0.10.2 (0.12.0.1 too): x**0 and x**0.0, x**1 and x**1.0.
# Expected: the same derivatives; x**0.0 is 1 for every x.
# Seen: at 0 the slope of x**0 is 0 and of x**0.0 nan; the second derivative of x**1 is 0 and of
# x**1.0 nan; x**2.0 is fine. Whole Python numbers have a rule of their own, floats go through
# pow(x, y), whose rule is y x**(y - 1) without a guard.
# Hurts: polynomials whose exponents come from an array or a JSON file: nan at x = 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q jax==0.10.2
"$folder/venv/bin/python" - <<'PY'
import math
from jax import grad

def power(exponent):
    return lambda x: x**exponent

first = {e: float(grad(power(e))(0.0)) for e in (0, 0.0)}
slopes = [float(grad(power(e))(0.0)) for e in (0, 0.0, 1, 1.0)]
seconds = [float(grad(grad(power(e)))(0.0)) for e in (1, 1.0, 2, 2.0)]
print("slopes of x**0, x**0.0, x**1, x**1.0 at 0:", slopes)
print("second derivatives of x**1, x**1.0, x**2, x**2.0 at 0:", seconds)
assert slopes[0] == 0.0 and math.isnan(slopes[1]) and slopes[2:] == [1.0, 1.0]
assert seconds[0] == 0.0 and math.isnan(seconds[1]) and seconds[2:] == [2.0, 2.0]
PY
