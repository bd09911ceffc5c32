"""The alarm clock: every 30 seconds a look at what is due; named times make it prompt."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Protocol

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from care.community import Settings
from care.days import local_day, moment, next_moment
from storage import communities
from storage.engine import Database
from storage.tables import Community

log = structlog.get_logger()
BEAT_SECONDS = 30.0
SHORTEST_BEAT = 0.25
PROMPT_LEAD = 0.05


class Clock(Protocol):
    """What the heartbeat asks of the program's clock."""

    def now(self) -> datetime:
        """Aware, UTC."""

    def real_seconds_until(self, moment: datetime) -> float:
        """Seconds of the wall."""


@dataclass(frozen=True)
class Job:
    """Timed work: what is owed at `now` and does not exist yet?

    Attributes:
        at: the named local time from which it is due each day (or each week).
        on: the weekday, Monday is 0; None for every day.
        run: does it for one community; run late, twice, or on two machines, nothing doubles.
        slow: takes its time, so it is given the database, and opens its transactions by itself.
        any_day: looks for itself whether it is due; its time only makes it prompt.
        also: further times of the day at which it should be prompt.
    """

    name: str
    at: Callable[[Settings], time]
    run: Callable[[Any, datetime, Community], Awaitable[None]]
    on: Callable[[Settings], int | None] = lambda _settings: None
    any_day: bool = False
    also: tuple[Callable[[Settings], time], ...] = ()
    slow: bool = False

    def due(self, now: datetime, community: Community) -> bool:
        """Whether its time of the local day has come."""
        zone = communities.zone_of(community)
        settings = communities.settings_of(community)
        today = local_day(now, zone)
        return self.any_day or now >= moment(today, self.at(settings), zone)


@dataclass
class Heartbeat:
    """Runs the jobs. The database is the schedule; this only knows when to look."""

    database: Database
    clock: Clock
    jobs: tuple[Job, ...]
    on_commit: Callable[[], None]
    speed: float = 1.0
    _scheduler: AsyncIOScheduler = field(default_factory=AsyncIOScheduler)
    _beating: asyncio.Lock = field(default_factory=asyncio.Lock)
    _working: asyncio.Lock = field(default_factory=asyncio.Lock)
    _slow: asyncio.Task[None] | None = None
    last_beat: datetime | None = None

    def start(self) -> None:
        """Begin to beat, at once and then every 30 seconds of the program's clock."""
        seconds = max(SHORTEST_BEAT, BEAT_SECONDS / self.speed)
        self._scheduler.add_listener(_note_error, EVENT_JOB_ERROR)
        self._scheduler.add_job(
            self._tick,
            IntervalTrigger(seconds=seconds),
            id="beat",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.add_job(self._tick, id="first", misfire_grace_time=None)
        self._scheduler.start()

    async def stop(self) -> None:
        """Beat no more; a beat under way is finished, for shutting down would cancel it halfway."""
        if self._scheduler.running:
            self._scheduler.pause()
            async with self._beating:
                self._scheduler.shutdown(wait=False)
        if self._slow is not None:
            # What it has not written down is done again by the next one that looks.
            self._slow.cancel()
            with suppress(asyncio.CancelledError):
                await self._slow

    async def beat(self) -> None:
        """One look at everything that is due, slow work too."""
        async with self._beating:
            await self._look()
        await self._work()

    async def _tick(self) -> None:
        """One look; slow work goes on beside the next ones, so that no alarm waits for it."""
        async with self._beating:
            await self._look()
        self.work_on()

    def work_on(self) -> None:
        """Begin what is slow and due, unless somebody is at it."""
        if self._slow is None or self._slow.done():
            self._slow = asyncio.get_running_loop().create_task(self._work(), name="slow work")

    async def idle(self) -> None:
        """Wait until what is slow is done."""
        if self._slow is not None:
            await self._slow

    async def _work(self) -> None:
        async with self._working:
            now = self.clock.now()
            async with self.database.read() as tx:
                stations = await communities.every(tx)
            for station in stations:
                for job in self.jobs:
                    if job.slow:
                        await self._run(job, now, station)

    async def _look(self) -> None:
        now = self.clock.now()
        async with self.database.read() as tx:
            stations = await communities.every(tx)
        for station in stations:
            for job in self.jobs:
                if not job.slow:
                    await self._run(job, now, station)
        self.last_beat = now
        self._schedule_prompt(now, stations)

    async def _run(self, job: Job, now: datetime, seen: Community) -> None:
        try:
            if not job.due(now, seen):
                return
            if job.slow:
                await job.run(self.database, now, seen)
            else:
                async with self.database.write() as tx:
                    station = await tx.get_one(Community, seen.id)
                    await job.run(tx, now, station)
        except Exception:
            log.exception("job_failed", job=job.name, community=seen.id)
            return
        self.on_commit()

    def next_named(self, now: datetime, stations: list[Community]) -> datetime | None:
        """The next named time of any job; None while there is no community."""
        named = [
            next_moment(now, at(settings), communities.zone_of(station), job.on(settings))
            for station in stations
            for settings in [communities.settings_of(station)]
            for job in self.jobs
            for at in (job.at, *job.also)
        ]
        return min(named, default=None)

    def _schedule_prompt(self, now: datetime, stations: list[Community]) -> None:
        """Wake at the next named time too, so that 08:30 is 08:30 and not 08:30:29."""
        named = self.next_named(now, stations)
        if named is None or not self._scheduler.running:
            return
        wait = self.clock.real_seconds_until(named) + PROMPT_LEAD
        self._scheduler.add_job(
            self._tick,
            DateTrigger(datetime.now().astimezone() + timedelta(seconds=wait)),
            id="prompt",
            replace_existing=True,
            misfire_grace_time=None,
        )


def _note_error(event: JobExecutionEvent) -> None:
    if isinstance(event.exception, asyncio.CancelledError):
        return
    log.error("beat_failed", error=repr(event.exception)[:300])
