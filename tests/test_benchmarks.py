"""Benchmarks run by hand: what they take from each other must be there all the same."""

import ast
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "benchmarks"
FILES = sorted(FOLDER.rglob("*.py"))


def top_level(file):
    """Return the names that a module defines."""
    names = set()
    for statement in ast.parse(file.read_text(encoding="utf-8")).body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).split(".")[0])
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.add(statement.name)
    return names


def module_of(name, user):
    """Return the file of a module beside or above the one that imports it, or None."""
    for folder in (user.parent, user.parent.parent):
        file = folder / f"{name}.py"
        if file.exists() and file != user:
            return file
    return None


def test_what_benchmarks_take_from_each_other_is_there():
    asked = 0
    for file in FILES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        modules = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if found := module_of(alias.name, file):
                        modules[alias.asname or alias.name] = found
            elif isinstance(node, ast.ImportFrom) and (found := module_of(node.module, file)):
                missing = {alias.name for alias in node.names} - top_level(found)
                assert not missing, f"{file.name} takes {missing} from {found.name}"
                asked += 1
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found = modules.get(node.value.id)
                if found is not None:
                    assert node.attr in top_level(found), f"{file.name}: {ast.unparse(node)}"
                    asked += 1
    assert asked >= 20
