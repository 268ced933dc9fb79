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
# # 1 · Nudge a number: what is a slope?
#
# [The course](README.md) · next: [2 · The chain rule](02_chain_rule.ipynb) · about 10 minutes
#
# **The question.** You turn a knob a little, and a needle moves. How far does it move for each bit of turning, and
# what can you do with that number?

# %% [markdown]
# ## A machine with one knob
#
# Here is one: it takes a number and gives a number.

# %%
import course


def machine(x):
    return x**3 - 2 * x


course.chart({"machine(x)": course.sampled(machine, -2, 2)}, x="x, the knob", y="the needle")

# %% [markdown]
# ## Nudge it
#
# We stand at 1.5 and turn the knob by 0.01.
#
# **Predict first.** Looking at the curve at 1.5: does the needle move by less than 0.01, by as much, or by more?

# %% tags=["hide-output"]
x, nudge = 1.5, 0.01
moved = machine(x + nudge) - machine(x)
print(f"the knob moved by {nudge}, the needle by {moved:.6f}: {moved / nudge:.3f} times as far")

# %% [markdown]
# That last number is the *slope*: how far the needle moves, for each bit the knob is turned. It depends on where we stand.

# %%
for x in (-1.5, -0.8165, 0.0, 0.8165, 1.5):
    print(f"at {x:7.4f} the slope is about {(machine(x + nudge) - machine(x)) / nudge:7.3f}")

# %% [markdown]
# Where the slope is positive, turning up moves the needle up. Where it is negative, down. Where it is about 0 the curve
# is flat: the top of a hill, or the bottom of a valley.

# %% [markdown]
# ## How small should a nudge be?
#
# A nudge of 0.01 is a little too coarse: on the way, the slope itself changes. A nudge of nearly nothing should be better.
#
# **Predict first.** We take nudges of 0.1, 0.01, 0.001 and so on down to 0.0000000000000001. Is the smallest the best?

# %% tags=["hide-output"]
exact = 3 * 1.5**2 - 2  # we come to this formula below
one_sided, two_sided = [], []
for power in [step / 2 for step in range(2, 33)]:
    h = 10.0**-power
    one_sided.append((-power, abs((machine(1.5 + h) - machine(1.5)) / h - exact)))
    two_sided.append((-power, abs((machine(1.5 + h) - machine(1.5 - h)) / (2 * h) - exact)))
course.chart(
    {"one nudge up": one_sided, "one up, one down": two_sided},
    x="nudge, as a power of ten",
    y="error of the slope",
    log=True,
)

# %% [markdown]
# <details><summary>What happened?</summary>
#
# From right to left the error falls, since the curve bends less over a shorter way. Then it rises again: a computer keeps
# about 16 digits, and two numbers that agree in 14 of them leave 2 when they are subtracted. The best nudge lies between,
# and is never perfect. Taking one nudge up and one down is better, because the bend cancels.
#
# </details>

# %% [markdown]
# ## A slope without a nudge
#
# This library finds slopes without nudging at all. `Value` is a number that remembers how it was made; `backward` goes
# back through what it remembers.

# %%
from autograd import Value, graph

x = Value(1.5, label="x")
y = x**3 - 2 * x
y.label = "y"
y.backward()
print("slope at 1.5:", x.grad)
graph(y)

# %% [markdown]
# All sixteen digits of it. The picture shows every number on the way from x to y; *how* the slope comes back through it
# is [notebook 2](02_chain_rule.ipynb).
#
# `grad` does the same for a function: it gives the function of slopes, which is called the **derivative**.

# %%
from autograd import grad

slope = grad(machine)
course.chart(
    {"machine": course.sampled(machine, -2, 2), "its slope": course.sampled(slope, -2, 2)},
    x="x",
)

# %% [markdown]
# **Predict first.** The orange curve crosses 0 twice. What does the blue one do at these two places?
#
# <details><summary>Answer</summary>
#
# It is flat there: a hilltop at -0.8165 and a valley at 0.8165. Finding places where a slope is 0 is how machines learn;
# [notebook 6](06_descend.ipynb) walks there.
#
# </details>

# %% [markdown]
# ## Where there is no slope
#
# The curve of `abs` has a corner at 0. From the left the slope is -1, from the right it is 1.
#
# **Predict first.** What do two nudges (one up, one down) say there? What should a library say?

# %% tags=["hide-output"]
from autograd import Value

h = 1e-6
print("from the right:", (abs(0.0 + h) - abs(0.0)) / h)
print("from the left: ", (abs(0.0) - abs(0.0 - h)) / h)
print("one up, one down:", (abs(0.0 + h) - abs(0.0 - h)) / (2 * h))
x = Value(0.0)
abs(x).backward()
print("this library:", x.grad)

# %% [markdown]
# <details><summary>Why 0?</summary>
#
# There is no slope at a corner: it is a choice. 0 lies in the middle of all slopes between -1 and 1, and it is the one that
# knows that 0 is the bottom. Every such choice of this library is in one table, `CONVENTIONS.md`, with its reason.
#
# </details>

# %% [markdown]
# ## Exercises
#
# Put your answer where the three dots are and run both cells. A wrong answer is told where it is wrong.
#
# ### 1.1 Two nudges
#
# Write `slope(f, x)` with one nudge up and one down.
#
# <details><summary>A solution</summary>
#
# ```python
# def slope(f, x):
#     h = 1e-5
#     return (f(x + h) - f(x - h)) / (2 * h)
# ```
#
# </details>


# %%
def slope(f, x):
    return ...


# %%
course.check("1.1", slope)

# %% [markdown]
# ### 1.2 A derivative by hand
#
# From school: the slope of $x^n$ is $n\,x^{n-1}$, and slopes of sums are sums of slopes. Write the derivative of
# `machine`, $x^3 - 2x$.
#
# <details><summary>A solution</summary>
#
# ```python
# def derivative(x):
#     return 3 * x**2 - 2
# ```
#
# </details>


# %%
def derivative(x):
    return ...


# %%
course.check("1.2", derivative)

# %% [markdown]
# ### 1.3 Downhill
#
# You stand at x = 1.5, where the slope is 4.75, and want the needle to go *down*. By how much do you change x if you step
# 0.1 times the slope, and in the right direction? (A number with its sign.)
#
# <details><summary>A solution</summary>
#
# ```python
# change = -0.1 * 4.75
# ```
#
# </details>

# %%
change = ...

# %%
course.check("1.3", change)

# %% [markdown]
# ## What to take away
#
# - A slope says how far the result moves for each bit the input moves; it belongs to a place.
# - Nudging finds it to about ten digits at best. `backward` finds it to the last.
# - Against the slope is downhill.
#
# Next: [2 · The chain rule](02_chain_rule.ipynb)
