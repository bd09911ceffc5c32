"""The alarm clock: every 30 seconds a look at what is due; named times make it prompt."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Protocol

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.ext.asyncio import AsyncSession

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
        any_day: looks for itself whether it is due; its time only makes it prompt.
        also: further times of the day at which it should be prompt.
    """

    name: str
    at: Callable[[Settings], time]
    run: Callable[[AsyncSession, datetime, Community], Awaitable[None]]
    on: Callable[[Settings], int | None] = lambda _settings: None
    any_day: bool = False
    also: tuple[Callable[[Settings], time], ...] = ()

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
    last_beat: datetime | None = None

    def start(self) -> None:
        """Begin to beat, at once and then every 30 seconds of the program's clock."""
        seconds = max(SHORTEST_BEAT, BEAT_SECONDS / self.speed)
        self._scheduler.add_listener(_note_error, EVENT_JOB_ERROR)
        self._scheduler.add_job(
            self.beat,
            IntervalTrigger(seconds=seconds),
            id="beat",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.add_job(self.beat, id="first", misfire_grace_time=None)
        self._scheduler.start()

    async def stop(self) -> None:
        """Beat no more; a beat under way is finished, for shutting down would cancel it halfway."""
        if self._scheduler.running:
            self._scheduler.pause()
            async with self._beating:
                self._scheduler.shutdown(wait=False)

    async def beat(self) -> None:
        """One look at everything that is due."""
        async with self._beating:
            await self._look()

    async def _look(self) -> None:
        now = self.clock.now()
        async with self.database.read() as tx:
            stations = await communities.every(tx)
        for station in stations:
            for job in self.jobs:
                await self._run(job, now, station)
        self.last_beat = now
        self._schedule_prompt(now, stations)

    async def _run(self, job: Job, now: datetime, seen: Community) -> None:
        try:
            if not job.due(now, seen):
                return
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
            self.beat,
            DateTrigger(datetime.now().astimezone() + timedelta(seconds=wait)),
            id="prompt",
            replace_existing=True,
            misfire_grace_time=None,
        )


def _note_error(event: JobExecutionEvent) -> None:
    if isinstance(event.exception, asyncio.CancelledError):
        return
    log.error("beat_failed", error=repr(event.exception)[:300])
