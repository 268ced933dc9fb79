#!/usr/bin/env bash
# NumPy 2.3.5, arrays of objects (which hold dual numbers, intervals, traced values, Decimal, or
# floats from pandas).
# Expected: np.max, np.maximum and np.clip pass nan on, as for float arrays of the same numbers.
# Seen: np.max([1, nan, 2]) is 2; np.maximum(nan, 1) is 1 but np.maximum(1, nan) is nan, in this
# order; clip(nan, 0, 2) is 0. The object loops ask Python's comparisons, which are false for nan.
# Hurts: differentiation by operator overloading on NumPy arrays: a nan vanishes where float
# arrays would show it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import math
import numpy as np

def both(f, *columns):
    floats = [np.array(c, dtype=float) for c in columns]
    objects = [np.array(c, dtype=object) for c in columns]
    return np.asarray(f(*floats)).tolist(), np.asarray(f(*objects)).tolist()

nan = math.nan
largest = both(np.max, [1.0, nan, 2.0])
pairs = both(np.maximum, [nan, 1.0], [1.0, nan])
clipped = both(lambda v: np.clip(v, 0.0, 2.0), [nan])
print("float, object: max", largest, "; maximum", pairs, "; clip", clipped)
assert math.isnan(largest[0]) and largest[1] == 2.0
assert all(map(math.isnan, pairs[0])) and [math.isnan(v) for v in pairs[1]] != [True, True]
assert math.isnan(clipped[0][0]) and not math.isnan(clipped[1][0])
PY
