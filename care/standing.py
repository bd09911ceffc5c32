"""Errands that repeat: every 20th, every second Monday (RFC 5545 rules, by dateutil)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from dateutil.rrule import MONTHLY, WEEKLY, rrule, rrulestr, weekday

SHORTEST_MONTH = 28
LONGEST_MONTH = 31
MOST_WEEKS = 12
# A month has five Mondays at most; -1 is the last one.
PLACES = (1, 2, 3, 4, -1)
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# The pills are needed although the program was off on the day on which they should be asked for.
GRACE = timedelta(days=3)


class Often(StrEnum):
    """How an errand repeats."""

    MONTH_DAY = "month_day"
    WEEKS = "weeks"
    MONTH_WEEKDAY = "month_weekday"


@dataclass(frozen=True)
class Rhythm:
    """When an errand is to be done again and again.

    Attributes:
        number: the day of the month (1 to 31); how many weeks from one to the next (1 to 12); or
            the place in the month (1 to 4, -1 the last), as `often` says.
        weekday: Monday is 0; not used for a day of the month.
    """

    often: Often
    number: int
    weekday: int = 0


class WrongRhythm(ValueError):
    """No such rhythm."""


def rule_of(rhythm: Rhythm) -> str:
    """The rhythm as RFC 5545 writes it, to be kept; the 31st is the last day of a shorter month.

    Raises:
        WrongRhythm: a number or weekday that does not exist.
    """
    number, day = rhythm.number, rhythm.weekday
    if day not in range(7):
        raise WrongRhythm(day)
    match rhythm.often:
        case Often.MONTH_DAY if 1 <= number <= SHORTEST_MONTH:
            rule = rrule(MONTHLY, bymonthday=number)
        case Often.MONTH_DAY if SHORTEST_MONTH < number <= LONGEST_MONTH:
            days = range(SHORTEST_MONTH, number + 1)
            rule = rrule(MONTHLY, bymonthday=tuple(days), bysetpos=-1)
        case Often.WEEKS if 1 <= number <= MOST_WEEKS:
            rule = rrule(WEEKLY, interval=number, byweekday=day)
        case Often.MONTH_WEEKDAY if number in PLACES:
            rule = rrule(MONTHLY, byweekday=weekday(day)(number))
        case _:
            raise WrongRhythm(number)
    return str(rule).rpartition("RRULE:")[2]


def rhythm_of(rule: str) -> Rhythm:
    """The rhythm that `rule_of` wrote down.

    Raises:
        WrongRhythm: a rule that is none of ours.
    """
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    dates = [int(one) for one in parts.get("BYMONTHDAY", "").split(",") if one]
    place, name = parts.get("BYDAY", "")[:-2], parts.get("BYDAY", "")[-2:]
    if dates:
        return Rhythm(Often.MONTH_DAY, dates[-1])
    if name not in NAMES:
        raise WrongRhythm(rule)
    if place:
        return Rhythm(Often.MONTH_WEEKDAY, int(place), NAMES.index(name))
    return Rhythm(Often.WEEKS, int(parts.get("INTERVAL", 1)), NAMES.index(name))


def days(rule: str, start: date, first: date, last: date) -> list[date]:
    """The days of a rule that began on `start`, from `first` to `last`, both included.

    Days have no zone: what is due on the 20th is due on the 20th wherever the station is.

    Raises:
        WrongRhythm: not a rule that the library knows.
    """
    try:
        known = rrulestr(rule, dtstart=datetime.combine(start, time()))
    except (ValueError, KeyError, TypeError):
        raise WrongRhythm(rule) from None
    begin = datetime.combine(max(first, start), time())
    found = known.between(begin, datetime.combine(last, time()), inc=True)
    return [one.date() for one in found]


def owed(rule: str, start: date, today: date, lead: int) -> list[date]:
    """The days for which an errand has to exist today: due within `lead` days, or just past."""
    return days(rule, start, today - GRACE, today + timedelta(days=lead))
