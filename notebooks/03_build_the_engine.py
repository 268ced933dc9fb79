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
# # 3 · Can you build it in forty lines, and break it?
#
# [The course](README.md) · before: [2 · The chain rule](02_chain_rule.ipynb) · next: [4 · Every operation](04_every_operation.ipynb) · about 25 minutes
#
# **The question.** What must a number remember, so that slopes find their way back? And what goes wrong when it is done
# almost right?

# %% [markdown]
# ## The whole engine
#
# A `Node` remembers its operands, and the slope by each of them. That is all.

# %%
import math

import autograd
import course
from autograd import Value, graph


class Node:
    def __init__(self, data, links=()):
        self.data = data
        self.grad = 0.0
        self.links = links  # pairs (operand, slope of this node by that operand)

    def __add__(self, other):
        return Node(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Node(self.data * other.data, [(self, other.data), (other, self.data)])

    def exp(self):
        result = math.exp(self.data)
        return Node(result, [(self, result)])

    def backward(self):
        self.grad = 1.0
        for node in reversed(ordered(self)):
            for operand, slope in node.links:
                operand.grad += node.grad * slope  # multiply along a link, add over links


def ordered(root):
    """Return the nodes under root, every node after its operands."""
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for operand, _ in node.links:
                visit(operand)
            order.append(node)

    visit(root)
    return order


# %% [markdown]
# Fewer than forty lines, and it is right. We hold it beside the library:


# %%
def formula(x, w):
    return (x * w).exp() * x + w


mine = Node(0.5), Node(-1.0)
formula(*mine).backward()
theirs = Value(0.5), Value(-1.0)
formula(*theirs).backward()
print("mine:  ", [number.grad for number in mine])
print("theirs:", [number.grad for number in theirs])

# %% [markdown]
# Now we break it, four times. Each break is a question that students ask again and again.

# %% [markdown]
# ## Break 1: `=` instead of `+=`
#
# One character: the gradient is *set*, not added to.
#
# **Predict first.** `y = x * x` at x = 3. What does the broken engine say instead of 6?


# %% tags=["hide-output"]
class Setting(Node):
    def __add__(self, other):
        return Setting(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Setting(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self):
        self.grad = 1.0
        for node in reversed(ordered(self)):
            for operand, slope in node.links:
                operand.grad = node.grad * slope  # <- the break


x = Setting(3.0)
(x * x).backward()
print("broken:", x.grad)

# %% [markdown]
# `x * x` has two links to x, and each brings 3. If the second overwrites the first, half is lost. Here are the two links:

# %%
x = Value(3.0, label="x")
y = x * x
y.label = "y"
y.backward()
graph(y, partials=True)

# %% [markdown]
# ## Break 2: the order by plain recursion
#
# Why so much ado about order? Let every node simply pass its gradient to its operands, and these to theirs, at once:


# %%
class Eager(Node):
    def __add__(self, other):
        return Eager(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def backward(self):
        self.grad = 1.0
        self.pass_on()

    def pass_on(self):
        for operand, slope in self.links:
            operand.grad += self.grad * slope
            operand.pass_on()  # <- the break: the operand may not be complete yet


# %% [markdown]
# Let `b = a + a` and `c = b + b`: c is 4a.
#
# **Predict first.** b is reached twice from c. What is in b.grad when it is passed on for the first time, what the second time,
# and so what arrives at a?

# %% tags=["hide-output"]
a = Eager(1.0)
b = a + a
c = b + b
c.backward()
print("broken:", a.grad)

a = Value(1.0, label="a")
b = a + a
b.label = "b"
c = b + b
c.label = "c"
c.backward()
print("ours:  ", a.grad)

# %% [markdown]
# <details><summary>Count it</summary>
#
# First b holds 1 and passes 1 to a twice: 2. Then b receives its second 1, holds 2, and passes on 2 twice: 4. Together 6.
# The first payment was passed on twice. A node must wait until all its users have paid in: a node comes *after* all
# its users. That is the topological order, and `ordered` above gives it in reverse.
#
# </details>

# %%
print(*autograd.steps(c), sep="\n")

# %% [markdown]
# One could make Eager right by passing on only the new part. But then a is visited once for every *way*, and ways multiply:


# %%
def ways(doublings):
    """Count the ways from the end of a chain of doublings to its start."""
    x = Value(1.0)
    y = x
    for _ in range(doublings):
        y = y + y
    return autograd.explain(y, x).count


[ways(doublings) for doublings in (1, 2, 3, 10, 50)]

# %% [markdown]
# Fifty additions: a thousand million million ways, and a hundred links. The order makes the work go with the links.

# %% [markdown]
# ## Break 3: a long chain
#
# `ordered` calls itself for each operand. Python allows about a thousand calls inside each other.
#
# **Predict first.** We add up 2,000 numbers with `total = total + x`. What happens?

# %% tags=["hide-output"]
x = Node(0.001)
total = x
for _ in range(2_000):
    total = total + x
try:
    total.backward()
except RecursionError as error:
    print("broken: RecursionError:", error)

x = Value(0.001)
total = x
for _ in range(2_000):
    total = total + x
total.backward()
print("ours:", x.grad)

# %% [markdown]
# The remedy is a list of one's own in place of Python's calls (exercise 3.2). Python has the same trouble *freeing* a
# long chain, copying it, and pickling it; the library takes care of each, for a million nodes and more.

# %% [markdown]
# ## Break 4: backward twice
#
# This one is no mistake. `+=` adds to what is there.
#
# **Predict first.** `y = x * x` at 3, and `y.backward()` is called twice. What is x.grad?

# %% tags=["hide-output"]
x = Value(3.0, label="x")
y = x * x
y.backward()
print("once: ", x.grad)
y.backward()
print("twice:", x.grad)
autograd.zero_grad(y)
print("cleared:", x.grad)

# %% [markdown]
# Ours doubles; so does PyTorch. It is wanted: call backward for each example of a batch, and the gradients of the batch
# add up by themselves. The price is that you must clear between two steps of training, and everybody forgets it once.
# (Our forty-line engine triples here: the second call also passes on what the first left in nodes between. Try it.)

# %%
x, y = Node(3.0), Node(2.0)
s = x + y
z = s * s
z.backward()
print("once: ", x.grad)
z.backward()
print("twice:", x.grad, "and not", 2 * 10.0)

# %% [markdown]
# The library keeps the gradients of one call apart until the call is done, so twice is twice.

# %% [markdown]
# ## Exercises
#
# ### 3.1 A new operation
#
# Give the engine `tanh`. Its slope is 1 - tanh(x)².
#
# <details><summary>A solution</summary>
#
# ```python
# def tanh(node):
#     result = math.tanh(node.data)
#     return Node(result, [(node, 1 - result**2)])
# ```
#
# </details>


# %%
def tanh(node):
    return ...


# %%
course.check("3.1", tanh)

# %% [markdown]
# ### 3.2 No recursion
#
# Write `ordered` without a function that calls itself: keep a list of nodes to be visited. Hint: put each node on the list twice;
# the second time, its operands are done.
#
# <details><summary>A solution</summary>
#
# ```python
# def ordered_by_list(root):
#     order, seen, stack = [], set(), [(root, False)]
#     while stack:
#         node, done = stack.pop()
#         if done:
#             order.append(node)
#         elif node not in seen:
#             seen.add(node)
#             stack.append((node, True))
#             stack.extend((operand, False) for operand, _ in node.links)
#     return order
# ```
#
# </details>


# %%
def ordered_by_list(root):
    return ...


# %%
course.check("3.2", (ordered_by_list, Node))

# %% [markdown]
# ### 3.3 Ways and links
#
# In `b = a + a; c = b + b; d = c + c`, how many ways lead from d to a, and how many links are there?
#
# <details><summary>A solution</summary>
#
# ```python
# counts = (8, 6)
# ```
#
# </details>

# %%
counts = (..., ...)

# %%
course.check("3.3", counts)

# %% [markdown]
# ## What to take away
#
# - A number needs to remember its operands and the slopes by them. Forty lines.
# - `+=`, because ways meet. The order, because a node must be complete before it pays out.
# - Gradients pile up until you clear them.
#
# Next: [4 · Every operation](04_every_operation.ipynb)
