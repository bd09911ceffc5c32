"""When a volunteer can come: what is said of every week, of one day, and leave."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.availability import (
    Availability,
    Slot,
    can_come,
    resolve,
    usual_half_days,
    weekly_after,
)
from care.days import HALF_DAYS, WEEKEND, HalfDay, days_of, half_day_name
from care.joining import VolunteerKind

MONDAY = date(2026, 4, 13)
SATURDAY = MONDAY + timedelta(days=5)
SLOTS = st.tuples(st.sampled_from(list(days_of(MONDAY))), st.sampled_from(HalfDay))


def test_students_who_said_nothing_come_at_weekends_and_everybody_else_always() -> None:
    assert set(usual_half_days(VolunteerKind.STUDENT)) == WEEKEND
    for kind in (VolunteerKind.YOUNG_ELDER, VolunteerKind.OTHER, None):
        assert usual_half_days(kind) == HALF_DAYS


@pytest.mark.parametrize(
    ("weekly", "said", "away", "expected"),
    [
        (True, None, False, True),
        (False, None, False, False),
        (True, False, False, False),
        (False, True, False, True),
        (True, True, True, False),
        (True, None, True, False),
    ],
)
def test_a_single_date_is_stronger_than_the_week_and_leave_stronger_than_both(
    weekly: bool, said: bool | None, away: bool, expected: bool
) -> None:
    slot = (MONDAY, HalfDay.AM)
    names = ["mon_am"] if weekly else []
    dates = {} if said is None else {slot: said}
    assert can_come(slot, names, dates, [MONDAY] if away else []) is expected


@given(
    st.sets(st.sampled_from(HALF_DAYS)),
    st.dictionaries(SLOTS, st.booleans()),
    st.sets(st.sampled_from(list(days_of(MONDAY)))),
)
def test_a_week_is_what_each_of_its_half_days_is(
    weekly: set[str], dates: dict[Slot, bool], away: set[date]
) -> None:
    found = resolve(MONDAY, iter(weekly), 3, dates, iter(away))
    for day in days_of(MONDAY):
        for half in HalfDay:
            assert found.can_come(day, half) is can_come((day, half), weekly, dates, away)
    assert {day for day, _ in found.slots} <= set(days_of(MONDAY)) - away
    usual = {slot for slot in found.slots if slot not in dates}
    assert {half_day_name(*slot) for slot in usual} <= weekly


def test_dates_of_other_weeks_do_not_count() -> None:
    dates = {(SATURDAY + timedelta(days=7), HalfDay.AM): True}
    assert resolve(MONDAY, [], 3, dates, []).slots == frozenset()


@pytest.mark.parametrize(("most", "taken", "room"), [(2, 0, 2), (2, 2, 0), (2, 3, 0), (0, 0, 0)])
def test_the_weekly_maximum_is_never_exceeded(most: int, taken: int, room: int) -> None:
    assert Availability(frozenset(), most).room(taken) == room


def test_half_days_stay_in_the_order_of_the_week_and_said_twice_is_said_once() -> None:
    said = weekly_after(["sun_pm"], "mon_am", can=True)
    assert said == ["mon_am", "sun_pm"]
    assert weekly_after(said, "mon_am", can=True) == said
    assert weekly_after(said, "mon_am", can=False) == ["sun_pm"]
    assert weekly_after(["sun_pm"], "mon_am", can=False) == ["sun_pm"]
