"""Service hours: what counts, who decides, and that no minute is counted twice or lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.access import Role, Viewer
from care.hours import (
    LONGEST,
    Kind,
    Spell,
    State,
    Why,
    Work,
    add_up,
    believed,
    fits,
    may_decide,
    month_of,
    state_of,
    year_of,
)

NOW = datetime(2026, 4, 13, 8, tzinfo=UTC)
SPELLS = st.builds(
    Spell,
    st.dates(),
    st.sampled_from(Work),
    st.sampled_from(Kind),
    st.sampled_from(State),
    st.integers(1, LONGEST),
)


def test_an_endless_way_and_time_in_two_places_are_looked_at_by_staff_first() -> None:
    most, minute = timedelta(hours=3), timedelta(minutes=1)
    assert believed(NOW, NOW + most, most, taken=False) == (NOW + most, None)
    assert believed(NOW, NOW + most, most, taken=True) == (NOW + most, Why.TWICE)
    for taken in (False, True):
        late = believed(NOW, NOW + most + minute, most, taken=taken)
        assert late == (NOW + most, Why.LATE)


@pytest.mark.parametrize(
    ("kind", "approved", "refused", "expected"),
    [
        (Kind.VERIFIED, None, None, State.COUNTED),
        (Kind.VERIFIED, None, NOW, State.REFUSED),
        (Kind.ADDED, None, None, State.WAITING),
        (Kind.ADDED, NOW, None, State.COUNTED),
        (Kind.ADDED, None, NOW, State.REFUSED),
    ],
)
def test_verified_time_counts_by_itself_and_added_time_when_it_is_approved(
    kind: Kind, approved: datetime | None, refused: datetime | None, expected: State
) -> None:
    assert state_of(kind, approved, refused) is expected


@pytest.mark.parametrize(
    ("role", "own", "expected"),
    [
        (Role.VOLUNTEER, False, False),
        (Role.VOLUNTEER, True, False),
        (Role.FAMILY, False, False),
        (Role.SOCIAL_WORKER, False, True),
        (Role.SOCIAL_WORKER, True, False),
        (Role.SUPERVISOR, True, True),
    ],
)
def test_staff_decide_and_nobody_about_their_own_time_but_a_supervisor(
    role: Role, own: bool, expected: bool
) -> None:
    assert may_decide(Viewer(7, 1, frozenset({role})), 7 if own else 8) is expected


@given(st.integers(-10, 2 * LONGEST), st.integers(-500, 500))
def test_time_is_entered_when_it_is_over_and_no_longer_than_a_working_day(
    minutes: int, ago: int
) -> None:
    begun = NOW - timedelta(minutes=ago)
    assert fits(begun, minutes, NOW) == (0 < minutes <= LONGEST and minutes <= ago)


@given(st.lists(SPELLS, max_size=20))
def test_the_sum_is_that_of_its_parts_and_what_is_refused_is_in_none(spells: list[Spell]) -> None:
    found = add_up(spells)
    counted = [one for one in spells if one.state is State.COUNTED]
    assert found.times == len(counted)
    assert found.minutes == sum(found.work.values()) == sum(found.kind.values())
    assert found.minutes == sum(one.minutes for one in counted)
    waiting = [one.minutes for one in spells if one.state is State.WAITING]
    assert (found.waiting, found.waiting_times) == (sum(waiting), len(waiting))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_is_in_its_month_and_in_its_year(day: date) -> None:
    for span in (month_of, year_of):
        first, after = span(day)
        assert first <= day < after
        assert (first.day, after.day) == (1, 1)
