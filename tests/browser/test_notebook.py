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
from host_cases import READY, assert_no_output_is_blank, assert_shows, assert_walks, notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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
