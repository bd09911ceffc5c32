"""Every trap of SQLite and PostgreSQL stays closed; each is shown open first, where it can be."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from care.access import Role
from storage import communities, members
from storage import migrate as migrating
from storage.engine import Database, DatabaseUrlInvalid, begin_sqlite, create_engine, parse_url
from storage.migrate import migrate, revision_of
from storage.tables import Community, Inbox
from storage.tables.columns import dump_json
from tests.storage.conftest import sqlite_url
from tests.storage.towns import NOW, build_towns

TASKS = 20


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """A SQLite file with one table to count in."""
    database = Database(sqlite_url(tmp_path))
    async with database.write() as tx:
        await tx.execute(text("CREATE TABLE counter (n INTEGER)"))
        await tx.execute(text("INSERT INTO counter VALUES (0)"))
    yield database
    await database.close()


async def add_one(tx: AsyncSession) -> None:
    """Read, let others have their turn, write."""
    n = await tx.scalar(text("SELECT n FROM counter"))
    await asyncio.sleep(0)
    await tx.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})


async def add_on(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as tx:
        await add_one(tx)
        await tx.commit()


async def counted(database: Database) -> int:
    async with database.read() as tx:
        return int(await tx.scalar(text("SELECT n FROM counter")) or 0)


async def test_by_default_sqlite_loses_updates_of_tasks_that_read_then_write(
    sqlite: Database,
) -> None:
    plain = create_async_engine(sqlite.url, poolclass=NullPool)
    await asyncio.gather(*(add_on(plain) for _ in range(TASKS)))
    await plain.dispose()
    assert await counted(sqlite) < TASKS


async def test_a_transaction_that_takes_the_lock_late_cannot_write_what_it_read(
    sqlite: Database,
) -> None:
    deferred = create_engine(sqlite.url)
    async with AsyncSession(deferred) as first, AsyncSession(deferred) as second:
        await first.scalar(text("SELECT n FROM counter"))
        await second.scalar(text("SELECT n FROM counter"))
        await first.execute(text("UPDATE counter SET n = 1"))
        await first.commit()
        with pytest.raises(OperationalError):
            await second.execute(text("UPDATE counter SET n = 1"))
    await deferred.dispose()


async def test_ours_loses_none(sqlite: Database) -> None:
    async def one() -> None:
        async with sqlite.write() as tx:
            await add_one(tx)

    await asyncio.gather(*(one() for _ in range(TASKS)))
    assert await counted(sqlite) == TASKS


async def test_ours_loses_none_across_two_openings_of_one_file(sqlite: Database) -> None:
    other = Database(sqlite.url)

    async def one(database: Database) -> None:
        async with database.write() as tx:
            await add_one(tx)

    await asyncio.gather(*(one(each) for each in (sqlite, other) for _ in range(TASKS)))
    await other.close()
    assert await counted(sqlite) == 2 * TASKS


async def test_what_raises_is_taken_back(sqlite: Database) -> None:
    async def half() -> None:
        async with sqlite.write() as tx:
            await add_one(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half()
    assert await counted(sqlite) == 0


async def test_what_was_read_stays_readable_after_the_block(database: Database) -> None:
    async with database.write() as tx:
        await communities.create(tx, NOW, "幸福社区", "Asia/Shanghai", "zh_CN")
    async with database.read() as tx:
        [found] = await communities.every(tx)
    assert found.name == "幸福社区"


async def test_a_journal_beside_the_file_lets_readers_read_while_somebody_writes(
    sqlite: Database,
) -> None:
    async with sqlite.read() as tx:
        assert await tx.scalar(text("PRAGMA journal_mode")) == "wal"
    async with sqlite.write() as tx:
        await add_one(tx)
        assert await counted(sqlite) == 0


async def test_a_locked_database_is_waited_for(sqlite: Database) -> None:
    holder = sqlite3.connect(sqlite.url.database or "", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    hasty = create_engine(sqlite.url)
    event.listen(hasty.sync_engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=0"))
    hasty = hasty.execution_options(nuanlin_begin="IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        await add_on(hasty)
    asyncio.get_running_loop().call_later(0.05, holder.rollback)
    async with sqlite.write() as tx:
        await add_one(tx)
    holder.close()
    await hasty.dispose()
    assert await counted(sqlite) == 1


async def test_a_reference_to_nobody_is_refused(database: Database) -> None:
    async with database.read() as tx:
        with pytest.raises(IntegrityError):
            await members.create(tx, NOW, 4711, "谁", frozenset())


async def test_sqlite_without_the_pragma_takes_a_reference_to_nobody(sqlite: Database) -> None:
    await migrate(sqlite.url)
    plain = create_async_engine(sqlite.url)
    async with AsyncSession(plain) as tx:
        await members.create(tx, NOW, 4711, "谁", frozenset())
        await tx.commit()
    await plain.dispose()
    assert await _raw(sqlite, "SELECT community_id FROM member") == "4711"


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite+aiosqlite:///file::memory:?uri=true"]
)
def test_a_database_that_every_connection_shares_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid, match="needs a file"):
        parse_url(url)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://a/b", "http://example.org"])
def test_what_is_neither_sqlite_nor_postgresql_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid):
        parse_url(url)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///data/a.db", "sqlite+aiosqlite"),
        ("postgresql://a@b/c", "postgresql+psycopg"),
        ("postgres://a@b/c", "postgresql+psycopg"),
        ("postgresql+psycopg2://a@b/c", "postgresql+psycopg"),
    ],
)
def test_the_asynchronous_driver_is_put_in(url: str, driver: str) -> None:
    assert parse_url(url).drivername == driver


async def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'not' / 'yet' / 'there.db'}")
    async with database.read() as tx:
        assert await tx.scalar(text("SELECT 1")) == 1
    await database.close()


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 4, 9, 8, 30)  # noqa: DTZ001 - the point of the test
    async with database.read() as tx:
        with pytest.raises(StatementError, match="zone"):
            await communities.create(tx, naive, "幸福社区", "Asia/Shanghai", "zh_CN")


async def test_a_time_comes_back_as_the_same_moment_in_utc(database: Database) -> None:
    local = datetime(2026, 4, 9, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    async with database.write() as tx:
        await communities.create(tx, local, "幸福社区", "Asia/Shanghai", "zh_CN")
    async with database.read() as tx:
        [found] = await communities.every(tx)
    assert found.created_at == local
    assert found.created_at.tzinfo is UTC


async def test_times_compare_as_moments_whatever_zone_they_were_given_in(
    database: Database,
) -> None:
    local = datetime(2026, 4, 9, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    async with database.write() as tx:
        await communities.create(tx, local, "幸福社区", "Asia/Shanghai", "zh_CN")
        same = local.astimezone(timezone(timedelta(hours=-5)))
        assert await tx.scalar(Community.__table__.select().where(Community.created_at == same))


async def test_chinese_in_json_stays_readable(database: Database) -> None:
    async with database.write() as tx:
        tx.add(_inbox({"text": "王桂芳"}))
    assert "王桂芳" in await _raw(database, "SELECT CAST(payload AS TEXT) FROM inbox")


async def test_the_default_json_would_not_be_readable(sqlite: Database) -> None:
    await migrate(sqlite.url)
    plain = create_async_engine(sqlite.url)
    async with AsyncSession(plain) as tx:
        tx.add(_inbox({"text": "王桂芳"}))
        await tx.commit()
    await plain.dispose()
    assert "\\u738b" in await _raw(sqlite, "SELECT payload FROM inbox")
    assert dump_json({"text": "王桂芳"}) == '{"text":"王桂芳"}'


async def test_enums_are_stored_as_their_values(database: Database) -> None:
    async with database.write() as tx:
        station = await communities.create(tx, NOW, "幸福社区", "Asia/Shanghai", "zh_CN")
        await members.create(tx, NOW, station.id, "李敏", frozenset({Role.SOCIAL_WORKER}))
    assert await _raw(database, "SELECT role FROM member_role") == "social_worker"


async def test_a_new_word_needs_no_migration(database: Database) -> None:
    async with database.engine.connect() as connection:
        checks = await connection.run_sync(
            lambda raw: inspect(raw).get_multi_check_constraints().values()
        )
    assert [one for one in checks if one] == []


def _inbox(payload: dict[str, Any]) -> Inbox:
    return Inbox(update_id=1, chat=1, payload=payload, received_at=NOW, state="waiting", tries=0)


async def _raw(database: Database, query: str) -> str:
    async with database.read() as tx:
        return str(await tx.scalar(text(query)))


REVISION = """
from alembic import op
import sqlalchemy as sa

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
{body}
"""
PARENT_AND_CHILD = """
    op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "child",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE", name="fk")
        ),
    )
    op.execute("INSERT INTO parent VALUES (1)")
    op.execute("INSERT INTO child VALUES (1, 1), (2, 1)")
"""
ALTER_PARENT = """
    with op.batch_alter_table("parent", recreate="{recreate}") as batch:
        batch.add_column(sa.Column("word", sa.String(10)))
"""
FAIL_HALFWAY = """
    op.create_table("halfway", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO halfway VALUES (1)")
    with op.batch_alter_table("community") as batch:
        batch.add_column(sa.Column("word", sa.String(10)))
    raise RuntimeError("the power is gone")
"""
BREAK_REFERENCES = """
    op.execute("DELETE FROM community")
"""
Write = Callable[[str, str], None]


def _recreate(database: Database) -> str:
    """Only SQLite must copy a table to alter it."""
    return "always" if database.is_sqlite else "never"


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Migrations that come after ours, run through the same environment."""
    folder = tmp_path / "versions"
    folder.mkdir()
    configuration = migrating.configuration
    [newest] = migrating.heads()
    before = [newest]

    def configured(connection: Any) -> Any:
        config = configuration(connection)
        config.set_main_option("path_separator", "newline")
        config.set_main_option(
            "version_locations", f"{migrating.MIGRATIONS / 'versions'}\n{folder}"
        )
        return config

    monkeypatch.setattr(migrating, "configuration", configured)

    def write(revision: str, body: str) -> None:
        text_ = REVISION.format(revision=revision, before=before[-1], body=body)
        (folder / f"{revision}.py").write_text(text_)
        before.append(revision)

    return write


async def test_a_batch_alter_keeps_the_rows_that_refer_to_the_table(
    own_database: Database, later: Write
) -> None:
    later("t1", PARENT_AND_CHILD)
    later("t2", ALTER_PARENT.format(recreate=_recreate(own_database)))
    await migrate(own_database.url)
    assert await _raw(own_database, "SELECT count(*) FROM child") == "2"


async def test_with_foreign_keys_on_the_same_migration_loses_them(
    tmp_path: Path, later: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_foreign_keys(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.cursor().execute("PRAGMA foreign_keys=ON")

    monkeypatch.setattr(migrating, "_without_foreign_keys", with_foreign_keys)
    database = Database(sqlite_url(tmp_path))
    later("t1", PARENT_AND_CHILD)
    later("t2", ALTER_PARENT.format(recreate="always"))
    await migrate(database.url)
    assert await _raw(database, "SELECT count(*) FROM child") == "0"
    await database.close()


async def test_our_own_tables_keep_every_row_when_their_parent_is_altered(
    own_database: Database, later: Write
) -> None:
    async with own_database.write() as tx:
        await build_towns(tx)
    tables = ("member", "elder", "pairing_elder", "errand", "contact", "invitation")
    before = [await _raw(own_database, f"SELECT count(*) FROM {one}") for one in tables]
    await own_database.engine.dispose()
    body = ALTER_PARENT.replace("parent", "community")
    later("t1", body.format(recreate=_recreate(own_database)))
    await migrate(own_database.url)
    assert [await _raw(own_database, f"SELECT count(*) FROM {one}") for one in tables] == before


async def test_a_migration_that_fails_leaves_nothing_half_done(
    own_database: Database, later: Write
) -> None:
    later("t1", PARENT_AND_CHILD)
    later("t2", FAIL_HALFWAY)
    with pytest.raises(RuntimeError, match="power"):
        await migrate(own_database.url)
    async with own_database.engine.connect() as connection:
        tables = await connection.run_sync(lambda raw: inspect(raw).get_table_names())
        columns = await connection.run_sync(lambda raw: inspect(raw).get_columns("community"))
        revision = await connection.run_sync(revision_of)
    assert "halfway" not in tables
    assert "parent" not in tables
    assert "word" not in {one["name"] for one in columns}
    assert (revision,) == migrating.heads()


async def test_broken_references_are_found_and_nothing_is_changed(
    tmp_path: Path, later: Write
) -> None:
    database = Database(sqlite_url(tmp_path))
    await migrate(database.url)
    async with database.write() as tx:
        station = await communities.create(tx, NOW, "幸福社区", "Asia/Shanghai", "zh_CN")
        await members.create(tx, NOW, station.id, "李敏", frozenset())
    later("t1", BREAK_REFERENCES)
    with pytest.raises(RuntimeError, match="1 broken"):
        await migrate(database.url)
    assert await _raw(database, "SELECT count(*) FROM community") == "1"
    await database.close()


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    await migrate(database.url)
    async with database.engine.connect() as connection:
        revision = await connection.run_sync(revision_of)
    assert (revision,) == migrating.heads()


def _cut(url: str) -> None:
    """End every connection of the database, as a restart of the server does."""
    host, name = parse_url(url).query["host"], parse_url(url).database
    with psycopg.connect(
        host=str(host), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )


async def test_a_connection_that_died_in_the_pool_is_replaced(postgres_url: str) -> None:
    database = Database(postgres_url)
    async with database.read() as tx:
        await tx.execute(text("SELECT 1"))
    _cut(postgres_url)
    async with database.write() as tx:
        assert await tx.scalar(text("SELECT 1")) == 1
    await database.close()


async def test_without_asking_first_the_next_query_fails(postgres_url: str) -> None:
    plain = create_async_engine(parse_url(postgres_url))
    async with AsyncSession(plain) as tx:
        await tx.execute(text("SELECT 1"))
    _cut(postgres_url)
    async with AsyncSession(plain) as tx:
        with pytest.raises(DBAPIError):
            await tx.execute(text("SELECT 1"))
    await plain.dispose()


async def test_a_commit_under_way_is_finished_before_the_cancellation_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    commit = AsyncSession.commit

    async def slow(session: AsyncSession) -> None:
        begun.set()
        await go_on.wait()
        await commit(session)

    monkeypatch.setattr(AsyncSession, "commit", slow)
    task = asyncio.create_task(_make_station(database))
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _raw(database, "SELECT count(*) FROM community") == "1"


async def test_after_a_cancelled_commit_the_next_transaction_works(database: Database) -> None:
    for attempt in range(30):
        task = asyncio.create_task(_make_station(database, f"社区{attempt}"))
        for _ in range(attempt):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await _make_station(database)
    pool: Any = database.engine.pool
    assert pool.checkedout() == 0


async def test_cancelled_before_the_commit_nothing_is_written(database: Database) -> None:
    ready = asyncio.Event()

    async def work() -> None:
        async with database.write() as tx:
            await communities.create(tx, NOW, "幸福社区", "Asia/Shanghai", "zh_CN")
            ready.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await ready.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _raw(database, "SELECT count(*) FROM community") == "0"


async def _make_station(database: Database, name: str = "幸福社区") -> None:
    async with database.write() as tx:
        await communities.create(tx, NOW, name, "Asia/Shanghai", "zh_CN")


def test_the_begin_hook_reads_without_a_lock_unless_it_is_told_to_write() -> None:
    said: list[str] = []

    class Connection:
        options: dict[str, str]

        def get_execution_options(self) -> dict[str, str]:
            return self.options

        def exec_driver_sql(self, statement: str) -> None:
            said.append(statement)

    connection: Any = Connection()
    connection.options = {}
    begin_sqlite(connection)
    connection.options = {"nuanlin_begin": "IMMEDIATE"}
    begin_sqlite(connection)
    assert said == ["BEGIN DEFERRED", "BEGIN IMMEDIATE"]
