"""Redrawing whatever shows an elder: call lists, and messages about calling them."""

from bot.turn import Turn
from care.days import local_day
from storage import pairings
from storage.call_list import list_card
from storage.tables import Elder


def elder_card(elder_id: int) -> str:
    """The card name of messages about calling one elder."""
    return f"call:{elder_id}"


async def refresh_lists(turn: Turn, elder: Elder) -> None:
    """Change every call list the elder stands on, and every message about calling them."""
    today = local_day(turn.now, turn.me.zone)
    for caller in await pairings.keepers(turn.tx, elder, today):
        await turn.refresh(list_card(caller.id, today))
    await turn.refresh(elder_card(elder.id))
