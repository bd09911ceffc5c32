"""Follow-ups: one for each contact, due on a day, open until somebody closes it."""

from datetime import timedelta

import pytest

from care.access import Role
from care.calls import Kind, Outcome
from care.refusals import NotYours, Stale
from storage import calls, contacts, follow_ups
from storage.calls import Happened
from storage.engine import Database
from storage.tables import Contact, FollowUp
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

DAY = timedelta(days=1)


async def called(database: Database, town: Town, key: str = "call") -> int:
    what = Happened(Kind.CALL, Outcome.FOLLOW_UP, town.li.id, TODAY, NOW, key)
    async with database.write() as tx:
        await calls.record(tx, NOW, town.wang, what)
        return (await contacts.by_key(tx, town.id, key)).id


async def begun(database: Database, town: Town, days: int, key: str = "call") -> FollowUp:
    number = await called(database, town, key)
    async with database.write() as tx:
        return await follow_ups.begin(
            tx, NOW, await tx.get_one(Contact, number), TODAY + days * DAY
        )


async def test_one_contact_has_one_follow_up(database: Database, towns: Towns) -> None:
    here = towns.here
    first = await begun(database, here, 1)
    again = await begun(database, here, 3)
    assert (first.id, again.due) == (again.id, TODAY + DAY)


async def test_asked_for_again_after_a_correction_it_is_open_again(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    first = await begun(database, here, 1)
    async with database.write() as tx:
        contact = await tx.get_one(Contact, first.contact_id)
        await follow_ups.close_of_contact(tx, NOW, contact, here.li.id)
        assert await follow_ups.open_of(tx, here.wang) == []
        again = await follow_ups.begin(tx, NOW, contact, TODAY + 3 * DAY)
        assert (again.closed_at, again.due) == (None, TODAY + 3 * DAY)


async def test_due_is_what_is_open_by_a_day_the_longest_due_first(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await begun(database, here, 1, "later")
    await begun(database, here, -1, "early")
    await begun(database, here, 0, "today")
    await begun(database, towns.there, 0)
    async with database.read() as tx:
        due = await follow_ups.due_on(tx, here.id, TODAY)
        assert {one: found.due for one, found in due.items()} == {here.wang.id: TODAY - DAY}
        assert await follow_ups.due_on(tx, here.id, TODAY, here.zhao.id) == {}
        found = await follow_ups.open_of(tx, here.wang)
    assert [one.due for one in found] == [TODAY - DAY, TODAY, TODAY + DAY]


async def test_a_later_call_closes_what_was_due_and_not_what_is_to_come(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await begun(database, here, 0, "today")
    await begun(database, here, 1, "later")
    async with database.write() as tx:
        await follow_ups.close_due(tx, NOW, here.wang, TODAY, here.li.id)
        assert [one.due for one in await follow_ups.open_of(tx, here.wang)] == [TODAY + DAY]


async def test_closed_once_it_can_neither_be_closed_nor_changed(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = (await begun(database, here, 0)).id
    async with database.write() as tx:
        found = await tx.get_one(FollowUp, number)
        await follow_ups.change(tx, found, due=TODAY + DAY, note="blood test")
        assert (found.due, found.note) == (TODAY + DAY, "blood test")
        assert await follow_ups.close(tx, NOW, found, here.li.id)
        assert (found.closed_at, found.closed_by) == (NOW, here.li.id)
        assert not await follow_ups.close(tx, NOW + DAY, found, here.boss.id)
        with pytest.raises(Stale):
            await follow_ups.change(tx, found, due=TODAY)


async def test_only_who_looks_after_the_elder_may_touch_it(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = (await begun(database, here, 0)).id
    async with database.read() as tx:
        worker = viewer(here.li, Role.SOCIAL_WORKER)
        found, elder = await follow_ups.access_follow_up(tx, worker, number)
        assert (found.id, elder.id) == (number, here.wang.id)
        for someone in (viewer(here.chen, Role.VOLUNTEER), viewer(towns.there.li, Role.SUPERVISOR)):
            with pytest.raises(NotYours):
                await follow_ups.access_follow_up(tx, someone, number)
        with pytest.raises(NotYours):
            await follow_ups.access_follow_up(tx, worker, 999)
