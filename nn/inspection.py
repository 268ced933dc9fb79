"""The inside of a model: scores, the outputs of every neuron, gradients, dead units."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import autograd
from nn.errors import KindError
from nn.habits import asking
from nn.inputs import (
    check_fit,
    checked,
    checked_rows,
    class_named,
    classes_of,
    codes_of,
)
from nn.losses import Loss, loss_named
from nn.module import Module, check_module, numbers_of
from nn.names import check_features, known_classes
from nn.structure import layout_of


@asking("predict(model, X)")
def predict(model: Module, X: object, scores: bool = False) -> list[Any]:
    """Return the scores of every row as plain numbers, or the names of their classes.

    Args:
        model: a Module; it is called with one row.
        X: rows of numbers, an array, or a data frame.
        scores: whether to return scores also where the model was trained on names of classes.

    Returns:
        A float for each row, or a list (or dict) of floats where the model has more outputs; of a
        model that ``fit`` has trained on names of classes, a name for each row. Where y had numbers
        (0 and 1, -1 and 1, class numbers) these are scores: of two classes it is the second one
        where the score is above 0, of more the one with the largest score.

    Raises:
        ValueError: rows are not equally long, or do not fit the model; or a data frame has not
            the columns of the one that ``fit`` was given, in their order.
        TypeError: the model is no Module, or something is not a number.

    Example:
        >>> from nn import MLP
        >>> scores = predict(MLP(2, [3, 1], seed=1), [[1.0, 2.0], [0.0, 0.0]])
        >>> len(scores), scores[1]
        (2, 0.0)
        >>> [1 if score > 0 else -1 for score in scores][1]
        -1
        >>> import numpy
        >>> numpy.argmax(predict(MLP(2, [3, 4], seed=1), [[1.0, 2.0], [0.0, 1.0]]), axis=1).shape
        (2,)
    """
    check_module(model)
    check_features(model, X)
    classes, found = known_classes(model), _scores(model, checked_rows(X))
    return found if scores or not classes else [class_named(classes, score) for score in found]


def _scores(model: Module, rows: list[list[float]]) -> list[Any]:
    layout = layout_of(model)
    with autograd.no_grad():
        first = numbers_of(model(rows[0]))
        if not layout.recipe(model).refusal:
            with contextlib.suppress(Exception):  # it asks for what only Values have
                on_numbers = layout.recipe(model).on_numbers([p.data for p in layout.parameters])
                if repr(numbers_of(on_numbers(rows[0]))) == repr(first):  # much faster
                    return [first, *[numbers_of(on_numbers(row)) for row in rows[1:]]]
        return [first, *[numbers_of(model(row)) for row in rows[1:]]]


@asking("activations(model, X)")
def activations(model: Module, X: object) -> list[list[list[float]]]:
    """Return the outputs of every layer for every row.

    Args:
        model: an MLP, or another Module with a list ``layers`` that are called in order.
        X: rows of numbers.

    Returns:
        For each layer, for each row, the outputs of its neurons.

    Raises:
        TypeError: the model has no layers.
        ValueError: rows are not equally long, or do not fit the model.

    Example:
        >>> from nn import MLP
        >>> hidden, last = activations(MLP(2, [3, 1], seed=1), [[1.0, 2.0], [0.0, 0.0]])
        >>> len(hidden), len(hidden[0]), last[1]
        (2, 3, [0.0])
    """
    layers = _layers(model)
    check_features(model, X)
    outputs: list[list[list[float]]] = [[] for _ in layers]
    for row in checked_rows(X):
        x: Any = row
        for layer, seen in zip(layers, outputs, strict=True):
            out = layer(x)
            x = out if isinstance(out, (list, tuple)) else [out]
            seen.append([numbers_of(value) for value in x])
    return outputs


@asking("dead_units(model, X)")
def dead_units(model: Module, X: object) -> list[str]:
    """Return the names of the hidden neurons whose output is 0 for every row.

    Such a relu passes no gradient, so training on these rows cannot revive it.

    Args:
        model: an MLP, or another Module with a list ``layers`` that are called in order.
        X: rows of numbers, such as those of training.

    Returns:
        Names such as "layer 1, neuron 4".

    Raises:
        TypeError: the model has no layers.
        ValueError: rows are not equally long, or do not fit the model.

    Example:
        >>> from nn import MLP
        >>> model = MLP(1, [2, 1], seed=1)
        >>> model.layers[0].neurons[1].b.data = -100.0
        >>> dead_units(model, [[-1.0], [1.0]])
        ['layer 1, neuron 2']
    """
    return [
        f"layer {layer}, neuron {neuron}"
        for layer, rows in enumerate(activations(model, X)[:-1], 1)
        for neuron, outputs in enumerate(zip(*rows, strict=True), 1)
        if not any(outputs)
    ]


@asking("gradients(model, X, y)")
def gradients(model: Module, X: object, y: object, loss: str | Loss = "hinge") -> list[list[float]]:
    """Return the derivative of the mean loss by every parameter, layer by layer.

    Args:
        model: an MLP, or another Module with a list ``layers``.
        X: rows of numbers.
        y: the label or target of each row.
        loss: a name, or a function of (score, target) of one row.

    Returns:
        For each layer the derivatives by its parameters; every ``.grad`` is 0.0 afterwards.

    Raises:
        TypeError: the model has no layers.
        ValueError: data or labels do not fit.

    Example:
        >>> from nn import MLP
        >>> hidden, last = gradients(MLP(2, [3, 1], seed=1), [[1.0, 2.0]], [1.0])
        >>> len(hidden), len(last)
        (9, 4)
    """
    check_module(model)
    layers, criterion = _layers(model), loss_named(loss)
    check_features(model, X)
    classes = classes_of(model, y)
    rows, targets = checked(X, y, "", classes, codes_of(classes, criterion) if classes else [])
    check_fit(model, criterion, rows, targets)
    model.zero_grad()
    autograd.mean(map(criterion, map(model, rows), targets)).backward()
    found = [[parameter.grad for parameter in layer.parameters()] for layer in layers]
    model.zero_grad()
    return found


def _layers(model: Module) -> Sequence[Module]:
    layers = getattr(model, "layers", None)
    if not isinstance(layers, (list, tuple)) or not layers:
        raise KindError(f"{type(model).__name__} has no list of layers to look into")
    return layers
