"""How a red day ends, until when it takes entries, and what is counted of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care.ledger import (
    Excuse,
    State,
    Tally,
    days_in_a_row,
    live_state,
    open_until,
    state_of,
    takes_entries,
    tally,
    unbroken,
)

MET, EXCUSED, MISSED = State.MET, State.EXCUSED, State.MISSED
DAY = date(2026, 4, 9)
STATES = st.lists(st.sampled_from(State))


@pytest.mark.parametrize(
    ("contacted", "excuse", "state"),
    [
        (True, None, MET),
        (True, Excuse.HOSPITAL, MET),
        (False, Excuse.HOSPITAL, EXCUSED),
        (False, None, MISSED),
    ],
)
def test_a_day_ends_in_one_of_three_ways(
    contacted: bool, excuse: Excuse | None, state: State
) -> None:
    assert state_of(contacted=contacted, excuse=excuse) is state
    live = live_state(contacted=contacted, excuse=excuse)
    assert live is (None if state is MISSED else state)


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 4, 1), date(2026, 5, 15)),
        (date(2026, 12, 31), date(2027, 1, 15)),
    ],
)
def test_a_month_takes_entries_until_the_15th_of_the_next(day: date, until: date) -> None:
    assert open_until(day, 15) == until
    assert takes_entries(day, until, 15)
    assert not takes_entries(day, until + timedelta(days=1), 15)
    assert not takes_entries(day, day - timedelta(days=1), 15)


def test_a_day_that_is_open_is_owed_nothing_yet() -> None:
    found = tally([MET, None, MISSED, EXCUSED, MET])
    assert found == Tally(met=2, excused=1, missed=1, open=1)
    assert (found.owed, found.percent) == (3, 66)
    assert tally([EXCUSED, None]).percent is None


@settings(deadline=None, derandomize=True)
@given(STATES)
def test_every_day_is_counted_once(states: list[State]) -> None:
    found = tally(states)
    assert found.met + found.excused + found.missed == len(states)


def test_an_excused_day_neither_counts_nor_breaks_the_row() -> None:
    assert days_in_a_row([MISSED, MET, EXCUSED, MET]) == 2
    assert days_in_a_row([MET, MISSED]) == 0
    assert days_in_a_row([]) == 0


def test_who_was_not_red_for_a_while_begins_to_count_anew() -> None:
    days = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=3), DAY + timedelta(days=4)]
    found = unbroken(list(zip(days, [MET, MET, EXCUSED, MET], strict=True)))
    assert found == [EXCUSED, MET]
    assert unbroken([]) == []


@settings(deadline=None, derandomize=True)
@given(STATES)
def test_days_without_a_gap_are_all_taken(states: list[State]) -> None:
    days = [(DAY + timedelta(days=n), state) for n, state in enumerate(states)]
    assert unbroken(days) == states
