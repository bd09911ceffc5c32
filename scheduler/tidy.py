"""Forgetting what the conversation no longer needs; records of care are never touched."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from storage.once import changed
from storage.tables import Arrival, Community, Draft, Inbox, Outbox, Post, Standing, WrongTry

DRAFTS = timedelta(days=7)
LETTERS = timedelta(days=45)
WRONG_TRIES = timedelta(days=1)
ENDED = (Post.SENT, Post.DROPPED, Post.EXPIRED, Post.UNCLEAR, Post.REFUSED)


async def tidy(tx: AsyncSession, now: datetime, _station: Community) -> None:
    """Drop old drafts and letters; keys stay longer than any job looks back."""
    await changed(tx, delete(Draft).where(Draft.updated_at < now - DRAFTS))
    await changed(tx, delete(WrongTry).where(WrongTry.at < now - WRONG_TRIES))
    await changed(tx, delete(Standing).where(Standing.sent_at < now - LETTERS))
    old = now - LETTERS
    await changed(tx, delete(Inbox).where(Inbox.state == Arrival.DONE, Inbox.received_at < old))
    await changed(tx, delete(Outbox).where(Outbox.state.in_(ENDED), Outbox.created_at < old))
