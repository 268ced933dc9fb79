"""A character transformer on scalars, eager: the model of ``benchmarks/jit/transformer.py``.

    pip install -e ".[benchmark]"
    taskset -c 0 python -m pytest benchmarks/eager/test_transformer.py -q -s

Against the same code on an engine with local gradients, and against PyTorch's eager matrices (one
thread, float64), which do in a few hundred calls what is 65,000 nodes here. Against these also with
``autograd.dot`` in the place of a loop over the products, as one writes it with this package.
"""

import math
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd.engine import accelerator

sys.path.insert(0, str(Path(__file__).parent.parent / "jit"))
from transformer import HEADS, LETTERS, WIDTH, WORD, loss, on_local_engine, parameters

torch = pytest.importorskip("torch")


def ours(weights, **dot):
    leaves = {
        name: [[autograd.Value(x) for x in row] for row in part.tolist()]
        for name, part in weights.items()
    }
    result = loss(leaves, **dot)
    result.backward()
    return result.data, {name: [[x.grad for x in row] for row in p] for name, p in leaves.items()}


def with_dot(weights):
    return ours(weights, dot=autograd.dot)


def by_matrices(weights):
    letters = [26, *[LETTERS.index(letter) for letter in WORD]]

    def normalised(x):
        return x * ((x * x).mean(-1, keepdim=True) + 1e-5) ** -0.5

    x = normalised(weights["tokens"][letters[:-1]] + weights["positions"][: len(WORD)])
    normal = normalised(x)
    shape = (len(WORD), HEADS, WIDTH // HEADS)
    q, k, v = ((normal @ weights[n].T).view(shape) for n in ("query", "key", "value"))
    scores = torch.einsum("ihc,jhc->hij", q, k) / math.sqrt(WIDTH // HEADS)
    future = torch.ones(len(WORD), len(WORD), dtype=torch.bool).triu(1)
    weighted = scores.masked_fill(future, -math.inf).softmax(-1)
    joined = torch.einsum("hij,jhc->ihc", weighted, v).reshape(len(WORD), WIDTH)
    x = x + joined @ weights["out"].T
    x = x + (normalised(x) @ weights["up"].T).relu() @ weights["down"].T
    chances = (x @ weights["head"].T).log_softmax(-1)
    return -chances[torch.arange(len(WORD)), letters[1:]].mean()


def on_torch(weights):
    tensors = {name: torch.tensor(part, requires_grad=True) for name, part in weights.items()}
    result = by_matrices(tensors)
    result.backward()
    return result.item(), {name: part.grad for name, part in tensors.items()}


def test_the_ratios_hold():
    torch.set_num_threads(1)
    weights = parameters()
    engines = {"autograd": ours, "with dot": with_dot}
    engines |= {"local gradients": on_local_engine, "torch": on_torch}
    value, grads = ours(weights)
    for step in engines.values():
        other, others = step(weights)
        assert other == pytest.approx(value, rel=1e-12)
        for name, part in grads.items():
            theirs = np.asarray(others[name]).tolist()
            for row, expected in zip(part, theirs, strict=True):
                assert row == pytest.approx(expected, rel=1e-8, abs=1e-14)
    times = {name: [] for name in engines}
    for _ in range(15):
        for name, step in engines.items():
            start = time.perf_counter()
            step(weights)
            times[name].append(time.perf_counter() - start)
    print("\n" + "\n".join(autograd.about().splitlines()[:4]))
    ratios = {}
    for name, theirs in times.items():
        pairs = zip(times["autograd"], theirs, strict=True)
        ratios[name] = statistics.median(b / a for a, b in pairs)
        print(f"{name:16} {1e3 * statistics.median(theirs):8.2f} ms   {ratios[name]:6.3f} x")
    if accelerator.native is not None:
        assert ratios["local gradients"] >= 12.0
        assert ratios["torch"] >= ratios["with dot"] / 5.0
