"""Contacts and attempts, check-ins, and who owes whom a call today."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.calls import CONTACTS, Kind, Outcome, Owed, Reason
from care.days import local_day
from care.elders import Tier
from storage import pairings
from storage.communities import zone_of
from storage.once import insert_once
from storage.tables import CheckIn, Community, Contact, Elder, Member


@dataclass(frozen=True)
class Happened:
    """A contact or attempt to be written down; `key` makes one tap one record."""

    kind: Kind
    outcome: Outcome
    by: int
    day: date
    at: datetime
    key: str
    reason: Reason | None = None
    remark: str | None = None


async def record(tx: AsyncSession, now: datetime, elder: Elder, what: Happened) -> bool:
    """Write down a contact or attempt; False when this very one is written down already."""
    return await insert_once(
        tx,
        Contact,
        community_id=elder.community_id,
        elder_id=elder.id,
        kind=what.kind,
        outcome=what.outcome,
        reason=what.reason,
        remark=what.remark,
        by_id=what.by,
        day=what.day,
        happened_at=what.at,
        recorded_at=now,
        key=what.key,
    )


async def red(tx: AsyncSession, community_id: int) -> list[Elder]:
    """The red elders in care."""
    rows = await tx.scalars(
        select(Elder)
        .where(
            Elder.community_id == community_id,
            Elder.tier == Tier.RED,
            Elder.exited_at.is_(None),
        )
        .order_by(Elder.id)
    )
    return list(rows)


async def owed(
    tx: AsyncSession, community_id: int, today: date, elders: list[Elder]
) -> dict[int, Owed]:
    """What the call list says of each of `elders` today."""
    zone = zone_of(await tx.get_one(Community, community_id))
    ids = [elder.id for elder in elders]
    today_rows = await tx.execute(
        select(Contact.elder_id, Contact.outcome).where(
            Contact.community_id == community_id, Contact.day == today, Contact.elder_id.in_(ids)
        )
    )
    done: set[int] = set()
    attempts: Counter[int] = Counter()
    for elder_id, outcome in today_rows:
        if outcome in CONTACTS:
            done.add(elder_id)
        else:
            attempts[elder_id] += outcome is Outcome.NO_ANSWER
    last = await last_contacts(tx, community_id, ids)
    said = {
        row.elder_id: row.fine
        for row in await tx.scalars(
            select(CheckIn).where(CheckIn.day == today, CheckIn.elder_id.in_(ids))
        )
    }
    return {
        elder.id: Owed(
            elder_id=elder.id,
            name=elder.name,
            asked=said.get(elder.id) is False,
            checked_in=said.get(elder.id) is True,
            attempts_today=attempts[elder.id],
            last_contact=last.get(elder.id),
            red_since=local_day(elder.tier_since, zone) if elder.tier_since else None,
            done=elder.id in done,
        )
        for elder in elders
    }


async def owed_by(
    tx: AsyncSession, community_id: int, caller_id: int, today: date
) -> list[tuple[Elder, Owed]]:
    """The red elders a caller owes a contact today, and those already contacted."""
    elders = await pairings.elders_of_caller(
        tx, community_id, caller_id, await red(tx, community_id)
    )
    states = await owed(tx, community_id, today, elders)
    return [(elder, states[elder.id]) for elder in elders]


async def last_contacts(
    tx: AsyncSession, community_id: int, elder_ids: list[int]
) -> dict[int, date]:
    """Local day of each elder's last contact; attempts do not count."""
    rows = await tx.execute(
        select(Contact.elder_id, func.max(Contact.day))
        .where(
            Contact.community_id == community_id,
            Contact.elder_id.in_(elder_ids),
            Contact.outcome.in_(CONTACTS),
        )
        .group_by(Contact.elder_id)
    )
    return dict(rows.all())


async def latest(tx: AsyncSession, elder: Elder, limit: int = 5) -> list[tuple[Contact, Member]]:
    """An elder's latest contacts and attempts with who made them, newest first."""
    rows = await tx.execute(
        select(Contact, Member)
        .join(Member, Member.id == Contact.by_id)
        .where(Contact.elder_id == elder.id, Contact.community_id == elder.community_id)
        .order_by(Contact.happened_at.desc(), Contact.id.desc())
        .limit(limit)
    )
    return [(contact, member) for contact, member in rows]


async def count_of_day(tx: AsyncSession, elder: Elder, day: date) -> int:
    """How many contacts and attempts a day has; the version that a call's buttons carry."""
    return (
        await tx.scalar(
            select(func.count()).where(Contact.elder_id == elder.id, Contact.day == day)
        )
        or 0
    )


async def check_in(tx: AsyncSession, now: datetime, elder: Elder, day: date, *, fine: bool) -> None:
    """The elder's own word of the day."""
    row = await tx.get(CheckIn, (elder.id, day))
    if row is None:
        row = CheckIn(elder_id=elder.id, day=day, community_id=elder.community_id)
        tx.add(row)
    row.fine = fine
    row.at = now
