"""A Module is a tree of its parameters: an argument and a result of derivatives and of jit."""

import copy
import dataclasses
import enum
import functools
import gc
import pickle
import weakref

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, grad, hvp, jit, register_tree, tree_leaves, tree_map, value_and_grad
from nn import MLP, Layer, Module, hinge


def loss(model, x, target):
    error = model(x) - target
    return error * error


def by_hand(model, x, target):
    """Return the value and the gradient by backward, on a copy."""
    twin = copy.deepcopy(model)
    value = loss(twin, x, target)
    value.backward()
    return value.data, [parameter.grad for parameter in twin.parameters()]


X = np.random.default_rng(1).normal(size=(6, 2))
Y = np.random.default_rng(2).normal(size=6)


def test_the_gradient_by_a_model_is_a_model_and_leaves_its_own_gradients_alone():
    model = MLP(2, [3, 1], "tanh", seed=1)
    value, slopes = value_and_grad(loss)(model, [0.3, -0.7], 1.0)
    expected, numbers = by_hand(model, [0.3, -0.7], 1.0)
    assert (type(slopes), repr(slopes)) == (MLP, repr(model))
    assert (value, tree_leaves(slopes)) == (expected, numbers)
    assert [p.data for p in slopes.parameters()] == numbers
    assert list(slopes.state_dict()) == list(model.state_dict())
    assert slopes.layers[0].neurons[1].b.data == numbers[5]
    assert all(p.grad == 0.0 for p in model.parameters())
    assert slopes.layers[0].neurons[0].activation is autograd.tanh


def test_a_compiled_step_takes_a_model_and_reads_its_weights_at_each_call():
    model = MLP(2, [3, 1], "tanh", seed=1)
    rows = jit(value_and_grad(loss), in_axes=(None, 0, 0))
    mean = jit(value_and_grad(loss), in_axes=(None, 0, 0), reduce="mean")
    for _ in range(3):
        each = [by_hand(model, list(x), y) for x, y in zip(X, Y, strict=True)]
        values, slopes = rows(model, X, Y)
        np.testing.assert_array_equal(values, [value for value, _ in each])
        assert type(slopes) is MLP
        np.testing.assert_array_equal(
            np.transpose(tree_leaves(slopes)), [numbers for _, numbers in each]
        )
        np.testing.assert_array_equal(slopes.layers[1].neurons[0].b, slopes.parameters()[-1])
        value, slopes = mean(model, X, Y)
        assert value == pytest.approx(np.mean(values))
        assert tree_leaves(slopes) == pytest.approx(np.mean([n for _, n in each], axis=0))
        for parameter, slope in zip(model.parameters(), tree_leaves(slopes), strict=True):
            parameter.data -= 0.1 * slope


def test_a_model_of_the_same_structure_is_served_by_the_same_program():
    traced = []

    @jit
    def f(model, x):
        traced.append(1)
        return model(x)

    one, other = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=2)
    x = [0.5, 1.5]
    for model in (one, other, tree_map(lambda w: w * 2.0, one), copy.deepcopy(one)):
        assert f(model, x) == model(x).data
    assert len(traced) == 1
    for model in (MLP(2, [3, 1], "tanh", seed=1), MLP(2, [2, 1], seed=1)):
        assert f(model, x) == model(x).data
    assert len(traced) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda m: setattr(m, "flag", 1),
        lambda m: setattr(m, "scale", -0.0),
        lambda m: setattr(m.inner, "scale", 3.0),
        lambda m: setattr(m.inner, "act", autograd.sin),
        lambda m: m.table.__setitem__(0, 7.0),
        lambda m: m.table.append(1.0),
        lambda m: m.names.update(b=4.0),
        lambda m: m.offsets.__iadd__(1.0),
        lambda m: setattr(m, "offsets", np.array([5.0])),
        lambda m: m.chosen.add(3),
        lambda m: setattr(m.inner, "w", Value(9.0)),
    ],
)
def test_whatever_is_changed_in_a_model_is_seen_by_the_next_call(change):
    class Inner(Module):
        def __init__(self):
            self.w, self.scale, self.act = Value(2.0), 2.0, autograd.tanh

        def __call__(self, x):
            return self.act(self.w * x) * self.scale

    class Outer(Module):
        def __init__(self):
            self.inner, self.flag, self.scale = Inner(), True, 0.0
            self.table, self.names, self.offsets = [1.0, 2.0], {"a": 3.0}, np.array([0.5])
            self.chosen = {1, 2}

        def __call__(self, x):
            kind = 10.0 if self.flag is True else 20.0
            sides = 1.0 if str(self.scale) == "0.0" else 2.0
            more = sum(self.table) + sum(self.names.values()) + self.offsets[0] + len(self.chosen)
            return self.inner(x) * kind * sides + more

    model = Outer()
    f, slope = jit(lambda m, x: m(x)), jit(grad(lambda m, x: m(x)))
    assert f(model, 0.3) == model(0.3).data
    slope(model, 0.3)
    change(model)
    assert f(model, 0.3) == model(0.3).data
    model(0.3).backward()
    assert tree_leaves(slope(model, 0.3)) == [p.grad for p in model.parameters()]


class Shared(Module):
    def __init__(self):
        self.w = Value(3.0)
        self.again = [self.w, {"w": self.w}]
        self.child = Child(self)
        self.other = self.child

    def __call__(self, x):
        return self.w * x * self.again[0] * self.again[1]["w"] * self.other(x)


class Child(Module):
    def __init__(self, parent):
        self.parent = parent

    def __call__(self, x):
        return self.parent.w + x


def test_shared_parameters_are_one_and_parts_that_hold_the_whole_hold_the_new_whole():
    model = Shared()
    slopes = grad(lambda m, x: m(x))(model, 2.0)
    assert tree_leaves(slopes) == [2.0 * (4 * 27.0 + 3 * 9.0 * 2.0)]  # x (w**4 + x w**3)
    assert slopes.child.parent is slopes
    assert slopes.other is slopes.child
    assert slopes.again[0] is slopes.w is slopes.again[1]["w"]
    assert slopes.child.parent is not model


def test_derivatives_of_models_nest():
    model = MLP(1, [2, 1], "tanh", seed=1)
    x = [0.7]

    def penalty(m):
        return autograd.sum(w * w for w in tree_leaves(grad(lambda m: m(x))(m)))

    twice = grad(penalty)(model)
    numbers, like = tree_leaves(model), tree_map(lambda w: w, model)
    for place, slope in enumerate(tree_leaves(twice)):
        moved = []
        for step in (1e-6, -1e-6):
            leaves = iter([n + step * (i == place) for i, n in enumerate(numbers)])
            moved.append(penalty(tree_map(lambda w, supply=leaves: next(supply), like)))
        assert slope == pytest.approx((moved[0] - moved[1]) / 2e-6, rel=1e-5, abs=1e-8)
    direction = tree_map(lambda w: 1.0, model)
    product = hvp(lambda m: m(x), (model,), (direction,))
    assert type(product) is MLP
    assert tree_leaves(jit(grad(penalty))(model)) == pytest.approx(tree_leaves(twice))


def test_weights_may_be_made_of_a_number_that_is_differentiated_too():
    model = MLP(1, [2, 1], "tanh", seed=1)

    def f(scale):
        return tree_map(lambda w: w * scale, model)([0.7])

    step = 1e-6
    difference = (f(1.5 + step) - f(1.5 - step)) * (1 / (2 * step))
    slope = grad(f)(1.5)
    assert slope == pytest.approx(difference if isinstance(difference, float) else difference.data)
    inner = grad(
        lambda s: tree_leaves(grad(lambda m: m([0.7]))(tree_map(lambda w: w * s, model)))[0]
    )
    assert inner(1.5) != 0.0


def test_a_model_is_trained_by_tree_map_alone():
    model, (rows, labels) = MLP(2, [6, 1], seed=1), nn.data.moons(30, seed=1)
    step = jit(value_and_grad(lambda m, x, t: hinge(m(x), t)), in_axes=(None, 0, 0), reduce="mean")
    rows, labels = np.array(rows), np.array(labels)
    losses = []
    for _ in range(60):
        value, slopes = step(model, rows, labels)
        losses.append(value)
        model = tree_map(lambda w, slope: w - 0.5 * slope, model, slopes)
    assert losses[-1] < 0.4 * losses[0]
    assert type(model) is MLP
    assert nn.fit(model, rows, labels, epochs=1, progress=False)["loss"][0] <= losses[-1] * 1.1


def test_a_model_made_of_another_copies_pickles_and_keeps_what_is_set():
    model = MLP(2, [3, 1], seed=1)
    for use in (copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))):
        slopes = grad(loss)(model, [0.3, -0.7], 1.0)
        assert use(slopes).state_dict() == slopes.state_dict()
    slopes = grad(loss)(model, [0.3, -0.7], 1.0)
    slopes.note = "mine"
    assert slopes.layers[0].neurons[0].nonlin
    assert slopes.note == "mine"
    assert "layers" in vars(slopes)
    with pytest.raises(AttributeError, match="'MLP' object has no attribute 'weights'"):
        slopes.weights  # noqa: B018


def test_arrays_of_values_hold_parameters():
    class Matrix(Module):
        def __init__(self):
            self.w = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])

        def __call__(self, x):
            return (self.w @ x)[1]

    model = Matrix()
    assert list(model.state_dict()) == ["w.0.0", "w.0.1", "w.1.0", "w.1.1"]
    slopes = grad(lambda m, x: m(x))(model, np.array([5.0, 6.0]))
    assert slopes.w.shape == (2, 2)
    assert tree_leaves(slopes) == [0.0, 0.0, 5.0, 6.0]
    nn.fit(model, [[1.0, 2.0]], [3.0], "mse", epochs=2, progress=False)
    assert model.w[1][0].data != 3.0


class Kind(enum.Enum):
    WIDE = 1


@dataclasses.dataclass
class Pair:
    first: object
    second: float


class Slotted(Module):
    __slots__ = ("unit",)

    def __init__(self):
        self.unit, self.w, self.bias = 1.0, Value(2.0), Value(5.0)
        self.kind, self.pair = Kind.WIDE, Pair(Value(3.0), 7.0)
        self.act = self.squared
        self.fast = jit(self.forward)
        self.part = functools.partial(self.scaled, 10.0)

    def squared(self, x):
        return x * x * self.w

    def scaled(self, factor, x):
        return factor * self.w * x

    def forward(self, x):
        return self.w * x + self.bias * self.unit

    def __call__(self, x):
        return self.act(x) + self.fast(x) + self.part(x) + self.pair.first * self.pair.second


def test_methods_compiled_methods_and_objects_inside_are_those_of_the_new_model():
    model = Slotted()
    value, slopes = value_and_grad(lambda m, x: m(x))(model, 3.0)
    assert value == 2.0 * 9.0 + 2.0 * 3.0 + 5.0 + 10.0 * 2.0 * 3.0 + 21.0
    assert slopes.state_dict() == {"w": 9.0 + 3.0 + 30.0, "bias": 1.0, "pair.0": 7.0}
    assert slopes.pair.second == 7.0
    compiled = jit(value_and_grad(lambda m, x: m(x)))(model, 3.0)
    assert (compiled[0], tree_leaves(compiled[1])) == (value, tree_leaves(slopes))


def test_the_copy_of_a_model_computes_with_weights_of_its_own():
    model = Slotted()
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        twin.w.data = 100.0
        assert twin.fast(1.0).data == 105.0
        assert twin(1.0).data == 100.0 + 105.0 + 1000.0 + 21.0
    assert model.fast(1.0).data == 7.0


class Norm:
    def __init__(self, scale):
        self.scale = scale

    def __call__(self, x):
        return [part * self.scale for part in x]


class Normed(Module):
    def __init__(self, norm):
        self.layers = [Layer(2, 2, seed=1), Layer(2, 1, seed=2)]
        self.layers[0].norm = norm

    def __call__(self, x):
        return self.layers[1](self.layers[0].norm(self.layers[0](x)))


@pytest.mark.parametrize(
    "use",
    [
        lambda f, m: f(m),
        lambda f, m: grad(f)(m),
        lambda f, m: jit(f)(m),
        lambda f, m: jit(grad(f))(m),
    ],
)
def test_an_object_that_hides_values_is_named_with_its_place_and_what_to_do(use):
    def f(m):
        return tree_leaves(m) and m([1.0, 2.0])

    with pytest.raises(
        TypeError, match=r"model\.layers\[0\]\.norm is a Norm, .*register_tree\(Norm,"
    ):
        use(f, Normed(Norm(Value(3.0))))


def test_what_the_error_advises_works():
    class Registered(Norm):
        pass

    register_tree(Registered, lambda n: ([n.scale], None), lambda _, parts: Registered(*parts))
    slopes = grad(lambda m: m([1.0, 2.0]))(Normed(Registered(Value(3.0))))
    assert slopes.layers[0].norm.scale.data != 0.0
    plain = Normed(Norm(3.0))
    assert grad(lambda m: m([1.0, 2.0]))(plain).layers[0].norm is plain.layers[0].norm


class Closing(Module):
    def __init__(self):
        self.w = Value(2.0)
        self.rule = lambda x: self.w * x

    def __call__(self, x):
        return self.rule(x)


def test_a_closure_over_the_model_is_named_since_it_would_keep_the_old_weights():
    with pytest.raises(
        TypeError, match=r"model\.rule is a function with the Module in its closure"
    ):
        grad(lambda m, x: m(x))(Closing(), 3.0)


def test_a_model_goes_when_nobody_holds_it():
    model = MLP(2, [3, 1], seed=1)
    f = jit(grad(loss))
    f(model, [1.0, 2.0], 3.0)
    gone = weakref.ref(model)
    gc.disable()
    try:
        del model
        assert gone() is None
    finally:
        gc.enable()


def test_a_module_that_is_nested_too_deep_says_so():
    class Deep(Module):
        pass

    model = Deep()
    model.parts = part = []
    for _ in range(100_000):
        part.append([])
        part = part[0]
    with pytest.raises(ValueError, match="nested too deep"):
        tree_leaves(model)
    model.parts = None
