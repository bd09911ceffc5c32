"""The history of contacts: corrections keep what stood there, and nothing is deleted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from care.access import Role
from care.calls import Kind, Outcome
from care.refusals import NotYours, Stale
from storage import calls, contacts
from storage.calls import Happened
from storage.contacts import Correction
from storage.engine import Database
from storage.tables import Contact
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

DAY = timedelta(days=1)
WORKER, VOLUNTEER = Role.SOCIAL_WORKER, Role.VOLUNTEER


async def visited(database: Database, town: Town, **how: Any) -> int:
    """Chen's visit to 王桂芳."""
    known: dict[str, Any] = {"by": town.chen.id, "day": TODAY, "at": NOW}
    what = Happened(kind=Kind.VISIT, outcome=Outcome.FINE, key="visit:1", **known | how)
    async with database.write() as tx:
        await calls.record(tx, NOW, town.wang, what)
        return (await contacts.by_key(tx, town.id, "visit:1")).id


async def test_who_made_it_who_wrote_it_and_who_looks_after_the_elder_may_see_it(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = await visited(database, here, entered_by=here.boss.id)
    async with database.read() as tx:
        for member, roles in (
            (here.chen, [VOLUNTEER]),
            (here.boss, [VOLUNTEER]),
            (here.li, [WORKER]),
        ):
            entry, elder = await contacts.access_contact(tx, viewer(member, *roles), number)
            assert (entry.by.name, entry.writer.name) == ("陈同学", "周督导")
            assert elder.id == here.wang.id


async def test_nobody_else_may(database: Database, towns: Towns) -> None:
    here, there = towns.here, towns.there
    number = await visited(database, here)
    async with database.read() as tx:
        for someone in (
            viewer(here.away, VOLUNTEER),
            viewer(here.daughter, Role.FAMILY),
            viewer(there.boss, Role.SUPERVISOR),
        ):
            with pytest.raises(NotYours):
                await contacts.access_contact(tx, someone, number)
        with pytest.raises(NotYours):
            await contacts.access_contact(tx, viewer(here.li, WORKER), 999)


async def test_a_correction_keeps_before_and_after_with_who_and_why(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = await visited(database, here)
    async with database.write() as tx:
        contact = await tx.get_one(Contact, number)
        why = Correction(here.li.id, "pressed the wrong button")
        await contacts.correct(tx, NOW, contact, why, outcome=Outcome.NO_ANSWER, reason=None)
        day, at = TODAY - DAY, NOW - DAY
        await contacts.correct(tx, NOW + DAY, contact, why, day=day, happened_at=at)
    async with database.read() as tx:
        contact = await tx.get_one(Contact, number)
        assert (contact.outcome, contact.day, contact.recorded_at) == (Outcome.NO_ANSWER, day, NOW)
        [(first, by), (second, _)] = await contacts.changes_of(tx, contact)
    assert (first.before["outcome"], first.after["outcome"]) == ("fine", "no_answer")
    assert (first.reason, by.name, first.at) == ("pressed the wrong button", "李敏", NOW)
    assert (second.before["day"], second.after["day"]) == (str(TODAY), str(day))


async def test_a_correction_of_what_changed_meanwhile_is_stale(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = await visited(database, here)
    why = Correction(here.li.id, "why")
    async with database.read() as old:
        seen = await old.get_one(Contact, number)
        async with database.write() as tx:
            contact = await tx.get_one(Contact, number)
            await contacts.correct(tx, NOW, contact, why, remark="first")
    async with database.write() as tx:
        tx.add(seen)
        with pytest.raises(Stale):
            await contacts.correct(tx, NOW, seen, why, remark="second")


async def test_what_was_withdrawn_is_not_corrected_and_stays_visible(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = await visited(database, here)
    why = Correction(here.li.id, "a mistake")
    async with database.write() as tx:
        contact = await tx.get_one(Contact, number)
        await contacts.correct(tx, NOW, contact, why, withdrawn_at=NOW)
        with pytest.raises(Stale):
            await contacts.correct(tx, NOW, contact, why, remark="again")
        with pytest.raises(Stale):
            await contacts.add_remark(tx, contact, "again")
    async with database.read() as tx:
        found = await contacts.of_elder(tx, here.wang, 10)
        assert [one.contact.withdrawn_at for one in found] == [NOW, None]
        assert await contacts.count(tx, here.wang) == 2


async def test_a_remark_is_added_once(database: Database, towns: Towns) -> None:
    number = await visited(database, towns.here)
    async with database.write() as tx:
        contact = await tx.get_one(Contact, number)
        await contacts.add_remark(tx, contact, "likes tea")
        assert contact.remark == "likes tea"
        with pytest.raises(Stale):
            await contacts.add_remark(tx, contact, "likes coffee")


async def test_the_history_comes_by_pages_newest_first(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        for n in range(5):
            at = NOW + n * timedelta(minutes=1)
            what = Happened(Kind.CALL, Outcome.NO_ANSWER, here.li.id, TODAY, at, f"call:{n}")
            await calls.record(tx, at, here.wang, what)
    async with database.read() as tx:
        first = await contacts.of_elder(tx, here.wang, 2)
        second = await contacts.of_elder(tx, here.wang, 2, 2)
        everything = list(await tx.scalars(select(Contact.id)))
    assert [one.contact.key for one in (*first, *second)] == [
        "call:4",
        "call:3",
        "call:2",
        "call:1",
    ]
    assert len(everything) == 7
    assert (first[0].by.id, first[0].writer.id) == (here.li.id, here.li.id)


async def test_a_key_that_nobody_wrote_is_nothing(database: Database, towns: Towns) -> None:
    await visited(database, towns.here)
    async with database.read() as tx:
        assert await contacts.find_by_key(tx, towns.there.id, "visit:1") is None
        assert await contacts.find_by_key(tx, towns.here.id, "visit:1") is not None
