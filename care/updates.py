"""The yearly update: whose record was gone through this year, and whose was not."""

from datetime import date


def is_checked(today: date, confirmed_on: date | None, changed_on: date) -> bool:
    """Whether somebody said or wrote this year what is right (annual plan: every January)."""
    return today.year in {changed_on.year, confirmed_on.year if confirmed_on else None}
