"""Messages of autograd: (words of it, code that provokes it, code that follows its advice).

The code that follows raises nothing, and what it returns is no False.
"""

import datetime
import decimal
import functools
import math
import os
import runpy
import sys
import tempfile
from pathlib import Path
from unittest import mock

import missing_messages as missing
import numpy as np
import pandas
import polars

import autograd as ag
import nn
from autograd import Value, grad, gradient, hvp, jit, jvp, value_and_grad, vjp, vmap
from autograd.engine import accelerator
from autograd.notation.formula import Name
from autograd.table.operation import TABLE
from autograd.trees import register_tree, tree_map, unflatten

x, y, origin = Value(2.0, label="x"), Value(3.0), Value(0.0)
A = np.array([1.0, 2.0])
FRAME = pandas.DataFrame({"a": A})
DAYS = np.array(["2024-01-01", "2024-01-03"], dtype="datetime64[D]")
TIMES = pandas.DataFrame({"a": A, "d": pandas.to_timedelta([1, 2], "D")})


def edited():
    w = Value(1.0, "w")
    z = w * w
    w.data = 2.0
    return z, w


def assigned(thing, name, value):
    setattr(thing, name, value)


def saved(thing, name):
    with tempfile.TemporaryDirectory() as folder:
        return thing.save(path=Path(folder, name))


KEPT = []  # by an operation of the user's own


def own(rule, function=lambda a: ag.sin(a)):
    return ag.primitive(partials=(rule,))(function)


def norm(v):
    return (v**2).sum() ** 0.5


def entered(mode):
    with mode:
        return x * y


def watched(f):
    with ag.detect_anomaly():
        return f()


def read_while_traced():
    return jit(lambda a: a * x.data)(1.0)


def left_behind():
    kept = []
    jit(lambda a: kept.append(a) or a)(1.0)
    return jit(lambda a: a + kept[0])(1.0)


def filled(dtype):
    array = np.zeros(2, dtype=dtype)
    array[0] = x
    return array


ENGINE = [
    (
        "cannot import name 'elementwise_grad' from 'autograd': write autograd.vmap",
        lambda: imported("from autograd import elementwise_grad"),
        lambda: vmap(grad(ag.sin))(A),
    ),
    (
        r"No module named 'autograd\.numpy': functions work on NumPy's arrays: import numpy as np",
        lambda: imported("import autograd.numpy as np"),
        lambda: imported("import numpy as np; from autograd import grad; grad(np.tanh)(1.0)"),
    ),
    (
        r"No module named 'autograd\.jit': it is no module: write from autograd import jit",
        lambda: imported("import autograd.jit"),
        lambda: imported("from autograd import jit"),
    ),
    (
        r"No module named .autograd.test_util.: write from autograd.testing import check_gradient",
        lambda: imported("from autograd.test_util import check_grads"),
        lambda: imported("from autograd.testing import check_gradient"),
    ),
    (
        "cannot import name 'MLPClassifier' from 'nn': it is nn.Classifier",
        lambda: imported("from nn import MLPClassifier"),
        lambda: imported("from nn import Classifier"),
    ),
    (
        "'interp': write its straight pieces, as in autograd.where",
        lambda: ag.interp,
        lambda: jit(grad(lambda x: ag.where(x < 1.0, 2.0 * x, x + 1.0)))(0.5) == 2.0,
    ),
    (
        "a list of conditions: autograd.where",
        lambda: jit(lambda x: A[[x[0] > 0, x[1] > 0]])(A),
        lambda: len(jit(lambda x: x[[x[0] > 1.0, x[1] > 1.0]])(A)) == 1,
    ),
    (r"a\.data == b\.data", lambda: x == y, lambda: x.data != y.data and x is not y),
    (r"float\(\) of a Value", lambda: math.sin(x), lambda: ag.sin(x).backward()),
    (
        r"a compiled function gives numbers where .* arguments, .* under autograd.no_grad\(\)",
        lambda: float(jit(lambda a: a * x)(3.0)),
        lambda: float(jit(lambda a, b: a * b)(3.0, 2.0)) == 6.0,
    ),
    (r"autograd\.sum of math\.fsum", lambda: math.fsum([x, y]), lambda: ag.sum([x, y]).backward()),
    (r"dtype=object", lambda: filled(float), lambda: (filled(object)[0] * 2.0).backward()),
    (r"int\(\) of a Value", lambda: int(x), lambda: range(int(x.data)) and ag.floor(x)),
    ("item: a Value is one number", lambda: x.item(0), lambda: x.item() == 2.0),
    (r"write v \* w", lambda: x @ y, lambda: (x * y).data == 6.0),
    (r"\(v > 0\) & \(w > 0\)", lambda: x > 0 & y > 0, lambda: (x > 0) & (y > 0)),
    (
        r"'donate_argnums': programs run on the CPU, .*: leave it out",
        lambda: jit(ag.sin, donate_argnums=0),
        lambda: jit(ag.sin)(1.0) == math.sin(1.0),
    ),
    (
        "'in_dims': it is in_axes",
        lambda: vmap(pair, in_dims=0),
        lambda: vmap(pair, in_axes=0)(A, A).shape,
    ),
    ("no attribute 'add_': operators make another Value", lambda: y.add_(1), lambda: y + 1),
    ("no setting 'nothing'; the settings: ", lambda: grad(ag.sin, nothing=1), lambda: grad(ag.sin)),
    ("no truth of its own", lambda: bool(x), lambda: x > 0 and x.data != 0),
    ("_backward: a node keeps", lambda: y._backward(), lambda: list(ag.steps(x * y))),
    (
        "_backward: a node keeps",
        lambda: assigned(y, "_backward", None),
        lambda: grad(own(lambda r, a: ag.cos(a)))(1.0),
    ),
    ("children, operation", lambda: Value(1.0, (x,), "exp"), lambda: ag.exp(x).args),
    ("label: takes a str", lambda: Value(1.0, label=[]), lambda: Value(1.0, label="3")),
    (r"sign is a point, Value\(2.5, 'x'\)", lambda: Value(2, 5), lambda: Value(2.5, "x")),
    (r"sign is a point, Value\(2.5\)", lambda: Value("2,5"), lambda: Value(2.5)),
    ("cannot be edited", lambda: assigned(x * y, "data", 1.0), lambda: Value(1.0) * y),
    ("was edited", lambda: gradient(*[edited()[0], [x]]), lambda: gradient(x * x, [x])),
    (
        r"zero_grad: takes a Value, and was given \[.*\]; write zero_grad\(y\) of the result y",
        lambda: ag.zero_grad([x]),
        lambda: ag.zero_grad(x),
    ),
    (
        r"a model has its own: model.zero_grad\(\)",
        lambda: ag.zero_grad(nn.MLP(2, [1], seed=0)),
        lambda: nn.MLP(2, [1], seed=0).zero_grad(),
    ),
    (r"missing.*'root'; write zero_grad\(y\)", lambda: ag.zero_grad(), lambda: ag.zero_grad(y)),
    (
        r"gradient: missing .*'xs'; write gradient\(y, \[x\]\)",
        lambda: gradient(x * y),
        lambda: gradient(x * y, [x]),
    ),
    (
        "gradient: there is no setting 'leaves': it is xs",
        lambda: gradient(x * y, leaves=[x]),
        lambda: gradient(x * y, xs=[x]),
    ),
    ("'name': it is v.label", lambda: Value(2.0, name="x"), lambda: Value(2.0, label="x")),
    (
        r"one after the other: write len\(list\(steps\(y\)\)\)",
        lambda: len(ag.steps(x * y)),
        lambda: bool(ag.steps(x * y)) and len(list(ag.steps(x * y))) == 2,
    ),
    (
        r"save: missing .*'path'; write picture.save\('g.svg'\)",
        lambda: ag.graph(x * y).save(),
        lambda: saved(ag.graph(x * y), "g.svg"),
    ),
    (
        r"save: missing .*'path'; write worked.save\('d.html'\)",
        lambda: ag.derivation(x * y, x).save(),
        lambda: saved(ag.derivation(x * y, x), "d.html"),
    ),
    (
        r"save: there is no setting 'filename': it is path",
        lambda: ag.explore(x * y).save(filename="y.html"),
        lambda: saved(ag.explore(x * y), "y.html"),
    ),
    ('scope: missing .*; write scope\\("name"\\)', lambda: ag.scope(), lambda: ag.scope("name")),
    ("mean of no numbers", lambda: ag.mean([]), lambda: ag.mean([x])),
    ("equally long", lambda: ag.dot([x], [x, y]), lambda: ag.dot([x, y], [x, y])),
    ("sum: takes an iterable", lambda: ag.sum(3.0), lambda: ag.sum([3.0])),
    (r"one Value: write prod\(\[x\]\)$", lambda: ag.prod(x), lambda: ag.prod([x])),
    (
        r"mean\(\[x\]\); under in_axes f has one row, and jit\(f, reduce='mean'\) is over all",
        lambda: ag.jit(lambda r: ag.mean(r**2), in_axes=0, reduce="mean")(np.ones(2)),
        lambda: ag.jit(lambda r: r**2, in_axes=0, reduce="mean")(np.ones(2)) == 1.0,
    ),
    ("whole numbers: round", lambda: round(x, 2), lambda: round(100 * x) / 100),
    (
        "no_grad: takes a function",
        lambda: ag.no_grad(3),
        lambda: ag.no_grad(lambda: x * x)().is_leaf,
    ),
    (
        r"with no_grad: lacks its brackets: write with no_grad\(\):",
        lambda: entered(ag.no_grad),
        lambda: entered(ag.no_grad()),
    ),
    (r"write with detect_anomaly\(\):", lambda: entered(ag.detect_anomaly), None),
    (
        r'write with scope\("name"\):',
        lambda: entered(ag.scope),
        lambda: entered(ag.scope("name")),
    ),
    ("scope takes a name", lambda: ag.scope(3), lambda: ag.scope("part")),
    ("log gave nan", lambda: watched(lambda: ag.log(Value(-1.0))), lambda: ag.log(Value(1.0))),
    (
        "brought 1e[+]200 [*] 1e[+]200 = inf",
        lambda: watched(lambda: (1e200 * (1e200 * (1e-300 * x))).backward(1.0)),
        lambda: watched(lambda: (1e100 * (1e100 * (1e-300 * x))).backward(1.0)),
    ),
    ("read once and stay", read_while_traced, lambda: jit(lambda a: a * ag.stop_gradient(x))(1.0)),
]

TABLE_ = [
    (
        r"show: there is no window: save it, .save\('g.svg'\)",
        lambda: ag.graph(x * 2).show(),
        lambda: str(ag.graph(x * 2)),
    ),
    (
        "text: print shows the text, and str",
        lambda: ag.derivation(x * 2, x).text,
        lambda: str(ag.derivation(x * 2, x)),
    ),
    (
        r"to_latex: it is \.latex",
        lambda: ag.derivation(x * 2, x).to_latex(),
        lambda: ag.derivation(x * 2, x).latex,
    ),
    (r"save\('y.html'\)", lambda: ag.explore(x * 2).view(), lambda: ag.explore(x * 2).html),
    ("object has no attribute 'nothing'", lambda: ag.graph(x * 2).nothing, None),
    (r"write x\*\*2", lambda: x ^ 2, lambda: x**2),
    (r"Value\(2.0, 'x'\)", lambda: Value("x", 3), lambda: Value(3, "x")),
    ("one Value holds one number", lambda: Value([1, 2]), lambda: [Value(n) for n in [1, 2]]),
    ("takes real numbers and Values", lambda: ag.sin("1"), lambda: ag.sin(float("1"))),
    ("the class Value itself", lambda: Value(Value), lambda: Value(2.0)),
    ("the class Value itself", lambda: ag.sin(Value), lambda: ag.sin(Value(2.0))),
    ("takes a plain number here", lambda: Value(x), lambda: (Value(x.data), (+x).backward())),
    ("too large for a float", lambda: Value(10**400), lambda: Value(10**300)),
    ("does not take 'z' there", lambda: ag.clip(x, z=1), lambda: ag.clip(x, lo=0, hi=1)),
    ("takes 2 operands", lambda: ag.hypot(x), lambda: ag.hypot(x, y)),
    ("plain whole number", lambda: ag.polygamma(0.5, x), lambda: ag.polygamma(1, x)),
    (
        "jit takes it as such where static_argnums",
        lambda: jit(ag.polygamma)(1, 2.0),
        lambda: jit(ag.polygamma, static_argnums=0)(1, 2.0),
    ),
    ("order n is at most", lambda: ag.polygamma(5000, x), lambda: ag.polygamma(999, x)),
    ("has no derivative by n", lambda: TABLE["polygamma"].partial(0, 1.0, (1.0, 2.0)), None),
    ("the condition must be a bool", lambda: ag.where(x, 1, 2), lambda: ag.where(x > 0, 1, 2)),
    (
        r"shapes \(2,\) and \(3,\)",
        lambda: ag.maximum(A, np.ones(3)),
        lambda: ag.maximum(A, np.ones((3, 1))),
    ),
    ("write partials=", lambda: ag.primitive(partials=abs), lambda: ag.primitive(partials=(abs,))),
    (
        "a tuple with a rule",
        lambda: ag.primitive(partials=3),
        lambda: ag.primitive(partials=(abs,)),
    ),
    ("must be a function", lambda: ag.primitive(partials=(3,)), lambda: own(lambda r, a: 1.0)),
    (
        "out=None of sin is no number, and operands are numbers: .* such as lambda x: sin",
        lambda: ag.primitive(partials=(lambda r, a: ag.cos(a),))(np.sin),
        lambda: own(lambda r, a: ag.cos(a)),
    ),
    ("latex is a str", lambda: ag.primitive(partials=(abs,), latex=3), None),
    (
        "one rule for each",
        lambda: own(lambda r, a: 1.0, lambda a, b: a),
        lambda: ag.primitive(partials=(lambda r, a, b: 1.0,) * 2)(lambda a, b: a + b),
    ),
    (
        "fixed number of operands",
        lambda: own(lambda r, a: 1.0, lambda *a: a[0]),
        lambda: own(lambda r, a: 1.0, lambda a: a),
    ),
    (
        "gave a plain number",
        lambda: grad(grad(own(lambda r, a: math.cos(getattr(a, "data", a)))))(1.0),
        lambda: grad(grad(own(lambda r, a: ag.cos(a))))(1.0) == -math.sin(1.0),
    ),
    (
        "computes with a number that was kept from the forward pass",
        lambda: grad(
            grad(
                own(
                    lambda r, a: KEPT[-1] * (1.0 + 0.0 * a),
                    lambda a: KEPT.append(math.cos(a)) or math.sin(a),
                )
            )
        )(1.0),
        lambda: grad(grad(own(lambda r, a: ag.cos(a))))(1.0) == -math.sin(1.0),
    ),
    (
        "there is no operation named",
        lambda: __import__("autograd.table.operation").table.operation.operation_named("nothing"),
        None,
    ),
]


def pair(a, b):
    return a * b


ROWS, THREE = np.ones((3, 2)), np.ones(3)


def square(w, row, target):
    """Return the error of one row."""
    return (w[0] * row[0] + w[1] * row[1] - target) ** 2


def scaled(w, row):
    return w[0] * ag.dot(w, row)


TRANSFORMS = [
    (
        "names an argument twice",
        lambda: grad(pair, (0, 0))(1.0, 2.0),
        lambda: grad(pair, (0, 1))(1.0, 2.0),
    ),
    ("grad: takes a function", lambda: grad(3), lambda: grad(lambda a: 3.0 * a)(1.0)),
    (
        r"given a float; write grad\(f\)\(x\)",
        lambda: grad(ag.sin(1.0)),
        lambda: grad(ag.sin)(1.0) == math.cos(1.0),
    ),
    (
        r"a setting by its name, grad\(f, argnums=0\)",
        lambda: grad(1),
        lambda: grad(argnums=1)(pair)(2.0, 3.0) == 2.0,
    ),
    (
        r"given None; write vmap\(f\)\(x\)",
        lambda: vmap(print("", end="")),
        lambda: vmap(ag.sin)(A),
    ),
    (
        "detect_anomaly: takes nothing",
        lambda: ag.detect_anomaly(ag.sin),
        lambda: ag.detect_anomaly()(ag.sin)(x),
    ),
    (
        r'write @scope\("name"\) above a function',
        lambda: ag.scope(pair),
        lambda: ag.scope("name")(pair)(x, y).scope.name == "name",
    ),
    (
        r"no setting 'derivative': write @autograd.primitive\(partials=\(rule,\)\) above the",
        lambda: ag.primitive(derivative=lambda a: ag.cos(a)),
        lambda: own(lambda r, a: ag.cos(a), lambda a: ag.sin(a))(x),
    ),
    (
        r"has no attribute 'defvjp': write @autograd.primitive\(partials=\(rule,\)\) above the",
        lambda: own(lambda r, a: 1.0).defvjp(lambda g: g),
        lambda: own(lambda r, a: ag.cos(a), lambda a: ag.sin(a))(x),
    ),
    (
        r"has no attribute 'vjp': write value, pull = autograd.vjp\(f, x\)",
        lambda: own(lambda r, a: 1.0).vjp(1.0),
        lambda: ag.vjp(own(lambda r, a: 1.0), 2.0)[1](1.0) == (1.0,),
    ),
    (
        r"write @primitive\(partials=\(rule, ...\)\)",
        lambda: ag.primitive(ag.sin),
        lambda: ag.primitive(partials=(lambda r, a: ag.cos(a),))(lambda a: ag.sin(a))(x),
    ),
    ("argnums is an int", lambda: grad(pair, "a"), lambda: grad(pair, 0)(1.0, 2.0)),
    ("argnums is 2", lambda: grad(pair, 2)(1.0, 2.0), lambda: grad(pair, 1)(1.0, 2.0)),
    (
        "0 positional arguments: give what it is differentiated by without its name",
        lambda: grad(pair)(a=2.0, b=3.0),
        lambda: grad(pair)(2.0, b=3.0) == 3.0,
    ),
    (r"write \(x,\)", lambda: jvp(ag.sin, 1.0, 1.0), lambda: jvp(ag.sin, (1.0,), (1.0,))),
    (
        "the tangents are a tuple",
        lambda: jvp(ag.sin, (1.0,), 1.0),
        lambda: hvp(ag.sin, (1.0,), (1.0,)),
    ),
    (
        "the cotangents? must be",
        lambda: vjp(lambda a: [a, a], 1.0)[1]([1.0]),
        lambda: vjp(lambda a: [a, a], 1.0)[1]([1.0, 1.0]),
    ),
    (
        "use jacobian",
        lambda: grad(lambda a: [a, a])(1.0),
        lambda: ag.jacobian(lambda a: [a, a])(1.0),
    ),
    (
        "has_aux=True the function returns a pair",
        lambda: grad(lambda a: a, has_aux=True)(1.0),
        lambda: grad(lambda a: (a, "aux"), has_aux=True)(1.0) == (1.0, "aux"),
    ),
    (r"write \[x\]", lambda: gradient(x * x, x), lambda: gradient(x * x, [x])),
    ("gradient: takes Values", lambda: gradient(1.0, [x]), lambda: gradient(+x, [x])),
    (
        r"pass dict\(frame\) to take parts by name",
        lambda: grad(lambda d: d["a"].sum())(FRAME),
        lambda: grad(lambda d: d["a"].sum())(dict(FRAME)),
    ),
    (
        r"vmap: in_axes takes ints, .* ndarray; .* follow in a second call, vmap\(f\)\(x\)",
        lambda: vmap(pair, A),
        lambda: vmap(pair)(A, A),
    ),
    (
        r"cannot call: .* \(where in place of an if\)",
        lambda: jit(own(lambda r, a: 1.0, lambda a: a if a > 0 else 0.0))(1.0),
        lambda: jit(own(lambda r, a: 1.0, lambda a: ag.where(a > 0, a, 0.0)))(1.0),
    ),
    (
        "vmap: out_axes takes ints",
        lambda: vmap(pair, out_axes=1.0),
        lambda: vmap(pair, out_axes=0)(A, A),
    ),
    (
        r"jit: in_axes takes ints, .* float; .* follow in a second call, jit\(f\)\(x\)",
        lambda: jit(pair, 2.0),
        lambda: jit(pair)(A, A),
    ),
    (
        r"vmap: b is a list of numbers, given by keyword: numpy.asarray\(b\) has one for each row",
        lambda: vmap(pair)(A, b=[1.0, 2.0]),
        lambda: vmap(pair)(A, b=np.asarray([1.0, 2.0])).tolist() == [1.0, 4.0],
    ),
    (
        r"jit: b is a list of numbers, .*, and functools.partial\(pair, b=b\) shares it",
        lambda: jit(pair, in_axes=0)(A, b=[1.0, 2.0]),
        lambda: len(vmap(functools.partial(lambda a, b: a * b[1], b=[1.0, 2.0]))(A)) == 2,
    ),
    (
        "jit: in_axes maps no argument: .* or give arrays by keyword",
        lambda: jit(pair, in_axes=(None, None))(2.0, 3.0),
        lambda: jit(pair, in_axes=(None,))(2.0, b=A).tolist() == [2.0, 4.0],
    ),
    (
        "vmap: in_axes maps no argument",
        lambda: vmap(pair, in_axes=None)(A, A),
        lambda: vmap(pair, in_axes=(0, None))(A, 2.0),
    ),
    (
        "in_axes has 1 entry",
        lambda: vmap(pair, in_axes=(0,))(A, A),
        lambda: vmap(pair, in_axes=(0, 0))(A, A),
    ),
    (
        r"grad: grad\(square\) takes one row of argument 1, .* of shape \(3, 2\) .*, "
        r"vmap\(grad\(square\), in_axes=\(None, 0, 0\)\)",
        lambda: grad(square)(A, ROWS, THREE),
        lambda: vmap(grad(square), in_axes=(None, 0, 0))(A, ROWS, THREE).shape == (3, 2),
    ),
    (
        r"grad\(square\) takes one row of argument 1, .* in_axes=\(None, 0, 0\)",
        lambda: grad(square)(A, target=THREE, row=ROWS),
        lambda: vmap(grad(square), in_axes=(None, 0, 0))(A, ROWS, THREE).shape == (3, 2),
    ),
    (
        r"use jacobian for several\): .*vmap\(grad\(sin\), in_axes=0\)",
        lambda: grad(ag.sin)(A),
        lambda: (vmap(grad(ag.sin), in_axes=0)(A) == ag.cos(A)).all(),
    ),
    (
        r"vmap\(grad\(f\), in_axes=0\), and argument 0 as an array, numpy.asarray",
        lambda: grad(lambda a: a * a)([1.0, 2.0]),
        lambda: vmap(grad(lambda a: a * a), in_axes=0)(np.asarray([1.0, 2.0])),
    ),
    (
        r"hessian: hessian\(f\) takes one row .* vmap\(hessian\(f\), in_axes=0\)",
        lambda: ag.hessian(lambda a: a**3 if a > 0.0 else a)(A),
        lambda: (
            vmap(ag.hessian(lambda a: a**3 if a > 0.0 else a), in_axes=0)(A).tolist() == [6, 12]
        ),
    ),
    (
        r"vmap: scaled takes one row of argument 1.* in_axes=\(None, 0\)",
        lambda: vmap(scaled)(A, np.ones((2, 2))),
        lambda: vmap(scaled, in_axes=(None, 0))(A, np.ones((2, 2))),
    ),
    (
        r"argument 0 has 2 rows, argument 1 has 3 rows: .* in_axes=\(None, 0, 0\)",
        lambda: vmap(square)(A, ROWS, THREE),
        lambda: vmap(square, in_axes=(None, 0, 0))(A, ROWS, THREE),
    ),
    ("numpy.asarray", lambda: vmap(ag.sin)(1.0), lambda: vmap(ag.sin)(np.asarray([1.0]))),
    ("differ in length", lambda: vmap(pair)(A, np.ones(3)), lambda: vmap(pair)(A, np.ones(2))),
    (
        r"out_axes has None for the result\[0\], .*: write out_axes=0, and take result\[0\]\[0\]",
        lambda: vmap(lambda w, x: (w * 2, w * x), in_axes=(None, 0), out_axes=(None, 0))(1.0, A),
        lambda: vmap(lambda w, x: (w * 2, w * x), in_axes=(None, 0))(1.0, A)[0][0] == 2.0,
    ),
    (
        "'out_axes': rows stand first in results; elsewhere in those of jit.vmap.f, out_axes=1",
        lambda: jit(pair, in_axes=0, out_axes=1),
        lambda: jit(vmap(lambda x: x * 2, out_axes=1))(np.ones((3, 2))).shape == (2, 3),
    ),
    (
        "'argnum': it is argnums= of derivatives: grad.f, argnums=0",
        lambda: grad(ag.sin, argnum=0)(0.0),
        lambda: grad(ag.sin, argnums=0)(0.0) == 1.0,
    ),
    (
        "'cumsum': functions of arrays, also of Values, are NumPy's: numpy.cumsum$",
        lambda: ag.cumsum,
        lambda: grad(lambda a: np.cumsum(a)[-1])(np.ones(2)).tolist() == [1.0, 1.0],
    ),
    (
        "returned .a number, a number.; use jacobian for several, or has_aux=True where the second",
        lambda: grad(lambda x: (x * x, x))(2.0),
        lambda: grad(lambda x: (x * x, x), has_aux=True)(2.0) == (4.0, 2.0),
    ),
    (
        "partials must be a function; declare it inside a function of what is not differentiated",
        lambda: ag.primitive(partials=(lambda y, x, n: n * x ** (n - 1), None))(lambda x, n: x**n),
        lambda: (lambda n: ag.primitive(partials=(lambda y, x: n * x ** (n - 1),))(lambda x: x**n))(
            3
        )(2.0),
    ),
    (
        "xs holds a number, which has no rows: .*; a number of steps is length=",
        lambda: jit(lambda n: ag.scan(lambda c, x: (c + 1, c), 0.0, n))(3),
        lambda: ag.scan(lambda c, x: (c + 1, c), 0.0, length=3)[0] == 3.0,
    ),
    ("out_axes has 3", lambda: vmap(ag.sin, out_axes=3)(A), lambda: vmap(ag.sin, out_axes=0)(A)),
    (
        "same structure for every row",
        lambda: vmap(lambda a: a if a > 1.5 else [a])(A),
        lambda: vmap(lambda a: [a])(A),
    ),
    (
        r"vmap: in_axes has 3 entries, and scaled was called with 2 arguments besides self",
        lambda: vmap(Methods().scaled, in_axes=(None, None, 0))(2.0, A),
        lambda: vmap(Methods().scaled, in_axes=(None, 0))(2.0, A),
    ),
    (
        r"jit: in_axes has 3 entries, and scaled was called with 2 arguments besides self",
        lambda: jit(Methods().scaled, in_axes=(None, None, 0))(2.0, A),
        lambda: jit(Methods().scaled, in_axes=(None, 0))(2.0, A),
    ),
    (
        r"jit: in_axes has 2 entries, and pair was called with 1 argument besides the 1 that part",
        lambda: jit(functools.partial(pair, 2.0), in_axes=(None, 0))(A),
        lambda: jit(functools.partial(pair, 2.0), in_axes=(0,))(A),
    ),
    (
        r"argument 0 of by_self is self, a Methods, .* write @grad\(argnums=1\) above the method",
        lambda: Methods().by_self(2.0),
        lambda: Methods().by_number(2.0) == 3.0,
    ),
    (
        "grad: takes a function, and was given a property: write @property above it",
        lambda: grad(property(abs)),
        lambda: property(grad(abs)),
    ),
    (
        "scope: takes a function, or nothing",
        lambda: ag.scope("part")(3),
        lambda: ag.scope("part")(pair)(x, 3),
    ),
    (
        "self is counted: write @staticmethod above it",
        lambda: own(lambda r, a: 1.0, lambda self, a: a),
        lambda: staticmethod(own(lambda r, a: 1.0, lambda a: a)),
    ),
    (
        r"result is a generator: write a list, list\(...\) or \[...\], in place of yield",
        lambda: vmap(lambda a: (a * n for n in (1.0, 2.0)))(A),
        lambda: vmap(lambda a: [a * n for n in (1.0, 2.0)])(A),
    ),
    (
        r"argument 0 is a map: write a list, list\(...\)$",
        lambda: grad(ag.sum)(map(float, (1, 2))),
        lambda: grad(ag.sum)([*map(float, (1, 2))]),
    ),
    (
        r"result is a set: write a list, list\(...\)",
        lambda: ag.jacobian(lambda a: {a, a * a})(1.0),
        lambda: ag.jacobian(lambda a: [a, a * a])(1.0),
    ),
    (
        "result is a coroutine, of an async function: write def",
        lambda: grad(asynchronous)(1.0),
        lambda: grad(lambda a: a)(1.0),
    ),
    (
        "tree_map: the trees differ",
        lambda: tree_map(pair, [1.0], (1.0,)),
        lambda: tree_map(pair, [1.0], [2.0]),
    ),
    ("takes a class", lambda: register_tree(3, abs, abs), None),
    ("must be a function, and is", lambda: register_tree(type("T", (), {}), 3, abs), None),
    (
        "register_tree",
        lambda: grad(lambda p: p.a)(type("Point", (), {"a": 1.0})()),
        lambda: grad(lambda p: p.a)(registered()).a == 1.0,
    ),
    (
        r"array\.filled",
        lambda: grad(lambda a: a[0])(np.ma.masked_array([1.0, 2.0], [0, 1])),
        lambda: grad(lambda a: a[0])(np.ma.masked_array([1.0, 2.0], [0, 1]).filled(0.0)),
    ),
    (
        "an ndarray holds dates, which are no numbers: give the days since a first one",
        lambda: ag.sin(DAYS),
        lambda: ag.sin((DAYS - DAYS[0]).astype(int)).tolist(),
    ),
    (
        "column 'd' of a DataFrame holds durations.* give their days or seconds as numbers",
        lambda: jit(lambda rows: rows[0, 1])(TIMES),
        lambda: jit(lambda rows: rows[0, 1])(TIMES.assign(d=TIMES.d.dt.days)),
    ),
    (
        "given a timedelta64: give its days or seconds as a number",
        lambda: x + np.timedelta64(3, "ns"),
        lambda: x + np.timedelta64(3, "D") / np.timedelta64(1, "D"),
    ),
    (
        r"\*: NumPy's masked arrays compute on plain numbers.*write array.filled\(0.0\)",
        lambda: x * np.ma.array(A),
        lambda: (x * np.ma.array(A).filled(0.0)).sum().backward(),
    ),
    ("a date: give the days", lambda: grad(lambda a: a)(datetime.date(2024, 1, 1)), None),
    (
        r"a Decimal: write float\(",
        lambda: grad(lambda a: a * a)(decimal.Decimal("1.5")),
        lambda: grad(lambda a: a * a)(float(decimal.Decimal("1.5"))),
    ),
    (
        r"come one after the other: write list\(steps\(y\)\)\[0\]",
        lambda: ag.steps(x * y)[0],
        lambda: list(ag.steps(x * y))[-1].partial,
    ),
    ("has no attribute 'ln': it is autograd.log", lambda: ag.ln(2.0), lambda: ag.log(2.0)),
    ("no attribute 'arctan': it is autograd.atan", lambda: ag.arctan(2.0), lambda: ag.atan(2.0)),
    ("no attribute 'ReLU': it is autograd.relu", lambda: ag.ReLU()(2.0), lambda: ag.relu(2.0)),
    ("fewer numbers than places", lambda: unflatten(ag.trees.flatten([1.0, 2.0])[1], [1.0]), None),
    ("more numbers than places", lambda: unflatten(ag.trees.flatten([1.0])[1], [1.0, 2.0]), None),
]


class Registered:
    def __init__(self, a):
        self.a = a


register_tree(Registered, lambda p: ((p.a,), None), lambda _, parts: Registered(*parts))


def registered():
    return Registered(1.0)


class Methods:
    def scaled(self, w, row):
        return w * row

    @grad
    def by_self(self, a):
        return 3.0 * a

    @grad(argnums=1)
    def by_number(self, a):
        return 3.0 * a


async def asynchronous(a):
    return a


def line(w, row):
    return w * row


JIT = [
    (
        r"(?s)in what is called at .* write int\(v.data\) for a whole number",
        lambda: np.arange(x),
        lambda: len(np.arange(int(x.data))) == 2,
    ),
    (
        r"in what is called at .*\n.* static_argnames='n'",
        lambda: jit(lambda a, n: np.tile(a, n))(A, 2),
        lambda: jit(lambda a, n: np.tile(a, n), static_argnames="n")(A, 2).shape == (4,),
    ),
    (
        r"a traced Value, was compared by != .*\n.* Write \(a < b\) \| \(a > b\)",
        lambda: jit(lambda a: 1.0 if a != 1 else a)(2.0),
        lambda: jit(lambda a: 1.0 if (a < 1) | (a > 1) else a)(2.0),
    ),
    (
        r"write \[take\(table, i\) for i in indices\]",
        lambda: ag.take(A, [0, 1]),
        lambda: [ag.take(A, i) for i in [0, 1]],
    ),
    ("jit: takes a function", lambda: jit(3), lambda: jit(lambda: 3.0)()),
    (
        r"jit\(f, in_axes=0\)",
        lambda: jit(0),
        lambda: jit(in_axes=0)(ag.sin)(A).shape == (2,),
    ),
    (
        "jit: there is no setting 'exakt'; the settings: in_axes, reduce, exact",
        lambda: jit(exakt=False),
        lambda: jit(exact=False)(ag.sin)(1.0),
    ),
    (
        "there is no setting 'nothing'; the settings: argnums, has_aux",
        lambda: grad(pair, nothing=1),
        lambda: grad(pair, argnums=1)(2.0, 3.0) == 2.0,
    ),
    (
        "max_paths is a whole number",
        lambda: jit(ag.sin, max_paths=0),
        lambda: jit(ag.sin, max_paths=1)(1.0),
    ),
    ('reduce is "sum"', lambda: jit(line, in_axes=(None, 0), reduce="max"), None),
    ("needs in_axes", lambda: jit(line, reduce="sum"), lambda: jit(line, (None, 0), "sum")(1.0, A)),
    (
        "in_axes takes ints",
        lambda: jit(line, in_axes=("a", 0)),
        lambda: jit(line, in_axes=(None, 0))(1.0, A),
    ),
    (
        "in_axes has 1 entry",
        lambda: jit(line, in_axes=(0,))(1.0, A),
        lambda: jit(line, in_axes=(None, 0))(1.0, A),
    ),
    (
        "give a NumPy array",
        lambda: jit(ag.sin, in_axes=0)(1.0),
        lambda: jit(ag.sin, in_axes=0)(np.asarray([1.0])),
    ),
    ("but its shape is", lambda: jit(ag.sin, in_axes=1)(A), lambda: jit(ag.sin, in_axes=0)(A)),
    (
        r"jit: square takes one row of argument 1.*, jit\(square, in_axes=\(None, 0, 0\)\)",
        lambda: jit(square)(A, ROWS, THREE),
        lambda: jit(square, in_axes=(None, 0, 0))(A, ROWS, THREE).shape == (3,),
    ),
    (
        r'jit\(grad\(square\), in_axes=\(None, 0, 0\)\), with reduce="mean"',
        lambda: jit(grad(square))(A, ROWS, THREE),
        lambda: jit(grad(square), in_axes=(None, 0, 0), reduce="mean")(A, ROWS, THREE),
    ),
    (
        r"differ in length: .*, or None .*, as in in_axes=\(None, 0, 0\)",
        lambda: jit(square, in_axes=0)(A, ROWS, THREE),
        lambda: jit(square, in_axes=(None, 0, 0))(A, ROWS, THREE),
    ),
    (
        "mapped axes differ in length.*: give as many rows to each",
        lambda: jit(line, in_axes=(0, 0))(A, np.ones(3)),
        lambda: jit(line, in_axes=(0, 0))(A, np.ones(2)),
    ),
    (
        "share the argument",
        lambda: jit(line, in_axes=(0, 0), reduce="sum")(np.array([x, y]), A),
        lambda: jit(line, in_axes=(None, 0), reduce="sum")(x, A),
    ),
    (
        "is mapped and differentiated",
        lambda: jit(grad(line), in_axes=(0, 0), reduce="sum")(A, A),
        lambda: jit(grad(line), in_axes=(0, 0))(A, A),
    ),
    (
        "no rows",
        lambda: jit(ag.sin, 0, "mean")(np.zeros(0)),
        lambda: jit(ag.sin, 0, "sum")(np.zeros(0)) == 0.0,
    ),
    ("call it once", lambda: jit(ag.sin).source, lambda: called(jit(ag.sin)).source),
    ("ends in .c", lambda: called(jit(ag.sin)).save("f.txt"), None),
    (
        "call it once with plain numbers",
        lambda: called(jit(ag.sin), Value(1.0)).c,
        lambda: called(called(jit(ag.sin), Value(1.0))).c,
    ),
    (
        "make them arguments",
        lambda: called(jit(lambda a: a * x)).c,
        lambda: called(jit(line), 1.0, 2.0).c,
    ),
    ("takes more than 1 way,", lambda: many(1), lambda: many(2)),
    (
        "same structure on every way",
        lambda: two_ways(lambda a: [a] if a > 0.0 else a),
        lambda: two_ways(lambda a: [a] if a > 0.0 else [-a]),
    ),
    (
        "same structure for every row",
        lambda: jit(lambda a: [a] if a > 0.0 else a, in_axes=0)(
            np.array([Value(1.0), Value(-1.0)])
        ),
        lambda: jit(lambda a: [a] if a > 0.0 else [-a], in_axes=0)(
            np.array([Value(1.0), Value(-1.0)])
        ),
    ),
    (r"math\.sin", lambda: jit(lambda a: math.sin(a))(1.0), lambda: jit(lambda a: ag.sin(a))(1.0)),
    (
        r"\(a <= b\) & \(a >= b\)",
        lambda: jit(lambda a: a == 1.0)(1.0),
        lambda: jit(lambda a: (a <= 1.0) & (a >= 1.0))(1.0),
    ),
    (
        "value_and_grad",
        lambda: jit(lambda a: a.backward())(1.0),
        lambda: jit(value_and_grad(ag.sin))(1.0),
    ),
    ("returning|return results", left_behind, lambda: jit(lambda a: [a, 2.0 * a])(1.0)),
    (
        "is an operation of your own",
        lambda: jit(own(lambda r, a: ag.cos(a), lambda a: math.sin(a)))(1.0),
        lambda: jit(own(lambda r, a: ag.cos(a), lambda a: ag.sin(a)))(1.0),
    ),
]


def called(fast, *numbers):
    fast(*(numbers or (1.0,)))
    return fast


def doubled(a):
    return 2.0 * a


def branched(a):
    """Take one of two ways, by a call, which is no choice between numbers."""
    return a if a > 0.0 else doubled(a)


def halved(a):
    while a > 0.5:  # a way for each number of turns
        a = 0.5 * a
    return a


def many(ways):
    fast = jit(halved, max_paths=ways)
    return [fast(1.0), fast(-1.0)]


def two_ways(f):
    fast = jit(f)
    return [fast(1.0), fast(-1.0)]


LOOPS = [
    (
        "give xs, or length",
        lambda: ag.scan(lambda c, _: (c, None), 1.0),
        lambda: ag.scan(lambda c, _: (c, None), 1.0, length=3),
    ),
    (
        "returns a pair",
        lambda: ag.scan(lambda c, _: c, 1.0, length=2),
        lambda: ag.scan(lambda c, _: (c, c), 1.0, length=2),
    ),
    (
        "keeps its structure",
        lambda: ag.scan(lambda c, _: ([c], None), 1.0, length=2),
        lambda: ag.fori_loop(0, 2, lambda i, c: c, 1.0),
    ),
    (
        "a count is a whole number",
        lambda: ag.fori_loop(0, "3", lambda i, c: c, 1.0),
        lambda: ag.fori_loop(0, 3, lambda i, c: c, 1.0),
    ),
    (
        "a count is a whole number",
        lambda: ag.fori_loop(0, 2.5, lambda i, c: c, 1.0),
        lambda: ag.fori_loop(0, 2.0, lambda i, c: c, 1.0),
    ),
    (
        "xs has 2 rows",
        lambda: ag.scan(lambda c, a: (c, a), 1.0, A, length=3),
        lambda: ag.scan(lambda c, a: (c, a), 1.0, A, length=2),
    ),
    (
        "returns a comparison",
        lambda: ag.while_loop(lambda c: c, lambda c: c, 1.0),
        lambda: ag.while_loop(lambda c: c < 2.0, lambda c: c + 1.0, 1.0),
    ),
    ("the table is an array", lambda: ag.take(3.0, 0), lambda: ag.take([3.0], 0)),
    ("the table is empty", lambda: ag.take([], 0), lambda: ag.take([1.0], 0)),
    ("an index is a whole number", lambda: ag.take(A, "a"), lambda: ag.take(A, 1)),
    ("there is no entry 5", lambda: ag.take(A, 5), lambda: ag.take(A, 1)),
    (
        "structure must be the same",
        lambda: ag.put([1.0, 2.0], 0, [1.0]),
        lambda: ag.put([1.0, 2.0], 0, 3.0),
    ),
]

RENDER = [
    ("graph draws a Value", lambda: ag.graph("x"), lambda: ag.graph(x * y).svg),
    (
        r"was given an MLP: call it with one row, model\(\[x1, x2\]\), and give its result",
        lambda: ag.graph(nn.MLP(2, [1], seed=1)),
        lambda: ag.graph(nn.MLP(2, [1], seed=1)([1.0, 2.0])).svg,
    ),
    ("the list is empty", lambda: ag.graph([]), lambda: ag.graph([x]).svg),
    (
        r"graph\(\[y1, y2\]\)",
        lambda: ag.graph(x * y, x + y).svg,
        lambda: ag.graph([x * y, x + y]).svg,
    ),
    (
        "rankdir is one of",
        lambda: ag.graph(x * y, rankdir="XX").svg,
        lambda: ag.graph(x * y, rankdir="TB").svg,
    ),
    (
        "depth is a whole number",
        lambda: ag.graph(x * y, depth="a").svg,
        lambda: ag.graph(x * y, depth=1).svg,
    ),
    (
        "depth is at least",
        lambda: ag.graph(x * y, depth=-1).svg,
        lambda: ag.graph(x * y, depth=0).svg,
    ),
    ("engine is None", lambda: ag.graph(x * y, engine="neato").svg, lambda: ag.graph(x * y).svg),
    (
        "format is a str",
        lambda: ag.graph(x * y, format=3).svg,
        lambda: ag.graph(x * y, format=".4g").svg,
    ),
    (
        "not a format for numbers",
        lambda: ag.graph(x * y, format="zz").svg,
        lambda: ag.graph(x * y, format=".3f").svg,
    ),
    (
        "theme is one of",
        lambda: ag.graph(x * y, theme="pink").svg,
        lambda: ag.graph(x * y, theme="dark").svg,
    ),
    ("takes a file name", lambda: ag.graph(x * y).save(3), None),
    ("is saved as", lambda: ag.graph(x * y).save("g.jpg"), None),
    ("cairosvg g.svg -o g.pdf", lambda: ag.graph(x * y).save("g.pdf"), None),
    ("a browser prints the .html as PDF", lambda: ag.explore(x * y).save("g.pdf"), None),
    ("a browser prints the .html", lambda: ag.derivation(x * y, x).save("g.pdf"), None),
    (
        r"0\['b'\] is a str \('t'\): leave text out \(of a data frame: frame.select_dtypes",
        lambda: ag.grad(lambda d: d["a"])({"a": 1.0, "b": "t"}),
        lambda: ag.grad(lambda d: d["a"])({"a": 1.0}),
    ),
    (
        r"no attribute 'derivative': write .*, autograd.gradient\(y, \[x\]\) of a Value",
        lambda: ag.derivative,
        lambda: ag.gradient(x * y, [x]),
    ),
    ("cannot be written", lambda: ag.graph(x * y).save("/nowhere/at/all/g.svg"), None),
    ("reads the graph under a Value", lambda: list(ag.steps(1.0)), lambda: list(ag.steps(x * y))),
    (
        r"steps: NumPy has put the Value into an array: write y\[\(\)\]",
        lambda: list(ag.steps(np.array(x * y))),
        lambda: list(ag.steps(np.array(x * y)[()])),
    ),
    (
        "give them one after the other",
        lambda: ag.explore([x * y, x + y]),
        lambda: [ag.explore(each) for each in (x * y, x + y)],
    ),
    ("for a Value x", lambda: ag.explain(x * y, 1.0), lambda: ag.explain(x * y, x)),
    (
        "call it with x = Value",
        lambda: ag.explore(lambda v: v * v),
        lambda: ag.explore((lambda v: v * v)(Value(2.0, "x"))),
    ),
    (
        r'given 4.0: compute with x = Value\(2.0, "x"\), since a plain number',
        lambda: ag.derivation(2.0**2, 2.0),
        lambda: ag.derivation(Value(2.0, "x") ** 2, Value(2.0, "x")),
    ),
    (
        r"the derivative as a Value is gradient\(y, \[x\]\)\[0\]",
        lambda: ag.derivation(ag.derivation(x**3, x), x),
        lambda: (lambda cube: ag.derivation(gradient(cube, [x])[0], x))(x**3),
    ),
    (
        "it is a picture: give the Value that it shows",
        lambda: ag.explore(ag.graph(x * y)),
        lambda: ag.explore(x * y),
    ),
    (
        "limit is a whole number",
        lambda: ag.explain(x * y, x, limit=0),
        lambda: ag.explain(x * y, x, limit=1),
    ),
    (
        "differentiates by a Value",
        lambda: ag.derivation(x * y, 1.0),
        lambda: ag.derivation(x * y, x),
    ),
    (
        "reads the graph under a Value, .* one after the other, in a loop",
        lambda: ag.latex(np.array([x * y, y])),
        lambda: [ag.latex(each) for each in np.array([x * y, y])],
    ),
    (
        "from 1 to 17, and was 100: write digits=12",
        lambda: ag.derivation(x * y, x, digits=100),
        lambda: ag.derivation(x * y, x, digits=12),
    ),
    (
        r"explain\(y, x\) are about the derivative of one y by one x",
        lambda: list(ag.steps(x * y, x)),
        lambda: ag.explain(x * y, x),
    ),
    (
        "explain: there is no setting 'precision': it is digits",
        lambda: ag.explain(x * y, x, precision=3),
        lambda: ag.explain(x * y, x, digits=3),
    ),
    (
        "graph: there is no setting 'digit'; did you mean digits",
        lambda: ag.graph(x * y, digit=3),
        lambda: ag.graph(x * y, digits=3),
    ),
    (
        "explore: there is no setting 'title'; the settings are y, digits",
        lambda: ag.explore(x * y, title="mine"),
        lambda: ag.explore(x * y),
    ),
    (
        r"derivation: missing 1 required positional argument: 'x'; write derivation\(y, x\)",
        lambda: ag.derivation(x * y),
        lambda: ag.derivation(x * y, x),
    ),
    (
        r"save: an explanation is text.* derivation\(y, x\) is also typeset",
        lambda: ag.explain(x * y, x).save("e.html"),
        lambda: ag.derivation(x * y, x).latex,
    ),
    (
        r"html: the steps of .* come one after the other: explore\(y\) saves all",
        lambda: ag.steps(x * y).html,
        lambda: [ag.explore(x * y).html, [step.latex for step in ag.steps(x * y)]],
    ),
    (
        r"html: .save\('worked.html'\) writes a file",
        lambda: ag.derivation(x * y, x).html,
        lambda: ag.derivation(x * y, x).mathml,
    ),
    ("'_Steps' object has no attribute 'first'", lambda: ag.steps(x * y).first, None),
    ("'Explanation' object has no attribute 'first'", lambda: ag.explain(x * y, x).first, None),
    (
        r"it is a function: autograd.explain\(y, x\)",
        lambda: (x * y).explain(x),
        lambda: ag.explain(x * y, x),
    ),
    (r"write autograd.graph\(y\)", lambda: ag.draw_dot(x * y), lambda: ag.graph(x * y)),
    (
        "write digits=3 or format='.3f', not both",
        lambda: ag.graph(x * y, format=".3f", digits=3),
        lambda: ag.graph(x * y, digits=3),
    ),
]


class Unhashed:
    """A tree whose rest is a list."""


class Hashed:
    """A tree whose rest is a tuple."""


register_tree(Unhashed, lambda tree: ((1.0,), []), lambda rest, parts: Unhashed())
register_tree(Hashed, lambda tree: ((1.0,), ()), lambda rest, parts: Hashed())


def nested(depth, leaf=1.0):
    for _ in range(depth):
        leaf = [leaf]
    return leaf


def by_dict(point, axes):
    return jit(lambda p: p["a"], in_axes=(axes,))(point)


ZERO = np.zeros((0, 2))
MORE = [
    (
        "static_argnums takes ints",
        lambda: jit(ag.polygamma, static_argnums="n"),
        lambda: jit(ag.polygamma, static_argnums=0)(1, 2.0),
    ),
    (
        "static_argnames takes strings",
        lambda: jit(pair, static_argnames=(3,)),
        lambda: jit(pair, static_argnames=("a",))(1.0, 2.0),
    ),
    (
        "has no argument 'z'",
        lambda: jit(pair, static_argnames="z"),
        lambda: jit(pair, static_argnames="a")(1.0, 2.0),
    ),
    (
        "give a tuple in place of a list",
        lambda: jit(lambda a, b: a[0] * b, static_argnums=0)([1.0], 2.0),
        lambda: jit(lambda a, b: a[0] * b, static_argnums=0)((1.0,), 2.0),
    ),
    (
        "other keys than the dict",
        lambda: by_dict({"a": A}, {"b": 0}),
        lambda: by_dict({"a": A}, {"a": 0}),
    ),
    (
        "has 2 parts, and it has 1",
        lambda: jit(lambda p: p[0], in_axes=([0, 0],))([A]),
        lambda: jit(lambda p: p[0], in_axes=([0],))([A]),
    ),
    (
        "does not fit the structure",
        lambda: by_dict({"a": A}, [0]),
        lambda: by_dict({"a": A}, {"a": 0}),
    ),
    (
        "does not fit the structure",
        lambda: jit(ag.sin, in_axes=([0],))(A),
        lambda: jit(ag.sin, in_axes=(0,))(A),
    ),
    (
        "nested too deep",
        lambda: grad(lambda p: 1.0)(nested(5000)),
        lambda: grad(lambda p: p[0])(nested(1)),
    ),
    (
        "nested too deep",
        lambda: jit(lambda p: 1.0)(nested(5000)),
        lambda: jit(lambda p: 1.0)(nested(5)),
    ),
    (
        "tuples in place of lists",
        lambda: grad(lambda p: 1.0)(Unhashed()),
        lambda: grad(lambda p: 1.0)(Hashed()),
    ),
    (
        "sequences of 2 and 3 rows",
        lambda: ag.scan(lambda c, a: (c, None), 1.0, (A, np.ones(3))),
        lambda: ag.scan(lambda c, a: (c, None), 1.0, (A, np.ones(2))),
    ),
    (
        r"numpy\.zeros\(\(0",
        lambda: jit(lambda c: ag.scan(lambda c, a: (c, a), c, []))(1.0),
        lambda: jit(lambda c: ag.scan(lambda c, a: (c, a), c, ZERO))(1.0),
    ),
    (
        "an array or a list with one row",
        lambda: ag.scan(lambda c, a: (c, None), 1.0, 3.0),
        lambda: ag.scan(lambda c, a: (c, None), 1.0, A),
    ),
    (
        "rows have one structure",
        lambda: jit(lambda c: ag.scan(lambda c, a: (c, None), c, [1.0, [1.0]]))(1.0),
        lambda: jit(lambda c: ag.scan(lambda c, a: (c, None), c, [1.0, 2.0]))(1.0),
    ),
]


def started(wish, present=True):
    """Run the module that chooses the engine, as at import, under a setting of the environment."""
    name = "autograd.engine._native"
    environment = {**os.environ, "AUTOGRAD_NATIVE": wish}
    modules = {} if present else {name: None}
    with mock.patch.dict(os.environ, environment), mock.patch.dict(sys.modules, modules):
        return runpy.run_path(accelerator.__file__)["native"]


def chain(nodes):
    z = Value(1.0)
    for _ in range(nodes):
        z = z + 1.0
    return z


def in_the_browser(save):
    with mock.patch.object(sys, "platform", "emscripten"):
        return missing.without("resvg_py", save)()


def picture(suffix):
    with tempfile.TemporaryDirectory() as folder:
        return ag.graph(x * y).save(f"{folder}/y.{suffix}")


def with_dot(status):
    """Draw with a program dot that ends with an exit status."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "dot")
        program.write_text(f"#!/bin/sh\nexit {status}\n")
        program.chmod(0o755)
        with mock.patch.dict(os.environ, {"PATH": folder}):
            return ag.graph(x * y, engine="dot").svg


def imported(code):
    exec(code, {})


def descended():
    v = Value(2.0)
    (v * v).backward()
    v.grad = 0.0
    return v.grad == 0.0


HABITS = [
    (
        r"a Value has no attribute 'detach': autograd.stop_gradient\(v\) .* v.data",
        lambda: x.detach(),
        lambda: (ag.stop_gradient(x) * x, x.data * 2.0),
    ),
    (
        "the class Value has no attribute 'detach': autograd.stop_gradient",
        lambda: list(map(Value.detach, [x])),
        lambda: list(map(ag.stop_gradient, [x])),
    ),
    (
        "traced Value has no attribute 'detach': autograd.stop_gradient",
        lambda: jit(lambda a: a.detach() * a)(1.0),
        lambda: jit(lambda a: ag.stop_gradient(a) * a)(1.0),
    ),
    (
        "a Value has no attribute 'requires_grad': every Value takes part in gradients",
        lambda: Value(1.0, requires_grad=True),
        lambda: Value(1.0),
    ),
    (
        "backward: there is no setting 'retain_graph': the graph is kept .* leave it out",
        lambda: (x * y).backward(retain_graph=True),
        lambda: (x * y).backward(),
    ),
    (
        r"no setting 'create_graph': gradient\(y, \[x\]\) gives Values, which can be",
        lambda: (x * y).backward(create_graph=True),
        lambda: gradient(gradient(x**3, [x])[0], [x])[0].data == 12.0,
    ),
    (
        r"backward: there is no setting 'inputs': write gradient\(y, \[x\]\)",
        lambda: (x * y).backward(inputs=[x]),
        lambda: gradient(x * y, [x])[0].data == 3.0,
    ),
    (
        "'requires_grad': every Value takes part in gradients",
        lambda: assigned(x, "requires_grad", True),
        lambda: gradient(x * x, [x]),
    ),
    ("'numpy': the number alone, .* is v.data", lambda: x.numpy(), lambda: np.asarray(x.data)),
    ("'cpu': .* leave it out", lambda: x.cpu(), lambda: x),
    (
        "grad: takes real numbers .* given None: 0.0 clears a gradient",
        lambda: assigned(x, "grad", None),
        lambda: assigned(x, "grad", 0.0),
    ),
    (r"'clone': \+v is a node of its own", lambda: x.clone(), lambda: +x is not x),
    ("'grad_fn': .* by v.op, v.args", lambda: (x * y).grad_fn, lambda: (x * y).op.symbol == "*"),
    ("'zero_grad': write v.grad = 0.0", lambda: x.zero_grad(), descended),
    (r"'pow': operators do it: .*v\*\*2", lambda: x.pow(2), lambda: x**2),
    (
        r"item\(\) is a method of Value, and was given an int",
        lambda: Value.item(1),
        lambda: Value.item(x) == 2.0,
    ),
    (
        r"asin\(\) is a method of Value, and was given a float",
        lambda: list(map(Value.arcsin, [x, 0.5])),
        lambda: list(map(ag.asin, [x, 0.5])),
    ),
    (
        r"backward\(\) is a method of Value, and was given a float",
        lambda: Value.backward(2.0),
        lambda: Value.backward(x),
    ),
    (
        "scan: there is no setting 'unroll': how a loop is unrolled is the compiler's affair",
        lambda: ag.scan(lambda c, a: (c, a), 1.0, A, unroll=2),
        lambda: ag.scan(lambda c, a: (c, a), 1.0, A),
    ),
    (
        "while_loop: there is no setting 'cond_fun': it is cond",
        lambda: ag.while_loop(cond_fun=lambda c: c < 2.0, body_fun=lambda c: c + 1.0, init_val=1.0),
        lambda: ag.while_loop(cond=lambda c: c < 2.0, body=lambda c: c + 1.0, init=1.0),
    ),
    (
        "fori_loop: there is no setting 'reverse': count up, and take upper - 1 - i in body",
        lambda: ag.fori_loop(0, 2, lambda i, c: c * i, 1.0, reverse=True),
        lambda: ag.fori_loop(0, 2, lambda i, c: c * (1 - i), 1.0),
    ),
    (
        "scan: there is no setting 'carry_dtype': the arguments are step, init, xs",
        lambda: ag.scan(lambda c, a: (c, a), 1.0, A, carry_dtype=float),
        lambda: ag.scan(step=lambda c, a: (c, a), init=1.0, xs=A),
    ),
    (
        "scan: reverse is True or False, and was -1",
        lambda: ag.scan(lambda c, a: (c, a), 1.0, A, reverse=-1),
        lambda: ag.scan(lambda c, a: (c, a), 1.0, A, reverse=True),
    ),
    (
        r"cond is called as cond\(value\), and this one takes \(a, b\): unpack the tuple inside it",
        lambda: ag.while_loop(lambda a, b: a < 5, lambda a, b: (a * 2, b), (1.0, 2.0)),
        lambda: ag.while_loop(lambda v: v[0] < 5, lambda v: (v[0] * 2, v[1]), (1.0, 2.0)),
    ),
    (
        r"step is called as step\(carry, x\), and this one takes \(a, b, x\): .* a, b = carry",
        lambda: jit(lambda c: ag.scan(lambda a, b, x: ((a, b * x), a), (c, c), A))(1.0),
        lambda: jit(lambda c: ag.scan(lambda c, x: ((c[0], c[1] * x), c[0]), (c, c), A))(1.0),
    ),
    (
        r"body is called as body\(i, value\), and this one takes \(c\)$",
        lambda: ag.fori_loop(0, 2, lambda c: c, 1.0),
        lambda: ag.fori_loop(0, 2, lambda i, c: c, 1.0),
    ),
    (
        r"fori_loop: body is a function, called as body\(i, value\), and was 1.0",
        lambda: ag.fori_loop(0, 2, 1.0, lambda i, c: c),
        lambda: ag.fori_loop(0, 2, lambda i, c: c, 1.0),
    ),
    (
        r"log\(x\) takes 1 operand, .* another base write log2\(x\), log10\(x\), or log\(x\) / log",
        lambda: x.log(2),
        lambda: x.log2(),
    ),
    (
        r"asin\(x\) takes 1 operand, and was given 2",
        lambda: x.arcsin(1.0),
        lambda: x.arcsin(),
    ),
    (
        r"atan\(x\) takes 1 operand, and was given 2: the angle of a point is atan2\(y, x\)",
        lambda: ag.atan(x, y),
        lambda: ag.atan2(x, y),
    ),
    (
        r"round\(x\) takes 1 operand, .*: to two digits it is round\(100 \* x\) / 100",
        lambda: ag.round(x, 2),
        lambda: ag.round(100 * x) / 100,
    ),
    (
        r"an index or a count .* write int\(v.data\), or autograd.take\(table, v\)",
        lambda: [1.0, 2.0, 3.0][x],
        lambda: [1.0, 2.0, 3.0][int(x.data)] == ag.take([1.0, 2.0, 3.0], x) == 3.0,
    ),
    (
        r"an index or a count .* autograd.fori_loop\(0, v, ...\) for a loop",
        lambda: [x * i for i in range(x)],
        lambda: ag.fori_loop(0, x, lambda i, c: c * x, 1.0),
    ),
    ("an index or a count", lambda: "ab" * x, lambda: "ab" * int(x.data)),
    (
        r"where a list was to be multiplied, \[number \* v for number in numbers\]",
        lambda: x * [1.0, 2.0],
        lambda: [number * x for number in [1.0, 2.0]],
    ),
    (
        "no attribute 'block_until_ready': numbers are there at once",
        lambda: ag.block_until_ready(x),
        lambda: x,
    ),
    (
        r"torch.sin computes on tensors, .* write autograd.sin; .* torch.tensor\(v.data\)",
        lambda: x.__torch_function__(math.sin, (Value,), (x,)),
        lambda: ag.sin(x),
    ),
    (
        "argument 0 is a LazyFrame, which has no rows yet: write frame.collect",
        lambda: jit(lambda frame: frame.sum())(polars.LazyFrame({"a": A})),
        lambda: jit(lambda frame: frame.sum())(polars.LazyFrame({"a": A}).collect()),
    ),
    (
        "no attribute 'tensor': what is differentiated by is a Value",
        lambda: ag.tensor([1.0]),
        lambda: (Value(2.0, "x"), grad(lambda a: a[0])(A)),
    ),
    (
        "no attribute 'Function': declare an operation of your own with @autograd.primitive",
        lambda: ag.Function,
        lambda: own(lambda r, a: ag.cos(a))(x),
    ),
    (
        "norm: a primitive is a function of single numbers, called for each entry of an array",
        lambda: ag.primitive(partials=(lambda y, v: v / y,))(norm)(A),
        lambda: grad(norm)(A),
    ),
    (
        "the rule of <lambda> by a is to take the result .* write lambda y, a: ...",
        lambda: own(lambda a: ag.cos(a)),
        lambda: own(lambda y, a: ag.cos(a))(x),
    ),
    ("no attribute 'pi': .* import math", lambda: ag.pi, lambda: ag.sin(math.pi * x)),
    (r"write 1 / autograd.tan\(x\)", lambda: ag.cot(x), lambda: 1 / ag.tan(x)),
    (r"'lg': write autograd.log10\(x\)", lambda: ag.lg(x), lambda: ag.log10(x)),
    (r"write x\*\*\(1/3\)", lambda: ag.root(x, 3), lambda: (x ** (1 / 3), ag.cbrt(x))),
    ("'factorial': write", lambda: ag.factorial(3), lambda: ag.exp(ag.lgamma(3 + 1))),
    (
        r"write autograd.grad\(f\)\(x\) of a function, autograd.gradient\(y, \[x\]\) of a Value",
        lambda: ag.diff(x * y, x),
        lambda: (grad(ag.sin)(1.0), gradient(x * y, [x])),
    ),
    (r"autograd.vmap\(f\)\(xs\)", lambda: ag.plot(ag.sin, A), lambda: vmap(ag.sin)(A)),
    (
        "'switch': write Python's if",
        lambda: ag.switch(0, [ag.sin], x),
        lambda: ag.take(A, 0),
    ),
    ("'name': it is v.label", lambda: x.name, lambda: x.label),
    (
        r"'derivative': it is v.grad, after y.backward\(\)",
        lambda: x.derivative,
        lambda: ((x * y).backward(), x.grad),
    ),
    (
        r"'diff': write y.backward\(\) and x.grad, or gradient\(y, \[x\]\)",
        lambda: (x * y).diff(x),
        lambda: gradient(x * y, [x]),
    ),
    (
        r"no attribute 'make_jvp': write value, slope = autograd.jvp\(f, \(x,\), \(v,\)\)",
        lambda: ag.make_jvp(ag.sin)(1.0)(1.0),
        lambda: jvp(ag.sin, (1.0,), (1.0,)),
    ),
    (
        "'detach': autograd.stop_gradient",
        lambda: Name("a", 1.0).detach(),
        lambda: ag.stop_gradient(Name("a", 1.0)),
    ),
]
REST = [
    ("no attribute 'tahn'", lambda: ag.tahn, lambda: ag.tanh),
    ("'on', 'off' or 'required'", lambda: started("yes"), lambda: started("off") is None),
    ("the accelerator, and it was not built", lambda: started("required", False), None),
    (
        "the gradient of .* is inf",
        lambda: watched(lambda: (1e308 * origin + 1e308 * origin).backward()),
        lambda: watched(lambda: (1e300 * origin + 1e300 * origin).backward()),
    ),
    (
        "gave the tangent inf",
        lambda: watched(lambda: jvp(lambda a: 1e308 * (1e10 * a), (0.0,), (1.0,))),
        lambda: watched(lambda: jvp(lambda a: 1e300 * (1e8 * a), (0.0,), (1.0,))),
    ),
    (
        "explore a part of it",
        lambda: ag.explore(chain(20_001)),
        lambda: ag.explore(chain(20)) and next(iter(ag.steps(chain(20_001)))),
    ),
    (
        "save the picture as .svg",
        lambda: in_the_browser(lambda: picture("png")),
        lambda: in_the_browser(lambda: picture("svg")),
    ),
    ("leave engine out", lambda: with_dot(3), lambda: ag.graph(x * y).svg),
    ("has no attribute 'tahn'", lambda: Name("a", 1.0).tahn(), lambda: Name("a", 1.0).tanh()),
    (
        "a rule that asks has no formula",
        lambda: bool(Name("a", 1.0) > 0.0),
        lambda: ag.where(Name("a", 1.0) > 0.0, 1.0, 2.0),
    ),
    (
        "fewer numbers than places",
        lambda: unflatten(ag.trees.flatten([1.0] * 9)[1], [1.0]),
        lambda: unflatten(ag.trees.flatten([1.0] * 9)[1], [1.0] * 9),
    ),
    (
        "nested too deep",
        lambda: tree_map(abs, nested(100_000)),
        lambda: tree_map(abs, nested(5)),
    ),
    (
        "does not fit the structure",
        lambda: vmap(ag.sin, in_axes=([0],))(A),
        lambda: vmap(ag.sin, in_axes=(0,))(A),
    ),
]
M = np.arange(6.0).reshape(2, 3)
ROWS_OF_ALL = [
    (
        r"softmax: takes one row of numbers, and was given an array X of shape \(2, 3\): "
        r"write vmap\(softmax\)\(X\)",
        lambda: ag.softmax(M),
        lambda: np.allclose(vmap(ag.softmax)(M).sum(1), 1.0),
    ),
    (
        r"write vmap\(logsumexp\)\(X\) with X = np.array\(rows\)",
        lambda: ag.logsumexp([[0.0, 1.0], [1.0, 0.0]]),
        lambda: vmap(ag.logsumexp)(np.array([[0.0, 1.0], [1.0, 0.0]])).shape == (2,),
    ),
    (
        r"jit: f takes one row .*mean: takes one row .* write np.mean\(X\)",
        lambda: jit(lambda X: ag.mean(X))(M),
        lambda: jit(lambda X: np.mean(X))(M) == 2.5,
    ),
    (
        r"dot: takes one row .* write X @ w \(w @ X where X comes second\)",
        lambda: ag.dot(M, A),
        lambda: (M @ np.ones(3)).tolist() == [3.0, 12.0],
    ),
    (
        r"mean: takes one row of numbers, and was given an array X of shape \(2, 1\)",
        lambda: ag.mean(FRAME),
        lambda: np.mean(FRAME) == 1.5,
    ),
    (
        r"there is no setting 'axis': write vmap\(softmax\)\(X\)",
        lambda: ag.softmax(M, axis=1),
        lambda: np.allclose(vmap(ag.softmax)(M).sum(1), 1.0),
    ),
    (
        r"write vmap\(softmax, in_axes=-1, out_axes=-1\)\(X\)",
        lambda: ag.softmax(M, axis=0),
        lambda: np.allclose(vmap(ag.softmax, in_axes=-1, out_axes=-1)(M).sum(0), 1.0),
    ),
    (
        r"write vmap\(logsumexp, in_axes=-1, out_axes=-1\)\(X\)",
        lambda: ag.logsumexp(M, axis=0),
        lambda: vmap(ag.logsumexp, in_axes=-1, out_axes=-1)(M).shape == (3,),
    ),
    (
        "write np.sum.X, axis=1, keepdims=True.",
        lambda: ag.sum(M, axis=1, keepdims=True),
        lambda: np.sum(M, axis=1, keepdims=True).tolist() == [[3.0], [12.0]],
    ),
    ("write np.mean.X, axis=0.", lambda: ag.mean(M, axis=0), lambda: np.mean(M, axis=0)),
    ("write np.prod.X, axis=0.", lambda: ag.prod(M, axis=0), lambda: np.prod(M, axis=0)),
    (
        "'axis': it takes one row of numbers: leave it out",
        lambda: ag.softmax(A, axis=-1),
        lambda: ag.softmax(A).shape == (2,),
    ),
    (
        "'axis': it takes one row of numbers: leave it out",
        lambda: ag.sum([1.0, 2.0], 0),
        lambda: ag.sum([1.0, 2.0]) == 3.0,
    ),
    (
        r"write vmap\(softmax\)\(X\)",
        lambda: ag.softmax(M, 1),
        lambda: np.allclose(vmap(ag.softmax)(M).sum(1), 1.0),
    ),
    (
        r"sum: there is no setting 'start': write sum\(numbers\) \+ start",
        lambda: ag.sum([1.0, 2.0], 0.5),
        lambda: ag.sum([1.0, 2.0]) + 0.5 == 3.5,
    ),
    (
        r"logsumexp: takes all numbers in one list: write logsumexp\(\[a, b\]\)",
        lambda: ag.logsumexp(Value(1.0), 2.0),
        lambda: ag.logsumexp([Value(1.0), 2.0]).data > 2.0,
    ),
    (
        r"log: takes numbers, Values and arrays .*: make it an array, np.array\(numbers\)",
        lambda: ag.log(ag.softmax([1.0, 2.0])),
        lambda: ag.log(np.array(ag.softmax([1.0, 2.0]))).shape == (2,),
    ),
    (
        r"for another base write log2\(x\), log10\(x\), or log\(x\) / log\(base\)",
        lambda: ag.log(x, 2),
        lambda: ag.log2(8.0) == 3.0,
    ),
    (
        r"log\(x\) does not take 'base' there: for another base write log2\(x\)",
        lambda: ag.log(9.0, base=3),
        lambda: math.isclose(ag.log(9.0) / ag.log(3), 2.0),
    ),
]
CASES = [*ROWS_OF_ALL, *ENGINE, *TABLE_, *TRANSFORMS, *JIT, *LOOPS, *RENDER, *MORE, *HABITS, *REST]
