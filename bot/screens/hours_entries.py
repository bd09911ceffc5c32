"""Entries of service hours: what waits for approval, and one with all that was done with it."""

from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.hours_words import kind_name, length, state_name, why_name, work_name
from bot.screens.reader import Facts, Reader, beside, lines, paragraphs, tap
from bot.texts import Texts
from care.hours import State, Step, may_decide
from storage import hours as records
from storage.hours import Entry
from storage.tables import HoursChange, Member

MONTH = "%Y-%m"
PAGE = 8


def entry_line(tr: Texts, one: Entry) -> Markup:
    """Day, from and to, where, how long, and whether it counts."""
    found = one.hours
    whom = one.elder.name if one.elder else work_name(tr, found.work)
    return beside(
        tr.day(found.started_at),
        f"{tr.time(found.started_at)}–{tr.time(found.ended_at)}",
        Markup("{}").format(whom),
        length(tr, found.minutes),
        state_name(tr, one.state),
    )


async def waiting(reader: Reader, facts: Facts) -> Screen | None:
    """What waits for the reader's decision: all in one message, each with two buttons."""
    tr = reader.tr
    if not reader.me.viewer.staff:
        return None
    found = await records.waiting(reader.tx, reader.me.viewer)
    back = reader.back(str(tr("Service hours")), "do:hours")
    if not found:
        return Screen(tr("✅ No service hours wait for approval."), (back,))
    shown = found[:PAGE]
    rows: list[tuple[Button, ...]] = [
        (
            Button(f"{n}. ✅", tap("hours_yes", one.hours.id)),
            Button(f"{n}. ✖", tap("hours_no", one.hours.id)),
            Button(f"{n}. …", tap("hours_entry", one.hours.id)),
        )
        for n, one in enumerate(shown, 1)
    ]
    if len(found) == len(shown) > 1:
        last = max(one.hours.id for one in shown)
        rows.append((Button(tr("✅ Approve all"), tap("hours_all", last, len(shown))),))
    more = len(found) - len(shown)
    text = paragraphs(
        tr("⏳ <b>Service hours to approve: {n}</b>", n=len(found)),
        lines(*(_waiting_line(tr, n, one) for n, one in enumerate(shown, 1))),
        tr("… and {n} more after these.", n=more) if more else "",
    )
    return Screen(text, (*rows, back))


def _waiting_line(tr: Texts, n: int, one: Entry) -> Markup:
    found = one.hours
    return lines(
        Markup("{}. <b>{}</b> {}").format(
            n,
            one.volunteer.name,
            beside(
                tr.day(found.started_at),
                f"{tr.time(found.started_at)}–{tr.time(found.ended_at)}",
                Markup("{}").format(one.elder.name if one.elder else ""),
                length(tr, found.minutes),
            ),
        ),
        Markup("   {}").format(_why(tr, one)),
    )


def _why(tr: Texts, one: Entry) -> Markup:
    day = tr.day(one.hours.created_at)
    if one.hours.reason is None:
        return Markup("")
    return tr("{why}; written down on {day}", why=why_name(tr, one.hours.reason), day=day)


async def entry(reader: Reader, facts: Facts) -> Screen | None:
    """One entry, with what staff did with it, and what they can do."""
    tr = reader.tr
    one = await records.access_hours(reader.tx, reader.me.viewer, facts["entry"])
    found = one.hours
    changes = await records.history(reader.tx, one)
    text = paragraphs(
        lines(
            Markup("<b>{}</b> · {}").format(one.volunteer.name, work_name(tr, found.work)),
            entry_line(tr, one),
            kind_name(tr, found.kind),
            _why(tr, one),
        ),
        lines(*(_changed(reader, change, by) for change, by in changes)),
    )
    word = found.started_at.astimezone(reader.me.zone).strftime(MONTH)
    back = reader.back(one.volunteer.name, tap("hours_of", one.volunteer.id, word, 0))
    return Screen(text, (*_decisions(reader, one), back))


def _decisions(reader: Reader, one: Entry) -> list[tuple[Button, ...]]:
    tr, number = reader.tr, one.hours.id
    if not may_decide(reader.me.viewer, one.volunteer.id):
        return []
    choices = []
    if one.state is not State.COUNTED:
        choices.append(Button(tr("✅ Approve"), tap("hours_yes", number)))
    if one.state is not State.REFUSED:
        choices.append(Button(tr("✖ Refuse"), tap("hours_no", number)))
    rows = [tuple(choices), (Button(tr("✏️ Correct the time"), tap("hours_fix", number)),)]
    if one.elder is not None:
        label = tr("Contacts of {name}", name=one.elder.name)
        rows.append((Button(label, tap("contacts", one.elder.id)),))
    return rows


def _changed(reader: Reader, change: HoursChange, by: Member) -> Markup:
    """What was decided or corrected, by whom, when, why; before and after stand there."""
    tr = reader.tr
    when = Markup("{} {} {}").format(tr.day(change.at), tr.time(change.at), by.name)
    match change.step:
        case Step.APPROVED:
            return tr("{when}: approved", when=when)
        case Step.REFUSED:
            return tr("{when}: refused", when=when)
        case Step.CORRECTED:
            return tr(
                "{when}: {before} → {after}. Reason: {reason}",
                when=when,
                before=_span(tr, change.before),
                after=_span(tr, change.after),
                reason=change.reason or "",
            )


def _span(tr: Texts, values: dict[str, Any]) -> str:
    begin, end = (
        tr.time(datetime.fromisoformat(values[one])) for one in ("started_at", "ended_at")
    )
    return f"{begin}–{end}"
