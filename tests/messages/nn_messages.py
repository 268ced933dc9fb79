"""Messages of nn: as in core_messages."""

import datetime
import functools
import io
import json
import math
import pickle
import random
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import numpy
import pandas
import polars
import scipy.sparse
from missing_messages import without
from sklearn.datasets import load_wine, make_classification
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import autograd
import nn
from autograd import Value, relu, tree_leaves
from nn import MLP, Adam, Module, fit
from nn.shards import Problem

X, Y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1.0, -1.0, 1.0]
run = functools.partial(fit, epochs=1, progress=False, engine="eager", seed=0)


FRAME = pandas.DataFrame(X, columns=["a", "b"])


def framed():
    return nn.Classifier((2,), max_iter=1, random_state=0).fit(FRAME, ["u", "v", "v"])


def model(*sizes):
    return MLP(2, list(sizes) or [1], seed=0)


def trained(network=None, X=X, Y=Y, **options):
    return run(network or model(), X, Y, **options)


def written(text):
    path = Path(tempfile.mkdtemp(), "weights.json")
    path.write_text(text)
    return path


def saved():
    path = Path(tempfile.mkdtemp(), "weights.json")
    nn.save(model(), path)
    return path


def matrix_of_values():
    return numpy.array([[Value(1.0), Value(2.0)]] * 2)


def scaled():
    return make_pipeline(StandardScaler(), nn.Classifier((2,), max_iter=2)).fit(X, Y)


def repeated(times):
    rows = numpy.repeat(numpy.arange(len(Y)), times)
    return numpy.array(X)[rows], numpy.array(Y)[rows]


def frame(*columns):
    return pandas.DataFrame(X, columns=columns)


def of_frame():
    network = model()
    trained(network, frame("a", "b"))
    return network


class Nothing(Module):
    def __call__(self, x):
        return Value(1.0) * x[0]


class Silent(Module):
    pass


FIT = [
    ("engine must be", lambda: trained(engine="cuda"), lambda: trained(engine="eager")),
    (
        "optimizer must be one",
        lambda: trained(optimizer="adam"),
        lambda: trained(optimizer=Adam(lr=0.01)),
    ),
    ("there is no loss", lambda: trained(loss="hing"), lambda: trained(loss="hinge")),
    (
        "there is no loss 'mean_squared_error': write loss='mse'",
        lambda: trained(loss="mean_squared_error"),
        lambda: trained(loss="mse"),
    ),
    (
        r"y\[1\] is None, and others are names: give each row a name, or leave the row out",
        lambda: trained(Y=["a", None, "b"]),
        lambda: trained(X=[X[0], X[2]], Y=["a", "b"]),
    ),
    (
        r"targets are names of classes, .* write accuracy\(predict\(model, X\), y\)",
        lambda: nn.accuracy([1.0, -1.0], ["a", "b"]),
        lambda: nn.accuracy(["a", "b"], ["a", "b"]) == 1.0,
    ),
    (
        "no attribute 'l1_loss': it is nn.mae",
        lambda: nn.l1_loss,
        lambda: nn.mae([1.0], [2.0]) == 1.0,
    ),
    (
        r"no attribute 'train_test_split': write .* = nn.data.split\(X, y, 0.2\)",
        lambda: nn.train_test_split,
        lambda: nn.data.split(X, Y, 0.4),
    ),
    (
        r"no attribute 'evaluate': write nn.accuracy\(nn.predict\(model, X\), y\), or a loss of",
        lambda: model().evaluate(X, Y),
        lambda: nn.accuracy(nn.predict(model(), X), Y) <= 1.0,
    ),
    (
        r"should match .*\n.*\n?write X\[\[\*estimator.feature_names_in_\]\]",
        lambda: framed().predict(FRAME[["b", "a"]]),
        lambda: framed().predict(FRAME[["b", "a"]][[*framed().feature_names_in_]]),
    ),
    (
        r"(?s)should match .*write X\[\[\*estimator.feature_names_in_\]\]",
        lambda: framed().predict(FRAME.assign(c="text")),
        lambda: framed().predict(FRAME.assign(c="text")[[*framed().feature_names_in_]]),
    ),
    (
        r"y has 2 columns, .* nn.fit\(nn.MLP\(X.shape\[1\], \[16, 2\]\), X, y, loss='mse'\)",
        lambda: nn.Regressor().fit(FRAME, FRAME),
        lambda: run(nn.MLP(FRAME.shape[1], [16, 2]), FRAME, FRAME, loss="mse"),
    ),
    (
        r"class_weight has 'c', which is none of the labels: they are \['a', 'b'\]",
        lambda: nn.Classifier(class_weight={"c": 2.0}, max_iter=1).fit(X, ["a", "b", "b"]),
        lambda: nn.Classifier(class_weight={"b": 2.0}, max_iter=1).fit(X, ["a", "b", "b"]),
    ),
    (
        r"class_weight gives the weights \[1.0, -1.0\]: give finite ones, 0 or more",
        lambda: nn.Classifier(class_weight={"b": -1.0}, max_iter=1).fit(X, ["a", "b", "b"]),
        lambda: nn.Classifier(class_weight={"b": 0.0}, max_iter=1).fit(X, ["a", "b", "b"]),
    ),
    (
        r"class_weight is a dict of numbers by label, as {'a': 2.0}, 'balanced' or None, and was",
        lambda: nn.Classifier(class_weight="auto", max_iter=1).fit(X, ["a", "b", "b"]),
        lambda: nn.Classifier(class_weight={"a": 2.0}, max_iter=1).fit(X, ["a", "b", "b"]),
    ),
    (
        r"class_weight is a dict of numbers by label, .* and was {'a': 'much'}",
        lambda: nn.Classifier(class_weight={"a": "much"}, max_iter=1).fit(X, ["a", "b", "b"]),
        lambda: nn.Classifier(class_weight="balanced", max_iter=1).fit(X, ["a", "b", "b"]),
    ),
    (
        r"Regressor: .* it is a setting of a classifier: nn.Classifier\(class_weight='balanced'",
        lambda: nn.Regressor(class_weight="balanced"),
        lambda: nn.Classifier(class_weight="balanced"),
    ),
    ("loss must be a name", lambda: trained(loss=3), lambda: trained(loss=nn.mse)),
    (
        "validation must be a pair",
        lambda: trained(validation=X),
        lambda: trained(validation=(X, Y)),
    ),
    (
        "patience watches",
        lambda: trained(patience=1),
        lambda: trained(patience=1, validation=(X, Y)),
    ),
    ("no parameters to train", lambda: trained(Nothing()), lambda: trained(model())),
    ("model must be an nn.Module", lambda: fit(3, X, Y), lambda: trained(model())),
    (
        "metrics must be a dict",
        lambda: trained(metrics=[nn.accuracy]),
        lambda: trained(metrics={"accuracy": nn.accuracy}),
    ),
    (
        "metrics must be functions",
        lambda: trained(metrics={"a": 3}),
        lambda: trained(metrics={"a": nn.accuracy}),
    ),
    (
        "column 'loss' of its own",
        lambda: trained(metrics={"loss": nn.accuracy}),
        lambda: trained(metrics={"mine": nn.accuracy}),
    ),
    (
        "callbacks must be functions",
        lambda: trained(callbacks=[3]),
        lambda: trained(callbacks=[lambda h, m: None]),
    ),
    ("there is no folder", lambda: trained(checkpoint="/nowhere/at/all/c.json"), None),
    ("must be the path of a file", lambda: trained(checkpoint=3), None),
    ("X has 3 rows, and y has 2", lambda: trained(Y=Y[:2]), lambda: trained(X=X[:2], Y=Y[:2])),
    ("X has no rows", lambda: trained(X=[], Y=[]), lambda: trained()),
    (
        r"write \[\[x\] for x in X\]",
        lambda: trained(MLP(1, [1]), X=[1.0, 2.0, 3.0]),
        lambda: trained(MLP(1, [1]), X=[[x] for x in (1.0, 2.0, 3.0)]),
    ),
    ("must be a list or an array", lambda: trained(X=3), lambda: trained()),
    (
        "leave such rows out",
        lambda: trained(X=[[0.0, float("nan")], *X[1:]]),
        lambda: trained(X=X[1:], Y=Y[1:]),
    ),
    ("equally long", lambda: trained(X=[[0.0], *X[1:]]), lambda: trained()),
    ("others are names", lambda: trained(Y=["a", 1.0, "b"]), lambda: trained(Y=["a", "b", "b"])),
    (
        "takes numbers",
        lambda: trained(Y=["a", "b", "b"], loss="mse"),
        lambda: trained(Y=["a", "b", "b"], loss="hinge"),
    ),
    (
        r"cannot tell the 3 classes .*: take loss='cross_entropy', and a model of 3 outputs",
        lambda: trained(Y=["a", "b", "c"], loss="hinge"),
        lambda: trained(model(3), Y=["a", "b", "c"], loss="cross_entropy"),
    ),
    (
        "y has one class, 'a': give rows of two classes",
        lambda: trained(Y=["a", "a", "a"]),
        lambda: trained(Y=["a", "b", "a"]),
    ),
    (
        r"y must be a list or an array, and is a str .*: a column of a data frame is frame\['a'\]",
        lambda: trained(X=FRAME[["b"]], Y="a"),
        lambda: trained(MLP(1, [1], seed=0), X=FRAME[["b"]], Y=FRAME["a"], loss="mse"),
    ),
    (
        r"X must be .* and is a dict: write pandas.DataFrame\(X\) of columns by name",
        lambda: nn.Classifier().fit(dict(FRAME), ["u", "v", "v"]),
        lambda: trained(X=pandas.DataFrame(dict(FRAME))),
    ),
    (
        r"and is a dict: .* \[\[\*X.values\(\)\]\] of one row",
        lambda: nn.predict(model(), {"a": 1.0, "b": 2.0}),
        lambda: nn.predict(model(), [[*{"a": 1.0, "b": 2.0}.values()]]),
    ),
    (
        r"and is a str .*: pandas.read_csv\('rows.csv'\) reads a file",
        lambda: trained(X="rows.csv"),
        lambda: trained(X=FRAME),
    ),
    (
        r"a column of a data frame is frame\['a'\]",
        lambda: nn.Regressor().fit(FRAME, "a"),
        lambda: nn.Regressor((2,), max_iter=1).fit(FRAME[["b"]], FRAME["a"]),
    ),
    (
        r"takes 3 inputs, and was given 2: .*, or make the model for 2, as MLP\(2, \[16, 1\]\)",
        lambda: trained(MLP(3, [16, 1])),
        lambda: trained(MLP(2, [16, 1])),
    ),
    (
        r"Weights are as large as .*: take a smaller learning rate than 1e..6: lr=0.01 of the op",
        lambda: trained(model(4, 1), loss="mse", optimizer=nn.SGD(lr=1e6), epochs=30),
        lambda: trained(model(4, 1), loss="mse", optimizer=nn.SGD(lr=0.01), epochs=30),
    ),
    (
        "at least two outputs",
        lambda: trained(Y=[0, 1, 0], loss="cross_entropy"),
        lambda: trained(model(3), Y=[0, 1, 0], loss="cross_entropy"),
    ),
    (
        "a model of 2 scores takes labels",
        lambda: trained(model(2), Y=["a", "b", "c"], loss="cross_entropy"),
        lambda: trained(model(3), Y=["a", "b", "c"], loss="cross_entropy"),
    ),
    (
        r"one score, and y has rows of one number: write y.ravel\(\) of an array",
        lambda: trained(Y=numpy.ones((3, 1)), loss="mse"),
        lambda: trained(Y=numpy.ones((3, 1)).ravel(), loss="mse"),
    ),
    (
        "2 scores, and y has one target a row: end the model with one output",
        lambda: trained(model(2), Y=[1.0, 2.0, 3.0], loss="mse"),
        lambda: trained(model(1), Y=[1.0, 2.0, 3.0], loss="mse"),
    ),
    (
        "one score, and y has rows of 2: end the model with as many outputs",
        lambda: trained(model(1), Y=[[1.0, 2.0]] * 3, loss="mse"),
        lambda: trained(model(2), Y=[[1.0, 2.0]] * 3, loss="mse"),
    ),
    (
        r"write numpy.unique\(y, return_inverse=True\)\[1\], or take nn.Classifier",
        lambda: trained(model(2), Y=[5, 7, 7], loss="cross_entropy"),
        lambda: trained(
            model(2), Y=numpy.unique([5, 7, 7], return_inverse=True)[1], loss="cross_entropy"
        ),
    ),
    (
        "labels 0 and 1",
        lambda: trained(Y=[0, 1, 7], loss="binary_cross_entropy"),
        lambda: trained(Y=[0, 1, 1], loss="binary_cross_entropy"),
    ),
    (
        "takes labels -1 and 1",
        lambda: trained(Y=[0, 1, 7], loss="hinge"),
        lambda: trained(Y=[-1, 1, 1], loss="hinge"),
    ),
    (
        "must be a Value computed",
        lambda: trained(loss=lambda score, target: "a"),
        lambda: trained(loss=lambda score, target: (score - target) ** 2),
    ),
    ("is this under no_grad", lambda: autograd.no_grad(trained)(), lambda: trained(loss="mse")),
    ("epochs must be at least", lambda: trained(epochs=-1), lambda: trained(epochs=1)),
    ("epochs must be a whole number", lambda: trained(epochs=1.5), lambda: trained(epochs=1)),
    ("executor must be an object", lambda: trained(executor=3), None),
]
PARTS = [
    (
        "activation is one of these",
        lambda: MLP(2, [1], activation="rule"),
        lambda: MLP(2, [2, 1], activation="relu"),
    ),
    (
        "activation must be a name",
        lambda: MLP(2, [1], activation=3),
        lambda: MLP(2, [2, 1], activation=relu),
    ),
    ("a list of layer sizes", lambda: MLP(2, 3), lambda: MLP(2, [3])),
    ("seed must be a whole number", lambda: MLP(2, [1], seed="a"), lambda: MLP(2, [1], seed=1)),
    ("takes 2 inputs", lambda: model()([1.0]), lambda: model()([1.0, 2.0])),
    ("must have a method __call__", lambda: Silent()([1.0]), lambda: Nothing()([1.0])),
    (
        "write model.parameters",
        lambda: Adam(0.1).step(model()),
        lambda: Adam(0.1).step(model().parameters()),
    ),
    ("a list of Values", lambda: Adam(0.1).step(3), lambda: Adam(0.1).step([Value(1.0)])),
    (
        "number 0 of those given",
        lambda: Adam(0.1).step([3.0]),
        lambda: Adam(0.1).step([Value(3.0)]),
    ),
    ("lr must be", lambda: Adam(lr=-1.0), lambda: Adam(lr=0.01)),
    (
        "give momentum",
        lambda: nn.SGD(0.1, nesterov=True),
        lambda: nn.SGD(0.1, momentum=0.9, nesterov=True),
    ),
    (
        "make a new optimiser",
        lambda: other_weights(Adam(0.1)),
        lambda: Adam(0.1).step([Value(1.0)] * 2),
    ),
    (
        "takes a dict of numbers by name",
        lambda: model().load_state_dict(3),
        lambda: model().load_state_dict(model().state_dict()),
    ),
    (
        "the names do not fit",
        lambda: model().load_state_dict({"a": 1.0}),
        lambda: model().load_state_dict(model().state_dict()),
    ),
    (
        "delta must be more than 0",
        lambda: nn.huber(Value(1.0), 2.0, delta=0.0),
        lambda: nn.huber(Value(1.0), 2.0, delta=1.0),
    ),
    (
        "as many scores as targets",
        lambda: nn.mse([Value(1.0)], [1.0, 2.0]),
        lambda: nn.mse([Value(1.0)], [1.0]),
    ),
    ("hinge: takes labels", lambda: nn.hinge(Value(1.0), 0.5), lambda: nn.hinge(Value(1.0), 1)),
    (
        r"write cross_entropy\(scores, target\)",
        lambda: nn.cross_entropy(0, [Value(1.0)] * 2),
        lambda: nn.cross_entropy([Value(1.0)] * 2, 0),
    ),
    (
        r"is 1 \(int\): all sizes of layers go in one list, MLP\(2, \[16, 1\]\)",
        lambda: nn.MLP(2, [16], 1),
        lambda: nn.MLP(2, [16, 1]),
    ),
    (
        r"'MLP' object has no attribute 'params'; did you mean parameters\?",
        lambda: model().params(),
        lambda: model().parameters(),
    ),
    (
        r"'SGD' object has no attribute 'stpe'; did you mean step\?",
        lambda: nn.SGD(lr=0.1).stpe,
        lambda: nn.SGD(lr=0.1).step,
    ),
    (
        r"'nn' has no attribute 'acuracy'; did you mean accuracy\?",
        lambda: nn.acuracy,
        lambda: nn.accuracy,
    ),
    (
        "takes a list of scores",
        lambda: nn.cross_entropy(Value(1.0), 0),
        lambda: nn.cross_entropy([Value(1.0)] * 2, 0),
    ),
    (
        "from 0 to 1",
        lambda: nn.cross_entropy([Value(1.0)] * 2, 5),
        lambda: nn.cross_entropy([Value(1.0)] * 2, 1),
    ),
    (
        "a target is a whole number",
        lambda: nn.cross_entropy([Value(1.0)] * 2, 0.5),
        lambda: nn.cross_entropy([Value(1.0)] * 2, 1),
    ),
    (
        "as many scores as targets; there are 1 and 2",
        lambda: nn.accuracy([1.0], [1, -1]),
        lambda: nn.accuracy([1.0], [1]),
    ),
    (
        r"hinge: a target is a number, and was 'up': nn.fit takes classes by name",
        lambda: nn.hinge(Value(1.0), "up"),
        lambda: nn.hinge(Value(1.0), {"up": 1.0, "down": -1.0}["up"]),
    ),
    (
        r"a target is a whole number, and was \[0, 1\]; .* it is int\(numpy.argmax\(target\)\)",
        lambda: nn.cross_entropy([Value(1.0)] * 2, [0, 1]),
        lambda: nn.cross_entropy([Value(1.0)] * 2, int(numpy.argmax([0, 1]))),
    ),
    (
        r"MLP takes one row, .* given 2 arguments: write model\(\[x1, x2\]\)",
        lambda: model()(0.5, 1.0),
        lambda: model()([0.5, 1.0]),
    ),
    (
        r"Layer takes one row, .* or \[model\(x\) for x in X\] for rows",
        lambda: nn.Layer(2, 3)(*X),
        lambda: [nn.Layer(2, 3)(x) for x in X],
    ),
    ("Neuron takes one row", lambda: nn.Neuron(2)(1.0, 2.0), lambda: nn.Neuron(2)([1.0, 2.0])),
    (
        r"array\(\[Value.* write parameters.ravel\(\)",
        lambda: nn.SGD(0.1).step(matrix_of_values()),
        lambda: nn.SGD(0.1).step(matrix_of_values().ravel()),
    ),
    (
        r"number 0 of those given is \[.* write autograd.tree_leaves\(parameters\)",
        lambda: nn.SGD(0.1).step([[Value(1.0)]]),
        lambda: nn.SGD(0.1).step(tree_leaves([[Value(1.0)]])),
    ),
    (
        r"given a mapping: write parameters.values\(\)",
        lambda: nn.SGD(0.1).step({"w": Value(1.0)}),
        lambda: nn.SGD(0.1).step({"w": Value(1.0)}.values()),
    ),
    (
        r"weights of shape \(2,\) and a gradient of shape \(3,\): give one slope for each weight",
        lambda: nn.SGD(0.1).updated(numpy.ones(2), numpy.ones(3)),
        lambda: nn.SGD(0.1).updated(numpy.ones(2), numpy.ones(2)),
    ),
    (
        r"activation must be .* is None \(NoneType\): .*, write activation=lambda x: x",
        lambda: nn.Layer(2, 1, activation=None),
        lambda: nn.Layer(2, 1, activation=lambda x: x),
    ),
    (
        r"validation must be a pair .* nn.data.split\(X, y, 0.2\)",
        lambda: trained(validation=0.2),
        lambda: trained(validation=nn.data.split(X, Y, 0.4, seed=0)[1]),
    ),
    (
        r"module 'nn' has no attribute 'softmax': it is autograd.softmax",
        lambda: nn.softmax,
        lambda: autograd.softmax,
    ),
    (
        "cannot import name 'make_moons' from 'nn.data': it is nn.data.moons",
        lambda: imported("make_moons", "nn.data"),
        lambda: nn.data.moons(4, seed=1),
    ),
    ("'load_iris': it is nn.data.iris", lambda: nn.data.load_iris, lambda: nn.data.iris()),
    (
        r"it is nn.schedules.step_decay\(0.1, every=10, factor=0.1\)",
        lambda: nn.schedules.StepLR,
        lambda: trained(schedule=nn.schedules.step_decay(0.1, every=10, factor=0.1)),
    ),
    (
        r"step_decay\(0.1, every=1, factor=0.95\)",
        lambda: nn.schedules.exponential,
        lambda: trained(schedule=nn.schedules.step_decay(0.1, every=1, factor=0.95)),
    ),
    (
        r"schedule=lambda epoch: 0.1 \* 0.95\*\*epoch",
        lambda: nn.schedules.LambdaLR,
        lambda: trained(schedule=lambda epoch: 0.1 * 0.95**epoch),
    ),
    (
        r"initializer=lambda generator, nin, nout: generator.gauss\(0.0, 0.1\)",
        lambda: nn.initializers.normal,
        lambda: nn.MLP(
            2, [16, 1], initializer=lambda generator, nin, nout: generator.gauss(0.0, 0.1)
        ),
    ),
    ("or initializer=.he.", lambda: nn.initializers.kaiming, lambda: MLP(2, [1], initializer="he")),
    (
        "nn.Classifier and nn.Regressor take what sklearn.datasets reads as it is",
        lambda: nn.data.load_wine,
        lambda: nn.Classifier((2,), max_iter=1).fit(*load_wine(return_X_y=True)),
    ),
    (
        "nn.Classifier and nn.Regressor take what sklearn.datasets makes as it is",
        lambda: nn.data.make_classification,
        lambda: nn.Classifier((2,), max_iter=1).fit(*make_classification(20)),
    ),
    (
        r"nn.plot.curves\(history\)",
        lambda: nn.plot.loss_curve,
        lambda: nn.plot.curves(trained()),
    ),
    (
        "ConfusionMatrixDisplay.from_predictions",
        lambda: nn.plot.confusion_matrix,
        lambda: ConfusionMatrixDisplay.from_predictions(["u", "v", "v"], framed().predict(FRAME)),
    ),
    (
        "cannot import name 'split' from 'nn': it is nn.data.split",
        lambda: exec("from nn import split"),
        lambda: nn.data.split,
    ),
    (
        "has no attribute 'predict_proba': .* autograd.sigmoid",
        lambda: nn.predict_proba,
        lambda: autograd.sigmoid(model()(X[0])),
    ),
    (
        "split: there is no setting 'test_size'; did you mean held_out",
        lambda: nn.data.split(X, Y, test_size=0.4),
        lambda: nn.data.split(X, Y, held_out=0.4),
    ),
    (
        "moons: there is no setting 'n_samples'; did you mean rows",
        lambda: nn.data.moons(n_samples=4),
        lambda: nn.data.moons(rows=4),
    ),
    (
        r"decision_boundary: missing .* write decision_boundary\(model, X, y\)",
        lambda: nn.plot.decision_boundary(model()),
        lambda: nn.plot.decision_boundary(model(), X, Y),
    ),
    (
        r"is a Pipeline: its network is pipeline\[-1\].model_, .* pipeline\[:-1\].transform\(X\)",
        lambda: nn.plot.decision_boundary(scaled(), X, Y),
        lambda: nn.plot.decision_boundary(scaled()[-1].model_, scaled()[:-1].transform(X), Y),
    ),
    (
        r"Classifier.fit: there is no setting 'sample_weight': rows count alike: repeat",
        lambda: nn.Classifier(max_iter=2).fit(X, Y, sample_weight=[1, 1, 2]),
        lambda: nn.Classifier(max_iter=2).fit(*repeated([1, 1, 2])),
    ),
    (
        r"Regressor.fit: there is no setting 'epochs': .* when it is made, such as max_iter=300",
        lambda: nn.Regressor().fit(X, Y, epochs=2),
        lambda: nn.Regressor(max_iter=2).fit(X, Y),
    ),
    (
        r"nn.Classifier\(class_weight='balanced'\) has it; or weigh the loss: loss=lambda score,",
        lambda: trained(class_weight={0: 1, 1: 5}),
        lambda: trained(
            Y=[1, 0, 1],
            loss=lambda score, target: (
                nn.binary_cross_entropy(score, target) * (5.0 if target > 0 else 1.0)
            ),
        ),
    ),
    (
        "Classifier has no attribute 'predict_log_proba': write numpy.log",
        lambda: scaled()[-1].predict_log_proba,
        lambda: numpy.log(scaled().predict_proba(X)),
    ),
    (
        "Classifier: max_iter must be at least 1, and is 0",
        lambda: nn.Classifier(max_iter=0).fit(X, Y),
        lambda: nn.Classifier(max_iter=1).fit(X, Y),
    ),
    (
        "Classifier: a size in hidden_layer_sizes must be a whole number, and is '8'",
        lambda: nn.Classifier("8").fit(X, Y),
        lambda: nn.Classifier(8, max_iter=1).fit(X, Y),
    ),
    (
        "Regressor: learning_rate_init must be a number, and is 'adaptive'",
        lambda: nn.Regressor(learning_rate_init="adaptive").fit(X, Y),
        lambda: nn.Regressor(learning_rate_init=0.01, max_iter=1).fit(X, Y),
    ),
    (
        "Regressor: alpha must be at least 0 and below inf, and is -1.0",
        lambda: nn.Regressor(alpha=-1).fit(X, Y),
        lambda: nn.Regressor(alpha=0.1, max_iter=1).fit(X, Y),
    ),
    (
        "in this order: write X",
        lambda: nn.predict(of_frame(), frame("b", "a")),
        lambda: nn.predict(of_frame(), frame("b", "a")[["a", "b"]]),
    ),
    (
        "is missing; rename columns",
        lambda: nn.predict(of_frame(), frame("a", "c")),
        lambda: nn.predict(of_frame(), frame("a", "c").to_numpy()),
    ),
    (
        "in model.feature_names, a tuple",
        lambda: trained(Picked(), frame("a", "b")),
        lambda: trained(model(), frame("a", "b")),
    ),
    (
        "is not JSON",
        lambda: nn.load(model(), written("nothing")),
        lambda: nn.load(model(), saved()),
    ),
    (
        "holds no weights",
        lambda: nn.load(model(), written("{}")),
        lambda: nn.load(model(), saved()),
    ),
    ("has no attribute", lambda: nn.nothing, lambda: nn.MLP),
]


class Picked(Module):
    """A model whose attributes classes and feature_names are its own."""

    classes = 3
    feature_names = 4

    def __init__(self):
        self.inner = model()

    def __call__(self, x):
        return self.inner(x)


class Doubled(Module):
    def __init__(self, keys):
        self.parts = {key: Value(1.0) for key in keys}


def named():
    network = model()
    trained(network, Y=["a", "b", "b"])
    return network


def saved_checkpoint():
    path = Path(tempfile.mkdtemp(), "c.json")
    trained(checkpoint=path, seed=1)
    return path.read_text()


def resumed(text=None, **options):
    """A run that is written, and taken up again with other settings or from another text."""
    path = Path(tempfile.mkdtemp(), "c.json")
    trained(checkpoint=path, seed=1)
    if text is not None:
        path.write_text(text)
    return trained(resume=path, **{"seed": 1, **options})


def resumed_with_nan():
    path = Path(tempfile.mkdtemp(), "c.json")
    trained(checkpoint=path, seed=1)
    content = json.loads(path.read_text())
    content["weights"] = dict.fromkeys(content["weights"], "nan")
    return resumed(json.dumps(content))


def loaded(**state):
    optimizer = Adam(0.1)
    optimizer.step([Value(1.0)])
    Adam(0.1).load_state_dict({**optimizer.state_dict(), **state})


class Executor:
    """Runs tasks at once, and returns what it is told to."""

    def __init__(self, answer):
        self.answer = answer

    def submit(self, function, *args):
        return self.answer(function, *args)


def overflowing(score, target):
    return score * 1e308 * 1e308


def infinite(score, target):
    return (score - target) ** 2 * (1.0 if target < 5 else float("inf"))


FAR = ([[1.0, 2.0]], [7.0])
MORE = [
    ("is not a checkpoint", lambda: resumed("{}"), lambda: resumed()),
    ("infinite or nan", lambda: resumed_with_nan(), lambda: resumed()),
    ("resume with the same settings", lambda: resumed(batch_size=2), lambda: resumed()),
    (
        "resume with a model of the same functions",
        lambda: resumed(saved_checkpoint().replace("LinearNeuron", "TanhNeuron")),
        lambda: resumed(saved_checkpoint()),
    ),
    (
        "limit of a gradient",
        lambda: nn.clip_norm([Value(1.0)], 0),
        lambda: nn.clip_norm([Value(1.0)], 1),
    ),
    (
        "split: there are 3 rows and 2",
        lambda: nn.data.split(X, Y[:2]),
        lambda: nn.data.split(X, Y, 0.4),
    ),
    ("leaves a part empty", lambda: nn.data.split(X, Y, 0.01), lambda: nn.data.split(X, Y, 0.4)),
    ("noise must be", lambda: nn.data.moons(4, noise=-1), lambda: nn.data.moons(4, noise=0.1)),
    (
        "at least one class",
        lambda: nn.data.moons(4, labels=()),
        lambda: nn.data.moons(4, labels=(0, 1)),
    ),
    (
        "there are 2 classes",
        lambda: nn.data.moons(4, labels=(1,)),
        lambda: nn.data.moons(4, labels=(0, 1)),
    ),
    ("must return a future", lambda: trained(executor=Executor(lambda *_: 3)), None),
    ("it has made a", lambda: trained(executor=lambda: 3), None),
    (
        "was not recorded",
        lambda: trained()["speed"],
        lambda: trained(metrics={"accuracy": nn.accuracy})["accuracy"],
    ),
    (
        "there is no initializer",
        lambda: MLP(2, [1], initializer="hee"),
        lambda: MLP(2, [1], initializer="he"),
    ),
    (
        "which is none of",
        lambda: trained(named(), Y=["a", "c", "b"]),
        lambda: trained(named(), Y=["a", "b", "b"]),
    ),
    (
        "give that attribute another name",
        lambda: trained(Picked(), Y=["a", "b", "b"]),
        lambda: trained(Picked()),
    ),
    (
        "y has 2 classes, and the model",
        lambda: trained(model(3), Y=["a", "b", "b"], loss="cross_entropy"),
        lambda: trained(model(2), Y=["a", "b", "b"], loss="cross_entropy"),
    ),
    ("no list of layers", lambda: nn.activations(Picked(), X), None),
    (
        "a function of one number",
        lambda: MLP(2, [1], activation=lambda: 1),
        lambda: MLP(2, [1], activation=lambda x: x),
    ),
    (
        "probabilities between",
        lambda: nn.binary_cross_entropy(Value(1.0), 7),
        lambda: nn.binary_cross_entropy(Value(1.0), 0.7),
    ),
    (
        "one target for each row",
        lambda: nn.cross_entropy([[Value(1.0)] * 2] * 2, [1]),
        lambda: nn.cross_entropy([[Value(1.0)] * 2] * 2, [1, 0]),
    ),
    (
        "a target is a whole number",
        lambda: nn.cross_entropy([Value(1.0)] * 2, "a"),
        lambda: nn.cross_entropy([Value(1.0)] * 2, 1),
    ),
    (
        "do not fit",
        lambda: nn.accuracy([[1.0, 2.0]], [[1, 1, -1]]),
        lambda: nn.accuracy([[1.0, 2.0]], [[1, 1]]),
    ),
    (
        "give other keys",
        lambda: Doubled((1, "1")).state_dict(),
        lambda: Doubled((1, 2)).state_dict(),
    ),
    ("takes a dict, as state_dict", lambda: Adam(0.1).load_state_dict(3), lambda: loaded()),
    ("must have steps and averages", lambda: Adam(0.1).load_state_dict({}), lambda: loaded()),
    ("at most 2", lambda: loaded(steps=10**400), lambda: loaded()),
    ("keeps 2 averages", lambda: loaded(averages=[[1.0]]), lambda: loaded()),
    ("averages for", lambda: loaded(averages=[[1.0], [1.0, 2.0]]), lambda: loaded()),
    ("none is below 0", lambda: loaded(averages=[[1.0], [-1.0]]), lambda: loaded()),
    (
        "then must be a schedule",
        lambda: nn.schedules.warm_up(0.1, 3),
        lambda: nn.schedules.warm_up(nn.schedules.constant(0.1), 3),
    ),
    (
        "at least 0 and finite",
        lambda: nn.schedules.constant(-1.0),
        lambda: nn.schedules.constant(0.1),
    ),
    (
        "schedule must be a function",
        lambda: trained(schedule=0.1),
        lambda: trained(schedule=nn.schedules.constant(0.1)),
    ),
    ("epoch 1, batch 1", lambda: trained(loss=overflowing), lambda: trained(loss="mse")),
    (
        "never finite",
        lambda: trained(loss=infinite, patience=1, epochs=3, validation=FAR),
        lambda: trained(loss="mse", patience=1, validation=FAR),
    ),
    ("the film has no frames", lambda: nn.plot.Film(X, Y).animation(), None),
    (
        "rows must have two numbers",
        lambda: nn.plot.decision_boundary(MLP(1, [1]), [[1.0]], [1.0]),
        None,
    ),
]


def other_weights(optimizer):
    optimizer.step([Value(1.0)])
    optimizer.step([Value(1.0)] * 2)


def squared(network, term):
    """Return a loss that reaches the model by a closure."""
    return lambda score, target: (score - target) ** 2 + term(network)


def in_worker(loss, network):
    engine, rows, targets = Problem("eager", network, loss, X, Y, False).loaded()
    return engine.gradient([0.0] * len(network.parameters()), rows, targets)


class Mapping:
    """An executor that returns what it makes of the right results."""

    def __init__(self, answer):
        self.answer = answer

    def map(self, function, tasks):
        return self.answer([function(task) for task in tasks])


class Counting(Module):
    """A model with a state: it counts its calls."""

    def __init__(self):
        self.inner, self.calls = model(), 0

    def __call__(self, x):
        self.calls += 1
        return self.inner(x) * (1.0 / self.calls)


class Dropout(Module):
    def __init__(self):
        self.inner = model()

    def __call__(self, x):
        return self.inner(x) * random.random()


class Complex(Module):
    def __call__(self, x):
        return (-1.0) ** 0.5


class Real(Module):
    def __call__(self, x):
        return abs(-1.0) ** 0.5


class Deep(Module):
    def __init__(self, depth):
        part = self.parts = []
        for _ in range(depth):
            part.append([])
            part = part[0]


class Enclosed(Module):
    """A model that holds a function with the model in its closure."""

    def __init__(self):
        self.w = Value(1.0)
        self.score = lambda x: self.w * x

    def __call__(self, x):
        return self.score(x)


class Method(Module):
    def __init__(self):
        self.w = Value(1.0)

    def score(self, x):
        return self.w * x

    def __call__(self, x):
        return self.score(x)


def slopes(network):
    return autograd.value_and_grad(lambda m, x: m(x))(network, 2.0)


def without_sklearn():
    kept = sys.modules.pop("nn.estimators", None), vars(nn).pop("estimators", None)
    try:
        without("sklearn", lambda: nn.Classifier)()
    finally:
        if kept[0] is not None:
            sys.modules["nn.estimators"] = nn.estimators = kept[0]


LATER = [
    (
        "reaches parameters of the original",
        lambda: (lambda m: in_worker(squared(m, lambda n: n.parameters()[0] ** 2), m))(model()),
        lambda: in_worker(nn.mse, model()),
    ),
    (
        "compute the expression again there",
        lambda: (lambda m: trained(m, loss=before(m, m.parameters()[0] * 2.0), engine="jit"))(
            model()
        ),
        lambda: (
            lambda m: trained(m, loss=squared(m, lambda n: n.parameters()[0] * 2.0), engine="jit")
        )(model()),
    ),
    (
        'take engine="eager"',
        lambda: trained(Counting(), engine="jit"),
        lambda: trained(Counting(), engine="eager"),
    ),
    (
        "drew random numbers",
        lambda: trained(Dropout(), engine="jit"),
        lambda: trained(Dropout(), engine="eager"),
    ),
    (
        r"pip install .*\[jit\]",
        without("llvmlite", lambda: trained(engine="jit")),
        lambda: trained(engine="jit"),
    ),
    (r"pip install .*\[data\]", without_sklearn, lambda: nn.Classifier),
    (
        "y has one class",
        lambda: nn.Classifier((2,)).fit(X, [1, 1, 1]),
        lambda: nn.Classifier((2,), max_iter=1).fit(X, [1, 2, 1]),
    ),
    (
        "X.0. holds None in column 0, .* leave such rows out",
        lambda: trained(X=[[None, 1.0], *X[1:]]),
        lambda: trained(X=[[0.0, 1.0], *X[1:]]),
    ),
    ("a complex number", lambda: nn.predict(Complex(), X), lambda: nn.predict(Real(), X)),
    (
        "must return what the function returned",
        lambda: trained(executor=Mapping(lambda results: [3 for _ in results])),
        lambda: trained(executor=Mapping(lambda results: results)),
    ),
    (
        "in the order of the tasks",
        lambda: trained(executor=Mapping(reversed), shard_size=1),
        lambda: trained(executor=Mapping(list), shard_size=1),
    ),
    ("nested too deep", lambda: tree_leaves(Deep(100_000)), lambda: tree_leaves(Deep(10))),
    ("make it a method", lambda: slopes(Enclosed()), lambda: slopes(Method())),
    (
        r"the class 'MLP' has no attribute 'load': write nn.load\(model, 'weights.json'\)",
        lambda: MLP.load("weights.json"),
        lambda: [act(model(), Path(tempfile.gettempdir(), "w.json")) for act in (nn.save, nn.load)],
    ),
    (
        r"the class 'Classifier' has no attribute 'load': pickle.load\(file\)",
        lambda: nn.Classifier.load("weights.json"),
        lambda: pickle.loads(pickle.dumps(nn.Classifier((2,), max_iter=1))).fit(X, Y).predict(X),
    ),
    ("has no attribute 'weight'", lambda: model().weight, lambda: model().parameters()),
    (
        "lower|smaller|lr",
        lambda: trained(optimizer=nn.SGD(lr=1e308), Y=[90.0, -90.0, 1.0], loss="mse"),
        lambda: trained(optimizer=nn.SGD(lr=1e-3), Y=[1.0, -1.0, 1.0], loss="mse"),
    ),
    (
        "holds the text 'Rome' in column 0, .* leave the column out",
        lambda: trained(X=[["Rome", 1.0], ["Oslo", 2.0], ["Rome", 3.0]]),
        lambda: trained(X=[[1.0, 1.0], [0.0, 2.0], [1.0, 3.0]]),
    ),
    (
        "are X and y the other way round",
        lambda: trained(X=["a", "b", "a"], Y=[[1.0, 1.0], [0.0, 2.0], [1.0, 3.0]]),
        lambda: trained(X=[[1.0, 1.0], [0.0, 2.0], [1.0, 3.0]], Y=["a", "b", "a"]),
    ),
    (
        r"or \[X\] if X is a row",
        lambda: nn.predict(model(), [1.0, 2.0]),
        lambda: nn.predict(model(), [[1.0, 2.0]]),
    ),
    (
        "there is no folder .* save in another",
        lambda: nn.save(model(), "/nowhere/weights.json"),
        lambda: saved(),
    ),
    (
        "its classes are no names",
        lambda: nn.load(model(), written(saved().read_text().replace("{", '{"classes": 3,', 1))),
        lambda: nn.load(model(), saved()),
    ),
    (
        "a weight is not a number",
        lambda: nn.load(model(), written('{"weights": {"a": "one"}}')),
        lambda: nn.load(model(), saved()),
    ),
]


def before(network, part):
    """Return a loss that holds what was computed from a parameter before."""
    return lambda score, target: (score - target) ** 2 + part


WEIGHTS = model().parameters()


def stepped(optimizer):
    network = model()
    network([1.0, 2.0]).backward()
    optimizer.step(network.parameters())
    network.zero_grad()


class Forward(Module):
    """A model as in PyTorch."""

    def forward(self, x):
        return x[0]


def imported(name, package="nn"):
    exec(f"from {package} import {name}", {})


def error(network, x, target):
    return nn.mse(network(x), target)


TOWNS = [["Rome", 1.0], ["Oslo", 2.0], ["Rome", 3.0]]
GAPS = [[1.0, None], [2.0, 2.0], [3.0, 3.0]]
NAMES = ["town", "size"]
PANDAS, POLARS = (
    pandas.DataFrame(TOWNS, columns=NAMES),
    polars.DataFrame(TOWNS, NAMES, orient="row"),
)
HOLES, NULLS = pandas.DataFrame(GAPS, columns=NAMES), polars.DataFrame(GAPS, NAMES, orient="row")
MASKED = numpy.ma.masked_array([[1.0, 2.0]] * 3, mask=[[0, 1], [0, 0], [0, 0]])
CLOCKS = polars.DataFrame({"town": [datetime.time(i) for i in range(3)], "size": [1.0, 2.0, 3.0]})
TOWNLESS = POLARS.with_columns(town=polars.lit(1.0))
STRUCT = POLARS.with_columns(town=polars.struct(polars.lit(1.0).alias("a")))
LISTS = POLARS.with_columns(town=polars.Series([[1.0, 2.0]] * 3))
PAUSES = [numpy.timedelta64(1, "s"), numpy.timedelta64(2, "ns"), numpy.timedelta64(3, "s")]
DAYS = PANDAS.assign(town=pandas.to_datetime(["2020-01-01"] * 3))
SINCE = PANDAS.assign(town=pandas.to_timedelta([1, 2, 3], unit="s"))
NUMERALS = [["1.5", 1.0], ["2", 2.0], ["3", 3.0]]
ANSWERS = [True, None, False]
HALF, QUARTER = (
    pandas.DataFrame({"fits": pandas.array(ANSWERS, dtype="boolean"), "size": [1.0, 2.0, 3.0]}),
    polars.DataFrame({"fits": ANSWERS, "size": [1.0, 2.0, 3.0]}),
)


MONTHS = [*pandas.period_range("2020-01", periods=2, freq="M"), pandas.Period("2020-01", "M")]
BINS = pandas.DataFrame({"town": pandas.cut([1.0, 2.0, 3.0], 2), "size": [1.0, 2.0, 3.0]})
TWINS = pandas.DataFrame([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], columns=["a", "a"])
SPARSE = scipy.sparse.csr_matrix(TWINS.to_numpy())


COMMAS = pandas.DataFrame({"a": ["1,5", "2,5", "3,5"], "b": [1.0, 2.0, 3.0]})
COMMAS_OF_POLARS = polars.DataFrame(COMMAS.to_dict("list"))


def classified(X, y=(0, 1, 0)):
    return nn.Classifier((2,), max_iter=1).fit(X, list(y))


def regressed(X, y=(0.0, 1.0, 0.5)):
    return nn.Regressor((2,), max_iter=1).fit(X, list(y))


def imputed(X):
    from sklearn.impute import SimpleImputer

    return SimpleImputer().fit_transform(numpy.array(X, dtype=float))


def encoded(X):
    from sklearn.preprocessing import OneHotEncoder

    towns = OneHotEncoder().fit_transform([[town] for town, _ in X]).toarray()
    return [[*town, size] for town, (_, size) in zip(towns, X, strict=True)]


CELLS = [
    (
        r"a History has no attribute 'loss': write history\['loss'\]",
        lambda: trained().loss,
        lambda: trained()["loss"],
    ),
    (
        r"ReLUNeuron\(1\) takes a row of numbers, and was given a float: write \[x\]",
        lambda: nn.Layer(1, 1)(2.0),
        lambda: nn.Layer(1, 1)([2.0]),
    ),
    (
        "there is no setting 'hidden_layers'; did you mean hidden_layer_sizes",
        lambda: nn.Classifier(hidden_layers=(2,)),
        lambda: nn.Classifier(hidden_layer_sizes=(2,)),
    ),
    (
        "there is no setting 'epochs'; did you mean max_iter",
        lambda: nn.Regressor(epochs=5),
        lambda: nn.Regressor(max_iter=5),
    ),
    (
        "batch_size must be a whole number, and is 'auto'",
        lambda: nn.Classifier(batch_size="auto").fit(X, [0, 1, 0]),
        lambda: nn.Classifier(batch_size=2, max_iter=1).fit(X, [0, 1, 0]),
    ),
    (
        "Classifier: there is no setting 'early_stopping': .*max_iter.*nn.fit",
        lambda: nn.Classifier(early_stopping=True),
        lambda: (
            nn.Classifier(max_iter=5)
            and trained(patience=10, validation=([[0.0, 1.0]], [1.0]), epochs=2)
        ),
    ),
    (
        "Classifier: there is no setting 'shuffle': .* random_state= repeats",
        lambda: nn.Classifier(shuffle=True),
        lambda: nn.Classifier(batch_size=2, random_state=1),
    ),
    (
        r"a model of 2 scores .*write numpy.asarray\(y\).argmax\(1\)",
        lambda: nn.fit(
            MLP(2, [2]), X, pandas.get_dummies(["a", "b", "a"]), "cross_entropy", progress=False
        ),
        lambda: nn.fit(
            MLP(2, [2]),
            X,
            numpy.asarray(pandas.get_dummies(["a", "b", "a"])).argmax(1),
            "cross_entropy",
            epochs=2,
            progress=False,
        ),
    ),
    (
        r"y has rows of 2: .*, take loss='cross_entropy' too, and numpy.asarray\(y\).argmax\(1\)",
        lambda: trained(Y=pandas.get_dummies(["a", "b", "a"])),
        lambda: trained(
            MLP(2, [16, 2]),
            Y=numpy.asarray(pandas.get_dummies(["a", "b", "a"])).argmax(1),
            loss="cross_entropy",
        ),
    ),
    (
        r"y has 2 columns, .* write numpy.asarray\(y\).argmax\(1\)",
        lambda: nn.Classifier().fit(X, pandas.get_dummies(["a", "b", "a"])),
        lambda: nn.Classifier(max_iter=1).fit(
            X, numpy.asarray(pandas.get_dummies(["a", "b", "a"])).argmax(1)
        ),
    ),
    (
        r"Adam.step: takes 2 .* write optimizer.step\(model.parameters\(\)\), .*updated",
        lambda: Adam(0.1).step(model().parameters(), [0.0]),
        lambda: Adam(0.1).updated(numpy.ones(3), numpy.ones(3)).shape == (3,),
    ),
    (
        r"load: the model comes first: write load\(model, 'm.json'\)",
        lambda: nn.load("m.json", model()),
        lambda: nn.load(model(), saved()),
    ),
    ("save: the model comes first", lambda: nn.save("m.json", model()), lambda: saved()),
    (
        r"'val_loss' was not recorded; there are loss, .*; give fit validation=\(X_held_out",
        lambda: trained()["val_loss"],
        lambda: trained(validation=([[0.0, 1.0]], [1.0]))["validation_loss"],
    ),
    (
        r"write history\['validation_accuracy'\]",
        lambda: trained(validation=([[0.0, 1.0]], [1.0]))["val_acc"],
        lambda: trained(validation=([[0.0, 1.0]], [1.0]))["validation_accuracy"],
    ),
    (
        r"no attribute 'lr': write history\['learning_rate'\]",
        lambda: trained().lr,
        lambda: trained()["learning_rate"],
    ),
    (
        r"numbers of an epoch are history.records\[0\]",
        lambda: trained()[0],
        lambda: trained().records[0]["loss"],
    ),
    (
        "take one name at a time",
        lambda: trained().plot(["loss", "accuracy"]),
        lambda: trained().plot("loss") and trained().plot("accuracy"),
    ),
    (
        "ax must be Axes of Matplotlib, and is 'accuracy'",
        lambda: trained().plot("loss", "accuracy"),
        lambda: trained().plot("accuracy"),
    ),
    (
        "History.plot: there is no setting 'figsize'; the settings are name, ax",
        lambda: trained().plot(figsize=(3, 2)),
        lambda: trained().plot(name="loss", ax=None),
    ),
    (
        r"load: missing 1 .* write load\(model, 'weights.json'\)",
        lambda: nn.load("weights.json"),
        None,
    ),
    (
        r"predict: .* write predict\(model, X\)",
        lambda: nn.predict(X),
        lambda: nn.predict(model(), X),
    ),
    (
        r"write accuracy\(predict\(model, X\), y\)",
        lambda: nn.accuracy(model(), X, Y),
        lambda: nn.accuracy(nn.predict(model(), X), Y),
    ),
    (
        r"X\[0\] holds the text 'Rome' in column 0, .*\(pandas.get_dummies, .* OneHotEncoder\)",
        lambda: classified(TOWNS),
        lambda: classified(encoded(TOWNS)),
    ),
    (
        r"sign is a point: X\['a'\].str.replace\(',', '.'\).astype\(float\), or pandas.read",
        lambda: trained(X=COMMAS),
        lambda: [
            trained(X=COMMAS.assign(a=COMMAS["a"].str.replace(",", ".").astype(float))),
            trained(
                X=pandas.read_csv(io.StringIO("a;b\n1,5;1\n2,5;2\n3,5;3"), sep=";", decimal=",")
            ),
        ],
    ),
    (
        r"sign is a point: X\['a'\].str.replace\(',', '.'\).cast\(float\), or polars.read",
        lambda: trained(X=COMMAS_OF_POLARS),
        lambda: [
            trained(
                X=COMMAS_OF_POLARS.with_columns(
                    COMMAS_OF_POLARS["a"].str.replace(",", ".").cast(float)
                )
            ),
            trained(
                X=polars.read_csv(b"a;b\n1,5;1\n2,5;2\n3,5;3", separator=";", decimal_comma=True)
            ),
        ],
    ),
    (
        r"^y holds the text '1,5', .*point: float\(text.replace\(',', '.'\)\) reads them",
        lambda: trained(Y=["1", "1,5", "2"], loss="mse"),
        lambda: trained(
            Y=[float(text.replace(",", ".")) for text in ("1,5", "2")] * 2, X=X + X[:1], loss="mse"
        ),
    ),
    (
        r"^y holds the text '1.5', and a network takes numbers: float\(text\) reads them",
        lambda: trained(Y=["1.5", "2", "3.5"], loss="mse"),
        lambda: trained(Y=[float(text) for text in ("1.5", "2", "3.5")], loss="mse"),
    ),
    (
        r"y\[0\] holds the text '1,5', .*point: float\(text.replace\(',', '.'\)\) reads them",
        lambda: regressed(X, ["1,5", "2,5", "3,5"]),
        lambda: regressed(X, [float(text.replace(",", ".")) for text in ("1,5", "2,5", "3,5")]),
    ),
    (
        r"where columns are classes, take loss='cross_entropy', and numpy.asarray\(y\).argmax\(1\)",
        lambda: trained(MLP(2, [2]), Y=pandas.get_dummies(["a", "b", "a"])),
        lambda: trained(
            MLP(2, [2]),
            Y=numpy.asarray(pandas.get_dummies(["a", "b", "a"])).argmax(1),
            loss="cross_entropy",
        ),
    ),
    (
        r"no attribute 'to_frame': write pandas.DataFrame\(dict\(history\)\)",
        lambda: trained().to_frame(),
        lambda: len(pandas.DataFrame(dict(trained()))) == 1,
    ),
    (
        "X.0. holds the text 'Rome' in column 0, .* OneHotEncoder",
        lambda: regressed(numpy.array(TOWNS, dtype=object)),
        lambda: regressed(encoded(TOWNS)),
    ),
    (
        r"in column 'town', .*\(pandas.get_dummies\(X, columns=\['town'\]\)\)",
        lambda: classified(PANDAS),
        lambda: classified(pandas.get_dummies(PANDAS, columns=["town"])),
    ),
    (
        r"in column 'town', .*\(pandas.get_dummies\(X, columns=\['town'\]\)\)",
        lambda: trained(model(), PANDAS.astype({"town": "category"})),
        lambda: trained(MLP(3, [1]), pandas.get_dummies(PANDAS, columns=["town"])),
    ),
    (
        r"in column 'town', .*\(X.to_dummies\('town'\)\)",
        lambda: classified(POLARS),
        lambda: classified(POLARS.to_dummies("town")),
    ),
    (
        r"in column 'town', .*\(X.to_dummies\('town'\)\)",
        lambda: nn.predict(model(), POLARS),
        lambda: nn.predict(MLP(3, [1]), POLARS.to_dummies("town")),
    ),
    (
        "X.0. holds None in column 1, .*scikit-learn's SimpleImputer",
        lambda: classified(GAPS),
        lambda: classified(imputed(GAPS)),
    ),
    (
        "X.0. holds NaN in column 1, .*scikit-learn's SimpleImputer",
        lambda: classified(X).predict(numpy.array(GAPS, dtype=float)),
        lambda: classified(X).predict(imputed(GAPS)),
    ),
    (
        r"NaN in column 'size', .* \(X.fillna\(X.mean\(numeric_only=True\)\)\)",
        lambda: regressed(HOLES),
        lambda: regressed(HOLES.fillna(HOLES.mean(numeric_only=True))),
    ),
    (
        r"NaN in column 'size', .* \(X.fill_nan\(None\).fill_null\(strategy='mean'\)\)",
        lambda: trained(X=NULLS),
        lambda: trained(X=NULLS.fill_nan(None).fill_null(strategy="mean")),
    ),
    (
        r"X.1. holds <NA> in column 'fits', .* leave such rows out \(X.dropna\(\)\), or fill",
        lambda: classified(HALF),
        lambda: classified(HALF.dropna(), (0, 1)),
    ),
    (
        r"X.1. holds NaN in column 'fits', .* leave such rows out \(X.drop_nulls\(\)\), or fill",
        lambda: trained(X=QUARTER),
        lambda: trained(X=QUARTER.drop_nulls(), Y=Y[:2]),
    ),
    (
        "y.1. holds NaN, .* leave such rows out, or fill the gap$",
        lambda: regressed(PANDAS[["size"]], [0.0, float("nan"), 1.0]),
        lambda: regressed(PANDAS[["size"]].iloc[[0, 2]], [0.0, 1.0]),
    ),
    (
        "holds the duration '0 days 00:00:01' in column 'town', .* its days or seconds",
        lambda: classified(SINCE),
        lambda: classified(SINCE.assign(town=SINCE.town.dt.total_seconds())),
    ),
    (
        "holds inf in column 1, .* leave such rows out",
        lambda: regressed([[0.0, float("inf")], *X[1:]]),
        lambda: regressed(X[1:], [0.0, 1.0]),
    ),
    (
        r"X has masked numbers, .* X.filled\(0.0\)",
        lambda: classified(MASKED),
        lambda: classified(MASKED.filled(0.0)),
    ),
    (
        r"X is a LazyFrame, which has no rows yet: write X.collect\(\)",
        lambda: classified(TOWNLESS.lazy()),
        lambda: classified(TOWNLESS.lazy().collect()),
    ),
    (
        r"y is a LazyFrame, which has no rows yet: write y.collect\(\)",
        lambda: fit(MLP(2, [1]), X, polars.LazyFrame({"y": Y[: len(X)]}), epochs=1),
        lambda: fit(MLP(2, [1]), X, polars.LazyFrame({"y": Y[: len(X)]}).collect(), epochs=1),
    ),
    (
        r"a LazyFrame: it has no rows yet: write \[model\(x\) for x in X.collect",
        lambda: MLP(2, [1])(polars.LazyFrame({"a": [1.0], "b": [2.0]})),
        lambda: MLP(2, [1])(polars.LazyFrame({"a": [1.0], "b": [2.0]}).collect().to_numpy()[0]),
    ),
    (
        "a LazyFrame: it has no rows yet",
        lambda: nn.Neuron(2)(polars.LazyFrame({"a": [1.0], "b": [2.0]})),
        lambda: nn.Neuron(2)([1.0, 2.0]),
    ),
    (
        r"Classifier has no attribute 'save': pickle.dump.*nn.save\(estimator.model_, 'w",
        lambda: nn.Classifier().save("weights.json"),
        lambda: pickle.dumps(classified(X)),
    ),
    (
        "Regressor has no attribute 'state_dict': the network is estimator.model_, once it is",
        lambda: nn.Regressor().state_dict(),
        lambda: regressed(X, [0.0, 1.0, 2.0]).model_.state_dict(),
    ),
    (
        "no attribute 'history_': it is there once the estimator is fitted",
        lambda: nn.Classifier().history_,
        lambda: classified(X).history_,
    ),
    (
        "X.0. holds the duration '1 seconds' in column 0, .* its days or seconds",
        lambda: classified([[pause, 1.0] for pause in PAUSES]),
        lambda: classified([[float(pause / numpy.timedelta64(1, "s")), 1.0] for pause in PAUSES]),
    ),
    (
        "X.0. holds the duration '1 seconds' in column 'town', .* its days or seconds",
        lambda: regressed(PANDAS.assign(town=pandas.Series(PAUSES, dtype=object))),
        lambda: regressed(PANDAS.assign(town=[float(p / PAUSES[1]) for p in PAUSES])),
    ),
    (
        r"X.0. has masked numbers, .* X.0..filled\(0.0\)",
        lambda: trained(X=[*MASKED]),
        lambda: trained(X=[row.filled(0.0) for row in MASKED]),
    ),
    (
        "y.1. is a masked entry, and a classifier takes labels: leave such rows out",
        lambda: nn.Classifier((2,), max_iter=1).fit(X, numpy.ma.masked_equal([0, 2, 1], 2)),
        lambda: nn.Classifier((2,), max_iter=1).fit(X[::2], [0, 1]),
    ),
    (
        r"y.0. is np.timedelta64\(1,'s'\): labels are texts or whole numbers: write str\(label\)",
        lambda: classified(X, PAUSES),
        lambda: classified(X, map(str, PAUSES)),
    ),
    (
        "y.0. is 1, and others are names: give each row a name",
        lambda: classified(X, [1, "x", "y"]),
        lambda: classified(X, ["1", "x", "y"]),
    ),
    (
        "y.1. holds None, and a network takes numbers: leave such rows out",
        lambda: regressed(X, [1.0, None, 2.0]),
        lambda: regressed(X[::2], [1.0, 2.0]),
    ),
    (
        r"holds a Struct in column 'town', .*: X.unnest\('town'\) makes columns",
        lambda: classified(STRUCT),
        lambda: classified(STRUCT.unnest("town")),
    ),
    (
        "holds an array in column 'town', .*: make a column of each of its entries",
        lambda: classified(LISTS),
        lambda: classified(
            LISTS.select(first=LISTS["town"].list.get(0), last=LISTS["town"].list.get(1))
        ),
    ),
    (
        r"given 3 rows: one row .* \[model\(x\) for x in X.to_numpy\(\)\]",
        lambda: nn.MLP(2, [1])(HOLES),
        lambda: [nn.MLP(2, [1])(x) for x in HOLES.to_numpy()],
    ),
    (
        r"was given a dict: write \[\*x.values\(\)\]",
        lambda: nn.MLP(2, [1])({"a": 1.0, "b": 2.0}),
        lambda: nn.MLP(2, [1])([*{"a": 1.0, "b": 2.0}.values()]).backward(),
    ),
    (
        "was given a set: write a list",
        lambda: nn.MLP(2, [1])({1.0, 2.0}),
        lambda: nn.MLP(2, [1])([*{1.0, 2.0}]).backward(),
    ),
    (
        "named 'logistic': write activation='sigmoid'",
        lambda: nn.Classifier((2,), "logistic", max_iter=1).fit(X, [0, 1, 0]),
        lambda: nn.Classifier((2,), "sigmoid", max_iter=1).fit(X, [0, 1, 0]),
    ),
    (
        "named 'identity': write activation=lambda x: x",
        lambda: nn.MLP(2, [3, 1], activation="identity"),
        lambda: nn.MLP(2, [3, 1], activation=lambda x: x)([1.0, 2.0]).backward(),
    ),
    ("named 'ReLU': write activation='relu'", lambda: nn.MLP(2, [3, 1], activation="ReLU"), None),
    (
        "X.* holds the time of day .*give its hours",
        lambda: classified(CLOCKS),
        lambda: classified(CLOCKS.with_columns(polars.col("town").dt.hour())),
    ),
    (
        "holds the date '2020-01-01 00:00:00' in column 'town', .* the days since",
        lambda: classified(DAYS),
        lambda: classified(DAYS.assign(town=(DAYS.town - DAYS.town.min()).dt.days)),
    ),
    (
        r"'1.5' in column 0, .*: float\(text\) reads them from text",
        lambda: trained(X=NUMERALS),
        lambda: trained(X=[[float(text) for text in row] for row in NUMERALS]),
    ),
    (
        r"'1.5' in column 'town', .*: X.astype\(\{'town': float\}\) reads them",
        lambda: trained(X=pandas.DataFrame(NUMERALS, columns=NAMES)),
        lambda: trained(X=pandas.DataFrame(NUMERALS, columns=NAMES).astype({"town": float})),
    ),
    (
        "X.0. holds a complex .1j. in column 1",
        lambda: trained(X=[[0.0, 1j], *X[1:]]),
        lambda: trained(X=[[0.0, 1.0], *X[1:]]),
    ),
    (
        r"y\[1\] is None, and a classifier takes labels: leave such rows out",
        lambda: classified(X, ["a", None, "b"]),
        lambda: classified(X[::2], ["a", "b"]),
    ),
    (
        r"y\[0\] is Period.*: labels are texts or whole numbers: write str\(label\)",
        lambda: classified(X, MONTHS),
        lambda: classified(X, [str(label) for label in MONTHS]),
    ),
    (
        r"y\[0\] is b'a': .* write label.decode\(\)",
        lambda: classified(X, [b"a", b"b", b"a"]),
        lambda: classified(X, [label.decode() for label in (b"a", b"b", b"a")]),
    ),
    (
        r"y\[0\] is 0.5: .* for continuous ones there is nn.Regressor",
        lambda: classified(X, [0.5, 1.5, 2.5]),
        lambda: regressed(X, [0.5, 1.5, 2.5]),
    ),
    (
        "y.0. holds the period '2020-01', .* give its year or month",
        lambda: regressed(X, MONTHS),
        lambda: regressed(X, [label.month for label in MONTHS]),
    ),
    (
        r"in column 'town', .* give its middle \(.mid\) as a number",
        lambda: classified(BINS),
        lambda: classified(BINS.assign(town=[part.mid for part in BINS.town])),
    ),
    (
        r"holds the Decimal '1' in column 0, .* float\(number\) gives one",
        lambda: trained(X=[[Decimal(1), 2.0], *X[1:]]),
        lambda: trained(X=[[float(Decimal(1)), 2.0], *X[1:]]),
    ),
    (
        "holds a number of more than 300 digits in column 0, .* give its logarithm",
        lambda: classified([[10**400, 1.0], *X[1:]]),
        lambda: classified([[math.log(10**400), 1.0], *X[1:]]),
    ),
    (
        r"holds a list in column 0, .* of an array X.reshape\(len\(X\), -1\)",
        lambda: trained(X=numpy.zeros((3, 2, 1))),
        lambda: trained(X=numpy.zeros((3, 2, 1)).reshape(3, -1)),
    ),
    (
        r"X has 2 columns 'a', .* \(X.columns = \[...\]\)",
        lambda: classified(TWINS),
        lambda: classified(TWINS.set_axis(["a", "b"], axis=1)),
    ),
    ("X has no columns", lambda: classified(pandas.DataFrame()), None),
    (
        r"X is a sparse matrix, .*: X.toarray\(\)",
        lambda: classified(SPARSE),
        lambda: classified(SPARSE.toarray()),
    ),
    (
        r"X is a sparse matrix, .*: X.toarray\(\)",
        lambda: classified(scipy.sparse.dok_array(SPARSE)),
        lambda: classified(scipy.sparse.dok_array(SPARSE).toarray()),
    ),
    (
        r"y is a generator, which gives its rows once: write list\(y\)",
        lambda: trained(Y=(2.0 * n - 1.0 for n in (0, 1, 1))),
        lambda: trained(Y=[2.0 * n - 1.0 for n in (0, 1, 1)]),
    ),
    (
        "y.0. holds the text 'a', .* there is nn.Classifier",
        lambda: regressed(X, ["a", "b", "a"]),
        lambda: classified(X, ["a", "b", "a"]),
    ),
    (
        "X must be a list or an array, and is an ndarray",
        lambda: nn.predict(model(), numpy.array(3.0)),
        lambda: nn.predict(MLP(1, [1]), [[3.0]]),
    ),
]
HABITS = [
    (
        r"write optimizer = SGD\(lr=0.1\) and optimizer.step\(model.parameters\(\)\)",
        lambda: nn.SGD(WEIGHTS),
        lambda: stepped(nn.SGD(lr=0.1)),
    ),
    (
        r"optimizer = SGD\(lr=0.5, momentum=0.9\) and",
        lambda: nn.SGD(WEIGHTS, lr=0.5, momentum=0.9),
        lambda: stepped(nn.SGD(lr=0.5, momentum=0.9)),
    ),
    (
        r"Adam: takes its settings alone.* Adam\(0.5\) and",
        lambda: nn.Adam((weight for weight in WEIGHTS), 0.5),
        lambda: stepped(nn.Adam(0.5)),
    ),
    (
        r"AdamW: takes its settings alone.* AdamW\(lr=0.5\) and",
        lambda: nn.AdamW(params=model(), lr=0.5),
        lambda: stepped(nn.AdamW(lr=0.5)),
    ),
    (
        "SGD: there is no setting 'learning_rate'; did you mean lr",
        lambda: nn.SGD(learning_rate=0.1),
        lambda: nn.SGD(lr=0.1),
    ),
    (
        "Adam: there is no setting 'amsgrad'; the settings are lr, betas, eps, weight_decay",
        lambda: Adam(0.1, amsgrad=True),
        lambda: Adam(0.1, weight_decay=0.1),
    ),
    (r"SGD: missing .* 'lr'; write SGD\(lr=0.1\)", lambda: nn.SGD(), lambda: nn.SGD(lr=0.1)),
    (
        r"Adam: betas is a pair, such as \(0.9, 0.999\)",
        lambda: Adam(betas=0.9),
        lambda: Adam(betas=(0.9, 0.999)),
    ),
    (
        r"lr must be a number, and is <function.*: give it to fit\(schedule=...\)",
        lambda: nn.SGD(lr=nn.schedules.constant(0.1)),
        lambda: trained(optimizer=nn.SGD(lr=0.1), schedule=nn.schedules.constant(0.1)),
    ),
    (
        r"no attribute 'zero_grad': .* write model.zero_grad\(\)",
        lambda: nn.SGD(0.1).zero_grad(),
        lambda: model().zero_grad(),
    ),
    (
        r"no attribute 'param_groups': .* optimizer.lr = 0.01",
        lambda: nn.SGD(0.1).param_groups,
        lambda: setattr(nn.SGD(0.1), "lr", 0.01),
    ),
    (
        "the optimiser has it: optimizer=nn.Adam",
        lambda: trained(learning_rate=0.01),
        lambda: trained(optimizer=nn.Adam(lr=0.01)),
    ),
    (
        "fit: there is no setting 'shuffle': where batch_size= cuts the rows",
        lambda: trained(shuffle=True),
        lambda: trained(batch_size=2, seed=1),
    ),
    (
        "fit: there is no setting 'batchsize'; did you mean batch_size",
        lambda: trained(batchsize=2),
        lambda: trained(batch_size=2),
    ),
    (r"write MLP\(2, \[16, 1\]\)", lambda: MLP([2, 16, 1]), lambda: MLP(2, [16, 1])),
    (r"write Layer\(2, 3\)", lambda: nn.Layer(2, seed=1), lambda: nn.Layer(2, 3, seed=1)),
    (
        "MLP: there is no setting 'act'; did you mean activation",
        lambda: MLP(2, [1], act="tanh"),
        lambda: MLP(2, [1], activation="tanh"),
    ),
    (
        "no attribute 'train': a Module has one way to be called",
        lambda: model().train(),
        lambda: model()([1.0, 2.0]),
    ),
    (
        "no attribute 'backward': it belongs to the loss",
        lambda: model().backward(),
        lambda: nn.hinge(model()([1.0, 2.0]), 1.0).backward(),
    ),
    (
        r"no attribute 'fit': write nn.fit\(model, X, y\)",
        lambda: model().fit(X, Y),
        lambda: run(model(), X, Y),
    ),
    (
        "__call__.self, x.: rename its forward",
        lambda: Forward()([1.0]),
        lambda: type("Forward", (Module,), {"__call__": Forward.forward})()([1.0]),
    ),
    (
        r"write \[model\(x\) for x in X\]",
        lambda: model()(X),
        lambda: [model()(x) for x in X],
    ),
    (
        r"given 2 rows: one row of numbers; .* write \[model\(x\) for x in X\]",
        lambda: model()(numpy.array(X[:2])),
        lambda: [model()(x) for x in numpy.array(X[:2])],
    ),
    (
        r"given 2 rows: one row of numbers; .* write \[model\(x\) for x in X\]",
        lambda: model()(X[:2]),
        lambda: [model()(x) for x in X[:2]],
    ),
    (
        r"value_and_grad\(error\), in_axes=\(None, 0, 0\)",
        lambda: autograd.value_and_grad(error)(model(), numpy.array(X), numpy.array(Y)),
        lambda: autograd.vmap(autograd.value_and_grad(error), in_axes=(None, 0, 0))(
            model(), numpy.array(X), numpy.array(Y)
        ),
    ),
    (
        r"no attribute 'MSELoss': a loss is a function: nn.mse",
        lambda: nn.MSELoss(),
        lambda: nn.mse(Value(1.0), 2.0),
    ),
    ("cannot import name 'Leyer' from 'nn'", lambda: imported("Leyer"), lambda: imported("Layer")),
]


CASES = [*FIT, *PARTS, *MORE, *LATER, *CELLS, *HABITS]
