#!/usr/bin/env bash
# numba 0.68.0, `str(x)` of a float in nopython mode.
# Expected: "0.1", or a typing error, as for other things that numba does not know: str of an int
# is right.
# Seen: "<object type:float64>", for every float, as the result of a compiled function; no
# warning.
# Hurts: keys, labels and messages built in compiled code: all floats fall into one key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q numba==0.68.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
from numba import njit

@njit
def text(x):
    return str(x)

print(text(12), text(0.1), text(2.5))
assert text(12) == "12"
assert text(0.1) == text(2.5) == "<object type:float64>"
PY
