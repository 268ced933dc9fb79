#!/usr/bin/env bash
# CVXPY 1.9.3, `expression.grad` of a quotient whose divisor has variables.
# Expected: the slopes that differences of `value` give; `None` is what CVXPY says, by its manual,
# where an expression has no gradient.
# Seen: constants that do not depend on where one is: 1 / x has a gradient of zeros, and x / y has 1
# for its first entry by x and zeros for all else, by y too; for two numbers at x = 3, y = 2 it is 1
# and 0 in place of 1/2 and -3/4. The rule for linear functions is used, as for x / constant, which
# is right; so are `inv_pos(x)`, which is 1 / x, and products. `diff_pos`, built of a quotient, and
# formulas with a quotient inside are wrong with it. No warning.
# Hurts: methods that build on `grad` (linearised constraints, convex-concave procedures, sensitivity
# of a ratio such as return by risk): a ratio looks constant.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q cvxpy==1.9.3 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import cvxpy as cp
import numpy as np

x, y = cp.Variable(3), cp.Variable(3)
s, t = cp.Variable(), cp.Variable()
values = {x: np.array([1.0, 2.0, 3.0]), y: np.array([2.0, 4.0, 5.0]), s: np.array(3.0), t: np.array(2.0)}

def slopes(expression, variable):
    """CVXPY's gradient by a variable, and central differences, both as matrices."""
    for v, value in values.items():
        v.value = value
    told = expression.grad[variable]
    told = told.toarray() if hasattr(told, "toarray") else np.atleast_2d(told)
    rows = []
    for step in 1e-6 * np.eye(variable.size):
        ends = []
        for sign in (1, -1):
            variable.value = values[variable] + sign * step.reshape(variable.shape)
            ends.append(np.ravel(expression.value))
        rows.append((ends[0] - ends[1]) / 2e-6)
    seen = np.array(rows)
    print(f"{str(expression)[:60]} by {variable}:", told.tolist(), "by differences:", seen.round(4).tolist())
    return told, seen

for expression, variable in ((cp.inv_pos(x), x), (x / np.array([2.0, 4.0, 5.0]), x), (cp.multiply(x, y), y),
                             (cp.multiply(x, cp.inv_pos(y)), y), (s / 2, s), (cp.multiply(s, cp.inv_pos(t)), t)):
    told, seen = slopes(expression, variable)
    assert np.allclose(told, seen, atol=1e-6)
first = np.zeros((3, 3))
first[0, 0] = 1.0
for expression, variable, answer in ((1 / x, x, 0.0), (x / y, x, first), (x / y, y, 0.0), (s / t, s, 1.0), (s / t, t, 0.0),
                                     (cp.sum(cp.exp(-x) / y), y, 0.0)):
    told, seen = slopes(expression, variable)
    assert np.array_equal(told, answer + np.zeros_like(seen)) and np.abs(told - seen).max() > 0.05
told, seen = slopes(cp.diff_pos(y, x), x)
assert np.abs(told - seen).max() > 0.5 and np.allclose(seen, -np.eye(3), atol=1e-6)
PY
