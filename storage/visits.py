"""Assignments: the visits of a week, and what came of them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Role, Viewer, may
from care.calls import CONTACTS, Kind
from care.plans import Visit, Why
from care.refusals import NotYours, Stale
from care.visits import LIVE, ON_DUTY, PLANNED, State
from storage.elders import tie_of
from storage.once import changed, insert_once
from storage.tables import Assignment, Contact, Elder, Member, PairingVolunteer

OFFERED = frozenset({State.OFFERED})
# Why a visit was dropped that had only been drafted: it counts as nothing.
DRAFTED = "drafted"
# The same before the reason of somebody of the staff, who says that the elder needs none.
DRAFTED_BY_HAND = f"{DRAFTED}:"


def told() -> ColumnElement[bool]:
    """Whether the volunteer has heard of a visit; drafts are the staff's alone, also afterwards."""
    dropped = Assignment.state == State.DROPPED
    unheard = func.coalesce(Assignment.reason, "").startswith(DRAFTED)
    return (Assignment.state != State.DRAFT) & ~(dropped & unheard)


def _was_told(visit: Assignment) -> bool:
    """The same of one visit."""
    dropped = visit.state is State.DROPPED
    return visit.state is not State.DRAFT and not (
        dropped and (visit.reason or "").startswith(DRAFTED)
    )


@dataclass(frozen=True)
class Visiting:
    """An assignment with its people."""

    visit: Assignment
    elder: Elder
    volunteer: Member


def _whole() -> Select[Assignment, Elder, Member]:
    return (
        select(Assignment, Elder, Member)
        .join(Elder, Elder.id == Assignment.elder_id)
        .join(Member, Member.id == Assignment.volunteer_id)
        .order_by(Assignment.day, Assignment.half, Assignment.id)
    )


async def _rows(tx: AsyncSession, *where: ColumnElement[bool]) -> list[Visiting]:
    return [Visiting(*row) for row in await tx.execute(_whole().where(*where))]


async def of_week(tx: AsyncSession, community_id: int, week: date) -> list[Visiting]:
    """Every assignment of a week, declined ones too; an exit ends them quietly."""
    return await _rows(
        tx,
        Assignment.community_id == community_id,
        Assignment.week == week,
        Elder.exited_at.is_(None),
    )


async def of_day(tx: AsyncSession, community_id: int, day: date) -> list[Visiting]:
    """The visits of a day that are planned or under way."""
    return await _rows(
        tx,
        Assignment.community_id == community_id,
        Assignment.day == day,
        Assignment.state.in_(PLANNED | {State.SIGNED_IN}),
        Elder.exited_at.is_(None),
    )


async def of_volunteer(tx: AsyncSession, viewer: Viewer, first: date, last: date) -> list[Visiting]:
    """A volunteer's own visits of some days, without drafts and what was declined or dropped."""
    return await _rows(
        tx,
        Assignment.community_id == viewer.community_id,
        Assignment.volunteer_id == viewer.member_id,
        Assignment.day >= first,
        Assignment.day <= last,
        Assignment.state.not_in((State.DRAFT, State.DECLINED, State.DROPPED)),
        Elder.exited_at.is_(None),
    )


async def of_elder(
    tx: AsyncSession, community_id: int, elder_id: int, first: date, last: date
) -> list[Visiting]:
    """The visits to an elder that are planned, under way, or done."""
    return await _rows(
        tx,
        Assignment.community_id == community_id,
        Assignment.elder_id == elder_id,
        Assignment.day >= first,
        Assignment.day <= last,
        Assignment.state.in_(LIVE),
        Elder.exited_at.is_(None),
    )


async def goers(tx: AsyncSession, elder: Elder, day: date) -> set[int]:
    """Who goes to an elder on a day, or was there."""
    rows = await of_elder(tx, elder.community_id, elder.id, day, day)
    return {one.volunteer.id for one in rows}


async def open_of(
    tx: AsyncSession, elder: Elder, first: date | None = None, before: date | None = None
) -> list[Visiting]:
    """The visits to an elder that are planned or under way, of some days or of all."""
    when = []
    if first is not None:
        when.append(Assignment.day >= first)
    if before is not None:
        when.append(Assignment.day < before)
    return await _rows(tx, Assignment.elder_id == elder.id, Assignment.state.in_(ON_DUTY), *when)


async def drop_drafts(
    tx: AsyncSession, elder: Elder, first: date | None = None, before: date | None = None
) -> None:
    """Take an elder's drafts out of the plan, of some days or of all; nobody has heard of them.

    The rows stay: SQLite would give their numbers to other visits, and an old button would hit one.
    """
    when = []
    if first is not None:
        when.append(Assignment.day >= first)
    if before is not None:
        when.append(Assignment.day < before)
    await _drop(tx, Assignment.elder_id == elder.id, *when)


async def drop_left(tx: AsyncSession, community_id: int, week: date) -> None:
    """What is still drafted of a week that everybody is told of; nobody will be asked for it."""
    await _drop(tx, Assignment.community_id == community_id, Assignment.week == week)


async def _drop(tx: AsyncSession, *which: ColumnElement[bool]) -> None:
    drafts = update(Assignment).where(Assignment.state == State.DRAFT, *which)
    await changed(tx, drafts.values(state=State.DROPPED, reason=DRAFTED))


async def find(tx: AsyncSession, community_id: int, visit_id: int) -> Visiting:
    """A visit of this community; the caller asks who may see what of it.

    Raises:
        NotYours: absent, of another community, or to somebody who is not in care any more.
    """
    rows = await _rows(
        tx,
        Assignment.id == visit_id,
        Assignment.community_id == community_id,
        Elder.exited_at.is_(None),
    )
    if not rows:
        raise NotYours
    return rows[0]


async def instead_of(tx: AsyncSession, gone: Assignment) -> Visiting | None:
    """The visit to the same elder on the same day that replaces one declined or dropped."""
    found = await of_elder(tx, gone.community_id, gone.elder_id, gone.day, gone.day)
    return next(
        (one for one in found if one.visit.id != gone.id and one.visit.second == gone.second), None
    )


async def access_visit(tx: AsyncSession, viewer: Viewer, visit_id: int) -> Visiting:
    """A visit, for the volunteer who makes it or the staff who look after the elder.

    Raises:
        NotYours: absent or somebody else's; the two read the same.
    """
    found = await find(tx, viewer.community_id, visit_id)
    if _goes(viewer, found.visit):
        return found
    if may(viewer, Right.CHANGE, await tie_of(tx, viewer, found.elder)):
        return found
    raise NotYours


async def access_my_visit(tx: AsyncSession, viewer: Viewer, visit_id: int) -> Visiting:
    """A visit, for the volunteer who makes it and nobody else.

    Raises:
        NotYours: absent or somebody else's; the two read the same.
    """
    found = await find(tx, viewer.community_id, visit_id)
    if not _goes(viewer, found.visit):
        raise NotYours
    return found


def _goes(viewer: Viewer, visit: Assignment) -> bool:
    """Whether it is the viewer's own visit, and they have heard of it."""
    return (
        visit.volunteer_id == viewer.member_id
        and Role.VOLUNTEER in viewer.roles
        and _was_told(visit)
    )


async def access_led_visit(tx: AsyncSession, viewer: Viewer, visit_id: int) -> Visiting:
    """A visit, for the staff who look after the elder.

    Raises:
        NotYours: absent or not for this viewer; the two read the same.
    """
    found = await find(tx, viewer.community_id, visit_id)
    if not may(viewer, Right.CHANGE, await tie_of(tx, viewer, found.elder)):
        raise NotYours
    return found


async def move(
    tx: AsyncSession, visit: Assignment, allowed: frozenset[State], after: State, **values: object
) -> None:
    """Take a visit from one of the `allowed` states to another.

    Raises:
        Stale: it is in none of them any more.
    """
    won = await changed(
        tx,
        update(Assignment)
        .where(Assignment.id == visit.id, Assignment.state.in_(allowed))
        .values(state=after, **values),
    )
    if not won:
        raise Stale
    await tx.refresh(visit)


async def assign(
    tx: AsyncSession,
    now: datetime,
    community_id: int,
    week: date,
    pairing_id: int,
    visit: Visit,
    state: State = State.OFFERED,
    *,
    second: bool = False,
) -> bool:
    """Write a visit into the plan; False when the elder has one that day.

    Of two who go together, the one who comes along is `second`.
    """
    return await insert_once(
        tx,
        Assignment,
        community_id=community_id,
        pairing_id=pairing_id,
        elder_id=visit.elder_id,
        volunteer_id=visit.volunteer_id,
        week=week,
        day=visit.day,
        half=visit.half,
        state=state,
        second=second,
        why=[str(one) for one in visit.why],
        locked=False,
        created_at=now,
    )


async def plain_reasons(tx: AsyncSession, visit: Assignment) -> list[Why]:
    """What speaks for a volunteer whom no plan chose; without any of it the staff decided."""
    paired = select(PairingVolunteer.pairing_id).where(
        PairingVolunteer.pairing_id == visit.pairing_id,
        PairingVolunteer.member_id == visit.volunteer_id,
    )
    came = select(Assignment.id).where(
        Assignment.elder_id == visit.elder_id,
        Assignment.volunteer_id == visit.volunteer_id,
        Assignment.state == State.DONE,
    )
    holds = {Why.OWN_PAIRING: paired, Why.KNOWS_THEM: came}
    found = [why for why, asked in holds.items() if await tx.scalar(asked.limit(1)) is not None]
    return found or [Why.LOCKED]


async def last_remark(tx: AsyncSession, elder: Elder, before: date) -> tuple[date, str] | None:
    """What the last visitor left for the next one, with its day."""
    rows = await tx.execute(
        select(Contact.day, Contact.remark, Contact.key)
        .where(
            Contact.community_id == elder.community_id,
            Contact.elder_id == elder.id,
            Contact.kind == Kind.VISIT,
            Contact.outcome.in_(CONTACTS),
            Contact.withdrawn_at.is_(None),
            Contact.day <= before,
        )
        .order_by(Contact.happened_at.desc(), Contact.id.desc())
        .limit(1)
    )
    for day, remark, key in rows:
        if not remark or await _is_private(tx, elder.community_id, key):
            return None
        return day, remark
    return None


async def _is_private(tx: AsyncSession, community_id: int, key: str) -> bool:
    """Whether what was written at a visit is for the staff alone; `key` is the contact's."""
    kind, _, number = key.partition(":")
    if kind != "visit":
        return False
    report = await tx.scalar(
        select(Assignment.report).where(
            Assignment.id == int(number), Assignment.community_id == community_id
        )
    )
    return bool((report or {}).get("private"))


async def mine_of_day(tx: AsyncSession, viewer: Viewer, elder: Elder, day: date) -> Visiting | None:
    """The viewer's own visit to an elder on a day that is planned, under way, or done."""
    rows = await of_elder(tx, viewer.community_id, elder.id, day, day)
    return next((one for one in rows if one.volunteer.id == viewer.member_id), None)
