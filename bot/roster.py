"""The roster by chat: a file in, seen before anything is changed; a file out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import Update

from bot import draft_sheets, forms, menu
from bot.lists import refresh_call_lists
from bot.screens.roster_preview import VIEWS
from bot.turn import Turn, number_of
from care.days import local_day
from care.draft_sheets import Edited
from care.notices import Notice
from care.refusals import NotYours, Stale
from care.roster import Reading
from storage import drafts, members, roster_import
from storage.elders import Decision
from storage.engine import Database
from storage.roster import Limits, read_any_file
from storage.waiting_files import Waiting

NAME_LENGTH = 60
FIRST_PROBLEMS = 10


@dataclass(frozen=True)
class Sent:
    """A document that a member of staff sent; `reading` is None when it is too large to fetch."""

    name: str
    reading: Reading | Edited | None


async def prepare(update: Update, database: Database, now: datetime) -> Sent | None:
    """Fetch and read a file before the transaction opens, for the network and Excel take time.

    Only for staff: nobody else can make the station fetch or open anything.
    """
    message = update.message
    if message is None or message.document is None or message.chat.type != "private":
        return None
    if message.from_user is None or message.sender_chat is not None:
        return None
    async with database.read() as tx:
        person = await members.person_of_account(tx, message.from_user.id)
    if person is None or not person.viewer.staff:
        return None
    document = message.document
    name = forms.clean(document.file_name or "?").replace("\n", " ")[-NAME_LENGTH:]
    if (document.file_size or 0) > Limits().size:
        return Sent(name, None)
    file = await document.get_file()
    content = bytes(await file.download_as_bytearray())
    return Sent(name, await read_any_file(name, content, today=local_day(now, person.zone)))


async def ask_for_file(update: Update, turn: Turn) -> None:
    """`/import`."""
    _staff(turn)
    await turn.show(Notice.PLAIN, say="send_file", language=turn.tr.language)


async def take_file(update: Update, turn: Turn) -> None:
    """A document came: what it would change is shown, nothing is changed."""
    sent = turn.opening.prepared
    if not isinstance(sent, Sent) or turn.person is None or not turn.person.viewer.staff:
        await menu.words(update, turn)
        return
    if sent.reading is None:
        await turn.say(Notice.PLAIN, say="too_large", language=turn.tr.language)
        return
    if isinstance(sent.reading, Edited):
        await draft_sheets.take_file(turn, sent.name, sent.reading)
        return
    if not (sent.reading.lines or sent.reading.map.lines or sent.reading.map.problems):
        first = sent.reading.problems[:FIRST_PROBLEMS]
        refused = [one.model_dump(mode="json") for one in first]
        await turn.say(Notice.ROSTER_PREVIEW, file=sent.name, refused=refused)
        return
    waiting = Waiting(sent.name, sent.reading)
    number = await roster_import.FILES.keep(
        turn.tx, turn.now, turn.account, turn.person.viewer, waiting
    )
    await turn.say(Notice.ROSTER_PREVIEW, number=number)


async def see(update: Update, turn: Turn) -> None:
    """One part of the preview: `roster_see:<file>:<which>:<page>`."""
    word, view, page = turn.words(3)
    if view not in VIEWS:
        raise Stale
    number = number_of(word)
    await _waiting(turn, number)
    await turn.show(Notice.ROSTER_PREVIEW, number=number, view=view, page=number_of(page))


async def take_in(update: Update, turn: Turn) -> None:
    """Confirmed: `roster_take:<file>:<fingerprint of what was shown>`; all of it, or nothing."""
    word, shown = turn.words(2)
    number = number_of(word)
    waiting = await _waiting(turn, number)
    tx, viewer = turn.tx, turn.me.viewer
    await roster_import.hold(tx, viewer.community_id)
    plan = await roster_import.plan(tx, viewer.community_id, viewer, waiting.read)
    if plan.fingerprint != shown or not plan.anything:
        turn.toast(
            turn.tr("The records have changed meanwhile. Please look once more."), alert=True
        )
        await turn.show(Notice.ROSTER_PREVIEW, number=number, moved=True)
        return
    decision = Decision(viewer.member_id, waiting.name)
    await roster_import.apply(tx, turn.now, viewer.community_id, plan, decision)
    counts: dict[str, Any] = {
        "new": len(plan.preview.new),
        "changed": len(plan.preview.changed),
        "left_out": len(plan.rows_left_out) + len(plan.map.problems),
        "places": len(plan.map.lines),
    }
    await members.audit(
        tx, turn.now, viewer, "roster_import", "roster", file=waiting.name, **counts
    )
    await drafts.end(tx, turn.account)
    await turn.show(Notice.ROSTER_DONE, file=waiting.name, **counts)
    await refresh_call_lists(turn)


async def export(update: Update, turn: Turn) -> None:
    """`/export`: what the member looks after, as an Excel file."""
    viewer = _staff(turn)
    await members.audit(turn.tx, turn.now, viewer, "roster_export", "roster")
    await turn.say(Notice.ROSTER_EXPORT)


def _staff(turn: Turn) -> Any:
    if not turn.me.viewer.staff:
        raise NotYours
    return turn.me.viewer


async def _waiting(turn: Turn, number: int) -> Waiting[Reading]:
    waiting = await roster_import.FILES.find(turn.tx, turn.account, _staff(turn), number)
    if waiting is None:
        raise Stale
    return waiting


PRESSED = {"roster_see": see, "roster_take": take_in}
