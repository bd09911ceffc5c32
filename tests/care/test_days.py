"""Local days: whatever the zone and its clock changes, a day is a day, once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care.days import (
    HALF_DAYS,
    WEEKEND,
    HalfDay,
    age_on,
    day_bounds,
    days_of,
    half_day_name,
    local_day,
    moment,
    next_moment,
    week_of,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    [
        SHANGHAI,
        BERLIN,
        ZoneInfo("America/New_York"),
        ZoneInfo("Australia/Lord_Howe"),
        ZoneInfo("UTC"),
    ]
)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)).map(  # noqa: DTZ001 - hypothesis wants it
    lambda one: one.replace(tzinfo=UTC)
)


def test_the_day_is_that_of_the_place() -> None:
    late = datetime(2026, 4, 8, 16, 30, tzinfo=UTC)
    assert local_day(late, SHANGHAI) == date(2026, 4, 9)
    assert local_day(late, BERLIN) == date(2026, 4, 8)


@settings(deadline=None, derandomize=True)
@given(DAYS, ZONES)
def test_every_day_follows_the_one_before_without_a_gap(day: date, zone: ZoneInfo) -> None:
    begin, end = day_bounds(day, zone)
    assert day_bounds(day + timedelta(days=1), zone)[0] == end
    assert timedelta(hours=23) <= end - begin <= timedelta(hours=25)
    assert local_day(begin, zone) == local_day(end - timedelta(seconds=1), zone) == day


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_the_days_of_the_clock_changes(day: str, hours: int) -> None:
    begin, end = day_bounds(date.fromisoformat(day), BERLIN)
    assert end - begin == timedelta(hours=hours)


def test_a_time_that_summer_time_skips_becomes_the_one_after_it() -> None:
    skipped = moment(date(2026, 3, 29), time(2, 30), BERLIN)
    assert skipped.astimezone(BERLIN).time() == time(3, 30)


@settings(deadline=None, derandomize=True)
@given(
    MOMENTS,
    ZONES,
    st.sampled_from([time(0), time(2, 30), time(8, 30), time(23, 59)]),
    st.none() | st.integers(0, 6),
)
def test_the_next_moment_is_the_first_one_after_now(
    now: datetime, zone: ZoneInfo, at: time, weekday: int | None
) -> None:
    found = next_moment(now, at, zone, weekday)
    assert found > now
    assert weekday is None or found.astimezone(zone).weekday() == weekday
    for ahead in range(-1, 9):
        day = local_day(now, zone) + timedelta(days=ahead)
        if weekday in {None, day.weekday()}:
            between = moment(day, at, zone)
            assert not now < between < found


@settings(deadline=None, derandomize=True)
@given(DAYS)
def test_a_week_begins_on_monday_and_has_seven_days(day: date) -> None:
    week = week_of(day)
    assert week.weekday() == 0
    days = list(days_of(week))
    assert len(days) == 7
    assert day in days


def test_half_days_have_names() -> None:
    assert half_day_name(date(2026, 4, 9), HalfDay.AM) == "thu_am"
    assert len(set(HALF_DAYS)) == 14
    assert {"sat_am", "sat_pm", "sun_am", "sun_pm"} == WEEKEND


@pytest.mark.parametrize(
    ("day", "years"),
    [("2026-04-08", 79), ("2026-04-09", 80), ("2026-04-10", 80), ("2027-04-09", 81)],
)
def test_age_counts_whole_years(day: str, years: int) -> None:
    assert age_on(date.fromisoformat(day), date(1946, 4, 9)) == years


def test_born_on_a_leap_day_one_is_older_in_march() -> None:
    assert age_on(date(2026, 2, 28), date(1944, 2, 29)) == 81
    assert age_on(date(2026, 3, 1), date(1944, 2, 29)) == 82


def test_without_a_birth_date_there_is_no_age() -> None:
    assert age_on(date(2026, 4, 9), None) is None
