#!/usr/bin/env bash
# PyTorch 2.13.0, the gradient of `torch.linalg.det` at a singular matrix.
# Expected: the adjugate transposed, [[4, -2], [-2, 1]] at [[1, 2], [2, 4]], however it is asked
# for.
# Seen: `torch.autograd.grad` and `torch.autograd.functional.jacobian` give zeros, and so does
# `torch.func.jacfwd`; `torch.func.grad` gives the adjugate. Just beside the singular matrix all
# agree.
# Hurts: whoever drives a determinant away from 0 (a barrier, a volume), where it counts: the
# gradient says there is nothing to do.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torch==2.13.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import torch

a = torch.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=torch.float64, requires_grad=True)
det = torch.linalg.det
answers = {
    "autograd.grad": torch.autograd.grad(det(a), a)[0],
    "autograd.functional.jacobian": torch.autograd.functional.jacobian(det, a.detach()),
    "func.grad": torch.func.grad(det)(a.detach()),
    "func.jacfwd": torch.func.jacfwd(det)(a.detach()),
}
right = torch.tensor([[4.0, -2.0], [-2.0, 1.0]], dtype=torch.float64)
for name, answer in answers.items():
    print(name, answer.tolist())
    assert torch.allclose(answer, right if name == "func.grad" else torch.zeros_like(right))
beside = torch.tensor([[1.0, 2.0], [2.0, 4.0 + 1e-9]], dtype=torch.float64, requires_grad=True)
assert torch.allclose(torch.autograd.grad(det(beside), beside)[0], right)
PY
