#!/usr/bin/env bash
# MLX 0.32.4, on a CPU: `mx.addmm(c, a, b, alpha, beta)` = alpha a b + beta c, in forward mode.
# Expected: `mx.jvp` and `mx.grad` agree; here the slopes by c, a and b are beta, alpha and alpha.
# Seen: for alpha = 0.5 and beta = 2, `mx.grad` says 2, 0.5, 0.5, and `mx.jvp` 1, 1, 1: its rule
# leaves both factors out. Values are right; with the default factors all is.
# Hurts: Jacobian-vector products, Gauss-Newton steps and scores of models with scaled layers (low
# rank adapters, residual branches): they are those of a model without the scales.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q mlx==0.32.4 mlx-cpu==0.32.4
"$folder/venv/bin/python" - <<'PY'
import mlx.core as mx
mx.set_default_device(mx.cpu)

def slopes(alpha, beta):
    """The slopes by c, a and b, each a matrix of one row and one column holding 1."""
    def value(c, a, b):
        return mx.addmm(c, a, b, alpha=alpha, beta=beta).sum()

    ones, nothing = [mx.ones((1, 1))] * 3, [mx.zeros((1, 1))] * 3
    reverse = [slope.item() for slope in mx.grad(value, argnums=(0, 1, 2))(*ones)]
    forward = []
    for i in range(3):
        along = nothing[:i] + ones[:1] + nothing[i + 1 :]
        forward.append(mx.jvp(value, ones, along)[1][0].item())
    print(f"alpha {alpha}, beta {beta}: value {value(*ones).item()}, reverse {reverse}, forward {forward}")
    return reverse, forward

assert slopes(1.0, 1.0) == ([1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
assert slopes(0.5, 2.0) == ([2.0, 0.5, 0.5], [1.0, 1.0, 1.0])
PY
