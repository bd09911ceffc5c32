"""Surge days: switched on for given dates, switched off, and those that come every year."""

from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.days import local_day
from care.refusals import NotYours, Stale
from care.surge import Surging, Why, of_every_year
from storage.communities import settings_of, zone_of
from storage.once import changed
from storage.tables import Community, Member, Surge

_ON = (
    select(Surge)
    .where(
        Surge.community_id == bindparam("community"),
        Surge.first_day <= bindparam("day"),
        Surge.last_day >= bindparam("day"),
        Surge.ended_at.is_(None),
    )
    .order_by(Surge.first_day, Surge.id)
    .limit(1)
)


async def on(tx: AsyncSession, community: Community, day: date) -> Surging | None:
    """The surge that a local day is part of: one that was switched on, else the setting's."""
    row = await tx.scalar(_ON, {"community": community.id, "day": day})
    if row is not None:
        return Surging(row.first_day, row.last_day, Why(row.why))
    return of_every_year(settings_of(community).surge_on, day)


async def begin(
    tx: AsyncSession, now: datetime, viewer: Viewer, why: Why, first: date, last: date
) -> Surge:
    """Switch surge days on, first and last day included.

    Raises:
        NotYours: only staff may.
    """
    if not viewer.staff:
        raise NotYours
    row = Surge(
        community_id=viewer.community_id,
        first_day=first,
        last_day=last,
        why=why,
        by_id=viewer.member_id,
        created_at=now,
    )
    tx.add(row)
    await tx.flush()
    return row


async def to_come(tx: AsyncSession, viewer: Viewer, today: date) -> list[tuple[Surge, Member]]:
    """What is switched on and not over, with who did it, for the staff.

    Raises:
        NotYours: only staff may know.
    """
    if not viewer.staff:
        raise NotYours
    rows = await tx.execute(
        select(Surge, Member)
        .join(Member, Member.id == Surge.by_id)
        .where(
            Surge.community_id == viewer.community_id,
            Surge.last_day >= today,
            Surge.ended_at.is_(None),
        )
        .order_by(Surge.first_day, Surge.id)
    )
    return [(surge, member) for surge, member in rows]


async def end(tx: AsyncSession, now: datetime, viewer: Viewer, surge_id: int) -> Surge:
    """Switch surge days off; what was called on them stays on record.

    Raises:
        NotYours: absent, of another community, or the viewer is not staff.
        Stale: switched off before, or over.
    """
    row = await tx.get(Surge, surge_id)
    if not viewer.staff or row is None or row.community_id != viewer.community_id:
        raise NotYours
    today = local_day(now, zone_of(await tx.get_one(Community, row.community_id)))
    won = await changed(
        tx,
        update(Surge)
        .where(Surge.id == row.id, Surge.ended_at.is_(None), Surge.last_day >= today)
        .values(ended_at=now),
    )
    if not won:
        raise Stale
    await tx.refresh(row)
    return row
