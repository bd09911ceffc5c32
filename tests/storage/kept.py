"""What outlives a test: engines with what they have compiled, and the rows of the two towns."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import Database, create_engine, parse_url
from storage.tables import Table
from tests.storage.towns import Towns, build_towns

TABLES = sorted(Table.metadata.tables)
_ENGINES: dict[str, AsyncEngine] = {}
_FILE: list[str] = [""]
_BUILT: dict[str, "Built"] = {}


def kept_engine(url: str) -> AsyncEngine:
    """The program's own engine, led to this database; `dispose` ends a test with it."""
    parsed = parse_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    name = "sqlite" if sqlite else url
    if sqlite:
        _FILE[0] = str(parsed.database)
    if name not in _ENGINES:
        engine = _ENGINES[name] = create_engine(parsed)
        if sqlite:
            event.listen(engine.sync_engine, "do_connect", _lead)
    return _ENGINES[name]


def _lead(_dialect: object, _record: object, given: list[Any], _named: dict[str, Any]) -> None:
    given[0] = _FILE[0]


def psycopg_to(url: URL) -> psycopg.Connection:
    """As the server's own role, which need not look where rows refer to."""
    connection = psycopg.connect(host=str(url.query["host"]), user="postgres", dbname=url.database)
    connection.execute("SET session_replication_role = replica")
    return connection


@dataclass(frozen=True)
class Built:
    """The towns as they were built once, and how to put their rows into an empty database."""

    towns: Towns
    put: Callable[[URL], None]


async def towns_in(database: Database) -> Towns:
    """The two towns, in a database that is empty."""
    kind = database.url.get_backend_name()
    if kind in _BUILT:
        _BUILT[kind].put(database.url)
    else:
        async with database.write() as tx:
            built = await build_towns(tx)
            # A copy has no session to ask for what its original has not loaded.
            for row in [one for one in tx if isinstance(one, Table)]:
                await tx.refresh(row)
        take = _from_sqlite if kind == "sqlite" else _from_postgresql
        _BUILT[kind] = Built(built, take(database.url))
    return deepcopy(_BUILT[kind].towns)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What the database is asked for while the block lasts."""
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _from_sqlite(url: URL) -> Callable[[URL], None]:
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with closing(sqlite3.connect(str(url.database))) as file:
        for table in TABLES:
            rows[table] = file.execute(f"SELECT * FROM {table}").fetchall()

    def put(into: URL) -> None:
        with closing(sqlite3.connect(str(into.database))) as file, file:
            for table, found in rows.items():
                if found:
                    marks = ", ".join("?" * len(found[0]))
                    file.executemany(f"INSERT INTO {table} VALUES ({marks})", found)

    return put


def _from_postgresql(url: URL) -> Callable[[URL], None]:
    rows: dict[str, bytes] = {}
    with psycopg_to(url) as connection, connection.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                rows[table] = b"".join(bytes(part) for part in copy)

    def put(into: URL) -> None:
        with psycopg_to(into) as connection, connection.cursor() as cursor:
            for table, found in rows.items():
                if found:
                    order = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                    with cursor.copy(order) as copy:
                        copy.write(found)

    return put
