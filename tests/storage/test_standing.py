"""Errands that repeat: each day's once, some days before, and not while the elder is away."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from care.access import STAFF, Role, Viewer
from care.errands import Kind, State
from care.pauses import Why
from care.refusals import NotYours, Stale
from care.standing import Often, Rhythm, WrongRhythm, rule_of
from storage import standing
from storage.engine import Database
from storage.standing import Repeated
from storage.tables import Community, Errand, MemberRole, PairingVolunteer, Pause
from tests.storage.towns import NOW, Town, Towns, viewer

PILLS = Repeated(
    Kind.MEDICINE, "pills", rule_of(Rhythm(Often.MONTH_DAY, 20)), date(2026, 4, 9), budget_fen=5000
)


def family(town: Town) -> Viewer:
    return viewer(town.daughter, Role.FAMILY)


async def begin(database: Database, town: Town, who: Viewer, wanted: Repeated = PILLS) -> int:
    async with database.write() as tx:
        return (await standing.begin(tx, NOW, who, town.wang.id, wanted)).id


async def made(database: Database, town: Town, day: str) -> list[tuple[date | None, State]]:
    now = datetime.fromisoformat(f"2026-{day}T02:00+00:00")
    async with database.write() as tx:
        station = await tx.get_one(Community, town.id)
        found = await standing.make_due(tx, now, station)
        assert all(one.errand.by_when > now for one in found)
        return [(one.errand.standing_day, one.errand.state) for one in found]


async def test_every_20th_is_asked_for_three_days_before_and_only_once(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await begin(database, here, family(here))
    assert await made(database, here, "04-16") == []
    assert await made(database, here, "04-17") == [(date(2026, 4, 20), State.OPEN)]
    assert await made(database, here, "04-17") == []
    assert await made(database, here, "05-22") == [(date(2026, 5, 20), State.OPEN)]
    assert await made(database, towns.there, "05-22") == []


async def test_ended_it_is_asked_for_no_more(database: Database, towns: Towns) -> None:
    here = towns.here
    number = await begin(database, here, family(here))
    async with database.write() as tx:
        with pytest.raises(NotYours):
            await standing.end(tx, NOW, family(towns.there), number)
        await standing.end(tx, NOW, family(here), number)
        with pytest.raises(Stale):
            await standing.end(tx, NOW, family(here), number)
        assert await standing.of_elder(tx, family(here), here.wang.id) == []
    assert await made(database, here, "04-20") == []


async def test_nothing_is_asked_for_while_the_elder_is_away(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await begin(database, here, family(here))
    async with database.write() as tx:
        tx.add(
            Pause(
                community_id=here.id, elder_id=here.wang.id, first_day=date(2026, 4, 15),
                until=date(2026, 4, 22), why=Why.HOSPITAL, by_id=here.li.id, created_at=NOW,
            )
        )  # fmt: skip
    assert await made(database, here, "04-18") == []
    assert await made(database, here, "04-22") == [(date(2026, 4, 20), State.OPEN)]


async def test_what_a_family_asks_for_is_approved_each_time_where_the_station_asks_for_it(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        (await tx.get_one(Community, here.id)).settings = {"errand_approval": True}
    await begin(database, here, family(here))
    await begin(database, here, viewer(here.li, Role.SOCIAL_WORKER))
    states = [state for _, state in await made(database, here, "04-20")]
    assert states == [State.REQUESTED, State.OPEN]


async def test_who_left_the_pairing_hears_no_more_of_the_elder_and_the_pills_are_asked_for_still(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await begin(database, here, viewer(here.chen, Role.VOLUNTEER))

    async def asked_by(day: str) -> list[int]:
        await made(database, here, day)
        async with database.read() as tx:
            where = Errand.standing_id.is_not(None)
            return list(await tx.scalars(select(Errand.asked_by).where(where).order_by(Errand.id)))

    assert await asked_by("04-20") == [here.chen.id]
    async with database.write() as tx:
        gone = PairingVolunteer.member_id == here.chen.id
        await tx.execute(delete(PairingVolunteer).where(gone))
    assert await asked_by("05-20") == [here.chen.id, here.li.id]
    async with database.write() as tx:
        staff = MemberRole.role.in_(STAFF), MemberRole.community_id == here.id
        await tx.execute(delete(MemberRole).where(*staff))
    assert len(await asked_by("06-20")) == 3


async def test_a_stranger_and_a_rule_that_is_none_are_refused(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    with pytest.raises(NotYours):
        await begin(database, here, family(towns.there))
    with pytest.raises(WrongRhythm):
        await begin(
            database, here, family(here), Repeated(Kind.BILL, "x", "FREQ=NEVER", date(2026, 4, 9))
        )
    assert timedelta(hours=2) == standing.SHORTEST
