"""Contacts and attempts, check-ins, and who is still owed a contact today."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.calls import CONTACTS, Kind, Outcome, Reason, is_contact, owed_from
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


_CHANGED = (
    select(TierChange.elder_id, TierChange.at, TierChange.before, TierChange.after)
    .where(TierChange.community_id == bindparam("community"), TierChange.at >= bindparam("start"))
    .order_by(TierChange.at, TierChange.id)
)
_PAUSED = select(Pause).where(
    Pause.community_id == bindparam("community"), Pause.until >= bindparam("first")
)
# Of everybody, or of one.
_CHANGES = {True: _CHANGED, False: _CHANGED.where(TierChange.elder_id == bindparam("elder"))}
_PAUSES = {True: _PAUSED, False: _PAUSED.where(Pause.elder_id == bindparam("elder"))}


async def lately(
    tx: AsyncSession, station: Community, first: date, elder_id: int | None = None
) -> Lately:
    """What happened since the local day `first` began, to everybody or to one elder."""
    zone = zone_of(station)
    start, _ = day_bounds(first, zone)
    asked = {"community": station.id, "start": start, "first": first, "elder": elder_id}
    changes: dict[int, list[Change]] = defaultdict(list)
    for one, at, before, after in await tx.execute(_CHANGES[elder_id is None], asked):
        changes[one].append(Change(at, before, after))
    paused: dict[int, list[Paused]] = defaultdict(list)
    for row in await tx.scalars(_PAUSES[elder_id is None], asked):
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


_MAYBE_RED = (
    select(Elder)
    .where(
        Elder.community_id == bindparam("community"),
        Elder.exited_at.is_(None),
        (Elder.tier == Tier.RED) | Elder.id.in_(bindparam("changed", expanding=True)),
    )
    .order_by(Elder.id)
)


async def red_today(tx: AsyncSession, now: datetime, station: Community) -> list[Elder]:
    """Who is in care, was red at any time of the local day, and is not paused."""
    day = local_day(now, zone_of(station))
    return await _red_on(tx, day, station, await lately(tx, station, day))


async def _red_on(tx: AsyncSession, day: date, station: Community, known: Lately) -> list[Elder]:
    asked = {"community": station.id, "changed": list(known.changes)}
    maybe = await tx.scalars(_MAYBE_RED, asked)
    return [
        one
        for one in maybe
        if was_red(station, day, one, known) and not was_paused(day, one, known)
    ]


async def _owed_since(
    tx: AsyncSession, day: date, station: Community, elders: list[Elder], known: Lately
) -> dict[int, datetime | None]:
    """Since when on a local day a contact is owed; None for the whole day."""
    start, _ = day_bounds(day, zone_of(station))
    back = await tx.execute(
        select(Pause.elder_id, func.max(Pause.ended_at))
        .where(
            Pause.community_id == station.id,
            Pause.ended_at >= start,
            # One that was called off before it began has never excused anything.
            Pause.first_day <= day,
            Pause.until > day,
        )
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
    known = await lately(tx, station, day)
    elders = await _red_on(tx, day, station, known)
    found = await of_days(tx, station, first, day)
    waiting = [one for one in elders if one.id not in found.contacted]
    if not waiting:
        return []
    since = await _owed_since(tx, day, station, waiting, known)
    return [
        (one, Waiting(one.id, since[one.id], found.attempts[one.id], one.id in found.shut))
        for one in waiting
    ]


@dataclass(frozen=True)
class OfDays:
    """What was tried and done on some days.

    Attributes:
        contacted: when the last contact of each elder was written down.
        attempts: how often nobody answered on the last of the days, at the phone or at the door.
        shut: at whose door nobody opened on the last of the days, whoever stood before it.
    """

    contacted: dict[int, datetime]
    attempts: Counter[int]
    shut: set[int]


_OF_DAYS = (
    select(Contact.elder_id, Contact.day, Contact.kind, Contact.outcome, Contact.recorded_at)
    .where(
        Contact.community_id == bindparam("community"),
        Contact.day.between(bindparam("first"), bindparam("last")),
        Contact.withdrawn_at.is_(None),
    )
    .order_by(Contact.recorded_at)
)
_FINE = select(CheckIn.elder_id, CheckIn.at).where(
    CheckIn.community_id == bindparam("community"),
    CheckIn.day.between(bindparam("first"), bindparam("last")),
    CheckIn.fine,
)


async def of_days(tx: AsyncSession, station: Community, first: date, last: date) -> OfDays:
    """Contacts and attempts of some days; their own "fine" counts if the setting says so."""
    asked = {"community": station.id, "first": first, "last": last}
    contacted: dict[int, datetime] = {}
    attempts: Counter[int] = Counter()
    shut = set[int]()
    for elder_id, day, kind, outcome, at in await tx.execute(_OF_DAYS, asked):
        if is_contact(outcome):
            contacted[elder_id] = at
        elif outcome is Outcome.NO_ANSWER and day == last:
            attempts[elder_id] += 1
            if kind is Kind.VISIT:
                shut.add(elder_id)
    if settings_of(station).check_in_is_contact:
        contacted.update((elder_id, at) for elder_id, at in await tx.execute(_FINE, asked))
    return OfDays(contacted, attempts, shut)


async def attempts_on(tx: AsyncSession, elder: Elder, day: date) -> int:
    """How often nobody answered on a day, at one elder's phone or door."""
    found = await tx.scalar(
        select(func.count()).where(Contact.elder_id == elder.id, Contact.day == day, unanswered())
    )
    return found or 0


# The newest of each is found at the end of an index, however many years lie before it.
_LAST = select(
    Elder.id,
    select(Contact.day)
    .where(Contact.elder_id == Elder.id, counts())
    .order_by(Contact.day.desc())
    .limit(1)
    .scalar_subquery(),
).where(
    Elder.community_id == bindparam("community"),
    Elder.id.in_(bindparam("elders", expanding=True)),
)


async def last_contacts(
    tx: AsyncSession, community_id: int, elder_ids: list[int]
) -> dict[int, date]:
    """Local day of each elder's last contact; attempts do not count."""
    asked = {"community": community_id, "elders": elder_ids}
    rows = await tx.execute(_LAST, asked)
    return {elder_id: day for elder_id, day in rows if day is not None}


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


def not_called_since() -> ColumnElement[bool]:
    """A check-in after which no contact is on record."""
    return ~exists().where(
        Contact.elder_id == CheckIn.elder_id,
        Contact.day >= CheckIn.day,
        Contact.recorded_at >= CheckIn.at,
        counts(),
    )


async def check_in(
    tx: AsyncSession, now: datetime, elder: Elder, day: date, *, fine: bool
) -> CheckIn:
    """The elder's own word of the day; asked for again before anybody called, it is one request."""
    row = await tx.get(CheckIn, (elder.id, day))
    if row is None:
        row = CheckIn(elder_id=elder.id, day=day, community_id=elder.community_id)
        tx.add(row)
    elif not fine and not row.fine and await _waits(tx, row):
        return row
    row.fine = fine
    row.at = now
    return row


async def _waits(tx: AsyncSession, row: CheckIn) -> bool:
    found = await tx.scalar(
        select(CheckIn.day).where(
            CheckIn.elder_id == row.elder_id, CheckIn.day == row.day, not_called_since()
        )
    )
    return found is not None
