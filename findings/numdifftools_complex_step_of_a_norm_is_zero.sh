#!/usr/bin/env bash
# numdifftools 0.11.2, `method="complex"`, recommended where the function is analytic.
# Expected: the gradient of the norm at (3, 4) is (0.6, 0.8), as by the other methods, or an
# error: the norm takes absolute values and cannot see an imaginary step.
# Seen: (0, 0), and the derivative of abs at 1 is 0, with an error estimate of 2e-14 beside it.
# Hurts: residuals with a norm or abs inside: the optimiser is told that it has arrived.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q numdifftools==0.11.2 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import numdifftools as nd

seen = {method: nd.Gradient(np.linalg.norm, method=method)([3.0, 4.0]) for method in ("central", "complex")}
answer = nd.Derivative(np.abs, method="complex", full_output=True)(1.0)
slope, error = float(answer.estimate), float(answer.error_estimate)
print({method: gradient.tolist() for method, gradient in seen.items()})
print("abs at 1:", slope, "error estimate", error)
assert np.allclose(seen["central"], [0.6, 0.8]) and not seen["complex"].any()
assert slope == 0.0 and error < 1e-12
PY
