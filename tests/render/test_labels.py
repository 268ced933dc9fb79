"""Labels are data: whatever is in them, files stay whole and say it as text."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograd import Value, explore, graph, scope
from autograd.notation.names import one_line
from autograd.render import layout_of, svg_of
from autograd.render.measure import shortened, width

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "g", "rect", "path", "text", "title", "style"}
HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><svg onload=alert(1)>",
    "]]><!-- -->",
    "</text></svg>",
    "&lt;b&gt; &amp; &#60;",
    'a"b\\"c\\',
    "\\N\\G\\n\\l",
    "<b>html</b>",
    "\x00\x01\x1b[31mred\x7f",
    "\u202egnp.exe\u202c\u2066x\u2069",
    "line\nbreak\r\n\ttab\u2028\u2029",
    "x" * 10_000,
    "👩\u200d🚀 emoji 🎉",
    "lone \ud800 surrogate \udfff",
    "non-characters \ufffe\uffff",
    "${x} {y} %s $\\alpha_1$ \\input{x}",
    "} ; digraph { a -> b",
    "zalgo " + "e\u0301\u0316" * 500,
]
anything = st.one_of(st.text(st.characters(), max_size=40), st.sampled_from(HOSTILE))


def built(label, name):
    x = Value(2.0, label=label)
    with scope(name):
        y = (x * x + 1.0).tanh()
    y.label = label
    y.backward()
    return y


def dot_tokens(source):
    """Read DOT as its grammar has it: quoted strings, names, numbers, punctuation."""
    pattern = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|[A-Za-z_0-9.]+|->|[{}\[\]=;,:]', re.DOTALL)
    at, tokens = 0, []
    while at < len(source):
        match = pattern.match(source, at)
        assert match, source[at : at + 40]
        if match[0].strip():
            tokens.append(match[0])
        at = match.end()
    return tokens


def check(label, name):
    y = built(label, name)
    for picture in (graph(y), graph(y, depth=0, theme="auto", partials=True)):
        svg = picture.svg
        svg.encode()
        document = ElementTree.fromstring(svg)
        for element in document.iter():
            assert element.tag.removeprefix(SVG) in ELEMENTS
            assert not any(key.lower().startswith("on") for key in element.attrib)
        document = ElementTree.fromstring(svg_of(picture.layout, data_ids=True))
        titles = [t.text for t in document.iter(f"{SVG}text") if t.get("data-role") == "title"]
        for shown in titles:
            cut = shown.removesuffix("…")
            wholes = [each for each in map(one_line, (label, name)) if each.startswith(cut)]
            assert any(len(cut) >= min(8, len(whole)) for whole in wholes)
        source = picture.dot
        source.encode()
        tokens = dot_tokens(source)
        links = len(picture.layout.links)
        assert tokens.count("->") == links
        assert tokens.count("{") == tokens.count("}") == 1 + len(picture.layout.frames)
        assert tokens.count("digraph") == 1
        text = picture.text
        text.encode()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_data(label):
    check(label, label)


@settings(max_examples=150, deadline=None)
@given(label=anything, name=anything)
@example(label="\x1b00Ā0", name="\x1b00Ā")  # one begins like the other
def test_any_label_and_any_name_of_a_scope_stay_data(label, name):
    check(label, name)


def test_graphviz_shows_labels_as_they_are_where_it_is():
    total = 0.0
    for label in HOSTILE:
        total = total + Value(1.0, label)
    picture = graph(total)
    dot_tokens(picture.dot)
    if shutil.which("dot"):
        run = subprocess.run(["dot", "-Tsvg"], input=picture.dot.encode(), capture_output=True)
        assert run.returncode == 0, run.stderr
        shown = {text.text for text in ElementTree.fromstring(run.stdout).iter(f"{SVG}text")}
        shown = {(text or "").replace("\xa0", " ").strip() for text in shown}
        for box in picture.layout.boxes:
            for text in picture.layout.content[box.id].texts:
                if text.role == "title":
                    assert " ".join(text.text.split()) in shown


def test_a_long_label_is_cut_but_not_before_its_eighth_character():
    for label in ("W" * 8, "W" * 200, "🎉" * 50, "abcdefgh" * 10, "m" * 9):
        (box,) = layout_of(Value(1.0, label)).boxes
        (shown,) = [
            t.text for t in layout_of(Value(1.0, label)).content[box.id].texts if t.role == "title"
        ]
        assert shown[:8] == label[:8]
        assert box.width < 400
    assert layout_of(Value(1.0, "twelve chars")).content["n0"].texts[0].text == "twelve chars"


def test_a_clean_label_is_not_touched():
    for label in ("x", "dL/dx", "\u03b1·\u03b2²", "naïve", "a_b-c (d)", "中文"):
        assert one_line(label) == label


def test_accents_do_not_pile_up_out_of_the_box_after_the_eighth_character():
    assert one_line("cafe\u0301") == "cafe\u0301"
    assert one_line("x" + "\u0321" * 50 + "y") == "x" + "\u0321" * 7 + "y"
    assert one_line("abcdefgh" + "\u0321" * 50 + "y") == "abcdefgh\u0321\u0321y"


@pytest.mark.parametrize("label", ["e" + "\u0301" * 200, "cafe\u0301" * 50, "W\u0308" * 30])
def test_the_first_eight_characters_stay_accents_or_not(label):
    y = Value(2.0, label)
    for text in (graph(y).svg, graph(y).dot, graph(y).text, explore(y).html):
        assert label[:8] in text
    assert one_line(label, 40).startswith(label[:8])


def test_accents_take_no_room_of_their_own():
    assert width("cafe\u0301", 11.0) == width("cafe", 11.0) == width("caf\u00e9", 11.0)


def test_a_png_composes_accents_and_leaves_out_those_that_its_font_lacks():
    assert graph(Value(2.0, "cafe\u0301")).png == graph(Value(2.0, "caf\u00e9")).png
    assert graph(Value(2.0, "x\u0321")).png == graph(Value(2.0, "x")).png


def test_a_format_that_writes_markup_stays_text():
    y = Value(2.0, "x") * 3
    picture = graph(y, format="<<9.3f")
    ElementTree.fromstring(picture.svg)
    assert "&lt;" in picture.svg
    dot_tokens(picture.dot)


def test_a_symbol_of_a_primitive_stays_data():
    from autograd import primitive

    @primitive(partials=(lambda y, a: 1.0,), symbol='<i>"\\&')
    def hostile_symbol(a: float) -> float:
        return a

    picture = graph(hostile_symbol(Value(1.0)))
    tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(picture.svg).iter()}
    assert tags <= ELEMENTS
    dot_tokens(picture.dot)


def test_cutting_keeps_eight_characters_however_wide():
    assert shortened("W" * 20, 11.0, 10.0) == "W" * 8 + "\u2026"
    assert shortened("W" * 8, 11.0, 10.0) == "W" * 8
    assert shortened("i" * 20, 11.0, 500.0) == "i" * 20
    assert shortened("", 11.0, 10.0) == ""
