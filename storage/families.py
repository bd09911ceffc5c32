"""Families: who is linked to an elder."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.errands import ENDED
from care.joining import Standing
from storage.tables import Elder, Errand, FamilyLink, Member


async def of_elder(tx: AsyncSession, elder: Elder) -> list[Member]:
    """The family members linked to an elder."""
    rows = await tx.scalars(
        select(Member)
        .join(FamilyLink, FamilyLink.member_id == Member.id)
        .where(
            FamilyLink.elder_id == elder.id,
            FamilyLink.community_id == elder.community_id,
            Member.standing == Standing.ACTIVE,
        )
        .order_by(Member.id)
    )
    return list(rows)


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
