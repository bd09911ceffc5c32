"""A volunteer's own visits: the list, one visit, and the reminder with the address."""

from datetime import date, timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.plan_reasons import why_me, whys
from bot.screens.presence import (
    came_and_left,
    elsewhere,
    instead,
    late,
    still_there,
    time_given,
)
from bot.screens.reader import BLANK, Facts, Reader, age, beside, lines, phone_of, tap
from bot.screens.visit_files import came, look
from bot.screens.visit_words import not_visited_name
from bot.screens.wishes import handover_lines
from bot.screens.words import cannot_name, half_name, visit_state, weekday_name
from bot.texts import Texts
from care.access import Role
from care.days import WEEK, WEEKDAYS
from care.swaps import can_move, starts_at
from care.visits import (
    ON_DUTY,
    PLANNED,
    CannotCome,
    NotVisited,
    State,
    answerable,
    can_begin,
    can_report,
)
from storage import visit_files
from storage import visits as records
from storage.tables import Assignment, Elder
from storage.visits import Visiting

AHEAD = timedelta(days=13)
TOLD = frozenset({State.DONE, State.NOT_POSSIBLE})


def when(tr: Texts, visit: Assignment, *, short: bool = False) -> Markup:
    """ "4月14日 周二 上午", or "周二 上午" where the week is known."""
    weekday = weekday_name(tr, WEEKDAYS[visit.day.weekday()])
    day = weekday if short else tr.day(visit.day)
    return Markup("{} {}").format(day, half_name(tr, visit.half))


async def visits(reader: Reader, facts: Facts) -> Screen | None:
    """What the reader has been asked to do: of one week, or of the next two weeks."""
    tr, me = reader.tr, reader.me
    if Role.VOLUNTEER not in me.roles:
        return None
    week = date.fromisoformat(facts["week"]) if facts.get("week") else None
    first = week or reader.today - timedelta(days=1)
    last = week + WEEK - timedelta(days=1) if week else reader.today + AHEAD
    rows = await records.of_volunteer(reader.tx, me.viewer, first, last)
    late = (Button(tr("✍️ Enter a visit that is over"), "late_visit"),)
    menu = reader.back(str(tr("Menu")), "do:menu")
    if not rows:
        none = tr("You have no visits in these days. We will write to you when there are some.")
        return Screen(none, (late, menu))
    asked = [row for row in rows if _open(reader, row.visit)]
    title = (
        tr("🚪 <b>Your visits, {first} to {last}</b>", first=tr.day(first), last=tr.day(last))
        if week
        else tr("🚪 <b>Your next visits</b>")
    )
    ask = tr("Can you come? If one does not suit you, tap it.") if asked else ""
    buttons = []
    if asked:
        label = tr.many("✅ I can come to this one", "✅ I can come to all {n}", len(asked))
        buttons.append((Button(label, tap("visits_yes", facts.get("week") or "-", len(asked))),))
    buttons.extend(
        (_visit_button(tr, row, short=bool(week)),) for row in rows if _touchable(reader, row.visit)
    )
    buttons.append((Button(tr("📆 To my calendar"), "calendar"),))
    return Screen(
        lines(
            title, *(_line(tr, row, short=bool(week)) for row in rows), BLANK if ask else "", ask
        ),
        (*buttons, late, menu),
    )


def _open(reader: Reader, visit: Assignment) -> bool:
    return visit.state is State.OFFERED and answerable(visit.state, visit.day, reader.today)


def _touchable(reader: Reader, visit: Assignment) -> bool:
    return (
        answerable(visit.state, visit.day, reader.today)
        or can_report(visit.state, visit.day, reader.today)
        or visit.state in TOLD
    )


def _visit_button(tr: Texts, row: Visiting, *, short: bool) -> Button:
    label = beside(when(tr, row.visit, short=short), row.elder.name)
    return Button(label, tap("visit", row.visit.id))


def _line(tr: Texts, row: Visiting, *, short: bool) -> Markup:
    where = Markup(" · {}").format(row.elder.building) if row.elder.building else Markup("")
    return Markup("{} <b>{}</b>{} {}").format(
        when(tr, row.visit, short=short), row.elder.name, where, visit_state(tr, row.visit.state)
    )


async def visit(reader: Reader, facts: Facts) -> Screen | None:
    """One visit: yes, no with a reason, and on its day what happens at the door.

    The address never stands here: this may be an edit of a message that can be forwarded.
    """
    row = await records.access_my_visit(reader.tx, reader.me.viewer, facts["visit"])
    tr, found = reader.tr, row.visit
    head = lines(
        beside(Markup("<b>{}</b>").format(row.elder.name), age(reader, row.elder)),
        beside(when(tr, found), row.elder.building),
        visit_state(tr, found.state),
    )
    back = reader.back(str(tr("My visits")), "do:visits")
    if facts.get("cannot") and answerable(found.state, found.day, reader.today):
        rows = [
            (Button(cannot_name(tr, one), tap("visit_no", found.id, one)),) for one in CannotCome
        ]
        return Screen(
            lines(head, BLANK, tr("Why can you not come?")), (*rows, _again(reader, found))
        )
    if facts.get("why_not") and can_report(found.state, found.day, reader.today):
        rows = [
            (Button(not_visited_name(tr, one), tap("visit_not", found.id, one)),)
            for one in NotVisited
        ]
        why = tr("Why was the visit not possible?")
        return Screen(lines(head, BLANK, why), (*rows, _again(reader, found)))
    other = await elsewhere(reader, row, facts)
    if other is not None:
        return still_there(reader, row, other, back)
    count = await visit_files.count(reader.tx, found.id)
    known = (*came_and_left(tr, found), await time_given(reader, row), came(tr, count))
    why = await _why_me(reader, row) if facts.get("why") else Markup("")
    body = lines(head, *known, await _after(reader, row), why)
    choices = _choices(reader, row, asked_why=bool(facts.get("why")))
    buttons = [*choices, *await late(reader, row), *look(tr, found.id, count)]
    return Screen(body, (*buttons, back))


async def _why_me(reader: Reader, row: Visiting) -> Markup:
    """The real reasons (handbook, "The week"); a visit that no plan gave has those that are so."""
    found = whys(row.visit.why) or await records.plain_reasons(reader.tx, row.visit)
    return lines(BLANK, why_me(reader.tr, found, row.elder.name))


def _again(reader: Reader, visit: Assignment) -> tuple[Button, ...]:
    return reader.back(str(reader.tr("Back")), tap("visit", visit.id))


async def _after(reader: Reader, row: Visiting) -> Markup:
    """What the volunteer should know about a visit that is over or cannot be made."""
    tr = reader.tr
    match row.visit.state:
        case State.DONE:
            return tr("Thank you! It is written down. 🌷")
        case State.NOT_POSSIBLE:
            return tr("Thank you for trying. The social worker has been told.")
        case State.DECLINED:
            return tr("That is all right. The social worker has been told.")
        case State.DROPPED:
            return await instead(reader, row)
        case _:
            return Markup("")


def _choices(reader: Reader, row: Visiting, *, asked_why: bool) -> list[tuple[Button, ...]]:
    tr, found, today = reader.tr, row.visit, reader.today
    rows: list[tuple[Button, ...]] = []
    if _open(reader, found):
        rows.append((Button(tr("✅ I can come"), tap("visit_yes", found.id)),))
    if found.day == today and found.state in ON_DUTY:
        rows.append((Button(tr("🏠 Address and phone"), tap("visit_where", found.id)),))
    rows.extend(_door_buttons(reader, row))
    starts = starts_at(found.day, found.half, reader.settings, reader.me.zone)
    if can_move(found.state, starts, reader.now):
        label = tr("🔁 Ask somebody to go instead…")
        rows.append((Button(label, tap("swap_ask", found.id, 0)),))
    if answerable(found.state, found.day, today):
        rows.append((Button(tr("I cannot come…"), tap("visit_cannot", found.id)),))
    if found.state in PLANNED and not asked_why:
        rows.append((Button(tr("Why me?"), tap("visit_me", found.id)),))
    needs = found.state is State.DONE and (found.report or {}).get("needs")
    if found.state is State.SIGNED_IN or needs:
        label = tr("🛒 Ask for an errand for {name}", name=row.elder.name)
        rows.append((Button(label, tap("errand_at", found.id)),))
    if found.state in TOLD:
        rows.append((Button(tr("✏️ Correct what I wrote"), tap("contact_of", found.id)),))
    return rows


def _door_buttons(reader: Reader, row: Visiting) -> list[tuple[Button, ...]]:
    """Sign in, report, or "could not visit"."""
    tr, found = reader.tr, row.visit
    name = row.elder.name
    rows: list[tuple[Button, ...]] = []
    if can_begin(found.state, found.day, reader.today):
        label = (
            tr("🚪 I am with {name}: sign in", name=name)
            if found.day == reader.today
            else tr("I did visit {name} yesterday", name=name)
        )
        rows.append((Button(label, tap("sign_in", found.id)),))
    if found.state is State.SIGNED_IN:
        rows.append((Button(tr("📝 Tell how {name} is", name=name), tap("report", found.id)),))
        if found.signed_in_at is not None and found.signed_out_at is None:
            rows.append((Button(tr("👋 Sign out, tell later"), tap("sign_out", found.id)),))
    if _went(reader, found):
        label = tr("Could not visit {name}…", name=name)
        rows.append((Button(label, tap("visit_why", found.id)),))
    return rows


def _went(reader: Reader, visit: Assignment) -> bool:
    """At the door, or the day after; before that "I cannot come" says it."""
    return can_report(visit.state, visit.day, reader.today) and not answerable(
        visit.state, visit.day, reader.today
    )


async def reminder(reader: Reader, facts: Facts) -> Screen | None:
    """On the day: address, phone and hints, until the visit is over; not to be forwarded."""
    tr, me = reader.tr, reader.me
    day = date.fromisoformat(facts["day"])
    if Role.VOLUNTEER not in me.roles:
        return None
    rows = await records.of_volunteer(reader.tx, me.viewer, day, day)
    if not rows:
        return None
    parts: list[Markup] = [tr("🚪 <b>Your visits today</b> · {day}", day=tr.day(day))]
    buttons: list[tuple[Button, ...]] = []
    for row in rows:
        if day == reader.today and row.visit.state in ON_DUTY:
            parts.append(await _where(reader, row))
            buttons.extend(_reminder_buttons(reader, row))
        else:
            parts.append(
                Markup("<b>{}</b> {}").format(row.elder.name, visit_state(tr, row.visit.state))
            )
    return Screen(Markup("\n\n").join(parts), tuple(buttons), protect=True)


def _reminder_buttons(reader: Reader, row: Visiting) -> list[tuple[Button, ...]]:
    rows = _door_buttons(reader, row)
    if row.visit.state is State.SIGNED_IN:
        return rows
    tr = reader.tr
    cannot = tr("I cannot go to {name}…", name=row.elder.name)
    return [*rows, (Button(cannot, tap("visit_cannot", row.visit.id)),)]


async def _where(reader: Reader, row: Visiting) -> Markup:
    tr, elder = reader.tr, row.elder
    signed = row.visit.signed_in_at
    return lines(
        beside(
            Markup("<b>{}</b>").format(elder.name),
            age(reader, elder),
            Markup("· {}").format(half_name(tr, row.visit.half)),
        ),
        Markup("🏠 {}").format(elder.address or elder.building or tr("address not written down")),
        Markup("☎ {}").format(phone_of(reader, elder)),
        Markup("🔑 {}").format(elder.door_hint) if elder.door_hint else "",
        *await handover_lines(reader, elder),
        Markup("📌 {}").format(elder.remark) if elder.remark else "",
        await _last_remark(reader, elder),
        tr("Signed in at {time}", time=tr.time(signed)) if signed else "",
    )


async def _last_remark(reader: Reader, elder: Elder) -> Markup:
    found = await records.last_remark(reader.tx, elder, reader.today)
    if found is None:
        return Markup("")
    day, remark = found
    return reader.tr("📝 Last visitor ({day}): {remark}", day=reader.tr.day(day), remark=remark)
