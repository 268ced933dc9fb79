#!/usr/bin/env bash
# HIPS autograd 1.9.1, outside a function's domain.
# Expected: where the value is nan, the derivative is nan; a real function of a real number has a
# real derivative.
# Seen: np.sqrt(-4.0) is nan, its gradient the complex number -0.25j; np.power(-8.0, 1/3) is nan,
# its gradient -0.0417 in reverse mode and complex in forward mode. The rules raise a Python float
# to a power, which turns complex. At 0.0 the same rule raises ZeroDivisionError, while
# np.float64(0.0) gives inf.
# Hurts: line searches that step over a border: a check for nan in the gradient finds none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q autograd==1.9.1 numpy==2.3.5
cd "$folder" # where no other package is called autograd
"$folder/venv/bin/python" - <<'PY'
import math
import numpy
import autograd.numpy as np
from autograd import grad
from autograd.differential_operators import make_jvp

def root(x):
    return np.power(x, 1 / 3)

with numpy.errstate(all="ignore"):
    slope = grad(np.sqrt)(-4.0)
    reverse, forward = grad(root)(-8.0), make_jvp(root)(-8.0)(1.0)[1]
    print("sqrt(-4):", np.sqrt(-4.0), "gradient", slope)
    print("power(-8, 1/3):", root(-8.0), "reverse", reverse, "forward", forward)
    assert math.isnan(np.sqrt(-4.0)) and isinstance(slope, complex) and abs(slope + 0.25j) < 1e-9
    assert math.isnan(root(-8.0)) and abs(reverse + 1 / 24) < 1e-9 and isinstance(forward, complex)
    assert grad(np.sqrt)(np.float64(0.0)) == math.inf
try:
    grad(np.sqrt)(0.0)
except ZeroDivisionError as error:
    print("sqrt at 0.0:", error)
else:
    raise AssertionError("no error")
PY
