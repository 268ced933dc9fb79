#!/usr/bin/env bash
# fastdual 0.3.1, "any function that works with floats works with Dual".
# Expected: Python's rule a == (a // b) * b + a % b, d(a % b)/da = 1, and float(x) an error, since
# it drops the derivative.
# Seen: Dual(-5.5) % 2 is -1.5 (truncated, slope 0), Dual(-5.5) // 2 is -3 (floored): together
# -7.5. float(x) * x at 2 has slope 2, and so has math.sqrt(x * x) * x at 2: half of the
# derivative is lost in silence.
# Hurts: wrapped angles and periods, and any function that calls `math`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q fastdual==0.3.1 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import math
from fastdual import Dual, der, val

a, x = Dual(-5.5), Dual(2.0)
rest, whole = a % 2.0, a // 2.0
print("a % 2 =", val(rest), "slope", der(rest, a), "; a // 2 =", val(whole), "; Python:", divmod(-5.5, 2.0))
print("float(x) * x at 2: slope", der(float(x) * x, x), "(true 4)")
assert val(rest) == -1.5 and val(whole) == -3.0 and der(rest, a) == 0.0
assert der(float(x) * x, x) == 2.0 and der(math.sqrt(x * x) * x, x) == 2.0
PY
