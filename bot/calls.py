"""Calls: the list on request, one call, its outcome in two taps, and the elder's own word."""

from datetime import date, time, timedelta
from typing import Any

from telegram import Update

from bot import follow_ups as later
from bot import ladder
from bot.contacts import count_again, today_of, written
from bot.lists import elder_card, refresh_lists
from bot.turn import Turn
from care.access import Right
from care.calls import Kind, Outcome, Reason, asks_again, is_contact
from care.contacts import A_DAY
from care.days import moment
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import calls as records
from storage import contacts, elders, follow_ups, members, outbox, pairings
from storage.call_list import list_card
from storage.calls import Happened
from storage.follow_ups import follow_card
from storage.tables import CheckIn, Contact, Elder


async def show_list(update: Update, turn: Turn) -> None:
    """`/calls`, or the button of the same name."""
    await _list(turn)


async def turn_page(update: Update, turn: Turn) -> None:
    """Another page of the list."""
    [page] = turn.numbers(1)
    await _list(turn, page=page)


async def _list(turn: Turn, **facts: Any) -> None:
    if not turn.me.viewer.staff:
        raise NotYours
    today = today_of(turn)
    card = list_card(turn.me.member.id, today)
    await turn.show(Notice.CALL_LIST, card, day=str(today), **facts)


async def show_call(update: Update, turn: Turn) -> None:
    """One elder of the list."""
    [elder_id] = turn.numbers(1)
    elder = await _elder(turn, elder_id)
    await turn.show(Notice.CALL, elder_card(elder.id), elder=elder.id)


async def show_door(update: Update, turn: Turn) -> None:
    """`at_door:<elder>`: the same outcomes, for somebody who did not call but went there."""
    [elder_id] = turn.numbers(1)
    elder = await _elder(turn, elder_id)
    await turn.show(Notice.CALL, elder_card(elder.id), elder=elder.id, door=True)


async def ask_why_not(update: Update, turn: Turn) -> None:
    """ "Not possible, because…": the reasons; `why_not:<elder>`."""
    await _why_not(turn)


async def ask_why_not_door(update: Update, turn: Turn) -> None:
    """The same for somebody who went there: `why_not_door:<elder>`."""
    await _why_not(turn, door=True)


async def _why_not(turn: Turn, **facts: Any) -> None:
    [elder_id] = turn.numbers(1)
    elder = await _elder(turn, elder_id)
    await turn.show(Notice.CALL, elder=elder.id, why_not=True, **facts)


async def _elder(turn: Turn, elder_id: int) -> Elder:
    return await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.LOG_CALL)


async def log(update: Update, turn: Turn) -> None:
    """The outcome of a call: `log:<elder>:<version>:<outcome>:<reason or ->:<day>`."""
    await _log(turn)


async def log_door(update: Update, turn: Turn) -> None:
    """What whoever went there themselves found: `log_door`, and the same after it."""
    await _log(turn, door=True)


async def _log(turn: Turn, *, door: bool = False) -> None:
    """Write an outcome down; without a phone it can only have been a visit.

    The version is the elder's newest record when the buttons were drawn, so that the same tap
    delivered again writes nothing. The day is that of the buttons: Telegram keeps a tap while the
    program is down, and yesterday's call is no contact of today.
    """
    elder_id, version, word, why, day = turn.words(5)
    try:
        outcome = Outcome(word)
        reason = None if why == "-" else Reason(why)
        number = int(version)
        elder = await _elder(turn, int(elder_id))
    except ValueError:
        raise Stale from None
    today = today_of(turn)
    if day != str(today) or number != await records.version_of(turn.tx, elder):
        raise Stale
    key = f"call:{elder.id}:{today}:{number}"
    kind = Kind.VISIT if door or not elder.phone else Kind.CALL
    what = Happened(kind, outcome, turn.me.member.id, today, turn.now, key, reason=reason)
    if not await records.record(turn.tx, turn.now, elder, what):
        raise Stale
    contact = await contacts.by_key(turn.tx, elder.community_id, key)
    await _list(turn, logged=[contact.id, elder.id])
    if outcome in {Outcome.FINE, Outcome.FOLLOW_UP}:
        me = turn.me.member.id
        for one in await follow_ups.close_due(turn.tx, turn.now, elder, today, me):
            await turn.refresh(follow_card(one))
    await written(turn, elder, contact)
    await _follow(turn, elder, contact)


async def _follow(turn: Turn, elder: Elder, contact: Contact) -> None:
    """What whoever called is told and asked."""
    name = elder.name
    outcome = contact.outcome
    if outcome is Outcome.NO_ANSWER and contact.kind is Kind.CALL:
        await _ask_again(turn, elder)
    elif outcome is Outcome.EMERGENCY:
        turn.toast(turn.tr("Emergency, {name}: the supervisor has been told.", name=name))
    elif outcome is Outcome.FOLLOW_UP:
        for one in await follow_ups.open_of(turn.tx, elder):
            if one.contact_id == contact.id:
                await later.say(turn, one)
    elif is_contact(outcome):
        turn.toast(turn.tr("{name}: noted.", name=name))
    else:
        turn.toast(turn.tr("{name}: noted, still on the list.", name=name))
        if contact.reason in {Reason.HOSPITAL, Reason.AWAY}:
            await ladder.offer_pause(turn, elder)


async def _ask_again(turn: Turn, elder: Elder) -> None:
    today = today_of(turn)
    settings = turn.me.settings
    attempts = await records.attempts_on(turn.tx, elder, today)
    if not asks_again(attempts, settings.call_again_times):
        turn.toast(turn.tr("{name}: noted, still on the list.", name=elder.name))
        return
    wait = timedelta(minutes=settings.call_again_after_minutes)
    facts = {"elder": elder.id, "day": str(today), "time": turn.tr.time(turn.now)}
    await outbox.post(
        turn.tx,
        turn.now,
        turn.private_to,
        Notice.CALL_AGAIN,
        facts,
        key=f"call_again:{elder.id}:{today}:{attempts}",
        card=elder_card(elder.id),
        not_before=turn.now + wait,
        expires_at=moment(today + timedelta(days=1), time(0), turn.me.zone),
    )
    turn.toast(
        turn.tr(
            "{name}: no answer. I will ask again in {n} minutes.",
            name=elder.name,
            n=settings.call_again_after_minutes,
        )
    )


async def fine(update: Update, turn: Turn) -> None:
    """The elder's own "I am fine"; where the setting says so, it is as good as a contact.

    What was pressed yesterday is yesterday's, and today they are asked again, in the same message.
    """
    elder, said = await _check_in(turn, fine=True)
    if turn.me.settings.check_in_is_contact:
        await ladder.contacted(turn, elder, said.day)
        await count_again(turn, elder, said.day)
    if said.day == today_of(turn):
        await turn.say(Notice.PLAIN, say="thanks_fine", bare=True)
    else:
        await turn.show(Notice.CHECK_IN)


async def call_me(update: Update, turn: Turn) -> None:
    """The elder's own "please call me": to the top of the list, and the callers are told.

    Once for each request: asked for again after a call, it is another.
    """
    elder, said = await _check_in(turn, fine=False)
    await turn.say(Notice.PLAIN, say="thanks_call", bare=True)
    for caller in await pairings.keepers(turn.tx, elder, today_of(turn)):
        await turn.tell(
            members.to_of(caller),
            Notice.PLEASE_CALL,
            key=f"please_call:{elder.id}:{said.at:%Y%m%d%H%M%S}:{caller.id}",
            card=elder_card(elder.id),
            elder=elder.id,
            day=str(said.day),
        )


async def _check_in(turn: Turn, *, fine: bool) -> tuple[Elder, CheckIn]:
    elder = await elders.of_self(turn.tx, turn.me.viewer)
    if elder is None:
        raise NotYours
    day = _day_meant(turn) if fine else await _day_of_wish(turn, elder)
    said = await records.check_in(turn.tx, turn.now, elder, day, fine=fine)
    await turn.tx.flush()
    await refresh_lists(turn, elder)
    return elder, said


def _day_meant(turn: Turn) -> date:
    """The day of the elder's buttons, which may reach the program after its midnight.

    Raises:
        Stale: older than Telegram keeps a press, so that today is meant.
    """
    [word] = turn.words(1)
    today = today_of(turn)
    for day in (today, today - A_DAY):
        if word == str(day):
            return day
    raise Stale


async def _day_of_wish(turn: Turn, elder: Elder) -> date:
    """A wish to be called is never turned away: of an older button than yesterday's it is today's.

    So it is, too, if they have spoken today already: their last word is what counts.
    """
    today = today_of(turn)
    if await turn.tx.get(CheckIn, (elder.id, today)) is not None:
        return today
    try:
        return _day_meant(turn)
    except Stale:
        return today
