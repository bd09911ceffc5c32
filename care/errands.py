"""The life of an errand: requested, claimed by exactly one, done, confirmed, and told to all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from care.access import Role
from care.presence import LONGEST_STAY
from care.refusals import NotYours, Refusal, Stale


class Kind(StrEnum):
    """What is to be done (handbook, "Errands")."""

    MEDICINE = "medicine"
    GROCERIES = "groceries"
    BILL = "bill"
    PARCEL = "parcel"
    ESCORT = "escort"
    REPAIR = "repair"


class Payer(StrEnum):
    """Who pays for what is bought (handbook, "Errands")."""

    ELDER = "elder"
    FAMILY = "family"
    STATION = "station"
    NOBODY = "nobody"


class State(StrEnum):
    """Where an errand is."""

    REQUESTED = "requested"
    OPEN = "open"
    CLAIMED = "claimed"
    ON_THE_WAY = "on_the_way"
    BOUGHT = "bought"
    DONE = "done"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    FAILED = "failed"


# What something is paid for in, so that a budget, a payer, or a prescription may matter.
PRICED = frozenset({Kind.MEDICINE, Kind.GROCERIES, Kind.BILL})
# Of a morning at the hospital nobody says after an hour that it takes too long.
AT_THE_DOCTORS = timedelta(hours=6)
UNCLAIMED = frozenset({State.REQUESTED, State.OPEN})
IN_HAND = frozenset({State.CLAIMED, State.ON_THE_WAY, State.BOUGHT})
# Nobody goes to the door any more, so nobody need know where it is.
ENDED = frozenset({State.DONE, State.CONFIRMED, State.CANCELLED, State.FAILED})
# Nothing can be done to it any more, except that its money can still be put right.
FINAL = ENDED - {State.DONE}


class Step(StrEnum):
    """What a person can do to an errand."""

    APPROVE = "approve"
    EDIT = "edit"
    CLAIM = "claim"
    KEEP = "keep"
    SET_OUT = "set_out"
    BUY = "buy"
    FINISH = "finish"
    CONFIRM = "confirm"
    RETURN = "return"
    FAIL = "fail"
    CANCEL = "cancel"


# None: the step leaves the state as it is.
STEPS: dict[Step, tuple[frozenset[State], State | None]] = {
    Step.APPROVE: (frozenset({State.REQUESTED}), State.OPEN),
    Step.EDIT: (UNCLAIMED | {State.CLAIMED, State.ON_THE_WAY}, None),
    Step.CLAIM: (frozenset({State.OPEN}), State.CLAIMED),
    Step.KEEP: (IN_HAND, None),
    Step.SET_OUT: (frozenset({State.CLAIMED}), State.ON_THE_WAY),
    Step.BUY: (frozenset({State.CLAIMED, State.ON_THE_WAY}), State.BOUGHT),
    Step.FINISH: (IN_HAND, State.DONE),
    Step.CONFIRM: (frozenset({State.DONE}), State.CONFIRMED),
    Step.RETURN: (IN_HAND, State.OPEN),
    Step.FAIL: (IN_HAND, State.FAILED),
    Step.CANCEL: (UNCLAIMED | IN_HAND, State.CANCELLED),
}


class WhyNot(StrEnum):
    """Why an errand is given back, or cannot be done, or somebody else says that it is done."""

    NO_TIME = "no_time"
    NOT_THERE = "not_there"
    NOBODY_HOME = "nobody_home"
    NOT_NEEDED = "not_needed"
    SILENT = "silent"
    NOT_ALLOWED = "not_allowed"
    NO_PHONE = "no_phone"
    HANDED_OVER = "handed_over"
    OTHER = "other"


EXPLAINED = {
    Step.RETURN: (WhyNot.NO_TIME, WhyNot.OTHER),
    Step.FAIL: (WhyNot.NOT_THERE, WhyNot.NOBODY_HOME, WhyNot.OTHER),
    Step.CANCEL: (WhyNot.NOT_NEEDED, WhyNot.NOT_ALLOWED, WhyNot.OTHER),
    Step.CONFIRM: (WhyNot.NO_PHONE, WhyNot.HANDED_OVER, WhyNot.OTHER),
}


@dataclass(frozen=True)
class Part:
    """What somebody has to do with one errand.

    Attributes:
        asker: asked for it.
        claimer: has it in hand, or did it.
        keeper: of the staff who look after the elder.
        receiver: the elder, or of the family.
    """

    asker: bool = False
    claimer: bool = False
    keeper: bool = False
    receiver: bool = False


CLAIMERS = frozenset({Step.KEEP, Step.SET_OUT, Step.BUY, Step.FINISH, Step.RETURN, Step.FAIL})


def may_take(step: Step, state: State, part: Part, *, approvals: bool = False) -> bool:
    """Whether somebody may take a step, as far as that hangs on who they are.

    `approvals`: the station has errands approved; what was approved only staff may change. A claim
    is for any volunteer and is asked elsewhere (`refuse_claim`).
    """
    if step in CLAIMERS:
        return part.claimer
    match step:
        case Step.CANCEL:
            return part.asker or part.keeper
        case Step.EDIT:
            approved = approvals and state is not State.REQUESTED
            return part.keeper or (part.asker and not approved)
        case Step.CONFIRM:
            return part.receiver or part.keeper or part.claimer
        case Step.APPROVE:
            return part.keeper
        case _:
            return False


def must_explain(step: Step, part: Part) -> bool:
    """Whether a step needs a reason: all that give up, and a confirmation by whoever did it."""
    if step is Step.CONFIRM:
        return not (part.receiver or part.keeper)
    return step in EXPLAINED


def first_state(*, approvals: bool, by_staff: bool) -> State:
    """Where a new errand begins: staff need nobody's approval."""
    return State.REQUESTED if approvals and not by_staff else State.OPEN


def after(state: State, step: Step) -> State:
    """The state that `step` leads to.

    Raises:
        Stale: the step does not fit the state any more.
    """
    allowed, then = STEPS[step]
    if state not in allowed:
        raise Stale
    return state if then is None else then


class MedicineOnly(Refusal):
    """Medicine is fetched by volunteers whom a social worker has approved for it."""


class NotAsked(Refusal):
    """Somebody else is being asked first; whoever was not asked waits for their turn."""


class EnoughInHand(Refusal):
    """The volunteer has as many errands in hand as the station lets one have.

    Attributes:
        most: that many.
    """

    def __init__(self, most: int) -> None:
        super().__init__("enough")
        self.most = most


@dataclass(frozen=True)
class Claimer:
    """Who wants to claim: roles, errands in hand, may they fetch medicine, were they asked."""

    roles: frozenset[Role]
    in_hand: int = 0
    medicine: bool = False
    asked: bool = True


def refuse_claim(kind: Kind, who: Claimer, *, most: int, medicine_approved: bool) -> None:
    """Say no to a claim that is not allowed (handbook, "Errands"; both are settings).

    `most` is how many errands one may have in hand; `medicine_approved` asks for approval.

    Raises:
        NotYours: no volunteer.
        MedicineOnly: not approved for medicine.
        NotAsked: it is offered to others, and not yet to everybody.
        EnoughInHand: too many in hand already.
    """
    if Role.VOLUNTEER not in who.roles:
        raise NotYours
    if kind is Kind.MEDICINE and medicine_approved and not who.medicine:
        raise MedicineOnly
    if not who.asked:
        raise NotAsked
    if who.in_hand >= most:
        raise EnoughInHand(most)


def longest(kind: Kind) -> timedelta:
    """How long an errand takes at most, from setting out until it is done."""
    return AT_THE_DOCTORS if kind is Kind.ESCORT else LONGEST_STAY


def is_late(
    now: datetime, by_when: datetime, state: State, meet_at: datetime | None = None
) -> bool:
    """Past its deadline and not ended; of an escort, that nobody has set out by then."""
    if meet_at is not None and state is State.ON_THE_WAY:
        return now > by_when + AT_THE_DOCTORS
    return state not in ENDED and now > by_when
