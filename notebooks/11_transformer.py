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
# # 11 · Can a machine invent words?
#
# [The course](README.md) · before: [10 · Machine code](10_machine_code.ipynb) · next: [12 · Real fits](12_real_fits.ipynb) · about 25 minutes · needs `pip install 'scalar-autograd[jit]'`
#
# **The question.** A language model guesses what comes next. Can one be built of nothing but the scalars of these notebooks, and
# trained in under two minutes?

# %% [markdown]
# ## Words
#
# A small language, made by dice. (To use words of your own, put them into a file `words.txt` beside this notebook, one a
# line: names, towns, dinosaurs.)

# %%
import random
from pathlib import Path

import numpy as np

import autograd
import course
from autograd import jit, value_and_grad

dice = random.Random(5)


def invented():
    """Return a word of two or three syllables, and sometimes an ending."""
    syllables = [
        dice.choice("ktmnrsl") + dice.choice("aeiou") for _ in range(dice.choice((2, 2, 3)))
    ]
    return ("".join(syllables) + dice.choice(("", "", "n", "s")))[:7]


own = Path("words.txt")
words = own.read_text().lower().split() if own.exists() else [invented() for _ in range(600)]
words = [word[:7] for word in words]
letters = "." + "".join(sorted(set("".join(words))))  # the dot begins and ends a word
print(len(words), "words:", " ".join(words[:12]))
print(len(letters), "letters:", letters)

# %% [markdown]
# **Predict first.** A machine that knows nothing gives each letter the same chance. Its *surprise* is -log(1 / letters). How
# large is it? What would be the surprise of a machine that knows the rules, and only the dice are unknown?

# %% tags=["hide-output"]
print(f"knows nothing: {np.log(len(letters)):.2f}")
print(f"a consonant out of seven: {np.log(7):.2f}, a vowel out of five: {np.log(5):.2f}")

# %% [markdown]
# ## The model
#
# A **transformer** in scalars: every line is sums and products of Values, as in notebook 3.
#
# 1. every letter has a vector of numbers, and every place has one; they are added;
# 2. **attention**: every place asks (its *query*) all places before it (their *keys*), and mixes what they answer (their *values*);
# 3. a small network (notebook 6) at every place;
# 4. a score for every letter that may come next.

# %%
WIDTH, HEADS, PLACES = 8, 2, 8
LETTERS = len(letters)
SIZES = {
    "letter": (LETTERS, WIDTH), "place": (PLACES, WIDTH),
    "query": (WIDTH, WIDTH), "key": (WIDTH, WIDTH), "value": (WIDTH, WIDTH), "out": (WIDTH, WIDTH),
    "up": (2 * WIDTH, WIDTH), "down": (WIDTH, 2 * WIDTH), "score": (LETTERS, WIDTH),
}  # fmt: skip


def normalised(vector):
    """Return a vector of size 1 for each component: so nothing vanishes or explodes."""
    return vector * (autograd.mean(vector * vector) + 1e-5) ** -0.5


def attention(parts, queries, keys, values):
    """Return, for the last place, the mixture of the values of all places so far."""
    mixed = []
    for head in range(HEADS):
        part = slice(head * parts, (head + 1) * parts)
        scores = [autograd.dot(queries[part], key[part]) * parts**-0.5 for key in keys]
        shares = autograd.softmax(scores)
        mixed += [
            autograd.dot(shares, [value[i] for value in values])
            for i in range(part.start, part.stop)
        ]
    return np.array(mixed)


def scores(w, word):
    """Return the scores of the next letter after each place of a word, given as rows of 0 and 1."""
    keys, values, results = [], [], []
    for place, letter in enumerate(word):
        with autograd.scope(f"place {place}"):
            x = normalised(letter @ w["letter"] + w["place"][place])
            n = normalised(x)
            keys.append(w["key"] @ n)
            values.append(w["value"] @ n)
            with autograd.scope("attention"):
                mixed = attention(WIDTH // HEADS, w["query"] @ n, keys, values)
            x = x + w["out"] @ mixed
            with autograd.scope("network"):
                hidden = [autograd.relu(number) for number in w["up"] @ normalised(x)]
                x = x + w["down"] @ hidden
            results.append(w["score"] @ x)
    return results


def surprise(w, word, following):
    """Return the mean surprise at the letters that follow, up to the end of the word."""
    total, count = 0.0, 0.0
    for place, (found, right) in enumerate(zip(scores(w, word), following, strict=True)):
        with autograd.scope(f"surprise {place}"):
            normaliser = autograd.sum(right) * autograd.logsumexp(found)
            total = total + normaliser - autograd.dot(right, found)
            count = count + autograd.sum(right)
    return total / count


dice_of_weights = np.random.default_rng(1)
weights = {name: dice_of_weights.normal(0, 0.3, size) for name, size in SIZES.items()}
print(sum(part.size for part in weights.values()), "knobs")

# %% [markdown]
# Letters go in as rows of 0 and 1, with the 1 at the letter's place (*one-hot*). After the end there are only 0s.


# %%
def one_hot(text):
    rows = np.zeros((PLACES, LETTERS))
    for place, letter in enumerate(text[:PLACES]):
        rows[place, letters.index(letter)] = 1.0
    return rows


inputs = np.array([one_hot("." + word) for word in words])
following = np.array([one_hot(word + ".") for word in words])
step = jit(value_and_grad(surprise), in_axes=(None, 0, 0), reduce="mean", exact=False)
value, slopes = step(weights, inputs[:32], following[:32])
print(f"surprise before training: {value:.2f}")
print(step.report())

# %% [markdown]
# Forward propagation, error calculation and backward propagation of 32 words are one call from here on.

# %% [markdown]
# ## Training
#
# Adam, the optimiser that most language models are trained with, in five lines:

# %%
speed = {name: np.zeros(size) for name, size in SIZES.items()}
spread = {name: np.zeros(size) for name, size in SIZES.items()}
order, course_of_surprise = np.random.default_rng(2), []
STEPS, SEEN = 600, len(words) * 5 // 6  # a sixth of the words stays unseen
for number in range(1, STEPS + 1):
    batch = order.integers(0, SEEN, 32)
    value, slopes = step(weights, inputs[batch], following[batch])
    rate = 0.02 * (1 - number / STEPS) + 1e-4
    for name, slope in slopes.items():
        speed[name] = 0.9 * speed[name] + 0.1 * slope
        spread[name] = 0.99 * spread[name] + 0.01 * slope**2
        size = np.sqrt(spread[name] / (1 - 0.99**number)) + 1e-8
        weights[name] = weights[name] - rate * speed[name] / (1 - 0.9**number) / size
    course_of_surprise.append((number, value))

unseen = step(weights, inputs[SEEN:], following[SEEN:])[0]
print(f"surprise at the last words: {value:.2f}, at unseen words: {unseen:.2f}")
course.chart({"surprise": course_of_surprise}, x="step", y="surprise", low=1, high=3)

# %% [markdown]
# ## New words
#
# We let it guess a letter, by dice with its chances, put that letter behind the word, and ask again.
#
# **Predict first.** Will it only repeat words it has seen? Will consonants and vowels alternate?


# %% tags=["hide-output"]
def chances(weights, text, heat):
    """Return the chance of each letter to come next."""
    found = scores(weights, one_hot("." + text)[: len(text) + 1])[-1]
    return autograd.softmax([score / heat for score in found])


def sample(weights, dice, heat=1.0):
    """Return a new word."""
    text = ""
    while len(text) < PLACES - 1:
        letter = dice.choices(letters, chances(weights, text, heat))[0]
        if letter == ".":
            break
        text += letter
    return text


dice = random.Random(1)
new = [sample(weights, dice) for _ in range(24)]
print(" ".join(new[:12]), " ".join(new[12:]), sep="\n")
print(sum(word in words for word in new), "of these 24 were in the list")

# %% [markdown]
# Nobody has told it what a vowel is. With *heat* below 1 it takes fewer risks, above 1 more:

# %%
for heat in (0.3, 1.0, 2.0):
    print(f"heat {heat}:", " ".join(sample(weights, dice, heat) for _ in range(10)))

# %% [markdown]
# What it expects after each letter:

# %%
for text in ("", "k", "ka", "kam", "kama"):
    best = sorted(zip(chances(weights, text, 1.0), letters, strict=True), reverse=True)[:6]
    print(f"after .{text:5}", "  ".join(f"{letter} {chance:.0%}" for chance, letter in best))

# %% [markdown]
# ## Look inside
#
# One word through the whole model, as a graph: more than five thousand nodes, folded into boxes.

# %%
labelled = {
    name: np.array([[autograd.Value(x) for x in row] for row in part])
    for name, part in weights.items()
}
node = surprise(labelled, one_hot(".kam")[:3], one_hot("kam.")[:3])
node.backward()
autograd.graph(node, depth=1)

# %% [markdown]
# ## Exercises
#
# ### 11.1 The slope of surprise
#
# The surprise is -log(softmax(scores)[right]). Its slope by the i-th score is famous: chance minus 1 for the right letter, chance for the
# others. Write it.
#
# <details><summary>A solution</summary>
#
# ```python
# def slope(scores, right):
#     chances = autograd.softmax(scores)
#     return [chance - (i == right) for i, chance in enumerate(chances)]
# ```
#
# </details>


# %%
def slope(scores, right):
    return ...


# %%
course.check("11.1", slope)

# %% [markdown]
# ### 11.2 Attention, by hand
#
# Given scores of three places and their values, return the mixture: values weighted by the softmax of the scores.
#
# <details><summary>A solution</summary>
#
# ```python
# def mixture(scores, values):
#     return autograd.dot(autograd.softmax(scores), values)
# ```
#
# </details>


# %%
def mixture(scores, values):
    return ...


# %%
course.check("11.2", mixture)

# %% [markdown]
# ### 11.3 Surprise, in words
#
# A machine's mean surprise is 1.6. As how many equally likely letters is that? (A number.)
#
# <details><summary>A solution</summary>
#
# ```python
# as_many = np.exp(1.6)
# ```
#
# </details>

# %%
as_many = ...

# %%
course.check("11.3", as_many)

# %% [markdown]
# ## What to take away
#
# - A transformer is sums, products, softmax and the chain rule. You have seen all of it before.
# - It is trained by the four steps of notebook 6.
#
# Next: [12 · Real fits](12_real_fits.ipynb)
