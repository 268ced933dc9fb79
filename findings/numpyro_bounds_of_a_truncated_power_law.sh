#!/usr/bin/env bash
# numpyro 0.22.0, `DoublyTruncatedPowerLaw(alpha, low, high)`: the gradient of log_prob by its
# bounds.
# Expected: the density is x**alpha divided by a constant of the bounds, so the slope of its
# logarithm by a bound does not depend on x: 0.4045 by low and -0.1809 by high at (-0.5, 1, 5).
# Seen: both depend on x, and the slope by high is positive: a rule of its own gives the slope of
# the density where that of its logarithm belongs, and one sign less. By alpha and by x it is right.
# Hurts: fits of cut-offs (masses, energies, degrees): a wider support is drawn as more likely,
# and Hamiltonian Monte Carlo follows a field that is no gradient.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q numpyro==0.22.0 jax==0.10.2
"$folder/venv/bin/python" - <<'PY'
import jax
jax.config.update("jax_enable_x64", True)
from numpyro.distributions import DoublyTruncatedPowerLaw

def log_density(alpha, low, high, x):
    return DoublyTruncatedPowerLaw(alpha, low, high, validate_args=False).log_prob(x)

h, seen, true = 1e-5, {}, {}
for x in (1.5, 3.0):
    point = (-0.5, 1.0, 5.0, x)
    for i, name in enumerate(("alpha", "low", "high", "x")):
        moved = [[v + s * h * (i == j) for j, v in enumerate(point)] for s in (1, -1)]
        true[name, x] = float(log_density(*moved[0]) - log_density(*moved[1])) / (2 * h)
        seen[name, x] = float(jax.grad(log_density, i)(*point))
        print(f"x = {x}, by {name}: gradient {seen[name, x]:.4f}, by differences {true[name, x]:.4f}")
        assert (abs(seen[name, x] - true[name, x]) > 0.1) == (name in ("low", "high"))
assert seen["high", 1.5] > 0 > true["high", 1.5]
PY
