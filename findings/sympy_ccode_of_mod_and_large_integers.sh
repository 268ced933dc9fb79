#!/usr/bin/env bash
# SymPy 1.14.0: C code written for `Mod` and for integers beyond 64 bits (needs cc).
# Expected: C that computes what SymPy's own numbers say.
# Seen: Mod(x, y), which is floored, is written fmod(x, y), which truncates: 0.5 becomes -1.5 at
# (-5.5, 2); jscode and rust_code get it right. And 602214076000000000000000 * x (Avogadro's
# number as an Integer) is written without a decimal point: a constant too large for every C type,
# which gcc cuts to 64 bits with a warning and clang refuses.
# Hurts: generated kernels with wrapped angles or with physical constants.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q sympy==1.14.0
"$folder/venv/bin/python" - <<'PY'
import pathlib, subprocess, sys, tempfile
from sympy import Integer, Mod, ccode, jscode, symbols

x, y = symbols("x y", real=True)
rest, amount = ccode(Mod(x, y)), ccode(Integer(602214076000000000000000) * x)
print(rest, "|", jscode(Mod(x, y)), "|", amount)
assert rest == "fmod(x, y)" and jscode(Mod(x, y)) != "x % y"
assert amount == "602214076000000000000000*x"
source = f"""#include <math.h>
#include <stdio.h>
int main(void) {{ double x = -5.5, y = 2; printf("%g", {rest}); }}"""
with tempfile.TemporaryDirectory() as folder:
    program = pathlib.Path(folder, "rest")
    program.with_suffix(".c").write_text(source)
    subprocess.run(["cc", program.with_suffix(".c"), "-lm", "-o", program], check=True)
    by_c = float(subprocess.run([program], capture_output=True, text=True, check=True).stdout)
by_sympy = float(Mod(x, y).subs({x: -5.5, y: 2}))
print("at (-5.5, 2): C", by_c, "SymPy", by_sympy)
assert by_c == -1.5 and by_sympy == 0.5
PY
