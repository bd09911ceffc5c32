"""The day before somebody comes back, whoever looks after them is asked."""

from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from care.days import local_day, moment
from care.notices import Notice
from storage import members, outbox, pairings, pauses
from storage.communities import zone_of
from storage.tables import Community


async def ask_returns(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Do they come back tomorrow? Unanswered, they are simply owed again on the return date.

    A pause that was entered today for one day needs no question.
    """
    zone = zone_of(station)
    today = local_day(now, zone)
    tomorrow = today + timedelta(days=1)
    for pause, elder in await pauses.ending_on(tx, station.id, tomorrow):
        if local_day(pause.created_at, zone) == today:
            continue
        for one in await pairings.keepers(tx, elder, today):
            to = members.to_of(one)
            if to is not None:
                await outbox.post(
                    tx,
                    now,
                    to,
                    Notice.PAUSE_RETURN,
                    {"pause": pause.id, "until": str(tomorrow)},
                    key=f"pause_return:{pause.id}:{tomorrow}:{one.id}",
                    card=pauses.pause_card(elder.id),
                    expires_at=moment(tomorrow, time(0), zone),
                )
