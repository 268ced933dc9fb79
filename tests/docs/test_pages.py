"""The pages: every block of Python runs, every link leads somewhere, and every error has a page."""

import builtins
import contextlib
import io
import re
import subprocess
from pathlib import Path

import pytest

import autograd.errors
import nn.errors

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
PAGES = "*.md docs/**/*.md notebooks/*.md nn/**/*.md benchmarks/**/*.md autograd/**/*.md".split()
LINKED = [
    path
    for pattern in PAGES
    for path in sorted(ROOT.glob(pattern))
    if "brought" not in path.parts and path.name != "page.md"
]
RUN = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *(ROOT / "docs/howto").glob("*")]
ERRORS = sorted((ROOT / "docs" / "errors").glob("[A-Z]*.md"))


def blocks(path):
    return BLOCK.findall(path.read_text(encoding="utf-8"))


def run(source, path, scope):
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, path.name, "exec"), scope)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_every_block_of_a_page_runs_after_those_before_it(path):
    scope = {"__name__": "page"}
    for source in blocks(path):
        run(source, path, scope)
    for name, thing in [*scope.items()]:  # a page that shows tests shows tests that pass
        if name.startswith("test_"):
            thing()


@pytest.mark.parametrize("path", LINKED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_to_a_file(path):
    for found in LINK.findall(path.read_text(encoding="utf-8")):
        address = (found[0] or found[1]).partition("#")[0]
        if not address or "://" in address or address.startswith(("lite/", "mailto:")):
            continue
        kept = path.parent / address
        if "brought" in kept.parts:  # a page that the site brings in from where it is kept
            continue
        assert kept.exists(), address


def test_every_error_has_a_page():
    classes = {
        name: thing
        for module in (autograd.errors, nn.errors)
        for name, thing in vars(module).items()
        if isinstance(thing, type) and thing is not autograd.AutogradError
    }
    assert {path.stem for path in ERRORS} == set(classes)
    for path in ERRORS:
        text = path.read_text(encoding="utf-8")
        named = re.search(r"an\s+`AutogradError` and an? `(\w+)`", text)[1]
        assert issubclass(classes[path.stem], getattr(builtins, named))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, on the way to the error
@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.stem)
def test_an_error_is_raised_as_its_page_shows_and_the_remedy_works(path):
    raising, remedy = blocks(path)
    error = getattr(autograd.errors, path.stem, None) or getattr(nn.errors, path.stem)
    with pytest.raises(error):
        run(raising, path, {"__name__": "page"})
    run(remedy, path, {"__name__": "page"})


def test_the_quick_start_is_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    quick = re.search(r"## Quick start\n\n```sh\n(.*?)```", text, re.DOTALL)[1]
    assert len(quick.splitlines()) == 2


def test_no_picture_of_the_documentation_is_large():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "docs", "notebooks"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        assert (ROOT / name).stat().st_size < 200_000, name
