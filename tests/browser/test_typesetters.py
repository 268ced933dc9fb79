"""All LaTeX that we write, through KaTeX, temml, MathJax 3 and 4, and pandoc."""

import json
import shutil
import subprocess
from pathlib import Path

import latex_cases
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WRONG = [r"\frac{1", r"\nosuchcommand", r"x_1_2"]


@pytest.mark.parametrize("mathjax", ["mathjax", "mathjax4"])
def test_katex_temml_and_mathjax_read_all_of_it(mathjax, node_modules):
    script = Path(__file__).with_name("typeset.mjs")
    every = latex_cases.sources()
    assert len(every) > 2000
    run = subprocess.run(
        ["node", str(script), str(node_modules), mathjax],
        input=json.dumps([*every, *WRONG]),
        capture_output=True,
        text=True,
        check=True,
    )
    refused = json.loads(run.stdout)
    assert [each for each in refused if each[1] not in WRONG] == []
    assert {name for name, source, _ in refused if source == WRONG[0]} == {
        "katex",
        "temml",
        mathjax,
    }


def test_pandoc_reads_all_of_it():
    assert shutil.which("pandoc"), "this test needs pandoc: apt-get install -y pandoc"

    def warnings(sources):
        text = "\n\n".join(f"$${source}$$" for source in sources)
        run = subprocess.run(
            ["pandoc", "--from=markdown", "--to=html", "--mathml"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        return [line for line in run.stderr.splitlines() if "Could not convert" in line], run.stdout

    refused, page = warnings(latex_cases.sources())
    assert refused == []
    assert page.count("<math") == len(latex_cases.sources())
    assert len(warnings(WRONG)[0]) >= 2
