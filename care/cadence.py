"""Cadence: what an elder is owed on a day, in a week, in a month, and how much of it is done.

The source is the handbook, "Tiers and cadence". A visit counts for everything, a call for red (and
on surge days, see `care.surge`) only, an attempt for nothing. What happened counts for the day on
which it happened, whenever it was written down. Two visits on one day are one: what is owed is
somebody at the door on so many days.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.community import Settings
from care.days import WEEK, day_bounds, days_of, week_of
from care.elders import Tier
from care.pauses import Paused, covering
from care.tiers import Change, tiers_between

DAY = timedelta(days=1)
STRICTEST_FIRST = (Tier.RED, Tier.YELLOW, Tier.GREEN)
# The visits of a week belong two days apart; those of a month have a week each.
DAYS_PER_MISSING_VISIT = {"week": 2, "month": 7}

Bounds = Mapping[date, tuple[datetime, datetime]]


def bounds_of(days: Iterable[date], zone: ZoneInfo) -> Bounds:
    """When each of these local days begins and ends (UTC)."""
    return {day: day_bounds(day, zone) for day in days}


class Period(StrEnum):
    """For how long something is owed."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Course:
    """An elder's time in care.

    Attributes:
        since: when they came into care (UTC).
        until: when they left it; the day of it owes nothing any more.
        now_is: the tier after the last change.
        changes: changes of tier, oldest first, at least those since the first day asked about.
    """

    since: datetime
    now_is: Tier | None
    until: datetime | None = None
    changes: tuple[Change, ...] = ()
    pauses: tuple[Paused, ...] = ()

    def tier_between(self, start: datetime, end: datetime) -> Tier | None:
        """The strictest tier of a day; None before care, after it, and while not assessed.

        Strictest, because a red day that began at noon is still a day on which somebody calls.
        """
        if self.until is not None and self.until < end:
            return None
        found = tiers_between(start, end, self.now_is, list(self.changes), self.since)
        return next((tier for tier in STRICTEST_FIRST if tier in found), None)

    def owing(self, bounds: Bounds) -> dict[date, Tier]:
        """The days on which something is owed, with the tier that says what."""
        found = {}
        for day, (start, end) in bounds.items():
            tier = self.tier_between(start, end)
            if tier is not None and covering(list(self.pauses), day) is None:
                found[day] = tier
        return found


def month_of(day: date) -> date:
    """The first day of the calendar month that `day` is in."""
    return day.replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return first.replace(day=1) + timedelta(days=monthrange(first.year, first.month)[1])


def month_before(first: date) -> date:
    """The first day of the month before."""
    return month_of(first.replace(day=1) - DAY)


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + n * DAY for n in range((last - first).days + 1)]


def days_of_month(first: date) -> list[date]:
    """The days of the calendar month that begins on `first`."""
    return days_between(first, next_month(first) - DAY)


def weeks_of_month(first: date) -> list[date]:
    """The Mondays of a month's weeks; a week belongs to the month its Thursday is in."""
    return weeks_between(first, next_month(first) - DAY)


def weeks_between(first: date, last: date) -> list[date]:
    """The Mondays of the weeks whose Thursday is one of these days."""
    monday = week_of(first)
    if monday + 3 * DAY < first:
        monday += WEEK
    return [monday + n * WEEK for n in range((last - monday - 3 * DAY).days // 7 + 1)]


def months_between(first: date, last: date) -> list[date]:
    """The months that these days touch; each of them is spoken of as a whole."""
    found = [month_of(first)]
    while next_month(found[-1]) <= last:
        found.append(next_month(found[-1]))
    return found


def part_of(quota: int, present: int, whole: int) -> int:
    """How many of `quota` visits are owed to somebody who is there on `present` of `whole` days.

    Scaled down by the days and rounded down, so that nobody is owed more often than the tier says;
    who is there for at least half of the days is owed at least one; and never more than one a day.
    Days that count are those in care, not paused, and in this tier: so the same rule serves a
    pause, somebody who came in the middle, and a tier that changed.
    """
    if quota == 0 or present == 0:
        return 0
    least = 1 if 2 * present >= whole else 0
    return min(present, max(quota * present // whole, least))


@dataclass(frozen=True)
class Progress:
    """How much of what is owed is done; more than was owed is shown as it is."""

    done: int
    owed: int
    period: Period = Period.DAY

    @property
    def missing(self) -> int:
        """What is still owed."""
        return max(0, self.owed - self.done)


def in_week(
    monday: date, owing: Mapping[date, Tier], visits: Collection[date], settings: Settings
) -> Progress:
    """The visits of a yellow week, Monday to Sunday."""
    days = list(days_of(monday))
    quota = settings.yellow_visits_a_week
    return _progress(Tier.YELLOW, days, owing, visits, quota, Period.WEEK)


def in_month(
    first: date, owing: Mapping[date, Tier], visits: Collection[date], settings: Settings
) -> Progress:
    """The visits of a green calendar month."""
    days = days_of_month(first)
    quota = settings.green_visits_a_month
    return _progress(Tier.GREEN, days, owing, visits, quota, Period.MONTH)


def _progress(
    tier: Tier,
    days: list[date],
    owing: Mapping[date, Tier],
    visits: Collection[date],
    quota: int,
    period: Period,
) -> Progress:
    present = sum(owing.get(day) is tier for day in days)
    done = sum(day in visits for day in days)
    return Progress(done, part_of(quota, present, len(days)), period)


def on_day(
    day: date, owing: Mapping[date, Tier], contacts: Collection[date], settings: Settings
) -> Progress:
    """A red day: one contact, unless there was one within `red_every_days`."""
    done = int(day in contacts)
    lately = any(day - n * DAY in contacts for n in range(1, settings.red_every_days))
    owed = owing.get(day) is Tier.RED and not lately
    return Progress(done, int(owed))


def now_owed(
    today: date,
    owing: Mapping[date, Tier],
    visits: Collection[date],
    contacts: Collection[date],
    settings: Settings,
) -> Progress | None:
    """What today's tier asks for, and how far it is: the day, the week, or the month.

    None while nothing is owed: paused, not assessed, out of care.
    """
    match owing.get(today):
        case Tier.RED:
            return on_day(today, owing, contacts, settings)
        case Tier.YELLOW:
            return in_week(week_of(today), owing, visits, settings)
        case Tier.GREEN:
            return in_month(month_of(today), owing, visits, settings)
        case _:
            return None


def is_late(progress: Progress, today: date) -> bool:
    """Whether there is no day to lose: the days left are just enough for what is missing."""
    if progress.period is Period.DAY:
        return False
    end = week_of(today) + WEEK if progress.period is Period.WEEK else next_month(today)
    left = (end - today).days
    return left <= progress.missing * DAYS_PER_MISSING_VISIT[progress.period]
