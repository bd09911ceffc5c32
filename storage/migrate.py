"""Bringing a database to the schema of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from storage.engine import begin_sqlite

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection) -> Config:
    """Alembic's settings for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def heads() -> tuple[str, ...]:
    """The newest revisions; there is one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return tuple(ScriptDirectory.from_config(config).get_heads())


def _without_foreign_keys(connection: object, _record: object) -> None:
    # A batch ALTER copies the table and drops the old one, which would delete its child rows.
    connection.isolation_level = None  # type: ignore[attr-defined]
    connection.cursor().execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]


def _upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(configuration(connection), revision)
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"migration left {len(broken)} broken references")


async def migrate(url: URL, revision: str = "head") -> None:
    """Upgrade the database at `url`, on an engine of its own, in one transaction.

    Raises:
        RuntimeError: references were broken; nothing was changed.
    """
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url)
    if sqlite:
        event.listen(engine.sync_engine, "connect", _without_foreign_keys)
        event.listen(engine.sync_engine, "begin", begin_sqlite)
        engine = engine.execution_options(nuanlin_begin="IMMEDIATE")
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at, None when it has never been migrated."""
    return MigrationContext.configure(connection).get_current_revision()
