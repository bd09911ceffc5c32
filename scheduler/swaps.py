"""Questions to swap that nobody answers, or whose visits have changed, end by themselves."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from care.notices import Notice
from care.swaps import State
from care.visits import PLANNED
from storage import members, outbox, swaps
from storage.swaps import Asked, asked_card, swap_card
from storage.tables import Community


async def end_swaps(tx: AsyncSession, now: datetime, station: Community) -> None:
    """End what can be answered no more; whoever asked hears of it as long as the visit is theirs.

    It looks at the records alone, so it does not matter who changed a visit, and how.
    """
    for one in await swaps.still_asked(tx, station.id):
        if one.is_open(now):
            continue
        over = now >= one.swap.expires_at
        if not await swaps.end(tx, now, one, State.EXPIRED if over else State.WITHDRAWN):
            continue
        await outbox.refresh(tx, now, swap_card(one.swap.id), asked_card(one.visit.id))
        await _tell_asker(tx, now, one)


async def _tell_asker(tx: AsyncSession, now: datetime, one: Asked) -> None:
    to = members.to_of(one.asker)
    if to is not None and one.visit.state in PLANNED:
        await outbox.post(
            tx,
            now,
            to,
            Notice.SWAP_ANSWERED,
            {"swap": one.swap.id},
            key=f"swap_answered:{one.swap.id}",
            card=asked_card(one.visit.id),
        )
