"""Writing something that may be there already."""

from typing import Any, cast

from sqlalchemy import CursorResult, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Table as Model


async def insert_once(tx: AsyncSession, model: type[Model], **values: Any) -> bool:
    """Insert a row unless a unique key forbids it; whether it was inserted."""
    dialect = tx.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    table = cast("Table", model.__table__)
    statement = insert(table).values(**values).on_conflict_do_nothing()
    # Without being told so, SQLAlchemy asks for no row count of an INSERT on PostgreSQL.
    result = await tx.execute(statement.execution_options(preserve_rowcount=True))
    return cast("CursorResult[Any]", result).rowcount == 1


async def changed(tx: AsyncSession, statement: Any) -> int:
    """Execute an UPDATE or DELETE; how many rows it touched."""
    result = await tx.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount
