"""What a plan costs: the wishes and worries of a week, weighed against each other.

Each weight stands with its reason. They are whole numbers, so that two ways of adding them up agree
to the last digit. One point is a hundred metres on foot. The planner minimises the sum; `price`
adds it up from the visits alone, without any solver.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from itertools import pairwise

from care.elders import Tier
from care.plan_rules import own
from care.planning import Need, Problem, Volunteer
from care.plans import Slot, Visit
from care.week import APART

# A visit that nobody makes is worse than anything a visit can cost. The first visit of an elder
# comes before anybody's second: to be seen at all matters more than how often. Red before yellow
# before green, as the tiers say how much depends on it.
MISSED_FIRST = {Tier.RED: 1_000_000, Tier.YELLOW: 900_000, Tier.GREEN: 800_000}
MISSED_LATER = {Tier.RED: 120_000, Tier.YELLOW: 110_000, Tier.GREEN: 100_000}
# A visit of a pairing's own plan that gives way: more than one visit can cost in comfort, so that
# nobody's week is turned over for somebody else's shorter walk; less than a visit missed.
MOVED = 2_000
# From another pairing: more than all wishes together, for the pairing is who knows the elder.
COVER = 120
# Somebody the elder has never seen, less with every visit: a face one knows opens the door.
STRANGER = 30
# Somebody new, once a week however often they come: few new faces, and who has come comes again.
FACE = 6
# No dialect in common where it was wished for: talk is half of the visit.
NO_DIALECT = 20
# Two visits less than two days apart leave the rest of the week empty (handbook, "Tiers").
TOO_NEAR = 40
# The fairness of a week: the k-th visit of somebody who makes at most m costs (2k - 1)/m of this,
# so that the sum grows with the square of the load and evens out in proportion to what each offers.
BUSY = 24
# A companion who is not needed has the week's visit taken from somebody else.
COMPANION = 15
# A point for each hundred metres; beyond two kilometres one takes the bus. A way that nobody
# measured counts like an ordinary one.
METRES_A_POINT = 100
LONGEST_WALK = 20
UNKNOWN_WALK = 5


def missed_price(need: Need, before: int, given: int) -> int:
    """What is missing when `given` visits of those owed are made, `before` having been there."""
    return sum(
        (MISSED_LATER if number else MISSED_FIRST)[need.tier]
        for number in range(before + given, before + need.owed)
    )


def near_price(days: Iterable[date]) -> int:
    """Visits of one elder that follow each other too soon."""
    return TOO_NEAR * sum((b - a).days < APART for a, b in pairwise(sorted(set(days))))


def days_price(problem: Problem, need: Need, days: Collection[date]) -> int:
    """What visits on exactly these `days` cost, whoever makes them."""
    busy = problem.busy[need.elder_id]
    near = near_price(busy | set(days)) - near_price(busy)
    return near + missed_price(need, len(busy), len(days))


def person_price(need: Need, one: Volunteer) -> int:
    """What it costs that this volunteer makes a visit, whenever it is."""
    price = STRANGER // (1 + need.familiar.get(one.member_id, 0))
    if need.dialect_wanted and not need.dialects & one.dialects:
        price += NO_DIALECT
    if not own(need, one):
        price += COVER
    return price


def walk_price(problem: Problem, need: Need, one: Volunteer) -> int:
    """What one way to the elder's building costs; a second visit there is on the way."""
    metres = problem.distances.between(need.place, one.place)
    if metres is None:
        return UNKNOWN_WALK
    return min(LONGEST_WALK, round(metres / METRES_A_POINT))


def busy_price(one: Volunteer, number: int) -> int:
    """What the volunteer's visit costs that is their `number`-th of the week."""
    return round(BUSY * (2 * number - 1) / max(1, one.most))


def door(need: Need) -> str | int:
    """Where a way leads: the building, or the elder when none is written down."""
    return need.elder_id if need.place is None else need.place


def ways(problem: Problem, visits: Iterable[Visit]) -> set[tuple[int, Slot, str | int]]:
    """The ways that volunteers go for these visits."""
    return {
        (one.volunteer_id, one.slot, door(problem.need[one.elder_id]))
        for one in visits
        if one.elder_id in problem.need
    }


def faces(problem: Problem) -> set[tuple[int, int]]:
    """Elders and the volunteers who are no new faces to them, or come to them anyway."""
    known = {
        (need.elder_id, who)
        for need in problem.needs
        for who, times in need.familiar.items()
        if times
    }
    return known | {(one.elder_id, one.volunteer_id) for one in problem.locked}


def price(problem: Problem, visits: Iterable[Visit]) -> int:
    """What all visits that are not locked, and those that are missing, cost together."""
    locked = set(problem.locked)
    planned = [one for one in visits if one not in locked]
    doors = {(one.elder_id, one.slot) for one in planned}
    total = FACE * len({(one.elder_id, one.volunteer_id) for one in planned} - faces(problem))
    for need in problem.needs:
        total += days_price(
            problem, need, {slot[0] for elder, slot in doors if elder == need.elder_id}
        )
    for one in planned:
        total += person_price(problem.need[one.elder_id], problem.volunteer[one.volunteer_id])
    for who, count in Counter(one.volunteer_id for one in planned).items():
        person, before = problem.volunteer[who], problem.load[who]
        total += sum(busy_price(person, before + number) for number in range(1, count + 1))
    places = {door(need): need for need in problem.needs}
    for who, _, place in ways(problem, planned) - ways(problem, problem.locked):
        total += walk_price(problem, places[place], problem.volunteer[who])
    for elder in (one.elder_id for one in planned if one.beside is not None):
        total += 0 if problem.need[elder].two_people else COMPANION
    return total
