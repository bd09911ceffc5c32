"""The week's timed work: visits are shared out and published on Sunday evening."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from care.community import Settings
from care.days import WEEK, HalfDay, local_day, moment, week_of
from storage import communities, pairings
from storage import week as weeks
from storage.tables import Community

LATE_AFTER = timedelta(minutes=10)
LAST_DAY = 1


async def publish_week(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Sunday 18:00: the visits owed next week are shared out and sent, once.

    After a power cut it is done late, until Tuesday ends. A week that was on already when the
    station was founded, or for which there is no pairing yet, is not begun by itself.
    """
    zone = communities.zone_of(station)
    this = week_of(local_day(now, zone))
    for week in (this, this + WEEK):
        if not _due(now, station, week) or await weeks.published(tx, station.id, week):
            continue
        if await _has_pairings(tx, station) and await weeks.publish(tx, now, station.id, week):
            await _share_out(tx, now, station, week)


def _publish_at(week: date, station: Community) -> datetime:
    settings: Settings = communities.settings_of(station)
    day = week - WEEK + timedelta(days=settings.publish_week_on)
    return moment(day, settings.publish_week_at, communities.zone_of(station))


def _due(now: datetime, station: Community, week: date) -> bool:
    at = _publish_at(week, station)
    end = moment(week + timedelta(days=LAST_DAY + 1), time(0), communities.zone_of(station))
    return at <= now < end and station.created_at <= at


async def _has_pairings(tx: AsyncSession, station: Community) -> bool:
    return any(one.elders for one in await pairings.of_community(tx, station.id))


async def _share_out(tx: AsyncSession, now: datetime, station: Community, week: date) -> None:
    zone = communities.zone_of(station)
    first = max(week, local_day(now, zone) + timedelta(days=1))
    filled = await weeks.fill(tx, now, station, week, (first, HalfDay.AM))
    await weeks.tell_volunteers(tx, now, station, week, filled.visits)
    late = None
    if now - _publish_at(week, station) > LATE_AFTER:
        late = now.astimezone(zone).strftime("%H:%M")
    await weeks.tell_staff(tx, now, station, week, late)
