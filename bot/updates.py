"""The yearly update: the list of who is left, one record, and "everything is right"."""

from telegram import Update

from bot.turn import Turn
from care.access import Right
from care.days import local_day
from care.notices import Notice
from care.refusals import NotYours
from storage import elders, pairings, updates
from storage.tables import Standing
from storage.updates import updates_card


async def show_list(update: Update, turn: Turn) -> None:
    """`/update`: whose record nobody has gone through this year."""
    await _show(turn, 0)


async def turn_page(update: Update, turn: Turn) -> None:
    """`updates_page:<page>`."""
    [page] = turn.numbers(1)
    await _show(turn, page)


async def _show(turn: Turn, page: int) -> None:
    if not turn.me.viewer.staff:
        raise NotYours
    await turn.show(Notice.UPDATES, updates_card(turn.me.member.id), page=page)


async def show_one(update: Update, turn: Turn) -> None:
    """One record to be gone through: `update_one:<elder>:<page of the list>`."""
    number, page = turn.numbers(2)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, number, Right.CHANGE)
    await turn.show(Notice.UPDATE, elder=elder.id, page=page)


async def confirm(update: Update, turn: Turn) -> None:
    """ "Everything is right": `confirmed:<elder>`; then the list, for the next one."""
    [number] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, number, Right.CHANGE)
    standing = await turn.tx.get(Standing, (turn.account, turn.pressed or 0))
    await _show(turn, standing.facts.get("page", 0) if standing else 0)
    today = local_day(turn.now, turn.me.zone)
    await updates.confirm(turn.tx, turn.now, turn.me.viewer, elder, today)
    for keeper in await pairings.keepers(turn.tx, elder, today):
        await turn.refresh(updates_card(keeper.id))
    turn.toast(turn.tr("{name}: everything is right.", name=elder.name).unescape())


PRESSED = {
    "updates_page": turn_page,
    "update_one": show_one,
    "confirmed": confirm,
}
