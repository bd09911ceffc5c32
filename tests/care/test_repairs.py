"""When somebody leaves a pairing: who could follow, and where a few elders could join."""

from care.elders import Tier
from care.places import Map
from care.proposals import ElderNeed, Existing, Roster, VolunteerOffer, Why, WhyLeft
from care.repairs import join_existing, repairs


def elder(number: int, building: str = "1号楼", tier: Tier = Tier.YELLOW) -> ElderNeed:
    return ElderNeed(number, tier, building, dialects=("沪语",) if number == 1 else ())


ELDERS = (elder(1), elder(2))
FAR = Map({}, (("1号楼", "9号楼", 400),))


def offer(
    number: int, most: int = 4, building: str | None = None, dialects: tuple[str, ...] = ()
) -> VolunteerOffer:
    return VolunteerOffer(number, 5, most, building, dialects)


def follower(*volunteers: VolunteerOffer) -> int | None:
    known = Roster((), volunteers, (90,), (Existing(1, 90, (), ELDERS),), FAR)
    [found] = repairs(known)
    return found.volunteer_id


def test_a_pairing_that_lacks_nobody_needs_nothing() -> None:
    whole, empty = Existing(1, 90, (1,), ELDERS), Existing(2, None, (), ())
    assert repairs(Roster((), (offer(1),), (90,), (whole, empty))) == ()


def test_who_speaks_as_the_elders_do_comes_first() -> None:
    assert follower(offer(1), offer(2, most=1, dialects=("沪语",))) == 2


def test_then_who_can_make_the_visits_that_are_owed() -> None:
    assert follower(offer(1, most=1, building="1号楼"), offer(2, most=4, building="9号楼")) == 2


def test_then_who_lives_nearest() -> None:
    assert follower(offer(1, building="9号楼"), offer(2, building="1号楼")) == 2


def test_the_same_volunteer_is_not_proposed_for_everything() -> None:
    gaps = tuple(Existing(n, 90, (), (elder(10 + n),)) for n in range(4))
    found = repairs(Roster((), (offer(1, most=2), offer(2, most=2)), (90,), gaps))
    assert [one.volunteer_id for one in found[:2]] == [1, 2]
    assert [one.led_by for one in found] == [90] * 4


def test_a_new_social_worker_is_whoever_leads_the_fewest_then_the_fewest_red() -> None:
    red = (elder(3, tier=Tier.RED),)
    pairings = (
        Existing(1, 91, (1,), ELDERS),
        Existing(2, 92, (1,), red),
        Existing(3, None, (1,), red),
        Existing(4, None, (1,), ELDERS),
    )
    found = repairs(Roster((), (offer(1),), (91, 92), pairings))
    assert [(one.pairing_id, one.worker_id) for one in found] == [(3, 91), (4, 92)]
    assert [(one.why[0].why, one.why[0].pairings) for one in found] == [(Why.LEADS_FEWEST, 1)] * 2
    assert found[0].elders == (3,)


def test_reasons_are_told_without_those_that_were_true_before() -> None:
    known = Roster((), (offer(1, dialects=("沪语",)),), (90,), (Existing(1, 90, (), ELDERS),))
    [found] = repairs(known)
    assert [one.why for one in found.why] == [Why.DIALECT, Why.CAPACITY]


def test_what_nobody_can_follow_is_said() -> None:
    [found] = repairs(Roster((), (), (), (Existing(1, None, (), ELDERS),)))
    assert found.left == (WhyLeft.NO_WORKER, WhyLeft.NO_VOLUNTEER)
    assert (found.worker_id, found.volunteer_id) == (None, None)


def test_two_elders_without_a_pairing_join_the_nearest_with_room() -> None:
    near = Existing(1, 90, (1,), tuple(elder(n) for n in range(10, 14)))
    far = Existing(2, 90, (1,), tuple(elder(n, "9号楼") for n in range(20, 23)))
    broken = Existing(3, 90, (), (elder(30),))
    known = Roster((elder(2), elder(1)), (offer(1),), (90,), (near, far, broken), FAR)
    found = join_existing(known)
    assert [(one.elder_id, one.pairing_id, one.led_by) for one in found] == [(1, 1, 90), (2, 2, 90)]
    assert found[1].beside == (20, 21, 22)
    assert {one.reason for one in found} == {WhyLeft.JOIN_EXISTING}


def test_without_room_for_all_of_them_or_with_enough_for_a_pairing_they_are_proposed_one() -> None:
    full = Existing(1, 90, (1,), tuple(elder(n) for n in range(10, 14)))
    assert join_existing(Roster((elder(1), elder(2)), (), (90,), (full,))) == ()
    assert join_existing(Roster((elder(1), elder(2), elder(3)), (), (90,), (full,))) == ()
