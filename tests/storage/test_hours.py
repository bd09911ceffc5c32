"""Service hours on record: noted once, decided by the right people, corrected, never lost."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.days import HalfDay
from care.hours import Kind, State, Step, Why, Work
from care.ladder import Cause
from care.pauses import Gone
from care.plans import Visit as Planned
from care.refusals import NotYours, Stale
from care.visits import State as Visit
from storage import doors, exits, hours, presence, visits
from storage.engine import Database
from storage.hours import Entry, Spent
from storage.tables import Assignment, HoursChange, ServiceHours
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

ZONE = ZoneInfo("Asia/Shanghai")
MONTH = (date(2026, 4, 1), date(2026, 5, 1))
HOUR = timedelta(hours=1)


def spent(town: Town, key: str = "errand:1:1", **values: object) -> Spent:
    """An hour of 陈同学's, until now."""
    usual = {"kind": Kind.ADDED, "reason": Why.FORGOT, "elder_id": town.wang.id} | values
    return Spent(
        town.id,
        town.chen.id,
        Work.ERRAND,
        NOW - HOUR,
        NOW,
        key,
        **usual,  # type: ignore[arg-type]
    )


async def the_one(tx: AsyncSession, town: Town) -> Entry:
    boss = viewer(town.boss, Role.SUPERVISOR)
    [found] = await hours.of_days(tx, boss, *MONTH, ZONE)
    return found


async def signed_in(tx: AsyncSession, town: Town, day: date = TODAY) -> int:
    """陈同学 is with 王桂芳 since an hour ago."""
    plan = Planned(town.wang.id, town.chen.id, day, HalfDay.AM)
    await visits.assign(tx, NOW, town.id, day, town.pairing.id, plan, Visit.ACCEPTED)
    [found] = await tx.scalars(select(Assignment).where(Assignment.community_id == town.id))
    await visits.move(
        tx, found, frozenset({Visit.ACCEPTED}), Visit.SIGNED_IN, signed_in_at=NOW - HOUR
    )
    return found.id


async def test_one_piece_of_work_is_one_entry_however_often_it_is_noted(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        assert await hours.note(tx, NOW, spent(towns.here))
        assert not await hours.note(tx, NOW, spent(towns.here))
        assert await hours.note(tx, NOW, spent(towns.there))
        assert (await the_one(tx, towns.here)).hours.minutes == 60


async def test_what_is_added_waits_for_those_who_may_decide_and_nobody_else(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    async with database.write() as tx:
        await hours.note(tx, NOW, spent(here))
        entry = await the_one(tx, here)
        for one, role in ((here.boss, Role.SUPERVISOR), (here.li, Role.SOCIAL_WORKER)):
            assert len(await hours.waiting(tx, viewer(one, role))) == 1
        assert await hours.waiting(tx, viewer(there.boss, Role.SUPERVISOR)) == []
        for stranger in (
            viewer(there.boss, Role.SUPERVISOR),
            viewer(there.li, Role.SOCIAL_WORKER),
            viewer(here.chen, Role.VOLUNTEER),
            viewer(here.daughter, Role.FAMILY),
        ):
            with pytest.raises(NotYours):
                await hours.access_hours(tx, stranger, entry.hours.id)
            with pytest.raises(NotYours):
                await hours.access_volunteer(tx, stranger, here.chen.id)


async def test_a_decision_is_kept_and_can_be_taken_back(database: Database, towns: Towns) -> None:
    here = towns.here
    li = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        await hours.note(tx, NOW, spent(here))
        for approve, state in ((False, State.REFUSED), (True, State.COUNTED)):
            entry = await the_one(tx, here)
            await hours.decide(tx, NOW, li, entry, approve=approve)
            assert entry.state is state
        steps = [change.step for change, _ in await hours.history(tx, entry)]
        assert steps == [Step.REFUSED, Step.APPROVED]


async def test_who_decides_on_what_is_not_there_any_more_changes_nothing(
    database: Database, towns: Towns
) -> None:
    """Two of the staff at once: the second one's tap is about something that has changed."""
    here = towns.here
    boss = viewer(here.boss, Role.SUPERVISOR)
    async with database.write() as tx:
        await hours.note(tx, NOW, spent(here))
    async with database.read() as tx:
        seen = await the_one(tx, here)
    async with database.write() as tx:
        await hours.decide(tx, NOW, boss, await the_one(tx, here), approve=True)
    async with database.write() as tx:
        with pytest.raises(Stale):
            await hours.decide(tx, NOW, boss, seen, approve=False)


async def test_a_correction_keeps_both_and_counts_as_approved(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    li = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        await hours.note(tx, NOW, spent(here, kind=Kind.VERIFIED, reason=None))
        entry = await the_one(tx, here)
        await hours.correct(tx, NOW, li, entry, NOW - 2 * HOUR, 90, "came earlier")
        assert (entry.hours.minutes, entry.hours.kind) == (90, Kind.ADDED)
        assert entry.state is State.COUNTED
        [change] = await tx.scalars(select(HoursChange))
        assert (change.before["minutes"], change.after["minutes"]) == (60, 90)
        assert change.before["kind"] == "verified"
        chen = viewer(here.chen, Role.SOCIAL_WORKER)
        with pytest.raises(NotYours):
            await hours.correct(tx, NOW, chen, entry, NOW - HOUR, 30, "mine")


async def test_a_months_hours_are_those_of_its_local_days(database: Database, towns: Towns) -> None:
    """Half past midnight on 1 May at the station is still April for the clock of the world."""
    here = towns.here
    chen = here.chen.id
    async with database.write() as tx:
        late = NOW.replace(month=4, day=30, hour=16, minute=30)
        await hours.note(tx, NOW, Spent(here.id, chen, Work.VISIT, late, late + HOUR, "visit:9"))
        assert await hours.of_member(tx, here.id, chen, *MONTH, ZONE) == []
        may = (date(2026, 5, 1), date(2026, 6, 1))
        assert len(await hours.of_member(tx, here.id, chen, *may, ZONE)) == 1


async def test_time_overlaps_with_all_but_what_was_refused_and_its_own(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        number = await signed_in(tx, here)
        await hours.note(tx, NOW, spent(here, "visit:1", assignment_id=number))
        asked = (here.id, here.chen.id)
        assert await hours.overlaps(tx, *asked, NOW - HOUR / 2, NOW + HOUR)
        assert not await hours.overlaps(tx, *asked, NOW, NOW + HOUR)
        assert not await hours.overlaps(tx, *asked, NOW - HOUR, NOW, but=number)
        boss = viewer(here.boss, Role.SUPERVISOR)
        await hours.decide(tx, NOW, boss, await the_one(tx, here), approve=False)
        assert not await hours.overlaps(tx, *asked, NOW - HOUR, NOW)


async def test_whoever_never_signed_out_keeps_the_record_whatever_became_of_the_visit(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await signed_in(tx, here)
        boss = viewer(here.boss, Role.SUPERVISOR)
        await exits.leave_care(tx, NOW, boss, here.wang.id, Gone.MOVED)
        assert await presence.not_signed_out(tx, here.id, TODAY) == []
        assert await presence.never_signed_out(tx, here.id, TODAY) == []
        tomorrow = TODAY + timedelta(days=1)
        [row] = await presence.never_signed_out(tx, here.id, tomorrow)
        assert row.visit.state is Visit.DROPPED
        assert await presence.note_unknown(tx, NOW, row, 45)
        assert await presence.never_signed_out(tx, here.id, tomorrow) == []
        assert (await the_one(tx, here)).state is State.WAITING


async def test_two_sign_outs_are_one_and_the_first_stands(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        number = await signed_in(tx, here)
        row = await visits.find(tx, here.id, number)
        assert await presence.sign_out(tx, row.visit, NOW)
        assert not await presence.sign_out(tx, row.visit, NOW + HOUR)
        assert row.visit.signed_out_at == NOW
        assert await presence.note_hours(tx, NOW, row, said=False)
        assert not await presence.note_hours(tx, NOW, row, said=False)
        [found] = await tx.scalars(select(ServiceHours))
        assert (found.kind, found.minutes, found.assignment_id) == (Kind.VERIFIED, 60, number)


async def test_a_visit_that_the_ladder_asked_for_is_a_door_visit(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        number = await signed_in(tx, here)
        row = await visits.find(tx, here.id, number)
        assert await presence.work_of(tx, row.visit) is Work.VISIT
        found = await doors.begin_door(tx, NOW, here.wang, TODAY, Cause.NO_CONTACT)
        assert found is not None
        found.assignment_id = number
        await tx.flush()
        assert await presence.work_of(tx, row.visit) is Work.DOOR


async def test_the_end_is_said_later_only_while_nobody_has_decided(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await signed_in(tx, here)
        [row] = await presence.never_signed_out(tx, here.id, TODAY + timedelta(days=1))
        await presence.note_unknown(tx, NOW, row, 45)
        entry = await the_one(tx, here)
        assert await hours.say_end(tx, entry.hours, 30)
        assert entry.hours.minutes == 30
        boss = viewer(here.boss, Role.SUPERVISOR)
        await hours.decide(tx, NOW, boss, entry, approve=True)
        assert not await hours.say_end(tx, entry.hours, 10)
