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
# # 2 · How does a slope get through a machine made of machines?
#
# [The course](README.md) · before: [1 · Nudge a number](01_slope.ipynb) · next: [3 · Build the engine](03_build_the_engine.ipynb) · about 15 minutes
#
# **The question.** A long formula is many small steps. If we know the slope of each step, what is the slope of all of it?

# %% [markdown]
# ## Gears
#
# Let `u = 3 * x` and `y = u * u`. Turn x by a bit: u turns 3 times as far. Turn u by a bit: y turns 2u times as far.
#
# **Predict first.** At x = 2, how much faster than x does y turn: 3 + 12, or 3 times 12?

# %% tags=["hide-output"]
import course
from autograd import Value, explore, graph, steps

x = Value(2.0, label="x")
u = 3 * x
u.label = "u"
y = u * u
y.label = "y"
y.backward()
print("dy/dx =", x.grad)

# %% [markdown]
# Gears **multiply**. That is half of the chain rule:
#
# $$\frac{dy}{dx} = \frac{dy}{du} \cdot \frac{du}{dx}$$

# %%
graph(y, partials=True)

# %% [markdown]
# Each link carries the slope of one step (its *local partial derivative*). `u * u` has **two** links from u: y depends on
# u through its left operand and through its right one, and each brings 6. Here is the other half of the chain rule: where
# ways meet again, slopes **add**. 6 + 6 is 12, times 3 is 36.

# %% [markdown]
# ## Multiply along a way, add over the ways
#
# Now something with more ways: x enters twice.

# %%
import autograd

x = Value(0.5, label="x")
w = Value(2.0, label="w")
s = x * w
s.label = "s"
t = autograd.tanh(s)
t.label = "t"
y = t + x
y.label = "y"

# %% [markdown]
# **Predict first.** How many ways lead from y down to x? Which one brings a slope of exactly 1?

# %% tags=["hide-output"]
y.backward()
print(autograd.explain(y, x))

# %% [markdown]
# ## Walk it yourself
#
# The explorer shows one application of the chain rule at a time. Press **→** to go forward, **←** to go back; each step
# says its formula, with letters and with numbers.
#
# The *forward* walk computes the numbers, from the inputs to y. The *backward* walk computes the gradients, from y to the
# inputs. Before each step, say aloud which number comes next.

# %%
explore(y)

# %% [markdown]
# <details><summary>Why must the walk back go in this order?</summary>
#
# A node may pass its gradient on only when the gradient is complete, and it is complete when everything that uses the node has
# paid in. So a node comes after all its users: that is called a *topological order*. In notebook 3 you will see what happens otherwise.
#
# </details>
#
# The same as a list:

# %%
for step in steps(y):
    print(step)

# %% [markdown]
# ## Forward or backward?
#
# Slopes can be carried the other way, too: start with "x turns by 1", and ask at every node how fast it turns. This is
# *forward mode*. It gives one input's slope for every node in one walk; the walk *backward* gives every input's slope of
# one node. A network has a million inputs (its weights) and one result (its loss): so backward.


# %%
def machine(x, w):
    return autograd.tanh(x * w) + x


value, tangent = autograd.jvp(machine, (0.5, 2.0), (1.0, 0.0))
print("forward mode, x turning: ", tangent)
value, tangent = autograd.jvp(machine, (0.5, 2.0), (0.0, 1.0))
print("forward mode, w turning: ", tangent)
print("backward, both in one walk:", autograd.grad(machine, argnums=(0, 1))(0.5, 2.0))

# %% [markdown]
# **Predict first.** A function takes 1,000 numbers and gives one. How many walks does forward mode need for all slopes,
# and how many does backward?
#
# <details><summary>Answer</summary>
#
# 1,000 and 1. Each costs a small multiple of computing the function itself.
#
# </details>

# %% [markdown]
# ## Exercises
#
# ### 2.1 On paper
#
# With a = 2, b = -3, c = 10 and `y = (a * b + c) * a`: find dy/da, dy/db and dy/dc on paper.
# Mind that a enters twice.
#
# <details><summary>A solution</summary>
#
# y = a²b + ac, so dy/da = 2ab + c = -12 + 10 = -2, dy/db = a² = 4, dy/dc = a = 2.
#
# ```python
# answer = (-2, 4, 2)
# ```
#
# </details>

# %%
answer = (..., ..., ...)  # dy/da, dy/db, dy/dc

# %%
course.check("2.1", answer)

# %% [markdown]
# ### 2.2 A chain of two
#
# Write the derivative of sin(x²). The slope of sin is cos; `autograd.cos` is there.
#
# <details><summary>A solution</summary>
#
# ```python
# def derivative(x):
#     return autograd.cos(x**2) * 2 * x
# ```
#
# </details>


# %%
def derivative(x):
    return ...


# %%
course.check("2.2", derivative)

# %% [markdown]
# ### 2.3 A chain of ten
#
# `x` goes through ten gears, each of which turns half as fast as the one before. What is the slope of the last by x?
# (This is why deep networks can be hard to train: see notebook 8.)
#
# <details><summary>A solution</summary>
#
# ```python
# tenth = 0.5**10
# ```
#
# </details>

# %%
tenth = ...

# %%
course.check("2.3", tenth)

# %% [markdown]
# ## What to take away
#
# - Along a way, slopes multiply; over several ways, they add. Nothing else happens in backward.
# - `x * x` has two ways.
# - One walk backward gives the slopes by *all* inputs.
#
# Next: [3 · Build the engine](03_build_the_engine.ipynb)
