#!/usr/bin/env bash
# HIPS autograd 1.9.1, `np.where(condition, x, y)` when x or y is a number or is stretched, and
# `np.linalg.norm(x, axis=1, keepdims=True)`.
# Expected: the gradient by a number is a number, the sum over all places where it was used; the
# gradient by an array has the array's shape.
# Seen: the gradient of sum(where(c, s, 0)) + s**2 by s = 2, with c = (no, yes, yes), is the array
# (4, 5, 5); it should be 4 + 1 + 1 = 6. Through the norm, a matrix of 3 x 2 has a gradient of
# 3 x 3 x 2. Nothing is said: in a descent the level is an array from the first step on, and one level
# fitted to the data 1 and 5 is not 3 but (2, 1, 5), with a loss of 0.
# s * where(c, 1, 0) is right. (Issue 376, open since 2018, is the like for einsum.)
# Hurts: piecewise models with a level or threshold as a parameter (hinges, change points, robust
# losses) and rows normalised to length 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q autograd==1.9.1 numpy==2.3.5
cd "$folder" # where no other package is called autograd
"$folder/venv/bin/python" - <<'PY'
import numpy
import autograd.numpy as np
from autograd import grad

chosen = numpy.array([False, True, True])

def by_where(s):
    return np.sum(np.where(chosen, s, 0.0)) + s**2

def by_product(s):
    return np.sum(s * np.where(chosen, 1.0, 0.0)) + s**2

steps = (by_where(2.0 + 1e-6) - by_where(2.0 - 1e-6)) / 2e-6
told, right = grad(by_where)(2.0), grad(by_product)(2.0)
print("where:", told, "product:", right, "differences:", round(steps, 6))
assert by_where(2.0) == by_product(2.0) and abs(steps - 6) < 1e-6 and right == 6.0
assert numpy.array_equal(told, [4.0, 5.0, 5.0])
data = numpy.array([9.0, 1.0, 5.0])

def level(s, where):
    fitted = np.where(chosen, s, 9.0) if where else s * numpy.where(chosen, 1.0, 0.0) + numpy.where(chosen, 0.0, 9.0)
    return np.sum((fitted - data) ** 2)

fits = {}
for where in (True, False):
    s = 2.0
    for _ in range(200):
        s = s - 0.1 * grad(level)(s, where)
    fits[where] = s
    print("one level for 1 and 5, by", "where:" if where else "product:", s, "loss", level(s, where))
assert numpy.allclose(fits[False], 3.0) and numpy.allclose(fits[True], [2.0, 1.0, 5.0])

rows = numpy.array([[3.0, 4.0], [6.0, 8.0], [1.0, 0.0]])
kept = grad(lambda x: np.sum(np.linalg.norm(x, axis=1, keepdims=True)))(rows)
dropped = grad(lambda x: np.sum(np.linalg.norm(x, axis=1)))(rows)
print("gradient of the norms of rows:", dropped.shape, "with keepdims:", kept.shape)
assert numpy.allclose(dropped, rows / numpy.linalg.norm(rows, axis=1, keepdims=True)) and kept.shape == (3, 3, 2)
PY
