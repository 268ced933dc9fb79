#!/usr/bin/env bash
# OpenTURNS 1.27, `SmoothedUniform(a, b, sigma)` (a uniform variable plus a normal one): the
# derivative of its density by sigma in `computePDFGradient` and `computeLogPDFGradient`.
# Expected: the slope that differences of `computePDF` give: 0.0116 at -1.6 for [0, 10] and 2.
# Seen: (b - a) / 2 times that, here 0.0579: right for intervals of width 2 only, five times too
# large for one of 10, a twentieth for one of 0.1. The slopes by a and b, and all three of
# `computeCDFGradient`, are right. No warning.
# Hurts: maximum likelihood by gradients, and sensitivities of a density to the size of an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q openturns==1.27.post1 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import openturns as ot

def slopes(kind, parameters, x):
    """computePDFGradient or its like, and central differences."""
    told = getattr(ot.SmoothedUniform(*parameters), f"compute{kind}Gradient")([x])
    value = lambda p: getattr(ot.SmoothedUniform(*p), f"compute{kind}")(x)
    seen = [(value(parameters + h) - value(parameters - h)) / 2e-5 for h in 1e-5 * np.eye(3)]
    return np.array(told), np.array(seen)

for a, b, sigma in ((-1.0, 1.0, 0.5), (9.0, 11.0, 0.5), (-1.0, 2.0, 0.5), (0.0, 10.0, 2.0), (0.0, 0.1, 0.02)):
    parameters, x = np.array([a, b, sigma]), a - 0.8 * sigma
    for kind in ("PDF", "LogPDF", "CDF"):
        told, seen = slopes(kind, parameters, x)
        print((a, b, sigma), kind, "at", x, "told", told, "by differences", seen)
        scale = np.abs(seen).max()
        assert np.allclose(told[:2], seen[:2], atol=1e-5 * scale, rtol=1e-3)
        factor = 1.0 if kind == "CDF" else (b - a) / 2
        assert np.isclose(told[2], seen[2] * factor, rtol=1e-3)
PY
