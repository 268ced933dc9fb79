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
# # 6 · How does a machine learn from its errors?
#
# [The course](README.md) · before: [5 · Check your own derivative](05_check_your_derivative.ipynb) · next: [7 · Training moons](07_moons.ipynb) · about 20 minutes
#
# **The question.** A machine has knobs and gives wrong answers. Which way should each knob be turned, and how far?

# %% [markdown]
# ## One knob
#
# The machine multiplies by w. It should say 6 when it is given 2. Its *error* is the square of how far off it is.

# %%
import course
import nn
from autograd import Value, explore, graph


def error(w):
    return (w * 2.0 - 6.0) ** 2


course.chart({"error": course.sampled(error, -1, 7)}, x="w", y="error")

# %% [markdown]
# The best w is at the bottom, where the slope is 0. We start at 0 and go against the slope, again and again:


# %%
def descend(start, rate, steps):
    """Return the ways of w and of its error."""
    w, way = Value(start, label="w"), []
    for _ in range(steps):
        loss = error(w)  # forward propagation and error calculation
        way.append((w.data, loss.data))
        w.grad = 0.0
        loss.backward()  # backward propagation
        w.data -= rate * w.grad  # weight update
    return way


way = descend(0.0, rate=0.05, steps=8)
course.chart({"error": course.sampled(error, -1, 7)}, {"where we were": way}, x="w", y="error")

# %% [markdown]
# **Predict first.** The *rate* says how far we step for each bit of slope. What happens with 0.01, with 0.12, with 0.26?

# %% tags=["hide-output"]
course.chart(
    {
        f"rate {rate:g}": [(step, loss) for step, (_, loss) in enumerate(descend(0.0, rate, 12))]
        for rate in (0.01, 0.05, 0.12, 0.26)
    },
    x="step",
    y="error",
    low=1e-6,
    high=1e3,
    log=True,
)

# %% [markdown]
# <details><summary>What happened?</summary>
#
# 0.01 is safe and slow. 0.12 is nearly perfect: one step lands at the bottom when the rate is 1 over the curvature, here 1/8.
# With 0.26 every step lands further up on the other side: it diverges. Beyond 2 over the curvature (0.25) it always does.
#
# </details>

# %% [markdown]
# ## The four steps
#
# Every training of every network is these four steps in a loop:
#
# 1. **forward propagation**: the machine computes its answer;
# 2. **error calculation**: how wrong is it, as one number;
# 3. **backward propagation**: the slope of the error by each knob;
# 4. **weight update**: each knob is turned a little against its slope.

# %% [markdown]
# ## A line: two knobs
#
# Twelve points that lie near a line; the machine is w·x + b.

# %%
import random

dice = random.Random(3)
xs = [index / 4 - 1.5 for index in range(12)]
ts = [0.8 * x - 0.5 + dice.gauss(0, 0.12) for x in xs]

w, b = Value(0.0, label="w"), Value(0.0, label="b")
lines = {}
for step in range(41):
    answers = [w * x + b for x in xs]  # 1. forward propagation
    loss = nn.mse(answers, ts)  # 2. error calculation
    w.grad = b.grad = 0.0
    loss.backward()  # 3. backward propagation
    if step in (0, 2, 8, 40):
        lines[f"step {step}"] = [(x, w.data * x + b.data) for x in (-1.5, 1.25)]
        print(f"step {step:2}: error {loss.data:.4f}  w {w.data:+.3f}  b {b.data:+.3f}")
    w.data -= 0.1 * w.grad  # 4. weight update
    b.data -= 0.1 * b.grad

course.chart(lines, {"points": list(zip(xs, ts, strict=True))}, x="x", y="answer")

# %% [markdown]
# **Predict first.** Leave out the line `w.grad = b.grad = 0.0`. What goes wrong?
#
# <details><summary>Answer</summary>
#
# backward *adds* to `.grad` (notebook 3). Without clearing, every step would follow the sum of all slopes so far: the
# machine overshoots and swings. Try it.
#
# </details>

# %% [markdown]
# ## A neuron
#
# A neuron is a line with a bend: `tanh(w0*x0 + w1*x1 + b)`. It answers yes (+1) or no (-1).

# %%
import autograd

x0, x1 = Value(1.0, "x0"), Value(-2.0, "x1")
w0, w1, bias = Value(0.5, "w0"), Value(0.25, "w1"), Value(0.1, "b")
answer = autograd.tanh(w0 * x0 + w1 * x1 + bias)
answer.label = "answer"
loss = (answer - 1.0) ** 2
loss.label = "error"
explore(loss)

# %% [markdown]
# Walk it forward and backward once. **Predict first:** the right answer is +1 and the neuron says 0.1. x1 is
# negative. Which way will w1 be turned?
#
# <details><summary>Answer</summary>
#
# The answer must go up. w1 is multiplied by -2, so turning w1 *down* takes the answer up: w1's slope is positive,
# and the update goes against it.
#
# </details>

# %% [markdown]
# ## What one line cannot do
#
# Four points: yes where exactly one of the two inputs is 1 (*exclusive or*). No line parts the yeses from the noes.

# %%
X = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
T = [-1.0, 1.0, 1.0, -1.0]


def train(model, steps=200, rate=0.1):
    """Return the errors of the four steps, repeated."""
    optimizer = nn.SGD(lr=rate)
    errors = []
    for step in range(steps):
        answers = [autograd.tanh(model(x)) for x in X]  # 1. forward propagation
        loss = nn.mse(answers, T)  # 2. error calculation
        model.zero_grad()
        loss.backward()  # 3. backward propagation
        optimizer.step(model.parameters())  # 4. weight update
        errors.append((step, loss.data))
    return errors


one = nn.MLP(2, [1], seed=1)
alone = train(one)
course.chart({"one neuron": alone}, x="step", y="error", low=0, high=1.6)

# %% [markdown]
# It stays at 1: half of the answers are wrong, whatever it does.

# %% [markdown]
# ## A multi-layer perceptron
#
# Let four neurons look at the inputs, and one at those four.

# %%
network = nn.MLP(2, [4, 1], activation="tanh", seed=1)
errors = train(network)
course.chart({"one neuron": alone, "4 + 1 neurons": errors}, x="step", y="error", low=0, high=1.6)

# %%
for x, t in zip(X, T, strict=True):
    print(x, "should be", t, "and is", f"{autograd.tanh(network(x)).data:+.3f}")

# %% [markdown]
# The network, at one of the points, with every slope. Nothing in it is more than notebook 2:

# %%
score = network([Value(1.0, "x0"), Value(0.0, "x1")])
score.backward()
graph(score, depth=1)

# %% [markdown]
# And this is how the library trains, in one line: `fit` is the same four steps.

# %%
again = nn.MLP(2, [4, 1], activation="tanh", seed=1)
history = nn.fit(again, X, T, loss="hinge", optimizer=nn.SGD(lr=0.1), epochs=100, progress=False)
print(f"first error {history['loss'][0]:.3f}, last {history['loss'][-1]:.3f}")

# %% [markdown]
# ## Exercises
#
# ### 6.1 The slope by hand
#
# For one point, the error of a line is (w·x + b - t)². Write its slopes by w and by b.
#
# <details><summary>A solution</summary>
#
# ```python
# def slopes(w, b, x, t):
#     off = w * x + b - t
#     return 2 * off * x, 2 * off
# ```
#
# </details>


# %%
def slopes(w, b, x, t):
    return ...


# %%
course.check("6.1", slopes)

# %% [markdown]
# ### 6.2 Momentum
#
# A heavy ball keeps some of its speed: `speed = 0.9 * speed + slope`, then `w = w - rate * speed`. Write one step of it;
# return the new w and the new speed.
#
# <details><summary>A solution</summary>
#
# ```python
# def momentum(w, speed, slope, rate):
#     speed = 0.9 * speed + slope
#     return w - rate * speed, speed
# ```
#
# </details>


# %%
def momentum(w, speed, slope, rate):
    return ...


# %%
course.check("6.2", momentum)

# %% [markdown]
# ### 6.3 How fast may it go?
#
# The error (3w - 1)² has curvature 18. From which rate on does descent diverge?
#
# <details><summary>A solution</summary>
#
# ```python
# rate = 2 / 18
# ```
#
# </details>

# %%
rate = ...

# %%
course.check("6.3", rate)

# %% [markdown]
# ## What to take away
#
# - Learning is descent: against the slope of the error, by every knob at once.
# - Forward propagation, error calculation, backward propagation, weight update. There is no fifth step.
# - A layer between lets lines bend.
#
# Next: [7 · Training moons](07_moons.ipynb)
