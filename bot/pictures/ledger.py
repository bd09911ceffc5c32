"""The ledger of a month as a picture: a row per red elder, a column per day.

Every state has a sign and a lightness of its own beside its colour, so that it can be told apart
without seeing colours, or printed in grey.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from markupsafe import Markup

from bot.pictures.svg import box, fitted, picture, size_for, stroke, text, width

WIDTH = 1080
EDGE = 30
NAMES = 178
TOTALS = 92
ROW = 54
PAPER, INK, FAINT, LINE = "#FFFFFF", "#1B2430", "#667085", "#E4E8EF"
WEEKEND, TODAY = "#E9EDF4", "#1F5FBF"
GREEN, DARK_GREEN = "#A5DCC0", "#0B5138"
RED, GREY, DARK_GREY = "#C4320A", "#D5DAE1", "#3F4A5A"
YELLOW, DEEP_GREEN = "#D9A300", "#2E8B57"
NUMBER, LEGEND = 19, 22


class Cell(Enum):
    """What a day looks like."""

    MET = auto()
    LATE = auto()
    EXCUSED = auto()
    MISSED = auto()
    OPEN = auto()
    NOT_RED = auto()
    AHEAD = auto()


@dataclass(frozen=True)
class Column:
    """A day of the month."""

    number: int
    weekday: str
    weekend: bool = False
    today: bool = False


@dataclass(frozen=True)
class Row:
    """A red elder."""

    name: str
    below: str
    cells: tuple[Cell, ...]
    total: str


@dataclass(frozen=True)
class Figure:
    """A rate in the footer."""

    label: str
    percent: str
    counts: str
    colour: str


@dataclass(frozen=True)
class Sheet:
    """All that stands in the picture, in the reader's language.

    Attributes:
        pause: the sign of an excused day, one or two letters.
        empty: said when there are no rows.
        note: what the rates mean, below them; line by line.
    """

    title: str
    month: str
    below: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: str
    figures: tuple[Figure, ...]
    legend: tuple[tuple[Cell, str], ...]
    pause: str
    empty: str
    note: tuple[str, ...] = ()


def drawn(sheet: Sheet) -> str:
    """The sheet as SVG."""
    top = 214
    height = ROW * max(1, len(sheet.rows))
    parts = [
        _head(sheet),
        _columns(sheet, top, height),
        *(_row(sheet, n, row, top + n * ROW) for n, row in enumerate(sheet.rows)),
    ]
    if not sheet.rows:
        parts.append(text(WIDTH / 2, top + 36, sheet.empty, 28, FAINT, anchor="middle"))
    below = top + height
    parts.append(stroke(f"M{EDGE} {below}H{WIDTH - EDGE}", LINE, 2))
    parts.append(_figures(sheet, below + 28))
    end = below + 28 + 128
    for n, line in enumerate(sheet.note):
        parts.append(text(EDGE, end + 34 + 28 * n, line, 20, FAINT))
    return picture(WIDTH, end + 34 + 28 * len(sheet.note), PAPER, *parts)


def _head(sheet: Sheet) -> Markup:
    room = WIDTH - 2 * EDGE
    return Markup("").join(
        (
            text(EDGE, 66, sheet.title, 42, INK, bold=True),
            text(WIDTH - EDGE, 66, sheet.month, 42, INK, anchor="end", bold=True),
            text(EDGE, 104, fitted(sheet.below, 24, room), 24, FAINT),
            *_legend(sheet),
        )
    )


def _legend(sheet: Sheet) -> Iterator[Markup]:
    """What each cell means, in one line however long the words are."""
    words = sum(width(label, LEGEND) for _, label in sheet.legend)
    room = (WIDTH - 2 * EDGE - words) / max(1, len(sheet.legend)) - 34
    x: float = EDGE
    for cell, label in sheet.legend:
        yield _cell(cell, x + 12, 143, 22, sheet.pause)
        yield text(x + 32, 151, label, LEGEND, INK)
        x += 34 + width(label, LEGEND) + min(room, 46)


def _step(sheet: Sheet) -> float:
    return (WIDTH - 2 * EDGE - NAMES - TOTALS) / max(1, len(sheet.columns))


def _columns(sheet: Sheet, top: float, height: float) -> Markup:
    step, found = _step(sheet), []
    for n, column in enumerate(sheet.columns):
        x = EDGE + NAMES + n * step
        if column.weekend:
            found.append(box(x, top - 42, step, height + 42, WEEKEND))
        if column.today:
            found.append(box(x + 0.5, top - 42, step - 1, 40, TODAY, radius=6))
        faint, ink = (PAPER, PAPER) if column.today else (FAINT, INK)
        middle = x + step / 2
        found.append(text(middle, top - 27, column.weekday, 15, faint, anchor="middle"))
        found.append(text(middle, top - 8, str(column.number), NUMBER, ink, anchor="middle"))
    found.append(text(WIDTH - EDGE, top - 8, sheet.totals, NUMBER, FAINT, anchor="end"))
    return Markup("").join(found)


def _row(sheet: Sheet, number: int, row: Row, top: float) -> Markup:
    missed = Cell.MISSED in row.cells
    found = [stroke(f"M{EDGE} {top}H{WIDTH - EDGE}", LINE, 2)]
    if missed:
        found.append(box(EDGE - 14, top + 9, 6, ROW - 18, RED, radius=3))
    room = NAMES - 12
    size = size_for(row.name, 27, 19, room)
    line = top + (28 if row.below else 37)
    found.append(text(EDGE, line, fitted(row.name, size, room), size, INK))
    if row.below:
        found.append(text(EDGE, top + 47, fitted(row.below, 17, room), 17, FAINT))
    step = _step(sheet)
    for n, cell in enumerate(row.cells):
        x = EDGE + NAMES + (n + 0.5) * step
        found.append(_cell(cell, x, top + ROW / 2, step - 2.4, sheet.pause))
    colour = RED if missed else INK
    found.append(text(WIDTH - EDGE, top + 36, row.total, 24, colour, anchor="end", bold=missed))
    return Markup("").join(found)


def _cell(cell: Cell, x: float, y: float, w: float, pause: str) -> Markup:
    """A cell around its middle."""
    left, top, h = x - w / 2, y - 19, 38
    found = Markup("")
    match cell:
        case Cell.MET:
            found = box(left, top, w, h, GREEN, radius=5) + _tick(x, y)
        case Cell.LATE:
            under = box(left + 3, y + 12, w - 6, 3.4, DARK_GREEN, radius=1.7)
            found = box(left, top, w, h, GREEN, radius=5) + _tick(x, y - 3) + under
        case Cell.EXCUSED:
            sign = text(x, y + 6.5, pause, 18, DARK_GREY, anchor="middle")
            found = box(left, top, w, h, GREY, radius=5) + sign
        case Cell.MISSED:
            sign = stroke(f"M{x:.1f} {y - 10:.1f}v11", PAPER, 4.6)
            dot = stroke(f"M{x:.1f} {y + 9:.1f}v0.1", PAPER, 5.2)
            found = box(left, top, w, h, RED, radius=5) + sign + dot
        case Cell.OPEN:
            found = box(left + 1.2, top + 1.2, w - 2.4, h - 2.4, PAPER, radius=5, line=TODAY)
        case Cell.NOT_RED:
            found = stroke(f"M{x - 3:.1f} {y:.1f}h6", "#B4BDCA", 2)
        case Cell.AHEAD:
            pass
    return found


def _tick(x: float, y: float) -> Markup:
    return stroke(f"M{x - 6:.1f} {y + 0.5:.1f}l4.4 5l7.6 -10.5", DARK_GREEN, 3.4)


def _figures(sheet: Sheet, top: float) -> Markup:
    found, count = [], max(1, len(sheet.figures))
    gap = 14
    w = (WIDTH - 2 * EDGE - gap * (count - 1)) / count
    for n, one in enumerate(sheet.figures):
        x = EDGE + n * (w + gap)
        found += [
            box(x, top, w, 128, "#F6F8FB", radius=12),
            box(x, top + 16, 7, 96, one.colour, radius=3.5),
            text(x + 24, top + 34, fitted(one.label, 22, w - 34), 22, INK),
            text(x + 24, top + 82, one.percent, 44, INK, bold=True),
            text(x + 24, top + 112, one.counts, size_for(one.counts, 20, 15, w - 32), FAINT),
        ]
    return Markup("").join(found)
