"""SVG to PNG, with the font that we ship and no program or font of the machine."""

from __future__ import annotations

import re
import unicodedata

from autograd.errors import MissingExtraError
from autograd.notation.names import is_accent
from autograd.render.measure import advances, font_file

SHARP = 2.0  # pixels of the PNG for one of the SVG
LONGEST_SIDE = 16_000.0  # pixels; memory grows with the area
LARGEST_AREA = 60e6


def png_of(svg: str) -> bytes:
    """Return an SVG document of ours as a PNG file."""
    try:
        import resvg_py
    except ImportError:
        raise MissingExtraError("a PNG picture", "all") from None
    size = re.search(r'width="(\d+)" height="(\d+)"', svg)
    assert size is not None
    wide, high = int(size[1]), int(size[2])
    zoom = min(SHARP, LONGEST_SIDE / max(wide, high), (LARGEST_AREA / (wide * high)) ** 0.5)
    png: bytes = bytes(
        resvg_py.svg_to_bytes(
            svg_string=_in_our_font(svg),
            font_files=[str(font_file())],
            skip_system_fonts=True,
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
            dpi=96,
            zoom=zoom,
        )
    )
    return png


def _in_our_font(svg: str) -> str:
    """Compose letters with their accents, as the font has them, and drop accents that it lacks."""
    composed = unicodedata.normalize("NFC", svg)
    return composed.translate(
        {ord(each): None for each in set(composed) - advances().keys() if is_accent(each)}
    )
