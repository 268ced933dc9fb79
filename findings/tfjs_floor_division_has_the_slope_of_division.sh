#!/usr/bin/env bash
# TensorFlow.js 4.22.0 (npm, the newest), CPU backend: `tf.grad` of `tf.floorDiv`.
# Expected: slope 0, as floorDiv moves in steps, as `tf.floor(tf.div(a, b))` has it here and Python's
# TensorFlow has no slope at all; and since floorDiv(a, b) * b + mod(a, b) is a, its slope is 1.
# Seen: floorDiv has the slopes of a / b: 1 / b by a, and -a / b**2 by b. So the sum above has the
# slope 2 by a, and -3.75 by b where it does not depend on b. Values are right, and so are the slopes
# of `mod`, which takes the other view.
# Hurts: losses with binned or wrapped inputs (phases, hash grids, quantised levels): twice the
# gradient, silently.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @tensorflow/tfjs@4.22.0
cd "$folder"
node - 2>/dev/null <<'JS'
const assert = require("assert");
const tf = require("@tensorflow/tfjs");

tf.setBackend("cpu").then(() => {
  const a = tf.tensor1d([7.5, -5.5, 3.2]);
  const b = tf.tensor1d([2, 2, -1.5]);

  function slopes(name, f) {
    const values = Array.from(f(a, b).dataSync());
    const told = tf.grads((x, y) => tf.sum(f(x, y)))([a, b]).map((t) => Array.from(t.dataSync()));
    const h = 0.01;
    const ends = [[f(a.add(h), b), f(a.sub(h), b)], [f(a, b.add(h)), f(a, b.sub(h))]];
    const seen = ends.map(([up, down]) => Array.from(up.cast("float32").sub(down.cast("float32")).div(2 * h).dataSync()));
    console.log(`${name}: ${values} slopes ${told.join(" | ")} by differences ${seen.join(" | ")}`);
    return [told, seen];
  }
  const close = (u, v) => u.every((s, i) => s.every((w, j) => Math.abs(w - v[i][j]) < 0.02));

  let [told, seen] = slopes("floor(a / b)", (x, y) => tf.floor(tf.div(x, y)));
  assert(close(told, seen));
  [told, seen] = slopes("mod", tf.mod);
  assert(close(told, seen));
  const [quotient] = slopes("a / b", tf.div);
  [told, seen] = slopes("floorDiv", tf.floorDiv);
  assert(close(seen, [[0, 0, 0], [0, 0, 0]]));
  told[0].forEach((slope, i) => assert(Math.abs(slope - quotient[0][i]) < 1e-6));
  told[1].forEach((slope) => assert(Math.abs(slope) > 1));
  [told, seen] = slopes("floorDiv * b + mod", (x, y) => tf.add(tf.mul(tf.floorDiv(x, y), y), tf.mod(x, y)));
  assert(close(seen, [[1, 1, 1], [0, 0, 0]]));
  assert(told[0].every((slope) => Math.abs(slope - 2) < 1e-6) && told[1].every((slope) => Math.abs(slope) > 2));
}).catch((error) => {
  console.log(String(error));
  process.exit(1);
});
JS
