"""The explorer in a real JupyterLab, trusted and untrusted, and in a page made by nbconvert."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = """\
from autograd import Value, explore, tanh
w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.5, "b")
y = tanh(w * x + b)
y.label = "y"
explore(y)"""
GRAPH_CELL = "from autograd import graph\ngraph(y)"

READY = """() =>
  window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === "idle"
"""


def notebook():
    import nbformat

    sources = (CELL, "explore(w * x)", GRAPH_CELL)
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook with its outputs, as nbclient saves it: nobody has trusted it."""
    import nbformat
    from nbclient import NotebookClient

    book = notebook()
    folder = tmp_path_factory.mktemp("executed")
    NotebookClient(book, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    nbformat.write(book, folder / "executed.ipynb")
    return folder / "executed.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory, executed):
    """A JupyterLab on loopback with folders of its own; yields a function from file to address."""
    import nbformat

    folder = tmp_path_factory.mktemp("lab")
    nbformat.write(notebook(), folder / "fresh.ipynb")
    shutil.copy(executed, folder / "executed.ipynb")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    names = ("CONFIG", "DATA", "RUNTIME")
    own = {f"JUPYTER_{name}_DIR": str(tmp_path_factory.mktemp(name.lower())) for name in names}
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
            *(f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
            *("--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={folder}"),
        ],
        env={**os.environ, **own, "JUPYTER_PLATFORM_DIRS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=2)
                break
            except OSError:
                assert server.poll() is None, "JupyterLab has ended"
                time.sleep(0.5)
        yield lambda name: f"http://127.0.0.1:{port}/lab/tree/{name}?token={token}&reset"
    finally:
        server.terminate()
        server.wait(timeout=30)


def assert_walks(page, first):
    """Step through the first of two explorers; the second stays where it is."""
    frames = page.locator("iframe[srcdoc]")
    frames.nth(1).wait_for(timeout=60_000, state="attached")
    one, two = frames.nth(0).content_frame, frames.nth(1).content_frame
    counter = one.locator('[data-part="counter"]')
    counter.wait_for(timeout=60_000)
    assert counter.inner_text() == first
    one.locator('[data-part="next"]').click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert counter.inner_text() == "Start of backward"
    one.locator('[data-part="last"]').click()
    gradient = one.locator('.row[data-node="0"] .gradient data')
    assert float(gradient.get_attribute("value")) == pytest.approx(1.5728954659318548, rel=1e-12)
    frames.nth(1).scroll_into_view_if_needed()
    assert two.locator('[data-part="counter"]').inner_text().startswith("Forward 1 of")
    assert page.locator("img[src^='data:image/svg']").first.is_hidden()


def assert_shows(output, *kinds):
    """Something of one of these kinds is seen in an output: drawn, and not a sliver."""
    shown = output.locator(", ".join(kinds)).filter(visible=True).first
    shown.wait_for(timeout=60_000)
    shown.scroll_into_view_if_needed()
    kind = shown.evaluate("element => element.localName")
    if kind == "iframe":
        counter = shown.content_frame.locator('[data-part="counter"]')
        counter.wait_for(timeout=60_000)
        assert counter.inner_text().startswith("Forward 1 of")
    elif kind == "img":
        assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    else:
        assert "tanh" in shown.text_content()
    box = shown.bounding_box()
    assert box["width"] > 100
    assert box["height"] > 100


def assert_no_output_is_blank(outputs):
    """As in a notebook that nobody trusted: explorers or their pictures, and a picture or text."""
    outputs.nth(2).wait_for(timeout=60_000)
    for place in range(2):
        assert_shows(outputs.nth(place), "iframe", "img")
    assert_shows(outputs.nth(2), "img", "svg", "pre")


def test_a_fresh_notebook_runs_and_the_explorer_walks(lab, open_page):
    page = open_page(lab("fresh.ipynb"))
    page.wait_for_function(READY, timeout=120_000)
    page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    assert_walks(page, "Forward 1 of 3")
    assert_shows(page.locator(".jp-OutputArea-output").nth(2), "img", "svg")


def test_an_untrusted_notebook_shows_the_explorer_or_its_picture_never_nothing(lab, open_page):
    page = open_page(lab("executed.ipynb"))
    assert_no_output_is_blank(page.locator(".jp-OutputArea-output"))


def test_a_page_made_by_nbconvert_walks(executed, open_page, tmp_path):
    from nbconvert import HTMLExporter

    text, _ = HTMLExporter().from_filename(str(executed))
    page_file = tmp_path / "executed.html"
    page_file.write_text(text, encoding="utf-8")
    page = open_page(page_file.as_uri())
    assert_walks(page, "Forward 1 of 3")
    assert_shows(page.locator(".jp-OutputArea-output").nth(2), "img", "svg")


def test_a_host_that_drops_frames_and_styles_shows_the_picture(executed, open_page, tmp_path):
    import nbformat

    output = nbformat.read(executed, as_version=4).cells[0].outputs[-1]
    kept = output["data"]["text/html"].split("</iframe>")[1]
    page_file = tmp_path / "sanitised.html"
    page_file.write_text(f"<!doctype html><title>x</title>{kept}", encoding="utf-8")
    picture = open_page(page_file.as_uri()).locator("img")
    assert picture.is_visible()
    assert picture.evaluate("image => image.naturalWidth") > 100
