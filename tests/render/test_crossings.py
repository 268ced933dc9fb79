"""Few lines cross: no more than in the pictures of Graphviz's dot, and none in a tree."""

import importlib.util
from pathlib import Path

import pytest

import autograd
from autograd import Value
from autograd.render import layout_of

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "render" / "pictures.py"
SPEC = importlib.util.spec_from_file_location("pictures", SCRIPT)
pictures = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(pictures)

# Crossings of dot 2.43, counted on its curves by benchmarks/render/pictures.py, which counts anew
# where there is a dot program.
OF_DOT = [
    (2, [4, 1], False, 16),
    (2, [4, 1], True, 28),
    (3, [3, 1], False, 14),
    (3, [3, 1], True, 27),
    (3, [4, 4, 1], False, 95),
    (3, [4, 4, 1], True, 108),
    (2, [5, 4, 1], False, 118),
    (2, [5, 4, 1], True, 120),
]


@pytest.mark.parametrize(("inputs", "layers", "scoped", "of_dot"), OF_DOT)
def test_perceptrons_of_fifty_and_120_nodes_cross_no_more_than_dots(inputs, layers, scoped, of_dot):
    layout = layout_of(pictures.perceptron(inputs, layers, scoped))
    assert pictures.crossings(layout) <= of_dot


def test_nothing_crosses_in_a_tree():
    leaves = [Value(float(index)) for index in range(32)]
    assert pictures.crossings(layout_of(autograd.prod(leaves))) == 0
    total = leaves[0]
    for leaf in leaves[1:]:
        total = leaf - total
    assert pictures.crossings(layout_of(total)) == 0


def test_the_count_itself_sees_a_crossing():
    a, b = Value(1.0), Value(2.0)
    assert pictures.crossings(layout_of((a + b) * (a - b))) >= 1
