"""The grouped back end: large programs run without writing code for them.

Steps are sorted by depth and operation: steps of a group do not depend on each other, and one
native loop computes them all (``llvm/kernels.py``, compiled once for all programs). Numbers are
renumbered in that order, so that a group writes one run of memory; sorted by the places of their
operands, most operands lie side by side too, or all in one place, and need no list of places.
Preparing takes NumPy under a microsecond a step.

It gives the bits of every other back end, and pays where a program is large and wide: deep and
narrow ones have groups of a step or two.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from autograd.backends.binding import Binding
from autograd.backends.llvm.abi import Layout
from autograd.backends.llvm.kernels import ANYWHERE, ONE_PLACE, SIDE_BY_SIDE, kernels, runner
from autograd.errors import ExportError
from autograd.ir.function import Function

SHORTEST = 8  # steps that are worth a group without a list of places
WIDEST = 3  # operands


class Groups:
    """A program prepared: where its numbers lie, and the groups of steps in order.

    Attributes:
        size: how many numbers there are in memory.
        slots: where each number of the program lies.
        constants: the first place of the constants, and what they are.
        table: for each group a kernel's address and its arguments.
    """

    def __init__(self, function: Function) -> None:
        import numpy

        count, first = len(function), len(function.parameters)
        opcodes, operands = function.opcodes, function.operands
        level = levels_of(function)
        known = {name: place for place, name in enumerate(sorted(set(opcodes)))}
        names = list(known)
        kinds = numpy.array([known[opcode] for opcode in opcodes], dtype=numpy.int32)
        given = numpy.zeros((WIDEST, count), dtype=numpy.int32)
        for place in range(WIDEST):
            given[place] = [each[place] if len(each) > place else 0 for each in operands]
        arity = numpy.array([len(each) for each in operands], dtype=numpy.int32)
        held = numpy.array(level, dtype=numpy.int32)
        constants = numpy.array([*function.constants], dtype=numpy.int64)
        self.constants = first, numpy.array([*map(float, function.constants.values())])
        slots = numpy.full(count, -1, dtype=numpy.int32)
        slots[:first] = numpy.arange(first)
        slots[constants] = first + numpy.arange(len(constants))
        free = first + len(constants)
        steps = numpy.flatnonzero(held > 0)
        steps = steps[numpy.argsort(held[steps], kind="stable")]
        bounds = numpy.flatnonzero(numpy.diff(held[steps])) + 1
        kept: list[Any] = []
        for start, stop in zip([0, *bounds.tolist()], [*bounds.tolist(), len(steps)], strict=True):
            group = steps[start:stop]
            a, b = slots[given[0, group]], slots[given[1, group]]
            order = group[numpy.lexsort((b, a, kinds[group]))]
            slots[order] = free + numpy.arange(len(order))
            free += len(order)
            kept.append(order)
        order = numpy.concatenate(kept) if kept else numpy.zeros(0, dtype=numpy.int64)
        self.size, self.slots = int(free), slots
        self._lay_out(order, kinds, slots[given[:, order]], arity, held, names)

    def _lay_out(
        self, order: Any, kinds: Any, places: Any, arity: Any, level: Any, names: list[str]
    ) -> None:
        """Cut the steps into groups, and write the table of them."""
        import numpy

        begin = self.size - len(order)
        kind, depth, width = kinds[order], level[order], arity[order]
        same = (numpy.diff(kind) == 0) & (numpy.diff(depth) == 0)
        steps = numpy.diff(places, axis=1)
        for place in range(WIDEST):  # an operand that there is not lies in one place
            steps[place][width[1:] <= place] = 0
        regular = same & ((steps == 0) | (steps == 1)).all(axis=0)
        code = numpy.where(
            regular, steps[0] + 2 * steps[1] + 4 * steps[2], numpy.where(same, -1, -2)
        )
        edges = [0, *(numpy.flatnonzero(numpy.diff(code)) + 1).tolist(), len(code)]
        groups: list[tuple[int, int, int]] = []  # first, last, code
        at = 0
        for start, stop in pairwise(edges) if len(code) else ():
            pattern = int(code[start])
            if pattern >= 0 and stop - start + 1 >= SHORTEST and stop > at:
                first = max(start, at)
                if first > at:
                    self._cut(groups, at, first, same)
                groups.append((first, stop + 1, pattern))
                at = stop + 1
        self._cut(groups, at, len(order), same)
        lists = numpy.ascontiguousarray(places.astype(numpy.int32))
        self._lists = lists
        rows = []
        for first, last, pattern in groups:
            opcode, count = names[kind[first]], int(width[first])
            if pattern < 0:
                how = ANYWHERE * count
            else:
                how = "".join(
                    SIDE_BY_SIDE if pattern >> place & 1 else ONE_PLACE for place in range(count)
                )
            rows.append((opcode, how, first, last))
        addresses = kernels({(opcode, how) for opcode, how, _, _ in rows})
        table = numpy.zeros((len(rows), 9), dtype=numpy.int64)
        base = lists.ctypes.data
        stride = lists.shape[1] * 4
        firsts = numpy.array([row[2] for row in rows], dtype=numpy.int64)
        lasts = numpy.array([row[3] for row in rows], dtype=numpy.int64)
        table[:, 0] = [addresses[opcode, how] for opcode, how, _, _ in rows]
        table[:, 1] = lasts - firsts
        table[:, 2] = begin + firsts
        for place in range(WIDEST):
            if len(rows):
                table[:, 3 + place] = lists[place][firsts]
            table[:, 6 + place] = base + place * stride + 4 * firsts
        self.table = table

    @staticmethod
    def _cut(groups: list[tuple[int, int, int]], at: int, stop: int, same: Any) -> None:
        """Add the steps from one place to another as groups of equal operations."""
        import numpy

        if stop <= at:
            return
        inner = numpy.flatnonzero(~same[at : stop - 1]) + at + 1
        edges = [at, *inner.tolist(), stop]
        groups += [(first, last, -1) for first, last in pairwise(edges)]


def levels_of(function: Function) -> list[int]:
    """Return for each number how deep it is: 0 for parameters and constants."""
    level = [0] * len(function)
    operands = function.operands
    for number in range(len(function.parameters), len(function)):
        given = operands[number]
        if len(given) == 2:
            a, b = level[given[0]], level[given[1]]
            level[number] = (a if a > b else b) + 1
        elif given:
            level[number] = max([level[each] for each in given]) + 1
    return level


class Grouped:
    """A program without rows, called with numbers and arrays as native code is.

    Args:
        function: a program of primitives, without loops.
        layout: where its parameters and results lie.
        watched: whether a call tells of nans among the results.
    """

    level, shared, text = 0, 0, ""
    direct: Callable[..., float] | None = None

    def __init__(self, function: Function, layout: Layout, watched: bool) -> None:
        import numpy

        self._groups = groups = Groups(function)
        self._run = runner()
        self._watched = watched
        self._memory = threading.local()
        self.work = 8 * groups.size
        plain = [at for at, source in enumerate(layout.sources) if source.array is None]
        self._plain = numpy.array(plain, dtype=numpy.int64)
        self._arrays: list[tuple[int, slice]] = []
        for at, source in enumerate(layout.sources):
            if source.array is not None and source.offset == 0:
                stop = at
                while stop < len(layout.sources) and layout.sources[stop].array == source.array:
                    stop += 1
                self._arrays.append((source.array, slice(at, stop)))
        results = groups.slots[numpy.array(function.results, dtype=numpy.int64)]
        self._results = results
        self._numbers = numpy.array(
            [at for at, sink in enumerate(layout.sinks) if sink.array is None], dtype=numpy.int64
        )
        self._filled: list[tuple[int, slice]] = []
        at = 0
        while at < len(layout.sinks):
            array, stop = layout.sinks[at].array, at
            while stop < len(layout.sinks) and layout.sinks[stop].array == array:
                stop += 1
            if array is not None:
                self._filled.append((array, slice(at, stop)))
            at = stop

    def __call__(
        self, numbers: Sequence[float], arrays: Sequence[Any], rows: int | None = None
    ) -> list[float] | None:
        """Return the plain results, and fill the arrays of results; None where one is nan."""
        import numpy

        memory = getattr(self._memory, "numbers", None)
        if memory is None:
            memory = self._memory.numbers = numpy.empty(self._groups.size)
            first, constants = self._groups.constants
            memory[first : first + len(constants)] = constants
        memory[self._plain] = numbers
        for array, places in self._arrays:
            memory[places] = arrays[array].ravel()
        table = self._groups.table
        self._run(memory.ctypes.data, table.ctypes.data, len(table))
        results = memory[self._results]
        for array, places in self._filled:
            arrays[array].ravel()[:] = results[places]
        if self._watched and numpy.isnan(results).any():
            return None
        found: list[float] = results[self._numbers].tolist()
        return found

    def many_rows(self, *args: object) -> list[float] | None:
        """Refuse: there are no rows."""
        raise ExportError("the grouped back end takes programs without rows")


class _Bound:
    def __init__(self, function: Function) -> None:
        import numpy

        self._groups = Groups(function)
        self._results = self._groups.slots[numpy.array(function.results, dtype=numpy.int64)]

    def __call__(self, arguments: Sequence[float], rows: object = ()) -> list[float]:
        """Return the results."""
        import numpy

        memory = numpy.empty(self._groups.size)
        memory[: len(arguments)] = arguments
        first, constants = self._groups.constants
        memory[first : first + len(constants)] = constants
        table = self._groups.table
        runner()(memory.ctypes.data, table.ctypes.data, len(table))
        found: list[float] = memory[self._results].tolist()
        return found


def compile(function: Function, binding: Binding) -> _Bound:  # noqa: A001 - as in every back end
    """Return the function as groups of steps.

    Raises:
        ValueError: rows are mapped, which this back end does not serve.
    """
    if binding.mapped is not None:
        raise ExportError("the grouped back end takes programs without rows")
    return _Bound(function)
