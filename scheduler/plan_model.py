"""A part of a week as an integer programme.

Each elder chooses one set of days out of all that are allowed; such a choice carries what is missed
and what follows too soon, which keeps the relaxation tight. Volunteers are put on the chosen days,
half-day by half-day. What is paid once for several visits (a way to one building, a new face) has a
column of its own that each of these visits needs. How much a volunteer has costs more with each
visit, so the relaxation takes these steps in order by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from care.plan_price import (
    COMPANION,
    FACE,
    MOVED,
    busy_price,
    days_price,
    door,
    faces,
    person_price,
    walk_price,
    ways,
)
from care.plan_rules import TWO
from care.planning import Need, Problem, Volunteer
from care.plans import Put, Slot, Visit

Edge = tuple[Need, Volunteer]
Key = tuple[object, ...]
INFINITY = float("inf")
ALL = "all"


@dataclass
class Columns:
    """A sparse matrix, column by column; every column lies between 0 and 1."""

    cost: list[float] = field(default_factory=list)
    start: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: dict[Key, int] = field(default_factory=dict)

    def row(self, key: Key, low: float, high: float) -> int:
        """The row of this key, made when it is first asked for."""
        found = self.rows.get(key)
        if found is None:
            found = self.rows[key] = len(self.low)
            self.low.append(low)
            self.high.append(high)
        return found

    def add(self, cost: float, entries: Iterable[tuple[int, float]]) -> int:
        """A column."""
        for row, value in entries:
            self.index.append(row)
            self.value.append(value)
        self.start.append(len(self.index))
        self.cost.append(cost)
        return len(self.cost) - 1


@dataclass
class Shared:
    """What is paid once for several visits, and the rows in which it stands."""

    cost: float
    rows: dict[int, float] = field(default_factory=dict)


class Model:
    """The visits that `edges` allow, and what they cost beside what is locked in `problem`.

    Attributes:
        columns: the matrix.
        puts: of the first columns, who is put where.
        together: of the same columns, whether it is one of two who go together.
        constant: what is paid whatever is done.
    """

    def __init__(
        self, problem: Problem, edges: Sequence[Edge], kept: frozenset[Put] = frozenset()
    ) -> None:
        """Edges say who may go to whom; what is `kept` costs `MOVED` when it is not done."""
        self.problem, self.kept = problem, kept
        self.columns = Columns()
        self.constant = MOVED * len(kept)
        self.puts: list[Put] = []
        self.together: list[bool] = []
        self._shared: dict[Key, Shared] = {}
        self._faces = faces(problem)
        self._ways = ways(problem, problem.locked)
        self._build(open_slots(problem, edges))

    def most(self) -> int:
        """So many visits there can be at most."""
        problem, elders = self.problem, {elder for elder, _, _ in self.puts}
        people = {who for _, who, _ in self.puts}
        return min(
            sum(problem.need[one].owed for one in elders),
            sum(problem.room(problem.volunteer[one]) for one in people),
        )

    def visits(self, values: Sequence[float]) -> tuple[Visit, ...]:
        """The visits whose column is chosen."""
        chosen = [n for n in range(len(self.puts)) if values[n] > 1 / 2]
        pairs: defaultdict[tuple[int, Slot], list[int]] = defaultdict(list)
        for n in chosen:
            elder, who, slot = self.puts[n]
            if self.together[n]:
                pairs[elder, slot].append(who)
        found = []
        for n in chosen:
            elder, who, slot = self.puts[n]
            beside = sum(pairs[elder, slot]) - who if self.together[n] else None
            found.append(Visit(elder, who, *slot, beside=beside))
        return tuple(found)

    def _build(self, open_: Sequence[tuple[Need, Volunteer, Slot]]) -> None:
        """All columns: visits first, then what they need."""
        shy = Counter((need.elder_id, slot) for need, one, slot in open_ if one.wants_two)
        self._at_place = Counter((one.member_id, slot, door(need)) for need, one, slot in open_)
        self._at_slot = Counter((one.member_id, slot) for _, one, slot in open_)
        needs = {need.elder_id: need for need, _, _ in open_}
        people = {one.member_id: one for _, one, _ in open_}
        for need, one, slot in open_:
            # Whoever goes alone goes cheaper without somebody who does not.
            together = one.wants_two and shy[need.elder_id, slot] >= TWO
            if need.two_people or together or not one.wants_two:
                self._put(need, one, slot, together=need.two_people or together)
        for shared in list(self._shared.values()):
            self.columns.add(shared.cost, shared.rows.items())
        for need in needs.values():
            self._days(need)
        for one in people.values():
            self._steps(one)

    def _put(self, need: Need, one: Volunteer, slot: Slot, *, together: bool) -> None:
        """The column of this volunteer at this door in this half-day."""
        columns, problem = self.columns, self.problem
        elder, who = need.elder_id, one.member_id
        rows = [columns.row(("load", who), 0, 0)]
        used = problem.slots[who, slot]
        if self._at_slot[who, slot] + used > problem.in_one_half_day:
            left = problem.in_one_half_day - used
            rows.append(columns.row(("slot", who, slot), -INFINITY, left))
        if together:
            rows += self._two(elder, who, slot)
        else:
            rows.append(columns.row(("day", elder, slot[0]), 0, 0))
        cost = person_price(need, one)
        cost += COMPANION if together and not need.two_people else 0
        cost -= MOVED if (elder, who, slot) in self.kept else 0
        if (elder, who) not in self._faces:
            most = min(need.owed, problem.room(one))
            cost += FACE if most == 1 else 0
            rows += self._needs(("face", elder, who), FACE, slot[0], most)
        way = who, slot, door(need)
        trips = self.columns.row(("trips", who), 0, INFINITY)
        walk, most = 0, 1
        if way not in self._ways:
            walk = walk_price(problem, need, one)
            most = min(self._at_place[way], problem.room(one), problem.in_one_half_day - used)
        if most == 1:
            cost += walk
            rows.append(trips)
        else:
            rows += self._needs(("way", *way), walk, elder, most)
            self._shared["way", *way].rows[trips] = 1.0
        columns.add(cost, [(row, 1.0) for row in rows])
        self.puts.append((elder, who, slot))
        self.together.append(together)

    def _needs(self, what: Key, cost: float, part: object, most: int) -> list[int]:
        """Rows that let a visit happen only where `what` is paid; none where it serves only one.

        `most` of all parts can happen. That follows from other rows, but said here as well it
        brings the relaxation nearer to whole visits: a way paid by halves serves one, not many.
        """
        if most == 1:
            return []
        row = self.columns.row((*what, part), -INFINITY, 0)
        together = self.columns.row((*what, ALL), -INFINITY, 0)
        self._shared.setdefault(what, Shared(cost)).rows |= {row: -1.0, together: -float(most)}
        return [row, together]

    def _two(self, elder: int, who: int, slot: Slot) -> list[int]:
        """Rows that let nobody come but two together, which is one visit of the day."""
        two = self.columns.row(("two", elder, slot), 0, 0)
        both = "both", elder, slot
        row = self.columns.row((*both, who), -INFINITY, 0)
        day = self.columns.row(("day", elder, slot[0]), 0, 0)
        pair = self._shared.setdefault(both, Shared(0.0))
        pair.rows |= {row: -1.0, two: -2.0, day: 1.0}
        return [two, row]

    def _days(self, need: Need) -> None:
        """One column for each set of days on which the elder may be visited."""
        rows = self.columns.rows
        days: list[date] = sorted(day for day in need.days if ("day", need.elder_id, day) in rows)
        one_of = self.columns.row(("days", need.elder_id), 1, 1)
        for count in range(min(need.owed, len(days)) + 1):
            for chosen in combinations(days, count):
                entries = [(rows["day", need.elder_id, day], -1.0) for day in chosen]
                cost = days_price(self.problem, need, chosen)
                self.columns.add(cost, [(one_of, 1.0), *entries])

    def _steps(self, one: Volunteer) -> None:
        """One column for each visit that the volunteer can make in the week."""
        row = self.columns.row(("load", one.member_id), 0, 0)
        trips = self.columns.row(("trips", one.member_id), 0, INFINITY)
        before, most = self.problem.load[one.member_id], self.problem.in_one_half_day
        for number in range(1, self.problem.room(one) + 1):
            # What one half-day cannot hold needs another way: again only for the relaxation.
            goes = [(trips, -1.0)] if number % most == 1 % most else []
            self.columns.add(busy_price(one, before + number), [(row, -1.0), *goes])


def open_slots(problem: Problem, edges: Sequence[Edge]) -> list[tuple[Need, Volunteer, Slot]]:
    """Who could go to whom, and when."""
    return [
        (need, one, slot)
        for need, one in edges
        for slot in problem.openings[one.member_id]
        if slot[0] in problem.free[need.elder_id]
    ]
