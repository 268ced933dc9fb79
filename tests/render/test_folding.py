"""Scopes fold and open, ids stay, large graphs are summarised with honest counts."""

import sys
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_cases import faults, perceptron, tangle

import autograd
from autograd import Value, graph, scope
from autograd.engine.order import ordered
from autograd.notation.names import Names
from autograd.render import layered, layout_of, nesting


def elements(svg):
    return sum(1 for _ in ElementTree.fromstring(svg).iter())


def network(depth):
    return layout_of(perceptron(2, [3, 1]), depth=depth)


def test_depth_says_how_many_nested_scopes_are_open():
    closed, layers, everything = network(0), network(1), network(2)
    assert [frame.name for frame in closed.frames] == []
    folded = {box.title for box in closed.boxes if box.kind == "folded"}
    assert folded == {"layer 1", "layer 2"}
    assert {frame.name for frame in layers.frames} == {"layer 1", "layer 2"}
    folded = [(box.frame.name, box.title) for box in layers.boxes if box.kind == "folded"]
    assert sorted(folded) == [
        ("layer 1", "neuron 1"),
        ("layer 1", "neuron 2"),
        ("layer 1", "neuron 3"),
        ("layer 2", "neuron 1"),
    ]
    assert len(everything.frames) == 6
    assert not any(box.kind == "folded" for box in everything.boxes)
    assert [box.id for box in network(None).boxes] == [box.id for box in everything.boxes]
    assert [box.id for box in network(99).boxes] == [box.id for box in everything.boxes]


def test_a_folded_box_tells_how_many_nodes_and_its_result():
    layout = network(1)
    neuron = next(box for box in layout.boxes if box.title == "neuron 2")
    held = [node for node, box in zip(layout.order, layout.box_at, strict=True) if box is neuron]
    assert neuron.count == len(held) == 8
    assert neuron.caption == f"8 nodes → {Names(layout.order)[held[-1]].name}"
    assert neuron.node is held[-1]
    assert (neuron.data, neuron.grad) == (held[-1].data, held[-1].grad)
    assert "8 nodes" in graph(perceptron(2, [3, 1]), depth=1).svg


def test_ids_do_not_depend_on_what_is_folded():
    root = perceptron(2, [3, 1])
    open_, half, closed = (layout_of(root, depth=depth) for depth in (2, 1, 0))
    frames = {frame.id: frame.name for frame in open_.frames}
    for layout in (half, closed):
        for box in layout.boxes:
            if box.kind == "folded":
                assert frames[box.id] == box.title
        links = {link.id for link in open_.links}
        assert {link.id for link in layout.links} <= links


def test_bundles_count_what_they_stand_for():
    x = Value(2.0, "x")
    with scope("cube"):
        y = x * x * x
    links = layout_of(y + x, depth=0).links
    assert [(link.id, link.count) for link in links] == [("e1-0", 3), ("e3-0", 1), ("e3-1", 1)]


def test_a_leaf_used_by_one_scope_lies_in_it_and_an_input_of_several_outside():
    x, w, v = Value(1.0, "x"), Value(2.0, "w"), Value(3.0, "v")
    with scope("layer"):
        with scope("one"):
            a = x * w
        with scope("two"):
            b = x * v
        y = a + b
    boxes = {box.title: box for box in layout_of(y).boxes if box.title}
    assert boxes["x"].frame is None
    assert boxes["w"].frame.name == "one"
    assert boxes["v"].frame.name == "two"


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 80),
    seed=st.integers(0, 10_000),
    depth=st.integers(0, 3),
    most=st.sampled_from([None, 1, 5, 20]),
)
def test_every_node_is_counted_once_whatever_is_folded(size, seed, depth, most):
    root = tangle(size, seed, 0.3)
    layout = layout_of(root, depth=depth, max_nodes=most)
    assert layout.order == ordered(root)
    counts = {}
    for box in layout.box_at:
        counts[box.id] = counts.get(box.id, 0) + 1
    boxes = {box.id: box for box in layout.boxes if box.kind != "constant"}
    assert counts == {name: box.count for name, box in boxes.items()}
    box_of = dict(zip(layout.order, layout.box_at, strict=True))
    crossing = sum(
        1
        for node, box in box_of.items()
        for arg, partial in zip(node.args, node.partials, strict=True)
        if partial is not None and box_of[arg] is not box
    )
    constants = sum(1 for box in layout.boxes if box.kind == "constant")
    assert sum(link.count for link in layout.links) == crossing + constants
    assert faults(layout) == []


def test_a_scope_that_depends_on_itself_through_others_is_not_drawn():
    def generator():
        with scope("paused"):
            x = yield Value(1.0, "a") * 2.0
            yield x * 3.0

    steps = generator()
    inner = next(steps)
    outside = inner + 1.0
    outside._scope = None
    y = steps.send(outside)
    layout = layout_of(y)
    assert layout.frames == []
    assert faults(layout) == []
    folded = layout_of(y, depth=0, max_nodes=3)
    assert faults(folded) == []
    assert sum(box.count for box in folded.boxes) == 4


def test_a_large_sum_is_said_level_by_level():
    y = autograd.sum([Value(float(index)) ** 2 for index in range(1024)])
    layout = layout_of(y)
    assert [(box.symbol or box.title, box.count) for box in layout.boxes if box.count > 1] == [
        ("1,024 leaves", 1024),
        ("**", 1024),
        *[("+", 2**power) for power in range(9, 0, -1)],
    ]
    assert f"{len(layout.order):,} nodes, drawn as 12 boxes" in layout.note
    assert layout.box_at[-1].node is y
    assert faults(layout) == []


def test_repeated_scopes_are_put_together():
    x = [Value(float(index), f"x{index}") for index in range(400)]
    rows = []
    for value in x:
        with scope("row"):
            rows.append((value * 2.0 + 1.0).tanh())
    layout = layout_of(autograd.sum(rows))
    (row,) = [box for box in layout.boxes if box.title == "row"]
    assert row.caption == "400 scopes, 1,600 nodes"
    assert row.count == 1600


def test_a_deep_graph_is_said_in_bands_of_levels():
    y = Value(0.5, "x")
    for _ in range(1000):
        y = (y * 1.5).sin()
    layout = layout_of(y)
    assert len(layout.boxes) <= 13
    bands = [box for box in layout.boxes if box.title.startswith("levels")]
    assert sum(box.count for box in bands) == 2000
    for band in bands:
        total, *kinds = band.caption.split("\n")
        numbers = [int(line.split()[0].replace(",", "")) for line in kinds]
        assert sum(numbers) == band.count == int(total.split()[0].replace(",", ""))
    assert faults(layout) == []


def test_one_is_said_in_the_singular():
    with scope("all"):
        y = Value(1.0) + 1.0
        y = y + 1.0
    assert layout_of(y, depth=0).note.endswith("3 nodes, drawn as 1 box")
    assert repr(graph(y, depth=0)) == "<picture of 3 nodes in 1 box>"
    assert repr(graph(Value(1.0))) == "<picture of 1 node in 1 box>"


def test_max_nodes_is_obeyed_either_way():
    root = perceptron(3, [4, 4, 1])
    assert sum(1 for box in layout_of(root, max_nodes=20).boxes if box.kind != "constant") <= 20
    y = Value(1.0)
    for _ in range(400):
        y = y + 1.0
    assert len(layout_of(y).boxes) < 20
    assert len(layout_of(y, max_nodes=1000).boxes) == 801


def chain_sharing_a_leaf(length):
    x = y = Value(1.0, "x")
    for index in range(length):
        with scope(f"s{index}"):
            y = y + x * 0.1
    return y


def test_links_that_run_past_too_many_boxes_fold_the_picture_further():
    picture = graph(chain_sharing_a_leaf(3000), max_nodes=5000)
    assert "6,001 nodes, drawn as" in picture.layout.note
    assert len(picture.svg) < 100_000
    assert sum(box.count for box in picture.layout.boxes) == 6001
    assert faults(picture.layout) == []
    drawn = layout_of(chain_sharing_a_leaf(100), max_nodes=5000)
    assert len(drawn.frames) == 100
    assert sum(1 for box in drawn.boxes if box.kind != "constant") == 201


def test_the_reach_of_links_is_how_many_ranks_they_are_led_through(monkeypatch):
    led = []

    class Counted(layered.Layered):
        def __init__(self, items, pieces):
            super().__init__(items, pieces)
            led.append(sum(len(route) - 1 for route in self.routes))

    monkeypatch.setattr(nesting, "Layered", Counted)
    for y in (chain_sharing_a_leaf(20), perceptron(3, [4, 2]), tangle(60, 1, 0.3)):
        led.clear()
        reach = nesting.Nesting(layout_of(y)).reach()
        assert reach == sum(led) > 0


def moons(rows):
    """The loss of a 2-16-16-1 perceptron over rows, a scope for each row: 648 nodes a row."""
    x = [Value(0.1 * index) for index in range(2 * rows)]
    layers = [(2, 16), (16, 16), (16, 1)]
    weights = [[[Value(0.01) for _ in range(n + 1)] for _ in range(m)] for n, m in layers]
    losses = []
    for row in range(rows):
        signal = x[2 * row : 2 * row + 2]
        with scope("model"):
            for layer in weights:
                with scope("layer"):
                    signal = [autograd.dot(neuron[:-1], signal) + neuron[-1] for neuron in layer]
        losses.append((1.0 - signal[0]).relu())
    return autograd.mean(losses)


def test_forty_thousand_nodes_stay_under_ten_thousand_elements():
    y = moons(66)
    assert len(ordered(y)) > 40_000
    for arguments in ({}, {"depth": 0}, {"depth": 1}, {"depth": 5}):
        assert elements(graph(y, **arguments).svg) < 10_000


def test_a_hundred_thousand_nodes_are_said_in_few_boxes():
    y = moons(164)
    assert len(ordered(y)) > 100_000
    assert elements(graph(y).svg) < 1_000


@pytest.mark.slow
def test_a_chain_of_a_million_nodes_is_drawn_with_the_default_recursion_limit():
    assert sys.getrecursionlimit() <= 1000
    y = Value(0.0, "x")
    for _ in range(1_000_000):
        y = y + 1.0
    picture = graph(y)
    assert elements(picture.svg) < 1_000
    assert "1,000,001 nodes" in picture.svg
    assert sum(box.count for box in picture.layout.boxes) == 1_000_001
    assert "83,333 nodes" in picture.text
    assert "digraph" in picture.dot


def test_scopes_nested_a_thousand_deep():
    x = Value(1.0, "x")
    opened = []
    y = x
    for depth in range(1000):
        opened.append(scope(f"level {depth}"))
        opened[-1].__enter__()
        if depth % 100 == 0:
            y = y + 1.0
    for one in reversed(opened):
        one.__exit__(None, None, None)
    for depth in (None, 0, 5):
        picture = graph(y, depth=depth)
        ElementTree.fromstring(picture.svg)
        assert picture.dot
        assert picture.text


def wide_network(depth=2, width=16):
    x = [Value(0.1 * place, f"x{place}") for place in range(3)]
    for layer in range(depth):
        outputs = []
        with scope(f"layer {layer + 1}"):
            for unit in range(width):
                with scope(f"neuron {unit + 1}"):
                    terms = [Value(0.01 * unit, "w") * each for each in x]
                    total = autograd.sum(terms)
                    outputs.append(total.tanh() if unit != 5 else total.relu())
        x = outputs
    return autograd.sum(x)


def test_scopes_of_one_shape_side_by_side_are_drawn_once_with_a_count():
    layout = layout_of(wide_network())
    boxes = [(box.frame.name, box.title, box.caption) for box in layout.boxes if box.id[0] in "gs"]
    ones = [(layer, title) for layer, title, caption in boxes if "of one shape" not in caption]
    assert sorted(ones) == [
        ("layer 1", "neuron 6"),
        ("layer 2", "neuron 6"),
    ]  # the only relu of each
    groups = [each for each in boxes if "of one shape" in each[2]]
    assert sorted(groups) == [
        ("layer 1", "neuron 1 to 16", "15 scopes of one shape\n9 nodes in each"),
        ("layer 2", "neuron 1 to 16", "15 scopes of one shape\n48 nodes in each"),
    ]
    assert sum(box.count for box in layout.boxes) == len(layout.order)
    assert faults(layout) == []
    every = layout_of(wide_network(), depth=1)  # who asks for a depth gets each of them
    assert sum(box.title.startswith("neuron") for box in every.boxes) == 32


def test_scopes_that_depend_on_each_other_are_not_put_together():
    y = Value(1.0, "x")
    for step in range(300):
        with scope(f"step {step}"):
            y = (y * 0.5).sin()
    layout = layout_of(y)
    assert not any("of one shape" in box.caption for box in layout.boxes)


def test_an_input_of_many_scopes_lies_in_the_scope_around_them_all():
    x = Value(1.0, "x")
    with scope("model"):
        with scope("layer"):
            outputs = []
            for unit in range(4):
                with scope(f"neuron {unit}"):
                    outputs.append(x * 2.0)
        y = autograd.sum(outputs)
    (box,) = [box for box in layout_of(y).boxes if box.title == "x"]
    assert box.frame.name == "model"
