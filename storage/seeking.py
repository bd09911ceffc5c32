"""Somebody for a visit that the pairing cannot make: neighbours are asked, then the staff told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from care import covers as rules
from care.planning import Need, Problem
from care.plans import Slot, Visit
from care.rounds import Step, with_fixed
from care.visits import State
from storage import covers, visits
from storage.communities import settings_of
from storage.rounds import Round
from storage.tables import Community, Cover, WeekPlan
from storage.visits import Visiting


async def seek(
    tx: AsyncSession,
    now: datetime,
    station: Community,
    row: WeekPlan,
    fresh: Round,
    written: Sequence[Visit],
    unanswered: Sequence[Visiting],
) -> None:
    """Offer what nobody was found for; tell the staff of what nobody claims.

    Args:
        tx: the transaction.
        now: when.
        station: of the elders.
        row: the week.
        fresh: what the step was planned from.
        written: visits that were planned in this step.
        unanswered: visits that stand, but nobody has answered for them.
    """
    problem = with_fixed(fresh.open, written)
    offers = await covers.of_week(tx, station.id, fresh.week)
    search = _Search(tx, now, station, fresh, problem, offers)
    for one in unanswered:
        need = problem.need[one.elder.id]
        await search.offer(need, (one.visit.day, one.visit.half), one.visit.id)
    for need in problem.needs:
        await search.for_missing(need)
    in_vain: dict[int, list[int]] = {one: [] for one in search.in_vain}
    if fresh.step is Step.LIST:
        for cover in offers:
            if cover.ended_at is None and cover.listed_at is None:
                cover.listed_at = now
                in_vain.setdefault(cover.elder_id, []).append(cover.id)
    told = set(row.gaps.get("told", []))
    fresh_ones = {one: ids for one, ids in in_vain.items() if ids or one not in told}
    row.gaps = row.gaps | {"told": sorted(told | fresh_ones.keys())}
    await covers.tell_in_vain(tx, now, station, fresh.week, fresh_ones)


class _Search:
    """One look for somebody who goes, over a week."""

    def __init__(
        self,
        tx: AsyncSession,
        now: datetime,
        station: Community,
        fresh: Round,
        problem: Problem,
        offers: Sequence[Cover],
    ) -> None:
        self.tx, self.now, self.station = tx, now, station
        self.fresh, self.problem = fresh, problem
        self.said_no: defaultdict[int, set[int]] = defaultdict(set)
        self.open: defaultdict[int, list[Cover]] = defaultdict(list)
        for one in offers:
            self.said_no[one.elder_id] |= {-who for who in one.asked if who < 0}
            if one.ended_at is None:
                self.open[one.elder_id].append(one)
        self.in_vain: set[int] = set()

    async def for_missing(self, need: Need) -> None:
        """Offer each visit that is missing, on a day of its own."""
        taken = {one.day for one in self.open[need.elder_id]}
        offered = sum(one.waits_for is None for one in self.open[need.elder_id])
        wanted = await self._given_back(need)
        for _ in range(need.owed - offered):
            there = replace(need, days=need.days - taken)
            week = replace(self.problem, needs=(there,))
            slot = rules.slot_for(week, there, self.fresh.first, wanted)
            if slot is None or not await self.offer(need, slot, None):
                self.in_vain.add(need.elder_id)
                return
            taken.add(slot[0])

    async def _given_back(self, need: Need) -> Slot | None:
        """When a visit was planned that somebody cannot make."""
        rows = await visits.of_week(self.tx, self.station.id, self.fresh.week)
        return max(
            (
                (row.visit.day, row.visit.half)
                for row in rows
                if row.elder.id == need.elder_id and row.visit.state is State.DECLINED
            ),
            default=None,
        )

    async def offer(self, need: Need, slot: Slot, waits_for: int | None) -> bool:
        """Ask some, the likeliest; False when there is nobody to ask."""
        if any(one.day == slot[0] for one in self.open[need.elder_id]):
            return True
        quiet = {one.volunteer.id for one in self.fresh.silent}
        no = self.said_no[need.elder_id] | quiet
        chosen = rules.whom(self.problem, need, slot, self.fresh.away, no)
        asked = chosen[: settings_of(self.station).offer_to]
        if not asked or need.pairing is None:
            return False
        what = Cover(
            elder_id=need.elder_id, pairing_id=need.pairing, week=self.fresh.week,
            day=slot[0], half=slot[1], waits_for=waits_for,
        )  # fmt: skip
        return await covers.offer(self.tx, self.now, self.station, what, asked)
