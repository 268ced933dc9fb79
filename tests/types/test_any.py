"""Signatures say what they take and give: ``Any`` stands only where nothing else would be true."""

import ast
from pathlib import Path

import autograd

ROOT = Path(autograd.__file__).parent.parent
FILES = sorted([*(ROOT / "autograd").rglob("*.py"), *(ROOT / "nn").rglob("*.py")])
MOST = 394  # a third of what it was before signatures were looked through


def annotations(function):
    arguments = function.args
    parts = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parts += [part for part in (arguments.vararg, arguments.kwarg) if part is not None]
    return [each for each in [part.annotation for part in parts] + [function.returns] if each]


def is_any(node):
    return isinstance(node, ast.Name) and node.id == "Any"


def test_few_signatures_say_any():
    count = 0
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                count += sum(is_any(part) for each in annotations(node) for part in ast.walk(each))
    assert count <= MOST, f"{count} times Any in signatures: write a type, or object"


def test_no_other_name_stands_for_any():
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            assert not (isinstance(node, (ast.Assign, ast.AnnAssign)) and is_any(node.value)), file
            if isinstance(node, ast.ImportFrom):
                assert not [each for each in node.names if each.name == "Any" and each.asname], file
