#!/usr/bin/env bash
# HIPS autograd 1.9.1, gradients of `np.repeat` with an axis counted from the end, and of `np.tile`
# with fewer repetitions than axes.
# Expected: NumPy's meaning: axis=-1 is the last axis, and `tile(x, 2)` repeats along the last axis
# too. The gradient of an entry is the sum of what its copies get.
# Seen: the values are right, the gradients have the right shape and other numbers: repeat adds up
# entries that are not copies of each other (axis=1 is right), and tile undoes its repetitions from
# the first axis on, as if (2, 1) had been said, while (1, 2) is right. No warning. So is np.kron of
# arrays with three axes. No report of it was found upstream.
# Hurts: upsampling, tiled backgrounds and parameters shared by columns: an optimiser walks along a
# direction that belongs to other entries.
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

x = numpy.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

def slopes(f, at):
    """The gradient of a weighted sum of f by autograd, and by differences (f is linear)."""
    def loss(z):
        y = f(z)
        return np.sum(numpy.arange(float(y.size)).reshape(y.shape) * y)

    by_rule = grad(loss)(at)
    by_steps = numpy.zeros_like(at)
    for i in numpy.ndindex(at.shape):
        step = numpy.zeros_like(at)
        step[i] = 1.0
        by_steps[i] = loss(at + step) - loss(at)
    return by_rule, by_steps

for name, f, right in [
    ("repeat(x, 2, axis=1)", lambda z: np.repeat(z, 2, axis=1), True),
    ("repeat(x, 2, axis=-1)", lambda z: np.repeat(z, 2, axis=-1), False),
    ("tile(x, (1, 2))", lambda z: np.tile(z, (1, 2)), True),
    ("tile(x, 2)", lambda z: np.tile(z, 2), False),
]:
    by_rule, by_steps = slopes(f, x)
    print(f"{name}: gradient {by_rule.tolist()}, by differences {by_steps.tolist()}")
    assert by_rule.shape == by_steps.shape and numpy.allclose(by_rule, by_steps) == right
assert slopes(lambda z: np.repeat(z, 2, axis=1), x)[0].tolist() == [[1, 5, 9], [13, 17, 21]]
assert slopes(lambda z: np.repeat(z, 2, axis=-1), x)[0].tolist() == [[6, 8, 10], [12, 14, 16]]

cube = numpy.arange(8.0).reshape(2, 2, 2)
for factor, right in ((x[:, :2], True), (cube, False)):
    by_rule, by_steps = slopes(lambda z: np.kron(z, factor), factor + 1)
    print(f"kron with {factor.ndim} axes is", "right" if numpy.allclose(by_rule, by_steps) else "wrong")
    assert numpy.allclose(by_rule, by_steps) == right
PY
