#!/usr/bin/env bash
# lifelines 0.30.3 (and pandas 2.3.3), `CoxPHFitter`: the concordance index of the fit
# (`concordance_index_`, the "Concordance" line of `print_summary()`) where labels of rows repeat, as
# in every bootstrap sample (`df.sample(frac=1, replace=True)`) and after a `pd.concat` of two tables.
# Expected: labels mean nothing to the model: the concordance of its predictions on the rows it was
# fitted to, as `score(df, "concordance_index")` says and as the same rows with fresh labels have it.
# Seen: coefficients, errors and likelihood are the same whatever the labels; the concordance is not:
# over 16 bootstrap samples of the Rossi data it averages 0.50, that of a coin, in place of 0.66. For
# repeated labels the predictions lose theirs, and are then looked up as if labels were positions.
# With one label for all it is 0.5 exactly. No warning.
# Hurts: how well a survival model tells risks apart, told for it or corrected for optimism by the
# bootstrap: a good model looks worthless, and its optimism negative.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"  # an `autograd` folder where this starts is not the package
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q lifelines==0.30.3 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
from lifelines import CoxPHFitter
from lifelines.datasets import load_rossi

def concordance(rows):
    """What the fit tells, what it tells with fresh labels, and what its predictions have."""
    fit = CoxPHFitter().fit(rows, "week", "arrest")
    fresh = CoxPHFitter().fit(rows.reset_index(drop=True), "week", "arrest")
    assert np.allclose(fit.params_, fresh.params_) and np.isclose(fit.log_likelihood_, fresh.log_likelihood_)
    assert np.allclose(fit.standard_errors_, fresh.standard_errors_)
    risk, week = fit.predict_partial_hazard(rows).values, rows.week.values
    first = (rows.arrest.values == 1)[:, None] & (week[:, None] < week)
    pairs = np.sign(risk[:, None] - risk)[first]
    return fit.concordance_index_, fresh.concordance_index_, fit.score(rows, "concordance_index"), (1 + pairs.mean()) / 2

rossi = load_rossi()
print("as loaded", concordance(rossi))
assert np.ptp(concordance(rossi)[:3]) < 1e-12
seen = np.array([concordance(rossi.sample(frac=1, replace=True, random_state=k)) for k in range(16)])
told, fresh, scored, counted = seen.mean(axis=0)
print(f"16 bootstrap samples: told {told:.3f} ({seen[:, 0].min():.3f} to {seen[:, 0].max():.3f}),",
      f"fresh labels {fresh:.3f} (from {seen[:, 1].min():.3f}), score {scored:.3f}, counted {counted:.3f}")
assert np.allclose(seen[:, 1], seen[:, 2]) and np.allclose(seen[:, 1], seen[:, 3], atol=0.02)
assert told < 0.53 and fresh > 0.65
halves = pd.concat([part.reset_index(drop=True) for part in (rossi[:216], rossi[216:])])
print("two tables put together", concordance(halves))
assert concordance(halves)[0] < 0.57 < 0.63 < concordance(halves)[1]
assert concordance(rossi.set_axis([7] * len(rossi)))[0] == 0.5
PY
