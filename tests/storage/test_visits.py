"""A draft of a visit is the staff's alone: nobody else hears of it before the week is published."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.calls import Reason
from care.days import HalfDay
from care.elders import Tier
from care.ladder import Cause
from care.pauses import Gone
from care.plans import Visit
from care.refusals import NotYours
from care.visits import LIVE, ON_DUTY, PLANNED, State
from storage import calendar, calming, doors, elders, exits, presence, visits, week, week_drafts
from storage.calming import Reached
from storage.engine import Database
from storage.tables import Assignment, Elder, WeekPlan
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

MONDAY = date(2026, 4, 6)
SUNDAY = MONDAY + timedelta(days=6)


async def drafted(tx: AsyncSession, town: Town, day: date = TODAY) -> int:
    """A draft: 陈同学 to 王桂芳."""
    visit = Visit(town.wang.id, town.chen.id, day, HalfDay.AM)
    await visits.assign(tx, NOW, town.id, MONDAY, town.pairing.id, visit, State.DRAFT)
    [found] = await tx.scalars(select(Assignment.id).where(Assignment.day == day))
    return found


async def left(tx: AsyncSession) -> list[State]:
    """What has become of every visit."""
    return list(await tx.scalars(select(Assignment.state).order_by(Assignment.id)))


def test_a_draft_is_in_none_of_the_groups_that_the_rest_of_the_program_asks_for() -> None:
    assert not {State.DRAFT} & (LIVE | PLANNED | ON_DUTY)


async def test_the_volunteer_neither_sees_nor_opens_a_draft_and_has_no_tie_by_it(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    chen = viewer(here.chen, Role.VOLUNTEER)
    async with database.write() as tx:
        number = await drafted(tx, here)
        assert not await visits.of_volunteer(tx, chen, MONDAY, SUNDAY)
        for access in (visits.access_my_visit, visits.access_visit):
            with pytest.raises(NotYours):
                await access(tx, chen, number)
        assert not (await elders.tie_of(tx, chen, here.wang)).on_duty


@pytest.mark.parametrize("by_hand", [True, False])
async def test_who_was_only_ever_drafted_hears_nothing_of_it_when_it_is_taken_out(
    database: Database, towns: Towns, by_hand: bool
) -> None:
    here = towns.here
    sun = replace(viewer(here.away, Role.VOLUNTEER), today=TODAY)
    async with database.write() as tx:
        number = await drafted(tx, here)
        row = await visits.find(tx, here.id, number)
        row.visit.volunteer_id = here.away.id
        await tx.flush()
        if by_hand:
            await week_drafts.drop(tx, NOW, viewer(here.li), row, Reason.HOSPITAL)
        else:
            await visits.drop_drafts(tx, here.wang)
        assert here.wang not in await presence.whom_one_visits(tx, sun, MONDAY)
        assert not await calendar.visits_of(tx, sun, MONDAY, SUNDAY)
        with pytest.raises(NotYours):
            await visits.access_my_visit(tx, sun, number)


async def test_who_was_told_of_a_visit_still_finds_it_when_it_is_off(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    chen = viewer(here.chen, Role.VOLUNTEER)
    async with database.write() as tx:
        number = await drafted(tx, here)
        row = await visits.find(tx, here.id, number)
        for reason in (None, "hospital", week.GIVEN):
            row.visit.state, row.visit.reason = State.DROPPED, reason
            await tx.flush()
            assert await visits.access_my_visit(tx, chen, number)
            assert await calendar.visits_of(tx, chen, MONDAY, SUNDAY)


async def test_reminders_and_families_do_not_know_of_a_draft(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await drafted(tx, here)
        assert not await visits.of_day(tx, here.id, TODAY)
        assert not await visits.of_elder(tx, here.id, here.wang.id, MONDAY, SUNDAY)


async def test_the_staff_may_open_a_draft(database: Database, towns: Towns) -> None:
    here = towns.here
    staff = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        number = await drafted(tx, here)
        assert (await visits.access_led_visit(tx, staff, number)).visit.state is State.DRAFT
        assert [one.visit.id for one in await visits.of_week(tx, here.id, MONDAY)] == [number]


async def test_an_elder_has_a_draft_or_a_visit_on_a_day_not_both(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await drafted(tx, here)
        visit = Visit(here.wang.id, here.chen.id, TODAY, HalfDay.PM)
        assert not await visits.assign(tx, NOW, here.id, MONDAY, here.pairing.id, visit)


async def test_drafts_are_dropped_when_care_ends_and_nobody_counts_as_expected(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    staff = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        await drafted(tx, here)
        elder, ended = await exits.leave_care(tx, NOW, staff, here.wang.id, Gone.MOVED)
        assert not ended.visits
        assert here.chen not in await exits.were_coming(tx, elder)
        assert await left(tx) == [State.DROPPED]


async def test_whoever_goes_to_the_door_at_once_takes_the_day_of_a_draft(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    chen = viewer(here.chen, Role.VOLUNTEER)
    async with database.write() as tx:
        draft = await drafted(tx, here)
        door = await doors.begin_door(tx, NOW, here.wang, TODAY, Cause.NO_ANSWER)
        assert door is not None
        await doors.claim_door(tx, NOW, chen, door.id)
        assert await left(tx) == [State.DROPPED, State.ACCEPTED]
        assert door.assignment_id not in {None, draft}


async def test_a_visit_that_gives_way_to_a_door_visit_is_not_one_that_is_not_needed(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    chen = viewer(here.chen, Role.VOLUNTEER)
    async with database.write() as tx:
        visit = Visit(here.wang.id, here.away.id, TODAY, HalfDay.AM)
        await visits.assign(tx, NOW, here.id, MONDAY, here.pairing.id, visit)
        door = await doors.begin_door(tx, NOW, here.wang, TODAY, Cause.NO_ANSWER)
        assert door is not None
        await doors.claim_door(tx, NOW, chen, door.id)
        await calming.contacted(tx, NOW, here.wang, Reached(here.li.id, TODAY))
        assert await left(tx) == [State.DROPPED, State.DROPPED]
        (await tx.get_one(Elder, here.wang.id)).tier = Tier.YELLOW
        await tx.flush()
        known = await week.to_plan(tx, here.station, MONDAY, TODAY)
        assert next(one for one in known.elders if one.elder_id == here.wang.id).excused == 0


async def test_drafts_of_some_days_are_dropped_and_those_of_others_kept(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await drafted(tx, here)
        kept = await drafted(tx, here, SUNDAY)
        await visits.drop_drafts(tx, here.wang, TODAY, SUNDAY)
        drafts = select(Assignment.id).where(Assignment.state == State.DRAFT)
        assert list(await tx.scalars(drafts)) == [kept]
        known = await week.to_plan(tx, here.station, MONDAY, MONDAY)
        assert not next(one for one in known.elders if one.elder_id == here.wang.id).excused


async def test_a_week_that_is_only_drafted_is_not_published_and_is_published_once(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        tx.add(WeekPlan(community_id=here.id, week=MONDAY, drafted_at=NOW, gaps={}))
        await tx.flush()
        assert await week.published(tx, here.id, MONDAY) is None
        assert await week.plan_of(tx, here.id, MONDAY) is not None
        assert await week.publish(tx, NOW, here.id, MONDAY)
        assert not await week.publish(tx, NOW + timedelta(hours=1), here.id, MONDAY)
        plan = await week.published(tx, here.id, MONDAY)
        assert plan is not None
        assert (plan.drafted_at, plan.published_at) == (NOW, NOW)
