#!/usr/bin/env bash
# HIPS autograd 1.9.1, gradients of `np.fft.rfft`, `irfft` and their kin with `norm` given by name.
# Expected: norm="backward" is the default of NumPy (None means the same), so that saying it changes
# nothing; and the gradient of a linear map is its transpose.
# Seen: for eight numbers the gradient through rfft is 8 times too small with norm="backward" and 8
# times too large with norm="forward", the other way round through irfft; without `norm` and with
# "ortho" it is right, and so is fft with all four. No warning: the direction is right, the length is
# not. The rules ask only whether norm is None. (No report of it was found upstream.)
# Hurts: spectral penalties next to other terms, Newton steps and learning rates: one term of a
# loss weighs a factor of the length of the signal too little or too much.
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

signal = numpy.array([0.3, -1.2, 0.7, 2.0, -0.4, 0.1, 1.1, -0.6])

def ratio(transform, norm):
    """The slope along the signal itself by autograd, divided by the one by differences."""
    def loss(x):
        return np.sum(np.abs(getattr(np.fft, transform)(x, norm=norm)) ** 2)

    step = 1e-5 * signal
    return numpy.dot(grad(loss)(signal), signal) / ((loss(signal + step) - loss(signal - step)) / 2e-5)

for transform, expected in {
    "fft": {None: 1, "ortho": 1, "backward": 1, "forward": 1},
    "rfft": {None: 1, "ortho": 1, "backward": 1 / 8, "forward": 8},
    "irfft": {None: 1, "ortho": 1, "backward": 14, "forward": 1 / 14},
}.items():
    seen = {norm: ratio(transform, norm) for norm in expected}
    print(f"{transform}: gradient / differences:", ", ".join(f"{norm}: {r:.4f}" for norm, r in seen.items()))
    assert all(abs(seen[norm] / r - 1) < 1e-6 for norm, r in expected.items())
    values = getattr(numpy.fft, transform)
    assert numpy.array_equal(values(signal), values(signal, norm="backward"))
PY
