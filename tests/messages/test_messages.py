"""Every message with the code that provokes it and the code that follows its advice."""

import ast
from pathlib import Path

import pytest
from core_messages import CASES as CORE
from missing_messages import CASES as MISSING
from nn_messages import CASES as NN
from reader_messages import CASES as READERS

import autograd

ROOT = Path(autograd.__file__).parent.parent
CASES = [*CORE, *READERS, *NN, *MISSING]


def place_of(error):
    """Return the file of ours and the line in which an error was raised."""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno


@pytest.mark.parametrize(
    ("words", "provoke", "follow"), CASES, ids=[f"{i}: {case[0]}" for i, case in enumerate(CASES)]
)
def test_a_message_is_provoked_and_its_advice_works(words, provoke, follow):
    with pytest.raises(Exception, match=words) as caught:
        provoke()
    assert isinstance(caught.value, (autograd.AutogradError, *BUILT_IN))
    if follow is not None:
        assert follow() is not False


BUILT_IN = (
    AttributeError,
    KeyError,
    IndexError,
    NotImplementedError,
)  # where Python's own says it all
# Raised where these cases do not come: programs that do not verify (tests/ir), the command line
# (tests/command), files that are damaged (tests/nn), packages and programs that are missing.
ELSEWHERE = ("autograd/ir/", "autograd/__main__.py", "autograd/backends/", "nn/saving.py")
LEFT = 60  # messages of the other files that have no case here yet; never more


def test_the_messages_without_a_case_become_fewer():
    places = set()
    for file in [*(ROOT / "autograd").rglob("*.py"), *(ROOT / "nn").rglob("*.py")]:
        name = file.relative_to(ROOT).as_posix()
        if name.startswith(ELSEWHERE):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                places.add((file, node.lineno, node.end_lineno))
    for _, provoke, _ in CASES:
        try:
            provoke()
        except Exception as error:
            file, line = place_of(error)
            places -= {each for each in places if each[0] == file and each[1] <= line <= each[2]}
    left = sorted(f"{file.relative_to(ROOT)}:{line}" for file, line, _ in places)
    assert len(left) <= LEFT, left
