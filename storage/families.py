"""Families: who is linked to an elder."""

from collections import defaultdict

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.errands import ENDED
from care.joining import Standing
from storage.tables import Elder, Errand, FamilyLink, Member

_OF_ELDERS = (
    select(FamilyLink.elder_id, Member)
    .join(Member, Member.id == FamilyLink.member_id)
    .where(
        FamilyLink.elder_id.in_(bindparam("elders", expanding=True)),
        FamilyLink.community_id == bindparam("community"),
        Member.standing == Standing.ACTIVE,
    )
    .order_by(Member.id)
)


async def of_elders(
    tx: AsyncSession, community_id: int, elder_ids: list[int]
) -> dict[int, list[Member]]:
    """The family members linked to each of some elders of a community."""
    found: dict[int, list[Member]] = defaultdict(list)
    for elder_id, member in await tx.execute(
        _OF_ELDERS, {"elders": elder_ids, "community": community_id}
    ):
        found[elder_id].append(member)
    return found


async def of_elder(tx: AsyncSession, elder: Elder) -> list[Member]:
    """The family members linked to an elder."""
    found = await of_elders(tx, elder.community_id, [elder.id])
    return found[elder.id]


async def open_errands(tx: AsyncSession, elder: Elder, asker_id: int) -> list[Errand]:
    """The errands for an elder that one person asked for and that are not over."""
    rows = await tx.scalars(
        select(Errand)
        .where(
            Errand.community_id == elder.community_id,
            Errand.elder_id == elder.id,
            Errand.asked_by == asker_id,
            Errand.state.not_in(ENDED),
        )
        .order_by(Errand.by_when, Errand.id)
    )
    return list(rows)
