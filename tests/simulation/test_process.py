"""A process in the simulation: what a kill leaves, and what faults do to a transaction."""

import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import OperationalError

from bot.simulation.agenda import Agenda
from bot.simulation.faults import Account, Faults
from bot.simulation.inline import Disk, File
from bot.simulation.journal import Journal, quiet
from bot.simulation.loop import Gone, VirtualLoop
from bot.simulation.run import template
from bot.simulation.trace import Trace
from storage import communities
from storage.engine import Database

START = datetime(2026, 1, 5, tzinfo=UTC)
NEVER = 10**9
Work = Callable[[Database], Coroutine[Any, Any, None]]


class Machine:
    """One process after another on one file; nothing strikes unless it is told to."""

    def __init__(self, path: Path) -> None:
        copyfile(template(), path)
        self.path = path
        self.agenda = Agenda(START, 1, ZoneInfo("Asia/Shanghai"))
        self.faults = Faults(Account(Trace(self.agenda)), Random(1), on=True)
        self.lots = (self.faults._kill, self.faults._busy, self.faults._io_error)
        for lot in self.lots:
            lot.at = NEVER
        self.file = File(str(path))
        self.remains: list[object] = []

    def run(self, work: Work) -> bool:
        """Run a process to its end; False when it was killed."""
        loop = self.faults.loop = VirtualLoop(self.agenda)
        disk = Disk(self.faults.point, lambda: None)
        task = loop.create_task(work(self.file.database(disk)))
        try:
            loop.run_until_complete(task)
        except Gone:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            self.remains.append(task)
            return False
        finally:
            disk.crash()
            loop.close()
        return True

    def names(self) -> list[str]:
        """What is in the file, for somebody else."""
        with closing(sqlite3.connect(self.path)) as file:
            return [name for (name,) in file.execute("SELECT name FROM community ORDER BY id")]


async def two_at_once(database: Database) -> None:
    async with database.write() as tx:
        for name in ("一", "二"):
            await communities.create(tx, START, name, "Asia/Shanghai", "zh_CN")


def test_a_kill_at_any_point_leaves_all_of_a_transaction_or_nothing(tmp_path: Path) -> None:
    with quiet(Journal(lambda _what: None)):
        left: list[int] = []
        for point in range(1, 100):
            machine = Machine(tmp_path / f"{point}.db")
            machine.faults._kill.at = point
            if machine.run(two_at_once):
                break
            assert machine.names() in ([], ["一", "二"])
            left.append(len(machine.names()))
            machine.faults._kill.at = NEVER
            if not machine.names():
                assert machine.run(two_at_once), "the next process can write"
            machine.remains.clear()
        assert machine.names() == ["一", "二"]
        assert {0, 2} == set(left), "there are points before and after the commit"


def test_what_a_killed_process_would_still_do_never_happens(tmp_path: Path) -> None:
    done: list[str] = []

    async def work(database: Database) -> None:
        try:
            await two_at_once(database)
        finally:
            done.append("finally")

    machine = Machine(tmp_path / "station.db")
    machine.faults._kill.at = 8
    assert not machine.run(work)
    assert done == []
    with quiet(Journal(lambda _what: None)):
        machine.remains.clear()


@pytest.mark.parametrize(
    ("lot", "words"), [("_io_error", "disk I/O error"), ("_busy", "database is locked")]
)
def test_a_fault_of_the_database_takes_the_transaction_back(
    tmp_path: Path, lot: str, words: str
) -> None:
    machine = Machine(tmp_path / "station.db")
    getattr(machine.faults, lot).at = 1
    machine.faults.chance = Random(2)  # it takes too long to be waited for
    with pytest.raises(OperationalError, match=words):
        machine.run(two_at_once)
    assert machine.names() == []
    assert machine.faults.account.unseen.total() == 0
    assert [last - first for first, last in machine.faults.locked] == [15.0] * (lot == "_busy")
    assert machine.run(two_at_once)


def test_a_full_disk_refuses_until_there_is_room(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "station.db")
    machine.faults.disk_full = True
    with pytest.raises(OperationalError, match="full"):
        machine.run(two_at_once)
    assert machine.names() == []
    machine.faults.disk_full = False
    assert machine.run(two_at_once)
    assert machine.names() == ["一", "二"]


def test_without_faults_a_transaction_never_gives_the_loop_away(tmp_path: Path) -> None:
    """But for the shield around the commit, which is the program's own."""
    machine = Machine(tmp_path / "station.db")
    order: list[str] = []

    async def work(database: Database) -> None:
        async with database.write() as tx:
            await communities.create(tx, START, "一", "Asia/Shanghai", "zh_CN")
            order.append("written")
        order.append("committed")

    machine.faults.on = False
    machine.run(work)
    assert order == ["written", "committed"]
    assert machine.agenda.seconds == 0


def test_what_is_taken_apart_of_a_process_opens_the_file_no_more(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "station.db")
    disk = Disk(None, lambda: None)
    database = machine.file.database(disk)
    disk.crash()
    loop = VirtualLoop(machine.agenda)
    with closing(loop), pytest.raises(OperationalError):
        loop.run_until_complete(two_at_once(database))
