"""The ledger: every red day with who met it, or who was told when; each sees their own."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from care.access import Role
from care.calls import Kind, Outcome
from care.elders import ElderFacts, Tier
from care.ladder import Step
from care.ledger import Excuse, State
from care.pauses import Gone, Why
from care.rates import Part
from storage import calls, closing, elders, ledger, members
from storage.calls import Happened
from storage.engine import Database
from storage.ledger import Entry, Ledger, Met, Telling
from storage.tables import CheckIn, ClosedDay, Community, Elder, Member, Pause, Told
from tests.storage.kept import statements
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
# Three days after: 9, 10 and 11 April are closed, the 12th runs.
LATER = NOW + 3 * DAY
APRIL, LAST = date(2026, 4, 1), date(2026, 4, 30)


@pytest.fixture
async def here(database: Database, towns: Towns) -> Town:
    """The town; the elder is called on the 9th, on the 10th nobody does, the 11th is paused."""
    town = towns.here
    await call(database, town, TODAY)
    async with database.write() as tx:
        tx.add(pause(town, TODAY + 2 * DAY, TODAY + 3 * DAY))
        tx.add(told(town, town.li, Step.REMIND, hours=3, delivered=True))
        tx.add(told(town, town.boss, Step.RAISE, hours=8, delivered=False))
    await close(database, town)
    return town


def pause(town: Town, first: date, until: date) -> Pause:
    return Pause(
        community_id=town.id, elder_id=town.wang.id, first_day=first, until=until,
        why=Why.HOSPITAL, by_id=town.li.id, created_at=NOW,
    )  # fmt: skip


def told(town: Town, member: Member, step: Step, *, hours: int, delivered: bool) -> Told:
    at = NOW + DAY + hours * HOUR
    key = f"{step}:{member.id}"
    return Told(
        community_id=town.id, elder_id=town.wang.id, day=TODAY + DAY, step=step, letter=key,
        member_id=member.id, key=key, at=at, delivered_at=at + HOUR / 60 if delivered else None,
    )  # fmt: skip


async def call(database: Database, town: Town, day: date, key: str = "") -> None:
    at = NOW + (day - TODAY)
    async with database.write() as tx:
        what = Happened(Kind.CALL, Outcome.FINE, town.li.id, day, at, key or f"call:{day}")
        await calls.record(tx, at + HOUR, town.wang, what)


async def close(database: Database, town: Town) -> None:
    async with database.write() as tx:
        await closing.close_days(tx, LATER, await tx.get_one(Community, town.id))


async def read(database: Database, town: Town, who: Member | None = None, *roles: Role) -> Ledger:
    async with database.read() as tx:
        station = await tx.get_one(Community, town.id)
        asks = viewer(who, *roles) if who is not None else None
        return await ledger.read(tx, LATER, station, APRIL, LAST, asks)


def days(found: Ledger) -> dict[date, Entry]:
    [line] = found.lines
    return dict(line.days)


def names(found: Ledger) -> list[str]:
    return [line.elder.name for line in found.lines]


async def test_every_day_is_met_excused_missed_or_open(database: Database, here: Town) -> None:
    found = days(await read(database, here))
    assert {day.day: entry.state for day, entry in found.items()} == {
        9: State.MET,
        10: State.MISSED,
        11: State.EXCUSED,
        12: None,
    }
    assert found[TODAY + 2 * DAY].excuse is Excuse.HOSPITAL


async def test_a_met_day_tells_by_whom_how_and_both_times(database: Database, here: Town) -> None:
    found = days(await read(database, here))[TODAY]
    assert found.contact == Met(Kind.CALL, "李敏", NOW, NOW + HOUR)
    assert (found.late, found.closed_as) == (False, State.MET)


async def test_a_missed_day_tells_who_was_told_when_and_whether_it_arrived(
    database: Database, here: Town
) -> None:
    found = await read(database, here)
    at = NOW + DAY
    [(elder, entry)] = found.missed
    assert (elder.id, entry.day) == (here.wang.id, TODAY + DAY)
    assert entry.told == (
        Telling("李敏", Step.REMIND, at + 3 * HOUR, at + 3 * HOUR + HOUR / 60),
        Telling("周督导", Step.RAISE, at + 8 * HOUR, None),
    )


async def test_a_day_changed_by_a_late_entry_says_so(database: Database, here: Town) -> None:
    await call(database, here, TODAY + DAY)
    async with database.write() as tx:
        await ledger.recount(tx, LATER, here.wang, TODAY + DAY)
    found = days(await read(database, here))[TODAY + DAY]
    assert (found.state, found.closed_as, found.late) == (State.MET, State.MISSED, True)


async def test_today_is_what_it_is_so_far(database: Database, here: Town) -> None:
    today = TODAY + 3 * DAY
    await call(database, here, today)
    found = days(await read(database, here))[today]
    assert (found.state, found.closed_as) == (State.MET, None)
    assert found.contact is not None
    async with database.write() as tx:
        [(contact, _), *_] = await calls.latest(tx, here.wang)
        contact.withdrawn_at = LATER
        tx.add(pause(here, today, today + DAY))
    found = days(await read(database, here))[today]
    assert (found.state, found.excuse) == (State.EXCUSED, Excuse.HOSPITAL)


async def test_days_that_nobody_has_closed_yet_are_open(database: Database, towns: Towns) -> None:
    """The machine was off for three days."""
    found = days(await read(database, towns.here))
    assert [one.state for one in found.values()] == [None] * 4
    async with database.write() as tx:
        tx.add(ClosedDay(community_id=towns.here.id, day=TODAY + DAY, closed_at=LATER))
    assert list(days(await read(database, towns.here))) == [TODAY + 2 * DAY, TODAY + 3 * DAY]


async def test_a_day_met_by_the_elders_own_word_names_nobody(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        (await tx.get_one(Community, here.id)).settings = {"check_in_is_contact": True}
        tx.add(CheckIn(elder_id=here.wang.id, day=TODAY, community_id=here.id, fine=True, at=NOW))
    await close(database, here)
    found = days(await read(database, here))[TODAY]
    assert (found.state, found.contact) == (State.MET, None)


async def test_a_social_worker_sees_the_days_of_their_own_elders_only(
    database: Database, here: Town
) -> None:
    async with database.write() as tx:
        other = await members.create(
            tx, NOW, here.id, "张社工", frozenset({Role.SOCIAL_WORKER}), account=77
        )
    assert names(await read(database, here, here.boss, Role.SUPERVISOR)) == ["王桂芳"]
    assert names(await read(database, here, here.li, Role.SOCIAL_WORKER)) == ["王桂芳"]
    assert names(await read(database, here, other, Role.SOCIAL_WORKER)) == []
    assert names(await read(database, here, here.chen, Role.VOLUNTEER)) == []


async def test_who_left_stays_in_the_ledger_of_the_days_before(
    database: Database, here: Town
) -> None:
    async with database.write() as tx:
        wang = await tx.get_one(Elder, here.wang.id)
        wang.exited_at, wang.exit_reason = LATER - HOUR, Gone.MOVED
    found = await read(database, here, here.li, Role.SOCIAL_WORKER)
    assert len(days(found)) == 4
    assert days(found)[TODAY + 3 * DAY].excuse is Excuse.MOVED


async def test_nothing_of_another_community_is_in_it(database: Database, towns: Towns) -> None:
    await call(database, towns.there, TODAY)
    await close(database, towns.there)
    found = await read(database, towns.here)
    assert [line.elder.id for line in found.lines] == [towns.here.wang.id]
    assert found.rates.all.red.met == 0


async def test_the_rates_are_those_of_all_tiers(database: Database, here: Town) -> None:
    async with database.write() as tx:
        await tx.execute(update(Elder).values(created_at=NOW - 60 * DAY))
        at = NOW - DAY
        visit = Happened(Kind.VISIT, Outcome.FINE, here.chen.id, TODAY - DAY, at, "visit")
        await calls.record(tx, at, here.zhao, visit)
    found = (await read(database, here)).rates
    assert (found.all.red.met, found.all.red.missed, found.all.red.open) == (1, 1, 1)
    # The weeks of 30 March and 6 April; the second has Sunday left for what is missing.
    assert found.all.yellow == Part(done=1, missed=2, open=1)
    monthly = found.monthly[APRIL]
    assert (monthly.as_owed, monthly.open, monthly.behind) == (0, 0, 2)


async def test_a_month_to_come_is_empty_and_no_trouble(database: Database, here: Town) -> None:
    async with database.read() as tx:
        station = await tx.get_one(Community, here.id)
        first, last = date(2026, 6, 1), date(2026, 6, 30)
        found = await ledger.read(tx, LATER, station, first, last)
    assert found.lines == ()
    assert found.rates.all.green == Part()


async def test_twenty_elders_take_no_more_queries_than_one(database: Database, here: Town) -> None:
    with statements(database) as few:
        await read(database, here, here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        for n in range(20):
            await elders.add(tx, NOW, here.id, ElderFacts(name=f"老人{n}", tier=Tier.RED))
        ids: Iterable[int] = await tx.scalars(select(Elder.id))
        assert len(list(ids)) > 20
    with statements(database) as more:
        await read(database, here, here.li, Role.SOCIAL_WORKER)
    assert len(more) == len(few) > 0
