"""Words for messages and pictures: how many there are of something."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 node", "1,234 nodes"; ``many`` is the plural where it is not made with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
