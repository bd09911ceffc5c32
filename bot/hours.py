"""Service hours in chat: one's own; for staff the month's list, what waits, and corrections."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field
from telegram import Update

from bot import forms
from bot.contacts import asking
from bot.forms import Form, Question
from bot.screens.hours_entries import MONTH
from bot.turn import Turn
from bot.visit_time import LENGTH, START, TimeOfDay, begun_at
from care import hours as rules
from care.access import STAFF
from care.days import local_day
from care.hours import State
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import hours, members
from storage.hours import Entry, hours_card


async def show(update: Update, turn: Turn) -> None:
    """`/hours`: one's own, or for staff the volunteers of this month."""
    await turn.show(Notice.HOURS, _card(turn))


def _card(turn: Turn) -> str:
    return hours_card(turn.me.member.id)


def _staff(turn: Turn) -> None:
    if not turn.me.viewer.staff:
        raise NotYours


def _month(word: str) -> str:
    """A month as a button carries it, "2026-04".

    Raises:
        Stale: no month.
    """
    try:
        return date.fromisoformat(f"{word}-01").strftime(MONTH)
    except ValueError:
        raise Stale from None


async def show_month(update: Update, turn: Turn) -> None:
    """`hours_month:<month>:<page>`, for staff."""
    _staff(turn)
    month, page = turn.words(2)
    if not page.isdecimal():
        raise Stale
    await turn.show(Notice.HOURS, _card(turn), month=_month(month), page=int(page))


async def show_volunteer(update: Update, turn: Turn) -> None:
    """`hours_of:<member>:<month>:<page>`: one volunteer's entries of a month."""
    number, month, page = turn.words(3)
    if not number.isdecimal() or not page.isdecimal():
        raise Stale
    found = await hours.access_volunteer(turn.tx, turn.me.viewer, int(number))
    await turn.show(
        Notice.HOURS_OF, _card(turn), member=found.id, month=_month(month), page=int(page)
    )


async def show_waiting(update: Update, turn: Turn) -> None:
    """`hours_waiting`: what waits for a decision."""
    _staff(turn)
    await turn.show(Notice.HOURS_WAITING, _card(turn))


async def show_entry(update: Update, turn: Turn) -> None:
    """`hours_entry:<entry>`."""
    entry = await _entry(turn)
    await turn.show(Notice.HOURS_ENTRY, _card(turn), entry=entry.hours.id)


async def _entry(turn: Turn) -> Entry:
    [number] = turn.numbers(1)
    return await hours.access_hours(turn.tx, turn.me.viewer, number)


async def approve(update: Update, turn: Turn) -> None:
    """`hours_yes:<entry>`: it counts."""
    await _decide(turn, await _entry(turn), approve=True)
    turn.toast(turn.tr("Approved."))


async def refuse(update: Update, turn: Turn) -> None:
    """`hours_no:<entry>`: it does not count; it stays on record, and can be approved later."""
    await _decide(turn, await _entry(turn), approve=False)
    turn.toast(turn.tr("Refused. It stays on record and counts for nothing."))


async def _decide(turn: Turn, entry: Entry, *, approve: bool) -> None:
    done = State.COUNTED if approve else State.REFUSED
    if entry.state is not done:
        await hours.decide(turn.tx, turn.now, turn.me.viewer, entry, approve=approve)
    await _redraw(turn, entry)


async def _redraw(turn: Turn, entry: Entry) -> None:
    """Everywhere that entry stands: with its volunteer, and with whoever decides."""
    staff = await members.with_role(turn.tx, entry.hours.community_id, *STAFF)
    cards = {hours_card(one.id) for one in (*staff, entry.volunteer)}
    await turn.refresh(*sorted(cards))


async def approve_all(update: Update, turn: Turn) -> None:
    """`hours_all:<last entry shown>:<how many>`: what was shown, and nothing that came since."""
    last, count = turn.numbers(2)
    _staff(turn)
    found = [one for one in await hours.waiting(turn.tx, turn.me.viewer) if one.hours.id <= last]
    if len(found) != count:
        raise Stale
    for one in found:
        await _decide(turn, one, approve=True)
    turn.toast(turn.tr.many("{n} entry approved.", "{n} entries approved.", count).unescape())


class Correction(BaseModel):
    """The right time of an entry; `seen` is how often it had been changed when this was begun."""

    entry: int
    seen: int
    start: TimeOfDay
    minutes: int = Field(ge=1, le=rules.LONGEST)
    why: str = Field(min_length=2, max_length=200)


async def correct(update: Update, turn: Turn) -> None:
    """`hours_fix:<entry>`."""
    entry = await _entry(turn)
    if not rules.may_decide(turn.me.viewer, entry.volunteer.id):
        raise NotYours
    seen = len(await hours.history(turn.tx, entry))
    await forms.begin(turn, FIX, entry=entry.hours.id, seen=seen)


async def _corrected(turn: Turn, said: Correction, answers: dict[str, Any]) -> None:
    entry = await hours.access_hours(turn.tx, turn.me.viewer, said.entry)
    if len(await hours.history(turn.tx, entry)) != said.seen:
        raise Stale
    begun = begun_at(turn, local_day(entry.hours.started_at, turn.me.zone), said.start)
    if not rules.fits(begun, said.minutes, turn.now):
        answers.pop("start")
        await forms.begin(turn, FIX, **answers, _error=["not_over", {}])
        return
    await hours.correct(turn.tx, turn.now, turn.me.viewer, entry, begun, said.minutes, said.why)
    await turn.show(Notice.HOURS_ENTRY, _card(turn), entry=entry.hours.id)
    await _redraw(turn, entry)


async def send_file(update: Update, turn: Turn) -> None:
    """`hours_file:<month>`: the month as an Excel file."""
    _staff(turn)
    [month] = turn.words(1)
    await members.audit(turn.tx, turn.now, turn.me.viewer, "hours_export", "hours", month=month)
    await turn.say(Notice.HOURS_FILE, month=_month(month))


FIX = Form(
    "hours_fix",
    Correction,
    (
        START,
        LENGTH,
        Question(
            "why", asking(lambda tr: tr("Why is it corrected? Write a few words.")), write=True
        ),
    ),
    done=_corrected,
    title=lambda tr: tr("Correct service hours"),
)
forms.FORMS.add(FIX)

PRESSED: dict[str, Any] = {
    "hours_month": show_month,
    "hours_of": show_volunteer,
    "hours_waiting": show_waiting,
    "hours_entry": show_entry,
    "hours_yes": approve,
    "hours_no": refuse,
    "hours_all": approve_all,
    "hours_fix": correct,
    "hours_file": send_file,
}
