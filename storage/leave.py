"""Leave: who is away when, and which colleague stands in."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.days import WEEK, days_of
from care.refusals import NotYours, Stale
from storage.once import changed
from storage.tables import Leave, Member


async def add(
    tx: AsyncSession,
    now: datetime,
    member: Member,
    first: date,
    last: date,
    deputy_id: int | None = None,
) -> Leave:
    """Write down an absence, both days included; without a deputy the supervisor stands in."""
    row = Leave(
        community_id=member.community_id,
        member_id=member.id,
        first_day=first,
        last_day=last,
        deputy_id=deputy_id,
        created_at=now,
    )
    tx.add(row)
    await tx.flush()
    return row


async def days_away(tx: AsyncSession, community_id: int, week: date) -> defaultdict[int, set[date]]:
    """The days of a week on which each member is away."""
    rows = await tx.scalars(
        select(Leave).where(
            Leave.community_id == community_id,
            Leave.first_day < week + WEEK,
            Leave.last_day >= week,
        )
    )
    found: defaultdict[int, set[date]] = defaultdict(set)
    for row in rows:
        found[row.member_id] |= {
            day for day in days_of(week) if row.first_day <= day <= row.last_day
        }
    return found


_AWAY_ON = (
    select(Leave)
    .where(
        Leave.community_id == bindparam("community"),
        Leave.first_day <= bindparam("day"),
        Leave.last_day >= bindparam("day"),
    )
    .order_by(Leave.id)
)


async def away_on(tx: AsyncSession, community_id: int, day: date) -> dict[int, Leave]:
    """Who is away on a day; what somebody entered last counts."""
    rows = await tx.scalars(_AWAY_ON, {"community": community_id, "day": day})
    return {row.member_id: row for row in rows}


async def deputies_of(tx: AsyncSession, workers: Collection[int], since: date) -> set[int]:
    """Who stands in for some social workers, in leave that is not over before `since`."""
    rows = await tx.scalars(
        select(Leave.deputy_id).where(Leave.member_id.in_(workers), Leave.last_day >= since)
    )
    return {one for one in rows if one is not None}


async def away_between(tx: AsyncSession, community_id: int, first: date, last: date) -> set[int]:
    """Who is away on any of these days."""
    rows = await tx.scalars(
        select(Leave.member_id).where(
            Leave.community_id == community_id, Leave.first_day <= last, Leave.last_day >= first
        )
    )
    return set(rows)


async def of_member(
    tx: AsyncSession, viewer: Viewer, today: date
) -> list[tuple[Leave, Member | None]]:
    """One's own absences that are not over, with who stands in, the next one first."""
    rows = await tx.execute(
        select(Leave, Member)
        .outerjoin(Member, Member.id == Leave.deputy_id)
        .where(
            Leave.community_id == viewer.community_id,
            Leave.member_id == viewer.member_id,
            Leave.last_day >= today,
            Leave.first_day <= Leave.last_day,
        )
        .order_by(Leave.first_day, Leave.id)
    )
    return [(leave, deputy) for leave, deputy in rows]


async def access_leave(tx: AsyncSession, viewer: Viewer, leave_id: int) -> Leave:
    """One's own absence.

    Raises:
        NotYours: absent, or somebody else's.
    """
    row = await tx.get(Leave, leave_id)
    if row is None or row.member_id != viewer.member_id:
        raise NotYours
    return row


async def access_to_stand_in(
    tx: AsyncSession, viewer: Viewer, leave_id: int
) -> tuple[Leave, Member]:
    """A colleague's absence, for the deputy; without a deputy for the supervisors.

    Raises:
        NotYours: absent, or somebody else stands in.
    """
    row = await tx.get(Leave, leave_id)
    if row is None or row.community_id != viewer.community_id:
        raise NotYours
    asked = viewer.supervisor if row.deputy_id is None else row.deputy_id == viewer.member_id
    if not asked:
        raise NotYours
    return row, await tx.get_one(Member, row.member_id)


async def end(tx: AsyncSession, row: Leave, today: date) -> None:
    """Back today: what is left of the absence is taken away.

    An absence that would have begun today or later keeps its row, with no day in it.

    Raises:
        Stale: it is over already.
    """
    last = max(today, row.first_day) - timedelta(days=1)
    won = await changed(
        tx,
        update(Leave)
        .where(Leave.id == row.id, Leave.last_day >= today, Leave.last_day > last)
        .values(last_day=last),
    )
    if not won:
        raise Stale
    await tx.refresh(row)
