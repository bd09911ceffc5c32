"""Days typed by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.leave import absence
from care.typed import LONGEST

TODAY = date(2026, 4, 9)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("4-12 4-15", date(2026, 4, 12), date(2026, 4, 15)),
        ("4月12日到15日", date(2026, 4, 12), date(2026, 4, 15)),
        ("4月12号-4月15号", date(2026, 4, 12), date(2026, 4, 15)),
        ("4.12-4.15", date(2026, 4, 12), date(2026, 4, 15)),
        ("4/12", date(2026, 4, 12), date(2026, 4, 12)),
        ("2026-04-09 2026-04-12", date(2026, 4, 9), date(2026, 4, 12)),
        ("12-30 1-3", date(2026, 12, 30), date(2027, 1, 3)),
    ],
)
def test_days_are_read_as_people_write_them(text: str, first: date, last: date) -> None:
    if first.month == 12:
        assert absence(text, date(2026, 12, 1)) == (first, last)
    else:
        assert absence(text, TODAY) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "x", "4-8 4-9", "4-15 4-12", "4-31 5-1", "2-29", "1 2 3", "4-10 4-11 4-12", "99-99"],
)
def test_days_that_are_over_turned_round_or_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        absence(text, TODAY)


@given(st.text(), st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1)))
def test_whatever_is_typed_is_an_absence_from_today_on_or_refused(text: str, today: date) -> None:
    try:
        first, last = absence(text, today)
    except ValueError:
        return
    assert today <= first <= last <= first + LONGEST
