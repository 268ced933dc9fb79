#!/usr/bin/env bash
# CasADi 3.8.2, both SX and MX: rewriting that nobody asked for.
# Expected: sqrt(-1)**2 is nan and log(exp(800)) is inf, as in C, NumPy and CasADi's own DM of
# numbers, and x == x is false at nan.
# Seen: -1, 800 and true: expressions are simplified as they are written, before any number is
# known; the derivative of sqrt(x)**2 at -1 is 1.
# Hurts: domain checks ("is the result nan?") and comparisons with a reference: the symbolic
# function is finite where the same lines on numbers are not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q casadi==3.8.2 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import math
import casadi as ca

def at(f, number, kind):
    x = kind.sym("x")
    return float(ca.Function("f", [x], [f(x)])(number))

def squared_root(x):
    return ca.sqrt(x) ** 2

def inverse(x):
    return ca.log(ca.exp(x))

for kind in (ca.SX, ca.MX):
    seen = at(squared_root, -1.0, kind), at(inverse, 800.0, kind), at(lambda x: x == x, math.nan, kind)
    print(kind.__name__, "sqrt(x)**2 at -1, log(exp(x)) at 800, x == x at nan:", seen)
    assert seen == (-1.0, 800.0, 1.0)
x = ca.SX.sym("x")
assert float(ca.Function("slope", [x], [ca.gradient(squared_root(x), x)])(-1.0)) == 1.0
numbers = float(squared_root(ca.DM(-1.0))), float(inverse(ca.DM(800.0)))
print("DM:", numbers)
assert math.isnan(numbers[0]) and numbers[1] == math.inf
PY
