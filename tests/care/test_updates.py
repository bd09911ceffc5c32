"""The yearly update: who counts as gone through."""

from datetime import date

import pytest

from care.updates import is_checked

TODAY = date(2027, 1, 4)
LAST_YEAR = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("confirmed", "changed", "checked"),
    [
        (None, LAST_YEAR, False),
        (LAST_YEAR, LAST_YEAR, False),
        (date(2027, 1, 1), LAST_YEAR, True),
        (None, date(2027, 1, 1), True),
    ],
)
def test_a_word_or_a_change_of_this_year_counts(
    confirmed: date | None, changed: date, *, checked: bool
) -> None:
    assert is_checked(TODAY, confirmed, changed) is checked
