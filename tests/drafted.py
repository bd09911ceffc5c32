"""A street whose next week is drafted: by the planner, or by hand, visit by visit."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from care.days import HalfDay
from care.visits import State
from scheduler.planner import solve
from storage import planning
from storage import week_drafts as drafts
from storage.once import upsert
from storage.tables import Assignment, Elder, Member, Pairing, WeekPlan
from tests.stage import Stage, local

MONDAY = date(2026, 4, 13)
FRIDAY = "2026-04-10 16:00"
Row = tuple[str, str, int, HalfDay]


async def draft(stage: Stage, rows: Sequence[Row] | None = None) -> list[int]:
    """It is Friday afternoon: the week is drafted, and whoever decides is told.

    Args:
        stage: the station.
        rows: elder, volunteer, day after Monday, half-day; None: as the planner does it.
    """
    # The round itself would draft here; what is drafted is for each test to say.
    stage.clock.set(local(FRIDAY))
    now = stage.clock.now()
    async with stage.database.write() as tx:
        found = [] if rows is None else [await _named(stage, one) for one in rows]
        if rows is None:
            known = await planning.to_plan(tx, stage.station, MONDAY, MONDAY)
            found = [
                (one.elder_id, one.volunteer_id, one.day, one.half, [str(why) for why in one.why])
                for one in solve(known.problem).visits
            ]
        pairing = await tx.scalar(select(Pairing.id))
        made = [
            Assignment(
                community_id=stage.station.id, pairing_id=pairing, elder_id=elder,
                volunteer_id=volunteer, week=MONDAY, day=day, half=half, state=State.DRAFT,
                why=why, created_at=now,
            )
            for elder, volunteer, day, half, why in found
        ]  # fmt: skip
        tx.add_all(made)
        key = {"community_id": stage.station.id, "week": MONDAY}
        await upsert(tx, WeekPlan, key, {"drafted_at": now, "gaps": {}})
        await drafts.tell(tx, now, stage.station, MONDAY)
        await tx.flush()
        numbers = [one.id for one in made]
    await stage.settle()
    return numbers


async def _named(stage: Stage, row: Row) -> tuple[int, int, date, HalfDay, list[str]]:
    elder, volunteer, after, half = row
    async with stage.database.read() as tx:
        who = await tx.scalar(select(Elder.id).where(Elder.name == elder))
        goes = await tx.scalar(select(Member.id).where(Member.name == volunteer))
    assert who is not None
    assert goes is not None
    return who, goes, date.fromordinal(MONDAY.toordinal() + after), half, ["own_pairing"]
