"""What visits are owed in a week, and what is known of those who could make them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

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
        planned: days of the week with a visit, done or planned.
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
