"""Pauses on both databases: one at a time, guarded, bounded by their community."""

from datetime import date, timedelta

import pytest

from care.access import Role
from care.pauses import Why
from care.refusals import NotYours, Stale
from storage import pauses
from storage.engine import Database
from storage.tables import Elder
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
    with pytest.raises(Stale):
        await begun(database, towns.here, UNTIL + DAY)
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
        number = await pauses.ask(tx, NOW, family, elder, Why.TRAVEL, UNTIL)
        asked = await pauses.access_request(tx, staff, number)
        assert (asked.asker.id, asked.why, asked.until) == (here.daughter.id, Why.TRAVEL, UNTIL)
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
