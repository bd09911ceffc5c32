"""Leave: when a volunteer is away."""

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.days import WEEK, days_of
from storage.tables import Leave, Member


async def add(tx: AsyncSession, now: datetime, member: Member, first: date, last: date) -> None:
    """Write down an absence, first and last day included."""
    tx.add(
        Leave(
            community_id=member.community_id,
            member_id=member.id,
            first_day=first,
            last_day=last,
            created_at=now,
        )
    )
    await tx.flush()


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
