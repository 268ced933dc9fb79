"""Code written for micrograd runs when only its imports change."""

import math
import random

import pytest

import autograd
from autograd import Value  # was: from micrograd.engine import Value
from nn import MLP, Layer, Module, Neuron  # was: from micrograd.nn import ...

micrograd_engine = pytest.importorskip("micrograd.engine")
micrograd_nn = pytest.importorskip("micrograd.nn")


def test_the_example_of_its_readme():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_its_sanity_check():
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)


def test_random_seed_gives_the_same_weights_scores_and_gradients():
    random.seed(1337)
    ours = MLP(3, [4, 4, 1])
    random.seed(1337)
    theirs = micrograd_nn.MLP(3, [4, 4, 1])
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    for model in (ours, theirs):
        loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))
        model.zero_grad()
        loss.backward()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert mine.grad == pytest.approx(other.grad, rel=1e-12, abs=1e-12)


def test_the_representations_are_the_same():
    for nin, nouts in ((2, [16, 16, 1]), (3, [1]), (1, [2, 3])):
        assert repr(MLP(nin, nouts)) == repr(micrograd_nn.MLP(nin, nouts))
        assert repr(Layer(nin, 2)) == repr(micrograd_nn.Layer(nin, 2))
        for nonlin in (True, False):
            assert repr(Neuron(nin, nonlin)) == repr(micrograd_nn.Neuron(nin, nonlin))


def _demo(value, mlp, steps):
    """The training loop of micrograd's demo.ipynb, on moons of our own."""
    random.seed(1337)
    X, y = [], []
    for i in range(20):
        angle, side = math.pi * (i // 2) / 9, i % 2
        row = (1 - math.cos(angle), 0.5 - math.sin(angle))
        X.append(row if side else (math.cos(angle), math.sin(angle)))
        y.append(2 * side - 1)
    model = mlp(2, [16, 16, 1])
    assert len(model.parameters()) == 337

    def loss():
        inputs = [list(map(value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        alpha = 1e-4
        reg_loss = alpha * sum(p * p for p in model.parameters())
        accuracy = [(yi > 0) == (s.data > 0) for yi, s in zip(y, scores, strict=True)]
        return data_loss + reg_loss, sum(accuracy) / len(accuracy)

    seen = []
    for k in range(steps):
        total_loss, acc = loss()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        seen.append((total_loss.data, acc))
    return seen


def test_the_moons_demo_gives_the_same_numbers():
    ours = _demo(Value, MLP, 3)
    theirs = _demo(micrograd_engine.Value, micrograd_nn.MLP, 3)
    for (our_loss, our_accuracy), (loss, acc) in zip(ours, theirs, strict=True):
        assert our_loss == pytest.approx(loss, rel=1e-10)
        assert our_accuracy == acc


def test_the_neuron_of_the_lecture():
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.backward()
    for leaf, gradient in ((x1, -1.5), (w1, 1.0), (x2, 0.5), (w2, 0.0)):
        assert leaf.grad == pytest.approx(gradient, abs=1e-9)
    assert n.tanh().data == pytest.approx(o.data, rel=1e-12)
    assert (n._op, len(n._prev)) == ("+", 2)


def test_a_module_of_ones_own_as_in_micrograd():
    class Doubled(Module):
        def __init__(self):
            self.inner = Neuron(2, nonlin=False)
            self.scale = Value(2.0)

        def __call__(self, x):
            return self.inner(x) * self.scale

        def parameters(self):
            return [*self.inner.parameters(), self.scale]

    model = Doubled()
    model([1.0, 2.0]).backward()
    assert model.scale.grad != 0.0
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0] * 4
    assert list(model.state_dict()) == ["inner.w.0", "inner.w.1", "inner.b", "scale"]


def test_pictures_fold_by_layer_and_neuron():
    score = MLP(2, [2, 1], seed=1)([1.0, 2.0])
    assert [scope.name for scope in score.scope.path()] == ["layer 2", "neuron 1"]
    assert score.op is autograd.table.rows.add
