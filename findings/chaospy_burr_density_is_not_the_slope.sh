#!/usr/bin/env bash
# chaospy 4.3.21, `Burr(alpha, kappa)`: density, moments and distribution function.
# Expected: the density is the slope of the distribution function, and E(X) the mean of the samples.
# Seen: the density has x to the power of -alpha - 1 where alpha - 1 belongs (the one of another Burr
# distribution, type III, has it): for Burr(5, 2) it is 92.9 at the lower fifth of the distribution,
# where `cdf` rises by 1.3 per unit, and the area from there to the upper tenth is 7.8 in place of 0.7.
# The moments too have terms of another distribution: the mean is told as 1.283, samples have 0.855.
# `cdf`, `inv` and samples are right (type XII, as the manual says, and as SciPy's burr12). No warning.
# (jonathf/chaospy issue 100, closed in 2018, was about its being type III all through.)
# Hurts: likelihoods of incomes and flood heights, and quadrature weights made from the density.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q chaospy==4.3.21 numpoly==1.3.9 numpy==2.2.0 scipy==1.16.3
"$folder/venv/bin/python" -W ignore - <<'PY'
import chaospy
import numpy as np
from scipy import stats
from scipy.integrate import quad

ranks = np.array([0.2, 0.5, 0.9])
for name, law, other in (("Burr", chaospy.Burr(5, 2), stats.burr12(5, 2)),
                         ("Fisk", chaospy.Fisk(5), stats.fisk(5)),
                         ("Weibull", chaospy.Weibull(5), stats.weibull_min(5))):
    x = np.ravel(law.inv(ranks))
    density = np.ravel(law.pdf(x))
    slope = (np.ravel(law.cdf(x + 1e-5)) - np.ravel(law.cdf(x - 1e-5))) / 2e-5
    area = quad(lambda t: float(law.pdf(t)), x[0], x[2])[0]
    print(f"{name} at {x.round(3)}: density {density.round(3)}, slope of cdf {slope.round(3)}, "
          f"scipy {other.pdf(x).round(3)}; area from the lower fifth to the upper tenth {area:.3f}")
    assert np.allclose(slope, other.pdf(x), rtol=1e-3) and np.allclose(np.ravel(law.cdf(x)), other.cdf(x))
    mean, samples = float(chaospy.E(law)), law.sample(20000, rule="halton").mean()
    print(f"    mean {mean:.3f}, scipy {other.mean():.3f}, samples {samples:.3f}")
    assert abs(samples - other.mean()) < 1e-3 and (abs(mean - samples) < 2e-3) == (name != "Burr")
    if name == "Burr":
        assert density[0] > 50 * slope[0] and area > 5 and np.allclose(density, slope * x**-10, rtol=1e-3)
    else:
        assert np.allclose(density, slope, rtol=1e-3) and abs(area - 0.7) < 1e-4
PY
