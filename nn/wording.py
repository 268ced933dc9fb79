"""Words for messages: how many there are of something, and what was given."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 row", "1,234 rows"; ``many`` is the plural where it is not made with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def brief(obj: object, most: int) -> str:
    """Return how an object is written, and where that is long, its beginning and three points."""
    whole = repr(obj)
    return whole if len(whole) <= most else f"{whole[: most - 3]}..."
