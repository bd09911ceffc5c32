"""The picture of proposed pairings: as long as its houses, each pairing its colour, names drawn."""

from dataclasses import replace

from bot.pictures.paint import painted
from bot.pictures.pairings import (
    EDGE,
    HOUSES,
    TINTS,
    WIDTH,
    House,
    Name,
    Piece,
    Sheet,
    drawn,
)
from tests.bot.pictures.pixels import colour, part, size

TOP = 156
NAMES = (
    Name("王桂芳", "red"),
    Name("赵大爷", "yellow"),
    Name("孙奶奶", "green"),
    Name("周玉梅", ""),
)


def sheet(*houses: House) -> Sheet:
    return Sheet("推荐结对", "幸福社区", houses, (("red", "红"), ("", "未评定")), "已建立", "没有")


def house(number: int, **facts: bool) -> House:
    return House("1号楼", (Piece(number, NAMES, **facts),))


def test_it_is_as_wide_as_a_phone_and_telegram_takes_it() -> None:
    long = painted(drawn(sheet(*[house(n) for n in range(1, 28)])))
    assert size(long)[0] == WIDTH
    assert sum(size(long)) < 10_000


def test_a_pairing_has_one_colour_in_every_building() -> None:
    svg = drawn(sheet(house(1), house(2), house(1)))
    edge = [colour(svg, EDGE + HOUSES + 3, TOP + 30 + n * 72) for n in range(3)]
    assert edge == [TINTS[0], TINTS[1], TINTS[0]]


def test_one_that_is_made_and_one_without_a_pairing_look_different() -> None:
    parts = [
        part(drawn(sheet(house(number, done=done))), EDGE + HOUSES, TOP, 60, 60)
        for number, done in ((1, False), (1, True), (0, False))
    ]
    assert len(set(parts)) == 3


def test_tiers_are_told_apart_without_colours() -> None:
    assert (
        len({drawn(sheet(House("1", (Piece(1, (Name("王", one.tier),)),)))) for one in NAMES}) == 4
    )


def test_many_of_one_pairing_go_on_in_the_next_line() -> None:
    few, many = (House("1", (Piece(1, NAMES * n), Piece(2, NAMES))) for n in (1, 4))
    assert size(painted(drawn(sheet(many))))[1] > size(painted(drawn(sheet(few))))[1]


def test_without_anybody_it_says_so() -> None:
    none = sheet()
    assert painted(drawn(none)) != painted(drawn(replace(none, empty="")))
