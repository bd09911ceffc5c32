"""One call, and what follows from it."""

from datetime import date, timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.call_list import why
from bot.screens.contacts import contact_line
from bot.screens.follow_ups import done_rows
from bot.screens.reader import BLANK, Facts, Reader, age, beside, lines, phone_of, tap
from bot.screens.words import outcome_name, reason_name, tier_name
from bot.texts import Texts
from care.access import Right
from care.calls import Outcome, Reason
from care.pauses import Why
from care.surge import Why as Surge
from storage import alerts, call_list, doors, pauses
from storage import calls as records
from storage.call_list import Line
from storage.elders import access_elder
from storage.tables import Contact, Elder, Member

OUTCOMES = (
    (Outcome.FINE, Outcome.NO_ANSWER),
    (Outcome.FOLLOW_UP, Outcome.EMERGENCY),
    (Outcome.NOT_POSSIBLE,),
)
LATELY = timedelta(days=7)


async def call(reader: Reader, facts: Facts) -> Screen | None:
    """One elder to be called: whom, what to ask, and what came of it in one more tap."""
    tr, tx = reader.tr, reader.tx
    elder = await access_elder(tx, reader.me.viewer, facts["elder"], Right.LOG_CALL)
    door = bool(facts.get("door"))
    if facts.get("why_not"):
        return await _why_not(reader, elder, door=door)
    line = await call_list.of_elder(tx, reader.now, elder)
    past = await records.latest(tx, elder, 3)
    text = lines(
        _head(reader, elder),
        Markup("📝 {}").format(elder.remark) if elder.remark else "",
        _why(reader, line),
        *await _under_way(reader, elder),
        BLANK,
        *await _asks(reader, line),
        BLANK,
        *(contact_line(reader, contact, by) for contact, by in past),
        tr("🚪 This will be written down as a visit.") if door or not elder.phone else "",
    )
    rows = [
        *await _outcomes(reader, elder, door=door),
        *await done_rows(reader, elder),
        *_remark_row(reader, past),
        *_kind_row(reader, elder, door=door),
        reader.back(tr("Call list"), "do:calls"),
    ]
    return Screen(text, tuple(rows))


def _head(reader: Reader, elder: Elder) -> Markup:
    name = Markup("<b>{}</b>").format(elder.name)
    return lines(
        beside(name, age(reader, elder), tier_name(reader.tr, elder.tier)),
        Markup("☎ {}").format(phone_of(reader, elder)),
        Markup("🏠 {}").format(elder.address or elder.building or "—"),
    )


async def _why_not(reader: Reader, elder: Elder, *, door: bool) -> Screen:
    tr = reader.tr
    version = await records.version_of(reader.tx, elder)
    stem = ("log_door" if door else "log", elder.id, version, Outcome.NOT_POSSIBLE)
    choices = [(Button(reason_name(tr, one), tap(*stem, one, reader.today)),) for one in Reason]
    back = reader.back(tr("Back"), tap("at_door" if door else "call", elder.id))
    text = lines(_head(reader, elder), BLANK, tr("Why was it not possible?"))
    return Screen(text, (*choices, back))


async def _outcomes(reader: Reader, elder: Elder, *, door: bool) -> list[tuple[Button, ...]]:
    """What came of it; each button carries when it was drawn, and which record was the newest."""
    version = await records.version_of(reader.tx, elder)
    log, why_not = ("log_door", "why_not_door") if door else ("log", "why_not")
    taps = {one: tap(log, elder.id, version, one, "-", reader.today) for one in Outcome}
    taps[Outcome.NOT_POSSIBLE] = tap(why_not, elder.id)
    return [
        tuple(Button(outcome_name(reader.tr, one), taps[one]) for one in row) for row in OUTCOMES
    ]


def _remark_row(reader: Reader, past: list[tuple[Contact, Member]]) -> list[tuple[Button, ...]]:
    """A remark on what the reader has just written down."""
    mine = next((one for one, by in past if by.id == reader.me.member.id), None)
    if mine is None or mine.day != reader.today or mine.remark is not None:
        return []
    return [(Button(reader.tr("📝 Add a remark"), tap("remark", mine.id)),)]


def _kind_row(reader: Reader, elder: Elder, *, door: bool) -> list[tuple[Button, ...]]:
    """For somebody who went there; without a phone it can only have been a visit."""
    if not elder.phone:
        return []
    if door:
        return [(Button(reader.tr("📞 It was a call"), tap("call", elder.id)),)]
    return [(Button(reader.tr("🚪 I was at the door"), tap("at_door", elder.id)),)]


def _why(reader: Reader, line: Line) -> Markup:
    """Why they are on the list."""
    tr = reader.tr
    reasons = tr(" · ").join(why(tr, line.owed))
    return Markup("⏰ {}").format(reasons) if reasons else reasons


async def _under_way(reader: Reader, elder: Elder) -> list[Markup]:
    """Who goes to the door already, and who handles an alert."""
    tr = reader.tr
    found = []
    for at in await doors.open_doors(reader.tx, elder.community_id, elder.id):
        if at.goer is None:
            found.append(tr("🚪 The pairing is asked to go to the door; nobody has said yes yet."))
        else:
            found.append(tr("🚪 {name} is on the way to the door.", name=at.goer.name))
    for whole in await alerts.open_of(reader.tx, elder.id):
        since = tr.time(whole.alert.opened_at)
        if whole.alert.taken_at is not None and whole.owner is not None:
            found.append(
                tr("⚠️ Alert since {time}: {name} handles it.", time=since, name=whole.owner.name)
            )
        else:
            found.append(tr("⚠️ Alert since {time}: nobody has taken it yet.", time=since))
    return found


async def _asks(reader: Reader, line: Line) -> list[Markup]:
    """What to ask about: what is special first, then what is always asked."""
    tr, follow_up = reader.tr, line.follow_up
    found = []
    if follow_up is not None:
        note = follow_up.note or tr("what was heard at the last call")
        found.append(tr("📌 Follow-up: {note}", note=note))
    back = await _back_from_hospital(reader, line.elder)
    if back is not None:
        found.append(
            tr(
                "🏥 Out of hospital since {day}. Ask about: pain? new medicine? next appointment? "
                "help at home?",
                day=tr.day(back),
            )
        )
    if line.owed.surge is not None:
        found.append(_surge_asks(tr, line.owed.surge))
    found.append(tr("Ask about: slept well? eaten? medicine taken? water, power, gas in order?"))
    return found


def _surge_asks(tr: Texts, surge: Surge) -> Markup:
    match surge:
        case Surge.HEAT:
            return tr("🌡 Heat. Ask about: enough to drink? fan working? indoors at noon?")
        case Surge.COLD:
            return tr("❄️ Cold. Ask about: warm enough? heating safe, a window ajar?")
        case Surge.TYPHOON:
            return tr("🌀 Typhoon. Ask about: windows shut? food and water for two days? torch?")
        case Surge.FESTIVAL:
            return tr("🏮 Festival. Ask about: alone? meals? who visits?")


async def _back_from_hospital(reader: Reader, elder: Elder) -> date | None:
    """The day on which somebody came out of hospital, in the first week after it."""
    zone = reader.me.zone
    for row in reversed((await pauses.of_elders(reader.tx, [elder.id])).get(elder.id, [])):
        rule = pauses.as_rule(row, zone)
        # One that was called off before it began is no stay.
        stayed = rule.why is Why.HOSPITAL and rule.first < rule.end
        if stayed and rule.end <= reader.today < rule.end + LATELY:
            return rule.end
    return None


async def call_again(reader: Reader, facts: Facts) -> Screen | None:
    """Half an hour after nobody answered; not if somebody reached them meanwhile."""
    tr = reader.tr
    elder = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.LOG_CALL)
    if facts["day"] != str(reader.today):
        return None
    if await pauses.of_elder(reader.tx, elder, reader.today) is not None:
        return None
    if (await call_list.of_elder(reader.tx, reader.now, elder)).owed.done:
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


async def please_call(reader: Reader, facts: Facts) -> Screen | None:
    """To the staff: an elder asks to be called."""
    tr = reader.tr
    elder = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.LOG_CALL)
    owed = (await call_list.of_elder(reader.tx, reader.now, elder)).owed
    if not owed.asked:
        day = date.fromisoformat(facts["day"])
        called = owed.last_contact is not None and owed.last_contact >= day
        if reader.edits and called:
            return Screen(tr("{name} has been called.", name=elder.name))
        # Nobody called: they said later that they are fine, or are away.
        said = tr(" · ").join(why(tr, owed))
        return Screen(beside(elder.name, said)) if reader.edits else None
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
            (Button("😊 " + tr("I am fine"), tap("fine", reader.today)),),
            (Button("📞 " + tr("Please call me"), tap("call_me", reader.today)),),
        ),
    )
