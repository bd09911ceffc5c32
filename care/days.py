"""Local days, weeks and half-days: the only place where zones and calendars meet."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class HalfDay(StrEnum):
    """Morning ends at 12:00 local."""

    AM = "am"
    PM = "pm"


NOON = time(12)
WEEK = timedelta(days=7)


def local_day(now: datetime, zone: ZoneInfo) -> date:
    """The calendar day it is in `zone` at `now` (aware)."""
    return now.astimezone(zone).date()


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC moment of a local time; a time that summer time skips becomes the one after it."""
    local = datetime.combine(day, at, zone)
    return local.astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """UTC moments at which the local day begins and ends; 23 to 25 hours apart."""
    return moment(day, time(0), zone), moment(day + timedelta(days=1), time(0), zone)


def week_of(day: date) -> date:
    """The Monday of the week that `day` is in (handbook: Monday to Sunday)."""
    return day - timedelta(days=day.weekday())


def days_of(week: date) -> Iterator[date]:
    """The seven days of the week that begins on `week`."""
    return (week + timedelta(days=n) for n in range(7))


def half_day_name(day: date, half: HalfDay) -> str:
    """How an availability is written down: "mon_am" … "sun_pm"."""
    return f"{WEEKDAYS[day.weekday()]}_{half}"


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HALF_DAYS = tuple(f"{day}_{half}" for day in WEEKDAYS for half in HalfDay)
WEEKEND = frozenset(name for name in HALF_DAYS if name[:3] in {"sat", "sun"})


def age_on(day: date, birth_date: date | None) -> int | None:
    """Whole years, None when the birth date is not written down."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def next_moment(now: datetime, at: time, zone: ZoneInfo, weekday: int | None = None) -> datetime:
    """The first moment after `now` at local time `at`, on `weekday` (Monday is 0) if given."""
    today = local_day(now, zone)
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        if weekday is not None and day.weekday() != weekday:
            continue
        candidate = moment(day, at, zone)
        if candidate > now:
            return candidate
    raise AssertionError("a week has every weekday")  # pragma: no cover
