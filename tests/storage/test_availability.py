"""What volunteers said of themselves, on both databases: for whom, and for which week."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from care.access import Role
from care.availability import weekly_after
from care.days import HALF_DAYS, WEEK, HalfDay
from care.joining import Standing
from care.refusals import NotYours
from storage import availability, joining, leave, members, week
from storage.engine import Database
from storage.tables import Member, Volunteer
from tests.storage.towns import NOW, TODAY, Towns, viewer

MONDAY = date(2026, 4, 13)


async def test_a_volunteer_opens_their_own_and_nobody_elses(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    chen = viewer(here.chen, Role.VOLUNTEER)
    async with database.write() as tx:
        member, said = await availability.access_availability(tx, chen, here.chen.id)
        assert (member.id, said.half_days) == (here.chen.id, list(HALF_DAYS))
        for other in (here.away, towns.there.chen, here.li):
            with pytest.raises(NotYours):
                await availability.access_availability(tx, chen, other.id)


async def test_staff_opens_the_volunteers_of_their_own_community_and_nobody_else(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        for one, role in ((here.li, Role.SOCIAL_WORKER), (here.boss, Role.SUPERVISOR)):
            staff = viewer(one, role)
            assert await availability.access_availability(tx, staff, here.chen.id)
            for other in (towns.there.chen.id, here.daughter.id, here.li.id, 10**9):
                with pytest.raises(NotYours):
                    await availability.access_availability(tx, staff, other)


async def test_who_never_said_anything_is_shown_the_widest_answers_and_they_are_kept_by_a_tap(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    chen = viewer(here.chen, Role.VOLUNTEER)
    async with database.write() as tx:
        await tx.execute(delete(Volunteer).where(Volunteer.member_id == here.chen.id))
        tx.expire_all()
        _, said = await availability.access_availability(tx, chen, chen.member_id)
        assert (said.half_days, said.most_visits) == (list(HALF_DAYS), 3)
        await tx.flush()
        assert await members.volunteer(tx, chen.member_id) is None
        _, said = await availability.access_to_change(tx, chen, chen.member_id)
        assert await members.volunteer(tx, chen.member_id) is said


async def test_two_who_change_the_same_answers_at_once_change_them_one_after_the_other(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await joining.ensure_volunteer(tx, here.chen)

    async def take_back(member: Member, role: Role, name: str) -> None:
        async with database.write() as tx:
            who = viewer(member, role)
            _, said = await availability.access_to_change(tx, who, here.chen.id)
            said.half_days = weekly_after(said.half_days, name, can=False)
            await asyncio.sleep(0)

    await asyncio.gather(
        *(
            take_back(here.chen, Role.VOLUNTEER, name)
            if n % 2
            else take_back(here.li, Role.SOCIAL_WORKER, name)
            for n, name in enumerate(HALF_DAYS)
        )
    )
    async with database.read() as tx:
        assert (await tx.get_one(Volunteer, here.chen.id)).half_days == []


async def test_families_and_who_has_left_open_nothing(database: Database, towns: Towns) -> None:
    here = towns.here
    daughter = viewer(here.daughter, Role.FAMILY)
    staff = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        with pytest.raises(NotYours):
            await availability.access_availability(tx, daughter, here.chen.id)
        (await tx.get_one(Member, here.chen.id)).standing = Standing.LEFT
        await tx.flush()
        with pytest.raises(NotYours):
            await availability.access_availability(tx, staff, here.chen.id)


async def test_a_single_date_is_said_changed_and_taken_back(
    database: Database, towns: Towns
) -> None:
    chen = towns.here.chen
    async with database.write() as tx:
        for can in (False, True, True):
            await availability.set_date(tx, chen, MONDAY, HalfDay.AM, can=can)
        await availability.set_date(tx, chen, MONDAY, HalfDay.PM, can=False)
        found = await availability.dates_of(tx, chen, MONDAY, MONDAY + WEEK)
        assert found == {(MONDAY, HalfDay.AM): True, (MONDAY, HalfDay.PM): False}
        await availability.set_date(tx, chen, MONDAY, HalfDay.AM, can=None)
        await availability.set_date(tx, chen, MONDAY, HalfDay.AM, can=None)
        found = await availability.dates_of(tx, chen, MONDAY, MONDAY + WEEK)
        assert found == {(MONDAY, HalfDay.PM): False}
        assert not await availability.dates_of(tx, chen, MONDAY - WEEK, MONDAY)


async def test_a_week_is_half_days_single_dates_and_leave_put_together_by_community(
    database: Database, towns: Towns
) -> None:
    here, tuesday = towns.here, MONDAY + timedelta(days=1)
    async with database.write() as tx:
        for town in (here, towns.there):
            await joining.ensure_volunteer(tx, town.chen)
        said = await tx.get_one(Volunteer, here.chen.id)
        said.half_days, said.most_visits = ["mon_am", "tue_am", "wed_am"], 2
        await availability.set_date(tx, here.chen, MONDAY, HalfDay.PM, can=True)
        await availability.set_date(tx, here.chen, MONDAY, HalfDay.AM, can=False)
        await leave.add(tx, NOW, here.chen, tuesday, tuesday)
        found = await availability.of_week(tx, here.id, MONDAY)
        assert towns.there.chen.id not in found
        mine = found[here.chen.id]
        wednesday = MONDAY + timedelta(days=2)
        assert mine.slots == {(MONDAY, HalfDay.PM), (wednesday, HalfDay.AM)}
        assert mine.most == 2


async def test_the_planner_knows_of_single_dates(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        await joining.ensure_volunteer(tx, here.chen)
        await availability.set_date(tx, here.chen, MONDAY, HalfDay.AM, can=False)
        known = await week.to_plan(tx, here.station, MONDAY, MONDAY)
        chen = next(one for one in known.volunteers if one.member_id == here.chen.id)
        assert not chen.can_come(MONDAY, HalfDay.AM)
        assert chen.can_come(MONDAY, HalfDay.PM)
        assert TODAY < MONDAY
