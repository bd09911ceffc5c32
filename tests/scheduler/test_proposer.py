"""Proposals, worked out: nobody lost, nobody twice, sizes kept, the same answer every time."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.cast import VOLUNTEERS
from bot.demo.elders import ELDERS
from care.elders import Tier
from care.proposals import (
    MOST_PAIRINGS,
    ElderNeed,
    Existing,
    Proposal,
    Roster,
    VolunteerOffer,
    Why,
    WhyLeft,
)
from scheduler import proposer
from scheduler.highs import Model, NotSolved
from scheduler.proposer import propose, proposed

BUILDINGS = (None, "1号楼", "2号楼", "3号楼", "门房")
DIALECTS = ("沪语", "宁波话")


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Up to 24 elders, 8 volunteers, 3 social workers, and what stands already."""
    spoken = st.lists(st.sampled_from(DIALECTS), max_size=1).map(tuple)
    elders = [
        ElderNeed(
            number,
            draw(st.sampled_from([*Tier, None])),
            draw(st.sampled_from(BUILDINGS)),
            draw(spoken),
            draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 24)))
    ]
    volunteers = tuple(
        VolunteerOffer(
            100 + number,
            draw(st.integers(0, 5)),
            draw(st.integers(0, 5)),
            draw(st.sampled_from(BUILDINGS)),
            draw(spoken),
            draw(st.sampled_from([None, 0, 60])),
        )
        for number in range(draw(st.integers(0, 8)))
    )
    workers = tuple(range(200, 200 + draw(st.integers(0, 3))))
    paired = draw(st.integers(0, 5))
    standing = (
        (Existing(1, workers[0] if workers else None, (100,), tuple(elders[:paired])),)
        if paired and elders
        else ()
    )
    return Roster(tuple(elders[paired:]), volunteers, workers, standing)


@given(rosters())
@settings(max_examples=25, deadline=None)
def test_nobody_is_lost_or_twice_and_sizes_are_kept_whenever_they_can_be(known: Roster) -> None:
    found = proposed(known)
    grouped = [one for group in found.groups for one in group.elders]
    left = [one.elder_id for one in found.left]
    assert sorted(grouped + left) == sorted(one.elder_id for one in known.elders)
    if len(known.elders) >= 3:
        assert all(3 <= len(group.elders) <= 5 for group in found.groups)
    assert all(group.volunteers and group.worker_id in known.workers for group in found.groups)


@given(rosters())
@settings(max_examples=25, deadline=None)
def test_nobody_is_asked_for_more_than_they_can_be(known: Roster) -> None:
    found = proposed(known)
    asked = Counter(one for group in found.groups for one in group.volunteers)
    assert all(count <= known.places[one] for one, count in asked.items())
    assert all(len(set(one.volunteers)) == len(one.volunteers) for one in found.groups)
    able: Counter[int] = Counter()
    for group in found.groups:
        [capacity] = [one for one in group.why if one.owed is not None]
        assert capacity.able is not None
        assert capacity.owed is not None
        short = capacity.able < capacity.owed
        assert (capacity.why is Why.CAPACITY_SHORT) == short
        able[0] += round(10 * capacity.able)
    assert able[0] <= 10 * sum(known.spare[one] for one in asked) + len(found.groups)


@given(rosters(), st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_same_roster_in_another_order_is_given_the_same_answer(
    known: Roster, chance: object
) -> None:
    elders, volunteers = list(known.elders), list(known.volunteers)
    chance.shuffle(elders)  # type: ignore[attr-defined]
    chance.shuffle(volunteers)  # type: ignore[attr-defined]
    again = Roster(tuple(elders), tuple(volunteers), known.workers, known.pairings)
    assert proposed(known).groups == proposed(again).groups


def demo() -> Roster:
    elders = tuple(
        ElderNeed(n, one.tier, one.building, (), bool(one.limited_mobility))
        for n, one in enumerate(ELDERS)
    )
    volunteers = tuple(
        VolunteerOffer(100 + n, len(one.half_days), one.most_visits)
        for n, one in enumerate(VOLUNTEERS)
    )
    return Roster(elders, volunteers, (200, 201, 202))


def test_the_82_of_the_demo_make_17_to_27_pairings_and_work_is_even() -> None:
    found = proposed(demo())
    assert 17 <= len(found.groups) <= 27
    assert found.left == ()
    assert {one.why[0].why for one in found.groups} <= {Why.SAME_BUILDING, Why.NEAR_BUILDINGS}
    led = Counter(one.worker_id for one in found.groups)
    assert max(led.values()) - min(led.values()) <= 1
    red = {n for n, one in enumerate(ELDERS) if one.tier is Tier.RED}
    called = Counter(g.worker_id for g in found.groups for one in g.elders if one in red)
    assert max(called.values()) - min(called.values()) <= 1
    assert not any(one.why is Why.CAPACITY_SHORT for group in found.groups for one in group.why)


async def test_another_process_gives_the_same_answer() -> None:
    known = demo()
    assert await propose(known) == proposed(known)


def test_whoever_leads_many_pairings_is_given_fewer() -> None:
    elders = tuple(ElderNeed(n, Tier.GREEN, f"{n // 4}号楼") for n in range(16))
    standing = tuple(
        Existing(n, 200, (), tuple(ElderNeed(50 + n, Tier.GREEN) for _ in range(3)))
        for n in range(3)
    )
    volunteers = tuple(VolunteerOffer(100 + n, 5, 5) for n in range(6))
    found = proposed(Roster(elders, volunteers, (200, 201), standing))
    led = Counter(one.worker_id for one in found.groups)
    assert led[201] - led[200] >= 2


def test_speakers_of_a_dialect_come_together_with_somebody_who_speaks_it() -> None:
    elders = tuple(ElderNeed(n, Tier.GREEN, "1号楼", ("沪语",) if n % 2 else ()) for n in range(8))
    volunteers = tuple(
        VolunteerOffer(100 + n, 5, 5, "1号楼", ("沪语",) if n == 3 else ()) for n in range(4)
    )
    found = proposed(Roster(elders, volunteers, (200,)))
    groups = {one.elders: one.volunteers for one in found.groups}
    assert 103 in groups[1, 3, 5, 7]


def test_with_too_few_volunteers_the_red_are_not_those_left_over() -> None:
    elders = tuple(
        ElderNeed(n, Tier.RED if n > 55 else Tier.GREEN, f"{n // 4}号楼") for n in range(60)
    )
    found = proposed(Roster(elders, (VolunteerOffer(100, 5, 5),), (200,)))
    assert len(found.groups) == MOST_PAIRINGS
    left = {one.elder_id for one in found.left}
    assert not left & {56, 57, 58, 59}
    assert {one.reason for one in found.left} == {WhyLeft.NO_VOLUNTEER}


def test_without_a_social_worker_all_are_left_over_with_the_reason() -> None:
    found = proposed(Roster((ElderNeed(1, None), ElderNeed(2, None)), (), ()))
    assert [(one.elder_id, one.reason) for one in found.left] == [
        (1, WhyLeft.NO_WORKER), (2, WhyLeft.NO_WORKER),
    ]  # fmt: skip


def test_two_elders_join_a_pairing_that_has_room() -> None:
    standing = Existing(7, 200, (100,), (ElderNeed(5, None, "1号楼"),) * 3)
    elders = (ElderNeed(1, None, "1号楼"), ElderNeed(2, None, "1号楼"))
    found = proposed(Roster(elders, (VolunteerOffer(100, 5, 5),), (200,), (standing,)))
    assert found.groups == ()
    assert {one.pairing_id for one in found.left} == {7}


def test_an_empty_roster_asks_for_nothing() -> None:
    assert proposed(Roster((), (), ())) == Proposal((), ())


def test_a_model_without_an_answer_is_said_to_have_none() -> None:
    model = Model()
    model.row({model.column(1, 1): 1}, low=2)
    with pytest.raises(NotSolved):
        model.solve()


async def test_a_process_that_fails_or_takes_too_long_is_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = Roster((ElderNeed("x", None),), (), ())  # type: ignore[arg-type]
    with pytest.raises(NotSolved), pytest.warns(UserWarning, match="serial"):
        await propose(broken)
    monkeypatch.setattr(proposer, "PATIENCE", 0.0)
    with pytest.raises(NotSolved, match="not done"):
        await propose(demo())
