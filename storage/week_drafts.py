"""A week's draft as the staff changes it before it is published: who is told, every change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.calls import Reason
from care.days import WEEK, HalfDay, local_day, moment
from care.notices import Notice
from care.plan_reasons import gaps
from care.planning import Problem
from care.plans import Gap, Slot, Visit
from care.refusals import NotYours, Stale
from care.visits import State
from care.week_drafts import (
    Away,
    Verdict,
    all_of,
    beside,
    judge,
    reasons,
    settle,
    slots_of,
    somebody_could,
)
from storage import leave, members, outbox, pairings, planning, visits
from storage import week as weeks
from storage.communities import zone_of
from storage.once import changed, insert_once
from storage.pairings import Whole
from storage.tables import Assignment, Community, Elder, Member, WeekPlan
from storage.visits import Visiting
from storage.week import draft_card

BY_HAND = frozenset(str(one) for one in Reason)


def planned(visit: Assignment) -> Visit:
    """A row as the rules see it."""
    return Visit(visit.elder_id, visit.volunteer_id, visit.day, visit.half)


@dataclass(frozen=True)
class Drafted:
    """A drafted week with all that is known of it.

    Attributes:
        problem: the week without anything that is drafted.
        rows: what is drafted, by day.
        dropped: what somebody of the staff took out, with a reason.
        first: nobody is sent before this half-day.
    """

    plan: WeekPlan
    problem: Problem
    elders: Mapping[int, Elder]
    members: Mapping[int, Member]
    wholes: tuple[Whole, ...]
    rows: tuple[Visiting, ...]
    dropped: tuple[Visiting, ...]
    away: Away
    first: Slot
    _beside: dict[int | None, Problem] = field(default_factory=dict)

    @property
    def slots(self) -> list[Slot]:
        """The half-days of the week for which somebody can still be sent."""
        return slots_of(self.plan.week, self.first)

    @cached_property
    def visits(self) -> dict[int, Visit]:
        """What is drafted, by number."""
        return {one.visit.id: planned(one.visit) for one in self.rows}

    @cached_property
    def gaps(self) -> dict[int, Gap]:
        """By elder, what nobody makes as things stand, with the reason."""
        return {one.elder_id: one for one in gaps(self.problem, self.visits.values())}

    def could_be_made(self, elder_id: int) -> bool:
        """Whether somebody could go once more, as things stand."""
        return somebody_could(self.beside(), elder_id)

    def beside(self, visit_id: int | None = None) -> Problem:
        """The week with everything made but one visit, so that something else can be judged."""
        if visit_id not in self._beside:
            others = [one for number, one in self.visits.items() if number != visit_id]
            self._beside[visit_id] = beside(self.problem, others)
        return self._beside[visit_id]

    def judge(self, visit: Visit, instead_of: int | None = None) -> Verdict:
        """What stands against a visit, new or in place of one that is drafted."""
        return judge(self.beside(instead_of), visit, self.away)

    def judge_all(self, changes: Mapping[int, Visit]) -> Verdict:
        """What stands against several changes that are one, such as moving two who go together."""
        return all_of(settle(self.problem, self.visits, changes, self.away).values())


async def drafted(
    tx: AsyncSession, community_id: int, week: date, *, hold: bool = False
) -> WeekPlan | None:
    """The plan of a week while it is a draft; None before and afterwards.

    With `hold` nobody else changes, or publishes, the draft until the transaction ends.
    """
    asked = select(WeekPlan).where(
        WeekPlan.community_id == community_id,
        WeekPlan.week == week,
        WeekPlan.drafted_at.is_not(None),
        WeekPlan.published_at.is_(None),
    )
    if hold:
        asked = asked.with_for_update()
    return await tx.scalar(asked.execution_options(populate_existing=True))


async def read(
    tx: AsyncSession, now: datetime, station: Community, week: date, *, hold: bool = False
) -> Drafted:
    """A drafted week.

    Raises:
        Stale: it is no draft, or no longer.
    """
    plan = await drafted(tx, station.id, week, hold=hold)
    if plan is None:
        raise Stale
    today = local_day(now, zone_of(station))
    first = max(week, today + timedelta(days=1)), HalfDay.AM
    known = await planning.to_plan(tx, station, week, today, first)
    rows = await visits.of_week(tx, station.id, week)
    return Drafted(
        plan,
        known.problem,
        known.elders,
        known.members,
        tuple(await pairings.of_community(tx, station.id)),
        tuple(one for one in rows if one.visit.state is State.DRAFT),
        tuple(one for one in rows if taken_out(one.visit)),
        await leave.days_away(tx, station.id, week),
        first,
    )


def taken_out(visit: Assignment) -> bool:
    """Whether somebody of the staff said that a visit is not needed."""
    return visit.state is State.DROPPED and why_out(visit) in BY_HAND


def why_out(visit: Assignment) -> str:
    """The reason of the staff for a visit that is not needed."""
    return (visit.reason or "").removeprefix(visits.DRAFTED_BY_HAND)


async def led(tx: AsyncSession, viewer: Viewer, wholes: tuple[Whole, ...]) -> list[Whole]:
    """The pairings whose week somebody decides: theirs, and those they stand in for today."""
    if viewer.supervisor:
        return list(wholes)
    if not viewer.staff or viewer.today is None:
        return []
    known = await pairings.staff(tx, viewer.community_id, viewer.today)
    return [
        one
        for one in wholes
        if one.worker.id == viewer.member_id
        or any(known.owes(viewer.member_id, elder) for elder in one.elders)
    ]


async def tell(tx: AsyncSession, now: datetime, station: Community, week: date) -> None:
    """The draft, once, to whoever decides about it before it is published, and the supervisors.

    While a social worker is on leave that is who has their call list (handbook, "What no system in
    this field does well"). Where nothing is owed, nobody has to hear of nothing.
    """
    if await _is_empty(tx, station.id, week):
        return
    zone = zone_of(station)
    known = await pairings.staff(tx, station.id, local_day(now, zone))
    told = set(known.supervisors)
    for whole in await pairings.of_community(tx, station.id):
        for elder in whole.elders:
            told |= known.responsible(elder.id)
    for one in sorted(told & known.everybody.keys()):
        to = members.to_of(known.everybody[one])
        if to is not None:
            await outbox.post(
                tx,
                now,
                to,
                Notice.WEEK_DRAFT,
                {"week": str(week)},
                key=f"week_draft:{one}:{week}",
                card=draft_card(one, week),
                expires_at=moment(week + WEEK, time(0), zone),
            )


async def _is_empty(tx: AsyncSession, community_id: int, week: date) -> bool:
    """Whether a draft has neither visits nor gaps."""
    plan = await drafted(tx, community_id, week)
    if plan is not None and plan.gaps.get("gaps"):
        return False
    return (
        await tx.scalar(
            select(
                ~exists().where(
                    Assignment.community_id == community_id,
                    Assignment.week == week,
                    Assignment.state == State.DRAFT,
                )
            )
        )
        or False
    )


async def access(tx: AsyncSession, viewer: Viewer, visit_id: int) -> Visiting:
    """A visit of a draft, for the staff who look after the elder.

    Raises:
        NotYours: absent or not for this viewer; the two read the same.
        Stale: it is no longer drafted.
    """
    found = await visits.access_led_visit(tx, viewer, visit_id)
    draft = found.visit.state is State.DRAFT or taken_out(found.visit)
    if not draft or await drafted(tx, viewer.community_id, found.visit.week) is None:
        raise Stale
    return found


def as_shown(visit: Assignment) -> str:
    """A mark of how a visit stands, short enough for a button: one pressed later does not fit."""
    parts = (visit.state[:2], visit.volunteer_id, visit.day.weekday(), visit.half)
    return "".join(str(one) for one in parts)


async def put(
    tx: AsyncSession, now: datetime, viewer: Viewer, week: Drafted, changes: Mapping[int, Visit]
) -> None:
    """Move drafted visits to other volunteers or half-days; what is moved is locked by itself.

    Whoever calls has judged them, in this transaction, on a week that is held.

    Raises:
        Stale: one is no longer as it was read.
    """
    rows = {one.visit.id: one.visit for one in (*week.rows, *week.dropped)}
    for number in changes:
        await _step_aside(tx, rows[number])
    after = {**week.visits, **changes}
    for number, new in changes.items():
        why = [str(one) for one in reasons(week.problem, after.values(), new)]
        row = rows[number]
        values = {"volunteer_id": new.volunteer_id, "day": new.day, "half": new.half}
        await visits.move(
            tx, row, frozenset({State.DROPPED}), State.DRAFT,
            reason=None, locked=True, why=why, **values,
        )  # fmt: skip
        facts = {name: str(value) for name, value in values.items()}
        await members.audit(tx, now, viewer, "draft_put", f"visit:{number}", **facts)


async def _step_aside(tx: AsyncSession, row: Assignment) -> None:
    """Give the day free first: two visits to one elder may change places."""
    won = await changed(
        tx,
        update(Assignment)
        .where(
            Assignment.id == row.id,
            Assignment.state == row.state,
            Assignment.volunteer_id == row.volunteer_id,
            Assignment.day == row.day,
            Assignment.half == row.half,
        )
        .values(state=State.DROPPED, reason=weeks.GIVEN),
    )
    if not won:
        raise Stale


async def add(tx: AsyncSession, now: datetime, viewer: Viewer, week: Drafted, new: Visit) -> None:
    """Write a visit into the draft by hand; it is locked.

    Raises:
        Stale: the elder has one that day by now, or no pairing any more.
    """
    need = week.problem.need.get(new.elder_id)
    if need is None or need.pairing is None:
        raise Stale
    every = [*week.visits.values(), new]
    there = [
        one.visit for one in week.rows if (one.elder.id, one.visit.day) == (new.elder_id, new.day)
    ]
    if any(one.half is not new.half or one.volunteer_id == new.volunteer_id for one in there):
        raise Stale
    if not await insert_once(
        tx,
        Assignment,
        community_id=viewer.community_id,
        pairing_id=need.pairing,
        elder_id=new.elder_id,
        volunteer_id=new.volunteer_id,
        week=week.plan.week,
        day=new.day,
        half=new.half,
        state=State.DRAFT,
        # Of two who go together, either may have been taken out before.
        second=any(not one.second for one in there),
        locked=True,
        why=[str(one) for one in reasons(week.problem, every, new)],
        created_at=now,
    ):
        raise Stale
    facts = {"volunteer": new.volunteer_id, "day": str(new.day), "half": str(new.half)}
    await members.audit(tx, now, viewer, "draft_add", f"elder:{new.elder_id}", **facts)


async def drop(
    tx: AsyncSession, now: datetime, viewer: Viewer, row: Visiting, reason: Reason
) -> None:
    """A drafted visit is not needed; it is not planned again and is no gap.

    Raises:
        Stale: it is no longer drafted.
    """
    draft = frozenset({State.DRAFT})
    why = f"{visits.DRAFTED_BY_HAND}{reason}"
    await visits.move(tx, row.visit, draft, State.DROPPED, reason=why)
    await members.audit(tx, now, viewer, "draft_drop", f"visit:{row.visit.id}", reason=str(reason))


async def lock(
    tx: AsyncSession, now: datetime, viewer: Viewer, row: Visiting, *, locked: bool
) -> None:
    """Have planning leave a visit as it is, or not.

    Raises:
        Stale: it is no longer drafted.
    """
    draft = frozenset({State.DRAFT})
    await visits.move(tx, row.visit, draft, State.DRAFT, locked=locked)
    await members.audit(tx, now, viewer, "draft_lock", f"visit:{row.visit.id}", on=locked)


async def want(tx: AsyncSession, now: datetime, community_id: int, week: date) -> None:
    """Ask for what is not locked to be planned again; asking twice is asking once.

    Raises:
        Stale: the week is no draft, or no longer.
    """
    plan = await drafted(tx, community_id, week, hold=True)
    if plan is None:
        raise Stale
    if plan.wanted_at is None:
        plan.wanted_at = now
        await tx.flush()


def access_gap(week: Drafted, mine: list[Whole], elder_id: int) -> Elder:
    """An elder of one's own pairings whose week is drafted.

    Raises:
        NotYours: somebody else's, or of no pairing.
    """
    for whole in mine:
        for elder in whole.elders:
            if elder.id == elder_id and elder_id in week.problem.need:
                return elder
    raise NotYours
