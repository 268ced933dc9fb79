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
# # A gallery of ten pictures
#
# Each is one call of `autograd.graph`. As a script, `python notebooks/gallery.py` writes them all
# to `notebooks/gallery/`.

# %%
from pathlib import Path

import autograd
import nn
from autograd import Graph, Value, graph, scope

FOLDER = Path("notebooks/gallery" if Path("notebooks").is_dir() else "gallery")


def kept(picture: Graph, name: str) -> Graph:
    """Save a picture for the gallery, and show it."""
    FOLDER.mkdir(exist_ok=True)
    picture.save(FOLDER / f"{name}.svg")
    return picture


# %% [markdown]
# ## 1. Before backward
#
# The graph is there as soon as the expression is; the gradients are not, and the picture says so.

# %%
a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
y = (a * b + c) * -2
y.label = "y"
kept(graph(y), "01-before-backward")

# %% [markdown]
# ## 2. After backward
#
# Every node has its gradient. Blue is positive, orange is negative, and the stronger the larger.

# %%
y.backward()
kept(graph(y), "02-after-backward")

# %% [markdown]
# ## 3. A neuron, with the local derivatives on its links
#
# The chain rule in one sentence: multiply along a path, add up over the paths.

# %%
x1, x2 = Value(2.0, "x1"), Value(0.5, "x2")
w1, w2, bias = Value(-3.0, "w1"), Value(1.0, "w2"), Value(6.2, "b")
n = x1 * w1 + x2 * w2 + bias
n.label = "n"
o = n.tanh()
o.label = "o"
o.backward()
kept(graph(o, partials=True), "03-neuron")

# %% [markdown]
# ## 4. Order and identity
#
# Operands enter in their order, from the top. A node that is used twice is drawn once, and `x * x`
# has two links.

# %%
p, q = Value(5.0, "p"), Value(3.0, "q")
square = (p - q) * (p - q) / q**2 + p * p
square.backward()
kept(graph(square), "04-order-and-identity")

# %% [markdown]
# ## 5. The expression of micrograd's README, from top to bottom

# %%
a, b = Value(-4.0, "a"), Value(2.0, "b")
c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + (b + a).relu()
d += 3 * d + (b - a).relu()
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f
g.label = "g"
g.backward()
kept(graph(g, "TB"), "05-well-known")

# %% [markdown]
# ## 6. A network, everything open
#
# Neurons and layers are named boxes.

# %%
model = nn.MLP(2, [3, 1], activation="tanh", seed=4)
score = model([Value(0.6, "x"), Value(-0.4, "y")])
score.backward()
kept(graph(score), "06-network")

# %% [markdown]
# ## 7. A larger network, its neurons folded
#
# `depth=1` shows one level of nested boxes open: the layers. A folded box with one result shows its
# number and its gradient.

# %%
model = nn.MLP(3, [6, 6, 1], activation="tanh", seed=7)
score = model([Value(0.6, "x"), Value(-0.4, "y"), Value(0.9, "z")])
score.backward()
kept(graph(score, depth=1), "07-folded")

# %% [markdown]
# ## 8. Scopes of one's own, on a dark screen
#
# One query looks at three keys: the scores, their softmax, the weighted mean of the values.

# %%
query = [Value(0.9, "q0"), Value(-0.2, "q1")]
keys = [[Value(0.8, "k00"), Value(0.1, "k01")], [Value(-0.5, "k10"), Value(0.7, "k11")]]
values = [Value(1.0, "v0"), Value(-2.0, "v1")]
with scope("attention"):
    with scope("scores"):
        scores = [autograd.dot(query, key) for key in keys]
    with scope("softmax"):
        weights = autograd.softmax(scores)
    with scope("mean"):
        attended = autograd.dot(weights, values)
attended.backward()
kept(graph(attended, theme="dark"), "08-attention")

# %% [markdown]
# ## 9. A gradient is a graph too
#
# The derivative of $\sin(x)\,x$, as the engine writes it, ready to be differentiated once more.

# %%
x = Value(0.8, "x")
slope = autograd.gradient(autograd.sin(x) * x, [x])[0]
slope.label = "dy/dx"
slope.backward()
kept(graph(slope), "09-gradient")

# %% [markdown]
# ## 10. A hundred rows: sixty thousand nodes, said in a few boxes
#
# What nobody could read is summarised, level by level, with honest counts.

# %%
model = nn.MLP(2, [16, 16, 1], seed=1)
rows = [(index / 50 - 1, (index * 7 % 100) / 50 - 1) for index in range(100)]
losses = []
for x0, x1 in rows:
    with scope("row"):
        losses.append((1 - model([x0, x1])).relu())
loss = autograd.mean(losses)
loss.backward()
kept(graph(loss), "10-hundred-rows")
