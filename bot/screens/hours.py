"""Service hours: one's own in short, the staff's list of a month, what waits, one entry, a file."""

import asyncio
from collections import defaultdict
from datetime import date, timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.hours_entries import MONTH, PAGE, entry_line
from bot.screens.hours_words import kind_name, length, state_name, why_name, work_name
from bot.screens.reader import Facts, Reader, beside, lines, pages, paragraphs, tap
from bot.texts import Texts
from care.access import Role
from care.hours import (
    Kind,
    Sum,
    Work,
    add_up,
    month_of,
    year_of,
)
from storage import hours as records
from storage import hours_file
from storage.hours import Entry
from storage.tables import Member


def _month_name(tr: Texts, first: date) -> Markup:
    return tr("{year}-{month}", year=first.year, month=first.month)


def _first(facts: Facts, today: date) -> date:
    word = facts.get("month")
    return date.fromisoformat(f"{word}-01") if word else today.replace(day=1)


async def hours(reader: Reader, facts: Facts) -> Screen | None:
    """`/hours`: for staff the volunteers of a month, for everybody else their own."""
    menu = reader.back(str(reader.tr("Menu")), "do:menu")
    own = await _own(reader) if Role.VOLUNTEER in reader.me.roles else Markup("")
    if not reader.me.viewer.staff:
        return Screen(own, (menu,)) if own else None
    text, rows = await _month(reader, facts)
    return Screen(paragraphs(text, own), (*rows, menu))


async def _own(reader: Reader) -> Markup:
    """This month, this year, by work and by kind, in one short message."""
    tr, me = reader.tr, reader.me.member
    parts = []
    spans = ((tr("This month"), month_of), (tr("This year"), year_of))
    for name, span in spans:
        first, after = span(reader.today)
        found = await records.of_member(
            reader.tx, me.community_id, me.id, first, after, reader.me.zone
        )
        parts.append(_sum_lines(tr, name, add_up(one.spell(reader.me.zone) for one in found)))
    return paragraphs(tr("⏱ <b>My service hours</b>"), *parts)


def _sum_lines(tr: Texts, name: Markup, found: Sum) -> Markup:
    head = tr(
        "<b>{name}</b>: {length}, {times}",
        name=name,
        length=length(tr, found.minutes),
        times=tr.many("{n} time", "{n} times", found.times),
    )
    return lines(
        head,
        *(_part(tr, work_name(tr, one), found.work[one]) for one in Work if found.work.get(one)),
        _kinds(tr, found),
        _waits(tr, found),
    )


def _part(tr: Texts, name: Markup, minutes: int) -> Markup:
    return Markup("· {} {}").format(name, length(tr, minutes))


def _kinds(tr: Texts, found: Sum) -> Markup:
    """Verified and added apart, where there is both or only the second."""
    if not found.kind.get(Kind.ADDED):
        return Markup("")
    return tr(", ").join(
        Markup("{} {}").format(kind_name(tr, one), length(tr, found.kind[one]))
        for one in Kind
        if found.kind.get(one)
    )


def _waits(tr: Texts, found: Sum) -> Markup:
    if not found.waiting_times:
        return Markup("")
    return tr("⏳ waits for approval: {length}", length=length(tr, found.waiting))


async def _month(reader: Reader, facts: Facts) -> tuple[Markup, list[tuple[Button, ...]]]:
    """Each volunteer with the sum of the month, most first, and what can be done."""
    tr, zone = reader.tr, reader.me.zone
    first, after = month_of(_first(facts, reader.today))
    by_member = await _by_member(reader, first, after)
    people = sorted(
        ((one[0].volunteer, add_up(e.spell(zone) for e in one)) for one in by_member.values()),
        key=lambda pair: (-pair[1].minutes, pair[0].id),
    )
    page = min(int(facts.get("page", 0)), max(0, (len(people) - 1) // PAGE))
    shown = people[page * PAGE : (page + 1) * PAGE]
    word = first.strftime(MONTH)
    buttons = [Button(one.name, tap("hours_of", one.id, word, 0)) for one, _ in shown]
    waiting = len(await records.waiting(reader.tx, reader.me.viewer))
    approve = tr("⏳ To approve ({n})", n=waiting)
    rows = [
        (Button(approve, "hours_waiting"),) if waiting else (),
        *(tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)),
        pages(len(people), page, PAGE, "hours_month", word),
        (Button(tr("📤 As an Excel file"), tap("hours_file", word)),) if people else (),
        _months(reader, first, after),
    ]
    text = lines(
        tr("⏱ <b>Service hours of the volunteers, {month}</b>", month=_month_name(tr, first)),
        *(_line(tr, one, found) for one, found in shown),
        "" if people else tr("Nobody has hours on record in this month."),
    )
    return text, [row for row in rows if row]


async def _by_member(reader: Reader, first: date, after: date) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    rows = await records.of_days(reader.tx, reader.me.viewer, first, after, reader.me.zone)
    for one in rows:
        found[one.volunteer.id].append(one)
    return found


def _months(reader: Reader, first: date, after: date) -> tuple[Button, ...]:
    tr = reader.tr
    before = (first - timedelta(days=1)).replace(day=1)
    found = [
        Button(
            Markup("◀ {}").format(_month_name(tr, before)),
            tap("hours_month", before.strftime(MONTH), 0),
        )
    ]
    if after <= reader.today:
        label = Markup("{} ▶").format(_month_name(tr, after))
        found.append(Button(label, tap("hours_month", after.strftime(MONTH), 0)))
    return tuple(found)


def _line(tr: Texts, one: Member, found: Sum) -> Markup:
    times = tr.many("{n} time", "{n} times", found.times)
    waits = tr("⏳ {length}", length=length(tr, found.waiting)) if found.waiting_times else ""
    told = tr(
        "<b>{name}</b>: {length}, {times}",
        name=one.name,
        length=length(tr, found.minutes),
        times=times,
    )
    return beside(told, waits)


async def hours_of(reader: Reader, facts: Facts) -> Screen | None:
    """One volunteer's entries of a month, for the staff who may see them."""
    tr, zone = reader.tr, reader.me.zone
    if not reader.me.viewer.staff:
        return None
    first, after = month_of(_first(facts, reader.today))
    found = (await _by_member(reader, first, after)).get(facts["member"], [])
    page = min(int(facts.get("page", 0)), max(0, (len(found) - 1) // PAGE))
    shown = found[page * PAGE : (page + 1) * PAGE]
    word = first.strftime(MONTH)
    back = reader.back(str(_month_name(tr, first)), tap("hours_month", word, 0))
    if not found:
        return Screen(tr("Nobody has hours on record in this month."), (back,))
    name = found[0].volunteer.name
    head = tr("⏱ <b>{name}</b>, {month}", name=name, month=_month_name(tr, first))
    total = _sum_lines(tr, tr("Together"), add_up(one.spell(zone) for one in found))
    buttons = [
        Button(f"{n}. {tr.day(one.hours.started_at)}", tap("hours_entry", one.hours.id))
        for n, one in enumerate(shown, page * PAGE + 1)
    ]
    body = [
        Markup("{}. {}").format(n, entry_line(tr, one))
        for n, one in enumerate(shown, page * PAGE + 1)
    ]
    rows = [
        *(tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)),
        pages(len(found), page, PAGE, "hours_of", facts["member"], word),
        back,
    ]
    return Screen(paragraphs(head, total, lines(*body)), tuple(row for row in rows if row))


async def file(reader: Reader, facts: Facts) -> Screen | None:
    """A month as an Excel file, one row an entry."""
    if not reader.me.viewer.staff:
        return None
    tr, zone = reader.tr, reader.me.zone
    first, after = month_of(_first(facts, reader.today))
    found = await records.of_days(reader.tx, reader.me.viewer, first, after, zone)
    head = [
        one.unescape()
        for one in (
            tr("Day"), tr("Volunteer"), tr("Elder"), tr("Work"), tr("From"), tr("To"),
            tr("Minutes"), tr("How it is known"), tr("Reason"), tr("State"),
        )
    ]  # fmt: skip
    rows = [_cells(reader, one) for one in found]
    name = tr("Service hours").unescape()
    content = await asyncio.to_thread(hours_file.write, name, head, rows)
    title = tr("hours-{month}.xlsx", month=first.strftime(MONTH)).unescape()
    text = tr.many("📤 Service hours: {n} entry.", "📤 Service hours: {n} entries.", len(found))
    return Screen(text, document=(title, content))


def _cells(reader: Reader, one: Entry) -> list[str | int | date]:
    tr, found = reader.tr, one.hours
    return [
        found.started_at.astimezone(reader.me.zone).date(),
        one.volunteer.name,
        one.elder.name if one.elder else "",
        work_name(tr, found.work).unescape(),
        tr.time(found.started_at),
        tr.time(found.ended_at),
        found.minutes,
        kind_name(tr, found.kind).unescape(),
        why_name(tr, found.reason).unescape() if found.reason else "",
        state_name(tr, one.state).unescape(),
    ]
