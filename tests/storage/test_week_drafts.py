"""A draft on both databases: who is told, and changes that are made whole or not at all."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.calls import Reason
from care.days import HalfDay
from care.elders import Tier
from care.notices import Notice
from care.plans import Visit
from care.refusals import NotYours, Stale
from care.visits import State
from storage import leave, members, pairings, visits
from storage import week_drafts as drafts
from storage.engine import Database
from storage.once import changed
from storage.tables import Assignment, Audit, Elder, Outbox, WeekPlan
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

MONDAY, THURSDAY = date(2026, 4, 13), date(2026, 4, 16)
AM, PM = HalfDay.AM, HalfDay.PM


async def drafted(tx: AsyncSession, town: Town, *days: date) -> list[int]:
    """王桂芳 is yellow, and 陈同学 is drafted to go to her on these days."""
    (await tx.get_one(Elder, town.wang.id)).tier = Tier.YELLOW
    tx.add(WeekPlan(community_id=town.id, week=MONDAY, drafted_at=NOW, gaps={}))
    rows = [
        Assignment(
            community_id=town.id, pairing_id=town.pairing.id, elder_id=town.wang.id,
            volunteer_id=town.chen.id, week=MONDAY, day=day, half=AM, state=State.DRAFT,
            why=["own_pairing"], created_at=NOW,
        )
        for day in days
    ]  # fmt: skip
    tx.add_all(rows)
    await tx.flush()
    return [one.id for one in rows]


async def told(tx: AsyncSession) -> set[int | None]:
    rows = await tx.scalars(select(Outbox.member_id).where(Outbox.notice == Notice.WEEK_DRAFT))
    return set(rows)


async def test_the_draft_goes_once_to_social_workers_with_a_pairing_and_to_supervisors(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await drafted(tx, here, MONDAY)
        for _ in range(2):
            await drafts.tell(tx, NOW, here.station, MONDAY)
        assert await told(tx) == {here.li.id, here.boss.id}
        count = select(func.count()).where(Outbox.notice == Notice.WEEK_DRAFT)
        assert await tx.scalar(count) == 2


async def test_on_leave_without_a_deputy_the_supervisor_has_it(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await drafted(tx, here, MONDAY)
        await leave.add(tx, NOW, here.li, TODAY, TODAY)
        await drafts.tell(tx, NOW, here.station, MONDAY)
        assert await told(tx) == {here.boss.id}


async def test_a_deputy_has_it_and_decides_about_it(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        zhou = await members.create(
            tx, NOW, here.id, "周敏", frozenset({Role.SOCIAL_WORKER}),
            standing=here.li.standing, account=77, phone=None,
        )  # fmt: skip
        [number] = await drafted(tx, here, MONDAY)
        await leave.add(tx, NOW, here.li, TODAY, TODAY, zhou.id)
        await drafts.tell(tx, NOW, here.station, MONDAY)
        assert await told(tx) == {zhou.id, here.boss.id}
        deputy = replace(viewer(zhou, Role.SOCIAL_WORKER), today=TODAY)
        wholes = tuple(await pairings.of_community(tx, here.id))
        assert [one.pairing.id for one in await drafts.led(tx, deputy, wholes)] == [here.pairing.id]
        assert (await drafts.access(tx, deputy, number)).elder.id == here.wang.id
        assert await drafts.led(tx, viewer(zhou, Role.SOCIAL_WORKER), wholes) == []


async def test_a_draft_of_another_community_is_nobody_s_here(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        [number] = await drafted(tx, towns.there, MONDAY)
        with pytest.raises(NotYours):
            await drafts.access(tx, viewer(towns.here.boss, Role.SUPERVISOR), number)
        with pytest.raises(Stale):
            await drafts.read(tx, NOW, towns.here.station, MONDAY)


async def test_two_visits_to_one_elder_change_places_and_are_locked(
    database: Database, towns: Towns
) -> None:
    here, boss = towns.here, viewer(towns.here.boss, Role.SUPERVISOR)
    async with database.write() as tx:
        one, two = await drafted(tx, here, MONDAY, THURSDAY)
        week = await drafts.read(tx, NOW, here.station, MONDAY, hold=True)
        before = week.visits
        swapped = {
            one: replace(before[one], day=THURSDAY), two: replace(before[two], day=MONDAY),
        }  # fmt: skip
        assert week.judge_all(swapped).allowed
        await drafts.put(tx, NOW, boss, week, swapped)
    async with database.read() as tx:
        rows = list(await tx.scalars(select(Assignment).order_by(Assignment.id)))
        assert [(row.day, row.locked, row.reason) for row in rows] == [
            (THURSDAY, True, None), (MONDAY, True, None),
        ]  # fmt: skip
        assert {row.state for row in rows} == {State.DRAFT}
        assert rows[0].why[:2] == ["locked", "own_pairing"]
        assert await tx.scalar(select(func.count()).where(Audit.action == "draft_put")) == 2


async def test_what_is_no_longer_as_it_was_read_is_not_changed(
    database: Database, towns: Towns
) -> None:
    here, boss = towns.here, viewer(towns.here.boss, Role.SUPERVISOR)
    async with database.write() as tx:
        [one] = await drafted(tx, here, MONDAY)
        week = await drafts.read(tx, NOW, here.station, MONDAY, hold=True)
        await changed(tx, update(Assignment).where(Assignment.id == one).values(half=PM))
        with pytest.raises(Stale):
            await drafts.put(tx, NOW, boss, week, {one: replace(week.visits[one], day=THURSDAY)})
        row = await visits.find(tx, here.id, one)
        await drafts.drop(tx, NOW, boss, row, Reason.HOSPITAL)
        with pytest.raises(Stale):
            await drafts.drop(tx, NOW, boss, row, Reason.AWAY)


async def test_a_visit_is_added_once_a_day_and_counts_in_the_draft(
    database: Database, towns: Towns
) -> None:
    here, boss = towns.here, viewer(towns.here.boss, Role.SUPERVISOR)
    async with database.write() as tx:
        await drafted(tx, here, MONDAY)
        week = await drafts.read(tx, NOW, here.station, MONDAY, hold=True)
        assert week.gaps[here.wang.id].missing == 1
        new = Visit(here.wang.id, here.chen.id, THURSDAY, PM)
        await drafts.add(tx, NOW, boss, week, new)
        after = await drafts.read(tx, NOW, here.station, MONDAY, hold=True)
        assert here.wang.id not in after.gaps
        assert new in after.visits.values()
        with pytest.raises(Stale):
            await drafts.add(tx, NOW, boss, week, replace(new, half=AM))
        with pytest.raises(Stale):
            await drafts.add(tx, NOW, boss, week, replace(new, elder_id=here.zhao.id))


async def test_of_two_who_go_together_either_is_replaced_when_taken_out(
    database: Database, towns: Towns
) -> None:
    here, boss = towns.here, viewer(towns.here.boss, Role.SUPERVISOR)
    async with database.write() as tx:
        first, second = await drafted(tx, here, MONDAY, THURSDAY)
        companion = (await visits.find(tx, here.id, second)).visit
        companion.volunteer_id, companion.day, companion.second = here.away.id, MONDAY, True
        await tx.flush()
        await drafts.drop(tx, NOW, boss, await visits.find(tx, here.id, first), Reason.OTHER)
        week = await drafts.read(tx, NOW, here.station, MONDAY, hold=True)
        with pytest.raises(Stale):
            await drafts.add(tx, NOW, boss, week, Visit(here.wang.id, here.away.id, MONDAY, AM))
        with pytest.raises(Stale):
            await drafts.add(tx, NOW, boss, week, Visit(here.wang.id, here.chen.id, MONDAY, PM))
        await drafts.add(tx, NOW, boss, week, Visit(here.wang.id, here.chen.id, MONDAY, AM))
        rows = await tx.scalars(select(Assignment).where(Assignment.state == State.DRAFT))
        assert {(one.volunteer_id, one.second) for one in rows} == {
            (here.away.id, True), (here.chen.id, False),
        }  # fmt: skip


async def test_what_was_dropped_by_hand_is_owed_no_more(database: Database, towns: Towns) -> None:
    here, boss = towns.here, viewer(towns.here.boss, Role.SUPERVISOR)
    async with database.write() as tx:
        [one] = await drafted(tx, here, MONDAY)
        row = await visits.find(tx, here.id, one)
        await drafts.drop(tx, NOW, boss, row, Reason.HOSPITAL)
        week = await drafts.read(tx, NOW, here.station, MONDAY)
        assert week.gaps[here.wang.id].missing == 1
        assert [found.visit.id for found in week.dropped] == [one]
        assert week.visits == {}


async def test_planning_again_is_asked_for_once_and_only_of_a_draft(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        with pytest.raises(Stale):
            await drafts.want(tx, NOW, here.id, MONDAY)
        await drafted(tx, here, MONDAY)
        await drafts.want(tx, NOW, here.id, MONDAY)
        plan = await tx.get_one(WeekPlan, (here.id, MONDAY))
        assert plan.wanted_at == NOW
        plan.published_at = NOW
        await tx.flush()
        with pytest.raises(Stale):
            await drafts.want(tx, NOW, here.id, MONDAY)


async def test_late_in_the_week_nobody_is_sent_before_tomorrow(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await drafted(tx, here, MONDAY)
        tuesday = NOW.replace(day=14)
        week = await drafts.read(tx, tuesday, here.station, MONDAY)
        assert week.slots[0] == (date(2026, 4, 15), AM)
        early = Visit(here.wang.id, here.chen.id, date(2026, 4, 14), PM)
        assert not week.judge(early).allowed
