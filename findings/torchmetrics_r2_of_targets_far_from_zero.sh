#!/usr/bin/env bash
# torchmetrics 1.9.0, `r2_score`, `relative_squared_error` and `log_cosh_error` in float32.
# Expected: R2 does not change when predictions and targets are shifted alike: here it is 0.88.
# Seen: 0.883 for targets near 1e4, 0 near 1e5 and 1.0001 near 1e6, while the relative squared
# error, which is 1 - R2, is 2e9 there. The variance is taken as sum(y**2) - sum(y) * mean(y), whose digits cancel.
# log_cosh_error is inf for an error of 100, since cosh is formed first.
# Hurts: prices, time stamps and counts, whose spread is small beside their size: a model that
# guesses may get full marks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torchmetrics==1.9.0 torch==2.13.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import math
import torch
from torchmetrics import functional as metrics

seen = {}
for shift in (0.0, 1e4, 1e5, 1e6):
    targets = torch.arange(30.0) + shift
    predictions = targets + 3.0  # exact in float32 for all shifts
    seen[shift] = [f(predictions, targets).item() for f in (metrics.r2_score, metrics.relative_squared_error)]
    exact = metrics.r2_score(predictions.double(), targets.double()).item()
    print(f"near {shift:g}: R2 {seen[shift][0]:.4f}, relative squared error {seen[shift][1]:.4g}; in float64 {exact:.4f}")
    assert abs(exact - 0.87987) < 1e-4
assert abs(seen[0.0][0] - 0.87987) < 1e-4 < abs(seen[1e4][0] - 0.87987)
assert all(abs(seen[shift][0] - 0.87987) > 0.1 and abs(seen[shift][1] - 0.12013) > 0.1 for shift in (1e5, 1e6))
far = metrics.log_cosh_error(torch.tensor([100.0]), torch.tensor([0.0])).item()
print("log cosh of an error of 100:", far, "and should be", 100 - math.log(2))
assert far == math.inf
PY
