#!/usr/bin/env bash
# glibc 2.36 (Debian 12) below Python 3.11's math, on a processor with fused multiply-adds.
# Expected: one Python, one C library, one argument: one result. IEEE arithmetic is deterministic, and
# "same versions, same seed" is how numerical work is reproduced.
# Seen: with the library's choice of code for FMA processors and without it (as on a processor before
# 2013, in an emulator, or where a hypervisor hides the feature) the last bits of math.exp, expm1,
# tanh, sinh, sin and pow differ for 3 to 20 of 10,000 arguments, by one or two units; log and sqrt
# never. Half the time the fused one is nearer to the true value, half the time the other. The library
# compiles the same formulas twice, and a fused multiply-add rounds once where two instructions round
# twice.
# Hurts: golden files and hashes of results, cached features keyed by floats, bisecting a training
# run across machines of one cluster: nothing in any version number tells the two apart.
set -euo pipefail
grep -q '\bfma\b' /proc/cpuinfo || { echo "this processor has no fused multiply-adds: nothing to see"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install -q mpmath==1.3.0
cat >"$folder/bits.py" <<'PY'
import math, platform, random
source = random.Random(0)
numbers = [source.uniform(-3.0, 3.0) for _ in range(10_000)]
functions = {
    "exp": math.exp, "expm1": math.expm1, "tanh": math.tanh, "sinh": math.sinh, "sin": math.sin,
    "pow": lambda x: math.pow(abs(x), 1.7), "log": lambda x: math.log(abs(x)),
    "sqrt": lambda x: math.sqrt(abs(x)),
}
print("libc", *platform.libc_ver())
for name, function in functions.items():
    print(name, *[function(x).hex() for x in numbers])
PY
"$python" "$folder/bits.py" >"$folder/with.txt"
GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable,-FMA4_Usable \
    "$python" "$folder/bits.py" >"$folder/without.txt"
"$python" - "$folder" <<'PY'
import math, pathlib, random, sys
import mpmath
folder = pathlib.Path(sys.argv[1])
one, other = ((folder / name).read_text().splitlines() for name in ("with.txt", "without.txt"))
print(one[0])
different = {
    a.split()[0]: sum(x != y for x, y in zip(a.split(), b.split(), strict=True))
    for a, b in zip(one[1:], other[1:], strict=True)
}
print("different results of 10,000:", different)
source = random.Random(0)
numbers = [source.uniform(-3.0, 3.0) for _ in range(10_000)]
mpmath.mp.prec = 200
nearer = {"fused": 0, "not fused": 0}
for a, b in zip(one[1:], other[1:], strict=True):
    name = a.split()[0]
    for x, p, q in zip(numbers, a.split()[1:], b.split()[1:], strict=True):
        if p != q and name != "pow":
            p, q, true = float.fromhex(p), float.fromhex(q), getattr(mpmath, name)(mpmath.mpf(x))
            assert abs(p - q) <= 2.0 * math.ulp(p)
            nearer["fused" if abs(p - true) < abs(q - true) else "not fused"] += 1
print("nearer to the true value:", nearer)
assert min(nearer.values()) > 0
assert all(different[name] > 0 for name in ("exp", "expm1", "tanh", "sinh", "sin", "pow"))
assert different["log"] == different["sqrt"] == 0
PY
