"""What a picture shows of a graph: boxes, links and frames.

A box is a node, a constant, a scope folded to one box, or a summary of many nodes. A link is one
operand of one node; between folded boxes it stands for several. A frame is a scope drawn open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.engine.value import Value

MARGIN = 12.0  # pixels around a picture


@dataclass(slots=True, eq=False)
class Frame:
    """A scope drawn open, as a named box around what was made in it.

    Attributes:
        id: ``s`` and the number of the scope, the same whatever is folded.
        name: the scope's name, as the user wrote it.
        depth: 1 for a scope that lies in no other.
        parent: the frame around this one.
        x, y, width, height: its place in pixels, from the top left of the picture.
    """

    id: str
    name: str
    depth: int
    parent: Frame | None
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0


@dataclass(slots=True, eq=False)
class Box:
    """One box of the picture.

    Attributes:
        id: ``n7`` for the node of that number in ``order.ordered(*roots)``, ``c7-1`` for operand 1
            of that node where it is a constant, ``s2`` for a folded scope, ``g3`` for a summary.
        kind: "leaf", "result", "constant" or "folded".
        title: the node's label, the scope's name or the words of a summary, as data; of a constant
            the formula that it is known by, such as log(3).
        name: what ``steps`` calls the node, where the title does not say so: v3, or the #2 of x#2.
        path: the scopes around a node whose label others bear too, as ``steps`` writes them.
        symbol: the operation's symbol; empty where there is none.
        caption: what a folded box holds, in words, on one line or several.
        data: the number; None in a folded box with more than one result.
        grad: the gradient, likewise.
        count: how many nodes it stands for.
        node: the node that the numbers belong to.
        frame: the innermost frame around it.
        operands: how many links may enter it, each at its own place; 0 for a folded box.
        x, y, width, height: its place in pixels, from the top left of the picture.
    """

    id: str
    kind: str
    title: str = ""
    name: str = ""
    path: str = ""
    symbol: str = ""
    caption: str = ""
    data: float | None = None
    grad: float | None = None
    count: int = 1
    node: Value | None = None
    frame: Frame | None = None
    operands: int = 0
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0

    @property
    def is_source(self) -> bool:
        """True for a leaf or a constant: nothing enters it."""
        return self.kind in ("leaf", "constant")

    @property
    def word(self) -> str:
        """The whole name: the path where there is one, the title and the name."""
        return f"{self.path} / " * bool(self.path) + self.title + self.name

    def is_odd(self, computed: bool) -> bool:
        """Return whether the number, or the gradient if there are any, is nan or infinite."""
        if self.data is None or self.grad is None:
            return False
        return self.data - self.data != 0.0 or (computed and self.grad - self.grad != 0.0)


@dataclass(slots=True, eq=False)
class Text:
    """One line of text in a box, placed from the top left of the box; y is its baseline."""

    role: str
    text: str
    x: float
    y: float
    size: float
    anchor: str = "start"


@dataclass(slots=True, eq=False)
class Content:
    """The text of a box, and the size that holds it.

    Attributes:
        texts: its lines; ``role`` is "title", "name", "symbol", "caption", "word",
            "data" or "grad".
        width, height: the size of the box in pixels.
        divider: where the line between the symbol and the rest stands; 0.0 where there is none.
    """

    texts: list[Text]
    width: float
    height: float
    divider: float = 0.0


@dataclass(slots=True, eq=False)
class Link:
    """One operand of one node, or the bundle of those between two boxes of which one is folded.

    Attributes:
        id: ``e7-1`` for operand 1 of node 7; a bundle has the id of its first.
        source: the operand's box.
        target: the box of the node that takes it.
        operand: its index among the node's operands.
        partial: d(target)/d(source); None for a constant and in a bundle.
        count: how many operands it stands for.
        points: where it runs: from each point to the next a straight line, or, where they differ
            across the direction of the picture, a smooth curve that leaves and arrives along it.
        curved: True for a link that the dot program led: its points are then those of a cubic
            Bezier spline, and after them the end of the arrow.
        label_at: the middle of its partial, where the dot program has placed it.
    """

    id: str
    source: Box
    target: Box
    operand: int
    partial: float | None = None
    count: int = 1
    points: list[tuple[float, float]] = field(default_factory=list)
    curved: bool = False
    label_at: tuple[float, float] | None = None


@dataclass(slots=True, eq=False)
class Outline:
    """What is drawn of a graph: its boxes, links and frames.

    Attributes:
        boxes: in the order of the first node that each shows.
        links: in the order of their targets, and there of their operands.
        frames: outer before inner.
        order: ``order.ordered(*roots)``.
        box_at: for each node of ``order`` the box that shows it or holds it.
        results: the nodes that are nobody's operands, and their boxes.
    """

    boxes: list[Box]
    links: list[Link]
    frames: list[Frame]
    order: list[Value]
    box_at: list[Box]
    results: list[tuple[Value, Box]]


@dataclass(slots=True, eq=False)
class Layout:
    """A finished layout, which the writers of SVG, DOT and text only write out.

    Attributes:
        boxes, links, frames: what is drawn; see ``Box``, ``Link`` and ``Frame``.
        order: ``order.ordered(*roots)``: box ``n7`` is node 7 of it.
        box_at: for each node of ``order`` the box that shows or holds it.
        results: the nodes that are nobody's operands, and their boxes.
        content: the text of each box, by its id.
        width, height: in pixels.
        rankdir: "LR", "TB", "RL" or "BT": where the results are.
        format: how numbers are written.
        computed: whether the gradient of a result is not 0.0.
        partials: whether links carry their partials.
        note: a line to stand below the picture; empty where there is nothing to say.
        legend: what the colours mean, for the colours there are: (kind, words).
    """

    boxes: list[Box]
    links: list[Link]
    frames: list[Frame]
    order: list[Value]
    box_at: list[Box]
    results: list[tuple[Value, Box]]
    content: dict[str, Content]
    width: float
    height: float
    rankdir: str
    format: str
    computed: bool
    partials: bool
    note: str
    legend: list[tuple[str, str]]

    def inside(self) -> dict[Frame | None, list[Box | Frame]]:
        """Return what stands directly in each frame, frames first; under None what is in none."""
        parts: dict[Frame | None, list[Box | Frame]] = {}
        for frame in self.frames:
            parts.setdefault(frame.parent, []).append(frame)
        for box in self.boxes:
            parts.setdefault(box.frame, []).append(box)
        return parts
