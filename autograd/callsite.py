"""Finds the line of the user's own source that asked for an operation."""

from __future__ import annotations

import functools
import numbers
import os
import sys
import types
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import dis

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_PACKAGES = (_HERE, os.path.join(os.path.dirname(os.path.dirname(_HERE)), "nn") + os.sep)


_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep


def is_own(file: str) -> bool:
    """Return whether a file is of autograd or nn."""
    return file.startswith(_PACKAGES)


def is_foreign(frame: types.FrameType) -> bool:
    """Return whether a frame is of autograd, nn, NumPy or Python's own library."""
    file, module = frame.f_code.co_filename, frame.f_globals.get("__name__", "")
    is_standard = file.startswith(_STANDARD) and "site-packages" not in file
    return is_standard or is_own(file) or module.startswith("numpy.")


def is_import(frame: types.FrameType) -> bool:
    """Return whether a frame is at a name of ``from module import name``."""
    import opcode

    return frame.f_code.co_code[frame.f_lasti] == opcode.opmap["IMPORT_FROM"]


def is_comparison(frame: types.FrameType) -> bool:
    """Return whether a frame is at ``a == b``, ``a in b`` or the like, and calls nothing."""
    import opcode

    at = frame.f_code.co_code[frame.f_lasti]
    return at in (opcode.opmap["COMPARE_OP"], opcode.opmap["CONTAINS_OP"])


class Indexed(NamedTuple):
    """A name in code, or ``LITERAL``, and how to go on from there: attributes, or else keys."""

    name: str
    path: Sequence[tuple[bool, object]] = ()


def indexes_a_list(frame: types.FrameType) -> bool:
    """Return whether a frame is at ``a[i]`` and it is certain that ``a`` is a list or a tuple."""
    name, path = _indexed(frame.f_code, frame.f_lasti)
    if name in ("", LITERAL):
        return name == LITERAL
    held = frame.f_locals.get(name, frame.f_globals.get(name))
    for is_attribute, key in path:
        held = _attribute(held, str(key)) if is_attribute else _entry(held, key)
    return type(held) in (list, tuple)


def _attribute(holder: object, name: str) -> object:
    """Return what an object holds by a name; None where code of the user's may decide on it."""
    import inspect

    plain = (object.__getattribute__, types.ModuleType.__getattribute__)
    if type(holder).__getattribute__ not in plain:
        return None
    held = inspect.getattr_static(holder, name, None)
    is_slot = isinstance(held, types.MemberDescriptorType)
    return getattr(holder, name, None) if is_slot else held


def _entry(holder: object, key: object) -> object:
    """Return an entry of a dict, a list or a tuple; None of anything else."""
    is_plain = type(holder) in (dict, list, tuple)
    try:
        return holder[key] if is_plain else None  # type: ignore[index]
    except LookupError:
        return None


def seeks_among_numbers(frame: types.FrameType) -> bool:
    """Return whether a frame is at ``a in b`` and it is certain that ``b`` is one of numbers."""
    held = _container(frame.f_code, frame.f_lasti)
    if isinstance(held, str):
        held = frame.f_locals.get(held, frame.f_globals.get(held))
    if not isinstance(held, (set, frozenset, dict)) or not held:
        return False
    return all(isinstance(key, numbers.Number) for key in held)


@functools.lru_cache(maxsize=1024)
def _container(code: types.CodeType, at: int) -> object:
    """Return ``b`` of ``a in b`` at a place in code: a constant, or its name; None if unclear."""
    import dis

    before = [each for each in dis.get_instructions(code) if each.offset <= at]
    last = before.pop()
    if last.opname != "CONTAINS_OP" or last.is_jump_target:
        return None
    told = before[-1]
    if told.opname in _LOADS_OF_TWO:
        return told.argval[1]
    is_told = told.opname in _LOADS | _LOADS_OF_SHARED | {"LOAD_CONST"}  # nothing runs in between
    return told.argval if is_told else None


LITERAL = "[]"  # no name, but a list that is written there


@functools.lru_cache(maxsize=1024)
def _indexed(code: types.CodeType, at: int) -> Indexed:
    """Return the name of what is indexed at a place in code, or ``LITERAL``; "" if it is not told.

    That is what the last instruction before those of the index leaves on the stack. After the name
    come the attributes and the constant keys by which it is found: ``(True, "table")`` for
    ``a.table[i]``, and ``(False, "k")`` for ``a["k"][i]``.
    """
    import dis

    before = [each for each in dis.get_instructions(code) if each.offset <= at]
    last = before.pop()
    if not _is_subscript(last) and last.opname not in ("STORE_SUBSCR", "DELETE_SUBSCR"):
        return Indexed("")
    height = 0  # of the stack, over what it is when both are there
    calls = False  # a call may give another list or array a name that is not this frame's alone
    path: list[tuple[bool, object]] = []
    backwards = reversed(before)
    for each in backwards:
        if height <= 0 and each.opname in _LOADS_OF_TWO:  # Python 3.13's: a and i, or x and a
            return Indexed(each.argval[-height], path[::-1])
        if height == -1:
            if each.opname in ("BUILD_LIST", "BUILD_TUPLE"):
                return Indexed("" if path else LITERAL)
            if each.opname in _LOADS or (each.opname in _LOADS_OF_SHARED and not calls):
                return Indexed(each.argval, path[::-1])
            key = next(backwards, each) if _is_subscript(each) else each
            is_attribute, is_entry = each.opname == "LOAD_ATTR", key.opname in _LOADS_OF_CONSTANTS
            jumps = each.is_jump_target or key.is_jump_target
            if calls or jumps or not (is_attribute or is_entry):
                return Indexed("")
            path.append((is_attribute, key.argval))
            continue
        calls = calls or each.opname.startswith("CALL")
        jumps = each.is_jump_target or each.opcode in dis.hasjrel or each.opcode in dis.hasjabs
        if jumps or each.opname.startswith(("STORE", "SWAP")):  # it is not known
            return Indexed("")
        height -= dis.stack_effect(each.opcode, each.arg, jump=False)
    return Indexed("")


def _is_subscript(each: dis.Instruction) -> bool:
    """Return whether an instruction is ``a[i]``."""
    return each.opname == "BINARY_SUBSCR" or (each.opname, each.argrepr) == ("BINARY_OP", "[]")


_LOADS = {"LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_FAST_CHECK"}
_LOADS_OF_SHARED = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF"}
_LOADS_OF_CONSTANTS = {"LOAD_CONST", "LOAD_SMALL_INT"}
_LOADS_OF_TWO = {"LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"}


def user_frame() -> types.FrameType:
    """Return the innermost frame of the user's own: outside autograd, nn, NumPy and Python's."""
    frame = sys._getframe(1)
    while frame.f_back is not None and is_foreign(frame):
        frame = frame.f_back
    return frame


def warn_user(message: str, frame: types.FrameType | None = None) -> None:
    """Warn where the user's own code stands, once for each line.

    Args:
        message: what happened, and what to write.
        frame: of the user's; None looks for it.
    """
    frame = frame or user_frame()
    warnings.warn_explicit(
        message,
        UserWarning,
        frame.f_code.co_filename,
        frame.f_lineno,
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def user_line() -> str:
    """Return ``file.py:12: the line`` for the innermost frame of the user's own."""
    import linecache

    frame = user_frame()
    file, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, number, frame.f_globals).strip()
    place = f"{os.path.basename(file)}:{number}"
    return f"{place}: {text}" if text else place
