"""The day's ledger: how every red elder's day ended, and the rates that follow from it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """How a red elder's day ended; there is no fourth (handbook, "The day", 24:00)."""

    MET = "met"
    EXCUSED = "excused"
    MISSED = "missed"


class Excuse(StrEnum):
    """Why a day was excused."""

    HOSPITAL = "hospital"
    FAMILY = "family"
    TRAVEL = "travel"
    OTHER = "other"
    MOVED = "moved"
    DIED = "died"
    NOT_DUE = "not_due"


def state_of(*, contacted: bool, excuse: Excuse | None) -> State:
    """A contact counts whatever else was; without one, only a pause or an exit excuses."""
    if contacted:
        return State.MET
    return State.MISSED if excuse is None else State.EXCUSED


def open_until(day: date, late_entries_until: int) -> date:
    """The last day on which something that happened on `day` may be written down.

    A month stays open until the 15th of the next (handbook, "Tiers and cadence").
    """
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)  # noqa: PLR2004 - December
    return date(year, month, min(late_entries_until, 28))


def takes_entries(day: date, today: date, late_entries_until: int) -> bool:
    """Whether a contact of `day` may still be entered or corrected `today`."""
    return day <= today <= open_until(day, late_entries_until)


@dataclass(frozen=True)
class Tally:
    """How many days ended how."""

    met: int = 0
    excused: int = 0
    missed: int = 0

    @property
    def owed(self) -> int:
        """Days on which a contact was owed."""
        return self.met + self.missed

    @property
    def percent(self) -> int | None:
        """Met of owed, rounded down so that 100 means all; None when nothing was owed."""
        return self.met * 100 // self.owed if self.owed else None


def tally(states: list[State]) -> Tally:
    """Count."""
    return Tally(
        met=states.count(State.MET),
        excused=states.count(State.EXCUSED),
        missed=states.count(State.MISSED),
    )


def days_in_a_row(states: list[State]) -> int:
    """How many days up to the newest ended well: "连续 23 天平安". Newest last.

    An excused day neither counts nor breaks the row.
    """
    count = 0
    for state in reversed(states):
        if state is State.MISSED:
            break
        count += state is State.MET
    return count
