#!/usr/bin/env bash
# PyTorch 2.13.0, `F.hardsigmoid` of float64 numbers.
# Expected: value x / 6 + 1/2 and slope 1/6, both to sixteen digits.
# Seen: the value is, the slope is 0.1666666716337204: one sixth in single precision. So reverse
# mode and differences differ by 3e-8, and `gradcheck` passes only thanks to its tolerance of
# 1e-6.
# Hurts: those who turn to float64 to tell a wrong derivative from rounding.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torch==2.13.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import torch
from torch.nn import functional as F

x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
y = F.hardsigmoid(x)
(slope,) = torch.autograd.grad(y, x)
print("value", y.item(), "slope", slope.item(), "and should be", 1 / 6)
assert abs(y.item() - 2 / 3) < 1e-15
assert slope.item() == torch.tensor(1 / 6, dtype=torch.float32).item() != 1 / 6
assert torch.autograd.gradcheck(F.hardsigmoid, x)
PY
