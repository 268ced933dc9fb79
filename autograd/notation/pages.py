"""Files of worked formulas that are whole: a document for LaTeX, a page for a browser."""

from __future__ import annotations

import html
from collections.abc import Sequence

_TEX = r"""\documentclass{article}
\usepackage{amsmath}
\usepackage[margin=2cm]{geometry}
\allowdisplaybreaks
\begin{document}
\begin{align*}
%s
\end{align*}
\end{document}
"""

_HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
:root { color-scheme: light dark }
body { margin: 2em; overflow-x: auto }
</style>
</head>
<body>
%s
</body>
</html>
"""


def tex_document(rows: Sequence[str]) -> str:
    """Return a LaTeX document of lines of mathematics, with breaks of pages between them."""
    return _TEX % " \\\\\n".join(rows)


def page(title: str, element: str) -> str:
    """Return a web page that shows one element of MathML, which browsers draw themselves."""
    return _HTML % (html.escape(title), element)
