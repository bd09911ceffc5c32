"""aiosqlite with one visit to its thread for each statement, where SQLAlchemy makes four.

Opening a cursor, executing, fetching and closing each wait for the thread in their own right, which
costs more than most statements do. Here one function does all of it.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)


@dataclass(frozen=True)
class Outcome:
    """What came of a statement; nothing of SQLite's is left open in it."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    rows: Sequence[Any] = ()


def _outcome(
    execute: Callable[[sqlite3.Cursor], object], connection: sqlite3.Connection
) -> Outcome:
    cursor = connection.cursor()
    try:
        execute(cursor)
        rows = cursor.fetchall() if cursor.description else ()
        return Outcome(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    finally:
        cursor.close()


class Cursor(AsyncAdapt_aiosqlite_cursor):
    """Executes in the thread, and keeps what came of it."""

    __slots__ = ("_outcome", "arraysize")

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection  # noqa: SLF001 - as SQLAlchemy's own does
        self._keep(Outcome())
        self.arraysize = 1

    @property
    def description(self) -> Any:
        """The columns; None when it gave back no rows."""
        return self._outcome.description

    @property
    def rowcount(self) -> int:
        """Rows that were changed, -1 when that is not known."""
        return self._outcome.rowcount

    @property
    def lastrowid(self) -> Any:
        """The number of the row that was added last."""
        return self._outcome.lastrowid

    def _keep(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._rows = deque(outcome.rows)

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        await self._in_thread(lambda cursor: cursor.execute(operation, parameters or ()))
        return self

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        await self._in_thread(lambda cursor: cursor.executemany(operation, seq_of_parameters))
        return self

    async def _in_thread(self, execute: Callable[[sqlite3.Cursor], object]) -> None:
        connection = self._connection
        async with self._adapt_connection._execute_mutex:  # noqa: SLF001 - as SQLAlchemy's own does
            self._keep(await connection._execute(_outcome, execute, connection._conn))  # noqa: SLF001 - likewise

    async def _async_soft_close(self) -> None:
        """It is closed already; what was found can still be fetched."""

    def close(self) -> None:
        """Forget what was not fetched."""
        self._rows.clear()


class Connection(AsyncAdapt_aiosqlite_connection):
    """A connection with such cursors."""

    __slots__ = ()
    _cursor_cls = Cursor


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """The module that an engine is told to use in place of aiosqlite itself."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *given: Any, **named: Any) -> Connection:
        """One more connection, with a thread of its own."""
        return Connection(self, super().connect(*given, **named)._connection)  # noqa: SLF001 - as SQLAlchemy's own does
