"""A program as groups of equal steps, for one number at a time or for eight rows of it.

Steps are sorted by depth and operation: steps of a group do not depend on each other, and one
native loop computes them all (``llvm/kernels.py``, compiled once for all programs). Numbers are
renumbered in that order, so that a group writes one run of memory; sorted by the places of their
operands, most operands lie side by side too, or all in one place, and need no list of places.
Preparing takes NumPy under a microsecond a step.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from autograd.backends.llvm.abi import Layout
from autograd.backends.llvm.kernels import (
    ANYWHERE,
    NEAR,
    ONE_PLACE,
    ROWS,
    SIDE_BY_SIDE,
    kernels,
    runner,
)
from autograd.backends.llvm.vector_math import FUNCTIONS
from autograd.ir.function import Function

if TYPE_CHECKING:
    import numpy

Array: TypeAlias = "numpy.ndarray[Any, Any]"

SHORTEST = 8  # steps that are worth a group without a list of places
FEW = 20_000  # steps up to which such groups would not pay for the loops they need
WIDE = 32  # steps at each depth, on average, from which on there are such groups
WIDEST = 3  # operands


class Steps:
    """A program in flat arrays: opcode, operands and depth of each number."""

    def __init__(self, function: Function) -> None:
        import numpy

        opcodes, operands, count = function.opcodes, function.operands, len(function)
        known = {name: place for place, name in enumerate(sorted(set(opcodes)))}
        self.names = list(known)
        self.kinds = numpy.fromiter(map(known.__getitem__, opcodes), numpy.int32, count)
        self.arity = arity = numpy.fromiter(map(len, operands), numpy.int32, count)
        flat = numpy.fromiter(chain.from_iterable(operands), numpy.int32, int(arity.sum()))
        first = numpy.cumsum(arity) - arity
        self.given = given = numpy.zeros((WIDEST, count), dtype=numpy.int32)
        for place in range(WIDEST):
            there = numpy.flatnonzero(arity > place)
            given[place][there] = flat[first[there] + place]
        self.levels = numpy.array(levels_of(function), dtype=numpy.int32)
        self.numbers = numpy.array([*function.constants], dtype=numpy.int64)
        self.constants = numpy.array([*map(float, function.constants.values())])


class Groups:
    """Some steps of a program prepared: where its numbers lie, and the groups in order.

    Args:
        steps: the program.
        outside: the numbers that are there before, in the order in which they lie in memory.
        own: those that are computed.

    Attributes:
        size: how many numbers there are in memory.
        slots: where each number of the program lies.
        table: for each group a kernel's address and its arguments.
    """

    def __init__(self, steps: Steps, outside: Array, own: Array) -> None:
        import numpy

        kinds, held = steps.kinds, steps.levels
        slots = numpy.full(len(kinds), -1, dtype=numpy.int32)
        slots[outside] = numpy.arange(len(outside))
        free = len(outside)
        deepest = int(held.max()) if len(held) else 0
        if len(own) <= max(FEW, WIDE * deepest):  # small or narrow: no runs are looked for
            order = own[numpy.lexsort((own, kinds[own], held[own]))]
            self.size, self.slots = free + len(order), slots
            slots[order] = numpy.arange(free, self.size)
            self._lay_out_lists(order, steps)
            return
        own = own[numpy.argsort(held[own], kind="stable")]
        bounds = numpy.flatnonzero(numpy.diff(held[own])) + 1
        kept: list[Any] = []
        for start, stop in zip([0, *bounds.tolist()], [*bounds.tolist(), len(own)], strict=True):
            group = own[start:stop]
            if len(group) > 1:
                a, b = slots[steps.given[0, group]], slots[steps.given[1, group]]
                group = group[numpy.lexsort((b, a, kinds[group]))]
            slots[group] = numpy.arange(free, free + len(group))
            free += len(group)
            kept.append(group)
        order = numpy.concatenate(kept) if kept else own
        self.size, self.slots = int(free), slots
        self._lay_out(order, kinds, slots[steps.given[:, order]], steps.arity, held, steps.names)

    def forgotten(self) -> Array:
        """Return where each number of the program lies, and forget it."""
        slots = self.slots
        del self.slots
        return slots

    def _lay_out_lists(self, order: Array, steps: Steps) -> None:
        """Write a table of groups all of whose operands lie anywhere."""
        import numpy

        kind, depth = steps.kinds[order], steps.levels[order]
        is_first = numpy.ones(len(order), dtype=bool)
        is_first[1:] = (numpy.diff(kind) != 0) | (numpy.diff(depth) != 0)
        firsts = numpy.flatnonzero(is_first)
        wanted = {}
        for each in numpy.unique(kind).tolist():
            place = order[numpy.argmax(kind == each)]
            wanted[each] = steps.names[each], ANYWHERE * int(steps.arity[place])
        addresses = kernels(set(wanted.values()))
        of_kind = numpy.zeros(len(steps.names), dtype=numpy.int64)
        for each, kernel in wanted.items():
            of_kind[each] = addresses[kernel]
        used = int(steps.arity[order].max()) if len(order) else 0
        self._lists = numpy.ascontiguousarray(self.slots[steps.given[:used, order]])
        self.table = table = numpy.zeros((len(firsts), 9), dtype=numpy.int64)
        table[:, 0] = of_kind[kind[firsts]]
        table[:, 1] = numpy.diff(firsts, append=len(order))
        table[:, 2] = self.size - len(order) + firsts
        for place in range(used):
            table[:, 6 + place] = self._lists.ctypes.data + 4 * (place * len(order) + firsts)

    def _lay_out(
        self,
        order: Array,
        kinds: Array,
        places: Array,
        arity: Array,
        level: Array,
        names: list[str],
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
        used = int(width.max()) if len(order) else 0
        is_listed = numpy.zeros(len(order) + 1, dtype=bool)
        for first, last, pattern in groups:
            if pattern < 0:
                is_listed[first:last] = True
        self._lists = lists = numpy.ascontiguousarray(places[:used, is_listed[:-1]])
        listed = numpy.cumsum(is_listed) - is_listed  # where a step is among those
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
                table[:, 3 + place] = places[place][firsts]
            if place < used:
                table[:, 6 + place] = base + place * stride + 4 * listed[firsts]
        self.table = table

    @staticmethod
    def _cut(groups: list[tuple[int, int, int]], at: int, stop: int, same: Array) -> None:
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


class RowGroups:
    """Some steps of a program prepared for numbers of eight rows each.

    A vector takes a line of the cache, so what nothing reads any more makes room for what follows,
    and operands and results lie anywhere.

    Args:
        steps: the program.
        outside: the numbers that are there before, in the order in which they lie in memory.
        own: those that are computed.
        results: those that are wanted in the end.
        exact: whether bits must be the eager engine's, without vector functions.

    Attributes:
        size: how many numbers there are in memory.
        delivered: where the results lie.
        table: for each group a kernel's address and its arguments.
    """

    def __init__(
        self, steps: Steps, outside: Array, own: Array, results: Array, exact: bool
    ) -> None:
        import numpy

        order = own[numpy.lexsort((own, steps.kinds[own], steps.levels[own]))]
        kind, depth, width = steps.kinds[order], steps.levels[order], steps.arity[order]
        given = steps.given[:, order]
        is_first = numpy.ones(len(order), dtype=bool)
        is_first[1:] = (numpy.diff(kind) != 0) | (numpy.diff(depth) != 0)
        firsts = numpy.flatnonzero(is_first)
        group = numpy.cumsum(is_first) - 1
        last = numpy.full(len(steps.kinds), len(firsts))  # the group that reads a number last
        last[order] = group
        for place in range(WIDEST):
            has = width > place
            numpy.maximum.at(last, given[place][has], group[has])
        last[results] = len(firsts)
        ending = order[numpy.argsort(last[order], kind="stable")]
        ends = numpy.searchsorted(last[ending], numpy.arange(len(firsts)), side="right").tolist()
        slots = numpy.full(len(steps.kinds), 0, dtype=numpy.int32)
        slots[outside] = numpy.arange(len(outside))
        places = slots.tolist()
        free: list[int] = []
        size, at, waiting = len(outside), 0, ending.tolist()
        numbers = order.tolist()
        edges = [*firsts.tolist(), len(order)]
        for place, stop in enumerate(ends):
            for number in numbers[edges[place] : edges[place + 1]]:
                if free:
                    places[number] = free.pop()
                else:
                    places[number] = size
                    size += 1
            free += [places[number] for number in waiting[at:stop]]
            at = stop
        slots = numpy.array(places, dtype=numpy.int32)
        self.size, self.delivered = size, slots[results]
        used = int(width.max()) if len(order) else 0
        self._lists = lists = numpy.ascontiguousarray(
            numpy.stack([slots[order], *[slots[given[place]] for place in range(used)]])
        )
        opcodes = [steps.names[each] for each in kind[firsts].tolist()]
        near = frozenset() if exact else frozenset(FUNCTIONS)
        wanted = [(opcode, NEAR if opcode in near else ROWS) for opcode in opcodes]
        addresses = kernels(wanted)
        self.table = table = numpy.zeros((len(firsts), 9), dtype=numpy.int64)
        table[:, 0] = [addresses[kernel] for kernel in wanted]
        table[:, 1] = numpy.diff(edges)
        for place in range(1 + used):  # the list of the results first
            column = 2 if place == 0 else 5 + place
            table[:, column] = lists.ctypes.data + 4 * (place * len(order) + firsts)


class Once:
    """Groups of single numbers, called with numbers and arrays as native code is.

    Args:
        steps: the program.
        layout: where its parameters lie.
        own: the steps to compute; they depend on no row.
        wanted: the numbers to return.
    """

    def __init__(self, steps: Steps, layout: Layout, own: Array, wanted: Array) -> None:
        import numpy

        sources = layout.sources
        parameters = [at for at, source in enumerate(sources) if source.row is None]
        place = {at: index for index, at in enumerate(parameters)}
        self._constants, self._first = steps.constants, len(parameters)
        outside = numpy.array([*parameters, *steps.numbers.tolist()], dtype=numpy.int64)
        self.groups = Groups(steps, outside, own)
        self._run = runner()
        self._memory = threading.local()
        self._wanted = self.groups.forgotten()[wanted]
        plain = [place[at] for at in parameters if sources[at].array is None]
        self._plain = numpy.array(plain, dtype=numpy.int64)
        self._arrays: list[tuple[int, slice]] = []
        for at in parameters:
            source = sources[at]
            if source.array is not None and source.offset == 0:
                stop = at
                while stop < len(sources) and sources[stop].array == source.array:
                    stop += 1
                self._arrays.append((source.array, slice(place[at], place[at] + stop - at)))

    def __call__(self, numbers: Sequence[float], arrays: Sequence[Array]) -> Array:
        """Return the wanted numbers, in an array."""
        memory = getattr(self._memory, "numbers", None)
        if memory is None:
            import numpy

            memory = numpy.empty(self.groups.size)
            memory[self._first : self._first + len(self._constants)] = self._constants
            table = self.groups.table
            self._memory.call = memory.ctypes.data, table.ctypes.data, len(table)
            self._memory.numbers = memory
        if numbers:
            memory[self._plain] = numbers
        for array, places in self._arrays:
            memory[places] = arrays[array].ravel()
        self._run(*self._memory.call)
        return memory[self._wanted]
