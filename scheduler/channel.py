"""The second channel's timed work: what chat has carried to nobody is told outside of it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from care.channel import EVERY_HOUR, key_of, to_tell
from care.notices import Notice
from storage import channel, outbox
from storage.outbox import SECOND_CHANNEL, To
from storage.tables import Community


async def tell_outside(tx: AsyncSession, now: datetime, station: Community) -> None:
    """An alert or a missed day that reached nobody of the staff; one message for all of them."""
    told = to_tell(now, await channel.failing(tx, now, station))
    if told:
        await outbox.post(
            tx,
            now,
            To(SECOND_CHANNEL, community=station.id),
            Notice.SECOND_CHANNEL,
            {"about": [one.name for one in told]},
            key=key_of(station.id, told),
            card=channel.channel_card(station.id),
            # After that the next one takes its place.
            expires_at=now + EVERY_HOUR,
        )
