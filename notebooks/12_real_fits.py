# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12 · Does it hold outside of the classroom?
#
# [The course](README.md) · before: [11 · A transformer](11_transformer.ipynb) · about 20 minutes · needs `pip install 'scalar-autograd[jit]' scipy`
#
# **The question.** Scientists fit curves to measurements, and cameras find out where they are. What do exact slopes bring there?

# %% [markdown]
# ## A problem with a certified answer
#
# NIST, the American office of standards, has published curves to be fitted, with parameters certified to 11 digits. This one,
# BoxBOD, has six points and a model that is called difficult: b₁·(1 - exp(-b₂·x)).

# %%
import math

import numpy as np
from scipy.optimize import least_squares

import autograd
import course
from autograd import exp, grad, jit

x = np.array([1.0, 2.0, 3.0, 5.0, 7.0, 10.0])
y = np.array([109.0, 149.0, 149.0, 191.0, 213.0, 224.0])
certified = np.array([2.1380940889e2, 5.4723748542e-1])


def model(b, x):
    return b[0] * (1.0 - exp(-b[1] * x))


values = jit(model, in_axes=(None, 0))  # the model at all x
slopes = jit(grad(model), in_axes=(None, 0))  # its slopes by b at all x: the Jacobian


def residuals(b):
    return values(b, x) - y


def jacobian(b):
    return slopes(b, x)


found = least_squares(residuals, [100.0, 0.75], jac=jacobian, x_scale="jac")
curve = {"fit": course.sampled(lambda x: model(found.x.tolist(), x), 0, 11)}
print(found.x, "after", found.nfev, "calls")
course.chart(curve, {"measured": list(zip(x, y, strict=True))}, x="day", y="oxygen demand")

# %% [markdown]
# ## Digits
#
# A solver stops when the sum of squares no longer changes; at the bottom that is at *half* of the digits. A few steps of Gauss and Newton,
# which look at slopes alone, get the rest.
#
# **Predict first.** How many digits are right in the end with exact slopes, and how many with slopes by differences?


# %% tags=["hide-output"]
def by_differences(b):
    columns = []
    for place, number in enumerate(b):
        moved = b.copy()
        moved[place] += 1.5e-8 * number
        columns.append((residuals(moved) - residuals(b)) / (moved[place] - number))
    return np.stack(columns, axis=1)


def digits(b):
    error = np.max(np.abs(b / certified - 1))
    return min(11.0, -math.log10(error)) if error else 11.0


for name, matrix in {"exact slopes": jacobian, "differences": by_differences}.items():
    b = found.x
    for _ in range(20):
        b = b - np.linalg.lstsq(matrix(b), residuals(b), rcond=None)[0]
    print(f"{name:13} {b[0]:.10f} {b[1]:.10f}   {digits(b):4.1f} digits")
print(f"{'certified':13} {certified[0]:.8f}   {certified[1]:.11f}")

# %% [markdown]
# All eleven digits. `benchmarks/problems/README.md` has six such sets, the hardest included.

# %% [markdown]
# ## How sure are we?
#
# The slopes say more: how far the parameters may move until the fit is worse than the noise. That is the usual error bar.

# %%
J = jacobian(found.x)
noise = found.fun @ found.fun / (len(x) - 2)
deviations = np.sqrt(np.diag(noise * np.linalg.inv(J.T @ J)))
for name, number, deviation in zip(("b1", "b2"), found.x, deviations, strict=True):
    print(f"{name} = {number:.4f} ± {deviation:.3f}")
print("NIST: ± 12.355 and ± 0.105")

# %% [markdown]
# ## Where were the cameras?
#
# Five cameras have looked at thirty points. Nobody knows where the cameras stood, nor where the points are; what is known is where each
# point appears in each picture. Both are found together: that is **bundle adjustment**, and every phone does it.
#
# A camera in the plane has a place and a direction; what it sees of a point is one number.


# %%
def seen(camera, point):
    """Return where a point appears: across, divided by how far away."""
    c, s = autograd.cos(camera[2]), autograd.sin(camera[2])
    across, ahead = point[0] - camera[0], point[1] - camera[1]
    return (c * across + s * ahead) / (c * ahead - s * across)


rng = np.random.default_rng(4)
angles = np.array([-1.2, -0.6, 0.0, 0.6, 1.2])
true_cameras = np.stack([8 * np.sin(angles), -8 * np.cos(angles), angles], axis=1)
true_points = rng.uniform(-2, 2, (30, 2))
pairs = np.array([(c, p) for c in range(5) for p in range(30)])
measured = np.array([seen(true_cameras[c].tolist(), true_points[p].tolist()) for c, p in pairs])
measured += rng.normal(0, 0.0005, len(measured))
print(len(measured), "measurements,", true_cameras.size + true_points.size, "unknowns")

# %% [markdown]
# **Predict first.** The Jacobian has 150 rows and 75 columns. How many of its numbers in one row are not 0?
#
# <details><summary>Answer</summary>
#
# Five: three of the camera and two of the point. So we take five slopes for each row, all rows side by side in one native
# loop, and put them in their places.
#
# </details>

# %%
many = jit(seen, in_axes=(0, 0))
many_slopes = jit(grad(seen, argnums=(0, 1)), in_axes=(0, 0))
known = [0, 1, 2, 12]  # the first camera, and how far the last is across: else all could be moved
unknown_places = np.setdiff1d(np.arange(75), known)
truth = np.concatenate([true_cameras.ravel(), true_points.ravel()])


def parts(unknown):
    whole = truth.copy()
    whole[unknown_places] = unknown
    return whole[:15].reshape(5, 3), whole[15:].reshape(30, 2)


def errors(unknown):
    cameras, points = parts(unknown)
    return many(cameras[pairs[:, 0]], points[pairs[:, 1]]) - measured


def exact(unknown):
    cameras, points = parts(unknown)
    by_camera, by_point = many_slopes(cameras[pairs[:, 0]], points[pairs[:, 1]])
    matrix = np.zeros((len(pairs), 75))
    rows = np.arange(len(pairs))
    for k in range(3):
        matrix[rows, 3 * pairs[:, 0] + k] = by_camera[:, k]
    for k in range(2):
        matrix[rows, 15 + 2 * pairs[:, 1] + k] = by_point[:, k]
    return matrix[:, unknown_places]


start = truth[unknown_places] + rng.normal(0, 0.15, 71)
solution = least_squares(errors, start, jac=exact, x_scale="jac")
cameras, points = parts(solution.x)
before, after = np.abs(errors(start)).mean(), np.abs(solution.fun).mean()
print(f"{solution.nfev} calls; error before {before:.4f}, after {after:.5f}")
print(f"points off by {np.abs(points - true_points).max():.3f} at most")

# %%
begun_cameras, begun_points = parts(start)
course.chart(
    {},
    {
        "true": true_points.tolist(),
        "start": begun_points.tolist(),
        "found": points.tolist(),
        "cameras": cameras[:, :2].tolist(),
    },
    x="across",
    y="ahead",
)

# %% [markdown]
# The same with differences needs 72 calls for each Jacobian in place of one.

# %% [markdown]
# ## Exercises
#
# ### 12.1 The slopes by hand
#
# For b₁·(1 - exp(-b₂·x)) at x = 2: the slopes by b₁ and b₂.
#
# <details><summary>A solution</summary>
#
# ```python
# def slopes_at_2(b1, b2):
#     return 1 - exp(-2 * b2), 2 * b1 * exp(-2 * b2)
# ```
#
# </details>


# %%
def slopes_at_2(b1, b2):
    return ...


# %%
course.check("12.1", slopes_at_2)

# %% [markdown]
# ### 12.2 One step of Gauss and Newton
#
# Given the Jacobian J and the residuals r, by which vector are the parameters changed?
#
# <details><summary>A solution</summary>
#
# ```python
# def step(J, r):
#     return -np.linalg.lstsq(J, r, rcond=None)[0]
# ```
#
# </details>


# %%
def step(J, r):
    return ...


# %%
course.check("12.2", step)

# %% [markdown]
# ## The end, and what next
#
# You have nudged a number, built an engine, broken it, trained networks, compiled them, let one invent words, and found
# cameras. You could now write this library. Its source reads in an evening: begin with `autograd/engine/value.py`.
