"""What families hear: who comes when, and nothing about health, addresses, or other people."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from care.errands import Kind
from storage import elders, errands
from tests.street import ADDRESS, PHONE, Street, street

EVENING = "2026-04-12 19:00"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        yield found


async def test_the_evening_before_the_family_hears_who_comes_and_when(home: Street) -> None:
    await home.published()
    await home.stage.at(EVENING)
    told = "明天上午，志愿者陈同学会上门看望王桂芳"
    assert told in home.stage.last(home.daughter).text
    await home.stage.at("19:01")
    assert sum(told in one.text for one in home.stage.chat(home.daughter)) == 1


async def test_a_visit_that_was_declined_meanwhile_is_not_announced(home: Street) -> None:
    await home.published()
    await home.forge(home.chen, "visit_no:1:ill")
    await home.stage.at(EVENING)
    assert not home.says(home.daughter, "看望")


async def test_somebody_else_comes_the_message_changes_in_place(home: Street) -> None:
    await home.published()
    await home.stage.at(EVENING)
    wang = (await home.stage.member(home.wang)).id
    count = len(home.stage.chat(home.daughter))
    await home.forge(home.li, f"week_give:1:{wang}")
    assert "志愿者王老师会上门看望王桂芳" in home.stage.last(home.daughter).text
    assert len(home.stage.chat(home.daughter)) == count


async def test_a_visit_called_off_after_it_was_announced_is_taken_back(home: Street) -> None:
    await home.published()
    await home.stage.at(EVENING)
    await home.forge(home.chen, "visit_no:1:ill")
    assert "取消了" in home.stage.last(home.daughter).text


async def test_the_family_sees_visits_and_the_errands_they_asked_for(home: Street) -> None:
    await home.published()
    async with home.stage.database.write() as tx:
        found = await elders.named(tx, home.stage.station.id, "王桂芳")
        now = home.stage.clock.now()
        for asker, what in ((home.daughter, "降压药"), (home.li, "水费")):
            by = (await home.stage.member(asker)).id
            await errands.ask(tx, now, found, Kind.MEDICINE, what, now, by)
    text = (await home.stage.say(home.daughter, "/elder")).text
    for fact in ("王桂芳", "4月13日 周一 上午", "陈同学", "降压药"):
        assert fact in text
    for private in (ADDRESS, PHONE, "水费", "赵大爷", "黄", "慢性病", "12号楼"):
        assert private not in text
    await home.stage.tap(home.daughter, "do:errand")


async def test_nothing_planned_is_said(home: Street) -> None:
    assert "最近几天没有安排探访" in (await home.stage.say(home.daughter, "/elder")).text


async def test_a_report_does_not_reach_the_family(home: Street) -> None:
    await home.on_the_day()
    await home.report("bad", "bad", "-", "-", "0")
    await home.stage.say(home.chen, "血压很高")
    await home.answer("all")
    await home.stage.say(home.daughter, "/elder")
    assert not home.says(home.daughter, "血压")
    assert not home.says(home.daughter, "担心")
    assert home.says(home.daughter, "来探访过了")
