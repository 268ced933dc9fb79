"""No overlap, no line through a box, no clipped text, at every size and in every direction."""

import math
import xml.etree.ElementTree as ElementTree
from importlib import resources
from itertools import combinations, pairwise

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from render_cases import (
    RANKDIRS,
    expression,
    faults,
    inside,
    perceptron,
    rectangle,
    sampled,
    tangle,
    well_known,
)

import autograd
from autograd import Value, primitive
from autograd.render import layout_of, svg_of
from autograd.render.measure import advances

SVG = "{http://www.w3.org/2000/svg}"
CASES = {
    "3 nodes": lambda: Value(2.0, "x") * Value(3.0, "y"),
    "an expression": expression,
    "the well-known one": well_known,
    "50 nodes": lambda: perceptron(2, [4, 1]),
    "50 nodes, no scopes": lambda: perceptron(2, [4, 1], scoped=False),
    "300 nodes": lambda: perceptron(3, [8, 7, 1]),
    "300 nodes, no scopes": lambda: perceptron(3, [8, 7, 1], scoped=False),
}


@pytest.mark.parametrize("rankdir", RANKDIRS)
@pytest.mark.parametrize("case", CASES)
def test_nothing_overlaps_and_no_line_runs_through_a_box(case, rankdir):
    layout = layout_of(CASES[case](), rankdir=rankdir)
    assert faults(layout) == []


@pytest.mark.parametrize("rankdir", RANKDIRS)
def test_nor_with_partials_on_the_links(rankdir):
    assert faults(layout_of(perceptron(2, [3, 1]), rankdir=rankdir, partials=True)) == []


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(1, 60),
    seed=st.integers(0, 10_000),
    scopes=st.sampled_from([0.0, 0.2]),
    rankdir=st.sampled_from(RANKDIRS),
    depth=st.sampled_from([None, 0, 1, 2]),
    partials=st.booleans(),
)
def test_nor_in_any_random_graph(size, seed, scopes, rankdir, depth, partials):
    root = tangle(size, seed, scopes)
    layout = layout_of(root, rankdir=rankdir, depth=depth, partials=partials)
    assert faults(layout) == []


def text_boxes(svg):
    """Each text of an SVG with the rectangle it takes, by the font's own advance widths."""
    known = advances()
    for element in ElementTree.fromstring(svg).iter():
        size = 10.5
        if element.tag != f"{SVG}text":
            continue
        size = float(element.get("font-size", 10.5))
        text = element.text or ""
        wide = size * sum(known.get(character, 1.4) for character in text)
        x, y = float(element.get("x")), float(element.get("y"))
        start = {"start": x, "middle": x - wide / 2, "end": x - wide}[
            element.get("text-anchor", "start")
        ]
        yield text, (start, y - 0.76 * size, start + wide, y + 0.24 * size)


@pytest.mark.parametrize("rankdir", RANKDIRS)
@pytest.mark.parametrize("partials", [False, True])
def test_text_fits_into_its_box_and_covers_no_other_text(rankdir, partials):
    root = perceptron(2, [3, 1])
    layout = layout_of(root, rankdir=rankdir, partials=partials)
    svg = svg_of(layout, data_ids=True)
    document = ElementTree.fromstring(svg)
    boxes = {box.id: box for box in layout.boxes}
    checked = 0
    for group in document.iter(f"{SVG}g"):
        if (name := group.get("data-node")) is None:
            continue
        left, top, right, bottom = rectangle(boxes[name])
        one = (
            f'<svg xmlns="http://www.w3.org/2000/svg">{ElementTree.tostring(group).decode()}</svg>'
        )
        for text, (start, high, end, low) in text_boxes(one):
            assert left + 1 < start, text
            assert end < right - 1, text
            assert top < high, text
            assert low < bottom, text
            checked += 1
    assert checked > 100
    everything = list(text_boxes(svg))
    for index, (text, (left, top, right, bottom)) in enumerate(everything):
        assert left >= 0, text
        assert right <= layout.width, text
        assert bottom <= layout.height, text
        for other, (start, high, end, low) in everything[index + 1 :]:
            apart = right <= start or end <= left or bottom <= high or low <= top
            assert apart, (text, other)


def test_the_names_of_frames_are_clear_of_lines_and_boxes():
    for rankdir in RANKDIRS:
        layout = layout_of(perceptron(2, [3, 2, 1]), rankdir=rankdir)
        for frame in layout.frames:
            name = type("Name", (), {"x": frame.x + 7, "y": frame.y + 4})()
            name.width, name.height = 5.5 * len(frame.name), 9.0
            for box in layout.boxes:
                left, top, right, bottom = rectangle(box)
                assert (
                    right <= name.x
                    or left >= name.x + name.width
                    or bottom <= name.y
                    or top >= name.y + name.height
                )
            for link in layout.links:
                assert not any(inside(point, name) for point in sampled(link, rankdir))


def test_advance_widths_are_those_of_the_font():
    path = resources.files("autograd.render") / "fonts" / "DejaVuSans.ttf"
    font = TTFont(str(path))
    names = font.getBestCmap()
    assert {chr(code) for code in names} == set(advances())
    for code, name in names.items():
        assert font["hmtx"][name][0] / font["head"].unitsPerEm == advances()[chr(code)]
    assert set(map(chr, range(32, 127))) | set("éüßαΩ∂∑√∞≤→²·—…\ufffd") <= set(advances())


def test_chains_run_straight():
    y = Value(1.0, "x")
    for _ in range(20):
        y = (y + 1.0).tanh()
    layout = layout_of(y)
    middles = [box.y + box.height / 2 for box in layout.boxes if box.kind == "result"]
    assert len(middles) == 40
    assert max(middles) - min(middles) < 0.1


def test_operands_enter_in_their_order():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    for rankdir in RANKDIRS:
        axis = 1 if rankdir in ("LR", "RL") else 0
        layout = layout_of(b - a + a.clip(b, 9.0) * (a / b), rankdir=rankdir)
        by_target = {}
        for link in layout.links:
            by_target.setdefault(link.target, []).append(link)
        for links in by_target.values():
            assert [link.operand for link in links] == list(range(len(links)))
            ends = [link.points[-1][axis] for link in links]
            assert ends == sorted(ends)
            assert len(set(ends)) == len(ends)


def test_links_between_frames_do_not_twist():
    layout = layout_of(perceptron(2, [5, 1]), depth=1)
    entered = next(frame for frame in layout.frames if frame.name == "layer 2")
    into = [link for link in layout.links if link.target.frame is entered]
    leaving = [link.points[0][1] for link in into]
    entering = [next(y for x, y in link.points if abs(x - entered.x) < 0.01) for link in into]
    assert len(into) == 5
    assert sorted(range(5), key=leaving.__getitem__) == sorted(range(5), key=entering.__getitem__)


def test_an_operation_of_many_operands_has_room_for_them():
    @primitive(partials=tuple(lambda y, *args, index=index: index + 0.125 for index in range(7)))
    def blend(a, b, c, d, e, f, g):
        return a + b + c + d + e + f + g

    operands = [Value(float(index), f"operand {index}") for index in range(7)]
    y = blend(*operands).tanh()
    for rankdir in RANKDIRS:
        layout = layout_of(y, rankdir=rankdir, partials=True)
        assert faults(layout) == []
        axis = 1 if rankdir in ("LR", "RL") else 0
        ends = sorted(link.points[-1][axis] for link in layout.links[:7])
        least = 8.5 if axis else 5.0 * len("0.125")
        assert min(b - a for a, b in pairwise(ends)) > least


@pytest.mark.parametrize("case", CASES)
def test_another_number_in_a_leaf_moves_no_box(case):
    before, after = CASES[case](), CASES[case]()
    leaf = layout_of(after).order[0]
    leaf._data, leaf._grad = -0.1234, 0.0012
    for one, other in zip(layout_of(before).boxes, layout_of(after).boxes, strict=True):
        assert rectangle(one) == rectangle(other)


def middles(layout):
    return {
        node: box.y + box.height / 2 for node, box in zip(layout.order, layout.box_at, strict=True)
    }


def test_one_more_operation_on_top_leaves_everything_where_it_is():
    for build in [*CASES.values(), *[lambda s=s: tangle(30, s, 0.1) for s in range(20)]]:
        y = build()
        before, after = middles(layout_of(y)), middles(layout_of(y.tanh()))
        assert max(abs(before[node] - after[node]) for node in before) < 10.0


def test_one_more_use_of_a_leaf_keeps_most_boxes_in_their_order():
    pairs = swapped = 0
    for seed in range(40):
        y = tangle(40, seed)
        before = middles(layout_of(y))
        after = middles(layout_of(y + next(node for node in before if node.is_leaf)))
        for a, b in combinations(before, 2):
            if abs(before[a] - before[b]) > 8.0:
                pairs += 1
                swapped += (before[a] < before[b]) != (after[a] < after[b])
    assert swapped < 0.2 * pairs


def neurons(number=0.5, operation=None):
    """Return the sum of three neurons, with a number for one weight, and one operation more."""
    a, b = Value(1.0, "a"), Value(2.0, "b")
    weights = [number, 0.3, -0.2]
    y = sum(autograd.tanh(Value(w, f"w{i}") * a + b) for i, w in enumerate(weights))
    return y if operation is None else operation(y)


def test_nodes_stay_where_they_are_when_a_leaf_is_edited_or_an_operation_is_added():
    def places(y):
        y.backward()
        return {box.id: (round(box.x, 3), round(box.y, 3)) for box in layout_of(y).boxes}

    before = places(neurons())
    for number in (0.4, 0.6):
        assert places(neurons(number)) == before
    for number in (1.0, -0.4321, 12.0, -1.2345e-300, math.nan):  # and gradients of other lengths
        after = places(neurons(number))
        moved = [math.dist(after[each], before[each]) for each in before]
        assert max(moved) < 40.0
    for operation in (autograd.relu, lambda y: y + 1.0):
        more = places(neurons(operation=operation))
        assert {each: more[each] for each in before} == before
