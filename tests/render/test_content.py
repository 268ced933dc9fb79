"""What a picture says: every node once, operands in order, numbers, gradients, words."""

import base64
import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from render_cases import expression, perceptron, well_known

import autograd
import nn
from autograd import Graph, Value, graph, steps
from autograd.engine.order import ordered
from autograd.explorer.page_file import Explorer
from autograd.render import layout_of, path_of, svg_of
from autograd.render.theme import DARK, LIGHT, STEPS, step_of

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def groups(svg, kind):
    return [
        group
        for group in ElementTree.fromstring(svg).iter(f"{SVG}g")
        if kind in (group.get("class") or "").split()
    ]


def test_every_node_shows_label_operation_data_and_gradient():
    y = well_known()
    svg = svg_of(layout_of(y), data_ids=True)
    shown = {}
    for group in groups(svg, "node"):
        roles = {text.get("data-role"): text.text for text in group.iter(f"{SVG}text")}
        shown[group.get("data-node")] = roles
    for position, node in enumerate(ordered(y)):
        roles = shown[f"n{position}"]
        assert roles["data"] == format(node.data, ".4g")
        assert roles["grad"] == format(node.grad, ".4g")
        assert roles.get("title", "") == node.label
        assert roles.get("symbol", "") == (node.op.symbol if node.op else "")
    assert shown["n0"]["grad"] == "138.8"
    assert shown["n1"]["grad"] == "645.6"


def test_a_square_has_two_links():
    x = Value(3.0, "x")
    picture = graph(x * x)
    assert [link.operand for link in picture.layout.links] == [0, 1]
    assert len(groups(picture.svg, "edge")) == 2
    assert picture.dot.count("->") == 2
    assert len({tuple(link.points) for link in picture.layout.links}) == 2


def test_a_shared_node_is_drawn_once():
    x = Value(3.0, "shared")
    y = (x + 1) * (x + 2) * x
    assert texts(graph(y).svg).count("shared") == 1
    assert graph(y).dot.count('label="shared') == 1


def test_pictures_steps_and_formulas_write_constants_alike():
    x = Value(2.0, "x")
    constants = {
        math.log(3.0): "log(3)", 2.0 * math.pi: "2 * pi", -1.0 / 3.0: "-1 / 3", 1e6: "1e6",
        0.0447151234: "0.0447151234", 1.23456789012345: "1.235", math.inf: "inf", 1e-9: "1e-9",
    }  # fmt: skip
    for number, text in constants.items():
        y = x * number
        assert text in texts(graph(y).svg)
        assert text in str(graph(y)).split("\n")[2]
        assert f'label="{text}"' in graph(y).dot
        assert str(next(steps(y))).splitlines()[0] in (f"v1 = x * {text}", f"v1 = x * ({text})")
        assert f'"{text}"' in Explorer(y).html
    own = Value(3.0, "pi")
    assert "3.142" in texts(graph(own * math.pi).svg)
    assert f"<title>constant log(3) = {math.log(3.0)!r}</title>" in graph(x * math.log(3.0)).svg


def test_constants_are_drawn_small_each_at_its_operation():
    x = Value(3.0, "x")
    layout = layout_of((2.5 - x) ** 2)
    constants = [box for box in layout.boxes if box.kind == "constant"]
    assert [box.data for box in constants] == [2.5, 2.0]
    results = [box for box in layout.boxes if box.kind == "result"]
    assert max(box.height for box in constants) < min(box.height for box in results) / 1.5
    assert [(link.source.id, link.operand) for link in layout.links] == [
        ("c1-0", 0),
        ("n0", 1),
        ("n1", 0),
        ("c2-1", 1),
    ]


def test_before_backward_the_picture_says_so_and_shows_no_zeros():
    x = Value(3.0, "x")
    y = x * 2.0
    picture = graph(y)
    assert "gradients not computed: call backward()" in texts(picture.svg)
    assert texts(picture.svg).count("—") == 2
    assert "0" not in texts(picture.svg)
    assert "gradients not computed" in picture.dot
    assert "gradients not computed" in picture.text
    y.backward()
    assert "not computed" not in graph(y).svg + graph(y).dot + graph(y).text
    assert "—" in picture.svg, "a picture keeps the numbers of its time"


def test_a_gradient_of_zero_is_shown_once_they_are_computed():
    x = Value(-3.0, "x")
    y = x.relu() + 1.0
    y.backward()
    assert texts(graph(y).svg).count("0") >= 2


def test_nan_and_infinity_are_shown():
    x = Value(0.0, "x")
    y = autograd.log(x) * 0.0
    y.backward()
    shown = texts(graph(y).svg)
    assert "-inf" in shown
    assert "nan" in shown


def test_numbers_follow_the_format():
    x = Value(1 / 3, "x")
    y = x * 2.0
    y.backward()
    assert "0.33" in texts(graph(y, format=".2f").svg)
    assert "3.3333e-01" in texts(graph(y, "TB", ".4e").svg)
    assert 'data 0.33"' not in graph(y, format=".3f").dot


def test_partials_stand_on_the_links():
    a, b = Value(2.0, "a"), Value(-3.25, "b")
    y = a * b
    y.backward()
    for rankdir in ("LR", "TB", "RL", "BT"):
        svg = graph(y, rankdir, partials=True).svg
        on_links = [group.find(f"{SVG}text").text for group in groups(svg, "edge")]
        assert on_links == ["-3.25", "2"]
    assert 'label="-3.25"' in graph(y, partials=True).dot
    assert all(group.find(f"{SVG}text") is None for group in groups(graph(y).svg, "edge"))


def test_colour_tells_sign_and_size_of_the_gradient():
    assert step_of(5.0, 5.0) == STEPS
    assert step_of(-5.0, 5.0) == -STEPS
    assert step_of(0.0, 5.0) == step_of(float("nan"), 5.0) == 0
    assert step_of(float("-inf"), 5.0) == -STEPS
    assert step_of(1e-300, 5.0) == 1
    steps = [step_of(10.0**-power, 1.0) for power in range(5)]
    assert steps == sorted(steps, reverse=True)
    y = well_known()
    svg = graph(y).svg
    assert LIGHT.tint(STEPS) in svg
    assert LIGHT.tint(-4) in svg


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_ink_is_legible_on_every_tint(theme):
    """Contrast as WCAG 2 defines it: at least 4.5 to 1 for text, on all fills."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one, other):
        high, low = sorted((luminance(one), luminance(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    fills = [theme.paper, *[theme.tint(step) for step in range(-STEPS, STEPS + 1)]]
    for fill in fills:
        assert contrast(theme.ink, fill) >= 4.5, fill
        assert contrast(theme.soft, fill) >= 3.0, fill
    assert contrast(theme.soft, theme.paper) >= 4.5
    assert contrast(theme.edge, theme.paper) >= 3.0


def test_themes():
    y = expression()
    light, dark, auto = (graph(y, theme=theme).svg for theme in ("light", "dark", "auto"))
    assert LIGHT.paper in light
    assert "<style" not in light + dark
    assert DARK.paper in dark
    assert LIGHT.paper in auto
    assert "prefers-color-scheme:dark" in auto
    assert DARK.paper in auto


def test_any_number_of_pictures_can_stand_on_one_page():
    for theme in ("light", "auto"):
        for element in ElementTree.fromstring(graph(well_known(), theme=theme).svg).iter():
            assert "id" not in element.attrib
            assert not any("url(#" in value for value in element.attrib.values())


def test_a_notebook_gets_an_image_in_html_a_png_and_text_and_no_svg_that_needs_inkscape():
    picture = graph(expression())
    assert isinstance(picture, Graph)
    bundle = picture._repr_mimebundle_()
    assert list(bundle) == ["text/html", "image/png", "text/plain"]
    assert base64.b64decode(bundle["image/png"]) == picture.png
    assert bundle["text/plain"] == picture.text
    images = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', bundle["text/html"])
    assert [base64.b64decode(each).decode() for each in images] == [picture.svg]
    assert not hasattr(picture, "_repr_svg_")
    assert list(picture._repr_mimebundle_(include=["text/plain"])) == ["text/plain"]
    assert "image/png" not in picture._repr_mimebundle_(exclude=["image/png"])
    assert str(picture) == picture.text
    assert repr(picture) == "<picture of 6 nodes in 7 boxes>"


def test_a_dark_notebook_gets_the_dark_picture_unless_a_theme_was_chosen():
    dark = base64.b64encode(graph(expression(), theme="dark").svg.encode()).decode()
    for theme, follows in ((None, True), ("auto", True), ("light", False), ("dark", False)):
        html = graph(expression(), theme=theme).html
        assert ("[data-jp-theme-light=" in html) is follows
        assert (dark in html) is (follows or theme == "dark")


def test_ids_in_a_page_are_those_of_the_layout():
    layout = layout_of(perceptron(2, [2, 1]))
    svg = svg_of(layout, data_ids=True)
    assert [group.get("data-node") for group in groups(svg, "node")] == [
        box.id for box in layout.boxes
    ]
    links = [
        (group.get("data-edge"), group.get("data-source"), group.get("data-target"))
        for group in groups(svg, "edge")
    ]
    assert links == [(link.id, link.source.id, link.target.id) for link in layout.links]
    assert len({link.id for link in layout.links}) == len(links)
    assert [group.get("data-frame") for group in groups(svg, "frame")] == [
        frame.id for frame in layout.frames
    ]
    for position, box in enumerate(layout.box_at):
        assert box.id == f"n{position}"
        assert box.node is layout.order[position]
    for link in layout.links:
        assert path_of(link, "LR").startswith("M")


def test_a_graph_of_one_node():
    picture = graph(Value(2.0, "alone"))
    assert "alone" in texts(picture.svg)
    assert picture.text.startswith("alone  data 2")


def test_text_pictures():
    y = expression()
    assert graph(y).text == (
        "y = *         data -8  grad 1\n"
        "├─ v2 = +     data 4   grad -2\n"
        "│  ├─ v1 = *  data -6  grad -2\n"
        "│  │  ├─ a    data 2   grad 6\n"
        "│  │  └─ b    data -3  grad -4\n"
        "│  └─ c       data 10  grad -2\n"
        "└─ -2"
    )


def test_text_pictures_name_what_comes_again():
    x = Value(3.0, "x")
    z = x * 2.0
    y = z * z
    y.backward()
    assert graph(y).text == (
        "v2 = *       data 36  grad 1\n"
        "├─ v1 = *    data 6   grad 12\n"
        "│  ├─ x      data 3   grad 24\n"
        "│  └─ 2\n"
        "└─ v1 = * ↑"
    )


def test_text_pictures_of_long_chains_stay_narrow():
    y = Value(1.0, "x")
    for _ in range(200):
        y = y + 1.0
    text = graph(y).text
    assert max(map(len, text.splitlines())) < 110
    assert text.count("data") == 201
    assert " ↓" in text


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"rankdir": "left"}, ValueError, "LR, TB, RL, BT"),
        ({"format": "q"}, ValueError, "'.4g'"),
        ({"format": 3}, TypeError, "format"),
        ({"depth": -1}, ValueError, "depth"),
        ({"depth": 1.5}, TypeError, "depth"),
        ({"depth": True}, TypeError, "depth"),
        ({"max_nodes": 0}, ValueError, "max_nodes"),
        ({"theme": "blue"}, ValueError, "light, dark, auto"),
        ({"engine": "neato"}, ValueError, "dot"),
    ],
)
def test_a_wrong_argument_is_named(arguments, error, words):
    with pytest.raises(error, match=words) as caught:
        graph(Value(1.0), **arguments)
    assert isinstance(caught.value, autograd.AutogradError)


@pytest.mark.parametrize("thing", [3.0, None, "y", [Value(1.0), 2.0], {"y": Value(1.0)}])
def test_only_values_are_drawn(thing):
    with pytest.raises(TypeError, match="graph draws a Value"):
        graph(thing)


def test_pictures_show_the_names_that_steps_uses_unless_they_are_not_wanted():
    x, other = Value(3.0, "x"), Value(2.0, "x")
    y = x * other + x
    shown = {text.text for text in ElementTree.fromstring(graph(y).svg).iter(f"{SVG}text")}
    assert {"v1", "v2", "x", "#2"} <= shown
    said = " ".join(str(step) for step in autograd.steps(y))
    assert "v1 = x * x#2" in said
    assert "v2 = v1 + x" in said
    assert "v1" not in texts(graph(y, names=False).svg)
    with autograd.scope("part"):
        folded = x * x
    assert "2 nodes → v1" in " ".join(texts(graph(folded, depth=0).svg))


def test_where_no_frame_shows_the_scopes_a_name_that_repeats_has_its_path():
    y = nn.MLP(2, [2, 1], seed=1)([Value(1.0, "x"), 2.0])
    picture = graph(y)
    paths = {f"layer {row} / neuron {column} / w0" for row, column in ((1, 1), (1, 2), (2, 1))}
    said = "\n".join(map(str, steps(y)))
    assert {name for name in re.findall("'([^'\n]*)'", said) if "w0" in name} == paths
    lines = [line.lstrip("│├└─ ") for line in str(picture).splitlines()]
    tips = {re.split(" · ", tip)[0] for tip in re.findall("<title>(.*?)</title>", picture.svg)}
    assert {line.partition("  ")[0] for line in lines if "w0" in line} == paths
    assert {tip for tip in tips if "w0" in tip} == paths
    assert {tip for tip in re.findall('tooltip="(.*?)"', picture.dot) if "w0" in tip} == paths
    assert any(line.startswith("x  ") for line in lines)  # there is one x
    assert "/ w0" not in str(graph(y, names=False))


def test_a_legend_says_what_the_colours_mean_that_are_there():
    x = Value(0.0, "x")
    y = autograd.log(x) - Value(1.0, "b")
    assert graph(y).layout.legend == [("odd", "nan or infinite")]
    y.backward()
    words = [words for _, words in graph(y).layout.legend]
    assert words == ["positive gradient", "negative gradient", "nan or infinite"]
    assert set(words) <= set(texts(graph(y).svg))
    assert graph(y, legend=False).layout.legend == []


def test_nan_and_infinity_are_marked_by_their_border_in_svg_and_dot():
    x = Value(0.0, "x")
    y = autograd.log(x) + 1.0
    picture = graph(y, legend=False)
    assert picture.svg.count("stroke-dasharray") == 2
    assert picture.dot.count("dashed") == 2
    y.backward()
    assert graph(y, legend=False).svg.count("stroke-dasharray") == 3  # the gradient of x


def test_several_results_are_drawn_together_with_what_they_share():
    x = Value(1.0, "x")
    a, b = x * 2.0, x + 3.0
    a.label, b.label = "a", "b"
    layout = layout_of([a, b])
    assert [box.title for box in layout.boxes if box.node is not None] == ["x", "a", "b"]
    assert [(node, box.title) for node, box in layout.results] == [(a, "a"), (b, "b")]
    assert "of a, b:" in autograd.graph((a, b)).svg
    assert not layout.computed
    b.backward()
    assert layout_of(np.array([a, b])).computed
    text = str(autograd.graph([a, b]))
    assert [line[:5] for line in text.splitlines() if line[0] in "ab"] == ["a = *", "b = +"]
    assert "data 2  grad 0" in text
    # a result that is an operand of another stands below it
    assert layout_of([a, a * b]).results[0][0] is not a


def test_a_folded_layer_of_several_results_shows_the_number_of_none():
    with autograd.scope("layer"):
        x = Value(1.0, "x")
        a, b = autograd.sin(x), autograd.cos(x)
    (box,) = layout_of([a, b], depth=0).boxes
    assert (box.kind, box.data) == ("folded", None)
    assert layout_of([a], depth=0).boxes[0].data == a.data


def test_the_sign_of_a_zero_is_left_out_of_pictures_as_of_formulas():
    y = Value(-2.0, "x") * 0
    assert str(y.data) == "-0.0"
    picture = graph(y, partials=True)
    assert "data 0 " in picture.text
    assert "-0<" not in picture.svg
    assert ">0<" in picture.svg
