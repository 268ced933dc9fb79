#!/usr/bin/env bash
# numba 0.68.0 against NumPy 2.3.5: sums of float32 arrays, and float32 scalars times whole
# numbers.
# Expected: the mean of a million times 0.1 is 0.1 to six digits, as NumPy gives, in the array's
# own type.
# Seen: 0.10096 under njit: it adds one by one in single precision, where NumPy adds pairwise; and
# a float32 element times an int is float64 under njit and float32 in NumPy.
# Hurts: losses and image statistics that are right in plain Python and off by a percent once
# compiled.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q numba==0.68.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import numpy as np
from numba import njit

numbers = np.full(1_000_000, 0.1, dtype=np.float32)

def mean(v):
    return v.mean()

def scaled(v, n):
    return v[0] * n

seen = float(mean(numbers)), float(njit(mean)(numbers))
kinds = scaled(numbers, 3).dtype, np.asarray(njit(scaled)(numbers, 3)).dtype
print("mean by NumPy, under njit:", seen, "; element times 3:", kinds)
assert abs(seen[0] - 0.1) < 1e-7 and seen[1] > 0.1009
assert kinds == (np.float32, np.float64)
PY
