"""What a pause covers."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from care.pauses import Paused, covering

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
