#!/usr/bin/env bash
# jStat 1.9.6 (npm, the newest), `jStat.pareto.mean` and `median`.
# Expected: the mean is shape * scale / (shape - 1) and the median scale * 2 ** (1 / shape), here
# 3 and 2.52 for scale 2 and shape 3; both grow in proportion to the scale, as a unit of money does.
# Seen: 12 and 8.49, beyond which lie 0.5 and 1.3 percent of the distribution. The mean has the
# scale to the power of the shape (in cents it is 30,000 times as large as in units of 100 cents
# each), the median multiplies shape by the square root of 2. pdf, cdf, inv, mode and variance are
# right, so the variance is not that of this mean. At scale 1 the mean is right.
# Hurts: incomes, claims and file sizes: sums that follow from the mean are several times too high.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" jstat@1.9.6
cd "$folder"
node - <<'JS'
const assert = require("assert");
const { pareto } = require("jstat").jStat;

function moments(scale, shape, steps = 1000000) {
  let mean = 0;
  let square = 0;
  for (let i = 0; i < steps; i++) {
    const x = pareto.inv((i + 0.5) / steps, scale, shape);
    mean += x / steps;
    square += (x * x) / steps;
  }
  return [mean, square - mean * mean];
}

const near = (a, b, tolerance) => Math.abs(a / b - 1) < tolerance;
for (const [scale, shape] of [[2, 3], [2, 6], [0.5, 4]]) {
  const [mean, variance] = moments(scale, shape);
  const half = pareto.inv(0.5, scale, shape);
  console.log(`scale ${scale}, shape ${shape}: mean ${pareto.mean(scale, shape)}, by quantiles ${mean.toFixed(4)};`,
    `median ${pareto.median(scale, shape).toFixed(4)}, cdf there ${pareto.cdf(pareto.median(scale, shape), scale, shape).toFixed(4)}`);
  assert(near(mean, (shape * scale) / (shape - 1), 1e-3));
  assert(near(half, scale * 2 ** (1 / shape), 1e-9) && near(pareto.cdf(half, scale, shape), 0.5, 1e-9));
  assert(near(pareto.mean(scale, shape), (shape * scale ** shape) / (shape - 1), 1e-9));
  assert(near(pareto.median(scale, shape), scale * shape * Math.SQRT2, 1e-9));
  if (shape > 4) assert(near(pareto.variance(scale, shape), variance, 1e-2));
}
assert(near(pareto.mean(1, 3), 1.5, 1e-9));
assert(pareto.mean(2, 3) === 12 && pareto.cdf(12, 2, 3) > 0.995);
assert(near(pareto.mean(200, 3) / pareto.mean(2, 3), 1e6, 1e-9));
JS
