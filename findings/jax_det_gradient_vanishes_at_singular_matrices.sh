#!/usr/bin/env bash
# JAX 0.10.2 in float64 (0.12.0.1 too, where it begins at two rows), the gradient of
# `jnp.linalg.det`.
# Expected: at diag(0, 1, 2, 3), d(det)/d(first entry) is 1 * 2 * 3 = 6.
# Seen: 6 never comes: 0, in reverse and in forward mode, for four rows and more; for two and
# three rows, which have formulas of their own, it is right (1 and 2).
# Hurts: code that was tested on 3 x 3 matrices and runs on larger ones.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q jax==0.10.2
"$folder/venv/bin/python" - <<'PY'
import math
import jax
import jax.numpy as jnp
jax.config.update("jax_enable_x64", True)

seen = {}
for rows in (2, 3, 4, 5):
    a = jnp.diag(jnp.arange(float(rows)))
    along = jnp.zeros((rows, rows)).at[0, 0].set(1.0)
    seen[rows] = [float(jax.grad(jnp.linalg.det)(a)[0, 0]), float(jax.jvp(jnp.linalg.det, (a,), (along,))[1])]
    print(f"{rows} rows: reverse, forward {seen[rows]}, true {math.factorial(rows - 1)}")
assert seen == {2: [1.0, 1.0], 3: [2.0, 2.0], 4: [0.0, 0.0], 5: [0.0, 0.0]}
PY
