"""The draft of a week as an Excel file: out, and back with changes that are shown first."""

from typing import Any

from telegram import Update

from bot.screens.draft_sheets import words
from bot.turn import Turn, monday_of, number_of
from bot.week_drafts import show_draft
from care.draft_sheets import Edited
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import draft_sheets as sheets
from storage import drafts as forms
from storage import members
from storage import week as weeks
from storage import week_drafts as drafts
from storage.waiting_files import Waiting


async def export(update: Update, turn: Turn) -> None:
    """The file: `draft_file:<monday>`."""
    [word] = turn.words(1)
    monday = monday_of(word)
    if not turn.me.viewer.staff:
        raise NotYours
    if await drafts.drafted(turn.tx, turn.me.community.id, monday) is None:
        raise Stale
    await turn.say(Notice.DRAFT_FILE, week=str(monday))


async def take_file(turn: Turn, name: str, edited: Edited) -> None:
    """A file came back: what it would change is shown, nothing is changed."""
    viewer = turn.me.viewer
    number = await sheets.FILES.keep(turn.tx, turn.now, turn.account, viewer, Waiting(name, edited))
    await turn.say(Notice.DRAFT_PREVIEW, number=number)


async def see(update: Update, turn: Turn) -> None:
    """A page of the preview: `draft_see:<file>:<page>`."""
    number, page = turn.numbers(2)
    await _waiting(turn, number)
    await turn.show(Notice.DRAFT_PREVIEW, number=number, page=page)


async def take(update: Update, turn: Turn) -> None:
    """Confirmed: `draft_take:<file>:<fingerprint of what was shown>`; all of it, or nothing."""
    word, shown = turn.words(2)
    number = number_of(word)
    waiting = await _waiting(turn, number)
    monday = sheets.week_in(waiting.read)
    if monday is None:
        raise Stale
    me = turn.me
    week = await drafts.read(turn.tx, turn.now, me.community, monday, hold=True)
    found = await sheets.preview(turn.tx, me.viewer, waiting.read, words(), week)
    if found.fingerprint != shown or not found.changes:
        turn.toast(turn.tr("The draft has changed meanwhile. Please look once more."), alert=True)
        await turn.show(Notice.DRAFT_PREVIEW, number=number, moved=True)
        return
    await sheets.apply(turn.tx, turn.now, me.viewer, found)
    facts = {"file": waiting.name, "changed": len(found.changes), "left_out": len(found.refused)}
    await members.audit(turn.tx, turn.now, me.viewer, "draft_sheet", f"week:{monday}", **facts)
    await forms.end(turn.tx, turn.account)
    await show_draft(turn, monday)
    await weeks.refresh_staff(turn.tx, turn.now, me.community.id, monday, draft=True)
    changed = len(found.changes)
    turn.toast(turn.tr.many("{n} visit changed.", "{n} visits changed.", changed))


async def _waiting(turn: Turn, number: int) -> Waiting[Edited]:
    found = await sheets.FILES.find(turn.tx, turn.account, turn.me.viewer, number)
    if found is None:
        raise Stale
    return found


PRESSED: dict[str, Any] = {"draft_file": export, "draft_see": see, "draft_take": take}
