#!/usr/bin/env bash
# HIPS autograd 1.9.1, gradients of `autograd.scipy.linalg.solve_triangular(a, b, unit_diagonal=True)`.
# Expected: the diagonal of a is taken for ones and not read, as SciPy's manual says, so the slope by
# its entries is 0 and the other slopes do not depend on what is stored there.
# Seen: the value ignores the diagonal, the gradient solves with it: by b it is (0.125, 0.5) in place
# of (0, 1) for a = [[4, 0], [1, 2]], and the unread diagonal has slopes of its own. Neither a warning
# nor an error. PyTensor (issue 1230, mended) and PyTorch's triangular_solve (issue 196707) had the
# like for the diagonal; here the slope by b is wrong as well. (No report was found for autograd.)
# Hurts: packed LU factors, which keep U's diagonal where L's ones would be: log-determinants and
# linear solves fitted through them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q autograd==1.9.1 numpy==2.3.5 scipy==1.16.3
cd "$folder" # where no other package is called autograd
"$folder/venv/bin/python" - <<'PY'
import numpy
import autograd.numpy as np
import autograd.scipy.linalg as linalg
from autograd import grad

a = numpy.array([[4.0, 0.0], [1.0, 2.0]])
b = numpy.array([3.0, 5.0])
ones = numpy.tril(a, -1) + numpy.eye(2)

def loss(a, b, unit):
    return np.sum(linalg.solve_triangular(a, b, lower=True, unit_diagonal=unit))

def steps(by, unit):
    out = numpy.zeros_like((a, b)[by])
    for i in numpy.ndindex(out.shape):
        for sign in (1, -1):
            arguments = [a.copy(), b.copy()]
            arguments[by][i] += sign * 1e-6
            out[i] += sign * loss(*arguments, unit) / 2e-6
    return out

# By hand: with ones on the diagonal x = (3, 5 - 3), so the sum is 5 + b1 (1 - a21) + b2 - 5.
assert loss(a, b, True) == loss(ones, b, False) == 5.0
true = {0: numpy.array([[0.0, 0.0], [-3.0, 0.0]]), 1: numpy.array([0.0, 1.0])}
for by, name in enumerate("ab"):
    told = grad(loss, by)(a, b, True)
    print(f"by {name}: told {told.tolist()}, true {true[by].tolist()}")
    lower = numpy.tril(steps(by, True)) if by == 0 else steps(by, True)
    assert numpy.allclose(lower, true[by], atol=1e-6) and not numpy.allclose(told, true[by], atol=0.1)
    assert numpy.allclose(grad(loss, by)(a, b, False), steps(by, False), atol=1e-6)
    assert numpy.allclose(numpy.tril(grad(loss, 0)(ones, b, True), -1), true[0])
assert numpy.allclose(grad(loss, 1)(a, b, True), [0.125, 0.5])
PY
