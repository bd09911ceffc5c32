"""Errands: asked for, claimed by exactly one, ended, with every step kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from care.access import Right, Role, Viewer, may
from care.errands import ENDED, IN_HAND, STEPS, Kind, State, Step, after
from care.refusals import NotYours, Stale, Taken
from storage.elders import tie_of
from storage.once import changed
from storage.tables import Elder, Errand, ErrandStep, Member

# Made once: an alias copies every column of its table.
asker, claimer = aliased(Member), aliased(Member)


@dataclass(frozen=True)
class Whole:
    """An errand with its people."""

    errand: Errand
    elder: Elder
    asker: Member
    claimer: Member | None


async def ask(
    tx: AsyncSession,
    now: datetime,
    elder: Elder,
    kind: Kind,
    what: str,
    by_when: datetime,
    asker: int,
) -> Errand:
    """A new errand, open to be claimed."""
    errand = Errand(
        community_id=elder.community_id,
        elder_id=elder.id,
        kind=kind,
        what=what,
        by_when=by_when,
        asked_by=asker,
        asked_at=now,
        state=State.OPEN,
    )
    tx.add(errand)
    await tx.flush()
    _note(tx, now, errand, "ask", asker)
    return errand


def _note(
    tx: AsyncSession,
    now: datetime,
    errand: Errand,
    step: str,
    by: int,
    reason: str | None = None,
) -> None:
    tx.add(
        ErrandStep(
            community_id=errand.community_id,
            errand_id=errand.id,
            step=step,
            by_id=by,
            at=now,
            reason=reason,
        )
    )


async def _rows(tx: AsyncSession, *where: object) -> list[Whole]:
    rows = await tx.execute(
        select(Errand, Elder, asker, claimer)
        .join(Elder, Elder.id == Errand.elder_id)
        .join(asker, asker.id == Errand.asked_by)
        .outerjoin(claimer, claimer.id == Errand.claimed_by)
        .where(*where)  # type: ignore[arg-type]
        .order_by(Errand.by_when, Errand.id)
    )
    return [Whole(*row) for row in rows]


async def load(tx: AsyncSession, community_id: int, errand_id: int) -> Whole:
    """An errand for its card, which shows building and kind only.

    Raises:
        NotYours: absent or of another community.
    """
    rows = await _rows(tx, Errand.id == errand_id, Errand.community_id == community_id)
    if not rows:
        raise NotYours
    return rows[0]


async def access_errand(tx: AsyncSession, viewer: Viewer, errand_id: int) -> Whole:
    """An errand in full: for its asker, its claimer, and the staff who look after the elder.

    Raises:
        NotYours: absent, not for this viewer, or for somebody who is in care no more.
    """
    whole = await load(tx, viewer.community_id, errand_id)
    if whole.elder.exited_at is not None:
        raise NotYours
    if viewer.member_id in {whole.errand.claimed_by, whole.errand.asked_by}:
        return whole
    if may(viewer, Right.CHANGE, await tie_of(tx, viewer, whole.elder)):
        return whole
    raise NotYours


async def claim(tx: AsyncSession, now: datetime, viewer: Viewer, errand_id: int) -> Whole:
    """Take an errand: exactly one wins.

    Raises:
        NotYours: absent, or the viewer is no volunteer of this community.
        Taken: somebody else was first.
        Stale: it is over.
    """
    if Role.VOLUNTEER not in viewer.roles:
        raise NotYours
    won = await changed(
        tx,
        update(Errand)
        .where(
            Errand.id == errand_id,
            Errand.community_id == viewer.community_id,
            Errand.state == State.OPEN,
            Errand.claimed_by.is_(None),
        )
        .values(state=State.CLAIMED, claimed_by=viewer.member_id, claimed_at=now),
    )
    whole = await load(tx, viewer.community_id, errand_id)
    if won:
        _note(tx, now, whole.errand, Step.CLAIM, viewer.member_id)
        return whole
    if whole.claimer is not None and whole.errand.state in IN_HAND:
        raise Taken("" if whole.claimer.id == viewer.member_id else whole.claimer.name)
    raise Stale


async def take_step(
    tx: AsyncSession,
    now: datetime,
    whole: Whole,
    step: Step,
    by: int,
    reason: str | None = None,
) -> None:
    """Any step but the claim.

    Raises:
        Stale: the errand is in no state that allows the step.
    """
    errand = whole.errand
    then = after(errand.state, step)
    values: dict[str, object] = {"state": then}
    if then is State.OPEN:
        values |= {"claimed_by": None, "claimed_at": None}
    if then in ENDED:
        values |= {"ended_at": now, "reason": reason}
    won = await changed(
        tx,
        update(Errand)
        .where(
            Errand.id == errand.id,
            Errand.state.in_(STEPS[step][0]),
            Errand.claimed_by.is_not_distinct_from(errand.claimed_by),
        )
        .values(**values),
    )
    if not won:
        raise Stale
    _note(tx, now, errand, step, by, reason)
    await tx.refresh(errand)


async def open_of_elder(tx: AsyncSession, elder: Elder) -> list[Whole]:
    """The errands for one elder that are not over."""
    return await _rows(tx, Errand.elder_id == elder.id, Errand.state.not_in(ENDED))


async def offer_again(
    tx: AsyncSession, now: datetime, elder: Elder, ended_at: datetime, by: int
) -> list[Whole]:
    """The errands of an elder that were cancelled at one moment, by mistake, are open again."""
    ended = await _rows(
        tx, Errand.elder_id == elder.id, Errand.state.in_(ENDED), Errand.ended_at == ended_at
    )
    values = {"state": State.OPEN, "claimed_by": None, "claimed_at": None}
    for whole in ended:
        await changed(
            tx,
            update(Errand)
            .where(Errand.id == whole.errand.id, Errand.ended_at == ended_at)
            .values(ended_at=None, reason=None, **values),
        )
        _note(tx, now, whole.errand, "offer_again", by)
        await tx.refresh(whole.errand)
    return ended


async def open_for(tx: AsyncSession, viewer: Viewer) -> list[Whole]:
    """What can be claimed in the viewer's community."""
    return await _rows(tx, Errand.community_id == viewer.community_id, Errand.state == State.OPEN)


async def in_hand_of(tx: AsyncSession, viewer: Viewer) -> list[Whole]:
    """What a volunteer has claimed and not ended."""
    return await _rows(
        tx,
        Errand.community_id == viewer.community_id,
        Errand.claimed_by == viewer.member_id,
        Errand.state.in_(IN_HAND),
    )
