"""The call list, one call, and what follows from it."""

from datetime import date

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import (
    BLANK,
    Facts,
    Reader,
    age,
    beside,
    lines,
    pages,
    phone_of,
    spaced,
    tap,
)
from bot.screens.words import kind_name, outcome_name, reason_name, tier_name, urgency_name
from care.access import Right
from care.calls import Outcome, Owed, Reason, in_order
from care.days import local_day
from storage import calls as records
from storage import members
from storage.elders import access_elder
from storage.tables import Contact, Elder, Member

PAGE = 12
OUTCOMES = (
    (Outcome.FINE, Outcome.NO_ANSWER),
    (Outcome.FOLLOW_UP, Outcome.EMERGENCY),
    (Outcome.NOT_POSSIBLE,),
)


def list_card(caller_id: int, day: date) -> str:
    """The card name of one caller's list of one day."""
    return f"calls:{caller_id}:{day}"


async def call_list(reader: Reader, facts: Facts) -> Screen | None:
    """Whom the reader owes a call today, most urgent first; it changes as calls are logged."""
    day = date.fromisoformat(facts["day"])
    tr, me = reader.tr, reader.me
    if not me.viewer.staff:
        return None
    if day != reader.today:
        return Screen(tr("The call list of {day} is closed.", day=tr.day(day)))
    rows = await records.owed_by(reader.tx, reader.station.id, me.member.id, day)
    by_id = {elder.id: elder for elder, _ in rows}
    open_ = in_order([owed for _, owed in rows if not owed.done], day)
    done = [owed for _, owed in rows if owed.done]
    page = min(int(facts.get("page", 0)), max(0, (len(open_) - 1) // PAGE))
    shown = open_[page * PAGE : (page + 1) * PAGE]
    head = _head(reader, facts, len(open_), len(rows))
    body = [
        _line(reader, page * PAGE + n, by_id[owed.elder_id], owed)
        for n, owed in enumerate(shown, 1)
    ]
    tail = []
    if done:
        names = tr(", ").join(owed.name for owed in done[:40])
        tail = [BLANK, tr("✅ Contacted: {names}", names=names)]
    buttons = [Button(owed.name, tap("call", owed.elder_id)) for owed in shown]
    grid = [tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)]
    turn = pages(len(open_), page, PAGE, "calls_page")
    return Screen(lines(head, *body, *tail), (*grid, turn) if turn else tuple(grid))


def _head(reader: Reader, facts: Facts, open_: int, total: int) -> Markup:
    tr = reader.tr
    title = tr("📞 <b>Call list</b> · {day}", day=tr.day(reader.today))
    late = facts.get("late")
    if not total:
        return lines(title, tr("There is no red elder on your list today."))
    state = (
        tr("{open} of {total} still to call. Tap a name after the call.", open=open_, total=total)
        if open_
        else tr("Everybody on your list is contacted today ({total}). Thank you! 🌷", total=total)
    )
    return lines(title, tr("(late, sent at {time})", time=late) if late else "", state, BLANK)


def _line(reader: Reader, number: int, elder: Elder, owed: Owed) -> Markup:
    tr = reader.tr
    why = urgency_name(tr, owed.urgency(reader.today))
    last = tr("last contact {day}", day=tr.day(owed.last_contact)) if owed.last_contact else ""
    detail = tr(" · ").join(part for part in (why, last) if part)
    return lines(
        Markup("{}. {} ☎ {}").format(
            number,
            beside(Markup("<b>{}</b>").format(elder.name), age(reader, elder)),
            phone_of(reader, elder),
        ),
        Markup("    {}").format(detail) if detail else "",
    )


async def call(reader: Reader, facts: Facts) -> Screen | None:
    """One elder to be called: whom, what to ask, and what came of it in one more tap."""
    tr = reader.tr
    elder = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.LOG_CALL)
    version = await records.count_of_day(reader.tx, elder, reader.today)
    history = await records.latest(reader.tx, elder, 3)
    head = lines(
        Markup("{} {}").format(
            beside(Markup("<b>{}</b>").format(elder.name), age(reader, elder)),
            tier_name(tr, elder.tier),
        ),
        Markup("☎ {}").format(phone_of(reader, elder)),
        Markup("🏠 {}").format(elder.address or elder.building or "—"),
    )
    why_not = facts.get("why_not")
    if why_not:
        choices = [
            (Button(reason_name(tr, one), tap("log", elder.id, version, "not_possible", one)),)
            for one in Reason
        ]
        back = (Button("‹ " + tr("Back"), tap("call", elder.id)),)
        text = lines(head, BLANK, tr("Why was it not possible?"))
        return Screen(text, (*choices, back))
    ask = tr("Ask about: slept well? eaten? medicine taken? water, power, gas in order?")
    remark = Markup("📝 {}").format(elder.remark) if elder.remark else ""
    past = [contact_line(reader, contact, by) for contact, by in history]
    rows = [
        tuple(
            Button(
                outcome_name(tr, one),
                tap("why_not", elder.id)
                if one is Outcome.NOT_POSSIBLE
                else tap("log", elder.id, version, one, "-"),
            )
            for one in row
        )
        for row in OUTCOMES
    ]
    rows.append((Button("‹ " + tr("Call list"), "do:calls"),))
    return Screen(lines(head, remark, BLANK, ask, BLANK, *past), tuple(rows))


def contact_line(reader: Reader, contact: Contact, by: Member) -> Markup:
    """One contact or attempt of the past."""
    tr = reader.tr
    when = f"{tr.day(contact.happened_at)} {tr.time(contact.happened_at)}"
    outcome = (
        tr("🚫 not possible: {reason}", reason=reason_name(tr, contact.reason))
        if contact.reason
        else outcome_name(tr, contact.outcome)
    )
    return Markup("· {} {} {} — {}").format(when, kind_name(tr, contact.kind), outcome, by.name)


async def call_again(reader: Reader, facts: Facts) -> Screen | None:
    """Half an hour after nobody answered; not if somebody reached them meanwhile."""
    tr = reader.tr
    elder = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.LOG_CALL)
    state = (await records.owed(reader.tx, reader.station.id, reader.today, [elder]))[elder.id]
    if facts["day"] != str(reader.today):
        return None
    if state.done:
        contacted = Screen(tr("✅ {name} has been contacted meanwhile.", name=elder.name))
        return contacted if reader.edits else None
    return Screen(
        tr(
            "📵 {name} did not answer at {time}. Please call again: {phone}",
            name=elder.name,
            time=facts["time"],
            phone=phone_of(reader, elder),
        ),
        ((Button(tr("Log the call to {name}", name=elder.name), tap("call", elder.id)),),),
    )


async def emergency(reader: Reader, facts: Facts) -> Screen | None:
    """To supervisor, pairing's social worker and family: an emergency, at once."""
    tr = reader.tr
    elder = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.KNOW)
    by = await members.in_community(reader.tx, reader.station.id, facts["by"])
    text = lines(
        tr("🆘 <b>Emergency: {name}</b>", name=elder.name),
        tr("Reported by {who} at {time}.", who=by.name, time=facts["time"]),
    )
    if reader.me.viewer.staff:
        text = lines(
            text,
            Markup("☎ {}").format(phone_of(reader, elder)),
            Markup("🏠 {}").format(elder.address or elder.building or "—"),
            tr(
                "Emergency contact: {name} {phone}",
                name=elder.emergency_name or "—",
                phone=spaced(elder.emergency_phone or "—"),
            ),
        )
    else:
        text = lines(text, tr("The station is on it and will call you."))
    return Screen(text, protect=True)


async def follow_up(reader: Reader, facts: Facts) -> Screen | None:
    """Asks the caller for a line about what is to be followed up."""
    elder = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.LOG_CALL)
    return Screen(
        reader.tr("📌 Follow-up noted for {name}. It stays beside the name.", name=elder.name)
    )


async def please_call(reader: Reader, facts: Facts) -> Screen | None:
    """To the staff: an elder asks to be called."""
    tr = reader.tr
    elder = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.LOG_CALL)
    state = (await records.owed(reader.tx, reader.station.id, reader.today, [elder]))[elder.id]
    if not state.asked or local_day(reader.now, reader.me.zone) != date.fromisoformat(facts["day"]):
        called = Screen(tr("{name} has been called.", name=elder.name))
        return called if reader.edits else None
    return Screen(
        tr(
            "📞 <b>{name} asks to be called.</b> {phone}",
            name=elder.name,
            phone=phone_of(reader, elder),
        ),
        ((Button(tr("Log the call to {name}", name=elder.name), tap("call", elder.id)),),),
    )


async def check_in(reader: Reader, facts: Facts) -> Screen | None:
    """The elder's morning message: one question, two buttons."""
    tr = reader.tr
    return Screen(
        tr("Good morning, {name}! How are you today?", name=reader.me.member.name),
        (
            (Button("😊 " + tr("I am fine"), "fine"),),
            (Button("📞 " + tr("Please call me"), "call_me"),),
        ),
    )
