"""The colleagues nobody plays: they make their calls, so that one elder's story can be followed."""

from datetime import datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from care.calls import Kind, Outcome
from care.days import local_day, moment
from storage import calls, outbox, pairings
from storage.call_list import list_card
from storage.calls import Happened
from storage.calming import Reached, contacted
from storage.communities import zone_of
from storage.engine import Database
from storage.tables import Community, Elder

# Left to whoever plays the social worker, and does not answer by herself.
NOT_ANSWERING = "王桂芳"
BY = time(10)


async def work(database: Database, now: datetime, station_id: int, *, all_of_them: bool) -> None:
    """From ten o'clock on everybody red has been called, but for the one whose day is played.

    `all_of_them` on a day that is only passed over.
    """
    async with database.write() as tx:
        station = await tx.get_one(Community, station_id)
        today = local_day(now, zone_of(station))
        if now < moment(today, BY, zone_of(station)):
            return
        for elder, _ in await calls.waiting_today(tx, now, station):
            if all_of_them or elder.name != NOT_ANSWERING:
                await _call(tx, now, station, elder)
        for caller in await pairings.callers(tx, station.id, today):
            await outbox.refresh(tx, now, list_card(caller.id, today))


async def _call(tx: AsyncSession, now: datetime, station: Community, elder: Elder) -> None:
    today = local_day(now, zone_of(station))
    [caller, *_] = await pairings.keepers(tx, elder, today)
    key = f"colleague:{elder.id}:{today}"
    what = Happened(Kind.CALL, Outcome.FINE, caller.id, today, now, key)
    if await calls.record(tx, now, elder, what):
        await contacted(tx, now, elder, Reached(caller.id, today))
