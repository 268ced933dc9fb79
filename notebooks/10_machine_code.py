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
# # 10 · How does a graph become machine code?
#
# [The course](README.md) · before: [9 · Derivatives of derivatives](09_newton.ipynb) · next: [11 · A transformer](11_transformer.ipynb) · about 15 minutes · needs `pip install 'scalar-autograd[jit]'`, so it runs on a computer, and not in the browser
#
# **The question.** A network of scalars makes a Python object for every addition. What is left if the objects go away, and
# only the arithmetic stays?

# %% [markdown]
# ## Trace, then compile
#
# `jit(f)` calls f once with Values that carry no number yet, and notes every operation. What it has noted is a program:

# %%
import time

import numpy as np

import autograd
import course
from autograd import jit, value_and_grad


def neuron(w, b, x):
    return autograd.tanh(w * x + b)


fast = jit(value_and_grad(neuron, argnums=(0, 1)))
print(fast(0.5, -1.0, 2.0))
print(fast.source)

# %% [markdown]
# **Predict first.** Where in this program is the derivative? Is there anything in it that `neuron` itself does not need?
#
# <details><summary>Answer</summary>
#
# From the multiplication by 2 on: the slope of tanh, in the form that keeps its digits far from 0, and that times x. The
# derivative is nothing but more operations; there is no second set of rules. What both need is computed once.
#
# </details>
#
# From there LLVM, the compiler behind C and Rust, makes instructions of the processor. As C the program reads:

# %%
print(fast.c[:1500])

# %% [markdown]
# ## The same bits
#
# **Predict first.** Is the compiled result equal to the eager one, or nearly equal?

# %% tags=["hide-output"]
eager = value_and_grad(neuron, argnums=(0, 1))
rng = np.random.default_rng(1)
points = rng.normal(size=(1000, 3))
print(all(eager(*p) == fast(*p) for p in points.tolist()))

# %% [markdown]
# Equal to the last bit, a thousand times. (With `exact=False` the compiler may be freer, and faster.)

# %% [markdown]
# ## Rows: eight at a time
#
# A processor has registers that hold four or eight numbers and does the same to all of them at once. `in_axes` says which
# arguments have rows; `reduce` adds the results up inside the loop.


# %%
def loss(weights, x, t):
    """The hinge error of one row: 2 inputs, 16 relu units, 16 more, one score."""
    for w, b in weights:
        x = w @ x + b
        if len(x) > 1:
            x = [autograd.relu(number) for number in x]
    return autograd.relu(1.0 - t * x[0])


shapes = [(16, 2), (16, 16), (1, 16)]
weights = [(rng.normal(0, 0.5, shape), np.zeros(shape[0])) for shape in shapes]
X = rng.normal(size=(100, 2))
T = np.sign(X[:, 0] * X[:, 1])

step = jit(value_and_grad(loss), in_axes=(None, 0, 0), reduce="mean")
start = time.perf_counter()
value, slopes = step(weights, X, T)
print(f"first call, with tracing and compiling: {time.perf_counter() - start:.2f} s")

# %% [markdown]
# **Predict first.** 337 knobs, 100 rows: about 60,000 operations forward and twice that backward. How long does one
# step take eagerly, in Python objects? And compiled?


# %% tags=["hide-output"]
def seconds(call, repeat):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return sorted(times)[repeat // 2]


one_row = value_and_grad(loss)
eagerly = seconds(lambda: [one_row(weights, x, t) for x, t in zip(X, T, strict=True)], 3)
compiled = seconds(lambda: step(weights, X, T), 200)
print(f"eager    {eagerly * 1e6:10,.0f} us")
print(f"compiled {compiled * 1e6:10,.0f} us    {eagerly / compiled:,.0f} times faster")

# %% [markdown]
# What the stages took:

# %%
print(step.report())

# %% [markdown]
# ## Beside PyTorch and JAX
#
# The same step in other ways, measured by `benchmarks/jit/moons.py` on one core of an AMD EPYC with AVX-512 (float64, medians;
# JAX 0.10.2, PyTorch 2.14.1, CasADi 3.8.2):
#
# | | microseconds a step |
# | --- | ---: |
# | scalars under `jit`, exact | 12 |
# | NumPy, derivatives by hand | 36 |
# | JAX, `jit` on matrices, from and to its own arrays | 39 |
# | JAX, the same, from and to NumPy arrays | 102 |
# | PyTorch, eager, on matrices | 127 |
# | CasADi, scalars, mapped over the rows | 1,883 |
#
# If you have JAX here, this measures it on your machine; else it says so.


# %%
def jax_step():
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def batch(weights, X, T):
        for w, b in weights:
            X = X @ w.T + b
            if X.shape[1] > 1:
                X = jnp.maximum(X, 0)
        return jnp.maximum(1 - T * X[:, 0], 0).mean()

    return jax.jit(jax.value_and_grad(batch))


try:
    other = jax_step()
    other(weights, X, T)
except ImportError:
    print("JAX is not installed here")
else:
    beside = seconds(lambda: other(weights, X, T)[0].block_until_ready(), 200)
    print(f"JAX {beside * 1e6:,.0f} us, this library {compiled * 1e6:,.0f} us")

# %% [markdown]
# Why can scalars keep up? The program is known to the last addition, its numbers lie in registers, and a call costs
# microseconds. Why do they not win everywhere? For large matrices, tuned kernels and many cores (or a GPU) are what counts:
# with a thousand units a layer, take PyTorch or JAX.

# %% [markdown]
# ## What a tracer cannot see
#
# **Predict first.** f is called *once*. What does `print` do inside it, and what does `if`?


# %% tags=["hide-output"]
@jit
def chatty(x):
    print("traced")
    if x > 0:
        return autograd.sqrt(x)
    return x * x


print([chatty(number) for number in (4.0, 9.0, -3.0, 16.0, -4.0)])

# %% [markdown]
# <details><summary>What happened?</summary>
#
# "traced" appears once for each *way* through the function: `if` splits it in two, and a way is compiled when it is first
# taken. A print is no operation on numbers, so the program does not have it.
#
# </details>
#
# What would drop the numbers is an error that says what to do, and not a wrong result:

# %%
try:
    jit(lambda x: float(x) * 2)(3.0)
except autograd.TraceError as error:
    print(error)

# %% [markdown]
# ## Exercises
#
# ### 10.1 A line, in rows
#
# Write the error of a line for one row, (w·x + b - t)², such that
# `jit(value_and_grad(error, argnums=(0, 1)), in_axes=(None, None, 0, 0), reduce="mean")` trains it.
#
# <details><summary>A solution</summary>
#
# ```python
# def error(w, b, x, t):
#     return (w * x + b - t) ** 2
# ```
#
# </details>


# %%
def error(w, b, x, t):
    return ...


# %%
course.check("10.1", error)

# %% [markdown]
# ### 10.2 The absolute value, without `if`
#
# Write |x| + x with `autograd.where`, so that it compiles to one way.
#
# <details><summary>A solution</summary>
#
# ```python
# def one_way(x):
#     return autograd.where(x > 0, 2 * x, 0.0)
# ```
#
# </details>


# %%
def one_way(x):
    return ...


# %%
course.check("10.2", one_way)

# %% [markdown]
# ## What to take away
#
# - A graph is a program. The objects are needed once, while it is noted.
# - Derivatives are more lines of the same program, so they compile like everything else.
#
# Next: [11 · A transformer](11_transformer.ipynb)
