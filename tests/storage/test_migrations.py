"""What the migrations build is what the program believes in."""

import asyncio
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from care.visits import State
from storage import week
from storage.engine import Database, parse_url
from storage.migrate import configuration, heads, migrate, revision_of
from storage.tables import Assignment, Elder, Table, Volunteer
from tests.storage.conftest import sqlite_url


def differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "render_as_batch": True}
    return list(
        compare_metadata(MigrationContext.configure(connection, opts=options), Table.metadata)
    )


def constraints(connection: Connection) -> dict[str, list[object]]:
    """What compare_metadata does not look at closely: keys, unique keys, partial indexes."""
    found = inspect(connection)
    return {
        table: [
            found.get_pk_constraint(table)["constrained_columns"],
            sorted(str(one["column_names"]) for one in found.get_unique_constraints(table)),
            sorted(
                (one["name"] or "", one["unique"], _where(dict(one)))
                for one in found.get_indexes(table)
            ),
            sorted(str(one["constrained_columns"]) for one in found.get_foreign_keys(table)),
        ]
        for table in Table.metadata.tables
    }


def _where(index: Mapping[str, Any]) -> bool:
    return any(name.endswith("_where") for name in index.get("dialect_options", {}))


async def test_the_migrations_equal_the_models(database_url: str) -> None:
    await migrate(parse_url(database_url))
    database = Database(database_url)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_a_column_that_no_migration_makes_would_be_seen(database_url: str) -> None:
    await migrate(parse_url(database_url))
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE community DROP COLUMN language")
        found = await connection.run_sync(differences)
    await database.close()
    assert len(found) == 1


async def test_keys_and_indexes_are_those_of_the_models(database_url: str) -> None:
    await migrate(parse_url(database_url))
    database = Database(database_url)
    async with database.engine.connect() as connection:
        migrated = await connection.run_sync(constraints)
    async with database.engine.begin() as connection:
        await connection.run_sync(Table.metadata.drop_all)
        await connection.run_sync(Table.metadata.create_all)
        created = await connection.run_sync(constraints)
    await database.close()
    assert migrated == created


async def test_from_an_empty_database_to_the_newest_revision(database_url: str) -> None:
    engine = create_async_engine(parse_url(database_url))
    async with engine.connect() as connection:
        assert await connection.run_sync(revision_of) is None
    await migrate(parse_url(database_url))
    async with engine.connect() as connection:
        assert (await connection.run_sync(revision_of),) == heads()
    await engine.dispose()


async def test_down_again_leaves_no_table(database_url: str) -> None:
    await migrate(parse_url(database_url))
    engine = create_async_engine(parse_url(database_url))
    async with engine.begin() as connection:
        await connection.run_sync(lambda raw: command.downgrade(configuration(raw), "base"))
        left = await connection.run_sync(lambda raw: inspect(raw).get_table_names())
    await engine.dispose()
    assert set(left) <= {"alembic_version"}


OLDER = """
INSERT INTO community (id, name, zone, language, settings, open_code, created_at)
VALUES (1, '幸福社区', 'Asia/Shanghai', 'zh_CN', '{}', 'code', '2026-04-01 00:00:00');
INSERT INTO member (id, community_id, name, standing, created_at)
VALUES (1, 1, '陈同学', 'active', '2026-04-01 00:00:00');
INSERT INTO volunteer (member_id, community_id, kind, skills, half_days, most_visits)
VALUES (1, 1, 'student', '[]', '["sat_am"]', 3);
INSERT INTO elder (id, community_id, name, building, created_at, updated_at)
VALUES (1, 1, '王桂芳', '12号楼', '2026-04-01 00:00:00', '2026-04-01 00:00:00');
INSERT INTO pairing (id, community_id, worker_id, created_at)
VALUES (1, 1, 1, '2026-04-01 00:00:00');
INSERT INTO week_plan (community_id, week, published_at, gaps)
VALUES (1, '2026-04-06', '2026-04-05 10:00:00', '{}');
INSERT INTO assignment
(id, community_id, pairing_id, elder_id, volunteer_id, week, day, half, state, created_at)
VALUES (1, 1, 1, 1, 1, '2026-04-06', '2026-04-06', 'am', 'accepted', '2026-04-05 10:00:00')
"""


async def test_a_week_published_before_there_were_drafts_is_still_published(
    database_url: str,
) -> None:
    url = parse_url(database_url)
    await migrate(url, "0002")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in OLDER.split(";"):
            await connection.exec_driver_sql(statement)
    await engine.dispose()
    await migrate(url)
    database = Database(url)
    async with database.read() as tx:
        assert await week.published(tx, 1, date(2026, 4, 6))
        visit = await tx.get_one(Assignment, 1)
        assert (visit.state, visit.locked, visit.why) == (State.ACCEPTED, False, [])
        said = await tx.get_one(Volunteer, 1)
        assert (said.half_days, said.dialects, said.in_pairs) == (["sat_am"], [], False)
        assert (await tx.get_one(Elder, 1)).dialects == []
    await database.close()


async def test_back_to_the_schema_before_drafts_only_drafts_are_lost(database_url: str) -> None:
    url = parse_url(database_url)
    await migrate(url, "0002")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in OLDER.split(";"):
            await connection.exec_driver_sql(statement)
        await connection.run_sync(lambda raw: command.upgrade(configuration(raw), "0003"))
        await connection.exec_driver_sql(
            "INSERT INTO week_plan (community_id, week, gaps) VALUES (1, '2026-04-13', '{}')"
        )
        await connection.run_sync(lambda raw: command.downgrade(configuration(raw), "0002"))
        weeks = list(await connection.scalars(text("SELECT week FROM week_plan")))
        visits = list(await connection.scalars(text("SELECT state FROM assignment")))
    await engine.dispose()
    assert [str(one) for one in weeks] == ["2026-04-06"]
    assert visits == ["accepted"]


def test_there_is_one_newest_revision() -> None:
    assert len(heads()) == 1


def test_alembic_alone_is_sent_to_the_command_that_brings_a_connection() -> None:
    config = configuration(None)  # type: ignore[arg-type]
    config.stdout = io.StringIO()
    with pytest.raises(SystemExit, match="nuanlin init"):
        command.upgrade(config, "head")


async def test_two_that_migrate_one_file_at_once_both_end_at_the_newest_revision(
    tmp_path: Path,
) -> None:
    url = parse_url(sqlite_url(tmp_path))
    await asyncio.gather(migrate(url), migrate(url))
    database = Database(url)
    async with database.engine.connect() as connection:
        assert (await connection.run_sync(revision_of),) == heads()
    await database.close()
