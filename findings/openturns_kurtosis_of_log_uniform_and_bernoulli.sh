#!/usr/bin/env bash
# OpenTURNS 1.27, `getKurtosis()` of `LogUniform(a, b)` and `Bernoulli(p)`.
# Expected: the fourth central moment divided by the squared variance, as SciPy has it (plus 3):
# 1.930 for LogUniform(0, 1), 1 for Bernoulli(1/2), 1.762 for Bernoulli(0.3). For no distribution is
# it below 1 plus the squared skewness.
# Seen: 0.699, and 0.04 for LogUniform(0, 5) in place of 4.37; 13 and 13.762 for Bernoulli, 12 too
# much whatever p is. Mean, standard deviation, skewness and the fourth central moment, when asked
# for by `getCentralMoment(4)`, are right. The kurtosis of a sum (LinearCombinationDistribution) is
# put together from that of its parts: 0.88 for LogUniform(0, 1) and a little noise, 2.01 by samples.
# Binomial(1, p), the same variable as Bernoulli(p), is right.
# Hurts: choosing or checking a model by its moments, and approximations that are built on them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q openturns==1.27.post1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import openturns as ot
from scipy import stats

def moments(d, law):
    """The kurtosis told, and SciPy's, after a look at all lower moments."""
    mean, variance, skewness, excess = map(float, law.stats("mvsk"))
    assert np.allclose((d.getMean()[0], d.getStandardDeviation()[0], d.getSkewness()[0]), (mean, variance**0.5, skewness))
    assert np.isclose(d.getCentralMoment(4)[0] / variance**2, excess + 3, rtol=1e-5)
    told = d.getKurtosis()[0]
    print(f"{d}: kurtosis {told:.4f}, SciPy {excess + 3:.4f}, 1 + squared skewness {1 + skewness**2:.4f}")
    return told, excess + 3

for a, b, seen in ((0.0, 1.0, 0.699), (-1.0, 1.0, 1.027), (0.0, 5.0, 0.042)):
    told, kurtosis = moments(ot.LogUniform(a, b), stats.loguniform(np.exp(a), np.exp(b)))
    assert abs(told - seen) < 1e-3 and kurtosis > 1.9
for p in (0.1, 0.3, 0.5):
    told, kurtosis = moments(ot.Bernoulli(p), stats.bernoulli(p))
    assert abs(told - kurtosis - 12) < 1e-9
    told, kurtosis = moments(ot.Binomial(1, p), stats.bernoulli(p))
    assert abs(told - kurtosis) < 1e-9
ot.RandomGenerator.SetSeed(0)
total = ot.LinearCombinationDistribution([ot.LogUniform(0.0, 1.0), ot.Normal(0.0, 0.1)], [1.0, 1.0])
sample = total.getSample(200000).computeKurtosis()[0]
print(f"kurtosis of a sum {total.getKurtosis()[0]:.3f}, of its samples {sample:.3f}")
assert total.getKurtosis()[0] < 0.9 and abs(sample - 2.02) < 0.03
PY
