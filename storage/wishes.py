"""Wishes of elders and volunteers about each other, and the card a visitor reads first."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.wishes import Kind, Side, Wishes, gather
from storage import members
from storage.once import changed, insert_once
from storage.tables import Elder, Handover, Member, Wish


@dataclass(frozen=True)
class Wished:
    """A wish with the person it names, if it names one."""

    wish: Wish
    person: Member | None


async def of_elder(tx: AsyncSession, elder: Elder) -> list[Wished]:
    """The wishes that hold for visits to an elder, the oldest first."""
    rows = await tx.execute(
        select(Wish, Member)
        .outerjoin(Member, Member.id == Wish.member_id)
        .where(Wish.elder_id == elder.id, Wish.ended_at.is_(None))
        .order_by(Wish.id)
    )
    return [Wished(wish, person) for wish, person in rows]


async def not_wished_by(tx: AsyncSession, member: Member) -> set[int]:
    """The elders whom a volunteer said they do not want to visit."""
    rows = await tx.scalars(
        select(Wish.elder_id).where(
            Wish.community_id == member.community_id,
            Wish.member_id == member.id,
            Wish.side == Side.VOLUNTEER,
            Wish.ended_at.is_(None),
        )
    )
    return set(rows)


async def of_community(tx: AsyncSession, community_id: int) -> defaultdict[int, Wishes]:
    """What holds for visits to each elder of a community; nothing for who is not named."""
    said: defaultdict[int, list[tuple[Kind, int | None, str]]] = defaultdict(list)
    sexes = {}
    for wish, sex in await tx.execute(
        select(Wish, Elder.sex)
        .join(Elder, Elder.id == Wish.elder_id)
        .where(Wish.community_id == community_id, Wish.ended_at.is_(None))
    ):
        said[wish.elder_id].append((wish.kind, wish.member_id, wish.value))
        sexes[wish.elder_id] = sex
    return defaultdict(Wishes, {one: gather(found, sexes[one]) for one, found in said.items()})


async def put(
    tx: AsyncSession,
    now: datetime,
    viewer: Viewer,
    elder: Elder,
    kind: Kind,
    *,
    on: bool,
    side: Side = Side.ELDER,
    member_id: int | None = None,
    value: str = "",
) -> bool:
    """Have a wish hold from now on, or no longer; the row of one that is over stays.

    False when it is so already.
    """
    what = {"kind": kind, "side": side, "member_id": member_id, "value": value}
    if on:
        new = {"created_at": now, "by_id": viewer.member_id, "community_id": elder.community_id}
        won = await insert_once(tx, Wish, elder_id=elder.id, **what, **new)
    else:
        named = Wish.member_id.is_(None) if member_id is None else Wish.member_id == member_id
        holds = (Wish.elder_id == elder.id, Wish.kind == kind, Wish.ended_at.is_(None))
        same = (Wish.side == side, Wish.value == value, named)
        won = bool(await changed(tx, update(Wish).where(*holds, *same).values(ended_at=now)))
    if won:
        await members.audit(tx, now, viewer, "wish", f"elder:{elder.id}", on=on, **what)
    return won


SUBJECTS = ("hearing", "pets", "likes", "other")


async def handover(tx: AsyncSession, elder: Elder) -> dict[str, str]:
    """What stands on an elder's handover card, by subject, in order."""
    row = await tx.get(Handover, elder.id, populate_existing=True)
    found = {name: getattr(row, name) for name in SUBJECTS} if row is not None else {}
    return {name: text for name, text in found.items() if text}


async def write_handover(
    tx: AsyncSession, now: datetime, viewer: Viewer, elder: Elder, said: dict[str, str | None]
) -> None:
    """Write subjects of the handover card; None or nothing takes one away."""
    common = {"community_id": elder.community_id, "updated_at": now, "by_id": viewer.member_id}
    texts = {name: said[name] or None for name in SUBJECTS if name in said}
    key = {"elder_id": elder.id}
    row = await tx.get(Handover, elder.id)
    if row is None:
        tx.add(Handover(**key, **common, **texts))
    else:
        for name, value in (common | texts).items():
            setattr(row, name, value)
    await tx.flush()
