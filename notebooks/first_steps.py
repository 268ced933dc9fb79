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
# # First steps
#
# A `Value` is a number that remembers how it was made. We take one expression, look at its graph, let
# `backward()` apply the chain rule, and check every gradient by hand.

# %%
import math

import autograd
from autograd import Value, graph, steps

# %% [markdown]
# ## An expression
#
# One neuron: two inputs, two weights, a bias, and tanh.

# %%
x1 = Value(2.0, label="x1")
x2 = Value(0.0, label="x2")
w1 = Value(-3.0, label="w1")
w2 = Value(1.0, label="w2")
b = Value(6.75, label="b")

n = x1 * w1 + x2 * w2 + b
n.label = "n"
y = n.tanh()
y.label = "y"
y

# %% [markdown]
# ## Its picture
#
# Every box is a node; the operation that made it stands on its left. Nothing has been
# differentiated yet, and the picture says so instead of showing zeros.

# %%
graph(y)

# %% [markdown]
# ## Backward
#
# `backward()` walks from `y` to the leaves and adds to every node's `.grad` the derivative of `y`
# with respect to it.

# %%
y.backward()
graph(y)

# %% [markdown]
# The same, one application of the chain rule at a time:

# %%
for step in steps(y):
    print(step)

# %% [markdown]
# ## By hand
#
# The derivative of tanh(n) is 1 - tanh(n)². It reaches the bias as it is, since dn/db = 1; it reaches
# a weight multiplied by its input, and an input multiplied by its weight.

# %%
slope = 1 - math.tanh(2.0 * -3.0 + 0.0 * 1.0 + 6.75) ** 2

assert math.isclose(b.grad, slope)
assert math.isclose(w1.grad, slope * x1.data)
assert math.isclose(x1.grad, slope * w1.data)
assert math.isclose(w2.grad, slope * x2.data)
assert math.isclose(x2.grad, slope * w2.data)
slope

# %% [markdown]
# ## By differences
#
# Without any calculus: nudge a number a little both ways and see how much `y` moves.


# %%
def neuron(x1, x2, w1, w2, b):
    return autograd.tanh(x1 * w1 + x2 * w2 + b)


h = 1e-6
up = neuron(2.0, 0.0, -3.0 + h, 1.0, 6.75)
down = neuron(2.0, 0.0, -3.0 - h, 1.0, 6.75)
print(f"differences {(up - down) / (2 * h):.9f}   backward {w1.grad:.9f}")
assert math.isclose((up - down) / (2 * h), w1.grad, rel_tol=1e-6)

# %% [markdown]
# ## A node used twice
#
# `a + a` has two edges from `a`, and each brings 1: contributions add up. A second `backward()` adds
# once more, which is what accumulates gradients over a mini-batch; `zero_grad` clears them.

# %%
a = Value(3.0, label="a")
twice = a + a
twice.backward()
print("once:", a.grad)
twice.backward()
print("again:", a.grad)
autograd.zero_grad(twice)
print("cleared:", a.grad)
graph(twice)

# %% [markdown]
# ## Derivatives of functions, to any order
#
# `grad` turns a function into its derivative, which is a function again.

# %%
f = autograd.tanh
for order in range(4):
    print(f"derivative of order {order} at 0.5: {f(0.5):+.6f}")
    f = autograd.grad(f)

# %% [markdown]
# Where to go from here: `autograd.explore(y)` steps through all of this with buttons,
# `autograd.explain(y, w1)` says along which paths a gradient came, `autograd.derivation(y, w1)` writes
# the derivation out, and `nn.MLP` builds networks of such neurons.
