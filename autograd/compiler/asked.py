"""Finds the files in which objects are asked whether they are True or False themselves.

A traced condition is neither: ``c is True`` would take a branch that no call meant. While a
function is traced, the code in these files is converted (if_conversion.py), and refuses.
"""

from __future__ import annotations

import functools
import linecache
import re
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from autograd.compiler.bytecode import asks
from autograd.compiler.static import WithStatic

_NOT_LOOKED_AT = frozenset(sys.stdlib_module_names) - {"__main__"} | {"numpy", "autograd", "nn", ""}
_MAY_ASK = re.compile(r"\bis\b.*\b(True|False)\b|\b(True|False) is\b|\bcase\b.*\b(True|False)\b")


def files_that_may_ask(function: Callable[..., object], *args: object) -> frozenset[str]:
    """Return these files among those of a function, and of the modules whose names it can reach.

    So it can those of its arguments' classes.

    A module is reached where one before it has its name, or that of something made in it. None is
    that is Python's own, or installed, unless the function itself is from there.
    """
    files = {file for names in _namespaces(function, *args) for file in _files_of(names)}
    return frozenset(filter(_may_ask, files))


def _namespaces(*given: object) -> Iterator[dict[str, object]]:
    """Yield the names of the modules that functions and their arguments can reach."""
    seen, waiting = set(_NOT_LOOKED_AT), set[str]()
    for each in _parts(*given):
        name = _module_of(each)
        is_new = name not in seen and name.partition(".")[0] not in _NOT_LOOKED_AT
        if type(each) is types.FunctionType and (is_new or not name):
            seen.add(name)
            yield each.__globals__
            waiting |= _named_in(each.__globals__)
        waiting.add(name)
    own = {name.partition(".")[0] for name in seen - _NOT_LOOKED_AT}
    while waiting := waiting - seen:
        name = waiting.pop()
        seen.add(name)
        names: dict[str, Any] = getattr(sys.modules.get(name), "__dict__", {})
        top, file = name.partition(".")[0], str(names.get("__file__"))
        is_installed = "site-packages" in file or "dist-packages" in file
        if top not in _NOT_LOOKED_AT and (not is_installed or top in own):
            yield names
            waiting |= _named_in(names)


_NAMED: dict[object, tuple[tuple[int, int], set[str]]] = {}  # by the name of a module


def _named_in(names: dict[str, object]) -> set[str]:
    """Return the names of the modules that those in a module are, or were made in."""
    own, state = names.get("__name__"), (id(names), len(names))
    known, found = _NAMED.get(own, ((0, 0), set[str]()))
    if known == state and own != "__main__":  # to look at each again takes long in large projects
        return found
    found = {*map(_module_of, [*names.values()])}
    _NAMED[own] = state, found
    return found


def _parts(*given: object) -> Iterator[object]:
    """Yield functions, and the objects that they are made of, by decorators and closures."""
    waiting, seen = [*given], set[int]()
    while waiting:
        each: Any = waiting.pop()
        if id(each) in seen or type(each) in (int, float, str, bool, type(None)):
            continue
        seen.add(id(each))
        yield each
        kind = type(each)  # not each.__class__, at which some proxies raise
        if kind is types.FunctionType:
            waiting += [*(each.__defaults__ or ()), *(each.__kwdefaults__ or {}).values()]
            waiting += [cell.cell_contents for cell in each.__closure__ or () if _is_full(cell)]
        if kind is functools.partial:
            waiting += [each.func, *each.args, *each.keywords.values()]
        elif kind is types.MethodType:
            waiting += [each.__func__, each.__self__]
        elif kind is WithStatic:
            waiting += [*each.places.values(), *each.named.values()]
        waiting += [below for name, below in _given(each).items() if name == "__wrapped__"]


def _given(obj: object) -> dict[str, object]:
    """Return the attributes of an object's own."""
    try:
        found = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


def _is_full(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _module_of(obj: object) -> str:
    """Return the name of the module that an object is, or that it was made in."""
    kind = type(obj)
    if kind is types.ModuleType:
        found: object = obj.__name__  # type: ignore[attr-defined]
    elif kind is types.FunctionType:
        found = obj.__globals__.get("__name__")  # type: ignore[attr-defined]
    else:
        is_ours = str(kind.__module__).startswith("autograd.")  # a compiled function
        inner = _given(obj).get("__wrapped__") if is_ours else None
        if inner is not None:
            return _module_of(inner)
        found = (obj if issubclass(kind, type) else kind).__module__
    return found if type(found) is str else ""


def _files_of(names: dict[str, object]) -> set[str]:
    """Return the files of a module: one, or one for each cell of a notebook."""
    file = names.get("__file__")
    if type(file) is str and names.get("__name__") != "__main__":
        return {file}
    held = [*names.values()]
    held += [each for kind in held if issubclass(type(kind), type) for each in vars(kind).values()]
    functions = [each for each in held if type(each) is types.FunctionType]
    codes = [each.__code__ for each in functions if each.__globals__ is names]
    files = {
        each.co_filename for each in codes if linecache.getlines(each.co_filename) or asks(each)
    }
    return files | {file} if type(file) is str and linecache.getlines(file) else files


_ANSWERS: dict[str, tuple[list[str], bool]] = {}


def _may_ask(file: str) -> bool:
    lines = linecache.getlines(file)
    if not lines:  # then its code was looked at
        return True
    known, answer = _ANSWERS.get(file, (None, False))
    if known is not lines:
        answer = _MAY_ASK.search("".join(lines)) is not None
        _ANSWERS[file] = lines, answer
    return answer
