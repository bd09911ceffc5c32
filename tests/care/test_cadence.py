"""What is owed: per tier, in whole and in parts of weeks and months, and how far it is done."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care.cadence import (
    DAY,
    Course,
    Period,
    Progress,
    bounds_of,
    days_between,
    days_of_month,
    in_month,
    in_week,
    is_late,
    month_before,
    month_of,
    months_between,
    next_month,
    now_owed,
    on_day,
    part_of,
    weeks_between,
    weeks_of_month,
)
from care.community import Settings
from care.days import days_of, week_of
from care.elders import Tier
from care.pauses import Paused
from care.tiers import Change

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 4, 6)
APRIL = date(2026, 4, 1)
RED, YELLOW, GREEN = Tier.RED, Tier.YELLOW, Tier.GREEN
USUAL = Settings()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
DATES = st.dates(date(2020, 1, 1), date(2035, 12, 31))
TIERS = st.sampled_from([RED, YELLOW, GREEN, None])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def owing(tier: Tier, days: list[date]) -> dict[date, Tier]:
    return dict.fromkeys(days, tier)


def april(*numbers: int) -> set[date]:
    return {date(2026, 4, number) for number in numbers}


WEEK_DAYS = list(days_of(MONDAY))


def test_yellow_is_owed_two_visits_from_monday_to_sunday() -> None:
    yellow = owing(YELLOW, days_between(MONDAY - DAY, MONDAY + 7 * DAY))
    visits = {MONDAY - DAY, MONDAY, MONDAY + 6 * DAY, MONDAY + 7 * DAY}
    assert in_week(MONDAY, yellow, visits, USUAL) == Progress(2, 2, Period.WEEK)
    assert in_week(MONDAY, yellow, {MONDAY}, USUAL) == Progress(1, 2, Period.WEEK)


def test_green_is_owed_one_visit_in_the_calendar_month() -> None:
    green = owing(GREEN, days_of_month(APRIL))
    assert in_month(APRIL, green, {date(2026, 3, 31), date(2026, 5, 1)}, USUAL).done == 0
    assert in_month(APRIL, green, april(30), USUAL) == Progress(1, 1, Period.MONTH)


def test_how_many_visits_is_the_communitys_choice() -> None:
    own = Settings(yellow_visits_a_week=3, green_visits_a_month=0)
    assert in_week(MONDAY, owing(YELLOW, WEEK_DAYS), set(), own).owed == 3
    assert in_month(APRIL, owing(GREEN, days_of_month(APRIL)), set(), own).owed == 0


def test_red_is_owed_a_contact_every_calendar_day() -> None:
    red = owing(RED, WEEK_DAYS)
    assert on_day(MONDAY, red, {MONDAY}, USUAL) == Progress(1, 1)
    assert on_day(MONDAY + DAY, red, {MONDAY}, USUAL) == Progress(0, 1)


def test_where_red_is_owed_one_every_second_day_yesterdays_contact_is_enough() -> None:
    red, own = owing(RED, WEEK_DAYS), Settings(red_every_days=2)
    assert on_day(MONDAY + DAY, red, {MONDAY}, own) == Progress(0, 0)
    assert on_day(MONDAY + 2 * DAY, red, {MONDAY}, own) == Progress(0, 1)


def test_more_than_was_owed_is_shown_as_it_is() -> None:
    found = in_week(MONDAY, owing(YELLOW, WEEK_DAYS), set(WEEK_DAYS), USUAL)
    assert (found.done, found.owed, found.missing) == (7, 2, 0)


@pytest.mark.parametrize(
    ("present", "owed"), [(0, 0), (1, 0), (2, 0), (3, 0), (4, 1), (5, 1), (6, 1), (7, 2)]
)
def test_a_yellow_week_that_is_partly_paused_is_owed_in_part(present: int, owed: int) -> None:
    yellow = owing(YELLOW, WEEK_DAYS[:present])
    assert in_week(MONDAY, yellow, set(), USUAL).owed == owed


@pytest.mark.parametrize(("present", "owed"), [(0, 0), (14, 0), (15, 1), (29, 1), (30, 1)])
def test_a_green_month_is_owed_from_half_of_its_days_on(present: int, owed: int) -> None:
    green = owing(GREEN, days_of_month(APRIL)[:present])
    assert in_month(APRIL, green, set(), USUAL).owed == owed


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 31), st.integers(1, 31), st.data())
def test_a_part_is_never_more_than_the_whole_nor_than_the_days_there_are(
    quota: int, whole: int, data: st.DataObject
) -> None:
    present = data.draw(st.integers(0, whole))
    part = part_of(quota, present, whole)
    assert 0 <= part <= min(quota, present)
    assert part_of(quota, whole, whole) == min(quota, whole)
    if present:
        assert part_of(quota, present - 1, whole) <= part
    if quota and 2 * present >= whole:
        assert part >= 1


@settings(deadline=None, derandomize=True)
@given(DATES, st.sets(st.integers(0, 6)), st.sets(st.integers(0, 6)))
def test_a_paused_day_never_makes_a_week_owe_more(
    day: date, there: set[int], paused: set[int]
) -> None:
    days = list(days_of(week_of(day)))
    before = owing(YELLOW, [days[n] for n in there])
    after = owing(YELLOW, [days[n] for n in there - paused])
    week = week_of(day)
    assert in_week(week, after, (), USUAL).owed <= in_week(week, before, (), USUAL).owed


@settings(deadline=None, derandomize=True)
@given(DATES, st.sets(st.integers(0, 6)), st.lists(TIERS, min_size=7, max_size=7))
def test_attempts_calls_and_days_without_a_visit_do_nothing_for_yellow(
    day: date, visited: set[int], tiers: list[Tier | None]
) -> None:
    """Only days with a visit count, whatever the tier was on them."""
    days = list(days_of(week_of(day)))
    there = {one: tier for one, tier in zip(days, tiers, strict=True) if tier}
    visits = {days[n] for n in visited}
    assert in_week(week_of(day), there, visits, USUAL).done == len(visits)


def test_a_tier_that_changes_in_mid_week_owes_each_tier_its_days() -> None:
    both = owing(YELLOW, WEEK_DAYS[:4]) | owing(RED, WEEK_DAYS[4:])
    assert in_week(MONDAY, both, set(), USUAL).owed == 1
    assert [on_day(day, both, set(), USUAL).owed for day in WEEK_DAYS] == [0, 0, 0, 0, 1, 1, 1]
    assert in_month(APRIL, both, set(), USUAL).owed == 0


def course(tier: Tier | None, *, since: datetime = LONG_AGO, **how: object) -> Course:
    return Course(since, tier, **how)  # type: ignore[arg-type]


def test_on_the_day_of_a_change_the_stricter_tier_counts() -> None:
    changed = Change(at("2026-04-08 12:00"), YELLOW, RED)
    back = Change(at("2026-04-10 12:00"), RED, GREEN)
    found = course(GREEN, changes=(changed, back)).owing(bounds_of(WEEK_DAYS, ZONE))
    assert list(found.values()) == [YELLOW, YELLOW, RED, RED, RED, GREEN, GREEN]


def test_who_comes_in_the_middle_of_a_week_is_owed_from_that_day_on() -> None:
    found = course(YELLOW, since=at("2026-04-09 15:00")).owing(bounds_of(WEEK_DAYS, ZONE))
    assert list(found) == WEEK_DAYS[3:]
    assert in_week(MONDAY, found, set(), USUAL).owed == 1


def test_who_leaves_is_owed_nothing_from_the_day_of_it_on() -> None:
    found = course(RED, until=at("2026-04-09 15:00")).owing(bounds_of(WEEK_DAYS, ZONE))
    assert list(found) == WEEK_DAYS[:3]


def test_who_is_not_assessed_is_owed_nothing_yet() -> None:
    assert course(None).owing(bounds_of(WEEK_DAYS, ZONE)) == {}


def test_a_pause_owes_nothing_until_the_return_date() -> None:
    paused = Paused(MONDAY + DAY, MONDAY + 6 * DAY)
    found = course(YELLOW, pauses=(paused,)).owing(bounds_of(WEEK_DAYS, ZONE))
    assert list(found) == [MONDAY, MONDAY + 6 * DAY]
    whole = Paused(MONDAY, MONDAY + 7 * DAY)
    found = course(YELLOW, pauses=(whole,)).owing(bounds_of(WEEK_DAYS, ZONE))
    assert in_week(MONDAY, found, set(), USUAL).owed == 0


def test_what_is_owed_now_follows_todays_tier() -> None:
    every = days_of_month(APRIL)
    for tier, period in ((RED, Period.DAY), (YELLOW, Period.WEEK), (GREEN, Period.MONTH)):
        found = now_owed(MONDAY, owing(tier, every), {MONDAY}, {MONDAY}, USUAL)
        assert found is not None
        assert (found.period, found.done) == (period, 1)
    assert now_owed(MONDAY, {}, {MONDAY}, {MONDAY}, USUAL) is None


@pytest.mark.parametrize(
    ("done", "weekday", "late"),
    [(0, 2, False), (0, 3, True), (1, 4, False), (1, 5, True), (2, 6, False)],
)
def test_a_week_is_late_when_its_days_are_just_enough_for_visits_two_days_apart(
    done: int, weekday: int, late: bool
) -> None:
    assert is_late(Progress(done, 2, Period.WEEK), MONDAY + weekday * DAY) is late


def test_a_month_is_late_in_its_last_week_and_a_day_never() -> None:
    assert not is_late(Progress(0, 1, Period.MONTH), date(2026, 4, 23))
    assert is_late(Progress(0, 1, Period.MONTH), date(2026, 4, 24))
    assert not is_late(Progress(1, 1, Period.MONTH), date(2026, 4, 30))
    assert not is_late(Progress(0, 1), MONDAY)


@settings(deadline=None, derandomize=True)
@given(DATES)
def test_months_follow_each_other(day: date) -> None:
    first = month_of(day)
    assert month_before(next_month(first)) == first
    assert next_month(month_before(first)) == first
    assert day in days_of_month(first)
    assert days_of_month(first)[-1] + DAY == next_month(first)


@settings(deadline=None, derandomize=True)
@given(DATES, st.integers(0, 400))
def test_every_week_belongs_to_the_month_of_its_thursday(day: date, more: int) -> None:
    last = day + timedelta(days=more)
    thursdays = [one for one in days_between(day, last) if one.weekday() == 3]
    assert weeks_between(day, last) == [week_of(one) for one in thursdays]


@settings(deadline=None, derandomize=True)
@given(DATES)
def test_the_months_of_a_year_have_each_week_once(day: date) -> None:
    first = day.replace(month=1, day=1)
    found: list[date] = []
    for _ in range(12):
        found += weeks_of_month(first)
        first = next_month(first)
    assert found == sorted(set(found))
    assert {(b - a).days for a, b in pairwise(found)} == {7}


def test_a_month_that_is_touched_is_spoken_of_as_a_whole() -> None:
    months = months_between(date(2026, 3, 31), date(2026, 5, 1))
    assert months == [date(2026, 3, 1), APRIL, date(2026, 5, 1)]
    assert months_between(APRIL, APRIL) == [APRIL]
