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
# # 8 · Why do deep networks fall silent, or explode?
#
# [The course](README.md) · before: [7 · Training moons](07_moons.ipynb) · next: [9 · Derivatives of derivatives](09_newton.ipynb) · about 20 minutes
#
# **The question.** Thirty layers, one below the other. The first layer's knobs are as important as the last one's. Why do they not learn?

# %% [markdown]
# ## A tower of gears
#
# Slopes multiply along a way. Thirty layers are thirty factors.
#
# **Predict first.** Thirty factors of 0.8; thirty of 1.25. Small? Large?

# %% tags=["hide-output"]
print(f"0.8 ** 30 = {0.8**30:.5f}      1.25 ** 30 = {1.25**30:.0f}")

# %% [markdown]
# That is all there is to it. Now we see it in a network: a tower of layers of eight units. The gradient of every layer's
# output is measured on the way back.

# %%
import random
import textwrap

import autograd
import course
import nn
from autograd import Value


def size(numbers):
    """Return the root of the mean of the squares."""
    return (sum(number * number for number in numbers) / len(numbers)) ** 0.5


def tower(activation, scale, depth=30, width=8, seed=1):
    """Return the size of the gradient after each layer of a deep network, and of the outputs."""
    dice = random.Random(seed)
    xs = [Value(dice.gauss(0, 1)) for _ in range(width)]
    layers = []
    for _ in range(depth):
        weights = [[dice.gauss(0, scale / width**0.5) for _ in xs] for _ in xs]
        xs = [activation(autograd.dot(row, xs)) for row in weights]
        layers.append(xs)
    autograd.sum(xs).backward()
    gradients = [(i, size([x.grad for x in layer])) for i, layer in enumerate(layers, 1)]
    outputs = [(i, size([x.data for x in layer])) for i, layer in enumerate(layers, 1)]
    return gradients, outputs


course.chart(
    {
        "sigmoid": tower(autograd.sigmoid, 1.0)[0],
        "tanh": tower(autograd.tanh, 1.0)[0],
        "relu": tower(autograd.relu, 1.0)[0],
    },
    x="layer (backward comes from the right)",
    y="size of the gradient",
    log=True,
)

# %% [markdown]
# On the left, at the first layers, there is nearly nothing to learn from. With sigmoid it is worst: its slope is 1/4 at best.

# %% [markdown]
# ## The scale of the weights
#
# `explain` names the largest way and its factors. Here is a small tower, one unit a layer:

# %%
x = Value(1.0, label="x")
h = x
for _ in range(3):
    h = autograd.sigmoid(0.9 * h)
h.label = "h"
print(autograd.explain(h, x))

# %% [markdown]
# Each layer multiplies by weight times slope. We may choose the weights' size at the start.
#
# **Predict first.** With tanh: what do weights that are twice as large do? With relu, which throws half of its inputs away:
# which factor keeps the size?

# %% tags=["hide-output"]
course.chart(
    {f"tanh, {scale:.2g}": tower(autograd.tanh, scale)[0] for scale in (0.7, 1.0, 2.0)}
    | {f"relu, {scale:.2g}": tower(autograd.relu, scale)[0] for scale in (1.0, 2**0.5, 2.5)},
    x="layer",
    y="size of the gradient",
    log=True,
)

# %% [markdown]
# <details><summary>What it means</summary>
#
# For relu the right factor is the square root of 2: half of the units are off, and the others must carry for two. That is He's
# initialisation, a standard deviation of sqrt(2/n) for n inputs. For tanh a scale of 1 is nearly right: Xavier's, sqrt(1/n).
# Two layers with twice the size explode with relu, since nothing bounds it; tanh is bounded, but saturates.
#
# </details>
#
# The library has both: `MLP(..., initializer="he")` and `"xavier"`. Here are eight layers of relu. Xavier's weights are too small
# by the square root of 2 in each, which is 16 in all: enough to learn nothing.

# %%
from nn import MLP, data, fit

X, y = data.moons(16, noise=0.1, seed=1)
curves = {}
for initializer in ("xavier", "he"):
    model = MLP(2, [6] * 8 + [1], seed=1, initializer=initializer)
    history = fit(
        model, X, y, optimizer=nn.SGD(lr=0.02, momentum=0.9), epochs=40, seed=1, progress=False
    )
    curves[initializer] = list(enumerate(history["loss"], 1))
course.chart(curves, x="epoch", y="error", low=0, high=1.2)

# %% [markdown]
# ## Dead units
#
# A relu that is off passes no gradient. If it is off for *every* row, no row can bring it back: it is dead.

# %%
model = MLP(2, [8, 1], seed=1)
for neuron in model.layers[0].neurons[:3]:
    neuron.b.data = -5.0  # one unlucky step is enough
print("dead before training:", nn.dead_units(model, X))
fit(model, X, y, epochs=40, seed=1, progress=False)
print("dead after training: ", nn.dead_units(model, X))

# %% [markdown]
# **Predict first.** Which activation would let them come back: leaky_relu, tanh, or sigmoid?

# %% tags=["hide-output"]
for name in ("relu", "leaky_relu", "tanh", "sigmoid"):
    other = MLP(2, [2, 1], seed=1, activation=name)
    other.layers[0].neurons[0].b.data = -5.0
    loss = nn.hinge(other(X[0]), y[0])
    loss.backward()
    print(f"{name:10} slope by the unit's bias: {other.layers[0].neurons[0].b.grad:.2e}")

# %% [markdown]
# leaky_relu lets 1% pass, for ever. tanh and sigmoid pass something, but little at -5.

# %% [markdown]
# ## Exploding, and clipping
#
# When gradients explode, one step throws the weights far away. `clip_norm` shortens the gradient to a given length and keeps its
# direction.

# %%
a, b = Value(0.0), Value(0.0)
a.grad, b.grad = 30.0, 40.0
before = nn.clip_norm([a, b], 1.0)
print("length before:", before, "  after:", a.grad, b.grad)

# %% [markdown]
# And when something does turn into nan, `detect_anomaly` names the operation and the line where it began:

# %%
x = Value(800.0, label="x")
try:
    with autograd.detect_anomaly():
        autograd.log(autograd.exp(x))
except FloatingPointError as error:
    print(textwrap.fill(str(error), 90))

# %% [markdown]
# ## Exercises
#
# ### 8.1 At best
#
# Ten layers of sigmoid, one unit each, with weights of 1. How large can the slope through all of them be at most?
#
# <details><summary>A solution</summary>
#
# ```python
# at_most = 0.25**10
# ```
#
# </details>

# %%
at_most = ...

# %%
course.check("8.1", at_most)

# %% [markdown]
# ### 8.2 He
#
# What standard deviation do weights need at the start, in a layer with n inputs and relu?
#
# <details><summary>A solution</summary>
#
# ```python
# def deviation(n):
#     return (2 / n) ** 0.5
# ```
#
# </details>


# %%
def deviation(n):
    return ...


# %%
course.check("8.2", deviation)

# %% [markdown]
# ### 8.3 A bridge
#
# A *residual* layer computes x + f(x). What is its slope by x, when f's slope is s? (And so: what do thirty of them
# multiply, when every s is about 0?)
#
# <details><summary>A solution</summary>
#
# ```python
# def slope(s):
#     return 1 + s
# ```
#
# </details>


# %%
def slope(s):
    return ...


# %%
course.check("8.3", slope)

# %% [markdown]
# ## What to take away
#
# - Deep means many factors. Keep them near 1: by initialisation, by the activation, by bridges.
# - A dead relu stays dead. Look with `dead_units`.
#
# Next: [9 · Derivatives of derivatives](09_newton.ipynb)
