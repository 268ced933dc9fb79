#!/usr/bin/env bash
# PyTorch 2.13.0: five spellings of min(max(x, 0), 6), and their slope at the bounds. (2.14.1 has
# changed clamp with numbers to 0 there.)
# Expected: one function has one derivative, or the same choice where there is none.
# Seen: at (0, 6): clamp (1, 1), hardtanh and relu6 (0, 0), minimum of maximum (1/2, 1/2). At nan,
# clamp with numbers says 0, hardtanh says 1, and clamp with tensors says 0 in reverse and 1 in
# forward mode.
# Hurts: models ported between spellings (a parameter that starts at a bound is stuck or not), and
# tests of forward mode against reverse mode.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torch==2.13.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import math
import torch
from torch.nn import functional as F

low, high = torch.tensor(0.0), torch.tensor(6.0)
spellings = {
    "clamp": lambda x: torch.clamp(x, 0.0, 6.0),
    "clamp by tensors": lambda x: torch.clamp(x, low, high),
    "hardtanh": lambda x: F.hardtanh(x, 0.0, 6.0),
    "relu6": F.relu6,
    "minimum of maximum": lambda x: torch.minimum(torch.maximum(x, low), high),
}
seen = {}
for name, f in spellings.items():
    points = [torch.tensor(v) for v in (0.0, 6.0, math.nan)]
    reverse = [torch.func.vjp(f, x)[1](torch.tensor(1.0))[0].item() for x in points]
    forward = [torch.func.jvp(f, (x,), (torch.tensor(1.0),))[1].item() for x in points]
    seen[name] = reverse, forward
    print(f"{name}: reverse {reverse}, forward {forward} at 0, 6, nan")
assert seen["clamp"] == ([1, 1, 0], [1, 1, 0])
assert seen["clamp by tensors"] == ([1, 1, 0], [1, 1, 1])
assert seen["hardtanh"] == ([0, 0, 1], [0, 0, 1])
assert seen["relu6"][0][:2] == [0, 0]
assert seen["minimum of maximum"][0][:2] == [0.5, 0.5]
PY
