"""A sheet about buildings: what can be read in one way only is read, the rest is told."""

from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.places import NEXT_TO_METRES, Map, Point
from care.roster import Reason, Sheet, read_cells
from care.roster_lines import MapReading, PlaceWrong
from care.roster_map import Buildings, read_map, settled, sheet_rows, split
from care.roster_words import PLACE_COLUMNS

HEAD = ["楼栋", "纬度", "经度", "步行"]
PEOPLE = Sheet("花名册", [["姓名", "楼栋"], ["王桂芳", "12号楼"]])


def read(*rows: list[Any], head: list[Any] | None = None) -> MapReading:
    return read_map([Sheet("楼栋", [head or HEAD, *rows])], NEXT_TO_METRES)


def test_points_and_walks_are_read_in_the_ways_people_write_them() -> None:
    found = read(
        ["12栋", 31.23, "121.47", "3号楼 80；5号楼80米、7"],
        ["3", "", "", "5号楼：120 m"],
        ["5号楼", "", "", "8"],
        ["", "", "", ""],
    )
    assert found.problems == ()
    first, second, third = found.lines
    assert (first.row, first.name, first.point) == (2, "12号楼", Point(31.23, 121.47))
    assert first.walks == (("3号楼", 80), ("5号楼", 80), ("7号楼", NEXT_TO_METRES))
    assert (second.point, second.walks) == (None, (("5号楼", 120),))
    assert third.walks == (("8号楼", NEXT_TO_METRES),)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (["", 31.2, 121.4, ""], PlaceWrong.NO_BUILDING),
        (["1号楼", "北", 121.4, ""], PlaceWrong.LATITUDE),
        (["1号楼", 91, 121.4, ""], PlaceWrong.LATITUDE),
        (["1号楼", 31.2, 181, ""], PlaceWrong.LONGITUDE),
        (["1号楼", 31.2, "", ""], PlaceWrong.HALF_A_POINT),
        (["1号楼", "", "", "2号楼 80 90"], PlaceWrong.WALK),
        (["1号楼", "", "", "2号楼 9999"], PlaceWrong.WALK),
        (["1号楼", "", "", "1号楼 80"], PlaceWrong.WALK),
    ],
)
def test_what_is_doubtful_is_told_and_not_taken(row: list[Any], wrong: PlaceWrong) -> None:
    found = read(row)
    assert found.lines == ()
    assert [(one.row, one.wrong) for one in found.problems] == [(2, wrong)]


def test_a_building_that_stands_there_twice_is_taken_once_and_told() -> None:
    found = read(["1号楼", "", "", "2"], ["1栋", "", "", "3"])
    assert [one.walks for one in found.lines] == [(("2号楼", NEXT_TO_METRES),)]
    assert [one.wrong for one in found.problems] == [PlaceWrong.TWICE]


def test_a_point_in_another_town_is_told() -> None:
    rows = (["1号楼", 31.2, 121.4, ""], ["2号楼", 31.2, 121.401, ""], ["3号楼", 41.2, 121.4, ""])
    found = settled(read(*rows), {"9号楼": Point(31.2, 121.4)})
    assert [one.name for one in found.lines] == ["1号楼", "2号楼"]
    assert [(one.value, one.wrong) for one in found.problems] == [("3号楼", PlaceWrong.FAR)]


def test_it_is_known_by_its_header_and_people_come_from_the_other_sheets() -> None:
    places = Sheet("楼栋", [["幸福社区"], ["Building", "Walks"], ["3", "5"], ["4"]])
    assert split([PEOPLE, places]) == ([PEOPLE], [places])
    found = read_cells([PEOPLE, places], today=date(2026, 4, 9))
    assert [line.facts.name for line in found.lines] == ["王桂芳"]
    assert [one.name for one in found.map.lines] == ["3号楼", "4号楼"]


def test_a_file_about_buildings_alone_is_no_mistake() -> None:
    found = read_cells(
        [Sheet("楼栋", [HEAD, ["3", "", "", "5"]]), Sheet("2", [["", None]])],
        today=date(2026, 4, 9),
    )
    assert (len(found.map.lines), found.problems) == (1, ())


def test_beside_a_sheet_that_is_no_roster_the_mistake_is_told() -> None:
    found = read_cells(
        [Sheet("楼栋", [HEAD, ["3", "", "", "5"]]), Sheet("2", [["什么"]])],
        today=date(2026, 4, 9),
    )
    assert [one.reason for one in found.problems] == [Reason.NO_HEADER]


@given(
    st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=5),
    st.data(),
    st.sampled_from(["zh_CN", "en"]),
)
def test_our_own_sheet_says_nothing_that_is_not_so(
    names: list[str], data: st.DataObject, language: str
) -> None:
    """Whatever buildings are called: what is read back is on record, and no row is doubtful."""
    ways = tuple(
        (one, other, data.draw(st.integers(0, 6000))) for one, other in combinations(names, 2)
    )
    known = Map({name: Point(30.5, 104.25) for name in names[::2]}, ways)
    rows = [list(row.values()) for row in sheet_rows(Buildings(names, known), language)]
    found = read(*rows, head=list(PLACE_COLUMNS[language].values()))
    assert found.problems == ()
    for line in found.lines:
        assert line.point == known.points.get(line.name)
        assert all(known.way(line.name, other) == metres for other, metres in line.walks)
