"""Files: SVG, PNG and DOT, written whole or not at all; Graphviz where it is, or a clear word."""

import html
import io
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.image import imread
from PIL import Image
from render_cases import expression, perceptron, well_known

import autograd
from autograd import Value, graph, scope
from autograd.render import layout_of
from autograd.render.png import png_of
from autograd.render.theme import DARK, LIGHT

RECORDED = Path(__file__).with_name("recorded_dot.json")


@pytest.mark.parametrize("suffix", [".svg", ".png", ".dot", ".SVG"])
def test_saving_writes_the_whole_file(tmp_path, suffix):
    picture = graph(expression())
    path = tmp_path / f"picture{suffix}"
    assert picture.save(path) == path
    assert picture.save(str(path)) == path
    contents = path.read_bytes()
    expected = {".svg": picture.svg.encode(), ".png": picture.png, ".dot": picture.dot.encode()}
    assert contents == expected[suffix.lower()]
    assert os.listdir(tmp_path) == [path.name]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_saving_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    graph(expression()).save("g.svg")
    assert os.listdir() == ["g.svg"]


def test_saving_through_a_link_writes_the_file_behind_it(tmp_path):
    (tmp_path / "real.svg").write_text("old")
    (tmp_path / "link.svg").symlink_to(tmp_path / "real.svg")
    picture = graph(expression())
    picture.save(tmp_path / "link.svg")
    assert (tmp_path / "link.svg").is_symlink()
    assert (tmp_path / "real.svg").read_text() == picture.svg


@pytest.mark.parametrize("name", ["g.pdf", "g", "g.svg.txt", ".svg", ""])
def test_an_unknown_suffix_is_named(tmp_path, name):
    with pytest.raises(ValueError, match=r"\.svg, \.png or \.dot") as caught:
        graph(expression()).save(tmp_path / name if name else "")
    assert isinstance(caught.value, autograd.AutogradError)
    assert os.listdir(tmp_path) == []


def test_a_path_of_another_kind_is_named():
    with pytest.raises(TypeError, match="takes a file name, and was given a float"):
        graph(expression()).save(3.0)


@pytest.mark.parametrize("suffix", [".svg", ".png", ".dot"])
def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path, suffix):
    (tmp_path / f"folder{suffix}").mkdir()
    (tmp_path / "file").write_text("kept")
    before = sorted(os.listdir(tmp_path))
    for name in (
        f"missing/g{suffix}",
        f"folder{suffix}",
        f"file/g{suffix}",
        f"nul\0l{suffix}",
        "x" * 300 + suffix,
    ):
        with pytest.raises(OSError, match="cannot be written") as caught:
            graph(expression()).save(tmp_path / name)
        assert isinstance(caught.value, autograd.AutogradError)
        assert sorted(os.listdir(tmp_path)) == before
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_is_broken_off_leaves_the_old_file(tmp_path, monkeypatch, failure):
    path = tmp_path / "g.svg"
    path.write_text("the old picture")

    def broken(*_):
        raise failure

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises((OSError, KeyboardInterrupt)):
        graph(expression()).save(path)
    assert path.read_text() == "the old picture"
    assert os.listdir(tmp_path) == ["g.svg"]


def pixels(png):
    return imread(io.BytesIO(png), format="png")[:, :, :3]


def colour(text):
    return [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK), ("auto", LIGHT)])
def test_png_is_the_picture_at_twice_its_size_with_its_text(theme, colours):
    picture = graph(well_known(), theme=theme)
    image = pixels(picture.png)
    layout = picture.layout
    assert abs(image.shape[1] - 2 * layout.width) <= 2
    assert abs(image.shape[0] - 2 * layout.height) <= 2
    assert image[2, 2] == pytest.approx(colour(colours.paper), abs=0.01)
    for box in layout.boxes:
        for text in layout.content[box.id].texts:
            assert inked(image, box, text, colours) > 0, (box.id, text.text)


def inked(image, box, text, colours):
    """How many pixels have about the colour of text where a line of text should be."""
    soft = text.role in ("word", "caption", "name") or box.kind == "constant"
    ink = colour(colours.soft if soft else colours.ink)
    wide = 0.6 * text.size * len(text.text)
    start = {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    left, base = box.x + text.x - start, box.y + text.y
    region = image[
        int(2 * (base - text.size)) : int(2 * base) + 4, int(2 * left) : int(2 * (left + wide))
    ]
    return int((abs(region - ink).max(axis=2) < 0.25).sum())


def test_a_png_says_how_large_it_is_as_pillow_reads_it():
    picture = graph(expression())
    with Image.open(io.BytesIO(picture.png)) as image:
        assert image.info["dpi"] == pytest.approx((192, 192), abs=0.01)
        assert image.width / 192 == pytest.approx(picture.layout.width / 96, abs=0.02)  # inches
        image.verify()


def test_the_theme_auto_is_the_light_picture_and_in_the_dark_the_dark_one():
    for root in (expression(), perceptron(1, [1, 1]), expression() * 0.0):
        light, dark, auto = (graph(root, theme=name).svg for name in ("light", "dark", "auto"))
        by_day = re.sub("<style>.*</style>", "", auto)
        rules = re.search(r"@media \(prefers-color-scheme:dark\)\{(.*)\}</style>", auto)[1]
        by_night = re.sub("<style>.*</style>", f"<style>{rules}</style>", auto)
        assert (pixels(png_of(by_day)) == pixels(png_of(light))).all()
        assert (pixels(png_of(by_night)) == pixels(png_of(dark))).all()


def test_a_very_large_png_is_made_smaller_not_refused():
    y = Value(1.0, "x")
    for _ in range(150):
        y = y + 1.0
    image = pixels(graph(y, max_nodes=1000).png)
    assert max(image.shape) <= 16_001


def test_dot_is_read_by_graphviz_where_it_is(tmp_path):
    pictures = [graph(well_known()), graph(perceptron(2, [2, 1]), depth=1, partials=True)]
    for picture in pictures:
        assert picture.dot.startswith("digraph {")
        assert picture.dot.endswith("}\n")
        if shutil.which("dot"):
            run = subprocess.run(
                ["dot", "-Tplain"], input=picture.dot, capture_output=True, text=True, check=True
            )
            lines = [line.split(" ")[0] for line in run.stdout.splitlines()]
            assert lines.count("node") == len(picture.layout.boxes)
            assert lines.count("edge") == len(picture.layout.links)
            assert run.stderr == ""


@pytest.mark.parametrize("label", [r"\nu", r"\lambda_1", "θ̂", 'a"b', "<b>", "a&lt;b", r"\\", "x y"])
def test_a_tooltip_in_dot_shows_the_label_as_it_is(label):
    picture = graph(Value(1.0, label))
    assert picture.dot.count("tooltip=") == 1
    if shutil.which("dot"):
        run = subprocess.run(["dot", "-Tsvg"], input=picture.dot.encode(), capture_output=True)
        (tip,) = re.findall(r'xlink:title="([^"]*)"', run.stdout.decode())
        assert html.unescape(tip) == label


def test_dot_has_scopes_as_clusters_and_marks_the_order_of_operands():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    with scope("part"):
        c = a - b
    dot = graph(c * 2.0).dot
    assert 'subgraph "cluster_s0" {' in dot
    assert 'label="part"' in dot
    assert '"n0" -> "n2" [headlabel="1"]' in dot
    assert '"n1" -> "n2" [headlabel="2"]' in dot


# -- engine="dot" ------------------------------------------------------------------------------


def test_without_graphviz_one_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match="is not on the PATH: install it") as caught:
        graph(expression(), engine="dot")
    assert isinstance(caught.value, autograd.AutogradError)
    assert "leave engine out" in str(caught.value)


def stand_in(tmp_path, monkeypatch, body):
    """Put a program named dot on the PATH."""
    program = tmp_path / "dot"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stdin.read()\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")


def test_a_dot_program_that_fails_is_reported(tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "sys.exit(3)")
    with pytest.raises(OSError, match="exit status 3"):
        graph(expression(), engine="dot")


def small_graph():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    with scope("part"):
        c = a - b
    return c * c


def check_placed_by_dot(layout):
    for box in layout.boxes:
        assert 0 <= box.x <= box.x + box.width <= layout.width
        assert 0 <= box.y <= box.y + box.height <= layout.height
    for index, box in enumerate(layout.boxes):
        for other in layout.boxes[index + 1 :]:
            assert (
                box.x + box.width <= other.x + 0.1
                or other.x + other.width <= box.x + 0.1
                or box.y + box.height <= other.y + 0.1
                or other.y + other.height <= box.y + 0.1
            )
    for link in layout.links:
        (x, y), (end_x, end_y) = link.points[0], link.points[-1]
        assert abs(x - (link.source.x + link.source.width)) < 2.1
        assert link.source.y <= y <= link.source.y + link.source.height
        assert abs(end_x - link.target.x) < 2.1
        assert link.target.y <= end_y <= link.target.y + link.target.height
        assert len(link.points) % 3 == 2
    (frame,) = layout.frames
    inner = [box for box in layout.boxes if box.frame is frame]
    assert [box.id for box in inner] == ["n0", "n1", "n2"]
    for box in inner:
        assert frame.x < box.x
        assert box.x + box.width < frame.x + frame.width
        assert frame.y < box.y
        assert box.y + box.height < frame.y + frame.height


def test_what_dot_answers_is_drawn_in_our_hand(tmp_path, monkeypatch):
    """With an answer of dot 2.43 on record, so that it runs where there is no dot."""
    stand_in(tmp_path, monkeypatch, f"print(open({str(RECORDED)!r}).read())")
    layout = layout_of(small_graph(), engine="dot", partials=True)
    check_placed_by_dot(layout)
    picture = graph(small_graph(), engine="dot", partials=True)
    assert picture.svg.count('class="edge"') == 4
    assert ">part</text>" in picture.svg
    assert picture.png[:4] == b"\x89PNG"


def test_the_dot_of_this_machine_lays_out_too():
    if shutil.which("dot"):
        check_placed_by_dot(layout_of(small_graph(), engine="dot", partials=True))
        for rankdir in ("TB", "RL", "BT"):
            layout = layout_of(perceptron(2, [2, 1]), rankdir=rankdir, engine="dot")
            assert all(link.points for link in layout.links)
    else:
        with pytest.raises(OSError, match="not on the PATH"):
            graph(small_graph(), engine="dot")


def test_labels_never_reach_the_dot_program(tmp_path, monkeypatch):
    answer = tmp_path / "asked"
    program = tmp_path / "dot"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nopen({str(answer)!r}, 'w').write(sys.stdin.read())\n"
        f"print(open({str(RECORDED)!r}).read())\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    root = small_graph()
    for node in layout_of(root).order:
        node.label = "SECRET"
    graph(root, engine="dot")
    assert "digraph" in answer.read_text()
    assert "SECRET" not in answer.read_text()


def test_importing_autograd_loads_no_library_of_pictures():
    code = (
        "import sys, autograd\n"
        "from autograd import Value, graph\n"
        "graph(Value(2.0) * 3).svg\n"
        "print([m for m in ('resvg_py', 'graphviz', 'numpy', 'IPython') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_font_and_its_licence_are_in_the_package():
    fonts = Path(autograd.__file__).parent / "render" / "fonts"
    assert (fonts / "DejaVuSans.ttf").stat().st_size < 60_000
    assert "Bitstream Vera" in (fonts / "LICENSE").read_text()


def test_in_the_browser_png_alone_is_refused_and_svg_is_named(monkeypatch, tmp_path):
    y = Value(2.0) * 3.0
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(ValueError, match=r"not there for Pyodide; save the picture as \.svg"):
        graph(y).save(tmp_path / "y.png")
    assert graph(y).save(tmp_path / "y.svg").exists()
    assert set(graph(y)._repr_mimebundle_()) == {"text/html", "text/plain"}  # in a notebook
