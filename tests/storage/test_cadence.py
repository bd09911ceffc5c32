"""How elders stand with what they are owed, from the records of both databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from care.cadence import Period, Progress
from care.calls import Kind, Outcome
from care.elders import ElderFacts, Tier
from care.pauses import Why
from storage import cadence, calls, closing, elders
from storage.cadence import Pace
from storage.calls import Happened
from storage.elders import Decision
from storage.engine import Database
from storage.tables import CheckIn, Community, Elder, Pause
from tests.storage.towns import NOW, TODAY, Town, Towns

DAY = timedelta(days=1)
# TODAY is Thursday, 9 April.
MONDAY = TODAY - 3 * DAY


@pytest.fixture(autouse=True)
async def in_care_for_long(database: Database, towns: Towns) -> None:
    """Who came in the middle of a week is owed less; that is told in the rules' own tests."""
    async with database.write() as tx:
        await tx.execute(update(Elder).values(created_at=NOW - 60 * DAY))


async def happened(
    database: Database,
    elder: Elder,
    by: int,
    day: date,
    kind: Kind = Kind.VISIT,
    outcome: Outcome = Outcome.FINE,
) -> None:
    async with database.write() as tx:
        key = f"{elder.id}:{day}:{kind}:{outcome}"
        await calls.record(tx, NOW, elder, Happened(kind, outcome, by, day, NOW, key))


async def pace(database: Database, town: Town, elder: Elder, now: datetime = NOW) -> Pace:
    async with database.read() as tx:
        station = await tx.get_one(Community, town.id)
        fresh = await tx.get_one(Elder, elder.id)
        return (await cadence.paces(tx, now, station, [fresh]))[elder.id]


async def test_yellow_counts_the_visits_of_this_week_and_nothing_else(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    by = here.chen.id
    await happened(database, here.zhao, by, MONDAY - DAY)
    await happened(database, here.zhao, by, MONDAY, Kind.CALL)
    await happened(database, here.zhao, by, MONDAY, outcome=Outcome.NO_ANSWER)
    await happened(database, towns.there.zhao, towns.there.chen.id, MONDAY)
    assert (await pace(database, here, here.zhao)).progress == Progress(0, 2, Period.WEEK)
    await happened(database, here.zhao, by, MONDAY)
    found = await pace(database, here, here.zhao)
    assert (found.progress, found.late) == (Progress(1, 2, Period.WEEK), False)
    late = await pace(database, here, here.zhao, NOW + 2 * DAY)
    assert late.late


async def test_a_visit_that_was_withdrawn_counts_for_nothing(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await happened(database, here.zhao, here.chen.id, MONDAY)
    async with database.write() as tx:
        [(contact, _)] = await calls.latest(tx, here.zhao)
        contact.withdrawn_at = NOW
    assert (await pace(database, here, here.zhao)).progress == Progress(0, 2, Period.WEEK)


async def test_green_counts_the_month(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        facts = ElderFacts(name="钱奶奶", tier=Tier.GREEN)
        green = await elders.add(tx, NOW - 60 * DAY, here.id, facts)
    await happened(database, green, here.chen.id, date(2026, 3, 31))
    assert (await pace(database, here, green)).progress == Progress(0, 1, Period.MONTH)
    await happened(database, green, here.chen.id, date(2026, 4, 1))
    assert (await pace(database, here, green)).progress == Progress(1, 1, Period.MONTH)


async def test_a_row_of_days_goes_on_with_today_when_it_is_met(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    for n in range(4):
        await happened(database, here.wang, here.li.id, TODAY + n * DAY, Kind.CALL)
    later = NOW + 4 * DAY
    async with database.write() as tx:
        await closing.close_days(tx, later, await tx.get_one(Community, here.id))
    found = await pace(database, here, here.wang, later)
    assert (found.progress, found.in_a_row) == (Progress(0, 1), 4)
    await happened(database, here.wang, here.li.id, TODAY + 4 * DAY, Kind.CALL)
    assert (await pace(database, here, here.wang, later)).in_a_row == 5
    # Two days without a row: not red meanwhile, or the station was down.
    assert (await pace(database, here, here.wang, later + 2 * DAY)).in_a_row == 0


async def test_the_elders_own_word_counts_where_the_community_says_so(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        tx.add(CheckIn(elder_id=here.wang.id, day=TODAY, community_id=here.id, fine=True, at=NOW))
    assert (await pace(database, here, here.wang)).progress == Progress(0, 1)
    async with database.write() as tx:
        (await tx.get_one(Community, here.id)).settings = {"check_in_is_contact": True}
    assert (await pace(database, here, here.wang)).progress == Progress(1, 1)


async def test_a_paused_elder_is_owed_nothing_now(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        tx.add(
            Pause(
                community_id=here.id,
                elder_id=here.zhao.id,
                first_day=TODAY,
                until=TODAY + 30 * DAY,
                why=Why.HOSPITAL,
                by_id=here.li.id,
                created_at=NOW,
            )
        )
    assert (await pace(database, here, here.zhao)).progress is None


async def test_the_history_of_tiers_decides_what_is_owed(database: Database, towns: Towns) -> None:
    """Yellow since Monday, red since Wednesday, yellow again since Thursday noon."""
    here = towns.here
    for after, at in ((Tier.RED, NOW - DAY), (Tier.YELLOW, NOW + DAY / 6)):
        async with database.write() as tx:
            elder = await tx.get_one(Elder, here.zhao.id)
            elders.change_tier(tx, at, elder, after, Decision(here.li.id, "…"))
    found = await pace(database, here, here.zhao, NOW + DAY / 4)
    assert found.progress == Progress(0, 1)
    tomorrow = await pace(database, here, here.zhao, NOW + DAY)
    assert tomorrow.progress == Progress(0, 1, Period.WEEK)


async def test_asking_about_nobody_is_no_trouble(database: Database, towns: Towns) -> None:
    async with database.read() as tx:
        station = await tx.get_one(Community, towns.here.id)
        assert await cadence.paces(tx, NOW, station, []) == {}
