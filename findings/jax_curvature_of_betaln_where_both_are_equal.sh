#!/usr/bin/env bash
# JAX 0.10.2 in float64, second derivatives of `jax.scipy.special.betaln` (the logarithm of the beta
# function) where its two arguments are equal.
# Expected: betaln(a, 1) is -log(a), with second derivative 1 / a**2; in general trigamma(a) -
# trigamma(a + b) by a twice, and -trigamma(a + b) by both.
# Seen: right values and slopes everywhere, and right curvature where the arguments differ; at (1, 1)
# the curvature is 0.18 in place of 1, at (5, 5) 0.0055 in place of 0.116. The Hessian is then that of
# another function: at each such point it is singular, with equal entries. (JAX issue 34353, open.)
# Hurts: Beta(1, 1) and Beta(a, a) are where fits begin: Newton steps, Laplace approximations and
# Fisher information of `jax.scipy.stats.beta` are wrong there, and only there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q jax==0.10.2 numpy==2.3.5 scipy==1.16.3
JAX_ENABLE_X64=1 JAX_PLATFORMS=cpu "$folder/venv/bin/python" - <<'PY'
import numpy
import scipy.special
import jax
from jax.scipy.special import betaln
from jax.scipy.stats import beta

def matrix(f, a, b):
    return numpy.array(jax.hessian(f, argnums=(0, 1))(a, b))

for a, b in [(1.0, 1.5), (1.0, 1.0), (5.0, 5.001), (5.0, 5.0)]:
    both = scipy.special.polygamma(1, a + b)
    true = numpy.diag(scipy.special.polygamma(1, [a, b])) - both
    slopes = scipy.special.psi([a, b]) - scipy.special.psi(a + b)
    seen = matrix(betaln, a, b)
    density = -matrix(lambda a, b: beta.logpdf(0.3, a, b), a, b)
    print(f"({a}, {b}): Hessian {seen.round(4).tolist()}, true {true.round(4).tolist()}")
    assert abs(betaln(a, b) - scipy.special.betaln(a, b)) < 1e-12
    assert numpy.allclose(jax.grad(betaln, (0, 1))(a, b), slopes, atol=1e-12)
    assert numpy.allclose(seen, true, atol=1e-9) == numpy.allclose(density, true, atol=1e-9) == (a != b)
one = jax.grad(jax.grad(lambda a: betaln(a, 1.0)))(1.0)
print("second derivative of betaln(a, 1) at 1:", float(one), "that of -log(a): 1")
assert abs(one - 0.17753) < 1e-4
PY
