"""January: every record is gone through once; who is left is listed, and how far it is."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from care.access import Role
from care.elders import Tier
from storage import elders
from storage.elders import Decision
from storage.tables import Audit, Elder
from tests.bot.crowd import Crowd, arrive, crowd
from tests.bot.test_tiers import labels, press
from tests.stage import local

WANG = "王桂芳"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Crowd]:
    """王桂芳 and twenty more were last gone through in the year before."""
    async with crowd(tmp_path) as found:
        for n in range(20):
            await found.stage.elder(f"老人{n:02}", tier=Tier.GREEN)
        found.stage.clock.set(local("2027-01-02 08:00"))
        yield found


def drives(home: Crowd) -> list[str]:
    return [one.text for one in home.stage.chat(home.li) if "Yearly check" in one.text]


async def test_the_list_says_who_is_left_and_one_tap_takes_them_off(home: Crowd) -> None:
    shown = await home.stage.say(home.li, "/update")
    assert "Yearly check 2027: 0/21" in shown.text
    assert "🔴 王桂芳" in labels(shown)
    await home.stage.tap(home.li, "🔴 王桂芳")
    card = home.stage.last(home.li)
    assert "138 0000 0001" in card.text
    assert "Is everything still right?" in card.text
    await home.stage.tap(home.li, "confirmed")
    shown = home.stage.last(home.li)
    assert "Yearly check 2027: 1/21" in shown.text
    assert "🔴 王桂芳" not in labels(shown)
    async with home.stage.database.read() as tx:
        assert (await tx.get_one(Elder, 1)).confirmed_on == date(2027, 1, 2)


async def test_a_long_list_has_pages_and_one_comes_back_to_the_same(home: Crowd) -> None:
    await home.stage.say(home.li, "/update")
    await home.stage.tap(home.li, "▶")
    assert labels(home.stage.last(home.li))[:3] == ["🟢 老人17", "🟢 老人18", "🟢 老人19"]
    await home.stage.tap(home.li, "老人19")
    await home.stage.tap(home.li, "confirmed")
    assert labels(home.stage.last(home.li))[:2] == ["🟢 老人17", "🟢 老人18"]


async def test_confirmed_twice_is_written_down_once(home: Crowd) -> None:
    await home.stage.say(home.li, "/update")
    await home.stage.tap(home.li, WANG)
    card = home.stage.last(home.li)
    for _ in range(2):
        await press(home, home.li, card, "confirmed:1")
    async with home.stage.database.read() as tx:
        audits = list(await tx.scalars(select(Audit).where(Audit.action == "confirmed")))
    assert [one.target for one in audits] == ["elder:1"]


async def test_what_the_roster_changed_this_year_is_gone_through(home: Crowd) -> None:
    async with home.stage.database.write() as tx:
        one = await elders.named(tx, home.stage.station.id, WANG)
        facts = elders.facts_of(one).model_copy(update={"phone": "+8613800000009"})
        await elders.change(tx, home.stage.clock.now(), one, facts, Decision(None, "roster"))
    assert "1/21" in (await home.stage.say(home.li, "/update")).text


async def test_another_tier_alone_does_not_mean_that_all_the_rest_is_right(home: Crowd) -> None:
    async with home.stage.database.write() as tx:
        one = await elders.named(tx, home.stage.station.id, WANG)
        elders.change_tier(tx, home.stage.clock.now(), one, Tier.GREEN, Decision(None, "better"))
    assert "0/21" in (await home.stage.say(home.li, "/update")).text


async def test_in_january_there_is_a_message_each_week_as_long_as_somebody_is_left(
    home: Crowd,
) -> None:
    await home.stage.at("2027-01-03 09:00")
    assert not drives(home)
    for when, count in (
        ("2027-01-04 09:00", 1), ("2027-01-05 09:00", 1), ("2027-01-11 09:00", 2),
        ("2027-01-25 12:00", 3), ("2027-01-31 23:59", 3), ("2027-02-01 09:00", 3),
    ):  # fmt: skip
        await home.stage.at(when)
        assert len(drives(home)) == count, when
    assert "Yearly check 2027: 0/21" in drives(home)[-1]


async def test_when_nobody_is_left_there_is_no_message(home: Crowd) -> None:
    async with home.stage.database.write() as tx:
        for one in await elders.of_community(tx, home.stage.station.id):
            one.confirmed_on = date(2027, 1, 3)
    await home.stage.at("2027-01-04 09:00")
    assert not drives(home)
    assert "Every record was gone through" in (await home.stage.say(home.li, "/update")).text


async def test_a_colleagues_list_follows_in_place(home: Crowd) -> None:
    sun = await arrive(home.stage, "孙丽", Role.SOCIAL_WORKER)
    hers = await home.stage.say(sun, "/update")
    await home.stage.say(home.li, "/update")
    await home.stage.tap(home.li, "老人03")
    await home.stage.tap(home.li, "confirmed")
    [seen] = [one for one in home.stage.chat(sun) if one.id == hers.id]
    assert "1/20" in seen.text
    await press(home, sun, seen, "update_one:5:0")
    assert "was gone through this year" in home.stage.last(sun).text


async def test_only_staff_and_only_for_those_they_look_after(home: Crowd) -> None:
    sun = await arrive(home.stage, "孙丽", Role.SOCIAL_WORKER)
    assert "Yearly" not in (await home.stage.say(home.chen, "/update")).text
    await home.stage.say(sun, "/menu")
    for person in (home.chen, sun):
        for data in ("update_one:1:0", "confirmed:1", "update_one:99:0", "update_one:x:0"):
            await press(home, person, home.stage.last(person), data)
            assert WANG not in home.stage.last(person).text
    await press(home, home.chen, home.stage.last(home.chen), "updates_page:0")
    assert "Yearly" not in home.stage.last(home.chen).text
    async with home.stage.database.read() as tx:
        assert (await tx.get_one(Elder, 1)).confirmed_on is None
