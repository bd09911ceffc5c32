"""What is owed in a week, and on which days."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from care.community import Settings
from care.days import HALF_DAYS, HalfDay, days_of
from care.elders import Tier
from care.week import ElderWeek, VolunteerWeek, owed_visits, visit_days

WEEK = date(2026, 4, 13)
SETTINGS = Settings()
DAYS = tuple(days_of(WEEK))


def test_red_is_owed_contacts_and_no_visit_of_the_plan() -> None:
    assert owed_visits(ElderWeek(1, 1, Tier.RED), WEEK, SETTINGS) == 0


def test_who_is_paused_is_owed_less_and_visited_on_the_other_days_only() -> None:
    for away, owed in ((0, 2), (2, 1), (3, 1), (4, 0), (7, 0)):
        elder = ElderWeek(1, 1, Tier.YELLOW, paused=frozenset(DAYS[:away]))
        assert owed_visits(elder, WEEK, SETTINGS) == owed, away
        assert visit_days(elder, WEEK) == list(DAYS[away:])
    all_week = frozenset(DAYS)
    assert not owed_visits(ElderWeek(4, 1, Tier.GREEN, paused=all_week), WEEK, SETTINGS)


def test_leave_is_stronger_than_a_single_date_and_that_than_every_week() -> None:
    said = {(DAYS[0], HalfDay.AM): False, (DAYS[2], HalfDay.AM): True}
    away = frozenset({DAYS[1], DAYS[2]})
    one = VolunteerWeek(1, frozenset({1}), frozenset(HALF_DAYS), away=away, dates=said)
    assert not one.can_come(DAYS[0], HalfDay.AM)
    assert one.can_come(DAYS[0], HalfDay.PM)
    assert not one.can_come(DAYS[2], HalfDay.AM)


def test_a_dropped_visit_is_not_owed_any_more() -> None:
    assert owed_visits(ElderWeek(1, 1, Tier.YELLOW, excused=1), WEEK, SETTINGS) == 1


@given(st.integers(0, 400), st.integers(1, 100))
def test_green_is_visited_once_in_every_month(start: int, elder_id: int) -> None:
    """Week after week for half a year, each visit made on the first day on which it counts."""
    monday = date(2026, 1, 5) + timedelta(weeks=start)
    visited: set[date] = set()
    for week in (monday + timedelta(weeks=n) for n in range(27)):
        month = (week + timedelta(days=3)).month
        seen = frozenset(day for day in visited if day.month == month)
        planned = frozenset(visited & set(days_of(week)))
        elder = ElderWeek(elder_id, 1, Tier.GREEN, visited_this_month=seen, planned=planned)
        owed = owed_visits(elder, week, SETTINGS)
        visited |= set(visit_days(elder, week)[:owed])
    months = Counter((day.year, day.month) for day in visited)
    assert set(months.values()) == {1}
    whole = sorted(months)[1:-1]
    assert len(whole) >= 4


def test_the_greens_of_a_month_are_spread_over_its_weeks() -> None:
    mondays = [date(2026, 4, 6) + timedelta(weeks=n) for n in range(-1, 3)]
    due = [
        sum(owed_visits(ElderWeek(n, 1, Tier.GREEN), monday, SETTINGS) for n in range(100))
        for monday in mondays
    ]
    assert due == [25, 50, 75, 100]
