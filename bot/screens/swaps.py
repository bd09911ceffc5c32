"""Swaps: whom to ask, the question itself, and the answer."""

from markupsafe import Markup

from bot.pinyin import shortened
from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, beside, lines, pages, tap
from bot.screens.visits import when
from bot.texts import Texts
from care.plan_rules import Break
from care.refusals import Stale
from care.swaps import State, can_move, starts_at
from storage import swaps, visits
from storage.elders import tie_of
from storage.swaps import Asked, Taker
from storage.tables import Assignment, Elder
from storage.visits import Visiting

PAGE = 8


def break_name(tr: Texts, rule: Break) -> Markup:
    """Why it does not fit any more. Whose wish is in the way is nobody's business."""
    match rule:
        case Break.NOT_AVAILABLE:
            return tr("One of you has no time then. Please look at your own times.")
        case Break.WEEK_FULL:
            return tr("That would be more visits in this week than was said.")
        case Break.HALF_DAY_FULL:
            return tr("That would be too many visits in one half-day.")
        case _:
            return tr("It does not fit any more. Please answer “I cannot”.")


async def _called(reader: Reader, elder: Elder) -> str:
    """By name to whoever knows the elder, by initials to others until the visit is theirs."""
    tie = await tie_of(reader.tx, reader.me.viewer, elder)
    return elder.name if tie.visits or tie.on_duty else shortened(elder.name)


async def _about(reader: Reader, visit: Assignment, elder: Elder) -> Markup:
    where = Markup("· {}").format(elder.building) if elder.building else None
    name = Markup("<b>{}</b>").format(await _called(reader, elder))
    return beside(when(reader.tr, visit), name, where)


async def choice(reader: Reader, facts: Facts) -> Screen | None:
    """To whoever asks: who could go instead, and what those said who were asked already."""
    row = await visits.access_my_visit(reader.tx, reader.me.viewer, facts["visit"])
    tr, found = reader.tr, row.visit
    head = lines(
        tr("🔁 <b>Who could go instead of you?</b>"), await _about(reader, found, row.elder)
    )
    asked = await swaps.of_visit(reader.tx, found)
    said = [_said(tr, one) for one in asked]
    back = reader.back(str(tr("Back")), tap("visit", found.id))
    starts = starts_at(found.day, found.half, reader.settings, reader.me.zone)
    if not can_move(found.state, starts, reader.now):
        return Screen(lines(head, BLANK if said else "", *said), (back,))
    takers = await swaps.takers(reader.tx, reader.now, reader.station, row)
    if facts.get("member"):
        return await _returns(reader, row, takers, facts["member"], head)
    page = min(int(facts.get("page", 0)), max(0, (len(takers) - 1) // PAGE))
    shown = takers[page * PAGE : (page + 1) * PAGE]
    rows = [
        *((Button(_label(tr, one), tap("swap_with", found.id, one.member.id)),) for one in shown),
        pages(len(takers), page, PAGE, "swap_ask", found.id),
        *_taken_back(tr, asked),
        back,
    ]
    tail = (
        tr("They get one message, and the first who says yes goes.")
        if takers
        else tr("Nobody else has time then. With “I cannot come” the social worker looks further.")
    )
    text = lines(head, BLANK if said else "", *said, BLANK, tail)
    return Screen(text, tuple(one for one in rows if one))


def _label(tr: Texts, one: Taker) -> str:
    name = tr("{name}, of another pairing", name=one.member.name)
    return one.member.name if one.own else name.unescape()


def _said(tr: Texts, one: Asked) -> Markup:
    name = one.taker.name
    match one.swap.state:
        case State.ASKED:
            return tr("⏳ {name} has not answered yet", name=name)
        case State.ACCEPTED:
            return tr("✅ {name} goes", name=name)
        case State.REFUSED:
            return tr("✖️ {name} cannot", name=name)
        case State.EXPIRED:
            return tr("⌛ {name} did not answer in time", name=name)
        case State.WITHDRAWN:
            return tr("↩ {name} is not asked any more", name=name)


def _taken_back(tr: Texts, asked: list[Asked]) -> list[tuple[Button, ...]]:
    """A button for each who has not answered."""
    rows: list[tuple[Button, ...]] = []
    for one in asked:
        if one.swap.state is State.ASKED:
            label = tr("Do not ask {name} any more", name=one.taker.name)
            rows.append((Button(label, tap("swap_back", one.swap.id)),))
    return rows


async def _returns(
    reader: Reader, row: Visiting, takers: list[Taker], member_id: int, head: Markup
) -> Screen:
    """For nothing, or for which visit of theirs."""
    tr, found = reader.tr, row.visit
    to = next((one for one in takers if one.member.id == member_id), None)
    if to is None:
        raise Stale
    rows: list[tuple[Button, ...]] = []
    if to.gives:
        label = tr("Just ask {name} to go", name=to.member.name)
        rows.append((Button(label, tap("swap_send", found.id, to.member.id, 0)),))
    for one in to.back:
        label = tr(
            "In exchange I go to {name}, {when}",
            when=when(tr, one.visit),
            name=await _called(reader, one.elder),
        )
        rows.append((Button(label, tap("swap_send", found.id, to.member.id, one.visit.id)),))
    ask = tr("What do you offer {name}?", name=to.member.name)
    again = reader.back(str(tr("Back")), tap("swap_ask", found.id, 0))
    return Screen(lines(head, BLANK, ask), (*rows, again))


async def question(reader: Reader, facts: Facts) -> Screen | None:
    """To whoever is asked: one question, with yes and no, until it is answered or void."""
    tr = reader.tr
    asked = await swaps.access_question(reader.tx, reader.me.viewer, facts["swap"])
    if asked.elder.exited_at is not None or (
        asked.back_elder is not None and asked.back_elder.exited_at is not None
    ):
        return Screen(tr("This question is closed."))
    about = [
        tr("🔁 <b>{name} asks you: can you go instead?</b>", name=asked.asker.name),
        await _about(reader, asked.visit, asked.elder),
    ]
    if asked.back is not None and asked.back_elder is not None:
        back = await _about(reader, asked.back, asked.back_elder)
        about.append(tr("In exchange {name} goes for you:", name=asked.asker.name))
        about.append(back)
    if not asked.is_open(reader.now):
        back_to = reader.back(str(tr("My visits")), "do:visits")
        return Screen(lines(*about, BLANK, _closed(tr, asked)), (back_to,))
    number = asked.swap.id
    rows = (
        (Button(tr("✅ Yes, I go"), tap("swap_yes", number)),),
        (Button(tr("Sorry, I cannot"), tap("swap_no", number)),),
    )
    return Screen(lines(*about, BLANK, tr("Both answers are fine.")), rows)


def _closed(tr: Texts, asked: Asked) -> Markup:
    match asked.swap.state:
        case State.ACCEPTED:
            return tr("✅ You go. Thank you! 🌷")
        case State.REFUSED:
            return tr("You said that you cannot. That is all right.")
        case _:
            return tr("This is settled already. You need not do anything.")


async def answered(reader: Reader, facts: Facts) -> Screen | None:
    """To whoever asked: the answer."""
    tr = reader.tr
    asked = await swaps.access_own_question(reader.tx, reader.me.viewer, facts["swap"])
    if asked.elder.exited_at is not None:
        return None
    name = asked.taker.name
    match asked.swap.state:
        case State.ACCEPTED:
            text = tr("✅ <b>{name} goes instead of you.</b>", name=name)
        case State.REFUSED:
            text = tr("✖️ <b>{name} cannot go.</b> The visit is still yours.", name=name)
        case State.EXPIRED:
            text = tr("⌛ <b>{name} has not answered.</b> The visit is still yours.", name=name)
        case _:
            text = tr("↩ <b>{name} is not asked any more.</b>", name=name)
    about = [await _about(reader, asked.visit, asked.elder)]
    if asked.swap.state is State.ACCEPTED and asked.back is not None and asked.back_elder:
        about.append(tr("For it you go:"))
        about.append(await _about(reader, asked.back, asked.back_elder))
    starts = starts_at(asked.visit.day, asked.visit.half, reader.settings, reader.me.zone)
    rows = [reader.back(str(tr("My visits")), "do:visits")]
    if can_move(asked.visit.state, starts, reader.now):
        again = tap("swap_ask", asked.visit.id, 0)
        rows.insert(0, (Button(tr("Ask somebody else"), again),))
    return Screen(lines(text, *about), tuple(rows))
