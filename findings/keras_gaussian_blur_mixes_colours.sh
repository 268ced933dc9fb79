#!/usr/bin/env bash
# Keras 3.15.1 (the newest), `keras.ops.image.gaussian_blur` on JAX 0.10.2, and on NumPy.
# Expected: every back end blurs height and width of each colour by itself and keeps the brightness;
# kernel_size and sigma are (height, width), as the manual says.
# Seen: on JAX, called as in the manual, without `data_format`, a red dot becomes a row that is red
# and green and not blurred in height, and a grey one keeps 45 percent of its brightness: width and
# colours are taken for height and width. On NumPy, and on JAX with data_format="channels_last", the
# blur is right for equal sigmas, but height gets the second sigma and width the first. No warning.
# (keras-team/keras pull requests 23542, merged after this release, and 23614, closed.)
# Hurts: augmentation and preprocessing that moves from one back end to another: a trained model sees
# other pictures.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q keras==3.15.1 jax==0.10.2 numpy==2.3.5 scipy==1.16.3
for backend in numpy jax; do
KERAS_HOME="$folder" KERAS_BACKEND=$backend "$folder/venv/bin/python" -W ignore - <<'PY'
import keras
import numpy as np
from scipy.ndimage import correlate1d

def weights(sigma):
    w = np.exp(-0.5 * (np.arange(-1, 2) / sigma) ** 2)
    return w / w.sum()

def true(image, height, width):
    rows = correlate1d(image, weights(height), axis=1, mode="constant")
    return correlate1d(rows, weights(width), axis=2, mode="constant")

def blur(image, sigma, **options):
    return np.asarray(keras.ops.image.gaussian_blur(image, (3, 3), sigma, **options))

name = keras.backend.backend()
assert keras.config.image_data_format() == "channels_last"
red, grey = np.zeros((1, 7, 7, 3), "float32"), np.zeros((1, 7, 7, 1), "float32")
red[0, 3, 3, 0] = grey[0, 3, 3, 0] = 1
spread = blur(red, (1.0, 1.0))
height, width, green = spread[0, 2, 3, 0], spread[0, 3, 2, 0], spread[0, 3, 3, 1]
brightness = blur(grey, (1.0, 1.0)).sum()
print(f"{name}: above {height:.3f}, beside {width:.3f}, in green {green:.3f}; brightness of a grey dot {brightness:.3f}")
assert np.allclose(true(red, 1.0, 1.0)[0, 2:4, 2:4, 0], [[0.0751, 0.1238], [0.1238, 0.2042]], atol=1e-4)
assert np.allclose(spread, true(red, 1.0, 1.0), atol=1e-6) == (name == "numpy")
if name == "jax":
    assert height == 0 and abs(width - 0.1238) < 1e-4 and abs(green - 0.1238) < 1e-4 and abs(brightness - 0.4519) < 1e-4
told = blur(red, (1.0, 0.5), data_format="channels_last")
print(f"{name}, told the format, sigma (1, 0.5): above {told[0, 2, 3, 0]:.3f}, beside {told[0, 3, 2, 0]:.3f}")
assert np.allclose(told, true(red, 0.5, 1.0), atol=1e-6) and not np.allclose(told, true(red, 1.0, 0.5), atol=1e-2)
PY
done
