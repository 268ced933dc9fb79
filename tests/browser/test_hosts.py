"""The explorer and the picture in Notebook 7 and marimo; rehearsals of hosts that are elsewhere."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from host_cases import (
    CELL,
    GRAPH_CELL,
    READY,
    assert_no_output_is_blank,
    assert_shows,
    assert_walks,
    notebook,
)

from autograd import Value, explore, tanh

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARIMO = """\
import marimo

app = marimo.App()


@app.cell
def _():
{first}
    return explore, w, x, y


@app.cell
def _(explore, w, x):
    explore(w * x)
    return


@app.cell
def _(y):
{last}
    return
"""


def indented(source):
    return "\n".join(f"    {line}" for line in source.splitlines())


# -- servers that always end --------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(server, address):
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return True
        except OSError:
            if server.poll() is not None:
                return False  # somebody else took the port
            time.sleep(0.2)
    return False


def end(server):
    """Ask the server and its children to end; those that have not after 20 s are ended."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=20)


@contextlib.contextmanager
def serving(module, *arguments, path, environment):
    """Run a server on loopback, with a second try; yields the start of its addresses."""
    for _ in range(2):
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", module, *arguments, f"--port={port}"],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            if answers(server, f"http://127.0.0.1:{port}/{path}"):
                yield f"http://127.0.0.1:{port}"
                return
        finally:
            end(server)
    pytest.fail(f"{module} has not answered, twice")


# -- what an output shows -----------------------------------------------------------------------


def assert_live(page, outputs):
    """Two explorers that walk and a picture, and no blank cell."""
    outputs.nth(2).wait_for(timeout=60_000)
    assert outputs.count() == 3
    assert_shows(outputs.nth(2), "img", "svg")
    assert_shows(outputs.nth(1), "iframe")
    assert_shows(outputs.nth(0), "iframe")
    assert_walks(page, "Forward 1 of 3")


# -- Notebook 7 ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook with its outputs, as nbclient saves it: nobody has trusted it."""
    from nbclient import NotebookClient

    book = notebook()
    resources = {"metadata": {"path": tmp_path_factory.mktemp("executed")}}
    NotebookClient(book, kernel_name="python3", resources=resources).execute()
    return book


@pytest.fixture(scope="module")
def notebook_7(executed, tmp_path_factory):
    """A Notebook 7 with folders of its own; yields a function from file to address."""
    import nbformat

    folder = tmp_path_factory.mktemp("notebook")
    nbformat.write(notebook(), folder / "fresh.ipynb")
    nbformat.write(executed, folder / "executed.ipynb")
    token = secrets.token_hex(16)
    names = ("CONFIG", "DATA", "RUNTIME")
    own = {f"JUPYTER_{name}_DIR": str(tmp_path_factory.mktemp(name.lower())) for name in names}
    with serving(
        *("notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *("--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
        *("--JupyterNotebookApp.expose_app_in_browser=True", f"--ServerApp.root_dir={folder}"),
        path=f"api?token={token}",
        environment={**own, "JUPYTER_PLATFORM_DIRS": "1"},
    ) as start:
        yield lambda name: f"{start}/notebooks/{name}?token={token}"


def test_notebook_7_runs_a_fresh_notebook_and_the_explorer_walks(notebook_7, open_page):
    page = open_page(notebook_7("fresh.ipynb"))
    page.wait_for_function(READY, timeout=60_000)
    page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    assert_live(page, page.locator(".jp-OutputArea-output"))


def test_notebook_7_leaves_no_cell_of_an_untrusted_notebook_blank(notebook_7, open_page):
    page = open_page(notebook_7("executed.ipynb"))
    assert_no_output_is_blank(page.locator(".jp-OutputArea-output"))


# -- marimo -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["run", "edit"])
def test_marimo_walks(mode, open_page, tmp_path):
    program = tmp_path / "walk.py"
    program.write_text(MARIMO.format(first=indented(CELL), last=indented(GRAPH_CELL)), "utf-8")
    settings = tmp_path / "config" / "marimo" / "marimo.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[runtime]\nauto_instantiate = true\n", "utf-8")
    own = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CACHE", "STATE", "DATA")}
    token = secrets.token_hex(16)
    with serving(
        *("marimo", "--quiet", "--yes", mode, str(program), "--headless", "--host=127.0.0.1"),
        *("--no-sandbox", "--token", f"--token-password={token}"),
        *(["--skip-update-check"] if mode == "edit" else []),
        path="health",
        environment={**own, "XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)},
    ) as start:
        page = open_page(f"{start}/?access_token={token}")
        assert_live(page, page.locator("[id^='output-']"))


# -- rehearsals: what is known of hosts that do not run here --------------------------------------


def test_a_saved_notebook_without_scripts_frames_styles_and_classes_keeps_its_pictures(
    executed, open_page, tmp_path
):
    """As GitHub's preview has it; the sanitiser is Rust's ammonia."""
    import nh3
    from nbconvert import HTMLExporter

    whole, _ = HTMLExporter().from_notebook_node(executed)
    kept = nh3.clean(whole, url_schemes={"data"})
    assert not re.search(r"<(script|style|iframe)|class=", kept)
    file = tmp_path / "preview.html"
    file.write_text(f'<!doctype html><meta charset="utf-8"><title>x</title>{kept}', "utf-8")
    page = open_page(file.as_uri())
    assert page.locator("img").count() == 3
    for place in range(3):
        assert_shows(page.locator(f"div:has(> img) >> nth={place}"), "img")
    assert "srcdoc" not in page.locator("body").inner_text()


@pytest.mark.parametrize("sandbox", ["allow-scripts", "allow-scripts allow-same-origin"])
def test_the_explorer_walks_in_a_sandbox_that_may_load_nothing(sandbox, open_page):
    """The policy of VS Code's notebook view allows more; Colab's outputs are sandboxed too."""
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.5, "b")
    y = tanh(w * x + b)
    y.label = "y"
    outputs = explore(y)._repr_html_() + explore(w * x)._repr_html_()
    policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
    headers = {"Content-Security-Policy": f"{policy}; img-src data:; sandbox {sandbox}"}
    page = open_page("about:blank")
    page.route(
        "http://host.test/",
        lambda route: route.fulfill(
            body=f"<!doctype html><title>x</title>{outputs}",
            headers={**headers, "Content-Type": "text/html; charset=utf-8"},
        ),
    )
    page.goto("http://host.test/")
    assert_walks(page, "Forward 1 of 3")
