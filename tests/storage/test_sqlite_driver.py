"""SQLite is visited once for each statement, and answers as SQLAlchemy expects of a driver."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.engine import Database
from tests.storage.conftest import sqlite_url


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """A file with one table of three rows."""
    database = Database(sqlite_url(tmp_path))
    async with database.write() as tx:
        await tx.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
        await tx.execute(
            text("INSERT INTO thing (name) VALUES (:name)"), [{"name": one} for one in "abc"]
        )
    yield database
    await database.close()


async def test_a_statement_is_one_visit_to_the_thread(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = 0
    original: Any = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, *given: Any, **named: Any) -> Any:
        nonlocal visits
        visits += 1
        return await original(self, *given, **named)

    async with sqlite.read() as tx:
        await tx.execute(text("SELECT 1"))
        monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
        assert list(await tx.scalars(text("SELECT name FROM thing"))) == ["a", "b", "c"]
        assert visits == 1


async def test_rows_come_one_by_one_by_the_handful_or_all(sqlite: Database) -> None:
    async with sqlite.read() as tx:
        found = await tx.execute(text("SELECT id, name FROM thing ORDER BY id"))
        assert list(found.keys()) == ["id", "name"]
        assert found.fetchone() == (1, "a")
        assert found.fetchmany(1) == [(2, "b")]
        assert found.fetchall() == [(3, "c")]


async def test_it_says_how_many_rows_were_changed_and_which_was_added(sqlite: Database) -> None:
    async with sqlite.write() as tx:
        connection = await tx.connection()
        changed = await connection.execute(text("UPDATE thing SET name = name || 'x' WHERE id > 1"))
        assert changed.rowcount == 2
        assert not changed.returns_rows
        added = await connection.execute(text("INSERT INTO thing (name) VALUES ('d')"))
        assert added.lastrowid == 4


async def test_what_sqlite_refuses_is_an_error_of_sqlalchemy_and_the_next_statement_works(
    sqlite: Database,
) -> None:
    async with sqlite.write() as tx:
        with pytest.raises(IntegrityError):
            await tx.execute(text("INSERT INTO thing (name) VALUES ('a')"))
        with pytest.raises(OperationalError):
            await tx.execute(text("SELECT nothing FROM thing"))
        assert await tx.scalar(text("SELECT count(*) FROM thing")) == 3


async def test_a_cancelled_statement_leaves_the_connection_usable(sqlite: Database) -> None:
    slow = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
        SELECT count(*) FROM n"""

    async def read() -> None:
        async with sqlite.read() as tx:
            await tx.execute(text(slow))

    task = asyncio.create_task(read())
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with sqlite.read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM thing")) == 3
