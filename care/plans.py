"""A week's plan: visits with the reasons for them, and gaps with the reasons for those."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

from care.days import HalfDay

Slot = tuple[date, HalfDay]
Put = tuple[int, int, Slot]


class Why(StrEnum):
    """Why this volunteer makes this visit; the first reasons are the strongest."""

    LOCKED = "locked"
    ONLY_ONE_FREE = "only_one_free"
    OWN_PAIRING = "own_pairing"
    COVERS_FOR = "covers_for"
    SECOND_PERSON = "second_person"
    KNOWS_THEM = "knows_them"
    SAME_SEX = "same_sex"
    SAME_DIALECT = "same_dialect"
    SAME_BUILDING = "same_building"
    NEAR = "near"
    ONE_TRIP = "one_trip"
    LEAST_BUSY = "least_busy"


@dataclass(frozen=True)
class Visit:
    """One volunteer at one elder's door. Two who go together are two visits.

    Attributes:
        beside: the volunteer who comes along.
    """

    elder_id: int
    volunteer_id: int
    day: date
    half: HalfDay
    beside: int | None = None
    why: tuple[Why, ...] = field(default=(), compare=False)

    @property
    def slot(self) -> Slot:
        """Date and half-day."""
        return self.day, self.half

    @property
    def put(self) -> Put:
        """Who is put at whose door, and when."""
        return self.elder_id, self.volunteer_id, self.slot

    @property
    def key(self) -> tuple[date, HalfDay, int, int]:
        """The order in which a plan lists its visits."""
        return self.day, self.half, self.elder_id, self.volunteer_id


class NoWay(StrEnum):
    """Why visits of an elder stay uncovered: where the last volunteers fell away."""

    NO_DAY = "no_day"
    NO_VOLUNTEER = "no_volunteer"
    WISHES = "wishes"
    TOO_FAR = "too_far"
    NOBODY_FREE = "nobody_free"
    NOT_TWO = "not_two"
    ALL_FULL = "all_full"


class Part(StrEnum):
    """A part of the week."""

    WEEKDAYS = "weekdays"
    WEEKEND = "weekend"
    WEEK = "week"


@dataclass(frozen=True)
class Facts:
    """What a sentence about a gap can be made of: volunteers left after each question.

    Attributes:
        when: the days on which somebody was looked for.
        place: the elder's building.
        volunteers: how many there are.
        willing: of these, whom no wish keeps away.
        near: of these, for whom it is not too far.
        free: of these, who can come on one of the days.
    """

    when: Part
    place: str | None = None
    volunteers: int = 0
    willing: int = 0
    near: int = 0
    free: int = 0


@dataclass(frozen=True)
class Gap:
    """Visits that nobody makes; they are said by name, never dropped."""

    elder_id: int
    missing: int
    why: NoWay
    facts: Facts

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """A gap as a week's plan keeps it in JSON; facts that are not there are not known."""
        facts = {"when": Part.WEEK} | kept.get("facts", {})
        return cls(
            kept["elder"],
            kept["owed"],
            NoWay(kept["why"]),
            Facts(**facts | {"when": Part(facts["when"])}),
        )


@dataclass(frozen=True)
class Plan:
    """A week, planned.

    Attributes:
        visits: with the locked ones, by day.
        own: visits of the pairings' own plans, before anybody covered for another pairing.
        objective: what the plan costs (`care.plan_price`), with what was moved for others.
        bound: no plan costs less, in the order of stages that `scheduler.planner` keeps.
    """

    visits: tuple[Visit, ...]
    gaps: tuple[Gap, ...]
    own: tuple[Visit, ...]
    objective: int
    bound: float

    @property
    def moved(self) -> tuple[Visit, ...]:
        """Visits of own plans that gave way to one that nobody could have made otherwise."""
        puts = {one.put for one in self.visits}
        return tuple(one for one in self.own if one.put not in puts)

    @property
    def gap_to_bound(self) -> float:
        """By how much the plan may be worse than the best, as a part of its cost."""
        return max(0.0, (self.objective - self.bound) / max(1, self.objective))
