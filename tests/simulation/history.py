"""Three days of a small town, played once; a judge can be set before what is left of them."""

import copy
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import mkdtemp
from typing import Any

from bot.playground.telegram import Call, LocalTelegram
from bot.simulation.cast import Cast
from bot.simulation.judge import Judge
from bot.simulation.judging.errand_times import ErrandTimes
from bot.simulation.people import People
from bot.simulation.report import Report
from bot.simulation.run import simulate
from bot.simulation.town import Town, settle_in
from care.access import Role

DAYS, ELDERS, SEED = 3, 16, 3
SENT = "sendMessage"


@dataclass
class History:
    """What is left: the file, the log, and when which day was over."""

    file: Path
    town: Town
    telegram: LocalTelegram
    report: Report
    log: list[Call] = field(default_factory=list)
    over: list[tuple[date, datetime]] = field(default_factory=list)


class _Keeper:
    """Judges nothing; keeps the file when the last day is over."""

    def __init__(self, file: str, telegram: LocalTelegram, town: Town, **_given: Any) -> None:
        self.checks: Counter[str] = Counter()
        self.coverage: Counter[str] = Counter()
        self.errands = ErrandTimes()
        self.violations: list[str] = []
        self.red_days: Counter[str] = Counter()
        self.file, self.telegram, self.town = Path(file), telegram, town
        self.over: list[tuple[date, datetime]] = []
        KEPT.append(self)

    def after_day(self, day: date, now: datetime) -> None:
        self.over.append((day, now))

    def after_restart(self, now: datetime) -> None: ...

    def close(self) -> None: ...

    def at_the_end(self, now: datetime) -> None:
        self.copy = Path(mkdtemp(prefix="nuanlin-history-")) / "kept.db"
        with (
            closing(sqlite3.connect(self.file)) as source,
            closing(sqlite3.connect(self.copy)) as target,
        ):
            source.backup(target)


KEPT: list[_Keeper] = []


@cache
def history() -> History:
    """The three days, without a fault."""
    report = simulate(DAYS, SEED, elders=ELDERS, cast=Cast(settle_in, People, _Keeper))
    [keeper] = KEPT
    log = [copy.copy(one) for one in keeper.telegram.log]
    return History(keeper.copy, keeper.town, keeper.telegram, report, log, keeper.over)


class Court:
    """A copy of the history to be spoilt, and a judge to be set before it."""

    def __init__(self, folder: Path) -> None:
        kept = history()
        self.town = kept.town
        self.over = kept.over
        self.file = folder / "spoilt.db"
        copyfile(kept.file, self.file)
        self.telegram = copy.copy(kept.telegram)
        self.telegram.log = list(kept.log)
        world = self.telegram.world = copy.copy(kept.telegram.world)
        world.updates = copy.copy(world.updates)
        world.updates.forgotten = set(kept.telegram.world.updates.forgotten)

    def execute(self, sql: str, *values: Any) -> None:
        """Spoil the records; nothing that guards them is in the way."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as file:
            file.execute("PRAGMA foreign_keys=OFF")
            file.execute(sql, values)

    def one(self, sql: str, *values: Any) -> Any:
        """The first row of a query."""
        with closing(sqlite3.connect(self.file)) as file:
            return file.execute(sql, values).fetchone()

    def red_day(self, state: str = "met") -> tuple[int, str]:
        """The first red day that ended so: the elder and the day."""
        elder, day = self.one("SELECT elder_id, day FROM red_day WHERE state=? ORDER BY day", state)
        return elder, day

    def volunteer(self) -> Any:
        """One of the town's volunteers."""
        return self.town.of(Role.VOLUNTEER)[0]

    def letters(self, chat: int | None = None) -> list[int]:
        """Where in the log messages arrived, in one chat or anywhere."""
        return [
            place
            for place, call in enumerate(self.telegram.log)
            if call.method == SENT and call.done and chat in {None, call.params["chat_id"]}
        ]

    def say(
        self, chat: int, text: str, *, taps: tuple[str, ...] = (), protected: bool = False
    ) -> None:
        """Something arrived in a chat as if the program had sent it."""
        old = self.telegram.log[self.letters()[0]]
        rows = [[{"text": "…", "callback_data": one} for one in taps]]
        params = old.params | {
            "chat_id": chat, "text": text, "reply_markup": {"inline_keyboard": rows},
            "protect_content": protected,
        }  # fmt: skip
        self.telegram.log.append(replace(old, params=params))

    def miss(self) -> tuple[int, str]:
        """Somebody's day becomes a missed one, as if there had been no contact."""
        elder, day = self.red_day()
        self.execute("DELETE FROM contact WHERE elder_id=? AND day=?", elder, day)
        self.execute(
            "UPDATE red_day SET state='missed', closed_as='missed', contact_id=NULL"
            " WHERE elder_id=? AND day=?", elder, day,
        )  # fmt: skip
        self.execute("DELETE FROM told WHERE elder_id=? AND day=?", elder, day)
        return elder, day

    def judge(self) -> Judge:
        """A judge who has not looked yet."""
        return Judge(self.file, self.telegram, self.town)

    def verdict(self, judge: Judge | None = None) -> Judge:
        """The judge after every day and at the end."""
        judge = judge or self.judge()
        for day, now in self.over:
            judge.after_day(day, now)
        judge.at_the_end(self.over[-1][1])
        judge.close()
        return judge

    def found(self) -> str:
        """Everything the judge finds, as one text."""
        return "\n".join(self.verdict().violations)
