"""What no plan may do: each rule, broken on purpose, is noticed."""

import pytest

from care.elders import Sex
from care.plan_rules import Barred, Break, barred, breaks, only_two, own, unwished
from care.planning import Need, Problem, Volunteer
from care.plans import Plan, Visit
from tests.planned import AM, FAR, MON, PLACES, PM, TUE, WED, elder, person, week

LOCKED = Visit(1, 101, WED, PM)
# The locked visit is outside of what 101 offers: it stays all the same.
WEEKLY = ("mon_am", "mon_pm", "tue_am")
KNOWN = week(
    elder(1, 2),
    elder(2, 1, days=frozenset({MON}), not_persons=frozenset({102})),
    elder(3, 1, two_people=True),
    elder(4),
    elder(5),
    person(101, *WEEKLY, most=3),
    person(102, *WEEKLY, most=3, taken=((TUE, AM),)),
    person(103, *WEEKLY, wants_two=True),
    locked=(LOCKED,),
)
TWO = (Visit(3, 101, MON, AM, beside=103), Visit(3, 103, MON, AM, beside=101))


def broken(*visits: Visit, problem: Problem = KNOWN, locked: bool = True) -> list[Break]:
    """What a plan of these visits breaks, with what is locked in it or not."""
    kept = problem.locked if locked else ()
    return breaks(problem, Plan((*kept, *visits), (), (), 0, 0))


def test_a_good_plan_breaks_nothing() -> None:
    assert broken() == []
    assert broken(Visit(1, 101, MON, AM), Visit(1, 102, TUE, AM), Visit(2, 101, MON, AM)) == []
    assert broken(*TWO) == []


@pytest.mark.parametrize(
    ("visits", "rule"),
    [
        ([Visit(9, 101, MON, AM)], Break.UNKNOWN),
        ([Visit(1, 109, MON, AM)], Break.UNKNOWN),
        ([Visit(2, 102, MON, AM)], Break.BARRED),
        ([Visit(2, 101, TUE, AM)], Break.NOT_A_DAY),
        ([Visit(1, 101, TUE, PM)], Break.NOT_AVAILABLE),
        ([Visit(n, 101, slot, AM) for n, slot in ((1, MON), (4, MON), (5, TUE))], Break.WEEK_FULL),
        ([Visit(4, 102, TUE, AM), Visit(5, 102, TUE, AM)], Break.HALF_DAY_FULL),
        ([Visit(1, 101, MON, AM), Visit(1, 102, MON, PM)], Break.TWICE_A_DAY),
        ([Visit(4, 101, MON, AM), Visit(4, 102, TUE, AM)], Break.MORE_THAN_OWED),
        ([Visit(3, 101, MON, AM)], Break.ALONE),
        ([Visit(4, 103, MON, AM)], Break.ALONE),
        ([*TWO, Visit(3, 102, MON, AM)], Break.ALONE),
        ([Visit(4, 101, MON, AM), Visit(4, 101, MON, AM)], Break.ALONE),
        ([Visit(4, 101, MON, AM, beside=102)], Break.ALONE),
        ([Visit(4, 101, MON, AM, beside=102), Visit(4, 102, MON, AM)], Break.ALONE),
    ],
)
def test_every_broken_rule_is_noticed_and_no_other(visits: list[Visit], rule: Break) -> None:
    assert broken(*visits) == [rule]


def test_a_visit_on_the_day_of_a_locked_one_is_one_too_many() -> None:
    free = week(elder(1, 2), person(101), person(102), locked=(LOCKED,))
    assert broken(Visit(1, 102, WED, AM), problem=free) == [Break.TWICE_A_DAY]


def test_a_locked_visit_that_is_gone_or_doubled_is_noticed() -> None:
    assert broken(locked=False) == [Break.LOCKED_MOVED]
    assert Break.TWICE_A_DAY in broken(LOCKED)


def test_locked_visits_are_not_judged() -> None:
    wrong = (Visit(2, 102, TUE, PM), Visit(9, 109, MON, AM), Visit(3, 101, MON, AM))
    assert broken(problem=week(*KNOWN.needs, *KNOWN.volunteers, locked=wrong)) == []


FEMALE, MALE = Sex.FEMALE, Sex.MALE


@pytest.mark.parametrize(
    ("need", "one", "why"),
    [
        (elder(1), person(101), None),
        (elder(1, not_persons=frozenset({101})), person(101), Barred.NOT_THIS_PERSON),
        (elder(1), person(101, not_elders=frozenset({1})), Barred.NOT_THIS_ELDER),
        (elder(1, same_sex=True, sex=FEMALE), person(101, sex=FEMALE), None),
        (elder(1, same_sex=True, sex=FEMALE), person(101, sex=MALE), Barred.SAME_SEX),
        (elder(1, same_sex=True, sex=FEMALE), person(101), Barred.SAME_SEX),
        (elder(1, same_sex=True), person(101), Barred.SAME_SEX),
        (elder(1, place=PLACES[0]), person(101, place=PLACES[1], walks_metres=300), None),
        (elder(1, place=PLACES[0]), person(101, place=PLACES[1], walks_metres=299), Barred.TOO_FAR),
        (elder(1, place=PLACES[0]), person(101, place=PLACES[1]), None),
        (elder(1, place=PLACES[0]), person(101, place=PLACES[2], walks_metres=1), None),
    ],
)
def test_wishes_and_ways_are_absolute_and_what_is_not_known_bars_nobody_but_from_the_same_sex(
    need: Need, one: Volunteer, why: Barred | None
) -> None:
    assert barred(need, one, FAR) is why


def test_an_elder_without_a_pairing_belongs_to_nobody() -> None:
    assert own(elder(1), person(101))
    assert not own(elder(1, pairing=2), person(101))
    assert not own(elder(1, pairing=None), person(101))


def test_a_wish_said_later_ends_a_visit_and_a_long_way_does_not() -> None:
    problem = week(
        elder(1, not_persons=frozenset({101})),
        elder(2, same_sex=True, sex=Sex.FEMALE),
        elder(3, place=PLACES[0]),
        person(101, sex=Sex.FEMALE),
        person(102, sex=Sex.MALE, not_elders=frozenset({3})),
        person(103, place=PLACES[1], walks_metres=100),
        distances=FAR,
    )
    against = {(1, 101), (2, 102), (2, 103), (3, 102)}
    assert against == {
        (one, who) for one in (1, 2, 3, 9) for who in (101, 102, 103, 109)
        if unwished(problem, one, who)
    }  # fmt: skip


def test_two_go_together_where_the_elder_wishes_it_or_the_volunteer_does() -> None:
    problem = week(elder(1, two_people=True), elder(2), person(101), person(102, wants_two=True))
    found = {
        (one, who) for one in (1, 2, 9) for who in (101, 102, 109)
        if only_two(problem, one, who)
    }  # fmt: skip
    assert found == {(1, 101), (1, 102), (1, 109), (2, 102), (9, 102)}
