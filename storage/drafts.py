"""Half-answered forms, one per chat; a restart in the middle loses nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Draft


async def find(tx: AsyncSession, chat: int) -> Draft | None:
    """The form that is open in a chat."""
    draft = await tx.get(Draft, chat)
    return draft if draft is not None and draft.form else None


async def begin(
    tx: AsyncSession,
    now: datetime,
    chat: int,
    form: str,
    answers: dict[str, Any],
    *,
    member: int | None,
    community: int | None,
) -> Draft:
    """Open a form; one that was open is given up. Its number tells old buttons from new."""
    draft = await tx.get(Draft, chat)
    number = draft.number + 1 if draft else int(now.timestamp()) % 1_000_000_000
    if draft is None:
        draft = Draft(chat=chat)
        tx.add(draft)
    draft.number = number
    draft.form = form
    draft.answers = answers
    draft.member_id = member
    draft.community_id = community
    draft.updated_at = now
    return draft


async def end(tx: AsyncSession, chat: int) -> bool:
    """Close the form that is open; whether there was one.

    The row stays, so that the next form has another number and old buttons do not fit it.
    """
    draft = await find(tx, chat)
    if draft is None:
        return False
    draft.form = ""
    draft.answers = {}
    return True
