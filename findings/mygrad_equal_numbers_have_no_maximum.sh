#!/usr/bin/env bash
# MyGrad 2.5.0, the derivative of `maximum`, `minimum` and `clip` where operands are equal.
# Expected: parts that add up to 1 (1/2 and 1/2, or 1 and 0), since maximum(x, x) is x.
# Seen: 0 and 0: mygrad's maximum(x, x) has no derivative, and a number on its bound cannot leave
# it. `max` over an array, which is the same function, gives 1 at the first of the equal numbers.
# Hurts: weights initialised alike behind a maximum: they never train.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q mygrad==2.5.0
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import mygrad as mg

def slopes(f, *numbers):
    leaves = [mg.tensor(number) for number in numbers]
    f(*leaves).backward()
    return [float(leaf.grad) for leaf in leaves]

seen = slopes(mg.maximum, 1.0, 1.0), slopes(mg.minimum, 1.0, 1.0)
same = slopes(lambda x: mg.maximum(x, x), 1.0), slopes(lambda x: mg.clip(x, 0.0, 1.0), 1.0)
array = mg.tensor([1.0, 1.0])
array.max().backward()
print("maximum, minimum at a tie:", seen, "; maximum(x, x), clip at its bound:", same, "; max:", array.grad)
assert seen == ([0.0, 0.0], [0.0, 0.0]) and same == ([0.0], [0.0])
assert array.grad.sum() == 1.0
PY
