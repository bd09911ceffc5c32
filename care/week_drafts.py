"""A drafted week changed by hand: what stands against a visit, and what is only worth a thought.

The social worker decides (handbook, "The week"); what may never be is refused with its reason.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from care.days import HalfDay, days_of
from care.plan_price import near_price
from care.plan_reasons import explained
from care.plan_rules import Break, barred, breaks_alone
from care.planning import Problem
from care.plans import Slot, Visit, Why

Away = Mapping[int, Collection[date]]


class Bar(StrEnum):
    """Why a visit may not be put there; the first ones are the strongest."""

    UNKNOWN = "unknown"
    NOT_THIS_PERSON = "not_this_person"
    NOT_THIS_ELDER = "not_this_elder"
    SAME_SEX = "same_sex"
    TOO_FAR = "too_far"
    AWAY = "away"
    NOT_A_DAY = "not_a_day"
    TWICE_A_DAY = "twice_a_day"
    WEEK_FULL = "week_full"
    NOT_AVAILABLE = "not_available"
    HALF_DAY_FULL = "half_day_full"


class Doubt(StrEnum):
    """What speaks against a visit and does not forbid it: the social worker decides."""

    NO_DIALECT = "no_dialect"
    ALONE = "alone"
    TOO_NEAR = "too_near"
    MORE_THAN_OWED = "more_than_owed"


# What hangs on the other visits; everything else stands against a visit whatever else is planned.
BY_OTHERS = frozenset({Bar.TWICE_A_DAY, Bar.WEEK_FULL, Bar.HALF_DAY_FULL})
NOT_THEN = frozenset({Bar.AWAY, Bar.NOT_AVAILABLE})


@dataclass(frozen=True)
class Verdict:
    """What stands against a visit; with no `bars` it may be put there."""

    bars: tuple[Bar, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether no hard rule is broken."""
        return not self.bars


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """What stands against several changes that are one."""
    found = list(verdicts)
    return Verdict(
        tuple(bar for bar in Bar if any(bar in one.bars for one in found)),
        tuple(doubt for doubt in Doubt if any(doubt in one.doubts for one in found)),
    )


def beside(problem: Problem, others: Iterable[Visit]) -> Problem:
    """The same week with these visits made already, so that one more can be judged.

    Args:
        problem: the week without anything that is drafted.
        others: the other drafted visits.
    """
    others = tuple(others)
    days: defaultdict[int, set[date]] = defaultdict(set)
    for one in others:
        days[one.elder_id].add(one.day)
    needs = tuple(
        replace(one, owed=max(0, one.owed - len(days[one.elder_id]))) for one in problem.needs
    )
    return replace(problem, needs=needs, locked=others)


def judge(week: Problem, visit: Visit, away: Away) -> Verdict:
    """What stands against one visit more (handbook, "The week": what the plan respects).

    Args:
        week: as `beside` gives it.
        visit: what somebody would like to put there.
        away: days of leave by volunteer.
    """
    need, person = week.need.get(visit.elder_id), week.volunteer.get(visit.volunteer_id)
    if need is None or person is None:
        return Verdict((Bar.UNKNOWN,))
    broken = breaks_alone(week, need, person, visit)
    if _as_second(week, visit):
        broken -= {Break.TWICE_A_DAY, Break.MORE_THAN_OWED, Break.ALONE}
    never = barred(need, person, week.distances)
    said = {str(one) for one in broken}
    found = {bar for bar in Bar if str(bar) in said}
    if never is not None:
        found.add(Bar(never))
    if visit.day in away.get(visit.volunteer_id, ()):
        found = found - {Bar.NOT_AVAILABLE} | {Bar.AWAY}
    busy = week.busy[need.elder_id]
    doubts = {
        Doubt.NO_DIALECT: need.dialect_wanted and not need.dialects & person.dialects,
        Doubt.ALONE: Break.ALONE in broken,
        Doubt.TOO_NEAR: near_price(busy | {visit.day}) > near_price(busy),
        Doubt.MORE_THAN_OWED: Break.MORE_THAN_OWED in broken,
    }
    return Verdict(
        tuple(one for one in Bar if one in found),
        tuple(one for one, holds in doubts.items() if holds),
    )


def _as_second(week: Problem, visit: Visit) -> bool:
    """Whether somebody goes to that door at that time who is to go with a second person."""
    need = week.need[visit.elder_id]
    there = [one for one in week.locked_to.get(visit.elder_id, ()) if one.day == visit.day]
    if len(there) != 1 or there[0].slot != visit.slot or there[0].put == visit.put:
        return False
    people = {there[0].volunteer_id, visit.volunteer_id} & week.volunteer.keys()
    return need.two_people or any(week.volunteer[one].wants_two for one in people)


def together(drafted: Mapping[int, Visit], number: int, new: Visit) -> dict[int, Visit]:
    """A visit as it shall be; whoever goes along to it goes at the new time too."""
    old = drafted.get(number, new)
    found = {number: new}
    for other, one in drafted.items():
        if other != number and (one.elder_id, one.slot) == (old.elder_id, old.slot):
            found[other] = replace(one, day=new.day, half=new.half)
    return found


def slots_of(week: date, first: Slot) -> list[Slot]:
    """The half-days of a week, nothing before `first`."""
    return [(day, half) for day in days_of(week) for half in HalfDay if (day, half) >= first]


def all_slots(
    week: Problem, elder_id: int, member_id: int, slots: Iterable[Slot], away: Away
) -> dict[Slot, Verdict]:
    """What stands against each half-day for one volunteer and one elder."""
    return {slot: judge(week, Visit(elder_id, member_id, *slot), away) for slot in slots}


def main_bar(verdicts: Iterable[Verdict]) -> Bar | None:
    """Why somebody can come at no time at all; None when they can.

    The reason that holds everywhere, else the one that stands in the way at the last: a half-day
    on which they are free tells more than all those on which they are not.
    """
    bars = [one.bars for one in verdicts]
    if not bars:
        return Bar.NOT_A_DAY
    if any(not one for one in bars):
        return None
    everywhere = [one for one in Bar if all(one in several for several in bars)]
    if everywhere:
        return everywhere[0]
    return min(bars, key=lambda several: (bool(NOT_THEN & set(several)), len(several)))[0]


def somebody_could(week: Problem, elder_id: int) -> bool:
    """Whether anybody has time and room for one visit more, and no wish or way against it.

    Args:
        week: as `beside` gives it.
        elder_id: the elder.
    """
    need = week.need[elder_id]
    days = week.free[elder_id]
    return any(
        any(day in days for day, _ in week.openings[one.member_id])
        and barred(need, one, week.distances) is None
        for one in week.volunteers
    )


def reasons(problem: Problem, visits: Iterable[Visit], chosen: Visit) -> tuple[Why, ...]:
    """Why `chosen` is as it is among all drafted `visits`: the staff decided it, and what fits."""
    decided = replace(problem, locked=(chosen,))
    found = explained(decided, visits)
    return next(one.why for one in found if one.put == chosen.put)


def settle(
    problem: Problem,
    drafted: Mapping[int, Visit],
    wanted: Mapping[int, Visit | None],
    away: Away,
) -> dict[int, Verdict]:
    """What stands against each of several changes when all that may be are made together.

    A change that breaks a rule is left out, the last one first, and the others are judged again:
    two volunteers may change places although neither could take one visit more. What was left out
    only for another that was left out too is taken after all.

    Args:
        problem: the week without anything that is drafted.
        drafted: visits by number, as they are.
        wanted: some of them as they shall be; None: not needed.
        away: days of leave by volunteer.
    """
    taken, left = dict(wanted), dict[int, Verdict]()
    while True:
        verdicts = _judged(problem, drafted, taken, away)
        wrong = [number for number in taken if not verdicts[number].allowed]
        if not wrong:
            break
        never = [number for number in wrong if set(verdicts[number].bars) - BY_OTHERS]
        # One by one while there are few; a whole file that cannot be does not take for ever.
        for number in never or wrong[-max(1, len(wrong) // 4) :]:
            left[number] = verdicts[number]
            del taken[number]
    for number in (one for one in wanted if one in left and set(left[one].bars) <= BY_OTHERS):
        again = _judged(problem, drafted, taken | {number: wanted[number]}, away)
        if all(one.allowed for one in again.values()):
            taken, verdicts = taken | {number: wanted[number]}, again
    return left | verdicts


def _judged(
    problem: Problem, drafted: Mapping[int, Visit], taken: Mapping[int, Visit | None], away: Away
) -> dict[int, Verdict]:
    """What stands against each change when all of these are made together."""
    after = {**drafted, **taken}
    verdicts = {}
    for number, visit in taken.items():
        others = [one for key, one in after.items() if key != number and one is not None]
        verdicts[number] = (
            Verdict() if visit is None else judge(_about(problem, visit, others), visit, away)
        )
    return verdicts


def _about(problem: Problem, visit: Visit, others: Iterable[Visit]) -> Problem:
    """Of the week as `beside` gives it, what one visit hangs on: quick to make for each of many."""
    near = [
        one
        for one in others
        if one.elder_id == visit.elder_id or one.volunteer_id == visit.volunteer_id
    ]
    people = {one.volunteer_id for one in near} | {visit.volunteer_id}
    need = problem.need.get(visit.elder_id)
    small = replace(
        problem,
        needs=() if need is None else (need,),
        volunteers=tuple(problem.volunteer[one] for one in people & problem.volunteer.keys()),
    )
    return beside(small, near)
