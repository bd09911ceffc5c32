"""The program's process inside the simulation: how it starts, and how it ends."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.playground.telegram import LocalTelegram
from bot.routes import build
from bot.service import Service
from bot.simulation.agenda import Agenda
from bot.simulation.faults import Faults
from bot.simulation.inline import Disk, File
from bot.simulation.journal import Journal
from bot.simulation.line import Line
from bot.simulation.loop import Gone, VirtualLoop
from bot.simulation.outside import Outside
from bot.simulation.pulse import PLANNER, Pulse
from bot.simulation.troubles import Troubles, nobody

# Nobody else writes to the file and Telegram wakes a poll at once, so looking in vain is left out.
IDLE = 3600
UNWINDING = 30


class Clock:
    """The clock of the machine that the program runs on; it may be wrong."""

    speed = 1.0

    def __init__(self, agenda: Agenda, troubles: Troubles) -> None:
        self._agenda = agenda
        self._troubles = troubles

    def now(self) -> datetime:
        """Aware, UTC."""
        offset = self._troubles.offset
        if not offset:
            return self._agenda.now()
        self._troubles.faults.account.met("clock")
        return self._agenda.now() + timedelta(seconds=offset)

    def real_seconds_until(self, moment: datetime) -> float:
        """Virtual seconds; never negative."""
        return max(0.0, (moment - self.now()).total_seconds())


@dataclass
class World:
    """What outlives a process."""

    agenda: Agenda
    telegram: LocalTelegram
    faults: Faults
    troubles: Troubles
    file: File
    latency: random.Random
    journal: Journal
    outside: Outside
    on_unexpected: Callable[[str], None]


class Process:
    """One run of the program, from its start to its end."""

    def __init__(self, world: World) -> None:
        self._world = world
        faults = world.faults
        self.loop = VirtualLoop(world.agenda)
        self.loop.set_exception_handler(self._note)
        point = faults.point if faults.on else None
        self._disk = Disk(point, self._changed)
        self._service = self._wired()
        self._main: asyncio.Task[None] | None = None

    def _wired(self) -> Service:
        world = self._world
        line = Line(world.telegram, world.faults, world.latency)
        application = build(line, line, world.telegram.token, "http://127.0.0.1")
        clock = Clock(world.agenda, world.troubles)
        service = Service.make(world.file.database(self._disk), application, clock, planner=PLANNER)
        beat = service.heartbeat
        self._pulse = Pulse(
            beat.database, clock, beat.jobs, beat.on_commit, disk=self._disk, file=world.file
        )
        service.heartbeat = self._pulse
        service.sender.channel = world.outside
        service.sender.monotonic = self.loop.time
        service.sender.longest_sleep = service.receiver.patience = IDLE
        return service

    def _changed(self) -> None:
        self._pulse.wake()

    def _jumped(self) -> None:
        """The real ones would look within half a minute, however long they had meant to sleep."""
        self._pulse.wake()
        self._service.sender.wake()

    def run(self) -> None:
        """Run until the process is gone, killed or ended; then nothing of it is left but the file.

        What the agenda raises goes through.
        """
        faults, troubles = self._world.faults, self._world.troubles
        faults.loop = self.loop
        troubles.on_jump, troubles.on_kill, troubles.on_stop = self._jumped, _kill, self._stop
        self._main = self.loop.create_task(self._service.run(), name="main")
        self._main.add_done_callback(self._ended)
        try:
            self.loop.run_forever()
        except Gone:
            pass
        finally:
            self._seal()

    def _stop(self) -> None:
        """As SIGTERM does it: what is under way is finished."""
        if self._main is not None:
            self._main.cancel()

    def _ended(self, main: asyncio.Task[None]) -> None:
        if not main.cancelled() and (error := main.exception()):
            self._world.on_unexpected(f"the process ended by itself: {error!r}")
        self.loop.strike(Gone())

    def _note(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if self.loop.is_closed():
            return
        error = context.get("exception")
        self._world.on_unexpected(f"{context['message']}: {error!r}")

    def _seal(self) -> None:
        """Nothing runs any more, and nothing that is left of the process can reach anybody."""
        world = self._world
        world.faults.loop = None
        world.troubles.on_jump = world.troubles.on_kill = world.troubles.on_stop = nobody
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined] # noqa: SLF001
        self._disk.crash()
        world.telegram.faults.clear()
        self.loop.close()
        with world.journal.muted():
            for task in tasks:
                _throw_away(task.get_coro())


def _throw_away(work: Any) -> None:
    """Take apart what was cut off, or memory fills: Python cannot see that a greenlet is garbage.

    Whatever it tries in the end fails: the file and the loop are closed.
    """
    for _ in range(UNWINDING):
        try:
            work.close()
        except Exception:  # noqa: BLE001, S112 - it wanted to wait for something once more
            continue
        return


def _kill() -> None:
    """From outside, while it waits."""
    raise Gone
