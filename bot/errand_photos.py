"""Receipts by chat: a photo is fetched before the turn, and kept with the sum it belongs to."""

from dataclasses import dataclass

from telegram import Update

from bot import errand_money, forms, visit_files
from bot.turn import Turn
from storage import drafts
from storage import errand_money as records
from storage.engine import Database

LARGEST = 2_000_000


@dataclass(frozen=True)
class Sent:
    """A photo; `content` is None when it is too large to keep, and Telegram's name is kept."""

    file: str
    content: bytes | None


async def prepare(update: Update, database: Database) -> Sent | None:
    """Fetch a photo that answers an open question, and no other: strangers send none."""
    message = update.message
    if message is None or not message.photo or message.chat.type != "private":
        return None
    async with database.read() as tx:
        draft = await drafts.find(tx, message.chat.id)
    if draft is None or draft.form != errand_money.FORM.name:
        return None
    size = message.photo[-1]
    if (size.file_size or 0) > LARGEST:
        return Sent(size.file_id, None)
    file = await size.get_file()
    return Sent(size.file_id, bytes(await file.download_as_bytearray()))


async def take(update: Update, turn: Turn) -> None:
    """A photo came: the receipt, if that is what was asked for, else of a visit."""
    sent = turn.opening.prepared
    draft = await drafts.find(turn.tx, turn.account)
    asked = draft is not None and forms.asks(draft, errand_money.RECEIPT)
    if not isinstance(sent, Sent) or draft is None or not asked:
        await visit_files.take(update, turn)
        return
    book = await records.access_book(turn.tx, turn.me.viewer, draft.answers["errand"])
    photo = await records.keep_photo(
        turn.tx, turn.now, turn.me.member.id, book.whole.errand, sent.file, sent.content
    )
    await forms.given(turn, draft, errand_money.RECEIPT, photo.id)
