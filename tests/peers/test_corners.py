"""Our answers at the corners of PEERS.md: every row of the shared table, in every mode."""

import functools
import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from autograd import Value, grad, hessian, jit, jvp

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")

FOLDER = Path(__file__).parents[2] / "benchmarks" / "peers"


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


TABLE = load("corner_rows")
CORNERS = TABLE.corners()


class Names:
    """Our functions, and how what we do not have is written in them."""

    def __getattr__(self, name):
        return getattr(ag, name)

    def max(self, numbers):
        return functools.reduce(ag.maximum, numbers)

    def det(self, a, b, c, d):
        return a * d - b * c

    def norm(self, numbers):
        return ag.hypot(*numbers)

    def sinc(self, x):
        angle = math.pi * x
        return ag.where(abs(x) < 1e-4, 1.0 - angle**2 / 6.0, ag.sin(angle) / angle)


def along(f, place):
    """The derivative of f by one argument, forward, the others being constants."""

    def derivative(*at):
        return jvp(lambda x: f(*at[:place], x, *at[place + 1 :]), (at[place],), (1.0,))[1]

    return derivative


def answers(corner, question):
    """Mode -> a function that answers the question in it."""
    at, places = corner.at, tuple(range(len(corner.at)))
    rows = [np.array([float(number)] * 5) for number in at]
    mapped = (0,) * len(at)

    def f(*numbers):
        return corner.function(Names(), *numbers)

    if question == "value":
        return {
            "eager": lambda: [f(*map(Value, at)).data],
            "compiled": lambda: [jit(f)(*at)],
            "rows": lambda: [jit(f, in_axes=mapped)(*rows)[3]],
        }
    if question == "slopes":
        return {
            "reverse": lambda: grad(f, places)(*at),
            "forward": lambda: [along(f, place)(*at) for place in places],
            "compiled": lambda: jit(grad(f, places))(*at),
            "compiled forward": lambda: [jit(along(f, place))(*at) for place in places],
            "rows": lambda: [g[3] for g in jit(grad(f, places), in_axes=mapped)(*rows)],
        }

    def flat(matrix):
        return [number for row in matrix for number in row]

    return {
        "hessian": lambda: flat(hessian(f, places)(*at)),
        "reverse over reverse": lambda: flat(
            grad(lambda *x, i=i: grad(f, places)(*x)[i], places)(*at) for i in places
        ),
        "forward over reverse": lambda: flat(
            along(lambda *x: grad(f, places)(*x), i)(*at) for i in places
        ),
        "reverse over forward": lambda: flat(grad(along(f, i), places)(*at) for i in places),
        "forward over forward": lambda: flat(
            [along(along(f, i), j)(*at) for j in places] for i in places
        ),
        "compiled": lambda: flat(jit(hessian(f, places))(*at)),
    }


def close(mine, right):
    if math.isnan(right):
        return math.isnan(mine)
    return mine == right or abs(mine - right) <= 2e-14 * abs(right)


def mismatch(corner, question, right):
    """Say in which modes our answer is not the right one, or nothing."""
    wrong = []
    for mode, answer in answers(corner, question).items():
        try:
            mine = [float(number) for number in answer()]
        except (TypeError, ValueError) as error:
            mine = f"{type(error).__name__}: {error}"
        if right == "refused":
            fine = isinstance(mine, str)
        else:
            fine = len(mine) == len(right) and all(map(close, mine, right))
        if not fine:
            wrong.append(f"{mode}: {mine}")
    return "; ".join(wrong)


CASES = [(corner, question) for corner in CORNERS for question in corner.right]


@pytest.mark.parametrize(
    ("corner", "question"), CASES, ids=[TABLE.identifier(*case) for case in CASES]
)
def test_our_answer_is_the_right_one_in_every_mode(corner, question):
    assert not mismatch(corner, question, corner.right[question])
