"""The history of an elder's contacts, one contact with its corrections, and how both are said."""

from datetime import date
from typing import Any

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import Facts, Reader, beside, lines, pages, paragraphs, tap
from bot.screens.words import kind_name, outcome_name, reason_name
from bot.texts import Texts
from care.access import Right
from care.calls import Kind, Outcome, Reason
from care.contacts import Mistake, PartOfDay, first_open
from care.days import local_day
from care.ledger import takes_entries
from storage import contacts as records
from storage.contacts import Entry
from storage.elders import access_elder
from storage.tables import Contact, ContactChange, Elder, Member

PAGE = 8
LONGEST = 200


def contact_line(reader: Reader, contact: Contact, by: Member) -> Markup:
    """One contact or attempt of the past, with the day it was written down if that was later."""
    tr = reader.tr
    when = f"{tr.day(contact.happened_at)} {tr.time(contact.happened_at)}"
    what = beside(kind_name(tr, contact.kind), _outcome(tr, contact))
    said = Markup("{} {} — {}").format(when, what, by.name)
    if contact.withdrawn_at is not None:
        said = Markup("<s>{}</s>").format(said)
    remark = Markup("“{}”").format(contact.remark[:LONGEST]) if contact.remark else ""
    return Markup("· {}").format(beside(said, remark, _written_later(reader, contact)))


def _outcome(tr: Texts, contact: Contact) -> Markup:
    if contact.reason:
        return tr("🚫 not possible: {reason}", reason=reason_name(tr, contact.reason))
    return outcome_name(tr, contact.outcome)


def _written_later(reader: Reader, contact: Contact) -> Markup:
    """Happened and recorded are two times (handbook, "Tiers and cadence")."""
    day = local_day(contact.recorded_at, reader.me.zone)
    if day == contact.day:
        return Markup("")
    return reader.tr("(written down on {day})", day=reader.tr.day(day))


async def contacts(reader: Reader, facts: Facts) -> Screen | None:
    """An elder's contacts and attempts, newest first, each with a button."""
    tr, tx = reader.tr, reader.tx
    elder = await access_elder(tx, reader.me.viewer, facts["elder"], Right.SEE_ALL)
    count = await records.count(tx, elder)
    page = min(int(facts.get("page", 0)), max(0, (count - 1) // PAGE))
    shown = await records.of_elder(tx, elder, PAGE, page * PAGE)
    body = [contact_line(reader, one.contact, one.by) for one in shown]
    buttons = [Button(_label(tr, one.contact), tap("contact", one.contact.id)) for one in shown]
    head = tr("📒 <b>Contacts of {name}</b>: {n}", name=elder.name, n=count)
    hint = tr("Tap one to correct it.") if shown else tr("No contact is on record yet.")
    rows = [
        (Button(tr("✏️ Enter a contact of the past"), tap("contact_new", elder.id)),),
        *(tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)),
        pages(count, page, PAGE, "contacts_page", elder.id),
        reader.back(elder.name, tap("elder", elder.id)),
    ]
    return Screen(paragraphs(head, lines(*body), hint), tuple(filter(None, rows)))


def _label(tr: Texts, contact: Contact) -> str:
    when = f"{tr.day(contact.happened_at)} {tr.time(contact.happened_at)}"
    return f"✖ {when}" if contact.withdrawn_at is not None else when


async def contact(reader: Reader, facts: Facts) -> Screen | None:
    """One contact: both its times, who, what, how it was corrected, and what may be corrected."""
    tr, tx = reader.tr, reader.tx
    entry, elder = await records.access_contact(tx, reader.me.viewer, facts["contact"])
    found = entry.contact
    changes = await records.changes_of(tx, found)
    until = reader.settings.late_entries_until
    is_open = takes_entries(found.day, reader.today, until)
    state = Markup("")
    if found.withdrawn_at is not None:
        state = tr("✖ This was a mistake and counts for nothing.")
    elif not is_open:
        first = tr.day(first_open(reader.today, until))
        state = tr("Too old to be corrected: only days from {day} are open.", day=first)
    text = paragraphs(
        lines(Markup("<b>{}</b>").format(elder.name), *_details(reader, entry)),
        lines(*(_change(reader, change, by) for change, by in changes)),
        state,
    )
    rows = _corrections(reader, found) if is_open and found.withdrawn_at is None else ()
    return Screen(text, (*rows, *_back(reader, elder)))


def _details(reader: Reader, entry: Entry) -> list[Markup]:
    tr, found = reader.tr, entry.contact
    return [
        Markup("{} · {}").format(kind_name(tr, found.kind), _outcome(tr, found)),
        tr(
            "Happened: {day} {time}, by {who}",
            day=tr.day(found.happened_at),
            time=tr.time(found.happened_at),
            who=entry.by.name,
        ),
        tr(
            "Written down: {day} {time}, by {who}",
            day=tr.day(found.recorded_at),
            time=tr.time(found.recorded_at),
            who=entry.writer.name,
        ),
        Markup("📝 {}").format(found.remark) if found.remark else Markup(""),
    ]


def _change(reader: Reader, change: ContactChange, by: Member) -> Markup:
    """One correction: what stood there, what stands there now, who, when, why."""
    tr = reader.tr
    when = Markup("✏️ {} {} {}").format(tr.day(change.at), tr.time(change.at), by.name)
    what = tr(", ").join(
        Markup("{} → {}").format(_said(tr, change.before, name), _said(tr, change.after, name))
        for name in ("outcome", "day", "remark")
        if name in change.after
    )
    if "withdrawn_at" in change.after:
        what = tr("withdrawn")
    return tr("{when}: {what}. Reason: {reason}", when=when, what=what, reason=change.reason)


def _said(tr: Texts, values: dict[str, Any], name: str) -> Markup:
    """One value of a contact as it stood at some time."""
    value = values[name]
    match name:
        case "day":
            return Markup("{}").format(tr.day(date.fromisoformat(value)))
        case "outcome" if values.get("reason"):
            return tr("🚫 not possible: {reason}", reason=reason_name(tr, Reason(values["reason"])))
        case "outcome":
            return outcome_name(tr, Outcome(value))
        case _:
            return Markup("“{}”").format(value) if value else tr("no remark")


def _corrections(reader: Reader, found: Contact) -> tuple[tuple[Button, ...], ...]:
    tr = reader.tr
    return (
        (
            Button(tr("✏️ Outcome"), tap("fix_outcome", found.id)),
            Button(tr("📅 Day"), tap("fix_day", found.id)),
        ),
        (
            Button(tr("📝 Remark"), tap("fix_remark", found.id)),
            Button(tr("✖ It was a mistake"), tap("withdraw", found.id)),
        ),
    )


def _back(reader: Reader, elder: Elder) -> tuple[tuple[Button, ...], ...]:
    """Staff go back to the history; a volunteer has none to go back to."""
    if not reader.me.viewer.staff:
        return (reader.back(reader.tr("My visits"), "do:visits"),)
    return (
        reader.back(reader.tr("Contacts of {name}", name=elder.name), tap("contacts", elder.id)),
    )


def part_name(tr: Texts, part: PartOfDay) -> Markup:
    """About when something was."""
    match part:
        case PartOfDay.MORNING:
            return tr("morning")
        case PartOfDay.AFTERNOON:
            return tr("afternoon")
        case PartOfDay.EVENING:
            return tr("evening")


def mistake_name(tr: Texts, mistake: Mistake) -> Markup:
    """A usual reason for a correction."""
    match mistake:
        case Mistake.BUTTON:
            return tr("pressed the wrong button")
        case Mistake.PERSON:
            return tr("that was somebody else")
        case Mistake.TWICE:
            return tr("it was written down twice")
        case Mistake.HEARD:
            return tr("I learned more later")


def kind_choice(tr: Texts, kind: Kind) -> Markup:
    """A call or a visit, as a choice."""
    return tr("📞 a call") if kind is Kind.CALL else tr("🚪 a visit")
