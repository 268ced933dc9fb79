"""The explorer's page in a real browser: every control, and every number against backward's."""

from __future__ import annotations

import html
import math
import random
import re
import xml.etree.ElementTree as ElementTree

import formula_values
import pytest

import autograd
from autograd import Value, explore, log, relu, sigmoid, tanh
from autograd.engine.order import ordered
from autograd.notation.names import Names
from autograd.notation.writing import digits
from autograd.render import layout_of

pytestmark = pytest.mark.browser


def neuron(w=0.5, x=2.0, b=-1.5):
    leaves = [Value(w, "w"), Value(x, "x"), Value(b, "b")]
    y = tanh(leaves[0] * leaves[1] + leaves[2])
    y.label = "y"
    return y


def shared(x=-4.0):
    x = Value(x, "x")
    z = 2 * x + 2 + x
    q = relu(z) + z * x
    h = relu(z * z)
    y = h + q + q * x
    for node, label in ((z, "z"), (q, "q"), (h, "h"), (y, "y")):
        node.label = label
    return y


def network(inputs=2, widths=(3, 1), seed=1):
    draw = random.Random(seed)
    layer = [Value(draw.uniform(-1, 1), f"x{i + 1}") for i in range(inputs)]
    for depth, width in enumerate(widths, 1):
        with autograd.scope(f"layer {depth}"):
            outputs = []
            for unit in range(width):
                with autograd.scope(f"neuron {unit + 1}"):
                    total = Value(draw.uniform(-1, 1), "b")
                    for each in layer:
                        total = total + each * Value(draw.uniform(-1, 1), "w")
                    outputs.append(tanh(total))
            layer = outputs
    y = autograd.sum(layer)
    y.label = "L"
    return y


def everything():
    x, z = Value(0.7, "x"), Value(1.3, "z")
    y = sigmoid(x) + log(z) * autograd.hypot(x, z) - autograd.atan2(x, z) ** 2
    y = y + autograd.lgamma(z) + autograd.gelu(x) + autograd.softplus(x) + autograd.clip(z, 0, 1)
    y = y + autograd.maximum(x, z) / autograd.cbrt(z) + abs(x) + autograd.leaky_relu(-x)
    y.label = "y"
    return y


def untaken():
    x = Value(0.0, "x")
    y = autograd.where(x > 0, x * log(x), 2 * x) * 3
    y.label = "y"
    return y


def part(page, name):
    return page.locator(f'[data-part="{name}"]')


def go(page, step):
    page.evaluate(
        "step => { const s = document.querySelector('[data-part=slider]');"
        "s.value = step; s.dispatchEvent(new Event('input')); }",
        step,
    )


def last(page):
    return int(part(page, "slider").get_attribute("max"))


def column(page, kind):
    """The numbers of one column of the table, by node; None where there is none yet."""
    page.wait_for_function(
        """() => [...document.querySelectorAll('.differences')].every(
          cell => cell.textContent !== '\\u2026')"""
    )
    return page.evaluate(
        """kind => Object.fromEntries([...document.querySelectorAll('.row')].map(row =>
          [row.dataset.node, row.querySelector('.' + kind + ' data')?.value ?? null]))""",
        kind,
    )


def read(text):
    return None if text is None else float(text.replace("Infinity", "inf"))


def assert_gradients(page, y):
    go(page, last(page))
    autograd.zero_grad(y)
    y.backward()
    shown = column(page, "gradient")
    for place, node in enumerate(ordered(y)):
        number = read(shown[str(place)])
        assert number == pytest.approx(node.grad, rel=1e-12, abs=1e-300, nan_ok=True)


# -- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [neuron, shared, network, everything, untaken])
def test_the_gradients_of_the_last_step_are_those_of_backward(visit, build):
    y = build()
    assert_gradients(visit(explore(y).html), y)


def test_at_each_step_the_gradients_so_far_are_those_of_steps(visit):
    y = shared()
    page = visit(explore(y).html)
    places = {node: str(place) for place, node in enumerate(ordered(y))}
    forward = sum(node.op is not None for node in places)
    expected = dict.fromkeys(places.values())
    for _ in range(forward - 1):
        page.keyboard.press("ArrowRight")
    assert {place: read(text) for place, text in column(page, "gradient").items()} == expected
    page.keyboard.press("ArrowRight")
    expected[places[y]] = 1.0
    history = [dict(expected)]
    for step in autograd.steps(y):
        page.keyboard.press("ArrowRight")
        expected[places[step.arg]] = step.accumulated
        history.append(dict(expected))
        shown = {place: read(text) for place, text in column(page, "gradient").items()}
        assert shown == expected
        if step.before:
            assert "+=" in part(page, "equation").inner_text()
    for before in reversed(history[:-1]):
        page.keyboard.press("ArrowLeft")
        assert {place: read(text) for place, text in column(page, "gradient").items()} == before


@pytest.mark.parametrize(
    ("build", "edits"),
    [(neuron, {"w": -2.0, "x": 0.25}), (shared, {"x": 3.5}), (everything, {"x": -1.2, "z": 2.5})],
)
def test_after_an_edit_everything_is_computed_again_in_the_page(visit, build, edits):
    page = visit(explore(build()).html)
    go(page, last(page))
    leaves = {node.label: str(n) for n, node in enumerate(ordered(build())) if node.is_leaf}
    for label, number in edits.items():
        field = page.locator(f'.row[data-node="{leaves[label]}"] input')
        field.fill(str(number))
        field.press("Enter")
    if build is everything:
        x, z = Value(-1.2, "x"), Value(2.5, "z")
        y = sigmoid(x) + log(z) * autograd.hypot(x, z) - autograd.atan2(x, z) ** 2
        y = y + autograd.lgamma(z) + autograd.gelu(x) + autograd.softplus(x)
        y = y + autograd.clip(z, 0, 1) + autograd.maximum(x, z) / autograd.cbrt(z) + abs(x)
        y = y + autograd.leaky_relu(-x)
    else:
        y = build(**edits)
    assert_gradients(page, y)
    shown = column(page, "number")
    for place, node in enumerate(ordered(y)):
        if not node.is_leaf:
            assert read(shown[str(place)]) == pytest.approx(node.data, rel=1e-12)
    part(page, "restore").click()
    assert_gradients(page, build())
    assert part(page, "restore").is_hidden()


def test_an_edit_that_is_no_number_changes_nothing_and_says_so(visit):
    y = neuron()
    page = visit(explore(y).html)
    field = page.locator('.row[data-node="0"] input')
    field.fill("two")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    assert "write a number" in part(page, "spoken").inner_text()
    assert_gradients(page, y)


def test_restoring_the_numbers_clears_what_was_no_number(visit):
    page = visit(explore(neuron()).html)
    w, x = (page.locator(f'.row[data-node="{place}"] input') for place in (0, 1))
    x.fill("3")
    x.press("Enter")
    w.fill("two")
    w.press("Enter")
    assert w.get_attribute("aria-invalid") == "true"
    part(page, "restore").click()
    assert w.input_value() == "0.5"
    assert page.locator("[aria-invalid]").count() == 0
    assert len({each.evaluate("e => getComputedStyle(e).borderColor") for each in (w, x)}) == 1


@pytest.mark.parametrize(
    ("written", "number"),
    [("1/3", 1 / 3), ("-2e-3", -2e-3), (" .5 ", 0.5), ("\u22121/-4", 0.25), ("INF", math.inf)],
)
def test_a_leaf_and_a_prediction_take_the_same_numbers(visit, written, number):
    page = visit(explore(Value(2.0, "x") * Value(number, "a")).html)
    field = page.locator('.row[data-node="0"] input')
    field.fill(written)
    field.press("Enter")
    assert field.get_attribute("aria-invalid") is None
    assert page.evaluate(
        "s => Number(document.querySelector(s).title.replace('inf', 'Infinity'))",
        '.row[data-node="0"] input',
    ) == pytest.approx(number, rel=1e-12)
    part(page, "predict").click()
    part(page, "guess").fill(written)
    page.keyboard.press("Enter")
    assert part(page, "verdict").inner_text().startswith("Right.")


@pytest.mark.parametrize("written", ["two", "", "1/2/3", "1//2", "1.2.3", "0x10", "1e", "--1"])
def test_what_is_no_number_is_refused_by_a_leaf_and_by_a_prediction(visit, written):
    page = visit(explore(Value(2.0, "x") * Value(3.0, "a")).html)
    field = page.locator('.row[data-node="0"] input')
    field.fill(written)
    field.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    part(page, "predict").click()
    part(page, "guess").fill(written)
    page.keyboard.press("Enter")
    assert "not a number" in part(page, "verdict").inner_text()


@pytest.mark.parametrize(("right", "wrong"), [("inf", "5"), ("nan", "inf")])
def test_an_infinite_gradient_and_nan_are_predicted_by_name(visit, right, wrong):
    page = visit(explore(Value(1.0, "x") * Value(float(right), "a")).html)
    part(page, "predict").click()
    for guess, words in ((wrong, "Not yet"), (right, "Right.")):
        part(page, "guess").fill(guess)
        page.keyboard.press("Enter")
        assert part(page, "verdict").inner_text().startswith(words)


def test_central_differences_stand_beside_each_finished_gradient(visit):
    y = everything()
    page = visit(explore(y).html)
    go(page, last(page))
    y.backward()
    shown = column(page, "differences")
    for place, node in enumerate(ordered(y)):
        if node.op is not autograd.table.rows.maximum:
            assert read(shown[str(place)]) == pytest.approx(node.grad, rel=1e-5, abs=1e-7)
    go(page, 0)
    assert set(column(page, "differences").values()) == {None}


def test_nan_and_infinity_are_shown_as_such(visit):
    x = Value(0.0, "x")
    y = log(x) * 0.0 + 1 / x
    page = visit(explore(y).html)
    go(page, last(page))
    y.backward()
    assert math.isnan(x.grad) or math.isinf(x.grad)
    assert_gradients(page, y)
    assert "inf" in page.locator(".table").inner_text()


def test_a_graph_of_a_leaf_alone_has_one_step(visit):
    page = visit(explore(Value(2.0, "x")).html)
    page.keyboard.press("ArrowRight")
    assert part(page, "counter").inner_text() == "Start of backward"
    assert column(page, "gradient") == {"0": "1"}


WHOLE = """line => {
    const whole = document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");
    for (const part of line.querySelectorAll("math"))
        whole.append(...part.cloneNode(true).childNodes);
    return new XMLSerializer().serializeToString(whole);
}"""


@pytest.mark.parametrize("width", [320, 1000])
def test_the_lines_of_an_equation_break_and_show_their_results(visit, width):
    tie = autograd.maximum(Value(0.0, "x"), 0.0)
    page = visit(explore(tie).html, viewport={"width": width, "height": 800})
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    clipped = "rows => [...rows.children].map((line) => line.scrollWidth - rows.clientWidth)"
    assert max(part(page, "equation").evaluate(clipped)) <= 0


@pytest.mark.parametrize("build", [neuron, shared, everything, untaken])
def test_every_equation_of_the_page_is_true_as_far_as_its_digits_go(visit, build):
    y = build()
    page = visit(explore(y).html)
    reader = formula_values.Reader(y, near=0.02)
    for _ in range(last(page) + 1):
        for row in page.locator("[data-part=equation] > div").all():
            written = row.evaluate(WHOLE)
            reader.line(formula_values.spelled(ElementTree.fromstring(written)))
        page.keyboard.press("ArrowRight")
    assert reader.checked > last(page)
    y.backward()
    for node, name in zip(ordered(y), page.locator(".row button").all_inner_texts(), strict=True):
        assert reader.bars.get(name, 0.0) == pytest.approx(node.grad, rel=0.01)


@pytest.mark.parametrize("digits", [4, 12])
def test_a_page_shows_as_many_digits_as_are_asked_for_and_fits_a_narrow_window(visit, digits):
    x = Value(1.0 / 3.0, "x")
    y = autograd.sin(x) * 0.044715 * math.pi
    page = visit(explore(y, digits=digits).html, viewport={"width": 320, "height": 900})
    page.keyboard.press("ArrowRight")
    shown = part(page, "equation").inner_text()
    assert "0.044715" in shown
    assert f"{math.sin(1.0 / 3.0) * 0.044715:.{digits}g}" in shown
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("ArrowRight")
    assert "<mi>π</mi>" in part(page, "equation").inner_html()


@pytest.mark.parametrize(
    ("build", "at", "slope"),
    [
        (lambda x: 1.0 / x, 1e-8, "-1e16"),
        (lambda x: 1.0 + x, 1e-12, "1"),
        (autograd.log, 2e-7, "5e6"),
    ],
)
def test_differences_next_to_a_pole_at_zero_are_taken_on_this_side_of_it(visit, build, at, slope):
    page = visit(explore(build(Value(at, "x"))).html)
    for _ in range(last(page)):
        page.keyboard.press("ArrowRight")
    assert page.locator(".row").first.locator(".differences").inner_text() == slope


# -- controls --------------------------------------------------------------------------------------


def test_it_opens_at_the_first_step_and_the_keys_stop_at_both_ends(visit):
    page = visit(explore(neuron()).html)
    assert part(page, "counter").inner_text() == "Forward 1 of 3"
    assert "v1" in part(page, "heading").inner_text()
    page.keyboard.press("ArrowLeft")
    assert part(page, "counter").inner_text() == "Forward 1 of 3"
    for _ in range(last(page) + 3):
        page.keyboard.press("ArrowRight")
    assert part(page, "counter").inner_text() == "Backward 5 of 5"
    assert part(page, "next").is_disabled()
    assert part(page, "last").is_disabled()


@pytest.mark.parametrize("focus", ["slider", "next", "target", "predict", "zoom-in", "scroll"])
def test_arrow_keys_step_once_whatever_has_the_focus(visit, focus):
    page = visit(explore(neuron()).html)
    part(page, focus).focus()
    page.keyboard.press("ArrowRight")
    assert part(page, "slider").input_value() == "1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert part(page, "slider").input_value() == "1"
    assert part(page, "target").input_value() == "0"


@pytest.mark.parametrize("field", ['[data-part="search"]', '.row[data-node="0"] input'])
def test_in_a_text_field_the_arrow_keys_move_the_cursor(visit, field):
    page = visit(explore(neuron()).html)
    page.locator(field).focus()
    page.keyboard.press("ArrowRight")
    assert part(page, "slider").input_value() == "0"


def test_buttons_and_slider_by_mouse_and_by_keyboard(visit):
    page = visit(explore(shared()).html)
    end = last(page)
    for name, expected in [("next", 1), ("last", end), ("previous", end - 1), ("first", 0)]:
        part(page, name).click()
        assert part(page, "slider").input_value() == str(expected)
    for name, expected in [("next", 1), ("last", end), ("previous", end - 1), ("first", 0)]:
        part(page, name).focus()
        page.keyboard.press("Enter")
        assert part(page, "slider").input_value() == str(expected)
    box = part(page, "slider").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert abs(int(part(page, "slider").input_value()) - end / 2) <= 2
    part(page, "slider").focus()
    page.keyboard.press("End")
    assert part(page, "slider").input_value() == str(end)


def test_the_current_node_its_operand_and_the_edge_are_marked(visit):
    page = visit(explore(neuron()).html)
    go(page, 4)  # the first step of backward: from y back to v2
    places = {"v2": 4, "y": 5}
    assert page.locator(".box.current").get_attribute("data-node") == str(places["y"])
    assert page.locator(".box.operand").get_attribute("data-node") == str(places["v2"])
    assert page.locator(".link.active").count() == 1
    assert page.locator(".row.current").get_attribute("data-node") == str(places["y"])
    go(page, 1)  # v2 = v1 + b
    assert page.locator(".box.current").get_attribute("data-node") == str(places["v2"])
    assert page.locator(".box.operand").count() == 2
    assert page.locator(".link.active").count() == 2


def test_a_click_on_a_node_goes_to_its_step(visit):
    page = visit(explore(neuron()).html)
    page.locator('.box[data-node="4"]').click()
    assert part(page, "heading").inner_text() == "Compute v2"
    part(page, "last").click()
    page.locator('.box[data-node="5"]').click()
    assert part(page, "heading").inner_text() == "From y back to v2"
    page.locator('.row[data-node="4"] button').click()
    assert part(page, "heading").inner_text() == "From v2 back to v1"
    page.locator('.box[data-node="0"]').click()
    assert page.evaluate("document.activeElement.ariaLabel") == "Number of w"


def test_search_marks_nodes_and_narrows_the_table(visit):
    page = visit(explore(network()).html)
    part(page, "search").fill("x2")
    assert page.locator(".row").count() == 1
    assert page.locator(".box.found").count() == 1
    part(page, "search").fill("nothing like it")
    assert page.locator(".row").count() == 0
    assert "No node" in part(page, "note").inner_text()
    part(page, "search").fill("")
    assert page.locator(".row").count() == len(ordered(network()))


def test_search_finds_operations_and_scopes(visit):
    y = network()
    page = visit(explore(y).html)
    nodes = ordered(y)
    for words, fits in {
        "tanh": lambda node: node.op is not None and node.op.name == "tanh",
        "*": lambda node: node.op is not None and node.op.symbol == "*",
        "Neuron 2": lambda node: node.scope is not None and node.scope.name == "neuron 2",
    }.items():
        part(page, "search").fill(words)
        found = {int(row.get_attribute("data-node")) for row in page.locator(".row").all()}
        assert found >= {place for place, node in enumerate(nodes) if fits(node)}
        leaves = {place for place in found if nodes[place].is_leaf}
        fitting = {place for place, node in enumerate(nodes) if fits(node)}
        assert found - leaves == {place for place in fitting if not nodes[place].is_leaf}
        assert page.locator(".box.found").count() == len(found)


def test_zoom_fit_and_pan(visit):
    page = visit(explore(network()).html)
    transform = "document.querySelector('.canvas > g').getAttribute('transform')"
    seen = [page.evaluate(transform)]
    for name in ("zoom-in", "zoom-out", "fit"):
        part(page, name).click()
        seen.append(page.evaluate(transform))
    assert len(set(seen)) >= 3
    box = part(page, "picture").bounding_box()
    before = page.evaluate(transform)
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 40, steps=4)
    page.mouse.up()
    assert page.evaluate(transform) != before
    assert page.evaluate(f"Number({transform}.match(/translate\\(([^ ]+)/)[1])") == pytest.approx(
        float(before.split("(")[1].split()[0]) + 50, abs=2
    )


def test_keys_pan_and_zoom_the_picture_and_the_page_says_so(visit):
    page = visit(explore(network()).html)
    hint = page.locator(f"#{part(page, 'picture').get_attribute('aria-describedby')}")
    assert "Shift with an arrow key moves it" in hint.inner_text()

    def seen():
        transform = page.evaluate("document.querySelector('.canvas > g').getAttribute('transform')")
        return [float(each) for each in re.findall(r"[-\d.]+(?:e-\d+)?", transform)]

    page.keyboard.press("Shift+ArrowRight")  # the picture has no focus yet
    start = seen()
    part(page, "zoom-out").focus()
    while page.evaluate("document.activeElement.dataset.part") != "picture":
        page.keyboard.press("Tab")
    moves = {
        "ArrowRight": (-60, 0),
        "ArrowLeft": (60, 0),
        "ArrowDown": (0, -60),
        "ArrowUp": (0, 60),
    }
    for key, (right, down) in moves.items():
        before = seen()
        page.keyboard.press(f"Shift+{key}")
        assert seen() == pytest.approx([before[0] + right, before[1] + down, before[2]], abs=0.01)
    assert seen() == pytest.approx(start, abs=0.01)
    page.keyboard.press("+")
    assert seen()[2] == pytest.approx(1.3 * start[2])
    page.keyboard.press("-")
    assert seen() == pytest.approx(start, abs=0.01)
    for _ in range(100):
        page.keyboard.press("Shift+ArrowRight")
    sheet, box = page.locator(".canvas > g").bounding_box(), part(page, "picture").bounding_box()
    assert sheet["x"] + sheet["width"] > box["x"] + 20  # some of it stays in sight
    assert part(page, "slider").input_value() == "0"
    page.keyboard.press("ArrowRight")
    assert part(page, "slider").input_value() == "1"


def outside(page):
    """The texts of boxes that stand out of their box, by more than a pixel."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.box:not(.constant)')].flatMap(box => {
          const frame = box.querySelector('rect').getBoundingClientRect();
          return [...box.querySelectorAll('text')].filter(text => {
            const one = text.getBoundingClientRect();
            return text.textContent && (one.left < frame.left - 1 || one.right > frame.right + 1
              || one.top < frame.top - 1 || one.bottom > frame.bottom + 1);
          }).map(text => text.textContent);
        })"""
    )


def summarised():
    """A graph that is said in a few boxes, by levels: leaves, + and *, sin, and a part in one."""
    leaves = [Value(0.1 * place) for place in range(9)]
    y = leaves[0]
    for place in range(600):
        y = y * 0.5 + leaves[place % 9] * 1.5 if place % 3 else autograd.sin(y) * leaves[place % 9]
    return y


def test_what_stands_in_a_box_stays_in_it(visit):
    y = Value(1.0, "W" * 20) * Value(2.0, "@" * 8) + autograd.logsumexp([Value(1e-5, "i" * 60)])
    with autograd.scope("W" * 50), autograd.scope("inner"):
        y = (y * y + y) * -1.234e-100
    y.label = "M" * 9
    for root in (y, summarised(), network()):
        page = visit(explore(root).html, device_scale_factor=2)
        for step in (0, last(page)):
            go(page, step)
            while True:
                assert outside(page) == []
                if not part(page, "fold").is_visible() or part(page, "fold").is_disabled():
                    break
                part(page, "fold").click()


def test_a_folded_box_shows_its_lines_and_the_numbers_of_its_result(visit):
    y = summarised()
    layout = layout_of(y)
    page = visit(explore(y).html)
    go(page, last(page))
    y.backward()
    shown = page.evaluate(
        """() => [...document.querySelectorAll('.box.folded')].map(box =>
          [...box.querySelectorAll('text')].map(text => text.textContent))"""
    )
    for box, texts in zip(
        [box for box in layout.boxes if box.kind == "folded"], shown, strict=True
    ):
        content = [text.text for text in layout.content[box.id].texts]
        if box.node is not None:
            content[content.index("data") + 1] = digits(box.node.data)
            content[content.index("grad") + 1] = digits(box.node.grad)
        assert texts == content
    assert any(box.node is not None for box in layout.boxes if box.kind == "folded")


def test_scopes_fold_and_unfold(visit):
    page = visit(explore(network()).html)
    opened = page.locator(".box").count()
    part(page, "fold").click()
    folded = page.locator(".box").count()
    assert folded < opened
    assert page.locator(".box.folded").count() > 0
    part(page, "last").click()  # what happens inside a folded box marks the box
    assert page.locator(".box.current").count() == 1
    page.locator(".box.folded").first.click()
    assert page.locator(".box").count() == opened
    part(page, "fold").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert part(page, "fold").is_disabled()
    part(page, "unfold").click()
    assert page.locator(".box").count() == folded


def test_paths_are_those_of_explain_and_are_marked_in_the_picture(visit):
    y = shared()
    page = visit(explore(y).html)
    explanation = autograd.explain(y, ordered(y)[0])
    assert f"{explanation.count} paths" in part(page, "paths-summary").inner_text()
    shown = part(page, "paths").locator("button").all_inner_texts()
    assert [float(text.split(" = ")[0]) for text in shown] == [
        path.product for path in explanation.paths[: len(shown)]
    ]
    button = part(page, "paths").locator("button").nth(1)  # 40 = 1 * 40 by y, v7 and x
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator(".link.on-path").count() == 2
    button.press("Enter")
    assert page.locator(".link.on-path").count() == 0
    part(page, "target").select_option(label="q")
    assert "2 paths" in part(page, "paths-summary").inner_text()


def test_a_path_inside_a_folded_box_is_named_in_the_box(visit):
    y = network()
    page = visit(explore(y).html)
    (x1,) = [node for node in ordered(y) if node.label == "x1"]
    every = Names(ordered(y))
    names = [every[node].name for node in autograd.explain(y, x1).paths[0].nodes]
    part(page, "fold").click()
    part(page, "target").select_option(label="x1")
    button = part(page, "paths").locator("button").first
    button.click()
    boxes = page.locator(".box.on-path")
    assert boxes.count() == 2  # a neuron of each layer
    for box in boxes.all():
        shown = box.locator(".caption").text_content().removesuffix("\u2026").split(" \u2192 ")
        assert shown[0] in names
        assert shown[1] == names[names.index(shown[0]) + 1]
    button.click()
    assert page.locator(".box.on-path").count() == 0
    assert re.fullmatch(r"\d+ nodes \u2192 v\d+", page.locator(".caption").first.text_content())


def test_the_order_of_the_steps_is_explained_where_backward_begins(visit):
    page = visit(explore(shared()).html)
    assert part(page, "why").is_hidden()
    go(page, 12)
    words = part(page, "why").inner_text()
    assert "only when all its uses have paid in" in words
    assert "So z waits for v5, v4, and v3." in words
    go(page, 13)
    assert part(page, "why").is_hidden()
    go(page, 11)
    assert "A bar marks a gradient" in part(page, "spoken").inner_text()


def test_at_a_pole_the_page_says_so_instead_of_nan(visit):
    x = Value(0.0, "x")
    y = 1 / x + log(x)
    y.label = "y"
    page = visit(explore(y).html)
    go(page, last(page))
    spoken = part(page, "spoken").inner_text()
    assert "next to x = 0, y has a pole or leaves its domain" in spoken
    cells = page.locator('.row[data-node="0"] .differences')
    assert cells.inner_text() == "none"
    assert page.locator('.box.odd[data-node="0"]').count() == 1
    assert page.locator(".box.odd rect").first.evaluate("e => getComputedStyle(e).strokeDasharray")


def test_boxes_say_what_graph_says_and_show_the_names_of_the_page(visit):
    y = shared()
    page = visit(explore(y).html)
    layout = layout_of(y)
    for box in layout.boxes:
        if box.kind == "constant":
            continue
        shown = page.locator(f'.box[data-node="{box.id[1:]}"] text').all_text_contents()
        for text in layout.content[box.id].texts:
            assert text.role in ("data", "grad") or text.text in shown


@pytest.mark.parametrize("attributes", ['data-jp-theme-light="{}"', 'class="vscode-{}"'])
def test_in_a_notebook_the_page_is_dark_where_the_notebook_is(visit, attributes):
    names = (
        {"true": "light", "false": "dark"}
        if "jp" in attributes
        else {"light": "light", "dark": "dark"}
    )
    for value, scheme in names.items():
        frame = f'<iframe srcdoc="{html.escape(explore(neuron()).html)}" width="900"></iframe>'
        page = visit(f"<!doctype html><title>x</title><body {attributes.format(value)}>{frame}")
        root = page.frame_locator("iframe").locator("html")
        assert root.evaluate("e => getComputedStyle(e).colorScheme") == scheme


@pytest.mark.parametrize("value", ["true", "false"])
def test_a_picture_in_a_notebook_is_dark_where_the_notebook_is(visit, value):
    picture = autograd.graph(neuron())
    page = visit(
        f'<!doctype html><title>x</title><body data-jp-theme-light="{value}">{picture.html}'
    )
    content = page.locator("img").evaluate("e => getComputedStyle(e).content")
    assert content.startswith("url(") is (value == "false")


# -- predict mode ---------------------------------------------------------------------------


def test_predict_mode_hides_the_next_gradient_and_judges_what_is_typed(visit):
    y = neuron()
    page = visit(explore(y).html)
    part(page, "predict").click()
    assert part(page, "counter").inner_text() == "Backward 1 of 5"
    gradient = next(autograd.steps(y)).accumulated
    hidden = page.locator('.row[data-node="4"]')
    assert "?" in hidden.inner_text()
    assert "0.7864" not in page.locator("main").inner_text()
    for guess, words in [(-gradient, "sign"), ("one", "not a number"), (12, "Not yet")]:
        part(page, "guess").fill(str(guess))
        page.keyboard.press("Enter")
        assert words in part(page, "verdict").inner_text()
    part(page, "guess").fill(f"{gradient:.3g}")
    page.keyboard.press("Enter")
    assert part(page, "verdict").inner_text().startswith("Right.")
    assert "0 of 1" in part(page, "score").inner_text()
    assert "0.7864" in hidden.inner_text()
    assert read(column(page, "gradient")["4"]) == pytest.approx(gradient, rel=1e-12)
    page.keyboard.press("ArrowRight")
    part(page, "guess").fill(f"{gradient:.3g}")
    part(page, "prediction").get_by_role("button", name="Check").click()
    assert "1 of 2" in part(page, "score").inner_text()
    page.keyboard.press("ArrowRight")
    part(page, "reveal").click()
    assert "1 of 3" in part(page, "score").inner_text()
    part(page, "predict").click()
    assert_gradients(page, y)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda step: step.contribution, "forgot to add"),
        (
            lambda step: step.before + step.partial,
            "You forgot the gradient of v1: what v1 hands on",
        ),
        (lambda step: step.before + step.upstream, "local derivative"),
        (lambda step: step.before - step.contribution, "sign of what is added"),
        (lambda step: -step.accumulated, "sign is wrong"),
    ],
)
def test_a_likely_mistake_is_named(visit, wrong, words):
    x = Value(3.0, "x")
    y = (x * 5.0) * (x * 7.0) * 2.0
    page = visit(explore(y).html)
    part(page, "predict").click()
    every = list(autograd.steps(y))
    chosen = next(place for place, step in enumerate(every) if step.before)
    for _ in range(chosen):
        page.keyboard.press("ArrowRight")
    part(page, "guess").fill(repr(wrong(every[chosen])))
    page.keyboard.press("Enter")
    assert words in part(page, "verdict").inner_text()


# -- a good guest ---------------------------------------------------------------------------


SETTINGS = [
    {},
    {"color_scheme": "dark"},
    {"viewport": {"width": 320, "height": 700}},
    {"reduced_motion": "reduce", "forced_colors": "active"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark", "narrow", "contrast"])
def test_axe_finds_nothing(visit, node_modules, settings):
    page = visit(explore(network()).html, **settings)
    axe = (node_modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe + "; 0")
    for action in (
        lambda: None,
        lambda: part(page, "last").click(),
        lambda: (part(page, "first").click(), part(page, "predict").click()),
    ):
        action()
        found = page.evaluate("axe.run().then(result => result.violations)")
        assert [(each["id"], [n["html"] for n in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("label", ["x", "W" * 39, "a_label_of_thirty_nine_characters_in_all"])
def test_nothing_is_wider_than_a_small_phone(visit, label):
    y = shared()
    if label != "x":
        for node in ordered(y):
            node.label = label
    page = visit(explore(y).html, viewport={"width": 320, "height": 700})

    def fits():
        return page.evaluate("document.documentElement.scrollWidth") <= 320

    for step in (0, 12, last(page)):
        go(page, step)
        assert fits()
    field = page.locator(".row input").first
    field.fill("two")
    field.press("Enter")
    assert fits()
    field.fill("1e-7")
    field.press("Enter")
    assert fits()
    part(page, "search").fill("nothing like it")
    assert fits()
    part(page, "predict").click()
    part(page, "guess").fill("two")
    page.keyboard.press("Enter")
    assert fits()


def test_printing_shows_the_whole_picture_and_every_gradient_at_whatever_step(visit):
    y = shared()
    page = visit(explore(y).html)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert part(page, "slider").is_hidden()
    assert page.locator(".equation").is_hidden()
    y.backward()
    shown = column(page, "gradient")
    for place, node in enumerate(ordered(y)):
        assert read(shown[str(place)]) == pytest.approx(node.grad, rel=1e-12)
    picture = part(page, "picture")
    box, sheet = picture.bounding_box(), picture.locator("> g").bounding_box()
    assert sheet["x"] >= box["x"]
    assert sheet["y"] >= box["y"]
    assert sheet["x"] + sheet["width"] <= box["x"] + box["width"]
    assert sheet["y"] + sheet["height"] <= box["y"] + box["height"]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert part(page, "counter").inner_text() == "Forward 1 of 11"


@pytest.mark.parametrize("digits", [4, 6, 10, 17])
def test_numbers_of_any_length_stand_in_their_columns_on_one_line_when_printed(digits, visit):
    x = Value(2.0, "x")
    y = autograd.tanh(x) * -1e-12 / 3
    page = visit(explore(y, digits=digits).html, viewport={"width": 718, "height": 900})
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    cells = page.locator(".row [role=cell]").evaluate_all(
        "cells => cells.map(cell => [cell.scrollWidth - cell.clientWidth, cell.clientHeight,"
        " cell.getBoundingClientRect().right])"
    )
    for over, height, right in cells:
        assert (over <= 0, height < 30, right <= 718) == (True, True, True)


def test_a_large_graph_is_printed_on_few_sheets(visit):
    y = Value(0.5, "x")
    for _ in range(700):
        y = autograd.sin(y)
    page = visit(explore(y).html)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) <= 4
    assert page.locator(".row:visible").count() == 701


def test_two_explorers_in_one_document_do_not_disturb_each_other(visit):
    frames = "".join(
        f'<iframe id="{name}" srcdoc="{html.escape(explore(y).html)}" width="1000" '
        f'height="700"></iframe>'
        for name, y in (("one", neuron()), ("two", shared()))
    )
    page = visit(f"<!doctype html><title>two</title>{frames}")
    one, two = page.frame_locator("#one"), page.frame_locator("#two")
    one.locator('[data-part="next"]').click()
    page.keyboard.press("ArrowRight")
    assert one.locator('[data-part="counter"]').inner_text() == "Forward 3 of 3"
    assert two.locator('[data-part="counter"]').inner_text() == "Forward 1 of 11"
    two.locator('[data-part="last"]').click()
    assert one.locator('[data-part="counter"]').inner_text() == "Forward 3 of 3"


def test_a_graph_too_large_to_read_is_folded_and_still_walks(visit):
    x = Value(0.5, "x")
    y = x
    for place in range(2500):
        y = autograd.sin(y) + x
        y.label = f"h{place}" if place < 500 else ""
    page = visit(explore(y).html)
    assert page.locator("svg.canvas *").count() < 10_000
    page.keyboard.press("ArrowRight")
    waiting = page.evaluate(
        """() => {
          document.querySelector('[data-part=last]').click();
          return [...document.querySelectorAll('.differences')].filter(
            cell => cell.textContent === '\u2026').length;
        }"""
    )
    assert waiting > 0  # differences are taken bit by bit, in the moments after
    page.evaluate(
        """() => {
          window.written = 0;
          new MutationObserver(changes => (window.written += changes.length)).observe(
            document.querySelector('[data-part=rows]'), { childList: true, subtree: true });
        }"""
    )
    y.backward()
    assert read(column(page, "gradient")["0"]) == pytest.approx(x.grad, rel=1e-12)
    assert page.evaluate("window.written") < 10 * waiting  # a row that waits is not written anew


def test_an_operation_of_ones_own_steps_but_cannot_be_recomputed(visit):
    @autograd.primitive(partials=(lambda y, x: 3.0 * x**2.0,))
    def test_cube(x: float) -> float:
        return x**3

    x = Value(2.0, "x")
    y = test_cube(x)
    page = visit(explore(y).html)
    go(page, last(page))
    assert column(page, "gradient")["0"] == "12"
    assert "Only Python can compute test_cube" in part(page, "note").inner_text()
    assert page.locator(".row input").is_disabled()


def test_compiled_calls_step_with_their_numbers_but_cannot_be_recomputed(visit):
    def product(a, b):
        return a * autograd.tanh(b)

    compiled = autograd.jit(product)
    x, z = Value(2.0, "x"), Value(0.5, "z")
    y = compiled(x, z) + compiled(z, x)
    page = visit(explore(y).html)
    assert_gradients(page, y)
    assert "Only Python can compute product, so numbers" in part(page, "note").inner_text()
    assert [page.locator(".row input").nth(place).is_disabled() for place in (0, 1)] == [True] * 2
    go(page, last(page) - 1)
    assert "product" in part(page, "equation").inner_text()


HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>\"'&amp;`${1}",
    "\\frac{1}{0}$$%",
    "\u202eevil\u2066",
    "😀\n\t\x00\x07",
    "a" * 10_000,
    "{0} {(1} {title}",
]


def test_hostile_labels_are_data(visit):
    y = Value(1.0)
    for label in HOSTILE:
        y = y * Value(2.0, label)
    y.label = HOSTILE[0]
    page = visit(explore(y).html)
    page.on("dialog", lambda dialog: pytest.fail("a label was run"))
    text = page.locator(".table").inner_text()
    assert "<script>alert(1)</script>" in text
    assert "{0} {(1} {title}" in text
    for _ in range(last(page)):
        page.keyboard.press("ArrowRight")
    assert page.locator("script").count() == 2
    assert page.title().startswith("<script>")
    assert_gradients(page, y)


def test_a_step_changes_few_elements_however_many_there_are(visit):
    """Of 350 nodes; benchmarks/explorer has the time that a step takes."""
    y = network(inputs=6, widths=(8, 6, 1))
    assert 300 < len(ordered(y)) < 400
    page = visit(explore(y).html)
    assert page.locator("main *").count() > 2_500
    go(page, last(page) // 2)
    column(page, "gradient")
    page.evaluate(
        """() => {
          window.changes = 0;
          const count = (records) => { window.changes += records.length; };
          new MutationObserver(count).observe(document.body, {
            subtree: true, childList: true, attributes: true, characterData: true,
          });
        }"""
    )
    for _ in range(50):
        page.keyboard.press("ArrowRight")
    assert 50 < page.evaluate("window.changes") < 50 * 50


def test_on_a_narrow_page_operands_next_to_the_node_of_a_step_are_not_cut(visit):
    a, b = Value(1234.5678, "temperature in the room"), Value(0.000123, "learning rate of the step")
    page = visit(explore(a * b + a).html, viewport={"width": 320, "height": 900})
    cut = """() => {
        const { left, right } = document.querySelector(".canvas").getBoundingClientRect();
        return [...document.querySelectorAll(".box.operand rect, .box.current rect")]
            .map((box) => box.getBoundingClientRect())
            .filter((box) => (box.left < left && box.right > left) || box.right > right).length;
    }"""
    width = "document.querySelector('.box.current rect').getBoundingClientRect().width"
    widths = set()
    for _ in range(6):
        assert page.evaluate(cut) == 0
        widths.add(round(page.evaluate(width)))
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
    assert len(widths) > 1  # where there is room it is as large as before
