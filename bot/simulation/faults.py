"""What may strike at the points of the program, drawn from the seed, and the account of it."""

import asyncio
import random
import sqlite3
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy.util.concurrency import await_, in_greenlet

from bot.simulation.loop import Gone, VirtualLoop
from bot.simulation.trace import Trace

# How often a day; at which of the day's points is drawn.
WIRE = {
    "too_many_requests": 3.0,
    "server_error": 2.0,
    "bad_gateway": 2.0,
    "bad_gateway_after": 2.0,
    "connect_error": 2.0,
    "drop_before": 2.0,
    "drop_after": 2.0,
    "timeout_after": 3.0,
    "delay": 3.0,
}
UPDATES = {"duplicated": 2.0, "late": 2.0, "reordered": 2.0}
PRESSES = {"resent": 3.0}
DATABASE = {"busy": 3.0, "io_error": 2.0}
KILLS = {"kill": 8.0}
BUSY_SECONDS = 15.0
# How many points a first day may have; later ones are judged by the day before.
POINTS, CALLS, COMMITS, SENT = 8000, 200, 500, 30
# A day of many restarts has many points; it does not get ever more kills for that.
MOST, FEWEST = 3.0, 20
# What a kill may cut off before the program has met it; the restart is how it is met then.
CUT_OFF = (*WIRE, *DATABASE)
ENDS = ("kill", "stop", "outage")


class Account:
    """Faults that struck, and faults that somebody has met."""

    def __init__(self, trace: Trace) -> None:
        self.injected: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self._trace = trace

    def struck(self, kind: str, where: object = "") -> None:
        """It happens now."""
        self.injected[kind] += 1
        self._trace.note(f"fault {kind} {where}")

    def met(self, kind: str) -> None:
        """The program, or whoever starts it again, has met one."""
        if self.seen[kind] < self.injected[kind]:
            self.seen[kind] += 1

    def restarted(self) -> None:
        """The process was gone, and with it whatever was just failing."""
        for kind in (*CUT_OFF, *ENDS):
            self.seen[kind] = self.injected[kind]

    @property
    def unseen(self) -> Counter[str]:
        """What nobody has met."""
        return self.injected - self.seen


@dataclass
class Lot:
    """One kind of fault, and at which of the points it passes it strikes next."""

    kind: str
    a_day: float
    usual: int
    chance: random.Random
    passed: int = 0
    struck: int = 0
    at: int = 0

    def __post_init__(self) -> None:
        self._draw()

    def strikes(self) -> bool:
        """Pass a point."""
        self.passed += 1
        if self.passed < self.at or self.struck > MOST * self.a_day:
            return False
        self.struck += 1
        self._draw()
        return True

    def next_day(self) -> None:
        """A day with about as many points as the last is expected."""
        self.usual = max(self.passed, FEWEST)
        self.at, self.passed, self.struck = max(0, self.at - self.passed), 0, 0

    def _draw(self) -> None:
        gap = self.chance.expovariate(self.a_day / max(self.usual, self.a_day))
        self.at = self.passed + 1 + int(gap)


@dataclass
class Faults:
    """What strikes at points.

    Attributes:
        on: whether anything strikes at all.
        loop: the living process's.
        disk_full: nothing can be written.
        line_down: Telegram cannot be reached.
        locked: when somebody else wrote to the database, in seconds of the simulation.
    """

    account: Account
    chance: random.Random
    on: bool = False
    loop: VirtualLoop | None = None
    disk_full: bool = False
    line_down: bool = False
    locked: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._kill = self._lots(KILLS, POINTS)[0]
        self._wire = self._lots(WIRE, CALLS)
        self._updates = self._lots(UPDATES, SENT)
        self._presses = self._lots(PRESSES, SENT)
        self._busy, self._io_error = self._lots(DATABASE, COMMITS)

    def _lots(self, kinds: dict[str, float], usual: int) -> list[Lot]:
        return [Lot(kind, a_day, usual, self.chance) for kind, a_day in kinds.items()]

    def next_day(self) -> None:
        """Expect as many points as there were today."""
        single = (self._kill, self._busy, self._io_error)
        for lot in (*single, *self._wire, *self._updates, *self._presses):
            lot.next_day()

    def point(self, name: str) -> None:
        """A point of the database, called from within a greenlet of SQLAlchemy.

        Raises:
            OperationalError: the database is locked, or full, or broken just now.
        """
        if not self.on or not in_greenlet():
            return
        if self._kill.strikes():
            await_(self._die(name))
        if name == "sqlite.begin.before" and self._busy.strikes():
            self._be_busy(name)
        elif name == "sqlite.commit.before" and self._io_error.strikes():
            self.account.struck("io_error", name)
            self.account.met("io_error")
            raise sqlite3.OperationalError("disk I/O error")
        elif self.disk_full and name in {"sqlite.write.before", "sqlite.commit.before"}:
            self.account.met("disk_full")
            raise sqlite3.OperationalError("database or disk is full")

    def _be_busy(self, name: str) -> None:
        """Somebody else writes, for a moment or for too long."""
        seconds = self.chance.uniform(1.0, 2 * BUSY_SECONDS)
        wait, now = min(seconds, BUSY_SECONDS), asyncio.get_running_loop().time()
        self.account.struck("busy", name)
        self.locked.append((now, now + wait))
        await_(asyncio.sleep(wait))
        self.account.met("busy")
        if seconds > BUSY_SECONDS:
            raise sqlite3.OperationalError("database is locked")

    async def wire_point(self, name: str) -> None:
        """A point of the wire."""
        if self.on and self._kill.strikes():
            await self._die(name)

    def on_call(self) -> str | None:
        """What happens to this call of Telegram, if anything."""
        return self._first(self._wire)

    def on_update(self) -> str | None:
        """What happens to this update on its way."""
        return self._first(self._updates)

    def on_press(self) -> str | None:
        """What the app does with this press besides sending it."""
        return self._first(self._presses)

    def _first(self, lots: list[Lot]) -> str | None:
        if not self.on:
            return None
        struck = [lot.kind for lot in lots if lot.strikes()]
        return struck[0] if struck else None

    async def _die(self, name: str) -> None:
        """Nothing of this process runs any more, not even what it would do in the end."""
        if self.loop is None:
            return
        self.account.struck("kill", name)
        self.loop.strike(Gone())
        await self.loop.create_future()
