"""Contacts written down late, or corrected: which days are still open, and about when it was."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.days import moment
from care.ledger import takes_entries
from care.typed import one_day

A_DAY = timedelta(days=1)
USUAL_DAYS = 5


class PartOfDay(StrEnum):
    """About when something was, where nobody looked at the clock."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


ABOUT = {
    PartOfDay.MORNING: time(10),
    PartOfDay.AFTERNOON: time(15),
    PartOfDay.EVENING: time(19),
}
BEGINS = {
    PartOfDay.MORNING: time(0),
    PartOfDay.AFTERNOON: time(12),
    PartOfDay.EVENING: time(18),
}


class Mistake(StrEnum):
    """The usual reasons for a correction; anything else is typed."""

    BUTTON = "button"
    PERSON = "person"
    TWICE = "twice"
    HEARD = "heard"


def about(day: date, part: PartOfDay, now: datetime, zone: ZoneInfo) -> datetime:
    """When it was, as well as it is known; never later than now."""
    return min(now, moment(day, ABOUT[part], zone))


def begun(day: date, now: datetime, zone: ZoneInfo) -> list[PartOfDay]:
    """The parts of a day that are over or have begun."""
    return [part for part in PartOfDay if moment(day, BEGINS[part], zone) <= now]


def moved(happened_at: datetime, day: date, now: datetime, zone: ZoneInfo) -> datetime:
    """The same time of day on another day; never later than now."""
    return min(now, moment(day, happened_at.astimezone(zone).time(), zone))


def first_open(today: date, late_entries_until: int) -> date:
    """The earliest day of which something may still be written down or corrected.

    Last month stays open until the 15th (handbook, "Tiers and cadence").
    """
    this_month = today.replace(day=1)
    last_month = (this_month - A_DAY).replace(day=1)
    return last_month if takes_entries(last_month, today, late_entries_until) else this_month


def open_days(today: date, late_entries_until: int) -> list[date]:
    """The days that are offered as buttons, newest first."""
    days = [today - timedelta(days=back) for back in range(USUAL_DAYS + 1)]
    return [day for day in days if takes_entries(day, today, late_entries_until)]


def past_day(text: str, today: date, late_entries_until: int) -> date:
    """The day that somebody pressed or typed; without a year it is the latest such day.

    Raises:
        ValueError: no day, or one that is closed or has not come yet.
    """
    found = one_day(text, today)
    if found > today and str(found.year) not in text:
        found = found.replace(year=found.year - 1)
    if not takes_entries(found, today, late_entries_until):
        raise ValueError(text)
    return found
