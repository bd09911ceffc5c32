"""Pauses as people see them: how it stands, the day before the return, what a family tells."""

from datetime import date

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.exits import ask_exit, gone
from bot.screens.reader import BLANK, Facts, Reader, lines, tap
from bot.screens.visits import when
from bot.screens.words import pause_name
from bot.texts import Texts
from care.access import Right, Role
from care.refusals import AlreadyPaused, NotYours
from care.visits import State
from storage import pauses, visits
from storage.elders import access_elder
from storage.pauses import Request
from storage.tables import Elder, Pause


def request_card(number: int) -> str:
    """The card name of what the staff was told by a family."""
    return f"pause_asked:{number}"


async def pause(reader: Reader, facts: Facts) -> Screen | None:
    """Whether an elder is paused, and until when; or the reasons for which care ends."""
    one = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.SEE_ALL)
    if one.exited_at is not None:
        return await gone(reader, one)
    if facts.get("ask") == "exit":
        return ask_exit(reader, one, facts.get("why"))
    row = await pauses.now_or_next(reader.tx, one, reader.today)
    back = reader.back(one.name, tap("elder", one.id))
    if row is None:
        begin = Button(reader.tr("⏸ Pause or exit…"), tap("pause_ask", one.id))
        return Screen(reader.tr("{name} is not paused.", name=one.name), ((begin,), back))
    ends = Button(reader.tr("Care ends for good…"), tap("exit_why", one.id))
    rows = pause_rows(reader.tr, row, reader.today)
    return Screen(_paused(reader.tr, one, row, reader.today), (*rows, (ends,), back))


def already_paused(tr: Texts, first: date, until: date) -> Markup:
    """Why a pause cannot be: another one is in the way."""
    return tr(
        "Paused from {first} until {day} already. Change that pause instead.",
        first=tr.day(first),
        day=tr.day(until),
    )


def _paused(tr: Texts, one: Elder, row: Pause, today: date) -> Markup:
    if row.first_day > today:
        return lines(
            tr("⏸ <b>{name}: paused from {first} until {day}</b>", name=one.name,
               first=tr.day(row.first_day), day=tr.day(row.until)),
            tr("Why: {why}", why=pause_name(tr, row.why)),
            tr("Until {first} everything goes on as usual.", first=tr.day(row.first_day)),
        )  # fmt: skip
    return lines(
        tr("⏸ <b>{name}: paused until {day}</b>", name=one.name, day=tr.day(row.until)),
        tr("Why: {why}", why=pause_name(tr, row.why)),
        tr("Nobody will call or visit until then."),
    )


def pause_rows(tr: Texts, row: Pause, today: date) -> tuple[tuple[Button, ...], ...]:
    """What can be done with a pause that has not ended."""
    label = tr("🏠 Not away after all") if row.first_day > today else tr("🏠 Back today")
    back = Button(label, tap("pause_end", row.id))
    return ((back, Button(tr("Stays longer…"), tap("pause_longer", row.id))),)


async def on_card(reader: Reader, one: Elder) -> tuple[Markup, tuple[tuple[Button, ...], ...]]:
    """What an elder's card says of a pause, and its buttons."""
    tr = reader.tr
    ask = (Button(tr("⏸ Pause or exit…"), tap("pause_ask", one.id)),)
    row = await pauses.now_or_next(reader.tx, one, reader.today)
    if row is None:
        return Markup(""), (ask,)
    why, first, day = pause_name(tr, row.why), tr.day(row.first_day), tr.day(row.until)
    text = (
        tr("⏸ Paused from {first} until {day} ({why})", first=first, day=day, why=why)
        if row.first_day > reader.today
        else tr("⏸ Paused until {day} ({why})", day=day, why=why)
    )
    return text, (*pause_rows(tr, row, reader.today), ask)


async def offer(reader: Reader, facts: Facts) -> Screen | None:
    """After "in hospital" or "away": the pause is one tap away."""
    one = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.CHANGE)
    tr = reader.tr
    row = await pauses.of_elder(reader.tx, one, reader.today)
    if row is not None:
        return Screen(_paused(tr, one, row, reader.today)) if reader.edits else None
    text = tr("Is {name} away for some days? Paused, nobody calls or visits.", name=one.name)
    return Screen(
        text, ((Button(tr("⏸ Pause {name}…", name=one.name), tap("pause_ask", one.id)),),)
    )


async def returns(reader: Reader, facts: Facts) -> Screen | None:
    """The day before the return date, to whoever looks after the elder."""
    row, one = await pauses.access_pause(reader.tx, reader.me.viewer, facts["pause"])
    tr, until = reader.tr, date.fromisoformat(facts["until"])
    if row.ended_at is not None:
        return Screen(tr("🏠 {name} is back.", name=one.name)) if reader.edits else None
    if row.until != until:
        longer = _paused(tr, one, row, reader.today)
        return Screen(longer, pause_rows(tr, row, reader.today)) if reader.edits else None
    if until <= reader.today:
        text = tr("🏠 {name} is back on the lists since {day}.", name=one.name, day=tr.day(until))
        longer_ = (Button(tr("Stays longer…"), tap("pause_longer", row.id)),)
        return Screen(text, (longer_,) if until == reader.today else ()) if reader.edits else None
    by = await pauses.comes_back(reader.tx, row)
    if by is not None:
        said = tr("🏠 {name} comes back on {day}.", name=one.name, day=tr.day(until))
        longer_ = (Button(tr("Stays longer…"), tap("pause_longer", row.id)),)
        return Screen(lines(said, Markup("✅ {}").format(by.name)), (longer_,))
    return Screen(
        lines(
            tr("⏸ <b>{name}</b> has been away since {day}.", name=one.name,
               day=tr.day(row.first_day)),
            tr("Do they come back tomorrow, {day}?", day=tr.day(until)),
        ),
        (
            (Button(tr("✅ Yes, back tomorrow"), tap("pause_back", row.id, until)),),
            (Button(tr("Stays longer…"), tap("pause_longer", row.id)),),
        ),
    )  # fmt: skip


async def asked(reader: Reader, facts: Facts) -> Screen | None:
    """To the staff: a family tells of a trip or hospital stay, and somebody has to decide."""
    found = await pauses.access_request(reader.tx, reader.me.viewer, facts["request"])
    tr, one = reader.tr, found.elder
    head = _head(reader, found)
    if found.answer is not None:
        return Screen(lines(head, _answered(tr, found)))
    if found.until <= reader.today:
        return Screen(lines(head, tr("That day has come."))) if reader.edits else None
    no = Button(tr("No, go on calling"), tap("pause_refuse", found.id))
    first = max(found.first or reader.today, reader.today)
    try:
        await pauses.none_between(reader.tx, one, first, found.until)
    except AlreadyPaused as other:
        row = await pauses.now_or_next(reader.tx, one, other.first)
        rows = pause_rows(tr, row, reader.today) if row is not None else ()
        return Screen(lines(head, already_paused(tr, other.first, other.until)), (*rows, (no,)))
    day = tr.day(found.until)
    label = (
        tr("⏸ Pause from {first} until {day}", first=tr.day(first), day=day)
        if first > reader.today
        else tr("⏸ Pause until {day}", day=day)
    )
    yes = Button(label, tap("pause_grant", found.id))
    return Screen(lines(head, BLANK, tr("Shall nobody call or visit?")), ((yes,), (no,)))


def _head(reader: Reader, found: Request) -> Markup:
    """What the family said; a first day that has come is no news any more."""
    tr = reader.tr
    facts = {"who": found.asker.name, "name": found.elder.name, "day": tr.day(found.until)}
    said = (
        tr("👪 <b>{who} says: {name} is away from {first} until {day}</b>",
           first=tr.day(found.first), **facts)
        if found.first is not None and found.first > reader.today
        else tr("👪 <b>{who} says: {name} is away until {day}</b>", **facts)
    )  # fmt: skip
    return lines(said, tr("Why: {why}", why=pause_name(tr, found.why)))


def _answered(tr: Texts, found: Request) -> Markup:
    who = found.answered_by.name if found.answered_by else "—"
    if found.answer == pauses.GRANTED:
        return tr("✅ Paused by {who}.", who=who)
    return tr("✖️ {who} said no: calls and visits go on.", who=who)


async def told(reader: Reader, facts: Facts) -> Screen | None:
    """To the family that told of it: that it has arrived, then what the station makes of it.

    Raises:
        NotYours: it was told by somebody else.
    """
    found = await pauses.request(reader.tx, reader.station.id, facts["request"])
    if found.asker.id != reader.me.member.id:
        raise NotYours
    await access_elder(reader.tx, reader.me.viewer, found.elder.id, Right.ASK_PAUSE)
    tr, name, day = reader.tr, found.elder.name, reader.tr.day(found.until)
    match found.answer:
        case None:
            text = tr("Thank you for telling us. The station will answer you here.")
        case pauses.GRANTED if found.first is not None and found.first > reader.today:
            first = tr.day(found.first)
            text = tr("✅ From {first} until {day} nobody will call or visit {name}.", name=name,
                      first=first, day=day)  # fmt: skip
        case pauses.GRANTED:
            text = tr("✅ Nobody will call or visit {name} until {day}.", name=name, day=day)
        case _:
            text = tr(
                "The station goes on calling and visiting {name}. "
                "If that is wrong, please ring the station.",
                name=name,
            )
    return Screen(text, (reader.back(tr("Menu"), "do:menu"),))


async def visit_off(reader: Reader, facts: Facts) -> Screen | None:
    """To a volunteer: a visit of today or tomorrow is not needed; why is not theirs to know."""
    if Role.VOLUNTEER not in reader.me.roles:
        return None
    tr, me = reader.tr, reader.me.member
    rows = [await visits.find(reader.tx, reader.station.id, one) for one in facts["visits"]]
    over = {State.DROPPED, State.DECLINED} if facts.get("given") else {State.DROPPED}
    mine = [row for row in rows if row.volunteer.id == me.id and row.visit.state in over]
    if not mine:
        return None
    off = [Markup("· {} <b>{}</b>").format(when(tr, row.visit), row.elder.name) for row in mine]
    return Screen(
        lines(
            tr("You need not go: somebody else does.")
            if facts.get("given")
            else tr("You need not go: nobody will be at home."),
            *off,
            tr("Thank you all the same!"),
        ),
        (reader.back(tr("My visits"), "do:visits"),),
    )
