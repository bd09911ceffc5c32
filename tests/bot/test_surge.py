"""Surge days: yellow elders are called every day, green ones once, and it ends with one tap."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Person
from care.elders import Tier
from storage.tables import Audit, Surge
from tests.bot.crowd import Crowd, crowd

YELLOW, GREEN = "黄奶奶", "绿爷爷"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as found:
        await found.stage.elder(YELLOW, tier=Tier.YELLOW)
        await found.stage.elder(GREEN, tier=Tier.GREEN)
        yield found


async def switched_on(town: Crowd, days: str = "Three days") -> None:
    await town.stage.say(town.li, "/surge")
    await town.stage.tap(town.li, "surge_new")
    await town.stage.tap(town.li, "heat")
    await town.stage.tap(town.li, days)


async def called(town: Crowd, name: str) -> None:
    await town.stage.say(town.li, "/calls")
    await town.stage.tap(town.li, name)
    await town.stage.tap(town.li, "✅ fine")


def open_calls(town: Crowd, who: Person) -> str:
    return town.stage.last(who).text.split("✅")[0]


async def test_switched_on_the_list_of_today_is_longer_at_once(town: Crowd) -> None:
    await town.stage.at("08:30")
    morning = town.stage.last(town.li)
    assert YELLOW not in morning.text
    await switched_on(town)
    shown = town.stage.last(town.li).text
    for words in ("heat", "Thu 9 Apr to Sat 11 Apr", "李敏", "yellow elders are called every day"):
        assert words in shown
    now = next(one for one in town.stage.chat(town.li) if one.id == morning.id).text
    assert YELLOW in now
    assert GREEN in now
    async with town.stage.database.read() as tx:
        assert [one.action for one in await tx.scalars(select(Audit))] == ["surge"]


async def test_yellow_is_owed_a_call_a_day_and_green_one_within_the_days(town: Crowd) -> None:
    await switched_on(town)
    for name in (YELLOW, GREEN):
        await called(town, name)
    await town.stage.at("2026-04-10 08:30")
    await town.stage.say(town.li, "/calls")
    assert YELLOW in open_calls(town, town.li)
    assert GREEN not in open_calls(town, town.li)
    await town.stage.at("2026-04-12 08:30")
    await town.stage.say(town.li, "/calls")
    assert YELLOW not in open_calls(town, town.li)


async def test_it_is_switched_off_from_the_same_place(town: Crowd) -> None:
    await switched_on(town)
    await town.stage.say(town.boss, "/surge")
    await town.stage.tap(town.boss, "surge_off")
    assert "No such days are switched on." in town.stage.last(town.boss).text
    await town.stage.say(town.li, "/calls")
    assert YELLOW not in open_calls(town, town.li)
    await town.stage.tap(town.li, "surge_off")
    async with town.stage.database.read() as tx:
        [row] = await tx.scalars(select(Surge))
    assert row.ended_at == town.stage.clock.now()


async def test_days_can_be_typed_and_wrong_ones_are_asked_again(town: Crowd) -> None:
    await town.stage.say(town.li, "/surge")
    await town.stage.tap(town.li, "surge_new")
    await town.stage.tap(town.li, "cold")
    assert "⚠️" in (await town.stage.say(town.li, "4-1 4-3")).text
    await town.stage.say(town.li, "4-20 4-22")
    assert "Mon 20 Apr to Wed 22 Apr" in town.stage.last(town.li).text


async def test_a_festival_of_every_year_needs_no_switch(town: Crowd) -> None:
    await town.set_station(settings={"surge_on": ["04-09", "04-10"]})
    assert "festival day" in (await town.stage.say(town.li, "/surge")).text
    await town.stage.say(town.li, "/calls")
    assert GREEN in open_calls(town, town.li)


async def test_it_is_for_staff_alone(town: Crowd) -> None:
    await switched_on(town)
    assert "not available" in (await town.stage.say(town.chen, "/surge")).text
    for data in ("surge_new", "surge_off:1"):
        press = town.stage.phones.press(town.chen, town.stage.last(town.chen).id, data, stale=True)
        await town.stage.settle()
        assert "not available" in (press.text or "")
