"""Where the vertices of ordered ranks lie across, in pixels."""

from __future__ import annotations

from autograd.render.ranked import Join, Ranked

ROUNDS = 6
ONE_SIDED = 2  # rounds in which a vertex looks to one side only, so that chains come to be straight
LIGHT, LANE = 1e-4, 4.0  # the weights of leaves and lanes that compete for a place

Pull = tuple[int, float, float]  # a vertex, how far from its middle, how strongly


def settled(ranked: Ranked) -> list[float]:
    """Return the middle of each vertex, the least free edge at 0.0.

    Each vertex is moved towards its neighbours, rank by rank, to and fro. A rank is moved at
    once: the places nearest to those wanted that keep order and distances are a weighted isotonic
    regression, found by pooling adjacent violators.
    """
    settling = _Settling(ranked)
    last = len(ranked.ranks) - 1
    for turn in range(ROUNDS):
        one_sided = turn < ONE_SIDED
        for number in range(last, -1, -1):
            settling.move(number, settling.downs, one_sided)
        for number in range(last + 1):
            settling.move(number, settling.ups, one_sided)
    for number in range(last, -1, -1):
        settling.move(number, settling.downs, one_sided=True)
    edges = zip(settling.across, ranked.half, strict=True)
    low = min(middle - half for middle, half in edges)
    return [middle - low for middle in settling.across]


class _Settling:
    def __init__(self, ranked: Ranked) -> None:
        self.ranked = ranked
        self.across = [0.0] * len(ranked.rank)
        self.weight = [LIGHT if light else 1.0 for light in ranked.light]
        self.weight[ranked.items :] = [LANE] * (len(ranked.rank) - ranked.items)
        self.needed = [self._packed(rank) for rank in ranked.ranks]
        self.ups = [self._pulls(vertex, joins) for vertex, joins in enumerate(ranked.ups)]
        self.downs = [self._pulls(vertex, joins) for vertex, joins in enumerate(ranked.downs)]
        for vertex, joins in enumerate(ranked.ups):
            if not self.ups[vertex] and not self.downs[vertex]:  # all its neighbours are leaves
                self.ups[vertex] = [(leaf, there - here, 1.0) for leaf, here, there, _ in joins]

    def _packed(self, rank: list[int]) -> list[float]:
        """Pack a rank as densely as possible, around 0.0, and return its places from the first."""
        ranked = self.ranked
        places: list[float] = []
        at = 0.0
        for index, vertex in enumerate(rank):
            if index:
                before = rank[index - 1]
                at += ranked.half[before] + ranked.half[vertex]
                at += (ranked.space[before] + ranked.space[vertex]) / 2
            places.append(at)
        for vertex, place in zip(rank, places, strict=True):
            self.across[vertex] = place - at / 2
        return places

    def _pulls(self, vertex: int, joins: list[Join]) -> list[Pull]:
        """Return the pulls on a vertex from one side; lanes pull most, to become straight.

        Leaves are pulled towards their users and pull nothing themselves: chains stay straight.
        """
        ranked = self.ranked
        pulls = []
        for other, here, there, _ in joins:
            if ranked.light[other] and not ranked.light[vertex]:
                continue
            lanes = (vertex >= ranked.items) + (other >= ranked.items)
            pulls.append((other, there - here, (1.0, 2.0, 8.0)[lanes]))
        return pulls

    def move(self, number: int, side: list[list[Pull]], one_sided: bool) -> None:
        """Move the vertices of a rank to where they are pulled, as far as the others allow.

        Args:
            number: of the rank.
            side: the pulls of one side.
            one_sided: look to that side alone, except where nothing pulls there.
        """
        across, weights = self.across, self.weight
        rank, needed = self.ranked.ranks[number], self.needed[number]
        blocks: list[tuple[float, float, int]] = []  # (place less what is needed, weight, how many)
        for vertex, room in zip(rank, needed, strict=True):
            pulls = side[vertex]
            if not one_sided or not pulls:
                pulls = self.ups[vertex] + self.downs[vertex]
            wanted = across[vertex]
            if pulls:
                total = strength = 0.0
                for other, shift, pull in pulls:
                    total += pull * (across[other] + shift)
                    strength += pull
                wanted = total / strength
            place, weight, many = wanted - room, weights[vertex], 1
            while blocks and blocks[-1][0] >= place:
                before, heavy, more = blocks.pop()
                place = (before * heavy + place * weight) / (heavy + weight)
                weight, many = heavy + weight, more + many
            blocks.append((place, weight, many))
        index = 0
        for place, _, many in blocks:
            for at in range(index, index + many):
                across[rank[at]] = place + needed[at]
            index += many
