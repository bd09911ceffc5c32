"""Elders: who may see whom, lists, and changes with their history."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Role, Tie, Viewer, may
from care.elders import ElderFacts, Tier
from care.errands import IN_HAND
from care.refusals import NotYours, UnknownName
from care.visits import PLANNED, TOLD_WITHIN, State
from storage.pairings import staff
from storage.tables import (
    Assignment,
    Elder,
    Errand,
    FamilyLink,
    Member,
    Pairing,
    PairingElder,
    PairingVolunteer,
    TierChange,
)
from storage.tables.columns import Big

FIELDS = tuple(ElderFacts.model_fields)


def facts_of(elder: Elder) -> ElderFacts:
    """The roster's view of a record."""
    return ElderFacts.model_validate({name: getattr(elder, name) for name in FIELDS})


_ELDER, _ME = bindparam("elder", type_=Big), bindparam("me", type_=Big)
_PAIRED = (
    select(Pairing.id)
    .join(PairingElder, PairingElder.pairing_id == Pairing.id)
    .where(PairingElder.elder_id == _ELDER, Pairing.ended_at.is_(None))
)
# Asked at every tap and every message about an elder, so it is one look, made once.
_TIES = select(
    _PAIRED.exists().label("paired"),
    _PAIRED.where(Pairing.worker_id == _ME).exists().label("leads"),
    _PAIRED.join(PairingVolunteer, PairingVolunteer.pairing_id == Pairing.id)
    .where(PairingVolunteer.member_id == _ME)
    .exists()
    .label("visits"),
    exists()
    .where(
        Assignment.volunteer_id == _ME,
        Assignment.elder_id == _ELDER,
        (Assignment.state == State.SIGNED_IN)
        | (Assignment.state.in_(PLANNED) & (Assignment.day >= bindparam("since"))),
    )
    .label("visit"),
    exists()
    .where(Errand.claimed_by == _ME, Errand.elder_id == _ELDER, Errand.state.in_(IN_HAND))
    .label("errand"),
    exists().where(FamilyLink.member_id == _ME, FamilyLink.elder_id == _ELDER).label("family"),
)


async def tie_of(tx: AsyncSession, viewer: Viewer, elder: Elder) -> Tie:
    """How the viewer is tied to the elder."""
    me = viewer.member_id
    since = date.min if viewer.today is None else viewer.today - TOLD_WITHIN
    found = (await tx.execute(_TIES, {"elder": elder.id, "me": me, "since": since})).one()
    return Tie(
        leads=found.leads,
        unpaired=not found.paired,
        deputy=found.paired and not found.leads and await _stands_in(tx, viewer, elder),
        visits=Role.VOLUNTEER in viewer.roles and found.visits,
        on_duty=found.visit or found.errand,
        family=found.family,
        self_=elder.member_id == me,
    )


async def _stands_in(tx: AsyncSession, viewer: Viewer, elder: Elder) -> bool:
    """Whether the elder is on the viewer's list today in place of whoever leads the pairing."""
    if Role.SOCIAL_WORKER not in viewer.roles or viewer.today is None:
        return False
    known = await staff(tx, viewer.community_id, viewer.today, elder.id)
    return known.owes(viewer.member_id, elder)


async def access_elder(tx: AsyncSession, viewer: Viewer, elder_id: int, right: Right) -> Elder:
    """The elder's record, for somebody who has `right`.

    Of somebody who is in care no more, the staff may still see the record, and nobody does more.

    Raises:
        NotYours: absent, of another community, or not for this viewer; the three read the same.
    """
    elder = await tx.get(Elder, elder_id)
    if elder is None or elder.community_id != viewer.community_id:
        raise NotYours
    if elder.exited_at is not None and right is not Right.SEE_ALL:
        raise NotYours
    if not may(viewer, right, await tie_of(tx, viewer, elder)):
        raise NotYours
    return elder


async def looked_after(tx: AsyncSession, viewer: Viewer) -> list[Elder]:
    """The elders a member of staff looks after: all, for a supervisor.

    For a social worker theirs, the unpaired, and those of colleagues for whom they stand in today.
    """
    statement = (
        select(Elder)
        .where(Elder.community_id == viewer.community_id, Elder.exited_at.is_(None))
        .order_by(Elder.name, Elder.id)
    )
    if not viewer.supervisor:
        if Role.SOCIAL_WORKER not in viewer.roles:
            return []
        paired = (
            select(PairingElder.elder_id)
            .join(Pairing, Pairing.id == PairingElder.pairing_id)
            .where(Pairing.ended_at.is_(None), Pairing.community_id == viewer.community_id)
        )
        mine = paired.where(Pairing.worker_id == viewer.member_id)
        others = await _stood_in_for(tx, viewer)
        statement = statement.where(
            or_(Elder.id.in_(mine), Elder.id.not_in(paired), Elder.id.in_(others))
        )
    return list(await tx.scalars(statement))


async def _stood_in_for(tx: AsyncSession, viewer: Viewer) -> list[int]:
    if viewer.today is None:
        return []
    known = await staff(tx, viewer.community_id, viewer.today)
    return [one for one in known.led if viewer.member_id in known.responsible(one)]


async def of_community(tx: AsyncSession, community_id: int) -> list[Elder]:
    """Everybody in care."""
    rows = await tx.scalars(
        select(Elder)
        .where(Elder.community_id == community_id, Elder.exited_at.is_(None))
        .order_by(Elder.id)
    )
    return list(rows)


async def of_family(tx: AsyncSession, viewer: Viewer) -> list[Elder]:
    """The elders a family member is linked to."""
    rows = await tx.scalars(
        select(Elder)
        .join(FamilyLink, FamilyLink.elder_id == Elder.id)
        .where(
            FamilyLink.member_id == viewer.member_id,
            Elder.community_id == viewer.community_id,
            Elder.exited_at.is_(None),
        )
        .order_by(Elder.id)
    )
    return list(rows)


async def of_volunteer(tx: AsyncSession, viewer: Viewer) -> list[Elder]:
    """The elders of a volunteer's pairings."""
    if Role.VOLUNTEER not in viewer.roles:
        return []
    rows = await tx.scalars(
        select(Elder)
        .join(PairingElder, PairingElder.elder_id == Elder.id)
        .join(Pairing, Pairing.id == PairingElder.pairing_id)
        .join(PairingVolunteer, PairingVolunteer.pairing_id == Pairing.id)
        .where(
            PairingVolunteer.member_id == viewer.member_id,
            Pairing.ended_at.is_(None),
            Elder.community_id == viewer.community_id,
            Elder.exited_at.is_(None),
        )
        .distinct()
        .order_by(Elder.id)
    )
    return list(rows)


async def of_self(tx: AsyncSession, viewer: Viewer) -> Elder | None:
    """The elder that the member is."""
    return await tx.scalar(
        select(Elder).where(
            Elder.member_id == viewer.member_id,
            Elder.community_id == viewer.community_id,
            Elder.exited_at.is_(None),
        )
    )


async def named(tx: AsyncSession, community_id: int, name: str) -> Elder:
    """The one elder called `name`.

    Raises:
        UnknownName: nobody, or several.
    """
    rows = list(
        await tx.scalars(
            select(Elder).where(
                Elder.community_id == community_id, Elder.name == name, Elder.exited_at.is_(None)
            )
        )
    )
    if len(rows) != 1:
        raise UnknownName(name, len(rows))
    return rows[0]


async def add(tx: AsyncSession, now: datetime, community_id: int, facts: ElderFacts) -> Elder:
    """A new elder in care."""
    elder = Elder(
        community_id=community_id,
        created_at=now,
        updated_at=now,
        tier_since=now if facts.tier else None,
        **facts.model_dump(),
    )
    tx.add(elder)
    await tx.flush()
    return elder


@dataclass(frozen=True)
class Decision:
    """Why something changes, and who says so; None is the command line."""

    by: int | None
    reason: str


async def change(
    tx: AsyncSession, now: datetime, elder: Elder, after: ElderFacts, decision: Decision
) -> None:
    """Write new facts; a change of tier enters the history."""
    if after.tier != elder.tier:
        change_tier(tx, now, elder, after.tier, decision)
    for name in FIELDS:
        setattr(elder, name, getattr(after, name))
    elder.updated_at = now


def change_tier(
    tx: AsyncSession, now: datetime, elder: Elder, after: Tier | None, decision: Decision
) -> None:
    """Set the tier, with who decided and why."""
    tx.add(
        TierChange(
            community_id=elder.community_id,
            elder_id=elder.id,
            before=elder.tier,
            after=after,
            reason=decision.reason,
            by_id=decision.by,
            at=now,
        )
    )
    elder.tier = after
    elder.tier_since = now


async def tier_history(
    tx: AsyncSession, elder: Elder, limit: int = 3, offset: int = 0
) -> list[tuple[TierChange, Member | None]]:
    """An elder's latest changes of tier with who decided, newest first; None: not in chat."""
    rows = await tx.execute(
        select(TierChange, Member)
        .outerjoin(Member, Member.id == TierChange.by_id)
        .where(TierChange.elder_id == elder.id, TierChange.community_id == elder.community_id)
        .order_by(TierChange.at.desc(), TierChange.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [(change_, member) for change_, member in rows]
