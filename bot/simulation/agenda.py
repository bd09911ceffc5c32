"""True time in the simulation, and what people and trouble have planned for it."""

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

Call = Callable[[], None]


class Agenda:
    """Virtual time and the plain calls that happen in it.

    Calls are no tasks of the bot's event loop, because they outlive its process. Time moves only
    here, and only while nothing is ready to run.

    Attributes:
        random: the people's luck; trouble has its own.
        zone: where the station's days begin.
        seconds: since the simulation began; never goes back, as a monotonic clock.
    """

    def __init__(self, start: datetime, seed: int, zone: ZoneInfo) -> None:
        self.start = start
        self.zone = zone
        # Words, not numbers, so that the streams of one seed are strangers to each other.
        self.random = random.Random(f"people of {seed}")  # noqa: S311 - one seed, one history
        self.seconds = 0.0
        self._planned: list[tuple[float, int, Call]] = []
        self._count = 0

    def now(self) -> datetime:
        """True time, aware, UTC."""
        return self.start + timedelta(seconds=self.seconds)

    def at(self, moment: datetime, call: Call) -> None:
        """Do `call` at `moment`; what lies in the past happens at once."""
        self._plan((moment - self.start).total_seconds(), call)

    def later(self, seconds: float, call: Call) -> None:
        """Do `call` in so many seconds."""
        self._plan(self.seconds + seconds, call)

    def _plan(self, seconds: float, call: Call) -> None:
        self._count += 1
        heapq.heappush(self._planned, (max(seconds, self.seconds), self._count, call))

    @property
    def next(self) -> float | None:
        """When the next call happens, in seconds since the beginning."""
        return self._planned[0][0] if self._planned else None

    def step(self, until: float) -> bool:
        """Go on to the next call and do it; or, if none comes before, to `until`.

        Whether there was a call.
        """
        if self._planned and self._planned[0][0] <= until:
            moment, _, call = heapq.heappop(self._planned)
            self.seconds = max(self.seconds, moment)
            call()
            return True
        self.seconds = max(self.seconds, until)
        return False

    def go_on(self, until: float) -> None:
        """Let everything until then happen while no program runs."""
        while self.step(until):
            pass
