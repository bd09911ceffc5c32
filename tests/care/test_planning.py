"""What is known before a week is planned: who could come when, and what is there already."""

from care.community import Settings
from care.elders import Tier
from care.planning import Distances, Need, Volunteer, half_days_in
from care.plans import Plan, Visit
from care.week import ElderWeek
from tests.planned import AM, DAYS, FRI, MON, PM, SAT, TUE, WED, WEEK, elder, person, week


def test_what_is_owed_is_what_the_cadence_says() -> None:
    known = ElderWeek(5, 2, Tier.YELLOW, planned=frozenset({MON}), paused=frozenset({SAT}))
    need = Need.of(known, WEEK, Settings(), place="1号楼")
    assert (need.elder_id, need.pairing, need.owed, need.place) == (5, 2, 0, "1号楼")
    assert need.days == set(DAYS) - {SAT}
    assert need.done == {MON}


def test_leave_is_taken_out_single_dates_come_in_and_nothing_lies_before_the_first() -> None:
    found = half_days_in(
        WEEK, {"mon_am", "tue_am", "wed_pm"}, {WED}, [(FRI, AM), (WED, AM)], (TUE, AM)
    )
    assert found == {(TUE, AM), (FRI, AM)}
    assert half_days_in(WEEK, {"mon_am"}) == {(MON, AM)}


def test_a_way_is_as_long_in_both_directions_and_none_within_a_building() -> None:
    known = Distances({("a", "b"): 300})
    assert known.between("a", "b") == known.between("b", "a") == 300
    assert known.between("a", "a") == 0
    for unknown in ((None, "a"), ("a", None), ("a", "c")):
        assert known.between(*unknown) is None


def test_the_order_in_which_a_problem_is_told_does_not_matter() -> None:
    parts: list[Need | Volunteer] = [elder(2), elder(1), person(102), person(101)]
    locked = (Visit(2, 101, TUE, AM), Visit(1, 101, MON, AM))
    one, other = week(*parts, locked=locked), week(*parts[::-1], locked=locked[::-1])
    assert one != other
    assert one.sorted() == other.sorted()


def test_what_is_locked_and_taken_leaves_less_room() -> None:
    locked = (Visit(1, 101, MON, AM), Visit(9, 101, TUE, PM))
    both = person(101, "mon_am", "tue_pm", "wed_am", most=4, taken=((TUE, PM),))
    full = person(102, most=1, taken=((FRI, AM),))
    need = elder(1, done=frozenset({WED}))
    known = week(need, both, full, locked=locked)
    assert (known.room(both), known.room(full)) == (1, 0)
    assert known.openings == {101: ((MON, AM), (WED, AM)), 102: ()}
    assert known.busy == {1: {MON, WED}}
    assert known.free == {1: set(DAYS) - {MON, WED}}
    assert known.need[1] is need
    assert known.volunteer[102] is full


def test_a_plan_says_what_it_moved_and_how_far_from_the_best_it_may_be() -> None:
    own = (Visit(1, 101, MON, AM), Visit(2, 101, MON, AM))
    plan = Plan((own[0],), (), own, 100, 98.0)
    assert plan.moved == (own[1],)
    assert plan.gap_to_bound == 0.02
    assert Plan((), (), (), 0, 0.0).gap_to_bound == 0.0
