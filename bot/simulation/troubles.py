"""What goes wrong for a while: the process down, the line cut, the clock wrong, the disk full."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from bot.playground.records import Chat
from bot.playground.telegram import LocalTelegram
from bot.simulation.agenda import Agenda
from bot.simulation.faults import Faults
from bot.simulation.line import Post

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
# How often a day each begins, at whatever time.
A_DAY = {
    "stop": 1.0,
    "disk_full": 0.5,
    "clock": 0.4,
    "line_down": 0.15,
    "outage": 0.04,
    "migrated": 0.1,
}
LONGEST_OUTAGE = 30 * HOUR
FARTHEST_CLOCK = 3 * HOUR


def nobody() -> None:
    """No process runs just now."""


@dataclass(frozen=True)
class Trouble:
    """Something that was wrong for a while, in seconds of the simulation."""

    kind: str
    begin: float
    end: float


@dataclass
class Troubles:
    """Troubles that come at times of their own.

    Attributes:
        past: all of them, also those that are not over yet; a judge may forgive some things then.
        down_since: when the process was last gone.
        down_until: before this the process is not started again.
        offset: by how many seconds the program's clock is wrong.
        on_jump: the program's clock was changed.
        on_kill: the process is to go at once.
        on_stop: the process is to go in an orderly way.
    """

    agenda: Agenda
    telegram: LocalTelegram
    post: Post
    faults: Faults
    until: float
    chance: random.Random
    past: list[Trouble] = field(default_factory=list)
    down_since: float = 0.0
    down_until: float = 0.0
    offset: float = 0.0
    on_jump: Callable[[], None] = nobody
    on_kill: Callable[[], None] = nobody
    on_stop: Callable[[], None] = nobody

    def begin(self) -> None:
        """From now on."""
        happen = {
            "stop": self._stop,
            "disk_full": self._fill_disk,
            "clock": self._set_clock,
            "line_down": self._cut_line,
            "outage": self._black_out,
            "migrated": self._migrate,
        }
        for kind, a_day in A_DAY.items():
            self._plan(kind, a_day, happen[kind])

    def _plan(self, kind: str, a_day: float, happen: Callable[[], None]) -> None:
        wait = self.chance.expovariate(a_day / DAY)

        def come() -> None:
            if self.agenda.seconds < self.until:
                self._plan(kind, a_day, happen)
                happen()

        self.agenda.later(wait, come)

    def _for(self, kind: str, least: float, most: float, where: object = "") -> float:
        """It is struck now; when it ends: any length between is as likely on a logarithmic scale.

        What has to be over before the quiet days begin is.
        """
        length = math.exp(self.chance.uniform(math.log(least), math.log(most)))
        end = min(self.agenda.seconds + length, self.until)
        self.faults.account.struck(kind, where)
        self.past.append(Trouble(kind, self.agenda.seconds, end))
        return end - self.agenda.seconds

    def _stop(self) -> None:
        """A new version, or a machine that is started anew."""
        if self.faults.loop is None:
            return
        self.faults.account.struck("stop")
        self.on_stop()

    def _black_out(self) -> None:
        seconds = self._for("outage", HOUR, LONGEST_OUTAGE)
        self.down_until = max(self.down_until, self.agenda.seconds + seconds)
        self.on_kill()

    def _fill_disk(self) -> None:
        if self.faults.disk_full:
            return
        self.faults.disk_full = True
        self.agenda.later(self._for("disk_full", MINUTE, HOUR), self._empty_disk)

    def _empty_disk(self) -> None:
        self.faults.disk_full = False
        # Nobody wrote meanwhile, so nobody could meet it.
        self.faults.account.met("disk_full")

    def _cut_line(self) -> None:
        if self.faults.line_down:
            return
        self.faults.line_down = True
        self.agenda.later(self._for("line_down", 5 * MINUTE, LONGEST_OUTAGE), self._mend_line)
        self.post.cut()

    def _mend_line(self) -> None:
        self.faults.line_down = False
        self.faults.account.met("line_down")

    def _set_clock(self) -> None:
        if self.offset:
            return
        self.offset = self.chance.uniform(-FARTHEST_CLOCK, FARTHEST_CLOCK)
        end = self._for("clock", 10 * MINUTE, 6 * HOUR, f"{self.offset:+.0f}")
        self.agenda.later(end, partial(self._put_clock_right, self.agenda.seconds))
        self.on_jump()

    def _put_clock_right(self, wrong_since: float) -> None:
        self.offset = 0.0
        if self.down_since <= wrong_since and self.agenda.seconds < self.down_until:
            # Nobody was there meanwhile who could have looked at it.
            self.faults.account.met("clock")
        self.on_jump()

    def _migrate(self) -> None:
        groups = [one for one in self.telegram.chats.values() if _can_migrate(one)]
        if groups:
            self.telegram.phones.upgrade_group(groups[0])


def _can_migrate(chat: Chat) -> bool:
    return chat.kind == "group" and chat.moved_to is None
