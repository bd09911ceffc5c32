"""What came of a step of the weekly round: written down as far as it holds, and told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from care import rounds
from care.notices import Notice
from care.plan_reasons import gaps
from care.plans import Gap, Plan, Visit
from care.rounds import Draft, Step, ask_again_at
from care.visits import PLANNED, State
from storage import covers, members, outbox, seeking, visits
from storage import week as weeks
from storage.communities import settings_of, zone_of
from storage.covers import SILENT
from storage.once import insert_once
from storage.rounds import Round, read
from storage.tables import Community, WeekPlan
from storage.visits import Visiting
from storage.week import GIVEN, LEFT, visits_card

DRAFTS = frozenset({State.DRAFT})
AGAIN_AFTER = timedelta(minutes=10)


async def write(
    tx: AsyncSession, now: datetime, station: Community, asked: Round, plan: Plan
) -> bool:
    """Write down what was planned, as far as it still holds, and tell those concerned.

    What it was planned from is read again: what holds no longer is left out, and planned again a
    little later. A step that was done meanwhile is not done twice: False.
    """
    week = asked.week
    if not await _begin(tx, now, station, asked):
        return False
    row = await weeks.plan_of(tx, station.id, week)
    fresh = await read(tx, now, station, week, asked.step)
    if row is None or fresh is None:
        return False
    locked = {draft.visit.put for _, draft in fresh.drafts if draft.locked}
    planned = [
        Draft(one, fresh.pairing_of.get(one.elder_id, 0), one.put in locked) for one in plan.visits
    ]
    held = rounds.kept(fresh.base, planned, fresh.away, fresh.first)
    if len(held) < len(planned):
        row.wanted_at, row.wanted_for = now + AGAIN_AFTER, []
    row.quality = _quality(plan, held)
    if asked.step in {Step.DRAFT, Step.PUBLISH}:
        written = await _put_down(tx, now, station, fresh, held)
    else:
        written = await _fill(tx, now, station, row, fresh, held)
    _note_gaps(row, gaps(fresh.open, written))
    await tx.flush()
    draft = asked.step in {Step.DRAFT, Step.PUBLISH}
    await weeks.refresh_staff(tx, now, station.id, week, draft=draft)
    return True


async def _begin(tx: AsyncSession, now: datetime, station: Community, asked: Round) -> bool:
    """Note that the step is done; False when somebody else has done it."""
    if asked.step is Step.PUBLISH:
        return await weeks.publish(tx, now, station.id, asked.week)
    new = {"community_id": station.id, "week": asked.week, "gaps": {}}
    if asked.step is Step.DRAFT and await insert_once(tx, WeekPlan, drafted_at=now, **new):
        return True
    row = await weeks.plan_of(tx, station.id, asked.week)
    if row is None:
        return False
    await tx.refresh(row, with_for_update=True)
    if (asked.step is Step.DRAFT) is not (row.published_at is None):
        return False
    if asked.step is Step.SETTLE and row.settled_at is not None:
        return False
    if asked.step is Step.DRAFT:
        row.drafted_at = now
    if asked.step is Step.SETTLE:
        row.settled_at = now
    if row.wanted_at == asked.wanted_at:
        row.wanted_at, row.wanted_for = None, []
    await tx.flush()
    return True


def _quality(plan: Plan, held: Sequence[Visit]) -> dict[str, float]:
    """How good the plan is, as it was when it was made.

    Not how long it took: the same plan made again is the same record, on any machine.
    """
    return {
        "visits": len(held),
        "missing": sum(one.missing for one in plan.gaps),
        "objective": plan.objective,
        "bound": round(plan.bound, 1),
        "gap_to_bound": round(plan.gap_to_bound, 5),
    }


def _note_gaps(row: WeekPlan, found: Sequence[Gap]) -> None:
    """Gaps by elder; those of whom the staff was told by name stay noted while there is a gap.

    Everybody is told of the week's own gaps when it is published.
    """
    named = {one.elder_id for one in found}
    told = named if row.settled_at is None else named & set(row.gaps.get("told", []))
    row.gaps = {
        "told": sorted(told),
        "gaps": [
            {
                "elder": one.elder_id,
                "owed": one.missing,
                "why": str(one.why),
                "facts": asdict(one.facts),
            }
            for one in found
        ],
    }


async def _put_down(
    tx: AsyncSession, now: datetime, station: Community, fresh: Round, held: Sequence[Visit]
) -> tuple[Visit, ...]:
    """The whole week, as a draft or as what everybody is asked for now; what stands in it."""
    state = State.DRAFT if fresh.step is Step.DRAFT else State.OFFERED
    planned = {one.put: one for one in held}
    kept = set()
    for row, draft in fresh.drafts:
        put = draft.visit.put
        if put in planned:
            kept.add(put)
            # Kept because it was drafted, it would count as decided by the staff, which it was not.
            why = list(row.visit.why) if row.visit.why and not draft.locked else None
            why = why or [str(one) for one in planned[put].why]
            await visits.move(tx, row.visit, DRAFTS, state, why=why)
        else:
            await visits.move(tx, row.visit, DRAFTS, State.DROPPED, reason=visits.DRAFTED)
    new = [one for put, one in planned.items() if put not in kept]
    added = await _assign(tx, now, station, fresh, new, state)
    written = (*(one for put, one in planned.items() if put in kept), *added)
    if state is State.OFFERED:
        await visits.drop_left(tx, station.id, fresh.week)
        await weeks.tell_volunteers(tx, now, station, fresh.week, written)
    return written


async def _assign(
    tx: AsyncSession,
    now: datetime,
    station: Community,
    fresh: Round,
    planned: Sequence[Visit],
    state: State,
) -> tuple[Visit, ...]:
    """Write visits down; those that are there now."""
    return tuple(
        [
            one
            for one in planned
            if await visits.assign(
                tx, now, station.id, fresh.week, fresh.pairing_of[one.elder_id], one, state,
                second=one.beside is not None and one.beside < one.volunteer_id,
            )
        ]
    )  # fmt: skip


async def _fill(
    tx: AsyncSession,
    now: datetime,
    station: Community,
    row: WeekPlan,
    fresh: Round,
    held: Sequence[Visit],
) -> tuple[Visit, ...]:
    """What is missing in a week that has been told: others are asked, then neighbours, then staff.

    A visit that nobody answered for stands until somebody else makes it. What was written down.
    """
    owed = {one.elder_id: one.owed for one in fresh.open.needs}
    silent: defaultdict[int, list[date]] = defaultdict(list)
    for one in fresh.silent:
        silent[one.elder.id].append(one.visit.day)
    gone = rounds.replaced(silent, owed, held)
    losers = [one for one in fresh.silent if (one.elder.id, one.visit.day) in gone]
    for one in losers:
        await visits.move(tx, one.visit, PLANNED, State.DECLINED, reason=SILENT)
    off = (*fresh.alone, *fresh.unwished)
    for one in off:
        await visits.move(tx, one.visit, PLANNED, State.DROPPED, reason=GIVEN)
    for one in fresh.left:
        await visits.move(tx, one.visit, PLANNED, State.DECLINED, reason=LEFT)
    written = await _assign(tx, now, station, fresh, held, State.OFFERED)
    await _tell_losers(tx, now, [*losers, *off])
    await weeks.tell_volunteers(tx, now, station, fresh.week, written)
    await outbox.refresh(tx, now, *{visits_card(one.volunteer_id) for one in written})
    await covers.end_those_over(tx, now, station, fresh.week)
    if fresh.settled:
        if written and row.wanted_at is None:
            # Whoever is asked now has some hours to answer; then somebody else is asked.
            row.wanted_at = ask_again_at(now, settings_of(station), zone_of(station))
        stay = [one for one in fresh.silent if one not in losers]
        await seeking.seek(tx, now, station, row, fresh, written, stay)
    return written


async def _tell_losers(tx: AsyncSession, now: datetime, rows: Sequence[Visiting]) -> None:
    """Whoever need not go any more is told, in one message each."""
    lost: defaultdict[int, list[Visiting]] = defaultdict(list)
    for row in rows:
        lost[row.volunteer.id].append(row)
    for theirs in lost.values():
        to = members.to_of(theirs[0].volunteer)
        if to is not None:
            ids = [row.visit.id for row in theirs]
            facts = {"visits": ids, "given": True}
            key = f"visit_given:{ids[0]}:{len(ids)}"
            await outbox.post(tx, now, to, Notice.VISIT_OFF, facts, key=key)
        await outbox.refresh(tx, now, visits_card(theirs[0].volunteer.id))
