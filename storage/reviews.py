"""The weekly review of the red: who keeps whom, shown with the week before, decided one by one."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.days import WEEK, day_bounds, local_day, moment
from care.elders import Tier
from care.notices import Notice
from care.tiers import Question, last_week
from storage import evidence, members, outbox, pairings
from storage.communities import settings_of, zone_of
from storage.once import insert_once
from storage.tables import Community, TierQuestion
from storage.tiers import Asked, find, kept_by, review_card

LATE_AFTER = timedelta(minutes=10)


async def begin(tx: AsyncSession, now: datetime, station: Community, day: date) -> None:
    """The weekly review: every caller is shown the red elders they keep.

    Who is paused is owed nothing, and is reviewed when they are back.
    """
    zone = zone_of(station)
    known = {
        one.elder_id: one
        for one in await evidence.gather(tx, station, local_day(now, zone))
        if one.tier is Tier.RED and not one.paused
    }
    for elder_id, one in known.items():
        await insert_once(
            tx,
            TierQuestion,
            community_id=station.id,
            elder_id=elder_id,
            kind=Question.REVIEW,
            before=Tier.RED,
            evidence={"day": str(day), **asdict(last_week(day, one))},
            key=f"review:{elder_id}:{day}",
            asked_at=now,
        )
    late = now - moment(day, settings_of(station).review_at, zone) > LATE_AFTER
    facts = {"day": str(day), "late": now.isoformat() if late else None}
    for caller in await pairings.callers(tx, station.id, day):
        to = members.to_of(caller)
        if to is not None and await of_caller(tx, station, caller.id, day):
            await outbox.post(
                tx,
                now,
                to,
                Notice.TIER_REVIEW,
                facts,
                key=f"tier_review:{caller.id}:{day}",
                card=review_card(caller.id, day),
                expires_at=moment(day + WEEK, settings_of(station).review_at, zone),
            )


async def of_caller(tx: AsyncSession, station: Community, caller_id: int, day: date) -> list[Asked]:
    """The review of a day as one caller sees it."""
    start, _ = day_bounds(day, zone_of(station))
    found = await find(
        tx,
        TierQuestion.community_id == station.id,
        TierQuestion.kind == Question.REVIEW,
        TierQuestion.asked_at >= start,
        TierQuestion.key.endswith(f":{day}"),
    )
    return await kept_by(tx, station, caller_id, day, found)


async def not_reviewed(
    tx: AsyncSession, station: Community, day: date, elder_ids: Collection[int]
) -> int:
    """How many of some elders the review of a day has left undecided."""
    keys = [f"review:{elder_id}:{day}" for elder_id in elder_ids]
    rows = await tx.scalars(
        select(TierQuestion.id).where(
            TierQuestion.community_id == station.id,
            TierQuestion.key.in_(keys),
            TierQuestion.decided_at.is_(None),
        )
    )
    return len(list(rows))
