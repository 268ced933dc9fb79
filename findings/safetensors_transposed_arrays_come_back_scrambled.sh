#!/usr/bin/env bash
# safetensors 0.8.0, `safetensors.numpy.save` and `load` of arrays that are not in C order.
# Expected: the array that was saved, as 0.7.0 gives it back, or an error, as for torch tensors.
# Seen: the right shape with the numbers in another order: [[0, 3], [1, 4], [2, 5]] comes back as
# [[0, 1], [2, 3], [4, 5]]: the memory is written as it lies. No warning. And a bfloat16 array is
# written but cannot be read: KeyError. (safetensors issue 825, open.)
# Hurts: weights that were transposed on the way, and results of LAPACK and scikit-learn (a
# decomposition's components), which lie in Fortran's order: the model loads and is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
for release in 0.7.0 0.8.0; do
"$folder/venv/bin/python" -m pip install -q safetensors==$release numpy==2.3.5 ml_dtypes==0.6.0
"$folder/venv/bin/python" - <<'PY'
import ml_dtypes
import numpy as np
import safetensors
from safetensors.numpy import load, save

def back(array):
    return load(save({"w": array}))["w"]

new = safetensors.__version__ == "0.8.0"
rows = np.arange(6.0, dtype=np.float32).reshape(2, 3)
for name, array in {"as it is": rows, "transposed": rows.T, "Fortran's order": np.asfortranarray(rows)}.items():
    seen = back(array)
    print(safetensors.__version__, name, array.tolist(), "comes back as", seen.tolist())
    assert seen.shape == array.shape
    assert np.array_equal(seen, array) == (name == "as it is" or not new)
if new:
    try:
        back(rows.astype(ml_dtypes.bfloat16))
    except KeyError as error:
        print("bfloat16: KeyError", error)
    else:
        raise SystemExit("bfloat16 can be read")
PY
done
