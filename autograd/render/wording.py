"""Text from the user made safe to show: one line, nothing invisible, nothing that is markup."""

from __future__ import annotations

import re
import unicodedata
from html import escape

# What no file format and no reader is served by: control characters (C0, C1), what turns or hides
# text (bidi controls, zero-width spaces, tags), lone surrogates and non-characters. Joiners stay,
# since scripts and emoji are written with them.
_SPACE = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029 ]+")
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U0004fffe\U0004ffff"
    "\U0005fffe\U0005ffff\U0006fffe\U0006ffff\U0007fffe\U0007ffff\U0008fffe\U0008ffff"
    "\U0009fffe\U0009ffff\U000afffe\U000affff\U000bfffe\U000bffff\U000cfffe\U000cffff"
    "\U000dfffe\U000dffff\U000efffe\U000effff\U000ffffe\U000fffff\U0010fffe\U0010ffff]"
)
_LONGEST = 400  # characters of a label that are looked at; a picture shows far fewer


def one_line(text: str) -> str:
    """Return text as one clean line: spaces for line breaks, U+FFFD for what cannot be shown.

    Of accents piled up on one letter, which would grow out of its box, two stay, and more only
    among the first eight characters, which are never cut.
    """
    if text.isascii() and text.isprintable() and len(text) <= _LONGEST:
        return text.strip()
    cut = text[:_LONGEST] + "…" if len(text) > _LONGEST else text
    line = _UNFIT.sub("\ufffd", _SPACE.sub(" ", cut)).strip()
    kept: list[str] = []
    pile = 0
    for character in line:
        pile = pile + 1 if is_accent(character) else 0
        if pile <= 2 or len(kept) < 8:
            kept.append(character)
    return "".join(kept)


def is_accent(character: str) -> bool:
    """Return whether a character is set on the one before it, and so takes no room of its own."""
    return unicodedata.category(character) in ("Mn", "Me")


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
