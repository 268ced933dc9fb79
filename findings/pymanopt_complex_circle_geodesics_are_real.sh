#!/usr/bin/env bash
# pymanopt 2.2.1 (the newest), `ComplexCircle.exp`, the geodesic of numbers of absolute value 1.
# Expected: exp(point, 0 * direction) is the point, and every result has absolute value 1, as with
# `retraction`.
# Seen: real numbers: the result is put into a real array, so that the imaginary part is lost, with
# NumPy's ComplexWarning. From (1j, -1) along (0.3, 0.3j) one comes to (0.296, -0.955) and not to
# (0.296 + 0.955j, -0.955 + 0.296j); with the direction 0 to (0, -1). `log`, which undoes it, and
# `pair_mean` are right. No report of it was found upstream.
# Hurts: synchronisation of phases and filters of angles by geodesics; the optimisers of the package
# use `retraction` and are not touched.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pymanopt==2.2.1 numpy==2.3.5 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
import warnings

import numpy as np
from pymanopt.manifolds import ComplexCircle

circle = ComplexCircle(2)
point, direction = np.array([1j, -1.0 + 0j]), np.array([0.3 + 0j, 0.3j])
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    for factor in (0.0, 1e-3, 1.0):
        step = factor * direction
        told, right = circle.exp(point, step), point * np.exp(step / point)
        by_retraction = circle.retraction(point, step)
        print(f"{factor}: exp {told}, right {right.round(4)}, retraction {by_retraction.round(4)}")
        assert np.allclose(by_retraction, right, atol=0.02) and np.allclose(abs(by_retraction), 1)
        assert np.allclose(told, right.real) and np.isrealobj(told) and abs(abs(told[0]) - 1) > 0.5
        back = circle.log(point, right)
        assert factor == 0 or np.allclose(back, step)
    middle = circle.pair_mean(point, point * np.exp(0.2j))
    print("pair_mean", middle, "right", point * np.exp(0.1j))
    assert np.allclose(middle, point * np.exp(0.1j))
print({str(w.message) for w in said})
assert any("imaginary part" in str(w.message) for w in said)
PY
