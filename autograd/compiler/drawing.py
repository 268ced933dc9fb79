"""Random numbers that a function draws while it is traced, which then stay for ever: a warning.

What is looked at costs less than 50 microseconds a trace: the state of ``random``, of
``numpy.random``, and of the generators that the function itself names. One that is made inside,
or in what it calls, is not seen.
"""

from __future__ import annotations

import contextlib
import ctypes
import random
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

from autograd.callsite import user_frame
from autograd.decorated import name_of

MERSENNE_TWISTER = 625 * 4  # bytes of NumPy's: 624 words and the place among them


class Drawing:
    """Watches a function for random numbers from when it is made on.

    Args:
        function: the function that is about to be traced.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function
        self._generators = _generators_of(function)
        self._before = self._states()

    def _states(self) -> list[object]:
        found = [_state_of(generator) for generator in self._generators]
        return [_state_of(random), _state_of_numpy(), *found]

    def warn(self) -> bool:
        """Warn if numbers were drawn since, at the line of the user's; return whether there were.

        The remedy is to draw outside of the function, and to pass the numbers in.
        """
        pairs = zip(self._before, self._states(), strict=True)
        if all(before in (None, after) for before, after in pairs):  # None: imported since
            return False
        frame = user_frame()
        warnings.warn_explicit(
            f"jit: {name_of(self._function)} drew random numbers while it was traced, and they are "
            f"the same at every later call: draw them outside, and pass them in as an argument",
            UserWarning,
            frame.f_code.co_filename,
            frame.f_lineno,
            registry=frame.f_globals.setdefault("__warningregistry__", {}),
        )
        return True


def _state_of(generator: Any) -> object:
    """Return something of a generator's state that each draw changes; of an odd one, nothing."""
    try:
        if hasattr(generator, "bit_generator"):
            return _comparable(generator.bit_generator.state)
        _, words, gauss = generator.getstate()
        return words[0], words[-1], gauss  # the last is the place, after 624 words all are new
    except Exception:  # a class of the user's: no function fails because its numbers are watched
        return None


def _comparable(state: Any) -> object:
    """Return a state whose ``==`` has one answer: an array of words as its bytes."""
    if isinstance(state, dict):
        return {name: _comparable(each) for name, each in state.items()}
    return state.tobytes() if hasattr(state, "tobytes") else state


def _state_of_numpy() -> object:
    """Return the state of ``numpy.random`` as it lies in memory; get_state takes 70 us."""
    module: Any = sys.modules.get("numpy.random")
    if not hasattr(module, "get_bit_generator"):  # not imported, or a stand-in
        return None
    bits = module.get_bit_generator()
    if type(bits).__name__ != "MT19937":
        return _comparable(bits.state)  # a dict, of a generator that was put in its place
    return ctypes.string_at(bits.ctypes.state_address, MERSENNE_TWISTER)


def _generators_of(function: Any) -> list[object]:
    """Return the generators that a function names: global ones, and those of its closure."""
    for _ in range(9):  # of grad(jit(f)) the innermost
        function = getattr(function, "__wrapped__", function)
    function = getattr(function, "__func__", function)
    if not isinstance(function, types.FunctionType):
        return []
    code, names = function.__code__, function.__globals__
    held = [names[name] for name in code.co_names if name in names]
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # nothing is in it yet
            held.append(cell.cell_contents)
    return [each for each in held if _is_generator(each)]


def _is_generator(obj: object) -> bool:
    kind = type(obj)  # not obj.__class__, at which some proxies raise
    is_numpy = kind.__module__.startswith("numpy.random")
    named = is_numpy and kind.__name__ == "Generator"
    return named or (issubclass(kind, random.Random) and not issubclass(kind, random.SystemRandom))
