#!/usr/bin/env bash
# CVXPY 1.9.3, `expression.grad` of `rel_entr` and `kl_div` with a vector on one side and a number on the
# other.
# Expected: the number is stretched, as in `value`, so that every part of the result has a slope by it, as
# `maximum` of a number and a vector has it.
# Seen: only the first part has one, the others are told as 0: for rel_entr(x, s) with x = (0.5, 1.2, 2)
# and s = 1.2 the slopes by s are (-0.417, 0, 0) in place of (-0.417, -1, -1.667), and so the slope of
# the sum is -0.417 in place of -3.083. It is so on either side and for both functions; the slopes by the
# vector are right, and so are two vectors. No warning.
# Hurts: descent and sensitivity studies with a level, a scale or a temperature that all entries share.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q cvxpy==1.9.3 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import cvxpy as cp
import numpy as np

x, s = cp.Variable(3), cp.Variable()
at = np.array([0.5, 1.2, 2.0])
s.value = 1.2

def compare(expression):
    """The slopes by s, and by differences."""
    x.value, values = at, []
    slope = expression.grad[s]
    told = np.ravel(slope.todense() if hasattr(slope, "todense") else slope)
    for s.value in (1.2 + 1e-6, 1.2 - 1e-6):
        values.append(np.ravel(expression.value))
    s.value = 1.2
    seen = (values[0] - values[1]) / 2e-6
    print(expression, "told", told.round(4), "by differences", seen.round(4))
    return told, seen

for f in (cp.rel_entr, cp.kl_div):
    for expression in (f(x, s), f(s, x)):
        told, seen = compare(expression)
        assert abs(told[0] - seen[0]) < 1e-5 and np.allclose(told[1:], 0) and abs(seen[2]) > 0.2
        whole, right = compare(cp.sum(expression))
        assert np.allclose(whole, seen[0], atol=1e-5) and np.allclose(right, seen.sum(), atol=1e-5)
        slopes = expression.grad[x].todense()
        assert np.allclose(slopes, np.diag(np.diag(slopes))) and (np.abs(np.diag(slopes)) > 0.1).sum() > 1
    assert np.allclose(*compare(f(x, s * np.ones(3))), atol=1e-5)
assert np.allclose(*compare(cp.maximum(s, x + 0.1)), atol=1e-5)
PY
