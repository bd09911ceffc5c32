"""Late entries: which days are open, and about when something was."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from care.contacts import PartOfDay, about, begun, first_open, moved, open_days, past_day

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 4, 9, 5, 0, tzinfo=UTC)
TODAY = date(2026, 4, 9)
UNTIL = 15


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 4, 1), date(2026, 3, 1)),
        (date(2026, 4, 15), date(2026, 3, 1)),
        (date(2026, 4, 16), date(2026, 4, 1)),
        (date(2026, 1, 15), date(2025, 12, 1)),
        (date(2026, 1, 16), date(2026, 1, 1)),
    ],
)
def test_last_month_stays_open_until_the_fifteenth(today: date, first: date) -> None:
    assert first_open(today, UNTIL) == first


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("2026-04-08", TODAY, date(2026, 4, 8)),
        ("4-9", TODAY, TODAY),
        ("3月1日", TODAY, date(2026, 3, 1)),
        ("12-30", date(2026, 1, 5), date(2025, 12, 30)),
        ("2025-12-30", date(2026, 1, 5), date(2025, 12, 30)),
    ],
)
def test_a_typed_day_is_the_latest_such_day(text: str, today: date, day: date) -> None:
    assert past_day(text, today, UNTIL) == day


@pytest.mark.parametrize("text", ["4-10", "2026-04-10", "2-28", "13-1", "yesterday", "4-7 4-8"])
def test_a_day_that_is_closed_or_to_come_is_not_taken(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        past_day(text, TODAY, UNTIL)


def test_a_typed_year_is_never_changed() -> None:
    with pytest.raises(ValueError, match="2026-12-30"):
        past_day("2026-12-30", date(2026, 1, 5), UNTIL)


def test_only_open_days_are_offered() -> None:
    assert open_days(date(2026, 4, 17), UNTIL)[0] == date(2026, 4, 17)
    assert len(open_days(date(2026, 4, 17), UNTIL)) == 6
    assert open_days(date(2026, 4, 18), 15)[-1] == date(2026, 4, 13)
    assert open_days(date(2026, 4, 3), 2) == [date(2026, 4, 3), date(2026, 4, 2), date(2026, 4, 1)]


def test_about_when_is_never_later_than_now() -> None:
    assert about(date(2026, 4, 8), PartOfDay.EVENING, NOW, ZONE) == datetime(
        2026, 4, 8, 11, tzinfo=UTC
    )
    assert about(TODAY, PartOfDay.AFTERNOON, NOW, ZONE) == NOW


def test_a_part_of_today_that_has_not_begun_is_not_offered() -> None:
    assert begun(TODAY, NOW, ZONE) == [PartOfDay.MORNING, PartOfDay.AFTERNOON]
    assert begun(date(2026, 4, 8), NOW, ZONE) == list(PartOfDay)


def test_moved_to_another_day_the_time_of_day_stays() -> None:
    happened = datetime(2026, 4, 8, 15, 50, tzinfo=UTC)
    assert moved(happened, date(2026, 4, 7), NOW, ZONE) == datetime(2026, 4, 7, 15, 50, tzinfo=UTC)
    assert moved(happened, TODAY, NOW, ZONE) == NOW
