"""Making room: who has to be moved so that a visit can be made that nobody could make.

Comfort that several visits share (faces, ways, days apart) is left out here. Without it a week is
nearly a flow through a network, from elders over days and half-days to volunteers, whose relaxation
is whole by itself; so a scarce community is searched completely, and quickly. What comes out says
whose visits change; these alone are then planned anew with every comfort.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from care.plan_price import MISSED_FIRST, MISSED_LATER, MOVED, busy_price, person_price
from care.plan_rules import TWO
from care.planning import Need, Problem, Volunteer
from care.plans import Put, Slot, Visit
from scheduler.plan_model import INFINITY, Columns, Edge, open_slots
from scheduler.plan_solver import Solver


class Room:
    """A community's visits with as little missing as can be, and as little moved."""

    def __init__(self, problem: Problem, edges: Sequence[Edge], kept: Iterable[Put]) -> None:
        """`kept` are the visits that are planned so far."""
        self.problem, self.kept = problem, frozenset(kept)
        self.columns = Columns()
        self.puts: list[Put] = []
        self._build(open_slots(problem, edges))

    def changed(self) -> tuple[set[int], float]:
        """Elders whose visits change, and how much cheaper than that the best could be at most."""
        solver = Solver(self.columns)
        values, bound = solver.search()
        chosen = {put for put, value in zip(self.puts, values, strict=False) if value > 1 / 2}
        return {elder for elder, _, _ in chosen ^ self.kept}, max(0.0, solver.cost - bound)

    def planned(self) -> tuple[tuple[Visit, ...], float]:
        """The visits themselves, and how much of what would be missed can be spared at most."""
        values, bound = Solver(self.columns).best()
        chosen = [put for put, value in zip(self.puts, values, strict=False) if value > 1 / 2]
        at_door: defaultdict[tuple[int, Slot], list[int]] = defaultdict(list)
        for elder, who, slot in chosen:
            at_door[elder, slot].append(who)

        def beside(elder: int, who: int, slot: Slot) -> int | None:
            return next((one for one in at_door[elder, slot] if one != who), None)

        visits = (
            Visit(elder, who, *slot, beside=beside(elder, who, slot)) for elder, who, slot in chosen
        )
        return tuple(visits), bound

    def _build(self, open_: Sequence[tuple[Need, Volunteer, Slot]]) -> None:
        shy = Counter((need.elder_id, slot) for need, one, slot in open_ if one.wants_two)
        pairs: dict[tuple[int, Slot], dict[int, float]] = {}
        for need, one, slot in open_:
            door = need.elder_id, slot
            if need.two_people or (one.wants_two and shy[door] >= TWO):
                pair = pairs.setdefault(door, dict(self._visit_rows(need, slot)))
                self._put(need, one, slot, self._pair_rows(door, one, pair))
            elif not one.wants_two:
                self._put(need, one, slot, self._visit_rows(need, slot))
        for pair in pairs.values():
            self.columns.add(0.0, pair.items())
        for need in {need.elder_id: need for need, _, _ in open_}.values():
            self._owed(need)
        for one in {one.member_id: one for _, one, _ in open_}.values():
            row = self.columns.row(("load", one.member_id), 0, 0)
            before = self.problem.load[one.member_id]
            for number in range(1, self.problem.room(one) + 1):
                self.columns.add(busy_price(one, before + number), [(row, -1.0)])

    def _put(
        self, need: Need, one: Volunteer, slot: Slot, entries: Iterable[tuple[int, float]]
    ) -> None:
        """The column of this volunteer at this door in this half-day."""
        who = one.member_id
        left = self.problem.in_one_half_day - self.problem.slots[who, slot]
        load = self.columns.row(("load", who), 0, 0)
        row = self.columns.row(("slot", who, slot), -INFINITY, left)
        put = need.elder_id, who, slot
        cost = person_price(need, one) - (MOVED if put in self.kept else 0)
        self.columns.add(cost, [(load, 1.0), (row, 1.0), *entries])
        self.puts.append(put)

    def _visit_rows(self, need: Need, slot: Slot) -> list[tuple[int, float]]:
        """One visit a day, and no more than are owed."""
        day = self.columns.row(("day", need.elder_id, slot[0]), -INFINITY, 1)
        return [(day, 1.0), (self.columns.row(("owed", need.elder_id), 0, 0), 1.0)]

    def _pair_rows(
        self, door: tuple[int, Slot], one: Volunteer, pair: dict[int, float]
    ) -> list[tuple[int, float]]:
        """Nobody but two together."""
        two = self.columns.row(("two", *door), 0, 0)
        both = self.columns.row(("both", *door, one.member_id), -INFINITY, 0)
        pair |= {two: -2.0, both: -1.0}
        return [(two, 1.0), (both, 1.0)]

    def _owed(self, need: Need) -> None:
        """What each visit spares of what would be missed; the first is worth the most."""
        row = self.columns.row(("owed", need.elder_id), 0, 0)
        before = len(self.problem.busy[need.elder_id])
        for number in range(before, before + need.owed):
            missed = MISSED_LATER if number else MISSED_FIRST
            self.columns.add(-missed[need.tier], [(row, -1.0)])
