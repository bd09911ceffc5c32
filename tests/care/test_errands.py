"""The life of an errand, every step from every state."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from care.errands import ENDED, EXPLAINED, IN_HAND, STEPS, State, Step, after, is_late
from care.refusals import Stale

NOW = datetime(2026, 4, 9, 8, tzinfo=UTC)
ALLOWED = {
    (State.OPEN, Step.CLAIM): State.CLAIMED,
    (State.OPEN, Step.CANCEL): State.CANCELLED,
    (State.CLAIMED, Step.SET_OUT): State.ON_THE_WAY,
    **{(state, Step.FINISH): State.DONE for state in IN_HAND},
    **{(state, Step.RETURN): State.OPEN for state in IN_HAND},
    **{(state, Step.FAIL): State.FAILED for state in IN_HAND},
    **{(state, Step.CANCEL): State.CANCELLED for state in IN_HAND},
}


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_every_step_from_every_state(state: State, step: Step) -> None:
    if (state, step) in ALLOWED:
        assert after(state, step) is ALLOWED[state, step]
    else:
        with pytest.raises(Stale):
            after(state, step)


def test_what_has_ended_stays_so() -> None:
    assert all(not set(before) & ENDED for before, _ in STEPS.values())


def test_a_state_is_open_in_hand_or_ended() -> None:
    assert {State.OPEN} | IN_HAND | ENDED == set(State)
    assert not IN_HAND & ENDED


def test_giving_up_is_explained() -> None:
    assert set(EXPLAINED) == {Step.RETURN, Step.FAIL, Step.CANCEL}
    assert all(EXPLAINED.values())


@pytest.mark.parametrize("state", State)
def test_only_what_has_not_ended_can_be_late(state: State) -> None:
    assert is_late(NOW, NOW - timedelta(seconds=1), state) is (state not in ENDED)
    assert not is_late(NOW, NOW, state)
