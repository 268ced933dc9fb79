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
# # Overfitting, seen
#
# A network with room to spare can learn its training points by heart: 100 percent on what it has
# seen, worse on what it has not. Here we watch that happen, look inside, and mend it.

# %%
from matplotlib import pyplot

import nn
from nn import MLP, SGD, Adam, AdamW, data, fit, plot

# %% [markdown]
# ## The four steps
#
# Training is four steps in a loop. By hand, each is one call:

# %%
X, y = data.moons(40, noise=0.25, seed=2)
by_hand = MLP(2, [8, 1], seed=1)
optimizer = SGD(lr=0.1)

for _epoch in range(3):
    scores = [by_hand(x) for x in X]  # 1. forward propagation
    loss = nn.hinge(scores, y)  # 2. error calculation
    by_hand.zero_grad()
    loss.backward()  # 3. backward propagation
    optimizer.step(by_hand.parameters())  # 4. weight update
    print(f"loss {loss.data:.6f}")

# %% [markdown]
# `fit` is these four lines in a loop. It gives the same numbers.

# %%
model = MLP(2, [8, 1], seed=1)
history = fit(model, X, y, loss="hinge", optimizer=SGD(lr=0.1), epochs=3, progress=False)
for loss in history["loss"]:
    print(f"loss {loss:.6f}")

# %% [markdown]
# ## Learning by heart
#
# Forty noisy points to learn from, 1,185 parameters to learn them with. 400 other points are for
# watching, and 1,000 more stay in the drawer until the end.

# %%
watched = data.moons(400, noise=0.25, seed=102)
new_points, new_labels = data.moons(1000, noise=0.25, seed=1002)


def network():
    return MLP(2, [32, 32, 1], seed=2, initializer="he")


def accuracy_on_new_points(model):
    return nn.accuracy(nn.predict(model, new_points), new_labels)


memorised = network()
film = plot.Film(X, y, every=50, resolution=40)
history = fit(
    memorised,
    X,
    y,
    loss="hinge",
    optimizer=Adam(lr=0.01),
    epochs=300,
    batch_size=10,
    validation=watched,
    callbacks=[film],
    seed=1,
    progress=False,
)
print(f"training points: {history['accuracy'][-1]:.1%}")
print(f"new points:      {accuracy_on_new_points(memorised):.1%}")

# %% [markdown]
# The loss on the training points goes to 0. On the points it is only watched with, it falls, turns,
# and climbs: from there on the network learns the noise.

# %%
_figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
history.plot(ax=left)
_ = history.plot("accuracy", ax=right)

# %% [markdown]
# ## Early stopping
#
# `patience=25` ends training when the validation loss has had no new minimum for 25 epochs, and
# puts the weights of the best epoch back.

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
print(stopped_history.ending)
print(f"training points: {nn.accuracy(nn.predict(stopped, X), y):.1%}")
print(f"new points:      {accuracy_on_new_points(stopped):.1%}")

# %% [markdown]
# The boundary tells why. Left, it bends around single points; right, it follows the moons.

# %%
_figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
plot.decision_boundary(memorised, X, y, ax=left).set_title("300 epochs", loc="left")
_ = plot.decision_boundary(stopped, X, y, ax=right).set_title(
    f"stopped at epoch {stopped_history.best_epoch}", loc="left"
)

# %% [markdown]
# Two other remedies: make weights costly, or have more data.

# %%
for title, settings in {
    "nothing": {},
    "weight decay": {"optimizer": AdamW(lr=0.01, weight_decay=1.0)},
    "L2 penalty": {"penalty": lambda parameters: nn.l2_penalty(parameters, 0.01)},
}.items():
    remedied = network()
    fit(
        remedied,
        X,
        y,
        epochs=300,
        batch_size=10,
        seed=1,
        progress=False,
        **settings,
    )
    print(f"{title:14} new points {accuracy_on_new_points(remedied):.1%}")

plenty = network()
fit(plenty, *data.moons(1000, noise=0.25, seed=5), epochs=60, batch_size=50, progress=False)
print(f"{'1000 points':14} new points {accuracy_on_new_points(plenty):.1%}")

# %% [markdown]
# ## Inside the network
#
# What each layer puts out, and the derivatives of the loss by its parameters. A relu that puts out
# 0 for every row is dead: it passes no gradient, so nothing can bring it back.

# %%
_figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
plot.activation_histograms(memorised, X, ax=left)
_ = plot.gradient_histograms(memorised, *watched, ax=right)

# %%
nn.dead_units(memorised, X)

# %% [markdown]
# ## The boundary during training
#
# The film that was taken by the way, a frame every 50 epochs.

# %%
film
