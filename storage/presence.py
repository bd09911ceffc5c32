"""Who is at whose door: signed in, signed out, or gone without a word."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.hours import Kind, Why, Work
from care.presence import Nearness
from care.visits import State
from storage import hours
from storage.hours import Spent
from storage.once import changed
from storage.tables import (
    Assignment,
    DoorVisit,
    Elder,
    Member,
    Pairing,
    PairingElder,
    PairingVolunteer,
    ServiceHours,
)
from storage.visits import Visiting, told

# After a power cut nobody is forgotten for longer than the outbox remembers.
AS_FAR_BACK = timedelta(days=45)


async def _rows(tx: AsyncSession, *where: ColumnElement[bool]) -> list[Visiting]:
    rows = await tx.execute(
        select(Assignment, Elder, Member)
        .join(Elder, Elder.id == Assignment.elder_id)
        .join(Member, Member.id == Assignment.volunteer_id)
        .where(*where)
        .order_by(Assignment.signed_in_at, Assignment.id)
    )
    return [Visiting(*row) for row in rows]


def _inside() -> ColumnElement[bool]:
    return Assignment.signed_in_at.is_not(None) & Assignment.signed_out_at.is_(None)


async def elsewhere(tx: AsyncSession, viewer: Viewer, visit: Assignment) -> Visiting | None:
    """The other visit of that day at which the same volunteer is signed in still."""
    rows = await _rows(
        tx,
        Assignment.community_id == viewer.community_id,
        Assignment.volunteer_id == viewer.member_id,
        Assignment.day == visit.day,
        Assignment.id != visit.id,
        Assignment.state == State.SIGNED_IN,
        Elder.exited_at.is_(None),
        _inside(),
    )
    return rows[-1] if rows else None


async def at_the_door(tx: AsyncSession, viewer: Viewer, today: date) -> Visiting | None:
    """The visit that something sent just now belongs to: under way, else the last one of today."""
    rows = await _rows(
        tx,
        Assignment.community_id == viewer.community_id,
        Assignment.volunteer_id == viewer.member_id,
        Assignment.day.in_((today, today - timedelta(days=1))),
        or_(
            Assignment.state == State.SIGNED_IN,
            (Assignment.state == State.DONE) & (Assignment.day == today),
        ),
        Elder.exited_at.is_(None),
    )
    if Role.VOLUNTEER not in viewer.roles:
        return None
    under_way = [one for one in rows if one.visit.state is State.SIGNED_IN]
    found = under_way or rows
    return found[-1] if found else None


async def sign_out(tx: AsyncSession, visit: Assignment, at: datetime) -> bool:
    """Write down when somebody left; False when that is written down already."""
    won = await changed(
        tx,
        update(Assignment).where(Assignment.id == visit.id, _inside()).values(signed_out_at=at),
    )
    await tx.refresh(visit)
    return won > 0


async def set_near(tx: AsyncSession, visit: Assignment, near: Nearness) -> None:
    """Keep whether the volunteer was near the building, and nothing else of where they were."""
    await changed(tx, update(Assignment).where(Assignment.id == visit.id).values(near=near))
    await tx.refresh(visit)


async def work_of(tx: AsyncSession, visit: Assignment) -> Work:
    """A visit, or a door visit that the ladder asked for."""
    asked = await tx.scalar(select(DoorVisit.id).where(DoorVisit.assignment_id == visit.id))
    return Work.VISIT if asked is None else Work.DOOR


async def not_signed_out(tx: AsyncSession, community_id: int, day: date) -> list[Visiting]:
    """Visits of a day at which somebody signed in and not out."""
    return await _rows(
        tx,
        Assignment.community_id == community_id,
        Assignment.day == day,
        Assignment.state.in_((State.SIGNED_IN, State.DONE)),
        Elder.exited_at.is_(None),
        _inside(),
    )


async def never_signed_out(tx: AsyncSession, community_id: int, today: date) -> list[Visiting]:
    """Visits of days that are over, with a sign-in, no sign-out, and no time on record.

    Whatever became of the visit since: the time was given.
    """
    noted = exists().where(ServiceHours.assignment_id == Assignment.id)
    return await _rows(
        tx,
        Assignment.community_id == community_id,
        Assignment.day < today,
        Assignment.day >= today - AS_FAR_BACK,
        _inside(),
        ~noted,
    )


async def note_hours(tx: AsyncSession, now: datetime, row: Visiting, *, said: bool) -> bool:
    """The time of a visit with both ends; `said`: told in the evening. False when noted before."""
    visit = row.visit
    if visit.signed_in_at is None or visit.signed_out_at is None:
        return False
    spent = await _spent(tx, row, visit.signed_in_at, visit.signed_out_at)
    return await hours.note(tx, now, replace(spent, reason=Why.SAID if said else None))


async def note_unknown(tx: AsyncSession, now: datetime, row: Visiting, minutes: int) -> bool:
    """Nobody knows when they left: as long as a visit usually is, if the staff approve it."""
    begun = row.visit.signed_in_at
    if begun is None:
        return False
    spent = await _spent(tx, row, begun, begun + timedelta(minutes=minutes))
    return await hours.note(tx, now, replace(spent, kind=Kind.ADDED, reason=Why.NO_SIGN_OUT))


async def _spent(tx: AsyncSession, row: Visiting, begun: datetime, ended: datetime) -> Spent:
    return Spent(
        row.visit.community_id,
        row.visit.volunteer_id,
        await work_of(tx, row.visit),
        begun,
        ended,
        visit_key(row.visit),
        elder_id=row.visit.elder_id,
        assignment_id=row.visit.id,
    )


def visit_key(visit: Assignment) -> str:
    """What makes the time of one visit one entry."""
    return f"visit:{visit.id}"


async def whom_one_visits(tx: AsyncSession, viewer: Viewer, first: date) -> list[Elder]:
    """Whom a volunteer may have visited since a day: their pairings' elders, who was planned."""
    paired = (
        select(PairingElder.elder_id)
        .join(Pairing, Pairing.id == PairingElder.pairing_id)
        .join(PairingVolunteer, PairingVolunteer.pairing_id == Pairing.id)
        .where(PairingVolunteer.member_id == viewer.member_id, Pairing.ended_at.is_(None))
    )
    planned = select(Assignment.elder_id).where(
        Assignment.volunteer_id == viewer.member_id,
        Assignment.day >= first,
        told(),
    )
    rows = await tx.scalars(
        select(Elder)
        .where(
            Elder.community_id == viewer.community_id,
            Elder.exited_at.is_(None),
            or_(Elder.id.in_(paired), Elder.id.in_(planned)),
        )
        .order_by(Elder.name, Elder.id)
    )
    return list(rows)
