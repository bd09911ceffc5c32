"""Timed work about tiers: the daily look for evidence, the weekly review, January's update."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from care.access import STAFF
from care.days import WEEK, local_day, moment
from care.notices import Notice
from care.tiers import last_review
from storage import members, outbox, reviews, tiers, updates
from storage.communities import settings_of, zone_of
from storage.tables import Community


async def propose(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Once a day: whoever has new evidence is asked about.

    What was missed while the program was down is found the next day: evidence stays.
    """
    today = local_day(now, zone_of(station))
    if await tiers.first_look(tx, now, station, f"tiers:{today}"):
        await tiers.propose(tx, now, station)


async def review(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Monday: every red elder is reviewed; late rather than never, but not in the next week.

    A review that was on before the station was founded is not begun.
    """
    settings, zone = settings_of(station), zone_of(station)
    day = last_review(now, settings, zone)
    over = local_day(now, zone) >= day + WEEK
    if over or station.created_at > moment(day, settings.review_at, zone):
        return
    if await tiers.first_look(tx, now, station, f"review:{day}"):
        await reviews.begin(tx, now, station, day)


async def remind_of_updates(tx: AsyncSession, now: datetime, station: Community) -> None:
    """January, every week: staff hear how many of their elders' records are left to check."""
    settings, zone = settings_of(station), zone_of(station)
    today, day = local_day(now, zone), last_review(now, settings, zone)
    if not today.month == day.month == settings.update_month or today >= day + WEEK:
        return
    if not await tiers.first_look(tx, now, station, f"updates:{day}"):
        return
    for member in await members.with_role(tx, station.id, *STAFF):
        person = await members.person_of_id(tx, member.id)
        to = members.to_of(member)
        if person is None or to is None:
            continue
        if (await updates.progress(tx, person.viewer, now)).left:
            await outbox.post(
                tx,
                now,
                to,
                Notice.UPDATES,
                key=f"updates:{member.id}:{day}",
                card=updates.updates_card(member.id),
                expires_at=moment(day + WEEK, settings.review_at, zone),
            )
