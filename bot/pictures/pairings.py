"""Proposed pairings as a picture: building by building, who is with whom.

A pairing has its number and its colour, so that one that reaches over two buildings is found again.
Tiers differ in shape as well as in colour; the number of a pairing that is made is white on dark.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from bot.pictures.ledger import DARK_GREEN, DEEP_GREEN, FAINT, INK, LINE, PAPER, RED, YELLOW
from bot.pictures.svg import box, fitted, picture, size_for, stroke, text, width

WIDTH, EDGE, HOUSES = 1080, 30, 150
LINE_HEIGHT, NAME, GAP = 58, 26, 12
TINTS = ("#DCE8FB", "#FBE6D4", "#DDF1E4", "#F1E0F5", "#FBF0C9", "#D9EFF2", "#F8DDE3", "#E6E6DC")
NOBODY = "#F1F3F6"


@dataclass(frozen=True)
class Name:
    """An elder; `tier` is "red", "yellow", "green", or empty."""

    name: str
    tier: str


@dataclass(frozen=True)
class Piece:
    """Those of one pairing who live in one building; number 0 is in no pairing."""

    number: int
    names: tuple[Name, ...]
    done: bool = False


@dataclass(frozen=True)
class House:
    """A building."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Sheet:
    """All that stands in the picture, in the reader's language; `legend` is tier and its name.

    `done` says what a white number on dark means.
    """

    title: str
    below: str
    houses: tuple[House, ...]
    legend: tuple[tuple[str, str], ...]
    done: str
    empty: str


def drawn(sheet: Sheet) -> str:
    """The sheet as SVG."""
    parts, y = [_head(sheet)], 156.0
    for house in sheet.houses:
        rows = _laid(house)
        parts.append(stroke(f"M{EDGE} {y:.1f}H{WIDTH - EDGE}", LINE, 2))
        size = size_for(house.name, 28, 18, HOUSES - 16)
        name = fitted(house.name, size, HOUSES - 16)
        parts.append(text(EDGE, y + 44, name, size, INK, bold=True))
        for n, row in enumerate(rows):
            parts += [_piece(piece, x, y + 8 + n * LINE_HEIGHT, w) for piece, x, w in row]
        y += len(rows) * LINE_HEIGHT + 14
    if not sheet.houses:
        parts.append(text(WIDTH / 2, y + 40, sheet.empty, 28, FAINT, anchor="middle"))
        y += 80
    return picture(WIDTH, y + 16, PAPER, *parts)


def _head(sheet: Sheet) -> Markup:
    return Markup("").join(
        (
            text(EDGE, 62, sheet.title, 42, INK, bold=True),
            text(EDGE, 100, fitted(sheet.below, 24, WIDTH - 2 * EDGE), 24, FAINT),
            *_legend(sheet),
        )
    )


def _legend(sheet: Sheet) -> Iterator[Markup]:
    x: float = EDGE
    for tier, label in sheet.legend:
        yield _dot(x + 8, 131, tier)
        yield text(x + 26, 139, label, 22, INK)
        x += 52 + width(label, 22)
    yield box(x, 118, 36, 26, DARK_GREEN, radius=13)
    yield text(x + 18, 139, "1", 20, PAPER, anchor="middle", bold=True)
    yield text(x + 46, 139, sheet.done, 22, INK)


def _dot(x: float, y: float, tier: str) -> Markup:
    match tier:
        case "red":
            return box(x - 8, y - 8, 16, 16, RED, radius=2)
        case "yellow":
            return box(x - 8, y - 8, 16, 16, YELLOW, radius=8)
        case "green":
            return box(x - 7, y - 7, 14, 14, PAPER, radius=7, line=DEEP_GREEN)
        case _:
            return box(x - 4, y - 4, 8, 8, FAINT, radius=4)


def _laid(house: House) -> list[list[tuple[Piece, float, float]]]:
    """Pieces side by side, in as many lines as they need."""
    rows: list[list[tuple[Piece, float, float]]] = [[]]
    x: float = EDGE + HOUSES
    for piece in house.pieces:
        for part in _parts(piece):
            w = _width(part)
            if rows[-1] and x + w > WIDTH - EDGE:
                rows.append([])
                x = EDGE + HOUSES
            rows[-1].append((part, x, w))
            x += w + GAP
    return rows


def _parts(piece: Piece) -> Iterator[Piece]:
    """A piece, in parts that fit into one line each."""
    names: tuple[Name, ...] = ()
    for name in piece.names:
        longer = Piece(piece.number, (*names, name), piece.done)
        if names and _width(longer) > WIDTH - 2 * EDGE - HOUSES:
            yield Piece(piece.number, names, piece.done)
            longer = Piece(piece.number, (name,), piece.done)
        names = longer.names
    yield Piece(piece.number, names, piece.done)


def _name_width(name: Name) -> float:
    return 26 + width(fitted(name.name, NAME, 200), NAME) + 14


def _width(piece: Piece) -> float:
    return 56 + sum(_name_width(one) for one in piece.names)


def _piece(piece: Piece, x: float, y: float, w: float) -> Markup:
    tint = TINTS[(piece.number - 1) % len(TINTS)] if piece.number else NOBODY
    found = [box(x, y, w, LINE_HEIGHT - 8, tint, radius=12)]
    if piece.done:
        found.append(box(x + 7, y + 8, 36, 34, DARK_GREEN, radius=17))
    number = str(piece.number) if piece.number else "–"
    ink = PAPER if piece.done else INK
    found.append(text(x + 25, y + 34, number, 24, ink, anchor="middle", bold=True))
    at = x + 52
    for one in piece.names:
        found.append(_dot(at + 10, y + 25, one.tier))
        found.append(text(at + 24, y + 34, fitted(one.name, NAME, 200), NAME, INK))
        at += _name_width(one)
    return Markup("").join(found)
