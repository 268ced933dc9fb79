"""The layered drawing of one acyclic graph: ranks, order within ranks, coordinates.

The method of Sugiyama, Tagawa and Toda (1981), as the dot program made it well known (Gansner,
Koutsofios, North, Vo, A technique for drawing directed graphs, 1993), in four steps:

1. each item gets a rank, as near to the items that use it as they allow;
2. a link over several ranks is led through them by lanes, which all links from one place share;
3. the items of a rank are ordered so that few links cross;
4. each item is placed across as near to its neighbours as the others of its rank allow.

"Along" is the direction from operands to results, "across" the other one.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 8  # of the crossing reduction, at most
PATIENCE = 4  # sweeps without a gain before it stops
SETTLING = 6  # of the placement
LANE = 8.0  # pixels between a lane and its neighbours
BEND = 26.0  # the least length of the room for bends between two ranks
MOST_BEND = 120.0

Join = tuple[int, float, float, int]


@dataclass(slots=True, eq=False)
class Item:
    """Something to place: a box, a frame with all that is in it, or a port in a frame's border.

    Attributes:
        length, breadth: its size along and across, in pixels.
        space: pixels to keep free across, to an item with the same; between two, the mean.
        pinned: "first" or "last" rank; empty for any other.
        light: a leaf or a constant, which follows what uses it and never pulls at it.
        along, across: the start along, the middle across: where it was placed.
    """

    length: float
    breadth: float
    space: float
    pinned: str = ""
    light: bool = False
    along: float = 0.0
    across: float = 0.0


@dataclass(slots=True, eq=False)
class Piece:
    """A link between two items.

    Attributes:
        source, target: the items.
        leaves, enters: where on them, across, from their middles.
        stub: the length of the straight end before the target.
        count: how many links it carries.
        knots: the way that was found, (along, across) of its bends and ends.
    """

    source: Item
    leaves: float
    target: Item
    enters: float
    stub: float = 0.0
    count: int = 1
    knots: list[tuple[float, float]] = field(default_factory=list)


class Layered:
    """Places items and leads links between them.

    Args:
        items: what to place, operands before results where the order is free.
        pieces: the links; they must not form a circle.

    Attributes:
        length, breadth: the size of the whole.
    """

    def __init__(self, items: list[Item], pieces: list[Piece]) -> None:
        self.items = items
        self.pieces = pieces
        self.length = self.breadth = 0.0
        if items:
            self._rank()
            self._lead()
            self._order()
            self._place_across()
            self._place_along()

    # -- 1: ranks ------------------------------------------------------------------------------

    def _rank(self) -> None:
        number = {item: vertex for vertex, item in enumerate(self.items)}
        self.links = [
            (number[piece.source], piece.leaves, number[piece.target], piece.enters)
            for piece in self.pieces
        ]
        count = len(self.items)
        operands: list[list[tuple[float, int]]] = [[] for _ in range(count)]
        waiting = [0] * count
        for source, _, target, enters in self.links:
            operands[target].append((enters, source))
            waiting[source] += 1
        some_last = any(item.pinned == "last" for item in self.items)
        height = [0 if item.pinned == "last" or not some_last else 1 for item in self.items]
        ready = [vertex for vertex in range(count) if not waiting[vertex]]
        for target in ready:  # grows: a vertex is ready when all that use it have been ranked
            above = height[target] + 1
            for _, source in operands[target]:
                height[source] = max(height[source], above)
                waiting[source] -= 1
                if not waiting[source]:
                    ready.append(source)
        some_first = any(item.pinned == "first" for item in self.items)
        top = (
            max(height)
            if not some_first
            else 1
            + max(
                [
                    above
                    for item, above in zip(self.items, height, strict=True)
                    if item.pinned != "first"
                ],
                default=0,
            )
        )
        self.rank = [
            0 if item.pinned == "first" else top - above
            for item, above in zip(self.items, height, strict=True)
        ]
        self.operands = operands
        self.ranks: list[list[int]] = [[] for _ in range(top + 1)]

    # -- 2: lanes ------------------------------------------------------------------------------

    def _lead(self) -> None:
        """Lead long links through lanes; after that, all join neighbouring ranks only.

        ``ups`` and ``downs`` hold for each vertex (neighbour, where here, where there, how many
        links): what joins it to the rank before and to the rank behind.
        """
        self.half = [item.breadth / 2 for item in self.items]
        self.space = [item.space for item in self.items]
        self.light = [item.light for item in self.items]
        trunks: dict[tuple[int, float], list[int]] = {}
        carried: dict[tuple[int, float, int, float], int] = {}
        self.routes: list[list[int]] = []
        for piece, (source, leaves, target, enters) in zip(self.pieces, self.links, strict=True):
            lanes = trunks.setdefault((source, leaves), [])
            between = self.rank[target] - self.rank[source] - 1
            while len(lanes) < between:
                self.rank.append(self.rank[source] + len(lanes) + 1)
                self.half.append(0.0)
                self.space.append(LANE)
                self.light.append(False)
                lanes.append(len(self.rank) - 1)
            route = [source, *lanes[:between], target]
            for step, (a, b) in enumerate(pairwise(route)):
                join = (a, 0.0 if step else leaves, b, enters if b == target else 0.0)
                carried[join] = carried.get(join, 0) + piece.count
            self.routes.append(route)
        self.ups: list[list[Join]] = [[] for _ in self.rank]
        self.downs: list[list[Join]] = [[] for _ in self.rank]
        for (a, leaves, b, enters), many in carried.items():
            self.downs[a].append((b, leaves, enters, many))
            self.ups[b].append((a, enters, leaves, many))

    # -- 3: order ------------------------------------------------------------------------------

    def _order(self) -> None:
        """Order each rank by the mean of its neighbours, to and fro, and keep the best order."""
        self._start()
        best, fewest = [rank[:] for rank in self.ranks], self._crossings()
        idle = 0
        for sweep in range(SWEEPS):
            if not fewest or idle == PATIENCE:
                break
            self._sweep(sweep % 2 == 0)
            self._swap_neighbours(ties=sweep % 4 < 2)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest, idle = [rank[:] for rank in self.ranks], crossings, 0
            else:
                idle += 1
        self.ranks = best
        self._number()

    def _start(self) -> None:
        """Start from a depth-first walk, operands in order: for a tree this is already planar."""
        seen = [False] * len(self.rank)
        users = {target for target, ups in enumerate(self.ups) if ups}
        results = [vertex for vertex in range(len(self.rank)) if not self.downs[vertex]]
        stack = results[::-1]
        while stack:
            vertex = stack.pop()
            if seen[vertex]:
                continue
            seen[vertex] = True
            self.ranks[self.rank[vertex]].append(vertex)
            if vertex in users:
                self.ups[vertex].sort(key=lambda link: link[1])
                stack += [link[0] for link in reversed(self.ups[vertex]) if not seen[link[0]]]
        self._number()

    def _number(self) -> None:
        self.position = [0.0] * len(self.rank)
        for rank in self.ranks:
            for place, vertex in enumerate(rank):
                self.position[vertex] = place

    def _seen_at(self, vertex: int, offset: float) -> float:
        """Return the place of a point on a vertex among the places of its rank."""
        half = self.half[vertex]
        return self.position[vertex] + (0.45 * offset / half if half else 0.0)

    def _sweep(self, forward: bool) -> None:
        position, half = self.position, self.half
        ranks = self.ranks[1:] if forward else self.ranks[-2::-1]
        neighbours = self.ups if forward else self.downs
        for rank in ranks:
            wanted = {}
            for place, vertex in enumerate(rank):
                links = neighbours[vertex]
                if not links:  # a frame's name has none on either side, and stays in front
                    wanted[vertex] = place if self.ups[vertex] or self.downs[vertex] else -1.0
                    continue
                total = 0.0
                for other, _, offset, _ in links:
                    total += position[other]
                    if offset:
                        total += 0.45 * offset / half[other]
                wanted[vertex] = total / len(links)
            rank.sort(key=wanted.__getitem__)
            for place, vertex in enumerate(rank):
                position[vertex] = place

    def _crossings(self) -> int:
        return sum(self._crossings_after(rank) for rank in self.ranks[:-1])

    def _crossings_after(self, rank: list[int]) -> int:
        """Count the crossings between a rank and the next: the inversions among their links."""
        ends = []
        for vertex in rank:
            for other, leaves, enters, many in self.downs[vertex]:
                join = (self._seen_at(vertex, leaves), self._seen_at(other, enters))
                ends += [join] * many
        ends.sort()
        passed: list[float] = []
        crossings = 0
        for _, end in ends:
            crossings += len(passed) - bisect_right(passed, end)
            insort(passed, end)
        return crossings

    def _swap_neighbours(self, ties: bool) -> None:
        """Swap two neighbours of a rank wherever that saves crossings, while it does.

        Args:
            ties: swap too where it neither saves nor costs: that leads out of many a dead end.
        """
        position = self.position
        for _ in range(4):
            saved = 0
            for rank in self.ranks:
                for place in range(len(rank) - 1):
                    a, b = rank[place], rank[place + 1]
                    gain = self._gain(a, b)
                    if gain > 0 or (ties and gain == 0):
                        rank[place], rank[place + 1] = b, a
                        position[a], position[b] = place + 1, place
                        saved += gain
            if not saved:
                break

    def _gain(self, a: int, b: int) -> int:
        """Return how many crossings it saves to put b before a, its neighbour."""
        position, half = self.position, self.half
        gain = 0
        for neighbours in (self.ups, self.downs):
            of_a, of_b = neighbours[a], neighbours[b]
            if not of_a or not of_b:
                continue
            ends_b = [
                (position[end] + (0.45 * offset / half[end] if offset else 0.0), many)
                for end, _, offset, many in of_b
            ]
            for end, _, offset, many in of_a:
                at = position[end] + (0.45 * offset / half[end] if offset else 0.0)
                for other, as_many in ends_b:
                    if at > other:
                        gain += many * as_many
                    elif at < other:
                        gain -= many * as_many
        return gain

    # -- 4: coordinates ------------------------------------------------------------------------

    def _place_across(self) -> None:
        """Move each vertex towards its neighbours, rank by rank, to and fro, keeping the order.

        A rank is moved at once: the places nearest to what its vertices want that keep their
        order and distances are found by pooling adjacent violators (isotonic regression).
        """
        count = len(self.rank)
        lanes_from = len(self.items)
        self.across = [0.0] * count
        weights = [1e-4 if light else 1.0 for light in self.light]
        for vertex in range(lanes_from, count):
            weights[vertex] = 4.0
        needed: list[list[float]] = []
        for rank in self.ranks:
            at, places = 0.0, []
            for before, vertex in zip([-1, *rank], rank, strict=False):
                if before >= 0:
                    at += self._distance(before, vertex)
                places.append(at)
            needed.append(places)
            for vertex, place in zip(rank, places, strict=True):
                self.across[vertex] = place - at / 2
        ups, downs = self._pulls(self.ups), self._pulls(self.downs)
        for vertex in range(count):
            if not ups[vertex] and not downs[vertex]:  # all its neighbours are leaves
                ups[vertex] = [
                    (leaf, there - here, 1.0) for leaf, here, there, _ in self.ups[vertex]
                ]
        for sweep in range(SETTLING):
            for forward in (False, True):
                numbers = range(len(self.ranks)) if forward else range(len(self.ranks) - 1, -1, -1)
                for number in numbers:
                    self._settle(
                        self.ranks[number], needed[number], weights, ups, downs, sweep, forward
                    )
        for number in range(len(self.ranks) - 1, -1, -1):
            self._settle(self.ranks[number], needed[number], weights, ups, downs, 1, False)
        low = min(self.across[v] - self.half[v] for v in range(count))
        self.across = [place - low for place in self.across]
        self.breadth = max(self.across[v] + self.half[v] for v in range(count))
        for vertex, item in enumerate(self.items):
            item.across = self.across[vertex]

    def _distance(self, a: int, b: int) -> float:
        space = (self.space[a] + self.space[b]) / 2
        return self.half[a] + self.half[b] + space

    def _pulls(self, neighbours: list[list[Join]]) -> list[list[tuple[int, float, float]]]:
        """Return, for each vertex, (neighbour, shift, weight) of what it is drawn to.

        Leaves are drawn to what uses them, and draw nothing themselves: chains stay straight.
        """
        lanes_from = len(self.items)
        pulls: list[list[tuple[int, float, float]]] = []
        for vertex, links in enumerate(neighbours):
            drawn_to = []
            for other, here, there, _ in links:
                if self.light[other] and not self.light[vertex]:
                    continue
                weight = 1.0
                if vertex >= lanes_from and other >= lanes_from:
                    weight = 8.0
                elif vertex >= lanes_from or other >= lanes_from:
                    weight = 2.0
                drawn_to.append((other, there - here, weight))
            pulls.append(drawn_to)
        return pulls

    def _settle(
        self,
        rank: list[int],
        needed: list[float],
        weights: list[float],
        ups: list[list[tuple[int, float, float]]],
        downs: list[list[tuple[int, float, float]]],
        sweep: int,
        forward: bool,
    ) -> None:
        across = self.across
        blocks: list[tuple[float, float, int]] = []  # (place less what is needed, weight, how many)
        for vertex, room in zip(rank, needed, strict=True):
            pulls = ups[vertex] if forward else downs[vertex]
            if sweep >= 2 or not pulls:
                pulls = ups[vertex] + downs[vertex]
            if pulls:
                total = weight = 0.0
                for other, shift, pull in pulls:
                    total += pull * (across[other] + shift)
                    weight += pull
                wanted = total / weight - room
            else:
                wanted = across[vertex] - room
            block = (wanted, weights[vertex], 1)
            while blocks and blocks[-1][0] >= block[0]:
                place, heavy, many = blocks.pop()
                both = heavy + block[1]
                block = ((place * heavy + block[0] * block[1]) / both, both, many + block[2])
            blocks.append(block)
        index = 0
        for place, _, many in blocks:
            for at in range(index, index + many):
                across[rank[at]] = place + needed[at]
            index += many

    def _place_along(self) -> None:
        """Give each rank its column, and the room before it that its bends and stubs need."""
        columns = [0.0] * len(self.ranks)
        for vertex, item in enumerate(self.items):
            rank = self.rank[vertex]
            columns[rank] = max(columns[rank], item.length)
        steepest = [0.0] * len(self.ranks)
        stubs = [0.0] * len(self.ranks)
        for piece, route in zip(self.pieces, self.routes, strict=True):
            places = [self.across[vertex] for vertex in route]
            places[0] += piece.leaves
            places[-1] += piece.enters
            for a, b, vertex in zip(places, places[1:], route[1:], strict=False):
                steepest[self.rank[vertex]] = max(steepest[self.rank[vertex]], abs(a - b))
            rank = self.rank[route[-1]]
            stubs[rank] = max(stubs[rank], piece.stub)
        starts, at = [], 0.0
        for rank, column in enumerate(columns):
            if rank:
                at += min(BEND + 0.12 * steepest[rank], MOST_BEND) + stubs[rank]
            starts.append(at)
            at += column
        self.length = at
        for vertex, item in enumerate(self.items):
            rank = self.rank[vertex]
            free = columns[rank] - item.length
            share = {"first": 0.0, "last": 1.0}.get(item.pinned, 1.0 if item.light else 0.5)
            item.along = starts[rank] + share * free
        for piece, route in zip(self.pieces, self.routes, strict=True):
            place = self.across[route[0]] + piece.leaves
            knots = [(piece.source.along + piece.source.length, place)]
            for before, vertex in pairwise(route):
                rank = self.rank[before]
                knots.append((starts[rank] + columns[rank], place))
                place = self.across[vertex] + (piece.enters if vertex == route[-1] else 0.0)
                rank = self.rank[vertex]
                knots.append((starts[rank] - stubs[rank], place))
            knots.append((piece.target.along, place))
            piece.knots = _without_repeats(knots)


def _without_repeats(knots: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out the middle ones of knots on one straight line along."""
    kept = knots[:1]
    for knot, after in zip(knots[1:], [*knots[2:], None], strict=True):
        on_line = after is not None and kept[-1][1] == knot[1] == after[1]
        if not on_line and knot != kept[-1]:
            kept.append(knot)
    return kept
