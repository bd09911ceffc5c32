"""The staff's view of one visit: to whom else it can be given, who declined, what is worrying."""

from datetime import date
from typing import Any

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.presence import came_and_left
from bot.screens.reader import BLANK, Facts, Reader, lines, phone_of, tap
from bot.screens.visit_files import came, look
from bot.screens.visit_words import hazard_name, not_visited_name
from bot.screens.visits import when
from bot.screens.week import number_of
from bot.screens.words import cannot_name, level_name, reason_name, visit_state
from bot.texts import Texts
from care.access import Right
from care.calls import Reason
from care.joining import Standing
from care.refusals import NotYours
from care.visits import SUBJECTS, CannotCome, Hazard, Level, NotVisited, State, answerable
from storage import covers, leave, pairings, planning, visit_files, visits
from storage import week as weeks
from storage.elders import access_elder
from storage.tables import Assignment
from storage.visits import Visiting

WHY_DROPPED = (Reason.HOSPITAL, Reason.AWAY, Reason.REFUSED, Reason.OTHER)
OPEN_AGAIN = frozenset({State.DECLINED, State.NOT_POSSIBLE})


def declined_card(visit_id: int) -> str:
    """The card name of what the staff was told when a visit could not be made."""
    return f"declined:{visit_id}"


def why_name(tr: Texts, visit: Assignment) -> Markup:
    """The reason somebody gave for a visit that does not happen."""
    reason = visit.reason
    if reason is None:
        return Markup("")
    if reason == weeks.ON_LEAVE:
        return cannot_name(tr, CannotCome.AWAY)
    if visit.state is State.NOT_POSSIBLE:
        return not_visited_name(tr, NotVisited(reason))
    if visit.state is State.DECLINED and reason in set(CannotCome):
        return cannot_name(tr, CannotCome(reason))
    return _not_needed(tr, reason)


def _not_needed(tr: Texts, reason: str) -> Markup:
    match reason:
        case weeks.LEFT:
            return tr("has left the station")
        case weeks.UNPAIRED:
            return tr("is no longer in the pairing")
        case covers.SILENT:
            return tr("has not answered")
        case weeks.GIVEN:
            return tr("given to somebody else")
        case weeks.PAUSED | weeks.EXITED | visits.DRAFTED:
            return tr("not needed any more")
        case _:
            return reason_name(tr, Reason(reason.removeprefix(visits.DRAFTED_BY_HAND)))


async def week_visit(reader: Reader, facts: Facts) -> Screen | None:
    """One visit of the week: give it to somebody else of the pairing, or drop it with a reason."""
    tr = reader.tr
    row = await visits.access_led_visit(reader.tx, reader.me.viewer, facts["visit"])
    found = row.visit
    instead = await visits.instead_of(reader.tx, found)
    head = lines(
        Markup("<b>{}</b> ☎ {}").format(row.elder.name, phone_of(reader, row.elder)),
        when(tr, found),
        Markup("{} ☎ {}").format(row.volunteer.name, number_of(tr, row.volunteer)),
        _state(tr, found),
        tr("Now {name} goes.", name=instead.volunteer.name) if instead else "",
        *_told(tr, found),
    )
    count = await visit_files.count(reader.tx, found.id)
    back = reader.back(str(tr("The week")), tap("week_show", found.week))
    open_ = found.day >= reader.today and instead is None
    if facts.get("drop") and answerable(found.state, found.day, reader.today):
        rows = [
            (Button(reason_name(tr, one), tap("week_dropped", found.id, one)),)
            for one in WHY_DROPPED
        ]
        return Screen(lines(head, BLANK, tr("Why is the visit not needed?")), (*rows, back))
    said = _said(tr, row) if answerable(found.state, found.day, reader.today) else ()
    choices = await _others(reader, row) if open_ and _movable(found, reader.today) else []
    ask = tr("Who should go instead?") if choices else ""
    if answerable(found.state, found.day, reader.today):
        choices.append((Button(tr("Not needed…"), tap("week_drop", found.id)),))
    text = lines(head, came(tr, count), BLANK if ask else "", ask)
    return Screen(text, (*look(tr, found.id, count), *said, *choices, back))


def _told(tr: Texts, visit: Assignment) -> list[Markup]:
    """What is known of a visit that began: the times, whether near, and what was told."""
    if visit.signed_in_at is None and not visit.report:
        return []
    report = visit.report or {}
    return [
        *came_and_left(tr, visit),
        *(
            tr("{state}: {why}", state=subject_name(tr, one), why=level_name(tr, Level(level)))
            for one in SUBJECTS
            if isinstance(level := report.get(one), str)
        ),
        *_hazards(tr, report),
        tr("🛒 Something is needed") if report.get("needs") else Markup(""),
        Markup("📝 {}").format(report["remark"]) if report.get("remark") else Markup(""),
    ]


def _hazards(tr: Texts, report: dict[str, Any]) -> list[Markup]:
    found = [hazard_name(tr, Hazard(one)) for one in report.get("hazards", [])]
    return [tr("Not in order: {what}", what=tr(", ").join(found))] if found else []


def _said(tr: Texts, row: Visiting) -> list[tuple[Button, ...]]:
    """What the volunteer said on the phone, for those who do not answer in chat."""
    found = row.visit
    yes = Button(tr("☎ Said yes"), tap("week_yes", found.id))
    no = Button(tr("☎ Cannot come"), tap("week_no", found.id))
    return [(yes, no) if found.state is State.OFFERED else (no,)]


def _movable(visit: Assignment, today: date) -> bool:
    return answerable(visit.state, visit.day, today) or visit.state in OPEN_AGAIN


def _state(tr: Texts, visit: Assignment) -> Markup:
    why = why_name(tr, visit)
    state = visit_state(tr, visit.state)
    return tr("{state}: {why}", state=state, why=why) if why else state


async def _others(reader: Reader, row: Visiting) -> list[tuple[Button, ...]]:
    """The pairing's other volunteers who may go there, with what speaks against each."""
    tr, found = reader.tr, row.visit
    try:
        whole = await pairings.access_pairing(reader.tx, reader.me.viewer, found.pairing_id)
    except NotYours:
        return []
    week = await weeks.to_plan(reader.tx, reader.station, found.week, reader.today)
    known = {one.member_id: one for one in week.volunteers}
    away = await leave.days_away(reader.tx, reader.station.id, found.week)
    rows: list[tuple[Button, ...]] = []
    people = {one.id for one in whole.volunteers}
    never = await visits.goers(reader.tx, row.elder, found.day) | {found.volunteer_id}
    never |= (await planning.barred_from(reader.tx, row.elder, people)).keys()
    for one in whole.volunteers:
        if one.id in never or one.standing is Standing.LEFT:
            continue
        notes = []
        if found.day in away[one.id]:
            notes.append(tr("away"))
        elif one.id in known and not known[one.id].can_come(found.day, found.half):
            notes.append(tr("not the usual time"))
        if one.id in known:
            notes.append(
                tr("{n} of {most} visits", n=len(known[one.id].taken), most=known[one.id].most)
            )
        told = tr("{name} ({notes})", name=one.name, notes=tr(", ").join(notes))
        label = told if notes else one.name
        rows.append((Button(label, tap("week_give", found.id, one.id)),))
    return rows


async def declined(reader: Reader, facts: Facts) -> Screen | None:
    """To the staff: visits that somebody cannot make, each with a button to find somebody else."""
    tr = reader.tr
    if not reader.me.viewer.staff:
        return None
    rows = [
        await visits.access_led_visit(reader.tx, reader.me.viewer, one) for one in facts["visits"]
    ]
    parts = []
    buttons = []
    for row in rows:
        instead = await visits.instead_of(reader.tx, row.visit)
        line = Markup("{} <b>{}</b>").format(when(tr, row.visit), row.elder.name)
        if instead is not None:
            parts.append(tr("✅ {visit}: now {name} goes", visit=line, name=instead.volunteer.name))
        elif row.visit.state in {*OPEN_AGAIN, State.DROPPED}:
            parts.append(Markup("{} · {}").format(line, _state(tr, row.visit)))
            if row.visit.day >= reader.today and row.visit.state in OPEN_AGAIN:
                label = tr("Who else can go to {name}?", name=row.elder.name)
                buttons.append((Button(label, tap("week_visit", row.visit.id)),))
        else:
            parts.append(Markup("{} · {}").format(line, visit_state(tr, row.visit.state)))
    return Screen(lines(_declined_title(reader, rows, facts), *parts), tuple(buttons))


def _declined_title(reader: Reader, rows: list[Visiting], facts: Facts) -> Markup:
    tr = reader.tr
    who = rows[0].volunteer
    if facts.get("leave"):
        first, last = (date.fromisoformat(one) for one in facts["leave"])
        return tr(
            "🌴 <b>{name} is away, {first} to {last}.</b> ☎ {phone}",
            name=who.name,
            first=tr.day(first),
            last=tr.day(last),
            phone=number_of(tr, who),
        )
    if all(row.visit.state is State.NOT_POSSIBLE for row in rows):
        return tr(
            "🚫 <b>{name} could not visit.</b> ☎ {phone}", name=who.name, phone=number_of(tr, who)
        )
    return tr("✖️ <b>{name} cannot come.</b> ☎ {phone}", name=who.name, phone=number_of(tr, who))


async def concern(reader: Reader, facts: Facts) -> Screen | None:
    """To the staff, at once: what a visitor found worrying, or that something is needed."""
    tr = reader.tr
    row = await visits.access_led_visit(reader.tx, reader.me.viewer, facts["visit"])
    elder = await access_elder(reader.tx, reader.me.viewer, row.elder.id, Right.SEE_ALL)
    report = row.visit.report or {}
    count = await visit_files.count(reader.tx, row.visit.id)
    bad = [subject_name(tr, one) for one in SUBJECTS if report.get(one) == Level.BAD]
    title = (
        tr("⚠️ <b>{name}: please look after this</b>", name=elder.name)
        if bad
        else tr("🛒 <b>{name} needs something</b>", name=elder.name)
    )
    text = lines(
        title,
        *(tr("{state}: {why}", state=one, why=level_name(tr, Level.BAD)) for one in bad),
        *_hazards(tr, report),
        tr("🛒 Something is needed") if bad and report.get("needs") else "",
        Markup("📝 {}").format(report["remark"]) if report.get("remark") else "",
        came(tr, count),
        tr(
            "Visited by {name} ☎ {phone}",
            name=row.volunteer.name,
            phone=number_of(tr, row.volunteer),
        ),
        Markup("{} ☎ {}").format(elder.name, phone_of(reader, elder)),
    )
    rows: list[tuple[Button, ...]] = [
        (Button(tr("Log the call to {name}", name=elder.name), tap("call", elder.id)),)
    ]
    if report.get("needs"):
        label = tr("🛒 Ask for an errand for {name}", name=elder.name)
        rows.append((Button(label, tap("errand_at", row.visit.id)),))
    rows.extend(look(tr, row.visit.id, count))
    return Screen(text, tuple(rows), protect=True)


def subject_name(tr: Texts, subject: str) -> Markup:
    """A subject of the report at the door."""
    match subject:
        case "health":
            return tr("Health")
        case "mood":
            return tr("Mood")
        case "safety":
            return tr("Safety at home (water, power, gas)")
        case "food":
            return tr("Eating")
        case _:
            return tr("Needs")
