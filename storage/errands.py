"""Errands: asked for, claimed by exactly one, ended, with every step kept."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from care.access import Right, Role, Viewer, may
from care.errand_offers import Circle
from care.errands import (
    ENDED,
    IN_HAND,
    STEPS,
    Kind,
    Part,
    Payer,
    State,
    Step,
    after,
    may_take,
    refuse_claim,
)
from care.refusals import NotYours, Stale, Taken
from storage import errand_helpers
from storage.communities import settings_of
from storage.elders import tie_of
from storage.once import changed
from storage.tables import Community, Elder, Errand, ErrandOffer, ErrandStep, Member

# Made once: an alias copies every column of its table.
asker, claimer = aliased(Member), aliased(Member)


@dataclass(frozen=True)
class Whole:
    """An errand with its people."""

    errand: Errand
    elder: Elder
    asker: Member
    claimer: Member | None


@dataclass(frozen=True)
class Extra:
    """What an errand may have beside what it must have.

    Attributes:
        photo: Telegram's name of a photo, of a prescription for example.
        meet_at: when the elder is fetched, for an escort.
        budget_fen: what it may cost, in fen.
        assignment_id: the visit at which the need was found.
    """

    photo: str | None = None
    meet_at: datetime | None = None
    budget_fen: int | None = None
    payer: Payer | None = None
    assignment_id: int | None = None


async def ask(
    tx: AsyncSession,
    now: datetime,
    elder: Elder,
    kind: Kind,
    what: str,
    by_when: datetime,
    asker: int,
    *,
    extra: Extra | None = None,
    state: State = State.OPEN,
) -> Errand:
    """A new errand: open to be claimed, or waiting for approval (`care.errands.first_state`)."""
    errand = Errand(
        community_id=elder.community_id,
        elder_id=elder.id,
        kind=kind,
        what=what,
        by_when=by_when,
        asked_by=asker,
        asked_at=now,
        state=state,
        opened_at=now if state is State.OPEN else None,
        turn_number=0,
        **asdict(extra or Extra()),
    )
    tx.add(errand)
    await tx.flush()
    note(tx, now, errand, "ask", asker)
    return errand


def note(
    tx: AsyncSession,
    now: datetime,
    errand: Errand,
    step: str,
    by: int,
    reason: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Add a line to the history of an errand."""
    tx.add(
        ErrandStep(
            community_id=errand.community_id,
            errand_id=errand.id,
            step=step,
            by_id=by,
            at=now,
            reason=reason,
            facts=facts,
        )
    )


_WHOLE = (
    select(Errand, Elder, asker, claimer)
    .join(Elder, Elder.id == Errand.elder_id)
    .join(asker, asker.id == Errand.asked_by)
    .outerjoin(claimer, claimer.id == Errand.claimed_by)
)
_IN_ORDER = _WHOLE.order_by(Errand.by_when, Errand.id)
_ONE = _WHOLE.where(Errand.id == bindparam("errand"), Errand.community_id == bindparam("community"))


async def rows(tx: AsyncSession, *where: ColumnElement[bool]) -> list[Whole]:
    """Errands with their people, what is due soonest first."""
    return [Whole(*row) for row in await tx.execute(_IN_ORDER.where(*where))]


async def load(
    tx: AsyncSession, community_id: int, errand_id: int, *, again: bool = False
) -> Whole:
    """An errand for its card, which shows building and kind only.

    `again`: it may have been changed behind the session's back.

    Raises:
        NotYours: absent or of another community.
    """
    asked = {"errand": errand_id, "community": community_id}
    found = await tx.execute(_ONE, asked, execution_options={"populate_existing": again})
    row = found.one_or_none()
    if row is None:
        raise NotYours
    return Whole(*row)


async def part_of(tx: AsyncSession, viewer: Viewer, whole: Whole) -> Part:
    """What the viewer has to do with an errand."""
    me, errand = viewer.member_id, whole.errand
    tie = await tie_of(tx, viewer, whole.elder)
    return Part(
        asker=errand.asked_by == me,
        claimer=errand.claimed_by == me,
        keeper=may(viewer, Right.CHANGE, tie),
        receiver=tie.family or tie.self_,
    )


async def access_errand(tx: AsyncSession, viewer: Viewer, errand_id: int) -> Whole:
    """An errand in full: for asker and claimer, the elder and family, and the elder's staff.

    Raises:
        NotYours: absent, not for this viewer, or for somebody who is in care no more.
    """
    whole = await load(tx, viewer.community_id, errand_id)
    if whole.elder.exited_at is not None:
        raise NotYours
    if viewer.member_id in {whole.errand.claimed_by, whole.errand.asked_by}:
        return whole
    part = await part_of(tx, viewer, whole)
    if part.keeper or part.receiver:
        return whole
    raise NotYours


async def access_step(
    tx: AsyncSession, viewer: Viewer, errand_id: int, step: Step
) -> tuple[Whole, Part]:
    """An errand, for somebody who may take a step that is not the claim, and their part in it.

    Raises:
        NotYours: absent, or the step is another person's.
        Stale: the errand is past the step, or not there yet.
    """
    whole = await access_errand(tx, viewer, errand_id)
    part = await part_of(tx, viewer, whole)
    state = whole.errand.state
    if state in ENDED and state not in STEPS[step][0]:
        raise Stale
    station = await tx.get_one(Community, whole.errand.community_id)
    if not may_take(step, state, part, approvals=settings_of(station).errand_approval):
        raise NotYours
    after(state, step)
    return whole, part


async def claim(tx: AsyncSession, now: datetime, viewer: Viewer, errand_id: int) -> Whole:
    """Take an errand: exactly one wins.

    Raises:
        NotYours: absent, or the viewer is no volunteer of this community.
        Taken: somebody else was first.
        Stale: it is over.
        MedicineOnly, NotAsked, EnoughInHand: not for this volunteer.
    """
    if Role.VOLUNTEER not in viewer.roles:
        raise NotYours
    whole = await load(tx, viewer.community_id, errand_id)
    if whole.errand.state is State.OPEN:
        await _refuse(tx, viewer, whole)
        won = await _take(tx, now, viewer, errand_id)
        whole = await load(tx, viewer.community_id, errand_id, again=True)
        if won:
            note(tx, now, whole.errand, Step.CLAIM, viewer.member_id)
            return whole
    if whole.claimer is not None and whole.errand.state in IN_HAND:
        raise Taken("" if whole.claimer.id == viewer.member_id else whole.claimer.name)
    raise Stale


async def _take(tx: AsyncSession, now: datetime, viewer: Viewer, errand_id: int) -> bool:
    """The one statement that decides between all who saw it open."""
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
    return won == 1


async def _refuse(tx: AsyncSession, viewer: Viewer, whole: Whole) -> None:
    station = await tx.get_one(Community, viewer.community_id)
    settings = settings_of(station)
    who = await errand_helpers.claimer(tx, viewer, whole.elder, whole.errand)
    refuse_claim(
        whole.errand.kind,
        who,
        most=settings.errands_at_once,
        medicine_approved=settings.errand_medicine_approved,
    )


_NOBODY: dict[str, Any] = {
    "claimed_by": None,
    "claimed_at": None,
    "asked_claimer_at": None,
    "kept_at": None,
    "set_out_at": None,
    "warned_at": None,
}


def _values(now: datetime, errand: Errand, step: Step, reason: str | None) -> dict[str, Any]:
    """What a step changes beside the history."""
    values: dict[str, Any] = {"state": after(errand.state, step)}
    match step:
        case Step.RETURN:
            turn = errand.turn_number + 1
            values |= _NOBODY | {"opened_at": now, "turn_number": turn, "money_due": now}
        case Step.FINISH | Step.FAIL | Step.CANCEL:
            values |= {"ended_at": now, "reason": reason, "money_due": now}
        case Step.APPROVE:
            values |= {"opened_at": now}
        case Step.SET_OUT:
            values |= {"set_out_at": now}
        case Step.BUY:
            # Who has bought it had set out, whether they said so or not.
            values |= {"set_out_at": errand.set_out_at or now}
        case Step.KEEP:
            values |= {"kept_at": now}
    return values


async def take_step(
    tx: AsyncSession,
    now: datetime,
    whole: Whole,
    step: Step,
    by: int,
    reason: str | None = None,
) -> None:
    """Any step but the claim and the edit; whoever gives it back is not asked again for it.

    Raises:
        Stale: the errand is in no state that allows the step.
    """
    errand = whole.errand
    holder = errand.claimed_by
    await move(tx, errand, step, _values(now, errand, step, reason))
    note(tx, now, errand, step, by, reason)
    if step is Step.RETURN and holder is not None:
        await errand_helpers.note_no(tx, now, errand, holder)
    await tx.refresh(errand)


async def move(tx: AsyncSession, errand: Errand, step: Step, values: dict[str, Any]) -> None:
    """Change an errand, if it still is what it was when it was looked at.

    Raises:
        Stale: it is not.
    """
    won = await changed(
        tx,
        update(Errand)
        .where(
            Errand.id == errand.id,
            Errand.state == errand.state,
            Errand.state.in_(STEPS[step][0]),
            Errand.claimed_by.is_not_distinct_from(errand.claimed_by),
        )
        .values(**values),
    )
    if not won:
        raise Stale


async def open_of_elder(tx: AsyncSession, elder: Elder) -> list[Whole]:
    """The errands for one elder that are not over."""
    return await rows(tx, Errand.elder_id == elder.id, Errand.state.not_in(ENDED))


async def offer_again(
    tx: AsyncSession, now: datetime, elder: Elder, ended_at: datetime, by: int
) -> list[Whole]:
    """The errands of an elder that were cancelled at one moment, by mistake, are as before.

    What somebody had in hand is open again, for they were told that it is off.
    """
    ended = await rows(
        tx, Errand.elder_id == elder.id, Errand.state.in_(ENDED), Errand.ended_at == ended_at
    )
    for whole in ended:
        one = whole.errand
        state = State.REQUESTED if one.opened_at is None else State.OPEN
        again = one.turn_number + (one.claimed_by is not None)
        values = _NOBODY | {"state": state, "turn_number": again, "money_due": now}
        await changed(
            tx,
            update(Errand)
            .where(Errand.id == one.id, Errand.ended_at == ended_at)
            .values(ended_at=None, reason=None, **values),
        )
        note(tx, now, one, "offer_again", by)
        await tx.refresh(one)
    return ended


async def open_for(tx: AsyncSession, viewer: Viewer) -> list[Whole]:
    """What the viewer can claim: what they were asked for, and what everybody was."""
    offered = exists().where(
        ErrandOffer.errand_id == Errand.id,
        ErrandOffer.turn_number == Errand.turn_number,
        or_(
            ErrandOffer.member_id == viewer.member_id,
            (ErrandOffer.circle == Circle.GROUP) & (ErrandOffer.no_at.is_(None)),
        ),
    )
    refused = exists().where(
        ErrandOffer.errand_id == Errand.id,
        ErrandOffer.member_id == viewer.member_id,
        ErrandOffer.no_at.is_not(None),
    )
    mine = Errand.community_id == viewer.community_id
    return await rows(tx, mine, Errand.state == State.OPEN, offered, ~refused)


async def in_hand_of(tx: AsyncSession, viewer: Viewer) -> list[Whole]:
    """What a volunteer has claimed and not ended."""
    return await rows(
        tx,
        Errand.community_id == viewer.community_id,
        Errand.claimed_by == viewer.member_id,
        Errand.state.in_(IN_HAND),
    )
