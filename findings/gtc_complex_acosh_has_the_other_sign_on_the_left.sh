#!/usr/bin/env bash
# GTC 1.5.1 (the GUM Tree Calculator), `acosh` of uncertain complex numbers.
# Expected: sensitivities are the slopes of the value: acosh(z)' = 1 / (sqrt(z - 1) sqrt(z + 1)).
# Seen: right where the real part is positive; where it is negative all four have the other sign: at
# -1.3 + 0.4j the real part of the result falls by 0.79 for a unit of the input's real part, and +0.79
# is told. The slope is formed as 1 / sqrt((z - 1) (z + 1)), which has its cut elsewhere than acosh.
# An uncertainty alone does not show it (a square), but a sum does: acosh(z) + z / 2 has a standard
# uncertainty of 0.0138 at that place, where 2000 samples scatter by 0.0057. acos, asin, atan, asinh,
# atanh, log, sqrt and powers are right. No warning; no report of it was found upstream.
# Hurts: propagation constants and filters, where acosh of a complex number gives loss and phase.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q GTC==1.5.1 numpy==2.3.5 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
import cmath

import numpy as np
from GTC import acos, acosh, asin, asinh, atan, atanh, component, log, rp, sqrt, ucomplex, uncertainty, value

def compare(f, z):
    """The four sensitivities, as told and by differences of the value."""
    x = ucomplex(z, 0.01)
    at = lambda z: value(f(ucomplex(z, 0.01)))
    by_real, by_imaginary = ((at(z + s) - at(z - s)) / 2e-6 for s in (1e-6, 1e-6j))
    seen = np.array([by_real.real, by_imaginary.real, by_real.imag, by_imaginary.imag])
    return np.array(rp.sensitivity(f(x), x)), seen

for z in (1.2 + 0.7j, 0.3 - 0.8j, -1.3 + 0.4j, -0.2 - 0.5j):
    told, seen = compare(acosh, z)
    print(f"acosh at {z}: told {told.round(4)}, by differences {seen.round(4)}")
    assert np.allclose(told, seen if z.real > 0 else -seen, atol=1e-6)
    for f in (acos, asin, atan, asinh, atanh, log, sqrt, lambda z: z**2.5):
        assert np.allclose(*compare(f, z), atol=1e-6)

rng = np.random.default_rng(0)
z = -1.3 + 0.4j
x = ucomplex(z, 0.01)
told = uncertainty((acosh(x) + x / 2).real)
samples = [cmath.acosh(z + w) + (z + w) / 2 for w in 0.01 * (rng.normal(size=2000) + 1j * rng.normal(size=2000))]
print(f"standard uncertainty told {told:.4f}, of samples {np.std(np.real(samples)):.4f}")
assert told > 2 * np.std(np.real(samples))
PY
