#!/usr/bin/env bash
# statsmodels 0.15.0, `FrankCopula(theta)` with a negative theta, which is what it has for variables
# that move against each other: the manual says "theta in R without 0".
# Expected: logpdf is the logarithm of pdf, samples have the tau that the copula tells, and
# `theta_from_tau(-0.3)` gives a theta that can be used.
# Seen: `pdf` and `cdf` and the conditional distribution are right, `logpdf` is nan everywhere (the
# logarithms of two negative factors are added), and `rvs` is an error from a sampler of logarithmic
# series, which exists for positive theta only. For positive theta all are right. The Gaussian copula
# with the same dependence has all of it.
# Hurts: maximum likelihood by logpdf, whose sum is nan as soon as a step crosses 0, and simulations of
# hedges and substitutes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q statsmodels==0.15.0 numpy==2.2.0 scipy==1.16.3
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from scipy import stats
from statsmodels.distributions.copula.api import FrankCopula, GaussianCopula

u = np.array([[0.3, 0.4], [0.2, 0.7], [0.8, 0.6]])

def mixed(law):
    """The density by differences of the distribution function."""
    h = 1e-3
    at = lambda a, b: law.cdf(u + [a, b])
    return (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h)

for tau in (0.3, -0.3):
    theta = FrankCopula(1.0).theta_from_tau(tau)
    law = FrankCopula(theta)
    print(f"tau {tau}, theta {theta:.4f}: pdf {law.pdf(u).round(4)}, by differences {mixed(law).round(4)}, "
          f"exp(logpdf) {np.exp(law.logpdf(u)).round(4)}")
    assert np.allclose(law.pdf(u), mixed(law), rtol=1e-3) and abs(law.tau() - tau) < 1e-3
    if tau > 0:
        assert np.allclose(np.exp(law.logpdf(u)), law.pdf(u))
        sample = law.rvs(20000, rng=1)
        assert abs(stats.kendalltau(*sample.T)[0] - tau) < 0.02
    else:
        assert np.isnan(law.logpdf(u)).all()
        try:
            law.rvs(20000, rng=1)
        except ValueError as error:
            print(error)
        else:
            raise AssertionError("there are samples")
        assert abs(stats.kendalltau(*GaussianCopula(np.sin(np.pi * tau / 2)).rvs(20000, random_state=1).T)[0] - tau) < 0.02
PY
