"""The week's plan of communities that nobody lives in: CPU seconds of the planner, and gaps."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from care.plan_price import price
from care.plan_rules import breaks
from care.planning import Problem
from care.plans import Visit
from scheduler.planner import solve
from tests.bench.communities import ELDERS, community, scarce


@dataclass(frozen=True)
class Planned:
    """Communities planned one after another.

    Attributes:
        seconds: CPU, of the planner alone.
        gap: to the bound, of all together.
        points: to the bound, for each visit; where visits are missing these are most of the cost,
            and the gap says little.
        missing: visits that nobody makes.
        broken: rules broken.
    """

    communities: int
    seconds: float
    cost: int
    gap: float
    points: float
    missing: int
    broken: int


@dataclass(frozen=True)
class Compared:
    """What the planner found against searches that leave nothing out.

    Attributes:
        own: what the own plans cost, and at the best.
        cost: what all of it costs, and at the best.
    """

    own: tuple[int, int]
    cost: tuple[int, int]
    seconds: float
    seconds_exact: float


def planned(count: int, volunteers: int = 140) -> Planned:
    """So many communities of 82 elders."""
    return _planned([community(seed, volunteers) for seed in range(1, count + 1)])


def tied(count: int) -> Planned:
    """The same, with few volunteers for many pairings, all tied together."""
    return _planned([scarce(seed) for seed in range(1, count + 1)])


def _planned(problems: Sequence[Problem]) -> Planned:
    before = time.process_time()
    plans = [solve(one) for one in problems]
    seconds = time.process_time() - before
    cost, bound = sum(one.objective for one in plans), sum(one.bound for one in plans)
    return Planned(
        len(problems),
        seconds,
        cost,
        (cost - bound) / cost,
        (cost - bound) / sum(len(one.visits) for one in plans),
        sum(gap.missing for one in plans for gap in one.gaps),
        sum(len(breaks(*one)) for one in zip(problems, plans, strict=True)),
    )


def compared(seeds: Sequence[int]) -> Compared:
    """The same communities, planned and searched."""
    problems = [community(seed) for seed in seeds]
    start = time.process_time()
    plans = [solve(one) for one in problems]
    between = time.process_time()
    searched = [solve(one, exact=True) for one in problems]
    end = time.process_time()
    pairs = list(zip(problems, plans, strict=True))
    again = [solve(problem, exact=True, own=plan.own) for problem, plan in pairs]

    def own(problem: Problem, visits: Sequence[Visit]) -> int:
        return price(problem, [*problem.locked, *visits])

    return Compared(
        (
            sum(own(problem, plan.own) for problem, plan in pairs),
            sum(own(one, plan.own) for one, plan in zip(problems, searched, strict=True)),
        ),
        (sum(one.objective for one in plans), sum(one.objective for one in again)),
        (between - start) / len(problems),
        (end - between) / len(problems),
    )


def elders(communities: int) -> int:
    """How many elders live in so many communities."""
    return communities * ELDERS
