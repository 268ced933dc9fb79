#!/usr/bin/env bash
# OpenTURNS 1.27, `ClaytonCopula(theta).computeLowerTailDependenceMatrix()` for negative theta (the
# manual allows theta >= -1).
# Expected: the limit of P(U < u and V < u) / u for small u, a probability: 2**(-1 / theta) for
# theta > 0, and 0 for theta < 0, where the copula is 0 near the corner.
# Seen: 2**(-1 / theta) for all: 5.66 for theta = -0.4, 1024 for -0.1, where variables are all but
# independent, and 2 for -1. CDF, density, samples and the other three matrices of tail dependence
# are right. No warning.
# Hurts: choosing copulas by how extremes come together, in flood or credit risk; a fit with a
# slightly negative dependence tells the strongest one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q openturns==1.27.post1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import openturns as ot

for theta, right in ((0.5, True), (2.0, True), (-0.9, False), (-0.4, False), (-0.1, False)):
    copula = ot.ClaytonCopula(theta)
    told = copula.computeLowerTailDependenceMatrix()[0, 1]
    ratios = [copula.computeCDF([u, u]) / u for u in (1e-3, 1e-5, 1e-7)]
    ot.RandomGenerator.SetSeed(0)
    sample = copula.getSample(100000)
    share = sum(u < 0.05 and v < 0.05 for u, v in sample) / sum(u < 0.05 for u, v in sample)
    print(f"theta = {theta}: told {told:.4g}, P(both < u) / u:", *(f"{r:.4f}" for r in ratios),
          f"share of samples at 0.05: {share:.3f}; upper: {copula.computeUpperTailDependenceMatrix()[0, 1]}")
    assert abs(told - 2 ** (-1 / theta)) < 1e-9 * told and copula.computeUpperTailDependenceMatrix()[0, 1] == 0.0
    assert abs(share - copula.computeCDF([0.05, 0.05]) / 0.05) < 0.02
    if right:
        assert abs(told - ratios[-1]) < 2e-3
    else:
        assert told > 2.0 and max(ratios) < 1e-3 and share < 0.05
PY
