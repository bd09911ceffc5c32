"""What visits are owed in a week, and how they are shared out inside a pairing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations, pairwise

from care.availability import Slot, can_come
from care.cadence import part_of
from care.community import Settings
from care.days import HalfDay, days_of
from care.elders import Tier

APART = 2


@dataclass(frozen=True)
class ElderWeek:
    """What the planner knows of one elder.

    Attributes:
        pairing: the pairing whose volunteers may be sent.
        visited_this_month: days of this month with a visit, done or planned.
        planned: days of the week that already have a live assignment.
        familiar: the volunteer who came last.
        excused: visits of the week that the social worker dropped, with a reason.
        paused: days of the week on which nothing is owed.
    """

    elder_id: int
    pairing: int
    tier: Tier
    visited_this_month: frozenset[date] = frozenset()
    planned: frozenset[date] = frozenset()
    familiar: int | None = None
    excused: int = 0
    paused: frozenset[date] = frozenset()


@dataclass(frozen=True)
class VolunteerWeek:
    """What the planner knows of one volunteer.

    Attributes:
        half_days: names such as "mon_am" on which they can come.
        away: dates of the week on which they are on leave.
        dates: what they said of single half-days, stronger than `half_days`.
        most: visits a week at most.
        taken: visits of the week they already have, by day and half-day.
    """

    member_id: int
    pairings: frozenset[int]
    half_days: frozenset[str]
    away: frozenset[date] = frozenset()
    most: int = 2
    taken: tuple[tuple[date, HalfDay], ...] = ()
    dates: Mapping[Slot, bool] = field(default_factory=dict)

    def can_come(self, day: date, half: HalfDay) -> bool:
        """Whether they said they can, and are not on leave."""
        return can_come((day, half), self.half_days, self.dates, self.away)


class Why(StrEnum):
    """Why a visit could not be given to anybody."""

    NO_VOLUNTEER = "no_volunteer"
    NOBODY_FREE = "nobody_free"
    ALL_FULL = "all_full"


@dataclass(frozen=True)
class Visit:
    """One visit shared out."""

    elder_id: int
    volunteer_id: int
    day: date
    half: HalfDay


@dataclass(frozen=True)
class Gap:
    """Visits that nobody can make, with the reason; they are said by name, never dropped."""

    elder_id: int
    owed: int
    why: Why


@dataclass(frozen=True)
class Plan:
    """A week, shared out."""

    visits: tuple[Visit, ...]
    gaps: tuple[Gap, ...]


def owed_visits(elder: ElderWeek, week: date, settings: Settings) -> int:
    """How many more visits the elder is owed in the week (handbook, "Tiers and cadence").

    Yellow is owed its visits every week. Green is owed one a month: the first four weeks of the
    month share the elders out by their number, and the visit stays owed until it happened. A week
    belongs to the month its Thursday is in. Red is owed contacts, not visits. Who is paused for
    some days is owed less, and on the others only.
    """
    if elder.tier is Tier.YELLOW:
        quota = part_of(settings.yellow_visits_a_week, 7 - len(elder.paused), 7)
        return max(0, quota - len(elder.planned) - elder.excused)
    if elder.tier is not Tier.GREEN or elder.planned or elder.excused:
        return 0
    if not visit_days(elder, week):
        return 0
    thursday = week + timedelta(days=3)
    turn = (thursday.day - 1) // 7
    if turn < elder.elder_id % 4:
        return 0
    missing = settings.green_visits_a_month - len(elder.visited_this_month)
    weeks_after = sum(
        (thursday + timedelta(days=7 * n)).month == thursday.month for n in range(1, 5)
    )
    return max(0, min(missing, max(1, missing - weeks_after)))


def visit_days(elder: ElderWeek, week: date) -> list[date]:
    """The days of the week on which a visit would count for what is owed."""
    month = (week + timedelta(days=3)).month
    return [
        day
        for day in days_of(week)
        if day not in elder.paused and (elder.tier is not Tier.GREEN or day.month == month)
    ]


@dataclass
class _Shares:
    """What each volunteer has been given so far, and the rules of who can take another visit."""

    people: dict[int, VolunteerWeek]
    settings: Settings
    first: tuple[date, HalfDay] | None
    given: Counter[int] = field(default_factory=Counter)
    slots: Counter[tuple[int, date, HalfDay]] = field(default_factory=Counter)

    def take(self, volunteer: int, day: date, half: HalfDay) -> None:
        """A visit more."""
        self.given[volunteer] += 1
        self.slots[volunteer, day, half] += 1

    def give_back(self, visit: Visit) -> None:
        """A visit less."""
        self.given[visit.volunteer_id] -= 1
        self.slots[visit.volunteer_id, visit.day, visit.half] -= 1

    def fits(self, one: VolunteerWeek, day: date, half: HalfDay) -> bool:
        """Whether the volunteer can come then."""
        return (
            one.can_come(day, half)
            and self.given[one.member_id] < one.most
            and self.slots[one.member_id, day, half] < self.settings.visits_in_one_half_day
            and (self.first is None or (day, half) >= self.first)
        )

    def load(self, one: VolunteerWeek) -> float:
        """How much of what they wished for the volunteer has."""
        return self.given[one.member_id] / one.most

    def best(self, elder: ElderWeek, day: date) -> Visit | None:
        """Who goes to the elder on a day: the least busy, the familiar one among equals."""
        choices = [
            (self.load(one), one.member_id != elder.familiar, half, one.member_id)
            for one in self.people.values()
            if elder.pairing in one.pairings
            for half in HalfDay
            if self.fits(one, day, half)
        ]
        if not choices:
            return None
        _, _, half, volunteer = min(choices)
        return Visit(elder.elder_id, volunteer, day, half)

    def why_not(self, elder: ElderWeek) -> Why:
        """Why nobody can go."""
        mine = [one for one in self.people.values() if elder.pairing in one.pairings]
        if not mine:
            return Why.NO_VOLUNTEER
        if all(self.given[one.member_id] >= one.most for one in mine):
            return Why.ALL_FULL
        return Why.NOBODY_FREE


def share_out(
    week: date,
    elders: Iterable[ElderWeek],
    volunteers: Iterable[VolunteerWeek],
    settings: Settings,
    first: tuple[date, HalfDay] | None = None,
) -> Plan:
    """Share the owed visits of `week` out inside each pairing: simple, fair, and always the same.

    The fullest volunteer comes last, the familiar one first among equals; visits to one elder are
    kept two days apart where that can be. Nothing before the half-day `first` is planned.
    """
    people = {one.member_id: one for one in sorted(volunteers, key=lambda one: one.member_id)}
    shares = _Shares(people, settings, first)
    for one in people.values():
        for day, half in one.taken:
            shares.take(one.member_id, day, half)
    order = {Tier.YELLOW: 0, Tier.GREEN: 1}
    wanted = sorted(elders, key=lambda one: (order.get(one.tier, 2), one.elder_id))
    known = {one.elder_id: one for one in wanted}
    visits: list[Visit] = []
    missing: Counter[int] = Counter()
    for elder in wanted:
        owed = owed_visits(elder, week, settings)
        found = _for_elder(elder, week, owed, shares)
        visits.extend(found)
        missing[elder.elder_id] = owed - len(found)
        while missing[elder.elder_id] and _make_room(elder, week, visits, known, shares):
            missing[elder.elder_id] -= 1
    _even_out(week, visits, missing, known, shares)
    gaps = (
        Gap(elder.elder_id, missing[elder.elder_id], shares.why_not(elder))
        for elder in wanted
        if missing[elder.elder_id]
    )
    visits.sort(key=lambda one: (one.day, one.half, one.elder_id))
    return Plan(tuple(visits), tuple(gaps))


def _for_elder(elder: ElderWeek, week: date, owed: int, shares: _Shares) -> list[Visit]:
    """As many of the owed visits as can be, on the best days for them."""
    free = [day for day in visit_days(elder, week) if day not in elder.planned]
    for count in range(min(owed, len(free)), 0, -1):
        tried = [_on_days(elder, days, shares) for days in combinations(free, count)]
        complete = [one for one in tried if one is not None]
        if complete:
            _, visits = min(complete, key=lambda one: one[0])
            for visit in visits:
                shares.take(visit.volunteer_id, visit.day, visit.half)
            return list(visits)
    return []


Score = tuple[int, float, int, tuple[date, ...]]


def _on_days(
    elder: ElderWeek, days: tuple[date, ...], shares: _Shares
) -> tuple[Score, tuple[Visit, ...]] | None:
    """Visits on exactly these days with how good that is, smaller is better; None if impossible."""
    visits: list[Visit] = []
    load = 0.0
    for day in days:
        visit = shares.best(elder, day)
        if visit is None:
            break
        load += shares.load(shares.people[visit.volunteer_id])
        shares.take(visit.volunteer_id, visit.day, visit.half)
        visits.append(visit)
    for visit in visits:
        shares.give_back(visit)
    if len(visits) < len(days):
        return None
    around = sorted({*days, *elder.planned})
    near = sum((after - before).days < APART for before, after in pairwise(around))
    unknown = sum(visit.volunteer_id != elder.familiar for visit in visits)
    return (near, load, unknown, days), tuple(visits)


def _make_room(
    elder: ElderWeek,
    week: date,
    visits: list[Visit],
    known: dict[int, ElderWeek],
    shares: _Shares,
) -> bool:
    """Move one visit to somebody or some time else, so that the elder can be visited after all."""
    for place, moved in enumerate(visits):
        if elder.pairing not in shares.people[moved.volunteer_id].pairings:
            continue
        shares.give_back(moved)
        others = [one for n, one in enumerate(visits) if n != place]
        mine = _one_more(elder, week, others, shares)
        other = known[moved.elder_id]
        theirs = None
        if mine is not None:
            shares.take(mine.volunteer_id, mine.day, mine.half)
            theirs = _one_more(other, week, [*others, mine], shares)
        if mine is not None and theirs is not None:
            shares.take(theirs.volunteer_id, theirs.day, theirs.half)
            visits[:] = [*others, mine, theirs]
            return True
        if mine is not None:
            shares.give_back(mine)
        shares.take(moved.volunteer_id, moved.day, moved.half)
    return False


def _one_more(elder: ElderWeek, week: date, visits: list[Visit], shares: _Shares) -> Visit | None:
    """One more visit to an elder, beside those already given."""
    busy = elder.planned | {one.day for one in visits if one.elder_id == elder.elder_id}
    choices = [
        (min((abs((day - other).days) for other in busy), default=7) < APART, visit.day, visit)
        for day in visit_days(elder, week)
        if day not in busy
        for visit in [shares.best(elder, day)]
        if visit is not None
    ]
    return min(choices, key=lambda one: one[:2])[2] if choices else None


def _even_out(
    week: date,
    visits: list[Visit],
    missing: Counter[int],
    known: dict[int, ElderWeek],
    shares: _Shares,
) -> None:
    """Where visits are short, nobody gets two while somebody of the same tier gets none."""
    for elder in known.values():
        if not missing[elder.elder_id] or _count(elder, visits):
            continue
        for place, moved in enumerate(visits):
            other = known[moved.elder_id]
            if other.tier is not elder.tier or _count(other, visits) < 2:  # noqa: PLR2004 - one stays
                continue
            shares.give_back(moved)
            others = [one for n, one in enumerate(visits) if n != place]
            mine = _one_more(elder, week, others, shares)
            if mine is not None:
                shares.take(mine.volunteer_id, mine.day, mine.half)
                visits[:] = [*others, mine]
                missing[elder.elder_id] -= 1
                missing[other.elder_id] += 1
                break
            shares.take(moved.volunteer_id, moved.day, moved.half)


def _count(elder: ElderWeek, visits: list[Visit]) -> int:
    return len(elder.planned) + sum(one.elder_id == elder.elder_id for one in visits)
