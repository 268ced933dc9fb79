#!/usr/bin/env bash
# JAX 0.10.2 (0.12.0.1 too), the derivative of `jnp.abs`.
# Expected: 0 at 0, as `jnp.sign`, PyTorch, TensorFlow and older releases say, and nan at nan.
# Seen: 1 at 0 and at -0.0, so that an L1 penalty moves every weight that is exactly 0 to the
# negative side; -1 at nan: a nan becomes a number. The second derivative of abs(x)**2 at 0 is 2.
# Hurts: pruned networks under an L1 penalty (the zeros do not stay), and checks for nan in
# gradients.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q jax==0.10.2
"$folder/venv/bin/python" - <<'PY'
import math
import jax
import jax.numpy as jnp

slopes = [float(jax.grad(jnp.abs)(x)) for x in (0.0, -0.0, math.nan)]
penalty = jax.grad(lambda w: jnp.sum(jnp.abs(w)))(jnp.zeros(3)).tolist()
print("abs at 0, -0, nan:", slopes, "; L1 penalty at zero weights:", penalty)
print("sign at 0 and nan:", float(jnp.sign(0.0)), float(jnp.sign(math.nan)))
assert slopes == [1.0, 1.0, -1.0] and penalty == [1.0, 1.0, 1.0]
assert float(jnp.sign(0.0)) == 0.0
PY
