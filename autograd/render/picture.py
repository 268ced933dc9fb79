"""``graph``: the picture of a computation, as SVG, PNG, DOT and text."""

from __future__ import annotations

import base64
import contextlib
import functools
import math
import os
import uuid
from collections.abc import Callable, Container, Sequence
from pathlib import Path

from autograd.engine.value import Value
from autograd.errors import MissingExtraError, PictureError
from autograd.files import Kept, saved
from autograd.notation.numbers import checked_digits
from autograd.render.boxes import USUAL_FORMAT
from autograd.render.dot import dot_of
from autograd.render.layout import layout_of
from autograd.render.outline import Layout
from autograd.render.png import png_of
from autograd.render.svg import THEMES, described, svg_of
from autograd.render.text import text_of
from autograd.render.wording import xml
from autograd.wording import brief, counted
from autograd.wrong_calls import asking

LEGIBLE = 0.7  # how far a notebook may shrink a picture before it scrolls instead
DARK_HOSTS = (  # what says that a notebook is dark: JupyterLab, VS Code, marimo, Colab
    '[data-jp-theme-light="false"]',
    ".vscode-dark",
    ".dark",
    "html[theme=dark]",
)


class Graph(Kept):
    """The picture of a graph, as ``autograd.graph`` returns it; a notebook shows it by itself.

    The numbers are those at the time of the call: draw again after ``backward()``.

    Attributes:
        layout: where everything is; see ``autograd.render.layout_of``.
        theme: "light", "dark", "auto" or None; see ``graph``.

    Example:
        >>> from autograd import Value, graph
        >>> picture = graph(Value(3.0, label="x") * 2)
        >>> picture.svg.startswith("<svg")
        True
        >>> picture.dot.splitlines()[0]
        'digraph {'
    """

    def __init__(self, layout: Layout, theme: str | None) -> None:
        self.layout = layout
        self.theme = theme

    @functools.cached_property
    def svg(self) -> str:
        """The picture as the text of an SVG document."""
        return svg_of(self.layout, self.theme or "light")

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
        """The picture as a PNG file, with twice the pixels of the SVG at the same size."""
        return png_of(svg_of(self.layout, "dark" if self.theme == "dark" else "light"))

    @asking("picture.save('g.svg')")
    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, completely or not at all.

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
        kinds = {
            ".svg": self.svg.encode,
            ".png": lambda: self.png,
            ".dot": self.dot.encode,
        }
        return saved(path, kinds, "a picture")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        nodes = counted(len(self.layout.order), "node")
        return f"<picture of {nodes} in {counted(len(self.layout.boxes), 'box', 'boxes')}>"

    @functools.cached_property
    def html(self) -> str:
        """The picture as HTML for a notebook, dark where the notebook is unless a theme was chosen.

        An image, because hosts that remove untrusted scripts and styles keep images.
        """
        wide, high = math.ceil(self.layout.width), math.ceil(self.layout.height)
        mark = f"picture-{uuid.uuid4().hex[:12]}"
        style = ""
        if self.theme in (None, "auto"):
            dark = uri(svg_of(self.layout, "dark"))
            places = ",".join(f"{host} img.{mark}" for host in DARK_HOSTS)
            style = f'<style>{places}{{content:url("{dark}")}}</style>'
        return (
            f'{style}<div style="overflow-x:auto"><img class="{mark}" width="{wide}" '
            f'height="{high}" alt="{xml(described(self.layout))}" style="max-width:100%;'
            f'min-width:{round(LEGIBLE * wide)}px;height:auto" src="{uri(self.svg)}"></div>'
        )

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        """Return the picture for a notebook: HTML to look at, PNG for a PDF, and text.

        No SVG: nbconvert hands any to Inkscape, which few machines have.
        """
        return bundled(
            {
                "text/html": lambda: self.html,
                "image/png": lambda: base64.b64encode(self.png).decode(),
                "text/plain": lambda: self.text,
            },
            include,
            exclude,
        )


def bundled(
    kinds: dict[str, Callable[[], str]],
    include: Container[str] | None,
    exclude: Container[str] | None,
) -> dict[str, str]:
    """Make the representations that a notebook asks for."""
    bundle = {}
    for kind, made in kinds.items():
        if (not include or kind in include) and not (exclude and kind in exclude):
            with contextlib.suppress(MissingExtraError, PictureError):  # where there is no resvg
                bundle[kind] = made()
    return bundle


def uri(svg: str) -> str:
    """Return an SVG document as the address of an image."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@asking("graph(y)")
def graph(
    y: Value | Sequence[Value],
    rankdir: str = "LR",
    format: str = ".4g",  # noqa: A002 - the contract's name
    depth: int | None = None,
    *,
    theme: str | None = None,
    partials: bool = False,
    names: bool = True,
    legend: bool = True,
    engine: str | None = None,
    max_nodes: int | None = None,
    digits: int | None = None,
) -> Graph:
    """Draw the graph of a computation: every node with label, operation, data and gradient.

    Operands enter a box in their order, from the top (from the left when it runs down). Boxes are
    tinted by their gradient: blue for positive, orange for negative, the stronger the larger; a
    dashed border marks nan and infinity. A node without a label shows the name that ``steps``
    gives it. While the root's gradient is 0.0, the picture says that gradients are not computed.

    Args:
        y: the result to draw, or a list of several, which share what they have in common.
        rankdir: where results are: "LR" (on the right), "TB" (below), "RL" or "BT".
        format: how numbers are written, a format specification; known constants are written as in
            formulas, as pi and log(2).
        depth: how many nested scopes are shown open; deeper ones are folded to one box each. None
            opens all while there are at most 300 boxes.
        theme: "light", "dark", or "auto", which follows the reader's screen. None is light in a
            file, and in a notebook follows the notebook's theme.
        partials: write the local partial, ∂(result)/∂(operand), on each link.
        names: write v1, v2, ... small where a node has no label.
        legend: say below the picture what the colours mean.
        engine: None for our own layout, or "dot" for that of Graphviz, if it is installed.
        max_nodes: the most boxes, constants aside, before more is folded and summarised; 300
            where depth is None, else 600. Fewer are drawn where routing so many links would take
            too long.
        digits: how many significant digits of numbers to show, from 1 to 17, in place of a format.

    Returns:
        A Graph, with ``.svg``, ``.dot``, ``.text``, ``.png`` and ``.save(path)``.

    Raises:
        TypeError: y is no Value and no list of Values, or another argument has the wrong type.
        ValueError: another argument has an unknown value.
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
    if theme not in (None, *THEMES):
        raise PictureError(f"graph: theme is one of {', '.join(THEMES)}, not {theme!r}")
    if digits is not None:
        if format != USUAL_FORMAT:
            raise PictureError(
                f"graph: digits and format both say how numbers are written: write "
                f"digits={brief(digits)} or format={brief(format)}, not both"
            )
        format = f".{checked_digits('graph', digits)}g"  # noqa: A001 - the contract's name
    layout = layout_of(
        y,
        rankdir=rankdir,
        format=format,
        depth=depth,
        partials=partials,
        max_nodes=max_nodes,
        engine=engine,
        names=names,
        legend=legend,
    )
    return Graph(layout, theme)
