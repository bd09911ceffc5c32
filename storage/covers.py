"""Visits offered to neighbours: whom they are offered to, who claims first, who is told in vain."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.days import WEEK, local_day, moment
from care.notices import Notice
from care.plans import Visit
from care.refusals import NotYours, Stale, Taken
from care.visits import LIVE, PLANNED, State
from storage import leave, members, outbox, pairings, pauses, planning, visits
from storage.communities import zone_of
from storage.once import changed, insert_once
from storage.tables import Assignment, Community, Cover, Elder, Member

# Why a visit went to somebody else: it was not answered in time.
SILENT = "silent"


def cover_card(cover_id: int) -> str:
    """The card name of everything that shows an offered visit."""
    return f"cover:{cover_id}"


@dataclass(frozen=True)
class Offered:
    """An offered visit with its people.

    Attributes:
        goer: who makes a visit to the elder that day, if somebody does.
        waits_for: the visit nobody answered for, with who was asked.
    """

    cover: Cover
    elder: Elder
    goer: Member | None
    waits_for: visits.Visiting | None

    @property
    def open(self) -> bool:
        """Whether somebody is still wanted."""
        return self.goer is None and self.cover.ended_at is None


async def offered_since(
    tx: AsyncSession, community_id: int, weeks: Iterable[date]
) -> dict[date, datetime]:
    """By week, since when a visit is offered that the staff was not told of in vain."""
    rows = await tx.execute(
        select(Cover.week, func.min(Cover.offered_at))
        .where(
            Cover.community_id == community_id,
            Cover.week.in_(tuple(weeks)),
            Cover.ended_at.is_(None),
            Cover.listed_at.is_(None),
        )
        .group_by(Cover.week)
    )
    return {week: at for week, at in rows}  # noqa: C416 - rows are not pairs to mypy


async def of_week(tx: AsyncSession, community_id: int, week: date) -> list[Cover]:
    """The offers of a week, ended or not."""
    rows = await tx.scalars(
        select(Cover)
        .where(Cover.community_id == community_id, Cover.week == week)
        .order_by(Cover.day, Cover.id)
    )
    return list(rows)


async def find(tx: AsyncSession, community_id: int, cover_id: int) -> Offered:
    """An offered visit of this community, as things stand now.

    Raises:
        NotYours: absent, or the elder is in care no more.
    """
    cover = await tx.get(Cover, cover_id)
    if cover is None or cover.community_id != community_id:
        raise NotYours
    elder = await tx.get_one(Elder, cover.elder_id)
    if elder.exited_at is not None:
        raise NotYours
    goer, waits_for = None, None
    for row in await visits.of_elder(tx, community_id, elder.id, cover.day, cover.day):
        if row.visit.id == cover.waits_for and row.visit.state is State.OFFERED:
            waits_for = row
        else:
            goer = row.volunteer
    return Offered(cover, elder, goer, waits_for)


async def access_cover(tx: AsyncSession, viewer: Viewer, cover_id: int) -> Offered:
    """An offered visit, for those whom it was offered to.

    Raises:
        NotYours: absent or not for this viewer.
    """
    found = await find(tx, viewer.community_id, cover_id)
    asked = {abs(one) for one in found.cover.asked}
    if Role.VOLUNTEER not in viewer.roles or viewer.member_id not in asked:
        raise NotYours
    return found


async def offer(
    tx: AsyncSession,
    now: datetime,
    station: Community,
    what: Cover,
    asked: list[int],
) -> bool:
    """Ask several; the first to claim has it. False when it is offered that day already."""
    people = [await members.in_community(tx, station.id, one) for one in asked]
    reached = [one for one in people if members.reachable(one)]
    new = await insert_once(
        tx,
        Cover,
        community_id=station.id,
        elder_id=what.elder_id,
        pairing_id=what.pairing_id,
        week=what.week,
        day=what.day,
        half=what.half,
        waits_for=what.waits_for,
        asked=[one.id for one in reached],
        offered_at=now,
    )
    if not new:
        return False
    cover_id = await tx.scalar(
        select(Cover.id).where(
            Cover.elder_id == what.elder_id, Cover.day == what.day, Cover.ended_at.is_(None)
        )
    )
    end = moment(what.day + timedelta(days=1), time(0), zone_of(station))
    for one in reached:
        to = members.to_of(one)
        if to is not None and cover_id is not None:
            await outbox.post(
                tx,
                now,
                to,
                Notice.COVER,
                {"cover": cover_id},
                key=f"cover:{cover_id}:{one.id}",
                card=cover_card(cover_id),
                expires_at=end,
            )
    return True


async def claim(tx: AsyncSession, now: datetime, viewer: Viewer, cover_id: int) -> Offered:
    """Make the visit: exactly one does, and has it in their list.

    Raises:
        NotYours: not asked.
        Taken: somebody else makes it; `by` is empty when it is oneself.
        Stale: it is not needed any more, or may not be made by them.
    """
    found = await access_cover(tx, viewer, cover_id)
    cover = found.cover
    if found.goer is not None:
        raise Taken("" if found.goer.id == viewer.member_id else found.goer.name)
    if not await _may_go(tx, now, viewer, found):
        raise Stale
    won = await changed(
        tx,
        update(Cover)
        .where(Cover.id == cover_id, Cover.claimed_by.is_(None), Cover.ended_at.is_(None))
        .values(claimed_by=viewer.member_id, claimed_at=now, ended_at=now),
    )
    if not won:
        raise Stale
    if found.waits_for is not None:
        await visits.move(tx, found.waits_for.visit, PLANNED, State.DECLINED, reason=SILENT)
    visit = Visit(cover.elder_id, viewer.member_id, cover.day, cover.half)
    if not await visits.assign(
        tx, now, cover.community_id, cover.week, cover.pairing_id, visit, State.ACCEPTED
    ):
        raise Stale
    await tx.refresh(cover)
    return await find(tx, viewer.community_id, cover_id)


async def _may_go(tx: AsyncSession, now: datetime, viewer: Viewer, found: Offered) -> bool:
    """Whether what kept nobody from being asked still keeps nobody from going."""
    cover = found.cover
    station = await tx.get_one(Community, cover.community_id)
    away = await leave.days_away(tx, station.id, cover.week)
    return (
        cover.ended_at is None
        and cover.day >= local_day(now, zone_of(station))
        and cover.day not in away[viewer.member_id]
        and not await planning.barred_from(tx, found.elder, [viewer.member_id])
        and await pauses.of_elder(tx, found.elder, cover.day) is None
    )


async def say_no(tx: AsyncSession, viewer: Viewer, cover_id: int) -> Offered:
    """Whoever says no is not asked again for this visit.

    Raises:
        NotYours: not asked.
    """
    found = await access_cover(tx, viewer, cover_id)
    found.cover.asked = [
        -viewer.member_id if one == viewer.member_id else one for one in found.cover.asked
    ]
    await tx.flush()
    return found


async def end_those_over(tx: AsyncSession, now: datetime, station: Community, week: date) -> None:
    """Offers that nobody needs any more: somebody goes, or the elder needs no visit."""
    today = local_day(now, zone_of(station))
    for cover in await of_week(tx, station.id, week):
        if cover.ended_at is not None:
            continue
        elder = await tx.get_one(Elder, cover.elder_id)
        live = await tx.scalar(
            select(Assignment.id).where(
                Assignment.elder_id == cover.elder_id,
                Assignment.day == cover.day,
                Assignment.state.in_(LIVE),
                (Assignment.id != (cover.waits_for or 0)) | (Assignment.state != State.OFFERED),
            )
        )
        if (
            live is not None
            or elder.exited_at is not None
            or cover.day < today
            or await pauses.of_elder(tx, elder, cover.day) is not None
        ):
            cover.ended_at = now
            await outbox.refresh(tx, now, cover_card(cover.id))
    await tx.flush()


def gaps_card(member_id: int, week: date) -> str:
    """The card name of the visits of a week that nobody makes, as one member of staff sees them."""
    return f"gaps:{member_id}:{week}"


async def tell_in_vain(
    tx: AsyncSession, now: datetime, station: Community, week: date, gone: dict[int, list[int]]
) -> None:
    """The visits that nobody can be found for, by name, to whoever looks after the elders.

    Args:
        tx: the transaction.
        now: when.
        station: of the elders.
        week: the visits' Monday.
        gone: by elder, the offers that nobody claimed; empty where nobody could be asked.
    """
    zone = zone_of(station)
    told: dict[int, tuple[Member, list[list[Any]]]] = {}
    for elder_id, offers in sorted(gone.items()):
        elder = await tx.get_one(Elder, elder_id)
        for one in await pairings.keepers(tx, elder, local_day(now, zone)):
            told.setdefault(one.id, (one, []))[1].append([elder_id, offers])
    for one, items in told.values():
        to = members.to_of(one)
        if to is not None:
            await outbox.post(
                tx,
                now,
                to,
                Notice.WEEK_GAPS,
                {"week": str(week), "items": items},
                key=f"gaps:{one.id}:{week}:{now:%d%H%M%S}",
                card=gaps_card(one.id, week),
                expires_at=moment(week + WEEK, time(0), zone),
            )


async def refresh_gaps(tx: AsyncSession, now: datetime, cover: Cover) -> None:
    """Change in place what the staff was told of visits that nobody makes."""
    staff = await members.with_role(tx, cover.community_id, Role.SOCIAL_WORKER, Role.SUPERVISOR)
    await outbox.refresh(tx, now, *(gaps_card(one.id, cover.week) for one in staff))
