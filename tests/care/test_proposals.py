"""Proposing pairings: what is owed and can be done, how far it is, and the reasons given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.community import Settings
from care.elders import Tier
from care.neighbours import Mix, completed, mix_of, mixes, sizes
from care.places import METRES_A_NUMBER, UNKNOWN_METRES, Map, Way, house
from care.proposals import (
    ElderNeed,
    Existing,
    Reason,
    Roster,
    VolunteerOffer,
    Why,
    metres_to,
    reasons,
    too_far,
    visits_able,
    visits_owed,
)

SETTINGS = Settings()
WALKS = Map({}, (("1号楼", "2号楼", 80), ("9号楼", "1号楼", 300)))


def elder(number: int, building: str | None = "1号楼", **facts: object) -> ElderNeed:
    return ElderNeed(number, Tier.YELLOW, building, **facts)  # type: ignore[arg-type]


def volunteer(number: int, **facts: object) -> VolunteerOffer:
    return VolunteerOffer(number, 5, 4, **facts)  # type: ignore[arg-type]


def roster(*elders: ElderNeed, **facts: object) -> Roster:
    return Roster(elders, facts.pop("volunteers", ()), (1,), **facts)  # type: ignore[arg-type]


def whys(found: tuple[Reason, ...]) -> list[Why]:
    return [one.why for one in found]


def test_a_way_that_is_written_down_holds_both_ways_and_no_way_is_none() -> None:
    assert WALKS.between("2号楼", "1号楼") == Way("2号楼", "1号楼", 80)
    assert WALKS.between("1号楼", "1号楼").metres == 0


def test_without_it_the_numbers_of_the_houses_have_to_do() -> None:
    way = WALKS.between("3号楼", "5号楼")
    assert (way.metres, way.guessed) == (2 * METRES_A_NUMBER, True)
    assert WALKS.between("1号楼", "99号楼").metres == UNKNOWN_METRES


@pytest.mark.parametrize(
    ("a", "b"),
    [("1号楼", "东区2号楼"), ("门房", "2号楼"), ("1号楼", "门房"), (None, "1号楼"), ("1号楼", "")],
)
def test_what_is_not_known_is_far(a: str | None, b: str | None) -> None:
    way = WALKS.between(a, b)
    assert (way.metres, way.guessed) == (UNKNOWN_METRES, True)


def test_houses_are_sorted_by_their_numbers() -> None:
    assert sorted(["10号楼", "9号楼", "东1"], key=house) == ["9号楼", "10号楼", "东1"]


def test_visits_are_owed_as_the_tiers_say_and_red_is_owed_calls() -> None:
    owed = {tier: visits_owed(ElderNeed(1, tier), SETTINGS) for tier in (*Tier, None)}
    assert owed == {Tier.RED: 0, Tier.YELLOW: 2, Tier.GREEN: pytest.approx(12 / 52), None: 0}


def test_a_volunteer_can_do_what_they_said_and_no_half_day_holds_more_than_it_can() -> None:
    assert visits_able(VolunteerOffer(1, half_days=1, most=5), SETTINGS) == 2
    assert visits_able(VolunteerOffer(1, half_days=4, most=5), SETTINGS) == 5


def test_pairings_there_are_take_their_part_of_a_volunteers_time_and_places() -> None:
    standing = Existing(7, 1, (1, 2), (elder(1), elder(2)))
    known = roster(
        volunteers=(volunteer(1), volunteer(3), VolunteerOffer(4, 0, 4)),
        pairings=(standing, Existing(8, 1, (1,), ())),
    )
    assert known.spare == {1: 2, 3: 4, 4: 0}
    assert known.places == {1: 1, 3: 3, 4: 0}
    full = roster(volunteers=(volunteer(1),), pairings=(Existing(7, 1, (1,), (elder(1),) * 3),))
    assert full.spare == {1: 0}


@pytest.mark.parametrize(
    ("elders", "why", "metres"),
    [
        ((elder(1), elder(2)), Why.SAME_BUILDING, None),
        ((elder(1), elder(2, "2号楼")), Why.NEAR_BUILDINGS, 80),
        ((elder(1), elder(2, "9号楼")), Why.FAR_BUILDINGS, 300),
        ((elder(1), elder(2, None)), Why.PLACE_UNKNOWN, None),
        ((elder(1, None), elder(2, None)), Why.PLACE_UNKNOWN, None),
    ],
)
def test_how_the_elders_live_to_each_other_is_said(
    elders: tuple[ElderNeed, ...], why: Why, metres: int | None
) -> None:
    known = roster(*elders, walks=WALKS)
    first, *_ = reasons(known, elders, (), 0)
    assert (first.why, first.metres, first.guessed) == (why, metres, False)


def test_a_guess_is_called_one() -> None:
    elders = (elder(1, "3号楼"), elder(2, "4号楼"))
    assert reasons(roster(*elders), elders, (), 0)[0].guessed


def test_capacity_is_told_with_its_figures_enough_or_not() -> None:
    elders = (elder(1), elder(2))
    for able, why in ((4.0, Why.CAPACITY), (3.9, Why.CAPACITY_SHORT)):
        assert reasons(roster(), elders, (), able)[-1] == Reason(why, owed=4, able=able)


def test_a_dialect_is_told_whether_somebody_speaks_it_or_nobody() -> None:
    elders = (elder(1, dialects=("沪语",)), elder(2, dialects=("沪语", "宁波话")))
    found = reasons(roster(), elders, (volunteer(1, dialects=("沪语",)),), 4)
    assert Reason(Why.DIALECT, dialect="沪语", elders=2) in found
    assert Reason(Why.DIALECT_MISSING, dialect="宁波话", elders=1) in found


def test_a_volunteer_near_by_is_a_reason_and_one_far_away_is_none() -> None:
    elders = (elder(1), elder(2, "2号楼"))
    known = roster(walks=WALKS)
    near = reasons(known, elders, (volunteer(1), volunteer(2, building="1号楼")), 4)
    assert Reason(Why.VOLUNTEER_NEAR, metres=80) in near
    assert Why.VOLUNTEER_NEAR not in whys(
        reasons(known, elders, (volunteer(1, building="9号楼"),), 4)
    )


def test_whoever_cannot_get_about_counts_twice_for_the_walk() -> None:
    far = elder(1, "2号楼", limited_mobility=True)
    assert metres_to(WALKS, volunteer(1, building="1号楼"), (far, elder(2))) == 160 / 3
    assert metres_to(WALKS, volunteer(1), (far,)) == UNKNOWN_METRES


def test_nobody_is_sent_farther_than_they_walk_where_that_is_known() -> None:
    there = (elder(1, "2号楼"),)
    assert too_far(WALKS, volunteer(1, building="1号楼", walks_metres=50), there)
    assert not too_far(WALKS, volunteer(1, building="1号楼", walks_metres=90), there)
    assert not too_far(WALKS, volunteer(1, building="5号楼", walks_metres=50), there)
    assert not too_far(WALKS, volunteer(1, walks_metres=50), there)
    assert not too_far(WALKS, volunteer(1, building="1号楼"), there)


def test_a_group_in_one_building_costs_no_walk_and_the_middle_size_is_best() -> None:
    costs = [Mix((("1号楼", n),)).cost(WALKS, SETTINGS) for n in (3, 4, 5)]
    assert costs[1] == 0
    assert costs[0] == costs[2] > 0
    assert Mix((("1号楼", 3), ("2号楼", 1))).walk(WALKS) == 80
    assert Mix((("", 3),)).walk(WALKS) == 2 * UNKNOWN_METRES


def test_groups_worth_considering_are_in_one_building_or_near() -> None:
    found = mixes({"1号楼": 3, "2号楼": 1}, WALKS, SETTINGS)
    assert {one.parts for one in found} == {
        (("1号楼", 3),), (("1号楼", 2), ("2号楼", 1)), (("1号楼", 3), ("2号楼", 1)),
    }  # fmt: skip
    assert mixes({"1号楼": 2}, WALKS, SETTINGS) == []


def test_strange_settings_still_make_groups() -> None:
    assert list(sizes(Settings(pairing_smallest=0, pairing_largest=-1))) == [1]


def test_who_was_left_joins_a_group_with_room_or_splits_a_full_one() -> None:
    three, five = mix_of(["1号楼"] * 3), mix_of(["1号楼"] * 5)
    assert completed([three], ["2号楼"], WALKS, SETTINGS) == [mix_of(["1号楼"] * 3 + ["2号楼"])]
    assert [one.size for one in completed([five], ["2号楼"], WALKS, SETTINGS)] == [3, 3]
    odd = Settings(pairing_smallest=4, pairing_largest=5)
    assert [one.size for one in completed([five], ["2号楼"], WALKS, odd)] == [6]
    assert [one.size for one in completed([], ["1号楼"], WALKS, SETTINGS)] == [1]
    assert completed([three], [], WALKS, SETTINGS) == [three]


@given(
    st.lists(st.sampled_from(["", "1号楼", "2号楼", "9号楼", "30号楼"]), min_size=3, max_size=40)
)
def test_those_left_are_never_too_few_or_too_many_together(buildings: list[str]) -> None:
    found = completed([], buildings, WALKS, SETTINGS)
    assert all(3 <= one.size <= 5 for one in found)
    back = sorted(building for one in found for building, n in one.parts for _ in range(n))
    assert back == sorted(buildings)
