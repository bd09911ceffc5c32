"""The draft of a week in the staff's chat: how many visits, who has nobody, who goes to whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.plan_reasons import gap_reason
from bot.screens.reader import BLANK, Facts, Reader, beside, fitted, lines, pages, tap
from bot.screens.week import unpaired
from bot.screens.words import half_name, weekday_name
from bot.texts import Texts
from care.days import WEEK, WEEKDAYS, HalfDay, moment
from care.plans import Gap
from storage import week as weeks
from storage import week_drafts as drafts
from storage.pairings import Whole
from storage.tables import Elder
from storage.visits import Visiting
from storage.week_drafts import Drafted

# Lines of visits that a phone shows beside the rest, and of elders whom nobody visits.
ROOM = 12
GAPS = 5
GAPS_ON_PAGE = 8
LABEL = 2


@dataclass(frozen=True)
class Section:
    """One pairing of the reader's, with what is drafted for it."""

    title: Markup
    rows: tuple[Visiting, ...]
    dropped: tuple[Visiting, ...]
    elders: tuple[Elder, ...] = ()

    @property
    def size(self) -> int:
        """Lines on the screen."""
        return 1 + len(self.rows) + len(self.dropped)


def span(tr: Texts, monday: date) -> tuple[str, str]:
    """The first and the last day of a week."""
    return tr.day(monday), tr.day(monday + WEEK - timedelta(days=1))


def slot_name(tr: Texts, day: date, half: HalfDay) -> Markup:
    """ "周二 上午"."""
    return Markup("{} {}").format(weekday_name(tr, WEEKDAYS[day.weekday()]), half_name(tr, half))


async def sent(reader: Reader, monday: date) -> Screen | None:
    """What a message about a draft turns into when there is none any more; no new message."""
    plan = await weeks.published(reader.tx, reader.station.id, monday)
    if plan is None or not reader.edits:
        return None
    tr = reader.tr
    first, last = span(tr, monday)
    text = tr("✅ The visits {first} to {last} have been sent out.", first=first, last=last)
    return Screen(text, ((Button(tr("Show the week"), tap("week_show", monday)),),))


async def draft(reader: Reader, facts: Facts) -> Screen | None:
    """A drafted week of the reader's pairings; it changes in place whoever changes the week."""
    if not reader.me.viewer.staff:
        return None
    monday = date.fromisoformat(facts["week"])
    if await drafts.drafted(reader.tx, reader.station.id, monday) is None:
        return await sent(reader, monday)
    week = await drafts.read(reader.tx, reader.now, reader.station, monday)
    mine = await drafts.led(reader.tx, reader.me.viewer, week.wholes)
    sections = _sections(reader.tr, week, mine)
    found = gaps_of(week, mine)
    if facts.get("gaps"):
        return _gap_pages(reader, week, found, int(facts.get("page", 0)))
    paged = _paged(sections, len(found))
    page = min(int(facts.get("page", 0)), len(paged) - 1)
    if "beside" in facts:
        page = page_of(reader.tr, week, mine, facts["beside"])
    head = [*_head(reader, week, sections)]
    if page == 0:
        head += _few_gaps(reader.tr, week, found)
        head += [await unpaired(reader, week.wholes)]
    body = [_section(reader.tr, week, one) for one in paged[page]]
    if not sections:
        body = [Markup("\n{}").format(reader.tr("Nothing is drafted for your pairings."))]
    rows = [
        *_visit_buttons(reader.tr, paged[page]),
        pages(len(paged), page, 1, "draft_show", monday),
        *_below(reader, week, len(found) if page == 0 else 0),
    ]
    return Screen(lines(*head, *body), tuple(row for row in rows if row))


def _head(reader: Reader, week: Drafted, sections: list[Section]) -> list[Markup]:
    tr, plan = reader.tr, week.plan
    first, last = span(tr, plan.week)
    visits = [one for section in sections for one in section.rows]
    locked = sum(one.visit.locked for one in visits)
    count = tr.many("{n} visit", "{n} visits", len(visits))
    return [
        tr("📝 <b>Draft: visits {first} to {last}</b>", first=first, last=last),
        _sent_when(reader, plan.week),
        Markup("{} · {}").format(count, tr("🔒 {n} locked", n=locked)) if locked else count,
        tr("🧩 It is being planned again. What is locked stays.") if plan.wanted_at else Markup(""),
    ]


def _sent_when(reader: Reader, monday: date) -> Markup:
    """Until when it can be changed; nothing when that is any moment now."""
    tr, settings = reader.tr, reader.settings
    day = monday - WEEK + timedelta(days=settings.publish_week_on)
    at = moment(day, settings.publish_week_at, reader.me.zone)
    if at <= reader.now:
        return Markup("")
    return tr(
        "The volunteers are asked on {day} at {time}. Until then you can change it.",
        day=tr.day(day),
        time=tr.time(at),
    )


def gaps_of(week: Drafted, mine: Iterable[Whole]) -> list[tuple[Elder, Gap]]:
    """Elders of these pairings who are owed visits that nobody makes, by name."""
    elders = {elder.id: elder for whole in mine for elder in whole.elders}
    found = [(elders[one], gap) for one, gap in week.gaps.items() if one in elders]
    return sorted(found, key=lambda one: (one[0].name, one[0].id))


def gap_line(tr: Texts, week: Drafted, elder: Elder, gap: Gap) -> Markup:
    """Who has nobody, for how many visits, and why."""
    return tr.many(
        "⚠️ {name}: nobody for {n} visit ({why})",
        "⚠️ {name}: nobody for {n} visits ({why})",
        gap.missing,
        name=elder.name,
        why=gap_why(tr, week, gap),
    )


def gap_why(tr: Texts, week: Drafted, gap: Gap) -> Markup:
    """Why nobody goes; a gap made by hand may be one that could be closed."""
    if week.could_be_made(gap.elder_id):
        return tr("somebody could go")
    return gap_reason(tr, gap)


def _few_gaps(tr: Texts, week: Drafted, found: list[tuple[Elder, Gap]]) -> list[Markup]:
    shown = [gap_line(tr, week, *one) for one in found[:GAPS]]
    if len(found) > GAPS:
        shown.append(tr("… and {n} more", n=len(found) - GAPS))
    return [BLANK, *shown] if shown else []


def _gap_pages(reader: Reader, week: Drafted, found: list[tuple[Elder, Gap]], page: int) -> Screen:
    """Everybody who has nobody, each with a button that looks for somebody."""
    tr, monday = reader.tr, week.plan.week
    page = min(page, max(0, (len(found) - 1) // GAPS_ON_PAGE))
    shown = found[page * GAPS_ON_PAGE : (page + 1) * GAPS_ON_PAGE]
    title = tr("⚠️ <b>Nobody goes yet</b>") if found else tr("✅ Every visit has somebody who goes.")
    rows = [
        *(
            (
                Button(
                    tr("Who could go to {name}?", name=elder.name),
                    tap("draft_gap", monday, elder.id, 0),
                ),
            )
            for elder, _ in shown
        ),
        pages(len(found), page, GAPS_ON_PAGE, "draft_gaps", monday),
        back(reader, monday),
    ]
    text = lines(title, *(gap_line(tr, week, *one) for one in shown))
    return Screen(text, tuple(row for row in rows if row))


def back(reader: Reader, monday: date, page: int = 0) -> tuple[Button, ...]:
    """To the draft."""
    return reader.back(str(reader.tr("The draft")), tap("draft_show", monday, page))


def _sections(tr: Texts, week: Drafted, mine: list[Whole]) -> list[Section]:
    """The reader's pairings; an elder in two stands with the older one, as they are planned."""
    taken: set[int] = set()
    found = []
    for whole in mine:
        ids = {one.id for one in whole.elders} - taken
        taken |= ids
        names = tr(", ").join(one.name for one in whole.volunteers) or tr("no volunteer")
        section = Section(
            Markup("<b>{}</b>").format(names),
            tuple(one for one in week.rows if one.elder.id in ids),
            tuple(one for one in week.dropped if one.elder.id in ids),
            tuple(one for one in whole.elders if one.tier is None and one.id in ids),
        )
        if section.size > 1 or section.elders:
            found.append(section)
    return found


def _paged(sections: list[Section], gaps: int) -> list[list[Section]]:
    """Sections on pages; the first tells of the gaps as well."""
    first = ROOM - 2 * min(gaps, GAPS)
    return fitted(sections, lambda one: one.size, first, ROOM)


def page_of(tr: Texts, week: Drafted, mine: list[Whole], visit_id: int) -> int:
    """The page of the draft on which a visit stands; the first when it stands nowhere."""
    paged = _paged(_sections(tr, week, mine), len(gaps_of(week, mine)))
    for number, sections in enumerate(paged):
        for one in sections:
            if any(row.visit.id == visit_id for row in (*one.rows, *one.dropped)):
                return number
    return 0


def _section(tr: Texts, week: Drafted, section: Section) -> Markup:
    return lines(
        BLANK,
        section.title,
        *(_line(tr, week, row) for row in section.rows),
        *(_dropped(tr, row) for row in section.dropped),
        *(
            tr("⚪ {name} has no tier yet, so no visit is planned.", name=one.name)
            for one in section.elders
        ),
    )


def _line(tr: Texts, week: Drafted, row: Visiting) -> Markup:
    verdict = week.judge(drafts.planned(row.visit), row.visit.id)
    marks = ("🔒" if row.visit.locked else "") + ("" if verdict.allowed else "⚠️")
    who = Markup("{} ← {}").format(row.elder.name, row.volunteer.name)
    return beside(slot_name(tr, row.visit.day, row.visit.half), who, marks)


def _dropped(tr: Texts, row: Visiting) -> Markup:
    day = weekday_name(tr, WEEKDAYS[row.visit.day.weekday()])
    return tr("✖️ {day} {name}: not needed", day=day, name=row.elder.name)


def _visit_buttons(tr: Texts, sections: list[Section]) -> list[tuple[Button, ...]]:
    buttons = [
        Button(
            beside(
                weekday_name(tr, WEEKDAYS[row.visit.day.weekday()]),
                row.elder.name,
                "🔒" if row.visit.locked and row in section.rows else "",
            ),
            tap("draft_visit", row.visit.id),
        )
        for section in sections
        for row in (*section.rows, *section.dropped)
    ]
    return [tuple(buttons[n : n + LABEL]) for n in range(0, len(buttons), LABEL)]


def _below(reader: Reader, week: Drafted, missing: int) -> list[tuple[Button, ...]]:
    tr, monday = reader.tr, week.plan.week
    again = Button(tr("🧩 Plan again"), tap("draft_again", monday))
    sheet = Button(tr("📄 As Excel"), tap("draft_file", monday))
    rows: list[tuple[Button, ...]] = [(sheet,) if week.plan.wanted_at else (again, sheet)]
    if missing:
        label = tr("⚠️ Who could go? ({n})", n=missing)
        rows.insert(0, (Button(label, tap("draft_gaps", monday, 0)),))
    return [*rows, reader.back(str(tr("Menu")), "do:menu")]
