"""24:00: the day of every red elder is written down as what it was, and nobody is left untold."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.calls import CONTACTS
from care.days import day_bounds, local_day
from care.elders import Tier
from care.ladder import NAMES_AT_ONCE, DoorEnd, Step
from care.ledger import Excuse, State, state_of
from care.notices import Notice
from care.pauses import Gone, covering
from care.tiers import Change, tiers_between
from care.visits import ON_DUTY
from storage import alerts, doors, ladder, outbox
from storage import pauses as breaks
from storage.communities import settings_of, zone_of
from storage.doors import door_card
from storage.ladder import Letter
from storage.once import insert_once
from storage.tables import (
    Assignment,
    CheckIn,
    ClosedDay,
    Community,
    Contact,
    DoorVisit,
    Elder,
    Member,
    RedDay,
    TierChange,
)
from storage.week import visits_card, want_unmade

LOOK_BACK = timedelta(days=7)


async def close_days(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Close every day that is over and not closed yet, the oldest first.

    Yesterday is gone through again: a clock that was put back may have closed it early.
    """
    zone = zone_of(station)
    today = local_day(now, zone)
    last = await tx.scalar(
        select(func.max(ClosedDay.day)).where(ClosedDay.community_id == station.id)
    )
    first = local_day(station.created_at, zone)
    day = first if last is None else min(last + timedelta(days=1), today - timedelta(days=1))
    while day < today:
        await _close(tx, now, station, max(day, first))
        day += timedelta(days=1)


async def _close(tx: AsyncSession, now: datetime, station: Community, day: date) -> None:
    first_time = await insert_once(tx, ClosedDay, community_id=station.id, day=day, closed_at=now)
    known = set(
        await tx.scalars(
            select(RedDay.elder_id).where(RedDay.community_id == station.id, RedDay.day == day)
        )
    )
    elders = [one for one in await red_on(tx, station, day) if one.id not in known]
    if elders:
        contacts = await contacts_on(tx, station, elders, day)
        excuses = await excuses_on(tx, station, elders, day)
        for elder in elders:
            contact = contacts.get(elder.id)
            excuse = None if contact is not None else excuses.get(elder.id)
            state = state_of(contacted=contact is not None, excuse=excuse)
            await insert_once(
                tx,
                RedDay,
                elder_id=elder.id,
                day=day,
                community_id=station.id,
                closed_as=state,
                state=state,
                excuse=excuse,
                contact_id=contact or None,
                closed_at=now,
            )
    if first_time:
        await _end_of_day(tx, now, station, day)


async def _end_of_day(tx: AsyncSession, now: datetime, station: Community, day: date) -> None:
    """Nobody is asked to go to a door any more; what says "today" is said anew.

    The address of a visit that nobody told of goes from the reminder with its day.
    """
    await want_unmade(tx, now, station, day)
    goers = await tx.scalars(
        select(Assignment.volunteer_id)
        .where(
            Assignment.community_id == station.id,
            Assignment.day == day,
            Assignment.state.in_(ON_DUTY),
        )
        .distinct()
        .order_by(Assignment.volunteer_id)
    )
    await outbox.refresh(tx, now, *(visits_card(one) for one in goers))
    for door in await tx.scalars(
        select(DoorVisit).where(
            DoorVisit.community_id == station.id,
            DoorVisit.day <= day,
            DoorVisit.ended_at.is_(None),
        )
    ):
        await doors.end_door(tx, now, door, DoorEnd.DAY_OVER)
        await outbox.refresh(tx, now, door_card(door.id))
    for whole in await alerts.open_in(tx, station.id):
        # "Not reached today" is not true any more.
        if whole.alert.day == day:
            await outbox.refresh(tx, now, alerts.alert_card(whole.alert.id))


# Of everybody else it is certain: not red now, and their tier was not changed since.
_MAYBE_RED = (
    select(Elder)
    .where(
        Elder.community_id == bindparam("community"),
        Elder.created_at < bindparam("end"),
        Elder.exited_at.is_(None) | (Elder.exited_at >= bindparam("start")),
        (Elder.tier == Tier.RED) | Elder.id.in_(bindparam("changed", expanding=True)),
    )
    .order_by(Elder.id)
)


async def red_on(tx: AsyncSession, station: Community, day: date) -> list[Elder]:
    """Everybody who was red at any time of a local day, and in care during it."""
    start, end = day_bounds(day, zone_of(station))
    changes = await _changes_since(tx, station, start)
    asked = {"community": station.id, "start": start, "end": end, "changed": list(changes)}
    return [
        elder
        for elder in await tx.scalars(_MAYBE_RED, asked)
        if Tier.RED
        in tiers_between(start, end, elder.tier, changes.get(elder.id, []), elder.created_at)
    ]


async def _changes_since(
    tx: AsyncSession, station: Community, start: datetime
) -> dict[int, list[Change]]:
    found: defaultdict[int, list[Change]] = defaultdict(list)
    for row in await tx.scalars(
        select(TierChange)
        .where(TierChange.community_id == station.id, TierChange.at >= start)
        .order_by(TierChange.at, TierChange.id)
    ):
        found[row.elder_id].append(Change(row.at, row.before, row.after))
    return found


async def contacts_on(
    tx: AsyncSession, station: Community, elders: Iterable[Elder], day: date
) -> dict[int, int]:
    """The first contact of each elder on a day; 0 is a check-in that counts as one."""
    ids = [elder.id for elder in elders]
    found: dict[int, int] = {}
    if settings_of(station).check_in_is_contact:
        for elder_id in await tx.scalars(
            select(CheckIn.elder_id).where(
                CheckIn.day == day, CheckIn.fine, CheckIn.elder_id.in_(ids)
            )
        ):
            found[elder_id] = 0
    rows = await tx.execute(
        select(Contact.elder_id, func.min(Contact.id))
        .where(
            Contact.community_id == station.id,
            Contact.elder_id.in_(ids),
            Contact.day == day,
            Contact.outcome.in_(CONTACTS),
            Contact.withdrawn_at.is_(None),
        )
        .group_by(Contact.elder_id)
    )
    return found | dict(rows.all())


async def excuses_on(
    tx: AsyncSession, station: Community, elders: Iterable[Elder], day: date
) -> dict[int, Excuse]:
    """Why nothing was owed when the day ended: an exit, a pause, or a contact not yet due."""
    zone, settings = zone_of(station), settings_of(station)
    asked = list(elders)
    _, end = day_bounds(day, zone)
    found: dict[int, Excuse] = {}
    paused = await breaks.of_elders(tx, [elder.id for elder in asked])
    lately = await _contacted_since(
        tx, asked, day - timedelta(days=settings.red_every_days - 1), day
    )
    for elder in asked:
        rules = [breaks.as_rule(one, zone) for one in paused.get(elder.id, [])]
        pause = covering(rules, day)
        if elder.exited_at is not None and elder.exited_at < end:
            found[elder.id] = Excuse(elder.exit_reason or Gone.OTHER)
        elif pause is not None:
            found[elder.id] = Excuse(pause.why)
        elif elder.id in lately:
            found[elder.id] = Excuse.NOT_DUE
    return found


async def _contacted_since(
    tx: AsyncSession, elders: list[Elder], first: date, day: date
) -> set[int]:
    if first >= day:
        return set()
    rows = await tx.scalars(
        select(Contact.elder_id).where(
            Contact.elder_id.in_([elder.id for elder in elders]),
            Contact.day >= first,
            Contact.day < day,
            Contact.outcome.in_(CONTACTS),
            Contact.withdrawn_at.is_(None),
        )
    )
    return set(rows)


def lately_missed(first: Any, since: Any) -> ColumnElement[bool]:
    """A day that was missed lately, or of which that turned out lately, however old it is."""
    lately = or_(RedDay.day >= first, RedDay.changed_at >= since)
    return and_(RedDay.state == State.MISSED, lately)


async def tell_of_missed(tx: AsyncSession, now: datetime, station: Community) -> None:
    """A day that was missed without anybody having been told is told of now, by name.

    That is so when the program was down at 17:00, or when nobody whom chat reaches was there.
    """
    zone = zone_of(station)
    missed = await tx.execute(
        select(RedDay, Elder)
        .join(Elder, Elder.id == RedDay.elder_id)
        .where(
            RedDay.community_id == station.id,
            lately_missed(local_day(now, zone) - LOOK_BACK, now - LOOK_BACK),
            Elder.exited_at.is_(None),
        )
        .order_by(RedDay.day, RedDay.elder_id)
    )
    by_day: defaultdict[date, list[Elder]] = defaultdict(list)
    for row, elder in missed:
        by_day[row.day].append(elder)
    for day, elders in by_day.items():
        known = await ladder.escalated(tx, [elder.id for elder in elders], day)
        untold = [elder for elder in elders if elder.id not in known]
        if untold:
            await _tell(tx, now, day, untold)


async def _tell(tx: AsyncSession, now: datetime, day: date, elders: list[Elder]) -> None:
    """One message to each person who answers for any of them, and not one per elder.

    As many as one message can name: whoever is left out of it would be missed in silence.
    """
    people: dict[int, tuple[Member, list[Elder]]] = {}
    for elder in elders:
        for member in await alerts.leaders(tx, now, elder):
            people.setdefault(member.id, (member, []))[1].append(elder)
    refused = await ladder.refused(tx, [elder.id for elder in elders], day, Step.CLOSED)
    again = set[int]().union(*refused.values())
    for member, theirs in people.values():
        # Who had blocked the bot and is back hears of it after all; not more than once an hour.
        later = f":{now:%m%d%H}" if member.id in again else ""
        for n in range(0, len(theirs), NAMES_AT_ONCE):
            named = theirs[n : n + NAMES_AT_ONCE]
            letter = Letter(
                Step.CLOSED,
                day,
                Notice.DAY_MISSED,
                f"day_missed:{member.id}:{day}:{named[0].id}{later}",
                {"day": str(day), "elders": [elder.id for elder in named]},
            )
            await ladder.tell(tx, now, member, named, letter)
