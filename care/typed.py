"""Days typed by hand: "4-12", "4月12日", "2026-04-12", "4-12到15"."""

import re
from datetime import date, timedelta

DAY = re.compile(r"(?:(\d{4})\s*[-./年]\s*)?(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")
LAST_DAY = re.compile(r"[-–—~至到]\s*(\d{1,2})\s*[日号]?\s*$")
LOOK_BACK = timedelta(days=180)
LONGEST = timedelta(days=180)


def one_day(text: str, today: date) -> date:
    """The one day that is written.

    Raises:
        ValueError: none, several, or one that does not exist.
    """
    [found] = DAY.finditer(text)
    return _day(found.groups(), today)


def two_days(text: str, today: date) -> tuple[date, date]:
    """A first and a last day; one alone is both.

    Raises:
        ValueError: neither, or days that do not exist.
    """
    found = list(DAY.finditer(text))
    if not 1 <= len(found) <= 2:  # noqa: PLR2004 - a first and a last day
        raise ValueError(text)
    first = _day(found[0].groups(), today)
    last = _day(found[-1].groups(), today)
    rest = text[found[-1].end() :].lstrip("日号 ")
    short = LAST_DAY.fullmatch(rest) if len(found) == 1 else None
    if short is not None:
        last = first.replace(day=int(short[1]))
    if last < first and found[-1][1] is None:
        last = last.replace(year=last.year + 1)
    return first, last


def _day(parts: tuple[str | None, ...], today: date) -> date:
    """A day without its year is the next one; up to half a year back it is taken as a slip."""
    year, month, day = parts
    found = date(int(year or today.year), int(month or 0), int(day or 0))
    if year is None and found < today - LOOK_BACK:
        return found.replace(year=today.year + 1)
    return found
