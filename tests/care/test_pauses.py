"""What a pause covers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.pauses import Paused, covering, first_day, keep_apart
from care.refusals import AlreadyPaused

FIRST = date(2026, 4, 9)
UNTIL = date(2026, 4, 20)


def test_nothing_is_owed_until_the_return_date() -> None:
    pause = Paused(FIRST, UNTIL)
    assert not pause.covers(FIRST - timedelta(days=1))
    assert pause.covers(FIRST)
    assert pause.covers(UNTIL - timedelta(days=1))
    assert not pause.covers(UNTIL), "on the return date care is owed again"


def test_who_is_back_early_is_owed_a_contact_that_very_day() -> None:
    pause = Paused(FIRST, UNTIL, ended_on=date(2026, 4, 12))
    assert pause.covers(date(2026, 4, 11))
    assert not pause.covers(date(2026, 4, 12))


def test_paused_in_the_morning_and_back_in_the_evening_covers_nothing() -> None:
    assert not Paused(FIRST, UNTIL, ended_on=FIRST).covers(FIRST)


def test_the_pause_that_covers_a_day_is_found_among_several() -> None:
    early, late = Paused(FIRST, FIRST + timedelta(days=1)), Paused(UNTIL, UNTIL + timedelta(days=3))
    assert covering([early, late], UNTIL) is late
    assert covering([early, late], date(2026, 4, 15)) is None


@given(st.integers(0, 40), st.integers(0, 40), st.none() | st.integers(-5, 40), st.integers(-5, 45))
def test_ending_a_pause_early_never_excuses_more(
    first: int, length: int, ended: int | None, day: int
) -> None:
    def on(step: int) -> date:
        return FIRST + timedelta(days=step)

    whole = Paused(on(first), on(first + length))
    cut = Paused(on(first), on(first + length), None if ended is None else on(ended))
    assert not cut.covers(on(day)) or whole.covers(on(day))


@given(st.integers(0, 20), st.integers(0, 10), st.integers(0, 20), st.integers(0, 10),
       st.none() | st.integers(-5, 30))  # fmt: skip
def test_two_pauses_touch_when_a_day_is_in_both(
    first: int, length: int, other: int, long: int, ended: int | None
) -> None:
    def on(step: int) -> date:
        return FIRST + timedelta(days=step)

    one = Paused(on(first), on(first + length), None if ended is None else on(ended))
    shared = any(one.covers(on(day)) for day in range(other, other + long))
    assert one.touches(on(other), on(other + long)) is shared


def test_a_first_day_is_today_or_later_and_not_absurdly_late() -> None:
    assert first_day("4-9", FIRST) == FIRST
    assert first_day("4月15日", FIRST) == date(2026, 4, 15)
    for wrong in ("4-8", "2027-4-8", "soon", "4-10 4-12"):
        with pytest.raises(ValueError, match=r".*"):
            first_day(wrong, FIRST)


def test_the_pause_that_is_in_the_way_is_named_by_its_dates() -> None:
    early = Paused(FIRST, FIRST + timedelta(days=3))
    late = Paused(UNTIL, UNTIL + timedelta(days=3), ended_on=UNTIL + timedelta(days=1))
    keep_apart([early, late], early.until, UNTIL)
    keep_apart([early, late], late.end, late.until)
    with pytest.raises(AlreadyPaused) as found:
        keep_apart([early, late], early.until, UNTIL + timedelta(days=1))
    assert (found.value.first, found.value.until) == (late.first, late.end)
