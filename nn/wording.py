"""Words for messages: how many there are of something, and what was given."""

from __future__ import annotations

import re


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 row", "1,234 rows"; ``many`` is the plural where it is not made with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def brief(obj: object, most: int) -> str:
    """Return how an object is written, and where that is long, its beginning and three points."""
    whole = repr(obj)
    return whole if len(whole) <= most else f"{whole[: most - 3]}..."


def an(word: str) -> str:
    """Return "an int", "a float", "an MLP": a word after the article of its sound."""
    return f"{'an' if re.match('[aeioAEIO]|nd|[FHLMNRSX][A-Z]', word) else 'a'} {word}"


def what_is(obj: object) -> str:
    """Return what an object is: "an int", "None", "the class list", "a str ('one')"."""
    if obj is None:
        return "None"
    if isinstance(obj, type):
        return f"the class {obj.__name__}"
    shown = f" ({brief(obj, 40)})" if isinstance(obj, (str, bytes, complex)) else ""
    return an(type(obj).__name__) + shown
