"""A note on errors of Python and NumPy where they need a plain number, and get a traced Value."""

from __future__ import annotations

import linecache
import re
import types
from itertools import islice
from typing import Any

from autograd.callsite import is_foreign
from autograd.errors import TraceError
from autograd.ir.trace import Trace, Tracer

_OF_ONE = " object is not (subscriptable|iterable)"  # which has other reasons
_ASKS = rf"(?<!of type )'Tracer'(?!{_OF_ONE})|\binteg(er|ral)\b|\bbits are those\b"
_OTHER = (
    r"list|tuple|dict|(frozen)?set|str|bytes|range|map|zip|generator|\S*(func|method)\S*|NoneType"
)
_OF_NO_NUMBER = rf"(operand type|not supported between).*'({_OTHER})'"  # has no arithmetic with one


def explain_plain(error: Exception, trace: Trace) -> None:
    """Add a note to an error that comes of a traced Value where only a number of Python's will do.

    That is where a number was refused, and the code that asked for it raised an error of its own,
    or where the error speaks of whole numbers, or of a key that is a Value.
    """
    place = _place_of_user(error)
    if isinstance(error, TraceError) or getattr(error, "__notes__", None) or place is None:
        return
    frame, at = place
    code, where, refused = trace.refused or (None, 0, None)
    key: Any = next(iter(error.args), None)
    if refused is not None and (code, where) == (frame.f_code, at):
        names = refused.trace.below(refused)
    elif isinstance(error, KeyError) and getattr(key, "trace", None) is trace:
        names = trace.below(key)
    elif re.search(_ASKS, str(error)) and not re.search(_OF_NO_NUMBER, str(error)):
        names = _arguments_at(frame, at)
        if not names:
            return
    else:
        return
    which = f"jit(f, static_argnames={names[0]!r})" if names else "static_argnames= of jit"
    several = f", or of {' and '.join(names)} that which has to be one" * (len(names) > 1)
    error.add_note(
        f"only a plain number will do here, and a traced Value has none yet: let the argument stay "
        f"a number of Python's, with a program for each: {which}{several}"
    )


def _place_of_user(error: Exception) -> tuple[types.FrameType, int] | None:
    """Return the innermost frame of the user's own that an error came through, and where in it."""
    found, place = None, error.__traceback__
    while place is not None:
        if not is_foreign(place.tb_frame):
            found = place.tb_frame, place.tb_lasti
        place = place.tb_next
    return found


def _arguments_at(frame: types.FrameType, at: int) -> list[str]:
    """Return the traced arguments that stand in the expression that a frame is at."""
    code = frame.f_code
    line, last, start, end = next(islice(code.co_positions(), at // 2, None))
    text = linecache.getline(code.co_filename, line or 0, frame.f_globals).encode()[start:end]
    names = re.findall(r"\w+", text.decode(errors="ignore")) if line == last else ()
    found = {
        name: value.label
        for name, value in frame.f_locals.items()
        if isinstance(value, Tracer) and value.op is None and str(value.label).isidentifier()
    }
    return [label for name, label in found.items() if not names or name in names]
