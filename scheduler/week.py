"""The weekly round: drafted on Friday, told on Sunday, settled on Monday, minded all week.

Every step is read in one transaction, solved in none, and written down in another, which looks
again whether what it was planned from still holds. Late or twice, nothing is done twice.
"""

from datetime import date, datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from care import rounds
from care.planning import Problem
from care.plans import Plan
from care.rounds import Step
from scheduler.planner_worker import NotPlanned
from storage import communities, round_outcome, week_drafts
from storage import rounds as records
from storage import week as weeks
from storage.engine import Database
from storage.tables import Community

log = structlog.get_logger()
LATE_AFTER = timedelta(minutes=10)


class Plans(Protocol):
    """Whoever plans a week: the worker process, or the solver itself."""

    async def plan(self, problem: Problem) -> Plan:
        """The week's plan.

        Raises:
            NotPlanned: there is none.
        """


class WeeklyRound:
    """The round as a job of the heartbeat, with somebody who plans."""

    def __init__(self, planner: Plans) -> None:
        self.planner = planner

    async def __call__(self, database: Database, now: datetime, station: Community) -> None:
        """Every step that is due, one after the other; a draft of a week before its publishing."""
        async with database.read() as tx:
            due = await records.due(tx, now, station)
        for week, step in due:
            await self._take(database, now, station, week, step)

    async def _take(
        self, database: Database, now: datetime, seen: Community, week: date, step: Step
    ) -> None:
        async with database.read() as tx:
            station = await tx.get_one(Community, seen.id)
            asked = await records.read(tx, now, station, week, step)
        if asked is None:
            return
        try:
            plan = await self.planner.plan(asked.problem)
        except NotPlanned as error:
            # It stays due, so the next look tries it again.
            log.warning("week_not_planned", week=str(week), step=str(step), error=str(error)[:200])
            return
        async with database.write() as tx:
            station = await tx.get_one(Community, seen.id)
            if await round_outcome.write(tx, now, station, asked, plan):
                await _tell(tx, now, station, week, step)


async def _tell(
    tx: AsyncSession, now: datetime, station: Community, week: date, step: Step
) -> None:
    """The staff hears of a draft and of a published week."""
    if step is Step.DRAFT:
        await week_drafts.tell(tx, now, station, week)
    if step is not Step.PUBLISH:
        return
    settings, zone = communities.settings_of(station), communities.zone_of(station)
    late = None
    if now - rounds.publish_at(week, settings, zone) > LATE_AFTER:
        late = now.astimezone(zone).strftime("%H:%M")
    await weeks.tell_staff(tx, now, station, week, late)
