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
# # 4 · What are the slopes of everything?
#
# [The course](README.md) · before: [3 · Build the engine](03_build_the_engine.ipynb) · next: [5 · Check your own derivative](05_check_your_derivative.ipynb) · about 15 minutes
#
# **The question.** The chain rule needs the slope of every single step. How many different steps are there, and who knows
# their slopes?

# %% [markdown]
# ## One table
#
# Every operation of this library is one row in one table: what it computes, the slope by each operand, how it is written,
# where it is defined, where it has a corner. This notebook is made from that table: nothing below is typed in by hand.

# %%
import math

from IPython.display import HTML

import autograd
import course
from autograd import Value, steps

operations = {
    name: thing for name in autograd.__all__ if hasattr(thing := getattr(autograd, name), "domain")
}
print(len(operations), "named operations, and + - * / // % ** besides")

# %% [markdown]
# Here they are with their slopes, as a textbook writes them: the slope of the result f by each operand.


# %%
def example(operation):
    """Return operands at which an operation is defined."""
    starts = [low + 0.5 if math.isfinite(low) else 0.5 for low, _ in operation.domain]
    names = operation.parameters
    return [Value(start + index, names[index]) for index, start in enumerate(starts)]


def slopes(name, operation):
    """Return the rule of each partial derivative, as steps writes it."""
    operands = example(operation)
    try:
        y = operation(*operands)
    except TypeError:  # an operand that is a plain number, such as the order of polygamma
        y = operation(2, *operands[1:])
    y.label = "f"
    rules = [str(step).splitlines()[1].split(" = ") for step in steps(y)]
    return [f"{rule[0].strip()} = {rule[1]}" for rule in rules]


LEFT, rows = "style='text-align:left'", []
for name, operation in operations.items():
    rules = "<br>".join(slopes(name, operation)) or "none: it passes nothing"
    kink = ", ".join(f"{kink:g}" for kink in operation.kinks)
    rows.append(
        f"<tr><td {LEFT}><code>{operation.signature}</code></td><td {LEFT}>{rules}</td>"
        f"<td>{kink}</td></tr>"
    )
HTML(
    f"<table><tr><th {LEFT}>operation</th><th {LEFT}>slopes</th><th>corner at</th></tr>"
    + "".join(rows)
    + "</table>"
)

# %% [markdown]
# **Predict first.** Most of them never mention another operation's slope. Find two whose slope is *themselves*, and two that
# contain their own result.
#
# <details><summary>Answer</summary>
#
# `exp` is its own slope, `exp2` nearly (times log 2). `tanh`, `sigmoid`, `sqrt` have rules that contain the result, so that
# a computer need not compute it a second time.
#
# </details>

# %% [markdown]
# ## Pictures of them
#
# A curve and its slope, for the ones that networks are built of:


# %%
def picture(name):
    f = operations[name]
    curves = {name: course.sampled(f, -4, 4), "slope": course.sampled(autograd.grad(f), -4, 4)}
    return course.chart(curves, x="x")


picture("tanh")

# %%
picture("gelu")

# %% [markdown]
# **Predict first.** At which x does tanh pass on its gradient whole? At x = 4, how much of it passes?
#
# <details><summary>Answer</summary>
#
# At 0, where the slope is 1. At 4 it is 0.0013: a unit that is "sure" hardly learns any more. Notebook 8 shows what a stack
# of such units does.
#
# </details>

# %% [markdown]
# ## Corners
#
# Where a curve has a corner there are two slopes, left and right, and a library must choose. Ours are these:

# %%
print(f"{'operation':12} {'at':>4} {'left':>9} {'ours':>6} {'right':>9}")
for name, operation in operations.items():
    if operation.arity == 1 or name in ("leaky_relu", "elu"):
        for kink in operation.kinks:
            slope = autograd.grad(operation)
            print(
                f"{name:12} {kink:4g} {slope(kink - 1e-9):9.3g} {slope(kink):6.3g} {slope(kink + 1e-9):9.3g}"
            )

# %%
picture("relu")

# %% [markdown]
# **Predict first.** `maximum(x, y)` at x = y: who gets the gradient?

# %% tags=["hide-output"]
print(autograd.grad(autograd.maximum, argnums=(0, 1))(1.0, 1.0))

# %% [markdown]
# <details><summary>Why?</summary>
#
# Half each is the only choice that treats both alike and adds up to 1. Other engines give all of it to the first, all
# to the second, to both, or to neither: `autograd/PEERS.md` has measured twenty of them.
#
# </details>

# %% [markdown]
# ## Poles, and a trap
#
# At 0, `log` has no value and its slope is infinite. A branch that is *not taken* must not let this out. `where` chooses:


# %%
def entropy(p):
    return autograd.where(p > 0, -p * autograd.log(p), 0.0)


print("slope at 0.5:", autograd.grad(entropy)(0.5))
print("slope at 0:  ", autograd.grad(entropy)(0.0))

# %% [markdown]
# **Predict first.** Multiplying by 0 in place of choosing looks as good: `(p > 0) * (-p * log(p))`. What comes at p = 0?

# %% tags=["hide-output"]
x = Value(0.0, label="p")
y = 0.0 * (-x * autograd.log(x))
y.backward()
print(y.data, x.grad)
print(autograd.explain(y, x).reason)

# %% [markdown]
# Infinity times 0 is not a number, and it spreads. A choice is not a product: what it did not choose has no say.

# %% [markdown]
# ## Exercises
#
# ### 4.1 By hand
#
# The derivative of log(1 + x²). Mind the inner slope.
#
# <details><summary>A solution</summary>
#
# ```python
# def derivative(x):
#     return 2 * x / (1 + x**2)
# ```
#
# </details>


# %%
def derivative(x):
    return ...


# %%
course.check("4.1", derivative)

# %% [markdown]
# ### 4.2 An operation of your own
#
# `softsign(x)` is x / (1 + |x|). Its slope is 1 / (1 + |x|)². Declare it as an operation, with
# `@autograd.primitive(partials=(rule,))`, where the rule takes the result y and the operand x.
#
# <details><summary>A solution</summary>
#
# ```python
# @autograd.primitive(partials=(lambda y, x: 1 / (1 + abs(x)) ** 2,))
# def softsign(x):
#     return x / (1 + abs(x))
# ```
#
# </details>

# %%
softsign = ...

# %%
course.check("4.2", softsign)

# %% [markdown]
# ### 4.3 Which corner?
#
# The derivative of |x|·x is 2|x|: there is no corner at all. What does the library say at 0 for the slope of `abs(x)` alone?
#
# <details><summary>A solution</summary>
#
# ```python
# slope_at_0 = 0
# ```
#
# </details>

# %%
slope_at_0 = ...

# %%
course.check("4.3", slope_at_0)

# %% [markdown]
# ## What to take away
#
# - A few dozen slopes and the chain rule give the slope of every program.
# - Where there is no slope a library chooses. A good one says what and why.
#
# Next: [5 · Check your own derivative](05_check_your_derivative.ipynb)
