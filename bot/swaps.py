"""Swaps: a volunteer asks another to make a visit, and the other says yes or no."""

from datetime import datetime

from telegram import Update

from bot.screens.swaps import break_name
from bot.turn import Turn
from bot.week import refresh_visit
from care.notices import Notice
from care.refusals import Stale, Taken
from care.swaps import State, can_move, starts_at
from storage import members, swaps, visits
from storage.swaps import Asked, Weeks, asked_card, swap_card
from storage.visits import Visiting
from storage.week import visits_card


async def ask_whom(update: Update, turn: Turn) -> None:
    """ "Ask somebody to go instead": `swap_ask:<visit>:<page>`."""
    visit_id, page = turn.numbers(2)
    row = await _mine(turn, visit_id)
    await turn.show(Notice.SWAP_CHOICE, asked_card(row.visit.id), visit=row.visit.id, page=page)


async def _mine(turn: Turn, visit_id: int) -> Visiting:
    """A visit of one's own that has not begun.

    Raises:
        Stale: it has begun, or is no longer planned.
    """
    row = await visits.access_my_visit(turn.tx, turn.me.viewer, visit_id)
    if not can_move(row.visit.state, _starts(turn, row), turn.now):
        raise Stale
    return row


def _starts(turn: Turn, row: Visiting) -> datetime:
    return starts_at(row.visit.day, row.visit.half, turn.me.settings, turn.me.zone)


async def choose_return(update: Update, turn: Turn) -> None:
    """Somebody was chosen; for nothing, or for a visit of theirs: `swap_with:<visit>:<member>`."""
    visit_id, member_id = turn.numbers(2)
    row = await _mine(turn, visit_id)
    card = asked_card(row.visit.id)
    await turn.show(Notice.SWAP_CHOICE, card, visit=row.visit.id, member=member_id)


async def send(update: Update, turn: Turn) -> None:
    """Put the question: `swap_send:<visit>:<member>:<their visit, 0 for nothing>`."""
    visit_id, member_id, back = turn.numbers(3)
    row = await _mine(turn, visit_id)
    await turn.show(Notice.SWAP_CHOICE, asked_card(row.visit.id), visit=row.visit.id)
    station = turn.me.community
    found = await swaps.takers(turn.tx, turn.now, station, row)
    to = next((one for one in found if one.member.id == member_id), None)
    if to is None:
        raise Stale
    number = await swaps.ask(turn.tx, turn.now, station, row, to, back or None)
    await turn.tell(
        members.to_of(to.member),
        Notice.SWAP,
        key=f"swap:{number}",
        card=swap_card(number),
        swap=number,
    )
    turn.toast(turn.tr("{name} is asked.", name=to.member.name))


async def take_back(update: Update, turn: Turn) -> None:
    """Whoever asked does not need it any more: `swap_back:<question>`."""
    [number] = turn.numbers(1)
    asked = await swaps.access_own_question(turn.tx, turn.me.viewer, number)
    await turn.show(Notice.SWAP_CHOICE, asked_card(asked.visit.id), visit=asked.visit.id)
    if not await swaps.end(turn.tx, turn.now, asked, State.WITHDRAWN):
        raise Stale
    await turn.refresh(swap_card(number))


async def accept(update: Update, turn: Turn) -> None:
    """ "Yes, I go": `swap_yes:<question>`; the first answer counts."""
    asked = await _asked(turn)
    await turn.show(Notice.SWAP, swap_card(asked.swap.id), swap=asked.swap.id)
    if asked.swap.state is State.ACCEPTED:
        return
    if not asked.is_open(turn.now):
        other = await swaps.taken_by(turn.tx, asked.visit)
        raise Taken(other.name) if other is not None else Stale
    weeks = Weeks(turn.tx, turn.now, turn.me.community)
    exchange = [(asked.visit, asked.taker.id)]
    if asked.back is not None:
        exchange.append((asked.back, asked.asker.id))
    wrong = await weeks.broken(exchange)
    if wrong:
        turn.toast(break_name(turn.tr, wrong[0]).unescape(), alert=True)
        return
    await _change_hands(turn, asked)
    turn.toast(turn.tr("Thank you! It stands in your visits."))


async def _asked(turn: Turn) -> Asked:
    [number] = turn.numbers(1)
    return await swaps.access_question(turn.tx, turn.me.viewer, number)


async def _change_hands(turn: Turn, asked: Asked) -> None:
    """The visits are the others' now, and everything that shows them follows."""
    void = await swaps.carry_out(turn.tx, turn.now, asked)
    target = f"swap:{asked.swap.id}"
    await members.audit(turn.tx, turn.now, turn.me.viewer, "swapped", target)
    for visit in asked.visits:
        await refresh_visit(turn, await visits.find(turn.tx, visit.community_id, visit.id))
    # For nothing, no visit of the taker's ended, so their list has not been drawn anew yet.
    others = {asked.asker.id, asked.taker.id}
    await turn.refresh(*(visits_card(one) for one in sorted(others)))
    for one in (asked, *void):
        await turn.refresh(swap_card(one.swap.id), asked_card(one.visit.id))
    await _tell_asker(turn, asked)


async def _tell_asker(turn: Turn, asked: Asked) -> None:
    await turn.tell(
        members.to_of(asked.asker),
        Notice.SWAP_ANSWERED,
        key=f"swap_answered:{asked.swap.id}",
        card=asked_card(asked.visit.id),
        swap=asked.swap.id,
    )


async def refuse(update: Update, turn: Turn) -> None:
    """ "I cannot": `swap_no:<question>`; whoever asked hears it, and nobody asks again."""
    asked = await _asked(turn)
    await turn.show(Notice.SWAP, swap_card(asked.swap.id), swap=asked.swap.id)
    if asked.swap.state is State.REFUSED:
        return
    if not asked.is_open(turn.now):
        raise Stale
    await swaps.end(turn.tx, turn.now, asked, State.REFUSED)
    await turn.refresh(asked_card(asked.visit.id))
    await _tell_asker(turn, asked)


PRESSED = {
    "swap_ask": ask_whom,
    "swap_with": choose_return,
    "swap_send": send,
    "swap_back": take_back,
    "swap_yes": accept,
    "swap_no": refuse,
}
