"""Pictures and voice messages sent from a visit, and looking at them."""

from typing import Any

from telegram import Message, Update

from bot import door, menu, presence
from bot.forms import clean
from bot.screens.visit_files import file_name
from bot.turn import Turn
from care.days import local_day
from care.notices import Notice
from care.refusals import Stale
from care.visit_files import Kind
from care.visits import SUBJECTS, Level
from storage import drafts, visit_files, visits
from storage import presence as presences
from storage.visits import Visiting
from storage.week import visits_card

LONGEST_CAPTION = 500


async def take(update: Update, turn: Turn) -> None:
    """A picture or voice message: it belongs to the visit that is under way, or was the last.

    While another question is open it is no answer to that; from nobody's visit it is not kept.
    """
    message = update.message
    row = await _visit(turn)
    if message is None or row is None:
        await menu.words(update, turn)
        return
    kind, file, same = _sent(message)
    caption = clean(message.caption or "")[:LONGEST_CAPTION] or None
    kept = await visit_files.keep(turn.tx, turn.now, row.visit, kind, file, same, caption)
    album = message.media_group_id or update.update_id
    await presence.show_at_the_door(turn, row, f"files:{row.visit.id}:{album}")
    await turn.refresh(visits_card(turn.me.member.id))
    if kept and _worrying(row):
        today = local_day(turn.now, turn.me.zone)
        await visit_files.tell_keepers(turn.tx, turn.now, row, today)


async def _visit(turn: Turn) -> Visiting | None:
    if turn.person is None:
        return None
    draft = await drafts.find(turn.tx, turn.account)
    if draft is not None:
        if draft.form != door.NAME:
            return None
        return await visits.access_my_visit(turn.tx, turn.me.viewer, draft.answers["visit"])
    today = local_day(turn.now, turn.me.zone)
    return await presences.at_the_door(turn.tx, turn.me.viewer, today)


def _sent(message: Message) -> tuple[Kind, str, str]:
    if message.voice is not None:
        return Kind.VOICE, message.voice.file_id, message.voice.file_unique_id
    # Telegram sends every size; the last one is the largest.
    largest = message.photo[-1]
    return Kind.PHOTO, largest.file_id, largest.file_unique_id


def _worrying(row: Visiting) -> bool:
    report = row.visit.report or {}
    return any(report.get(one) == Level.BAD for one in SUBJECTS)


async def show(update: Update, turn: Turn) -> None:
    """`files:<visit>`: each in a message of its own, for those who may see the visit."""
    [visit_id] = turn.numbers(1)
    row = await visits.access_visit(turn.tx, turn.me.viewer, visit_id)
    found = await visit_files.of_visit(turn.tx, row.visit.id)
    if not found:
        raise Stale
    for one in found:
        await turn.say(Notice.VISIT_FILE, file=one.id)
    turn.toast(file_name(turn.tr, len(found)))


PRESSED: dict[str, Any] = {"files": show}
