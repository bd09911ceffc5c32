"""Follow-ups: on which day to come back to something, a note about it, and done."""

from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, Field
from telegram import Update

from bot import forms
from bot.contacts import asking, count_again, today_of
from bot.forms import Form, Question
from bot.turn import Turn, number_of
from care.notices import Notice
from care.refusals import Stale
from storage import follow_ups
from storage.follow_ups import follow_card
from storage.tables import FollowUp

LONGEST = timedelta(days=31)


async def say(turn: Turn, found: FollowUp) -> None:
    """The message that asks when to come back; it may be left as it is."""
    await turn.say(Notice.FOLLOW_UP, follow_card(found.id), follow_up=found.id)


async def _show(turn: Turn, found: FollowUp) -> None:
    await turn.show(Notice.FOLLOW_UP, follow_card(found.id), follow_up=found.id)


async def choose_day(update: Update, turn: Turn) -> None:
    """`follow_day:<follow-up>:<day>`."""
    number, word = turn.words(2)
    found, elder = await follow_ups.access_follow_up(turn.tx, turn.me.viewer, number_of(number))
    try:
        day = date.fromisoformat(word)
    except ValueError:
        raise Stale from None
    if not timedelta(0) <= day - today_of(turn) <= LONGEST:
        raise Stale
    await follow_ups.change(turn.tx, found, due=day)
    await _show(turn, found)
    await count_again(turn, elder)
    turn.toast(turn.tr("{name}: on the list on {day}.", name=elder.name, day=turn.tr.day(day)))


class Note(BaseModel):
    """What to come back to."""

    follow_up: int
    note: str = Field(min_length=1, max_length=300)


async def ask_note(update: Update, turn: Turn) -> None:
    """`follow_note:<follow-up>`."""
    [number] = turn.numbers(1)
    found, _ = await follow_ups.access_follow_up(turn.tx, turn.me.viewer, number)
    if found.closed_at is not None:
        raise Stale
    await forms.begin(turn, NOTE, follow_up=number)


async def _noted(turn: Turn, said: Note, _answers: dict[str, Any]) -> None:
    found, elder = await follow_ups.access_follow_up(turn.tx, turn.me.viewer, said.follow_up)
    if found.closed_at is None:
        await follow_ups.change(turn.tx, found, note=said.note)
        await count_again(turn, elder)
    await _show(turn, found)


NOTE = Form(
    "follow_note",
    Note,
    (
        Question(
            "note",
            asking(lambda tr: tr("What is to be come back to? Please write it in a few words.")),
            write=True,
        ),
    ),
    done=_noted,
    title=lambda tr: tr("Follow-up"),
)
forms.FORMS.add(NOTE)


async def done(update: Update, turn: Turn) -> None:
    """ "Followed up ✓": `follow_done:<follow-up>`."""
    [number] = turn.numbers(1)
    found, elder = await follow_ups.access_follow_up(turn.tx, turn.me.viewer, number)
    if not await follow_ups.close(turn.tx, turn.now, found, turn.me.member.id):
        raise Stale
    # Pressed on a call or a card, that message shows it gone; on its own, it says so.
    await count_again(turn, elder)
    await turn.refresh(follow_card(found.id))
    turn.toast(turn.tr("{name}: followed up. Thank you!", name=elder.name))


PRESSED: dict[str, Any] = {
    "follow_day": choose_day,
    "follow_note": ask_note,
    "follow_done": done,
}
