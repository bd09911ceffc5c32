"""Looking at a picture: its size, and the colour of one of its points."""

import re
import struct
import zlib

from bot.pictures.paint import painted

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def size(png: bytes) -> tuple[int, int]:
    """Width and height."""
    assert png.startswith(SIGNATURE)
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def part(svg: str, x: float, y: float, w: float, h: float) -> bytes:
    """A part of a drawing, painted alone."""
    box = f'width="{w}" height="{h}" viewBox="{x} {y} {w} {h}"'
    return painted(re.sub(r'width="\S+" height="\S+" viewBox="[^"]+"', box, svg, count=1))


def colour(svg: str, x: float, y: float) -> str:
    """The colour of one point, as "#RRGGBB"."""
    png = part(svg, x, y, 1, 1)
    data, at = b"", len(SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    # One point has nothing before it: whatever the filter, the bytes are the colour.
    red, green, blue = zlib.decompress(data)[1:4]
    return f"#{red:02X}{green:02X}{blue:02X}"
