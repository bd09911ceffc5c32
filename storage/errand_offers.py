"""Who hears of an errand: those it is offered to, and those who wait for it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.days import local_day
from care.errands import IN_HAND, Step, WhyNot
from care.notices import Notice
from storage import errands, families, members, outbox, pairings
from storage.communities import zone_of
from storage.errands import Whole
from storage.outbox import To
from storage.tables import Community, Errand, Member


def errand_card(errand_id: int) -> str:
    """The card name of everything that shows one errand."""
    return f"errand:{errand_id}"


async def offer(
    tx: AsyncSession, now: datetime, station: Community, errand_id: int, but: int
) -> None:
    """The card goes to the volunteers' group; without a group, to every volunteer but one."""
    facts, card = {"errand": errand_id}, errand_card(errand_id)
    if station.group_chat is not None:
        group = To(station.group_chat, None, station.id)
        key = f"errand_card:{errand_id}:{now:%Y%m%d%H%M%S}"
        await outbox.post(tx, now, group, Notice.ERRAND_CARD, facts, key=key, card=card)
        return
    for one in await members.with_role(tx, station.id, Role.VOLUNTEER):
        to = members.to_of(one)
        if to is not None and members.reachable(one) and one.id != but:
            key = f"errand_card:{errand_id}:{one.id}:{now:%Y%m%d%H%M%S}"
            await outbox.post(tx, now, to, Notice.ERRAND_CARD, facts, key=key, card=card)


async def tell_circle(
    tx: AsyncSession, now: datetime, whole: Whole, event: str, by: Member
) -> None:
    """The asker, the social workers, and at the end the family hear of it; not who did it."""
    zone = zone_of(await tx.get_one(Community, whole.elder.community_id))
    keepers = await pairings.keepers(tx, whole.elder, local_day(now, zone))
    told = {whole.asker.id, *(one.id for one in keepers)}
    if event == "done":
        told |= {one.id for one in await families.of_elder(tx, whole.elder)}
    for member_id in sorted(told):
        await tell(tx, now, member_id, whole.errand, event, by)


async def tell(
    tx: AsyncSession, now: datetime, member_id: int, errand: Errand, event: str, by: Member
) -> None:
    """One line to one of them; whoever did it knows."""
    if member_id == by.id:
        return
    to = members.to_of(await members.in_community(tx, errand.community_id, member_id))
    if to is not None:
        await outbox.post(
            tx,
            now,
            to,
            Notice.ERRAND_TOLD,
            {"errand": errand.id, "event": event, "by": by.name},
            key=f"errand_told:{errand.id}:{event}:{member_id}:{now:%Y%m%d%H%M%S}",
        )


async def give_back(
    tx: AsyncSession, now: datetime, station: Community, whole: Whole, claimer: Member
) -> None:
    """Whoever had it in hand does not do it; it is offered again."""
    await errands.take_step(tx, now, whole, Step.RETURN, claimer.id, WhyNot.OTHER)
    await outbox.refresh(tx, now, errand_card(whole.errand.id))
    await tell_circle(tx, now, whole, "returned", claimer)
    await offer(tx, now, station, whole.errand.id, claimer.id)


async def take_back(tx: AsyncSession, now: datetime, station: Community) -> None:
    """What somebody has in hand whom chat reaches no more is offered again."""
    rows = await tx.execute(
        select(Errand.id, Member)
        .join(Member, Member.id == Errand.claimed_by)
        .where(
            Errand.community_id == station.id,
            Errand.state.in_(IN_HAND),
            Member.blocked_at.is_not(None) | Member.account.is_(None),
        )
    )
    for errand_id, claimer in rows.all():
        whole = await errands.load(tx, station.id, errand_id)
        await give_back(tx, now, station, whole, claimer)
