"""The README of nn runs as it stands, and nn uses only what autograd exports."""

import ast
import doctest
import pathlib

import autograd
import nn

FOLDER = pathlib.Path(nn.__file__).parent


def test_the_readme_runs():
    failed, tried = doctest.testfile(str(FOLDER / "README.md"), module_relative=False)
    assert (failed, tried > 8) == (0, True)


def test_nn_uses_only_what_autograd_exports():
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograd"):
                assert node.module == "autograd", f"{path.name} imports from {node.module}"
                assert {alias.name for alias in node.names} <= set(autograd.__all__), path.name
            if isinstance(node, ast.Import):
                assert not any(a.name.startswith("autograd.") for a in node.names), path.name
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "autograd"
            ):
                assert node.attr in {*autograd.__all__, "__all__"}, f"{path.name}: {node.attr}"


def test_importing_nn_loads_no_heavy_library():
    import subprocess
    import sys

    heavy = ["numpy", "llvmlite", "matplotlib", "sklearn", "dask", "distributed", "torch", "tqdm"]
    code = f"import sys, nn; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
