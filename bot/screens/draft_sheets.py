"""The draft of a week as an Excel file, and what a file that was sent back would change."""

import asyncio
from collections.abc import Iterable
from datetime import date

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.draft_visit import against
from bot.screens.plan_reasons import bar_name, why_line, whys
from bot.screens.reader import BLANK, Facts, Reader, beside, lines, pages, tap
from bot.screens.week_drafts import gap_why, gaps_of, sent, slot_name, span
from bot.screens.week_visit import WHY_DROPPED
from bot.screens.words import half_name, reason_name
from bot.texts import LANGUAGES, Texts
from bot.turn import STATION_ZONE
from care.days import HalfDay
from care.draft_sheets import COLUMNS, Fault, Was, Words, code
from care.roster_cells import key
from storage import draft_sheets as sheets
from storage import week_drafts as drafts
from storage.draft_book import Book, write_book
from storage.draft_sheets import Change, Preview, Refused
from storage.visits import Visiting
from storage.week_drafts import Drafted

PAGE = 10
ALL_WHYS = 12


def words() -> Words:
    """What may stand in the cells, in every language: a file is read by whoever it is sent by."""
    every = [Texts(one, STATION_ZONE) for one in LANGUAGES]
    return Words(
        {_key(half_name(tr, one)): one for tr in every for one in HalfDay},
        {_key(_yes(tr, one)): one for tr in every for one in (True, False)},
        {_key(reason_name(tr, one)): one for tr in every for one in WHY_DROPPED},
        {},
    )


def _key(text: Markup) -> str:
    return key(text.unescape())


def _yes(tr: Texts, yes: bool) -> Markup:
    return tr.of("roster value", "yes") if yes else tr.of("roster value", "no")


def _heads(tr: Texts) -> dict[str, str]:
    names = (
        tr("Code: leave as it is"), tr("Elder"), tr("Building"), tr("Date"), tr("Half-day"),
        tr("Volunteer"), tr("Locked"), tr("Not needed, because"), tr("Reason for this volunteer"),
    )  # fmt: skip
    return {name: text.unescape() for name, text in zip(COLUMNS, names, strict=True)}


async def export(reader: Reader, facts: Facts) -> Screen | None:
    """The draft of the reader's pairings as it is at the moment of sending."""
    if not reader.me.viewer.staff:
        return None
    monday = date.fromisoformat(facts["week"])
    if await drafts.drafted(reader.tx, reader.station.id, monday) is None:
        return await sent(reader, monday)
    week = await drafts.read(reader.tx, reader.now, reader.station, monday)
    mine = await drafts.led(reader.tx, reader.me.viewer, week.wholes)
    elders = {elder.id for whole in mine for elder in whole.elders}
    tr, people = reader.tr, sheets.labels(week)
    rows = [_row(tr, week, one, people) for one in week.rows if one.elder.id in elders]
    gaps = [
        (elder.name, str(gap.missing), gap_why(tr, week, gap).unescape())
        for elder, gap in gaps_of(week, mine)
    ]
    head = (tr("Elder"), tr("Visits missing"), tr("Why nobody"))
    book = Book(
        _heads(tr),
        rows,
        _choices(tr),
        sorted(people.values()),
        [tuple(one.unescape() for one in head), *gaps],
        _titles(tr),
    )
    content = await asyncio.to_thread(write_book, book)
    name = tr("visits-{day}.xlsx", day=monday.isoformat()).unescape()
    first, last = span(tr, monday)
    text = lines(
        tr("📄 The draft, {first} to {last}.", first=first, last=last),
        tr("Change what you like and send it back to me: you will see what would change."),
    )
    return Screen(text, document=(name, content))


def _titles(tr: Texts) -> tuple[str, str, str]:
    return (
        tr("Visits").unescape(),
        tr("Nobody goes yet").unescape(),
        tr("Volunteers").unescape(),
    )


def _choices(tr: Texts) -> dict[str, list[str]]:
    return {
        "half": [half_name(tr, one).unescape() for one in HalfDay],
        "locked": [_yes(tr, one).unescape() for one in (True, False)],
        "not_needed": [reason_name(tr, one).unescape() for one in WHY_DROPPED],
    }


def _row(tr: Texts, week: Drafted, row: Visiting, people: dict[int, str]) -> list[str | date]:
    found = row.visit
    stands = Was(week.plan.week, found.id, found.volunteer_id, found.day, found.half, found.locked)
    return [
        code(stands),
        row.elder.name,
        row.elder.building or "",
        found.day,
        half_name(tr, found.half).unescape(),
        people.get(found.volunteer_id, row.volunteer.name),
        _yes(tr, found.locked).unescape(),
        "",
        why_line(tr, whys(found.why), ALL_WHYS).unescape(),
    ]


async def preview(reader: Reader, facts: Facts) -> Screen | None:
    """What a file would do to the draft as it is now; nothing is changed by looking."""
    if not reader.me.viewer.staff:
        return None
    tr, number = reader.tr, facts["number"]
    waiting = await sheets.FILES.find(reader.tx, reader.chat, reader.me.viewer, number)
    if waiting is None:
        return Screen(tr("This preview is closed. To start again, send the file once more."))
    monday = sheets.week_in(waiting.read)
    if monday is None or await drafts.drafted(reader.tx, reader.station.id, monday) is None:
        return Screen(tr("The week of this file is not in draft any more. Nothing was changed."))
    week = await drafts.read(reader.tx, reader.now, reader.station, monday)
    found = await sheets.preview(reader.tx, reader.me.viewer, waiting.read, words(), week)
    entries = [_change(tr, one) for one in found.changes]
    entries += [_refused(tr, one) for one in found.refused]
    page = min(int(facts.get("page", 0)), max(0, (len(entries) - 1) // PAGE))
    text = lines(
        Markup("📄 <b>{}</b>").format(waiting.name),
        tr("⚠️ The draft has changed meanwhile. This is how it would be now.")
        if facts.get("moved")
        else "",
        *_counts(tr, found),
        BLANK if entries else "",
        *entries[page * PAGE : (page + 1) * PAGE],
    )
    turn = pages(len(entries), page, PAGE, "draft_see", number)
    return Screen(text, (*((turn,) if turn else ()), *_rows(tr, number, found)))


def _counts(tr: Texts, found: Preview) -> Iterable[Markup]:
    changes, refused = len(found.changes), len(found.refused)
    if changes:
        yield tr.many("✏️ {n} visit would change", "✏️ {n} visits would change", changes)
    if refused:
        yield tr.many("🚫 {n} row is left out", "🚫 {n} rows are left out", refused)
    yield tr("Nothing is changed yet.") if changes else tr("Nothing would change.")


def _rows(tr: Texts, number: int, found: Preview) -> list[tuple[Button, ...]]:
    if not found.changes:
        return [(Button(tr("Close"), "cancel"),)]
    label = tr.many("✅ Change {n} visit", "✅ Change {n} visits", len(found.changes))
    return [
        (Button(label, tap("draft_take", number, found.fingerprint)),),
        (Button(tr("Do not take it in"), "cancel"),),
    ]


def _change(tr: Texts, one: Change) -> Markup:
    """How a visit is, and how it would be."""
    found, wanted = one.row.visit, one.asked
    before = Markup("{} ← {}").format(slot_name(tr, found.day, found.half), one.row.volunteer.name)
    if wanted.reason is not None:
        after = tr("Not needed: {why}", why=reason_name(tr, wanted.reason))
    elif one.moves:
        after = Markup("{} ← {}").format(slot_name(tr, wanted.day, wanted.half), one.volunteer)
    else:
        after = tr("🔒 Lock") if wanted.locked else tr("🔓 Unlock")
    told = tr(
        "✏️ Row {row}, {name}: {before} → {after}",
        row=one.number,
        name=one.row.elder.name,
        before=before,
        after=after,
    )
    return lines(told, *against(tr, one.verdict))


def _refused(tr: Texts, one: Refused) -> Markup:
    if one.fault is not None:
        why = fault_name(tr, one.fault)
    else:
        why = beside(one.volunteer, bar_name(tr, one.verdict.bars[0]))
    return tr("🚫 Row {row}, {name}: {why}", row=one.number, name=one.elder, why=why)


def fault_name(tr: Texts, fault: Fault) -> Markup:
    """What is wrong with a row, and what to do about it."""
    match fault:
        case Fault.NO_CODE:
            return tr("the code at its beginning is gone; please add visits in the chat")
        case Fault.TWICE:
            return tr("it stands in the file twice")
        case Fault.OTHER_WEEK:
            return tr("it is of another week")
        case Fault.NOT_IN_DRAFT:
            return tr("it is not in the draft any more")
        case Fault.FOREIGN:
            return tr("looked after by another social worker")
        case Fault.OTHER_ELDER:
            return tr("the code belongs to another elder")
        case Fault.CHANGED_MEANWHILE:
            return tr("somebody has changed it since the file was made")
        case Fault.DAY:
            return tr("the date is not a day of that week")
        case Fault.HALF:
            return tr("please choose morning or afternoon")
        case Fault.VOLUNTEER:
            return tr("no volunteer of this name")
        case Fault.TWO_VOLUNTEERS:
            return tr("several volunteers have this name; please choose from the list")
        case Fault.LOCKED:
            return tr("please choose yes or no under “Locked”")
        case Fault.REASON:
            return tr("please choose the reason from the list")
