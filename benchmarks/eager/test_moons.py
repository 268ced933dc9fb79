"""Forward and backward of micrograd's demo loss: 100 moons, an MLP 2-16-16-1, one run for all.

    pip install -e ".[benchmark]"
    taskset -c 0 python -m pytest benchmarks/eager -q -s

The same Python code builds the loss for each engine: sums of products, relu, hinge loss, an L2
penalty, about 65,000 nodes. The garbage collector stays on. The last test prints the ratios and
holds them.
"""

import gc
import importlib.metadata
import platform
import random
import sys

import local_gradients
import pytest
from micrograd.engine import Value as MicrogradValue

import autograd
from nn.data import moons

ENGINES = {
    "autograd": autograd.Value,
    "local gradients": local_gradients.Value,
    "micrograd": MicrogradValue,
}
SIZES = (2, 16, 16, 1)
medians = {}
losses = {}


def network(kind):
    draw = random.Random(1337)
    return [
        [([kind(draw.uniform(-1, 1)) for _ in range(ins)], kind(0.0)) for _ in range(outs)]
        for ins, outs in zip(SIZES, SIZES[1:], strict=False)
    ]


def loss_of(kind, layers, points, targets):
    terms = []
    for point, target in zip(points, targets, strict=True):
        signals = [kind(number) for number in point]
        for depth, layer in enumerate(layers):
            signals = [
                sum((w * x for w, x in zip(weights, signals, strict=True)), bias)
                for weights, bias in layer
            ]
            if depth < 2:
                signals = [signal.relu() for signal in signals]
        terms.append((1 + -target * signals[0]).relu())
    mean = sum(terms) * (1.0 / len(terms))
    parameters = (p for layer in layers for weights, bias in layer for p in (*weights, bias))
    return mean + 1e-4 * sum(p * p for p in parameters)


@pytest.mark.parametrize("engine", ENGINES)
def test_forward_and_backward(benchmark, engine):
    kind = ENGINES[engine]
    points, targets = moons(100, seed=1337)
    layers = network(kind)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)  # for the engines that walk recursively

    def step():
        loss = loss_of(kind, layers, points, targets)
        loss.backward()
        return loss.data

    gc.collect()  # what the engine before left behind; within an engine the collector does its work
    losses[engine] = benchmark.pedantic(
        step, rounds=5 if engine == "micrograd" else 15, warmup_rounds=1
    )
    medians[engine] = benchmark.stats.stats.median
    sys.setrecursionlimit(limit)


def test_the_ratios_hold():
    if len(medians) < len(ENGINES):
        pytest.fail("run the whole file: the ratios need all engines in one run")
    assert losses["autograd"] == pytest.approx(losses["micrograd"], rel=1e-12)
    over = {engine: median / medians["autograd"] for engine, median in medians.items()}
    print(
        f"\nPython {platform.python_version()}, micrograd "
        f"{importlib.metadata.version('micrograd')}, scalar-autograd {autograd.__version__}"
    )
    for engine, ratio in over.items():
        print(f"{engine:16} {1e3 * medians[engine]:8.1f} ms   {ratio:5.2f} x")
    assert over["micrograd"] >= 6.0
    assert over["local gradients"] >= 1.5
