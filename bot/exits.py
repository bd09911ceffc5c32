"""The end of care: asked twice, quiet for everybody, put right on the same day if it was wrong."""

from datetime import timedelta

from telegram import Update

from bot.lists import refresh_lists
from bot.screens.elders import card_of
from bot.turn import Turn, number_of
from bot.week import refresh_visit
from care.access import Right
from care.notices import Notice
from care.pauses import Gone
from care.refusals import Stale
from storage import elders, exits, outbox
from storage.alerts import alert_card
from storage.doors import door_card
from storage.errand_offers import errand_card
from storage.exits import Ended
from storage.pauses import pause_card
from storage.tables import Elder

# What may name an elder without saying so in its facts; older ones are the staff's own history.
LISTS = (
    Notice.ALL_CLEAR, Notice.CALL_LIST, Notice.CALLS_OPEN, Notice.CONTACT, Notice.DAY_MISSED,
    Notice.DOOR_OFF, Notice.ELDERS, Notice.ERRAND_TOLD, Notice.ERRANDS, Notice.EVENING,
    Notice.FAMILY_REACHED, Notice.FOLLOW_UP, Notice.PAIRED, Notice.PAIRING, Notice.PAIRINGS,
    Notice.PAUSE_ASKED, Notice.PAUSE_TOLD, Notice.PROPOSAL, Notice.TIER,
    Notice.TIER_REVIEW, Notice.TIERS, Notice.UPDATE, Notice.UPDATES, Notice.VISIT_CONCERN,
    Notice.VISIT_DECLINED, Notice.VISIT_OFF, Notice.WEEK_VISIT,
)  # fmt: skip
LATELY = timedelta(days=2)


async def ask_why(update: Update, turn: Turn) -> None:
    """`exit_why:<elder>`: why care ends."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.CHANGE)
    await turn.show(Notice.PAUSE, elder=elder.id, ask="exit")


async def ask(update: Update, turn: Turn) -> None:
    """`exit_ask:<elder>:<why>`: what it means, and whether it is right."""
    number, why = turn.words(2)
    if why not in set(Gone):
        raise Stale
    elder_id = number_of(number)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.CHANGE)
    await turn.show(Notice.PAUSE, elder=elder.id, ask="exit", why=why)


async def go(update: Update, turn: Turn) -> None:
    """`exit:<elder>:<why>`: care ends, and nobody is written to about it."""
    number, why = turn.words(2)
    if why not in set(Gone):
        raise Stale
    elder_id = number_of(number)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.SEE_ALL)
    await turn.show(Notice.ELDER, card_of(elder.id), elder=elder.id)
    if elder.exited_at is not None:
        return
    elder, ended = await exits.leave_care(turn.tx, turn.now, turn.me.viewer, elder_id, Gone(why))
    await _redraw(turn, elder, ended)


async def undo(update: Update, turn: Turn) -> None:
    """ "It was a mistake": `exit_undo:<elder>`; care goes on as it was."""
    [elder_id] = turn.numbers(1)
    elder, back = await exits.undo(turn.tx, turn.now, turn.me.viewer, elder_id)
    await turn.show(Notice.ELDER, card_of(elder.id), elder=elder.id)
    await turn.plan_anew()
    await _redraw(turn, elder, back)
    turn.toast(turn.tr("{name} is in care again.", name=elder.name))


async def _redraw(turn: Turn, elder: Elder, ended: Ended) -> None:
    """Every message that shows the elder, or something that was for them."""
    for row in ended.visits:
        await refresh_visit(turn, row)
    cards = [
        *(errand_card(whole.errand.id) for whole in ended.errands),
        *(door_card(one) for one in ended.doors),
        *(alert_card(one) for one in ended.alerts),
        card_of(elder.id),
        pause_card(elder.id),
    ]
    for card in cards:
        await turn.refresh(card)
    await refresh_lists(turn, elder)
    since = turn.now - LATELY
    await outbox.refresh_about(turn.tx, turn.now, elder.id, elder.community_id, LISTS, since)


PRESSED = {
    "exit_why": ask_why,
    "exit_ask": ask,
    "exit": go,
    "exit_undo": undo,
}
