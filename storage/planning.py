"""A community's week as the planner sees it, from what is on record."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from care import planning
from care.days import WEEK, HalfDay, days_of
from care.elders import Tier
from care.plan_rules import Barred, barred
from care.planning import Distances, Need, Problem
from care.plans import Slot
from care.visits import State
from care.week import VolunteerWeek
from care.wishes import Wishes
from storage import places, wishes
from storage import week as weeks
from storage.communities import settings_of
from storage.tables import Assignment, Community, Elder, Member, Volunteer

LATELY = 12 * WEEK


@dataclass(frozen=True)
class ToPlan:
    """The problem, and the people in it by id."""

    problem: Problem
    elders: dict[int, Elder]
    members: dict[int, Member]


async def to_plan(
    tx: AsyncSession, station: Community, week: date, today: date, first: Slot | None = None
) -> ToPlan:
    """What is still owed in a week, and who could go; nothing before the half-day `first`.

    What is planned already stays as it is: it is no part of the plan, and takes its places.
    """
    known = await weeks.to_plan(tx, station, week, today)
    elders = {elder.id: elder for whole in known.pairings for elder in whole.elders}
    members = {one.id: one for whole in known.pairings for one in whole.volunteers}
    wished = await wishes.of_community(tx, station.id)
    familiar = await _familiar(tx, station.id, week)
    settings = settings_of(station)
    needs = tuple(
        Need.of(
            one, week, settings, familiar=familiar[one.elder_id],
            **_of_elder(elders[one.elder_id], wished[one.elder_id]),
        )
        for one in known.elders
    )  # fmt: skip
    said = {
        one.member_id: one
        for one in await tx.scalars(select(Volunteer).where(Volunteer.member_id.in_(members)))
    }
    volunteers = tuple(
        _volunteer(one, week, said.get(one.member_id), first) for one in known.volunteers
    )
    distances = await _distances(tx, station.id)
    problem = Problem(
        needs, volunteers, distances=distances, in_one_half_day=settings.visits_in_one_half_day
    )
    return ToPlan(problem, elders, members)


async def barred_from(tx: AsyncSession, elder: Elder, people: Collection[int]) -> dict[int, Barred]:
    """Who of some volunteers may go to an elder on no day, and why; the judge of every plan."""
    wished = await wishes.of_community(tx, elder.community_id)
    facts = _of_elder(elder, wished[elder.id])
    need = Need(elder.id, None, elder.tier or Tier.GREEN, 0, frozenset(), **facts)
    distances = await _distances(tx, elder.community_id)
    said = await tx.scalars(select(Volunteer).where(Volunteer.member_id.in_(people)))
    known = {
        one.member_id: planning.Volunteer(
            one.member_id, frozenset(), frozenset(),
            sex=one.sex, place=one.building, walks_metres=one.walks_metres,
        )
        for one in said
    }  # fmt: skip
    never_asked = {one: planning.Volunteer(one, frozenset(), frozenset()) for one in people}
    found = {one.member_id: barred(need, one, distances) for one in (never_asked | known).values()}
    return {one: why for one, why in found.items() if why is not None}


def _of_elder(elder: Elder, wished: Wishes) -> dict[str, Any]:
    return {
        "sex": elder.sex,
        "dialects": wished.dialects or frozenset(elder.dialects),
        "place": elder.building,
        "same_sex": wished.sex is not None,
        "dialect_wanted": bool(wished.dialects),
        "not_persons": wished.not_by,
        "two_people": wished.two_people,
    }


def _volunteer(
    one: VolunteerWeek, week: date, said: Volunteer | None, first: Slot | None
) -> planning.Volunteer:
    slots = frozenset(
        (day, half)
        for day in days_of(week)
        for half in HalfDay
        if one.can_come(day, half) and (first is None or (day, half) >= first)
    )
    usual = planning.Volunteer(one.member_id, one.pairings, slots, one.most, one.taken)
    if said is None:
        return usual
    return planning.Volunteer(
        one.member_id, one.pairings, slots, one.most, one.taken,
        said.sex, frozenset(said.dialects), said.building, said.walks_metres,
        wants_two=said.in_pairs,
    )  # fmt: skip


async def _familiar(
    tx: AsyncSession, community_id: int, week: date
) -> defaultdict[int, dict[int, int]]:
    """How often each volunteer has come to each elder lately."""
    rows = await tx.execute(
        select(Assignment.elder_id, Assignment.volunteer_id, func.count())
        .where(
            Assignment.community_id == community_id,
            Assignment.state == State.DONE,
            Assignment.day < week + WEEK,
            Assignment.day >= week - LATELY,
        )
        .group_by(Assignment.elder_id, Assignment.volunteer_id)
    )
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for elder_id, volunteer_id, count in rows:
        found[elder_id][volunteer_id] = count
    return found


async def _distances(tx: AsyncSession, community_id: int) -> Distances:
    known = await places.map_of(tx, community_id)
    pairs = combinations(await places.buildings(tx, community_id), 2)
    measured = {(a, b): known.metres(a, b) for a, b in pairs}
    return Distances({pair: metres for pair, metres in measured.items() if metres is not None})
