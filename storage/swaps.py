"""Swaps: who asked whom to make a visit instead, and what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from care.access import Role, Viewer
from care.days import local_day
from care.plan_rules import Break
from care.planning import Problem
from care.plans import Visit as NewVisit
from care.refusals import NotYours, Stale
from care.swaps import Going, Move, State, broken, can_move, starts_at
from care.visits import LIVE, PLANNED
from care.visits import State as Visit
from storage import members, planning, visits
from storage.communities import settings_of, zone_of
from storage.once import changed, insert_once
from storage.tables import Assignment, Community, Elder, Member, Swap
from storage.visits import Visiting
from storage.week import GIVEN


def swap_card(swap_id: int) -> str:
    """The card name of the question in the chat of whoever is asked."""
    return f"swap:{swap_id}"


def asked_card(visit_id: int) -> str:
    """The card name of what whoever asks about a visit sees of the answers."""
    return f"swaps_of:{visit_id}"


@dataclass(frozen=True)
class Asked:
    """A question with its people; `back` is the visit that is given for it."""

    swap: Swap
    visit: Assignment
    elder: Elder
    back: Assignment | None
    back_elder: Elder | None
    asker: Member
    taker: Member

    @property
    def visits(self) -> tuple[Assignment, ...]:
        """The visits that would be made by somebody else."""
        return (self.visit,) if self.back is None else (self.visit, self.back)

    @property
    def moves(self) -> tuple[Move, ...]:
        """What would change."""
        back = () if self.back is None else (move_of(self.back, self.asker.id),)
        return (move_of(self.visit, self.taker.id), *back)

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered: nothing of it has changed or begun."""
        return (
            self.swap.state is State.ASKED
            and now < self.swap.expires_at
            and all(one.state in PLANNED for one in self.visits)
            and self.elder.exited_at is None
            and (self.back_elder is None or self.back_elder.exited_at is None)
        )


def move_of(visit: Assignment, to_id: int) -> Move:
    """A visit that would be made by somebody else."""
    return Move(visit.elder_id, visit.day, visit.half, visit.volunteer_id, to_id)


_back, _back_elder = aliased(Assignment), aliased(Elder)
_asker, _taker = aliased(Member), aliased(Member)
_WHOLE = (
    select(Swap, Assignment, Elder, _back, _back_elder, _asker, _taker)
    .join(Assignment, Assignment.id == Swap.visit_id)
    .join(Elder, Elder.id == Assignment.elder_id)
    .outerjoin(_back, _back.id == Swap.back_id)
    .outerjoin(_back_elder, _back_elder.id == _back.elder_id)
    .join(_asker, _asker.id == Swap.from_id)
    .join(_taker, _taker.id == Swap.to_id)
    .order_by(Swap.id)
)


async def _rows(tx: AsyncSession, *where: ColumnElement[bool]) -> list[Asked]:
    return [Asked(*row) for row in await tx.execute(_WHOLE.where(*where))]


async def of_visit(tx: AsyncSession, visit: Assignment) -> list[Asked]:
    """Who was asked to make a visit, in the order of asking."""
    return await _rows(tx, Swap.visit_id == visit.id)


async def still_asked(tx: AsyncSession, community_id: int) -> list[Asked]:
    """The questions of a community that nobody has answered."""
    return await _rows(tx, Swap.community_id == community_id, Swap.state == State.ASKED)


async def _access(tx: AsyncSession, viewer: Viewer, swap_id: int) -> Asked:
    rows = await _rows(tx, Swap.id == swap_id, Swap.community_id == viewer.community_id)
    if not rows or Role.VOLUNTEER not in viewer.roles:
        raise NotYours
    return rows[0]


async def access_question(tx: AsyncSession, viewer: Viewer, swap_id: int) -> Asked:
    """A question, for the volunteer who is asked.

    Raises:
        NotYours: absent or put to somebody else; the two read the same.
    """
    found = await _access(tx, viewer, swap_id)
    if found.taker.id != viewer.member_id:
        raise NotYours
    return found


async def access_own_question(tx: AsyncSession, viewer: Viewer, swap_id: int) -> Asked:
    """A question, for the volunteer who put it.

    Raises:
        NotYours: absent or somebody else's; the two read the same.
    """
    found = await _access(tx, viewer, swap_id)
    if found.asker.id != viewer.member_id:
        raise NotYours
    return found


class Weeks:
    """The hard rules for visits of some weeks; what each week asks for is read once."""

    def __init__(self, tx: AsyncSession, now: datetime, station: Community) -> None:
        self._tx, self._station = tx, station
        self._today = local_day(now, zone_of(station))
        self._problems: dict[date, Problem] = {}
        self._going: dict[date, frozenset[Going]] = {}

    async def problem(self, week: date) -> Problem:
        """What is known of a week."""
        if week not in self._problems:
            known = await planning.to_plan(self._tx, self._station, week, self._today)
            self._problems[week] = known.problem
        return self._problems[week]

    async def _who_goes(self, week: date) -> frozenset[Going]:
        """Who goes where in a week."""
        if week not in self._going:
            rows = await visits.of_week(self._tx, self._station.id, week)
            self._going[week] = frozenset(
                (one.elder.id, one.volunteer.id, one.visit.day)
                for one in rows
                if one.visit.state in LIVE
            )
        return self._going[week]

    async def broken(self, exchange: Iterable[tuple[Assignment, int]]) -> list[Break]:
        """Which hard rules these visits would break, each made by the member beside it."""
        by_week: dict[date, list[Move]] = defaultdict(list)
        for visit, to_id in exchange:
            by_week[visit.week].append(move_of(visit, to_id))
        found: list[Break] = []
        for week, moves in by_week.items():
            found += broken(await self.problem(week), moves, await self._who_goes(week))
        return found


@dataclass(frozen=True)
class Taker:
    """A volunteer who may be asked.

    Attributes:
        own: of the pairing for which the visit is made.
        gives: whether they can make it for nothing.
        back: visits of theirs that could be given for it.
    """

    member: Member
    own: bool
    gives: bool
    back: tuple[Visiting, ...]


async def takers(tx: AsyncSession, now: datetime, station: Community, row: Visiting) -> list[Taker]:
    """Who may be asked to make a visit: the pairing's own first; nobody is asked twice."""
    weeks = Weeks(tx, now, station)
    asked = {one.taker.id for one in await of_visit(tx, row.visit)}
    problem = await weeks.problem(row.visit.week)
    pairings = {one.member_id: one.pairings for one in problem.volunteers}
    people = await tx.scalars(
        select(Member).where(Member.id.in_(set(pairings) - asked - {row.volunteer.id}))
    )
    theirs = await _planned(tx, now, station, row.visit.week)
    found = []
    for one in people:
        if not members.reachable(one):
            continue
        own = row.visit.pairing_id in pairings[one.id]
        gives = not await weeks.broken([(row.visit, one.id)])
        back = [
            other
            for other in theirs[one.id]
            if not await weeks.broken([(row.visit, one.id), (other.visit, row.volunteer.id)])
        ]
        if gives or back:
            found.append(Taker(one, own, gives, tuple(back)))
    return sorted(found, key=lambda one: (not one.own, one.member.name, one.member.id))


async def _planned(
    tx: AsyncSession, now: datetime, station: Community, week: date
) -> defaultdict[int, list[Visiting]]:
    """By volunteer, the visits of a week that could still be given away."""
    settings, zone = settings_of(station), zone_of(station)
    found: defaultdict[int, list[Visiting]] = defaultdict(list)
    for one in await visits.of_week(tx, station.id, week):
        starts = starts_at(one.visit.day, one.visit.half, settings, zone)
        if can_move(one.visit.state, starts, now):
            found[one.volunteer.id].append(one)
    return found


async def ask(
    tx: AsyncSession, now: datetime, station: Community, row: Visiting, to: Taker, back: int | None
) -> int:
    """Put the question; its number.

    Raises:
        Stale: this volunteer was asked already, or cannot give that visit for it.
    """
    given = next((one.visit for one in to.back if one.visit.id == back), None)
    if given is None and (back is not None or not to.gives):
        raise Stale
    settings, zone = settings_of(station), zone_of(station)
    both = (row.visit, given) if given is not None else (row.visit,)
    new = await insert_once(
        tx,
        Swap,
        community_id=station.id,
        visit_id=row.visit.id,
        back_id=back,
        from_id=row.volunteer.id,
        to_id=to.member.id,
        state=State.ASKED,
        asked_at=now,
        expires_at=min(starts_at(one.day, one.half, settings, zone) for one in both),
    )
    if not new:
        raise Stale
    found = await tx.scalar(
        select(Swap.id).where(Swap.visit_id == row.visit.id, Swap.to_id == to.member.id)
    )
    return found or 0


async def end(tx: AsyncSession, now: datetime, asked: Asked, state: State) -> bool:
    """Close a question; False when it was closed before."""
    won = await changed(
        tx,
        update(Swap)
        .where(Swap.id == asked.swap.id, Swap.state == State.ASKED)
        .values(state=state, answered_at=now),
    )
    await tx.refresh(asked.swap)
    return won == 1


async def carry_out(tx: AsyncSession, now: datetime, asked: Asked) -> list[Asked]:
    """The visits change hands, all or none; the questions that are void by it.

    A visit is not rewritten: the old one ends as given away, and a new one, accepted already,
    stands in its place, so that what each volunteer had stays on record.

    Raises:
        Stale: answered before, or one of the visits has changed.
    """
    if not await end(tx, now, asked, State.ACCEPTED):
        raise Stale
    pairs = list(zip(asked.visits, asked.moves, strict=True))
    for visit, _ in pairs:
        await visits.move(tx, visit, PLANNED, Visit.DROPPED, reason=GIVEN)
    for visit, move in pairs:
        new = NewVisit(move.elder_id, move.to_id, move.day, move.half)
        if not await visits.assign(
            tx, now, visit.community_id, visit.week, visit.pairing_id, new, Visit.ACCEPTED,
            second=visit.second,
        ):  # fmt: skip
            raise Stale
    return await _void(tx, now, asked.visits)


async def _void(tx: AsyncSession, now: datetime, gone: Sequence[Assignment]) -> list[Asked]:
    """Questions about visits that are somebody else's by now are withdrawn."""
    ids = [one.id for one in gone]
    rows = await _rows(
        tx, Swap.state == State.ASKED, or_(Swap.visit_id.in_(ids), Swap.back_id.in_(ids))
    )
    return [one for one in rows if await end(tx, now, one, State.WITHDRAWN)]


async def taken_by(tx: AsyncSession, visit: Assignment) -> Member | None:
    """Who accepted to make a visit instead."""
    rows = await _rows(tx, Swap.visit_id == visit.id, Swap.state == State.ACCEPTED)
    return rows[0].taker if rows else None
