#!/usr/bin/env bash
# Astropy 8.0.2, `modeling.models.Hermite2D` with a y_degree of 2 or more.
# Expected: the sum of c_ij H_i(x) H_j(y), as the manual says, NumPy's `hermval2d` computes and the
# model's own `fit_deriv` (the design matrix) has it: H_2(y) = 4 y**2 - 2.
# Seen: another polynomial in y, which changes with the degree in x: 4 y**2 - 6 for an x_degree of 1,
# - 8 for 2, - 10 for 3 (the recurrence in y counts on from x_degree + 1). The polynomials in x, and
# Chebyshev2D and Legendre2D, are right. `LinearLSQFitter` solves with the right design matrix, so
# that a fit to data without noise has the right coefficients, and its values are off by 68 where
# the data span 91. No warning.
# Hurts: surfaces fitted to images (distortion, background, wavelengths): the fitted model is
# nowhere near the data.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q astropy==8.0.2 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from astropy.modeling import fitting, models
from numpy.polynomial import chebyshev, hermite, legendre

x, y = np.random.default_rng(0).uniform(-1.0, 1.0, (2, 400))
x[:2] = y[:2] = -1.0, 1.0  # the fitter maps the data's range to [-1, 1], which then changes nothing
for degree in (1, 2, 3):
    told = models.Hermite2D(degree, 2, c0_2=1.0)(x, y)
    print(f"x_degree {degree}: H_2(y) - 4 y**2 =", np.unique((told - 4 * y**2).round(9)))
    assert np.allclose(told, 4 * y**2 - 4 - 2 * degree)

def compare(kind, reference, degrees):
    """Largest errors of values, of the design matrix, and of a fit to data without noise."""
    shape = degrees[0] + 1, degrees[1] + 1
    c = 1.0 + np.add.outer(np.arange(shape[0]), 2 * np.arange(shape[1]))
    z = reference(x, y, c)
    model = kind(*degrees, **{f"c{i}_{j}": c[i, j] for i, j in np.ndindex(shape)})
    design = model.fit_deriv(x, y) @ c.T.ravel()
    fit = fitting.LinearLSQFitter()(kind(*degrees), x, y, z)
    errors = [np.abs(v - z).max() for v in (model(x, y), design, fit(x, y))]
    print(f"{kind.__name__}{degrees}, z spans {np.ptp(z):.0f}: values", *(f"{e:.2g}" for e in errors))
    coefficients = [getattr(fit, f"c{i}_{j}").value for i, j in np.ndindex(shape)]
    return *errors, np.ptp(z), np.allclose(coefficients, c.ravel(), atol=1e-6)

for kind, reference in ((models.Chebyshev2D, chebyshev.chebval2d), (models.Legendre2D, legendre.legval2d)):
    assert max(compare(kind, reference, (2, 2))[:3]) < 1e-10
assert max(compare(models.Hermite2D, hermite.hermval2d, (3, 1))[:3]) < 1e-9
for degrees in ((1, 2), (2, 2), (3, 3)):
    values, design, fitted, span, recovered = compare(models.Hermite2D, hermite.hermval2d, degrees)
    assert design < 1e-9 * span and recovered and values > 0.5 * span and fitted > 0.5 * span
PY
