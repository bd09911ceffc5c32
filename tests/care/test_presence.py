"""Being at the door: near or not, how long, and when it has to be asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.places import Point
from care.presence import (
    LONGEST_STAY,
    Nearness,
    leaving_is_clear,
    minutes_since,
    nearness,
    stays,
)

HOUSE = Point(31.2, 121.4)
BEGUN = datetime(2026, 4, 13, 0, 30, tzinfo=UTC)


def north(metres: float) -> Point:
    return Point(HOUSE.latitude + metres / 111_195, HOUSE.longitude)


@pytest.mark.parametrize(
    ("metres", "accuracy", "expected"),
    [
        (0, None, Nearness.NEAR),
        (195, None, Nearness.NEAR),
        (210, None, Nearness.FAR),
        (240, 50.0, Nearness.NEAR),
        (260, 50.0, Nearness.FAR),
        (0, 501.0, Nearness.UNKNOWN),
        (3000, 500.0, Nearness.FAR),
    ],
)
def test_near_is_within_200_metres_with_the_benefit_of_the_phones_doubt(
    metres: float, accuracy: float | None, expected: Nearness
) -> None:
    assert nearness(HOUSE, north(metres), accuracy) is expected


def test_where_nobody_knows_where_the_building_stands_nothing_is_said() -> None:
    assert nearness(None, HOUSE) is Nearness.UNKNOWN


@given(st.integers(0, 100_000))
def test_whoever_was_there_was_there_for_a_minute_at_least(seconds: int) -> None:
    minutes = minutes_since(BEGUN, BEGUN + timedelta(seconds=seconds))
    assert minutes == max(1, seconds // 60)


@given(st.integers(1, 1000))
def test_only_times_that_are_over_are_offered(minutes: int) -> None:
    offered = stays(BEGUN, BEGUN + timedelta(minutes=minutes))
    assert all(0 < one < minutes for one in offered)
    assert offered == sorted(offered)


def test_a_sign_out_is_believed_for_three_hours() -> None:
    assert leaving_is_clear(BEGUN, BEGUN + LONGEST_STAY)
    assert not leaving_is_clear(BEGUN, BEGUN + LONGEST_STAY + timedelta(seconds=1))
