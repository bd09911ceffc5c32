"""Leave of social workers: somebody stands in, by name, and can do what is to be done."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Person
from care.access import Role
from care.elders import Tier
from storage.tables import Contact, Leave
from tests.bot.crowd import Crowd, arrive, crowd

WANG = "王桂芳"
LONG = "not available"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as found:
        yield found


async def away(town: Crowd, who: Person, days: str, stands_in: str) -> None:
    await town.stage.say(who, "/leave")
    await town.stage.say(who, days)
    await town.stage.tap(who, stands_in)


async def leaves(town: Crowd) -> list[Leave]:
    async with town.stage.database.read() as tx:
        return list(await tx.scalars(select(Leave).order_by(Leave.id)))


def labels(town: Crowd, person: Person) -> list[str]:
    return [one.label for row in town.stage.last(person).rows for one in row]


async def test_the_deputy_is_told_at_once_and_has_the_list_on_these_days(town: Crowd) -> None:
    he = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await away(town, town.li, "4-10 4-11", "何方")
    mine = town.stage.last(town.li).text
    assert "You are away from Fri 10 Apr to Sat 11 Apr." in mine
    assert "何方 stands in for you." in mine
    assert "李敏 is away, Fri 10 Apr to Sat 11 Apr." in town.stage.last(he).text
    for day in ("2026-04-10", "2026-04-11"):
        before = town.sent(town.li)
        await town.stage.at(f"{day} 08:30")
        text = town.stage.last(he).text
        assert WANG in text
        assert "for 李敏 (on leave until Sat 11 Apr)" in text
        assert town.sent(town.li) == before
    await town.stage.at("2026-04-12 08:30")
    assert WANG in town.stage.last(town.li).text
    assert WANG not in town.stage.last(he).text


async def test_the_deputy_may_do_what_the_leader_may_and_only_on_these_days(town: Crowd) -> None:
    he = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    assert WANG not in (await town.stage.say(he, "/elders")).text
    await away(town, town.li, "4-10", "何方")
    await town.stage.at("2026-04-10 08:30")
    await town.stage.tap(he, WANG)
    await town.stage.tap(he, "✅ fine")
    async with town.stage.database.read() as tx:
        [contact] = await tx.scalars(select(Contact))
    assert contact.by_id == (await town.stage.member(he)).id
    assert WANG in (await town.stage.say(he, "/elders")).text
    await town.stage.tap(he, WANG)
    await town.stage.tap(he, "pause_ask")
    assert "Where is" in town.stage.last(he).text
    assert WANG in (await town.stage.say(he, "/pairings")).text
    await town.stage.at("2026-04-11 08:30")
    assert WANG not in (await town.stage.say(he, "/elders")).text
    press = town.stage.phones.press(he, town.stage.last(he).id, "call:1", stale=True)
    await town.stage.settle()
    assert LONG in (press.text or "")


async def test_who_is_away_themselves_is_not_offered_and_the_supervisor_always_is(
    town: Crowd,
) -> None:
    he = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await arrive(town.stage, "孙丽", Role.SOCIAL_WORKER)
    await away(town, he, "4-10 4-12", "The supervisor")
    await town.stage.say(town.li, "/leave")
    await town.stage.say(town.li, "4-12 4-15")
    assert labels(town, town.li) == ["孙丽", "The supervisor", "Cancel"]
    await town.stage.say(town.li, "/leave")
    await town.stage.say(town.li, "4-13 4-15")
    assert labels(town, town.li) == ["何方", "孙丽", "The supervisor", "Cancel"]


async def test_without_a_deputy_the_supervisor_is_told_and_gets_the_list(town: Crowd) -> None:
    await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await away(town, town.li, "4-10", "The supervisor")
    assert "You stand in" in town.stage.last(town.boss).text
    await town.stage.at("2026-04-10 08:30")
    assert WANG in town.stage.last(town.boss).text


async def test_a_deputy_who_goes_on_leave_too_leaves_it_to_the_supervisor(town: Crowd) -> None:
    he = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await away(town, town.li, "4-10 4-12", "何方")
    await away(town, he, "4-11", "The supervisor")
    await town.stage.at("2026-04-10 08:30")
    assert WANG in (await town.stage.say(he, "/calls")).text
    assert WANG not in (await town.stage.say(town.boss, "/calls")).text
    await town.stage.at("2026-04-11 08:30")
    assert WANG not in (await town.stage.say(he, "/calls")).text
    assert WANG in (await town.stage.say(town.boss, "/calls")).text


async def test_back_early_the_list_is_theirs_again_at_once(town: Crowd) -> None:
    he = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await away(town, town.li, "4-10 4-15", "何方")
    await town.stage.at("2026-04-10 08:30")
    deputys = town.stage.last(he)
    assert WANG in deputys.text
    await town.stage.say(town.li, "/leave")
    assert "🏠 I am back" in labels(town, town.li)
    assert await town.stage.tap(town.li, "leave_end") == "Welcome back!"
    assert "You are not away." in town.stage.last(town.li).text
    assert WANG not in next(one for one in town.stage.chat(he) if one.id == deputys.id).text
    assert any("李敏 is back." in one for one in town.texts(he))
    await town.stage.at("08:31")
    assert WANG in town.stage.last(town.li).text
    [row] = await leaves(town)
    assert str(row.last_day) == "2026-04-09"


async def test_an_absence_that_has_not_begun_can_be_taken_back(town: Crowd) -> None:
    he = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await away(town, town.li, "4-20 4-22", "何方")
    await town.stage.say(town.li, "/leave")
    await town.stage.tap(town.li, "leave_end")
    await town.stage.at("2026-04-21 08:30")
    # The week that was missed on Sunday comes after the morning's messages.
    assert any(WANG in one for one in town.texts(town.li)[-3:])
    assert WANG not in town.stage.last(he).text


async def test_nobody_ends_the_leave_of_somebody_else(town: Crowd) -> None:
    he = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await away(town, town.li, "4-10", "何方")
    [row] = await leaves(town)
    for who in (he, town.boss, town.chen):
        await town.stage.say(who, "/menu")
        press = town.stage.phones.press(
            who, town.stage.last(who).id, f"leave_end:{row.id}", stale=True
        )
        await town.stage.settle()
        assert LONG in (press.text or "")
    assert str((await leaves(town))[0].last_day) == "2026-04-10"


async def test_a_volunteer_is_asked_for_no_deputy_and_sees_their_leave_afterwards(
    town: Crowd,
) -> None:
    await town.stage.say(town.chen, "/leave")
    await town.stage.say(town.chen, "4-10 4-11")
    assert "Noted. You are away" in town.stage.last(town.chen).text
    await town.stage.say(town.chen, "/leave")
    shown = town.stage.last(town.chen).text
    assert "You are away from Fri 10 Apr to Sat 11 Apr." in shown
    assert "stands in" not in shown
    await town.stage.tap(town.chen, "leave_more")
    assert "When are you away?" in town.stage.last(town.chen).text


async def test_an_unpaired_elder_is_on_the_lists_of_those_who_are_there(town: Crowd) -> None:
    he = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await town.stage.elder("赵大爷", tier=Tier.RED)
    await away(town, town.li, "4-10", "The supervisor")
    await town.stage.at("2026-04-10 08:30")
    assert "赵大爷" in town.stage.last(he).text
    assert "赵大爷" not in town.stage.last(town.boss).text
