"""When volunteers can come, and what else they said of themselves."""

from collections import defaultdict
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.availability import Availability, Slot, resolve
from care.days import WEEK, HalfDay
from care.joining import Standing
from care.refusals import NotYours
from storage import joining, leave, members
from storage.once import changed, upsert
from storage.tables import Member, MemberRole, SingleDate, Volunteer

ON_BOARD = frozenset({Standing.INVITED, Standing.ACTIVE})


def availability_card(member_id: int) -> str:
    """The card name of every message that shows when a volunteer can come."""
    return f"availability:{member_id}"


async def access_availability(
    tx: AsyncSession, viewer: Viewer, member_id: int
) -> tuple[Member, Volunteer]:
    """A volunteer with what they said, for themselves and for the staff of their community.

    Of somebody who has never said anything, the widest answers; they are not written down.

    Raises:
        NotYours: absent, of another community, no volunteer, gone, or somebody else's.
    """
    member = await members.in_community(tx, viewer.community_id, member_id)
    if member.id != viewer.member_id and not viewer.staff:
        raise NotYours
    role = await tx.get(MemberRole, (member.id, Role.VOLUNTEER))
    if role is None or member.standing not in ON_BOARD:
        raise NotYours
    said = await members.volunteer(tx, member.id)
    return member, said or Volunteer(**joining.widest(member), dialects=[], in_pairs=False)


async def access_to_change(
    tx: AsyncSession, viewer: Viewer, member_id: int
) -> tuple[Member, Volunteer]:
    """The same, written down and locked: two who change it at once change it one after the other.

    Raises:
        NotYours: as above.
    """
    member, _ = await access_availability(tx, viewer, member_id)
    await joining.ensure_volunteer(tx, member)
    said = await tx.get_one(Volunteer, member.id, with_for_update=True, populate_existing=True)
    return member, said


async def set_date(
    tx: AsyncSession, member: Member, day: date, half: HalfDay, *, can: bool | None
) -> None:
    """Say of one half-day that they can or cannot come; None: as every week."""
    if can is None:
        await changed(
            tx,
            delete(SingleDate).where(
                SingleDate.member_id == member.id, SingleDate.day == day, SingleDate.half == half
            ),
        )
        return
    key = {"member_id": member.id, "day": day, "half": half}
    await upsert(tx, SingleDate, key, {"can": can}, community_id=member.community_id)


async def dates_of(tx: AsyncSession, member: Member, first: date, before: date) -> dict[Slot, bool]:
    """What a volunteer said of single half-days, in order."""
    found = await dates_of_community(tx, member.community_id, first, before, member.id)
    return found[member.id]


async def dates_of_community(
    tx: AsyncSession, community_id: int, first: date, before: date, only: int | None = None
) -> defaultdict[int, dict[Slot, bool]]:
    """What each volunteer said of single half-days from `first` until before `before`."""
    statement = (
        select(SingleDate.member_id, SingleDate.day, SingleDate.half, SingleDate.can)
        .where(
            SingleDate.community_id == community_id,
            SingleDate.day >= first,
            SingleDate.day < before,
        )
        .order_by(SingleDate.day, SingleDate.half)
    )
    if only is not None:
        statement = statement.where(SingleDate.member_id == only)
    found: defaultdict[int, dict[Slot, bool]] = defaultdict(dict)
    for member_id, day, half, can in await tx.execute(statement):
        found[member_id][day, half] = can
    return found


async def of_week(tx: AsyncSession, community_id: int, week: date) -> dict[int, Availability]:
    """When each volunteer of a community can come in a week, everything said put together."""
    dates = await dates_of_community(tx, community_id, week, week + WEEK)
    away = await leave.days_away(tx, community_id, week)
    rows = await tx.scalars(
        select(Volunteer)
        .join(Member, Member.id == Volunteer.member_id)
        .where(Volunteer.community_id == community_id, Member.standing.in_(ON_BOARD))
    )
    return {
        one.member_id: resolve(
            week, one.half_days, one.most_visits, dates[one.member_id], away[one.member_id]
        )
        for one in rows
    }
