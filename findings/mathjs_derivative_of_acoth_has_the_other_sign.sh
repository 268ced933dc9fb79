#!/usr/bin/env bash
# mathjs 15.2.0 (npm), `derivative` of acoth, cbrt and nthRoot.
# Expected: the slope of acoth is 1 / (1 - x**2), at 2: -1/3, for it falls from infinity to 0; and
# the slope of cbrt, which is real at -8 (value -2), is 1/12 there.
# Seen: +1/3 for acoth, everywhere; and for cbrt and nthRoot(x, 3) the complex number
# -0.042 - 0.072i, since the root is rewritten as x ^ (1 / 3), which takes another branch than the
# root it came from. acot, acoth's sister, is right.
# Hurts: Newton steps and plots of tangents from a formula that a user types in.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" mathjs@15.2.0
cd "$folder"
node - <<'JS'
const assert = require("assert");
const math = require("mathjs");

function slopes(text, x) {
  const h = 1e-5;
  const difference = (math.evaluate(text, { x: x + h }) - math.evaluate(text, { x: x - h })) / (2 * h);
  const rule = math.derivative(text, "x");
  const seen = rule.evaluate({ x });
  console.log(`${text} at ${x}: ${rule} = ${math.format(seen, 6)}, by differences ${difference.toFixed(6)}`);
  return [seen, difference];
}

for (const x of [1.5, 2, -3]) {
  const [seen, difference] = slopes("acoth(x)", x);
  assert(Math.abs(seen + difference) < 1e-6 && difference < 0);
}
for (const text of ["cbrt(x)", "nthRoot(x, 3)"]) {
  const [seen, difference] = slopes(text, -8);
  assert(math.evaluate(text, { x: -8 }) === -2 && Math.abs(difference - 1 / 12) < 1e-6);
  assert(math.typeOf(seen) === "Complex" && Math.abs(seen.im) > 0.07);
}
const [seen, difference] = slopes("acot(x)", 2);
assert(Math.abs(seen - difference) < 1e-6);
JS
