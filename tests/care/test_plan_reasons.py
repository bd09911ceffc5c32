"""Every visit has its reasons, and every gap the question at which nobody was left."""

from datetime import date
from typing import Any

import pytest

from care.elders import Sex
from care.plan_reasons import explained, gaps
from care.planning import Need, Volunteer
from care.plans import Facts, Gap, NoWay, Part, Visit, Why
from tests.planned import AM, DAYS, FAR, FRI, MON, PLACES, PM, SAT, SUN, TUE, elder, person, week

HERE, THERE, BEYOND = PLACES
WEEKDAYS = frozenset(DAYS[:5])


def why(need: Need, *people: Volunteer, also: tuple[Visit, ...] = ()) -> tuple[Why, ...]:
    """Why the first of these people goes to the elder."""
    visit = Visit(need.elder_id, people[0].member_id, MON, AM)
    problem = week(need, elder(2, place=need.place), *people, distances=FAR)
    return next(one.why for one in explained(problem, [visit, *also]) if one == visit)


def test_somebody_of_the_pairing_or_of_another() -> None:
    assert Why.OWN_PAIRING in why(elder(1), person(101))
    assert Why.COVERS_FOR in why(elder(1, pairing=2), person(101))
    assert Why.OWN_PAIRING not in why(elder(1, pairing=None), person(101))


def test_the_only_one_who_could_come_or_the_least_busy_of_several() -> None:
    another = person(102, "mon_am")
    assert Why.ONLY_ONE_FREE in why(elder(1), person(101))
    assert Why.ONLY_ONE_FREE in why(elder(1, days=frozenset({TUE})), person(101), another)
    assert Why.ONLY_ONE_FREE in why(elder(1, not_persons=frozenset({102})), person(101), another)
    assert Why.ONLY_ONE_FREE in why(elder(1), person(101), person(102, pairing=2))
    assert Why.ONLY_ONE_FREE not in why(elder(1, pairing=3), person(101), another)
    busy = (Visit(2, 102, TUE, AM),)
    reasons = why(elder(1), person(101), another, also=busy)
    assert Why.LEAST_BUSY in reasons
    assert Why.ONLY_ONE_FREE not in reasons
    assert Why.LEAST_BUSY not in why(elder(1), person(101), another)


def test_knowing_them_speaking_as_they_do_and_wishes_that_were_met() -> None:
    assert Why.KNOWS_THEM in why(elder(1, familiar={101: 1}), person(101))
    assert Why.KNOWS_THEM not in why(elder(1, familiar={102: 1, 101: 0}), person(101))
    wu: dict[str, Any] = {"dialects": frozenset({"wu"})}
    assert Why.SAME_DIALECT in why(elder(1, dialect_wanted=True, **wu), person(101, **wu))
    assert Why.SAME_DIALECT not in why(elder(1, **wu), person(101, **wu))
    sex: dict[str, Any] = {"sex": Sex.FEMALE}
    assert Why.SAME_SEX in why(elder(1, same_sex=True, **sex), person(101, **sex))


def test_short_ways() -> None:
    assert Why.SAME_BUILDING in why(elder(1, place=HERE), person(101, place=HERE))
    near = why(elder(1, place=HERE), person(101, place=THERE))
    assert Why.NEAR in near
    assert Why.SAME_BUILDING not in near
    assert Why.NEAR not in why(elder(1, place=THERE), person(101, place=BEYOND))
    assert Why.NEAR not in why(elder(1), person(101))
    next_door = (Visit(2, 101, MON, AM),)
    assert Why.ONE_TRIP in why(elder(1, place=HERE), person(101), also=next_door)
    assert Why.ONE_TRIP not in why(elder(1), person(101), also=next_door)


def test_two_who_go_together_say_so() -> None:
    problem = week(elder(1, two_people=True), person(101), person(102))
    pair = [Visit(1, 101, MON, AM, beside=102), Visit(1, 102, MON, AM, beside=101)]
    assert all(Why.SECOND_PERSON in one.why for one in explained(problem, pair))


def test_a_locked_visit_is_locked_first_of_all_even_to_somebody_who_is_owed_nothing() -> None:
    locked = (Visit(1, 101, MON, AM), Visit(8, 101, MON, PM), Visit(1, 109, TUE, AM))
    found = explained(week(elder(1), person(101), locked=locked), locked)
    assert [one.why[0] for one in found] == [Why.LOCKED] * 3
    assert Why.ONLY_ONE_FREE not in found[0].why
    assert Why.OWN_PAIRING in found[0].why
    assert found[1].why == found[2].why == (Why.LOCKED,)


@pytest.mark.parametrize(
    ("need", "people", "reason"),
    [
        (elder(1, days=frozenset()), [person(101)], NoWay.NO_DAY),
        (elder(1), [], NoWay.NO_VOLUNTEER),
        (elder(1, not_persons=frozenset({101})), [person(101)], NoWay.WISHES),
        (elder(1, same_sex=True, sex=Sex.MALE), [person(101)], NoWay.WISHES),
        (elder(1, place=HERE), [person(101, place=THERE, walks_metres=5)], NoWay.TOO_FAR),
        (elder(1, days=frozenset({MON})), [person(101, "tue_am")], NoWay.NOBODY_FREE),
        (elder(1, two_people=True), [person(101)], NoWay.NOT_TWO),
        (elder(1, two_people=True), [person(101, "mon_am"), person(102, "mon_pm")], NoWay.NOT_TWO),
        (elder(1), [person(101, wants_two=True)], NoWay.NOT_TWO),
        (elder(1), [person(101, most=0)], NoWay.ALL_FULL),
        (elder(1, two_people=True), [person(101, most=0), person(102)], NoWay.ALL_FULL),
        (elder(1), [person(101, most=0), person(102, wants_two=True)], NoWay.ALL_FULL),
    ],
)
def test_the_reason_of_a_gap_is_where_the_last_volunteer_fell_away(
    need: Need, people: list[Volunteer], reason: NoWay
) -> None:
    (gap,) = gaps(week(need, *people, distances=FAR), [])
    assert (gap.elder_id, gap.missing, gap.why) == (1, 1, reason)


def test_the_facts_are_enough_for_a_sentence() -> None:
    """No one free on weekdays in building 1."""
    people = [
        person(101, "sat_am", place=HERE),
        person(102, not_elders=frozenset({1})),
        person(103, place=THERE, walks_metres=1),
    ]
    problem = week(elder(1, days=WEEKDAYS, place=HERE), *people, distances=FAR)
    facts = Facts(Part.WEEKDAYS, HERE, volunteers=3, willing=2, near=1, free=0)
    assert gaps(problem, []) == (Gap(1, 1, NoWay.NOBODY_FREE, facts),)


@pytest.mark.parametrize(
    ("days", "part"),
    [(WEEKDAYS, Part.WEEKDAYS), ({SAT, SUN}, Part.WEEKEND), (DAYS, Part.WEEK), ((), Part.WEEK)],
)
def test_somebody_was_looked_for_on_the_days_that_are_left(
    days: tuple[date, ...], part: Part
) -> None:
    (gap,) = gaps(week(elder(1, days=frozenset(days))), [])
    assert gap.facts.when is part


def test_what_is_planned_is_no_gap_and_what_is_locked_was_not_owed() -> None:
    locked = (Visit(1, 101, FRI, AM),)
    problem = week(elder(1, 2), elder(2), person(101), locked=locked)
    planned = [*locked, Visit(1, 101, MON, AM), Visit(2, 101, MON, AM)]
    (gap,) = gaps(problem, planned)
    assert (gap.elder_id, gap.missing, gap.why) == (1, 1, NoWay.ALL_FULL)
    assert FRI not in problem.free[1]


def test_a_gap_is_read_from_json_with_the_facts_that_are_there() -> None:
    facts = {"when": "weekdays", "place": HERE, "volunteers": 3}
    kept = {"elder": 7, "owed": 2, "why": "nobody_free", "facts": facts}
    assert Gap.read(kept) == Gap(7, 2, NoWay.NOBODY_FREE, Facts(Part.WEEKDAYS, HERE, 3))
    assert Gap.read({"elder": 7, "owed": 1, "why": "all_full"}) == Gap(
        7, 1, NoWay.ALL_FULL, Facts(Part.WEEK)
    )
