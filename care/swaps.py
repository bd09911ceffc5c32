"""Swaps: one volunteer asks another to make a visit, for nothing or for one of theirs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from care import visits
from care.community import Settings
from care.days import HalfDay, moment
from care.plan_rules import Break, breaks
from care.planning import Need, Problem, Volunteer
from care.plans import Plan, Visit

# Elder, volunteer, day.
Going = tuple[int, int, date]


class State(StrEnum):
    """Where the question is; only what is still asked can be answered."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Move:
    """One visit that would be made by somebody else."""

    elder_id: int
    day: date
    half: HalfDay
    from_id: int
    to_id: int


def starts_at(day: date, half: HalfDay, settings: Settings, zone: ZoneInfo) -> datetime:
    """When a visit begins, as UTC; from then on nobody can be asked to make it instead."""
    return moment(day, settings.hours(half)[0], zone)


def can_move(state: visits.State, starts: datetime, now: datetime) -> bool:
    """Whether somebody else can still be asked to make a visit."""
    return state in visits.PLANNED and now < starts


def broken(problem: Problem, moves: Sequence[Move], going: Collection[Going] = ()) -> list[Break]:
    """The hard rules that the moves of one week would break (handbook, "The week").

    The same judge as for a whole plan: half-days, leave, weekly maximum, one visit per elder per
    day, wishes, distance. Who does not go alone cannot take a visit that one person makes. Of two
    who go together neither takes the visit of the other: one would go alone for two.

    Args:
        problem: the week.
        moves: what would change.
        going: who goes where in the week.
    """
    if any((one.elder_id, one.to_id, one.day) in going for one in moves):
        return [Break.TWICE_A_DAY]
    elders = {one.elder_id for one in moves}
    people = {one.to_id for one in moves}
    asked = replace(
        problem,
        needs=tuple(_free(one, moves) for one in problem.needs if one.elder_id in elders),
        volunteers=tuple(
            _relieved(one, moves) for one in problem.volunteers if one.member_id in people
        ),
        locked=(),
    )
    made = tuple(Visit(one.elder_id, one.to_id, one.day, one.half) for one in moves)
    return breaks(asked, Plan(made, (), made, 0, 0.0))


def _free(need: Need, moves: Sequence[Move]) -> Need:
    """The elder without the visits that move. How many go there does not change by it."""
    mine = {one.day for one in moves if one.elder_id == need.elder_id}
    return replace(need, owed=len(mine), done=need.done - mine, two_people=False)


def _relieved(one: Volunteer, moves: Sequence[Move]) -> Volunteer:
    """The volunteer without the visits that they would give away."""
    taken = list(one.taken)
    for move in moves:
        if move.from_id == one.member_id and (move.day, move.half) in taken:
            taken.remove((move.day, move.half))
    return replace(one, taken=tuple(taken))
