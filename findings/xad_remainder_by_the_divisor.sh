#!/usr/bin/env bash
# XAD 1.5.2, Python wheel (for Python 3.11): derivatives of `%` and `fmod` by the divisor.
# Expected: a % b = a - floor(a / b) b, so the derivative by b at (-5.5, 2) is 3, and 2 for fmod,
# which truncates.
# Seen: 4 and 3, in both modes, while the values (0.5 and -1.5) are right; at (5.5, 2) the answer
# -2 is right. The rule rounds the quotient another way than the value does, for negative numbers
# only.
# Hurts: day counts and phases with a calibrated period.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q xad==1.5.2
"$folder/venv/bin/python" - <<'PY'
import xad.adj_1st as adjoint
import xad.math

def by_divisor(f, a, b):
    a, b = adjoint.Real(a), adjoint.Real(b)
    with adjoint.Tape() as tape:
        for x in (a, b):
            tape.registerInput(x)
        tape.newRecording()
        y = f(a, b)
        tape.registerOutput(y)
        y.setDerivative(1.0)
        tape.computeAdjoints()
        return y.getValue(), b.getDerivative()

def floored(a, b):
    return a % b

h = 1e-6
for f, a, seen in ((floored, 5.5, -2.0), (floored, -5.5, 4.0), (xad.math.fmod, -5.5, 3.0)):
    value, slope = by_divisor(f, a, 2.0)
    difference = (by_divisor(f, a, 2.0 + h)[0] - by_divisor(f, a, 2.0 - h)[0]) / (2 * h)
    print(f"{f.__name__}({a}, 2) = {value}: derivative {slope}, by differences {difference:.4f}")
    assert slope == seen
    assert (abs(slope - difference) < 1e-6) == (a > 0)
PY
