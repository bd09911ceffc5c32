"""The inbox: stored first, acknowledged after, handled once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.once import changed, insert_once
from storage.tables import Arrival, Inbox

MOST_AT_ONCE = 2000
KINDS_WITH_CHAT = ("message", "edited_message", "my_chat_member", "chat_member")


@dataclass(frozen=True)
class Waiting:
    """One update to be handled."""

    id: int
    chat: int
    payload: dict[str, Any]
    tries: int


def chat_of(payload: dict[str, Any]) -> int:
    """The chat whose order the update belongs to; 0 when it belongs to none."""
    for kind in KINDS_WITH_CHAT:
        if kind in payload:
            return int(payload[kind]["chat"]["id"])
    press = payload.get("callback_query")
    if press is None:
        return 0
    message = press.get("message")
    return int(message["chat"]["id"] if message else press["from"]["id"])


def event_of(payload: dict[str, Any]) -> str | None:
    """The name of what happened, equal when the same thing is delivered under a new update id."""
    if "callback_query" in payload:
        return f"press:{payload['callback_query']['id']}"
    message = payload.get("message")
    if message is not None:
        return f"message:{message['chat']['id']}:{message['message_id']}"
    return None


async def store(tx: AsyncSession, now: datetime, payloads: Iterable[dict[str, Any]]) -> int:
    """Keep updates that are not known yet; how many were new."""
    new = 0
    for payload in payloads:
        new += await insert_once(
            tx,
            Inbox,
            update_id=payload["update_id"],
            event=event_of(payload),
            chat=chat_of(payload),
            payload=payload,
            received_at=now,
            state=Arrival.WAITING,
            tries=0,
        )
    return new


_WAITING = (
    select(Inbox.id, Inbox.chat, Inbox.payload, Inbox.tries)
    .where(Inbox.state == Arrival.WAITING)
    .order_by(Inbox.id)
    .limit(MOST_AT_ONCE)
)
_FINISH = (
    update(Inbox)
    .where(Inbox.id == bindparam("row"), Inbox.state == Arrival.WAITING)
    .values(state=Arrival.DONE, ended_at=bindparam("now"))
)


async def waiting(tx: AsyncSession) -> list[Waiting]:
    """Updates to be handled, oldest first; no more at a time than memory holds with ease."""
    return [Waiting(*row) for row in await tx.execute(_WAITING)]


async def finish(tx: AsyncSession, now: datetime, row: int) -> bool:
    """Mark a row done in the transaction that handles it; False when somebody else has."""
    return await changed(tx, _FINISH, row=row, now=now) == 1


async def erase_place(tx: AsyncSession, update_id: int) -> None:
    """Forget where somebody was: what was made of it is kept, the place itself is not."""
    row = await tx.scalar(select(Inbox).where(Inbox.update_id == update_id))
    if row is not None and "message" in row.payload:
        message = {
            name: value
            for name, value in row.payload["message"].items()
            if name not in {"location", "venue"}
        }
        row.payload = row.payload | {"message": message}
        await tx.flush()


async def note_failure(tx: AsyncSession, row: int, error: str) -> None:
    """Count one try that failed."""
    await changed(
        tx, update(Inbox).where(Inbox.id == row).values(tries=Inbox.tries + 1, error=error)
    )


async def set_aside(tx: AsyncSession, now: datetime, row: int) -> bool:
    """Take a row out of the queue for a person to look at; it is kept."""
    return (
        await changed(
            tx,
            update(Inbox)
            .where(Inbox.id == row, Inbox.state == Arrival.WAITING)
            .values(state=Arrival.ASIDE, ended_at=now),
        )
        == 1
    )


async def count_waiting(tx: AsyncSession) -> int:
    """How many updates wait."""
    return await tx.scalar(select(func.count()).where(Inbox.state == Arrival.WAITING)) or 0
