"""Imports between the modules go downwards only, and no room bears a public function's name."""

import ast
import functools
import re
import tomllib
from pathlib import Path

import autograd
import nn

ROOT = Path(autograd.__file__).parent.parent

# From the ground up: a module imports from its own floor or from one below it.
FLOORS = [
    [
        "errors",
        "habits",
        "callsite",
        "decorated",
        "files",
        "locks",
        "numberless",
        "signatures",
        "trees",
        "wording",
        "wrong_calls",
    ],
    ["table"],
    ["engine"],
    ["ir"],
    ["transforms"],
    ["differences", "installation", "notation", "render"],
    ["backends"],
    ["explorer", "testing", "compiler"],
    ["__init__", "__main__"],
    ["nn"],
]


@functools.cache
def imports_of(file):
    """Return the modules that a file imports, inside functions and for types alone included."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = (ROOT / inner.replace(".", "/")).with_suffix(".py").exists()
                is_whole = is_module or node.module in ("autograd", "nn")
                found.append(inner if is_whole else node.module)
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return found


def room_of(module):
    """Return the name of a module's room as FLOORS has it: a.render.svg is in render."""
    parts = module.split(".")
    if parts[0] == "nn":
        return "nn"
    return parts[1] if len(parts) > 1 else "__init__"


def module_of(file):
    parts = list(file.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


# In the engine, each file imports from those before it.
ENGINE = "accelerator modes node order chain_rule copying methods value reductions".split()

FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted((ROOT / "autograd").rglob("*.py")) + sorted((ROOT / "nn").rglob("*.py"))


def test_every_room_has_a_floor():
    rooms = {room_of(module_of(file)) for file in FILES}
    assert rooms <= set(FLOOR), rooms - set(FLOOR)


def test_no_import_goes_up():
    for file in FILES:
        here = room_of(module_of(file))
        for module in imports_of(file):
            top = module.split(".")[0]
            if top not in ("autograd", "nn"):
                continue
            there = room_of(module)
            if there not in FLOOR:  # a public name, taken from the package itself
                there = "__init__"
            assert FLOOR[there] <= FLOOR[here], f"{file.name} imports {module}"


def test_the_engine_is_one_column():
    files = {file.stem for file in (ROOT / "autograd" / "engine").glob("*.py")} - {"__init__"}
    assert files == set(ENGINE)
    for place, name in enumerate(ENGINE):
        for module in imports_of(ROOT / "autograd" / "engine" / f"{name}.py"):
            if module.startswith("autograd.engine"):
                below = module.removeprefix("autograd.engine.").split(".")[0]
                assert below in ENGINE[:place], f"{name} imports {module}"


def test_no_circle_between_modules():
    graph = {module_of(file): [] for file in FILES}
    for file in FILES:
        for module in imports_of(file):  # a public name is taken from the package itself
            known = module in graph
            graph[module_of(file)].append(module if known else f"{module.split('.')[0]}.__init__")
    done: set[str] = set()

    def visit(module, path):
        assert module not in path, f"a circle: {' -> '.join([*path, module])}"
        if module in done or module not in graph:
            return
        for other in graph[module]:
            visit(other, [*path, module])
        done.add(module)

    for module in graph:
        visit(module, [])


def test_nn_takes_only_what_autograd_exports():
    for file in sorted((ROOT / "nn").rglob("*.py")):
        for module in imports_of(file):
            if module.startswith("autograd."):
                name = module.split(".")[1]
                assert name in autograd.__all__ or name == "testing", f"{file.name}: {module}"


def test_no_room_bears_the_name_of_a_public_function():
    for package in (autograd, nn):
        folder = Path(package.__file__).parent
        rooms = {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}
        functions = {name for name in package.__all__ if callable(getattr(package, name))}
        assert not rooms & functions


def test_every_test_is_collected_with_what_the_second_command_of_the_readme_installs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]

    def names(extra):
        for requirement in extras[extra]:
            name, also = re.fullmatch(r"([\w.-]+)(?:\[([\w,-]+)\])?.*", requirement).groups()
            yield from (x for e in also.split(",") for x in names(e)) if also else [name]

    needed = set(names("test"))
    others = {name for extra in extras for name in names(extra)} - needed
    # What these bring into a module of the same name; a browser test imports it when it runs.
    others = {name.lower().replace("python-", "").replace("-", "_") for name in others}
    assert {"orjson", "docx", "playwright", "torch", "jax"} <= others
    for file in sorted((ROOT / "tests").rglob("*.py")):
        for statement in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(statement, ast.ImportFrom):
                tops = {(statement.module or "").split(".")[0]}
            elif isinstance(statement, ast.Import):
                tops = {alias.name.split(".")[0] for alias in statement.names}
            else:
                continue
            assert not tops & others, f"{file.name} imports {tops & others} at the top"
