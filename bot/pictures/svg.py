"""The few shapes our pictures are made of, as SVG."""

from unicodedata import category, east_asian_width

from markupsafe import Markup

from bot.pictures.paint import FONT

WIDE = frozenset("WF")
# Control characters and the like: XML does not allow them, and nobody sees them.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})
# Of the font's Latin letters: the mean, with some room.
NARROW = 0.56


def width(text: str, size: float) -> float:
    """About how wide `text` is."""
    return size * sum(1 if east_asian_width(char) in WIDE else NARROW for char in text)


def fitted(text: str, size: float, most: float) -> str:
    """As much of `text` as is at most `most` wide."""
    if width(text, size) <= most:
        return text
    while text and width(text + "…", size) > most:
        text = text[:-1]
    return text.rstrip() + "…"


def size_for(text: str, size: float, least: float, most: float) -> float:
    """The size, not under `least`, at which `text` is at most `most` wide."""
    return round(max(least, min(size, most / max(width(text, 1), 1))), 1)


def text(
    x: float,
    y: float,
    words: str,
    size: float,
    fill: str,
    *,
    anchor: str = "start",
    bold: bool = False,
) -> Markup:
    """Plain words; `y` is their base line. There is one weight in the font: bold is outlined."""
    weight = Markup(' stroke="{}" stroke-width="{}"').format(fill, size / 36) if bold else ""
    plain = "".join(char for char in words if category(char) not in UNSEEN)
    return Markup(
        '<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="{}"{}>{}</text>'
    ).format(round(x, 1), round(y, 1), size, fill, anchor, weight, plain)


def box(
    x: float, y: float, w: float, h: float, fill: str, *, radius: float = 0, line: str = ""
) -> Markup:
    """A rectangle; `line` is the colour of its outline."""
    outline = Markup(' stroke="{}" stroke-width="2.4"').format(line) if line else ""
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}"{}/>').format(
        round(x, 1), round(y, 1), round(w, 1), round(h, 1), radius, fill, outline
    )


def stroke(path: str, colour: str, thick: float) -> Markup:
    """A line."""
    return Markup(
        '<path d="{}" fill="none" stroke="{}" stroke-width="{}"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    ).format(path, colour, thick)


def picture(w: float, h: float, background: str, *parts: Markup) -> str:
    """The whole."""
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}"'
        ' font-family="{2}">'
    ).format(round(w), round(h), FONT)
    return str(head + box(0, 0, w, h, background) + Markup("").join(parts) + Markup("</svg>"))
