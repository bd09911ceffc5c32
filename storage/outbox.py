"""The outbox: messages as intents, rendered when they are sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, and_, bindparam, cast, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from care.notices import PASSING, Delivery, Notice, Priority, manner_of
from storage.once import changed, insert_once, upsert
from storage.tables import Outbox, Post, Standing, Told

# More than goes out in ten seconds.
MOST_AT_ONCE = 300
# No chat has this number: what is posted to it leaves by the second channel.
SECOND_CHANNEL = 0
# Made once: an alias copies every column of its table.
waiting, newer = aliased(Outbox), aliased(Standing)
# A visit can be reported until the day after it, and its reminder stands since that morning.
KEPT_FRESH = timedelta(days=2)


@dataclass(frozen=True)
class To:
    """Who a message is for: a chat, and the member whose eyes decide what may stand in it."""

    chat: int
    member: int | None = None
    community: int | None = None


async def post(
    tx: AsyncSession,
    now: datetime,
    to: To,
    notice: Notice,
    facts: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    card: str | None = None,
    edits: int | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    priority: Priority | None = None,
) -> bool:
    """Queue a message; False when `key` was queued before."""
    return await insert_once(
        tx,
        Outbox,
        community_id=to.community,
        member_id=to.member,
        chat=to.chat,
        notice=notice,
        facts=facts or {},
        key=key,
        card=card,
        edits=edits,
        priority=manner_of(notice).priority if priority is None else priority,
        not_before=not_before or now,
        expires_at=expires_at,
        state=Post.WAITING,
        stale=False,
        tries=0,
        unclear=0,
        created_at=now,
    )


_OUT_OF_DATE = select(Standing).where(
    Standing.card.in_(bindparam("cards", expanding=True)),
    or_(
        Standing.notice.not_in(PASSING),
        Standing.sent_at >= bindparam("since"),
        ~exists().where(
            newer.chat == Standing.chat,
            newer.card == Standing.card,
            newer.notice == Standing.notice,
            newer.message > Standing.message,
        ),
    ),
    ~exists().where(
        waiting.chat == Standing.chat,
        waiting.edits == Standing.message,
        waiting.state.in_((Post.WAITING, Post.SENDING)),
    ),
)
_MAKE_STALE = (
    update(Outbox)
    .where(Outbox.card.in_(bindparam("cards", expanding=True)), Outbox.state == Post.SENDING)
    .values(stale=True)
)


async def refresh(tx: AsyncSession, now: datetime, *cards: str, once: str | None = None) -> None:
    """Have every message that shows one of `cards` changed in place, wherever it stands.

    A message not sent yet needs nothing, it is rendered when it is sent; one being sent right now
    is edited once more afterwards. A message about to show something else is left alone. With the
    name `once` each message is changed at most once, however often it is asked for. Of what passes
    with its day, older messages are left as they are when a newer one of the kind stands there.
    """
    for row in await tx.scalars(_OUT_OF_DATE, {"cards": cards, "since": now - KEPT_FRESH}):
        await post_edit(tx, now, row, f"{once}:{row.chat}:{row.message}" if once else None)
    if not once:
        await changed(tx, _MAKE_STALE, cards=cards)


async def refresh_about(
    tx: AsyncSession,
    now: datetime,
    elder_id: int,
    community_id: int,
    lists: tuple[Notice, ...],
    since: datetime,
) -> None:
    """Have every message whose facts name an elder changed in place, whatever it is.

    And every list of some kinds that was sent since some moment, for the elder may stand on it.
    """
    named = cast(Standing.facts["elder"].as_string(), String) == str(elder_id)
    listed = and_(Standing.notice.in_(lists), Standing.sent_at >= since)
    mine = Standing.community_id == community_id
    for row in await tx.scalars(select(Standing).where(mine, or_(named, listed))):
        if not await is_changing(tx, row.chat, row.message):
            await post_edit(tx, now, row)


async def is_changing(tx: AsyncSession, chat: int, message: int) -> bool:
    """Whether a message is about to show something else, so that what it shows now is past."""
    found = await tx.scalar(
        select(Outbox.id)
        .where(
            Outbox.chat == chat,
            Outbox.edits == message,
            Outbox.state.in_((Post.WAITING, Post.SENDING)),
        )
        .limit(1)
    )
    return found is not None


async def post_edit(tx: AsyncSession, now: datetime, row: Standing, key: str | None = None) -> None:
    """Queue a fresh rendering of a message that stands in a chat."""
    await post(
        tx,
        now,
        To(row.chat, row.member_id, row.community_id),
        row.notice,
        row.facts,
        key=key,
        card=row.card,
        edits=row.message,
        priority=Priority.PROMPT,
    )


_POSTED = select(Outbox.key).where(Outbox.key.in_(bindparam("keys", expanding=True)))


async def posted(tx: AsyncSession, keys: Iterable[str]) -> set[str]:
    """Those of `keys` whose message was queued before."""
    asked = list(keys)
    if not asked:
        return set()
    return {key for key in await tx.scalars(_POSTED, {"keys": asked}) if key is not None}


async def posted_at(tx: AsyncSession, key: str) -> datetime | None:
    """When the message of this key was queued, None when it was not."""
    return await tx.scalar(select(Outbox.created_at).where(Outbox.key == key))


async def stands(tx: AsyncSession, chat: int, card: str) -> bool:
    """Whether a message that shows `card` stands in a chat."""
    found = await tx.scalar(
        select(Standing.message).where(Standing.chat == chat, Standing.card == card).limit(1)
    )
    return found is not None


_NEXT_DUE = select(func.min(waiting.not_before)).where(
    waiting.state == Post.WAITING, waiting.not_before > bindparam("now")
)
_DUE = (
    select(Outbox.id, Outbox.chat, _NEXT_DUE.scalar_subquery())
    .where(Outbox.state == Post.WAITING, Outbox.not_before <= bindparam("now"))
    .order_by(Outbox.priority, Outbox.id)
    .limit(MOST_AT_ONCE)
)


async def due(tx: AsyncSession, now: datetime) -> tuple[list[tuple[int, int]], datetime | None]:
    """(row, chat) of what may be sent now, in order, and when the next one may that may not yet.

    Not more rows than can be sent in ten seconds.
    """
    rows = (await tx.execute(_DUE, {"now": now})).all()
    later = rows[0][2] if rows else await tx.scalar(_NEXT_DUE, {"now": now})
    return [(row, chat) for row, chat, _ in rows], later


_WAITING = (
    select(Outbox)
    .where(Outbox.id == bindparam("row"), Outbox.state == Post.WAITING)
    .with_for_update(skip_locked=True)
)
_ARRIVED = (
    update(Outbox)
    .where(Outbox.id == bindparam("row"))
    .values(state=Post.SENT, sent_at=bindparam("now"), message=bindparam("shown"), error=None)
    .returning(Outbox)
    .execution_options(synchronize_session=False)
)


# The outbox forgets; who was told of an elder, and when it arrived, is kept.
_DELIVERED = (
    update(Told)
    .where(Told.letter == bindparam("named"), Told.delivered_at.is_(None))
    .values(delivered_at=bindparam("now"))
)


async def take(tx: AsyncSession, now: datetime, row: int) -> Outbox | None:
    """Mark a row as being sent; None when it is gone, taken, or past its time."""
    found: Outbox | None = await tx.scalar(_WAITING, {"row": row})
    if found is None:
        return None
    if found.expires_at is not None and now >= found.expires_at:
        found.state = Post.EXPIRED
        return None
    found.state = Post.SENDING
    found.tries += 1
    found.stale = False
    return found


async def end(
    tx: AsyncSession, now: datetime, row: int, state: Post, error: str | None = None
) -> None:
    """Close a row that was not sent."""
    await changed(
        tx,
        update(Outbox).where(Outbox.id == row).values(state=state, sent_at=now, error=error),
    )


async def put_back(
    tx: AsyncSession, row: int, not_before: datetime, error: str, *, unclear: bool = False
) -> None:
    """Let a row be tried again."""
    values: dict[str, Any] = {
        "state": Post.WAITING,
        "not_before": not_before,
        "error": error,
    }
    if unclear:
        values["unclear"] = Outbox.unclear + 1
    await changed(tx, update(Outbox).where(Outbox.id == row).values(**values))


async def sent(
    tx: AsyncSession, now: datetime, row: int, message: int | None, *, protected: bool = False
) -> bool:
    """Close a row that arrived; what now stands in the chat is written down.

    `protected`: as a new message it was sent so that it cannot be passed on; an edit keeps what
    the message was.

    Whether an edit was queued, because what it shows has changed meanwhile.
    """
    found = await tx.scalar(_ARRIVED, {"row": row, "now": now, "shown": message})
    if found is None:
        return False
    if found.key is not None:
        await changed(tx, _DELIVERED, named=found.key, now=now)
    if message is None:
        return False
    shows = {
        "community_id": found.community_id,
        "member_id": found.member_id,
        "notice": found.notice,
        "facts": found.facts,
        "card": found.card,
    }
    here = {"chat": found.chat, "message": message}
    await upsert(tx, Standing, here, shows, sent_at=now, protected=protected)
    if found.stale:
        await post_edit(tx, now, await tx.get_one(Standing, (found.chat, message)))
    return bool(found.stale)


_PROTECTED = select(Standing.protected).where(
    Standing.chat == bindparam("chat"), Standing.message == bindparam("message")
)


async def is_protected(tx: AsyncSession, chat: int, message: int) -> bool:
    """Whether a message was sent so that it cannot be passed on; of an unknown one, not."""
    return bool(await tx.scalar(_PROTECTED, {"chat": chat, "message": message}))


async def make_new(tx: AsyncSession, row: int) -> None:
    """What was to change a message goes out as a new one; from now it is sent like any other."""
    await changed(tx, update(Outbox).where(Outbox.id == row).values(edits=None))


async def forget_message(tx: AsyncSession, chat: int, message: int) -> None:
    """A message that cannot be edited any more is not tried again."""
    await changed(tx, delete(Standing).where(Standing.chat == chat, Standing.message == message))


async def move_chat(tx: AsyncSession, before: int, after: int) -> None:
    """A group became a supergroup: what waits follows it; what stands there cannot be edited."""
    await changed(
        tx,
        update(Outbox)
        .where(Outbox.chat == before, Outbox.state == Post.WAITING, Outbox.edits.is_(None))
        .values(chat=after),
    )
    await changed(
        tx,
        update(Outbox)
        .where(Outbox.chat == before, Outbox.state == Post.WAITING)
        .values(state=Post.DROPPED),
    )
    await changed(tx, delete(Standing).where(Standing.chat == before))


_UNDER_WAY = select(exists().where(Outbox.state == Post.SENDING))


async def recover(tx: AsyncSession, now: datetime) -> int:
    """After a crash: what was being sent is unclear. How many rows that were.

    An edit is the same however often it is done, and a `must` is repeated; a `once` is not.
    """
    if not await tx.scalar(_UNDER_WAY):
        return 0
    must = [notice for notice in Notice if manner_of(notice).delivery is Delivery.MUST]
    again = or_(Outbox.edits.is_not(None), Outbox.notice.in_(must))
    repeated = await changed(
        tx,
        update(Outbox)
        .where(Outbox.state == Post.SENDING, again)
        .values(state=Post.WAITING, unclear=Outbox.unclear + 1),
    )
    left = await changed(
        tx,
        update(Outbox)
        .where(and_(Outbox.state == Post.SENDING, ~again))
        .values(state=Post.UNCLEAR, sent_at=now),
    )
    return repeated + left


async def count_waiting(tx: AsyncSession, now: datetime) -> int:
    """How many messages are due and not sent."""
    return (
        await tx.scalar(
            select(func.count()).where(
                Outbox.state.in_((Post.WAITING, Post.SENDING)), Outbox.not_before <= now
            )
        )
        or 0
    )
