#!/usr/bin/env bash
# GPyTorch 1.15.2 on PyTorch 2.13.0 and on 2.14.1: second derivatives of kernels where the two
# points coincide.
# Expected: d2k(x, z)/dx2 at x = z is -1 / lengthscale**2 for RBFKernel and RQKernel, here -4, with
# every release.
# Seen: -4 on 2.13.0, 0 on 2.14.1, which takes 0 for the slope of clamp at its bound, where older
# releases take 1: GPyTorch cuts squared distances off at 0, and at a point of the data they lie on
# that bound, so all that is behind it counts as constant. 1e-4 beside the point both give -4.
# Hurts: Hessians of a posterior mean and Laplace approximations at points of the data: they turn
# flat with an update of another package. MaternKernel, cut off above 0, has been flat before.
# (For clamp: pytorch/pytorch issue 195931. The newer wheel takes minutes to install.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
for release in 2.13.0 2.14.1; do
"$folder/venv/bin/python" -m pip install -q gpytorch==1.15.2 torch==$release numpy==2.3.5
"$folder/venv/bin/python" -W ignore - <<'PY'
import torch
from gpytorch import kernels
torch.set_default_dtype(torch.float64)

def curvature(kernel, x, z):
    def along(x):
        return kernel(x.reshape(1, 1), torch.tensor([[z]])).to_dense()[0, 0]

    return torch.autograd.functional.hessian(along, torch.tensor(x)).item()

bound = torch.tensor(0.0, requires_grad=True)
slope = torch.autograd.grad(bound.clamp_min(0.0), bound)[0].item()
print(f"PyTorch {torch.__version__}: slope of clamp at its bound {slope}")
old = torch.__version__.startswith("2.13")
assert slope == (1.0 if old else 0.0)
for kernel in (kernels.RBFKernel(), kernels.RQKernel()):
    kernel.lengthscale = 0.5
    at, beside = curvature(kernel, 0.3, 0.3), curvature(kernel, 0.3 + 1e-4, 0.3)
    print(f"{type(kernel).__name__}: curvature at the point {at:.4f}, beside it {beside:.4f}")
    assert abs(beside + 4) < 1e-3 and abs(at - (-4 if old else 0)) < 1e-9
PY
done
