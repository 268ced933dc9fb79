#!/usr/bin/env bash
# nerdamer 1.1.13 (npm, the newest), `diff` of products and quotients with a square root.
# Expected: d(sqrt(x) sin(x))/dx = sin(x) / (2 sqrt(x)) + cos(x) sqrt(x), at 1: 0.961.
# Seen: the factor that a product rule keeps is put through the rule of sqrt all the same: cos(x)
# is multiplied by sqrt(1 / (2 sqrt(x))), and the answer at 1 is 0.803. x / sqrt(1 + x**2) and
# x sqrt(y) by x are wrong the same way, x**(1/2) for sqrt(x) changes nothing, a cube root is
# right. The derivative of atan2(y, x) by x is 0. (For constant roots: jiggzson/nerdamer issue
# 675, open since 2022.)
# Hurts: web calculators and teaching pages, and solvers that take their Jacobian from it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" nerdamer@1.1.13
cd "$folder"
node - <<'JS'
const assert = require("assert");
const nerdamer = require("nerdamer");
require("nerdamer/Calculus");

const at = (text, numbers) => Number(nerdamer(text, numbers).evaluate().text("decimals"));

function compare(text, numbers) {
  const slope = nerdamer(`diff(${text}, x)`).toString();
  const h = 1e-4;
  const beside = (step) => at(text, { ...numbers, x: numbers.x + step });
  const seen = at(slope, numbers), difference = (beside(h) - beside(-h)) / (2 * h);
  console.log(`${text} by x: ${slope} = ${seen}, by differences ${difference.toFixed(6)}`);
  return Math.abs(seen - difference);
}

for (const text of ["sqrt(x)*sin(x)", "x/sqrt(1+x^2)", "x*sqrt(y)", "x^(1/2)*sin(x)"]) {
  assert(compare(text, { x: 1, y: 9 }) > 0.1);
}
for (const text of ["x^(1/3)*sin(x)", "sqrt(x)"]) assert(compare(text, { x: 1 }) < 1e-6);
assert.strictEqual(nerdamer("diff(atan2(y, x), x)").toString(), "0");
JS
