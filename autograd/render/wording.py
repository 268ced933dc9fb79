"""Words for pictures, and their escapes in the languages that pictures are written in."""

from __future__ import annotations

from html import escape


def xml(text: str) -> str:
    """Escape a clean line for XML text and attribute values."""
    return escape(text, quote=True)


def dot_string(text: str, expanded: int = 1) -> str:
    r"""Quote a clean line as a DOT string, where no backslash is an escape such as \n.

    Args:
        text: the line.
        expanded: how often Graphviz expands escapes in it: once in a label, twice in a tooltip.
    """
    doubled = text.replace("\\", "\\" * 2**expanded).replace("&", "&amp;")
    return f'"{doubled.replace(chr(34), chr(92) + chr(34))}"'
