"""Why a plan is as it is: a reason for every visit, and for every visit that nobody makes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from care.days import WEEKDAYS, WEEKEND
from care.plan_price import door
from care.plan_rules import TWO, Barred, barred, own
from care.planning import Need, Problem, Volunteer
from care.plans import Facts, Gap, NoWay, Part, Slot, Visit, Why

NEAR_METRES = 500


@dataclass
class _Week:
    """A planned week, looked up from several sides."""

    problem: Problem
    visits: tuple[Visit, ...]

    def __post_init__(self) -> None:
        self.load = self.problem.load + Counter(
            one.volunteer_id for one in self.visits if one not in self.problem.locked
        )
        self.ways: Counter[tuple[int, Slot, str | int | None]] = Counter(
            (one.volunteer_id, one.slot, self.place(one)) for one in self.visits
        )
        pairings: defaultdict[int, list[Volunteer]] = defaultdict(list)
        for person in self.problem.volunteers:
            for pairing in person.pairings:
                pairings[pairing].append(person)
        self.pairings: Mapping[int, list[Volunteer]] = pairings

    def place(self, visit: Visit) -> str | int | None:
        """The door a visit leads to."""
        need = self.problem.need.get(visit.elder_id)
        return None if need is None else door(need)

    def busy(self, one: Volunteer) -> float:
        """How much of what they offer the volunteer has."""
        return self.load[one.member_id] / max(1, one.most)

    def others(self, need: Need, person: Volunteer) -> list[Volunteer]:
        """Who else could have gone, before anything was planned."""
        mine = own(need, person) and need.pairing is not None
        asked = self.pairings[need.pairing] if mine else self.problem.volunteers  # type: ignore[index]
        days = self.problem.free[need.elder_id]
        return [
            one
            for one in asked
            if one.member_id != person.member_id
            and barred(need, one, self.problem.distances) is None
            and any(day in days for day, _ in self.problem.openings[one.member_id])
        ]


def explained(problem: Problem, visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """The visits in order, each with its reasons, the strongest first; never without one."""
    ordered = tuple(sorted(visits, key=lambda one: one.key))
    week = _Week(problem, ordered)
    return tuple(replace(one, why=_why(week, one)) for one in ordered)


def _why(week: _Week, visit: Visit) -> tuple[Why, ...]:
    """The reasons of one visit."""
    locked = visit in week.problem.locked
    need = week.problem.need.get(visit.elder_id)
    person = week.problem.volunteer.get(visit.volunteer_id)
    if need is None or person is None:
        return (Why.LOCKED,)
    others = week.others(need, person)
    metres = week.problem.distances.between(need.place, person.place)
    is_so = {
        Why.LOCKED: locked,
        Why.ONLY_ONE_FREE: not locked and not others,
        Why.OWN_PAIRING: own(need, person),
        Why.COVERS_FOR: not own(need, person),
        Why.SECOND_PERSON: visit.beside is not None,
        Why.KNOWS_THEM: need.familiar.get(person.member_id, 0) > 0,
        Why.SAME_SEX: need.same_sex and person.sex is need.sex,
        Why.SAME_DIALECT: need.dialect_wanted and bool(need.dialects & person.dialects),
        Why.SAME_BUILDING: metres == 0,
        Why.NEAR: metres is not None and 0 < metres <= NEAR_METRES,
        Why.ONE_TRIP: week.ways[person.member_id, visit.slot, door(need)] > 1,
        Why.LEAST_BUSY: bool(others)
        and all(week.busy(person) <= week.busy(other) for other in others),
    }
    return tuple(why for why, holds in is_so.items() if holds)


def gaps(problem: Problem, visits: Iterable[Visit]) -> tuple[Gap, ...]:
    """What is owed and not in `visits`, by elder, each with its reason and the facts behind it."""
    planned: defaultdict[int, set[date]] = defaultdict(set)
    for one in visits:
        if one not in problem.locked:
            planned[one.elder_id].add(one.day)
    found = []
    for need in problem.needs:
        missing = need.owed - len(planned[need.elder_id])
        if missing > 0:
            days = problem.free[need.elder_id] - planned[need.elder_id]
            found.append(Gap(need.elder_id, missing, *_no_way(problem, need, days)))
    return tuple(found)


def _no_way(problem: Problem, need: Need, days: frozenset[date]) -> tuple[NoWay, Facts]:
    """At which question the last volunteer fell away."""
    bars = [(one, barred(need, one, problem.distances)) for one in problem.volunteers]
    willing = [(one, bar) for one, bar in bars if bar in {None, Barred.TOO_FAR}]
    near = [one for one, bar in willing if bar is None]
    slots = Counter(slot for one in near for slot in one.half_days if slot[0] in days)
    free = [one for one in near if any(slot in slots for slot in one.half_days)]
    alone_will_do = not need.two_people and any(not one.wants_two for one in free)
    questions = (
        (NoWay.NO_DAY, days),
        (NoWay.NO_VOLUNTEER, bars),
        (NoWay.WISHES, willing),
        (NoWay.TOO_FAR, near),
        (NoWay.NOBODY_FREE, free),
        (NoWay.NOT_TWO, alone_will_do or max(slots.values(), default=0) >= TWO),
    )
    why = next((why for why, answer in questions if not answer), NoWay.ALL_FULL)
    counts = (len(bars), len(willing), len(near), len(free))
    return why, Facts(_part(days), need.place, *counts)


def _part(days: frozenset[date]) -> Part:
    """Which part of the week these days are."""
    at_weekend = {f"{WEEKDAYS[day.weekday()]}_am" in WEEKEND for day in days}
    if at_weekend == {True}:
        return Part.WEEKEND
    return Part.WEEKDAYS if at_weekend == {False} else Part.WEEK
