"""When a volunteer can come: half-days of every week, single dates, leave, visits a week."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from care.days import HALF_DAYS, WEEKEND, HalfDay, days_of, half_day_name
from care.joining import VolunteerKind

Slot = tuple[date, HalfDay]
# A day of the coming two weeks can be chosen in chat; what is later is leave.
DAYS_AHEAD = 14
MOST_VISITS = 14
USUAL_VISITS = 3


@dataclass(frozen=True)
class Availability:
    """One volunteer's week.

    Attributes:
        slots: the half-days on which they can come.
        most: visits in the week at most.
    """

    slots: frozenset[Slot]
    most: int

    def can_come(self, day: date, half: HalfDay) -> bool:
        """Whether they can come then."""
        return (day, half) in self.slots

    def room(self, taken: int) -> int:
        """How many visits more they take, who have `taken` already."""
        return max(0, self.most - taken)


def usual_half_days(kind: VolunteerKind | None) -> tuple[str, ...]:
    """Half-days of somebody who has not said: students at weekends (handbook, "The week")."""
    if kind is VolunteerKind.STUDENT:
        return tuple(name for name in HALF_DAYS if name in WEEKEND)
    return HALF_DAYS


def can_come(
    slot: Slot, weekly: Iterable[str], dates: Mapping[Slot, bool], away: Iterable[date]
) -> bool:
    """Whether somebody can come on one half-day.

    Leave is stronger than what was said of a single date, and that than what holds every week.
    """
    day, half = slot
    if day in away:
        return False
    return dates.get(slot, half_day_name(day, half) in weekly)


def resolve(
    week: date,
    weekly: Iterable[str],
    most: int,
    dates: Mapping[Slot, bool],
    away: Iterable[date],
) -> Availability:
    """The half-days of the week that begins on `week` on which a volunteer can come."""
    said, gone = frozenset(weekly), frozenset(away)
    slots = ((day, half) for day in days_of(week) for half in HalfDay)
    return Availability(frozenset(one for one in slots if can_come(one, said, dates, gone)), most)


def weekly_after(weekly: Iterable[str], name: str, *, can: bool) -> list[str]:
    """The half-days of every week after one of them is said to be possible, or not."""
    said = set(weekly) | {name} if can else set(weekly) - {name}
    return [one for one in HALF_DAYS if one in said]
