"""Files are read by programs that we did not write: three or more for each kind of file."""

import io
import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas
import pytest
from PIL import Image

import nn
from autograd import Value, explore, graph, scope, tanh

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def picture():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.5, "θ̂")
    with scope("neuron & <b>"):
        y = tanh(w * x + b)
    y.label = "y"
    y.backward()
    return graph(y)


def ours(drawn):
    """The picture by resvg, one pixel of the PNG for one of the SVG."""
    image = Image.open(io.BytesIO(drawn.png)).convert("L")
    return np.asarray(image.resize((image.width // 2, image.height // 2)), dtype=float)


def assert_alike(drawn, image):
    """Boxes, lines and text are where resvg draws them; fonts may differ."""
    expected = ours(drawn)
    found = np.asarray(image.convert("L").resize(expected.shape[::-1]), dtype=float)
    assert np.mean(np.abs(found - expected)) < 8.0
    inked, wanted = (each < each.max() - 30.0 for each in (found, expected))
    for axis in (0, 1):  # the first and the last row and column with ink
        ends = np.flatnonzero(inked.any(axis=axis))[[0, -1]]
        assert np.abs(ends - np.flatnonzero(wanted.any(axis=axis))[[0, -1]]).max() <= 3


def of_pdf(pdf, tmp_path, width):
    (tmp_path / "g.pdf").write_bytes(pdf)
    subprocess.run(
        [*"pdftoppm -png -singlefile -scale-to-y -1 -scale-to-x".split(), str(width), "g.pdf", "g"],
        cwd=tmp_path,
        check=True,
    )
    return Image.open(tmp_path / "g.png")


def by_cairosvg(file, size, tmp_path):
    import cairosvg

    return Image.open(io.BytesIO(cairosvg.svg2png(url=str(file))))


def by_svglib(file, size, tmp_path):
    from reportlab.graphics import renderPDF
    from svglib.svglib import svg2rlg

    return of_pdf(renderPDF.drawToString(svg2rlg(str(file))), tmp_path, size[0])


def by_weasyprint(file, size, tmp_path):
    from weasyprint import HTML

    style = f"@page {{size: {size[0]}px {size[1]}px; margin: 0}} body {{margin: 0}}"
    html = HTML(string=f'<style>{style}</style><img style="display:block" src="{file.as_uri()}">')
    return of_pdf(html.write_pdf(), tmp_path, size[0])


def by_librsvg(file, size, tmp_path):
    run = subprocess.run(["rsvg-convert", str(file)], capture_output=True, check=True)
    return Image.open(io.BytesIO(run.stdout))


@pytest.mark.parametrize("read", [by_cairosvg, by_svglib, by_weasyprint, by_librsvg])
def test_a_saved_svg_is_drawn_by_others_as_we_draw_it(read, tmp_path):
    drawn = picture()
    file = drawn.save(tmp_path / "g.svg")
    size = (round(drawn.layout.width), round(drawn.layout.height))
    assert_alike(drawn, read(file, size, tmp_path))


def test_a_saved_png_is_read_by_pillow_matplotlib_and_poppler_and_has_its_size(tmp_path):
    drawn = picture()
    file = drawn.save(tmp_path / "g.png")
    with Image.open(file) as image:
        image.verify()
        assert image.info["dpi"] == pytest.approx((192, 192), abs=0.1)
    assert matplotlib.image.imread(file).shape[:2] == image.size[::-1]
    from docx import Document

    shape = Document().add_picture(str(file))
    assert shape.width.inches == pytest.approx(drawn.layout.width / 96, abs=0.05)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pydot, of pyparsing
def test_dot_source_is_read_by_graphviz_pydot_and_dotparser(tmp_path, node_modules):
    import pydot

    drawn = picture()
    file = drawn.save(tmp_path / "g.dot")
    boxes, links = len(drawn.layout.boxes), len(drawn.layout.links)
    plain = subprocess.run(["dot", "-Tplain", file], capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in plain.stdout.splitlines()].count("node") == boxes
    (read,) = pydot.graph_from_dot_data(file.read_text())
    (cluster,) = read.get_subgraphs()
    assert len(read.get_edges()) == links
    named = [node for part in (read, cluster) for node in part.get_nodes()]
    assert len([node for node in named if node.get_name() not in ("node", "edge")]) == boxes
    script = "const parse = require(process.argv[1]);" + (
        "const [graph] = parse(require('fs').readFileSync(process.argv[2], 'utf8'));"
        "console.log(JSON.stringify(graph).match(/edge_stmt/g).length)"
    )
    run = subprocess.run(
        ["node", "-e", script, str(node_modules / "dotparser"), str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout) == links


def test_a_saved_page_is_read_by_html5lib_and_lxml_as_by_the_browser(tmp_path, chromium):
    import html5lib
    import lxml.html

    y = Value(2.0, "</script>") * Value(3.0, "<b>")
    file = explore(y).save(tmp_path / "y.html")
    parts = [
        len(re.findall("data-part", text))
        for text in (
            lxml.html.tostring(lxml.html.fromstring(file.read_text("utf-8")), encoding="unicode"),
            html5lib.serialize(html5lib.parse(file.read_text("utf-8"))),
        )
    ]
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(file.read_text("utf-8"))
    assert parts[0] == parts[1] > 20


def test_nbconvert_makes_latex_of_a_notebook_without_inkscape(tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient
    from nbconvert import LatexExporter

    cells = ["from autograd import *\nx = Value(2.0, 'x')\ny = x * x\ny.backward()"]
    cells += ["graph(y)", "explore(y)", "next(steps(y))", "derivation(y, x)"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(book, kernel_name="python3").execute()
    monkeypatch.setattr(shutil, "which", lambda name, **_: None)  # no Inkscape
    source, resources = LatexExporter().from_notebook_node(book)
    pictures = resources["outputs"]
    assert [Path(name).suffix for name in pictures] == [".png", ".png"]
    assert all(image.startswith(b"\x89PNG") for image in pictures.values())
    assert all(name in source for name in pictures)
    assert r"\bar{x}" in source


def test_saved_weights_are_read_back_to_the_bit_by_json_orjson_jq_node_and_pandas(tmp_path):
    import orjson

    model = nn.MLP(3, [40, 1], seed=1)
    draw = random.Random(5)
    numbers = [draw.gauss(0.0, 1.0) * 10.0 ** draw.randint(-300, 300) for _ in model.parameters()]
    numbers[:4] = [2.2250738585072014e-308, 1.7976931348623157e308, 0.1, -1 / 3]
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    path = tmp_path / "weights.json"
    nn.save(model, path)

    def answer(*command):
        run = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
        return json.loads(run.stdout)

    script = "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(process.argv[1]))))"
    frame = pandas.read_json(path, precise_float=True)
    for read in (
        json.loads(path.read_text())["weights"],
        orjson.loads(path.read_bytes())["weights"],
        answer("jq", ".weights"),
        answer("node", "-e", script)["weights"],
        frame["weights"].to_dict(),
    ):
        assert [float(read[name]).hex() for name in model.state_dict()] == [
            *map(float.hex, numbers)
        ]
