"""The ways through a function whose Python decides by numbers, each compiled when first met.

Tracing follows ``if``, ``and``, ``max`` and so on by the numbers of the call at hand, and the
program tells besides its results whether all these decisions are the same for the numbers it was
given. A call takes the results of a way that says so; if none does, the function is traced for it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from autograd.compiler.bindings import Arguments, array_module
from autograd.compiler.executable import Executable
from autograd.engine.value import Value
from autograd.errors import TraceError

MAX_PATHS = 64


class Paths:
    """The ways that have been compiled for one structure of arguments, the newest first.

    Args:
        first: the first of them.
        trace_again: compiles the way that a call (or one of its rows) takes.
        reduce: what becomes of the results of rows.
        max_paths: how many ways there may be.
        name: the function's name.
    """

    def __init__(
        self,
        first: Executable,
        trace_again: Callable[[tuple[Any, ...], Any, int], Executable],
        reduce: str | None,
        max_paths: int,
        name: str,
    ) -> None:
        self.executables = [first]
        self.reduce = reduce
        self._trace_again = trace_again
        self._max_paths = max_paths
        self._name = name

    @property
    def captured(self) -> list[Value]:
        """The Values that any of the ways captures."""
        found = {id(value): value for each in self.executables for value in each.captured}
        return list(found.values())

    def __call__(self, given: Arguments, args: tuple[Any, ...], axes: Any) -> Any:
        """Return the results of the way that the call takes, each row its own."""
        if given.rows is not None:
            return self._rows(given, args, axes)
        for executable in tuple(self.executables):
            results, holds = executable(given)
            if holds:
                return results
        results, holds = self._added(args, axes, 0)(given)
        if not holds:
            raise self._unsteady()
        return results

    def _added(self, args: tuple[Any, ...], axes: Any, row: int) -> Executable:
        """Trace the way that a row takes."""
        if len(self.executables) >= self._max_paths:
            line = [*self.executables[0].guards.values()][-1].line
            raise TraceError(
                f"{self._name} takes more than {self._max_paths} ways, decided by traced numbers; "
                f"one decision is at {line}\nEach way is compiled by itself. Write "
                f"autograd.where(condition, a, b), maximum or minimum where many decisions do not "
                f"depend on each other, or allow more: jit(f, max_paths=...)."
            )
        executable = self._trace_again(args, axes, row)
        structure = self.executables[0].traced.structure
        is_steady = all(_part_by_decisions(executable, other) for other in self.executables)
        if executable.traced.structure != structure or not is_steady:
            raise self._unsteady()
        self.executables.insert(0, executable)
        return executable

    def _unsteady(self) -> TraceError:
        return TraceError(
            f"{self._name} is not the same function at every call: traced for the numbers of one "
            f"call, it decided otherwise than for the same numbers before, or returned another "
            f"structure. Leave random numbers and global state out, or give them as arguments."
        )

    def _rows(self, given: Arguments, args: tuple[Any, ...], axes: Any) -> Any:
        """Run each way on the rows that are left, and put their results together."""
        numpy = array_module()
        first = self.executables[0]
        if not given.rows:
            columns = first.columns(given)[:-1]
        else:
            columns = []
            left = numpy.arange(given.rows)
            known = list(self.executables)
            while len(left):
                is_new = not known
                executable = known.pop(0) if known else self._added(args, axes, int(left[0]))
                *found, holds = executable.columns(_rows_of(given, executable, left))
                own = holds == 1.0
                if is_new and not own[0]:
                    raise self._unsteady()
                if not columns:
                    columns = [numpy.empty((given.rows, *each.shape[1:])) for each in found]
                for column, part in zip(columns, found, strict=True):
                    column[left[own]] = part[own]
                left = left[~own]
        if self.reduce is None:
            return first.together(columns)
        return first.reduced(columns, self.reduce)


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
