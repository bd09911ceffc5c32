"""Door visits: the pairing is asked to go to somebody's door, and exactly one does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.calls import Kind
from care.days import NOON, HalfDay, moment, week_of
from care.joining import Standing
from care.ladder import Cause, DoorEnd, Step
from care.notices import Notice
from care.plans import Visit
from care.refusals import NotYours, Stale, Taken
from care.visits import PLANNED, State
from storage import alerts, ladder, leave, members, outbox, pairings, visits
from storage.calls import unanswered
from storage.communities import zone_of
from storage.elders import tie_of
from storage.ladder import Letter
from storage.once import changed, insert_once
from storage.tables import Community, Contact, DoorVisit, Elder, Member, Outbox, Post, Told
from storage.tables import Standing as Message
from storage.week import GIVEN


def door_card(door_id: int) -> str:
    """The card name of everything that shows a door visit."""
    return f"door:{door_id}"


@dataclass(frozen=True)
class AtDoor:
    """A door visit with its people."""

    door: DoorVisit
    elder: Elder
    goer: Member | None


async def door(tx: AsyncSession, community_id: int, door_id: int) -> AtDoor:
    """A door visit of this community.

    Raises:
        NotYours: absent, or the elder is in care no more.
    """
    row = (
        await tx.execute(
            select(DoorVisit, Elder, Member)
            .join(Elder, Elder.id == DoorVisit.elder_id)
            .outerjoin(Member, Member.id == DoorVisit.claimed_by)
            .where(
                DoorVisit.id == door_id,
                DoorVisit.community_id == community_id,
                Elder.exited_at.is_(None),
            )
        )
    ).first()
    if row is None:
        raise NotYours
    return AtDoor(*row)


async def access_door(tx: AsyncSession, viewer: Viewer, door_id: int) -> AtDoor:
    """A door visit, for those who may be asked: the pairing's volunteers and the elder's staff.

    Raises:
        NotYours: absent or not for this viewer.
    """
    found = await door(tx, viewer.community_id, door_id)
    tie = await tie_of(tx, viewer, found.elder)
    if viewer.staff or tie.visits or tie.on_duty:
        return found
    raise NotYours


_OPEN = (
    select(DoorVisit, Elder, Member)
    .join(Elder, Elder.id == DoorVisit.elder_id)
    .outerjoin(Member, Member.id == DoorVisit.claimed_by)
    .where(DoorVisit.community_id == bindparam("community"), DoorVisit.ended_at.is_(None))
    .order_by(DoorVisit.id)
)
_OPEN_OF_ONE = _OPEN.where(DoorVisit.elder_id == bindparam("elder"))


async def open_doors(
    tx: AsyncSession, community_id: int, elder_id: int | None = None
) -> list[AtDoor]:
    """Door visits that have not ended, of one elder or of all."""
    asked = {"community": community_id, "elder": elder_id}
    rows = await tx.execute(_OPEN if elder_id is None else _OPEN_OF_ONE, asked)
    return [AtDoor(*row) for row in rows]


_OF_DAY = select(DoorVisit).where(
    DoorVisit.elder_id.in_(bindparam("elders", expanding=True)), DoorVisit.day == bindparam("day")
)


async def of_day(tx: AsyncSession, elder_ids: list[int], day: date) -> dict[int, DoorVisit]:
    """The door visit of each elder on a day, ended or not."""
    rows = await tx.scalars(_OF_DAY, {"elders": elder_ids, "day": day})
    return {row.elder_id: row for row in rows}


_WANTED = select(
    or_(
        exists().where(
            DoorVisit.community_id == bindparam("community"), DoorVisit.day == bindparam("day")
        ),
        exists().where(
            Contact.community_id == bindparam("community"),
            Contact.day == bindparam("day"),
            Contact.kind == Kind.VISIT,
            unanswered(),
        ),
        exists(
            select(Contact.elder_id)
            .where(
                Contact.community_id == bindparam("community"),
                Contact.day == bindparam("day"),
                unanswered(),
            )
            .group_by(Contact.elder_id)
            .having(func.count() >= bindparam("attempts"))
        ),
    )
)


async def wanted(tx: AsyncSession, community_id: int, day: date, attempts: int) -> bool:
    """Whether the ladder may begin early on a day: a door visit, a door nobody opened, attempts."""
    asked = {"community": community_id, "day": day, "attempts": attempts}
    return bool(await tx.scalar(_WANTED, asked))


async def begin_door(
    tx: AsyncSession, now: datetime, elder: Elder, day: date, cause: Cause
) -> DoorVisit | None:
    """Ask for a door visit; None when one was asked for that day."""
    new = await insert_once(
        tx,
        DoorVisit,
        community_id=elder.community_id,
        elder_id=elder.id,
        day=day,
        cause=cause,
        offered_at=now,
    )
    if not new:
        return None
    return (await of_day(tx, [elder.id], day))[elder.id]


async def can_go(tx: AsyncSession, elder: Elder, day: date) -> list[Member]:
    """The pairing's volunteers whom chat reaches and who are not away that day."""
    away = await leave.days_away(tx, elder.community_id, week_of(day))
    found = {
        one.id: one
        for whole in await pairings.of_elder(tx, elder)
        for one in whole.volunteers
        if one.standing is Standing.ACTIVE
        and members.reachable(one)
        and day not in away.get(one.id, set())
    }
    return list(found.values())


async def claim_door(tx: AsyncSession, now: datetime, viewer: Viewer, door_id: int) -> AtDoor:
    """Go to the door: exactly one wins, and has the visit in their list.

    Raises:
        NotYours: not asked.
        Taken: somebody else goes, or is there already; `by` is empty when it is oneself.
        Stale: it is over.
    """
    found = await access_door(tx, viewer, door_id)
    won = await changed(
        tx,
        update(DoorVisit)
        .where(
            DoorVisit.id == door_id, DoorVisit.claimed_by.is_(None), DoorVisit.ended_at.is_(None)
        )
        .values(claimed_by=viewer.member_id, claimed_at=now),
    )
    if not won:
        await tx.refresh(found.door)
        found = await door(tx, viewer.community_id, door_id)
        if found.goer is not None and found.door.ended_at is None:
            raise Taken("" if found.goer.id == viewer.member_id else found.goer.name)
        raise Stale
    await tx.refresh(found.door)
    if Role.VOLUNTEER in viewer.roles:
        await _give_visit(tx, now, viewer, found)
    return await door(tx, viewer.community_id, door_id)


async def _give_visit(tx: AsyncSession, now: datetime, viewer: Viewer, found: AtDoor) -> None:
    """Make the door visit a visit like any other: address, sign-in, report.

    Raises:
        Taken: somebody with a visit planned for today is at the door already.
    """
    elder, day = found.elder, found.door.day
    await visits.drop_drafts(tx, elder, day, day + timedelta(days=1))
    for one in await visits.of_elder(tx, elder.community_id, elder.id, day, day):
        if one.visit.state not in PLANNED:
            raise Taken(one.volunteer.name)
        if one.volunteer.id == viewer.member_id:
            await visits.move(tx, one.visit, PLANNED, State.ACCEPTED)
        else:
            await visits.move(tx, one.visit, PLANNED, State.DROPPED, reason=GIVEN)
    led = [
        one.pairing.id
        for one in await pairings.of_elder(tx, elder)
        if any(volunteer.id == viewer.member_id for volunteer in one.volunteers)
    ]
    if led:
        community = await tx.get_one(Community, elder.community_id)
        half = HalfDay.AM if now.astimezone(zone_of(community)).time() < NOON else HalfDay.PM
        visit = Visit(elder.id, viewer.member_id, day, half)
        await visits.assign(
            tx, now, elder.community_id, week_of(day), led[0], visit, State.ACCEPTED
        )
    for one in await visits.of_elder(tx, elder.community_id, elder.id, day, day):
        if one.volunteer.id == viewer.member_id:
            found.door.assignment_id = one.visit.id
    await tx.flush()


async def release_door(tx: AsyncSession, door_: DoorVisit, goer_id: int) -> bool:
    """Whoever wanted to go does not; it may be claimed again. False when they had it no more."""
    return bool(
        await changed(
            tx,
            update(DoorVisit)
            .where(
                DoorVisit.id == door_.id,
                DoorVisit.claimed_by == goer_id,
                DoorVisit.ended_at.is_(None),
            )
            .values(claimed_by=None, claimed_at=None, assignment_id=None),
        )
    )


async def end_door(tx: AsyncSession, now: datetime, door_: DoorVisit, end: DoorEnd) -> bool:
    """Nobody need go any more; False when it had ended."""
    return bool(
        await changed(
            tx,
            update(DoorVisit)
            .where(DoorVisit.id == door_.id, DoorVisit.ended_at.is_(None))
            .values(ended_at=now, end=end),
        )
    )


async def offer(
    tx: AsyncSession,
    now: datetime,
    door_: DoorVisit,
    elder: Elder,
    but: int | None = None,
    claimed_at: datetime | None = None,
) -> None:
    """Ask everybody who can go, except whoever has just given it back, and claimed it when."""
    asked = [one for one in await can_go(tx, elder, door_.day) if one.id != but]
    if not asked:
        asked = [one for one in await alerts.keepers_of(tx, now, elder) if one.id != but]
    again = f"{but}:{claimed_at:%H%M%S}" if but and claimed_at else "0"
    await _ask(tx, now, door_, elder, asked, again)


async def _ask(
    tx: AsyncSession,
    now: datetime,
    door_: DoorVisit,
    elder: Elder,
    asked: Iterable[Member],
    again: str,
) -> None:
    station = await tx.get_one(Community, elder.community_id)
    end = moment(door_.day + timedelta(days=1), time(0), zone_of(station))
    for member in asked:
        letter = Letter(
            Step.DOOR,
            door_.day,
            Notice.DOOR,
            f"door:{door_.id}:{member.id}:{again}",
            {"door": door_.id},
            door_card(door_.id),
            expires_at=end,
        )
        await ladder.tell(tx, now, member, [elder], letter)


async def give_back(tx: AsyncSession, now: datetime, one: AtDoor, goer: Member) -> None:
    """Whoever had claimed it does not go: the others are asked again, the staff hear of it."""
    claimed_at = one.door.claimed_at
    if not await release_door(tx, one.door, goer.id):
        return
    await tx.refresh(one.door)
    await outbox.refresh(tx, now, door_card(one.door.id))
    await offer(tx, now, one.door, one.elder, goer.id, claimed_at)


_OFFERED = (
    select(
        Told.member_id,
        Outbox.state.in_((Post.REFUSED, Post.DROPPED, Post.EXPIRED))
        | Member.blocked_at.is_not(None)
        | (Member.standing != Standing.ACTIVE),
    )
    .join(Member, Member.id == Told.member_id)
    .outerjoin(Outbox, Outbox.key == Told.letter)
    .where(
        Told.elder_id == bindparam("elder"),
        Told.day == bindparam("day"),
        Told.step == Step.DOOR,
    )
    .order_by(Told.id)
)
_SHOWN = (
    select(Message.member_id, Message.facts)
    .where(Message.card == bindparam("named"))
    .order_by(Message.message)
)


async def offer_to_keepers(tx: AsyncSession, now: datetime, door_: DoorVisit, elder: Elder) -> None:
    """Nobody who was asked is left to say yes: the staff hear of it now, and not at 17:00.

    The last message each was sent counts, and the last one that stands in their chat.
    """
    asked = dict((await tx.execute(_OFFERED, {"elder": elder.id, "day": door_.day})).all())
    shown = await tx.execute(_SHOWN, {"named": door_card(door_.id)})
    said_no = {member_id: bool(facts.get("declined")) for member_id, facts in shown}
    if all(gone or said_no.get(one) for one, gone in asked.items()):
        keepers = await alerts.keepers_of(tx, now, elder)
        new = [one for one in keepers if one.id not in asked and members.reachable(one)]
        await _ask(tx, now, door_, elder, new, "0")
