#!/usr/bin/env bash
# SymPy 1.14.0, generalized Laguerre polynomials of symbolic degree, and Jacobi functions.
# Expected: assoc_laguerre(1, a, x) is 1 + a - x, whose derivative by a is 1, whether 1 is put in
# for n before or after; and jacobi(3/2, ...) is a hypergeometric function, as in mpmath.
# Seen: 3.33 for (n, a, x) = (1, 0.7, 0.3) where n is put in last: each term of the sum is divided
# by n - a in place of n - k. jacobi(3/2, a, b, x) is, in silence, the polynomial of degree 1. By x
# all is right, and gegenbauer and jacobi by their parameters too.
# Hurts: radial functions of atoms and oscillators whose exponent is fitted.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q sympy==1.14.0 mpmath==1.3.0
"$folder/venv/bin/python" - <<'PY'
import mpmath
from sympy import Rational, assoc_laguerre, diff, gegenbauer, jacobi, symbols

n, a, b, x = symbols("n a b x")
point = {a: Rational(7, 10), b: Rational(9, 10), x: Rational(3, 10)}

def orders(polynomial, by, degree):
    """The derivative with the degree put in last, and first."""
    last = diff(polynomial, by).subs(n, degree).doit().subs(point)
    return float(last), float(diff(polynomial.subs(n, degree), by).subs(point))

print("by a:", diff(assoc_laguerre(n, a, x), a))
for degree in (1, 2, 3):
    last, first = orders(assoc_laguerre(n, a, x), a, degree)
    print(f"degree {degree}: degree last {last:.5f}, degree first {first:.5f}")
    assert abs(last - first) > 0.05
assert orders(assoc_laguerre(n, a, x), a, 1)[1] == 1.0
for polynomial, by in ((assoc_laguerre(n, a, x), x), (gegenbauer(n, a, x), a), (jacobi(n, a, b, x), b)):
    last, first = orders(polynomial, by, 3)
    assert abs(last - first) < 1e-9
whole, half = (float(jacobi(degree, a, b, x).subs(point)) for degree in (1, Rational(3, 2)))
print("jacobi of degree 1 and 3/2:", whole, half, "; mpmath:", mpmath.jacobi(1.5, 0.7, 0.9, 0.3))
assert half == whole and abs(mpmath.jacobi(1.5, 0.7, 0.9, 0.3) + 0.063021) < 1e-5
PY
