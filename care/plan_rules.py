"""What a plan may never do, whoever made it: who may go to whom, and every rule of a whole week."""

from collections import Counter, defaultdict
from enum import StrEnum

from care.planning import Distances, Need, Problem, Volunteer
from care.plans import Plan, Slot, Visit

TWO = 2


class Barred(StrEnum):
    """Why a volunteer may not go to an elder on any day."""

    NOT_THIS_PERSON = "not_this_person"
    NOT_THIS_ELDER = "not_this_elder"
    SAME_SEX = "same_sex"
    TOO_FAR = "too_far"


# What somebody wished. A way that is too long was no reason for whoever goes all the same.
WISHES = frozenset({Barred.NOT_THIS_PERSON, Barred.NOT_THIS_ELDER, Barred.SAME_SEX})


def own(need: Need, one: Volunteer) -> bool:
    """Whether the volunteer is of the elder's pairing."""
    return need.pairing is not None and need.pairing in one.pairings


def barred(need: Need, one: Volunteer, distances: Distances) -> Barred | None:
    """The absolute reason against it, if there is one (handbook, "The week": wishes).

    Who wishes for the same sex is not sent somebody of whom it is not written down. A distance
    that is not known is no reason against anybody.
    """
    if one.member_id in need.not_persons:
        return Barred.NOT_THIS_PERSON
    if need.elder_id in one.not_elders:
        return Barred.NOT_THIS_ELDER
    if need.same_sex and (need.sex is None or one.sex is not need.sex):
        return Barred.SAME_SEX
    metres = distances.between(need.place, one.place)
    if metres is not None and one.walks_metres is not None and metres > one.walks_metres:
        return Barred.TOO_FAR
    return None


def unwished(problem: Problem, elder_id: int, volunteer_id: int) -> bool:
    """Whether a wish stands against a volunteer who was asked before it was said."""
    need, one = problem.need.get(elder_id), problem.volunteer.get(volunteer_id)
    if need is None or one is None:
        return False
    return barred(need, one, problem.distances) in WISHES


def only_two(problem: Problem, elder_id: int, volunteer_id: int) -> bool:
    """Whether a volunteer may go to an elder together with somebody and not alone."""
    need, one = problem.need.get(elder_id), problem.volunteer.get(volunteer_id)
    return bool((need and need.two_people) or (one and one.wants_two))


class Break(StrEnum):
    """A rule that no plan may break."""

    UNKNOWN = "unknown"
    LOCKED_MOVED = "locked_moved"
    BARRED = "barred"
    NOT_A_DAY = "not_a_day"
    NOT_AVAILABLE = "not_available"
    WEEK_FULL = "week_full"
    HALF_DAY_FULL = "half_day_full"
    TWICE_A_DAY = "twice_a_day"
    MORE_THAN_OWED = "more_than_owed"
    ALONE = "alone"


def breaks(problem: Problem, plan: Plan) -> list[Break]:
    """Every hard rule that the plan breaks, once each; nothing for a plan that may be published.

    Locked visits are not judged, but they count: nobody gets more beside them than fits.
    """
    locked, all_of_it = Counter(problem.locked), Counter(plan.visits)
    planned = list((all_of_it - locked).elements())
    found = {Break.LOCKED_MOVED} if locked - all_of_it else set()
    known = []
    for visit in planned:
        need = problem.need.get(visit.elder_id)
        person = problem.volunteer.get(visit.volunteer_id)
        if need is None or person is None:
            found.add(Break.UNKNOWN)
            continue
        known.append(visit)
        found |= _broken_by(problem, need, person, visit)
    return sorted(found | _too_many(problem, known) | _not_together(problem, known))


def breaks_alone(problem: Problem, need: Need, person: Volunteer, visit: Visit) -> frozenset[Break]:
    """Every hard rule that one visit more would break, beside those locked in the problem."""
    found = _broken_by(problem, need, person, visit)
    return frozenset(found | _too_many(problem, [visit]) | _not_together(problem, [visit]))


def _broken_by(problem: Problem, need: Need, person: Volunteer, visit: Visit) -> set[Break]:
    """What one visit breaks by itself."""
    wrong = {
        Break.BARRED: barred(need, person, problem.distances) is not None,
        Break.NOT_A_DAY: visit.day not in need.days,
        Break.TWICE_A_DAY: visit.day in problem.busy[need.elder_id],
        Break.NOT_AVAILABLE: visit.slot not in person.half_days,
    }
    return {rule for rule, is_broken in wrong.items() if is_broken}


def _too_many(problem: Problem, planned: list[Visit]) -> set[Break]:
    """What the visits break by their number."""
    load = Counter(one.volunteer_id for one in planned)
    slots = Counter((one.volunteer_id, one.slot) for one in planned)
    doors = {(one.elder_id, one.slot) for one in planned}
    days = Counter((elder, slot[0]) for elder, slot in doors)
    given = Counter(elder for elder, _ in doors)
    wrong = {
        Break.WEEK_FULL: any(
            count > problem.room(problem.volunteer[who]) for who, count in load.items()
        ),
        Break.HALF_DAY_FULL: any(
            count + problem.slots[key] > problem.in_one_half_day for key, count in slots.items()
        ),
        Break.TWICE_A_DAY: any(count > 1 for count in days.values()),
        Break.MORE_THAN_OWED: any(
            count > problem.need[elder].owed for elder, count in given.items()
        ),
    }
    return {rule for rule, is_broken in wrong.items() if is_broken}


def _not_together(problem: Problem, planned: list[Visit]) -> set[Break]:
    """Whether somebody goes alone who should not, or with others than it is said."""
    at_door: defaultdict[tuple[int, Slot], list[Visit]] = defaultdict(list)
    for one in planned:
        at_door[one.elder_id, one.slot].append(one)
    for (elder, _), visits in at_door.items():
        people = {one.volunteer_id for one in visits}
        two = problem.need[elder].two_people or any(
            problem.volunteer[who].wants_two for who in people
        )
        beside = {one.volunteer_id: one.beside for one in visits}
        if len(people) != len(visits) or len(visits) > TWO or (two and len(visits) < TWO):
            return {Break.ALONE}
        if any(other != next(iter(people - {who}), None) for who, other in beside.items()):
            return {Break.ALONE}
    return set()
