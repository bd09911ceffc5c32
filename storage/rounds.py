"""The weekly round in the records: which step is due, and what it is planned from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care import plan_rules, rounds
from care.days import WEEK, local_day, week_of
from care.planning import Problem
from care.plans import Slot, Visit, Why
from care.rounds import Draft, Progress, Step
from care.visits import LIVE, PLANNED, State
from storage import covers, leave, members, planning, visits
from storage import week as weeks
from storage.communities import settings_of, zone_of
from storage.tables import Community, WeekPlan
from storage.visits import Visiting


@dataclass(frozen=True)
class Round:
    """One step of a week: what it is planned from.

    Attributes:
        open: the week with nothing fixed that was only drafted, and nothing freed.
        base: the same, with what is freed for others.
        problem: what is to be solved.
        settled: the evening has passed by which visits should be accepted.
        wanted_at: the wish that is met by this step.
        drafts: rows that are planned and not told, with what the rules ask of them.
        silent: rows that their volunteer has not answered in time.
        alone: rows of one of two, when the other does not go.
        left: rows of volunteers who have left the station.
        unwished: rows of volunteers against whom a wish stands by now.
    """

    week: date
    step: Step
    first: Slot
    open: Problem
    base: Problem
    problem: Problem
    settled: bool = False
    wanted_at: datetime | None = None
    drafts: tuple[tuple[Visiting, Draft], ...] = ()
    silent: tuple[Visiting, ...] = ()
    alone: tuple[Visiting, ...] = ()
    left: tuple[Visiting, ...] = ()
    unwished: tuple[Visiting, ...] = ()
    away: dict[int, set[date]] = field(default_factory=dict)
    pairing_of: dict[int, int] = field(default_factory=dict)


async def due(tx: AsyncSession, now: datetime, station: Community) -> list[tuple[date, Step]]:
    """The steps that are due; one of a week at a time."""
    settings, zone = settings_of(station), zone_of(station)
    this = week_of(local_day(now, zone))
    rows = await tx.scalars(
        select(WeekPlan).where(
            WeekPlan.community_id == station.id, WeekPlan.week.in_((this, this + WEEK))
        )
    )
    plans = {one.week: one for one in rows}
    offered = await covers.offered_since(tx, station.id, (this, this + WEEK))
    found = []
    for week in (this, this + WEEK):
        plan = plans.get(week)
        progress = Progress() if plan is None else _progress(plan, now, offered.get(week))
        step = rounds.due(week, now, progress, station.created_at, settings, zone)
        if step is not None:
            found.append((week, step))
    return found


def _progress(plan: WeekPlan, now: datetime, offered: datetime | None) -> Progress:
    return Progress(
        plan.drafted_at is not None,
        plan.published_at is not None,
        plan.settled_at is not None,
        plan.wanted_at is not None and plan.wanted_at <= now,
        offered,
    )


async def read(
    tx: AsyncSession, now: datetime, station: Community, week: date, step: Step
) -> Round | None:
    """What a step is planned from; None when there is no pairing to plan for."""
    zone = zone_of(station)
    first = rounds.first_slot(step, week, now, zone)
    known = await planning.to_plan(tx, station, week, local_day(now, zone), first)
    if not known.elders:
        return None
    plan = await weeks.plan_of(tx, station.id, week)
    rows = [
        one for one in await visits.of_week(tx, station.id, week) if one.elder.id in known.elders
    ]
    found = Round(
        week, step, first, known.problem, known.problem, known.problem,
        settled=step is Step.SETTLE or (plan is not None and plan.settled_at is not None),
        wanted_at=plan.wanted_at if plan else None,
        away=dict(await leave.days_away(tx, station.id, week)),
        pairing_of={one.elder_id: one.pairing for one in known.problem.needs if one.pairing},
    )  # fmt: skip
    if step in {Step.DRAFT, Step.PUBLISH}:
        return _before(found, rows)
    wanted = frozenset(plan.wanted_for) if plan and step is Step.MISSING else frozenset[int]()
    told = plan.published_at if plan and plan.published_at else now
    after = _after(now, station, found, rows, told)
    # Inside the pairing first; anybody who can come once the staff has been told of a gap.
    told_of = set(plan.gaps.get("told", [])) if plan else set[int]()
    own_only = frozenset(known.elders) - told_of if step is not Step.LIST else frozenset[int]()
    problem = rounds.only_for(replace(after.problem, own_only=own_only), wanted)
    return replace(after, problem=problem)


def _before(found: Round, rows: Sequence[Visiting]) -> Round:
    """A week that nobody has been told of: what is drafted stands as far as it can.

    When it is drafted anew, only what the staff has locked stands.
    """
    drafted = [row for row in rows if row.visit.state is State.DRAFT]
    drafts = tuple(
        (row, Draft(_visit(row, drafted), row.visit.pairing_id, row.visit.locked))
        for row in drafted
    )
    again = found.step is Step.DRAFT
    asked = [draft for _, draft in drafts if draft.locked or not again]
    held = rounds.kept(found.open, asked, found.away, found.first)
    return replace(found, drafts=drafts, problem=rounds.with_fixed(found.open, held))


def _visit(row: Visiting, rows: Sequence[Visiting]) -> Visit:
    one = row.visit
    why = tuple(Why(reason) for reason in one.why)
    beside = (
        other.volunteer.id
        for other in rows
        if other.elder.id == one.elder_id
        and other.visit.day == one.day
        and other.visit.second is not one.second
    )
    return Visit(
        one.elder_id, one.volunteer_id, one.day, one.half, beside=next(beside, None), why=why
    )


def _after(
    now: datetime, station: Community, found: Round, rows: Sequence[Visiting], told: datetime
) -> Round:
    """A week that everybody has been told of: nothing is moved, what is missing is planned."""
    settings = settings_of(station)
    open_ = [one for one in rows if one.visit.state in PLANNED and _slot(one) >= found.first]
    left = tuple(one for one in open_ if one.volunteer.standing not in weeks.ON_BOARD)
    unwished = tuple(
        one
        for one in open_
        if one not in left and plan_rules.unwished(found.open, one.elder.id, one.volunteer.id)
    )
    gone = (*left, *unwished)
    alone = tuple(
        one
        for one in open_
        if one not in gone
        and not one.visit.locked
        and plan_rules.only_two(found.open, one.elder.id, one.volunteer.id)
        and _is_alone(one, rows, gone)
    )
    silent: tuple[Visiting, ...] = ()
    if found.settled:
        by = now - timedelta(hours=settings.answer_hours)
        silent = tuple(
            one
            for one in open_
            if one.visit.state is State.OFFERED
            and members.reachable(one.volunteer)
            and max(one.visit.created_at, told) <= by
            and one not in alone
            and one not in gone
        )
    open_now = rounds.freed(found.open, (), [_key(one) for one in (*alone, *gone)])
    base = rounds.freed(open_now, [_key(one) for one in silent])
    return replace(
        found, open=open_now, base=base, problem=base,
        silent=silent, alone=alone, left=left, unwished=unwished,
    )  # fmt: skip


def _slot(row: Visiting) -> Slot:
    return row.visit.day, row.visit.half


def _key(row: Visiting) -> tuple[int, int, date]:
    return row.elder.id, row.volunteer.id, row.visit.day


def _is_alone(row: Visiting, rows: Sequence[Visiting], gone: Sequence[Visiting]) -> bool:
    """Whether two were to go and the other does not, or is `gone` now."""
    beside = [
        one
        for one in rows
        if one.elder.id == row.elder.id
        and one.visit.day == row.visit.day
        and one.visit.second is not row.visit.second
    ]
    return bool(beside) and not any(one.visit.state in LIVE and one not in gone for one in beside)
