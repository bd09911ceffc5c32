"""A day that is closed is counted again when something is written down or corrected late."""

from datetime import date, timedelta
from typing import Any

import pytest

from care.calls import Kind, Outcome
from care.ledger import Excuse, State
from care.pauses import Why
from storage import calls, closing, contacts, ledger
from storage.calls import Happened
from storage.engine import Database
from storage.tables import Community, Contact, Elder, Pause, RedDay
from tests.storage.towns import NOW, TODAY, Town, Towns

DAY = timedelta(days=1)
LATER = NOW + 3 * DAY


@pytest.fixture
async def here(database: Database, towns: Towns) -> Town:
    """The town, three days later, with its days closed; nobody was called after yesterday."""
    await close(database, towns.here)
    return towns.here


async def close(database: Database, town: Town) -> None:
    async with database.write() as tx:
        await closing.close_days(tx, LATER, await tx.get_one(Community, town.id))


async def row(database: Database, town: Town, day: date = TODAY) -> RedDay:
    async with database.read() as tx:
        return await tx.get_one(RedDay, (town.wang.id, day))


async def entered(database: Database, town: Town, key: str = "late", **how: Any) -> int:
    known: dict[str, Any] = {"outcome": Outcome.FINE, "day": TODAY, "at": NOW}
    what = Happened(kind=Kind.VISIT, by=town.chen.id, key=key, **known | how)
    async with database.write() as tx:
        elder = await tx.get_one(Elder, town.wang.id)
        await calls.record(tx, LATER, elder, what)
        contact = await contacts.by_key(tx, town.id, key)
        await ledger.recount(tx, LATER, elder, contact.day)
        return contact.id


async def recount(database: Database, town: Town, number: int, **how: Any) -> None:
    """Change a contact, and count its day again."""
    async with database.write() as tx:
        contact = await tx.get_one(Contact, number)
        day = contact.day
        for name, value in how.items():
            setattr(contact, name, value)
        await tx.flush()
        elder = await tx.get_one(Elder, town.wang.id)
        for one in {day, contact.day}:
            await ledger.recount(tx, LATER, elder, one)


async def test_a_late_contact_turns_a_missed_day_into_a_met_one_and_keeps_what_it_was(
    database: Database, here: Town
) -> None:
    assert (await row(database, here)).state is State.MISSED
    number = await entered(database, here)
    found = await row(database, here)
    assert (found.closed_as, found.state) == (State.MISSED, State.MET)
    assert (found.contact_id, found.changed_at) == (number, LATER)


async def test_a_late_attempt_changes_nothing(database: Database, here: Town) -> None:
    await entered(database, here, outcome=Outcome.NO_ANSWER)
    found = await row(database, here)
    assert (found.state, found.changed_at) == (State.MISSED, None)


async def test_withdrawn_the_day_is_missed_again(database: Database, here: Town) -> None:
    number = await entered(database, here)
    await recount(database, here, number, withdrawn_at=LATER)
    found = await row(database, here)
    assert (found.state, found.contact_id) == (State.MISSED, None)


async def test_moved_to_another_day_both_days_are_counted_again(
    database: Database, here: Town
) -> None:
    number = await entered(database, here)
    await recount(database, here, number, day=TODAY + DAY)
    assert (await row(database, here)).state is State.MISSED
    assert (await row(database, here, TODAY + DAY)).state is State.MET


async def test_without_its_contact_a_paused_day_is_excused(
    database: Database, towns: Towns
) -> None:
    """Met is not turned into missed when it would have been excused anyway."""
    here = towns.here
    async with database.write() as tx:
        tx.add(
            Pause(
                community_id=here.id, elder_id=here.wang.id, first_day=TODAY,
                until=TODAY + 2 * DAY, why=Why.HOSPITAL, by_id=here.li.id, created_at=NOW,
            )
        )  # fmt: skip
    number = await entered(database, here)
    await close(database, here)
    assert (await row(database, here)).state is State.MET
    await recount(database, here, number, outcome=Outcome.NO_ANSWER)
    found = await row(database, here)
    assert (found.closed_as, found.state) == (State.MET, State.EXCUSED)
    assert found.excuse is Excuse.HOSPITAL


async def test_a_day_on_which_nothing_was_owed_gets_no_row(database: Database, here: Town) -> None:
    await entered(database, here, day=TODAY - 5 * DAY)
    async with database.read() as tx:
        assert await tx.get(RedDay, (here.wang.id, TODAY - 5 * DAY)) is None


async def test_where_a_contact_lasts_for_days_the_days_after_it_are_counted_again(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        (await tx.get_one(Community, here.id)).settings = {"red_every_days": 2}
    await close(database, here)
    assert (await row(database, here, TODAY + 2 * DAY)).state is State.MISSED
    await entered(database, here, day=TODAY + DAY, at=NOW + DAY)
    found = await row(database, here, TODAY + 2 * DAY)
    assert (found.state, found.excuse) == (State.EXCUSED, Excuse.NOT_DUE)
