#!/usr/bin/env bash
# stdlib-js, @stdlib/stats 0.4.1 (npm, the newest): moment-generating functions M(t) = E[exp(t X)].
# Expected: M(0) = 1, M'(0) is the mean and M is positive, as for gamma, Poisson and most others.
# Seen: Rayleigh: M(0) is 1.25, the slope there 5.2 for a mean of 2.9, and M(-1) is -0.84 (the 1 of
# the formula is multiplied with the root of pi / 2 as well). Weibull: right for t > 0, but for t < 0
# the series is left at its first negative term, as "not above 1e-16": 0.547 in place of 0.648.
# Geometric and negative binomial: M counts trials, and for the latter exchanges p and 1 - p, while
# pmf, mean and variance count failures: the slope is 3.33 for a mean of 2.33, and 6.43 for 10.5.
# The manual has the same formulas for these two, and right ones for the others. Also, the kurtosis of
# Kumaraswamy's distribution, "excess kurtosis" in its manual, is 3 too large.
# Hurts: Laplace transforms of lifetimes and claims, Chernoff bounds, and sums of variables.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @stdlib/stats@0.4.1
cd "$folder"
node - <<'JS'
const assert = require("assert");
const load = name => require("@stdlib/stats/base/dists/" + name);
const near = (a, b, tolerance) => Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
const slope = (mgf, parameters) => (mgf(1e-6, ...parameters) - mgf(-1e-6, ...parameters)) / 2e-6;

// the mean of f(X), by the distribution's own density or probabilities
function expect(d, parameters, f, end) {
  let sum = 0;
  if (d.pmf) for (let k = 0; k <= end; k++) sum += f(k) * d.pmf(k, ...parameters);
  else for (let i = 0, h = end / 200000; i < 200000; i++) sum += h * f((i + 0.5) * h) * d.pdf((i + 0.5) * h, ...parameters);
  return sum;
}

const seen = {};
for (const [name, parameters, end] of [
  ["gamma", [2.5, 1.7], 40], ["poisson", [3.4], 100], ["rayleigh", [2.3], 40], ["weibull", [2.5, 1.7], 20],
  ["geometric", [0.3], 400], ["negative-binomial", [4.5, 0.3], 400]]) {
  const d = load(name);
  const told = [d.mgf(0, ...parameters), slope(d.mgf, parameters), d.mgf(-0.3, ...parameters), d.mgf(0.1, ...parameters)];
  const own = [expect(d, parameters, () => 1, end), expect(d, parameters, x => x, end),
    expect(d, parameters, x => Math.exp(-0.3 * x), end), expect(d, parameters, x => Math.exp(x / 10), end)];
  const digits = numbers => numbers.map(x => x.toFixed(4)).join(", ");
  console.log(`${name}: M(0), M'(0), M(-0.3), M(0.1): ${digits(told)}; by its density: ${digits(own)}; mean ${d.mean(...parameters).toFixed(4)}`);
  assert(near(own[0], 1, 1e-6) && near(own[1], d.mean(...parameters), 1e-6));
  seen[name] = { told, right: told.map((x, i) => near(x, own[i], 1e-5)) };
}
const right = name => seen[name].right.map(Number).join("");
assert(right("gamma") === "1111" && right("poisson") === "1111");
assert(right("rayleigh") === "0000" && near(seen.rayleigh.told[0], Math.sqrt(Math.PI / 2), 1e-12) && load("rayleigh").mgf(-1, 2.3) < 0);
assert(right("weibull") === "1101" && near(seen.weibull.told[2], 1 - 0.3 * load("weibull").mean(2.5, 1.7), 1e-12));
assert(right("geometric") === "1000" && near(seen.geometric.told[1], 1 / 0.3, 1e-5));
assert(right("negative-binomial") === "1000" && near(seen["negative-binomial"].told[1], 4.5 / 0.7, 1e-5));

const shapes = [2.5, 3.5];
const k = load("kumaraswamy");
const [mean, variance] = [k.mean(...shapes), k.variance(...shapes)];
const fourth = expect(k, shapes, x => (x - mean) ** 4, 1) / variance ** 2;
console.log(`Kumaraswamy: kurtosis ${k.kurtosis(...shapes).toFixed(4)}, excess by its density ${(fourth - 3).toFixed(4)}`);
assert(near(k.kurtosis(...shapes), fourth, 1e-6) && near(load("beta").kurtosis(1, 1), -1.2, 1e-12));
JS
