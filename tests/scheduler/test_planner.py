"""The week's planner: no rule is broken, nothing is left that can be done, nobody is stirred up."""

import asyncio
import os
import random
import signal
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care.plan_price import MISSED_FIRST, MISSED_LATER, MOVED, days_price, price
from care.plan_rules import breaks, own
from care.planning import Problem, Volunteer
from care.plans import NoWay, Plan, Visit, Why
from scheduler.plan_model import ALL, INFINITY, Model
from scheduler.plan_solver import NEAR, NoPlan, Solved, Solver, best
from scheduler.planner import _edges, solve
from scheduler.planner_worker import NotPlanned, Planner
from tests.bench.communities import community, scarce
from tests.planned import AM, FRI, MON, PLACES, WED, elder, person, problems, week


def puts(plan: Plan) -> set[tuple[int, int, str]]:
    """Whom a plan puts where, short enough to read."""
    return {(one.elder_id, one.volunteer_id, f"{one.day:%a} {one.half}") for one in plan.visits}


@settings(max_examples=40)
@given(problems())
def test_no_plan_breaks_a_rule_and_locked_visits_stay(problem: Problem) -> None:
    assert breaks(problem, solve(problem)) == []


@settings(max_examples=40)
@given(problems())
def test_every_visit_has_a_reason_and_what_is_owed_is_planned_or_a_gap_with_a_reason(
    problem: Problem,
) -> None:
    plan = solve(problem)
    assert all(one.why for one in plan.visits)
    planned = {(one.elder_id, one.day) for one in plan.visits if one not in problem.locked}
    given_to = Counter(elder for elder, _ in planned)
    missing = {one.elder_id: one.missing for one in plan.gaps}
    assert all(isinstance(one.why, NoWay) for one in plan.gaps)
    for need in problem.needs:
        assert given_to[need.elder_id] + missing.get(need.elder_id, 0) == need.owed


@settings(max_examples=40)
@given(problems(), st.randoms(use_true_random=False))
def test_the_same_week_has_the_same_plan_in_whatever_order_it_is_told(
    problem: Problem, shuffle: random.Random
) -> None:
    mixed = replace(
        problem,
        needs=tuple(shuffle.sample(problem.needs, len(problem.needs))),
        volunteers=tuple(shuffle.sample(problem.volunteers, len(problem.volunteers))),
        locked=tuple(shuffle.sample(problem.locked, len(problem.locked))),
    )
    one, other = solve(problem), solve(mixed)
    assert one == other
    assert [visit.why for visit in one.visits] == [visit.why for visit in other.visits]


@settings(max_examples=40)
@given(problems())
def test_the_plan_costs_as_little_as_a_search_that_leaves_nothing_out(problem: Problem) -> None:
    """The own plans by themselves, and what is made of them."""
    plan, exact = solve(problem), solve(problem, exact=True)
    locked = problem.locked
    assert price(problem, [*locked, *plan.own]) == price(problem, [*locked, *exact.own])
    assert plan.objective == solve(problem, exact=True, own=plan.own).objective
    assert plan.bound <= plan.objective
    # Added up from the visits alone; the solver's model has no say in it.
    assert plan.objective == price(problem, plan.visits) + MOVED * len(plan.moved)


@settings(max_examples=40)
@given(problems())
def test_nothing_is_uncovered_that_any_arrangement_could_cover_and_no_more_moved_than_needed(
    problem: Problem,
) -> None:
    """Compared with one search over the whole community that knows no stages."""
    problem, plan = problem.sorted(), solve(problem)
    edges = _edges(problem, problem.needs)
    own_plans = frozenset(one.put for one in plan.own)
    together = best(problem, edges, own_plans, exact=True) if edges else Solved((), 0, 0)
    assert missed(problem, plan.visits) == missed(problem, [*problem.locked, *together.visits])
    assert len(plan.moved) == len(own_plans - {one.put for one in together.visits})
    if edges and not plan.moved:
        alone = {one.elder_id for one in problem.needs} - {one.elder_id for one, _ in edges}
        beside = sum(days_price(problem, problem.need[one], ()) for one in alone)
        assert plan.objective == together.cost + beside


@settings(max_examples=40)
@given(problems())
def test_what_the_model_says_twice_leaves_no_plan_out(problem: Problem) -> None:
    """Rows that only bring the relaxation nearer: without them the best costs the same."""
    problem = problem.sorted()
    edges = _edges(problem, problem.needs)
    if not edges:
        return
    with_them, without = Model(problem, edges), Model(problem, edges)
    for key, row in without.columns.rows.items():
        if key[-1] == ALL or key[0] == "trips":
            without.columns.low[row], without.columns.high[row] = -INFINITY, INFINITY
    found, free = Solver(with_them.columns), Solver(without.columns)
    found.search()
    free.search()
    assert round(found.cost) == round(free.cost)


@settings(max_examples=40)
@given(problems())
def test_a_plan_that_is_not_sought_to_the_last_point_misses_and_moves_no_more(
    problem: Problem,
) -> None:
    """Where volunteers are scarce; here everywhere."""
    problem = problem.sorted()
    edges = _edges(problem, problem.needs)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("scheduler.plan_solver.FEW", 0)
        plan, loose = solve(problem), best(problem, edges) if edges else Solved((), 0, 0)
    assert breaks(problem, plan) == []
    exact = best(problem, edges, exact=True) if edges else Solved((), 0, 0)
    owed = sum(one.owed for one in problem.needs)
    assert missed(problem, [*problem.locked, *loose.visits]) == missed(
        problem, [*problem.locked, *exact.visits]
    )
    assert loose.bound <= exact.cost <= loose.cost <= exact.cost + NEAR * owed
    assert missed(problem, plan.visits) == missed(problem, [*problem.locked, *exact.visits])
    assert plan.bound <= plan.objective


def test_a_community_with_few_volunteers_for_many_pairings_is_planned_nearly_as_well() -> None:
    """Within 1.4 % of what no plan can be cheaper than; here everybody can be seen."""
    problem = scarce(3)
    plan = solve(problem)
    assert breaks(problem, plan) == []
    assert plan.gaps == ()
    assert plan.gap_to_bound <= 0.014
    assert solve(problem) == plan


def missed(problem: Problem, visits: list[Visit] | tuple[Visit, ...]) -> int:
    """How much is missed, each visit with what it weighs."""
    days: defaultdict[int, set[object]] = defaultdict(set)
    for one in visits:
        if one not in problem.locked:
            days[one.elder_id].add(one.day)
    total = 0
    for need in problem.needs:
        before = len(problem.busy[need.elder_id])
        for number in range(before + len(days[need.elder_id]), before + need.owed):
            total += (MISSED_LATER if number else MISSED_FIRST)[need.tier]
    return total


def chained(problem: Problem, away: Volunteer) -> set[int]:
    """Pairings that a chain of shared volunteers ties to those of a volunteer."""
    found = set(away.pairings)
    while more := {
        pairing
        for one in problem.volunteers
        if one.pairings & found
        for pairing in one.pairings - found
    }:
        found |= more
    return found


def in_cover(problem: Problem, plan: Plan) -> set[int | None]:
    """Pairings that take cover, whose volunteers give it, or that were moved for it."""
    found: set[int | None] = {problem.need[one.elder_id].pairing for one in plan.moved}
    for one in plan.visits:
        if one in problem.locked:
            continue
        need, who = problem.need[one.elder_id], problem.volunteer[one.volunteer_id]
        if not own(need, who):
            found |= {need.pairing, *who.pairings}
    return found


def of_pairing(problem: Problem, plan: Plan, pairing: int | None) -> set[tuple[int, int, str]]:
    """A pairing's visits."""
    known = problem.need
    return {one for one in puts(plan) if one[0] in known and known[one[0]].pairing == pairing}


@settings(max_examples=60)
@given(problems(pairings=5), st.randoms(use_true_random=False))
def test_taking_one_volunteer_away_leaves_unrelated_pairings_unchanged(
    problem: Problem, shuffle: random.Random
) -> None:
    if not problem.volunteers:
        return
    away = shuffle.choice(problem.volunteers)
    problem = replace(
        problem, locked=tuple(one for one in problem.locked if one.volunteer_id != away.member_id)
    )
    rest = replace(problem, volunteers=tuple(one for one in problem.volunteers if one is not away))
    before, after = solve(problem), solve(rest)
    related = chained(problem, away) | in_cover(problem, before) | in_cover(rest, after)
    for pairing in {one.pairing for one in problem.needs} - related - {None}:
        assert of_pairing(problem, before, pairing) == of_pairing(problem, after, pairing)


def test_in_a_whole_community_nobodys_own_plan_notices_that_somebody_elsewhere_is_away() -> None:
    """Not even where a third of the pairings give or take cover: only who covers may change."""
    problem = community(4, volunteers=90)
    one_each = tuple(
        replace(one, pairings=frozenset({min(one.pairings)})) for one in problem.volunteers
    )
    problem = replace(problem, volunteers=one_each)
    away, *rest = one_each
    before, after = solve(problem), solve(replace(problem, volunteers=tuple(rest)))
    assert in_cover(problem, before)
    assert before.moved == after.moved == ()

    def elsewhere(plan: Plan) -> list[Visit]:
        return [one for one in plan.own if problem.need[one.elder_id].pairing not in away.pairings]

    assert elsewhere(before) == elsewhere(after)


def test_a_community_of_82_elders_is_planned_as_well_as_by_an_exact_search() -> None:
    problem = community(2)
    plan = solve(problem)
    assert breaks(problem, plan) == []
    assert plan.gaps == ()
    own_plans, exact = ([*one.own] for one in (plan, solve(problem, exact=True)))
    assert price(problem, own_plans) == price(problem, exact)
    assert plan.objective == solve(problem, exact=True, own=plan.own).objective
    assert plan.gap_to_bound <= 0.02


def test_planning_prints_nothing_where_a_command_gives_its_answer(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert solve(week(elder(1), person(101, "mon_am"))).visits
    assert capfd.readouterr() == ("", "")


@settings(max_examples=40)
@given(problems())
def test_a_quick_plan_breaks_no_rule_and_leaves_no_more_uncovered(problem: Problem) -> None:
    plan = solve(problem, quick=True)
    assert not breaks(problem, plan)
    assert missed(problem, plan.visits) <= missed(problem, solve(problem).visits)
    assert plan.bound <= plan.objective


def test_who_is_visited_by_the_own_pairing_only_is_covered_by_nobody_else() -> None:
    problem = week(elder(1), elder(2), person(101, pairing=2), own_only=frozenset({1}))
    for quick in (False, True):
        assert {one.elder_id for one in solve(problem, quick=quick).visits} == {2}


def test_own_pairing_first_and_cover_only_for_what_it_cannot_do() -> None:
    busy = person(101, "mon_am", most=1)
    near = person(102, pairing=2, most=9)
    plan = solve(week(elder(1, 2, place=PLACES[0]), elder(2, pairing=2), busy, near))
    mine = next(one for one in plan.visits if one.volunteer_id == 101)
    assert (mine.elder_id, mine.slot) == (1, (MON, AM))
    cover = next(one for one in plan.visits if one.elder_id == 1 and one.volunteer_id == 102)
    assert (cover.day - MON).days >= 2
    assert Why.COVERS_FOR in cover.why
    assert Why.OWN_PAIRING in mine.why
    assert plan.moved == ()


def test_a_visit_of_an_own_plan_gives_way_only_where_another_would_be_missed() -> None:
    """Only 101 may go to elder 2, who has no pairing; 102 can go to elder 1 instead, on Friday."""
    lonely = elder(2, pairing=None, not_persons=frozenset({102}), days=frozenset({MON}))
    people = (person(101, "mon_am", most=1), person(102, "fri_am", pairing=2))
    plan = solve(week(elder(1, days=frozenset({MON, FRI})), lonely, *people))
    assert puts(plan) == {(1, 102, "Fri am"), (2, 101, "Mon am")}
    assert [one.elder_id for one in plan.moved] == [1]
    # With somebody else for elder 2 nobody is moved, however far they walk.
    third = person(103, "mon_pm", pairing=3, place=PLACES[2])
    plan = solve(week(elder(1, days=frozenset({MON, FRI})), lonely, *people, third))
    assert puts(plan) == {(1, 101, "Mon am"), (2, 103, "Mon pm")}
    assert plan.moved == ()


def test_where_not_all_can_be_seen_everybody_is_seen_once_before_anybody_twice() -> None:
    plan = solve(week(elder(1, 2), elder(2, 2), elder(3, 2), person(101, most=3)))
    assert Counter(one.elder_id for one in plan.visits) == {1: 1, 2: 1, 3: 1}
    assert {one.why for one in plan.gaps} == {NoWay.ALL_FULL}


def test_yellow_visits_are_two_days_apart_where_that_can_be() -> None:
    plan = solve(week(elder(1, 2), person(101, "mon_am", "tue_am", most=9), person(102, "wed_am")))
    assert {one.day for one in plan.visits} == {MON, WED}
    plan = solve(week(elder(1, 1, done=frozenset({MON})), person(101, "tue_am", "wed_am")))
    assert {one.day for one in plan.visits} == {WED}


def test_two_people_go_together_or_nobody_goes() -> None:
    two = elder(1, two_people=True)
    assert solve(week(two, person(101, "mon_am"), person(102, "mon_pm"))).visits == ()
    plan = solve(week(two, person(101, "mon_am", "tue_am"), person(102, "tue_am", "mon_pm")))
    assert puts(plan) == {(1, 101, "Tue am"), (1, 102, "Tue am")}
    assert {one.volunteer_id: one.beside for one in plan.visits} == {101: 102, 102: 101}
    shy = person(103, "wed_am", wants_two=True)
    assert solve(week(elder(1), shy)).visits == ()
    plan = solve(week(elder(1), shy, person(101, "wed_am")))
    assert puts(plan) == {(1, 101, "Wed am")}
    plan = solve(week(elder(1), shy, person(104, "wed_am", wants_two=True)))
    assert puts(plan) == {(1, 103, "Wed am"), (1, 104, "Wed am")}


def test_two_doors_of_one_building_are_one_way() -> None:
    far = person(101, "mon_am", "tue_am", place=PLACES[1], most=2)
    neighbours = (elder(1, place=PLACES[0]), elder(2, place=PLACES[0]))
    plan = solve(week(*neighbours, far))
    assert len({one.slot for one in plan.visits}) == 1
    assert all(Why.ONE_TRIP in one.why for one in plan.visits)


def test_a_week_with_nothing_in_it_is_planned() -> None:
    assert solve(week()) == Plan((), (), (), 0, 0)
    assert solve(week(elder(1, 0), person(101))).visits == ()


def test_a_solver_that_gives_up_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its values are read only after its status."""
    monkeypatch.setattr("scheduler.plan_model.busy_price", lambda *_: float("nan"))
    with pytest.raises(NoPlan):
        solve(week(elder(1), person(101)))


async def test_a_worker_plans_beside_the_event_loop_and_ends_when_nobody_needs_it() -> None:
    problem = community(5)
    async with Planner() as planner:
        assert planner.process_id is None
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.001)
                beats += 1

        beating = asyncio.create_task(beat())
        plans = await asyncio.gather(planner.plan(problem), planner.plan(week(elder(1))))
        beating.cancel()
        assert beats > 10
        worker = planner.process_id
        assert plans[0] == solve(problem)
        assert [one.why for one in plans[1].gaps] == [NoWay.NO_VOLUNTEER]
    assert planner.process_id is None
    assert worker is not None
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


async def test_a_worker_that_dies_is_said_and_replaced() -> None:
    small = week(elder(1), person(101))
    async with Planner() as planner:
        await planner.plan(small)
        first = planner.process_id
        assert first is not None
        waiting = asyncio.create_task(planner.plan(community(6)))
        await asyncio.sleep(0.05)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(NotPlanned):
            await waiting
        assert await planner.plan(small) == solve(small)
        assert planner.process_id != first


async def test_who_stops_waiting_gets_nobody_elses_answer() -> None:
    small = week(elder(1), person(101))
    async with Planner() as planner:
        waiting = asyncio.create_task(planner.plan(community(7)))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await planner.plan(small) == solve(small)


async def test_a_week_that_takes_too_long_or_cannot_be_planned_is_said() -> None:
    async with Planner(patience=0.001) as planner:
        with pytest.raises(NotPlanned, match="not done"):
            await planner.plan(community(8))
    async with Planner() as planner:
        with pytest.raises(NotPlanned, match="TypeError"):
            await planner.plan(week(elder(1), person(101, most=None)))
        assert (await planner.plan(week())).visits == ()
