"""Random numbers that a function draws while it is traced, which then stay for ever: a warning.

What is looked at costs less than 100 microseconds a trace: the state of ``random``, of
``numpy.random``, and of the generators that the function itself names: global ones, those of its
closure, its defaults, and attributes of the object whose method it is. One that is made inside, or
in what it calls, is not seen.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import random
import signal
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

from autograd.callsite import user_frame, warn_user
from autograd.compiler.static import WithStatic
from autograd.decorated import name_of

UNUSED = 624  # the place of a state of which no word has been used
FRESH = 623  # that of NumPy's when it is imported
MERSENNE_TWISTER = 625 * 4  # bytes of NumPy's: 624 words and the place among them


class Drawing:
    """Watches a function for random numbers from when it is made on.

    Args:
        function: the function that is about to be traced.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function
        self._generators = _generators_of(function)
        self._before: list[object] = []
        self._before = self._states()

    def _states(self) -> list[object]:
        found = [_state_of(generator) for generator in self._generators]
        before = self._before[1] if self._before else None
        return [_state_of(random), _state_of_numpy(before), *found]

    def warn(self) -> bool:
        """Warn if numbers were drawn since, at the line of the user's; return whether there were.

        The remedy is to draw outside of the function, and to pass the numbers in.
        """
        after = self._states()
        if self._before[1] is None and isinstance(after[1], tuple):  # imported by what was traced
            self._before[1] = (after[1][0], FRESH, 0)
        pairs = [*zip(self._before, after, strict=True)]
        known = [pair for pair in pairs if None not in pair]  # not imported since, nor unreadable
        if all(before == after for before, after in known):
            return False
        frame = user_frame()
        is_seed = all(before == after or _is_fresh(before, after) for before, after in known)
        what = (
            "set the seed of random numbers while it was traced, and no later call does: set it "
            "outside of the function"
            if is_seed
            else "drew random numbers while it was traced, and they are the same at every later "
            "call: draw them outside, and pass them in as an argument"
        )
        warn_user(f"jit: {name_of(self._function)} {what}", frame)
        return True


def _state_of(generator: object) -> object:
    """Return something of a generator's state that each draw changes; of an odd one, nothing.

    No function fails because its numbers are watched: a class of the user's may raise what it
    likes. What comes from elsewhere, as from a handler of signals, is passed on.
    """
    try:
        return _read(generator)
    except Exception as error:
        kind = type(getattr(generator, "bit_generator", generator))
        is_odd = kind is not random.Random and generator is not random
        if not is_odd or kind.__module__.startswith("numpy.random") or _is_of_a_handler(error):
            raise
        return None


def _is_of_a_handler(error: Exception) -> bool:
    """Return whether an error came through a function that handles signals."""
    handlers: list[Any] = [signal.getsignal(number) for number in signal.valid_signals()]
    codes = {getattr(getattr(each, "__func__", each), "__code__", None) for each in handlers}
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code in codes for frame, _ in frames)


def _read(generator: Any) -> object:
    if hasattr(generator, "bit_generator"):
        return _comparable(generator.bit_generator.state)
    if hasattr(generator, "get_state"):  # NumPy's RandomState
        return _comparable(generator.get_state(legacy=False))
    _, words, gauss = generator.getstate()
    return words[0], words[-1], gauss  # the last is the place, after 624 words all are new


def _comparable(state: Any) -> object:
    """Return a state whose ``==`` has one answer: an array of words as its bytes."""
    if isinstance(state, dict):
        return {name: _comparable(each) for name, each in state.items()}
    return state.tobytes() if hasattr(state, "tobytes") else state


def _is_fresh(before: object, after: object) -> bool:
    """Return whether new words stand where a state had others, and none of them has been used."""
    (words, _), (others, place) = _words_of(before), _words_of(after)
    return place == UNUSED and words != others


def _words_of(state: object) -> tuple[object, object]:
    """Return the words of a Mersenne Twister, or the first, and the place among them."""
    if isinstance(state, dict):
        words = state.get("state")
        return (words.get("key"), words.get("pos")) if isinstance(words, dict) else (None, None)
    return (state[0], state[1]) if isinstance(state, tuple) else (None, None)


def _state_of_numpy(before: object) -> object:
    """Return the state of ``numpy.random``, as it lies in memory: get_state takes 30 us.

    A second normal number is kept beside it from when the first is drawn. There is none where no
    word has been used, and where there was none before, only words can be drawn.
    """
    module: Any = sys.modules.get("numpy.random")
    if not hasattr(module, "get_bit_generator"):  # not imported, or a stand-in
        return None
    bits = module.get_bit_generator()
    if type(bits).__name__ != "MT19937":
        return _comparable(module.get_state(legacy=False))  # of one that was put in its place
    words = ctypes.string_at(bits.ctypes.state_address, MERSENNE_TWISTER)
    place = int.from_bytes(words[-4:], sys.byteorder)
    if place == UNUSED or (isinstance(before, tuple) and not before[2]):
        return words[:-4], place, 0
    return words[:-4], place, module.get_state(legacy=False)["has_gauss"]


def _generators_of(function: Any) -> list[object]:
    """Return the generators that a function names; those of its object if it is a method."""
    held: list[object] = []
    owner: object = None
    for _ in range(9):  # of grad(jit(f)) the innermost
        owner = getattr(function, "__self__", owner)
        if isinstance(function, functools.partial):
            held += [*function.args, *function.keywords.values()]
        elif isinstance(function, WithStatic):
            held += [*function.places.values(), *function.named.values()]
        for name in ("__wrapped__", "__func__", "func"):
            if hasattr(function, name):
                function = getattr(function, name)
                break
    if not isinstance(function, types.FunctionType):
        return []
    code, names = function.__code__, function.__globals__
    if owner is not None:
        kind = owner if isinstance(owner, type) else type(owner)
        held += getattr(owner, "__dict__", {}).values() if kind is not owner else ()
        held += [vars(c)[name] for c in kind.__mro__ for name in code.co_names if name in vars(c)]
    held += [names[name] for name in code.co_names if name in names]
    held += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # nothing is in it yet
            held.append(cell.cell_contents)
    return [each for each in held if _is_generator(each)]


def _is_generator(obj: object) -> bool:
    kind = type(obj)  # not obj.__class__, at which some proxies raise
    is_numpy = kind.__module__.startswith("numpy.random")
    named = is_numpy and kind.__name__ in ("Generator", "RandomState")
    return named or (issubclass(kind, random.Random) and not issubclass(kind, random.SystemRandom))
