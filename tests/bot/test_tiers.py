"""Proposals with evidence, one decision of several staff, tier and grade on the elder's card."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Message, Person
from care.access import Role
from care.calls import Kind, Outcome
from care.elders import Tier
from care.ledger import State
from care.pauses import Why
from care.tiers import Answer, Question
from storage import calls, elders
from storage.calls import Happened
from storage.elders import Decision
from storage.tables import Audit, Elder, Outbox, Pause, Post, RedDay, TierChange, TierQuestion
from tests.bot.crowd import Crowd, arrive, crowd
from tests.stage import ZONE, Stage, local

ZHAO = "赵大爷"
WANG = "王桂芳"
NEXT = "2026-04-11 09:00"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Crowd]:
    """A Thursday; 赵大爷 is yellow and in no pairing, so that every social worker keeps him."""
    async with crowd(tmp_path) as found:
        await found.stage.elder(ZHAO, tier=Tier.YELLOW)
        yield found


async def happens(home: Crowd, name: str, when: str, outcome: Outcome) -> None:
    """李敏 calls."""
    stage = home.stage
    by = (await stage.member(home.li)).id
    at = local(when)
    async with stage.database.write() as tx:
        elder = await elders.named(tx, stage.station.id, name)
        day = at.astimezone(ZONE).date()
        what = Happened(Kind.CALL, outcome, by, day, at, f"{name}:{when}")
        assert await calls.record(tx, at, elder, what)


async def unreached(home: Crowd, *names: str) -> None:
    """Two days on which nobody answered, and then the morning after."""
    for name in names:
        await happens(home, name, "2026-04-09 10:00", Outcome.NO_ANSWER)
        await happens(home, name, "2026-04-10 10:00", Outcome.NO_ANSWER)
    await home.stage.at(NEXT)


def about(stage: Stage, person: Person, *words: str) -> list[Message]:
    """The messages with all of these words, oldest first."""
    return [one for one in stage.chat(person) if all(word in one.text for word in words)]


def labels(message: Message) -> list[str]:
    return [one.label for row in message.rows for one in row]


async def press(home: Crowd, who: Person, message: Message, data: str) -> str | None:
    """Press a button of a message, whether or not it still has it."""
    answer = home.stage.phones.press(who, message.id, data, stale=True)
    await home.stage.settle()
    return answer.text


async def tier_of(home: Crowd, name: str) -> Tier | None:
    async with home.stage.database.read() as tx:
        return (await elders.named(tx, home.stage.station.id, name)).tier


async def questions(home: Crowd) -> list[TierQuestion]:
    """What was proposed; the weekly review is told elsewhere."""
    async with home.stage.database.read() as tx:
        found = select(TierQuestion).where(TierQuestion.kind == Question.PROPOSAL)
        return list(await tx.scalars(found.order_by(TierQuestion.id)))


async def test_two_days_with_attempts_only_are_asked_about_with_the_days(home: Crowd) -> None:
    await unreached(home, ZHAO)
    [asked] = about(home.stage, home.li, ZHAO, "🟡→🔴?")
    assert "2 days with attempts only: Thu 9 Apr, Fri 10 Apr." in asked.text
    assert labels(asked) == ["Yes, 🔴 red", "No, stays 🟡 yellow", "Choose another tier…"]
    assert await tier_of(home, ZHAO) is Tier.YELLOW
    assert not about(home.stage, home.chen, ZHAO)
    assert not about(home.stage, home.boss, "→🔴?")


async def test_before_the_time_of_the_setting_nothing_is_asked(home: Crowd) -> None:
    await happens(home, ZHAO, "2026-04-09 10:00", Outcome.NO_ANSWER)
    await happens(home, ZHAO, "2026-04-10 10:00", Outcome.NO_ANSWER)
    await home.stage.at("2026-04-11 08:59")
    assert await questions(home) == []


async def test_asked_once_however_often_it_is_looked_at(home: Crowd) -> None:
    await unreached(home, ZHAO)
    for when in ("09:00", "09:01", "23:59", "2026-04-12 09:00", "2026-04-13 09:00"):
        await home.stage.at(when)
    assert len(await questions(home)) == 1
    assert len(about(home.stage, home.li, "→🔴?")) == 1


async def test_taking_it_changes_the_tier_with_the_evidence_as_the_reason(home: Crowd) -> None:
    await unreached(home, ZHAO)
    await home.stage.speak("zh_CN")
    await home.stage.tap(home.li, "tier_take")
    assert await tier_of(home, ZHAO) is Tier.RED
    async with home.stage.database.read() as tx:
        [change] = await tx.scalars(select(TierChange))
        assert change.reason == "有 2 天都没联系上：4月9日 周四、4月10日 周五。"
        assert change.by_id == (await home.stage.member(home.li)).id
        [audit] = await tx.scalars(select(Audit).where(Audit.action == "tier"))
        assert audit.facts == {"before": "yellow", "after": "red"}
    [question] = await questions(home)
    assert question.answer is Answer.CHANGE


async def test_one_of_several_decides_and_the_others_see_who(home: Crowd) -> None:
    sun = await arrive(home.stage, "孙丽", Role.SOCIAL_WORKER)
    await unreached(home, ZHAO)
    [hers] = about(home.stage, sun, "→🔴?")
    await home.stage.tap(home.li, "tier_take")
    [seen] = [one for one in home.stage.chat(sun) if one.id == hers.id]
    assert "李敏 decided: 🔴 red." in seen.text
    assert not labels(seen)
    [question] = await questions(home)
    said = await press(home, sun, hers, f"tier_keep:{question.id}")
    assert "changed meanwhile" in str(said)
    [question] = await questions(home)
    assert question.decided_by == (await home.stage.member(home.li)).id


async def test_kept_is_kept_and_the_same_is_not_asked_again(home: Crowd) -> None:
    await unreached(home, ZHAO)
    await home.stage.tap(home.li, "tier_keep")
    assert "李敏 decided: stays 🟡 yellow." in about(home.stage, home.li, ZHAO, "decided")[-1].text
    await happens(home, ZHAO, "2026-04-11 10:00", Outcome.NO_ANSWER)
    for day in (12, 13, 14):
        await home.stage.at(f"2026-04-{day} 09:00")
    [question] = await questions(home)
    assert question.answer is Answer.KEEP
    assert await tier_of(home, ZHAO) is Tier.YELLOW


async def test_something_new_is_asked_in_place_of_what_nobody_answered(home: Crowd) -> None:
    await unreached(home, ZHAO)
    [old] = about(home.stage, home.li, "→🔴?")
    await happens(home, ZHAO, "2026-04-11 10:00", Outcome.EMERGENCY)
    await home.stage.at("2026-04-12 09:00")
    [seen] = [one for one in home.stage.chat(home.li) if one.id == old.id]
    assert "newer message" in seen.text
    [asked] = about(home.stage, home.li, "→🔴?")
    assert "An emergency, Sat 11 Apr." in asked.text
    await press(home, home.li, old, "tier_take:1")
    assert await tier_of(home, ZHAO) is Tier.YELLOW
    await home.stage.tap(home.li, "tier_take:2")
    assert await tier_of(home, ZHAO) is Tier.RED


async def test_another_tier_is_chosen_through_the_usual_form_and_decides_the_question(
    home: Crowd,
) -> None:
    await unreached(home, ZHAO)
    await home.stage.tap(home.li, "tier_other")
    [question] = about(home.stage, home.li, "→🔴?")
    await home.stage.tap(home.li, "tier_to:2:yellow:green")
    await home.stage.say(home.li, "was in the countryside")
    [seen] = [one for one in home.stage.chat(home.li) if one.id == question.id]
    assert "李敏 decided: 🟢 green." in seen.text
    assert await tier_of(home, ZHAO) is Tier.GREEN


async def test_a_tier_changed_by_the_roster_leaves_no_question_standing(home: Crowd) -> None:
    await unreached(home, ZHAO)
    [asked] = about(home.stage, home.li, "→🔴?")
    async with home.stage.database.write() as tx:
        elder = await elders.named(tx, home.stage.station.id, ZHAO)
        elders.change_tier(tx, home.stage.clock.now(), elder, Tier.GREEN, Decision(None, "roster"))
    assert "changed meanwhile" in str(await press(home, home.li, asked, "tier_take:1"))
    [seen] = [one for one in home.stage.chat(home.li) if one.id == asked.id]
    assert "🟢 green" in seen.text
    assert await tier_of(home, ZHAO) is Tier.GREEN


async def test_who_was_never_assessed_is_to_be_assessed(home: Crowd) -> None:
    await home.stage.elder("孙奶奶")
    await happens(home, "孙奶奶", "2026-04-09 10:00", Outcome.EMERGENCY)
    await home.stage.at("09:00")
    [asked] = about(home.stage, home.li, "孙奶奶", "not assessed yet")
    assert labels(asked) == ["Choose a tier…", "Not now"]
    assert "changed meanwhile" in str(await press(home, home.li, asked, "tier_take:1"))
    await home.stage.tap(home.li, "tier_keep")
    [question] = await questions(home)
    assert question.answer is Answer.KEEP


async def test_more_than_three_in_a_day_come_in_one_message(home: Crowd) -> None:
    names = [f"老人{n}" for n in range(8)]
    for name in names:
        await home.stage.elder(name, tier=Tier.GREEN)
    await unreached(home, *names)
    [digest] = about(home.stage, home.li, "🟢→🟡?")
    assert "Does the tier still fit?" in digest.text
    assert "8 of 8 still to decide." in digest.text
    assert "老人5" in digest.text
    assert "老人6" not in digest.text
    await home.stage.tap(home.li, "▶", where=lambda one: one.id == digest.id)
    await home.stage.tap(home.li, "老人6 becomes 🟡 yellow")
    [digest] = about(home.stage, home.li, "Does the tier still fit?")
    assert "7 of 8 still to decide." in digest.text
    assert "李敏 decided: 🟡 yellow." in digest.text
    assert await tier_of(home, "老人6") is Tier.YELLOW


async def test_three_alone_and_the_rest_of_the_day_in_one_message_that_grows(home: Crowd) -> None:
    names = [f"老人{n}" for n in range(5)]
    for name in names:
        await home.stage.elder(name, tier=Tier.GREEN)
    await home.stage.at("09:00")
    for name in names:
        await home.stage.say(home.li, "/elders")
        await home.stage.tap(home.li, name)
        for step in ("tier_menu", "fall_ask", "fall"):
            await home.stage.tap(home.li, step)
    single = [one for one in about(home.stage, home.li, "🟢→🟡?") if "still fit" not in one.text]
    assert len(single) == 3
    [digest] = about(home.stage, home.li, "Does the tier still fit?")
    assert "5 of 5 still to decide." in digest.text


async def test_a_fall_is_noted_from_the_card_and_asked_about_at_once(home: Crowd) -> None:
    await home.stage.say(home.boss, "/elders")
    await home.stage.tap(home.boss, ZHAO)
    await home.stage.tap(home.boss, "tier_menu")
    await home.stage.tap(home.boss, "fall_ask")
    assert await questions(home) == []
    await home.stage.tap(home.boss, "fall")
    [asked] = about(home.stage, home.li, ZHAO, "🟡→🔴?")
    assert "A fall, Thu 9 Apr." in asked.text


async def test_nobody_is_asked_about_an_elder_who_is_paused_or_gone(home: Crowd) -> None:
    gone = await home.stage.elder("孙奶奶", tier=Tier.GREEN)
    async with home.stage.database.write() as tx:
        zhao = await elders.named(tx, home.stage.station.id, ZHAO)
        (await tx.get_one(Elder, gone.id)).exited_at = local("2026-04-10 12:00")
        tx.add(
            Pause(
                community_id=zhao.community_id, elder_id=zhao.id, first_day=date(2026, 4, 10),
                until=date(2026, 4, 20), why=Why.HOSPITAL, created_at=home.stage.clock.now(),
                by_id=(await home.stage.member(home.li)).id,
            )
        )  # fmt: skip
    await happens(home, ZHAO, "2026-04-09 10:00", Outcome.EMERGENCY)
    async with home.stage.database.write() as tx:
        by = (await home.stage.member(home.li)).id
        found = await tx.get_one(Elder, gone.id)
        at = local("2026-04-09 10:00")
        what = Happened(Kind.CALL, Outcome.EMERGENCY, by, date(2026, 4, 9), at, "gone")
        await calls.record(tx, at, found, what)
    await home.stage.at("2026-04-10 13:00")
    assert await questions(home) == []


async def test_four_quiet_weeks_in_red_are_asked_about_and_four_weeks_later_again(
    home: Crowd,
) -> None:
    async with home.stage.database.write() as tx:
        elder = await elders.named(tx, home.stage.station.id, WANG)
        for n in range(80):
            tx.add(
                RedDay(
                    elder_id=elder.id, day=date(2026, 4, 9) + timedelta(days=n),
                    community_id=elder.community_id, closed_as=State.MET, state=State.MET,
                    closed_at=home.stage.clock.now(),
                )
            )  # fmt: skip
    await home.stage.at("2026-05-06 09:00")
    assert await questions(home) == []
    await home.stage.at("2026-05-07 09:00")
    [asked] = about(home.stage, home.li, "🔴→🟡?")
    assert "since Thu 9 Apr" in asked.text
    await home.stage.tap(home.li, "tier_keep")
    for day in range(8, 32):
        await home.stage.at(f"2026-05-{day:02} 09:00")
    assert len(await questions(home)) == 1
    for day in range(1, 5):
        await home.stage.at(f"2026-06-{day:02} 09:00")
    assert len(await questions(home)) == 2


async def test_forged_decisions_read_as_not_available(home: Crowd) -> None:
    sun = await arrive(home.stage, "孙丽", Role.SOCIAL_WORKER)
    await home.stage.pair(home.li, [home.chen], [ZHAO])
    await unreached(home, ZHAO)
    assert not about(home.stage, sun, "→🔴?")
    await home.stage.say(sun, "/menu")
    await home.stage.say(home.chen, "/menu")
    for person in (sun, home.chen):
        for data in (
            "tier_take:1", "tier_keep:1", "tier_other:1", "tier_take:99", "tier_menu:2",
            "tier_history:2:0", "grade_ask:2", "grade_to:2:3", "fall_ask:2", "fall:2",
            "tiers_page:2026-04-11:0",
        ):  # fmt: skip
            await press(home, person, home.stage.last(person), data)
            assert ZHAO not in home.stage.last(person).text
    for data in ("tiers_page:x:0", "grade_to:2:5", "grade_to:2:x", "tier_take:x", "fall:99"):
        await press(home, home.li, home.stage.last(home.li), data)
    assert await tier_of(home, ZHAO) is Tier.YELLOW
    async with home.stage.database.read() as tx:
        assert not list(await tx.scalars(select(Audit).where(Audit.action.in_(("grade", "fall")))))
        assert (await elders.named(tx, home.stage.station.id, ZHAO)).ability_grade is None


async def test_the_ability_grade_has_a_line_of_its_own_and_leaves_the_tier(home: Crowd) -> None:
    await home.stage.say(home.li, "/elders")
    await home.stage.tap(home.li, ZHAO)
    assert "Ability grade" not in home.stage.last(home.li).text
    await home.stage.tap(home.li, "tier_menu")
    assert "Ability grade: not assessed yet" in home.stage.last(home.li).text
    await home.stage.tap(home.li, "grade_ask")
    assert len([one for one in labels(home.stage.last(home.li)) if "loss of ability" in one]) == 5
    await home.stage.tap(home.li, "grade_to:2:2")
    await home.stage.tap(home.li, "elder:2")
    text = home.stage.last(home.li).text
    assert "🧭 Ability grade: 2, moderate loss of ability" in text.splitlines()
    assert "🟡 yellow" in text
    await press(home, home.li, home.stage.last(home.li), "grade_to:2:2")
    await press(home, home.li, home.stage.last(home.li), "grade_to:2:none")
    async with home.stage.database.read() as tx:
        audits = list(await tx.scalars(select(Audit).where(Audit.action == "grade")))
        assert [one.facts for one in audits] == [
            {"before": None, "after": 2}, {"before": 2, "after": None}
        ]  # fmt: skip
        assert not list(await tx.scalars(select(TierChange)))


async def test_the_whole_history_of_a_tier_is_read_by_pages(home: Crowd) -> None:
    order = (Tier.GREEN, Tier.YELLOW)
    by = (await home.stage.member(home.boss)).id
    async with home.stage.database.write() as tx:
        elder = await elders.named(tx, home.stage.station.id, ZHAO)
        for n in range(11):
            at = home.stage.clock.now() + timedelta(minutes=n)
            elders.change_tier(tx, at, elder, order[n % 2], Decision(by if n else None, f"why {n}"))
    await home.stage.say(home.li, "/elders")
    await home.stage.tap(home.li, ZHAO)
    await home.stage.tap(home.li, "tier_menu")
    await home.stage.tap(home.li, "tier_history")
    text = home.stage.last(home.li).text
    assert "why 10 — 周督导" in text
    assert "🟡→🟢" in text
    assert "9 Apr 2026" in text
    assert "why 2 " not in text
    await home.stage.tap(home.li, "▶")
    text = home.stage.last(home.li).text
    assert "why 0 — the office" in text
    assert "▶" not in labels(home.stage.last(home.li))
    await home.stage.tap(home.li, "tier_menu")
    await home.stage.tap(home.li, "elder:2")
    await home.stage.tap(home.li, "elders_back")
    assert "Elders" in home.stage.last(home.li).text


async def test_a_letter_that_only_notes_a_look_is_never_sent(home: Crowd) -> None:
    await home.stage.at("09:00")
    async with home.stage.database.read() as tx:
        looked = list(await tx.scalars(select(Outbox).where(Outbox.key.startswith("looked:"))))
        assert looked
        assert {one.state for one in looked} == {Post.DROPPED}
    assert not any(call.params.get("chat_id") == 0 for call in home.stage.telegram.log)


async def test_a_late_look_finds_what_was_missed_while_the_program_was_down(home: Crowd) -> None:
    await happens(home, ZHAO, "2026-04-09 10:00", Outcome.NO_ANSWER)
    await happens(home, ZHAO, "2026-04-10 10:00", Outcome.NO_ANSWER)
    await home.stage.at("2026-04-13 22:00")
    assert len(about(home.stage, home.li, "→🔴?")) == 1
