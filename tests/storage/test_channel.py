"""What counts as told in chat, on both databases, and whose station it belongs to."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from care.channel import Matter, Untold
from care.ladder import Alert as Kind
from care.ladder import Clear, Step
from care.ledger import State
from care.notices import Notice
from scheduler.channel import tell_outside
from storage import alerts, channel, ladder
from storage.engine import Database
from storage.ladder import Letter
from storage.tables import Community, Member, Outbox, Post, RedDay, Told
from tests.storage.towns import NOW, TODAY, Town, Towns

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


async def failing(database: Database, town: Town, now: datetime = NOW + QUARTER) -> list[Untold]:
    async with database.read() as tx:
        station = await tx.get_one(Community, town.id)
        return await channel.failing(tx, now, station)


async def alert(database: Database, town: Town, kind: Kind, day: date = TODAY) -> int:
    async with database.write() as tx:
        found, _ = await alerts.open_one(tx, NOW + (day - TODAY), town.wang, day, kind)
        return found.id


async def tell(
    database: Database, town: Town, member: Member, number: int | None, step: Step
) -> None:
    async with database.write() as tx:
        tx.add(
            Told(
                community_id=town.id,
                elder_id=town.wang.id,
                day=TODAY,
                step=step,
                member_id=member.id,
                alert_id=number,
                key=f"{step}:{member.id}",
                letter="none",
                at=NOW,
                delivered_at=NOW,
            )
        )


@pytest.mark.parametrize("kind", list(Kind))
async def test_an_open_alert_is_untold_until_somebody_of_the_staff_has_it(
    database: Database, towns: Towns, kind: Kind
) -> None:
    town = towns.here
    number = await alert(database, town, kind)
    [one] = await failing(database, town)
    assert (one.matter.value, one.elder_id, one.day) == (kind.value, town.wang.id, TODAY)
    assert await failing(database, towns.there) == []
    await tell(database, town, town.daughter, number, Step.RAISE)
    assert len(await failing(database, town)) == 1
    await tell(database, town, town.li, number, Step.RAISE)
    assert await failing(database, town) == []


async def test_an_alert_that_is_taken_or_over_or_of_another_day_is_not(
    database: Database, towns: Towns
) -> None:
    town = towns.here
    silent = await alert(database, town, Kind.SILENT, TODAY - DAY)
    assert await failing(database, town) == []
    emergency = await alert(database, town, Kind.EMERGENCY, TODAY - DAY)
    assert [one.matter for one in await failing(database, town)] == [Matter.EMERGENCY]
    async with database.write() as tx:
        found = await alerts.find(tx, town.id, emergency)
        await alerts.clear(tx, NOW, found.alert, Clear.OTHER, None)
    assert await failing(database, town) == []
    assert silent != emergency


async def test_a_missed_day_is_untold_until_anybody_has_it(
    database: Database, towns: Towns
) -> None:
    town = towns.here
    async with database.write() as tx:
        for day, state in ((TODAY, State.MISSED), (TODAY - DAY, State.MET)):
            tx.add(RedDay(
                elder_id=town.wang.id, day=day, community_id=town.id, closed_as=state, state=state,
                closed_at=NOW,
            ))  # fmt: skip
    later = NOW + DAY
    assert [one.day for one in await failing(database, town, later)] == [TODAY]
    await tell(database, town, town.li, None, Step.REMIND)
    assert len(await failing(database, town, later)) == 1
    await tell(database, town, town.daughter, None, Step.CLOSED)
    assert await failing(database, town, later) == []


async def test_two_who_ask_at_once_queue_one_message(database: Database, towns: Towns) -> None:
    town = towns.here
    await alert(database, town, Kind.SILENT)
    for minutes in (15, 15, 16, 74, 75, 76):
        async with database.write() as tx:
            station = await tx.get_one(Community, town.id)
            await tell_outside(tx, NOW + timedelta(minutes=minutes), station)
            assert await channel.spoken_lately(tx, NOW + QUARTER, station) is not None
    async with database.read() as tx:
        found = list(await tx.scalars(select(Outbox.key)))
    assert len(set(found)) == len(found) == 2


async def test_who_was_refused_is_known_until_a_letter_gets_through(
    database: Database, towns: Towns
) -> None:
    town = towns.here
    for number, state in enumerate((Post.REFUSED, Post.WAITING)):
        letter = Letter(Step.RAISE, TODAY, Notice.ALERT, f"raise:{number}", {})
        async with database.write() as tx:
            assert await ladder.tell(tx, NOW, town.boss, [town.wang], letter)
            await tx.execute(update(Outbox).where(Outbox.key == letter.key).values(state=state))
            found = await ladder.refused(tx, [town.wang.id], TODAY, Step.RAISE)
        assert found == ({town.wang.id: {town.boss.id}} if state is Post.REFUSED else {})
