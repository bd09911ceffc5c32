"""The day before a return date the staff are asked; unanswered, care is simply owed again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.records import Message, Person
from care.access import Role
from care.pauses import Why
from storage import elders, pauses
from storage.tables import Pause
from tests.bot.crowd import Crowd, arrive, crowd
from tests.stage import local

WANG = "王桂芳"
ASKED = "Do they come back tomorrow"
EVE = "2026-04-14 09:00"
RETURN = "2026-04-15"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    """王桂芳 is in hospital until the 15th."""
    async with crowd(tmp_path) as found:
        stage = found.stage
        async with stage.database.write() as tx:
            one = await elders.named(tx, stage.station.id, WANG)
            until, by = local(f"{RETURN} 12:00").date(), (await stage.member(found.li)).id
            await pauses.begin(tx, stage.clock.now(), one, Why.HOSPITAL, until, by)
        yield found


def asked(town: Crowd, who: Person) -> list[Message]:
    return [one for one in town.stage.chat(who) if ASKED in one.text]


async def test_whoever_looks_after_them_is_asked_once_the_day_before(town: Crowd) -> None:
    for when in ("2026-04-13 09:00", "2026-04-13 23:59", "2026-04-14 08:59"):
        await town.stage.at(when)
        assert not asked(town, town.li)
    for when in (EVE, "2026-04-14 09:01", "2026-04-14 20:00", f"{RETURN} 09:00"):
        await town.stage.at(when)
        assert len(asked(town, town.li)) == 1
    assert "Wed 15 Apr" in asked(town, town.li)[0].text
    assert not asked(town, town.boss)
    assert not asked(town, town.chen)


async def test_another_time_is_a_setting(town: Crowd) -> None:
    await town.set_station(settings={"ask_return_at": "18:00"})
    await town.stage.at("2026-04-14 17:59")
    assert not asked(town, town.li)
    await town.stage.at("2026-04-14 18:00")
    assert asked(town, town.li)


async def test_yes_is_seen_by_the_colleagues(town: Crowd) -> None:
    he = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await town.stage.pair(he, [], [WANG])
    await town.stage.at(EVE)
    assert asked(town, he)
    await town.stage.tap(town.li, "pause_back")
    for who in (town.li, he):
        assert not asked(town, who)
        assert any("王桂芳 comes back on Wed 15 Apr.\n✅ 李敏" in one for one in town.texts(who))
    await town.stage.at(f"{RETURN} 08:30")
    assert WANG in (await town.stage.say(town.li, "/calls")).text


async def test_stays_longer_moves_the_date_and_is_asked_about_again(town: Crowd) -> None:
    await town.stage.at(EVE)
    await town.stage.tap(town.li, "pause_longer")
    await town.stage.tap(town.li, "A week later")
    assert any("paused until Wed 22 Apr" in one for one in town.texts(town.li))
    await town.stage.at(f"{RETURN} 08:30")
    assert WANG not in (await town.stage.say(town.li, "/calls")).text
    await town.stage.at("2026-04-21 09:00")
    assert asked(town, town.li)


async def test_unanswered_they_are_owed_again_and_it_can_still_be_made_longer(
    town: Crowd,
) -> None:
    await town.stage.at(EVE)
    await town.stage.at(f"{RETURN} 08:30")
    assert WANG in (await town.stage.say(town.li, "/calls")).text
    await town.stage.tap(town.li, "pause_longer")
    await town.stage.tap(town.li, "1 day later")
    assert WANG not in (await town.stage.say(town.li, "/calls")).text


async def test_nobody_is_asked_about_a_pause_that_has_ended_or_begins_today(town: Crowd) -> None:
    async with town.stage.database.write() as tx:
        row = await tx.get_one(Pause, 1)
        await pauses.end(tx, town.stage.clock.now(), row, row.by_id)
    await town.stage.at("2026-04-14 08:59")
    async with town.stage.database.write() as tx:
        one = await elders.named(tx, town.stage.station.id, WANG)
        until = local(f"{RETURN} 12:00").date()
        await pauses.begin(tx, town.stage.clock.now(), one, Why.OTHER, until, 1)
    await town.stage.at(EVE)
    assert not asked(town, town.li)
