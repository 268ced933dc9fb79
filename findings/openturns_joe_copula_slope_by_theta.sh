#!/usr/bin/env bash
# OpenTURNS 1.27, `JoeCopula(theta)`: `computeCDFGradient` and `computePDFGradient`, by the parameters.
# Expected: the slopes that differences of its own `computeCDF` give, which has ten digits: at (0.3, 0.4)
# and theta = 2 the slope by theta is -0.01235, as mpmath has it too.
# Seen: -0.01146, seven percent less, and likewise for theta = 1.5 and 3; the slopes by the two weights
# are off by two percent. Those of other copulas (Clayton, Frank, Gumbel, Ali-Mikhail-Haq) are right to
# five digits and more. Values and densities of JoeCopula are right. No warning.
# Hurts: fits and standard errors of dependent extremes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q openturns==1.27.post1 mpmath==1.3.0
"$folder/venv/bin/python" -W ignore - <<'PY'
import mpmath
import openturns as ot

u, v = 0.3, 0.4

def exact(theta):
    """The distribution function: both weights are 1/2, which is what JoeCopula(theta) has."""
    t = mpmath.log(v) / mpmath.log(u * v)
    return mpmath.exp(mpmath.log(u * v) * (1 - (((1 - t) / 2) ** (-1 / theta) + (t / 2) ** (-1 / theta)) ** -theta))

def compare(copula, theta):
    told = copula(theta).computeCDFGradient([u, v])[0]
    seen = (copula(theta + 1e-4).computeCDF([u, v]) - copula(theta - 1e-4).computeCDF([u, v])) / 2e-4
    print(f"{copula.__name__}({theta}): told {told:.6f}, by differences {seen:.6f}")
    return told, seen

for theta in (1.5, 2.0, 3.0):
    told, seen = compare(ot.JoeCopula, theta)
    assert abs(ot.JoeCopula(theta).computeCDF([u, v]) - exact(theta)) < 1e-9
    assert abs(seen - mpmath.diff(exact, theta)) < 1e-6 and abs(told / seen - 1) > 0.05
for copula, theta in ((ot.ClaytonCopula, 2.0), (ot.FrankCopula, 2.0), (ot.GumbelCopula, 2.0), (ot.AliMikhailHaqCopula, 0.5)):
    told, seen = compare(copula, theta)
    assert abs(told - seen) < 1e-5
PY
