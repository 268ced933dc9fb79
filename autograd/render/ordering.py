"""The order of the vertices within their ranks, such that few links cross."""

from __future__ import annotations

from bisect import bisect_right, insort

from autograd.render.ranked import Join, Ranked

SWEEPS = 8  # at most
PATIENCE = 4  # sweeps without a gain before it stops
PASSES = 4  # over all neighbours, at most, to swap them


def order(ranked: Ranked) -> None:
    """Order each rank by the mean of its neighbours, back and forth; keep the best order."""
    ordering = _Ordering(ranked)
    best, fewest = [rank[:] for rank in ranked.ranks], ordering.crossings()
    idle = 0
    for sweep in range(SWEEPS):
        if not fewest or idle == PATIENCE:
            break
        ordering.sweep(forward=sweep % 2 == 0)
        ordering.swap_neighbours(ties=sweep % 4 < 2)
        crossings = ordering.crossings()
        if crossings < fewest:
            best, fewest, idle = [rank[:] for rank in ranked.ranks], crossings, 0
        else:
            idle += 1
    ranked.ranks = best


class _Ordering:
    """An order that is being improved.

    The place of a vertex is its index in its rank; the end of a join is seen at the place of its
    vertex and a fraction, which tells apart the operands of one box and the ports of one frame.
    """

    def __init__(self, ranked: Ranked) -> None:
        self.ranked = ranked
        self.place = [0.0] * len(ranked.rank)
        self.before = [self._ends(joins) for joins in ranked.ups]
        self.behind = [self._ends(joins) for joins in ranked.downs]
        self._start()

    def _ends(self, joins: list[Join]) -> list[tuple[int, float, int]]:
        """Return (vertex, fraction, how many links) for the other ends of some joins."""
        return [(vertex, self._fraction(vertex, there), many) for vertex, _, there, many in joins]

    def _fraction(self, vertex: int, offset: float) -> float:
        return 0.45 * offset / self.ranked.half[vertex] if offset else 0.0

    def _start(self) -> None:
        """Start from a depth-first walk, operands in order: for a tree that is without crossing."""
        ranked = self.ranked
        seen = [False] * len(ranked.rank)
        stack = [vertex for vertex, joins in enumerate(ranked.downs) if not joins][::-1]
        while stack:
            vertex = stack.pop()
            if not seen[vertex]:
                seen[vertex] = True
                ranked.ranks[ranked.rank[vertex]].append(vertex)
                operands = sorted(ranked.ups[vertex], key=lambda join: (join[1], join[0]))
                stack += [join[0] for join in reversed(operands)]
        for rank in ranked.ranks:
            self._number(rank)

    def _number(self, rank: list[int]) -> None:
        for index, vertex in enumerate(rank):
            self.place[vertex] = index

    def sweep(self, forward: bool) -> None:
        """Sort rank after rank by the mean place of what each vertex is joined to before it."""
        place = self.place
        ranks = self.ranked.ranks[1:] if forward else self.ranked.ranks[-2::-1]
        neighbours = self.before if forward else self.behind
        for rank in ranks:
            wanted = {}
            for vertex in rank:
                if ends := neighbours[vertex]:
                    total = 0.0
                    for other, fraction, _ in ends:
                        total += place[other] + fraction
                    wanted[vertex] = total / len(ends)
                elif self.before[vertex] or self.behind[vertex]:
                    wanted[vertex] = place[vertex]
                else:  # the name of a frame, which stays in front
                    wanted[vertex] = -1.0
            rank.sort(key=wanted.__getitem__)
            self._number(rank)

    def crossings(self) -> int:
        """Count the crossings: between two ranks, the inversions among their joins."""
        place = self.place
        crossings = 0
        for rank in self.ranked.ranks[:-1]:
            ends: list[tuple[float, float]] = []
            for vertex in rank:
                joins = zip(self.ranked.downs[vertex], self.behind[vertex], strict=True)
                for (_, leaves, _, _), (other, fraction, many) in joins:
                    start = place[vertex] + self._fraction(vertex, leaves)
                    ends += [(start, place[other] + fraction)] * many
            ends.sort()
            passed: list[float] = []
            for _, end in ends:
                crossings += len(passed) - bisect_right(passed, end)
                insort(passed, end)
        return crossings

    def swap_neighbours(self, ties: bool) -> None:
        """Swap neighbours within a rank as long as that saves crossings.

        Args:
            ties: also swap where it makes no difference, which leads out of many dead ends.
        """
        for _ in range(PASSES):
            saved = 0
            for rank in self.ranked.ranks:
                for index in range(len(rank) - 1):
                    a, b = rank[index], rank[index + 1]
                    gain = self._gain(a, b)
                    if gain > 0 or (ties and gain == 0):
                        rank[index], rank[index + 1] = b, a
                        self.place[a], self.place[b] = index + 1, index
                        saved += gain
            if not saved:
                break

    def _gain(self, a: int, b: int) -> int:
        """Return how many crossings it saves to put b before a, its neighbour."""
        place = self.place
        gain = 0
        for neighbours in (self.before, self.behind):
            if not neighbours[a] or not neighbours[b]:
                continue
            ends_of_b = [(place[end] + part, many) for end, part, many in neighbours[b]]
            for end, part, many in neighbours[a]:
                here = place[end] + part
                for there, as_many in ends_of_b:
                    if here > there:
                        gain += many * as_many
                    elif here < there:
                        gain -= many * as_many
        return gain
