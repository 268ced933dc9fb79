"""Messages where a package or a program is missing: as in core_messages."""

import os
import sys
import tempfile

import autograd as ag
import nn
from autograd import Value
from autograd.testing import assert_derivative, multiprecision, strategies, symbols
from nn import MLP, fit

X, Y = [[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0]
y = Value(2.0) * 3.0


def without(package, use):
    """Return code that runs where a package cannot be imported."""

    def run():
        hidden = {name: m for name, m in sys.modules.items() if name.split(".")[0] == package}
        sys.modules.update(dict.fromkeys([package, *hidden]))
        try:
            return use()
        finally:
            del sys.modules[package]
            sys.modules.update(hidden)

    return run


def without_programs(use):
    def run():
        path, os.environ["PATH"] = os.environ["PATH"], ""
        try:
            return use()
        finally:
            os.environ["PATH"] = path

    return run


def picture():
    with tempfile.TemporaryDirectory() as folder:
        return ag.graph(y).save(f"{folder}/y.png")


def checked():
    assert_derivative(lambda t: t * ag.sin(t), lambda t: ag.sin(t) + t * ag.cos(t), domain=(0, 1))


def trained():
    return fit(MLP(2, [1], seed=0), X, Y, epochs=1, engine="jit", progress=False)


USES = [
    ("all", "resvg_py", picture),
    ("testing", "hypothesis", checked),
    ("testing", "hypothesis", strategies.values),
    ("testing", "mpmath", multiprecision.context.__wrapped__),
    ("testing", "sympy", symbols.sympy.__wrapped__),
    ("data", "sklearn", lambda: nn.data.iris()),
    ("plot", "matplotlib", lambda: nn.plot.curves(trained())),
]
CASES = [
    (rf"pip install .*\[{extra}\]", without(package, use), use) for extra, package, use in USES
]
CASES += [
    (r"\[all\]", without("graphviz", lambda: ag.graph(y, engine="dot").svg), None),
    (
        "leave engine out",
        without_programs(lambda: ag.graph(y, engine="dot").svg),
        lambda: ag.graph(y).svg,
    ),
]
