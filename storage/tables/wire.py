"""Tables of the conversation: what came in, goes out, stands in chats, is half typed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from care.notices import Notice
from storage.tables.columns import Json, Key, Table, words


class Arrival(StrEnum):
    """Where an update is."""

    WAITING = "waiting"
    DONE = "done"
    ASIDE = "aside"


class Post(StrEnum):
    """Where a message to be sent is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNCLEAR = "unclear"
    DROPPED = "dropped"
    REFUSED = "refused"
    EXPIRED = "expired"


class Inbox(Table):
    """Every update Telegram was told to forget.

    `event` names what happened (a message of a chat, a press), so that one delivered again under a
    new update id is known.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[Key]
    update_id: Mapped[int] = mapped_column(unique=True)
    event: Mapped[str | None] = mapped_column(String(80), unique=True)
    chat: Mapped[int]
    payload: Mapped[Json]
    received_at: Mapped[datetime]
    state: Mapped[Arrival] = mapped_column(words(Arrival))
    tries: Mapped[int]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class Outbox(Table):
    """A message to be sent: who, which notice, the facts; rendered when it is sent.

    `edits` is the message it changes in place; `card` names what the message shows, so that it can
    be changed wherever it stands; `stale` asks for another edit when the one under way is done.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "ix_outbox_due",
            "priority",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "card", "state"),
        Index(None, "chat", "edits"),
    )

    id: Mapped[Key]
    community_id: Mapped[int | None]
    member_id: Mapped[int | None]
    chat: Mapped[int]
    notice: Mapped[Notice] = mapped_column(words(Notice, 40))
    facts: Mapped[Json]
    key: Mapped[str | None] = mapped_column(String(120))
    card: Mapped[str | None] = mapped_column(String(80))
    edits: Mapped[int | None]
    priority: Mapped[int]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    state: Mapped[Post] = mapped_column(words(Post))
    stale: Mapped[bool]
    tries: Mapped[int]
    unclear: Mapped[int]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    message: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)


class Standing(Table):
    """A message that stands in a chat, and what it shows.

    Telegram decides once, when it is sent, whether it is `protected` from being passed on.
    """

    __tablename__ = "standing"
    __table_args__ = (Index(None, "card"),)

    chat: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int | None]
    member_id: Mapped[int | None]
    notice: Mapped[Notice] = mapped_column(words(Notice, 40))
    facts: Mapped[Json]
    card: Mapped[str | None] = mapped_column(String(80))
    sent_at: Mapped[datetime]
    protected: Mapped[bool] = mapped_column(default=False, server_default=false())


class Draft(Table):
    """A half-answered form; one per chat."""

    __tablename__ = "draft"

    chat: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int | None]
    member_id: Mapped[int | None]
    form: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    answers: Mapped[Json]
    updated_at: Mapped[datetime]
