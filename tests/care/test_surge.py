"""What surge days mean: yellow a call a day, green one call."""

from datetime import date, timedelta

import pytest

from care.elders import Tier
from care.surge import Surging, Why, call_owed, of_every_year

FIRST = date(2026, 7, 20)
SURGE = Surging(FIRST, FIRST + timedelta(days=3), Why.HEAT)


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


@pytest.mark.parametrize(
    ("tier", "day", "last", "owed"),
    [
        (Tier.YELLOW, 0, None, True),
        (Tier.YELLOW, 1, 0, True),
        (Tier.YELLOW, 1, 1, False),
        (Tier.YELLOW, 4, None, False),
        (Tier.YELLOW, -1, None, False),
        (Tier.GREEN, 0, None, True),
        (Tier.GREEN, 2, -1, True),
        (Tier.GREEN, 2, 0, False),
        (Tier.GREEN, 4, None, False),
        (Tier.RED, 1, None, False),
        (None, 1, None, False),
    ],
)
def test_yellow_is_owed_one_a_day_and_green_one_in_all(
    tier: Tier | None, day: int, last: int | None, *, owed: bool
) -> None:
    assert call_owed(SURGE, on(day), tier, None if last is None else on(last)) is owed


def test_festival_days_that_follow_one_another_are_one() -> None:
    days = ("12-31", "01-01", "01-02", "05-01")
    found = of_every_year(days, date(2027, 1, 1))
    assert found == Surging(date(2026, 12, 31), date(2027, 1, 2), Why.FESTIVAL)
    assert of_every_year(days, date(2027, 5, 1)) == Surging(
        date(2027, 5, 1), date(2027, 5, 1), Why.FESTIVAL
    )
    assert of_every_year(days, date(2027, 5, 2)) is None
    assert of_every_year((), date(2027, 1, 1)) is None


def test_a_setting_that_names_every_day_of_the_year_comes_to_an_end() -> None:
    start = date(2026, 1, 1)
    every = tuple(f"{start + timedelta(days=n):%m-%d}" for n in range(365))
    found = of_every_year(every, date(2026, 7, 1))
    assert found is not None
    assert found.covers(date(2026, 7, 1))
