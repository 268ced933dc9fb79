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
# # 7 · When has a network learnt, and when has it only learnt by heart?
#
# [The course](README.md) · before: [6 · Descend](06_descend.ipynb) · next: [8 · Vanishing gradients](08_vanishing.ipynb) · about 20 minutes · trains with
# compiled code (`pip install 'scalar-autograd[jit,plot]'`): in a browser it would take an hour
#
# **The question.** A network answers every training point right. Is it any good?

# %% [markdown]
# ## Two moons
#
# Points of two kinds, on a plane. The network gives a *score*: positive for one kind, negative for the other. Where the
# score is 0 lies the *boundary*.

# %%
from matplotlib import pyplot

import course
import nn
from nn import MLP, SGD, Adam, AdamW, data, fit, plot

X, y = data.moons(100, noise=0.1, seed=1)
model = MLP(2, [16, 16, 1], seed=1)
_ = plot.decision_boundary(model, X, y).set_title("before training", loc="left")

# %% [markdown]
# Training is the loop of notebook 6. `Film` takes a picture of the boundary every few epochs.

# %%
film = plot.Film(X, y, every=2, resolution=40)
history = fit(
    model,
    X,
    y,
    loss="hinge",
    optimizer=SGD(lr=0.1, momentum=0.9),
    epochs=50,
    callbacks=[film],
    seed=1,
    progress=False,
)
print(f"error {history['loss'][-1]:.4f}, right: {history['accuracy'][-1]:.0%}")
film

# %% [markdown]
# **Predict first.** Where does the boundary change most: far from all points, or between the moons? Why there?
#
# <details><summary>Answer</summary>
#
# Between them. The hinge error is 0 for every point that is right by a margin of 1, and then its slope is 0, too: only points
# near the boundary or on the wrong side pull.
#
# </details>

# %% [markdown]
# ## Learning by heart
#
# Now we make it hard: forty points with much noise, and 1,185 knobs. 400 other points are only for watching, and 1,000
# more stay in the drawer until the end.

# %%
X, y = data.moons(40, noise=0.25, seed=2)
watched = data.moons(400, noise=0.25, seed=102)
new_points, new_labels = data.moons(1000, noise=0.25, seed=1002)


def network():
    return MLP(2, [32, 32, 1], seed=2, initializer="he")


def on_new_points(model):
    return nn.accuracy(nn.predict(model, new_points), new_labels)


memorised = network()
history = fit(
    memorised,
    X,
    y,
    loss="hinge",
    optimizer=Adam(lr=0.01),
    epochs=300,
    batch_size=10,
    validation=watched,
    seed=1,
    progress=False,
)
print(f"training points: {history['accuracy'][-1]:.1%}")

# %% [markdown]
# All right! **Predict first.** How many of the new points will be right: 100%, 95%, 90%?

# %% tags=["hide-output"]
print(f"new points: {on_new_points(memorised):.1%}")

# %%
_figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
history.plot(ax=left)
_ = history.plot("accuracy", ax=right)

# %% [markdown]
# The error on the training points goes to 0. On the watched points it falls, turns, and climbs: from there on the network
# learns the *noise*. That is called **overfitting**.

# %% [markdown]
# ## Three remedies
#
# **Early stopping**: end when the error on the watched points has had no new minimum for 25 epochs, and take the best weights.
# **Weight decay**: make large weights costly. **More data**: always the best, if it can be had.

# %%
stopped = network()
stopped_history = fit(
    stopped,
    X,
    y,
    loss="hinge",
    optimizer=Adam(lr=0.01),
    epochs=300,
    batch_size=10,
    validation=watched,
    patience=25,
    seed=1,
    progress=False,
)
decayed = network()
fit(
    decayed,
    X,
    y,
    optimizer=AdamW(lr=0.01, weight_decay=1.0),
    epochs=300,
    batch_size=10,
    seed=1,
    progress=False,
)
plenty = network()
fit(plenty, *data.moons(1000, noise=0.25, seed=5), epochs=60, batch_size=50, progress=False)
print(stopped_history.ending)

# %% [markdown]
# **Predict first.** Order the three by how well they do on new points.

# %% tags=["hide-output"]
for name, model in {
    "by heart": memorised,
    "early stopping": stopped,
    "weight decay": decayed,
    "1,000 points": plenty,
}.items():
    print(
        f"{name:14} training points {nn.accuracy(nn.predict(model, X), y):6.1%}   "
        f"new points {on_new_points(model):.1%}"
    )

# %% [markdown]
# The boundary tells why. Left, it bends around single points; right, it follows the moons.

# %%
_figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
plot.decision_boundary(memorised, X, y, ax=left).set_title("300 epochs", loc="left")
_ = plot.decision_boundary(stopped, X, y, ax=right).set_title(
    f"stopped at epoch {stopped_history.best_epoch}", loc="left"
)

# %% [markdown]
# ## Exercises
#
# ### 7.1 The hinge
#
# The hinge error of a score s for a target t (+1 or -1) is max(0, 1 - t·s). Write its slope by s.
#
# <details><summary>A solution</summary>
#
# ```python
# def slope(s, t):
#     return -t if t * s < 1 else 0.0
# ```
#
# </details>


# %%
def slope(s, t):
    return ...


# %%
course.check("7.1", slope)

# %% [markdown]
# ### 7.2 Weight decay
#
# The penalty is 0.01 times the sum of the squares of all weights. By how much does it add to the slope of a weight w?
#
# <details><summary>A solution</summary>
#
# ```python
# def added(w):
#     return 0.02 * w
# ```
#
# </details>


# %%
def added(w):
    return ...


# %%
course.check("7.2", added)

# %% [markdown]
# ### 7.3 Your own network
#
# Train a network on `X, y` above that has at least 87% of the new points right (`on_new_points`), without looking at them during
# training. Hint: smaller, slower, or stopped earlier.
#
# <details><summary>A solution</summary>
#
# ```python
# mine = MLP(2, [8, 1], seed=3)
# fit(mine, X, y, optimizer=AdamW(lr=0.01, weight_decay=0.5), epochs=200, seed=1, progress=False)
# ```
#
# </details>

# %%
mine = ...

# %%
course.check("7.3", mine)

# %% [markdown]
# ## What to take away
#
# - What counts is the error on points that were not learnt from.
# - Keep some points for watching, and others for the very end.
# - Stop early, keep weights small, or get more data.
#
# Next: [8 · Vanishing gradients](08_vanishing.ipynb)
