"""A visit's life: until when one may answer, sign in, and report; what is worrying."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.calls import Outcome, Reason, is_contact
from care.visits import (
    PLANNED,
    Hazard,
    Level,
    NotVisited,
    Report,
    State,
    answerable,
    can_begin,
    can_report,
    safety_of,
)

DAY = date(2026, 4, 13)


@given(st.sampled_from(State), st.integers(-30, 30))
def test_yes_and_no_are_possible_until_the_day_is_over(state: State, ahead: int) -> None:
    today = DAY - timedelta(days=ahead)
    assert answerable(state, DAY, today) == (state in PLANNED and ahead >= 0)


@given(st.sampled_from(State), st.integers(-30, 30))
def test_a_visit_begins_on_its_day_or_is_told_of_the_day_after(state: State, ahead: int) -> None:
    today = DAY - timedelta(days=ahead)
    assert can_begin(state, DAY, today) == (state in PLANNED and ahead in {0, -1})


@given(st.integers(-30, 30))
def test_whoever_signed_in_may_always_finish_the_report(ahead: int) -> None:
    assert can_report(State.SIGNED_IN, DAY, DAY - timedelta(days=ahead))


@pytest.mark.parametrize("subject", ["health", "mood", "safety", "food"])
def test_one_worrying_subject_is_enough(subject: str) -> None:
    assert Report.model_validate({"health": Level.GOOD, subject: Level.BAD}).worrying


def test_so_so_and_a_need_are_not_worrying() -> None:
    assert not Report(health=Level.FAIR, mood=Level.FAIR, needs=True).worrying


@pytest.mark.parametrize("why", NotVisited)
def test_a_visit_that_did_not_happen_is_never_a_contact(why: NotVisited) -> None:
    assert not is_contact(why.outcome)
    assert why.reason is None or isinstance(why.reason, Reason)


def test_a_door_nobody_opened_is_an_attempt() -> None:
    assert NotVisited.NO_ANSWER.outcome is Outcome.NO_ANSWER


def test_a_home_is_safe_when_somebody_looked_and_found_nothing() -> None:
    assert safety_of(None) is None
    assert safety_of([]) is Level.GOOD
    assert safety_of([Hazard.GAS]) is Level.BAD
    assert Report(health=Level.GOOD, safety=safety_of([Hazard.WATER])).worrying
