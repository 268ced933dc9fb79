"""Neurons, layers, activations, initialisers and the names of parameters."""

import copy
import math
import pickle
import random

import pytest

import autograd
from autograd import Value
from nn import MLP, Layer, Module, Neuron, fit
from nn.initializers import INITIALIZERS

POINTWISE = ["relu", "tanh", "sigmoid", "softplus", "silu", "sin", "leaky_relu", "elu", "abs"]


@pytest.mark.parametrize("name", POINTWISE)
def test_activations_go_by_name_or_as_callables(name):
    function = getattr(autograd, name)
    neuron = Neuron(2, activation=name, seed=1)
    same = Neuron(2, activation=lambda x: function(x), seed=1)
    x = [0.7, -1.3]
    total = neuron.b.data + neuron.w[0].data * 0.7 + neuron.w[1].data * -1.3
    assert neuron(x).data == same(x).data == function(total)


def test_every_name_is_an_activation_of_one_number_or_refused():
    def accepted(name):
        try:
            MLP(2, [2, 1], name)
        except ValueError:
            return False
        return True

    taken = {name for name in autograd.__all__ if accepted(name)}
    assert {"relu", "tanh", "erf", "leaky_relu", "abs", "round"} <= taken
    assert not taken & {"maximum", "clip", "atan2", "polygamma", "sum", "where", "grad", "graph"}
    for name in taken:
        assert isinstance(MLP(2, [2, 1], name)([0.1, 0.2]), Value)


@pytest.mark.parametrize("name", ["nothing", "Value", "__version__", "", "item", "backward"])
def test_an_activation_that_autograd_has_not_is_refused(name):
    with pytest.raises(ValueError, match="activation"):
        MLP(2, [1], activation=name)


@pytest.mark.parametrize("activation", [3, None, autograd.maximum, lambda a, b: a, lambda: 0.0])
def test_what_is_no_function_of_one_number_is_no_activation(activation):
    with pytest.raises(TypeError, match="activation"):
        MLP(2, [1], activation=activation)


def test_functions_of_all_kinds_are_activations():
    class Swish:
        def __call__(self, x, beta=1.0):
            return x * autograd.sigmoid(beta * x)

    for activation in (Swish(), Swish().__call__, Value.tanh, lambda *x: x[0], max, autograd.relu):
        assert MLP(2, [1], activation=activation)


def test_representations_tell_the_activation():
    assert repr(Neuron(2, activation="leaky_relu")) == "LeakyReLUNeuron(2)"
    assert repr(Neuron(2, activation="tanh")) == "TanhNeuron(2)"
    assert repr(Neuron(2, nonlin=False, activation="tanh")) == "LinearNeuron(2)"
    assert repr(Neuron(1, activation=lambda x: x)) == "LambdaNeuron(1)"


def test_seeds_are_explicit():
    def weights(**seed):
        return MLP(3, [4, 2], **seed).state_dict()

    assert weights(seed=5) == weights(seed=5) == weights(seed=random.Random(5))
    assert weights(seed=5) != weights(seed=6)
    before = random.getstate()
    weights(seed=5)
    assert random.getstate() == before
    with pytest.raises(TypeError, match="seed"):
        weights(seed="5")


@pytest.mark.parametrize(
    ("name", "deviation", "bound"),
    [
        ("uniform", 1 / math.sqrt(3), 1.0),
        ("xavier", math.sqrt(2 / (40 + 60)), math.sqrt(6 / (40 + 60))),
        ("he", math.sqrt(2 / 40), math.inf),
    ],
)
def test_initializers_have_the_spread_of_their_papers(name, deviation, bound):
    layer = Layer(40, 60, initializer=name, seed=9)
    numbers = [w.data for neuron in layer.neurons for w in neuron.w]
    mean = sum(numbers) / len(numbers)
    spread = math.sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))
    assert abs(mean) < 4 * deviation / math.sqrt(len(numbers))
    assert spread == pytest.approx(deviation, rel=0.05)
    assert max(map(abs, numbers)) <= bound
    assert [neuron.b.data for neuron in layer.neurons] == [0.0] * 60
    given = Layer(40, 60, initializer=INITIALIZERS[name], seed=9)
    assert given.state_dict() == layer.state_dict()


def test_sizes_and_inputs_are_checked():
    for sizes in (0, -1):
        with pytest.raises(ValueError, match="at least 1"):
            MLP(2, [sizes])
    for sizes in (2.0, "2", True):
        with pytest.raises(TypeError, match="whole number"):
            MLP(2, [sizes])
    with pytest.raises(ValueError, match="layer sizes"):
        MLP(2, [])
    with pytest.raises(ValueError, match="initializer"):
        MLP(2, [1], initializer="best")
    for row in ([1.0], [1.0, 2.0, 3.0], []):
        with pytest.raises(ValueError, match="takes 2 inputs"):
            MLP(2, [3, 1])(row)
    with pytest.raises(TypeError):
        MLP(2, [3, 1])(["a", "b"])


def test_a_hidden_layer_of_one_neuron_feeds_the_next():
    model = MLP(2, [1, 3, 1], seed=2)
    x = [0.4, 0.9]
    hidden = model.layers[0](x)
    assert model(x).data == model.layers[2](model.layers[1]([hidden])).data
    assert len(MLP(2, [4, 3], seed=1)(x)) == 3


def test_gradients_reach_every_parameter_as_differences_say():
    model = MLP(2, [3, 2, 1], activation="tanh", seed=4)
    x = [0.3, -0.8]
    model(x).backward()
    for parameter in model.parameters():
        at = parameter.data
        parameter.data = at + 1e-6
        above = model(x).data
        parameter.data = at - 1e-6
        below = model(x).data
        parameter.data = at
        assert parameter.grad == pytest.approx((above - below) / 2e-6, rel=1e-6, abs=1e-9)


class Knot(Module):
    """Shared, nested and odd attributes."""

    def __init__(self):
        self.shared = Value(1.0)
        self.also = self.shared
        self.nested = {"a": [Value(2.0), (Value(3.0), Neuron(1, seed=1))], "text": "w"}
        self.itself = self
        self.result = self.shared * 2.0
        self.number = 7.0


def test_parameters_are_found_once_and_named_by_their_path():
    names = ["shared", "nested.a.0", "nested.a.1.0", "nested.a.1.1.w.0", "nested.a.1.1.b"]
    assert [name for name, _ in Knot().named_parameters()] == names
    assert len({id(p) for p in Knot().parameters()}) == 5
    with pytest.raises(NotImplementedError, match="Knot must have a method __call__"):
        Knot()([1.0])


def test_models_pickle_and_copy_with_gradients_of_their_own():
    model = MLP(2, [3, 1], seed=1)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert other.state_dict() == model.state_dict()
        assert repr(other) == repr(model)
        other([1.0, 2.0]).backward()
        assert any(p.grad != 0.0 for p in other.parameters())
        assert not any(p.grad for p in model.parameters())


def test_labels_name_the_weights_in_pictures_and_errors():
    neuron = Neuron(3, seed=1)
    assert [p.label for p in neuron.parameters()] == ["w0", "w1", "w2", "b"]
    neuron.w[1].data = 1e308
    with autograd.detect_anomaly(), pytest.raises(FloatingPointError, match="w1"):
        neuron([1.0, 1e10, 1.0])


def test_parameters_of_one_name_are_refused():
    class Ambiguous(Module):
        def __init__(self):
            self.d = {"a.b": Value(1.0), "a": {"b": Value(2.0)}}

    for use in (Module.state_dict, lambda model: model.load_state_dict({"d.a.b": 1.0})):
        with pytest.raises(ValueError, match=r"'d\.a\.b'"):
            use(Ambiguous())


def test_a_row_of_a_frame_is_one_and_a_frame_is_none():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    model = MLP(2, [3, 1], seed=1)
    columns = {"a": [1.0, 3.0], "b": [2.0, 4.0]}
    frames = pandas.DataFrame(columns), polars.DataFrame(columns)
    expected = model([1.0, 2.0]).data
    assert model(frames[0].iloc[0]).data == model(frames[1].row(0)).data == expected
    for frame in (*frames, frames[0][:1], frames[1][0]):
        with pytest.raises(ValueError, match=r"for x in X.to_numpy\(\)\]$"):
            model(frame)
    for other, words in ((dict(columns), "a dict: write"), ("ab", "a str"), ({1.0, 2.0}, "a set")):
        with pytest.raises(TypeError, match=words):
            model(other)


def test_a_loss_that_fails_is_told_what_it_was_given():
    with pytest.raises(TypeError, match="not subscriptable") as caught:
        fit(MLP(2, [1]), [[1.0, 2.0]], [1.0], lambda score, y: (score - y[0]) ** 2, progress=False)
    assert caught.value.__notes__[-1].endswith("with a Value and a float (score, target)")
