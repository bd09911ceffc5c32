"""Surge days: festivals, heat, cold, typhoon, on which yellow and green elders are called too."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from care.elders import Tier

DAY = timedelta(days=1)
LONGEST_FESTIVAL = 31


class Why(StrEnum):
    """Why days are surge days (handbook, "Tiers and cadence")."""

    HEAT = "heat"
    COLD = "cold"
    TYPHOON = "typhoon"
    FESTIVAL = "festival"


@dataclass(frozen=True)
class Surging:
    """A stretch of surge days, first and last day included."""

    first: date
    last: date
    why: Why

    def covers(self, day: date) -> bool:
        """Whether `day` is one of them."""
        return self.first <= day <= self.last


def call_owed(surge: Surging, day: date, tier: Tier | None, last_contact: date | None) -> bool:
    """Whether a call is owed on a surge day (handbook, "Tiers and cadence").

    Yellow is owed one a day, green one within the stretch. What red is owed does not change.
    A visit counts for everything, so it counts for the call.
    """
    if not surge.covers(day):
        return False
    match tier:
        case Tier.YELLOW:
            return last_contact is None or last_contact < day
        case Tier.GREEN:
            return last_contact is None or last_contact < surge.first
        case _:
            return False


def of_every_year(days: Iterable[str], day: date) -> Surging | None:
    """The festival that `day` belongs to, when the setting names it as MM-DD.

    Days that follow one another are one festival, so that green is called once in it.
    """
    named = frozenset(days)
    if f"{day:%m-%d}" not in named:
        return None
    first = last = day
    while f"{first - DAY:%m-%d}" in named and (day - first).days < LONGEST_FESTIVAL:
        first -= DAY
    while f"{last + DAY:%m-%d}" in named and (last - day).days < LONGEST_FESTIVAL:
        last += DAY
    return Surging(first, last, Why.FESTIVAL)
