"""The ways through a function with Python decisions on numbers, each compiled when first met.

Tracing follows ``if``, ``and``, ``max`` and so on by the numbers of the call at hand, and the
program tells besides its results whether all these decisions are the same for the numbers it was
given. A call takes the results of a way that says so; if none does, the function is traced for it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

from autograd.compiler.bindings import Arguments, array_module
from autograd.compiler.executable import Executable
from autograd.compiler.together import Together, together
from autograd.engine.modes import current, derivatives
from autograd.engine.value import Value
from autograd.errors import TraceError
from autograd.locks import new_lock
from autograd.wording import counted

MAX_PATHS = 64


class CapturedAnew(Exception):  # noqa: N818 - caught by the call that it happens in
    """While a derivative is taken, a way was met that captures Values: the call begins again."""


class ConvertedAnew(Exception):  # noqa: N818 - caught by the call that it happens in
    """A way decided so often that ``if`` is made a choice: the call begins again."""


class Paths:
    """The ways that have been compiled for one structure of arguments, the newest first.

    Args:
        first: the first of them.
        trace_again: compiles the way that a call (or one of its rows) takes.
        convert: makes choices of all ``if`` that can be, and says whether any could.
        reduce: what becomes of the results of rows.
        max_paths: how many ways there may be.
        name: the function's name.
    """

    def __init__(
        self,
        first: Executable,
        trace_again: Callable[[tuple[object, ...], object, int], Executable],
        convert: Callable[[tuple[object, ...], object, int], bool],
        reduce: str | None,
        max_paths: int,
        name: str,
    ) -> None:
        self.executables = [first]
        self.reduce = reduce
        self._trace_again = trace_again
        self._convert = convert
        self._max_paths = max_paths
        self._name = name
        self._lock = new_lock()
        self._together: Together | None = None  # the first so many ways as one program
        self._joined = 0

    @property
    def captured(self) -> list[Value]:
        """The Values that any of the ways captures."""
        found = {id(value): value for each in self.executables for value in each.captured}
        return list(found.values())

    def __call__(self, given: Arguments, args: tuple[object, ...], axes: object) -> object:
        """Return the results of the way that the call takes, each row its own."""
        if given.rows is not None:
            return self._rows(given, args, axes)
        known: list[Executable] = []
        while True:
            for executable in self._others(known):
                known.append(executable)
                results, holds = executable(given)
                if holds:
                    return results
            added = self._added(known, args, axes, 0)
            if added is not None:
                results, holds = added(given)
                if holds or not added.exact:  # then the last bits decide, and both are right
                    return results
                raise self._unsteady()

    def _others(self, known: list[Executable]) -> list[Executable]:
        return [each for each in tuple(self.executables) if each not in known]

    def _added(
        self, known: list[Executable], args: tuple[object, ...], axes: object, row: int
    ) -> Executable | None:
        """Trace the way that a row takes; None where another thread has added ways meanwhile."""
        with self._lock:
            if self._others(known):
                return None
            if len(self.executables) >= self._max_paths:
                if self._convert(args, axes, row):
                    raise ConvertedAnew
                raise too_many(self._name, self._max_paths, self.executables[0])
            executable = self._trace_again(args, axes, row)
            structure, found = (
                each.traced.structure.parts[0] for each in (self.executables[0], executable)
            )
            if found != structure:
                raise TraceError(
                    f"{self._name} returned {structure} on one way and {found} on another: return "
                    f"the same structure on every way"
                )
            if executable.exact and not all(
                _part_by_decisions(executable, other) for other in self.executables
            ):
                raise self._unsteady()
            self.executables.insert(0, executable)
            if executable.captured and derivatives() and current().recording:
                raise CapturedAnew
            return executable

    def _unsteady(self) -> TraceError:
        return TraceError(
            f"{self._name} is not the same function at every call: traced for the numbers of one "
            f"call, it decided otherwise than for the same numbers before, or did other operations "
            f"before it decided. Leave random numbers and global state out, or make them arguments."
        )

    def _rows(self, given: Arguments, args: tuple[object, ...], axes: object) -> object:
        """Run each way on the rows that are left, and put their results together."""
        numpy = array_module()
        if given.rows and self._together is not None:
            answer = self._together.answered(given)
            if answer is not None:
                return answer[0]
        before = len(self.executables)
        first = self.executables[0]
        if not given.rows:
            columns = first.columns(given)[:-1]
        else:
            columns = []
            left = numpy.arange(given.rows)
            known: list[Executable] = []
            while len(left):
                waiting = self._others(known)
                is_new = not waiting
                added = self._added(known, args, axes, int(left[0])) if is_new else waiting[0]
                if added is None:
                    continue
                known.append(added)
                *found, holds = added.columns(_rows_of(given, added, left))
                own = holds == 1.0
                if is_new and not own[0]:
                    if added.exact:
                        raise self._unsteady()
                    own[0] = True  # the last bits decide, and both ways are right
                if not columns:
                    columns = [numpy.empty((given.rows, *each.shape[1:])) for each in found]
                for column, part in zip(columns, found, strict=True):
                    column[left[own]] = part[own]
                left = left[~own]
        if len(self.executables) == before and before != self._joined:
            with self._lock:  # no way was new: all that are known become one program
                self._joined = before
                self._together = together(self.executables[::-1], self.reduce)
        if self.reduce is None:
            return first.together(columns)
        return first.reduced(columns, self.reduce)


def too_many(name: str, max_paths: int, last: Executable) -> TraceError:
    """Return the error for more ways than are allowed."""
    line = [*last.guards.values()][-1].line
    return TraceError(
        f"{name} takes more than {counted(max_paths, 'way')}, decided by traced numbers; "
        f"one decision is at {line}\nEach way is compiled by itself. Write "
        f"autograd.where(condition, a, b), maximum or minimum where many decisions do not "
        f"depend on each other, or allow more: jit(f, max_paths=...)."
    )


def _part_by_decisions(one: Executable, other: Executable) -> bool:
    """Return whether two ways do the same up to where a decision first differs."""
    for a, b in zip(one.guards.values(), other.guards.values(), strict=False):
        if a.fingerprint != b.fingerprint:
            return False
        if a.outcome != b.outcome:
            return True
    return False


def _rows_of(given: Arguments, executable: Executable, rows: Sequence[int]) -> Arguments:
    """Return the arguments with some of their rows."""
    if len(rows) == given.rows:
        return given
    part = copy.copy(given)
    sources = executable.layout.sources
    mapped = {source.array for source in sources if source.row is not None}
    part.arrays = [
        array[rows] if place in mapped else array for place, array in enumerate(given.arrays)
    ]
    part.rows = len(rows)
    return part
