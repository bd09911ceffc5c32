"""A community's week, planned in three stages that are the order of what matters.

1. **Own plans.** Pairings that share a volunteer, and all they share one with in turn, are planned
   together, by their own volunteers alone; others know nothing of them.
2. **Cover.** What a pairing's own volunteers cannot make is offered to all volunteers of the
   community, in the time that their own plans leave them. Own plans stand.
3. **Making room.** Only for visits that are uncovered still and could be made by somebody if they
   were asked to leave another: own plans' visits are moved, or given to a third, as few as can be.

The order of the stages is part of what "best" means: own plans cost as little as they can
(`care.plan_price`); beside them as little as can be stays uncovered; for that, as few visits of own
plans as can be are moved; and then comfort. Each stage is solved to its best and says what it has
proven (`scheduler.plan_solver`), up to a limit of nodes that no community of ordinary size has come
near. Nothing stays uncovered that any arrangement of the community's volunteers could cover.

What follows, and is tested: take one volunteer away, and every *unrelated* pairing keeps its visits
to the letter. A pairing is unrelated to a volunteer when no chain of shared volunteers leads from
the volunteer's pairings to it, and no cover, in either of the two plans, is given to it or taken
from its volunteers, and no visit of it is moved to make room.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from care.plan_price import MOVED, days_price, price
from care.plan_reasons import explained, gaps
from care.plan_rules import barred, own
from care.planning import Need, Problem, Volunteer
from care.plans import Plan, Put, Visit
from scheduler.plan_model import Edge
from scheduler.plan_room import Room
from scheduler.plan_solver import best


def solve(
    problem: Problem,
    *,
    exact: bool = False,
    own: Sequence[Visit] | None = None,
    quick: bool = False,
) -> Plan:
    """The plan of a community's week; the same for the same problem, however it is ordered.

    It keeps a processor busy: the event loop asks `scheduler.planner_worker` instead.

    Args:
        problem: the week.
        exact: search among all columns; slower, and finds nothing better.
        own: the own plans, when they are known; stage 1 is left out, and so is its bound.
        quick: leave out what several visits share (ways, faces, days apart): as much is covered,
            in a fraction of the time, but in less comfort.

    Raises:
        NoPlan: the solver gave up.
    """
    week = _Quick(problem.sorted()) if quick else _Week(problem.sorted(), exact=exact)
    week.own_plans(own)
    week.cover()
    week.make_room()
    objective = week.cost(week.visits)
    visits = explained(week.problem, [*week.problem.locked, *week.visits])
    return Plan(
        visits,
        gaps(week.problem, visits),
        tuple(sorted(week.own, key=lambda one: one.key)),
        objective,
        min(week.bound + week.saved, objective),
    )


class _Week:
    """A week on its way through the stages."""

    def __init__(self, problem: Problem, *, exact: bool = False) -> None:
        self.problem, self.exact = problem, exact
        self.visits: list[Visit] = []
        self.own: list[Visit] = []
        self.bound: float = sum(_missed(problem, one) for one in problem.needs)
        self.saved = 0.0

    def cost(self, visits: Sequence[Visit]) -> int:
        """The objective."""
        moved = {one.put for one in self.own} - {one.put for one in visits}
        return price(self.problem, [*self.problem.locked, *visits]) + MOVED * len(moved)

    def own_plans(self, known: Sequence[Visit] | None) -> None:
        """Stage 1."""
        if known is None:
            for group in _groups(_own_edges(self.problem)):
                self.own += self._planned(self.problem, group)
        else:
            self.own = list(known)
        self.visits = list(self.own)

    def cover(self) -> None:
        """Stage 2."""
        left = self._left()
        found = [self._planned(left, group) for group in _groups(_edges(left, left.needs))]
        self.visits += [visit for several in found for visit in several]

    def make_room(self) -> None:
        """Stage 3: who has to move, and these planned anew with own plans in mind."""
        if not self._can_be_covered():
            return
        edges = _edges(self.problem, self.problem.needs)
        changed, unsure = Room(self.problem, edges, (one.put for one in self.visits)).changed()
        before = self.cost(self.visits)
        rest = [one for one in self.visits if one.elder_id not in changed]
        fixed = replace(self.problem, locked=(*self.problem.locked, *rest))
        kept = frozenset(one.put for one in self.own if one.elder_id in changed)
        again = [edge for edge in edges if edge[0].elder_id in changed]
        tried = rest + [
            visit
            for group in _groups(again)
            for visit in best(fixed, group, _of(kept, group), exact=self.exact).visits
        ]
        if self.cost(tried) < before:
            self.visits = tried
        self.saved = self.cost(self.visits) - before - unsure

    def _planned(self, problem: Problem, group: Sequence[Edge]) -> tuple[Visit, ...]:
        """The best visits of one group; the bound sinks by what they spare of what is missed."""
        found = best(problem, group, exact=self.exact)
        needs = {need.elder_id: need for need, _ in group}
        self.bound += found.bound - sum(_missed(problem, one) for one in needs.values())
        return found.visits

    def _left(self) -> Problem:
        """What is left to plan, with all that is planned as fixed."""
        days = _days(self.visits)
        return replace(
            self.problem,
            locked=(*self.problem.locked, *self.visits),
            needs=tuple(
                replace(one, owed=one.owed - len(days[one.elder_id])) for one in self.problem.needs
            ),
        )

    def _can_be_covered(self) -> bool:
        """Whether a visit is missing that somebody could make if they had nothing else to do."""
        days = _days(self.visits)
        short = [one for one in self.problem.needs if one.owed > len(days[one.elder_id])]
        could: defaultdict[int, set[date]] = defaultdict(set)
        for need, one in _edges(self.problem, short):
            could[need.elder_id] |= {day for day, _ in self.problem.openings[one.member_id]}
        return any(
            len(days[one.elder_id]) < len(could[one.elder_id] & self.problem.free[one.elder_id])
            for one in short
        )


class _Quick(_Week):
    """The same stages, each as a flow through a network."""

    def make_room(self) -> None:
        """Stage 3: everything anew, with own plans in mind."""
        if not self._can_be_covered():
            return
        edges = _edges(self.problem, self.problem.needs)
        before = self.cost(self.visits)
        tried, bound = Room(self.problem, edges, (one.put for one in self.own)).planned()
        if self.cost(tried) < before:
            self.visits = list(tried)
        missed = sum(_missed(self.problem, one) for one in self.problem.needs)
        self.bound = min(self.bound, missed + MOVED * len(self.own) + bound)

    def _planned(self, problem: Problem, group: Sequence[Edge]) -> tuple[Visit, ...]:
        visits, bound = Room(problem, group, ()).planned()
        self.bound += bound
        return visits


def _days(visits: Iterable[Visit]) -> defaultdict[int, set[date]]:
    """The days of these visits, by elder."""
    days: defaultdict[int, set[date]] = defaultdict(set)
    for one in visits:
        days[one.elder_id].add(one.day)
    return days


def _of(kept: frozenset[Put], group: Iterable[Edge]) -> frozenset[Put]:
    """Of these, what lies in the group."""
    elders = {need.elder_id for need, _ in group}
    return frozenset(one for one in kept if one[0] in elders)


def _missed(problem: Problem, need: Need) -> int:
    return days_price(problem, need, ())


def _edges(problem: Problem, needs: Iterable[Need]) -> list[Edge]:
    """Who could go to whom, whatever the pairing."""
    return [
        (need, one) for need in needs for one in problem.volunteers if _could(problem, need, one)
    ]


def _could(problem: Problem, need: Need, one: Volunteer) -> bool:
    """Whether the volunteer could make a visit that is owed, if they had nothing else to do."""
    days = problem.free[need.elder_id]
    return (
        need.owed > 0
        and (need.elder_id not in problem.own_only or own(need, one))
        and any(day in days for day, _ in problem.openings[one.member_id])
        and barred(need, one, problem.distances) is None
    )


def _own_edges(problem: Problem) -> list[Edge]:
    """Who could go to whom inside a pairing."""
    members: defaultdict[int | None, list[Volunteer]] = defaultdict(list)
    for one in problem.volunteers:
        for pairing in one.pairings:
            members[pairing].append(one)
    return [
        (need, one)
        for need in problem.needs
        for one in members[need.pairing]
        if own(need, one) and _could(problem, need, one)
    ]


def _groups(edges: Iterable[Edge]) -> Iterator[list[Edge]]:
    """Edges that hang together, by elders and volunteers; what is apart is planned apart."""
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(one: tuple[str, int]) -> tuple[str, int]:
        while root.setdefault(one, one) != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    edges = list(edges)
    for need, one in edges:
        root[find(("volunteer", one.member_id))] = find(("elder", need.elder_id))
    found: defaultdict[tuple[str, int], list[Edge]] = defaultdict(list)
    for edge in edges:
        found[find(("elder", edge[0].elder_id))].append(edge)
    yield from found.values()
