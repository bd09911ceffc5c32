"""The ladder's records: who was told what of whom, when it arrived, and whether it was seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.days import local_day
from care.ladder import Step
from care.notices import Notice
from storage import members, outbox
from storage.communities import zone_of
from storage.once import changed, insert_once
from storage.tables import Community, Elder, Member, Outbox, Post, Told

ON_ITS_WAY = (Post.WAITING, Post.SENDING, Post.SENT, Post.UNCLEAR)
_MAY_HAVE_ARRIVED = exists().where(
    Outbox.key == Told.letter,
    (Outbox.unclear > 0) | Outbox.state.in_((Post.SENDING, Post.SENT, Post.UNCLEAR)),
)


@dataclass(frozen=True)
class Letter:
    """A message of the ladder: what it says, and the name under which it is sent once."""

    step: Step
    day: date
    notice: Notice
    key: str
    facts: dict[str, Any]
    card: str | None = None
    alert_id: int | None = None
    expires_at: datetime | None = None


async def tell(
    tx: AsyncSession, now: datetime, member: Member, elders: Iterable[Elder], letter: Letter
) -> bool:
    """Tell one member, once; what was told about whom is written down beside it.

    False when they have no chat, or were told before.
    """
    to = members.to_of(member)
    if to is None:
        return False
    posted = await outbox.post(
        tx,
        now,
        to,
        letter.notice,
        letter.facts,
        key=letter.key,
        card=letter.card,
        expires_at=letter.expires_at,
    )
    if not posted:
        return False
    for elder in elders:
        await insert_once(
            tx,
            Told,
            community_id=elder.community_id,
            elder_id=elder.id,
            day=letter.day,
            step=letter.step,
            member_id=member.id,
            alert_id=letter.alert_id,
            key=f"{letter.key}:{elder.id}",
            letter=letter.key,
            at=now,
        )
    return True


def open_card(member_id: int, day: date) -> str:
    """The card name of the reminder of one social worker's open calls."""
    return f"calls_open:{member_id}:{day}"


async def already_told(
    tx: AsyncSession, elder_ids: Iterable[int], day: date, step: Step
) -> dict[int, set[int]]:
    """Which members were told a step about each elder of a day."""
    rows = await tx.execute(
        select(Told.elder_id, Told.member_id).where(
            Told.elder_id.in_(list(elder_ids)), Told.day == day, Told.step == step
        )
    )
    found: dict[int, set[int]] = {}
    for elder_id, member_id in rows:
        found.setdefault(elder_id, set()).add(member_id)
    return found


async def refused(
    tx: AsyncSession, elder_ids: Iterable[int], day: date, step: Step
) -> dict[int, set[int]]:
    """Which members a step about each elder of a day was to be told, but chat took no message."""
    rows = await tx.execute(
        select(Told.elder_id, Told.member_id, Outbox.state)
        .outerjoin(Outbox, Outbox.key == Told.letter)
        .where(Told.elder_id.in_(list(elder_ids)), Told.day == day, Told.step == step)
    )
    took, not_ = set[tuple[int, int]](), set[tuple[int, int]]()
    for elder_id, member_id, state in rows:
        (not_ if state is Post.REFUSED else took).add((elder_id, member_id))
    found: dict[int, set[int]] = {}
    for elder_id, member_id in not_ - took:
        found.setdefault(elder_id, set()).add(member_id)
    return found


async def note_pressed(tx: AsyncSession, now: datetime, member_id: int, elder_id: int) -> None:
    """They pressed a button about this elder, so what they were told has been seen.

    Not what surely never arrived: a press on an old list says nothing of an alert that waits.
    """
    await changed(
        tx,
        update(Told)
        .where(
            Told.member_id == member_id,
            Told.elder_id == elder_id,
            Told.pressed_at.is_(None),
            Told.delivered_at.is_not(None) | _MAY_HAVE_ARRIVED,
        )
        .values(pressed_at=now),
    )


async def escalated(tx: AsyncSession, elder_ids: list[int], day: date) -> set[int]:
    """Those of a day about whom somebody was told at 17:00 or after it, or is about to be."""
    rows = await tx.scalars(
        select(Told.elder_id)
        .outerjoin(Outbox, Outbox.key == Told.letter)
        .where(
            Told.elder_id.in_(elder_ids),
            Told.day == day,
            Told.step.in_((Step.RAISE, Step.CLOSED)),
            Told.delivered_at.is_not(None) | Outbox.state.in_(ON_ITS_WAY),
        )
        .distinct()
    )
    return set(rows)


async def today_of(tx: AsyncSession, now: datetime, elder: Elder) -> date:
    """The local day it is for an elder."""
    return local_day(now, zone_of(await tx.get_one(Community, elder.community_id)))
