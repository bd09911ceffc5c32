"""Surge days on both databases: switched on by staff, or coming every year."""

from datetime import date, timedelta

import pytest

from care.access import Role
from care.refusals import NotYours, Stale
from care.surge import Surging, Why
from storage import surge
from storage.engine import Database
from storage.tables import Community
from tests.storage.towns import NOW, TODAY, Towns, viewer

DAY = timedelta(days=1)


async def test_it_is_on_from_the_first_to_the_last_day_in_its_own_community(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    staff = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        await surge.begin(tx, NOW, staff, Why.HEAT, TODAY, TODAY + DAY)
        found = Surging(TODAY, TODAY + DAY, Why.HEAT)
        for day, on in ((TODAY - DAY, None), (TODAY, found), (TODAY + DAY, found),
                        (TODAY + 2 * DAY, None)):  # fmt: skip
            assert await surge.on(tx, here.station, day) == on
        assert await surge.on(tx, there.station, TODAY) is None


async def test_switched_off_it_is_over_and_only_once(database: Database, towns: Towns) -> None:
    here, there = towns.here, towns.there
    staff = viewer(here.boss, Role.SUPERVISOR)
    async with database.write() as tx:
        row = await surge.begin(tx, NOW, staff, Why.COLD, TODAY, TODAY)
        assert [one.id for one, _ in await surge.to_come(tx, staff, TODAY)] == [row.id]
        for stranger in (viewer(there.boss, Role.SUPERVISOR), viewer(here.chen, Role.VOLUNTEER)):
            with pytest.raises(NotYours):
                await surge.end(tx, NOW, stranger, row.id)
        await surge.end(tx, NOW, staff, row.id)
        with pytest.raises(Stale):
            await surge.end(tx, NOW, staff, row.id)
        assert await surge.on(tx, here.station, TODAY) is None
        assert await surge.to_come(tx, staff, TODAY) == []


async def test_volunteers_switch_nothing_on_and_know_of_nothing(
    database: Database, towns: Towns
) -> None:
    chen = viewer(towns.here.chen, Role.VOLUNTEER)
    async with database.write() as tx:
        with pytest.raises(NotYours):
            await surge.begin(tx, NOW, chen, Why.HEAT, TODAY, TODAY)
        with pytest.raises(NotYours):
            await surge.to_come(tx, chen, TODAY)


async def test_the_setting_brings_the_same_days_every_year(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        station = await tx.get_one(Community, towns.here.id)
        station.settings = {"surge_on": ["01-01", "12-31"]}
        await tx.flush()
        found = await surge.on(tx, station, date(2027, 1, 1))
        assert found == Surging(date(2026, 12, 31), date(2027, 1, 1), Why.FESTIVAL)
        assert await surge.on(tx, station, TODAY) is None
