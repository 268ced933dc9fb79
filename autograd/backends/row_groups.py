"""A program as groups of equal steps, for eight rows of it side by side (see ``groups.py``)."""

from __future__ import annotations

from autograd.backends.binding import Array
from autograd.backends.llvm.kernels import NEAR, ROWS, empty_table, kernels
from autograd.backends.llvm.vector_math import FUNCTIONS
from autograd.backends.steps import WIDEST, Steps


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
        table: the groups in order.
        lists: places of results and operands.
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
        # The places of the results first.
        self.lists = numpy.concatenate([slots[order], *[slots[given[at]] for at in range(used)]])
        opcodes = [steps.names[each] for each in kind[firsts].tolist()]
        near = frozenset() if exact else frozenset(FUNCTIONS)
        wanted = [(opcode, NEAR if opcode in near else ROWS) for opcode in opcodes]
        addresses = kernels(wanted)
        self.table = table = empty_table(len(firsts))
        table["kernel"] = [addresses[kernel] for kernel in wanted]
        table["count"] = numpy.diff(edges)
        table["result"] = firsts
        for place in range(used):
            table["operands"][:, place] = (1 + place) * len(order) + firsts
