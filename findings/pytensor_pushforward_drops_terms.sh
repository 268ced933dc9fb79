#!/usr/bin/env bash
# PyTensor 3.0.7 (3.3.7 too, for Python 3.12 and newer), `pytensor.gradient.pushforward` (forward
# mode) with its default settings.
# Expected: the derivative of 3 x + y along (1, 0) is 3, which `grad` gives.
# Seen: 0. The term of one addend is lost wherever a sum adds the bare second input (x + y, x**2 +
# y, sin(x) + y); `use_op_pushforward=True`, and x y + x, are right. No warning.
# Hurts: Jacobian-vector products in samplers and Newton solvers, which are wrong in silence.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pytensor==3.0.7
"$folder/venv/bin/python" - <<'PY'
import pytensor
import pytensor.tensor as pt
from pytensor.gradient import pushforward

x, y, along_x, along_y = (pt.dscalar(name) for name in ("x", "y", "along_x", "along_y"))
seen = {}
for name, f in {"3 x + y": 3 * x + y, "sin(x) + y": pt.sin(x) + y, "x y + x": x * y + x}.items():
    for by_rules in (False, True):
        product = pushforward(f, [x, y], [along_x, along_y], use_op_pushforward=by_rules)
        call = pytensor.function(
            [x, y, along_x, along_y], product, mode="FAST_COMPILE", on_unused_input="ignore"
        )
        seen[name, by_rules] = float(call(1.0, 2.0, 1.0, 0.0))
    call = pytensor.function([x, y], pytensor.grad(f, x), mode="FAST_COMPILE", on_unused_input="ignore")
    print(f"{name}: pushforward {seen[name, False]}, by rules {seen[name, True]}, grad {call(1.0, 2.0)}")
assert seen["3 x + y", False] == 0.0 and seen["3 x + y", True] == 3.0
assert seen["sin(x) + y", False] == 0.0 and seen["x y + x", False] == 3.0
PY
