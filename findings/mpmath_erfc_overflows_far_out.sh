#!/usr/bin/env bash
# mpmath 1.3.0, erfc and ncdf of large numbers.
# Expected: numbers of any exponent, as everywhere in mpmath: erfc(1e150) is 10 to the power of
# -4e299, and exp(-1e400) is no trouble either.
# Seen: from about 1e154 on erfc(x), and ncdf(-x) with it, raise OverflowError ("int too large to
# convert to float"): the choice of series compares x squared with a float. erf, and erfc(-x), work.
# Hurts: who checks tails of the normal distribution against mpmath up to the largest doubles; a
# test that catches OverflowError as "no number" passes there whatever it tests.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q mpmath==1.3.0
"$folder/venv/bin/python" - <<'PY'
from mpmath import erf, erfc, exp, log, mpf, ncdf

assert 0 < erfc(mpf("1e150")) and log(exp(mpf("-1e400"))) == mpf("-1e400")
for name, function, x in (("erfc", erfc, "1e160"), ("ncdf", ncdf, "-1e160")):
    try:
        print(name, x, function(mpf(x)))
        raise SystemExit("it has changed")
    except OverflowError as error:
        print(f"{name}({x}): OverflowError: {error}")
assert erf(mpf("1e160")) == 1 and erfc(mpf("-1e160")) == 2
PY
