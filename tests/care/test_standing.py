"""Errands that repeat, by rules that other programs know too."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.standing import (
    GRACE,
    MOST_WEEKS,
    PLACES,
    Often,
    Rhythm,
    WrongRhythm,
    days,
    owed,
    rhythm_of,
    rule_of,
)

NEW_YEAR, LONG_AGO = date(2026, 1, 1), date(2025, 1, 1)


def these(rhythm: Rhythm, first: date, last: date, start: date = LONG_AGO) -> list[str]:
    return [f"{one:%m-%d}" for one in days(rule_of(rhythm), start, first, last)]


def test_every_20th() -> None:
    found = these(Rhythm(Often.MONTH_DAY, 20), NEW_YEAR, date(2026, 4, 19))
    assert found == ["01-20", "02-20", "03-20"]


def test_every_31st_is_the_last_day_of_a_shorter_month() -> None:
    found = these(Rhythm(Often.MONTH_DAY, 31), NEW_YEAR, date(2026, 4, 30))
    assert found == ["01-31", "02-28", "03-31", "04-30"]


def test_every_second_monday_counts_from_its_start() -> None:
    start = date(2026, 4, 6)
    found = these(Rhythm(Often.WEEKS, 2, 0), start, date(2026, 5, 10), start)
    assert found == ["04-06", "04-20", "05-04"]


@pytest.mark.parametrize(("place", "day"), [(2, "04-13"), (-1, "04-27")])
def test_the_second_and_the_last_monday_of_a_month(place: int, day: str) -> None:
    april = date(2026, 4, 1), date(2026, 4, 30)
    assert these(Rhythm(Often.MONTH_WEEKDAY, place, 0), *april) == [day]


@pytest.mark.parametrize(
    "rhythm",
    [Rhythm(Often.MONTH_DAY, 0), Rhythm(Often.MONTH_DAY, 32), Rhythm(Often.WEEKS, 0),
     Rhythm(Often.WEEKS, 13), Rhythm(Often.MONTH_WEEKDAY, 5), Rhythm(Often.WEEKS, 1, 7)],
)  # fmt: skip
def test_a_rhythm_that_does_not_exist_is_refused(rhythm: Rhythm) -> None:
    with pytest.raises(WrongRhythm):
        rule_of(rhythm)


@pytest.mark.parametrize("rule", ["", "FREQ=NEVER", "nonsense"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(WrongRhythm):
        days(rule, NEW_YEAR, NEW_YEAR, NEW_YEAR)


def test_it_is_asked_for_some_days_before_and_not_forgotten_when_the_program_was_off() -> None:
    rule = rule_of(Rhythm(Often.MONTH_DAY, 20))
    due = date(2026, 4, 20)
    for ahead, there in ((4, False), (3, True), (0, True), (-3, True), (-4, False)):
        assert (owed(rule, LONG_AGO, due - timedelta(days=ahead), 3) == [due]) is there
    assert owed(rule, due + timedelta(days=1), due, 3) == []


RHYTHMS = st.one_of(
    st.builds(Rhythm, st.just(Often.MONTH_DAY), st.integers(1, 31)),
    st.builds(Rhythm, st.just(Often.WEEKS), st.integers(1, MOST_WEEKS), st.integers(0, 6)),
    st.builds(Rhythm, st.just(Often.MONTH_WEEKDAY), st.sampled_from(PLACES), st.integers(0, 6)),
)


@given(RHYTHMS, st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_looking_every_day_finds_each_day_of_a_rule_and_no_other(
    rhythm: Rhythm, start: date
) -> None:
    rule, last = rule_of(rhythm), start + timedelta(days=100)
    seen = {one for n in range(101) for one in owed(rule, start, start + timedelta(days=n), 3)}
    assert sorted(seen) == days(rule, start, start, last + GRACE)
    if rhythm.often is Often.MONTH_DAY:
        months = {(one.year, one.month) for one in days(rule, start, start, last)}
        assert len(months) == len(days(rule, start, start, last)) >= 3


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize(
    ("often", "numbers"),
    [
        (Often.MONTH_DAY, range(1, 32)),
        (Often.WEEKS, range(1, 13)),
        (Often.MONTH_WEEKDAY, PLACES),
    ],
)
def test_a_rhythm_is_read_from_its_rule_as_it_was_written(
    often: Often, numbers: Iterable[int], day: int
) -> None:
    for number in numbers:
        kept = 0 if often is Often.MONTH_DAY else day
        assert rhythm_of(rule_of(Rhythm(often, number, day))) == Rhythm(often, number, kept)


def test_a_rule_of_somebody_elses_making_has_no_rhythm_of_ours() -> None:
    with pytest.raises(WrongRhythm):
        rhythm_of("FREQ=DAILY")
