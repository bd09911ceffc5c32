"""Service hours: noted once, approved, refused or corrected by staff, and never deleted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.days import local_day, moment
from care.hours import Kind, Spell, State, Step, Why, Work, may_decide, state_of
from care.presence import MINUTE, minutes_since
from care.refusals import NotYours, Stale
from storage import elders
from storage.once import changed, insert_once
from storage.tables import (
    Elder,
    HoursChange,
    Member,
    Pairing,
    PairingVolunteer,
    ServiceHours,
)


def hours_card(member_id: int) -> str:
    """The card name of messages that show somebody's service hours, or those they decide about."""
    return f"hours:{member_id}"


@dataclass(frozen=True)
class Spent:
    """Time to be noted; `key` makes one piece of work one entry ("visit:12", "errand:5:4").

    `kind` verified: signed in and out, counts at once. Added: waits for approval, with a `reason`.
    """

    community_id: int
    member_id: int
    work: Work
    started_at: datetime
    ended_at: datetime
    key: str
    kind: Kind = Kind.VERIFIED
    reason: str | None = None
    elder_id: int | None = None
    assignment_id: int | None = None
    errand_id: int | None = None
    entered_by: int | None = None


async def note(tx: AsyncSession, now: datetime, spent: Spent) -> bool:
    """Note time that somebody gave; False when it is noted already.

    Whole minutes, at least one.
    """
    return await insert_once(
        tx,
        ServiceHours,
        community_id=spent.community_id,
        member_id=spent.member_id,
        elder_id=spent.elder_id,
        assignment_id=spent.assignment_id,
        errand_id=spent.errand_id,
        key=spent.key,
        work=spent.work,
        kind=spent.kind,
        started_at=spent.started_at,
        ended_at=spent.ended_at,
        minutes=minutes_since(spent.started_at, spent.ended_at),
        reason=spent.reason,
        entered_by=spent.entered_by or spent.member_id,
        created_at=now,
    )


@dataclass(frozen=True)
class Entry:
    """An entry with its people."""

    hours: ServiceHours
    volunteer: Member
    elder: Elder | None

    @property
    def state(self) -> State:
        """Whether it counts."""
        found = self.hours
        return state_of(found.kind, found.approved_at, found.refused_at)

    def spell(self, zone: ZoneInfo) -> Spell:
        """As the rules see it."""
        found = self.hours
        day = local_day(found.started_at, zone)
        return Spell(day, found.work, found.kind, self.state, found.minutes)


def _entries() -> Select[ServiceHours, Member, Elder | None]:
    return (
        select(ServiceHours, Member, Elder)
        .join(Member, Member.id == ServiceHours.member_id)
        .outerjoin(Elder, Elder.id == ServiceHours.elder_id)
        .order_by(ServiceHours.started_at, ServiceHours.id)
    )


async def _rows(tx: AsyncSession, *where: ColumnElement[bool]) -> list[Entry]:
    return [Entry(*row) for row in await tx.execute(_entries().where(*where))]


def _waits() -> ColumnElement[bool]:
    return (
        (ServiceHours.kind == Kind.ADDED)
        & ServiceHours.approved_at.is_(None)
        & ServiceHours.refused_at.is_(None)
    )


def _between(first: date, after: date, zone: ZoneInfo) -> ColumnElement[bool]:
    begin, end = (moment(day, datetime.min.time(), zone) for day in (first, after))
    return (ServiceHours.started_at >= begin) & (ServiceHours.started_at < end)


async def of_member(
    tx: AsyncSession, community_id: int, member_id: int, first: date, after: date, zone: ZoneInfo
) -> list[Entry]:
    """Somebody's entries from the local day `first` until before `after`, oldest first."""
    return await _rows(
        tx,
        ServiceHours.community_id == community_id,
        ServiceHours.member_id == member_id,
        _between(first, after, zone),
    )


async def of_days(
    tx: AsyncSession, viewer: Viewer, first: date, after: date, zone: ZoneInfo
) -> list[Entry]:
    """The entries of some days that a member of staff may see."""
    return await _rows(tx, await _seen_by(tx, viewer), _between(first, after, zone))


async def waiting(tx: AsyncSession, viewer: Viewer) -> list[Entry]:
    """The entries that wait for this member of staff, oldest first."""
    rows = await _rows(tx, await _seen_by(tx, viewer), _waits())
    return [one for one in rows if may_decide(viewer, one.volunteer.id)]


async def waiting_before(tx: AsyncSession, community_id: int, before: datetime) -> list[Entry]:
    """The entries of a community that were made before some moment and wait still."""
    return await _rows(
        tx, ServiceHours.community_id == community_id, _waits(), ServiceHours.created_at < before
    )


async def _seen_by(tx: AsyncSession, viewer: Viewer) -> ColumnElement[bool]:
    """What staff see: a supervisor all; a social worker their volunteers', and at their elders'."""
    here = ServiceHours.community_id == viewer.community_id
    if viewer.supervisor:
        return here
    if Role.SOCIAL_WORKER not in viewer.roles:
        return ~true()
    mine = [one.id for one in await elders.looked_after(tx, viewer)]
    led = (
        select(PairingVolunteer.member_id)
        .join(Pairing, Pairing.id == PairingVolunteer.pairing_id)
        .where(Pairing.worker_id == viewer.member_id, Pairing.ended_at.is_(None))
    )
    return here & or_(ServiceHours.member_id.in_(led), ServiceHours.elder_id.in_(mine))


async def find(tx: AsyncSession, assignment_id: int) -> ServiceHours | None:
    """The entry of a visit."""
    return await tx.scalar(select(ServiceHours).where(ServiceHours.assignment_id == assignment_id))


async def overlaps(
    tx: AsyncSession,
    community_id: int,
    member_id: int,
    started_at: datetime,
    ended_at: datetime,
    but: int = 0,
) -> bool:
    """Whether somebody has time on record, not refused, within this time; but for one visit's."""
    found = await tx.scalar(
        select(ServiceHours.id)
        .where(
            ServiceHours.community_id == community_id,
            ServiceHours.member_id == member_id,
            ServiceHours.refused_at.is_(None),
            ServiceHours.started_at < ended_at,
            ServiceHours.ended_at > started_at,
            func.coalesce(ServiceHours.assignment_id, 0) != (but or -1),
        )
        .limit(1)
    )
    return found is not None


async def access_hours(tx: AsyncSession, viewer: Viewer, hours_id: int) -> Entry:
    """An entry, for the staff who may see it.

    Raises:
        NotYours: absent or not for this viewer; the two read the same.
    """
    if not viewer.staff:
        raise NotYours
    rows = await _rows(tx, ServiceHours.id == hours_id, await _seen_by(tx, viewer))
    if not rows:
        raise NotYours
    return rows[0]


async def access_volunteer(tx: AsyncSession, viewer: Viewer, member_id: int) -> Member:
    """Somebody whose hours a member of staff may see.

    Raises:
        NotYours: absent, of another community, or with no hours for this viewer.
    """
    if viewer.staff:
        seen = await _seen_by(tx, viewer)
        for one in await _rows(tx, ServiceHours.member_id == member_id, seen):
            return one.volunteer
    raise NotYours


async def history(tx: AsyncSession, entry: Entry) -> list[tuple[HoursChange, Member]]:
    """What staff did with an entry, the first first."""
    rows = await tx.execute(
        select(HoursChange, Member)
        .join(Member, Member.id == HoursChange.by_id)
        .where(HoursChange.hours_id == entry.hours.id)
        .order_by(HoursChange.id)
    )
    return [(change, member) for change, member in rows]


async def decide(
    tx: AsyncSession, now: datetime, viewer: Viewer, entry: Entry, *, approve: bool
) -> None:
    """Approve or refuse an entry; what was decided before can be decided otherwise.

    Raises:
        NotYours: nobody decides about their own time.
        Stale: somebody else decided meanwhile.
    """
    values: dict[str, Any] = (
        {"approved_by": viewer.member_id, "approved_at": now, "refused_at": None}
        if approve
        else {"approved_by": None, "approved_at": None, "refused_at": now}
    )
    step = Step.APPROVED if approve else Step.REFUSED
    await _change(tx, now, viewer, entry, step, values)


async def correct(
    tx: AsyncSession,
    now: datetime,
    viewer: Viewer,
    entry: Entry,
    started_at: datetime,
    minutes: int,
    reason: str,
) -> None:
    """Put the time of an entry right, which approves it; it is verified no more.

    Raises:
        NotYours: nobody decides about their own time.
        Stale: somebody else changed it meanwhile.
    """
    values = {
        "started_at": started_at,
        "ended_at": started_at + timedelta(minutes=minutes),
        "minutes": minutes,
        "kind": Kind.ADDED,
        "approved_by": viewer.member_id,
        "approved_at": now,
        "refused_at": None,
    }
    await _change(tx, now, viewer, entry, Step.CORRECTED, values, reason)


async def _change(
    tx: AsyncSession,
    now: datetime,
    viewer: Viewer,
    entry: Entry,
    step: Step,
    values: dict[str, Any],
    reason: str | None = None,
) -> None:
    found = entry.hours
    if not may_decide(viewer, found.member_id):
        raise NotYours
    before = {name: getattr(found, name) for name in values}
    same = (
        getattr(ServiceHours, name).is_not_distinct_from(value) for name, value in before.items()
    )
    won = await changed(
        tx, update(ServiceHours).where(ServiceHours.id == found.id, *same).values(**values)
    )
    if not won:
        raise Stale
    tx.add(
        HoursChange(
            community_id=found.community_id,
            hours_id=found.id,
            step=step,
            before=_plain(before),
            after=_plain(values),
            reason=reason,
            by_id=viewer.member_id,
            at=now,
        )
    )
    await tx.flush()
    await tx.refresh(found)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


async def say_end(tx: AsyncSession, found: ServiceHours, minutes: int) -> bool:
    """Nobody knew when somebody left; they say it now, and it waits for approval all the same.

    False when it has been decided meanwhile.
    """
    won = await changed(
        tx,
        update(ServiceHours)
        .where(ServiceHours.id == found.id, _waits(), ServiceHours.reason == Why.NO_SIGN_OUT)
        .values(ended_at=found.started_at + minutes * MINUTE, minutes=minutes),
    )
    await tx.refresh(found)
    return won > 0
