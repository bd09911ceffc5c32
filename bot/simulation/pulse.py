"""The heartbeat on virtual time, which leaves out what would find nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import structlog

from bot.simulation.inline import NO_NEWS, Disk, File
from care.days import next_moment
from scheduler.heartbeat import BEAT_SECONDS, PROMPT_LEAD, Heartbeat, Job
from scheduler.planner_worker import Here
from storage import communities
from storage.tables import Community

log = structlog.get_logger()
# Weeks are planned on virtual time too: no clock goes on meanwhile.
PLANNER = Here(quick=True)
PACE = 4 * BEAT_SECONDS
SURELY = timedelta(hours=3)
# What may become due by waiting, at no named time: an emergency that nobody has taken is told of
# every ten minutes; the reminder does not come on the heels of a list that came late.
PATIENCE = {"alerts": timedelta(minutes=10), "ladder": timedelta(hours=1),
            "second_channel": timedelta(hours=1)}  # fmt: skip
EMERGENCY = timedelta(minutes=2)
# What has not arrived in chat is told outside of it, by waiting alone.
UNTOLD = timedelta(minutes=5)
OPEN = "SELECT count(*) FROM alert WHERE closed_at IS NULL AND taken_at IS NULL"
UNTAKEN = (
    "SELECT count(*) FROM alert WHERE kind = 'emergency' AND closed_at IS NULL AND taken_at IS NULL"
)


@dataclass(frozen=True)
class Run:
    """When a job last ran, until when that is good, and what it read, in which version."""

    at: datetime
    until: datetime
    read: dict[str, int]


@dataclass
class Pulse(Heartbeat):
    """The heartbeat on virtual time.

    It looks at every named time, and two minutes after anything was written at the latest: less
    often than the real one, so that what holds for this one holds for that. A job
    is left out when nothing has been written to what it read the last time, none of its own times
    has come, and it has run not long ago.
    """

    disk: Disk = field(kw_only=True)
    file: File = field(kw_only=True)
    wake_sender: Callable[[], None] = field(init=False)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _known: dict[tuple[str, int], Run] = field(default_factory=dict)
    _task: asyncio.Task[None] | None = None
    _version: int = 0
    _ran: bool = False
    _stations: list[Community] = field(default_factory=list)
    _seen: int = -1

    def __post_init__(self) -> None:
        self.wake_sender, self.on_commit = self.on_commit, self._done

    def start(self) -> None:
        """Begin to beat, at once."""
        self._task = asyncio.get_running_loop().create_task(self._beat_on(), name="heartbeat")

    async def stop(self) -> None:
        """Beat no more; a beat under way is finished."""
        async with self._beating:
            if self._task is not None:
                self._task.cancel()

    def work_on(self) -> None:
        """What is slow is looked at with all the rest."""
        self.wake()

    async def _work(self) -> None:
        """It is done already: no processor but this one is kept from anything by it."""

    def wake(self) -> None:
        """Something was written, or the clock was set."""
        self._woken.set()

    async def _beat_on(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self.beat()
            except Exception:
                log.exception("beat_failed")
                await asyncio.sleep(BEAT_SECONDS)
            else:
                await self._rest()

    async def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        until = min((one.until for one in self._known.values()), default=None)
        seconds = self.clock.real_seconds_until(until) + PROMPT_LEAD if until else BEAT_SECONDS
        began = loop.time()
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        rested = loop.time() - began
        await asyncio.sleep(max(0.0, min(PACE - rested % PACE, seconds - rested)))

    async def _look(self) -> None:
        now = self.clock.now()
        if self._seen != self.disk.versions["community"]:
            self._seen = self.disk.versions["community"]
            async with self.database.read() as tx:
                self._stations = await communities.every(tx)
        for station in self._stations:
            for job in self.jobs:
                if not self._is_moot(job, now, station):
                    self._known[job.name, station.id] = await self._watched(job, now, station)
        self.last_beat = now

    def _is_moot(self, job: Job, now: datetime, station: Community) -> bool:
        known = self._known.get((job.name, station.id))
        return (
            known is not None
            and known.at <= now < known.until
            and all(self.disk.versions[name] == seen for name, seen in known.read.items())
        )

    async def _watched(self, job: Job, now: datetime, station: Community) -> Run:
        """Run a job and see what it reads; one that failed is tried again like the real one."""
        if not job.due(now, station):
            return Run(now, self._next_time(job, now, station), {})
        disk = self.disk
        before = disk.versions.copy()
        self._version, self._ran = before.total(), False
        reads = disk.reading = set[str]()
        disk.after = None
        await self._run(job, now, station)
        disk.reading = None
        if not self._ran:
            return Run(now, now + timedelta(seconds=BEAT_SECONDS), {})
        # What it wrote itself is no news to it.
        seen = disk.after or before
        until = self._next_time(job, now, station)
        return Run(now, until, {name: seen[name] for name in reads - NO_NEWS})

    def _next_time(self, job: Job, now: datetime, station: Community) -> datetime:
        zone, settings = communities.zone_of(station), communities.settings_of(station)
        times = [next_moment(now, at(settings), zone) for at in (job.at, *job.also)]
        midnight = next_moment(now, time(0), zone)
        return min(*times, midnight, now + self._patience(job))

    def _patience(self, job: Job) -> timedelta:
        if job.name == "alerts" and self.file.ask(UNTAKEN):
            return EMERGENCY
        if job.name == "second_channel" and self.file.ask(OPEN):
            return UNTOLD
        return PATIENCE.get(job.name, SURELY)

    def _done(self) -> None:
        """A job has come to its end; most have found nothing that the sender would have to send."""
        self._ran = True
        if self.disk.versions.total() != self._version:
            self.wake_sender()
