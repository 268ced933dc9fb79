"""A graph divided into ranks, which the steps of a layered drawing pass on."""

from __future__ import annotations

from dataclasses import dataclass

Join = tuple[int, float, float, int]


@dataclass(slots=True, eq=False)
class Ranked:
    """Vertices in ranks, with joins between neighbouring ranks only.

    Vertices are numbered: first the items, then the lanes of links that pass through a rank.

    Attributes:
        rank: the rank of each vertex.
        ranks: the vertices of each rank in their order; empty until they are ordered.
        half: half of the breadth of each vertex.
        space: what each keeps free to its neighbours.
        light: whether it is a leaf or a constant.
        items: how many vertices are items.
        ups: for each vertex its joins to the rank before: (vertex, where here, where there, how
            many links), where is in pixels across from the middles.
        downs: its joins to the rank behind, likewise.
    """

    rank: list[int]
    ranks: list[list[int]]
    half: list[float]
    space: list[float]
    light: list[bool]
    items: int
    ups: list[list[Join]]
    downs: list[list[Join]]
