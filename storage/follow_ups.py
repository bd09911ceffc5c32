"""Follow-ups: what is to be come back to about an elder, on which day, until it is closed."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Viewer
from care.refusals import NotYours, Stale
from storage.elders import access_elder
from storage.once import changed, insert_once
from storage.tables import Contact, Elder, FollowUp


def follow_card(follow_up_id: int) -> str:
    """The card name of the message that asks when to come back."""
    return f"follow:{follow_up_id}"


async def begin(tx: AsyncSession, now: datetime, contact: Contact, due: date) -> FollowUp:
    """Come back on `due` to what was heard at a contact; once for each contact."""
    values = {"due": due, "by_id": contact.by_id, "opened_at": now}
    new = await insert_once(
        tx,
        FollowUp,
        community_id=contact.community_id,
        elder_id=contact.elder_id,
        contact_id=contact.id,
        **values,
    )
    mine = FollowUp.contact_id == contact.id
    if not new:
        again = update(FollowUp).where(mine, FollowUp.closed_at.is_not(None))
        await changed(tx, again.values(closed_at=None, closed_by=None, **values))
    return (await tx.scalars(select(FollowUp).where(mine))).one()


_DUE = (
    select(FollowUp)
    .where(
        FollowUp.community_id == bindparam("community"),
        FollowUp.closed_at.is_(None),
        FollowUp.due <= bindparam("day"),
    )
    .order_by(FollowUp.due.desc(), FollowUp.id.desc())
)
_DUE_OF_ONE = _DUE.where(FollowUp.elder_id == bindparam("elder"))


async def due_on(
    tx: AsyncSession, community_id: int, day: date, elder_id: int | None = None
) -> dict[int, FollowUp]:
    """What is to be come back to by a day and is not closed, the longest due of each elder."""
    asked = {"community": community_id, "day": day, "elder": elder_id}
    rows = await tx.scalars(_DUE if elder_id is None else _DUE_OF_ONE, asked)
    return {one.elder_id: one for one in rows}


async def open_of(tx: AsyncSession, elder: Elder) -> list[FollowUp]:
    """What is to be come back to about one elder, the first due first."""
    rows = await tx.scalars(
        select(FollowUp)
        .where(FollowUp.elder_id == elder.id, FollowUp.closed_at.is_(None))
        .order_by(FollowUp.due, FollowUp.id)
    )
    return list(rows)


async def access_follow_up(
    tx: AsyncSession, viewer: Viewer, follow_up_id: int
) -> tuple[FollowUp, Elder]:
    """A follow-up, for the staff who look after the elder.

    Raises:
        NotYours: absent or not for this viewer.
    """
    found = await tx.get(FollowUp, follow_up_id)
    if found is None:
        raise NotYours
    return found, await access_elder(tx, viewer, found.elder_id, Right.LOG_CALL)


async def change(tx: AsyncSession, found: FollowUp, **values: object) -> None:
    """Another day, or a note.

    Raises:
        Stale: it is closed.
    """
    statement = update(FollowUp).where(FollowUp.id == found.id, FollowUp.closed_at.is_(None))
    if not await changed(tx, statement.values(**values)):
        raise Stale
    await tx.refresh(found)


async def close(tx: AsyncSession, now: datetime, found: FollowUp, by: int) -> bool:
    """Followed up; False when it was closed before."""
    won = await changed(
        tx,
        update(FollowUp)
        .where(FollowUp.id == found.id, FollowUp.closed_at.is_(None))
        .values(closed_at=now, closed_by=by),
    )
    await tx.refresh(found)
    return won == 1


async def close_due(
    tx: AsyncSession, now: datetime, elder: Elder, today: date, by: int
) -> list[int]:
    """A later call closes what was due by today; which."""
    return await _close_all(tx, now, by, FollowUp.elder_id == elder.id, FollowUp.due <= today)


async def close_of_contact(tx: AsyncSession, now: datetime, contact: Contact, by: int) -> list[int]:
    """What was written down at a contact was a mistake, and so was coming back to it."""
    return await _close_all(tx, now, by, FollowUp.contact_id == contact.id)


async def _close_all(
    tx: AsyncSession, now: datetime, by: int, *which: ColumnElement[bool]
) -> list[int]:
    closed = await tx.scalars(
        update(FollowUp)
        .where(FollowUp.closed_at.is_(None), *which)
        .values(closed_at=now, closed_by=by)
        .returning(FollowUp.id)
        .execution_options(synchronize_session=False)
    )
    return list(closed)
