"""The visits that stand in a volunteer's calendar, and the secret address it is read at."""

import secrets
from datetime import date, datetime
from hmac import compare_digest

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.refusals import NotYours
from storage.joining import hash_of
from storage.members import Person, person_of_id
from storage.once import changed, upsert
from storage.tables import Assignment, CalendarAddress, Elder
from storage.visits import told

LONGEST = 64


def address_card(member_id: int) -> str:
    """The card name of the message in which a volunteer's address stands."""
    return f"calendar:{member_id}"


async def visits_of(
    tx: AsyncSession, viewer: Viewer, first: date, last: date
) -> list[tuple[Assignment, Elder]]:
    """A volunteer's own visits of some days.

    With those that are off, which a calendar has to hear of if they ever stood in it.

    Raises:
        NotYours: no volunteer.
    """
    if Role.VOLUNTEER not in viewer.roles:
        raise NotYours
    rows = await tx.execute(
        select(Assignment, Elder)
        .join(Elder, Elder.id == Assignment.elder_id)
        .where(
            Assignment.community_id == viewer.community_id,
            Assignment.volunteer_id == viewer.member_id,
            Assignment.day >= first,
            Assignment.day <= last,
            told(),
        )
        .order_by(Assignment.day, Assignment.half, Assignment.id)
    )
    return [(visit, elder) for visit, elder in rows]


async def address(tx: AsyncSession, viewer: Viewer) -> str | None:
    """The secret part of the viewer's own address, None when there is none."""
    found = await tx.get(CalendarAddress, viewer.member_id, populate_existing=True)
    return None if found is None else found.token


async def renew(tx: AsyncSession, now: datetime, viewer: Viewer) -> None:
    """Give the viewer a new address; the one before leads nowhere from now on.

    Raises:
        NotYours: no volunteer.
    """
    if Role.VOLUNTEER not in viewer.roles:
        raise NotYours
    token = secrets.token_urlsafe(32)
    values = {"token": token, "token_hash": hash_of(token), "created_at": now}
    key = {"member_id": viewer.member_id}
    await upsert(tx, CalendarAddress, key, values, community_id=viewer.community_id)


async def revoke(tx: AsyncSession, viewer: Viewer) -> None:
    """Take the viewer's own address away."""
    mine = CalendarAddress.member_id == viewer.member_id
    await changed(tx, delete(CalendarAddress).where(mine))


async def access_calendar(tx: AsyncSession, token: str, now: datetime) -> Person:
    """Whose calendar is read at an address.

    Raises:
        NotYours: nobody's, revoked, or of somebody who is no volunteer any more.
    """
    if len(token) > LONGEST:
        raise NotYours
    hashed = hash_of(token)
    found = await tx.scalar(select(CalendarAddress).where(CalendarAddress.token_hash == hashed))
    if found is None or not compare_digest(found.token.encode(), token.encode()):
        raise NotYours
    person = await person_of_id(tx, found.member_id, now)
    if person is None or Role.VOLUNTEER not in person.roles:
        raise NotYours
    return person
