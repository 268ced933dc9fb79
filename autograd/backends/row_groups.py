"""A program as groups of equal steps, for eight rows of it side by side (see ``groups.py``)."""

from __future__ import annotations

from autograd.backends.binding import LANES, Array
from autograd.backends.llvm.kernels import (
    NEAR,
    ROWS,
    SHARED,
    SUMMED,
    SYMMETRIC,
    empty_table,
    kernels,
)
from autograd.backends.llvm.vector_math import FUNCTIONS
from autograd.backends.steps import WIDEST, Steps
from autograd.table import rows as ops


class RowGroups:
    """Some steps of a program prepared for numbers of eight rows each.

    A vector fills a line of the cache. So the place of a number that nothing reads any more is
    given to a later one, and operands and results may lie anywhere. A number that all rows share
    stands in memory once for the steps that can read a single number, so that weights stay in the
    cache. A product that nothing reads, except that it is a result to be summed, is added to its
    sum at once; the sums lie just before the numbers, so the place of such a product is negative.

    Args:
        steps: the program.
        shared: the numbers that all rows share.
        inputs: those that are there before and differ from row to row.
        own: those that are computed.
        results: those that are wanted in the end.
        exact: whether bits must be the eager engine's, without vector functions.
        sums: whether results are summed.

    Attributes:
        shared: the numbers that all rows share, in the order in which they are to be handed over.
        once: how many of them stand in memory once: the first ones, at its beginning.
        lanes: the index of the first that stands in all lanes, after those that stand once.
        inputs: where the inputs lie, in order.
        size: how many numbers there are in memory.
        delivered: where the results lie that have not been added to their sums; with sums, followed
            by the indices of these results.
        given_rows: where in memory the mask of the rows that exist must stand; None if no step
            reads it.
        table: the groups in order.
        lists: places of results and operands.
    """

    def __init__(
        self,
        steps: Steps,
        shared: Array,
        inputs: Array,
        own: Array,
        results: Array,
        exact: bool,
        sums: bool,
    ) -> None:
        import numpy

        is_shared = numpy.zeros(len(steps.kinds), dtype=bool)
        is_shared[shared] = True
        hows = _hows(steps, is_shared, own, results if sums else results[:0])
        by_group = numpy.lexsort((own, hows, steps.kinds[own], steps.levels[own]))
        order, how = own[by_group], hows[by_group]
        kind, depth, width = steps.kinds[order], steps.levels[order], steps.arity[order]
        given = steps.given[:, order]
        other = (how == SHARES) & ~is_shared[given[0]]
        given[:2, other] = given[1::-1, other]
        is_first = numpy.ones(len(order), dtype=bool)
        is_first[1:] = numpy.diff(kind) != 0
        is_first[1:] |= (numpy.diff(depth) != 0) | (numpy.diff(how) != 0)
        firsts = numpy.flatnonzero(is_first)
        group = numpy.cumsum(is_first) - 1
        last = numpy.full(len(steps.kinds), len(firsts))  # the group that reads a number last
        last[order] = group
        in_lanes = numpy.zeros(len(steps.kinds), dtype=bool)
        in_lanes[results] = True
        for place in range(WIDEST):
            has = width > place
            numpy.maximum.at(last, given[place][has], group[has])
            in_lanes[given[place][has & (how != SHARES) if place == 0 else has]] = True
        last[results] = len(firsts)
        free = self._lay_out(shared, in_lanes, given[0][how == SHARES], inputs)
        slots = numpy.zeros(len(steps.kinds), dtype=numpy.int32)
        slots[self.shared[self.lanes :]] = numpy.arange(self.inputs - free, self.inputs)
        slots[inputs] = numpy.arange(self.inputs, self.inputs + len(inputs))
        adds = how == ADDS
        sink = numpy.zeros(len(steps.kinds), dtype=numpy.int32)
        sink[results] = numpy.arange(len(results)) - len(results)
        slots[order[adds]] = sink[order[adds]]
        size = self.inputs + len(inputs)
        self.given_rows = size if adds.any() else None
        size += self.given_rows is not None
        edges = [*firsts.tolist(), len(order)]
        self.size = _allocate(slots, order, edges, last, how[firsts].tolist(), size)
        used = int(width.max()) if len(order) else 0
        operands = [slots[given[at]] for at in range(used)]
        if used:
            position = numpy.zeros(len(steps.kinds), dtype=numpy.int32)
            position[self.shared] = numpy.arange(len(shared))
            numpy.copyto(operands[0], position[given[0]], where=how == SHARES)
        self.lists = numpy.concatenate([slots[order], *operands])  # places of the results first
        self.delivered = slots[results]
        if sums:
            waiting = numpy.flatnonzero(self.delivered >= 0)
            self.delivered = numpy.concatenate([self.delivered[waiting], waiting.astype("int32")])
        opcodes = [steps.names[each] for each in kind[firsts].tolist()]
        near = frozenset() if exact else frozenset(FUNCTIONS)
        wanted = [
            (opcode, NEAR if opcode in near else HOWS[way])
            for opcode, way in zip(opcodes, how[firsts].tolist(), strict=True)
        ]
        addresses = kernels(wanted)
        self.table = table = empty_table(len(firsts))
        table["kernel"] = [addresses[kernel] for kernel in wanted]
        table["count"] = numpy.diff(edges)
        table["result"] = firsts
        for place in range(used):
            table["operands"][:, place] = (1 + place) * len(order) + firsts
        if self.given_rows is not None:
            table["operands"][how[firsts] == ADDS, 2] = self.given_rows

    def _lay_out(self, shared: Array, in_lanes: Array, once: Array, inputs: Array) -> int:
        """Put the numbers that all rows share in order; return how many of them are in lanes."""
        import numpy

        is_once = numpy.zeros(len(in_lanes), dtype=bool)
        is_once[once] = True
        is_once, in_lanes = is_once[shared], in_lanes[shared]
        self.shared = shared[numpy.lexsort((~is_once, in_lanes))]
        self.once, self.lanes = int(is_once.sum()), int((~in_lanes).sum())
        count = len(shared) - self.lanes
        self.inputs = -(-self.once // LANES) + count
        return count


HOWS = (ROWS, SHARED, SUMMED)
SHARES, ADDS = HOWS.index(SHARED), HOWS.index(SUMMED)


def _hows(steps: Steps, is_shared: Array, own: Array, summed: Array) -> Array:
    """Return for each step how a kernel computes it, as a place in ``HOWS``.

    Args:
        steps: the program.
        is_shared: whether all rows share a number.
        own: the steps.
        summed: the numbers that are summed in the end.
    """
    import numpy

    names, kinds = steps.names, steps.kinds[own]
    is_symmetric = numpy.array([name in SYMMETRIC for name in names], dtype=bool)
    shares = is_shared[steps.given[0, own]] | is_shared[steps.given[1, own]]
    hows = numpy.where(is_symmetric[kinds] & shares, SHARES, HOWS.index(ROWS))
    if len(summed) and ops.multiply.name in names:
        is_read = numpy.zeros(len(steps.kinds), dtype=bool)
        for place in range(WIDEST):
            is_read[steps.given[place, own[steps.arity[own] > place]]] = True
        is_alone = (numpy.bincount(summed, minlength=len(is_read)) == 1) & ~is_read
        is_product = kinds == names.index(ops.multiply.name)
        hows[is_product & is_alone[own] & (hows != SHARES)] = ADDS
    return hows


def _allocate(
    slots: Array, order: Array, edges: list[int], last: Array, hows: list[int], size: int
) -> int:
    """Give each step a place, that of a number which nothing reads any more if there is one.

    Args:
        slots: the place of each number, filled here.
        order: the steps, group by group.
        edges: where groups begin, and the last ends.
        last: the group that reads a number last.
        hows: how each group is computed: what is added to sums has its place.
        size: how many numbers there are before.

    Returns:
        How many numbers there are in memory.
    """
    import numpy

    ending = order[numpy.argsort(last[order], kind="stable")]
    groups = numpy.arange(len(edges) - 1)
    ends = numpy.searchsorted(last[ending], groups, side="right").tolist()
    places = slots.tolist()
    free: list[int] = []
    at, waiting, numbers = 0, ending.tolist(), order.tolist()
    for place, stop in enumerate(ends):
        if hows[place] != ADDS:
            for number in numbers[edges[place] : edges[place + 1]]:
                if free:
                    places[number] = free.pop()
                else:
                    places[number] = size
                    size += 1
        free += [places[number] for number in waiting[at:stop]]
        at = stop
    slots[:] = places
    return size
