from collections.abc import Sequence
from datetime import date

import pytest

from care.elders import ElderFacts, Sex, Tier
from care.roster import Cell, Preview, Reason, Sheet, compare, read_cells

TODAY = date(2026, 1, 5)
BORN = date(1948, 3, 5)
PHONE = "+8613800138000"
FANG = ElderFacts(
    name="王芳",
    number="007",
    sex=Sex.FEMALE,
    birth_date=BORN,
    phone=PHONE,
    address="幸福路1号",
    tier=Tier.RED,
    disability=True,
    remark="养猫",
)


def against(record: dict[int, ElderFacts], *rows: Sequence[Cell]) -> Preview:
    return compare(read_cells([Sheet("a", rows)], today=TODAY), record)


def reasons(preview: Preview) -> list[Reason]:
    return [each.reason for each in preview.problems]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (["姓名", "编号"], ["王芳", "007"]),
        (["姓名", "编号"], ["王芳", 7.0]),
        (["姓名", "生日"], ["王 芳", "1948年3月5日"]),
        (["姓名", "电话"], ["王芳", 13800138000.0]),
        (["姓名", "地址"], ["王芳", " 幸福路1号 "]),
    ],
)
def test_somebody_known_is_found(head: list[str], row: list[Cell]) -> None:
    preview = against({5: FANG}, head, row)
    assert preview == Preview(unchanged=1)


def test_what_the_file_says_is_changed_and_nothing_else() -> None:
    preview = against(
        {5: FANG},
        ["编号", "姓名", "等级", "电话", "失能", "住址"],
        ["007", "王芳", "黄", "", "无", "无"],
    )
    (change,) = preview.changed
    assert change.fields == ("address", "tier", "disability")
    assert change.after == FANG.model_copy(
        update={"tier": Tier.YELLOW, "disability": False, "address": None}
    )
    assert (change.elder_id, change.row) == (5, 2)


def test_a_second_phone_is_added_to_what_was_remarked() -> None:
    rows = (["姓名", "电话"], ["王芳", "13800138000/13900139000"])
    (change,) = against({5: FANG}, *rows).changed
    assert change.after.remark == "养猫\n☎ +8613900139000"
    assert against({5: change.after}, *rows).unchanged == 1


def test_a_number_renames() -> None:
    (change,) = against({5: FANG}, ["编号", "姓名"], ["007", "王方"]).changed
    assert change.fields == ("name",)


def test_running_numbers_do_not_swap_people() -> None:
    other = ElderFacts(name="李强", number="8", birth_date=date(1950, 1, 1))
    preview = against({5: FANG, 6: other}, ["编号", "姓名"], ["007", "李强"], ["8", "王芳"])
    assert reasons(preview) == [Reason.NUMBER_OF_ANOTHER, Reason.NUMBER_OF_ANOTHER]
    born_otherwise = against({5: FANG}, ["编号", "姓名", "生日"], ["007", "赵六", "1940-01-01"])
    assert reasons(born_otherwise) == [Reason.NUMBER_OF_ANOTHER]


def test_a_namesake_is_somebody_else() -> None:
    preview = against({5: FANG}, ["姓名", "生日"], ["王芳", "1950-01-01"])
    assert len(preview.new) == 1
    assert not preview.problems


@pytest.mark.parametrize(
    ("record", "head", "row", "why"),
    [
        ([FANG, FANG], ["姓名"], ["王芳"], Reason.TWO_CANDIDATES),
        ([FANG, FANG], ["姓名", "编号"], ["王芳", "007"], Reason.TWO_CANDIDATES),
        ([FANG, FANG], ["姓名", "生日"], ["王芳", "1948-03-05"], Reason.TWO_CANDIDATES),
        ([FANG], ["姓名", "电话"], ["王芳", "13900139000"], Reason.OTHER_PHONE),
        ([FANG], ["姓名", "编号", "生日"], ["王芳", "9", "1948-03-05"], Reason.OTHER_NUMBER),
    ],
)
def test_two_candidates_are_a_question(
    record: list[ElderFacts], head: list[str], row: list[Cell], why: Reason
) -> None:
    preview = against(dict(enumerate(record)), head, row)
    assert reasons(preview) == [why]
    assert not preview.new
    assert not preview.changed


def test_namesakes_on_record_are_told_apart_by_phone() -> None:
    twin = FANG.model_copy(update={"number": None, "phone": "+8613900139000"})
    preview = against(
        {5: FANG, 6: twin}, ["姓名", "生日", "电话"], ["王芳", "1948-03-05", "13900139000"]
    )
    assert preview == Preview(unchanged=1)


def test_two_lines_for_one_person_on_record() -> None:
    preview = against(
        {5: FANG.model_copy(update={"birth_date": None})},
        ["姓名", "编号", "生日", "电话"],
        ["王芳", "7", "", ""],
        ["王芳", "", "1950-01-01", "13800138000"],
    )
    assert reasons(preview) in ([Reason.TAKEN], [Reason.SAME_NAME])


def test_two_namesakes_do_not_compete_for_one_record() -> None:
    bare = ElderFacts(name="王芳")
    preview = against({5: bare}, ["姓名", "生日"], ["王芳", "1948-03-05"], ["王芳", "1950-01-01"])
    assert reasons(preview) == [Reason.SAME_NAME, Reason.SAME_NAME]


def test_problems_stand_in_the_order_of_the_file() -> None:
    preview = against(
        {5: FANG}, ["姓名", "电话"], ["王芳", "13900139000"], ["李强", "1"], ["赵六", "无此人"]
    )
    assert [each.row for each in preview.problems] == [2, 3, 4]
    assert [line.facts.name for line in preview.new] == ["李强", "赵六"]


def test_two_lines_under_two_names_for_one_person_on_record() -> None:
    """One line renames by the number, the other knows the old name and birthday."""
    preview = against(
        {5: FANG},
        ["姓名", "编号", "生日"],
        ["王方", "007", ""],
        ["王芳", "", "1948-03-05"],
    )
    assert reasons(preview) == [Reason.TAKEN]


def test_a_record_that_no_file_could_hold_is_no_change_by_itself() -> None:
    """A record written by hand, with a phone that is none and a remark that says "none"."""
    odd = FANG.model_copy(update={"phone": "问女儿", "remark": "无"})
    preview = against({5: odd}, ["姓名", "编号", "电话", "备注"], ["王芳", "007", "", "无"])
    assert preview.problems == ()


def test_another_number_is_another_person() -> None:
    preview = against({5: FANG}, ["姓名", "编号"], ["王芳", "008"])
    assert len(preview.new) + len(preview.problems) == 1


@pytest.mark.parametrize(
    ("head", "first", "second", "why"),
    [
        (["姓名", "生日"], ["王芳", "1948-03-05"], ["王芳", "1948-03-05"], Reason.TWICE),
        (["姓名", "电话"], ["王芳", "13800138000"], ["王芳", "13800138000"], Reason.TWICE),
        (["姓名", "楼栋"], ["王芳", "1号楼"], ["王芳", "2号楼"], Reason.SAME_NAME),
    ],
)
def test_namesakes_in_one_file_are_told_apart_by_what_is_known(
    head: list[str], first: list[Cell], second: list[Cell], why: Reason
) -> None:
    assert why in reasons(against({}, head, first, second))
