"""Pauses on both databases: one at a time, guarded, bounded by their community."""

from datetime import date, timedelta

import pytest

from care.access import Role
from care.ledger import State
from care.pauses import Why
from care.refusals import AlreadyPaused, NotYours, Stale
from storage import calls, closing, pauses
from storage.engine import Database
from storage.tables import Community, Elder, Pause, RedDay
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

UNTIL = date(2026, 4, 20)
DAY = timedelta(days=1)


async def begun(database: Database, town: Town, until: date = UNTIL) -> int:
    async with database.write() as tx:
        elder = await tx.get_one(Elder, town.wang.id)
        return (await pauses.begin(tx, NOW, elder, Why.HOSPITAL, until, town.li.id)).id


async def test_it_covers_every_day_until_the_return_date_in_its_own_community(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = await begun(database, here)
    async with database.read() as tx:
        for day, covered in ((TODAY - DAY, False), (TODAY, True), (UNTIL - DAY, True),
                             (UNTIL, False)):  # fmt: skip
            found = await pauses.covering(tx, here.id, day)
            assert {one: row.id for one, row in found.items()} == (
                {here.wang.id: number} if covered else {}
            )
            row = await pauses.of_elder(tx, here.wang, day)
            assert (row is not None) is covered
        assert await pauses.covering(tx, towns.there.id, TODAY) == {}
        days = await pauses.days_covered(tx, here.id, [UNTIL - DAY, UNTIL])
        assert days[here.wang.id] == {UNTIL - DAY}


async def test_a_second_pause_or_one_that_is_over_is_refused(
    database: Database, towns: Towns
) -> None:
    with pytest.raises(Stale):
        await begun(database, towns.here, TODAY)
    await begun(database, towns.here)
    with pytest.raises(AlreadyPaused) as other:
        await begun(database, towns.here, UNTIL + DAY)
    assert (other.value.first, other.value.until) == (TODAY, UNTIL)
    await begun(database, towns.there)


async def test_ended_early_they_are_owed_that_very_day_and_can_be_paused_again(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = await begun(database, here)
    async with database.write() as tx:
        row, _ = await pauses.access_pause(tx, viewer(here.li, Role.SOCIAL_WORKER), number)
        await pauses.end(tx, NOW + DAY, row, here.boss.id)
        with pytest.raises(Stale):
            await pauses.end(tx, NOW + DAY, row, here.li.id)
        assert row.ended_by == here.boss.id
        assert await pauses.covering(tx, here.id, TODAY) != {}
        assert await pauses.covering(tx, here.id, TODAY + DAY) == {}
        with pytest.raises(Stale):
            await pauses.extend(tx, row, UNTIL + DAY)
    async with database.write() as tx:
        elder = await tx.get_one(Elder, here.wang.id)
        await pauses.begin(tx, NOW + DAY, elder, Why.FAMILY, UNTIL, here.li.id)
        assert len((await pauses.of_elders(tx, [elder.id]))[elder.id]) == 2


async def test_it_is_only_ever_made_longer(database: Database, towns: Towns) -> None:
    here = towns.here
    number = await begun(database, here)
    async with database.write() as tx:
        row, _ = await pauses.access_pause(tx, viewer(here.boss, Role.SUPERVISOR), number)
        for earlier in (UNTIL, UNTIL - DAY):
            with pytest.raises(Stale):
                await pauses.extend(tx, row, earlier)
        await pauses.extend(tx, row, UNTIL + DAY)
        assert row.until == UNTIL + DAY
        assert [one.id for one, _ in await pauses.ending_on(tx, here.id, UNTIL + DAY)] == [number]
        assert await pauses.ending_on(tx, here.id, UNTIL) == []


async def test_a_pause_is_for_the_staff_who_look_after_the_elder(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    number = await begun(database, here)
    async with database.read() as tx:
        for one in (
            viewer(here.chen, Role.VOLUNTEER),
            viewer(here.daughter, Role.FAMILY),
            viewer(there.boss, Role.SUPERVISOR),
        ):
            with pytest.raises(NotYours):
                await pauses.access_pause(tx, one, number)
        with pytest.raises(NotYours):
            await pauses.access_pause(tx, viewer(here.boss, Role.SUPERVISOR), 4711)


async def test_what_a_family_tells_is_answered_once(database: Database, towns: Towns) -> None:
    here = towns.here
    family, staff = viewer(here.daughter, Role.FAMILY), viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        elder = await tx.get_one(Elder, here.wang.id)
        number = await pauses.ask(tx, NOW, family, elder, Why.TRAVEL, UNTIL, first=TODAY + DAY)
        asked = await pauses.access_request(tx, staff, number)
        assert (asked.asker.id, asked.why, asked.until) == (here.daughter.id, Why.TRAVEL, UNTIL)
        assert asked.first == TODAY + DAY
        assert asked.answer is None
        with pytest.raises(NotYours):
            await pauses.access_request(tx, family, number)
        with pytest.raises(NotYours):
            await pauses.request(tx, towns.there.id, number)
        await pauses.answer(tx, NOW, staff, asked, pauses.REFUSED)
        with pytest.raises(Stale):
            await pauses.answer(tx, NOW, staff, asked, pauses.GRANTED)
        found = await pauses.request(tx, here.id, number)
        assert found.answer == pauses.REFUSED
        assert found.answered_by is not None
        assert found.answered_by.id == here.li.id


async def test_who_said_that_they_come_back_is_kept_until_the_date_moves(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = await begun(database, here)
    async with database.write() as tx:
        staff = viewer(here.li, Role.SOCIAL_WORKER)
        row, _ = await pauses.access_pause(tx, staff, number)
        assert await pauses.comes_back(tx, row) is None
        await pauses.note_comes_back(tx, NOW, staff, row)
        await pauses.note_comes_back(tx, NOW, viewer(here.boss, Role.SUPERVISOR), row)
        by = await pauses.comes_back(tx, row)
        assert by is not None
        assert by.id == here.li.id
        await pauses.extend(tx, row, UNTIL + DAY)
        assert await pauses.comes_back(tx, row) is None


async def later(database: Database, town: Town, first: date, until: date) -> int:
    async with database.write() as tx:
        elder = await tx.get_one(Elder, town.wang.id)
        row = await pauses.begin(tx, NOW, elder, Why.TRAVEL, until, town.li.id, first=first)
        return row.id


async def test_a_pause_to_come_leaves_the_days_before_it_owed_in_the_lists_and_the_ledger(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await later(database, here, TODAY + 2 * DAY, TODAY + 4 * DAY)
    owed, closed_as = [], []
    for days in range(6):
        async with database.write() as tx:
            station = await tx.get_one(Community, here.id)
            now = NOW + days * DAY
            red = await calls.red_today(tx, now, station)
            owed.append(here.wang.id in {one.id for one in red})
            await closing.close_days(tx, now + DAY, station)
            row = await tx.get_one(RedDay, (here.wang.id, TODAY + days * DAY))
            closed_as.append(row.state)
    assert owed == [True, True, False, False, True, True]
    missed, excused = State.MISSED, State.EXCUSED
    assert closed_as == [missed, missed, excused, excused, missed, missed]


async def test_two_pauses_follow_each_other_but_never_overlap(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    first = await later(database, here, TODAY + 5 * DAY, TODAY + 8 * DAY)
    for begin, until in ((0, 6), (5, 6), (7, 9), (0, 20)):
        with pytest.raises(AlreadyPaused):
            await later(database, here, TODAY + begin * DAY, TODAY + until * DAY)
    await later(database, here, TODAY + 8 * DAY, TODAY + 9 * DAY)
    before = await later(database, here, TODAY, TODAY + 5 * DAY)
    with pytest.raises(Stale):
        await later(database, here, TODAY + 12 * DAY, TODAY + 12 * DAY)
    async with database.write() as tx:
        for day, number in ((0, before), (4, before), (5, first)):
            row = await pauses.now_or_next(tx, here.wang, TODAY + day * DAY)
            assert row is not None
            assert row.id == number
        assert await pauses.now_or_next(tx, here.wang, TODAY + 9 * DAY) is None
        row = await tx.get_one(Pause, before)
        with pytest.raises(AlreadyPaused):
            await pauses.extend(tx, row, TODAY + 6 * DAY)


async def test_called_off_before_it_begins_it_never_was(database: Database, towns: Towns) -> None:
    here = towns.here
    number = await later(database, here, TODAY + DAY, TODAY + 5 * DAY)
    async with database.write() as tx:
        evening = NOW + DAY / 2
        await pauses.end(tx, evening, await tx.get_one(Pause, number), here.li.id)
        station = await tx.get_one(Community, here.id)
        assert await pauses.now_or_next(tx, here.wang, TODAY) is None
        waiting = await calls.waiting_today(tx, evening, station)
        [since] = [one.owed_since for elder, one in waiting if elder.id == here.wang.id]
        assert since == here.wang.created_at, "as if there had been no pause"
    await later(database, here, TODAY + 2 * DAY, TODAY + 3 * DAY)
