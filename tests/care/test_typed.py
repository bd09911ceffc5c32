"""Return dates typed by hand; spans of days are in test_leave."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.pauses import return_day
from care.typed import LONGEST

TODAY = date(2026, 4, 9)


@pytest.mark.parametrize("text", ["4-20", "4月20日", "4月20号", "2026-04-20", "4/20", "到4.20"])
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert return_day(text, TODAY) == date(2026, 4, 20)


def test_a_day_without_its_year_is_the_next_one() -> None:
    assert return_day("1-3", date(2026, 12, 20)) == date(2027, 1, 3)


@pytest.mark.parametrize(
    "text", ["", "soon", "4-9", "4-8", "2-30", "4-10 4-12", "2027-04-20", "99-99", "20"]
)
def test_a_day_that_is_over_too_far_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        return_day(text, TODAY)


@given(st.text(), st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1)))
def test_whatever_is_typed_is_a_later_day_or_refused(text: str, today: date) -> None:
    try:
        found = return_day(text, today)
    except ValueError:
        return
    assert today < found <= today + LONGEST
