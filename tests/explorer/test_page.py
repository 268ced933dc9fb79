"""The saved page: what is in the file, how large it is, and how it is written."""

import base64
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from importlib import resources

import pytest
from hypothesis import strategies as st
from searches import searched
from table_rows import operands_of

import autograd
from autograd import Value, explore
from autograd.engine.order import ordered
from autograd.explorer.page_file import SCRIPTS
from autograd.explorer.programs import Program
from autograd.table.operation import TABLE
from autograd.wording import what_is

PAGE = resources.files("autograd.explorer").joinpath("page")


class Reader(HTMLParser):
    """Collects elements, and the text of scripts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self.within = [], [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.within = tag
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.within == "script":
            self.scripts[-1] += data

    def handle_endtag(self, tag):
        self.within = None


def payload_of(y):
    def refuse(constant):
        raise AssertionError(f"JSON has no {constant}")

    return json.loads(Reader(explore(y).html).scripts[0], parse_constant=refuse)


def example():
    x = Value(2.0, "x")
    y = autograd.tanh(x * x - 3)
    y.label = "y"
    return y


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_every_rule_becomes_a_program_of_primitives_with_the_same_number(row):
    numbers = operands_of(row, [1.3 if row.name == "acosh" else 0.3, 0.8, 1.4])
    kept = operands_of(row, [None] * row.arity)
    result = row.value(*numbers)

    def run(program, inputs):
        registers = list(inputs)
        for name, operands in program.lines:
            at = [registers[each] if isinstance(each, int) else each for each in operands]
            registers.append(TABLE[name].value(*at))
        return registers[program.result] if isinstance(program.result, int) else program.result

    free = [number for number, fixed in zip(numbers, kept, strict=True) if fixed is None]
    program = Program(row, row, tuple(kept))
    assert all(TABLE[name].definition is None for name, _ in program.lines)
    assert run(program, free) == pytest.approx(result, rel=1e-14)
    for index in range(row.arity):
        if kept[index] is None:
            partial = run(Program(row, row.partials[index], (None, *kept)), [result, *free])
            expected = row.partial(index, result, tuple(numbers))
            assert partial == pytest.approx(expected, rel=1e-13, abs=1e-300)


def test_the_page_asks_for_nothing_and_forbids_it():
    reader = Reader(explore(example()).html)
    assert not [
        element
        for element in reader.elements
        for name in element[1]
        if name in ("src", "href", "srcset", "action")
    ]
    policies = [a for tag, a in reader.elements if tag == "meta" and "http-equiv" in a]
    assert policies[0]["content"].startswith("default-src 'none'")
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|eval|import)\b\(", reader.scripts[1])


def test_the_size_is_at_most_70_kilobytes_and_one_for_each_node():
    cases = [example(), Value(1.0, "x")]
    for row in TABLE.values():
        cases.append(row(*operands_of(row, [Value(0.5 + place) for place in range(row.arity)])))
    y = Value(0.5, "x")
    for place in range(400):
        with autograd.scope(f"layer {place // 40}"), autograd.scope(f"unit {place // 8}"):
            y = autograd.tanh(y * Value(1.0 + 1 / (place + 3), "weight") + 1 / (place + 7))
    for root in [*cases, y]:
        rules = payload_of(root)["rules"]  # JavaScript has no gamma function: programs of its rules
        texts = [json.dumps(rule["run"]) for rule in rules]
        texts += [json.dumps(each["run"]) for rule in rules for each in rule["partials"] if each]
        size = len(explore(root).html.encode()) - sum(map(len, texts))
        assert size <= 70_000 + 1000 * len(ordered(root))


def test_the_payload_has_no_nan_and_ends_no_script():
    x = Value(0.0, "</script><!--<script>")
    y = autograd.log(x) * 0.0 + float("nan") + float("inf")
    payload = payload_of(y)
    assert payload["numbers"][1:3] == ["-inf", "nan"]
    assert payload["names"][0] == "</script><!--<script>"
    assert len(Reader(explore(y).html).scripts) == 2


@searched(20, 60, st.text(max_size=60), st.text(max_size=60))
def test_any_label_is_data_in_the_page(leaf, root):
    x = Value(2.0, leaf)
    y = x * x
    y.label = root
    plain = example_elements()
    page = explore(y).html
    page.encode("utf-8")
    assert [tag for tag, _ in Reader(page).elements] == plain
    for piece in payload_of(y)["maths"]:
        ET.fromstring(piece)


def example_elements():
    x = Value(2.0)
    return [tag for tag, _ in Reader(explore(x * x).html).elements]


def test_it_shows_itself_in_a_notebook_with_a_picture_to_fall_back_on():
    y = example()
    bundle = explore(y)._repr_mimebundle_()
    assert bundle["text/plain"] == "<explorer of y, 4 nodes; .save('y.html') writes the page>"
    elements = dict(Reader(bundle["text/html"]).elements)
    assert elements["iframe"]["srcdoc"] == explore(y).html
    picture = elements["img"]["src"].removeprefix("data:image/svg+xml;base64,")
    assert ET.fromstring(base64.b64decode(picture)).tag.endswith("svg")
    assert f"img.{elements['img']['class']}{{display:none!important}}" in bundle["text/html"]
    again = explore(y)._repr_html_()
    assert elements["img"]["class"] not in again  # two on one page do not hide each other's


def test_save_writes_the_page_whole(tmp_path):
    page = explore(example())
    assert page.save(tmp_path / "y.html") == tmp_path / "y.html"
    assert page.save(str(tmp_path / "Y.HTM")).read_text("utf-8") == page.html
    assert sorted(each.name for each in tmp_path.iterdir()) == ["Y.HTM", "y.html"]


@pytest.mark.parametrize("name", ["y.svg", "y", "y.html.txt"])
def test_another_ending_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="html"):
        explore(example()).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    with pytest.raises(OSError, match="missing"):
        explore(example()).save(tmp_path / "missing" / "y.html")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OSError, match=r"folder\.html"):
        explore(example()).save(tmp_path / "folder.html")
    with pytest.raises(OSError, match="cannot be written"):
        explore(example()).save(str(tmp_path / "a\0b.html"))
    assert [each.name for each in tmp_path.iterdir()] == ["folder.html"]


@pytest.mark.parametrize("path", [3, None, b"y.html"])
def test_what_is_no_file_name_is_a_type_error_as_for_a_picture(path):
    for picture in (explore(example()), autograd.graph(example())):
        with pytest.raises(TypeError, match=re.escape(what_is(path))):
            picture.save(path)


def test_the_rules_of_compiled_calls_and_of_ones_own_operations_are_left_to_python():
    @autograd.primitive(partials=(lambda y, x: {0.5: 2.0}[float(x)] if x > 0 else -2.0,))
    def looked_up(x: float) -> float:
        return 2.0 * abs(x)

    def square(a):
        return a * a

    compiled = autograd.jit(square)
    x = Value(0.5, "x")
    y = compiled(x) + compiled(x) * looked_up(x) + looked_up(x - 1.0)
    payload = payload_of(y)
    left = [rule for rule in payload["rules"] if rule["run"] is None]
    assert [rule["name"] for rule in left] == ["square", "looked_up"]  # each once
    for rule in left:
        assert rule["partials"] == [{"shown": "", "run": None}]
    own = [place for place, rule in enumerate(payload["rules"]) if rule["run"] is None]
    recorded = [
        payload["partials"][place]
        for place, node in enumerate(payload["nodes"])
        if node and node[0] in own
    ]
    assert recorded == [[1], [1], [2], [-2]]


def test_one_node_is_not_called_nodes():
    assert repr(explore(Value(1.0, "x"))).startswith("<explorer of x, 1 node;")


def test_a_failed_save_leaves_the_old_file_as_it_was(tmp_path, monkeypatch):
    target = tmp_path / "y.html"
    target.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        explore(example()).save(target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_wrong_types_edited_leaves_and_giant_graphs_are_refused():
    with pytest.raises(TypeError, match="explore"):
        explore(3.0)
    x = Value(1.0, "x")
    y = x * x
    x.data = 2.0
    with pytest.raises(ValueError, match="'x'"):
        explore(y)
    z = x * x
    page = explore(z)
    x.data = 3.0
    with pytest.raises(ValueError, match="'x'"):
        page._repr_html_()
    for _ in range(20_000):
        x = x + 1.0
    with pytest.raises(ValueError, match="20,001 nodes"):
        explore(x)


def test_the_explorer_touches_nothing():
    y = example()
    before = [(node.grad, node.label, node.data) for node in ordered(y)]
    explore(y).html  # noqa: B018
    assert [(node.grad, node.label, node.data) for node in ordered(y)] == before


def test_every_script_is_part_of_the_package():
    files = sorted(each.name for each in PAGE.iterdir() if each.name.endswith(".js"))
    assert files == sorted(f"{name}.js" for name in SCRIPTS)
