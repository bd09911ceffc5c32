"""A visit that the pairing cannot make: when it is offered, and to whom."""

from collections.abc import Collection, Mapping
from datetime import date

from care.days import HalfDay
from care.places import UNKNOWN_METRES
from care.plan_price import near_price
from care.plan_rules import barred
from care.planning import Need, Problem, Volunteer
from care.plans import Slot


def slot_for(problem: Problem, need: Need, first: Slot, wanted: Slot | None = None) -> Slot | None:
    """When the visit is offered: as it was planned if that can be, else far from the other visits.

    None when no day is left on which it would count.
    """
    free = problem.free[need.elder_id]
    if wanted is not None and wanted[0] in free and wanted >= first:
        return wanted
    half = HalfDay.AM if wanted is None else wanted[1]
    busy = problem.busy[need.elder_id]
    choices = [
        (near_price(busy | {day}) - near_price(busy), day, each is not half, each)
        for day in free
        for each in HalfDay
        if (day, each) >= first
    ]
    if not choices:
        return None
    _, day, _, each = min(choices)
    return day, each


def whom(
    problem: Problem,
    need: Need,
    slot: Slot,
    away: Mapping[int, Collection[date]],
    said_no: Collection[int],
) -> list[int]:
    """Whom to ask, the likeliest first: who can come then, who lives near, who has least.

    The half-days that somebody named are no reason not to ask. Wishes, leave, distance, and how
    many visits they make are. Where two have to go together, one offer is no help.
    """
    if need.two_people:
        return []
    people = [
        one
        for one in problem.volunteers
        if one.member_id not in said_no
        and not one.wants_two
        and slot[0] not in away.get(one.member_id, ())
        and problem.room(one) > 0
        and problem.slots[one.member_id, slot] < problem.in_one_half_day
        and barred(need, one, problem.distances) is None
    ]

    def likely(one: Volunteer) -> tuple[bool, int, float, int]:
        metres = problem.distances.between(need.place, one.place)
        far = UNKNOWN_METRES if metres is None else metres
        return (
            slot not in one.half_days,
            far,
            problem.load[one.member_id] / one.most,
            one.member_id,
        )

    return [one.member_id for one in sorted(people, key=likely)]
