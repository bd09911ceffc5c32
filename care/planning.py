"""What the week's planner knows of elders, volunteers and ways, before anything is planned.

A plan gives the visits that are owed to volunteers, half-day by half-day. Everything is about
one community and one week; what a plan may never do stands in `care/plan_rules.py`, its cost in
`care/plan_price.py`, why it is as it is in `care/plan_reasons.py`, and how the best one is found in
`scheduler/planner.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Self

from care.community import Settings
from care.days import HalfDay, days_of, half_day_name
from care.elders import Sex, Tier
from care.plans import Slot, Visit
from care.week import ElderWeek, owed_visits, visit_days


@dataclass(frozen=True)
class Need:
    """One elder to whom visits are owed.

    Attributes:
        pairing: the pairing whose volunteers come first; None for an elder who has none.
        owed: visits still to be found, beside `done` and beside locked ones.
        days: days of the week on which a visit would count.
        done: days of the week with a visit that is no part of this plan.
        dialects: those the elder speaks.
        place: the building, or anything else that `Distances` knows.
        familiar: how often each volunteer has come lately.
        same_sex: only a volunteer of the same sex may come.
        dialect_wanted: a volunteer who shares a dialect is wished for.
        not_persons: volunteers who may not come.
        two_people: two volunteers go together or nobody goes.
    """

    elder_id: int
    pairing: int | None
    tier: Tier
    owed: int
    days: frozenset[date]
    done: frozenset[date] = frozenset()
    sex: Sex | None = None
    dialects: frozenset[str] = frozenset()
    place: str | None = None
    familiar: Mapping[int, int] = field(default_factory=dict)
    same_sex: bool = False
    dialect_wanted: bool = False
    not_persons: frozenset[int] = frozenset()
    two_people: bool = False

    @classmethod
    def of(cls, elder: ElderWeek, week: date, settings: Settings, **facts: Any) -> Self:
        """What `care.week` says is owed, with further `facts` of the elder."""
        return cls(
            elder.elder_id,
            elder.pairing,
            elder.tier,
            owed_visits(elder, week, settings),
            frozenset(visit_days(elder, week)),
            done=elder.planned,
            **facts,
        )


@dataclass(frozen=True)
class Volunteer:
    """One volunteer's week.

    Attributes:
        half_days: dates and half-days on which they can come; leave is taken out already.
        most: visits in the week at most.
        taken: visits they have that are no part of this plan and not locked in it.
        walks_metres: how far they walk at most; None for any distance.
        not_elders: elders to whom they do not go.
        wants_two: goes only together with a second volunteer.
    """

    member_id: int
    pairings: frozenset[int]
    half_days: frozenset[Slot]
    most: int = 2
    taken: tuple[Slot, ...] = ()
    sex: Sex | None = None
    dialects: frozenset[str] = frozenset()
    place: str | None = None
    walks_metres: int | None = None
    not_elders: frozenset[int] = frozenset()
    wants_two: bool = False


def half_days_in(
    week: date,
    names: Collection[str],
    away: Collection[date] = (),
    also: Iterable[Slot] = (),
    first: Slot | None = None,
) -> frozenset[Slot]:
    """The half-days of a week on which somebody can come.

    Args:
        week: its Monday.
        names: weekly half-days such as "mon_am".
        away: days of leave.
        also: single dates on which they can come too.
        first: nothing before this half-day.
    """
    weekly = ((day, half) for day in days_of(week) for half in HalfDay)
    named = {slot for slot in weekly if half_day_name(*slot) in names}
    return frozenset(
        slot
        for slot in named | set(also)
        if slot[0] not in away and (first is None or slot >= first)
    )


@dataclass(frozen=True)
class Distances:
    """How far it is from one place to another, in metres, whichever way it was measured."""

    metres: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def between(self, one: str | None, other: str | None) -> int | None:
        """Metres; 0 in the same building, None when it is not known. Direction does not matter."""
        if one is None or other is None:
            return None
        if one == other:
            return 0
        return self.metres.get((one, other), self.metres.get((other, one)))


@dataclass(frozen=True)
class Problem:
    """A community's week before it is planned.

    Attributes:
        locked: visits that stay as they are, whatever speaks against them.
        in_one_half_day: visits a volunteer makes in one half-day at most.
        own_only: elders to whom nobody is sent but volunteers of their pairing.
    """

    needs: tuple[Need, ...]
    volunteers: tuple[Volunteer, ...]
    locked: tuple[Visit, ...] = ()
    distances: Distances = Distances()
    in_one_half_day: int = 2
    own_only: frozenset[int] = frozenset()

    def sorted(self) -> Self:
        """The same problem, whatever the order in which it was told."""
        return type(self)(
            tuple(sorted(self.needs, key=lambda one: one.elder_id)),
            tuple(sorted(self.volunteers, key=lambda one: one.member_id)),
            tuple(sorted(self.locked, key=lambda one: one.key)),
            self.distances,
            self.in_one_half_day,
            self.own_only,
        )

    @cached_property
    def need(self) -> Mapping[int, Need]:
        """By elder."""
        return {one.elder_id: one for one in self.needs}

    @cached_property
    def volunteer(self) -> Mapping[int, Volunteer]:
        """By member."""
        return {one.member_id: one for one in self.volunteers}

    @cached_property
    def locked_to(self) -> Mapping[int, tuple[Visit, ...]]:
        """Locked visits by elder."""
        found: defaultdict[int, tuple[Visit, ...]] = defaultdict(tuple)
        for one in self.locked:
            found[one.elder_id] += (one,)
        return dict(found)

    @cached_property
    def load(self) -> Counter[int]:
        """Visits that each volunteer has before planning."""
        return Counter(
            [one.volunteer_id for one in self.locked]
            + [one.member_id for one in self.volunteers for _ in one.taken]
        )

    @cached_property
    def slots(self) -> Counter[tuple[int, Slot]]:
        """Visits that each volunteer has in each half-day before planning."""
        return Counter(
            [(one.volunteer_id, one.slot) for one in self.locked]
            + [(one.member_id, slot) for one in self.volunteers for slot in one.taken]
        )

    @cached_property
    def busy(self) -> Mapping[int, frozenset[date]]:
        """By elder, days with a visit before planning."""
        return {
            one.elder_id: one.done | {visit.day for visit in self.locked_to.get(one.elder_id, ())}
            for one in self.needs
        }

    @cached_property
    def free(self) -> Mapping[int, frozenset[date]]:
        """By elder, days on which the plan may put a visit."""
        return {one.elder_id: one.days - self.busy[one.elder_id] for one in self.needs}

    def room(self, one: Volunteer) -> int:
        """How many visits more the volunteer makes in the week."""
        return max(0, one.most - self.load[one.member_id])

    @cached_property
    def openings(self) -> Mapping[int, tuple[Slot, ...]]:
        """By volunteer, half-days in which they can make a visit more."""
        return {
            one.member_id: tuple(
                slot
                for slot in sorted(one.half_days)
                if self.room(one) and self.slots[one.member_id, slot] < self.in_one_half_day
            )
            for one in self.volunteers
        }
