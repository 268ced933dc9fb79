#!/usr/bin/env bash
# SymPy 1.14.0 (the newest release), `rust_code` of products and quotients of sums (needs rustc).
# Expected: Rust that computes what the expression says: (x + y) / z is 3 at (4, 2, 2).
# Seen: `x + y*z.recip()`, which is 5: a sum that is a factor gets no parentheses as soon as one of
# the numbers is real and not an integer, as are symbols declared real and fractions. Powers and
# calls of functions do get them. So x coth(x), written by exponentials, (1 - exp(-x)) / x and
# Mod(x + 1, y) come out wrong too; `ccode` and the others are right. The code compiles without a
# warning. (sympy/sympy issues 28776 and 29709: mended in the development branch.)
# Hurts: kernels, controllers and energies generated for Rust, nearly all of which have such factors.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q sympy==1.14.0
"$folder/venv/bin/python" - "$folder" <<'PY'
import math, pathlib, subprocess, sys
from sympy import Mod, ccode, coth, exp, rust_code, symbols

x, y, z = symbols("x y z", real=True)
point = {x: 4.0, y: 2.0, z: 2.0}
wrong = [(x + y) / z, z * (x + y), (1 - exp(-x)) / x, x * coth(x), Mod(x + 1, y)]
right = [z / (x + y), (x + y) ** 2 / z, x / z + y / z, Mod(x, y)]
lines = "".join(f'    println!("{{}}", {rust_code(f)});\n' for f in wrong + right)
program = pathlib.Path(sys.argv[1], "numbers")
program.with_suffix(".rs").write_text(
    f"fn main() {{\n    let (x, y, z): (f64, f64, f64) = (4.0, 2.0, 2.0);\n{lines}}}\n")
subprocess.run(["rustc", program.with_suffix(".rs"), "-o", program], check=True)
answers = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
for f, by_rust in zip(wrong + right, map(float, answers), strict=True):
    by_sympy = float(f.subs(point))
    print(f"{f}: Rust {by_rust:.6g}, SymPy {by_sympy:.6g}: {rust_code(f)}")
    assert math.isclose(by_rust, by_sympy, rel_tol=1e-12) == (f in right)
assert rust_code((x + y) / z) == "x + y*z.recip()" and ccode((x + y) / z) == "(x + y)/z"
integer, plain = symbols("n m", integer=True), symbols("a b")
print(rust_code(integer[0] * (integer[1] + 1)), "|", rust_code(plain[0] * (plain[1] + 1)))
assert rust_code(integer[0] * (integer[1] + 1)) == "n*(m + 1)"
PY
