"""A program as groups of equal steps, for one number at a time.

Steps are sorted by depth and operation: steps of a group do not depend on each other, and one
native loop computes them all (``llvm/kernels.py``, compiled once for all programs). Numbers are
renumbered in that order, so that a group writes one run of memory; sorted by the steps that read
them, most operands lie side by side too, or all in one place, and need no list of places.
Preparing takes NumPy under a microsecond a step.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from autograd.backends.binding import Array
from autograd.backends.llvm.abi import Layout
from autograd.backends.llvm.kernels import (
    ANYWHERE,
    COPY,
    ONE_PLACE,
    REVERSED,
    SCATTERED,
    SIDE_BY_SIDE,
    caller,
    empty_table,
    kernels,
)
from autograd.backends.steps import WIDEST, Steps

WAYS = ONE_PLACE + SIDE_BY_SIDE + REVERSED + ANYWHERE  # 0, 1 or -1 after the operand before
LONG = 16  # steps that are worth a group with lists
SHORTEST = 8  # steps that are worth a group without a list of places
RARE = 1_000  # steps below which a kernel of its own would take longer to make
FEW = 20_000  # steps up to which such groups would not pay for the loops they need
A_GROUP, A_STEP, A_LISTED_STEP = 3.0, 0.25, 0.8  # nanoseconds that they take, roughly
WIDE = 32  # steps at each depth, on average, from which on there are such groups


Piece: TypeAlias = tuple[int, int, str]  # first step, the one after the last, how operands lie


class Groups:
    """Some steps of a program prepared: where its numbers lie, and the groups in order.

    Args:
        steps: the program.
        outside: the numbers that are there before, in the order in which they lie in memory.
        own: those that are computed.
        wanted: those that are read in the end.

    Attributes:
        size: how many numbers there are in memory: those from outside, those that are computed, and
            some from outside once more.
        slots: where each number of the program lies.
        table: the groups in order.
        lists: places of operands that lie anywhere.
        nanoseconds: how long a call takes, roughly.
    """

    def __init__(self, steps: Steps, outside: Array, own: Array, wanted: Array) -> None:
        import numpy

        kinds, held = steps.kinds, steps.levels
        slots = numpy.full(len(kinds), -1, dtype=numpy.int32)
        slots[outside] = numpy.arange(len(outside))
        free = len(outside)
        deepest = int(held.max()) if len(held) else 0
        is_wide = len(own) > max(FEW, WIDE * deepest)  # else no runs are looked for
        if is_wide:
            order = _by_readers(steps, own, wanted)
        else:
            order = own[numpy.lexsort((own, kinds[own], held[own]))]
        self.size, self.slots = free + len(order), slots
        slots[order] = numpy.arange(free, self.size)
        if is_wide:
            self._lay_out(order, steps, free)
        else:
            self._lay_out_lists(order, steps)

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
        for each in numpy.flatnonzero(numpy.bincount(kind)).tolist():
            place = order[numpy.argmax(kind == each)]
            wanted[each] = steps.names[each], ANYWHERE * int(steps.arity[place])
        addresses = kernels(set(wanted.values()))
        of_kind = numpy.zeros(len(steps.names), dtype=numpy.int64)
        for each, kernel in wanted.items():
            of_kind[each] = addresses[kernel]
        used = int(steps.arity[order].max()) if len(order) else 0
        self.lists = numpy.ascontiguousarray(self.slots[steps.given[:used, order]]).ravel()
        self.nanoseconds = A_GROUP * len(firsts) + A_LISTED_STEP * len(order)
        self.table = table = empty_table(len(firsts))
        table["kernel"] = of_kind[kind[firsts]]
        table["count"] = numpy.diff(firsts, append=len(order))
        table["result"] = self.size - len(order) + firsts
        for place in range(used):
            table["operands"][:, place] = place * len(order) + firsts

    def _lay_out(self, order: Array, steps: Steps, free: int) -> None:
        """Cut the steps into groups, and write the table of them."""
        import numpy

        kind, depth = steps.kinds[order], steps.levels[order]
        same = numpy.zeros(len(order), dtype=bool)  # as the step before
        same[1:] = (numpy.diff(kind) == 0) & (numpy.diff(depth) == 0)
        places = self.slots[steps.given[:, order]]
        absent = steps.arity[order] <= numpy.arange(WIDEST)[:, None]
        places[absent] = 0  # an operand that there is not lies in one place
        copied = self._copy_outside(places, absent, same, free)
        ways = _ways(places)
        rows = _rows(_cut(ways, same), numpy.cumsum(~same).tolist(), kind, steps)
        addresses = kernels({(COPY, ANYWHERE), *((opcode, how) for opcode, how, _ in rows)})
        pieces = numpy.array([piece for _, _, pieces in rows for piece in pieces])
        row = numpy.repeat(numpy.arange(len(rows)), [len(pieces) for _, _, pieces in rows])
        lengths = pieces[:, 1] - pieces[:, 0]
        before = numpy.cumsum(lengths) - lengths
        inside = numpy.arange(len(order)) + numpy.repeat(pieces[:, 0] - before, lengths)
        counts = numpy.bincount(row, lengths).astype(numpy.int64)
        firsts = pieces[numpy.searchsorted(row, numpy.arange(len(rows))), 0]
        self.table = empty_table(1 + len(rows))
        copies, table = self.table[0], self.table[1:]
        copies["kernel"], copies["count"] = addresses[COPY, ANYWHERE], len(copied)
        copies["result"] = self.size - len(copied)
        table["kernel"] = [addresses[opcode, how] for opcode, how, _ in rows]
        table["count"] = counts
        lists = [copied]
        is_listed = numpy.array([how == SCATTERED or ANYWHERE in how for _, how, _ in rows])
        steps_listed = int(counts[is_listed].sum()) + len(copied)
        self.nanoseconds = A_GROUP * len(rows) + A_LISTED_STEP * steps_listed
        self.nanoseconds += A_STEP * (len(order) + len(copied) - steps_listed)

        def placed(is_listed: list[bool], numbers: Array) -> Array:
            """Return where numbers of each group lie: the first, or its list; add the lists."""
            listed = counts * numpy.array(is_listed)
            begins = sum(map(len, lists)) + numpy.cumsum(listed) - listed
            lists.append(numbers[inside[numpy.repeat(numpy.array(is_listed), counts)]])
            where: Array = numpy.where(is_listed, begins, numbers[firsts])
            return where

        results = numpy.arange(free, free + len(order), dtype=numpy.int32)
        table["result"] = placed([how == SCATTERED for _, how, _ in rows], results)
        for place in range(WIDEST):
            anywhere = [
                how == SCATTERED or how[place : place + 1] == ANYWHERE for _, how, _ in rows
            ]
            table["operands"][:, place] = placed(anywhere, places[place])
        self.lists = numpy.concatenate(lists)

    def _copy_outside(self, places: Array, absent: Array, same: Array, free: int) -> Array:
        """Lay numbers from outside once more, in the order in which steps read them; return which.

        A matrix that is read by rows and by columns lies side by side both ways then.
        """
        import numpy

        bad = same & (_ways(places) < 0)
        near = bad.copy()
        near[:, :-1] |= bad[:, 1:]
        near &= (places < free) & ~absent
        read = places.T[near.T]
        first = numpy.full(free, -1)  # where each is read first
        first[read[::-1]] = numpy.arange(len(read))[::-1]
        found = numpy.flatnonzero(first >= 0)
        copied = found[numpy.argsort(first[found])].astype(numpy.int32)
        moved = numpy.arange(self.size)
        moved[copied] = self.size + numpy.arange(len(copied))
        group = numpy.cumsum(~same) - 1
        for place, way in zip(places, bad, strict=True):
            other = moved[place]
            worse = same & (_ways(other[None])[0] < 0)
            is_better = numpy.bincount(group, worse) < numpy.bincount(group, way)
            numpy.copyto(place, other, where=is_better[group], casting="same_kind")
        self.size += len(copied)
        return copied


def _rows(
    pieces: Sequence[Piece], group: Sequence[int], kind: Array, steps: Steps
) -> list[tuple[str, str, list[tuple[int, int]]]]:
    """Return what kernels compute, one after the other: opcode, how operands lie, and which steps.

    Short pieces of equal steps of the same depth become one.

    Args:
        pieces: the steps, cut where the places of operands do not go on as before.
        group: the number of each step's group of equal steps of the same depth.
        kind: the opcode of each step.
        steps: the program.
    """
    kinds = kind.tolist()
    widths = {each: int(steps.arity[(steps.kinds == each).argmax()]) for each in set(kinds)}
    sizes: Counter[tuple[int, str]] = Counter()
    for first, last, how in pieces:
        is_short = last - first < (LONG if ANYWHERE in how else SHORTEST)
        sizes[kinds[first], SCATTERED if is_short else how] += last - first
    found: list[tuple[str, str, list[tuple[int, int]]]] = []
    short: dict[int, list[tuple[int, int]]] = {}
    for first, last, how in pieces:
        each, place = kinds[first], group[first]
        is_short = last - first < (LONG if ANYWHERE in how else SHORTEST)
        if is_short and sizes[each, SCATTERED] >= RARE and place in short:
            short[place].append((first, last))
            continue
        if is_short and sizes[each, SCATTERED] >= RARE:
            how, steps_in = SCATTERED, short.setdefault(place, [(first, last)])
        else:
            how = how[: widths[each]] if sizes[each, how] >= RARE else ANYWHERE * widths[each]
            steps_in = [(first, last)]
        found.append((steps.names[each], how, steps_in))
    return found


def _cut(ways: Array, same: Array) -> list[Piece]:
    """Return the steps in pieces within which operands go on as before, where these are long."""
    import numpy

    is_regular = same & (ways >= 0).all(axis=0)
    patterns = numpy.where(is_regular, ways[0] + 3 * ways[1] + 9 * ways[2], -1)
    edges = numpy.flatnonzero(numpy.diff(patterns, prepend=-2, append=-2))
    goes_on = patterns[edges[:-1]] >= 0
    # The step before the first that goes on is the first of a piece, unless it ends another.
    first, last = edges[:-1] - numpy.append(True, ~goes_on[:-1]), edges[1:]
    is_long = goes_on & (last - first >= SHORTEST)
    is_cut = numpy.append(~same, True)
    is_cut[first[is_long]] = is_cut[last[is_long]] = True
    bounds = numpy.flatnonzero(is_cut)
    first, last = bounds[:-1], bounds[1:]
    kinds = numpy.zeros(len(first), dtype=numpy.int64)
    for place, way in enumerate(ways):
        lies = numpy.full(len(first), len(WAYS) - 1)
        for each in range(len(WAYS) - 1):
            others = numpy.cumsum(way != each)
            lies[others[last - 1] == others[first]] = each
        kinds += lies * len(WAYS) ** place
    texts = {
        kind: "".join(WAYS[kind // len(WAYS) ** place % len(WAYS)] for place in range(WIDEST))
        for kind in set(kinds.tolist())
    }
    hows = map(texts.__getitem__, kinds.tolist())
    return [*zip(first.tolist(), last.tolist(), hows, strict=True)]


def _ways(places: Array) -> Array:
    """Return how operands lie after the ones before: 0 there, 1 next, 2 before, -1 anywhere."""
    import numpy

    steps = numpy.diff(places, axis=1, prepend=places[:, :1] - 9)
    return numpy.where(abs(steps) <= 1, steps % 3, -1)


def _by_readers(steps: Steps, own: Array, wanted: Array) -> Array:
    """Return the steps by depth and operation, those of a group in the order of what reads them.

    What a group reads lies side by side then: each of its operands is sorted by the first step that
    reads it, from the last group to the first.
    """
    import numpy

    own = own[numpy.lexsort((steps.kinds[own], steps.levels[own]))]
    kind, level = steps.kinds[own], steps.levels[own]
    bounds = numpy.flatnonzero((numpy.diff(kind) != 0) | (numpy.diff(level) != 0)) + 1
    widths = steps.arity[own[[0, *bounds]]].tolist() if len(own) else []
    reader = numpy.full(len(steps.kinds), 2**62, dtype=numpy.int64)
    reader[wanted[::-1]] = 2**61 + numpy.arange(len(wanted))[::-1]
    descending = numpy.arange(len(own))[::-1]
    edges = [0, *bounds.tolist(), len(own)]
    for start, stop, width in reversed([*zip(edges, edges[1:], widths, strict=False)]):
        group = own[start:stop]
        size = stop - start
        if size > 1:
            group[:] = group.take(reader.take(group).argsort(kind="stable"))
        last = group[::-1]
        order = descending[len(own) - size :] + WIDEST * start
        for place in reversed(range(width)):  # operands in one place before those in the next
            reader[steps.given[place].take(last)] = order + place * size
    return own


class Once:
    """Groups of single numbers, called with numbers and arrays as native code is.

    Args:
        steps: the program.
        layout: where its parameters lie.
        own: the steps to compute; they depend on no row.
        wanted: the numbers to deliver: those of arrays first.
        sizes: how many of them each array takes.
    """

    def __init__(
        self, steps: Steps, layout: Layout, own: Array, wanted: Array, sizes: Sequence[int] = ()
    ) -> None:
        import numpy

        sources = layout.sources
        parameters = [at for at, source in enumerate(sources) if source.row is None]
        place = {at: index for index, at in enumerate(parameters)}
        self._constants, self._first = steps.constants, len(parameters)
        outside = numpy.array([*parameters, *steps.numbers.tolist()], dtype=numpy.int64)
        self.groups = groups = Groups(steps, outside, own, wanted)
        self._places = groups.forgotten()[wanted]
        self._sizes = numpy.array(sizes, dtype=numpy.int64)
        self._call = caller()
        self._free: list[tuple[int, Array, object]] = []  # memories that no call uses
        plain = [place[at] for at in parameters if sources[at].array is None]
        self._plain = numpy.array(plain, dtype=numpy.int64)
        # The arrays that are copied as they are, with place and bytes, and those to be converted.
        self._read: list[int] = []
        self._converted: list[tuple[int, slice]] = []
        reading: list[tuple[int, int]] = []
        for at in parameters:
            source = sources[at]
            if source.array is not None and source.offset == 0:
                stop = at
                while stop < len(sources) and sources[stop].array == source.array:
                    stop += 1
                if source.element == "float64":
                    self._read.append(source.array)
                    reading.append((place[at], 8 * (stop - at)))
                else:
                    self._converted.append((source.array, slice(place[at], place[at] + stop - at)))
        self._reading = numpy.array(reading, dtype=numpy.int64)
        self._pack = struct.Struct(f"@{len(reading) + len(sizes)}Q").pack

    def __call__(
        self,
        numbers: Sequence[float],
        arrays: Sequence[Array],
        made: Sequence[Array] | None,
        plain: object,
    ) -> int:
        """Deliver the wanted numbers.

        Args:
            numbers: the plain numbers.
            arrays: the arrays that are read.
            made: those that are filled; None if they follow the others, which are all read.
            plain: memory for the numbers that are in none.

        Returns:
            1 if one of them is nan, else 0.
        """
        try:  # none is used by two calls: a signal's handler may make one within another
            taken = self._free.pop()
        except IndexError:
            taken = self._new_memory()
        words, memory, _ = taken
        if numbers:
            memory[self._plain] = numbers
        for index, places in self._converted:
            memory[places] = arrays[index].ravel()
        if made is None:
            objects = self._pack(*map(id, arrays))
        else:
            objects = self._pack(*[id(arrays[index]) for index in self._read], *map(id, made))
        told = self._call(words, objects, plain)
        self._free.append(taken)
        return told

    def are_as_given(self, outputs: Sequence[int], count: int) -> bool:
        """Return whether a call's arrays, so many, are those that are read, and then these."""
        return [*self._read, *outputs] == [*range(count)]

    def _new_memory(self) -> tuple[int, Array, object]:
        """Make memory for numbers, with the constants in it; return the words' address, it, all."""
        import numpy

        groups = self.groups
        memory = numpy.empty(groups.size)
        memory[self._first : self._first + len(self._constants)] = self._constants
        places, sizes, table = self._places, self._sizes, groups.table
        plain = len(places) - int(sizes.sum())
        kept = memory, groups.lists, table, places, sizes, self._reading
        addresses = [each.ctypes.data for each in kept]
        counts = [len(sizes), plain, addresses[-1], len(self._read)]
        words = numpy.array(
            [*addresses[:3], len(table), *addresses[3:5], *counts], dtype=numpy.int64
        )
        return int(words.ctypes.data), memory, (words, kept)
