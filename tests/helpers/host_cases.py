"""The notebook that hosts are tried with, and what a page in one must show."""

from __future__ import annotations

import pytest

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
