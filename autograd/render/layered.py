"""The layered drawing of one acyclic graph: ranks, order within ranks, coordinates.

The method of Sugiyama, Tagawa and Toda (1981), known from the dot program (Gansner,
Koutsofios, North, Vo, A technique for drawing directed graphs, 1993), in four steps:

1. each item gets a rank, as near to the items that use it as they allow;
2. a link over several ranks is led through them by lanes, which all links from one place share;
3. the items of a rank are ordered so that few links cross (ordering.py);
4. each item is placed across as near to its neighbours as the others of its rank allow
   (settling.py), and along in the column of its rank.

"Along" is the direction from operands to results, "across" the other one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from autograd.render.ordering import order
from autograd.render.ranked import Ranked
from autograd.render.settling import settled

LANE = 8.0  # pixels that a lane keeps free to its neighbours
BEND = 26.0  # the least length of the room for bends between two ranks
STEEP = 0.12  # how much longer it is for each pixel that a link goes across there
MOST_BEND = 120.0


@dataclass(slots=True, eq=False)
class Item:
    """Something to place: a box, a frame with all that is in it, or a port in a frame's border.

    Attributes:
        length, breadth: its size along and across, in pixels.
        space: pixels to keep free across; between two items, the mean of theirs.
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
    """Places items and leads links between them: ``across`` and ``along``, and ``knots``.

    Args:
        items: what to place.
        pieces: the links; they must not form a circle.

    Attributes:
        length, breadth: the size of the whole.
    """

    def __init__(self, items: list[Item], pieces: list[Piece]) -> None:
        self.items = items
        self.pieces = pieces
        self.length = self.breadth = 0.0
        if not items:
            return
        self.ends = _ends(items, pieces)
        self.ranked = self._led(_ranks(items, self.ends))
        order(self.ranked)
        self.across = settled(self.ranked)
        for item, middle in zip(items, self.across, strict=False):
            item.across = middle
        edges = zip(self.across, self.ranked.half, strict=True)
        self.breadth = max(middle + half for middle, half in edges)
        self._place_along()

    def _led(self, rank: list[int]) -> Ranked:
        """Lead long links through lanes, so that all joins are between neighbouring ranks."""
        ranked = Ranked(
            rank=rank,
            ranks=[[] for _ in range(max(rank) + 1)],
            half=[item.breadth / 2 for item in self.items],
            space=[item.space for item in self.items],
            light=[item.light for item in self.items],
            items=len(self.items),
            ups=[],
            downs=[],
        )
        trunks: dict[tuple[int, float], list[int]] = {}
        carried: dict[tuple[int, float, int, float], int] = {}
        self.routes: list[list[int]] = []
        for piece, (source, target) in zip(self.pieces, self.ends, strict=True):
            lanes = trunks.setdefault((source, piece.leaves), [])
            between = rank[target] - rank[source] - 1
            while len(lanes) < between:
                lanes.append(len(rank))
                rank.append(rank[source] + len(lanes))
                ranked.half.append(0.0)
                ranked.space.append(LANE)
                ranked.light.append(False)
            route = [source, *lanes[:between], target]
            self.routes.append(route)
            for a, b in pairwise(route):
                leaves = piece.leaves if a == source else 0.0
                enters = piece.enters if b == target else 0.0
                carried[a, leaves, b, enters] = carried.get((a, leaves, b, enters), 0) + piece.count
        ranked.ups = [[] for _ in rank]
        ranked.downs = [[] for _ in rank]
        for (a, leaves, b, enters), many in carried.items():
            ranked.downs[a].append((b, leaves, enters, many))
            ranked.ups[b].append((a, enters, leaves, many))
        return ranked

    def _place_along(self) -> None:
        """Give each rank its column, and the room before it that its bends and stubs need."""
        rank_of, across = self.ranked.rank, self.across
        columns = [0.0] * len(self.ranked.ranks)
        for vertex, item in enumerate(self.items):
            rank = rank_of[vertex]
            columns[rank] = max(columns[rank], item.length)
        steepest = [0.0] * len(self.ranked.ranks)
        stubs = [0.0] * len(self.ranked.ranks)
        for piece, route in zip(self.pieces, self.routes, strict=True):
            places = [across[vertex] for vertex in route]
            places[0] += piece.leaves
            places[-1] += piece.enters
            for a, b, vertex in zip(places, places[1:], route[1:], strict=False):
                steepest[rank_of[vertex]] = max(steepest[rank_of[vertex]], abs(a - b))
            rank = rank_of[route[-1]]
            stubs[rank] = max(stubs[rank], piece.stub)
        starts, at = [], 0.0
        for rank, column in enumerate(columns):
            if rank:
                at += min(BEND + STEEP * steepest[rank], MOST_BEND) + stubs[rank]
            starts.append(at)
            at += column
        self.length = at
        for vertex, item in enumerate(self.items):
            rank = rank_of[vertex]
            free = columns[rank] - item.length
            share = {"first": 0.0, "last": 1.0}.get(item.pinned, 1.0 if item.light else 0.5)
            item.along = starts[rank] + share * free
        for piece, route in zip(self.pieces, self.routes, strict=True):
            place = across[route[0]] + piece.leaves
            knots = [(piece.source.along + piece.source.length, place)]
            for before, vertex in pairwise(route):
                rank = rank_of[before]
                knots.append((starts[rank] + columns[rank], place))
                place = across[vertex] + (piece.enters if vertex == route[-1] else 0.0)
                rank = rank_of[vertex]
                knots.append((starts[rank] - stubs[rank], place))
            knots.append((piece.target.along, place))
            piece.knots = _without_repeats(knots)


def reach(items: list[Item], pieces: list[Piece]) -> int:
    """Return how many ranks the links pass through in total: the cost of routing them.

    Args:
        items: what to place.
        pieces: the links; they must not form a circle.
    """
    ends = _ends(items, pieces)
    rank = _ranks(items, ends)
    return sum(rank[target] - rank[source] for source, target in ends)


def _ends(items: list[Item], pieces: list[Piece]) -> list[tuple[int, int]]:
    """Return source and target of each link, by their places among the items."""
    number = {item: vertex for vertex, item in enumerate(items)}
    return [(number[piece.source], number[piece.target]) for piece in pieces]


def _ranks(items: list[Item], ends: list[tuple[int, int]]) -> list[int]:
    """Return the rank of each item: its longest way to a result, counted from the other end.

    What is pinned to the first or the last rank has that rank to itself.
    """
    height = [0] * len(items)
    if any(item.pinned == "last" for item in items):
        height = [0 if item.pinned == "last" else 1 for item in items]
    operands: list[list[int]] = [[] for _ in items]
    waiting = [0] * len(items)
    for source, target in ends:
        operands[target].append(source)
        waiting[source] += 1
    ready = [vertex for vertex, users in enumerate(waiting) if not users]
    for target in ready:  # grows: an item is ready when all that use it have their height
        for source in operands[target]:
            height[source] = max(height[source], height[target] + 1)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    first = [item.pinned == "first" for item in items]
    heights = zip(height, first, strict=True)
    top = max([above for above, is_first in heights if not is_first], default=0) + any(first)
    return [0 if is_first else top - above for above, is_first in zip(height, first, strict=True)]


def _without_repeats(knots: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out knots between two others on the same straight line."""
    kept = knots[:1]
    for knot, after in zip(knots[1:], [*knots[2:], None], strict=True):
        on_line = after is not None and kept[-1][1] == knot[1] == after[1]
        if not on_line and knot != kept[-1]:
            kept.append(knot)
    return kept
