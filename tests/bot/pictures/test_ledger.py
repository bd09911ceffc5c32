"""The picture of a month: the right size, every state its own colour and sign, names drawn."""

from dataclasses import replace

import pytest

from bot.pictures.ledger import (
    EDGE,
    GREEN,
    GREY,
    NAMES,
    PAPER,
    RED,
    ROW,
    TODAY,
    TOTALS,
    WEEKEND,
    WIDTH,
    Cell,
    Column,
    Figure,
    Row,
    Sheet,
    drawn,
)
from bot.pictures.paint import painted
from tests.bot.pictures.pixels import colour, part, size

TOP = 214
COLUMNS = tuple(
    Column(n, "一二三四五六日"[n % 7], weekend=n % 7 > 4, today=n == 26) for n in range(1, 31)
)
STEP = (WIDTH - 2 * EDGE - NAMES - TOTALS) / len(COLUMNS)
SIGNED = (Cell.MET, Cell.LATE, Cell.EXCUSED, Cell.MISSED, Cell.OPEN)


def row(name: str, *cells: Cell, below: str = "1号楼") -> Row:
    return Row(name, below, cells + (Cell.AHEAD,) * (len(COLUMNS) - len(cells)), "26/26")


def sheet(*rows: Row) -> Sheet:
    return Sheet(
        title="红色老人每日台账",
        month="2026年4月",
        below="幸福社区",
        columns=COLUMNS,
        rows=rows,
        totals="已/应",
        figures=(Figure("红色：按天", "98%", "371/377 天", RED),) * 4,
        legend=tuple((cell, "已联系") for cell in SIGNED),
        pause="停",
        empty="没有人",
        note=("一行", "两行"),
    )


def corner(svg: str, n: int, line: int = 0) -> str:
    """The colour of a cell beside its sign."""
    return colour(svg, EDGE + NAMES + n * STEP + STEP / 2 - 7, TOP + line * ROW + ROW / 2 - 16)


def cell(svg: str, n: int) -> bytes:
    left = EDGE + NAMES + n * STEP
    return part(svg, round(left), TOP + 2, round(STEP), ROW - 4)


def test_it_is_as_wide_as_a_phone_and_as_long_as_its_rows() -> None:
    one, twenty = (drawn(sheet(*[row("王桂芳")] * n)) for n in (1, 20))
    assert size(painted(one))[0] == WIDTH
    assert size(painted(twenty)) == (WIDTH, size(painted(one))[1] + 19 * ROW)
    # Telegram takes no picture whose sides add up to more.
    assert sum(size(painted(twenty))) < 10_000


def test_each_state_has_its_colour() -> None:
    svg = drawn(sheet(row("王桂芳", Cell.MET, Cell.LATE, Cell.MISSED, Cell.EXCUSED, Cell.OPEN)))
    assert [corner(svg, n) for n in range(5)] == [GREEN, GREEN, RED, GREY, PAPER]


def test_an_open_day_is_hollow_and_a_day_to_come_is_empty() -> None:
    svg = drawn(sheet(row("王桂芳", Cell.OPEN, Cell.AHEAD)))
    left = EDGE + NAMES + STEP / 2 - (STEP - 2.4) / 2
    assert colour(svg, left + 0.7, TOP + ROW / 2) == TODAY
    assert colour(svg, EDGE + NAMES + STEP / 2, TOP + ROW / 2) == PAPER
    assert colour(svg, EDGE + NAMES + STEP + STEP / 2, TOP + ROW / 2) == PAPER


def test_each_state_has_a_sign_of_its_own_beside_its_colour() -> None:
    """Whoever sees no colours, or prints in grey, can tell them apart."""
    found = {cell(drawn(sheet(row("王桂芳", one))), 0) for one in Cell}
    assert len(found) == len(Cell)
    svg = drawn(sheet(row("王桂芳", Cell.MISSED)))
    assert colour(svg, EDGE + NAMES + STEP / 2 - 0.5, TOP + ROW / 2 - 6) == PAPER


@pytest.mark.parametrize(("name", "other"), [("王桂芳", "赵大爷"), ("Wang", "Zhao"), ("王", "")])
def test_names_are_drawn(name: str, other: str) -> None:
    def names(one: str) -> bytes:
        return part(drawn(sheet(row(one))), EDGE, TOP + 4, NAMES, 30)

    assert names(name) != names(other)


def test_a_name_without_a_building_has_the_row_for_itself() -> None:
    assert drawn(sheet(row("王桂芳", below=""))) != drawn(sheet(row("王桂芳")))


def test_weekends_are_shaded_and_today_is_marked() -> None:
    svg = drawn(sheet(row("王桂芳")))
    saturday = next(n for n, one in enumerate(COLUMNS) if one.weekend)
    assert colour(svg, EDGE + NAMES + saturday * STEP + STEP / 2, TOP + 5) == WEEKEND
    assert colour(svg, EDGE + NAMES + 25 * STEP + STEP / 2, TOP - 4) == TODAY


def test_a_row_with_a_missed_day_is_marked_at_its_edge() -> None:
    svg = drawn(sheet(row("王桂芳", Cell.MET), row("赵大爷", Cell.MISSED)))
    x = EDGE - 12
    assert colour(svg, x, TOP + ROW / 2) == PAPER
    assert colour(svg, x, TOP + ROW + ROW / 2) == RED


def test_without_anybody_it_says_so() -> None:
    some, none = sheet(), replace(sheet(), empty="")
    assert painted(drawn(some)) != painted(drawn(none))
