"""Writing something that may be there already."""

from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Table as Model


@cache
def _insert_once(model: type[Model], dialect: str) -> Any:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    # Without being told so, SQLAlchemy asks for no row count of an INSERT on PostgreSQL.
    return (
        insert(cast("Table", model.__table__))
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )


async def insert_once(tx: AsyncSession, model: type[Model], **values: Any) -> bool:
    """Insert a row unless a unique key forbids it; whether it was inserted."""
    statement = _insert_once(model, tx.get_bind().dialect.name)
    result = await tx.execute(statement, values)
    return cast("CursorResult[Any]", result).rowcount == 1


async def upsert(
    tx: AsyncSession,
    model: type[Model],
    key: dict[str, Any],
    values: dict[str, Any],
    **only_new: Any,
) -> None:
    """Insert a row, or change the one whose primary key is `key`; `only_new` is not changed."""
    names = tuple(values)
    statement = _upsert(model, tuple(key), names, tx.get_bind().dialect.name)
    await tx.execute(statement, key | values | only_new)


@cache
def _upsert(model: type[Model], key: tuple[str, ...], names: tuple[str, ...], dialect: str) -> Any:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(cast("Table", model.__table__))
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in names}
    )


async def changed(tx: AsyncSession, statement: Any, **values: Any) -> int:
    """Execute an UPDATE or DELETE, with what its named parameters stand for; rows it touched."""
    options = {"synchronize_session": False}
    result = await tx.execute(statement, values, execution_options=options)
    return cast("CursorResult[Any]", result).rowcount
