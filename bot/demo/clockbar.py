"""The demo's clock as the page shows it, and the moments one can jump to."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import OwnClock
from care.community import Settings
from care.days import local_day, moment, next_moment

HOUR = timedelta(hours=1)
USUAL = Settings()
# A day passed over needs these two: the lists go out, and the colleagues work through them.
PASSING = (USUAL.call_list_at, time(10))
MIDNIGHT = time(0, 1)
# What happens by itself in a day, and what the button to it says.
OF_THE_DAY: tuple[tuple[time, str, str], ...] = (
    (USUAL.check_in_at, "08:00 问候老人", "08:00 elders are asked"),
    (USUAL.call_list_at, "08:30 电话清单", "08:30 call list"),
    (time(10), "10:00 同事打完电话", "10:00 colleagues have called"),
    (USUAL.remind_calls_at, "11:30 提醒社工", "11:30 reminder"),
    (USUAL.door_visit_at, "15:00 请人上门", "15:00 door visit"),
    (USUAL.escalate_at, "17:00 报告督导", "17:00 supervisor is told"),
    (USUAL.family_reminder_at, "19:00 告诉家属", "19:00 families are told"),
    (USUAL.evening_report_at, "20:00 晚报", "20:00 evening report"),
    (MIDNIGHT, "24:00 一天结束", "24:00 the day is closed"),
)
# The same for the week's plan. Each is a moment to jump to as well, named by its time alone: what
# happens then is said by the first button when it is next.
OF_THE_WEEK: dict[str, tuple[int, time, tuple[str, str], tuple[str, str]]] = {
    "friday_1600": (
        USUAL.draft_week_on,
        USUAL.draft_week_at,
        ("周五 16:00", "下周草稿"),
        ("Friday 16:00", "next week’s draft"),
    ),
    "sunday_1800": (
        USUAL.publish_week_on,
        USUAL.publish_week_at,
        ("周日 18:00", "发给志愿者"),
        ("Sunday 18:00", "volunteers are asked"),
    ),
    "monday_2000": (
        USUAL.settle_week_on,
        USUAL.settle_week_at,
        ("周一 20:00", "没人去的再找人"),
        ("Monday 20:00", "others are asked"),
    ),
}
JUMPS: dict[str, tuple[str, str, Callable[[datetime, ZoneInfo], datetime]]] = {
    "plus_10m": ("+10 分钟", "+10 minutes", lambda now, _zone: now + HOUR / 6),
    "plus_1h": ("+1 小时", "+1 hour", lambda now, _zone: now + HOUR),
    "next_0830": (
        "下一个 08:30",
        "next 08:30",
        lambda now, zone: next_moment(now, USUAL.call_list_at, zone),
    ),
}


@dataclass
class DemoClock:
    """The clock that the page shows and can push forward.

    Attributes:
        after: done after each stop, until what is due then has come; told whether the day is one
            that is only passed over.
        links: what the page offers to download, beside the clock.
    """

    clock: OwnClock
    zone: ZoneInfo
    after: Callable[[bool], Awaitable[None]]
    links: tuple[dict[str, str], ...] = ()
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _ended: bool = field(default=False, init=False)

    def state(self) -> dict[str, Any]:
        """The `clock` of the page."""
        _, zh, en = self._next(self.clock.now())
        coming = [{"id": "next", "zh": f"▶ {zh}", "en": f"▶ {en}"}]
        known = [{"id": name, "zh": zh, "en": en} for name, (zh, en, _) in JUMPS.items()]
        known += [
            {"id": name, "zh": zh[0], "en": en[0]} for name, (_, _, zh, en) in OF_THE_WEEK.items()
        ]
        return {
            "now": self.clock.now().isoformat(),
            "zone": self.zone.key,
            "speed": self.clock.speed,
            "jumps": coming + known,
            "links": list(self.links),
        }

    async def jump(self, to: str | None, plus: float | None) -> None:
        """Go to the next thing of the day, to a named moment, or forward by seconds.

        Where it leads is settled when it is pressed; if the clock is past that by its turn,
        nothing happens.

        Raises:
            ValueError: no such moment, or backwards.
        """
        target = self._target(self.clock.now(), to, plus)
        async with self._moving:
            for stop, passing in self._stops(self.clock.now(), target):
                if self._ended:
                    return
                # It has gone on by itself meanwhile, and never goes back.
                if stop > self.clock.now():
                    self.clock.jump(stop)
                await self.after(passing)

    async def end(self) -> None:
        """Go no further than the stop under way, and wait until it is done."""
        self._ended = True
        async with self._moving:
            pass

    def _target(self, now: datetime, to: str | None, plus: float | None) -> datetime:
        if to == "next":
            return self._next(now)[0]
        if to in OF_THE_WEEK:
            weekday, at, _, _ = OF_THE_WEEK[to]
            return next_moment(now, at, self.zone, weekday)
        if to is not None:
            if to not in JUMPS:
                raise ValueError(f"there is no jump called {to}")
            return JUMPS[to][2](now, self.zone)
        if plus is None or plus < 0:
            raise ValueError("the clock goes forward only")
        return now + timedelta(seconds=plus)

    def _next(self, now: datetime) -> tuple[datetime, str, str]:
        """What happens by itself next."""
        found = [(next_moment(now, at, self.zone), zh, en) for at, zh, en in OF_THE_DAY]
        found += [
            (next_moment(now, at, self.zone, weekday), " ".join(zh), " ".join(en))
            for weekday, at, zh, en in OF_THE_WEEK.values()
        ]
        # Of two at once the week's is named: it comes once a week only.
        return min(reversed(found), key=lambda one: one[0])

    def _stops(self, now: datetime, target: datetime) -> list[tuple[datetime, bool]]:
        """Everything on the way, so that each message comes at its own time."""
        day, last = local_day(now, self.zone), local_day(target, self.zone)
        found: list[tuple[datetime, bool]] = []
        while day <= last:
            passing = day < last
            found += [
                (at, passing) for at in self._of_day(day, passing=passing) if now < at < target
            ]
            day += timedelta(days=1)
        return [*found, (target, False)] if now < target else []

    def _of_day(self, day: date, *, passing: bool) -> list[datetime]:
        times = {*(PASSING if passing else (at for at, _, _ in OF_THE_DAY))}
        times |= {at for weekday, at, _, _ in OF_THE_WEEK.values() if weekday == day.weekday()}
        return [moment(day, at, self.zone) for at in sorted(times)]
