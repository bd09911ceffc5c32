"""Contacts after the fact: what follows from each, the history, one contact, a remark."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field
from telegram import Update

from bot import forms, ladder
from bot.forms import Filling, Form, Question
from bot.lists import refresh_lists
from bot.screens.elders import card_of
from bot.texts import Texts
from bot.turn import Turn
from care.access import Right
from care.calls import Kind, Outcome
from care.contacts import A_DAY
from care.days import local_day
from care.notices import Notice
from care.refusals import Stale
from storage import contacts, elders, follow_ups, ledger
from storage.contacts import contacts_card
from storage.tables import Contact, Elder
from storage.visits import access_my_visit


def today_of(turn: Turn) -> date:
    """The local day it is for whoever acts."""
    return local_day(turn.now, turn.me.zone)


async def written(turn: Turn, elder: Elder, contact: Contact) -> None:
    """A contact or attempt is on record: the one place where everything follows from it."""
    if contact.outcome is Outcome.FOLLOW_UP:
        tomorrow = today_of(turn) + A_DAY
        await follow_ups.begin(turn.tx, turn.now, contact, tomorrow)
    if contact.outcome is Outcome.EMERGENCY and contact.day != today_of(turn):
        # Told of days later, it needs no alarm any more.
        await ladder.contacted(turn, elder, contact.day)
    else:
        at_door = contact.kind is Kind.VISIT
        await ladder.written(turn, elder, contact.outcome, contact.day, at_door=at_door)
    await count_again(turn, elder, contact.day)


async def count_again(turn: Turn, elder: Elder, *days: date) -> None:
    """Days that are closed are counted again, and everything that shows them is redrawn."""
    other = False
    for day in sorted(set(days)):
        other |= await ledger.recount(turn.tx, turn.now, elder, day)
    pictures = (ledger.ledger_card(elder.community_id),) if other else ()
    await refresh_lists(turn, elder, card_of(elder.id), contacts_card(elder.id), *pictures)


async def show_history(update: Update, turn: Turn) -> None:
    """`contacts:<elder>`: the newest page."""
    [elder_id] = turn.numbers(1)
    await history(turn, elder_id)


async def turn_page(update: Update, turn: Turn) -> None:
    """`contacts_page:<elder>:<page>`."""
    elder_id, page = turn.numbers(2)
    await history(turn, elder_id, page=page)


async def history(turn: Turn, elder_id: int, **facts: Any) -> None:
    """The contacts of an elder, for the staff who look after them."""
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.SEE_ALL)
    await turn.show(Notice.CONTACTS, contacts_card(elder.id), elder=elder.id, **facts)


async def show_one(update: Update, turn: Turn) -> None:
    """`contact:<contact>`."""
    [contact_id] = turn.numbers(1)
    await show(turn, contact_id)


async def show_of_visit(update: Update, turn: Turn) -> None:
    """`contact_of:<visit>`: what a volunteer wrote down at a visit."""
    [visit_id] = turn.numbers(1)
    row = await access_my_visit(turn.tx, turn.me.viewer, visit_id)
    found = await contacts.find_by_key(turn.tx, row.elder.community_id, f"visit:{visit_id}")
    if found is None:
        raise Stale
    await show(turn, found.id)


async def show(turn: Turn, contact_id: int) -> None:
    """One contact, with what may be corrected."""
    entry, elder = await contacts.access_contact(turn.tx, turn.me.viewer, contact_id)
    await turn.show(Notice.CONTACT, contacts_card(elder.id), contact=entry.contact.id)


def asking(text: Callable[[Texts], Markup]) -> Callable[[Filling], Awaitable[Markup]]:
    """A question that is always the same."""

    async def ask(filling: Filling) -> Markup:
        return text(filling.tr)

    return ask


class Remark(BaseModel):
    """A remark on a contact that was just written down."""

    contact: int
    remark: str = Field(min_length=1, max_length=1000)


async def ask_remark(update: Update, turn: Turn) -> None:
    """`remark:<contact>`: only who made it adds to it; what stands there already is corrected."""
    [contact_id] = turn.numbers(1)
    entry, _ = await contacts.access_contact(turn.tx, turn.me.viewer, contact_id)
    if entry.contact.remark is not None or entry.contact.withdrawn_at is not None:
        await show(turn, contact_id)
        return
    await forms.begin(turn, REMARK, contact=contact_id)


async def _remarked(turn: Turn, said: Remark, _answers: dict[str, Any]) -> None:
    entry, elder = await contacts.access_contact(turn.tx, turn.me.viewer, said.contact)
    if entry.contact.remark is None and entry.contact.withdrawn_at is None:
        await contacts.add_remark(turn.tx, entry.contact, said.remark)
        await count_again(turn, elder)
    await show(turn, said.contact)


REMARK = Form(
    "remark",
    Remark,
    (
        Question(
            "remark",
            asking(lambda tr: tr("What do you want to remark? Please write it.")),
            write=True,
        ),
    ),
    done=_remarked,
    title=lambda tr: tr("Add a remark"),
)


forms.FORMS.add(REMARK)

PRESSED: dict[str, Any] = {
    "contacts": show_history,
    "contacts_page": turn_page,
    "contact": show_one,
    "contact_of": show_of_visit,
    "remark": ask_remark,
}
