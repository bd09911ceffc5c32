"""The life of an errand: requested, claimed by exactly one, done, and told to who asked."""

from datetime import datetime
from enum import StrEnum

from care.refusals import Stale


class Kind(StrEnum):
    """What is to be done (handbook, "Errands")."""

    MEDICINE = "medicine"
    GROCERIES = "groceries"
    BILL = "bill"
    PARCEL = "parcel"
    ESCORT = "escort"
    REPAIR = "repair"


class State(StrEnum):
    """Where an errand is."""

    OPEN = "open"
    CLAIMED = "claimed"
    ON_THE_WAY = "on_the_way"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


IN_HAND = frozenset({State.CLAIMED, State.ON_THE_WAY})
ENDED = frozenset({State.DONE, State.CANCELLED, State.FAILED})


class Step(StrEnum):
    """What a person can do to an errand."""

    CLAIM = "claim"
    SET_OUT = "set_out"
    FINISH = "finish"
    RETURN = "return"
    FAIL = "fail"
    CANCEL = "cancel"


STEPS: dict[Step, tuple[frozenset[State], State]] = {
    Step.CLAIM: (frozenset({State.OPEN}), State.CLAIMED),
    Step.SET_OUT: (frozenset({State.CLAIMED}), State.ON_THE_WAY),
    Step.FINISH: (IN_HAND, State.DONE),
    Step.RETURN: (IN_HAND, State.OPEN),
    Step.FAIL: (IN_HAND, State.FAILED),
    Step.CANCEL: (frozenset({State.OPEN}) | IN_HAND, State.CANCELLED),
}


class WhyNot(StrEnum):
    """Why an errand is given back, or cannot be done."""

    NO_TIME = "no_time"
    NOT_THERE = "not_there"
    NOBODY_HOME = "nobody_home"
    NOT_NEEDED = "not_needed"
    OTHER = "other"


EXPLAINED = {
    Step.RETURN: (WhyNot.NO_TIME, WhyNot.OTHER),
    Step.FAIL: (WhyNot.NOT_THERE, WhyNot.NOBODY_HOME, WhyNot.OTHER),
    Step.CANCEL: (WhyNot.NOT_NEEDED, WhyNot.OTHER),
}


def after(state: State, step: Step) -> State:
    """The state that `step` leads to.

    Raises:
        Stale: the step does not fit the state any more.
    """
    allowed, then = STEPS[step]
    if state not in allowed:
        raise Stale
    return then


def is_late(now: datetime, by_when: datetime, state: State) -> bool:
    """Past its deadline and not ended."""
    return state not in ENDED and now > by_when
