"""A picture in its places: what is drawn, where, and with which text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd.engine import order as walk
from autograd.errors import ArgumentError, PictureError
from autograd.habits import instead_of
from autograd.notation.formula import Constant
from autograd.notation.names import LONGEST_LABEL, Names, one_line
from autograd.notation.numbers import expression
from autograd.notation.writing import TEXT
from autograd.render.boxes import content
from autograd.render.captions import NOTE, legend_of, legend_width, note_of
from autograd.render.folding import outlined
from autograd.render.measure import width
from autograd.render.nesting import Nesting
from autograd.render.outline import MARGIN, Layout, Outline
from autograd.render.system_dot import placed_by_dot
from autograd.wording import what_is

if TYPE_CHECKING:
    from autograd.engine.value import Value

__all__ = ["Layout", "layout_of"]

READABLE = 300  # boxes; with more than that nobody follows a line
LARGEST = 600  # boxes, where the user chose the depth
ELEMENTS = 9_500  # of the SVG, where the user did not choose the number of boxes
REACH = 50_000  # ranks that all links pass through together; with more, a picture takes too long
DIRECTIONS = ("LR", "TB", "RL", "BT")


def layout_of(
    roots: Value | Sequence[Value],
    *,
    rankdir: str = "LR",
    format: str = ".4g",  # noqa: A002 - the contract's name
    depth: int | None = None,
    partials: bool = False,
    max_nodes: int | None = None,
    engine: str | None = None,
    names: bool = True,
    legend: bool = True,
) -> Layout:
    """Lay out the picture of a graph; see ``autograd.graph`` for the arguments.

    Returns:
        The layout: plain data, with an id for every box, link and frame that stays the same
        whatever is folded.

    Raises:
        TypeError: a root is not a Value, or an argument has the wrong type.
        ValueError: an argument has an unknown value.

    Example:
        >>> from autograd import Value
        >>> from autograd.render import layout_of
        >>> layout = layout_of(Value(2.0, label="x") * 3)
        >>> [(box.id, box.kind) for box in layout.boxes]
        [('n0', 'leaf'), ('c1-1', 'constant'), ('n1', 'result')]
        >>> [(link.id, link.source.id, link.target.id) for link in layout.links]
        [('e1-0', 'n0', 'n1'), ('e1-1', 'c1-1', 'n1')]
    """
    given = _results(roots)
    _check(rankdir, format, depth, max_nodes, engine)
    most = max_nodes or (READABLE if depth is None else LARGEST)
    elements = ELEMENTS if max_nodes is None else math.inf
    order = walk.ordered(*given)

    def drawn(most: int) -> Layout:
        outline = outlined(order, depth, most, elements)
        _name(outline, names)
        return _sized(outline, rankdir, format, partials, legend)

    layout = drawn(most)
    if engine == "dot":
        placed_by_dot(layout)
    else:
        nesting = Nesting(layout)
        while nesting.reach() > REACH:
            shown = sum(1 for box in layout.boxes if box.kind != "constant")
            layout = drawn(shown // 2)
            nesting = Nesting(layout)
        nesting.place()
    for below in (width(layout.note, NOTE), legend_width(layout)):
        layout.width = max(layout.width, below + 2 * MARGIN)
        layout.height += 18.0 if below else 0.0
    return layout


def _name(outline: Outline, shown: bool) -> None:
    """Give each box the name that ``steps`` has for its node, where its title does not say so.

    Constants that formulas write as pi or log(3) are written so, too.
    """
    names = Names(outline.order)
    for box in outline.boxes:
        if box.kind == "constant" and box.data is not None and expression(box.data) is not None:
            known = names.constant(box.data)
            box.title = TEXT.write(known) if isinstance(known, Constant) else ""
        if box.node is None or not shown:
            continue
        name = names[box.node]
        if box.kind == "folded":
            box.caption += f" → {name.label}"
        else:  # x#2 where another is x
            box.name = name.label.removeprefix(one_line(box.title, LONGEST_LABEL))
            box.path = name.path


def _sized(outline: Outline, rankdir: str, spec: str, partials: bool, legend: bool) -> Layout:
    """Return a layout of what is to be drawn, with the size of each box and no places yet."""
    computed = any(node.grad != 0.0 for node, _ in outline.results)
    contents = {box.id: content(box, spec, computed) for box in outline.boxes}
    for box in outline.boxes:
        box.width, box.height = contents[box.id].width, contents[box.id].height
    return Layout(
        boxes=outline.boxes,
        links=outline.links,
        frames=outline.frames,
        order=outline.order,
        box_at=outline.box_at,
        results=outline.results,
        content=contents,
        width=0.0,
        height=0.0,
        rankdir=rankdir,
        format=spec,
        computed=computed,
        partials=partials,
        note=note_of(outline, computed),
        legend=legend_of(outline, computed) if legend else [],
    )


def _results(given: object) -> list[Value]:
    """Return what is to be drawn as a list of Values."""
    flat = given.ravel().tolist() if hasattr(given, "ravel") else given  # an array
    results: list[Any] = list(flat) if isinstance(flat, (list, tuple)) else [flat]
    for result in results:
        if not hasattr(result, "backward") or not hasattr(result, "partials"):
            raise ArgumentError(
                f"graph draws a Value, or a list of them, and was given {what_is(result)}: "
                f"{instead_of(result)}"
            )
    if not results:
        raise PictureError("graph draws a Value or a list of them, and the list is empty")
    return results


def _check(rankdir: object, spec: object, depth: object, most: object, engine: object) -> None:
    if rankdir not in DIRECTIONS:
        several = "; several results are a list: graph([y1, y2])"
        raise PictureError(
            f"graph: rankdir is one of {', '.join(DIRECTIONS)}, not {rankdir!r}"
            + several * hasattr(rankdir, "backward")
        )
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
        raise ArgumentError(f"graph: format is a str such as '.4g', not {what_is(spec)}")
    try:
        format(1.0, spec)
    except ValueError:
        raise PictureError(
            f"graph: {spec!r} is not a format for numbers; try '.4g' or '.3f'"
        ) from None
