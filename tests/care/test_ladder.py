"""When each rung of the ladder is due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.community import Settings
from care.ladder import (
    ON_THE_CLOCK,
    Cause,
    Step,
    Waiting,
    begins_at,
    cause_of,
    due,
    due_at,
)

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 4, 9)
USUAL = Settings()


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(DAY, time(hour, minute), ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "rungs"),
    [
        (8, 30, set()),
        (11, 29, set()),
        (11, 30, {Step.REMIND}),
        (15, 0, {Step.REMIND, Step.DOOR}),
        (17, 0, {Step.REMIND, Step.DOOR, Step.RAISE}),
        (23, 59, {Step.REMIND, Step.DOOR, Step.RAISE}),
    ],
)
def test_the_rungs_are_due_at_the_handbooks_times(hour: int, minute: int, rungs: set[Step]) -> None:
    assert due(at(hour, minute), DAY, Waiting(1), USUAL, ZONE) == rungs


def test_two_attempts_ask_for_a_door_visit_at_once() -> None:
    assert due(at(9), DAY, Waiting(1, attempts=1), USUAL, ZONE) == set()
    assert due(at(9), DAY, Waiting(1, attempts=2), USUAL, ZONE) == {Step.DOOR}
    assert cause_of(Waiting(1, attempts=1), USUAL) is Cause.NO_CONTACT
    assert cause_of(Waiting(1, attempts=2), USUAL) is Cause.NO_ANSWER


def test_a_door_nobody_opened_is_raised_at_once() -> None:
    assert due(at(9), DAY, Waiting(1, door_failed=True), USUAL, ZONE) == {Step.RAISE}


def test_who_becomes_owed_in_the_afternoon_has_an_hour() -> None:
    """A tier raised at 16:00 is raised at 17:00; at 16:30, at 17:30."""
    early, late = Waiting(1, owed_since=at(9)), Waiting(1, owed_since=at(16, 30))
    assert due_at(Step.RAISE, DAY, early, USUAL, ZONE) == at(17)
    assert due_at(Step.RAISE, DAY, late, USUAL, ZONE) == at(17, 30)
    assert due(at(17, 29), DAY, late, USUAL, ZONE) == set()


@given(
    st.builds(
        Settings,
        remind_calls_at=st.times(),
        door_visit_at=st.times(),
        escalate_at=st.times(),
        attempts_for_door_visit=st.integers(1, 5),
    ),
    st.integers(0, 24 * 60 - 1),
    st.none() | st.integers(0, 24 * 60 - 1),
    st.integers(0, 5),
)
def test_before_the_first_rung_only_attempts_make_one_due(
    settings: Settings, minute: int, since: int | None, attempts: int
) -> None:
    now = at(0) + timedelta(minutes=minute)
    owed = None if since is None else at(0) + timedelta(minutes=since)
    found = due(now, DAY, Waiting(1, owed, attempts), settings, ZONE)
    if now < begins_at(DAY, settings, ZONE):
        assert found == ({Step.DOOR} if attempts >= settings.attempts_for_door_visit else set())


@given(
    st.integers(0, 24 * 60 - 1),
    st.integers(0, 24 * 60 - 1),
    st.none() | st.integers(0, 24 * 60 - 1),
    st.integers(0, 5),
)
def test_a_rung_that_is_due_stays_due(
    first: int, more: int, since: int | None, attempts: int
) -> None:
    """Level-triggered: looked at later, or late, nothing that was due is forgotten."""
    begin = at(0)
    waiting = Waiting(1, None if since is None else begin + timedelta(minutes=since), attempts)
    early = due(begin + timedelta(minutes=first), DAY, waiting, USUAL, ZONE)
    later = due(begin + timedelta(minutes=first + more), DAY, waiting, USUAL, ZONE)
    assert early <= later
    assert later <= set(ON_THE_CLOCK)
