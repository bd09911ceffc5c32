"""The demo's clock as the page shows it, and the moments one can jump to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import OwnClock
from care.days import local_day, moment, next_moment

HOUR = timedelta(hours=1)
SUNDAY = 6
MORNING = time(8, 30)
JUMPS: dict[str, tuple[str, str, Callable[[datetime, ZoneInfo], datetime]]] = {
    "plus_1h": ("+1 小时", "+1 hour", lambda now, _zone: now + HOUR),
    "next_0830": (
        "下一个 08:30",
        "next 08:30",
        lambda now, zone: next_moment(now, MORNING, zone),
    ),
    "next_1900": ("下一个 19:00", "next 19:00", lambda now, zone: next_moment(now, time(19), zone)),
    "sunday_1800": (
        "周日 18:00",
        "Sunday 18:00",
        lambda now, zone: next_moment(now, time(18), zone, SUNDAY),
    ),
}


@dataclass
class DemoClock:
    """The clock that the page shows and can push forward.

    Attributes:
        after: done after each jump, until what is due then has come.
        links: what the page offers to download, beside the clock.
    """

    clock: OwnClock
    zone: ZoneInfo
    after: Callable[[], Awaitable[None]]
    links: tuple[dict[str, str], ...] = ()

    def state(self) -> dict[str, Any]:
        """The `clock` of the page."""
        return {
            "now": self.clock.now().isoformat(),
            "zone": self.zone.key,
            "speed": self.clock.speed,
            "jumps": [{"id": name, "zh": zh, "en": en} for name, (zh, en, _) in JUMPS.items()],
            "links": list(self.links),
        }

    async def jump(self, to: str | None, plus: float | None) -> None:
        """Go to one of the named moments, or forward by seconds.

        Raises:
            ValueError: no such moment, or backwards.
        """
        now = self.clock.now()
        if to is not None:
            if to not in JUMPS:
                raise ValueError(f"there is no jump called {to}")
            target = JUMPS[to][2](now, self.zone)
        else:
            if plus is None or plus < 0:
                raise ValueError("the clock goes forward only")
            target = now + timedelta(seconds=plus)
        for stop in (*self._stops(now, target), target):
            self.clock.jump(stop)
            await self.after()

    def _stops(self, now: datetime, target: datetime) -> list[datetime]:
        """The morning of the day one lands on, so that its call list does not come late."""
        morning = moment(local_day(target, self.zone), MORNING, self.zone)
        return [morning] if now < morning < target else []
