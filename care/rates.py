"""Rates: how much of what was owed was done, by tier, week and month, and the 月探访率.

- red: days with a contact / days that are over and owed one (a paused day is owed nothing);
- yellow: visits made / visits owed, by the week; more than was owed makes up for no other week;
- green: likewise, by the month;
- 月探访率: see `MonthlyRate`.

Percentages are rounded down, so that 100 means all.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from care.cadence import (
    Progress,
    days_between,
    days_of_month,
    in_month,
    in_week,
    months_between,
    weeks_between,
    weeks_of_month,
)
from care.community import Settings
from care.days import days_of
from care.elders import Tier
from care.ledger import State, Tally, tally


@dataclass(frozen=True)
class Record:
    """What is known of one elder in a stretch of days.

    Attributes:
        owing: the days on which something is owed, with the tier that says what.
        visits: the days with a visit.
        red: how each red day ended; None while it is open.
    """

    owing: Mapping[date, Tier] = field(default_factory=dict)
    visits: Collection[date] = ()
    red: Mapping[date, State | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """What became of what was owed: done, missed for good, or still possible."""

    done: int = 0
    missed: int = 0
    open: int = 0

    def __add__(self, other: "Part") -> "Part":
        return Part(self.done + other.done, self.missed + other.missed, self.open + other.open)

    @property
    def owed(self) -> int:
        """All of it."""
        return self.done + self.missed + self.open

    @property
    def percent(self) -> int | None:
        """Done of owed; None when nothing was owed."""
        return self.done * 100 // self.owed if self.owed else None


def settled(progress: Progress, days: Iterable[date], one: Record, today: date) -> Part:
    """What became of a week or month, as of `today`.

    What is missing is still possible as far as there are days left on which a visit would count.
    """
    done = min(progress.done, progress.owed)
    missing = progress.owed - done
    left = sum(day >= today and day in one.owing and day not in one.visits for day in days)
    still = min(missing, left)
    return Part(done, missing - still, still)


def yellow_part(mondays: Iterable[date], one: Record, settings: Settings, today: date) -> Part:
    """What became of these weeks' visits; weeks that have not begun are not owed yet."""
    found, is_yellow = Part(), Tier.YELLOW in one.owing.values()
    for monday in mondays:
        if is_yellow and monday <= today:
            progress = in_week(monday, one.owing, one.visits, settings)
            found += settled(progress, days_of(monday), one, today)
    return found


def green_part(months: Iterable[date], one: Record, settings: Settings, today: date) -> Part:
    """What became of these months' visits; months that have not begun are not owed yet."""
    found, is_green = Part(), Tier.GREEN in one.owing.values()
    for first in months:
        if is_green and first <= today:
            progress = in_month(first, one.owing, one.visits, settings)
            found += settled(progress, days_of_month(first), one, today)
    return found


def red_tally(days: Iterable[date], records: Sequence[Record]) -> Tally:
    """How these days of the red ended."""
    asked = list(days)
    return tally([one.red[day] for one in records for day in asked if day in one.red])


class Standing(StrEnum):
    """How one elder's month stands."""

    AS_OWED = "as_owed"
    OPEN = "open"
    BEHIND = "behind"
    NOTHING_OWED = "nothing_owed"


def standing_of(first: date, one: Record, settings: Settings, today: date) -> Standing:
    """How an elder's month stands, from what was owed in each tier they had in it.

    One missed day or visit is behind. A tier in which nothing is done yet, but still may be, is
    open; what is done and goes on counts as owed so far.
    """
    red = red_tally(days_of_month(first), [one])
    parts = (
        Part(red.met, red.missed, red.open),
        yellow_part(weeks_of_month(first), one, settings, today),
        green_part([first], one, settings, today),
    )
    owed = [part for part in parts if part.owed]
    if not owed:
        return Standing.NOTHING_OWED
    if any(part.missed for part in owed):
        return Standing.BEHIND
    if any(not part.done for part in owed):
        return Standing.OPEN
    return Standing.AS_OWED


@dataclass(frozen=True)
class MonthlyRate:
    """月探访率: of the elders in care to whom something was owed in a month, how many got it.

    An elder counts as visited when, so far in the month, no red day was missed, the visits of each
    yellow week were made, and so were those of the green month. A week belongs to the month its
    Thursday is in. Who was owed nothing (paused all month, not assessed) is on neither side. While
    the month runs, the `open` may still be visited.
    """

    as_owed: int = 0
    open: int = 0
    behind: int = 0
    nothing_owed: int = 0

    @property
    def elders(self) -> int:
        """Elders in care to whom something was owed."""
        return self.as_owed + self.open + self.behind

    @property
    def percent(self) -> int | None:
        """Visited of those owed something; None when nothing was owed to anybody."""
        return self.as_owed * 100 // self.elders if self.elders else None


def monthly_rate(
    first: date, records: Sequence[Record], settings: Settings, today: date
) -> MonthlyRate:
    """The month's rate; of a month that runs, so far."""
    found = [standing_of(first, one, settings, today) for one in records]
    return MonthlyRate(
        as_owed=found.count(Standing.AS_OWED),
        open=found.count(Standing.OPEN),
        behind=found.count(Standing.BEHIND),
        nothing_owed=found.count(Standing.NOTHING_OWED),
    )


@dataclass(frozen=True)
class Fulfilment:
    """What became of what was owed in each tier; green is owed by the month, so a week has none."""

    red: Tally
    yellow: Part
    green: Part


@dataclass(frozen=True)
class Rates:
    """All rates of a stretch of days, and of the weeks and months in it by their first day."""

    all: Fulfilment
    weeks: Mapping[date, Fulfilment]
    months: Mapping[date, Fulfilment]
    monthly: Mapping[date, MonthlyRate]


def rates(
    first: date, last: date, records: Sequence[Record], settings: Settings, today: date
) -> Rates:
    """The rates from `first` to `last`, as of `today`.

    Red is counted by the day; yellow by the weeks whose Thursday is one of these days; green, and
    the monthly rate, by the months that they touch, each as a whole.
    """
    mondays = weeks_between(first, last)
    months = months_between(first, last)

    def of(days: Iterable[date], weeks: list[date], firsts: list[date]) -> Fulfilment:
        return Fulfilment(
            red_tally(days, records),
            sum((yellow_part(weeks, one, settings, today) for one in records), Part()),
            sum((green_part(firsts, one, settings, today) for one in records), Part()),
        )

    return Rates(
        of(days_between(first, last), mondays, months),
        {monday: of(days_of(monday), [monday], []) for monday in mondays},
        {one: of(days_of_month(one), weeks_of_month(one), [one]) for one in months},
        {one: monthly_rate(one, records, settings, today) for one in months},
    )


def stretch(first: date, last: date) -> tuple[date, date]:
    """The days that must be known for `rates`: whole months, and the weeks that belong to them."""
    months = months_between(first, last)
    mondays = weeks_of_month(months[0]) + weeks_of_month(months[-1])
    ends = (days_of_month(months[-1])[-1], *days_of(mondays[-1]))
    return min(months[0], mondays[0]), max(ends)
