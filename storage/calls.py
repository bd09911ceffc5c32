"""Contacts and attempts, check-ins, and who is still owed a contact today."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from care.calls import CONTACTS, Kind, Outcome, Reason, owed_from
from care.days import day_bounds, local_day
from care.elders import Tier
from care.ladder import Waiting
from care.pauses import Paused, covering
from care.tiers import Change, tiers_between
from storage import pauses
from storage.communities import settings_of, zone_of
from storage.once import insert_once
from storage.tables import CheckIn, Community, Contact, Elder, Member, Pause, TierChange


@dataclass(frozen=True)
class Happened:
    """A contact or attempt to be written down; `key` makes one tap one record."""

    kind: Kind
    outcome: Outcome
    by: int
    day: date
    at: datetime
    key: str
    reason: Reason | None = None
    remark: str | None = None
    entered_by: int | None = None


async def record(tx: AsyncSession, now: datetime, elder: Elder, what: Happened) -> bool:
    """Write down a contact or attempt; False when this very one is written down already."""
    return await insert_once(
        tx,
        Contact,
        community_id=elder.community_id,
        elder_id=elder.id,
        kind=what.kind,
        outcome=what.outcome,
        reason=what.reason,
        remark=what.remark,
        by_id=what.by,
        day=what.day,
        happened_at=what.at,
        recorded_at=now,
        entered_by=what.entered_by,
        key=what.key,
    )


def counts() -> ColumnElement[bool]:
    """What was a contact, and was not withdrawn as a mistake."""
    return Contact.outcome.in_(CONTACTS) & Contact.withdrawn_at.is_(None)


def unanswered() -> ColumnElement[bool]:
    """What was an attempt, and was not withdrawn as a mistake."""
    return (Contact.outcome == Outcome.NO_ANSWER) & Contact.withdrawn_at.is_(None)


@dataclass(frozen=True)
class Lately:
    """What happened to the tiers and pauses of a community since a day began, by elder."""

    changes: dict[int, list[Change]]
    pauses: dict[int, list[Paused]]


async def lately(
    tx: AsyncSession, station: Community, first: date, elder_id: int | None = None
) -> Lately:
    """What happened since the local day `first` began, to everybody or to one elder."""
    zone = zone_of(station)
    start, _ = day_bounds(first, zone)
    changes: dict[int, list[Change]] = defaultdict(list)
    for one, at, before, after in await tx.execute(
        select(TierChange.elder_id, TierChange.at, TierChange.before, TierChange.after)
        .where(
            TierChange.community_id == station.id,
            TierChange.at >= start,
            true() if elder_id is None else TierChange.elder_id == elder_id,
        )
        .order_by(TierChange.at, TierChange.id)
    ):
        changes[one].append(Change(at, before, after))
    paused: dict[int, list[Paused]] = defaultdict(list)
    for row in await tx.scalars(
        select(Pause).where(
            Pause.community_id == station.id,
            Pause.until >= first,
            true() if elder_id is None else Pause.elder_id == elder_id,
        )
    ):
        paused[row.elder_id].append(pauses.as_rule(row, zone))
    return Lately(changes, paused)


def was_red(station: Community, day: date, elder: Elder, known: Lately) -> bool:
    """Whether an elder was red at any time of a local day; `known` reaches back to it."""
    start, end = day_bounds(day, zone_of(station))
    changes = [one for one in known.changes.get(elder.id, []) if one.at >= start]
    return Tier.RED in tiers_between(start, end, elder.tier, changes, elder.created_at)


def was_paused(day: date, elder: Elder, known: Lately) -> bool:
    """Whether nothing was owed on a local day; `known` reaches back to it."""
    return covering(known.pauses.get(elder.id, []), day) is not None


async def red_today(tx: AsyncSession, now: datetime, station: Community) -> list[Elder]:
    """Who is in care, was red at any time of the local day, and is not paused."""
    day = local_day(now, zone_of(station))
    known = await lately(tx, station, day)
    maybe = await tx.scalars(
        select(Elder)
        .where(
            Elder.community_id == station.id,
            Elder.exited_at.is_(None),
            (Elder.tier == Tier.RED) | Elder.id.in_(known.changes.keys()),
        )
        .order_by(Elder.id)
    )
    return [
        one
        for one in maybe
        if was_red(station, day, one, known) and not was_paused(day, one, known)
    ]


async def owed_since(
    tx: AsyncSession, now: datetime, station: Community, elders: list[Elder]
) -> dict[int, datetime | None]:
    """Since when today a contact is owed; None for the whole day."""
    day = local_day(now, zone_of(station))
    start, _ = day_bounds(day, zone_of(station))
    known = await lately(tx, station, day)
    back = await tx.execute(
        select(Pause.elder_id, func.max(Pause.ended_at))
        .where(Pause.community_id == station.id, Pause.ended_at >= start, Pause.until > day)
        .group_by(Pause.elder_id)
    )
    ended = dict(back.all())
    return {
        one.id: owed_from(start, one.created_at, known.changes.get(one.id, []), ended.get(one.id))
        for one in elders
    }


async def waiting_today(
    tx: AsyncSession, now: datetime, station: Community
) -> list[tuple[Elder, Waiting]]:
    """The red elders who are owed a contact today and have none, with the attempts of today."""
    settings = settings_of(station)
    day = local_day(now, zone_of(station))
    first = day - timedelta(days=settings.red_every_days - 1)
    elders = await red_today(tx, now, station)
    since = await owed_since(tx, now, station, elders)
    done = await contacted_between(tx, station, first, day)
    attempts = await attempts_of_day(tx, station.id, day)
    return [
        (one, Waiting(one.id, since[one.id], attempts[one.id]))
        for one in elders
        if one.id not in done
    ]


async def contacted_between(
    tx: AsyncSession, station: Community, first: date, last: date
) -> set[int]:
    """Who had a contact on one of these days; their own "fine" counts if the setting says so."""
    rows = await tx.scalars(
        select(Contact.elder_id)
        .where(Contact.community_id == station.id, Contact.day.between(first, last), counts())
        .distinct()
    )
    found = set(rows)
    if settings_of(station).check_in_is_contact:
        said = await tx.scalars(
            select(CheckIn.elder_id).where(
                CheckIn.community_id == station.id,
                CheckIn.day.between(first, last),
                CheckIn.fine,
            )
        )
        found |= set(said)
    return found


async def attempts_of_day(tx: AsyncSession, community_id: int, day: date) -> Counter[int]:
    """How often nobody answered on a day, at the phone or at the door, by elder."""
    rows = await tx.scalars(
        select(Contact.elder_id).where(
            Contact.community_id == community_id, Contact.day == day, unanswered()
        )
    )
    return Counter(rows)


async def attempts_on(tx: AsyncSession, elder: Elder, day: date) -> int:
    """How often nobody answered on a day, at one elder's phone or door."""
    found = await tx.scalar(
        select(func.count()).where(Contact.elder_id == elder.id, Contact.day == day, unanswered())
    )
    return found or 0


async def last_contacts(
    tx: AsyncSession, community_id: int, elder_ids: list[int]
) -> dict[int, date]:
    """Local day of each elder's last contact; attempts do not count."""
    rows = await tx.execute(
        select(Contact.elder_id, func.max(Contact.day))
        .where(
            Contact.community_id == community_id,
            Contact.elder_id.in_(elder_ids),
            counts(),
        )
        .group_by(Contact.elder_id)
    )
    return dict(rows.all())


async def latest(tx: AsyncSession, elder: Elder, limit: int = 5) -> list[tuple[Contact, Member]]:
    """An elder's latest contacts and attempts with who made them, newest first."""
    rows = await tx.execute(
        select(Contact, Member)
        .join(Member, Member.id == Contact.by_id)
        .where(
            Contact.elder_id == elder.id,
            Contact.community_id == elder.community_id,
            Contact.withdrawn_at.is_(None),
        )
        .order_by(Contact.happened_at.desc(), Contact.id.desc())
        .limit(limit)
    )
    return [(contact, member) for contact, member in rows]


async def version_of(tx: AsyncSession, elder: Elder) -> int:
    """Which record is the elder's newest; the version that a call's buttons carry.

    It only ever grows: a count would shrink when a contact is moved to another day.
    """
    return await tx.scalar(select(func.max(Contact.id)).where(Contact.elder_id == elder.id)) or 0


async def check_in(tx: AsyncSession, now: datetime, elder: Elder, day: date, *, fine: bool) -> None:
    """The elder's own word of the day."""
    row = await tx.get(CheckIn, (elder.id, day))
    if row is None:
        row = CheckIn(elder_id=elder.id, day=day, community_id=elder.community_id)
        tx.add(row)
    row.fine = fine
    row.at = now
