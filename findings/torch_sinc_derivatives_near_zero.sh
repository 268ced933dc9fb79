#!/usr/bin/env bash
# PyTorch 2.13.0, derivatives of `torch.sinc` at and next to 0.
# Expected: sinc'(x) is about -pi**2 x / 3, and sinc''(0) = -pi**2 / 3 = -3.29.
# Seen: at 0 `torch.func.hessian` says 0 and `torch.autograd.functional.hessian` says nan. In
# float32 the first derivative at 1e-4 is -0.0009, almost three times the true -0.00033, and at
# 3e-5 or less mostly 0: the formula subtracts two equal numbers.
# Hurts: interpolation and filter design, where points at 0 are the rule.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torch==2.13.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import math
import torch

zero = torch.tensor(0.0, dtype=torch.float64)
by_func = torch.func.hessian(torch.sinc)(zero).item()
by_autograd = torch.autograd.functional.hessian(torch.sinc, zero).item()
slope = torch.func.grad(torch.sinc)(torch.tensor(1e-4)).item()
true = -math.pi**2 / 3 * 1e-4
print(f"second derivative at 0: {by_func}, {by_autograd}; true {-math.pi**2 / 3:.4f}")
print(f"float32 slope at 1e-4: {slope:.2e}; true {true:.2e}")
assert by_func == 0.0 and math.isnan(by_autograd)
assert slope / true > 2.0
PY
