"""Contacts: one tap one record; attempts are no contacts; every list is one community's own."""

from datetime import timedelta
from typing import Any

from care.calls import Kind, Outcome, Reason
from care.elders import Tier
from care.joining import Standing
from storage import calls, members
from storage.calls import Happened
from storage.engine import Database
from storage.tables import Elder
from tests.storage.towns import NOW, TODAY, Town, Towns, families

DAY = timedelta(days=1)


def happened(town: Town, outcome: Outcome, key: str, **how: Any) -> Happened:
    known: dict[str, Any] = {"by": town.li.id, "day": TODAY, "at": NOW}
    return Happened(Kind.CALL, outcome, key=key, **known | how)


async def record(
    database: Database, town: Town, outcome: Outcome, key: str = "k", **how: Any
) -> bool:
    async with database.write() as tx:
        return await calls.record(tx, NOW, town.wang, happened(town, outcome, key, **how))


async def test_the_same_tap_delivered_again_writes_nothing(
    database: Database, towns: Towns
) -> None:
    assert await record(database, towns.here, Outcome.FINE)
    assert not await record(database, towns.here, Outcome.FINE)
    assert not await record(database, towns.here, Outcome.EMERGENCY)
    async with database.read() as tx:
        assert await calls.count_of_day(tx, towns.here.wang, TODAY) == 1


async def test_the_same_key_in_another_community_is_another_tap(
    database: Database, towns: Towns
) -> None:
    assert await record(database, towns.here, Outcome.FINE)
    assert await record(database, towns.there, Outcome.FINE)


async def test_who_owes_whom_is_asked_within_one_community(
    database: Database, towns: Towns
) -> None:
    async with database.read() as tx:
        rows = await calls.owed_by(tx, towns.here.id, towns.here.li.id, TODAY)
        red = await calls.red(tx, towns.here.id)
    assert [(elder.id, owed.done) for elder, owed in rows] == [(towns.here.wang.id, False)]
    assert [elder.id for elder in red] == [towns.here.wang.id]


async def test_a_contact_is_done_for_today_and_an_attempt_is_counted(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await record(database, here, Outcome.NO_ANSWER, "1")
    await record(database, here, Outcome.NO_ANSWER, "2")
    await record(database, here, Outcome.NOT_POSSIBLE, "3", reason=Reason.HOSPITAL)
    async with database.read() as tx:
        owed = (await calls.owed(tx, here.id, TODAY, [here.wang]))[here.wang.id]
    assert (owed.done, owed.attempts_today) == (False, 2)
    assert owed.last_contact == TODAY - DAY
    await record(database, here, Outcome.FOLLOW_UP, "4")
    async with database.read() as tx:
        owed = (await calls.owed(tx, here.id, TODAY, [here.wang]))[here.wang.id]
        tomorrow = (await calls.owed(tx, here.id, TODAY + DAY, [here.wang]))[here.wang.id]
    assert (owed.done, owed.last_contact) == (True, TODAY)
    assert (tomorrow.done, tomorrow.attempts_today) == (False, 0)


async def test_contacts_of_the_other_community_count_for_nothing_here(
    database: Database, towns: Towns
) -> None:
    await record(database, towns.there, Outcome.FINE)
    async with database.read() as tx:
        both = [towns.here.wang, towns.there.wang]
        owed = await calls.owed(tx, towns.here.id, TODAY, both)
        last = await calls.last_contacts(tx, towns.here.id, [one.id for one in both])
    assert not owed[towns.here.wang.id].done
    assert not owed[towns.there.wang.id].done
    assert last == {towns.here.wang.id: TODAY - DAY}


async def test_the_latest_records_come_newest_first_with_who_made_them(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    for n in range(7):
        await record(database, here, Outcome.NO_ANSWER, str(n), at=NOW + n * timedelta(hours=1))
    async with database.read() as tx:
        found = await calls.latest(tx, here.wang)
    assert [contact.happened_at for contact, _ in found] == [
        NOW + n * timedelta(hours=1) for n in (6, 5, 4, 3, 2)
    ]
    assert {member.id for _, member in found} == {here.li.id}


async def test_the_last_word_of_the_elder_counts(database: Database, towns: Towns) -> None:
    here = towns.here
    for fine, asked, checked_in in ((True, False, True), (False, True, False)):
        async with database.write() as tx:
            await calls.check_in(tx, NOW, here.wang, TODAY, fine=fine)
        async with database.read() as tx:
            owed = (await calls.owed(tx, here.id, TODAY, [here.wang]))[here.wang.id]
        assert (owed.asked, owed.checked_in, owed.done) == (asked, checked_in, False)


async def test_who_is_out_of_care_is_on_no_list(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        wang = await tx.get_one(Elder, here.wang.id)
        wang.exited_at = NOW
        zhao = await tx.get_one(Elder, here.zhao.id)
        zhao.tier = Tier.RED
    async with database.read() as tx:
        rows = await calls.owed_by(tx, here.id, here.li.id, TODAY)
    assert [elder.id for elder, _ in rows] == [here.zhao.id]


async def test_asking_about_nobody_is_no_trouble(database: Database, towns: Towns) -> None:
    async with database.read() as tx:
        assert await calls.owed(tx, towns.here.id, TODAY, []) == {}
        assert await calls.last_contacts(tx, towns.here.id, []) == {}


async def test_family_who_have_left_are_told_nothing(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        assert [one.id for one in await families.of_elder(tx, here.wang)] == [here.daughter.id]
        gone = await members.in_community(tx, here.id, here.daughter.id)
        gone.standing = Standing.LEFT
        await tx.flush()
        assert await families.of_elder(tx, here.wang) == []
