"""Column types that behave the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, String
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware UTC time. SQLite drops zones, so naive values are refused and UTC is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time.

        Raises:
            ValueError: the value has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[Enum], length: int = 24) -> SqlEnum:
    """An enum stored as its value; no database type, so a new word needs no migration."""
    return SqlEnum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


def dump_json(value: Any) -> str:
    """Chinese stays readable in the database."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# SQLite only counts up by itself on INTEGER keys.
Big = BigInteger().with_variant(Integer, "sqlite")
Key = Annotated[int, mapped_column(Big, primary_key=True)]
Json = Annotated[dict[str, Any], mapped_column(JSON)]
Jsons = Annotated[list[Any], mapped_column(JSON)]
Words = Annotated[list[str], mapped_column(JSON)]
Short = Annotated[str, mapped_column(String(200))]


class Table(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment(), int: Big}  # noqa: RUF012 - SQLAlchemy's own form
