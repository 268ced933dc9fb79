"""Which tier runs a program: what is ready soonest at once, better code once it is called often.

Groups of equal steps (``backends/grouped.py``) need no code of their own, so that a first call need
not wait for LLVM, nor do loops of few steps, which the interpreter runs; other small programs and
loops begin as code that LLVM writes without optimising it, in a third of the time. What has been
called often enough is compiled in a thread, which takes over between two calls. All give the same
bits, so it does not matter which one answered. When code is made depends on the count of calls and
of steps alone. The thread ends when there is nothing left to compile, holds no program that was
dropped, and is waited for when Python ends: for one module at most.
"""

from __future__ import annotations

import _thread
import atexit
import contextlib
import os
import time
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from autograd.backends.binding import LANES, Array
from autograd.backends.grouped import Grouped
from autograd.backends.interpreted import InterpretedProgram, may_be_short
from autograd.backends.interpreter import SpentError
from autograd.backends.llvm import engine
from autograd.backends.llvm.abi import Layout
from autograd.backends.llvm.executable import Native
from autograd.backends.llvm.grouped_rows import GroupedRows
from autograd.backends.llvm.loops import is_structured
from autograd.backends.llvm.module import LARGE
from autograd.errors import ArgumentError
from autograd.ir.function import Function
from autograd.wording import brief

TIERS = ("llvm", "grouped", "interpreted")
SMALL, SMALL_OF_ROWS = 500, 150  # steps, inputs and results up to which LLVM is ready as soon
GROUPS, INTERPRETER = "the tier of groups of equal steps", "the interpreter"
OF_CODE = 0.33  # nanoseconds that a step takes in LLVM's code of a large program, roughly
HUGE = 400_000  # steps from which on code of its own costs more than it could save
HOT, HOT_LARGE = 1_000, 10_000  # calls after which LLVM's code is made
INTERPRETED = 1_500  # instructions of a loop that the interpreter runs while LLVM would begin
HOT_INTERPRETED = 2  # calls of such a loop after which LLVM's code is made
HOT_LOOPS = 10  # likewise calls of a program with loops, each of which may take long;
VECTORS_OF_LOOPS = 100  # so many vectors of eight rows are as a call
HOT_ROWS, HOT_LARGE_ROWS = 8_000, 100_000  # likewise vectors of eight rows


def checked_tier(tier: object) -> str | None:
    """Return which tier runs programs, by the argument of ``jit`` or else ``AUTOGRAD_TIER``.

    Raises:
        TypeError: there is none of that name.
    """
    wish = tier if tier is not None else os.environ.get("AUTOGRAD_TIER") or None
    if wish is None or wish in TIERS:
        return wish
    where = "jit: tier" if tier is not None else "AUTOGRAD_TIER"
    raise ArgumentError(f"{where} is one of {', '.join(TIERS)}, and was {brief(wish, 40)}")


Running: TypeAlias = Native | Grouped | InterpretedProgram


class Plan:
    """A program and how it is to be run.

    Attributes:
        can_group: whether groups can run it: loops are for LLVM alone.
        starts_grouped: whether they do at first.
        starts_interpreted: whether the interpreter does, which needs no code either.
        starts_quick: whether code that is not optimised does.
        is_worth_code: whether better code takes over once it is called often.
        hot: after how many calls, or vectors of eight rows: what is large takes LLVM longer than it
            saves in few calls.

    Args:
        rows: how many rows the first call has.
    """

    def __init__(
        self, function: Function, layout: Layout, exact: bool, alone: bool, watched: bool,
        tier: str | None, rows: int | None = None,
    ) -> None:  # fmt: skip
        self.name, self._tier = function.name, tier
        self._given: Any = function, layout, exact, alone, watched
        self.can_group = not is_structured(function)
        size = len(function) - len(function.parameters) + len(function.results)
        size += sum(source.row is not None for source in layout.sources)
        is_small = size <= (SMALL_OF_ROWS if layout.mapped else SMALL)
        self.starts_grouped = self.can_group and tier != "llvm"
        self.starts_grouped &= tier == "grouped" or not is_small
        self.starts_quick = tier is None and not self.starts_grouped
        self.is_worth_code = tier is None and len(function) <= HUGE
        self._nanoseconds = OF_CODE * len(function) if len(function) > LARGE else 0.0
        counts = (HOT_ROWS, HOT_LARGE_ROWS) if layout.mapped else (HOT, HOT_LARGE)
        self.hot, self._unit = counts[size > LARGE], 1
        if not self.can_group:
            self.hot, self._unit = HOT_LOOPS, VECTORS_OF_LOOPS
        self.starts_quick &= self.calls_of(rows) < self.hot  # else it would be hot at once
        can_interpret = exact and (tier == "interpreted" or not layout.mapped)
        self.starts_interpreted = can_interpret and tier in (None, "interpreted")
        if tier is None:
            is_short = not self.can_group and may_be_short(function, INTERPRETED)
            self.starts_interpreted &= is_short
            if self.starts_interpreted:
                self.hot = HOT_INTERPRETED

    def is_no_better_than(self, native: Answering) -> bool:
        """Return whether code is: that of a large program is read anew from far at every call."""
        if isinstance(native, Short | InterpretedProgram):
            return False
        if isinstance(native, Grouped):
            return native.nanoseconds < self._nanoseconds
        return not isinstance(native, GroupedRows) and not native.is_quick

    def calls_of(self, rows: int | None) -> int:
        """Return how many calls a call with so many rows counts for."""
        return 1 if rows is None else 1 + (rows - 1) // (LANES * self._unit)

    def put_away(self, kept: object) -> None:
        """Keep the program in compact form, of which groups are made, until it may be compiled."""
        self._given = kept, *self._given[1:]

    def first(self) -> Answering:
        """Return what answers the first call."""
        if self.starts_interpreted:
            return self.interpreted() if self._tier else Short(self)
        if self.starts_grouped:
            return self.groups()
        try:
            return self.code(self.starts_quick)
        except RuntimeError as error:  # LLVM's
            return self.without_code(error)

    def without_code(self, error: RuntimeError) -> Running:
        """Return what runs a program that LLVM could not compile."""
        if not (self.can_group or self._given[2]):
            raise error
        self.is_worth_code = False
        _warn(self.name, error, GROUPS if self.can_group else INTERPRETER)
        return self.groups() if self.can_group else self.interpreted()

    def interpreted(self, most: int | None = None) -> InterpretedProgram:
        """Return the program as the interpreter runs it."""
        _, layout, _, _, watched = self._given
        return InterpretedProgram(self._whole(), layout, watched, most)

    def groups(self) -> Native | Grouped:
        """Return the program as groups of equal steps."""
        function, layout, exact, _, watched = self._given
        if layout.mapped:
            return GroupedRows(function, layout, watched, exact, self.is_worth_code)
        return Grouped(function, layout, watched, exact)

    def code(self, quick: bool = False) -> Native:
        """Return the program as code of its own; not optimised if it has to be quick."""
        _, layout, exact, alone, watched = self._given
        return Native(self._whole(), layout, exact, alone, watched, quick=quick)

    def _whole(self) -> Function:
        """Return the program, made anew if it has been put away."""
        kept = self._given[0]
        found: Function = kept if isinstance(kept, Function) else kept.unpacked()
        return found


class Short:
    """A loop that the interpreter runs until a call takes too many steps: then code is made."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.running: Running = plan.interpreted(INTERPRETED)

    def __call__(
        self, numbers: Sequence[float], arrays: Sequence[Array], rows: int | None = None
    ) -> list[float] | None:
        """Call it."""
        try:
            return self.running(numbers, arrays, rows)
        except SpentError:
            try:
                self.running = self._plan.code(quick=True)
            except RuntimeError as error:
                self.running = self._plan.without_code(error)
            return self.running(numbers, arrays, rows)

    def many_rows(
        self, numbers: Sequence[float], arrays: list[Array], staged: dict[int, object], rows: int
    ) -> list[float] | None:
        """Call it: what runs such a program refuses rows."""
        return self.running.many_rows(numbers, arrays, staged, rows)


Answering: TypeAlias = "Running | Short"


class Warming:
    """What answers first and counts its calls, until better code takes over."""

    def __init__(self, native: Answering, plan: Plan, when_hot: Callable[[], None]) -> None:
        self.native = native
        self._calls_of = plan.calls_of
        self._left = plan.hot
        self._when_hot: Callable[[], None] | None = when_hot

    def _count(self, calls: int) -> None:
        self._left -= calls
        if self._left <= 0 and self._when_hot is not None:
            when_hot, self._when_hot = self._when_hot, None
            when_hot()

    def counted(self, short: Callable[..., object]) -> Callable[..., object]:
        """Return a short way to call it, in which calls are counted too."""

        def call(*numbers: float) -> object:
            self._left -= 1
            if self._left <= 0:
                self._count(0)
            return short(*numbers)

        return call

    def __call__(
        self, numbers: Sequence[float], arrays: Sequence[Array], rows: int | None = None
    ) -> list[float] | None:
        """Call it."""
        self._count(self._calls_of(rows))
        return self.native(numbers, arrays, rows)

    def many_rows(
        self, numbers: Sequence[float], arrays: list[Array], staged: dict[int, object], rows: int
    ) -> list[float] | None:
        """Call it."""
        self._count(self._calls_of(rows))
        return self.native.many_rows(numbers, arrays, staged, rows)


def running(executable: object, plan: Plan, kept: object) -> Answering | Warming:
    """Return what answers the calls of an executable; code takes its place once it is hot.

    Until then the program is kept in compact form.
    """
    native = plan.first()
    if not plan.is_worth_code or plan.is_no_better_than(native):
        return native
    reference = weakref.ref(executable)
    plan.put_away(kept)
    return Warming(native, plan, lambda: _enqueue(reference, plan))


# -- the thread ----------------------------------------------------------------------------------

Reference: TypeAlias = "weakref.ref[Any]"  # an executable that may be gone
Job = tuple[Reference, Plan]
_jobs: deque[Job] = deque()
_compiling = _thread.allocate_lock()  # of the one thread that compiles, or waits for its end
_ending = False
MOST_INTERRUPTS = 100  # of the last step of Python's end


def _enqueue(reference: Reference, plan: Plan) -> None:
    """Have a program compiled, by the thread that does so.

    It is started without ``threading.Thread``, and no lock is taken here: an interrupt of the main
    thread could leave one taken.
    """
    if _ending:
        return
    job = reference, plan
    _jobs.append(job)
    try:
        _thread.start_new_thread(_compile, ())
    except RuntimeError:  # there are no threads: the groups go on
        with contextlib.suppress(ValueError):  # another thread has taken it
            _jobs.remove(job)


def _compile() -> None:
    """Compile what waits, unless another thread does."""
    while _jobs and not _ending and _compiling.acquire(blocking=False):
        _compile_all()


def _compile_all() -> None:
    """Compile what waits, one program after the other, and let go of the lock."""
    try:
        while _jobs and not _ending:
            with contextlib.suppress(Warning, IndexError):  # an error by wish; taken back meanwhile
                _compile_one(*_jobs.popleft())
    finally:
        _compiling.release()


def _compile_one(reference: Reference, plan: Plan) -> None:
    engine.background.wanted = lambda: reference() is not None and not _ending
    try:
        engine.checkpoint()
        native = plan.code()
    except engine.Stopped:
        return
    except Exception as error:
        runs = GROUPS if plan.starts_grouped else "code that is not optimised"
        _warn(plan.name, error, INTERPRETER if plan.starts_interpreted else runs)
        return
    finally:
        engine.background.wanted = None
    executable = reference()
    if executable is not None:
        executable.take_over(native)


def finish() -> None:
    """Wait until all that is hot has been compiled."""

    def wait() -> None:
        _compiling.acquire()
        _compile_all()
        _compile()  # what became hot just before the lock was let go

    engine.apart_from_signals(wait)


def _warn(name: str, error: BaseException, runs: str) -> None:
    why = str(error)
    why = why if len(why) <= 200 else f"{why[:197]}..."
    warnings.warn(
        f"jit: LLVM could not compile {name} ({why}): {runs} runs it, with the same results",
        RuntimeWarning,
        stacklevel=2,
    )


def _end() -> None:
    """Let the thread end; what LLVM is compiling is waited for, also where signals raise meanwhile.

    After Ctrl-C, too, Python must not end while a thread is in LLVM: that ends in a crash.
    """
    global _ending
    raised: BaseException | None = None
    has_ended, attempts = False, 0
    while not has_ended:
        try:
            _ending = True
            while _compiling.locked() or engine.is_running():
                time.sleep(engine.BRIEF)
            attempts += 1
            engine.finish_freeing()
            has_ended = True
        except BaseException as error:
            raised, has_ended = error, attempts > MOST_INTERRUPTS
    if raised is not None:
        raise raised


def _in_child() -> None:
    """Begin anew in a forked child, where there is no thread."""
    global _compiling
    _compiling = _thread.allocate_lock()
    _jobs.clear()


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
