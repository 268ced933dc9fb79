"""SVG to PNG, with the font that we ship and no program or font of the machine."""

from __future__ import annotations

import re
import struct
import sys
import unicodedata
import zlib

from autograd.errors import MissingExtraError, PictureError
from autograd.notation.names import is_accent
from autograd.render.measure import advances, font_file

SHARP = 2.0  # pixels of the PNG for one of the SVG
LONGEST_SIDE = 16_000.0  # pixels; memory grows with the area
LARGEST_AREA = 60e6
PER_METRE = 96 / 0.0254  # pixels of an SVG, as CSS has them


def png_of(svg: str) -> bytes:
    """Return an SVG document of ours as a PNG file."""
    try:
        import resvg_py
    except ImportError as error:
        if sys.platform == "emscripten":
            raise PictureError(
                "a PNG picture cannot be made in the browser: resvg_py, which makes it, is not "
                "there for Pyodide; save the picture as .svg"
            ) from None
        raise MissingExtraError("a PNG picture", "all", error) from None
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
    return _with_resolution(png, zoom * PER_METRE)


def _with_resolution(png: bytes, per_metre: float) -> bytes:
    """Say in a PNG how large it is (the chunk pHYs after the header, by the PNG specification)."""
    chunk = b"pHYs" + struct.pack(">IIB", round(per_metre), round(per_metre), 1)
    length, check = struct.pack(">I", len(chunk) - 4), struct.pack(">I", zlib.crc32(chunk))
    return png[:33] + length + chunk + check + png[33:]


def _in_our_font(svg: str) -> str:
    """Compose letters with their accents, as the font has them, and drop accents that it lacks."""
    composed = unicodedata.normalize("NFC", svg)
    return composed.translate(
        {ord(each): None for each in set(composed) - advances().keys() if is_accent(each)}
    )
