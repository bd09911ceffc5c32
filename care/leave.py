"""Leave: from when to when somebody is away, and who stands in."""

from datetime import date

from care.typed import LONGEST, two_days


def absence(text: str, today: date) -> tuple[date, date]:
    """The first and last day of an absence, as somebody typed it.

    Raises:
        ValueError: not two days, or the wrong way round, or over already.
    """
    first, last = two_days(text, today)
    if not today <= first <= last <= first + LONGEST:
        raise ValueError(text)
    return first, last
