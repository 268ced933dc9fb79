#!/usr/bin/env bash
# statsmodels 0.15.0 (0.14.6 too), `NegativeBinomialP(y, x, p)`, whose variance is
# mean + alpha * mean**p, for p other than 1 and 2.
# Expected: the Hessian is the derivative of `score`, and the standard errors come from its inverse.
# Seen: for p = 1 and 2 they do. For p = 1.5 the mixed derivatives by alpha and the coefficients are
# wrong: the errors of the constant and of alpha are a third too large; for p = 3 they are nan.
# Estimates, `score` and log-likelihood are right. `GeneralizedPoisson` is right for p = 1.5.
# Hurts: whoever takes p between the textbook's two, which is what the class is there for: effects
# lose their significance, or the model seems not to be identified.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q statsmodels==0.15.0 numpy==2.3.5
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from statsmodels.discrete.discrete_model import NegativeBinomialP

rng = np.random.default_rng(0)
x = np.column_stack([np.ones(500), rng.normal(size=500)])
mean = np.exp(x @ [0.6, 0.3])
counts = rng.negative_binomial(2, 2 / (2 + mean))

ratios = {}
for p in (1, 2, 1.5, 3):
    model = NegativeBinomialP(counts, x, p=p)
    fit = model.fit(disp=0, maxiter=500)
    steps = 1e-5 * np.eye(3)
    hessian = np.array([(model.score(fit.params + h) - model.score(fit.params - h)) / 2e-5 for h in steps])
    by_differences = np.sqrt(np.diag(np.linalg.inv(-hessian)))
    ratios[p] = fit.bse / by_differences
    assert np.abs(model.score(fit.params)).max() < 0.01 and fit.mle_retvals["converged"]
    print(f"p = {p}: standard errors {fit.bse.round(4)}, by differences of score {by_differences.round(4)}")
assert np.allclose(ratios[1], 1.0, atol=1e-3) and np.allclose(ratios[2], 1.0, atol=1e-3)
assert ratios[1.5][0] > 1.2 and ratios[1.5][2] > 1.2 and np.isnan(ratios[3]).all()
PY
