"""Alembic's entry: migrates the connection it is given."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Enum

from storage.tables import Table
from storage.tables.columns import Moment


def render_item(kind: str, column_type: Any, _context: Any) -> str | Literal[False]:
    """Migrations speak of plain types: ours may move, the past may not."""
    if kind != "type":
        return False
    if isinstance(column_type, Moment):
        return "sa.DateTime(timezone=True)"
    if isinstance(column_type, Enum):
        return f"sa.String(length={column_type.length})"
    return False


connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("use `nuanlin init` or `storage.migrate`, which bring their own connection")
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
