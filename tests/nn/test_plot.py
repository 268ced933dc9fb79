"""Pictures of learning: what is on them, and what is said without Matplotlib."""

import io
import sys

import pytest

import nn
from nn import MLP, Adam, Module, data, fit, plot

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

X, Y = data.moons(20, noise=0.1, seed=1)


@pytest.fixture(autouse=True)
def _closed():
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def trained():
    model = MLP(2, [4, 4, 1], seed=1)
    film = plot.Film(X, Y, every=2, resolution=12)
    history = fit(
        model,
        X,
        Y,
        "hinge",
        Adam(lr=0.05),
        epochs=6,
        validation=data.moons(10, seed=2),
        engine="eager",
        callbacks=[film],
        progress=False,
    )
    return model, history, film


def _texts(ax):
    return [text.get_text() for text in ax.texts]


def test_curves_show_training_against_validation(trained):
    _, history, _ = trained
    ax = history.plot()
    training, validation = [line for line in ax.lines if len(line.get_xdata()) == 6]
    assert list(training.get_ydata()) == history["loss"]
    assert list(validation.get_ydata()) == history["validation_loss"]
    assert list(training.get_xdata()) == [1, 2, 3, 4, 5, 6]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["training", "validation"]
    assert ax.get_title(loc="left") == f"least validation loss: epoch {history.best_epoch}"
    assert history.plot("accuracy", ax=pyplot.gca()).get_ylabel() == "accuracy"
    assert len(history.plot("learning_rate").lines) == 1
    with pytest.raises(KeyError, match="speed"):
        history.plot("speed")


def test_the_boundary_lies_where_the_score_is_zero():
    line_of = nn.Neuron(2, nonlin=False)
    for parameter, number in zip(line_of.parameters(), (0.5, -1.0, 0.1), strict=True):
        parameter.data = number
    ax = plot.decision_boundary(line_of, X, Y, resolution=60)
    (line,) = [c for c in ax.collections if hasattr(c, "levels")]
    points = [point for path in line.get_paths() for point in path.vertices]
    assert len(points) > 10
    assert all(abs(0.5 * a - b + 0.1) < 2e-3 for a, b in points)
    assert sum(len(c.get_offsets()) for c in ax.collections if c is not line) == 20


def test_classes_have_regions():
    points, labels = data.blobs(30, seed=1)
    model = MLP(2, [3], seed=1)
    fit(model, points, labels, "cross_entropy", Adam(0.1), 20, engine="eager", progress=False)
    ax = plot.decision_boundary(model, points, labels, resolution=15)
    assert len([c for c in ax.collections if hasattr(c, "levels")]) == 6


def test_dead_units_are_named():
    model = MLP(2, [5, 4, 1], seed=3)
    for layer, neuron in ((0, 1), (0, 4), (1, 2)):
        model.layers[layer].neurons[neuron].b.data = -1000.0
    assert nn.dead_units(model, X) == [
        "layer 1, neuron 2",
        "layer 1, neuron 5",
        "layer 2, neuron 3",
    ]
    ax = plot.activation_histograms(model, X)
    assert _texts(ax) == ["dead: neurons 2, 5", "dead: neuron 3"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["layer 1", "layer 2", "layer 3"]


def test_activations_and_gradients_are_those_of_the_model(trained):
    model, _, _ = trained
    first, second, last = nn.activations(model, X)
    assert [len(first[0]), len(second[0]), len(last[0])] == [4, 4, 1]
    assert [row[0] for row in last] == [model(x).data for x in X] == nn.predict(model, X)
    found = nn.gradients(model, X, Y, "hinge")
    model.zero_grad()
    nn.hinge([model(x) for x in X], Y).backward()
    assert [g for layer in found for g in layer] == pytest.approx(
        [p.grad for p in model.parameters()]
    )
    ax = plot.gradient_histograms(model, X, Y)
    assert len(ax.patches) == 3


def test_a_film_has_a_frame_for_every_so_many_epochs(trained):
    _, history, film = trained
    assert film.epochs == [2, 4, 6]
    with pytest.importorskip("PIL.Image").open(io.BytesIO(film.gif())) as image:
        assert image.n_frames == 3
    assert pyplot.gca().get_title(loc="left") == f"epoch 6, loss {history['loss'][-1]:.3f}"
    assert film._repr_html_().startswith("<img alt=")
    with pytest.raises(ValueError, match="no frames"):
        plot.Film(X, Y).animation()


def test_a_model_that_calls_methods_of_values_is_predicted_too():
    class Methods(Module):
        def __init__(self):
            self.w = nn.Neuron(2, seed=1).w

        def __call__(self, x):
            return (self.w[0] * x[0] + self.w[1] * x[1]).tanh()

    model = Methods()
    assert nn.predict(model, X) == [model(x).data for x in X]
    with pytest.raises(TypeError, match="no list of layers"):
        nn.activations(model, X)


def test_what_cannot_be_drawn_is_refused(trained):
    model, _, _ = trained
    with pytest.raises(ValueError, match="in the plane"):
        plot.decision_boundary(model, [[1.0, 2.0, 3.0]], [1])
    with pytest.raises(ValueError, match="resolution"):
        plot.decision_boundary(model, X, Y, resolution=1)
    with pytest.raises(ValueError, match="no rows"):
        nn.predict(model, [])


def test_without_matplotlib_it_says_what_to_install(trained, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"scalar-autograd\[plot\]"):
        trained[1].plot()
