#!/usr/bin/env bash
# CUQIpy 1.5.1, the gradient of `distribution.CMRF` (Cauchy differences, a prior that keeps edges) with a
# location.
# Expected: the slope of its own logpdf, and 0 at the location, which is the mode.
# Seen: the location is left out: the gradient is that of location 0, everywhere, for all three kinds of
# border, while `logpdf` shifts by it. For the location (0.2, 0.1, 0.7) the gradient at the location
# itself is (-18.0, 13.2, -6.0) here. GMRF, its Gaussian counterpart, and the scalar distributions
# (Gaussian, Cauchy, SmoothedLaplace) are right. No warning; no report of it was found upstream.
# Hurts: MAP estimates, Langevin and NUTS samplers with a background image as the location: they walk
# towards 0 in place of the background.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q CUQIpy==1.5.1 numpy==2.2.0 scipy==1.16.3
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from cuqi.distribution import CMRF, GMRF, Cauchy

location, point = np.array([0.2, 0.1, 0.7]), np.array([0.3, 0.6, 0.8])

def compare(law, x):
    step = 1e-6 * np.eye(3)
    at = lambda x: float(np.sum(law.logpdf(x)))
    return np.ravel(law.gradient(x)), np.array([(at(x + s) - at(x - s)) / 2e-6 for s in step])

for kind in ("zero", "periodic", "neumann"):
    told, seen = compare(CMRF(location, 0.1, bc_type=kind), point)
    at_mode = compare(CMRF(location, 0.1, bc_type=kind), location)
    plain = compare(CMRF(np.zeros(3), 0.1, bc_type=kind), point)
    print(f"{kind}: told {told.round(3)}, by differences {seen.round(3)}; at the location {at_mode[0].round(3)}")
    assert np.allclose(*plain, atol=1e-5) and np.allclose(told, plain[0])
    assert np.abs(told - seen).max() > 1 and np.allclose(at_mode[1], 0, atol=1e-4) and np.abs(at_mode[0]).max() > 1
for law in (GMRF(location, 2.0), Cauchy(location, 0.1 * np.ones(3))):
    assert np.allclose(*compare(law, point), atol=1e-4) and np.allclose(law.gradient(location), 0)
PY
