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
# # 5 · You worked out a derivative by hand. Is it right?
#
# [The course](README.md) · before: [4 · Every operation](04_every_operation.ipynb) · next: [6 · Descend](06_descend.ipynb) · about 15 minutes
#
# **The question.** How do you test a derivative, so that a wrong one is caught and a right one is not accused?

# %% [markdown]
# ## By differences, and why that is not enough
#
# Notebook 1 has measured it: differences of floats have about ten right digits at best. Here is a derivative with a
# small mistake:

# %%

import autograd
import course
from autograd.testing import assert_derivative, check_gradient


def f(x):
    return autograd.atan(x)


def claimed(x):
    return 1 / (1 + x**2) + 1e-7


h = 1e-6
difference = (f(2.0 + h) - f(2.0 - h)) / (2 * h)
print(f"differences {difference:.12f}")
print(f"claimed     {claimed(2.0):.12f}")

# %% [markdown]
# **Predict first.** The usual test, "equal to six digits", passes. Does a test with numbers of sixty digits?

# %% tags=["hide-output"]
try:
    assert_derivative(f, claimed)
except AssertionError as report:
    print(report)

# %% [markdown]
# `assert_derivative` takes differences of numbers with 60 digits, on many points, and of these shows the *simplest* that is wrong.

# %% [markdown]
# ## It knows the usual slips
#
# **Predict first.** What is wrong here, and at which x would *you* have noticed?

# %% tags=["hide-output"]
try:
    assert_derivative(lambda x: autograd.sin(3 * x), lambda x: autograd.cos(3 * x))
except AssertionError as report:
    print(report)

# %% [markdown]
# Every usual slip (a lost inner derivative, a sign, a factor, the power rule) predicts certain numbers. The one that fits
# is named.

# %% [markdown]
# ## Wrong at one place only
#
# Errors hide at corners and ends. A derivative that is right everywhere but at one point:


# %%
def almost(x):
    return 1.0 if x > 0 else (0.0 if x < 0 else 17.0)


try:
    assert_derivative(autograd.relu, almost)
except AssertionError as report:
    print(report)

# %% [markdown]
# At a corner every slope between left and right is accepted: 0, 1, and 0.5, but not 17. Corners are found by looking where
# the way through the function changes, not by luck.

# %% [markdown]
# ## Proof
#
# A formula as text is compared with SymPy's derivative, and if both are the same for *all* x, it is proved.

# %%
print(assert_derivative(lambda x: x**3 - 2 * x, "3*x**2 - 2"))
print(assert_derivative(autograd.tanh, "1 - tanh(x)**2"))

# %% [markdown]
# ## Of many numbers
#
# Gradients have many components. The report names the one that is wrong.


# %%
def loss(w, b):
    return (w[0] * 2 + w[1] * 3 + b - 1) ** 2


def by_hand(w, b):
    error = w[0] * 2 + w[1] * 3 + b - 1
    return [2 * error * 2, 2 * error * 2]  # the second should be times 3


try:
    assert_derivative(lambda w: loss(w, 0.5), lambda w: by_hand(w, 0.5), at=[[1.0, -1.0]])
except AssertionError as report:
    print(report)

# %% [markdown]
# And if nobody has worked it out by hand, `check_gradient` holds backward itself against differences:

# %%
print(check_gradient(loss, [1.0, -1.0], 0.5))

# %% [markdown]
# In a test file it looks like this:
#
# ```python
# from autograd.testing import assert_derivative
#
# def test_the_derivative_of_my_activation():
#     assert_derivative(my_activation, my_derivative, domain=(-5, 5))
# ```

# %% [markdown]
# ## Exercises
#
# ### 5.1 Mend it
#
# Somebody has derived x·exp(-x²) and got this. Run the check, read the report, mend it.
#
# <details><summary>A solution</summary>
#
# ```python
# def mended(x):
#     return (1 - 2 * x**2) * autograd.exp(-(x**2))
# ```
#
# </details>


# %%
def mended(x):
    return ...  # it was: autograd.exp(-(x**2)) * 2 * x


# %%
course.check("5.1", mended)

# %% [markdown]
# ### 5.2 Two numbers
#
# The gradient of x / y, by x and by y, as a pair.
#
# <details><summary>A solution</summary>
#
# ```python
# def gradient(x, y):
#     return 1 / y, -x / y**2
# ```
#
# </details>


# %%
def gradient(x, y):
    return ...


# %%
course.check("5.2", gradient)

# %% [markdown]
# ### 5.3 A sigmoid, accurately
#
# The slope of the sigmoid 1 / (1 + exp(-x)) is s·(1 - s). Write it for all x from -30 to 30. (At 30, `1 - s` loses
# digits. Is it still right enough? The check knows what rounding may cost.)
#
# <details><summary>A solution</summary>
#
# ```python
# def slope(x):
#     return autograd.sigmoid(x) * autograd.sigmoid(-x)
# ```
#
# </details>


# %%
def slope(x):
    return ...


# %%
course.check("5.3", slope)

# %% [markdown]
# ## What to take away
#
# - A check that tells noise from a bug needs more digits than the thing it checks.
# - Test at corners, at ends, at whole numbers, and where nobody looks.
#
# Next: [6 · Descend](06_descend.ipynb)
