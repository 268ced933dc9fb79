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
import statistics
import sys
import time

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
ROUNDS, STEPS = 7, 4


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


def stepper(kind):
    points, targets = moons(100, seed=1337)
    layers = network(kind)

    def step():
        loss = loss_of(kind, layers, points, targets)
        loss.backward()
        return loss.data

    return step


@pytest.fixture(autouse=True)
def _deep_recursion():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)  # for the engines that walk recursively
    yield
    sys.setrecursionlimit(limit)
    gc.collect()


@pytest.mark.parametrize("engine", ENGINES)
def test_forward_and_backward(benchmark, engine):
    benchmark.pedantic(stepper(ENGINES[engine]), rounds=5, warmup_rounds=1)


def test_the_ratios_hold():
    """Engine after engine, round after round, so that a machine that slows down slows all."""
    steps = {engine: stepper(kind) for engine, kind in ENGINES.items()}
    losses = {engine: step() for engine, step in steps.items()}
    assert losses["autograd"] == pytest.approx(losses["micrograd"], rel=1e-12)
    times = {engine: [] for engine in ENGINES}
    for _ in range(ROUNDS):
        for engine, step in steps.items():
            gc.collect()  # what the engine before left behind; its own garbage each one pays for
            start = time.perf_counter()
            for _ in range(STEPS):
                step()
            times[engine].append((time.perf_counter() - start) / STEPS)
    ours = times["autograd"]
    print(
        f"\nPython {platform.python_version()}, micrograd "
        f"{importlib.metadata.version('micrograd')}, scalar-autograd {autograd.__version__}"
    )
    ratios = {}
    for engine, theirs in times.items():
        ratios[engine] = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
        print(f"{engine:16} {1e3 * statistics.median(theirs):8.1f} ms   {ratios[engine]:5.2f} x")
    assert ratios["micrograd"] >= 6.0
    assert ratios["local gradients"] >= 1.5
