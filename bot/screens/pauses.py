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
from care.refusals import NotYours
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
    row = await pauses.of_elder(reader.tx, one, reader.today)
    back = reader.back(one.name, tap("elder", one.id))
    if row is None:
        begin = Button(reader.tr("⏸ Pause or exit…"), tap("pause_ask", one.id))
        return Screen(reader.tr("{name} is not paused.", name=one.name), ((begin,), back))
    ends = Button(reader.tr("Care ends for good…"), tap("exit_why", one.id))
    return Screen(_paused(reader.tr, one, row), (*pause_rows(reader.tr, row), (ends,), back))


def _paused(tr: Texts, one: Elder, row: Pause) -> Markup:
    return lines(
        tr("⏸ <b>{name}: paused until {day}</b>", name=one.name, day=tr.day(row.until)),
        tr("Why: {why}", why=pause_name(tr, row.why)),
        tr("Nobody will call or visit until then."),
    )


def pause_rows(tr: Texts, row: Pause) -> tuple[tuple[Button, ...], ...]:
    """What can be done with a pause that has not ended."""
    back = Button(tr("🏠 Back today"), tap("pause_end", row.id))
    return ((back, Button(tr("Stays longer…"), tap("pause_longer", row.id))),)


async def on_card(reader: Reader, one: Elder) -> tuple[Markup, tuple[tuple[Button, ...], ...]]:
    """What an elder's card says of a pause, and its buttons."""
    tr = reader.tr
    ask = (Button(tr("⏸ Pause or exit…"), tap("pause_ask", one.id)),)
    row = await pauses.of_elder(reader.tx, one, reader.today)
    if row is None:
        return Markup(""), (ask,)
    why, day = pause_name(tr, row.why), tr.day(row.until)
    return tr("⏸ Paused until {day} ({why})", day=day, why=why), (*pause_rows(tr, row), ask)


async def offer(reader: Reader, facts: Facts) -> Screen | None:
    """After "in hospital" or "away": the pause is one tap away."""
    one = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.CHANGE)
    tr = reader.tr
    row = await pauses.of_elder(reader.tx, one, reader.today)
    if row is not None:
        return Screen(_paused(tr, one, row)) if reader.edits else None
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
        longer = _paused(tr, one, row)
        return Screen(longer, pause_rows(tr, row)) if reader.edits else None
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
    head = lines(
        tr("👪 <b>{who} says: {name} is away until {day}</b>", who=found.asker.name,
           name=one.name, day=tr.day(found.until)),
        tr("Why: {why}", why=pause_name(tr, found.why)),
    )  # fmt: skip
    if found.answer is not None:
        return Screen(lines(head, _answered(tr, found)))
    if found.until <= reader.today:
        return Screen(lines(head, tr("That day has come."))) if reader.edits else None
    no = Button(tr("No, go on calling"), tap("pause_refuse", found.id))
    row = await pauses.of_elder(reader.tx, one, reader.today)
    if row is not None:
        already = tr("Paused already, until {day}.", day=tr.day(row.until))
        return Screen(lines(head, already), (*pause_rows(tr, row), (no,)))
    yes = Button(tr("⏸ Pause until {day}", day=tr.day(found.until)), tap("pause_grant", found.id))
    return Screen(lines(head, BLANK, tr("Shall nobody call or visit?")), ((yes,), (no,)))


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
    mine = [row for row in rows if row.volunteer.id == me.id and row.visit.state is State.DROPPED]
    if not mine:
        return None
    off = [Markup("· {} <b>{}</b>").format(when(tr, row.visit), row.elder.name) for row in mine]
    return Screen(
        lines(tr("You need not go: nobody will be at home."), *off, tr("Thank you all the same!")),
        (reader.back(tr("My visits"), "do:visits"),),
    )
