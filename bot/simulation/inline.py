"""SQLite without a thread: the same statements on the loop's own thread, each of them a point.

A point is where a kill or a fault may strike. Without faults none waits, so that a statement costs
what it costs Python's own driver.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from sqlalchemy import event, pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.util.concurrency import in_greenlet

from storage.engine import Database, create_engine

Point = Callable[[str], None]
# What the sender and the receiver write about every message is no reason for the heartbeat to look:
# what comes of it for a job can wait until it looks anyway.
NO_NEWS = frozenset({"inbox", "outbox", "standing"})


class Dialect(SQLiteDialect_pysqlite):
    """Python's own driver, taken for an asynchronous one."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:  # noqa: ARG003 - it is always a file
        """The pool that the program has elsewhere."""
        return pool.AsyncAdaptedQueuePool


registry.register("sqlite.inline", __name__, "Dialect")


@dataclass(frozen=True)
class Statement:
    """What a statement does to which tables, read from its text once."""

    before: str
    after: str
    reads: frozenset[str]
    writes: str | None


_READ = re.compile(r"\b(?:FROM|JOIN|UPDATE) (\w+)")
_WRITTEN = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
_KINDS = {"SELECT": "read", "INSERT": "write", "UPDATE": "write", "DELETE": "write"}
_STATEMENTS: dict[str, Statement] = {}


def _statement(sql: str) -> Statement:
    found = _STATEMENTS.get(sql)
    if found is None:
        kind = "begin" if sql == "BEGIN IMMEDIATE" else _KINDS.get(sql[:6], "other")
        written = _WRITTEN.match(sql)
        found = _STATEMENTS[sql] = Statement(
            f"sqlite.{kind}.before",
            f"sqlite.{kind}.after",
            frozenset(_READ.findall(sql)),
            written[1] if written else None,
        )
    return found


class Cursor(sqlite3.Cursor):
    """A cursor whose statements are points."""

    connection: "Connection"

    def execute(self, sql: str, parameters: Any = ()) -> "Cursor":
        """One statement.

        Raises:
            MissingGreenlet: asked for where the program's own drivers would have nobody to wait.
        """
        if not in_greenlet():
            raise MissingGreenlet(f"not awaited: {sql[:80]}")
        statement, disk = _statement(sql), self.connection.disk
        point = disk.point
        if point is None:
            super().execute(sql, parameters)
        else:
            point(statement.before)
            super().execute(sql, parameters)
            point(statement.after)
        if statement.writes and self.rowcount:
            self.connection.written.add(statement.writes)
        if disk.reading is not None:
            disk.reading |= statement.reads
        return self

    async def _async_soft_close(self) -> None:
        """SQLAlchemy asks this of an asynchronous cursor; what was found can still be fetched."""

    def executemany(self, sql: str, parameters: Any) -> "Cursor":
        """One statement for many rows."""
        statement, point = _statement(sql), self.connection.disk.point
        if point is not None:
            point(statement.before)
        super().executemany(sql, parameters)
        if point is not None:
            point(statement.after)
        if statement.writes:
            self.connection.written.add(statement.writes)
        return self


class Connection(sqlite3.Connection):
    """A connection whose operations are points.

    Attributes:
        written: the tables that this transaction has changed.
        cursors: all that are in use, where a kill may strike.
    """

    disk: "Disk"
    written: set[str]
    cursors: "WeakSet[Cursor]"

    def cursor(self, _factory: Any = None) -> Cursor:  # type: ignore[override]
        """A cursor of our own kind."""
        cursor = super().cursor(Cursor)
        if self.disk.point is not None:
            self.cursors.add(cursor)
        return cursor

    def commit(self) -> None:
        """Commit, and tell when that changed anything."""
        point = self.disk.point
        if point is not None:
            point("sqlite.commit.before")
        super().commit()
        if self.written:
            self.disk.changed(self.written)
            self.written.clear()
        if point is not None:
            point("sqlite.commit.after")

    def rollback(self) -> None:
        """Roll back."""
        point = self.disk.point
        if point is not None:
            point("sqlite.rollback.before")
        super().rollback()
        self.written.clear()
        if point is not None:
            point("sqlite.rollback.after")

    def crash(self) -> None:
        """End as the file's other readers see the end of a process: what is open never was."""
        # A statement that is not done with its rows would keep its locks for as long as it is kept.
        for cursor in list(self.cursors):
            cursor.close()
        super().rollback()
        self.close()


class File:
    """The database's file, over all processes.

    They share one engine, so that a statement is compiled only once in a simulation.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._url = URL.create("sqlite+inline", database=path)
        self._engine = create_engine(self._url)
        self._disk: Disk | None = None
        self._reader: sqlite3.Connection | None = None
        event.listen(self._engine.sync_engine, "do_connect", self._connect)
        event.listen(self._engine.sync_engine, "connect", _without_waiting)

    def ask(self, question: str) -> bool:
        """A question about what is committed, past the program."""
        if self._reader is None:
            self._reader = sqlite3.connect(self._path, isolation_level=None)
        return bool(self._reader.execute(question).fetchone()[0])

    def database(self, disk: "Disk") -> Database:
        """The records, for a process that begins."""
        self._disk = disk
        # What the process before has left in the pool is none of this one's business.
        self._engine.sync_engine.dispose(close=False)
        return Database(self._url, self._engine)

    def close(self) -> None:
        """Nobody will ask any more, nor begin; SQLAlchemy's caches keep hold of this for long."""
        self._disk = None
        self._engine.sync_engine.dispose(close=False)
        if self._reader is not None:
            self._reader.close()

    def _connect(self, *_given: object) -> Connection:
        if self._disk is None:
            raise RuntimeError("no process has begun")
        return self._disk.connect(self._path)


class Disk:
    """The connections of one process to the file.

    Attributes:
        point: called before and after each operation; None when nothing can strike.
        versions: how often each table has been changed.
        reading: somebody wants to know which tables are read meanwhile.
        after: the versions after the first commit of whoever reads.
    """

    def __init__(self, point: Point | None, on_change: Callable[[], None]) -> None:
        self.point = point
        self.versions: Counter[str] = Counter()
        self.reading: set[str] | None = None
        self.after: Counter[str] | None = None
        self._on_change = on_change
        self._open: list[Connection] = []
        self._gone = False

    def changed(self, tables: set[str]) -> None:
        """A transaction that changed these was committed."""
        self.versions.update(tables)
        if self.reading is not None and self.after is None:
            self.after = self.versions.copy()
        if not tables <= NO_NEWS:
            self._on_change()

    def connect(self, path: str) -> Connection:
        """One more connection.

        Raises:
            sqlite3.OperationalError: the process is gone; what is taken apart of it opens nothing.
        """
        if self._gone:
            raise sqlite3.OperationalError("unable to open database file")
        if self.point is not None:
            self.point("sqlite.connect.before")
        connection = sqlite3.connect(path, factory=Connection)
        connection.disk = self
        connection.written, connection.cursors = set(), WeakSet()
        self._open.append(connection)
        if self.point is not None:
            self.point("sqlite.connect.after")
        return connection

    def crash(self) -> None:
        """Every connection ends where it is, and nothing strikes there any more."""
        self.point = None
        self._gone = True
        for connection in self._open:
            # Some have been closed already.
            with suppress(sqlite3.ProgrammingError):
                connection.crash()
        self._open.clear()


def _without_waiting(connection: Any, _record: object) -> None:
    """No power is cut here, so nothing has to reach the platter."""
    connection.cursor().execute("PRAGMA synchronous=OFF")
