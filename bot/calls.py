"""Calls: the list on request, one call, its outcome in two taps, and the elder's own word."""

from datetime import time, timedelta
from typing import Any

from telegram import Update

from bot.screens.calls import list_card
from bot.turn import Turn
from care.access import Right, Role
from care.calls import Kind, Outcome, Reason, asks_again, is_contact
from care.days import local_day, moment
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import calls as records
from storage import elders, families, members, outbox, pairings
from storage.calls import Happened
from storage.tables import Elder


async def show_list(update: Update, turn: Turn) -> None:
    """`/calls`, or the button of the same name."""
    if not turn.me.viewer.staff:
        raise NotYours
    today = local_day(turn.now, turn.me.zone)
    card = list_card(turn.me.member.id, today)
    await turn.show(Notice.CALL_LIST, card, day=str(today))


async def turn_page(update: Update, turn: Turn) -> None:
    """Another page of the list."""
    [page] = turn.numbers(1)
    if not turn.me.viewer.staff:
        raise NotYours
    today = local_day(turn.now, turn.me.zone)
    card = list_card(turn.me.member.id, today)
    await turn.show(Notice.CALL_LIST, card, day=str(today), page=max(page, 0))


async def show_call(update: Update, turn: Turn) -> None:
    """One elder of the list."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.LOG_CALL)
    await turn.show(Notice.CALL, elder_card(elder.id), elder=elder.id)


async def ask_why_not(update: Update, turn: Turn) -> None:
    """ "Not possible, because…": the reasons."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.LOG_CALL)
    await turn.show(Notice.CALL, elder=elder.id, why_not=True)


async def log(update: Update, turn: Turn) -> None:
    """The outcome of a call: `log:<elder>:<version>:<outcome>:<reason or ->`.

    The version is how many records the day had when the buttons were drawn, so that the same tap
    delivered again writes nothing.
    """
    elder_id, version, word, why = turn.words(4)
    try:
        outcome = Outcome(word)
        reason = None if why == "-" else Reason(why)
        number = int(version)
        elder = await elders.access_elder(turn.tx, turn.me.viewer, int(elder_id), Right.LOG_CALL)
    except ValueError:
        raise Stale from None
    today = local_day(turn.now, turn.me.zone)
    if number != await records.count_of_day(turn.tx, elder, today):
        raise Stale
    key = f"call:{elder.id}:{today}:{number}"
    what = Happened(Kind.CALL, outcome, turn.me.member.id, today, turn.now, key, reason=reason)
    if not await records.record(turn.tx, turn.now, elder, what):
        raise Stale
    await show_list(update, turn)
    await refresh_lists(turn, elder)
    await _follow(turn, elder, outcome)


async def _follow(turn: Turn, elder: Elder, outcome: Outcome) -> None:
    """What an outcome sets in motion."""
    name = elder.name
    if outcome is Outcome.NO_ANSWER:
        await _ask_again(turn, elder)
    elif outcome is Outcome.EMERGENCY:
        await alarm(turn, elder)
        turn.toast(turn.tr("Emergency, {name}: the supervisor has been told.", name=name))
    elif outcome is Outcome.FOLLOW_UP:
        await turn.say(Notice.FOLLOW_UP, elder=elder.id)
    elif is_contact(outcome):
        turn.toast(turn.tr("{name}: noted.", name=name))
    else:
        turn.toast(turn.tr("{name}: noted, still on the list.", name=name))


async def _ask_again(turn: Turn, elder: Elder) -> None:
    today = local_day(turn.now, turn.me.zone)
    settings = turn.me.settings
    state = (await records.owed(turn.tx, elder.community_id, today, [elder]))[elder.id]
    if not asks_again(state.attempts_today, settings.call_again_times):
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
        key=f"call_again:{elder.id}:{today}:{state.attempts_today}",
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


async def alarm(turn: Turn, elder: Elder) -> None:
    """Tell supervisors, the pairing's social workers and the family of an emergency."""
    told = {
        one.id: one for one in await members.with_role(turn.tx, elder.community_id, Role.SUPERVISOR)
    }
    led = await pairings.workers_by_elder(turn.tx, elder.community_id)
    for worker_id in led.get(elder.id, ()):
        told[worker_id] = await members.in_community(turn.tx, elder.community_id, worker_id)
    for one in await families.of_elder(turn.tx, elder):
        told[one.id] = one
    told.pop(turn.me.member.id, None)
    facts: dict[str, Any] = {
        "elder": elder.id,
        "by": turn.me.member.id,
        "time": turn.tr.time(turn.now),
    }
    for one in told.values():
        key = f"emergency:{elder.id}:{one.id}:{turn.now:%Y%m%d%H%M%S}"
        await turn.tell(members.to_of(one), Notice.EMERGENCY, key=key, **facts)


async def refresh_lists(turn: Turn, elder: Elder) -> None:
    """Change every call list the elder stands on, and every message about calling them."""
    today = local_day(turn.now, turn.me.zone)
    for caller in await pairings.callers(turn.tx, elder.community_id):
        await turn.refresh(list_card(caller.id, today))
    await turn.refresh(elder_card(elder.id))


def elder_card(elder_id: int) -> str:
    """The card name of messages about calling one elder."""
    return f"call:{elder_id}"


async def fine(update: Update, turn: Turn) -> None:
    """The elder's own "I am fine"."""
    await _check_in(turn, fine=True)
    await turn.say(Notice.PLAIN, say="thanks_fine", bare=True)


async def call_me(update: Update, turn: Turn) -> None:
    """The elder's own "please call me": to the top of the list, and the callers are told."""
    elder = await _check_in(turn, fine=False)
    await turn.say(Notice.PLAIN, say="thanks_call", bare=True)
    today = local_day(turn.now, turn.me.zone)
    for caller in await pairings.keepers(turn.tx, elder):
        await turn.tell(
            members.to_of(caller),
            Notice.PLEASE_CALL,
            key=f"please_call:{elder.id}:{today}:{caller.id}",
            card=elder_card(elder.id),
            elder=elder.id,
            day=str(today),
        )


async def _check_in(turn: Turn, *, fine: bool) -> Elder:
    elder = await elders.of_self(turn.tx, turn.me.viewer)
    if elder is None:
        raise NotYours
    today = local_day(turn.now, turn.me.zone)
    await records.check_in(turn.tx, turn.now, elder, today, fine=fine)
    await turn.tx.flush()
    await refresh_lists(turn, elder)
    return elder
