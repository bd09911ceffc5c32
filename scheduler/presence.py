"""Forgotten sign-outs: asked once in the evening; unanswered, the social worker decides."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.days import local_day, moment
from care.notices import Notice
from care.presence import STILL_THERE
from storage import hours, members, outbox, pairings, presence
from storage.communities import settings_of, zone_of
from storage.hours import hours_card
from storage.tables import Community, Member
from storage.week import visits_card


async def ask_left(tx: AsyncSession, now: datetime, station: Community) -> None:
    """In the evening, who signed in and not out is asked once when they left; tomorrow not."""
    zone = zone_of(station)
    today = local_day(now, zone)
    midnight = moment(today + timedelta(days=1), time(0), zone)
    for row in await presence.not_signed_out(tx, station.id, today):
        begun, to = row.visit.signed_in_at, members.to_of(row.volunteer)
        if to is None or begun is None or now - begun < STILL_THERE:
            continue
        await outbox.post(
            tx,
            now,
            to,
            Notice.VISIT_LEFT,
            {"visit": row.visit.id},
            key=f"visit_left:{row.visit.id}",
            card=visits_card(row.volunteer.id),
            expires_at=midnight,
        )


async def close_visits(tx: AsyncSession, now: datetime, station: Community) -> None:
    """The day is over and nobody said when they left: the record stays, the time is *added*.

    Whoever is there still around midnight has some time left to sign out.
    """
    today = local_day(now, zone_of(station))
    usual = settings_of(station).usual_visit_minutes
    for row in await presence.never_signed_out(tx, station.id, today):
        begun = row.visit.signed_in_at
        if begun is None or now - begun < STILL_THERE:
            continue
        if await presence.note_unknown(tx, now, row, usual):
            await outbox.refresh(tx, now, hours_card(row.volunteer.id))


async def post_waiting_hours(tx: AsyncSession, now: datetime, station: Community) -> None:
    """In the morning, what waits for approval goes to whoever decides: one message, if it has news.

    What was in an earlier message is not asked again by itself; `/hours` shows it.
    """
    zone = zone_of(station)
    today = local_day(now, zone)
    at = moment(today, settings_of(station).hours_waiting_at, zone)
    newest: dict[int, int] = defaultdict(int)
    people: dict[int, Member] = {}
    supervisors = await members.with_role(tx, station.id, Role.SUPERVISOR)
    for one in await hours.waiting_before(tx, station.id, at):
        keepers = await pairings.keepers(tx, one.elder, today) if one.elder else []
        deciding = [keeper for keeper in keepers if keeper.id != one.volunteer.id]
        for keeper in deciding or supervisors:
            people[keeper.id] = keeper
            newest[keeper.id] = max(newest[keeper.id], one.hours.id)
    for keeper in people.values():
        to = members.to_of(keeper)
        if to is not None:
            await outbox.post(
                tx,
                now,
                to,
                Notice.HOURS_WAITING,
                key=f"hours_waiting:{keeper.id}:{newest[keeper.id]}",
                card=hours_card(keeper.id),
            )
