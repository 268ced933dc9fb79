#!/usr/bin/env bash
# ondil 0.4.8, `SkewT` (the ST3 of GAMLSS), the density and the slopes of its logarithm.
# Expected: the density integrates to 1, it is the slope of `cdf`, and `dl1_dp1` is the slope of `logpdf`.
# Seen: a factor that depends on tau is missing from `pdf` and `logpdf`: the integral is 2.634 for tau = 5
# and 2.570 for 10 (sqrt(tau) B(1/2, tau/2)). `cdf`, `ppf` and `dl1_dp1` are those of the density with the
# factor, so that the slope by tau is 0.0153 where logpdf moves by 0.0055; by mu, sigma and nu both agree.
# For nu = 1, where it is the Student distribution around mu, `mean` is mu + 0.38 sigma. StudentT is right
# in all of it. No warning; no report of it was found upstream (it came with pull request 165 of
# simon-hirsch/ondil).
# Hurts: likelihoods and AIC that choose between distributions, since log-likelihoods of SkewT are too high by
# 0.97 (tau = 5) or 0.94 (tau = 10) for each observation, and forecasts of the mean.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q ondil==0.4.8 numpy==2.3.5 scipy==1.16.3
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from ondil.distributions import SkewT, StudentT
from scipy import integrate, special

y, h = np.array([0.9]), 1e-5

def facts(law, theta):
    """The integral, the ratio of the density to the slope of cdf, and the slopes, told and by differences."""
    whole = sum(integrate.quad(lambda x: law.pdf(np.array([x]), theta).item(), *part)[0] for part in ((-np.inf, 0.3), (0.3, np.inf)))
    ratio = (law.pdf(y, theta) / ((law.cdf(y + h, theta) - law.cdf(y - h, theta)) / (2 * h))).item()
    told = np.array([law.dl1_dp1(y, theta, i).item() for i in range(theta.size)])
    step = h * np.eye(theta.size)
    seen = np.array([(law.logpdf(y, theta + s) - law.logpdf(y, theta - s)).item() / (2 * h) for s in step])
    print(f"{type(law).__name__} {theta.tolist()}: integral {whole:.6f}, density over slope {ratio:.6f}, "
          f"told {told.round(4)}, by differences {seen.round(4)}")
    return whole, ratio, told, seen

for tau in (5.0, 10.0):
    whole, ratio, told, seen = facts(StudentT(), np.array([[0.3, 0.5, tau]]))
    assert abs(whole - 1) < 1e-6 and abs(ratio - 1) < 1e-6 and np.allclose(told, seen, atol=1e-6)
    factor = np.sqrt(tau) * special.beta(0.5, tau / 2)
    for nu in (0.7, 1.0, 1.5):
        whole, ratio, told, seen = facts(SkewT(), np.array([[0.3, 1.0, nu, tau]]))
        assert abs(whole - factor) < 1e-5 and abs(ratio - factor) < 1e-4
        of_the_factor = 0.5 / tau + (special.digamma(tau / 2) - special.digamma((tau + 1) / 2)) / 2
        assert np.allclose(told[:3], seen[:3], atol=1e-6) and abs(seen[3] - told[3] - of_the_factor) < 1e-6
        assert abs(told[3] - seen[3]) > 1e-3
theta = np.array([[0.3, 1.0, 1.0, 5.0]])
mean, middle = SkewT().mean(theta).item(), SkewT().ppf(np.array([0.5]), theta).item()
print("mean of a symmetric one", mean, "median", middle)
assert abs(middle - 0.3) < 1e-6 and 0.67 < mean < 0.69
PY
