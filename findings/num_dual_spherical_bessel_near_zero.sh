#!/usr/bin/env bash
# num-dual 0.15.1 (Python wheel of the Rust crate), `sph_j0`, `sph_j1`, `sph_j2`.
# Expected: j0''(x) is -1/3 next to 0, j1'' is about -x / 5, and j2(1e-9) is 7e-20.
# Seen: right at 0 itself; at 1e-9, j0'' = -256, j1'' = 2e9, and j2 = -1: values and derivatives
# are formed by subtracting sin(x) / x and cos(x), and only x = 0 has a branch of its own. "Exact
# derivatives" are exact derivatives of a formula that cancels.
# Hurts: scattering and radial wave functions, whose grids begin next to 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q num-dual==0.15.1 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
from num_dual import second_derivative

seen = {}
for name in ("sph_j0", "sph_j1", "sph_j2"):
    for x in (0.0, 1e-9):
        seen[name, x] = second_derivative(lambda v: getattr(v, name)(), x)
        print(f"{name}({x}): value, first, second derivative {seen[name, x]}")
assert abs(seen["sph_j0", 0.0][2] + 1 / 3) < 1e-12 and abs(seen["sph_j0", 1e-9][2]) > 100
assert seen["sph_j1", 0.0][2] == 0.0 and abs(seen["sph_j1", 1e-9][2]) > 1e8
assert seen["sph_j2", 0.0][0] == 0.0 and abs(seen["sph_j2", 1e-9][0]) > 0.5
PY
