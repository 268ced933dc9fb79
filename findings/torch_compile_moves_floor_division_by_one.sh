#!/usr/bin/env bash
# PyTorch 2.13.0 (2.14.1 too), `torch.compile` on a CPU with its default settings (needs g++).
# Expected: compiled code computes what eager code does, and a = (a // b) * b + a % b.
# Seen: 1.0 // 0.1 is 9 in eager mode, as in Python, and 10 once compiled, while 1.0 % 0.1 stays
# 0.09999...: together 1.1. torch.atanh(1e-9) is 0 once compiled in float32, and wrong in the eighth
# digit in float64: it is written as a logarithm of (1 + x) / (1 - x). No warning.
# (pytorch/pytorch issue 197895, open, for the division.)
# Hurts: bins and indices, which move by one when a model is compiled, and correlations near 0
# under Fisher's transformation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torch==2.13.0 numpy==2.3.5
export TORCHINDUCTOR_CACHE_DIR="$folder/cache"
"$folder/venv/bin/python" - <<'PY'
import torch

def parts(a, b, r):
    return a // b, a % b, torch.atanh(r)

for kind in (torch.float32, torch.float64):
    arguments = [torch.full((32,), number, dtype=kind) for number in (1.0, 0.1, 1e-9)]
    eager, compiled = ([float(v[0]) for v in f(*arguments)] for f in (parts, torch.compile(parts)))
    sums = [whole * 0.1 + rest for whole, rest, _ in (eager, compiled)]
    print(kind, "1.0 // 0.1, 1.0 % 0.1, atanh(1e-9):", eager, "compiled", compiled, "; a from its parts", sums)
    assert eager[0] == 1.0 // 0.1 == 9.0 and compiled[0] == 10.0
    assert abs(sums[0] - 1.0) < 1e-6 and abs(sums[1] - 1.1) < 1e-6
    assert abs(eager[2] / 1e-9 - 1) < 1e-7
    assert compiled[2] == 0.0 if kind is torch.float32 else 1e-9 < abs(compiled[2] / 1e-9 - 1) < 1e-6
PY
