"""Exits: somebody is in care no more, and everything that was open about them ends with it.

All of it ends at the same moment, which is `exited_at`: that is how a mistake is put right.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Role, Viewer
from care.days import local_day
from care.errands import Step, WhyNot
from care.joining import Standing
from care.ladder import Clear, DoorEnd
from care.pauses import Gone
from care.refusals import Stale
from care.visits import ON_DUTY, State
from storage import errands, members, visits
from storage.communities import zone_of
from storage.elders import access_elder
from storage.errands import Whole
from storage.once import changed
from storage.tables import (
    Alert,
    Assignment,
    Audit,
    Community,
    DoorVisit,
    Elder,
    Errand,
    FollowUp,
    Invitation,
    Member,
    MemberRole,
    TierQuestion,
)
from storage.visits import Visiting
from storage.week import EXITED

EXIT = "exit"
MISTAKE = "exit_mistake"


@dataclass(frozen=True)
class Ended:
    """What an exit has ended, so that it can be drawn anew; and whom nobody tells but a person."""

    visits: list[Visiting]
    errands: list[Whole]
    doors: list[int]
    alerts: list[int]


async def leave_care(
    tx: AsyncSession, now: datetime, viewer: Viewer, elder_id: int, why: Gone
) -> tuple[Elder, Ended]:
    """End care: visits, errands, and everything that is open or asked (handbook, "Tiers").

    Raises:
        NotYours: not for this viewer, or in care no more.
    """
    elder = await access_elder(tx, viewer, elder_id, Right.CHANGE)
    found = Ended(
        await visits.open_of(tx, elder),
        await errands.open_of_elder(tx, elder),
        list(await tx.scalars(select(DoorVisit.id).where(*_open_doors(elder)))),
        list(await tx.scalars(select(Alert.id).where(*_open_alerts(elder)))),
    )
    states = {str(row.visit.id): row.visit.state.value for row in found.visits}
    await visits.drop_drafts(tx, elder)
    for row in found.visits:
        await visits.move(tx, row.visit, ON_DUTY, State.DROPPED, reason=EXITED)
    for whole in found.errands:
        await errands.take_step(tx, now, whole, Step.CANCEL, viewer.member_id, WhyNot.NOT_NEEDED)
    for statement in _endings(now, elder, viewer.member_id):
        await changed(tx, statement)
    gone = await _leave_chat(tx, elder, why)
    elder.exited_at, elder.exit_reason, elder.updated_at = now, why, now
    facts = {"why": why, "visits": states, "left": gone}
    await members.audit(tx, now, viewer, EXIT, _target(elder), **facts)
    await tx.flush()
    return elder, found


def _target(elder: Elder) -> str:
    return f"elder:{elder.id}"


def _open_doors(elder: Elder) -> tuple[ColumnElement[bool], ...]:
    return DoorVisit.elder_id == elder.id, DoorVisit.ended_at.is_(None)


def _open_alerts(elder: Elder) -> tuple[ColumnElement[bool], ...]:
    return Alert.elder_id == elder.id, Alert.closed_at.is_(None)


def _endings(now: datetime, elder: Elder, by: int) -> list[Any]:
    """What is open about an elder ends."""
    return [
        update(DoorVisit).where(*_open_doors(elder)).values(ended_at=now, end=DoorEnd.CALLED_OFF),
        update(Alert)
        .where(*_open_alerts(elder))
        .values(closed_at=now, closed_by=by, clear=Clear.OTHER),
        update(FollowUp)
        .where(FollowUp.elder_id == elder.id, FollowUp.closed_at.is_(None))
        .values(closed_at=now, closed_by=by),
        update(TierQuestion)
        .where(TierQuestion.elder_id == elder.id, TierQuestion.decided_at.is_(None))
        .values(decided_at=now, decided_by=by),
        update(Invitation)
        .where(Invitation.elder_id == elder.id, Invitation.used_at.is_(None))
        .values(used_at=now),
    ]


def _beginnings(at: datetime, elder: Elder) -> list[Any]:
    """What ended at the moment of the exit is open again."""
    return [
        update(DoorVisit)
        .where(DoorVisit.elder_id == elder.id, DoorVisit.ended_at == at)
        .values(ended_at=None, end=None),
        update(Alert)
        .where(Alert.elder_id == elder.id, Alert.closed_at == at)
        .values(closed_at=None, closed_by=None, clear=None),
        update(FollowUp)
        .where(FollowUp.elder_id == elder.id, FollowUp.closed_at == at)
        .values(closed_at=None, closed_by=None),
        update(TierQuestion)
        .where(
            TierQuestion.elder_id == elder.id,
            TierQuestion.decided_at == at,
            TierQuestion.answer.is_(None),
        )
        .values(decided_at=None, decided_by=None),
        update(Invitation)
        .where(
            Invitation.elder_id == elder.id,
            Invitation.used_at == at,
            Invitation.used_by.is_(None),
        )
        .values(used_at=None),
    ]


async def _leave_chat(tx: AsyncSession, elder: Elder, why: Gone) -> bool:
    """The elder's own chat gets nothing more; whether they were in the chat for nothing else.

    Who moved away may still be a volunteer; who died is written to by nobody.
    """
    if elder.member_id is None:
        return False
    member = await tx.get_one(Member, elder.member_id)
    mine = MemberRole.member_id == member.id
    others = await tx.scalar(select(MemberRole.role).where(mine, MemberRole.role != Role.ELDER))
    await changed(tx, delete(MemberRole).where(mine, MemberRole.role == Role.ELDER))
    if member.standing is not Standing.ACTIVE or (others is not None and why is not Gone.DIED):
        return False
    member.standing = Standing.LEFT
    return True


async def undoable(tx: AsyncSession, now: datetime, viewer: Viewer, elder: Elder) -> bool:
    """Whether the viewer may say "it was a mistake": whoever ended care, on the same day."""
    return await _exit_of(tx, now, viewer, elder) is not None


async def _exit_of(tx: AsyncSession, now: datetime, viewer: Viewer, elder: Elder) -> Audit | None:
    row = await tx.scalar(
        select(Audit)
        .where(
            Audit.community_id == elder.community_id,
            Audit.action == EXIT,
            Audit.target == _target(elder),
        )
        .order_by(Audit.id.desc())
        .limit(1)
    )
    if row is None or elder.exited_at is None or row.member_id != viewer.member_id:
        return None
    zone = zone_of(await tx.get_one(Community, elder.community_id))
    return row if local_day(row.at, zone) == local_day(now, zone) else None


async def were_coming(tx: AsyncSession, elder: Elder) -> list[Member]:
    """Who had a visit or an errand in hand when care ended; the program writes to none of them."""
    at = elder.exited_at
    if at is None:
        return []
    today = local_day(at, zone_of(await tx.get_one(Community, elder.community_id)))
    visitors = select(Assignment.volunteer_id).where(
        Assignment.elder_id == elder.id, Assignment.reason == EXITED, Assignment.day >= today
    )
    claimers = select(Errand.claimed_by).where(Errand.elder_id == elder.id, Errand.ended_at == at)
    rows = await tx.scalars(
        select(Member)
        .where(or_(Member.id.in_(visitors), Member.id.in_(claimers)))
        .order_by(Member.name, Member.id)
    )
    return list(rows)


async def undo(
    tx: AsyncSession, now: datetime, viewer: Viewer, elder_id: int
) -> tuple[Elder, Ended]:
    """It was a mistake: care goes on, with whatever the exit had ended.

    An errand is offered again; whoever had it in hand was told that it is off.

    Raises:
        NotYours: not for this viewer.
        Stale: another day, or in care again already.
    """
    elder = await access_elder(tx, viewer, elder_id, Right.SEE_ALL)
    row = await _exit_of(tx, now, viewer, elder)
    if row is None or elder.exited_at is None:
        raise Stale
    at = elder.exited_at
    won = await changed(
        tx,
        update(Elder)
        .where(Elder.id == elder.id, Elder.exited_at == at)
        .values(exited_at=None, exit_reason=None, updated_at=now),
    )
    if not won:
        raise Stale
    await tx.refresh(elder)
    for statement in _beginnings(at, elder):
        await changed(tx, statement)
    await _come_back_to_chat(tx, elder, was_only_here=bool(row.facts["left"]))
    back = Ended(
        await _bring_visits_back(tx, elder, row.facts["visits"]),
        await errands.offer_again(tx, now, elder, at, viewer.member_id),
        list(await tx.scalars(select(DoorVisit.id).where(*_open_doors(elder)))),
        list(await tx.scalars(select(Alert.id).where(*_open_alerts(elder)))),
    )
    await members.audit(tx, now, viewer, MISTAKE, _target(elder))
    await tx.flush()
    return elder, back


async def _come_back_to_chat(tx: AsyncSession, elder: Elder, *, was_only_here: bool) -> None:
    if elder.member_id is None:
        return
    member = await tx.get_one(Member, elder.member_id)
    if was_only_here:
        member.standing = Standing.ACTIVE
    await members.add_role(tx, member, Role.ELDER)


async def _bring_visits_back(
    tx: AsyncSession, elder: Elder, before: dict[str, str]
) -> list[Visiting]:
    found = []
    for number, state in before.items():
        row = await visits.find(tx, elder.community_id, int(number))
        if row.visit.state is State.DROPPED and row.visit.reason == EXITED:
            dropped = frozenset({State.DROPPED})
            await visits.move(tx, row.visit, dropped, State(state), reason=None)
            found.append(row)
    return found
