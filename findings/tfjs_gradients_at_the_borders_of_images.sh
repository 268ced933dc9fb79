#!/usr/bin/env bash
# TensorFlow.js 4.22.0 (npm, the newest), CPU backend: `tf.grad` of padding, pooling and resizing.
# Expected: the slopes that differences of the values give; all three are linear.
# Seen: mirrorPad's gradient leaves out the mirrored copies (a sum over [b a b c b] should count b
# three times, and counts it once); avgPool with padding "same" divides by the whole window, where
# the value divides by the part inside; resizeBilinear and resizeNearestNeighbor with
# halfPixelCenters=true give the gradient of halfPixelCenters=false. No warning.
# Hurts: training in a browser: the network is trained on another loss than the one shown.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @tensorflow/tfjs@4.22.0
cd "$folder"
node - <<'JS'
const assert = require("assert");
const tf = require("@tensorflow/tfjs");

const image = (x) => x.reshape([2, 2, 1]);
const weighted = (y) => y.flatten().mul(tf.range(1, y.size + 1)).sum();
const cases = {
  "mirrorPad": (x) => tf.mirrorPad(x, [[1, 1]], "reflect").sum(),
  "pad with zeros": (x) => tf.pad(x, [[1, 1]]).sum(),
  "avgPool same": (x) => tf.avgPool(image(x), 2, 1, "same").sum(),
  "avgPool valid": (x) => tf.avgPool(image(x), 2, 1, "valid").sum(),
  "resizeBilinear half": (x) => weighted(tf.image.resizeBilinear(image(x), [3, 3], false, true)),
  "resizeBilinear": (x) => weighted(tf.image.resizeBilinear(image(x), [3, 3])),
  "resizeNearestNeighbor half": (x) => weighted(tf.image.resizeNearestNeighbor(image(x), [3, 3], false, true)),
  "resizeNearestNeighbor": (x) => weighted(tf.image.resizeNearestNeighbor(image(x), [3, 3])),
};
const point = [1, 2, 4, 8];
const wrong = [];
for (const [name, f] of Object.entries(cases)) {
  const value = (shift, i) => f(tf.tensor1d(point.map((v, j) => v + (i === j ? shift : 0)))).dataSync()[0];
  const seen = [...tf.grad(f)(tf.tensor1d(point)).dataSync()];
  const true_ = point.map((_, i) => (value(1, i) - value(-1, i)) / 2);
  console.log(name, "gradient", seen.map((v) => v.toFixed(3)), "by differences", true_.map((v) => v.toFixed(3)));
  if (seen.some((v, i) => Math.abs(v - true_[i]) > 1e-3)) wrong.push(name);
}
assert.deepStrictEqual(wrong, ["mirrorPad", "avgPool same", "resizeBilinear half", "resizeNearestNeighbor half"]);
JS
