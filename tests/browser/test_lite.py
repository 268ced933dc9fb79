"""The course in the browser with nothing installed: JupyterLite, as plain files."""

import functools
import http.server
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
READY = "() => window.jupyterapp?.shell?.currentWidget?.context?.isReady"
KERNEL = "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status"
CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
    .filter(cell => cell.cell_type === 'code').map(cell => cell.toJSON())"""
ANSWER = """async () => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const code = 'course.check("2.2", lambda x: 2 * x * autograd.cos(x**2))';
    const future = kernel.requestExecute({ code });
    let said = '';
    future.onIOPub = message => { said += message.content.text || message.content.evalue || ''; };
    await future.done;
    return said;
}"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder that docs/lite.py builds; LITE names one that is built already."""
    if "LITE" in os.environ:
        return Path(os.environ["LITE"])
    pytest.importorskip("jupyterlite_pyodide_kernel")
    folder = tmp_path_factory.mktemp("lite")
    build = [sys.executable, str(ROOT / "docs" / "lite.py"), str(folder)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def address(built):
    """A plain web server on loopback."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(built))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_site_is_small_and_the_wheel_is_plain_python_without_notebooks(built):
    beside = built / "static" / "pyodide"
    files = [f for f in built.rglob("*") if f.is_file() and not f.is_relative_to(beside)]
    assert sum(file.stat().st_size for file in files) < 30e6
    (wheel,) = beside.glob("scalar_autograd-*-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.endswith((".so", ".ipynb")) or "notebooks" in name]


@pytest.mark.parametrize("name", ["02_chain_rule", "06_descend"])
def test_a_notebook_runs_from_top_to_bottom(name, address, open_page):
    page = open_page(f"{address}/lab/index.html?path={name}.ipynb")
    page.wait_for_function(READY, timeout=120_000)
    page.wait_for_function(f"() => ({KERNEL})() === 'idle'", timeout=240_000)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(
        f"() => ({CELLS})().every(cell => cell.execution_count !== null)", timeout=240_000
    )
    page.wait_for_function(f"() => ({KERNEL})() === 'idle'", timeout=60_000)
    outputs = [output for cell in page.evaluate(CELLS) for output in cell["outputs"]]
    errors = [output for output in outputs if output["output_type"] == "error"]
    assert errors == []
    shown = [output.get("data", {}).get("text/html", "") for output in outputs]
    assert sum("<iframe" in "".join(html) for html in shown) == 1  # the explorer
    assert sum("<svg" in "".join(html) or "<img" in "".join(html) for html in shown) >= 2
    said = "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream")
    assert f"Exercise {int(name[:2])}.1 is waiting" in said
    if name.startswith("02"):  # the checks find Hypothesis, mpmath and SymPy
        assert "Exercise 2.2: right. (numeric" in page.evaluate(ANSWER)
