"""What type checkers say to a file of user code: nothing where it is right, an error where not."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CODE = Path(__file__).with_name("user_code.py")
LINES = CODE.read_text(encoding="utf-8").splitlines()
REFUSED = {number for number, line in enumerate(LINES, 1) if line.endswith("# refused")}


def run(*command):
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "MYPYPATH": str(ROOT), "PYTHONPATH": paths}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=environment, capture_output=True, text=True
    ).stdout


def by_mypy():
    text = run("mypy", "--strict", "--no-error-summary", "--hide-error-context", str(CODE))
    found = re.findall(r"^(\S+?):(\d+): error: (.*)$", text, re.MULTILINE)
    return {int(line): words for file, line, words in found if file.endswith(CODE.name)}


def by_pyright():
    answer = json.loads(run("pyright", "--outputjson", "--pythonpath", sys.executable, str(CODE)))
    found = [each for each in answer["generalDiagnostics"] if each["severity"] == "error"]
    return {each["range"]["start"]["line"] + 1: each["message"] for each in found}


@pytest.mark.slow
@pytest.mark.parametrize("errors", [by_mypy, by_pyright])
def test_a_type_checker_refuses_the_lines_that_are_wrong_and_no_others(errors):
    if find_spec(errors.__name__[3:]) is None:
        pytest.skip(f"{errors.__name__[3:]} is not installed")
    found = errors()
    unexpected = {line: words for line, words in found.items() if line not in REFUSED}
    assert not unexpected
    assert not {line: LINES[line - 1] for line in REFUSED - set(found)}
