"""The course: notebooks are what their texts say, and their exercises can be solved."""

import contextlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
TEXTS = sorted(FOLDER.glob("[0-9][0-9]_*.py"))
LONG = ("07", "10", "11")  # train or compile for some seconds
SLOW = [pytest.param(p, marks=pytest.mark.slow if p.name[:2] in LONG else ()) for p in TEXTS]
SOLUTION = re.compile(r"^### (\d+\.\d+).*?```python\n(.*?)```", re.DOTALL)


def cells_of(text):
    """Return the cells of a notebook as (kind, source)."""
    book = json.loads(text.with_suffix(".ipynb").read_text(encoding="utf-8"))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in book["cells"]]


def solved(text):
    """Yield the code of a notebook, solutions in place of stubs, with exercise and stub."""
    number = None
    for kind, source in cells_of(text):
        if kind == "markdown":
            found = re.search(r"### \d+\.\d+", source)
            if found:
                number, solution = SOLUTION.match(source[found.start() :]).groups()
                yield source, None, None
        elif number:
            yield solution, number, source
            number = None
        else:
            yield source, None, None


@pytest.fixture
def course(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setenv("MPLBACKEND", "agg")
    import course

    course.passed.clear()
    return course


def test_there_are_twelve_notebooks_and_each_is_what_its_text_says():
    assert [text.name[:2] for text in TEXTS] == [f"{number:02}" for number in range(1, 13)]
    check = [sys.executable, str(ROOT / "scripts" / "pair_notebooks"), "--check"]
    stale = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (stale.stdout, stale.returncode) == ("", 0), "run scripts/pair_notebooks"


def test_each_notebook_asks_a_question_and_links_to_its_neighbours():
    names = [text.with_suffix(".ipynb").name for text in TEXTS]
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for place, text in enumerate(TEXTS):
        head, *others = [source for kind, source in cells_of(text) if kind == "markdown"]
        assert f"# {place + 1} · " in head
        assert "**The question.**" in head
        assert "minutes" in head
        assert "](README.md)" in head
        neighbours = names[max(0, place - 1) : place] + names[place + 1 : place + 2]
        assert all(f"]({name})" in head for name in neighbours), text.name
        assert sum("**Predict first" in source for source in others) >= 1, text.name
        assert f"]({names[place]})" in index


def test_no_notebook_holds_an_output_and_no_file_beside_them_is_large():
    for file in FOLDER.rglob("*"):
        if "__pycache__" in file.parts or ".ipynb_checkpoints" in file.parts:
            continue
        assert file.is_dir() or file.stat().st_size < 200_000, file.name
        if file.suffix == ".ipynb":
            book = json.loads(file.read_text(encoding="utf-8"))
            assert not any(cell.get("outputs") for cell in book["cells"]), file.name


@pytest.mark.parametrize("text", SLOW, ids=lambda text: text.stem)
def test_every_exercise_waits_then_takes_its_solution_and_no_wrong_answer(text, course):
    """The notebook runs as a reader runs it who solves every exercise."""
    numbers = [number for _, number, _ in solved(text) if number]
    assert len(numbers) >= 2
    assert numbers == [
        name for name in course.CHECKS if name.split(".")[0] == str(int(text.name[:2]))
    ]
    scope = {"__name__": "notebook", "display": print}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        for source, number, stub in solved(text):
            if source.startswith("#") and number is None and "###" in source:
                continue
            if stub is not None:
                exec(compile(stub, text.name, "exec"), scope)
                open_answer = scope[name_of(stub)]
                course.check(number, (open_answer, ...) if number == "3.2" else open_answer)
                assert f"Exercise {number} is waiting" in said.getvalue()
            exec(compile(source, text.name, "exec"), scope)
            if number:
                answer = scope[name_of(stub)]
                course.check(number, wrong(number, answer, scope))
                assert f"Exercise {number}: not yet" in said.getvalue()
                assert number not in course.passed
    assert course.passed == set(numbers), said.getvalue()


def name_of(stub):
    """Return the name that a stub defines."""
    return re.search(r"^(?:def )?(\w+)", stub, re.MULTILINE)[1]


def wrong(number, answer, scope):
    """Return an answer to an exercise that is a little wrong."""
    special = {
        "3.1": lambda: lambda node: scope["Node"](answer(node).data, [(node, 1.0)]),
        "3.2": lambda: (lambda root: answer(root)[::-1], scope["Node"]),
        "4.2": lambda: autograd.primitive(partials=(lambda y, x: 1 / (1 + abs(x)),))(
            lambda x: x / (1 + abs(x))
        ),
        "7.3": lambda: nn.MLP(2, [8, 1], seed=3),
        "10.1": lambda: lambda w, b, x, t: answer(w, b, x, t) + 0.1 * w * w,
        "10.2": lambda: lambda x: abs(x) + x if x > 0 else 0.0 * x,
    }
    if number in special:
        return special[number]()
    if callable(answer):
        return lambda *args: scaled(answer(*args))
    return scaled(answer)


def scaled(thing):
    """Return numbers that are a tenth too large, or 0.1 where they were 0."""
    if isinstance(thing, tuple | list):
        return type(thing)(map(scaled, thing))
    return 0.1 + thing * 1.1
