"""Whom an errand has been offered to, and who could be asked next."""

from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.days import local_day
from care.errand_offers import Asked, Candidate, Circle
from care.joining import Skill
from storage import errand_helpers, leave, members, places
from storage.communities import zone_of
from storage.errands import Whole
from storage.once import insert_once
from storage.tables import Community, Errand, ErrandOffer, Member, Volunteer


async def asked(tx: AsyncSession, errand: Errand) -> dict[Circle, Asked]:
    """The circles that have been asked since the errand was last opened."""
    found = await tx.scalars(
        select(ErrandOffer)
        .where(ErrandOffer.errand_id == errand.id, ErrandOffer.turn_number == errand.turn_number)
        .order_by(ErrandOffer.circle, ErrandOffer.offered_at)
    )
    circles: dict[Circle, Asked] = {}
    for circle, several in groupby(found, lambda one: one.circle):
        offers = list(several)
        waiting = any(one.no_at is None for one in offers)
        circles[circle] = Asked(offers[0].offered_at, waiting)
    return circles


async def already(tx: AsyncSession, errand: Errand) -> set[int]:
    """Whoever has been asked since the errand was last opened."""
    found = await tx.scalars(
        select(ErrandOffer.member_id).where(
            ErrandOffer.errand_id == errand.id,
            ErrandOffer.turn_number == errand.turn_number,
            ErrandOffer.member_id.is_not(None),
        )
    )
    return {one for one in found if one is not None}


async def note_asked(
    tx: AsyncSession, now: datetime, errand: Errand, circle: Circle, member_id: int | None
) -> bool:
    """Write down that somebody is asked; False when they were.

    Without a member: the whole group, or that nobody is in the circle.
    """
    nobody = member_id is None and circle is not Circle.GROUP
    return await insert_once(
        tx,
        ErrandOffer,
        community_id=errand.community_id,
        errand_id=errand.id,
        turn_number=errand.turn_number,
        member_id=member_id,
        circle=circle,
        offered_at=now,
        no_at=now if nobody else None,
    )


async def _said_no(tx: AsyncSession, errand: Errand) -> set[int | None]:
    found = await tx.scalars(
        select(ErrandOffer.member_id).where(
            ErrandOffer.errand_id == errand.id, ErrandOffer.no_at.is_not(None)
        )
    )
    return {*found, errand.asked_by}


async def said_no(tx: AsyncSession, errand: Errand, member_id: int) -> bool:
    """Whether somebody does not want to hear of an errand any more."""
    return member_id in await _said_no(tx, errand) - {errand.asked_by}


async def candidates(
    tx: AsyncSession, now: datetime, station: Community, whole: Whole
) -> dict[int, tuple[Candidate, Member]]:
    """Every volunteer of the station, as the rules of offering see them."""
    zone, building = zone_of(station), whole.elder.building
    told = await tx.scalars(select(Volunteer).where(Volunteer.community_id == station.id))
    said = {one.member_id: one for one in told}
    helpers = await errand_helpers.of_community(tx, station.id)
    paired = await errand_helpers.paired_with(tx, whole.elder)
    held, offered, lately = await errand_helpers.counts(tx, station.id, now)
    no = await _said_no(tx, whole.errand)
    away = await leave.away_on(tx, station.id, local_day(now, zone))
    ways = await places.map_of(tx, station.id)
    found: dict[int, tuple[Candidate, Member]] = {}
    for member in await members.with_role(tx, station.id, Role.VOLUNTEER):
        one, helper, me = said.get(member.id), helpers.get(member.id), member.id
        free = helper.free_until if helper else None
        candidate = Candidate(
            me,
            paired=me in paired,
            metres=ways.metres(one.building, building) if one else None,
            walks=one.walks_metres if one else None,
            skills=frozenset(map(Skill, one.skills)) if one else frozenset(),
            on_duty=free is not None and free > now,
            in_hand=held.get(me, 0),
            offered=offered.get(me, 0),
            lately=lately.get(me, 0),
            medicine=me in paired or bool(helper and helper.medicine),
            away=me in away or not members.reachable(member),
            no=me in no,
        )
        found[me] = candidate, member
    return found
