"""Corrections of a contact: outcome, day, remark, or that it was a mistake; each with a reason."""

from typing import Any

from pydantic import BaseModel, Field
from telegram import Update

from bot import forms, ladder
from bot.contact_entry import DAY, OUTCOME, REASON, Day, open_day
from bot.contacts import asking, count_again, show, today_of, written
from bot.forms import Filling, Form, Option, Question
from bot.screens.contacts import mistake_name
from bot.turn import Turn
from care import contacts as rules
from care.calls import Outcome, Reason, is_contact
from care.contacts import Mistake
from care.ledger import takes_entries
from care.refusals import Stale
from storage import contacts, follow_ups
from storage.contacts import Correction
from storage.follow_ups import follow_card
from storage.tables import Contact, Elder


class Fix(BaseModel):
    """A correction; `seen` is how many there were when it was begun."""

    contact: int
    seen: int
    why: str = Field(min_length=2, max_length=200)


class FixOutcome(Fix):
    """Another outcome."""

    outcome: Outcome
    reason: Reason | None = None


class FixDay(Fix):
    """Another day."""

    day: Day


class FixRemark(Fix):
    """Another remark, or none."""

    remark: str | None = Field(default=None, max_length=1000)


async def _whys(filling: Filling) -> list[Option]:
    return [Option(f"~{one}", mistake_name(filling.tr, one).unescape()) for one in Mistake]


WHY = Question(
    "why",
    asking(lambda tr: tr("Why? Choose, or write a few words.")),
    _whys,
    write=True,
)


async def _begin_fix(turn: Turn, form: Form) -> None:
    [contact_id] = turn.numbers(1)
    entry, _ = await contacts.access_contact(turn.tx, turn.me.viewer, contact_id)
    if not _correctable(turn, entry.contact):
        raise Stale
    seen = len(await contacts.changes_of(turn.tx, entry.contact))
    await forms.begin(turn, form, contact=contact_id, seen=seen)


def _correctable(turn: Turn, contact: Contact) -> bool:
    until = turn.me.settings.late_entries_until
    return contact.withdrawn_at is None and takes_entries(contact.day, today_of(turn), until)


async def fix_outcome(update: Update, turn: Turn) -> None:
    """`fix_outcome:<contact>`."""
    await _begin_fix(turn, FIX_OUTCOME)


async def fix_day(update: Update, turn: Turn) -> None:
    """`fix_day:<contact>`."""
    await _begin_fix(turn, FIX_DAY)


async def fix_remark(update: Update, turn: Turn) -> None:
    """`fix_remark:<contact>`."""
    await _begin_fix(turn, FIX_REMARK)


async def withdraw(update: Update, turn: Turn) -> None:
    """`withdraw:<contact>`: it was a mistake; it stays visible, and counts for nothing."""
    await _begin_fix(turn, WITHDRAW)


async def _outcome_fixed(turn: Turn, said: FixOutcome, _answers: dict[str, Any]) -> None:
    await _correct(turn, said, outcome=said.outcome, reason=said.reason)


async def _day_fixed(turn: Turn, said: FixDay, answers: dict[str, Any]) -> None:
    entry, _ = await contacts.access_contact(turn.tx, turn.me.viewer, said.contact)
    day = open_day(turn, said.day)
    if day is None:
        answers.pop("day")
        await forms.begin(turn, FIX_DAY, **answers, _error=["past_day", {}])
        return
    at = rules.moved(entry.contact.happened_at, day, turn.now, turn.me.zone)
    await _correct(turn, said, day=day, happened_at=at)


async def _remark_fixed(turn: Turn, said: FixRemark, _answers: dict[str, Any]) -> None:
    await _correct(turn, said, remark=said.remark)


async def _withdrawn(turn: Turn, said: Fix, _answers: dict[str, Any]) -> None:
    await _correct(turn, said, withdrawn_at=turn.now)


async def _correct(turn: Turn, said: Fix, **values: Any) -> None:
    """Write a correction, unless somebody else was first; then the day is counted again."""
    entry, elder = await contacts.access_contact(turn.tx, turn.me.viewer, said.contact)
    contact, seen = entry.contact, len(await contacts.changes_of(turn.tx, entry.contact))
    await show(turn, contact.id)
    same = all(getattr(contact, name) == value for name, value in values.items())
    if same or seen != said.seen or not _correctable(turn, contact):
        return
    outcome, day = contact.outcome, contact.day
    usual = {f"~{one}": mistake_name(turn.tr, one).unescape() for one in Mistake}
    why = Correction(turn.me.member.id, usual.get(said.why, said.why))
    await contacts.correct(turn.tx, turn.now, contact, why, **values)
    await _follow(turn, elder, contact, outcome)
    await count_again(turn, elder, day, contact.day)


async def _follow(turn: Turn, elder: Elder, contact: Contact, before: Outcome) -> None:
    """What a correction sets in motion, or takes back."""
    withdrawn = contact.withdrawn_at is not None
    if before is Outcome.FOLLOW_UP and (withdrawn or contact.outcome is not before):
        me = turn.me.member.id
        for one in await follow_ups.close_of_contact(turn.tx, turn.now, contact, me):
            await turn.refresh(follow_card(one))
    if withdrawn:
        return
    if contact.outcome is not before:
        await written(turn, elder, contact)
    elif is_contact(contact.outcome):
        await ladder.contacted(turn, elder, contact.day)


FIX_OUTCOME = Form(
    "fix_outcome",
    FixOutcome,
    (OUTCOME, REASON, WHY),
    done=_outcome_fixed,
    title=lambda tr: tr("Correct the outcome"),
)
FIX_DAY = Form(
    "fix_day",
    FixDay,
    (DAY, WHY),
    done=_day_fixed,
    title=lambda tr: tr("Correct the day"),
)
FIX_REMARK = Form(
    "fix_remark",
    FixRemark,
    (
        Question(
            "remark",
            asking(lambda tr: tr("What should the remark say?")),
            write=True,
            skip=lambda tr: tr("No remark at all").unescape(),
        ),
        WHY,
    ),
    done=_remark_fixed,
    title=lambda tr: tr("Correct the remark"),
)
WITHDRAW = Form(
    "withdraw",
    Fix,
    (WHY,),
    done=_withdrawn,
    title=lambda tr: tr("It was a mistake"),
)
forms.FORMS.add(FIX_OUTCOME, FIX_DAY, FIX_REMARK, WITHDRAW)

PRESSED: dict[str, Any] = {
    "fix_outcome": fix_outcome,
    "fix_day": fix_day,
    "fix_remark": fix_remark,
    "withdraw": withdraw,
}
