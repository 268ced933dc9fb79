#!/usr/bin/env bash
# ad 1.5.1, automatic differentiation: `ad.admath.log(x, base)` where the base is a variable too.
# Expected: log(x) / log(b) has the slope -log(x) / (b log(b)**2) by b, as the quotient of two
# logarithms, written out in the same package, has it, and a second derivative by b and by both.
# Seen: slope 0, second derivative 0 and mixed derivative 0, for every x and base, with the right
# value and the right slope by x: the base is taken for a constant, while `x**b`
# follows an exponent that is a variable. No error, no warning; where only the base is a variable, the
# answer is a plain float, from which ad tells no derivative.
# Hurts: whoever fits or propagates errors through a base, as in the number of doublings or decades
# per step; a descent never moves it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q ad==1.5.1 mpmath==1.3.0
"$folder/venv/bin/python" -W ignore - <<'PY'
import mpmath
from ad import adnumber, admath

def derivatives(f, x, base):
    """The value of f, its slopes by x and by the base, its second derivative by the base, and the mixed one."""
    a, b = adnumber(x), adnumber(base)
    y = f(a, b)
    return [float(number) for number in (y.x, y.d(a), y.d(b), y.d2(b), y.d2c(a, b))]

orders = ((0, 0), (1, 0), (0, 1), (0, 2), (1, 1))
for x, base in ((5.3, 1.7), (8.0, 2.0), (0.3, 10.0), (1000.0, 0.5)):
    told = derivatives(admath.log, x, base)
    written = derivatives(lambda a, b: admath.log(a) / admath.log(b), x, base)
    right = [float(mpmath.diff(mpmath.log, (x, base), order)) for order in orders]
    print(f"log({x}, {base}):", *(f"{number:.4f}" for number in told), "| as a quotient:", *(f"{number:.4f}" for number in written))
    for a, b, c in zip(told[:2], written[:2], right[:2]):
        assert abs(a - c) < 1e-6 * abs(c) and abs(b - c) < 1e-6 * abs(c)
    for b, c in zip(written, right):
        assert abs(b - c) < 1e-6 * abs(c) > 0
    assert told[2:] == [0.0, 0.0, 0.0]
power = derivatives(lambda a, b: a**b, 5.3, 1.7)
assert abs(power[2] - float(mpmath.diff(lambda b: 5.3**b, 1.7))) < 1e-9 * power[2]
assert type(admath.log(5.3, adnumber(1.7))) is float

# doublings: the base b for which log(1000, b) is 10 is 2 ** 0.99658; Newton's steps need the slope
base = 1.9
for _ in range(5):
    b = adnumber(base)
    y = admath.log(adnumber(1000.0)) / admath.log(b)
    base -= (y.x - 10) / y.d(b)
assert abs(base - 1000**0.1) < 1e-9
b = adnumber(1.9)
print("base found by the quotient:", base, "slope by log(x, base):", admath.log(adnumber(1000.0), b).d(b))
assert admath.log(adnumber(1000.0), b).d(b) == 0
PY
