"""Changing a draft by hand: what may never be, what is only worth a thought, several at once."""

from dataclasses import replace

import pytest

from care.elders import Sex
from care.planning import Problem
from care.plans import Visit, Why
from care.week_drafts import (
    Bar,
    Doubt,
    Verdict,
    all_of,
    all_slots,
    beside,
    judge,
    main_bar,
    reasons,
    settle,
    slots_of,
    somebody_could,
    together,
)
from tests.planned import (
    AM,
    FAR,
    FRI,
    MON,
    PLACES,
    PM,
    SUN,
    THU,
    TUE,
    WED,
    WEEK,
    elder,
    person,
    week,
)

FREE = Visit(1, 101, MON, AM)


def against(problem: Problem, visit: Visit = FREE, *others: Visit) -> Verdict:
    return judge(beside(problem, others), visit, {})


def test_nothing_stands_against_a_visit_that_is_owed_and_can_be_made() -> None:
    found = against(week(elder(1), person(101)))
    assert found == Verdict()
    assert found.allowed


@pytest.mark.parametrize("visit", [Visit(2, 101, MON, AM), Visit(1, 102, MON, AM)])
def test_nobody_unknown_is_put_into_a_draft(visit: Visit) -> None:
    assert against(week(elder(1), person(101)), visit).bars == (Bar.UNKNOWN,)


def test_a_wish_against_somebody_is_named_as_what_it_is() -> None:
    assert against(week(elder(1, not_persons=frozenset({101})), person(101))).bars == (
        Bar.NOT_THIS_PERSON,
    )
    assert against(week(elder(1, same_sex=True, sex=Sex.FEMALE), person(101))).bars == (
        Bar.SAME_SEX,
    )
    far = week(
        elder(1, place=PLACES[1]), person(101, place=PLACES[2], walks_metres=100), distances=FAR
    )
    assert against(far).bars == (Bar.TOO_FAR,)


def test_leave_is_told_as_leave_and_another_half_day_as_no_time() -> None:
    problem = beside(week(elder(1), person(101, "tue_am")), ())
    assert judge(problem, FREE, {}).bars == (Bar.NOT_AVAILABLE,)
    assert judge(problem, FREE, {101: {MON}}).bars == (Bar.AWAY,)
    assert judge(problem, Visit(1, 101, TUE, AM), {101: {MON}}).bars == ()


def test_an_elder_has_one_visit_a_day_and_only_where_one_counts() -> None:
    problem = week(elder(1, 2, days=frozenset({MON, THU})), person(101))
    assert against(problem, FREE, Visit(1, 101, MON, PM)).bars == (Bar.TWICE_A_DAY,)
    assert against(problem, Visit(1, 101, FRI, AM)).bars == (Bar.NOT_A_DAY,)


def test_nobody_gets_more_visits_than_fit() -> None:
    problem = week(elder(1), elder(2), elder(3), person(101, most=1))
    assert against(problem, FREE, Visit(2, 101, THU, AM)).bars == (Bar.WEEK_FULL,)
    problem = week(elder(1), elder(2), elder(3), person(101, most=5), in_one_half_day=1)
    assert against(problem, FREE, Visit(2, 101, MON, AM)).bars == (Bar.HALF_DAY_FULL,)


def test_what_the_handbook_leaves_to_the_social_worker_is_a_doubt_and_no_bar() -> None:
    problem = week(
        elder(1, 2, dialect_wanted=True, dialects=frozenset({"wu"}), two_people=True), person(101)
    )
    found = against(problem, FREE, Visit(1, 101, TUE, AM))
    assert found.allowed
    assert found.doubts == (Doubt.NO_DIALECT, Doubt.ALONE, Doubt.TOO_NEAR)


def test_one_visit_more_than_owed_is_worth_a_thought() -> None:
    found = against(week(elder(1), person(101)), FREE, Visit(1, 101, THU, AM))
    assert found == Verdict((), (Doubt.MORE_THAN_OWED,))


def test_half_days_begin_where_somebody_can_still_be_sent() -> None:
    assert slots_of(WEEK, (SUN, PM)) == [(SUN, PM)]
    assert len(slots_of(WEEK, (WEEK, AM))) == 14


def test_why_somebody_cannot_come_at_all_is_the_reason_that_holds_everywhere() -> None:
    assert main_bar([Verdict((Bar.AWAY,)), Verdict()]) is None
    full = week(elder(1), elder(2), person(101, "mon_am", most=1))
    others = beside(full, [Visit(2, 101, MON, AM)])
    found = all_slots(others, 1, 101, [(MON, AM), (TUE, AM)], {})
    assert main_bar(found.values()) is Bar.WEEK_FULL


def test_where_no_reason_holds_everywhere_a_time_they_have_tells_the_most() -> None:
    problem = beside(week(elder(1), person(101, "mon_am")), [Visit(1, 102, MON, PM)])
    found = all_slots(problem, 1, 101, [(TUE, AM), (MON, AM)], {})
    assert main_bar(found.values()) is Bar.TWICE_A_DAY


def test_with_no_half_day_left_nothing_is_owed() -> None:
    assert main_bar([]) is Bar.NOT_A_DAY


def test_whether_somebody_could_go_asks_for_time_room_and_wishes() -> None:
    def could(problem: Problem, *others: Visit) -> bool:
        return somebody_could(beside(problem, others), 1)

    problem = week(elder(1, 2), person(101, "mon_am", most=1))
    assert could(problem)
    assert not could(problem, FREE)
    assert not could(week(elder(1, not_persons=frozenset({101})), person(101)))


def test_what_was_changed_by_hand_says_so_and_what_fits_beside() -> None:
    problem = week(elder(1, familiar={101: 2}), person(101), person(102))
    assert reasons(problem, [FREE, Visit(1, 102, THU, AM)], FREE)[:2] == (
        Why.LOCKED,
        Why.OWN_PAIRING,
    )


def test_two_volunteers_may_change_places_although_neither_takes_one_more() -> None:
    problem = week(elder(1), elder(2), person(101, most=1), person(102, most=1))
    drafted = {1: Visit(1, 101, MON, AM), 2: Visit(2, 102, WED, AM)}
    swapped = {
        1: replace(drafted[1], volunteer_id=102),
        2: replace(drafted[2], volunteer_id=101),
    }
    found = settle(problem, drafted, swapped, {})
    assert all(one.allowed for one in found.values())
    alone = settle(problem, drafted, {1: swapped[1]}, {})
    assert alone[1].bars == (Bar.WEEK_FULL,)


def test_of_two_changes_that_cannot_both_be_the_first_is_taken() -> None:
    problem = week(elder(1), elder(2), person(101, most=1), person(102), person(103))
    drafted = {1: Visit(1, 102, MON, AM), 2: Visit(2, 103, WED, AM)}
    wanted = {number: replace(one, volunteer_id=101) for number, one in drafted.items()}
    found = settle(problem, drafted, wanted, {})
    assert found[1].allowed
    assert found[2].bars == (Bar.WEEK_FULL,)


def test_what_may_never_be_falls_away_first_and_leaves_room_for_the_others() -> None:
    problem = week(
        elder(1, not_persons=frozenset({101})), elder(2), person(101, most=1), person(102)
    )
    drafted = {1: Visit(1, 102, MON, AM), 2: Visit(2, 102, WED, AM)}
    wanted = {number: replace(one, volunteer_id=101) for number, one in drafted.items()}
    found = settle(problem, drafted, wanted, {})
    assert found[1].bars[0] is Bar.NOT_THIS_PERSON
    assert found[2].allowed


def test_a_visit_that_is_not_needed_gives_its_day_free() -> None:
    problem = week(elder(1, 2), person(101), person(102))
    drafted = {1: Visit(1, 101, MON, AM), 2: Visit(1, 102, THU, AM)}
    moved = replace(drafted[2], day=MON)
    assert settle(problem, drafted, {2: moved}, {})[2].bars == (Bar.TWICE_A_DAY,)
    found = settle(problem, drafted, {1: None, 2: moved}, {})
    assert found == {1: Verdict(), 2: Verdict()}


def test_who_goes_along_as_the_second_person_makes_no_second_visit() -> None:
    problem = week(elder(1, two_people=True), person(101), person(102), person(103))
    first = Visit(1, 102, MON, AM)
    assert against(problem, FREE, first) == Verdict()
    assert against(problem, first, first).bars
    assert Bar.TWICE_A_DAY in against(problem, Visit(1, 101, MON, PM), first).bars
    assert Bar.TWICE_A_DAY in against(problem, FREE, first, Visit(1, 103, MON, AM)).bars


def test_a_volunteer_who_goes_in_pairs_only_may_be_joined() -> None:
    problem = week(elder(1), person(101), person(102, wants_two=True))
    assert against(problem, FREE, Visit(1, 102, MON, AM)) == Verdict()
    alone = week(elder(1), person(101), person(102))
    assert Bar.TWICE_A_DAY in against(alone, FREE, Visit(1, 102, MON, AM)).bars


def test_two_who_go_together_are_moved_together() -> None:
    drafted = {1: FREE, 2: Visit(1, 102, MON, AM), 3: Visit(2, 102, MON, AM)}
    later = replace(FREE, day=THU)
    assert together(drafted, 1, later) == {1: later, 2: Visit(1, 102, THU, AM)}
    assert together({}, 1, later) == {1: later}


def test_of_changes_that_are_one_everything_that_stands_against_any_is_told() -> None:
    found = all_of([Verdict((Bar.AWAY,)), Verdict((Bar.UNKNOWN,), (Doubt.ALONE,)), Verdict()])
    assert found == Verdict((Bar.UNKNOWN, Bar.AWAY), (Doubt.ALONE,))


def test_what_was_left_out_for_another_that_was_left_out_too_is_taken_after_all() -> None:
    problem = week(elder(1, 2), person(101), person(102))
    drafted = {1: Visit(1, 101, MON, AM), 2: Visit(1, 102, THU, AM)}
    wanted = {1: replace(drafted[1], day=THU), 2: replace(drafted[2], half=PM)}
    found = settle(problem, drafted, wanted, {})
    assert found[1].bars == (Bar.TWICE_A_DAY,)
    assert found[2].allowed
