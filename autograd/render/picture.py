"""``graph``: the picture of a computation, as SVG, PNG, DOT and text."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.errors import ArgumentError, PictureError
from autograd.files import write_whole
from autograd.render.dot import dot_of
from autograd.render.layout import layout_of
from autograd.render.outline import Layout
from autograd.render.png import png_of
from autograd.render.svg import THEMES, svg_of
from autograd.render.text import text_of
from autograd.render.wording import counted

if TYPE_CHECKING:
    from autograd.engine.value import Value

SUFFIXES = (".svg", ".png", ".dot")


class Graph:
    """The picture of a graph, as ``autograd.graph`` returns it; a notebook shows it by itself.

    The numbers are those at the time of the call: draw again after ``backward()``.

    Attributes:
        layout: where everything is; see ``autograd.render.layout_of``.
        theme: "light", "dark" or "auto".

    Example:
        >>> from autograd import Value, graph
        >>> picture = graph(Value(3.0, label="x") * 2)
        >>> picture.svg.startswith("<svg")
        True
        >>> picture.dot.splitlines()[0]
        'digraph {'
    """

    def __init__(self, layout: Layout, theme: str) -> None:
        self.layout = layout
        self.theme = theme

    @functools.cached_property
    def svg(self) -> str:
        """The picture as the text of an SVG document."""
        return svg_of(self.layout, self.theme)

    @functools.cached_property
    def dot(self) -> str:
        """The graph as DOT source, for Graphviz and others that read it."""
        return dot_of(self.layout)

    @functools.cached_property
    def text(self) -> str:
        """The picture in plain text, for terminals."""
        return text_of(self.layout)

    @functools.cached_property
    def png(self) -> bytes:
        """The picture as a PNG file, at twice the size of the SVG for sharp screens."""
        return png_of(svg_of(self.layout, "dark" if self.theme == "dark" else "light"))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, whole or not at all.

        Args:
            path: a file name that ends in .svg, .png or .dot.

        Returns:
            The path that was written.

        Raises:
            TypeError: path is not a file name.
            ValueError: the name has another ending.
            OSError: the file cannot be written; what was there before is left as it was.

        Example:
            >>> import os, tempfile
            >>> from autograd import Value, graph
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = graph(Value(2.0) * 3).save(os.path.join(folder, "g.svg"))
            ...     path.read_text()[:4]
            '<svg'
        """
        try:
            target = Path(path)
        except TypeError:
            raise ArgumentError(
                f"save: takes a file name, and was given a {type(path).__name__}"
            ) from None
        suffix = target.suffix.lower()
        if suffix not in SUFFIXES:
            raise PictureError(
                f"save: {str(target)!r} ends in {suffix or 'nothing'!r}; a picture is saved as "
                f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
            )
        if suffix == ".png":
            contents = self.png
        else:
            contents = (self.svg if suffix == ".svg" else self.dot).encode()
        write_whole(target, contents)
        return target

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        nodes = counted(len(self.layout.order), "node")
        return f"<picture of {nodes} in {counted(len(self.layout.boxes), 'box', 'boxes')}>"

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"image/svg+xml": self.svg, "text/plain": self.text}
        return {
            kind: text
            for kind, text in bundle.items()
            if (not include or kind in include) and not (exclude and kind in exclude)
        }


def graph(
    y: Value,
    rankdir: str = "LR",
    format: str = ".4g",  # noqa: A002 - the contract's name
    depth: int | None = None,
    *,
    theme: str = "light",
    partials: bool = False,
    engine: str | None = None,
    max_nodes: int | None = None,
) -> Graph:
    """Draw the graph of a computation: every node with label, operation, data and gradient.

    Operands enter a box in their order, from the top (from the left when it runs down). Boxes are
    tinted by their gradient: blue for positive, orange for negative, the stronger the larger.
    While the root's gradient is 0.0, the picture says that gradients are not computed.

    Args:
        y: the result to draw.
        rankdir: where results are: "LR" (on the right), "TB" (below), "RL" or "BT".
        format: how numbers are written, a format specification.
        depth: how many nested scopes are shown open; deeper ones are folded to one box each. None
            opens all while there are at most 300 boxes.
        theme: "light", "dark", or "auto", which follows the reader's screen.
        partials: write the local partial, d(result)/d(operand), on each link.
        engine: None for our own layout, or "dot" for that of Graphviz, if it is installed.
        max_nodes: the most boxes, constants aside, before more is folded and summarised; 300
            where depth is None, else 600. Fewer are drawn where so many links run past so many
            boxes that it would take long to lead them.

    Returns:
        A Graph, with ``.svg``, ``.dot``, ``.text``, ``.png`` and ``.save(path)``.

    Raises:
        TypeError: y is not a Value, or another argument is of the wrong kind.
        ValueError: another argument is none of those that there are.
        OSError: engine is "dot", and Graphviz is not installed or fails.

    Example:
        >>> from autograd import Value, graph
        >>> x = Value(3.0, label="x")
        >>> y = x * x
        >>> y.label = "y"
        >>> y.backward()
        >>> print(graph(y).text)
        y = *   data 9  grad 1
        ├─ x    data 3  grad 6
        └─ x ↑
    """
    if theme not in THEMES:
        raise PictureError(f"graph: theme is one of {', '.join(THEMES)}, not {theme!r}")
    layout = layout_of(
        y,
        rankdir=rankdir,
        format=format,
        depth=depth,
        partials=partials,
        max_nodes=max_nodes,
        engine=engine,
    )
    return Graph(layout, theme)
