"""Redrawing whatever shows an elder: call lists, and messages about calling them."""

from bot.turn import Turn
from care.days import local_day
from storage import pairings
from storage.call_list import list_card
from storage.tables import Elder


def elder_card(elder_id: int) -> str:
    """The card name of messages about calling one elder."""
    return f"call:{elder_id}"


async def refresh_lists(turn: Turn, elder: Elder, *others: str) -> None:
    """Change every list the elder stands on, every message about calling them, and `others`."""
    today = local_day(turn.now, turn.me.zone)
    keepers = await pairings.keepers(turn.tx, elder, today)
    lists = [list_card(caller.id, today) for caller in keepers]
    await turn.refresh(elder_card(elder.id), *lists, *others)


async def refresh_call_lists(turn: Turn) -> None:
    """Change every call list of today: whom somebody owes a call may have changed."""
    today = local_day(turn.now, turn.me.zone)
    callers = await pairings.callers(turn.tx, turn.me.community.id, today)
    await turn.refresh(*(list_card(one.id, today) for one in callers))
