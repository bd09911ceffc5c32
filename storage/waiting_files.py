"""A file that was read and waits, in the chat of whoever sent it, for their word."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from storage import drafts

Read = TypeVar("Read", bound=BaseModel)


@dataclass(frozen=True)
class Waiting(Generic[Read]):
    """What the file was called, and what was read in it."""

    name: str
    read: Read


class WaitingFiles(Generic[Read]):
    """Files of one kind; staff send them."""

    def __init__(self, form: str, model: type[Read]) -> None:
        self._form = form
        self._model = model

    async def keep(
        self, tx: AsyncSession, now: datetime, chat: int, viewer: Viewer, waiting: Waiting[Read]
    ) -> int:
        """Keep a file until it is confirmed or stopped; its number goes into the buttons."""
        draft = await drafts.begin(
            tx,
            now,
            chat,
            self._form,
            {"name": waiting.name, "read": waiting.read.model_dump(mode="json")},
            member=viewer.member_id,
            community=viewer.community_id,
        )
        return draft.number

    async def find(
        self, tx: AsyncSession, chat: int, viewer: Viewer, number: int
    ) -> Waiting[Read] | None:
        """The file that waits in a chat, None when it was taken in, stopped, or replaced."""
        draft = await drafts.find(tx, chat)
        if draft is None or (draft.form, draft.number) != (self._form, number):
            return None
        mine = (draft.member_id, draft.community_id) == (viewer.member_id, viewer.community_id)
        if not mine or not viewer.staff:
            return None
        return Waiting(draft.answers["name"], self._model.model_validate(draft.answers["read"]))
