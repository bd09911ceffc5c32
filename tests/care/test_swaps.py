"""A visit goes to somebody else only if the plan could have sent them in the first place."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from care.community import Settings
from care.days import HalfDay
from care.plan_rules import Break
from care.swaps import Move, broken, can_move, starts_at
from care.visits import State
from tests.planned import AM, FAR, MON, PLACES, TUE, elder, person, week

ZONE = ZoneInfo("Asia/Shanghai")
MINE = Move(1, MON, AM, from_id=101, to_id=102)
TAKEN = ((MON, AM),)


def test_a_visit_begins_with_its_half_day_at_the_station() -> None:
    settings = Settings(afternoon_from=time(15))
    assert starts_at(MON, HalfDay.AM, settings, ZONE) == datetime(2026, 4, 13, 1, tzinfo=UTC)
    assert starts_at(MON, HalfDay.PM, settings, ZONE) == datetime(2026, 4, 13, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "hour", "can"),
    [
        (State.OFFERED, 0, True),
        (State.ACCEPTED, 0, True),
        (State.ACCEPTED, 1, False),
        (State.DECLINED, 0, False),
        (State.SIGNED_IN, 0, False),
    ],
)
def test_until_it_begins_a_planned_visit_can_be_given_away(
    state: State, hour: int, *, can: bool
) -> None:
    starts = datetime(2026, 4, 13, 1, tzinfo=UTC)
    assert can_move(state, starts, datetime(2026, 4, 13, hour, tzinfo=UTC)) is can


def test_somebody_with_time_can_take_a_visit_that_is_planned_already() -> None:
    """That the elder is owed nothing more, and has a visit on that day, is this very visit."""
    found = week(
        elder(1, owed=0, done=frozenset({MON})), person(101, taken=TAKEN), person(102), elder(2)
    )
    assert broken(found, [MINE]) == []


@pytest.mark.parametrize(
    ("taker", "rule"),
    [
        (person(102, "tue_am"), Break.NOT_AVAILABLE),
        (person(102, taken=((TUE, AM), (TUE, AM))), Break.WEEK_FULL),
        (person(102, most=9, taken=TAKEN * 2), Break.HALF_DAY_FULL),
        (person(102, wants_two=True), Break.ALONE),
        (person(102, place=PLACES[1], walks_metres=10), Break.BARRED),
        (person(103), Break.UNKNOWN),
    ],
)
def test_what_a_plan_may_not_do_a_swap_may_not_either(taker: object, rule: Break) -> None:
    found = week(elder(1, done=frozenset({MON}), place=PLACES[0]), taker, distances=FAR)  # type: ignore[arg-type]
    assert broken(found, [MINE]) == [rule]


def test_wishes_keep_somebody_away_from_a_swap_too() -> None:
    assert broken(week(elder(1, not_persons=frozenset({102})), person(102)), [MINE]) == [
        Break.BARRED
    ]


def test_in_an_exchange_what_somebody_gives_away_makes_room_for_what_they_take() -> None:
    """Both weeks are full, and each half-day too; alone, either move would be one too many."""
    back = Move(2, TUE, AM, from_id=102, to_id=101)
    found = week(
        elder(1, done=frozenset({MON})),
        elder(2, done=frozenset({TUE})),
        person(101, most=1, taken=TAKEN),
        person(102, most=1, taken=((TUE, AM),)),
        in_one_half_day=1,
    )
    assert broken(found, [MINE]) == [Break.WEEK_FULL]
    assert broken(found, [MINE, back]) == []


def test_two_who_share_an_elder_exchange_their_days() -> None:
    back = Move(1, TUE, AM, from_id=102, to_id=101)
    both = frozenset({MON, TUE})
    found = week(elder(1, owed=0, done=both), person(101, taken=TAKEN), person(102))
    assert broken(found, [MINE, back]) == []


def test_of_two_who_go_together_neither_takes_the_visit_of_the_other() -> None:
    problem = week(elder(1, done=frozenset({MON})), person(102))
    assert broken(problem, [MINE], {(1, 102, MON)}) == [Break.TWICE_A_DAY]
    assert broken(problem, [MINE], {(1, 102, TUE), (2, 102, MON), (1, 101, MON)}) == []


def test_an_elder_who_wishes_for_two_is_no_worse_off_when_one_replaces_another() -> None:
    assert broken(week(elder(1, two_people=True), person(102)), [MINE]) == []
