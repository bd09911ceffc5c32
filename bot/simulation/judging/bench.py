"""What every check shares: the records as they lie in the file, the verdicts, and what excuses."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.simulation.troubles import Trouble

MOST_VIOLATIONS = 200
# A process that is gone is started again after this long at most, unless there is an outage.
LONGEST_DOWN = timedelta(minutes=25)
WRONG_BY = timedelta(hours=3, minutes=1)
# Trouble during which a promise of time cannot be kept.
EXCUSING = frozenset({"outage", "line_down", "disk_full", "clock"})


class Invariant(StrEnum):
    """What must hold, by number."""

    NO_SILENT_MISS = "1 no silent miss"
    ONE_OWNER = "2 one owner"
    NO_UPDATE_LOST = "3 no update lost"
    NO_DOUBLE_EFFECT = "4 no double effect"
    RIGHT_PERSON = "5 right person"
    NOTHING_UNHAPPENS = "6 nothing unhappens"
    IT_CALMS_DOWN = "7 it calms down"
    TIME = "8 time"
    UNREACHABLE_IS_NOT_SILENT = "9 unreachable is not silent"
    PRIVATE_AT_REST = "10 private at rest"
    SOUND = "11 sound"
    FAULTS_ACCOUNTED_FOR = "12 faults accounted for"
    NO_GAP_UNSAID = "13 no gap unsaid"


class Records:
    """The SQLite file, read without any of the program's own queries."""

    def __init__(self, path: Path) -> None:
        # No transaction is ever left open, so the writer is never in the way of the reader.
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA query_only=ON")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Every row of a query."""
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        """The first value of the first row; None when there is none."""
        found = self._connection.execute(sql, values).fetchone()
        return found[0] if found else None

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class Verdicts:
    """How often each invariant was looked at, and what was found."""

    def __init__(self) -> None:
        self.checks: Counter[str] = Counter({str(one): 0 for one in Invariant})
        self.violations: list[str] = []

    def looked(self, invariant: Invariant, times: int = 1) -> None:
        """So many checks were made."""
        self.checks[str(invariant)] += times

    def check(self, invariant: Invariant, holds: object, otherwise: str) -> None:
        """One check, and the sentence that says what is wrong if it does not hold."""
        self.looked(invariant)
        if not holds:
            self.broken(invariant, otherwise)

    def broken(self, invariant: Invariant, sentence: str) -> None:
        """An invariant does not hold."""
        text = f"{invariant}: {sentence}"
        if text not in self.violations and len(self.violations) < MOST_VIOLATIONS:
            self.violations.append(text)


class Calm:
    """When nothing was in the way: promises of time are counted from then on.

    Attributes:
        restarts: when the process came back.
        back_at: when it comes back, or came back last.
    """

    def __init__(
        self,
        troubles: Sequence[Trouble],
        began: datetime,
        locked: Sequence[tuple[float, float]] = (),
    ) -> None:
        self._troubles = troubles
        self._began = began
        self._locked = locked
        self.restarts: list[datetime] = []
        self.back_at = began

    def down_until(self, seconds: float) -> None:
        """The process is gone until then, if that is still to come."""
        self.back_at = self._began + timedelta(seconds=seconds)

    def deadline(self, due: datetime, patience: timedelta) -> datetime:
        """The end of the first stretch of calm, as long as `patience`, after `due`."""
        begin = due
        while (end := self._disturbed(begin, begin + patience)) is not None:
            begin = end
        return begin + patience

    def _disturbed(self, begin: datetime, end: datetime) -> datetime | None:
        """When the last of what disturbs a stretch is over; None when nothing does."""
        back = [*self.restarts, self.back_at]
        found = [one for one in back if begin < one and one - LONGEST_DOWN < end]
        low, high = (one - self._began for one in (begin, end))
        for one in self._troubles:
            if one.kind in EXCUSING and one.begin < high.total_seconds():
                over = timedelta(seconds=one.end)
                if over > low:
                    found.append(self._began + over)
        return max(found, default=None)

    def clock_was_wrong(self, about: datetime) -> bool:
        """Whether a time that the program wrote down may be wrong by hours."""
        low, high = (
            (about + slack - self._began).total_seconds() for slack in (-WRONG_BY, WRONG_BY)
        )
        return any(
            one.kind == "clock" and one.begin <= high and one.end >= low for one in self._troubles
        )

    def locked(self, begin: datetime, end: datetime) -> timedelta:
        """How much of a stretch of time somebody else was writing to the database."""
        low, high = ((one - self._began).total_seconds() for one in (begin, end))
        return timedelta(
            seconds=sum(max(0.0, min(high, last) - max(low, first)) for first, last in self._locked)
        )

    def ended_within(self, begin: datetime, end: datetime) -> bool:
        """Whether the process may have ended in a stretch of time."""
        if any(begin <= one <= end + LONGEST_DOWN for one in self.restarts):
            return True
        low, high = ((one - self._began).total_seconds() for one in (begin, end))
        return any(one.kind == "outage" and low <= one.begin <= high for one in self._troubles)

    def forget(self, before: datetime) -> None:
        """Restarts of long ago are asked about no more."""
        self.restarts = [one for one in self.restarts if one >= before]


def moment_of(text: str) -> datetime:
    """A time as the file has it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stored(moment: datetime) -> str:
    """A time as the file would have it, to be compared as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def day_of(text: str) -> date:
    """A day as the file has it."""
    return date.fromisoformat(text)
