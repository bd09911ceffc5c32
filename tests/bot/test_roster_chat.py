"""The roster by chat: seen first, taken in whole or not at all, given back as a file."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from sqlalchemy import func, select

from bot.playground.records import Message, Person
from care.access import Role
from care.elders import ElderFacts, Tier
from storage import communities, elders, places
from storage.elders import facts_of
from storage.tables import Audit, Elder, TierChange
from tests.stage import Stage, sqlite_url, staged

HEAD = ["姓名", "电话", "楼栋", "等级", "备注"]
WANG = ["王桂芳", "13800138000", "12号楼", "红", ""]
ZHAO = ["赵大爷", "", "3号楼", "", "耳背"]


def workbook(*rows: list[Any]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write(0, 0, "幸福社区独居老人花名册")
        for number, row in enumerate([HEAD, *rows], start=2):
            sheet.write_row(number, 0, row)
    return out.getvalue()


async def send(stage: Stage, person: Person, content: bytes, name: str = "花名册.xlsx") -> Message:
    stage.phones.send_document(person, name, content)
    await stage.settle()
    return stage.last(person)


async def on_record(stage: Stage, community: int | None = None) -> dict[str, ElderFacts]:
    async with stage.database.read() as tx:
        found = await elders.of_community(tx, community or stage.station.id)
        return {one.name: facts_of(one) for one in found}


async def taken(stage: Stage, person: Person, content: bytes) -> Message:
    await send(stage, person, content)
    await stage.tap(person, "roster_take")
    return stage.last(person)


async def test_a_messy_file_is_shown_then_taken_in_and_the_second_time_changes_nothing(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        await stage.at("08:30")
        day_list = stage.last(li).id
        await stage.say(li, "/import")
        content = workbook(
            WANG,
            ZHAO,
            ["孙奶奶", "1380013", "5号楼", "特红", ""],
            ["", "13800138001", "", "", ""],
            ["合计", "3", "", "", ""],
        )
        shown = await send(stage, li, content)
        assert "新增 2 人" in shown.text
        assert "有 2 行不会导入" in shown.text
        assert await on_record(stage) == {}
        await stage.tap(li, "看要改正的地方")
        problems = stage.last(li).text
        assert "第 6 行" in problems
        assert "特红" in problems
        await stage.tap(li, "‹")
        await stage.tap(li, "看新增的人")
        assert "王桂芳" in stage.last(li).text
        await stage.tap(li, "‹")
        await stage.tap(li, "导入 2 人")
        assert "新增 2 人" in stage.last(li).text
        found = await on_record(stage)
        assert set(found) == {"王桂芳", "赵大爷"}
        assert (found["王桂芳"].phone, found["王桂芳"].tier) == ("+8613800138000", Tier.RED)
        assert found["赵大爷"].tier is None
        assert "王桂芳" in next(one.text for one in stage.chat(li) if one.id == day_list)
        again = await send(stage, li, content)
        assert "不变 2 人" in again.text
        assert "没有需要更新的内容" in again.text
        assert not any("roster_take" in (b.data or "") for row in again.rows for b in row)
        async with stage.database.read() as tx:
            audit = await tx.scalar(select(Audit).where(Audit.action == "roster_import"))
        assert audit is not None
        assert audit.facts["new"] == 2


async def test_what_changes_is_shown_before_and_after_and_tiers_keep_their_history(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        await taken(stage, boss, workbook(WANG, ZHAO))
        await send(stage, boss, workbook(["王桂芳", "13800138000", "14号楼", "绿", ""], ZHAO))
        assert "更新 1 人" in stage.last(boss).text
        await stage.tap(boss, "看更新的内容")
        text = stage.last(boss).text
        assert "12号楼 → 14号楼" in text
        assert "🔴" in text
        assert "🟢" in text
        await stage.tap(boss, "‹")
        await stage.tap(boss, "导入 1 人")
        assert (await on_record(stage))["王桂芳"].tier is Tier.GREEN
        async with stage.database.read() as tx:
            [change] = await tx.scalars(select(TierChange))
        assert (change.before, change.after) == (Tier.RED, Tier.GREEN)
        assert "花名册.xlsx" in change.reason


async def test_confirming_what_is_no_longer_true_shows_it_anew_and_changes_nothing(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        await send(stage, boss, workbook(WANG, ZHAO))
        await stage.elder("王桂芳", phone="+8613800138000", tier=Tier.GREEN)
        assert "档案刚刚有变动" in (await stage.tap(boss, "roster_take") or "")
        assert (await on_record(stage)).keys() == {"王桂芳"}
        text = stage.last(boss).text
        assert "新增 1 人" in text
        assert "更新 1 人" in text
        await stage.tap(boss, "roster_take")
        assert (await on_record(stage)).keys() == {"王桂芳", "赵大爷"}


async def test_confirming_twice_takes_it_in_once(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        message = await send(stage, boss, workbook(WANG))
        data = message.rows[0][0].data
        for _ in range(2):
            stage.phones.press(boss, message.id, data, stale=True)
        await stage.settle()
        async with stage.database.read() as tx:
            assert await tx.scalar(select(func.count()).select_from(Elder)) == 1
            imports = select(func.count()).where(Audit.action == "roster_import")
            assert await tx.scalar(imports) == 1
        assert "已导入" in stage.last(boss).text


async def test_stopping_changes_nothing_and_closes_the_preview(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        message = await send(stage, boss, workbook(WANG))
        data = message.rows[0][0].data
        await stage.say(boss, "/cancel")
        stage.phones.press(boss, message.id, data)
        await stage.settle()
        assert await on_record(stage) == {}
        closed = next(one for one in stage.chat(boss) if one.id == message.id)
        assert "已经结束" in closed.text
        assert not closed.rows


async def test_a_newer_file_takes_the_place_of_the_one_that_waits(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        first = await send(stage, boss, workbook(WANG))
        data = first.rows[0][0].data
        await send(stage, boss, workbook(ZHAO))
        stage.phones.press(boss, first.id, data)
        await stage.settle()
        assert await on_record(stage) == {}
        await stage.tap(boss, "roster_take", where=lambda one: one.id != first.id)
        assert (await on_record(stage)).keys() == {"赵大爷"}


async def test_elders_of_another_social_worker_are_named_and_never_changed(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        sun = await stage.person("孙丽", Role.SOCIAL_WORKER)
        await taken(stage, li, workbook(WANG))
        await stage.pair(li, [], ["王桂芳"])
        shown = await send(
            stage, sun, workbook(["王桂芳", "13800138000", "12号楼", "绿", ""], ZHAO)
        )
        assert "新增 1 人" in shown.text
        assert "更新" not in shown.text
        assert "有 1 行不会导入" in shown.text
        await stage.tap(sun, "看要改正的地方")
        assert "第 4 行：王桂芳由另一位社工负责" in stage.last(sun).text
        await stage.tap(sun, "‹")
        await stage.tap(sun, "roster_take")
        found = await on_record(stage)
        assert found["王桂芳"].tier is Tier.RED
        assert "赵大爷" in found


async def test_another_community_is_neither_compared_nor_shown(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        async with stage.database.write() as tx:
            other = await communities.create(
                tx, stage.clock.now(), "平安社区", "Asia/Shanghai", "zh_CN"
            )
            facts = ElderFacts(name="王桂芳", phone="+8613800138000", tier=Tier.GREEN)
            await elders.add(tx, stage.clock.now(), other.id, facts)
        shown = await send(stage, boss, workbook(WANG))
        assert "新增 1 人" in shown.text
        await stage.tap(boss, "roster_take")
        assert (await on_record(stage, other.id))["王桂芳"].tier is Tier.GREEN
        assert (await on_record(stage))["王桂芳"].tier is Tier.RED
        await stage.say(boss, "/export")
        assert "共 1 人" in stage.last(boss).text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"PK\x03\x04broken", "完整|损坏"),
        ("a.pdf", b"%PDF-1.7 ...", "PDF"),
        ("a.csv", "你好\n世界".encode(), "姓名"),
        ("a.xlsx", b"\n\n", "空"),
    ],
)
async def test_a_file_that_cannot_be_read_gets_one_clear_sentence(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        before = len(stage.chat(boss))
        await send(stage, boss, content, name)
        [answer] = stage.chat(boss)[before:]
        assert any(part in answer.text for part in told.split("|"))
        assert not answer.rows


@pytest.mark.parametrize("fault", ["server_error", "connect_error", "drop_after"])
async def test_trouble_on_the_line_while_fetching_is_tried_again(
    tmp_path: Path, fault: str
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        stage.telegram.faults.once(fault, method="getFile")
        before = len(stage.chat(boss))
        await send(stage, boss, workbook(WANG))
        assert stage.telegram.faults.injected[fault] == 1
        [answer] = stage.chat(boss)[before:]
        assert "新增 1 人" in answer.text


async def test_a_file_that_is_too_large_is_not_even_fetched(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        answer = await send(stage, boss, b"x" * (5 * 1024 * 1024 + 1))
        assert "5 MB" in answer.text


async def test_a_file_from_anybody_else_is_not_opened(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        chen = await stage.person("陈晨", Role.VOLUNTEER)
        stranger = stage.telegram.add_person("路人", language_code="zh-hans")
        stage.phones.start(stranger)
        await stage.settle()
        for person in (chen, stranger):
            answer = await send(stage, person, workbook(WANG))
            assert "新增" not in answer.text
            assert "/menu" in answer.text
        assert await on_record(stage) == {}
        before = len(stage.chat(chen))
        await stage.say(chen, "/export")
        assert all(one.document is None for one in stage.chat(chen)[before:])


async def test_an_export_comes_back_unchanged(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        sun = await stage.person("孙丽", Role.SOCIAL_WORKER)
        await taken(stage, li, workbook(WANG, ZHAO))
        await stage.pair(sun, [], ["赵大爷"])
        await stage.say(li, "/export")
        file = stage.last(li).document
        assert file is not None
        assert file.name == "花名册-2026-04-09.xlsx"
        assert "共 1 人" in stage.last(li).text
        again = await send(stage, li, file.data, file.name)
        assert "不变 1 人" in again.text
        assert "没有需要更新的内容" in again.text
        assert "🚫" not in again.text
        async with stage.database.read() as tx:
            exports = select(func.count()).where(Audit.action == "roster_export")
            assert await tx.scalar(exports) == 1


async def test_hundreds_of_changes_and_problems_fit_into_messages(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        names = [f"张{chr(0x5B50 + n)}" for n in range(200)]
        await taken(stage, boss, workbook(*([name, "", "1号楼", "绿", ""] for name in names)))
        rows = [[name, "", "2号楼", "红", "记" * 900] for name in names]
        bad = [[f"李{name[1]}", "123", "2号楼", "红", ""] for name in names]
        shown = await send(stage, boss, workbook(*rows, *bad, WANG))
        assert "更新 200 人" in shown.text
        await stage.tap(boss, "看更新的内容")
        while any("▶" in one.label for row in stage.last(boss).rows for one in row):
            assert len(stage.last(boss).text) < 4096
            before = stage.last(boss).text
            await stage.tap(boss, "▶")
            assert stage.last(boss).text != before
        await stage.tap(boss, "‹")
        await stage.tap(boss, "看要改正的地方")
        assert len(stage.last(boss).text) < 4096
        await stage.tap(boss, "‹")
        await stage.tap(boss, "导入 201 人")
        assert len(await on_record(stage)) == 201


async def test_buildings_come_with_a_sheet_of_their_own_and_are_seen_before(
    tmp_path: Path,
) -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("花名册").write_row(0, 0, HEAD)
        book.get_worksheet_by_name("花名册").write_row(1, 0, WANG)
        sheet = book.add_worksheet("楼栋")
        for number, row in enumerate(
            [
                ["楼栋", "纬度", "经度", "步行"],
                ["12号楼", 31.23, 121.47, "3号楼 80"],
                ["5号楼", "北边", "", ""],
            ]
        ):
            sheet.write_row(number, 0, row)
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        shown = await send(stage, li, out.getvalue())
        assert "楼栋 1 个" in shown.text
        assert "有 1 行不会导入" in shown.text
        await stage.tap(li, "看要改正的地方")
        assert "楼栋表第 3 行：“北边”不是纬度" in stage.last(li).text
        await stage.tap(li, "‹")
        await stage.tap(li, "roster_take")
        assert "楼栋 1 个" in stage.last(li).text
        async with stage.database.read() as tx:
            known = await places.map_of(tx, stage.station.id)
        assert known.metres("3号楼", "12号楼") == 80
        assert set(known.points) == {"12号楼"}
        again = await send(stage, li, out.getvalue())
        assert "roster_take" not in str(again.rows)
