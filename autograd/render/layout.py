"""From an outline to a layout: every box, link and frame in its place, in pixels.

Each frame is laid out on its own, the innermost first, and is then one item among others in the
frame around it. Where links enter and leave it are ports in its border, one for each value. So no
line can run through a box or a frame that it has nothing to do with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograd import walk
from autograd.errors import ArgumentError, PictureError
from autograd.render.boxes import Content, content
from autograd.render.folding import meeting, outlined
from autograd.render.layered import Item, Layered, Piece
from autograd.render.measure import shortened, width
from autograd.render.outline import Box, Frame, Link, Outline
from autograd.render.wording import one_line

if TYPE_CHECKING:
    from autograd.value import Value

READABLE = 300  # boxes; with more than that nobody follows a line
LARGEST = 600  # boxes, where the user chose the depth
ELEMENTS = 9_500  # of the SVG, where the user did not choose the number of boxes
DIRECTIONS = ("LR", "TB", "RL", "BT")
MARGIN = 12.0
NAME, NAME_ROOM = 9.0, 240.0  # the font size of a frame's name, and the widest
BOX_SPACE, SMALL_SPACE, FRAME_SPACE = 11.0, 7.0, 14.0  # between neighbours in a rank
PORT_SPACE, WIDE_PORT_SPACE = 9.0, 36.0  # between ports in a border, at least and if there is room
HEADER = 17.0  # the room for a frame's name
INSIDE = 10.0  # from a frame's border to what is in it
PORT = 13.0  # from one operand to the next, where the box has room for it
PARTIAL = 8.5  # the font size of a partial on a link
NOTE = 9.0  # the font size of the line below the picture


@dataclass(slots=True, eq=False)
class Layout:
    """A picture in its places, which the writers of SVG, DOT and text only write down.

    Attributes:
        boxes, links, frames: what is drawn; see ``Box``, ``Link`` and ``Frame``.
        order: ``walk.ordered(root)``: box ``n7`` is node 7 of it.
        box_at: for each node of ``order`` the box that shows or holds it.
        content: the text of each box, by its id.
        width, height: in pixels.
        rankdir: "LR", "TB", "RL" or "BT": where the results are.
        format: how numbers are written.
        computed: whether the root's gradient is not 0.0.
        partials: whether links carry their partials.
        note: a line to stand below the picture; empty where there is nothing to say.
    """

    boxes: list[Box]
    links: list[Link]
    frames: list[Frame]
    order: list[Value]
    box_at: list[Box]
    content: dict[str, Content]
    width: float
    height: float
    rankdir: str
    format: str
    computed: bool
    partials: bool
    note: str


def layout_of(
    root: Value,
    *,
    rankdir: str = "LR",
    format: str = ".4g",  # noqa: A002 - the contract's name
    depth: int | None = None,
    partials: bool = False,
    max_nodes: int | None = None,
    engine: str | None = None,
) -> Layout:
    """Lay out the picture of a graph; see ``autograd.graph`` for the arguments.

    Returns:
        The layout: plain data, with an id for every box, link and frame that stays the same
        whatever is folded.

    Raises:
        TypeError: the root is not a Value, or an argument is of the wrong kind.
        ValueError: an argument is none of those that there are.

    Example:
        >>> from autograd import Value
        >>> from autograd.render import layout_of
        >>> layout = layout_of(Value(2.0, label="x") * 3)
        >>> [(box.id, box.kind) for box in layout.boxes]
        [('n0', 'leaf'), ('c1-1', 'constant'), ('n1', 'result')]
        >>> [(link.id, link.source.id, link.target.id) for link in layout.links]
        [('e1-0', 'n0', 'n1'), ('e1-1', 'c1-1', 'n1')]
    """
    _check(root, rankdir, format, depth, max_nodes, engine)
    most = max_nodes or (READABLE if depth is None else LARGEST)
    elements = ELEMENTS if max_nodes is None else math.inf
    outline = outlined(walk.ordered(root), depth, most, elements)
    computed = root.grad != 0.0
    contents = {box.id: content(box, format, computed) for box in outline.boxes}
    layout = Layout(
        boxes=outline.boxes,
        links=outline.links,
        frames=outline.frames,
        order=outline.order,
        box_at=outline.box_at,
        content=contents,
        width=0.0,
        height=0.0,
        rankdir=rankdir,
        format=format,
        computed=computed,
        partials=partials,
        note=_note(outline, computed),
    )
    for box in layout.boxes:
        box.width, box.height = contents[box.id].width, contents[box.id].height
    if engine == "dot":
        from autograd.render.system_dot import placed_by_dot

        placed_by_dot(layout)
    else:
        _Placement(layout).place()
    note_width = width(layout.note, NOTE) if layout.note else 0.0
    layout.width = max(layout.width, note_width + 2 * MARGIN)
    layout.height += 18.0 if layout.note else 0.0
    return layout


def _check(root: Any, rankdir: Any, spec: Any, depth: Any, most: Any, engine: Any) -> None:
    if not hasattr(root, "backward") or not hasattr(root, "partials"):
        raise ArgumentError(
            f"graph draws a Value, and was given a {type(root).__name__}; "
            f"give it the result of a computation with Values"
        )
    if rankdir not in DIRECTIONS:
        raise PictureError(f"graph: rankdir is one of {', '.join(DIRECTIONS)}, not {rankdir!r}")
    for name, number, least in (("depth", depth, 0), ("max_nodes", most, 1)):
        if number is None:
            continue
        if not isinstance(number, int) or isinstance(number, bool):
            raise ArgumentError(f"graph: {name} is a whole number or None, not {number!r}")
        if number < least:
            raise PictureError(f"graph: {name} is at least {least}, not {number}")
    if engine not in (None, "dot"):
        raise PictureError(f'graph: engine is None (our own layout) or "dot", not {engine!r}')
    if not isinstance(spec, str):
        raise ArgumentError(f"graph: format is a str such as '.4g', not a {type(spec).__name__}")
    try:
        format(1.0, spec)
    except ValueError:
        raise PictureError(
            f"graph: {spec!r} is not a format for numbers; try '.4g' or '.3f'"
        ) from None


def _note(outline: Outline, computed: bool) -> str:
    words = []
    if not computed:
        words.append("gradients not computed: call backward()")
    shown = sum(1 for box in outline.boxes if box.kind != "constant")
    if shown < len(outline.order):
        words.append(f"{len(outline.order):,} nodes, drawn as {shown:,} boxes")
    return " · ".join(words)


def frame_name(frame: Frame) -> str:
    """Return a frame's name as it is shown."""
    return shortened(one_line(frame.name), NAME, NAME_ROOM)


def partial_text(layout: Layout, link: Link) -> str:
    """Return the partial of a link as it is shown; empty where it is not."""
    if not layout.partials or link.partial is None:
        return ""
    return one_line(format(link.partial, layout.format))


def port_offsets(targets: list[bool], breadth: float, apart: float) -> list[float]:
    """Return where the operands enter a box, across, from its middle and in their order.

    If just one of them is a result, it enters in the middle, so that a chain runs straight.

    Args:
        targets: for each operand whether it is the result of an operation.
        breadth: the box's size across.
        apart: from one to the next, if there is room.
    """
    count = len(targets)
    middle = targets.index(True) if targets.count(True) == 1 else (count - 1) / 2
    farthest = max(middle, count - 1 - middle)
    step = min(apart, (breadth / 2 - 5.0) / farthest) if farthest else 0.0
    return [(index - middle) * step for index in range(count)]


@dataclass(slots=True, eq=False)
class _Sheet:
    """What lies directly in one frame, to be laid out on its own."""

    items: dict[Box | Frame, Item] = field(default_factory=dict)
    entries: dict[Box, Item] = field(default_factory=dict)  # ports, by the value's box
    exits: dict[Box, Item] = field(default_factory=dict)
    pieces: dict[tuple[Any, ...], Piece] = field(default_factory=dict)
    ends: list[tuple[Piece, Frame | Box, Frame | Box, Box]] = field(default_factory=list)
    along: float = 0.0  # of the content, from the frame's border
    across: float = 0.0
    origin: tuple[float, float] = (0.0, 0.0)  # of the frame's border in the picture


class _Placement:
    """Gives everything in a layout its place."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.sideways = layout.rankdir in ("LR", "RL")
        self.sheets: dict[Frame | None, _Sheet] = {None: _Sheet()}

    def place(self) -> None:
        """Lay out the frames from the inside out, then put them in place from the outside in."""
        layout = self.layout
        for frame in layout.frames:
            self.sheets[frame] = _Sheet()
            self.sheets[frame.parent].items[frame] = Item(0.0, 0.0, FRAME_SPACE)
        self._make_room()
        ways = [self._way(link) for link in layout.links]
        for frame in reversed(layout.frames):
            self._lay_out(frame)
        outer = self.sheets[None]
        self._fill_in_ports(outer)
        whole = Layered(list(outer.items.values()), list(outer.pieces.values()))
        outer.along = outer.across = MARGIN
        self.length, self.breadth = whole.length + 2 * MARGIN, whole.breadth + 2 * MARGIN
        sizes = (self.length, self.breadth)
        layout.width, layout.height = sizes if self.sideways else sizes[::-1]
        for frame in layout.frames:
            sheet, around = self.sheets[frame], self.sheets[frame.parent]
            item = around.items[frame]
            sheet.origin = self._spot(around, item.along, item.across - item.breadth / 2)
            corner = (sheet.origin[0] + item.length, sheet.origin[1] + item.breadth)
            frame.x, frame.y, frame.width, frame.height = self._rectangle(sheet.origin, corner)
        for box in layout.boxes:
            sheet = self.sheets[box.frame]
            item = sheet.items[box]
            start = self._spot(sheet, item.along, item.across - item.breadth / 2)
            corner = (start[0] + item.length, start[1] + item.breadth)
            box.x, box.y, box.width, box.height = self._rectangle(start, corner)
        for link, way in zip(layout.links, ways, strict=True):
            link.points = [
                self._turned(*self._spot(sheet, *knot))
                for sheet, piece in way
                for knot in piece.knots
            ]

    # -- what there is to place ----------------------------------------------------------------

    def _make_room(self) -> None:
        """Make an item of each box, broad enough for its operands to enter in their order."""
        self.apart = PORT
        if self.layout.partials and not self.sideways:
            self.apart = 6.0 + max(
                [width(partial_text(self.layout, link), PARTIAL) for link in self.layout.links],
                default=0.0,
            )
        for box in self.layout.boxes:
            length, breadth = box.width, box.height
            if not self.sideways:
                length, breadth = breadth, length
            if box.operands > 1:
                breadth = max(breadth, (box.operands - 1) * self.apart + 16.0)
            small = box.kind == "constant"
            item = Item(length, breadth, SMALL_SPACE if small else BOX_SPACE, light=box.is_source)
            self.sheets[box.frame].items[box] = item
        operands: dict[Box, list[bool]] = {}
        for link in self.layout.links:
            if link.target.operands:
                operands.setdefault(link.target, []).append(not link.source.is_source)
        self.offsets = {
            box: port_offsets(kinds, self.sheets[box.frame].items[box].breadth, self.apart)
            for box, kinds in operands.items()
        }

    def _way(self, link: Link) -> list[tuple[_Sheet, Piece]]:
        """Cut a link at the borders of frames: out of those of its source, into its target's."""
        up, common, down = meeting(link.source, link.target)
        net = link.source
        way: list[tuple[_Sheet, Piece]] = []
        start: Box | Frame = link.source
        for frame in up:
            way.append(self._piece(frame, net, start, None))
            start = frame
        stub = 0.0
        if text := partial_text(self.layout, link):
            stub = width(text, PARTIAL) + 8.0 if self.sideways else 14.0
        around = common
        for inner in down:
            way.append(self._piece(around, net, start, inner))
            start, around = net, inner  # seen from inside, the value is a port
        way.append(self._piece(around, net, start, link.target, link.operand, stub))
        return way

    def _piece(
        self,
        frame: Frame | None,
        net: Box,
        start: Box | Frame,
        end: Box | Frame | None,
        operand: int = 0,
        stub: float = 0.0,
    ) -> tuple[_Sheet, Piece]:
        sheet = self.sheets[frame]
        key = (net, start, end, operand)
        if key in sheet.pieces:
            sheet.pieces[key].count += 1
        else:
            if start in sheet.items:
                source = sheet.items[start]
            else:
                source = sheet.entries.setdefault(net, Item(0.0, 0.0, PORT_SPACE, "first"))
            if end is None:
                target = sheet.exits.setdefault(net, Item(0.0, 0.0, PORT_SPACE, "last"))
            else:
                target = sheet.items[end]
            piece = sheet.pieces[key] = Piece(source, 0.0, target, 0.0, stub)
            if isinstance(end, Box) and end in self.offsets:
                piece.enters = self.offsets[end][operand]
            sheet.ends.append((piece, start, end or net, net))
        return sheet, sheet.pieces[key]

    # -- one frame -----------------------------------------------------------------------------

    def _fill_in_ports(self, sheet: _Sheet) -> None:
        """Say where on the frames in a sheet its links enter and leave: those are laid out."""
        for piece, start, end, net in sheet.ends:
            if isinstance(start, Frame):
                piece.leaves = self._port(start, self.sheets[start].exits[net], sheet)
            if isinstance(end, Frame):
                piece.enters = self._port(end, self.sheets[end].entries[net], sheet)

    def _port(self, frame: Frame, port: Item, around: _Sheet) -> float:
        return port.across + self.sheets[frame].across - around.items[frame].breadth / 2

    def _lay_out(self, frame: Frame) -> None:
        sheet = self.sheets[frame]
        self._fill_in_ports(sheet)
        for ports in (sheet.entries, sheet.exits):  # spread over the border as far as there is room
            room = sum(item.breadth for item in sheet.items.values()) / (3 * max(len(ports), 1))
            for port in ports.values():
                port.space = min(max(port.space, room), WIDE_PORT_SPACE)
        items = [*sheet.entries.values(), *sheet.items.values(), *sheet.exits.values()]
        name = width(frame_name(frame), NAME)
        on_top = sheet.exits if self.layout.rankdir == "BT" else sheet.entries
        if not self.sideways and on_top:  # keep links clear of the name
            pinned = "last" if self.layout.rankdir == "BT" else "first"
            items.insert(0, Item(HEADER, name, BOX_SPACE, pinned, light=True))
        inside = Layered(items, list(sheet.pieces.values()))
        before = 0.0 if sheet.entries else INSIDE
        after = 0.0 if sheet.exits else INSIDE
        length, breadth = inside.length, inside.breadth
        if self.sideways:
            sheet.along, sheet.across = before, HEADER
            missing = max(0.0, name + 14.0 - (before + length + after))
            for port in sheet.exits.values():
                port.along += missing
            for piece, _, _, _ in sheet.ends:
                if piece.target.pinned == "last":
                    piece.knots[-1] = (piece.knots[-1][0] + missing, piece.knots[-1][1])
            size = (before + length + after + missing, HEADER + breadth + INSIDE)
        else:
            if not on_top and self.layout.rankdir == "BT":
                after = HEADER
            elif not on_top:
                before = HEADER
            missing = max(0.0, name - breadth)
            sheet.along, sheet.across = before, INSIDE
            size = (before + length + after, breadth + missing + 2 * INSIDE)
        item = self.sheets[frame.parent].items[frame]
        item.length, item.breadth = size

    # -- from along and across to x and y ------------------------------------------------------

    def _spot(self, sheet: _Sheet, along: float, across: float) -> tuple[float, float]:
        return sheet.origin[0] + sheet.along + along, sheet.origin[1] + sheet.across + across

    def _turned(self, along: float, across: float) -> tuple[float, float]:
        if self.layout.rankdir in ("RL", "BT"):
            along = self.length - along
        return (along, across) if self.sideways else (across, along)

    def _rectangle(
        self, start: tuple[float, float], corner: tuple[float, float]
    ) -> tuple[float, float, float, float]:
        (x, y), (far_x, far_y) = self._turned(*start), self._turned(*corner)
        return min(x, far_x), min(y, far_y), abs(far_x - x), abs(far_y - y)
