"""The ladder's records: who was told what of whom, when it arrived, and whether it was seen."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.days import local_day
from care.ladder import BY_RECORD, Step
from care.notices import Notice
from storage import members, outbox
from storage.communities import zone_of
from storage.once import changed, insert_once
from storage.tables import Alert, Community, Elder, Member, Outbox, Post, RedDay, Told

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


def _about(alert_ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if alert_ids is None else Told.alert_id.in_(alert_ids)


async def already_told(
    tx: AsyncSession,
    elder_ids: Iterable[int],
    day: date,
    step: Step,
    of: Collection[int] | None = None,
) -> dict[int, set[int]]:
    """Which members were told a step about each elder of a day; or of the alerts `of` only."""
    rows = await tx.execute(
        select(Told.elder_id, Told.member_id).where(
            Told.elder_id.in_(list(elder_ids)), Told.day == day, Told.step == step, _about(of)
        )
    )
    found: dict[int, set[int]] = {}
    for elder_id, member_id in rows:
        found.setdefault(elder_id, set()).add(member_id)
    return found


async def refused(
    tx: AsyncSession,
    elder_ids: Iterable[int],
    day: date,
    step: Step,
    of: Collection[int] | None = None,
) -> dict[int, set[int]]:
    """Which members a step about each elder of a day was to be told, but chat took no message.

    All of it, or what was said of the alerts `of`.
    """
    rows = await tx.execute(
        select(Told.elder_id, Told.member_id, Outbox.state)
        .outerjoin(Outbox, Outbox.key == Told.letter)
        .where(Told.elder_id.in_(list(elder_ids)), Told.day == day, Told.step == step, _about(of))
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


def taken_back() -> ColumnElement[bool]:
    """Told, and then told that they were reached or paused, before it turned out to be missed."""
    return exists().where(
        Alert.id == Told.alert_id,
        Alert.clear.in_(BY_RECORD),
        Alert.closed_at < func.coalesce(RedDay.changed_at, RedDay.closed_at),
    )


async def escalated(tx: AsyncSession, elder_ids: list[int], day: date) -> set[int]:
    """Those of a day about whom somebody was told at 17:00 or after it, or is about to be.

    Whoever was told afterwards that all is well knows nothing of a day that was missed still.
    """
    rows = await tx.scalars(
        select(Told.elder_id)
        .join(RedDay, (RedDay.elder_id == Told.elder_id) & (RedDay.day == Told.day))
        .outerjoin(Outbox, Outbox.key == Told.letter)
        .where(
            Told.elder_id.in_(elder_ids),
            Told.day == day,
            Told.step.in_((Step.RAISE, Step.CLOSED)),
            Told.delivered_at.is_not(None) | Outbox.state.in_(ON_ITS_WAY),
            ~taken_back(),
        )
        .distinct()
    )
    return set(rows)


async def today_of(tx: AsyncSession, now: datetime, elder: Elder) -> date:
    """The local day it is for an elder."""
    return local_day(now, zone_of(await tx.get_one(Community, elder.community_id)))
