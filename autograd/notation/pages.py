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
body { margin: clamp(0.75em, 4vw, 2em); line-height: 1.4 }
p { margin: 0; padding: 0.35em 0; overflow: auto hidden; overflow-wrap: anywhere }
p.words { margin-top: 0.6em }
p.equation { padding-left: clamp(1em, 4vw, 2em) }
math .cases mtd { text-align: left }
math .cases { border-left: 1.5px solid; border-radius: 6px; padding-left: 0.2em }
mrow:has(> .cases) > mo { display: none }
mover > :first-child { font-feature-settings: "dtls" 0 } /* the dots of i and j under a bar */
@supports not (-moz-appearance: none) { /* Chromium's do not stretch, WebKit's float */
  mover > :first-child { border-top: 0.06em solid; padding-top: 0.1em }
  mover > mo { font-size: 1px; opacity: 0 } /* still copied, and read aloud */
  @media (forced-colors: active) { /* what is set behind text there would hide the bar */
    mover > :first-child { color: CanvasText; forced-color-adjust: none }
  }
}
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


def page(title: str, lines: Sequence[tuple[bool, str]]) -> str:
    """Return a web page of lines of HTML with formulas in MathML, which browsers draw themselves.

    Lines break where the window is narrow; one that cannot is moved sideways by itself.

    Args:
        title: the title of the page.
        lines: whether each is an equation below a heading, and its HTML.
    """
    paragraphs = (
        f'<p class="{"equation" if is_equation else "words"}">{line}</p>'
        for is_equation, line in lines
    )
    return _HTML % (html.escape(title), "\n".join(paragraphs))
