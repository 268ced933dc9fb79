#!/usr/bin/env bash
# lmfit 1.3.4, `LognormalModel` where some x are 0 or negative, for which it has a rule of its own.
# Expected: evaluating or fitting a model leaves the caller's x alone; a sum of two models does not
# depend on their order, nor on how often it is evaluated.
# Seen: every x below 1e-15 is set to 1e-15 in the caller's own array. So lognormal + Gaussian is
# not Gaussian + lognormal: at -1.5, in the middle of the Gaussian, it is 0.009 in place of 0.8, and
# Gaussian + lognormal is right when first evaluated and wrong from then on. And a Gaussian around 0
# that is fitted once more, after a lognormal was tried on the same data, moves to 0.63. No warning,
# and with an x of integers or of positive numbers all is right.
# Hurts: whoever compares candidate models on one data set, or fits a peak on a background.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q lmfit==1.3.4 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from lmfit.models import GaussianModel, LognormalModel

peak, tail = GaussianModel(prefix="peak_"), LognormalModel(prefix="tail_")
parameters = (peak + tail).make_params(peak_amplitude=1, peak_center=-1.5, peak_sigma=0.5, tail_amplitude=1, tail_center=0, tail_sigma=0.4)
x = np.linspace(-3, 5, 81)
kept, middle, alone = x.copy(), np.abs(x + 1.5).argmin(), peak.eval(parameters, x=x)
once, again = ((peak + tail).eval(parameters, x=x) for _ in range(2))
other = (tail + peak).eval(parameters, x=kept.copy())
print(f"at {kept[middle]:.1f}: peak + tail {once[middle]:.3f}, evaluated again {again[middle]:.3f}, tail + peak {other[middle]:.3f}")
assert np.allclose(once[kept <= 0], alone[kept <= 0]) and abs(once[middle] - 0.798) < 1e-3
assert again[middle] == other[middle] and abs(other[middle] - 0.009) < 1e-3
print("smallest x before and after:", kept.min(), x.min())
assert (x[kept > 0] == kept[kept > 0]).all() and (x[kept < 0] == 1e-15).all()

x, candidate, gaussian = kept.copy(), LognormalModel(), GaussianModel()
y = 2 * np.exp(-(x**2) / 2)

def centre():
    return gaussian.fit(y, gaussian.make_params(amplitude=4, center=0.2, sigma=1), x=x).params["center"].value

before = centre()
candidate.fit(y, candidate.make_params(amplitude=4, center=0.3, sigma=0.5), x=x)
after = centre()
print(f"centre of the Gaussian: {before:.3f} before, {after:.3f} after a lognormal was tried")
assert abs(before) < 1e-6 and abs(after - 0.63) < 0.02
PY
