"""How the red elders' days of the past ended: nearly all met, a stay in hospital, two missed."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.people import People
from care.days import moment, week_of
from care.ladder import Step
from care.ledger import State
from care.pauses import Why
from storage import closing, tiers
from storage.tables import Pause, RedDay, Told

IN_HOSPITAL = "吴根生"
HOSPITAL_BACK = (12, 7)
FORGOTTEN = ("钱国荣", 20)
TOLD_AT = time(17)
BOSS = "周督导"


def hospital(today: date) -> tuple[date, date]:
    """The first day of the stay, and the return date."""
    first, until = HOSPITAL_BACK
    return today - timedelta(days=first), today - timedelta(days=until)


def not_called(name: str, day: date, today: date) -> bool:
    """Whether nobody called: they were in hospital, or it was forgotten."""
    first, until = hospital(today)
    if name == IN_HOSPITAL:
        return first <= day < until
    return (name, (today - day).days) == FORGOTTEN


async def write(tx: AsyncSession, people: People, today: date, days: int) -> None:
    """The pause, and every day closed as the night after it would have."""
    first, until = hospital(today)
    tx.add(
        Pause(
            community_id=people.station.id,
            elder_id=people.elders[IN_HOSPITAL].id,
            first_day=first,
            until=until,
            why=Why.HOSPITAL,
            by_id=people.members["李敏"].id,
            created_at=moment(first, time(8, 50), people.zone),
        )
    )
    await tx.flush()
    for back in range(days, 0, -1):
        day = today - timedelta(days=back)
        await closing.close_days(
            tx, moment(day + timedelta(days=1), time(0), people.zone), people.station
        )
    # This week's review was on Monday.
    await tiers.first_look(tx, moment(today, time(0), people.zone), people.station,
                           f"review:{week_of(today)}")  # fmt: skip
    for row in await tx.scalars(
        select(RedDay).where(RedDay.community_id == people.station.id, RedDay.state == State.MISSED)
    ):
        _told(tx, people, row, moment(row.day, TOLD_AT, people.zone))


def _told(tx: AsyncSession, people: People, row: RedDay, at: datetime) -> None:
    """A missed day is never a silent one: the supervisor was told at 17:00."""
    letter = f"past:{row.elder_id}:{row.day}"
    tx.add(
        Told(
            community_id=people.station.id,
            elder_id=row.elder_id,
            day=row.day,
            step=Step.RAISE,
            member_id=people.members[BOSS].id,
            key=letter,
            letter=letter,
            at=at,
            delivered_at=at,
        )
    )
