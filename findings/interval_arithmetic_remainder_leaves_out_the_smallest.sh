#!/usr/bin/env bash
# interval-arithmetic 1.1.3 (npm, the newest), `fmod` of intervals.
# Expected: an interval that holds x % y for every x of the first and y of the second interval, which
# is what interval arithmetic is for: for [1, 7] and 2 it is [0, 2].
# Seen: [1, 7]: one multiple of y is taken from both ends, as if the quotient were the same at both,
# so that 4 % 2 = 0 and 4.5 % 2 = 0.5 are left out, and numbers above 2, which no remainder reaches,
# are in. Wherever x runs over more than one multiple of y it is like this; in a sweep of 4000
# pairs of intervals a quarter of the points lay outside. add, mul, div and the functions of one
# interval held all of theirs, to a last digit.
# Hurts: plots of functions made periodic by a remainder (function-plot draws with this package), and
# proofs that a range does not hold zero.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" interval-arithmetic@1.1.3
cd "$folder"
node - <<'JS'
const assert = require("assert");
const { Interval, default: interval } = require("interval-arithmetic");

function outside(f, exact, [a, b], [c, d]) {
  const told = f(new Interval(a, b), new Interval(c, d));
  let count = 0;
  for (let i = 0; i <= 60; i += 1) {
    for (let j = 0; j <= 60; j += 1) {
      const value = exact(a + ((b - a) * i) / 60, c + ((d - c) * j) / 60);
      if (!(value >= told.lo - 1e-12 && value <= told.hi + 1e-12)) count += 1;
    }
  }
  console.log(`${f.name} of [${a}, ${b}] and [${c}, ${d}]: [${told.lo}, ${told.hi}], outside: ${count} of 3721`);
  return [count, told];
}

for (const [x, y] of [[[1, 7], [2, 2]], [[0.5, 4.5], [2, 2]], [[1, 7], [2, 3]], [[10, 11], [0.25, 0.3]]]) {
  for (const [f, exact] of [[interval.add, (u, v) => u + v], [interval.mul, (u, v) => u * v], [interval.div, (u, v) => u / v]])
    assert(outside(f, exact, x, y)[0] === 0);
  const [count, told] = outside(interval.fmod, (u, v) => u % v, x, y);
  assert(count > 300 && told.hi > y[1] + 0.4);
}
assert(outside(interval.fmod, (u, v) => u % v, [5, 6], [4, 4])[0] === 0);
JS
