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
# # 9 · What is the slope of a slope good for?
#
# [The course](README.md) · before: [8 · Vanishing gradients](08_vanishing.ipynb) · next: [10 · Machine code](10_machine_code.ipynb) · about 15 minutes
#
# **The question.** Descent asks where down is. Could one ask how far away the bottom is?

# %% [markdown]
# ## Bends
#
# The slope of the slope says how the curve bends: upward (a valley, positive) or downward (a hill, negative).

# %%
import autograd
import course
from autograd import Value, grad, gradient, graph


def f(x):
    return autograd.sin(x) * x


first = grad(f)
second = grad(first)
course.chart(
    {name: course.sampled(g, 0, 8) for name, g in {"f": f, "slope": first, "bend": second}.items()},
    x="x",
)

# %% [markdown]
# **Predict first.** Where the slope crosses 0, how do you know from the bend if it is a valley or a hilltop?
#
# <details><summary>Answer</summary>
#
# Bend positive: valley. Bend negative: hilltop. In the picture the slope crosses 0 near 2.03 (bend negative, hilltop) and near
# 4.91 (valley).
#
# </details>

# %% [markdown]
# ## How is that possible?
#
# The gradient that `backward` leaves is a number. `gradient` gives it as a *graph*, made of the same operations; so it can be
# drawn, and differentiated again.

# %%
x = Value(2.0, label="x")
y = autograd.sin(x) * x
slope = gradient(y, [x])[0]
slope.label = "dy/dx"
graph(slope)

# %%
bend = gradient(slope, [x])[0]
print("bend at 2:", bend.data, " and by grad(grad(f)):", second(2.0))

# %% [markdown]
# ## Newton's method
#
# Near the bottom a curve looks like a parabola. A parabola with slope s and bend c has its bottom at a distance of s / c. So step there.
#
# **Predict first.** Descent with a fixed rate wins about the same factor at each step. How many right digits does Newton's
# method win?


# %% tags=["hide-output"]
def newton(x, steps=6):
    way = []
    for _ in range(steps):
        way.append(x)
        x = x - first(x) / second(x)
    return way


bottom = newton(4.5, 12)[-1]
descent = [4.5]
for _ in range(12):
    descent.append(descent[-1] - 0.12 * first(descent[-1]))
course.chart(
    {
        "Newton": [(i, abs(x - bottom)) for i, x in enumerate(newton(4.5))],
        "descent": [(i, abs(x - bottom)) for i, x in enumerate(descent)],
    },
    x="step",
    y="distance to the bottom",
    log=True,
)

# %% [markdown]
# The digits *double* at each step: 1, 2, 4, 8, 16.
#
# **Predict first.** What does Newton's method find when it starts at 2, near a hilltop?

# %% tags=["hide-output"]
print([round(x, 6) for x in newton(2.0)])
print("bend there:", second(newton(2.0)[-1]))

# %% [markdown]
# It goes to where the slope is 0, uphill if need be. Descent would not.

# %% [markdown]
# ## Many knobs
#
# For many inputs the bends form a matrix, the *Hessian*: the slope by the i-th input of the slope by the j-th.


# %%
def valley(p):
    x, y = p
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2  # Rosenbrock's: long, bent, and flat


print(autograd.hessian(valley)([1.0, 1.0]))

# %% [markdown]
# A step of Newton's method solves two equations with two unknowns:


# %%
def newton_step(p):
    (a, b), (c, d) = autograd.hessian(valley)(p)
    s, t = grad(valley)(p)
    determinant = a * d - b * c
    return [p[0] - (d * s - b * t) / determinant, p[1] - (a * t - c * s) / determinant]


def last(p, step, count):
    for _ in range(count):
        p = step(p)
    return p


def descent_step(p):
    return [x - 0.001 * s for x, s in zip(p, grad(valley)(p), strict=True)]


print("Newton, 6 steps:    ", last([-1.2, 1.0], newton_step, 6))
print("descent, 2000 steps:", last([-1.2, 1.0], descent_step, 2000))

# %% [markdown]
# A million knobs have a million times a million bends. What can be had cheaply is the Hessian *times a direction*, in one
# walk: `hvp`.

# %%
print(autograd.hvp(valley, ([1.0, 1.0],), ([1.0, 0.0],)), "is the first column")

# %% [markdown]
# ## Taylor
#
# With all derivatives at one place one can guess the whole curve:


# %%
def taylor(f, at, order):
    """Return the polynomial that has the same derivatives as f at a place."""
    terms, size, derivative = [], 1.0, f
    for k in range(order + 1):
        terms.append(derivative(at) / size)
        derivative, size = grad(derivative), size * (k + 1)
    return lambda x: sum(term * (x - at) ** k for k, term in enumerate(terms))


curves = {"sin": course.sampled(autograd.sin, -6, 6)}
for order in (1, 3, 5, 7):
    curves[f"order {order}"] = course.sampled(taylor(autograd.sin, 0.0, order), -6, 6)
course.chart(curves, x="x", low=-3, high=3)

# %% [markdown]
# ## Exercises
#
# ### 9.1 Newton's step
#
# Write one step that finds where `f` is **0** (not where its slope is): follow the tangent down to 0.
#
# <details><summary>A solution</summary>
#
# ```python
# def step(f, x):
#     return x - f(x) / grad(f)(x)
# ```
#
# </details>


# %%
def step(f, x):
    return ...


# %%
course.check("9.1", step)

# %% [markdown]
# ### 9.2 Curvature
#
# The circle that fits a curve best has the curvature |f''| / (1 + f'²)^1.5. Write it for any f.
#
# <details><summary>A solution</summary>
#
# ```python
# def curvature(f, x):
#     return abs(grad(grad(f))(x)) / (1 + grad(f)(x) ** 2) ** 1.5
# ```
#
# </details>


# %%
def curvature(f, x):
    return ...


# %%
course.check("9.2", curvature)

# %% [markdown]
# ### 9.3 By hand
#
# The second derivative of exp(-x²).
#
# <details><summary>A solution</summary>
#
# ```python
# def second_derivative(x):
#     return (4 * x**2 - 2) * autograd.exp(-(x**2))
# ```
#
# </details>


# %%
def second_derivative(x):
    return ...


# %%
course.check("9.3", second_derivative)

# %% [markdown]
# ## What to take away
#
# - A gradient is a computation too, so it has a gradient.
# - Bends say how far to step. Newton's method doubles its digits, and needs a good start.
#
# Next: [10 · From graph to machine code](10_machine_code.ipynb)
