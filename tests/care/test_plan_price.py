"""What is better than what: every weight is felt, and none turns the order of what matters."""

from dataclasses import replace
from typing import Any

import pytest

from care import plan_price
from care.elders import Tier
from care.plan_price import MISSED_FIRST, MISSED_LATER, MOVED, busy_price, price
from care.planning import Need, Volunteer
from care.plans import Visit
from tests.planned import AM, FAR, FRI, MON, PLACES, PM, TUE, WED, elder, person, week


def cost(*people: Need | Volunteer, visits: list[Visit], locked: tuple[Visit, ...] = ()) -> int:
    """What the visits cost in a week of these people."""
    return price(week(*people, locked=locked, distances=FAR), [*locked, *visits])


def test_to_be_seen_at_all_comes_before_anybodys_second_visit_and_red_before_yellow() -> None:
    for first in MISSED_FIRST.values():
        assert first > 2 * max(MISSED_LATER.values())
    for missed in (MISSED_FIRST, MISSED_LATER):
        assert missed[Tier.RED] > missed[Tier.YELLOW] > missed[Tier.GREEN]
    assert cost(elder(1, 2), visits=[]) == sum(
        missed[Tier.YELLOW] for missed in (MISSED_FIRST, MISSED_LATER)
    )
    # Who was visited already is missing a second one only.
    assert cost(elder(1, 1, done=frozenset({MON})), visits=[]) == MISSED_LATER[Tier.YELLOW]


def test_a_missed_visit_is_worse_than_a_long_chain_of_moves_and_a_move_than_any_comfort() -> None:
    worst = elder(1, 2, dialect_wanted=True, pairing=2, place=PLACES[1], done=frozenset({TUE}))
    stranger = person(101, most=1, place=PLACES[2], wants_two=True)
    visits = [Visit(1, 101, MON, AM, beside=9), Visit(1, 101, WED, AM, beside=9)]
    dearest = cost(worst, stranger, visits=visits) / 2
    assert dearest < MOVED
    assert min(MISSED_LATER.values()) >= 50 * MOVED


HERE, THERE, BEYOND = PLACES
BASE = [elder(1, place=HERE), person(101, place=THERE)]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"familiar": {101: 1}}, {}),
        ({"familiar": {101: 3}}, {"familiar": {101: 1}}),
        ({"familiar": {101: 0}}, {"pairing": 2}),
        ({}, {"dialect_wanted": True}),
        ({"dialect_wanted": True, "dialects": frozenset({"wu"})}, {"dialect_wanted": True}),
        ({"place": THERE}, {}),
        ({}, {"place": BEYOND}),
        ({}, {"place": None}),
        ({"done": frozenset({FRI})}, {"done": frozenset({TUE})}),
    ],
)
def test_each_wish_makes_a_plan_better(better: dict[str, Any], worse: dict[str, Any]) -> None:
    one = person(101, place=THERE, dialects=frozenset({"wu"} if "dialects" in better else {}))
    visit = [Visit(1, 101, MON, AM)]
    # Every visit is somebody's first or every one is not: only the wish makes the difference.
    facts: dict[str, Any] = {"place": HERE, "done": frozenset({FRI})}

    def of(changed: dict[str, Any], speaker: Volunteer) -> int:
        need = elder(1, 1, **facts | changed)
        return cost(need, speaker, visits=visit)

    assert of(better, one) < of(worse, person(101, place=THERE))


def test_the_load_of_a_week_grows_with_its_square_and_by_what_one_offers() -> None:
    little, much = person(101, most=2), person(102, most=8)
    steps = [busy_price(little, number) for number in (1, 2)]
    assert steps == [12, 36]
    assert busy_price(much, 2) < busy_price(little, 1)
    assert busy_price(person(103, most=0), 1) > 0
    both = [Visit(1, 101, MON, AM), Visit(2, 101, TUE, AM)]
    shared = [both[0], replace(both[1], volunteer_id=103)]
    people = (elder(1), elder(2), little, person(103, most=2))
    assert cost(*people, visits=shared) < cost(*people, visits=both)


def test_what_is_locked_counts_for_the_load_and_is_no_new_face() -> None:
    locked = (Visit(1, 101, FRI, AM),)
    known = (elder(1), person(101, most=4))
    visit = [Visit(1, 101, MON, AM)]
    without = cost(elder(1, done=frozenset({FRI})), person(101, most=4), visits=visit)
    with_it = cost(*known, visits=visit, locked=locked)
    assert with_it - without == busy_price(known[1], 2) - busy_price(known[1], 1) - plan_price.FACE


def test_who_has_come_is_no_new_face_the_second_time() -> None:
    people = (elder(1, 2), person(101, most=999), person(102, most=999))
    same = [Visit(1, 101, MON, AM), Visit(1, 101, FRI, AM)]
    two = [same[0], replace(same[1], volunteer_id=102)]
    assert cost(*people, visits=same) == cost(*people, visits=two) - plan_price.FACE


def test_two_doors_in_one_building_are_one_way() -> None:
    people = (elder(1, place=HERE), elder(2, place=HERE), person(101, place=THERE))
    one_way = [Visit(1, 101, MON, AM), Visit(2, 101, MON, AM)]
    two_ways = [one_way[0], replace(one_way[1], half=PM)]
    assert cost(*people, visits=two_ways) - cost(*people, visits=one_way) == 3
    # A locked visit nearby, even to somebody who needs nothing else, is on the way too.
    elsewhere = (Visit(9, 101, FRI, AM),)
    assert cost(*people, visits=two_ways, locked=elsewhere) > cost(*people, visits=two_ways)


def test_a_companion_who_is_not_needed_costs_something() -> None:
    pair = [Visit(1, 101, MON, AM, beside=102), Visit(1, 102, MON, AM, beside=101)]
    people = (person(101), person(102))
    needed = cost(elder(1, two_people=True), *people, visits=pair)
    assert cost(elder(1), *people, visits=pair) - needed == 2 * plan_price.COMPANION
