#!/usr/bin/env bash
# TensorFlow Probability 0.25.0 on jax 0.6.2 (tfp-nightly 0.26.0.dev20261027 on jax 0.12 too),
# `NoncentralChi2`: derivatives by its degrees of freedom, in float64.
# Expected: the slopes that differences of the same functions give, or an error where there is no
# rule.
# Seen: at (df, noncentrality, x) = (3, 1.5, 2) the slope of log_prob is 0.07 and should be -0.15,
# and that of cdf is 0 and should be -0.12. The Bessel functions inside count as constant in their
# order (the slope of bessel_ive(v, 2) by v is 0), and the rest of the formula is differentiated. By
# the noncentrality and by x all is right.
# Hurts: maximum likelihood of a scatter or a signal with unknown degrees of freedom: it climbs the
# wrong way and reports a gradient that is no gradient.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q tensorflow-probability==0.25.0 jax==0.6.2 numpy==2.3.5 scipy==1.16.3
"$folder/venv/bin/python" - <<'PY'
import jax
jax.config.update("jax_enable_x64", True)
from scipy.stats import ncx2
from tensorflow_probability.substrates import jax as tfp

point, h = (3.0, 1.5, 2.0), 1e-5
names = ("df", "noncentrality", "x")
references = {"log_prob": ncx2.logpdf, "cdf": ncx2.cdf}
for function, reference in references.items():
    def value(df, noncentrality, x):
        d = tfp.distributions.NoncentralChi2(*(jax.numpy.asarray(v, "float64") for v in (df, noncentrality)))
        return getattr(d, function)(x)

    assert abs(float(value(*point)) - reference(point[2], *point[:2])) < 1e-6
    for i, name in enumerate(names):
        moved = [[v + s * h * (i == j) for j, v in enumerate(point)] for s in (1, -1)]
        true = (reference(moved[0][2], *moved[0][:2]) - reference(moved[1][2], *moved[1][:2])) / (2 * h)
        seen = float(jax.grad(value, i)(*point))
        print(f"{function} by {name}: {seen:.6f}, by differences of SciPy's {true:.6f}")
        assert (abs(seen - true) > 0.1) == (name == "df")
slope = float(jax.grad(lambda v: tfp.math.bessel_ive(v, 2.0))(3.0))
print("bessel_ive(v, 2) by v at 3:", slope)
assert slope == 0.0
PY
