"""Forward and backward of micrograd's demo loss: 100 moons, an MLP 2-16-16-1, one run for all.

    pip install -e ".[benchmark]"
    taskset -c 0 python -m pytest benchmarks/eager -q -s

The same Python code builds the loss for each engine: sums of products, relu, hinge loss, an L2
penalty, about 65,000 nodes. The garbage collector stays on. The last test prints the ratios and
holds them, those of the engine that runs: in C, or plain Python with AUTOGRAD_NATIVE=off.
"""

import gc
import importlib.metadata
import random
import statistics
import sys
import time
from pathlib import Path

import pytest
from micrograd.engine import Value as MicrogradValue

import autograd
from autograd.engine import accelerator
from nn.data import moons

sys.path.insert(0, str(Path(__file__).parent))
import local_gradients

try:  # C++ behind Python's operators
    import xad.adj_1st
    import xad.math
except ImportError:
    xad = None

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


def by_method(signal):
    return signal.relu()


def loss_of(kind, layers, points, targets, relu=by_method):
    terms = []
    for point, target in zip(points, targets, strict=True):
        signals = [kind(number) for number in point]
        for depth, layer in enumerate(layers):
            signals = [
                sum((w * x for w, x in zip(weights, signals, strict=True)), bias)
                for weights, bias in layer
            ]
            if depth < 2:
                signals = [relu(signal) for signal in signals]
        terms.append(relu(1 + -target * signals[0]))
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


def stepper_of_xad():
    points, targets = moons(100, seed=1337)
    layers = network(xad.adj_1st.Real)
    tape = xad.adj_1st.Tape()
    tape.activate()
    parameters = [p for layer in layers for weights, bias in layer for p in (*weights, bias)]

    def relu(signal):
        return xad.math.fmax(signal, 0.0)

    def step():
        tape.clearAll()
        tape.registerInputs(parameters)
        tape.newRecording()
        loss = loss_of(xad.adj_1st.Real, layers, points, targets, relu)
        tape.registerOutput(loss)
        loss.derivative = 1.0
        tape.computeAdjoints()
        return loss.value

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
    if xad is not None:
        steps["xad"] = stepper_of_xad()
    losses = {engine: step() for engine, step in steps.items()}
    for engine, loss in losses.items():
        assert losses["autograd"] == pytest.approx(loss, rel=1e-12), engine
    times = {engine: [] for engine in steps}
    for _ in range(ROUNDS):
        for engine, step in steps.items():
            gc.collect()  # what the engine before left behind; its own garbage each one pays for
            start = time.perf_counter()
            for _ in range(STEPS):
                step()
            times[engine].append((time.perf_counter() - start) / STEPS)
    ours = times["autograd"]
    lines = autograd.about().splitlines()
    print("\n" + "\n".join(line for line in lines if not line.startswith("extra")))
    print(f"micrograd {importlib.metadata.version('micrograd')}")
    ratios = {}
    for engine, theirs in times.items():
        ratios[engine] = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
        print(f"{engine:16} {1e3 * statistics.median(theirs):8.1f} ms   {ratios[engine]:5.2f} x")
    least = {"micrograd": 60.0, "local gradients": 15.0, "xad": 7.0}
    if accelerator.native is None:
        least = {"micrograd": 6.0, "local gradients": 1.5}
    for engine, ratio in least.items():
        assert ratios.get(engine, ratio) >= ratio, engine
