"""Offering a visit: when, and to whom."""

from care.covers import slot_for, whom
from care.elders import Sex
from tests.planned import AM, FAR, FRI, MON, PLACES, PM, SAT, TUE, WED, elder, person, week


def test_it_is_offered_when_it_was_planned_else_far_from_the_others() -> None:
    need = elder(1, done=frozenset({WED}))
    problem = week(need, person(101))
    assert slot_for(problem, need, (MON, AM), (TUE, PM)) == (TUE, PM)
    assert slot_for(problem, need, (MON, AM), (WED, PM)) == (MON, PM)
    assert slot_for(problem, need, (WED, PM), (TUE, PM)) == (FRI, PM)
    assert slot_for(problem, need, (TUE, AM)) == (FRI, AM)


def test_without_a_day_on_which_it_counts_it_is_not_offered() -> None:
    need = elder(1, days=frozenset({MON}))
    assert slot_for(week(need, person(101)), need, (TUE, AM)) is None


def test_who_can_come_is_asked_first_then_who_lives_near_then_who_has_least() -> None:
    need = elder(1, pairing=1, place=PLACES[0])
    near = person(103, "tue_am", place=PLACES[1], pairing=2)
    usual = person(104, "sat_am", pairing=2)
    busy = person(101, "tue_am", taken=((FRI, AM),), pairing=2)
    problem = week(need, near, usual, busy, person(102, "tue_am", pairing=2), distances=FAR)
    assert whom(problem, need, (SAT, AM), {}, ()) == [104, 103, 102, 101]


def test_nobody_is_asked_who_said_no_is_away_is_full_or_is_not_wished_for() -> None:
    need = elder(1, not_persons=frozenset({101}))
    people = [
        person(101),
        person(102),
        person(103),
        person(104, most=1, taken=((MON, AM),)),
        person(105, wants_two=True),
        person(106, most=5, taken=((SAT, AM), (SAT, AM))),
    ]
    assert whom(week(need, *people), need, (SAT, AM), {103: {SAT}}, {102}) == []
    women = elder(1, same_sex=True, sex=Sex.FEMALE)
    assert whom(week(women, person(101, sex=Sex.MALE)), women, (SAT, AM), {}, ()) == []


def test_where_two_must_go_one_offer_is_no_help() -> None:
    need = elder(1, two_people=True)
    assert whom(week(need, person(101)), need, (SAT, AM), {}, ()) == []
