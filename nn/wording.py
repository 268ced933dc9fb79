"""Words for messages: how many there are of something."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 row", "1,234 rows"; ``many`` is the plural where it is not made with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
