#!/usr/bin/env bash
# uncertainties 3.2.3, `uncertainties.wrap` on a function without given derivatives.
# Expected: the uncertainty of sin(x) is |cos(x)| times that of x, as `umath.sin` says: 0.873 for
# x = 1e10 +- 1.
# Seen: 0.0057. The step of the numerical derivative is proportional to x, here about 60 radians;
# at 1e6 the error is 1e-5, at 1e8 a third. Nothing is said.
# Hurts: time stamps, frequencies and counts, which are large, in periodic functions.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q uncertainties==3.2.3
"$folder/venv/bin/python" - <<'PY'
import math
from uncertainties import ufloat, umath, wrap

seen = {}
for x in (1.0, 1e6, 1e8, 1e10):
    number = ufloat(x, 1.0)
    seen[x] = wrap(math.sin)(number).std_dev
    print(f"sin({x:g} +- 1): wrap {seen[x]:.6f}, umath {umath.sin(number).std_dev:.6f}")
assert abs(seen[1.0] - math.cos(1.0)) < 1e-8
assert seen[1e10] < 0.01 and umath.sin(ufloat(1e10, 1.0)).std_dev > 0.87
PY
