#!/usr/bin/env bash
# Astropy 8.0.2, `modeling.models.Drude1D`: the derivative by the position x_0 in `fit_deriv`, which
# every least-squares fitter of Astropy uses unless told `estimate_jacobian=True`.
# Expected: the slopes that differences of the model's own values give; and the standard error of a
# line's position is the scatter of that position over many noisy spectra.
# Seen: another slope by x_0 everywhere: for a line at 1.1 of width 1.2, 1.00 at x = 0.99, where the
# values say -0.67. The slopes by amplitude and width are right. The fit still ends at the minimum,
# in more steps, but the standard error of x_0 that it reports is 2.5 times too small here: 0.0006,
# where positions scatter by 0.0016, as the fitter itself says with estimate_jacobian=True.
# Hurts: positions of dust features and absorption bands, told with errors far too small.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q astropy==8.0.2 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from astropy.modeling import fitting, models

def slopes(x, parameters):
    """fit_deriv of a Drude line, and the slopes by differences."""
    told = np.array(models.Drude1D.fit_deriv(x, *parameters))
    steps = 1e-6 * np.eye(3)
    value = models.Drude1D.evaluate
    return told, np.array([(value(x, *(parameters + h)) - value(x, *(parameters - h))) / 2e-6 for h in steps])

x = np.array([0.7, 0.9, 1.3, 2.0])
for parameters in ((1.0, 1.1, 1.2), (2.0, 4.0, 1.0), (1.0, 1.0, 1.0)):
    told, seen = slopes(x * parameters[1], np.array(parameters))
    print(parameters, "by x_0:", told[1].round(4), "by differences:", seen[1].round(4))
    assert np.allclose(told[[0, 2]], seen[[0, 2]], atol=1e-7)
    assert (np.abs(told[1] - seen[1]) > 0.1).all()

rng = np.random.default_rng(0)
x = np.linspace(1.0, 9.0, 200)
line = models.Drude1D(2.0, 4.0, 1.0)
positions, errors = [], {False: [], True: []}
for _ in range(150):
    z = line(x) + 0.02 * rng.normal(size=x.size)
    for estimated in errors:
        fitter = fitting.TRFLSQFitter(calc_uncertainties=True)
        fit = fitter(models.Drude1D(1.9, 3.9, 1.1), x, z, estimate_jacobian=estimated)
        errors[estimated].append(fitter.fit_info["param_cov"].diagonal()[1] ** 0.5)
    positions.append(fit.x_0.value)
scatter = np.std(positions)
default, estimated = (np.mean(errors[key]) for key in (False, True))
print(f"standard error of x_0: {default:.5f}, with estimate_jacobian {estimated:.5f}, scatter {scatter:.5f}")
assert abs(estimated / scatter - 1) < 0.2 and default < 0.5 * scatter
PY
