"""How wide text is in the font that we ship, so that a box can be made to fit its words."""

from __future__ import annotations

import functools
import struct
from pathlib import Path

from autograd.notation.names import is_accent

UNKNOWN = 1.4  # em; what the font lacks is drawn by another, and the widest emoji need this much


def font_file() -> Path:
    """Return the path of the shipped font, a subset of DejaVu Sans."""
    return Path(__file__).with_name("fonts") / "DejaVuSans.ttf"


@functools.cache
def advances() -> dict[str, float]:
    """Return the advance width in em of each character of the shipped font.

    Read from its tables ``cmap`` (format 4) and ``hmtx``, as the OpenType specification has them.
    """
    data = font_file().read_bytes()
    tables = {}
    for record in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", data, record)
        tables[tag] = offset
    per_em = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    metrics = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    widths = {}
    for character, glyph in _glyphs(data, tables[b"cmap"]).items():
        at = tables[b"hmtx"] + 4 * min(glyph, metrics - 1)
        widths[character] = struct.unpack_from(">H", data, at)[0] / per_em
    return widths


def _glyphs(data: bytes, cmap: int) -> dict[str, int]:
    for record in range(cmap + 4, cmap + 4 + 8 * struct.unpack_from(">H", data, cmap + 2)[0], 8):
        table = cmap + struct.unpack_from(">L", data, record + 4)[0]
        if struct.unpack_from(">H", data, table)[0] == 4:
            break
    segments = struct.unpack_from(">H", data, table + 6)[0] // 2
    columns = f">{segments}H"
    ends = struct.unpack_from(columns, data, table + 14)
    starts = struct.unpack_from(columns, data, table + 16 + 2 * segments)
    deltas = struct.unpack_from(columns, data, table + 16 + 4 * segments)
    ranges_at = table + 16 + 6 * segments
    ranges = struct.unpack_from(columns, data, ranges_at)
    glyphs = {}
    for segment in range(segments):
        for code in range(starts[segment], min(ends[segment], 0xFFFE) + 1):
            glyph = code
            if ranges[segment]:
                at = ranges_at + 2 * segment + ranges[segment] + 2 * (code - starts[segment])
                glyph = struct.unpack_from(">H", data, at)[0]
            glyphs[chr(code)] = (glyph + deltas[segment]) % 65536
    return glyphs


def width(text: str, size: float) -> float:
    """Return the width of a line of text in pixels, at a font size in pixels."""
    return size * sum(map(_advance, text))


@functools.cache
def _advance(character: str) -> float:
    unknown = 0.0 if is_accent(character) else UNKNOWN
    return advances().get(character, unknown)


def shortened(text: str, size: float, room: float, at_least: int = 8) -> str:
    """Cut text to a width in pixels with an ellipsis, but never before its eighth character."""
    used, keep = 0.0, len(text)
    for position, character in enumerate(text[: int(room) + at_least + 1]):
        used += size * _advance(character)
        if used > room and position >= at_least:
            keep = position
            break
    else:
        keep = min(keep, int(room) + at_least)
    return text if keep >= len(text) else text[:keep] + "…"
