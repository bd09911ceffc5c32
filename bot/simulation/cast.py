"""Who plays: the people who live there, what they do, and whoever judges what came of it."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from bot.simulation.judging.errand_times import ErrandTimes


class Judge(Protocol):
    """Whoever looks whether the promises were kept."""

    @property
    def checks(self) -> Counter[str]:
        """How often each invariant was looked at."""

    @property
    def violations(self) -> list[str]:
        """What does not hold, in sentences."""

    @property
    def red_days(self) -> Counter[str]:
        """How the days of the red ended: met, excused, missed."""

    @property
    def coverage(self) -> Counter[str]:
        """Visits of whole weeks: owed, coverable, covered."""

    @property
    def errands(self) -> ErrandTimes:
        """How long claims took, and how often each volunteer was asked; known at the end."""

    def after_day(self, day: date, now: datetime) -> None:
        """A quarter of an hour after a local day."""

    def after_restart(self, now: datetime) -> None:
        """The process starts again."""

    def at_the_end(self, now: datetime) -> None:
        """Two days after the last fault."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True)
class Cast:
    """Who lives there, what they do, and who judges."""

    settle_in: Callable[..., Awaitable[Any]]
    people: Callable[..., Any]
    judge: Callable[..., Judge]


def everybody() -> Cast:
    """The community that is simulated unless a test has its own."""
    from bot.simulation.judge import Judge as Strict  # noqa: PLC0415 - tests bring their own
    from bot.simulation.people import People  # noqa: PLC0415 - likewise
    from bot.simulation.town import settle_in  # noqa: PLC0415 - likewise

    return Cast(settle_in, People, Strict)
