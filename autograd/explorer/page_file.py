"""``explore(y)``: one page that walks through a graph, in a notebook or as a file of its own."""

from __future__ import annotations

import base64
import functools
import html
import os
import re
import uuid
from collections.abc import Container
from importlib import resources
from pathlib import Path

from autograd.backends.javascript import page_table
from autograd.engine.value import Value
from autograd.errors import PictureError
from autograd.explorer.chain_rule import graph_under
from autograd.explorer.derivations import one_line
from autograd.explorer.payload import as_json, payload
from autograd.files import Kept, saved
from autograd.notation.names import Names
from autograd.notation.numbers import USUAL_DIGITS, checked_digits
from autograd.render.picture import Graph, bundled, graph, uri
from autograd.render.theme import DARK, LIGHT, Theme
from autograd.wording import counted
from autograd.wrong_calls import asking

SCRIPTS = (  # one after another in one module: each may use those before it, and page starts it
    *("graph", "paths", "notation", "picture"),
    *("walk", "equation", "table", "path_list", "prediction", "page"),
)
COLOURS = "paper box ink soft frame plus minus alarm path current current_edge operand_edge".split()
SUFFIXES = (".html", ".htm")
LONGEST_TITLE = 70
LARGEST = 20_000  # nodes; with more a page would answer too slowly


class Explorer(Kept):
    """A page that walks forward and backward through a graph, one application of a rule at a time.

    It shows itself in a notebook, and ``save`` writes it as one file that works offline.
    """

    _example = "y.html"

    def __init__(self, y: Value, digits: int = USUAL_DIGITS) -> None:
        order = graph_under(y, "explore")
        self._digits = checked_digits("explore", digits)
        if len(order) > LARGEST:
            raise PictureError(
                f"explore: the graph has {len(order):,} nodes, and a page holds {LARGEST:,}: "
                f"explore a part of it (a node further down), or read it with explain or steps"
            )
        self._y = y
        self._size = len(order)
        names = Names(order)
        self._name = names[y].name
        formula = one_line(order, names)
        fits = formula != self._name and len(formula) <= LONGEST_TITLE
        self._title = formula if fits else f"{self._name}, step by step"

    @functools.cached_property
    def html(self) -> str:
        """The page as HTML that needs no network; it is made on first use."""
        parts = {
            "title": html.escape(self._title),
            "css": _palette() + _lean("page.css"),
            "payload": as_json(payload(self._y, graph_under(self._y, "explore"), self._digits)),
            "javascript": "\n".join([page_table(), *(_lean(f"{name}.js") for name in SCRIPTS)]),
        }
        pieces = _lean("page.html").split("{")
        filled = [pieces[0]]
        for piece in pieces[1:]:  # one pass: nothing that is put in is looked at again
            name, _, rest = piece.partition("}")
            filled.append(parts[name] + rest)
        return "".join(filled)

    @asking("page.save('y.html')")
    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, completely or not at all.

        Args:
            path: a file name that ends in .html or .htm.

        Returns:
            The path that was written.

        Raises:
            TypeError: path is not a file name.
            ValueError: the name has another ending.
            OSError: the file cannot be written; what was there before is left as it was.

        Example:
            >>> import os, tempfile
            >>> from autograd import Value, explore
            >>> x = Value(2.0, label="x")
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = explore(x * x).save(os.path.join(folder, "y.html"))
            ...     path.read_text(encoding="utf-8")[:15]
            '<!doctype html>'
        """
        return saved(path, dict.fromkeys(SUFFIXES, lambda: self.html.encode()), "a page")

    def __repr__(self) -> str:
        size = counted(self._size, "node")
        return f"<explorer of {self._name}, {size}; .save('y.html') writes the page>"

    def _repr_html_(self) -> str:
        """Return the page in a frame, with a picture for hosts that remove frames.

        A host that sanitises HTML removes the style and the frame, and leaves the picture. A host
        that keeps the frame keeps the style too, which hides the picture.
        """
        mark = f"picture-{uuid.uuid4().hex[:12]}"
        name = html.escape(self._title)
        return (
            f"<style>img.{mark}{{display:none!important}}</style>"
            f'<iframe title="{name}" srcdoc="{html.escape(self.html)}" '
            f'style="width:100%;height:680px;border:0" loading="lazy"></iframe>'
            f'<img class="{mark}" alt="{name}" src="{uri(self._graph.svg)}">'
        )

    @functools.cached_property
    def _graph(self) -> Graph:
        return graph(self._y, digits=self._digits)

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        """Return the page for a notebook, and its picture as PNG for a PDF, and a line of text."""
        return bundled(
            {
                "text/html": self._repr_html_,
                "image/png": lambda: base64.b64encode(self._graph.png).decode(),
                "text/plain": self.__repr__,
            },
            include,
            exclude,
        )


def _palette() -> str:
    """Return the colours as CSS variables: light ones, and dark ones for dark hosts."""

    def rule(selector: str, theme: Theme, scheme: str) -> str:
        colours = "".join(f"--{name.replace('_', '-')}:{getattr(theme, name)};" for name in COLOURS)
        return f"{selector}{{{colours}color-scheme:{scheme}}}"

    dark = rule(":root:not([data-theme=light])", DARK, "dark")
    return (
        rule(":root", LIGHT, "light")
        + f"@media(prefers-color-scheme:dark){{{dark}}}"
        + rule(":root[data-theme=dark]", DARK, "dark")
    )


def _lean(name: str) -> str:
    """Return a file of the page without indentation, empty lines and comments."""
    text = resources.files("autograd.explorer").joinpath("page", name).read_text("utf-8")
    if name.endswith(".css"):
        bare = re.sub(r"\s*([{};,])\s*|(?<=:)\s+", r"\1", re.sub(r"/\*.*?\*/", "", text))
        return bare.replace(";}", "}")
    lines = (re.sub(r"(^|\s)//\s.*", "", line).strip() for line in text.splitlines())
    return "\n".join(_close(line) for line in lines if line)


def _close(line: str) -> str:
    """Return a line of a script without the spaces around signs, unless a text may be in it."""
    has_text = any(mark in line for mark in "'\"`/<")
    return line if has_text else re.sub(r" ?(=>|[=,{}]) (?=[\w{\[(])", r"\1", line)


@asking("explore(y)")
def explore(y: Value, digits: int = USUAL_DIGITS) -> Explorer:
    """Open a graph as a page on which the chain rule can be walked, forward and then backward.

    Args:
        y: the root of the graph.
        digits: how many significant digits of numbers to show, from 1 to 17.

    Returns:
        An Explorer: live in a notebook; ``.save("y.html")`` writes one file that works offline.

    Raises:
        TypeError: y is not a Value, or there cannot be so many digits.
        ValueError: a leaf's data was edited after something above it was recorded, or the graph
            has more than 20,000 nodes.

    Example:
        >>> from autograd import Value, explore
        >>> x = Value(2.0, label="x")
        >>> y = x * x
        >>> y.label = "y"
        >>> explore(y)
        <explorer of y, 2 nodes; .save('y.html') writes the page>
    """
    return Explorer(y, digits)
