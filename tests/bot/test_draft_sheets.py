"""The draft as an Excel file: given, sent back changed, seen first, taken row by row."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook

from bot.playground.records import Message, Person
from care.access import Role
from care.days import HalfDay
from care.draft_sheets import COLUMNS
from care.elders import Tier
from care.visits import State
from storage.tables import Member, WeekPlan
from tests.drafted import MONDAY, draft
from tests.street import NOT_YOURS, Street, street

AM, PM = HalfDay.AM, HalfDay.PM
ROWS = [("王桂芳", "陈同学", 0, AM), ("王桂芳", "王老师", 2, AM), ("赵大爷", "陈同学", 1, PM)]
Cells = dict[str, Any]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        await found.can_come(found.chen)
        await found.can_come(found.wang)
        await draft(found.stage, ROWS)
        yield found


async def exported(home: Street, who: Person | None = None) -> list[list[list[Any]]]:
    """The sheets of the file as they come into the chat."""
    reader = who or home.li
    await home.forge(reader, "draft_file:2026-04-13")
    file = home.stage.last(reader).document
    assert file is not None
    with CalamineWorkbook.from_filelike(BytesIO(file.data)) as book:
        return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


async def send(home: Street, rows: list[list[Any]], who: Person | None = None) -> Message:
    """Send the first sheet back as a file of its own."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("探访")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                else:
                    sheet.write(number, column, value)
    sender = who or home.li
    home.stage.phones.send_document(sender, "改好的.xlsx", out.getvalue())
    await home.stage.settle()
    return home.stage.last(sender)


def edited(rows: list[list[Any]], change: Callable[[int, Cells], None]) -> list[list[Any]]:
    """The rows after somebody has worked on them; `change` is given each visit's cells."""
    found = [list(row) for row in rows]
    for number, row in enumerate(found[2:]):
        cells = dict(zip(COLUMNS, row, strict=True))
        change(number, cells)
        row[:] = [cells[name] for name in COLUMNS]
    return found


async def test_the_file_has_a_row_for_each_visit_and_the_gaps_on_a_second_sheet(
    home: Street,
) -> None:
    visits, gaps, people = await exported(home)
    assert home.stage.last(home.li).document is not None
    assert visits[1][1:7] == ["老人", "楼栋", "日期", "上午/下午", "志愿者", "锁定"]
    assert [row[1] for row in visits[2:]] == ["王桂芳", "赵大爷", "王桂芳"]
    assert visits[2][2:7] == ["12号楼", MONDAY, "上午", "陈同学", "否"]
    assert visits[2][8] == "老人的结对志愿者"
    assert gaps == [["老人", "缺几次探访", "为什么没人去"], ["赵大爷", "1", "有人能去，还没安排"]]
    assert people == [["王老师"], ["陈同学"]]


async def test_the_file_speaks_the_reader_s_language_and_either_comes_back(home: Street) -> None:
    ann = await home.stage.person("Ann", Role.SUPERVISOR)
    async with home.stage.database.write() as tx:
        (await tx.get_one(Member, (await home.stage.member(ann)).id)).language = "en"
    await home.forge(ann, "draft_show:2026-04-13:0")
    rows = (await exported(home, ann))[0]
    assert rows[1][4:7] == ["Half-day", "Volunteer", "Locked"]
    assert rows[2][4] == "morning"
    assert "要改 1 次探访" in (await send(home, edited(rows, lock_first))).text


def lock_first(number: int, cells: Cells) -> None:
    if number == 0:
        cells["locked"] = {"no": "yes", "否": "是"}[cells["locked"]]


async def test_a_file_that_nobody_touched_changes_nothing(home: Street) -> None:
    rows = (await exported(home))[0]
    text = (await send(home, rows)).text
    assert "没有需要更新的内容" in text
    assert "🚫" not in text
    assert not any(
        "draft_take" in (one.data or "") for row in home.stage.last(home.li).rows for one in row
    )


def work_on_it(number: int, cells: Cells) -> None:
    """The first visit moves and changes hands, the second is locked, the third is not needed."""
    match number:
        case 0:
            cells |= {"day": "4月17日", "half": "下午", "volunteer": "王老师"}
        case 1:
            cells["locked"] = "是"
        case _:
            cells["not_needed"] = "住院了"


async def test_what_was_changed_is_shown_first_and_then_taken_at_once(home: Street) -> None:
    rows = edited((await exported(home))[0], work_on_it)
    text = (await send(home, rows)).text
    assert "要改 3 次探访" in text
    assert "第 3 行 王桂芳：周一 上午 ← 陈同学 → 周五 下午 ← 王老师" in text
    assert "第 4 行 赵大爷：周二 下午 ← 陈同学 → 🔒 锁定" in text
    assert "第 5 行 王桂芳：周三 上午 ← 王老师 → 不用去：住院了" in text
    assert all(one.day.day < 16 and not one.locked for one in await home.visits())
    assert await home.stage.tap(home.li, "draft_take") == "已改 3 次探访。"
    first, second, third = await home.visits()
    wang = (await home.stage.member(home.wang)).id
    assert (first.volunteer_id, first.day.day, first.half) == (wang, 17, PM)
    assert first.locked
    assert third.locked
    assert (second.state, second.reason) == (State.DROPPED, "drafted:hospital")
    assert "周五 下午 王桂芳 ← 王老师 🔒" in home.stage.last(home.li).text
    assert "周五 下午 王桂芳 ← 王老师 🔒" in home.stage.last(home.boss).text


async def test_taking_twice_takes_once(home: Street) -> None:
    message = await send(home, edited((await exported(home))[0], lock_first))
    data = message.rows[0][0].data
    for _ in range(2):
        home.stage.phones.press(home.li, message.id, data, stale=True)
    await home.stage.settle()
    assert [one.locked for one in await home.visits()] == [True, False, False]


async def test_what_cannot_be_taken_is_told_row_by_row_and_the_rest_is_taken(
    home: Street,
) -> None:
    def change(number: int, cells: Cells) -> None:
        match number:
            case 0:
                cells["day"] = "4月15日"
            case 1:
                cells["volunteer"] = "没有此人"
            case _:
                cells["half"] = "下午"

    rows = edited((await exported(home))[0], change)
    rows.append(["", "孙奶奶", "", "4月15日", "上午", "陈同学", "", "", ""])
    text = (await send(home, rows)).text
    assert "要改 1 次探访" in text
    assert "有 3 行不会导入" in text
    assert "🚫 第 3 行 王桂芳：陈同学 老人那天已有探访" in text
    assert "🚫 第 4 行 赵大爷：没有叫这个名字的志愿者" in text
    assert "🚫 第 6 行 孙奶奶：开头的代码没有了" in text
    await home.stage.tap(home.li, "draft_take")
    first, second, third = await home.visits()
    assert (first.day, first.locked) == (MONDAY, False)
    assert (second.half, second.locked) == (PM, True)
    assert third.half is PM


async def test_two_visits_to_one_elder_change_places(home: Street) -> None:
    def change(number: int, cells: Cells) -> None:
        if number != 1:
            cells["day"] = "4月15日" if number == 0 else "4月13日"

    await send(home, edited((await exported(home))[0], change))
    assert await home.stage.tap(home.li, "draft_take") == "已改 2 次探访。"
    assert [one.day.day for one in await home.visits()] == [15, 13, 14]


async def test_what_a_colleague_changed_meanwhile_is_not_lost(home: Street) -> None:
    rows = (await exported(home))[0]
    chen = (await home.stage.member(home.chen)).id
    await home.forge(home.boss, f"draft_put:1:{chen}:4:am:dr{chen}0am:1")
    text = (
        await send(home, edited(rows, lambda number, cells: lock_first(number - 1, cells)))
    ).text
    assert "要改 1 次探访" in text
    assert "🚫" not in text
    text = (await send(home, edited(rows, lock_first))).text
    assert "🚫 第 3 行 王桂芳：导出表格以后有人改过" in text
    assert (await home.visits())[0].day.day == 17


async def test_confirming_what_is_no_longer_so_shows_it_anew(home: Street) -> None:
    await send(home, edited((await exported(home))[0], lock_first))
    chen = (await home.stage.member(home.chen)).id
    await home.forge(home.boss, f"draft_put:1:{chen}:4:am:dr{chen}0am:1")
    assert "草稿刚刚有变动" in (await home.stage.tap(home.li, "draft_take") or "")
    assert "现在改的话是这样" in home.stage.last(home.li).text
    assert [one.locked for one in await home.visits()] == [True, False, False]


async def test_a_row_of_somebody_else_s_elder_is_never_taken(home: Street) -> None:
    zhou = await home.stage.person("周敏", Role.SOCIAL_WORKER)
    await home.stage.elder("孙奶奶", tier=Tier.YELLOW)
    await home.stage.pair(zhou, [home.wang], ["孙奶奶"])
    rows = (await exported(home))[0]
    text = (await send(home, edited(rows, lock_first), zhou)).text
    assert "🚫 第 3 行 王桂芳：由别的社工照看" in text
    assert await home.forge(zhou, "draft_file:2026-04-13") != NOT_YOURS
    await send(home, edited(rows, lock_first), home.chen)
    assert "🚫" not in home.stage.last(home.chen).text
    assert not any(one.locked for one in await home.visits())


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("elder", "赵大爷", "代码是另一位老人的"),
        ("nuanlin_draft", "2026-04-13.9.3.0am.0", "已不在草稿里"),
        ("nuanlin_draft", "2026-04-20.9.3.0am.0", "是另一周的"),
        ("locked", "也许", "请选是或否"),
        ("half", "晚上", "请选上午或下午"),
        ("day", "5月1日", "日期不在那一周"),
        ("not_needed", "不想", "原因请从列表里选"),
    ],
)
async def test_each_fault_is_told_in_plain_words(
    home: Street, name: str, value: str, why: str
) -> None:
    def change(number: int, cells: Cells) -> None:
        if number == 1:
            cells |= {"locked": "是"} | {name: value}
            cells["elder"] = "王桂芳" if (name, value) == ("elder", "赵大爷") else cells["elder"]

    assert why in (await send(home, edited((await exported(home))[0], change))).text


async def test_a_row_that_stands_there_twice_counts_once(home: Street) -> None:
    rows = edited((await exported(home))[0], lock_first)
    text = (await send(home, [*rows, rows[2]])).text
    assert "🚫 第 6 行 王桂芳：表格里出现了两次" in text


async def test_a_file_of_a_week_that_was_sent_out_changes_nothing(home: Street) -> None:
    rows = edited((await exported(home))[0], lock_first)
    await send(home, rows)
    async with home.stage.database.write() as tx:
        plan = await tx.get_one(WeekPlan, (home.stage.station.id, MONDAY))
        plan.published_at = home.stage.clock.now()
    await home.stage.tap(home.li, "draft_take")
    assert "已不是草稿" in home.stage.last(home.li).text
    assert "已不是草稿" in (await send(home, rows)).text
    assert not any(one.locked for one in await home.visits())


async def test_stopping_closes_the_preview(home: Street) -> None:
    message = await send(home, edited((await exported(home))[0], lock_first))
    data = message.rows[0][0].data
    await home.stage.say(home.li, "/cancel")
    home.stage.phones.press(home.li, message.id, data, stale=True)
    await home.stage.settle()
    assert not any(one.locked for one in await home.visits())


async def test_two_of_one_name_are_told_apart_by_a_number(home: Street) -> None:
    other = await home.stage.person("陈同学", Role.VOLUNTEER)
    await home.stage.elder("孙奶奶", tier=Tier.YELLOW)
    await home.stage.pair(home.li, [other], ["孙奶奶"])
    rows, _, people = await exported(home)
    chen = (await home.stage.member(home.chen)).id
    assert [f"陈同学 {chen}"] in people

    def change(number: int, cells: Cells) -> None:
        if number == 2:
            cells["volunteer"] = "陈同学"

    assert rows[2][5] == f"陈同学 {chen}"
    assert "有同名的志愿者" in (await send(home, edited(rows, change))).text
