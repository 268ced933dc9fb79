"""Frames within frames: each is laid out on its own, the innermost first.

A frame that has been laid out is one item among others in the frame around it. Where links enter
and leave it are ports in its border, one for each value. So no line can run through a box or a
frame that it has nothing to do with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograd.render.captions import NAME, PARTIAL, frame_name, partial_text
from autograd.render.folding import ancestors, meeting
from autograd.render.layered import Item, Layered, Piece, reach
from autograd.render.measure import width
from autograd.render.outline import MARGIN, Box, Frame, Layout, Link

BOX_SPACE, SMALL_SPACE, FRAME_SPACE = 11.0, 7.0, 14.0  # between neighbours in a rank
PORT_SPACE, WIDE_PORT_SPACE = 9.0, 36.0  # between ports in a border, at least and if there is room
HEADER = 17.0  # the room for a frame's name
INSIDE = 10.0  # from a frame's border to what is in it
OPERANDS = 13.0  # from one operand to the next, where the box has room for it


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

    def everything(self) -> list[Item]:
        """Return what is to be placed: the ports in the border and what is inside."""
        return [*self.entries.values(), *self.items.values(), *self.exits.values()]


class Nesting:
    """Gives everything in a layout its place, frame by frame."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.sideways = layout.rankdir in ("LR", "RL")
        self.sheets: dict[Frame | None, _Sheet] = {None: _Sheet()}
        for frame in layout.frames:
            self.sheets[frame] = _Sheet()
            self.sheets[frame.parent].items[frame] = Item(0.0, 0.0, FRAME_SPACE)
        self._make_room()
        self.ways = [self._way(link) for link in layout.links]

    def reach(self) -> int:
        """Return how many ranks of all the frames the links pass through, all of them together."""
        sheets = self.sheets.values()
        return sum(reach(sheet.everything(), list(sheet.pieces.values())) for sheet in sheets)

    def place(self) -> None:
        """Lay out the frames from the inside out, then put them in place from the outside in."""
        layout = self.layout
        for frame in self._inside_out():
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
        for link, way in zip(layout.links, self.ways, strict=True):
            link.points = [
                self._turned(*self._spot(sheet, *knot))
                for sheet, piece in way
                for knot in piece.knots
            ]

    def _inside_out(self) -> list[Frame]:
        """Return the frames, inner before outer, and among equals operands before results."""
        last: dict[Frame, int] = {}
        for position, box in enumerate(self.layout.boxes):
            for frame in ancestors(box.frame):
                last[frame] = position
        return sorted(self.layout.frames, key=lambda frame: (-frame.depth, last[frame]))

    # -- what there is to place ----------------------------------------------------------------

    def _make_room(self) -> None:
        """Make an item of each box, broad enough for its operands to enter in their order."""
        self.apart = OPERANDS
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
        """Record where links enter and leave the frames in a sheet, which are laid out already."""
        for piece, start, end, net in sheet.ends:
            if isinstance(start, Frame):
                piece.leaves = self._port(start, self.sheets[start].exits[net], sheet)
            if isinstance(end, Frame):
                piece.enters = self._port(end, self.sheets[end].entries[net], sheet)

    def _leaving(self, net: Box, outer: list[Frame]) -> float:
        """Return where a value leaves its frames, so far as they have been laid out."""
        place = 0.0
        for frame in ancestors(net.frame):
            if frame in outer:
                break
            place = self.sheets[frame].exits[net].across
        return place

    def _port(self, frame: Frame, port: Item, around: _Sheet) -> float:
        return port.across + self.sheets[frame].across - around.items[frame].breadth / 2

    def _lay_out(self, frame: Frame) -> None:
        sheet = self.sheets[frame]
        outer = ancestors(frame)
        sheet.entries = dict(
            sorted(sheet.entries.items(), key=lambda entry: self._leaving(entry[0], outer))
        )
        self._fill_in_ports(sheet)
        for ports in (sheet.entries, sheet.exits):  # spread over the border as far as there is room
            room = sum(item.breadth for item in sheet.items.values()) / (3 * max(len(ports), 1))
            for port in ports.values():
                port.space = min(max(port.space, room), WIDE_PORT_SPACE)
        items = sheet.everything()
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
