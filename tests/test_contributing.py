"""The example in CONTRIBUTING.md, carried out as it is written in a copy of the tree."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ruff") is None, reason="ruff comes with the extra dev"
)

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## How to add an operation")[2].partition("\n## ")[0]
ROW, REFEREE = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
FILE, REFEREES = re.findall(r"\]\((\S+/(?:activations|table_referees)\.py)\)", SECTION)
COMMANDS = re.findall(r"^    (python .*)$", SECTION, re.MULTILINE)

# What a user then does with the operation.
USE = """
import math, sys
import autograd
from autograd import Value, derivation, explain, explore, grad, graph, jit, latex, softsign, steps
assert softsign(3.0) == 0.75 and grad(softsign)(3.0) == 0.0625 and grad(softsign)(-1.0) == 0.25
assert math.isclose(grad(grad(softsign))(1.0), -0.25)
assert autograd.jvp(softsign, (1.0,), (2.0,)) == (0.5, 0.5)
x = Value(3.0, "x")
y = x.softsign()
y.backward()
assert x.grad == 0.0625 and "softsign" in graph(y).svg and "softsign" in latex(y)
assert "softsign(x)" in str(next(iter(steps(y)))) and "over 1 path" in str(explain(y, x))
assert "softsign" in str(derivation(y, x)) and "softsign" in explore(y).html
fast = jit(grad(softsign))
assert fast(3.0) == 0.0625
fast.save(sys.argv[1] + "/slope.c"), fast.save(sys.argv[1] + "/slope.mjs")
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree in which the page has been followed, up to the commands."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copytree(
        ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"), dirs_exist_ok=True
    )
    with (copy / FILE).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{ROW}")
    referees = copy / REFEREES
    text = referees.read_text(encoding="utf-8").replace(
        "REFEREES = {\n", "REFEREES = {\n" + REFEREE
    )
    referees.write_text(text, encoding="utf-8")
    run(copy, *COMMANDS[0].split()[1:])
    return copy


def run(tree, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_operation_of_the_page_does_whatever_an_operation_does(tree, tmp_path):
    run(tree, "-c", USE, str(tmp_path))
    slope = tmp_path / "slope.mjs"
    if shutil.which("node") is not None:
        code = (
            f"const m = await import({str(slope)!r}); console.log(m.autograd_softsign([3.0])[0]);"
        )
        command = ["node", "--input-type=module", "-e", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["0.0625"]


def test_the_row_of_the_page_is_in_good_order(tree):
    run(tree, "-m", "ruff", "check", "autograd", "tests/helpers")
    run(tree, "-m", "ruff", "format", "--check", "autograd", "tests/helpers")


@pytest.mark.slow
def test_every_loop_over_the_table_passes_for_the_operation_of_the_page(tree):
    summary = run(tree, *COMMANDS[1].split()[1:], "-q", "-p", "no:cacheprovider").splitlines()[-1]
    count = int(re.match(r"(\d+) passed", summary)[1])
    assert count >= 20, summary
    rules = (
        "tests/table/test_rules.py",
        "tests/test_public_surface.py",
        "tests/compiler/test_exact.py",
    )
    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *rules)
