"""A drafted week that was sent back as a sheet: what each row asks for, and what is wrong."""

from dataclasses import replace
from datetime import date

import pytest

from care.calls import Reason
from care.days import HalfDay
from care.draft_sheets import (
    CODE,
    COLUMNS,
    Asked,
    Edited,
    Fault,
    Row,
    Was,
    Words,
    asked,
    code,
    day_in,
    find,
    was,
)
from care.plans import Visit
from care.roster_lines import Cell, Sheet
from tests.planned import AM, MON, PM, TUE, WEEK

WAS = Was(WEEK, 12, 101, MON, AM, False)
WORDS = Words(
    {"上午": AM, "下午": PM, "afternoon": PM},
    {"是": True, "否": False},
    {"住院了": Reason.HOSPITAL},
    {"陈同学": (101,), "王老师": (102, 103), "李阿姨": (104,)},
)
SAME = {
    "elder": "王桂芳",
    "day": "2026-04-13",
    "half": "上午",
    "volunteer": "陈同学",
    "locked": "否",
}


def row(**cells: str) -> Row:
    whole = dict.fromkeys(COLUMNS, "") | {CODE: code(WAS)} | SAME | cells
    return Row(number=3, cells=whole)


def wanted(**cells: str) -> Asked | Fault:
    return asked(row(**cells), WAS, WORDS)


def test_a_row_that_nobody_touched_asks_for_nothing() -> None:
    found = wanted()
    assert isinstance(found, Asked)
    assert not found.changes(WAS)


def test_a_row_is_moved_given_and_locked_as_it_says() -> None:
    found = wanted(day="2026-04-14", half="下午", volunteer="李阿姨", locked="是")
    assert found == Asked(104, TUE, PM, True, None)
    assert found.changes(WAS)
    assert found.moves(WAS)
    assert found.visit(7) == Visit(7, 104, TUE, PM)
    assert wanted(half="Afternoon", locked="") == Asked(101, MON, PM, False, None)


def test_only_a_lock_is_a_change_and_no_move() -> None:
    found = wanted(locked="是")
    assert isinstance(found, Asked)
    assert found.changes(WAS)
    assert not found.moves(WAS)


def test_a_visit_that_is_not_needed_says_why_whatever_else_stands_there() -> None:
    found = wanted(not_needed="住院了", day="?")
    assert found == Asked(101, MON, AM, False, Reason.HOSPITAL)
    assert found.changes(WAS)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"day": "2026-04-20"}, Fault.DAY),
        ({"day": ""}, Fault.DAY),
        ({"half": "晚上"}, Fault.HALF),
        ({"volunteer": "没有此人"}, Fault.VOLUNTEER),
        ({"volunteer": ""}, Fault.VOLUNTEER),
        ({"volunteer": "王老师"}, Fault.TWO_VOLUNTEERS),
        ({"locked": "也许"}, Fault.LOCKED),
        ({"not_needed": "不知道"}, Fault.REASON),
    ],
)
def test_what_is_not_clear_is_never_guessed(cells: dict[str, str], fault: Fault) -> None:
    assert wanted(**cells) is fault


def test_of_several_with_one_name_whoever_went_before_is_meant() -> None:
    before = Was(WEEK, 12, 103, MON, AM, False)
    assert asked(row(volunteer="王老师"), before, WORDS) == Asked(103, MON, AM, False, None)


@pytest.mark.parametrize("text", ["2026-04-14", "4月14日", "04/14", "4-14", " 2026/4/14 "])
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert day_in(WEEK, text) == TUE


@pytest.mark.parametrize("text", ["2025-04-14", "4月20日", "周二", "14", ""])
def test_a_day_of_another_week_is_none(text: str) -> None:
    assert day_in(WEEK, text) is None


def test_the_code_says_how_the_visit_stood() -> None:
    assert was(row()) == WAS
    later = Was(WEEK, 9, 3, TUE, HalfDay.PM, True)
    assert was(row(**{CODE: code(later)})) == later


@pytest.mark.parametrize("text", ["", "12", "2026-13-40.1.1.0am.0", "x"])
def test_a_damaged_code_is_no_code(text: str) -> None:
    assert was(row(**{CODE: text})) is None


def sheet(*rows: list[Cell]) -> Sheet:
    return Sheet("探访", [list(COLUMNS), ["代码"], *rows])


def test_a_draft_is_told_from_a_roster_by_its_hidden_first_row() -> None:
    roster = Sheet("名册", [["姓名", "电话"], ["王桂芳", "138"]])
    assert find([roster]) is None
    line: list[Cell] = [code(WAS), "王桂芳", "12号楼", date(2026, 4, 14), "上午", "陈同学"]
    found = find([roster, sheet(line, [None, ""], [""] * 3)])
    assert isinstance(found, Edited)
    [only] = found.rows
    assert (only.number, only.cells["day"], only.cells["why"]) == (3, "2026-04-14", "")
    assert was(only) == WAS


def test_the_word_in_a_rosters_remark_makes_no_draft_of_it() -> None:
    assert find([Sheet("名册", [["姓名", "备注"], ["王桂芳", CODE]])]) is None


@pytest.mark.parametrize("cut", COLUMNS[1:])
def test_a_column_that_was_cut_asks_for_nothing(cut: str) -> None:
    """Its row is as it was, or is refused; a locked visit is not unlocked by it."""
    was_locked = replace(WAS, locked=True)
    whole = row(locked="是", **{CODE: code(was_locked)}).cells
    kept = [name for name in COLUMNS if name != cut]
    line: list[Cell] = [whole[name] for name in kept]
    found = find([Sheet("探访", [list(kept), ["代码"], line])])
    assert found is not None
    wish = asked(found.rows[0], was_locked, WORDS)
    assert isinstance(wish, Fault) or not wish.changes(was_locked)
