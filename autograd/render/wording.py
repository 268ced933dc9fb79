"""Words for pictures, and their escapes in the languages that pictures are written in."""

from __future__ import annotations

from html import escape


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 node", "1,234 nodes"; ``many`` is the plural where it is not made with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def xml(text: str) -> str:
    """Escape a clean line for XML text and attribute values."""
    return escape(text, quote=True)


def dot_string(text: str) -> str:
    """Quote a clean line as a DOT string; a backslash is doubled, so that none is an escape."""
    doubled = text.replace("\\", "\\\\").replace("&", "&amp;")
    return f'"{doubled.replace(chr(34), chr(92) + chr(34))}"'
