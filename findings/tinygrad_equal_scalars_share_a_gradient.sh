#!/usr/bin/env bash
# tinygrad 0.14.0, `Tensor.gradient` (needs clang, which tinygrad itself needs on a CPU).
# Expected: d(3 a + b)/da = 3 and d/db = 1, whatever numbers a and b hold.
# Seen: (4, 4) when both hold the same number, since two constants of one value are one node;
# abs(a) at 1 has slope 2, since the 1 inside its derivative is that node too. With other numbers,
# or in one-element buffers, all is right.
# Hurts: scalar parameters that start at the same number (a scale and a shift at 1, two zeros).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q tinygrad==0.14.0
"$folder/venv/bin/python" - <<'PY'
import os
os.environ["DEV"] = "CPU"
from tinygrad import Tensor

def slopes(a, b):
    a, b = Tensor(a, dtype="float"), Tensor(b, dtype="float")
    return [g.item() for g in (3 * a + b).gradient(a, b)]

one = Tensor(1.0, dtype="float")
print("at (1, 2):", slopes(1.0, 2.0), " at (1, 1):", slopes(1.0, 1.0))
print("abs at 1:", one.abs().gradient(one)[0].item())
assert slopes(1.0, 2.0) == [3.0, 1.0] and slopes(1.0, 1.0) == [4.0, 4.0]
assert one.abs().gradient(one)[0].item() == 2.0
PY
