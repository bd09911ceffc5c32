"""A visit's life, from the offer to the report at the door."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from care.calls import Outcome, Reason


class State(StrEnum):
    """Where an assignment is; a draft is the staff's alone until the week is published."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SIGNED_IN = "signed_in"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"
    DROPPED = "dropped"


PLANNED = frozenset({State.OFFERED, State.ACCEPTED})
LIVE = PLANNED | {State.SIGNED_IN, State.DONE}
ON_DUTY = PLANNED | {State.SIGNED_IN}
# For how long after its day a visit may still be told of by whoever made it.
TOLD_WITHIN = timedelta(days=1)


class CannotCome(StrEnum):
    """Why a volunteer declines a visit."""

    BUSY = "busy"
    ILL = "ill"
    AWAY = "away"
    OTHER = "other"


class NotVisited(StrEnum):
    """Why a visit did not happen although somebody went; never a need to fake one."""

    NO_ANSWER = "no_answer"
    HOSPITAL = "hospital"
    AWAY = "away"
    REFUSED = "refused"
    OTHER = "other"

    @property
    def outcome(self) -> Outcome:
        """A door nobody opened is an attempt; the rest is "not possible, because…"."""
        return Outcome.NO_ANSWER if self is NotVisited.NO_ANSWER else Outcome.NOT_POSSIBLE

    @property
    def reason(self) -> Reason | None:
        """The reason as the contact log keeps it."""
        return None if self is NotVisited.NO_ANSWER else Reason(self)


class Level(StrEnum):
    """How a subject of the report looks."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"


class Hazard(StrEnum):
    """What is not safe at home (handbook, "The week": water, power, gas)."""

    WATER = "water"
    POWER = "power"
    GAS = "gas"


SUBJECTS = ("health", "mood", "safety", "food", "needs")


class Report(BaseModel):
    """The short form at the door; every subject is optional but `health`.

    `hazards` says what is not safe where `safety` is bad. A `remark` is for the staff and the next
    visitor, a `private` one for the staff alone.
    """

    model_config = ConfigDict(frozen=True)

    health: Level
    mood: Level | None = None
    safety: Level | None = None
    hazards: tuple[Hazard, ...] = ()
    food: Level | None = None
    needs: bool | None = None
    remark: str | None = Field(default=None, max_length=1000)
    private: bool = False

    @property
    def worrying(self) -> bool:
        """Something the social worker should hear of at once."""
        return Level.BAD in {self.health, self.mood, self.safety, self.food}


def safety_of(hazards: Sequence[Hazard] | None) -> Level | None:
    """How safe a home is: good when nothing was found, unknown when nobody looked."""
    if hazards is None:
        return None
    return Level.BAD if hazards else Level.GOOD


def answerable(state: State, day: date, today: date) -> bool:
    """Whether the volunteer may still say yes or no: until the visit's day is over."""
    return state in PLANNED and day >= today


def can_begin(state: State, day: date, today: date) -> bool:
    """Whether the volunteer may sign in, or say the day after that the visit happened."""
    return state in PLANNED and timedelta(0) <= today - day <= TOLD_WITHIN


def can_report(state: State, day: date, today: date) -> bool:
    """Whether the volunteer may tell how it was, or why it was not possible."""
    return state is State.SIGNED_IN or can_begin(state, day, today)
