"""Changing a pairing that is there: who joins it, who leaves it, who leads it."""

from datetime import date

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Role, Viewer
from care.pairings import Change
from care.refusals import NotYours, Stale
from care.visits import PLANNED, State
from storage import elders, members, pairings, visits
from storage.elders import access_elder
from storage.once import changed, insert_once
from storage.pairings import Whole
from storage.tables import Assignment, Elder, Member, Pairing, PairingElder, PairingVolunteer
from storage.visits import DRAFTED, Visiting
from storage.week import UNPAIRED


def may_change(viewer: Viewer, whole: Whole, change: Change) -> bool:
    """Whether the viewer, who has the pairing, may change this of it.

    A deputy changes who is in it, but does not give it to somebody else to lead.
    """
    own = viewer.supervisor or whole.worker.id == viewer.member_id
    return own or change is not Change.LEAD


async def candidates(
    tx: AsyncSession, viewer: Viewer, whole: Whole, change: Change
) -> list[Elder] | list[Member]:
    """Whom a change may be about, in order of name.

    Raises:
        NotYours: the viewer may not change this.
    """
    if not may_change(viewer, whole, change):
        raise NotYours
    match change:
        case Change.ADD_ELDER:
            inside = {one.id for one in whole.elders}
            return [one for one in await elders.looked_after(tx, viewer) if one.id not in inside]
        case Change.ADD_VOLUNTEER:
            inside = {one.id for one in whole.volunteers}
            found = await members.with_role(tx, viewer.community_id, Role.VOLUNTEER)
            return [one for one in found if one.id not in inside]
        case Change.REMOVE_ELDER:
            return sorted(whole.elders, key=lambda one: one.name)
        case Change.REMOVE_VOLUNTEER:
            return sorted(whole.volunteers, key=lambda one: one.name)
        case Change.LEAD:
            found = await members.with_role(tx, viewer.community_id, Role.SOCIAL_WORKER)
            return [one for one in found if one.id != whole.worker.id]


async def chosen(
    tx: AsyncSession, viewer: Viewer, whole: Whole, change: Change, person_id: int
) -> Elder | Member:
    """One of the candidates.

    Raises:
        Stale: no candidate, or not any more.
    """
    for one in await candidates(tx, viewer, whole, change):
        if one.id == person_id:
            return one
    raise Stale


async def add_elder(tx: AsyncSession, viewer: Viewer, whole: Whole, elder_id: int) -> bool:
    """Take an elder in; False when they are in it already."""
    elder = await access_elder(tx, viewer, elder_id, Right.CHANGE)
    return await insert_once(
        tx,
        PairingElder,
        pairing_id=whole.pairing.id,
        elder_id=elder.id,
        community_id=viewer.community_id,
    )


async def add_volunteer(tx: AsyncSession, viewer: Viewer, whole: Whole, member_id: int) -> bool:
    """Take a volunteer in; False when they are in it already."""
    return await insert_once(
        tx,
        PairingVolunteer,
        pairing_id=whole.pairing.id,
        member_id=member_id,
        community_id=viewer.community_id,
    )


async def remove_elder(tx: AsyncSession, whole: Whole, elder_id: int) -> bool:
    """Let an elder out. Visits that are planned stay, as when a pairing is dissolved."""
    gone = delete(PairingElder).where(
        PairingElder.pairing_id == whole.pairing.id, PairingElder.elder_id == elder_id
    )
    return await changed(tx, gone) == 1


async def remove_volunteer(tx: AsyncSession, whole: Whole, member_id: int) -> bool:
    """Let a volunteer out; `open_again` says what becomes of their visits."""
    gone = delete(PairingVolunteer).where(
        PairingVolunteer.pairing_id == whole.pairing.id, PairingVolunteer.member_id == member_id
    )
    return await changed(tx, gone) == 1


async def coming(tx: AsyncSession, whole: Whole, member_id: int, today: date) -> list[Visiting]:
    """The visits that a volunteer has been asked for in this pairing, from today on."""
    rows = await tx.execute(
        select(Assignment, Elder, Member)
        .join(Elder, Elder.id == Assignment.elder_id)
        .join(Member, Member.id == Assignment.volunteer_id)
        .where(*_of(whole, member_id, today), Assignment.state.in_(PLANNED))
        .order_by(Assignment.day, Assignment.half, Assignment.id)
    )
    return [Visiting(*row) for row in rows]


def _of(whole: Whole, member_id: int, today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Assignment.pairing_id == whole.pairing.id,
        Assignment.volunteer_id == member_id,
        Assignment.day >= today,
    )


async def open_again(tx: AsyncSession, whole: Whole, member_id: int, today: date) -> list[Visiting]:
    """The coming visits of a volunteer who is out need somebody else; drafts are dropped."""
    found = await coming(tx, whole, member_id, today)
    for row in found:
        await visits.move(tx, row.visit, PLANNED, State.DECLINED, reason=UNPAIRED)
    drafts = update(Assignment).where(
        *_of(whole, member_id, today), Assignment.state == State.DRAFT
    )
    await changed(tx, drafts.values(state=State.DROPPED, reason=DRAFTED))
    return found


async def lead(tx: AsyncSession, whole: Whole, member_id: int) -> bool:
    """Somebody else leads from now on; False when they do already, or it is dissolved."""
    given = update(Pairing).where(
        Pairing.id == whole.pairing.id,
        Pairing.worker_id != member_id,
        Pairing.ended_at.is_(None),
    )
    won = await changed(tx, given.values(worker_id=member_id)) == 1
    await tx.refresh(whole.pairing)
    return won


async def elsewhere(tx: AsyncSession, elder: Elder, whole: Whole) -> bool:
    """Whether an elder is in another pairing too."""
    found = await pairings.of_elder(tx, elder)
    return any(one.pairing.id != whole.pairing.id for one in found)
