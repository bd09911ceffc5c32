"""The one clock of the program; only the outermost functions read it."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class ClockInvalid(ValueError):
    """The text is no start and speed."""


class Clock(Protocol):
    """What time it is, and how its seconds compare with real ones."""

    speed: float

    def now(self) -> datetime:
        """Aware, UTC."""

    def real_seconds_until(self, moment: datetime) -> float:
        """How long to wait, in seconds of the wall; never negative."""


class SystemClock:
    """The machine's own clock."""

    speed: float = 1.0

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)

    def real_seconds_until(self, moment: datetime) -> float:
        """How long to wait, in seconds; never negative."""
        return max(0.0, (moment - self.now()).total_seconds())


class OwnClock:
    """A clock that starts where, and runs as fast as, it is told; it can be set forward."""

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        if start.tzinfo is None:
            raise ClockInvalid("the clock's start needs a zone, e.g. +08:00")
        if speed <= 0:
            raise ClockInvalid("the clock's speed must be above 0")
        self.zone = start.tzinfo
        self.speed = speed
        self._start = start.astimezone(UTC)
        self._since = time.monotonic()

    def now(self) -> datetime:
        """Aware, UTC."""
        return self._start + timedelta(seconds=(time.monotonic() - self._since) * self.speed)

    def real_seconds_until(self, moment: datetime) -> float:
        """How long to wait, in seconds of the wall; never negative."""
        return max(0.0, (moment - self.now()).total_seconds() / self.speed)

    def jump(self, moment: datetime) -> None:
        """Be at `moment` now."""
        self._start = moment.astimezone(UTC)
        self._since = time.monotonic()


def parse_clock(text: str) -> OwnClock:
    """A clock from "2026-01-05T07:59:50+08:00 x60"; the speed may be left out.

    Raises:
        ClockInvalid: the text is something else.
    """
    match = re.fullmatch(r"\s*(\S+)(?:\s+[x×](\d+(?:\.\d+)?))?\s*", text)
    if match is None:
        raise ClockInvalid("write a start and a speed, like 2026-01-05T07:59:50+08:00 x60")
    try:
        start = datetime.fromisoformat(match[1])
    except ValueError:
        raise ClockInvalid(f"{match[1]} is no date and time") from None
    return OwnClock(start, float(match[2] or 1))
