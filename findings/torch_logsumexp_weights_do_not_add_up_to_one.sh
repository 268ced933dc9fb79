#!/usr/bin/env bash
# PyTorch 2.13.0 (2.14.1 too), the gradient of `torch.logsumexp` in single precision.
# Expected: the gradient is the softmax, whose parts add up to 1: (1/2, 1/2) for two equal numbers.
# Seen: it is exp(x - result), and the result has lost the digits that count: at -1e5 the sum is
# 0.998, at -1e7 it is 0.74 (0.37 each), at -1e8 it is 2. In forward mode it is 1, and so it is for
# `torch.logaddexp`, which is the same function for two numbers, and for JAX. logcumsumexp is alike.
# (Stan had this once: stan-dev/math issue 1679.)
# Hurts: mixtures and hidden Markov models, where the numbers are log-likelihoods of a whole data
# set or image: the value is right and the responsibilities in the gradient are off by percents.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torch==2.13.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import math
import torch

def slopes(number, kind=torch.float32):
    """The slope of log(exp(x) + exp(x)) = x + log(2): by logsumexp, in both modes, by logaddexp."""
    def one(x):
        return torch.logsumexp(torch.stack([x, x]), 0)

    x, along = torch.tensor(number, dtype=kind), torch.tensor(1.0, dtype=kind)
    forward = torch.func.jvp(one, (x,), (along,))[1]
    return [float(v) for v in (torch.func.grad(one)(x), forward, torch.func.grad(lambda x: torch.logaddexp(x, x))(x))]

for number, low, high in ((-1.0, 1 - 1e-6, 1 + 1e-6), (-1e5, 0.99, 0.999), (-1e7, 0.7, 0.8), (-1e8, 1.99, 2.01)):
    reverse, forward, pair = slopes(number)
    print(f"at {number:g}: reverse {reverse:.4f}, forward {forward:.4f}, logaddexp {pair:.4f}")
    assert low < reverse < high and abs(forward - 1) < 1e-6 and abs(pair - 1) < 1e-6
numbers = torch.tensor([-1e7, -1e7], requires_grad=True)
for f in (lambda v: torch.logsumexp(v, 0), lambda v: torch.logcumsumexp(v, 0)[-1]):
    (gradient,) = torch.autograd.grad(f(numbers), numbers)
    print("gradient", gradient.tolist(), "softmax", torch.softmax(numbers, 0).tolist())
    assert abs(gradient[0] - math.exp(-1)) < 1e-3
assert abs(slopes(-1e7, torch.float64)[0] - 1) < 1e-8
PY
