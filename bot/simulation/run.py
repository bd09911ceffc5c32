"""One seed, one history: so many days of a community, and the judge after each of them."""

import asyncio
import atexit
import gc
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from functools import cache, partial
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bot.playground.limits import Limits
from bot.playground.telegram import LocalTelegram
from bot.simulation.agenda import Agenda
from bot.simulation.cast import Cast, Judge, everybody
from bot.simulation.faults import Account, Faults
from bot.simulation.inline import Disk, File
from bot.simulation.journal import Journal, quiet
from bot.simulation.line import Post
from bot.simulation.loop import VirtualLoop
from bot.simulation.outside import Outside
from bot.simulation.process import Process, World
from bot.simulation.report import Report
from bot.simulation.trace import Calls, Trace
from bot.simulation.troubles import Troubles
from care.days import moment
from storage.engine import parse_url
from storage.migrate import migrate

FIRST_DAY = date(2026, 1, 5)
HOME = "Asia/Shanghai"
ZONES = (HOME, "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
QUIET_DAYS = 2
SETTLING = timedelta(minutes=15)
SOONEST, DOWN_USUALLY, DOWN_SELDOM = 2.0, 20.0, 20 * 60.0
SELDOM = 0.1
UNEXPECTED = "nothing unexpected"
TOLD = 20


class Finished(BaseException):
    """The last day is over."""


def simulate(
    days: int,
    seed: int,
    *,
    faults: bool = False,
    elders: int = 82,
    progress: Callable[[int], None] = lambda _day: None,
    cast: Cast | None = None,
) -> Report:
    """So many days; the same arguments give the same history, on every machine."""
    began = time.perf_counter()
    report = Report(days, seed, elders)
    with TemporaryDirectory(prefix="nuanlin-simulation-") as folder:
        file = Path(folder) / "station.db"
        copyfile(template(), file)
        Simulation(report, str(file), cast or everybody(), progress, with_faults=faults).run()
    report.seconds = time.perf_counter() - began
    return report


@cache
def template() -> Path:
    """An empty database at the newest schema, made once in each process."""
    folder = TemporaryDirectory(prefix="nuanlin-template-")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "template.db"
    asyncio.run(migrate(parse_url(f"sqlite:///{path}")))
    return path


class Simulation:
    """Everything that is needed for one history."""

    def __init__(
        self,
        report: Report,
        file: str,
        cast: Cast,
        progress: Callable[[int], None],
        *,
        with_faults: bool,
    ) -> None:
        self.report = report
        self.file = file
        self.cast = cast
        self.progress = progress
        self.with_faults = with_faults
        chance = _stream("trouble", report.seed)
        self.zone = ZoneInfo(chance.choice(ZONES) if with_faults else HOME)
        self.agenda = Agenda(self._midnight(0), report.seed, self.zone)
        self.trace = Trace(self.agenda)
        self.journal = Journal(self._unexpected)
        self.telegram = LocalTelegram(
            clock=self.agenda.now,
            limits=Limits(clock=lambda: self.agenda.seconds),
            seed=report.seed,
        )
        self.calls = self.telegram.log = Calls(self.trace)
        self.faults = Faults(Account(self.trace), chance)
        self.post = self.telegram.world.updates = Post(
            self.telegram, self.agenda, self.faults, self.trace, report.seed
        )
        self.troubles = Troubles(
            self.agenda, self.telegram, self.post, self.faults, self._quiet_from(), chance
        )
        self.world = World(
            self.agenda,
            self.telegram,
            self.faults,
            self.troubles,
            File(file),
            _stream("line", report.seed),
            self.journal,
            Outside(self.agenda, self.faults, self.trace, report.seed),
            self._unexpected,
        )
        self.judge: Judge

    def _midnight(self, number: int) -> datetime:
        return moment(FIRST_DAY + timedelta(days=number), clock_time(0), self.zone)

    def _quiet_from(self) -> float:
        quiet = self._midnight(max(0, self.report.days - QUIET_DAYS))
        return (quiet - self._midnight(0)).total_seconds()

    def run(self) -> None:
        """From the first midnight to a quarter of an hour after the last."""
        with quiet(self.journal), collected_by_the_day():
            try:
                self._settle_in()
                self._plan()
                self._go_on()
            finally:
                self.world.file.close()
                # What is left of killed processes goes while nobody hears its complaints.
                gc.collect()
        self._sum_up()

    def _settle_in(self) -> None:
        loop = VirtualLoop(self.agenda)
        disk = Disk(None, nothing)
        database = self.world.file.database(disk)
        settling = self.cast.settle_in(
            database, self.telegram, self.agenda, self.report.elders, zone=self.zone.key
        )
        town = loop.run_until_complete(settling)
        disk.crash()
        loop.close()
        self.people = self.cast.people(town, self.telegram, self.agenda, faults=self.with_faults)
        self.judge = self.cast.judge(
            self.file,
            self.telegram,
            town,
            troubles=self.troubles,
            journal=self.journal,
            spoken=self.world.outside.spoken,
        )

    def _plan(self) -> None:
        self.agenda.at(self.agenda.now(), self.people.begin)
        for number in range(self.report.days):
            self.agenda.at(self._midnight(number + 1) + SETTLING, partial(self._day_over, number))
        if self.troubles.until > 0 and self.with_faults:
            self.faults.on = True
            self.agenda.later(self.troubles.until, self._calm_down)
            self.troubles.begin()

    def _calm_down(self) -> None:
        """From here on nothing goes wrong any more."""
        self.faults.on = self.people.faults = False
        for person in self.telegram.people.values():
            if person.blocked:
                self.telegram.phones.start(person)

    def _go_on(self) -> None:
        """Start the process whenever it is down, until the last day is over."""
        try:
            while True:
                Process(self.world).run()
                self._stay_down()
                self.faults.account.restarted()
                self._judged(self.judge.after_restart)
        except Finished:
            self._judged(self.judge.at_the_end)
            self.judge.close()

    def _stay_down(self) -> None:
        self.troubles.down_since = self.agenda.seconds
        chance = self.faults.chance
        usually = chance.expovariate(1 / DOWN_USUALLY)
        seldom = chance.uniform(0.0, DOWN_SELDOM) if chance.random() < SELDOM else 0.0
        self.troubles.down_until = max(
            self.troubles.down_until, self.agenda.seconds + SOONEST + usually + seldom
        )
        while self.agenda.seconds < self.troubles.down_until:
            self.agenda.step(self.troubles.down_until)

    def _day_over(self, number: int) -> None:
        day = FIRST_DAY + timedelta(days=number)
        self._judged(partial(self.judge.after_day, day))
        gc.collect()
        self.faults.next_day()
        self.progress(number + 1)
        if number + 1 == self.report.days:
            raise Finished

    def _judged(self, look: Callable[[datetime], None]) -> None:
        """Whatever the judge finds is told with what came before it."""
        before = len(self.judge.violations)
        look(self.agenda.now())
        for found in self.judge.violations[before:]:
            self._found(found)

    def _unexpected(self, what: str) -> None:
        self._found(f"{UNEXPECTED}: {what}")

    def _found(self, what: str) -> None:
        local = self.agenda.now().astimezone(self.zone)
        self.report.violations.append(f"seed {self.report.seed}, {local:%Y-%m-%d %H:%M}: {what}")
        self.report.broken[what.partition(":")[0]] += 1
        if len(self.report.before) < TOLD:
            self.report.before.append(self.trace.last())

    def _sum_up(self) -> None:
        report, account = self.report, self.faults.account
        report.faults = account.injected
        report.checks = self.judge.checks
        report.checks[UNEXPECTED] += self.journal.lines.total()
        report.red_days = self.judge.red_days
        report.coverage = self.judge.coverage
        report.errands = self.judge.errands
        report.messages = self.calls.messages
        report.trace = self.trace.digest


@contextmanager
def collected_by_the_day() -> Iterator[None]:
    """Garbage is looked for once a day, between two events and never in the middle of one.

    What is left of a killed process may have something to say when it is found, and when Python
    finds it by itself hangs on all that was ever allocated: one seed would not be one history.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _stream(name: str, seed: int) -> random.Random:
    """A generator of its own for each purpose, so that one does not disturb another."""
    return random.Random(f"{name} of {seed}")  # noqa: S311 - one seed, one history


def nothing() -> None:
    """Nobody has to be told while people move in."""
