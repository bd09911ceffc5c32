"""Pauses with a return date, and exits: who is owed nothing, and until when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from care.refusals import AlreadyPaused
from care.typed import LONGEST, one_day


class Why(StrEnum):
    """Why an elder is owed nothing for a while (handbook, "Words": pause)."""

    HOSPITAL = "hospital"
    FAMILY = "family"
    TRAVEL = "travel"
    OTHER = "other"


class Gone(StrEnum):
    """Why an elder is in care no more."""

    MOVED = "moved"
    DIED = "died"
    OTHER = "other"


@dataclass(frozen=True)
class Paused:
    """A stretch of days on which nothing is owed.

    Attributes:
        first: the first day of it.
        until: the return date, on which care is owed again.
        ended_on: local day on which it was ended early; care is owed from that day on.
    """

    first: date
    until: date
    ended_on: date | None = None
    why: Why = Why.OTHER

    def covers(self, day: date) -> bool:
        """Whether nothing is owed on `day`: until the return date (handbook, "Tiers and cadence").

        Somebody who is back the same day is owed their contact all the same.
        """
        return self.first <= day < self.end

    @property
    def end(self) -> date:
        """The first day after it; not later than its own first day when it was called off."""
        return self.until if self.ended_on is None else min(self.until, self.ended_on)

    def touches(self, first: date, until: date) -> bool:
        """Whether any day from `first` on and before `until` is covered."""
        return max(self.first, first) < min(self.end, until)


def return_day(text: str, after: date) -> date:
    """The return date that somebody typed, later than `after`.

    Raises:
        ValueError: no day, or one that is too early or absurdly late.
    """
    found = one_day(text, after)
    if not after < found <= after + LONGEST:
        raise ValueError(text)
    return found


def first_day(text: str, today: date) -> date:
    """The first day of a pause that somebody typed: today or later.

    Raises:
        ValueError: no day, or one that is over or absurdly late.
    """
    found = one_day(text, today)
    if not today <= found <= today + LONGEST:
        raise ValueError(text)
    return found


def keep_apart(pauses: list[Paused], first: date, until: date) -> None:
    """Two pauses never overlap.

    Raises:
        AlreadyPaused: one of them covers a day from `first` on and before `until`.
    """
    for one in pauses:
        if one.touches(first, until):
            raise AlreadyPaused(one.first, one.end)


def covering(pauses: list[Paused], day: date) -> Paused | None:
    """The pause that covers `day`."""
    return next((one for one in pauses if one.covers(day)), None)
