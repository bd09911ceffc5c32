"""What each volunteer may fetch, when they are free, how much they have to do."""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.errand_offers import Circle
from care.errands import IN_HAND, Claimer, State
from care.refusals import NotYours
from storage import members
from storage.once import changed, upsert
from storage.tables import (
    Elder,
    Errand,
    ErrandHelper,
    ErrandOffer,
    Member,
    Pairing,
    PairingElder,
    PairingVolunteer,
)

LATELY = timedelta(days=28)


async def paired_with(tx: AsyncSession, elder: Elder) -> set[int]:
    """The volunteers of the pairings an elder is in."""
    found = await tx.scalars(
        select(PairingVolunteer.member_id)
        .join(Pairing, Pairing.id == PairingVolunteer.pairing_id)
        .join(PairingElder, PairingElder.pairing_id == Pairing.id)
        .where(PairingElder.elder_id == elder.id, Pairing.ended_at.is_(None))
    )
    return set(found)


_ME: BindParameter[int] = bindparam("me")
_LOCK = select(Member.id).where(Member.id == _ME).with_for_update(key_share=True)
_KNOWN = select(
    select(func.count())
    .where(
        Errand.community_id == bindparam("community"),
        Errand.claimed_by == _ME,
        Errand.state.in_(IN_HAND),
    )
    .scalar_subquery(),
    select(ErrandHelper.medicine).where(ErrandHelper.member_id == _ME).scalar_subquery(),
    exists().where(
        PairingVolunteer.member_id == _ME,
        PairingElder.pairing_id == PairingVolunteer.pairing_id,
        PairingElder.elder_id == bindparam("elder"),
        Pairing.id == PairingVolunteer.pairing_id,
        Pairing.ended_at.is_(None),
    ),
    exists().where(
        ErrandOffer.errand_id == bindparam("errand"),
        ErrandOffer.no_at.is_(None),
        or_(ErrandOffer.member_id == _ME, ErrandOffer.circle == Circle.GROUP),
    ),
)


async def claimer(tx: AsyncSession, viewer: Viewer, elder: Elder, errand: Errand) -> Claimer:
    """Somebody who wants to claim an errand for an elder, as the rules see them.

    Their row is locked, so that who taps twice at once does not get more than they may have. For
    medicine a social worker's approval counts, and so does having been paired with the elder. Who
    was ever asked may claim, for their card still stands in the chat; and once the widest circle
    was asked everybody may, whether the station has a group or its members are asked one by one.
    """
    asked = {
        "me": viewer.member_id,
        "community": viewer.community_id,
        "elder": elder.id,
        "errand": errand.id,
    }
    # Before anything is counted: what waits for a lock counts what was there before it waited.
    await tx.execute(_LOCK, asked)
    in_hand, approved, paired, offered = (await tx.execute(_KNOWN, asked)).one()
    # The pairing is always asked first, so whoever is of it need not wait for a message.
    return Claimer(viewer.roles, in_hand, bool(approved) or paired, paired or offered)


async def approve_medicine(
    tx: AsyncSession, now: datetime, viewer: Viewer, member_id: int, *, may: bool
) -> Member:
    """A member of staff decides whether a volunteer may fetch medicine.

    Raises:
        NotYours: not staff, or no volunteer of this community.
    """
    if not viewer.staff:
        raise NotYours
    member = await members.in_community(tx, viewer.community_id, member_id)
    values = {"medicine": may, "decided_by": viewer.member_id, "decided_at": now}
    key = {"member_id": member.id}
    await upsert(tx, ErrandHelper, key, values, community_id=member.community_id)
    await members.audit(tx, now, viewer, "medicine", f"member:{member.id}", may=may)
    return member


async def set_free(tx: AsyncSession, member: Member, until: datetime | None) -> None:
    """ "I am free this afternoon": asked first until then; None: no longer."""
    key = {"member_id": member.id}
    await upsert(
        tx,
        ErrandHelper,
        key,
        {"free_until": until},
        community_id=member.community_id,
        medicine=False,
    )


async def free_until(tx: AsyncSession, member_id: int) -> datetime | None:
    """Until when a volunteer said that they are free; it may be over."""
    said = await tx.get(ErrandHelper, member_id, populate_existing=True)
    return said.free_until if said else None


async def may_fetch_medicine(tx: AsyncSession, member_id: int) -> bool:
    """Whether the staff has approved a volunteer for medicine, for every elder."""
    said = await tx.get(ErrandHelper, member_id, populate_existing=True)
    return said is not None and said.medicine


async def of_community(tx: AsyncSession, community_id: int) -> dict[int, ErrandHelper]:
    """What is known of each volunteer, by member."""
    found = await tx.scalars(select(ErrandHelper).where(ErrandHelper.community_id == community_id))
    return {one.member_id: one for one in found}


async def counts(
    tx: AsyncSession, community_id: int, now: datetime
) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """By member: errands in hand, errands they are asked for, errands done in four weeks."""
    of = Errand.claimed_by
    mine = Errand.community_id == community_id
    held = select(of, func.count()).where(mine, Errand.state.in_(IN_HAND)).group_by(of)
    # Somebody who gave up lately did something too, and is not asked first for it.
    done = select(of, func.count()).where(mine, Errand.ended_at > now - LATELY).group_by(of)
    asked = (
        select(ErrandOffer.member_id, func.count())
        .join(Errand, Errand.id == ErrandOffer.errand_id)
        .where(
            mine,
            Errand.state == State.OPEN,
            ErrandOffer.turn_number == Errand.turn_number,
            ErrandOffer.no_at.is_(None),
        )
        .group_by(ErrandOffer.member_id)
    )
    held_, asked_, done_ = [
        {who: many for who, many in await tx.execute(one) if who} for one in (held, asked, done)
    ]
    return held_, asked_, done_


async def note_no(tx: AsyncSession, now: datetime, errand: Errand, member_id: int) -> None:
    """ "Not me": this errand is not offered to them any more, however often it comes round."""
    mine = (ErrandOffer.errand_id == errand.id, ErrandOffer.member_id == member_id)
    said = await changed(tx, update(ErrandOffer).where(*mine).values(no_at=now))
    if not said:
        tx.add(
            ErrandOffer(
                community_id=errand.community_id,
                errand_id=errand.id,
                turn_number=errand.turn_number,
                member_id=member_id,
                circle=Circle.GROUP,
                offered_at=now,
                no_at=now,
            )
        )
