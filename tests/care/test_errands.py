"""The life of an errand, every step from every state, by everybody."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.access import Role
from care.errands import (
    CLAIMERS,
    ENDED,
    EXPLAINED,
    FINAL,
    IN_HAND,
    STEPS,
    UNCLAIMED,
    Claimer,
    EnoughInHand,
    Kind,
    MedicineOnly,
    NotAsked,
    Part,
    State,
    Step,
    after,
    first_state,
    is_late,
    longest,
    may_take,
    must_explain,
    refuse_claim,
)
from care.refusals import NotYours, Stale

NOW = datetime(2026, 4, 9, 8, tzinfo=UTC)
ALLOWED = {
    (State.REQUESTED, Step.APPROVE): State.OPEN,
    (State.OPEN, Step.CLAIM): State.CLAIMED,
    (State.CLAIMED, Step.SET_OUT): State.ON_THE_WAY,
    (State.CLAIMED, Step.BUY): State.BOUGHT,
    (State.ON_THE_WAY, Step.BUY): State.BOUGHT,
    (State.DONE, Step.CONFIRM): State.CONFIRMED,
    **{(state, Step.CANCEL): State.CANCELLED for state in UNCLAIMED | IN_HAND},
    **{(state, Step.EDIT): state for state in UNCLAIMED | IN_HAND - {State.BOUGHT}},
    **{(state, Step.KEEP): state for state in IN_HAND},
    **{(state, Step.FINISH): State.DONE for state in IN_HAND},
    **{(state, Step.RETURN): State.OPEN for state in IN_HAND},
    **{(state, Step.FAIL): State.FAILED for state in IN_HAND},
}
PARTS = st.builds(Part, st.booleans(), st.booleans(), st.booleans(), st.booleans())
VOLUNTEER = frozenset({Role.VOLUNTEER})


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_every_step_from_every_state(state: State, step: Step) -> None:
    if (state, step) in ALLOWED:
        assert after(state, step) is ALLOWED[state, step]
    else:
        with pytest.raises(Stale):
            after(state, step)


def test_what_is_final_stays_so_and_what_is_done_can_only_be_confirmed() -> None:
    assert all(not set(before) & FINAL for before, _ in STEPS.values())
    assert [step for step, (before, _) in STEPS.items() if State.DONE in before] == [Step.CONFIRM]


def test_a_state_is_unclaimed_in_hand_or_ended() -> None:
    assert set(State) == UNCLAIMED | IN_HAND | ENDED
    assert not UNCLAIMED & IN_HAND
    assert not IN_HAND & ENDED
    assert not UNCLAIMED & ENDED


def test_giving_up_is_explained_and_so_is_confirming_for_somebody_else() -> None:
    assert set(EXPLAINED) == {Step.RETURN, Step.FAIL, Step.CANCEL, Step.CONFIRM}
    assert all(EXPLAINED.values())
    for step in (Step.RETURN, Step.FAIL, Step.CANCEL):
        assert must_explain(step, Part())
    assert not must_explain(Step.FINISH, Part(claimer=True))
    assert must_explain(Step.CONFIRM, Part(claimer=True))
    assert not must_explain(Step.CONFIRM, Part(claimer=True, receiver=True))
    assert not must_explain(Step.CONFIRM, Part(keeper=True))


@given(st.sampled_from(Step), st.sampled_from(State), PARTS, st.booleans())
def test_nobody_without_a_part_may_do_anything(
    step: Step, state: State, part: Part, approvals: bool
) -> None:
    if may_take(step, state, part, approvals=approvals):
        assert part != Part()
        if step in CLAIMERS:
            assert part.claimer
        else:
            assert part.asker or part.keeper or step is Step.CONFIRM


def test_a_claim_is_asked_elsewhere() -> None:
    assert not may_take(Step.CLAIM, State.OPEN, Part(True, True, True, True))


def test_only_staff_approve_and_cancel_or_edit_besides_the_asker() -> None:
    asker, keeper = Part(asker=True), Part(keeper=True)
    assert may_take(Step.APPROVE, State.REQUESTED, keeper)
    assert not may_take(Step.APPROVE, State.REQUESTED, asker)
    for part in (asker, keeper):
        assert may_take(Step.CANCEL, State.OPEN, part)
        assert may_take(Step.EDIT, State.OPEN, part)
    assert not may_take(Step.CANCEL, State.OPEN, Part(claimer=True, receiver=True))


def test_what_was_approved_only_staff_may_change() -> None:
    asker = Part(asker=True)
    assert may_take(Step.EDIT, State.REQUESTED, asker, approvals=True)
    assert not may_take(Step.EDIT, State.OPEN, asker, approvals=True)
    assert may_take(Step.EDIT, State.OPEN, Part(keeper=True), approvals=True)


@pytest.mark.parametrize("part", [Part(receiver=True), Part(keeper=True), Part(claimer=True)])
def test_elder_family_staff_and_whoever_did_it_confirm(part: Part) -> None:
    assert may_take(Step.CONFIRM, State.DONE, part)
    assert not may_take(Step.CONFIRM, State.DONE, Part(asker=True))


def test_staff_need_no_approval() -> None:
    assert first_state(approvals=True, by_staff=False) is State.REQUESTED
    assert first_state(approvals=True, by_staff=True) is State.OPEN
    assert first_state(approvals=False, by_staff=False) is State.OPEN


def test_medicine_is_for_approved_volunteers_unless_the_station_says_otherwise() -> None:
    plain, approved = Claimer(VOLUNTEER), Claimer(VOLUNTEER, medicine=True)
    with pytest.raises(MedicineOnly):
        refuse_claim(Kind.MEDICINE, plain, most=3, medicine_approved=True)
    refuse_claim(Kind.MEDICINE, plain, most=3, medicine_approved=False)
    refuse_claim(Kind.MEDICINE, approved, most=3, medicine_approved=True)
    refuse_claim(Kind.PARCEL, plain, most=3, medicine_approved=True)


def test_nobody_has_more_in_hand_than_the_station_lets_them() -> None:
    refuse_claim(Kind.PARCEL, Claimer(VOLUNTEER, 2), most=3, medicine_approved=True)
    with pytest.raises(EnoughInHand) as refusal:
        refuse_claim(Kind.PARCEL, Claimer(VOLUNTEER, 3), most=3, medicine_approved=True)
    assert refusal.value.most == 3


def test_whoever_was_not_asked_waits_for_their_turn() -> None:
    """A forged button or a forwarded card wins nothing."""
    with pytest.raises(NotAsked):
        refuse_claim(Kind.PARCEL, Claimer(VOLUNTEER, asked=False), most=3, medicine_approved=True)


def test_only_volunteers_claim() -> None:
    with pytest.raises(NotYours):
        refuse_claim(
            Kind.PARCEL, Claimer(frozenset({Role.FAMILY})), most=3, medicine_approved=False
        )


@pytest.mark.parametrize("state", State)
def test_only_what_has_not_ended_can_be_late(state: State) -> None:
    assert is_late(NOW, NOW - timedelta(seconds=1), state) is (state not in ENDED)
    assert not is_late(NOW, NOW, state)


def test_who_is_along_to_the_doctor_is_not_late_before_the_afternoon() -> None:
    met = NOW - timedelta(hours=2)
    assert not is_late(NOW, met, State.ON_THE_WAY, met)
    assert is_late(NOW + timedelta(hours=5), met, State.ON_THE_WAY, met)
    assert is_late(NOW, met, State.CLAIMED, met)


def test_a_morning_at_the_hospital_takes_longer_than_a_shop() -> None:
    assert longest(Kind.ESCORT) > longest(Kind.GROCERIES)


@given(st.lists(st.sampled_from(Step)), st.booleans())
def test_any_row_of_steps_ends_in_a_state_with_one_owner_or_none(
    steps: list[Step], approvals: bool
) -> None:
    """Replayed without a database: who has it in hand follows from the steps alone."""
    state, owners = first_state(approvals=approvals, by_staff=False), 0
    for step in steps:
        try:
            state = after(state, step)
        except Stale:
            continue
        owners += step is Step.CLAIM
        owners -= step is Step.RETURN
        assert owners in {0, 1}
        assert owners == 1 or state not in IN_HAND | {State.DONE, State.CONFIRMED, State.FAILED}
        assert owners == 0 or state not in UNCLAIMED
