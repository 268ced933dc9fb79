"""Every message with the code that provokes it and the code that follows its advice."""

import ast
import itertools
import re
import traceback
from pathlib import Path

import numpy as np
import pytest
from command_messages import CASES as COMMANDS
from compiled_messages import CASES as COMPILED
from core_messages import CASES as CORE
from missing_messages import CASES as MISSING
from nn_messages import CASES as NN
from program_messages import CASES as PROGRAMS
from reader_messages import CASES as READERS

import autograd
import nn

ROOT = Path(autograd.__file__).parent.parent
CASES = [*CORE, *COMPILED, *READERS, *COMMANDS, *NN, *PROGRAMS, *MISSING]


REACHED = {}  # the places that what a case provokes came through, once it has been provoked


def places_of(error):
    """Yield the files and lines that an error came through, those of what it replaces too."""
    while error is not None:
        for frame, line in traceback.walk_tb(error.__traceback__):
            yield Path(frame.f_code.co_filename), line
        error = error.__context__


@pytest.mark.parametrize(
    ("words", "provoke", "follow"), CASES, ids=[f"{i}: {case[0]}" for i, case in enumerate(CASES)]
)
def test_a_message_is_provoked_and_its_advice_works(words, provoke, follow):
    with pytest.raises(Exception, match=words) as caught:
        provoke()
    REACHED[provoke] = {*places_of(caught.value)}
    assert isinstance(caught.value, (autograd.AutogradError, *BUILT_IN))
    if follow is not None:
        assert follow() is not False


BUILT_IN = (
    AttributeError,
    KeyError,
    IndexError,
    ImportError,
    MemoryError,
    NotImplementedError,
)  # where Python's own says it all


def test_what_is_cut_in_a_message_ends_in_three_points():
    for file in [*(ROOT / "autograd").rglob("*.py"), *(ROOT / "nn").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
                cut = ast.unparse(node.format_spec).strip("f'\"")
                is_text = node.conversion in (ord("r"), ord("s"))
                assert not (is_text and cut.startswith(".")), f"{file}:{node.lineno}: wording.brief"
    with pytest.raises(TypeError, match=r"and was \['a', .*'a', '\.\.\.; of"):
        nn.cross_entropy([1.0, 2.0], ["a"] * 99)
    with pytest.raises(TypeError, match=r"lr must be a number, and is 'a+\.\.\.$"):
        nn.SGD(lr="a" * 99)


@pytest.mark.parametrize("words", [autograd.wording, nn.wording])
def test_what_was_given_has_the_article_of_its_sound(words):
    given = [1, 1.0, np.zeros(1), np.uint8(1), nn.MLP(1, [1]), None, int, "text"]
    told = "an int, a float, an ndarray, a uint8, an MLP, None, the class int, a str ('text')"
    assert ", ".join(words.what_is(each) for each in given) == told


def test_no_message_puts_an_article_of_its_own_before_a_name():
    for file in [*(ROOT / "autograd").rglob("*.py"), *(ROOT / "nn").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else []
            for before, name in itertools.pairwise(parts):
                is_article = re.search(r"\b[Aa]n? $", str(getattr(before, "value", "")))
                is_kind = isinstance(name, ast.FormattedValue) and re.search(
                    r"__name__|\bkind\b|\bname\b", ast.unparse(name.value)
                )
                written = f"{file}:{name.lineno}: write what_is(object) or an(word)"
                assert not (is_article and is_kind), written


REFUSING = ("_refuse", "self.refuse")  # functions that raise what they are told


def test_every_raise_of_a_message_is_reached_by_a_case():
    left = set()
    for file in [*(ROOT / "autograd").rglob("*.py"), *(ROOT / "nn").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_raise = isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
            is_refusal = isinstance(node, ast.Call) and ast.unparse(node.func) in REFUSING
            if is_raise or is_refusal:
                left.add((file, node.lineno, node.end_lineno))
    for _, provoke, _ in CASES:
        if provoke not in REACHED:
            with pytest.raises(Exception) as caught:  # noqa: PT011 - any: its words are seen above
                provoke()
            REACHED[provoke] = {*places_of(caught.value)}
        for place, line in REACHED[provoke]:
            left -= {each for each in left if each[0] == place and each[1] <= line <= each[2]}
    assert not left, sorted(f"{file.relative_to(ROOT)}:{line}" for file, line, _ in left)
