"""Code without source in which ``a is True`` becomes ``a in ...`` of what may refuse to tell.

Before Python 3.13 both take as much room, so that nothing else of the code moves.
"""

from __future__ import annotations

import opcode
import sys
import types
from collections.abc import Callable, Iterator

HAS_ROOM = sys.version_info < (3, 13)
_LOAD, _IS, _IN = (opcode.opmap[name] for name in ("LOAD_CONST", "IS_OP", "CONTAINS_OP"))
_FEW = 256  # constants that an instruction can name


class _Bool:
    """One of the two bools: ``a in`` it is ``a is`` it."""

    def __init__(self, truth: bool, same: Callable[[object, object], bool]) -> None:
        self.truth, self.same = truth, same

    def __contains__(self, obj: object) -> bool:
        return self.same(obj, self.truth)


def asks(code: types.CodeType) -> bool:
    """Return whether a code, or one inside, asks ``is True`` and can be changed."""
    inner = [each for each in code.co_consts if isinstance(each, types.CodeType)]
    return HAS_ROOM and (any(_places(code)) or any(map(asks, inner)))


def _places(code: types.CodeType) -> Iterator[int]:
    """Yield where ``is`` stands after True or False."""
    raw, constants = code.co_code, code.co_consts
    if len(constants) <= _FEW - 2:
        for at in range(2, len(raw), 2):
            is_asked = raw[at] == _IS and raw[at - 2] == _LOAD
            if is_asked and isinstance(constants[raw[at - 1]], bool):
                yield at


def changes_of(
    code: types.CodeType, same: Callable[[object, object], bool]
) -> dict[types.CodeType, types.CodeType]:
    """Return what a code, and each inside, becomes where it asks.

    Args:
        code: the code.
        same: ``a is b`` for the two.
    """
    found: dict[types.CodeType, types.CodeType] = {}
    constants = [*code.co_consts]
    for place, each in enumerate(constants):
        if isinstance(each, types.CodeType):
            found |= changes_of(each, same)
            constants[place] = found.get(each, each)
    raw, count = bytearray(code.co_code), len(constants)
    constants += [_Bool(False, same), _Bool(True, same)]
    for at in _places(code):
        raw[at - 1] = count + bool(constants[raw[at - 1]])
        raw[at] = _IN
    after = code.replace(co_code=bytes(raw), co_consts=tuple(constants))
    return found | {code: after} if asks(code) else found
