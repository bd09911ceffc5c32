"""Monday: every red elder is kept or changed, by whoever keeps them; what is left is counted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Message, Person
from care.access import Role
from care.calls import Outcome
from care.elders import Tier
from care.tiers import Answer
from storage import communities, elders
from storage.tables import Community, Elder, Outbox, TierQuestion
from tests.bot.crowd import Crowd, arrive, crowd
from tests.bot.test_tiers import happens, labels, press
from tests.stage import local

WANG = "王桂芳"
MONDAY = "2026-04-13 09:00"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Crowd]:
    """王桂芳 is kept by 李敏 alone; seven more red elders are in no pairing."""
    async with crowd(tmp_path) as found:
        for n in range(7):
            await found.stage.elder(f"老人{n}", tier=Tier.RED)
        await found.stage.elder("绿大爷", tier=Tier.GREEN)
        yield found


def review(home: Crowd, who: Person) -> Message:
    """The newest review in a chat."""
    found = [one for one in home.stage.chat(who) if "Weekly review" in one.text]
    return found[-1]


async def questions(home: Crowd) -> list[TierQuestion]:
    async with home.stage.database.read() as tx:
        return list(await tx.scalars(select(TierQuestion).order_by(TierQuestion.id)))


async def test_on_monday_each_caller_has_one_message_with_the_week_before(home: Crowd) -> None:
    await happens(home, WANG, "2026-04-10 10:00", Outcome.NO_ANSWER)
    await happens(home, WANG, "2026-04-10 11:00", Outcome.FINE)
    await happens(home, WANG, "2026-04-11 10:00", Outcome.FOLLOW_UP)
    await home.stage.at("2026-04-13 08:59")
    assert await questions(home) == []
    await home.stage.at(MONDAY)
    text = review(home, home.li).text
    assert "Mon 13 Apr: 8 red elders" in text
    assert "contact on 2 of 4 days · days with attempts: 1 · follow-ups: 1" in text
    assert "绿大爷" not in text
    assert not [one for one in home.stage.chat(home.boss) if "Weekly review" in one.text]
    for when in ("09:00", "09:30", "2026-04-14 09:00", "2026-04-19 23:00"):
        await home.stage.at(when)
    assert len([one for one in home.stage.chat(home.li) if "Weekly review" in one.text]) == 1


async def test_kept_with_who_and_when_and_updated_in_place_for_everybody(home: Crowd) -> None:
    sun = await arrive(home.stage, "孙丽", Role.SOCIAL_WORKER)
    await home.stage.at(MONDAY)
    assert "7 red elders" in review(home, sun).text
    await home.stage.tap(home.li, "老人0 stays 🔴 red")
    assert "✅ Stays red: 老人0 (李敏)" in review(home, home.li).text
    assert "✅ Stays red: 老人0 (李敏)" in review(home, sun).text
    [kept] = [one for one in await questions(home) if one.answer is Answer.KEEP]
    assert kept.decided_by == (await home.stage.member(home.li)).id
    assert kept.decided_at == home.stage.clock.now()
    said = await press(home, sun, review(home, sun), f"review_keep:{kept.id}")
    assert "changed meanwhile" in str(said)


async def test_a_long_review_has_pages_and_the_rest_is_kept_with_one_button(home: Crowd) -> None:
    await home.stage.at(MONDAY)
    assert "老人4" in review(home, home.li).text
    assert "老人5" not in review(home, home.li).text
    await home.stage.tap(home.li, "▶", where=lambda one: "Weekly" in one.text)
    assert "老人6" in review(home, home.li).text
    assert "老人4" not in review(home, home.li).text
    stale = review(home, home.li)
    await home.stage.tap(home.li, "老人6 stays 🔴 red")
    assert "changed meanwhile" in str(await press(home, home.li, stale, "review_rest:2026-04-13:8"))
    assert len([one for one in await questions(home) if one.answer]) == 1
    await home.stage.tap(home.li, "Keep all 7 that are left")
    assert "All are reviewed." in review(home, home.li).text
    assert not labels(review(home, home.li))
    assert {one.answer for one in await questions(home)} == {Answer.KEEP}


async def test_change_leads_to_the_form_and_the_list_stands_on(home: Crowd) -> None:
    await home.stage.at(MONDAY)
    await home.stage.tap(home.li, "王桂芳: change…", where=lambda one: "Weekly" in one.text)
    await home.stage.tap(home.li, "tier_to:1:red:yellow")
    await home.stage.say(home.li, "much better")
    assert "↕️ Changed: 王桂芳 (李敏)" in review(home, home.li).text
    assert "Still to decide: 7" in review(home, home.li).text
    async with home.stage.database.read() as tx:
        assert (await tx.get_one(Elder, 1)).tier is Tier.YELLOW


async def test_what_was_left_is_counted_the_next_monday_and_asked_again(home: Crowd) -> None:
    await home.stage.at(MONDAY)
    first = review(home, home.li)
    await home.stage.tap(home.li, "王桂芳 stays 🔴 red", where=lambda one: "Weekly" in one.text)
    await home.stage.at("2026-04-20 09:00")
    text = review(home, home.li).text
    assert "Mon 20 Apr: 8 red elders" in text
    assert "Last week not reviewed: 7" in text
    old = next(one for one in await questions(home) if one.answer is None)
    assert "changed meanwhile" in str(await press(home, home.li, first, f"review_keep:{old.id}"))
    [seen] = [one for one in home.stage.chat(home.li) if one.id == first.id]
    assert "is over: 1 of 8 decided" in seen.text


async def test_late_it_says_so_and_in_the_next_week_it_does_not_come(home: Crowd) -> None:
    await home.stage.at("2026-04-14 11:00")
    assert "(late, sent Tue 14 Apr at 11:00)" in review(home, home.li).text
    await home.stage.at("2026-04-27 08:00")
    assert len(await questions(home)) == 8


async def test_a_review_from_before_the_station_was_founded_is_not_begun(home: Crowd) -> None:
    await home.stage.at("2026-04-09 10:00")
    await home.stage.at("2026-04-12 10:00")
    assert await questions(home) == []


async def test_with_no_red_elder_there_is_no_message(tmp_path: Path) -> None:
    async with crowd(tmp_path) as home:
        async with home.stage.database.write() as tx:
            (await elders.named(tx, home.stage.station.id, WANG)).tier = Tier.GREEN
        await home.stage.at(MONDAY)
        async with home.stage.database.read() as tx:
            assert not list(await tx.scalars(select(Outbox).where(Outbox.notice == "tier_review")))


async def test_somebody_who_left_the_red_by_the_roster_needs_no_review(home: Crowd) -> None:
    await home.stage.at(MONDAY)
    async with home.stage.database.write() as tx:
        one = await elders.named(tx, home.stage.station.id, WANG)
        now, station = home.stage.clock.now(), await tx.get_one(Community, one.community_id)
        assert communities.settings_of(station).review_on == 0
        facts = elders.facts_of(one).model_copy(update={"tier": Tier.YELLOW})
        await elders.change(tx, now, one, facts, elders.Decision(None, "roster"))
    await home.stage.tap(home.li, "老人0 stays 🔴 red")
    assert "↕️ Changed: 王桂芳" in review(home, home.li).text
    assert "Still to decide: 6" in review(home, home.li).text


async def test_forged_presses_decide_nothing(home: Crowd) -> None:
    await home.stage.at(MONDAY)
    sun = await arrive(home.stage, "孙丽", Role.SOCIAL_WORKER)
    await home.stage.say(sun, "/menu")
    await home.stage.say(home.chen, "/menu")
    wang = next(one for one in await questions(home) if one.elder_id == 1)
    for person in (sun, home.chen):
        await press(home, person, home.stage.last(person), f"review_keep:{wang.id}")
        assert WANG not in home.stage.last(person).text
    for data in ("review_page:2026-04-13:0", "review_rest:2026-04-13:8"):
        await press(home, home.chen, home.stage.last(home.chen), data)
        assert WANG not in home.stage.last(home.chen).text
    for data in (
        f"tier_keep:{wang.id}", f"tier_take:{wang.id}", "review_keep:99", "review_keep:x",
        "review_rest:x:8", "review_rest:2026-04-06:8", "review_page:2026-04-13:x",
    ):  # fmt: skip
        await press(home, home.li, review(home, home.li), data)
    assert not [one for one in await questions(home) if one.answer]


async def test_a_question_of_the_programs_own_is_not_answered_as_a_review(home: Crowd) -> None:
    await happens(home, "绿大爷", "2026-04-12 10:00", Outcome.EMERGENCY)
    await home.stage.at(MONDAY)
    asked = next(one for one in await questions(home) if one.after is Tier.YELLOW)
    await press(home, home.li, review(home, home.li), f"review_keep:{asked.id}")
    assert not [one for one in await questions(home) if one.answer]
    assert home.stage.clock.now() == local(MONDAY)
