"""What is known about an elder, and that one decision is one decision; on both databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care import visits
from care.access import Role
from care.calls import Kind, Outcome
from care.days import HalfDay, week_of
from care.elders import Tier
from care.ladder import Alert as AlertKind
from care.ladder import Clear
from care.ledger import State
from care.refusals import NotYours, Stale
from care.tiers import Answer, Known, Question
from storage import calls, elders, evidence, members, tiers
from storage.calls import Happened
from storage.elders import Decision
from storage.engine import Database
from storage.tables import (
    Alert,
    Assignment,
    Contact,
    Elder,
    FollowUp,
    RedDay,
    TierQuestion,
)
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

LATER = NOW + timedelta(days=6)
LOOKED_ON = TODAY + timedelta(days=6)


async def happens(
    tx: AsyncSession, town: Town, elder: Elder, days: int, outcome: Outcome
) -> Contact:
    """A call some days after the beginning."""
    at = NOW + timedelta(days=days, hours=1)
    what = Happened(Kind.CALL, outcome, town.li.id, TODAY + timedelta(days=days), at, f"{at}")
    assert await calls.record(tx, at, elder, what)
    mine = select(Contact).where(Contact.elder_id == elder.id, Contact.key == f"{at}")
    return (await tx.scalars(mine)).one()


async def known(tx: AsyncSession, town: Town, elder: Elder, day: date = LOOKED_ON) -> Known:
    await tx.flush()
    [one] = await evidence.gather(tx, town.station, day, {elder.id})
    everybody = await evidence.gather(tx, town.station, day)
    assert one in everybody
    assert {it.elder_id for it in everybody} == {town.wang.id, town.zhao.id}
    return one


async def test_contacts_are_known_by_what_came_of_them(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        for n, outcome in enumerate(Outcome):
            await happens(tx, here, here.zhao, n, outcome)
        await happens(tx, towns.there, towns.there.zhao, 5, Outcome.EMERGENCY)
        found = await known(tx, here, here.zhao)
    fine, follow_up, emergency, no_answer, _ = (TODAY + timedelta(days=n) for n in range(5))
    assert found.contacts == {fine, follow_up, emergency}
    assert found.attempts == {no_answer}
    assert found.emergencies == {emergency}
    assert found.follow_ups == {follow_up}


async def test_what_was_withdrawn_never_happened(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        contact = await happens(tx, here, here.zhao, 1, Outcome.EMERGENCY)
        contact.withdrawn_at = LATER
        assert not (await known(tx, here, here.zhao)).emergencies


async def test_what_was_before_the_tier_was_decided_speaks_for_nothing(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        zhao = await tx.get_one(Elder, here.zhao.id)
        await happens(tx, here, zhao, 1, Outcome.EMERGENCY)
        decision = Decision(here.li.id, "knows")
        elders.change_tier(tx, NOW + timedelta(days=1, hours=2), zhao, Tier.GREEN, decision)
        await happens(tx, here, zhao, 2, Outcome.NO_ANSWER)
        found = await known(tx, here, zhao)
    assert not found.emergencies
    assert found.attempts == {TODAY + timedelta(days=2)}
    assert found.since == TODAY + timedelta(days=1)


def alert(town: Town, elder: Elder, day: int, clear: Clear | None) -> Alert:
    at = NOW + timedelta(days=day)
    return Alert(
        community_id=town.id,
        elder_id=elder.id,
        day=TODAY + timedelta(days=day),
        kind=AlertKind.EMERGENCY,
        opened_at=at,
        asked_at=at,
        asked_times=1,
        closed_at=at if clear else None,
        clear=clear,
    )


async def test_an_alert_is_an_emergency_unless_it_was_a_false_alarm(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        tx.add(alert(here, here.zhao, 1, Clear.HOSPITAL))
        tx.add(alert(here, here.zhao, 2, Clear.FALSE_ALARM))
        await happens(tx, here, here.zhao, 2, Outcome.EMERGENCY)
        tx.add(alert(here, here.zhao, 3, None))
        found = await known(tx, here, here.zhao)
    assert found.emergencies == {TODAY + timedelta(days=1), TODAY + timedelta(days=3)}


async def test_moods_are_read_from_the_reports_of_visits_that_happened(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    reports = (
        (1, visits.State.DONE, {"health": "good", "mood": "bad"}),
        (2, visits.State.DONE, {"health": "good", "mood": None}),
        (3, visits.State.NOT_POSSIBLE, None),
        (4, visits.State.DONE, {"health": "good", "mood": "fair"}),
    )
    async with database.write() as tx:
        for n, state, report in reports:
            day = TODAY + timedelta(days=n)
            tx.add(
                Assignment(
                    community_id=here.id, pairing_id=here.pairing.id, elder_id=here.zhao.id,
                    volunteer_id=here.chen.id, week=week_of(day), day=day, half=HalfDay.AM,
                    state=state, report=report, created_at=NOW,
                    signed_out_at=NOW + timedelta(days=n) if n == 1 else None,
                )
            )  # fmt: skip
        found = await known(tx, here, here.zhao)
    assert sorted(found.moods) == [
        (TODAY + timedelta(days=1), True),
        (TODAY + timedelta(days=4), False),
    ]


async def test_a_follow_up_that_is_open_counts_for_today_too(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        for day, closed in ((1, None), (2, LATER)):
            tx.add(
                FollowUp(
                    community_id=here.id, elder_id=here.zhao.id, due=TODAY, by_id=here.li.id,
                    opened_at=NOW + timedelta(days=day), closed_at=closed,
                )
            )  # fmt: skip
        found = await known(tx, here, here.zhao)
    assert found.follow_ups == {TODAY + timedelta(days=1), TODAY + timedelta(days=2), LOOKED_ON}


async def test_a_fall_is_known_from_who_noted_it(database: Database, towns: Towns) -> None:
    here, there = towns.here, towns.there
    async with database.write() as tx:
        for town in (here, there):
            eyes = viewer(town.li, Role.SOCIAL_WORKER)
            target = f"elder:{town.zhao.id}"
            at = NOW + timedelta(days=1 if town is here else 2)
            await members.audit(tx, at, eyes, evidence.FALL, target)
        assert (await known(tx, here, here.zhao)).falls == {TODAY + timedelta(days=1)}


async def test_how_the_days_in_red_ended_is_known(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        for n, state in enumerate(State):
            tx.add(
                RedDay(
                    elder_id=here.wang.id, day=TODAY + timedelta(days=n), community_id=here.id,
                    closed_as=State.MISSED, state=state, closed_at=LATER,
                )
            )  # fmt: skip
        found = await known(tx, here, here.wang)
    assert found.days == {TODAY + timedelta(days=n): state for n, state in enumerate(State)}


async def asked(tx: AsyncSession, town: Town, now: datetime = LATER) -> TierQuestion:
    """赵大爷 had an emergency yesterday; the question about it."""
    await happens(tx, town, town.zhao, 5, Outcome.EMERGENCY)
    await tiers.propose(tx, now, town.station)
    [found] = await tiers.of_caller(tx, town.station, town.li.id, LOOKED_ON)
    return found.question


async def test_run_three_times_it_is_one_question(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        question = await asked(tx, here)
        await tiers.propose(tx, LATER, here.station)
        await tiers.propose(tx, LATER + timedelta(days=1), here.station)
        found = await tiers.find(tx, TierQuestion.community_id == here.id)
        assert [one.question.id for one in found] == [question.id]
        assert question.kind is Question.PROPOSAL
        assert (question.before, question.after) == (Tier.YELLOW, Tier.RED)
        assert not await tiers.of_caller(tx, towns.there.station, towns.there.li.id, LOOKED_ON)


async def test_the_first_of_two_decisions_stands(database: Database, towns: Towns) -> None:
    here = towns.here
    li, boss = viewer(here.li, Role.SOCIAL_WORKER), viewer(here.boss, Role.SUPERVISOR)
    async with database.write() as tx:
        number = (await asked(tx, here)).id
        mine = await tiers.access_question(tx, li, number)
        theirs = await tiers.access_question(tx, boss, number)
        await tiers.keep(tx, LATER, li, mine)
        with pytest.raises(Stale):
            await tiers.take(tx, LATER, boss, theirs, "why")
        with pytest.raises(Stale):
            await tiers.keep(tx, LATER, boss, theirs)
        again = await tiers.access_question(tx, boss, number)
    assert (again.question.answer, again.question.decided_by) == (Answer.KEEP, here.li.id)
    assert again.elder.tier is Tier.YELLOW


async def test_a_tier_that_moved_meanwhile_is_not_overwritten(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    li = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        number = (await asked(tx, here)).id
        mine = await tiers.access_question(tx, li, number)
        zhao = await tx.get_one(Elder, here.zhao.id)
        elders.change_tier(tx, LATER, zhao, Tier.GREEN, Decision(None, "roster"))
        await tx.flush()
        with pytest.raises(Stale):
            await tiers.take(tx, LATER, li, mine, "why")
        await tx.refresh(zhao)
    assert zhao.tier is Tier.GREEN


async def test_a_question_of_another_community_is_nobodys(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        number = (await asked(tx, towns.here)).id
        for member, role in (
            (towns.there.boss, Role.SUPERVISOR),
            (towns.here.chen, Role.VOLUNTEER),
            (towns.here.daughter, Role.FAMILY),
        ):
            with pytest.raises(NotYours):
                await tiers.access_question(tx, viewer(member, role), number)
        (await tx.get_one(Elder, towns.here.zhao.id)).exited_at = LATER
        await tx.flush()
        with pytest.raises(NotYours):
            await tiers.access_question(tx, viewer(towns.here.boss, Role.SUPERVISOR), number)


async def test_a_look_is_noted_once_for_each_community(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        looks = [
            await tiers.first_look(tx, NOW, town.station, "today")
            for town in (towns.here, towns.there, towns.here, towns.there)
        ]
    assert looks == [True, True, False, False]
