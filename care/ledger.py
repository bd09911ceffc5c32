"""The day's ledger: how every red elder's day ended, and the rates that follow from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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


def live_state(*, contacted: bool, excuse: Excuse | None) -> State | None:
    """A day that is not closed yet: met or excused already, else open, which is None."""
    found = state_of(contacted=contacted, excuse=excuse)
    return None if found is State.MISSED else found


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
    open: int = 0

    @property
    def owed(self) -> int:
        """Days on which a contact was owed and that are over."""
        return self.met + self.missed

    @property
    def percent(self) -> int | None:
        """Met of owed, rounded down so that 100 means all; None when nothing was owed."""
        return self.met * 100 // self.owed if self.owed else None


def tally(states: Sequence[State | None]) -> Tally:
    """Count; None is a day that is still open."""
    return Tally(
        met=states.count(State.MET),
        excused=states.count(State.EXCUSED),
        missed=states.count(State.MISSED),
        open=states.count(None),
    )


def unbroken(days: list[tuple[date, State]]) -> list[State]:
    """The states of the newest days that follow each other without a gap; oldest first, as given.

    Who was red in spring and is red again in autumn begins to count anew.
    """
    found: list[State] = []
    for n, (day, state) in enumerate(reversed(days)):
        if day != days[-1][0] - timedelta(days=n):
            break
        found.insert(0, state)
    return found


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
