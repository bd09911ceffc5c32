"""Photos of errands by chat: receipts, kept with their sum; prescriptions, shown to who goes."""

from dataclasses import dataclass

from telegram import Update

from bot import errand_asking, errand_edits, errand_money, forms, standing, visit_files
from bot.turn import Turn
from care.notices import Notice
from storage import drafts, errand_photos
from storage import errand_money as records
from storage.engine import Database
from storage.errand_offers import errand_card

LARGEST = 2_000_000
# What asks for a photo that is sent on under Telegram's own name of it.
ASKING = frozenset({errand_asking.FORM.name, errand_edits.FORM.name, standing.FORM.name})


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
    """A photo came: what was asked for, a receipt or a prescription, else of a visit."""
    sent = turn.opening.prepared
    draft = await drafts.find(turn.tx, turn.account)
    message = update.message
    wanted = draft is not None and draft.form in ASKING and forms.asks(draft, errand_asking.PHOTO)
    if draft is not None and message is not None and wanted:
        file = message.photo[-1].file_id
        await forms.given(turn, draft, errand_asking.PHOTO, file)
        return
    asked = draft is not None and forms.asks(draft, errand_money.RECEIPT)
    if not isinstance(sent, Sent) or draft is None or not asked:
        await visit_files.take(update, turn)
        return
    book = await records.access_book(turn.tx, turn.me.viewer, draft.answers["errand"])
    photo = await records.keep_photo(
        turn.tx, turn.now, turn.me.member.id, book.whole.errand, sent.file, sent.content
    )
    await forms.given(turn, draft, errand_money.RECEIPT, photo.id)


async def show(update: Update, turn: Turn) -> None:
    """`errand_photo:<errand>`: in a message of its own, for whoever may see the errand in full."""
    [errand_id] = turn.numbers(1)
    _, file = await errand_photos.access_photo(turn.tx, turn.me.viewer, errand_id)
    await turn.say(Notice.ERRAND_PHOTO, errand_card(errand_id), errand=errand_id, photo=file)


PRESSED = {"errand_photo": show}
