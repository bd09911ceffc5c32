"""The staff's view of the week: who visits whom, what is missing and why, and one visit of it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.plan_reasons import gap_reason
from bot.screens.reader import Facts, Reader, fitted, lines, pages, spaced, tap
from bot.screens.words import half_name, visit_state, weekday_name
from bot.texts import Texts
from care.days import WEEK, WEEKDAYS, week_of
from care.elders import Tier
from care.plans import Gap
from care.visits import PLANNED, State
from storage import elders, members, pairings
from storage import week as weeks
from storage.pairings import Whole
from storage.tables import Elder, Member
from storage.visits import Visiting
from storage.week import Week

# Lines of pairings that a phone shows beside the rest.
ROOM = 12
NAMES = 12
SUMMED_UP = (
    State.OFFERED,
    State.ACCEPTED,
    State.SIGNED_IN,
    State.DONE,
    State.DECLINED,
    State.NOT_POSSIBLE,
)


async def week(reader: Reader, facts: Facts) -> Screen | None:
    """A week of the reader's pairings; changed in place as volunteers answer."""
    tr, me = reader.tr, reader.me
    if not me.viewer.staff:
        return None
    monday = date.fromisoformat(facts["week"])
    plan = await weeks.plan_of(reader.tx, reader.station.id, monday)
    told = plan is not None and plan.published_at is not None
    known = await weeks.to_plan(reader.tx, reader.station, monday, reader.today)
    mine = await pairings.led_of(reader.tx, me.viewer, known.pairings)
    paged = fitted(mine, lambda one: _size(known, one), ROOM, ROOM)
    page = min(int(facts.get("page", 0)), len(paged) - 1)
    shown = paged[page]
    late = tr("(late, sent at {time})", time=facts["late"]) if facts.get("late") else ""
    title = tr(
        "📅 <b>Visits {first} to {last}</b>",
        first=tr.day(monday),
        last=tr.day(monday + WEEK - timedelta(days=1)),
    )
    if plan is None and not known.rows:
        body = [_not_yet(reader, monday)]
    else:
        why = weeks.reasons(plan)
        body = [_summary(tr, known, mine)] if told else [_not_yet(reader, monday)]
        body += [_pairing(tr, known, one, why) for one in shown]
    tail = await unpaired(reader, known.pairings)
    rows = [
        *_visit_buttons(tr, known, shown),
        pages(len(paged), page, 1, "week_page", monday),
        _plan_button(reader, monday, told, _missing(known, mine)),
        _other_week(reader, monday),
        reader.back(str(tr("Menu")), "do:menu"),
    ]
    return Screen(lines(title, late, *body, tail), tuple(row for row in rows if row))


def _size(known: Week, whole: Whole) -> int:
    """Lines of a pairing: its head, its visits, and whom nobody visits."""
    gaps = sum(known.missing[one.id] > 0 for one in whole.elders)
    return 1 + len(known.rows_of(whole)) + gaps


def _missing(known: Week, mine: list[Whole]) -> int:
    """How many visits the shown pairings' elders are still owed in the week."""
    ids = {one.pairing.id for one in mine}
    return sum(known.missing[one.elder_id] for one in known.elders if one.pairing in ids)


def _visit_buttons(tr: Texts, known: Week, shown: list[Whole]) -> list[tuple[Button, ...]]:
    buttons = [
        Button(
            Markup("{} {} {}").format(
                weekday_name(tr, WEEKDAYS[row.visit.day.weekday()]),
                row.elder.name,
                visit_state(tr, row.visit.state)[:1],
            ),
            tap("week_visit", row.visit.id),
        )
        for whole in shown
        for row in known.rows_of(whole)
    ]
    return [tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)]


def _plan_button(reader: Reader, monday: date, published: bool, missing: int) -> tuple[Button, ...]:
    """Planning by hand: this week from now on, the next one once it is published."""
    this = week_of(reader.today)
    if not missing or monday < this or (monday > this and not published):
        return ()
    tr = reader.tr
    label = tr.many("🧩 Plan the {n} missing visit", "🧩 Plan the {n} missing visits", missing)
    return (Button(label, tap("week_plan", monday)),)


def _other_week(reader: Reader, monday: date) -> tuple[Button, ...]:
    tr, this = reader.tr, week_of(reader.today)
    if monday <= this:
        return (Button(tr("Next week ›"), tap("week_show", this + WEEK)),)
    return (Button(tr("‹ This week"), tap("week_show", this)),)


async def unpaired(reader: Reader, found: Iterable[Whole]) -> Markup:
    """Elders without a pairing, who are owed visits that nobody can be asked for."""
    tr = reader.tr
    paired = {elder.id for whole in found for elder in whole.elders}
    lonely = [
        one.name
        for one in await elders.looked_after(reader.tx, reader.me.viewer)
        if one.id not in paired and one.tier in {Tier.YELLOW, Tier.GREEN}
    ]
    if not lonely:
        return Markup("")
    names = tr(", ").join(lonely[:NAMES])
    more = Markup(" … +{}").format(len(lonely) - NAMES) if len(lonely) > NAMES else Markup("")
    text = tr("⚠️ Not in a pairing, so no visits: {names}", names=names + more)
    return Markup("\n{}").format(text)


def _not_yet(reader: Reader, monday: date) -> Markup:
    tr, settings = reader.tr, reader.settings
    if monday <= reader.today:
        return tr("Nothing is planned for this week yet.")
    day = monday - WEEK + timedelta(days=settings.publish_week_on)
    at = settings.publish_week_at.strftime("%H:%M")
    return tr("This week will be sent on {day} at {time}.", day=tr.day(day), time=at)


def _summary(tr: Texts, known: Week, mine: list[Whole]) -> Markup:
    states = Counter(row.visit.state for one in mine for row in known.rows_of(one))
    parts = [
        Markup("{} {}").format(visit_state(tr, state), states[state])
        for state in SUMMED_UP
        if states[state]
    ]
    return tr(" · ").join(parts)


def _pairing(tr: Texts, known: Week, whole: Whole, why: dict[int, Gap]) -> Markup:
    names = tr(", ").join(one.name for one in whole.volunteers)
    rows = known.rows_of(whole)
    owed = {one.elder_id for one in known.elders if one.pairing == whole.pairing.id}
    return lines(
        Markup("\n<b>{}</b>").format(names or tr("no volunteer")),
        *(_line(tr, row) for row in rows),
        *(
            _gap(tr, elder, known.missing[elder.id], rows, why)
            for elder in whole.elders
            if elder.id in owed and known.missing[elder.id]
        ),
        *(
            tr("⚪ {name} has no tier yet, so no visit is planned.", name=elder.name)
            for elder in whole.elders
            if elder.tier is None
        ),
        *_off_chat(tr, rows),
    )


def _line(tr: Texts, row: Visiting) -> Markup:
    visit = row.visit
    day = weekday_name(tr, WEEKDAYS[visit.day.weekday()])
    return Markup("{} {} {} ← {} {}").format(
        day,
        half_name(tr, visit.half),
        row.elder.name,
        row.volunteer.name,
        visit_state(tr, visit.state),
    )


def _gap(tr: Texts, elder: Elder, owed: int, rows: list[Visiting], why: dict[int, Gap]) -> Markup:
    """Somebody who is owed a visit that nobody makes, by name, with the reason."""
    declined = [
        row
        for row in rows
        if row.elder.id == elder.id and row.visit.state in {State.DECLINED, State.NOT_POSSIBLE}
    ]
    if declined:
        text = tr("{name} cannot come", name=declined[-1].volunteer.name)
    elif elder.id in why:
        text = gap_reason(tr, why[elder.id])
    else:
        text = tr("not planned yet")
    return tr.many(
        "⚠️ Not covered: {name}, {n} visit missing ({why})",
        "⚠️ Not covered: {name}, {n} visits missing ({why})",
        owed,
        name=elder.name,
        why=text,
    )


def _off_chat(tr: Texts, rows: Iterable[Visiting]) -> list[Markup]:
    """Volunteers with visits whom chat does not reach, with the number to call."""
    found: dict[int, Member] = {
        row.volunteer.id: row.volunteer
        for row in rows
        if row.visit.state in PLANNED and not members.reachable(row.volunteer)
    }
    return [
        tr(
            "📵 {name} is not on chat, please call: {phone}",
            name=one.name,
            phone=number_of(tr, one),
        )
        for one in found.values()
    ]


def number_of(tr: Texts, member: Member) -> str:
    """A volunteer's number to tap, or that there is none."""
    return spaced(member.phone) if member.phone else str(tr("no phone written down"))
