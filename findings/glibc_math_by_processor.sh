#!/usr/bin/env bash
# glibc 2.36 (Debian 12) below Python 3.11's math, on a processor with fused multiply-adds.
# Expected: one Python, one C library, one argument: one result. IEEE arithmetic is deterministic, and
# "same versions, same seed" is how numerical work is reproduced.
# Seen: with the library's choice of code for FMA processors and without it (as on a processor before
# 2013, in an emulator, or where a hypervisor hides the feature) the last bits of math.exp, expm1,
# tanh, sinh, sin and pow differ for 3 to 20 of 10,000 arguments; log and sqrt never. The library compiles the
# same formulas twice, and a fused multiply-add rounds once where two instructions round twice.
# Hurts: golden files and hashes of results, cached features keyed by floats, bisecting a training
# run across machines of one cluster: nothing in any version number tells the two apart.
set -euo pipefail
grep -q '\bfma\b' /proc/cpuinfo || { echo "this processor has no fused multiply-adds: nothing to see"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
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
"${PYTHON:-python3}" "$folder/bits.py" >"$folder/with.txt"
GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable,-FMA4_Usable \
    "${PYTHON:-python3}" "$folder/bits.py" >"$folder/without.txt"
"${PYTHON:-python3}" - "$folder" <<'PY'
import pathlib, sys
folder = pathlib.Path(sys.argv[1])
one, other = ((folder / name).read_text().splitlines() for name in ("with.txt", "without.txt"))
print(one[0])
different = {
    a.split()[0]: sum(x != y for x, y in zip(a.split(), b.split(), strict=True))
    for a, b in zip(one[1:], other[1:], strict=True)
}
print("different results of 10,000:", different)
assert all(different[name] > 0 for name in ("exp", "expm1", "tanh", "sinh", "sin", "pow"))
assert different["log"] == different["sqrt"] == 0
PY
