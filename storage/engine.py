"""The engine and its transactions, with every trap of SQLite closed on connect."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from storage.sqlite_driver import Driver
from storage.tables.columns import dump_json

BUSY_MS = 15_000


class DatabaseUrlInvalid(ValueError):
    """The database's URL is of no kind we can use; the message says what is."""


def parse_url(text: str) -> URL:
    """The URL with the asynchronous driver put in.

    Raises:
        DatabaseUrlInvalid: not a SQLite file or PostgreSQL URL.
    """
    try:
        url = make_url(text)
    except Exception as error:
        raise DatabaseUrlInvalid("not a database URL") from error
    kind = url.get_backend_name()
    if kind == "sqlite":
        if not url.database or ":memory:" in url.database:
            raise DatabaseUrlInvalid("SQLite needs a file, e.g. sqlite:///data/nuanlin.db")
        return url.set(drivername="sqlite+aiosqlite")
    if kind in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    raise DatabaseUrlInvalid("use sqlite:///FILE or postgresql://…")


def open_sqlite(connection: Any, _record: Any) -> None:
    """Each pragma closes a trap: see docs/architecture.md, "Traps"."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=NORMAL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock before it reads, or two read the same and one update is lost."""
    mode = connection.get_execution_options().get("nuanlin_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def create_engine(url: URL) -> AsyncEngine:
    """An engine that behaves the same on both databases."""
    # Names and phones must not reach a log line by way of an error.
    options: dict[str, Any] = {"json_serializer": dump_json, "hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        if url.get_driver_name() == "aiosqlite":
            options |= {"module": Driver()}
    else:
        options |= {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}
    engine = create_async_engine(url, **options)
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", open_sqlite)
        event.listen(engine.sync_engine, "begin", begin_sqlite)
    return engine


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Finish `work` even when cancelled, then go on being cancelled.

    A commit that is cancelled halfway may have happened; waiting for it keeps the answer certain,
    and nothing else may touch its connection meanwhile.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        with suppress(Exception):
            task.result()
        raise cancelled
    task.result()


class Database:
    """Where the records are. `write()` and `read()` each open one transaction."""

    def __init__(self, url: str | URL, engine: AsyncEngine | None = None) -> None:
        self.url = parse_url(url) if isinstance(url, str) else url
        self.engine = engine or create_engine(self.url)
        self._writer = self.engine.execution_options(nuanlin_begin="IMMEDIATE")
        self._lock: asyncio.Lock | None = asyncio.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """A file on this machine, with one writer at a time."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        if self._lock is None:
            async with self._transaction(self._writer) as tx:
                yield tx
            return
        async with self._lock, self._transaction(self._writer) as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One transaction that changes nothing."""
        async with AsyncSession(self.engine, expire_on_commit=False) as tx:
            try:
                yield tx
            finally:
                # What was read stays readable; a rollback alone would empty it.
                tx.expunge_all()
                await tx.rollback()

    @staticmethod
    @asynccontextmanager
    async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(engine, expire_on_commit=False) as tx:
            try:
                yield tx
                await _to_the_end(tx.commit())
            except BaseException:
                await _to_the_end(tx.rollback())
                raise

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
