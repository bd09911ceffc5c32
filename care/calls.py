"""Contacts, attempts and the call list's order."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

from care.elders import Tier
from care.surge import Why as Surge
from care.tiers import Change


class Kind(StrEnum):
    """How a contact happened."""

    CALL = "call"
    VISIT = "visit"


class Outcome(StrEnum):
    """What came of it (handbook, "The day")."""

    FINE = "fine"
    FOLLOW_UP = "follow_up"
    EMERGENCY = "emergency"
    NO_ANSWER = "no_answer"
    NOT_POSSIBLE = "not_possible"


CONTACTS = frozenset({Outcome.FINE, Outcome.FOLLOW_UP, Outcome.EMERGENCY})


class Reason(StrEnum):
    """Why a call or visit was not possible; never a need to fake one."""

    HOSPITAL = "hospital"
    AWAY = "away"
    NUMBER_WRONG = "number_wrong"
    REFUSED = "refused"
    OTHER = "other"


def is_contact(outcome: Outcome) -> bool:
    """An attempt is recorded, but is not a contact (handbook, "Words")."""
    return outcome in CONTACTS


class Urgency(IntEnum):
    """Why an elder stands where they stand; the smallest is first (handbook, "The day", 08:30)."""

    UNRESOLVED_YESTERDAY = 0
    ASKED_TO_BE_CALLED = 1
    SILENT = 2
    TRIED_TODAY = 3
    FOLLOW_UP_DUE = 4
    RED_SINCE_TODAY = 5
    BACK_TODAY = 6
    NEVER_CONTACTED = 7
    ROUTINE = 8
    SURGE = 9
    CHECKED_IN = 10


# "I am fine" lowers every urgency but these (handbook, "Tiers and cadence").
NOT_LOWERED = frozenset({Urgency.TRIED_TODAY, Urgency.FOLLOW_UP_DUE})


@dataclass(frozen=True)
class Owed:
    """One elder on a call list.

    Attributes:
        name: decides between equals, so that a list never shuffles.
        owes: a contact is owed today, because of the tier or because of a surge.
        asked: pressed "please call me", and was not contacted since.
        checked_in: pressed "I am fine" today; lowers the urgency, does not replace the call.
        silent: was asked how they are this morning, and has not answered.
        missed_yesterday: red yesterday, not paused, and not reached.
        attempts_today: calls nobody answered and doors nobody opened today.
        red_since_today: was not red yesterday.
        back_today: a pause ended today.
        follow_up: since when there is something to come back to.
        surge: the heat or the like because of which they are called, though they are not red.
        last_contact: local day of the last contact, None when there was none.
        done: a contact is recorded for today.
    """

    elder_id: int
    name: str
    owes: bool = True
    asked: bool = False
    checked_in: bool = False
    silent: bool = False
    missed_yesterday: bool = False
    attempts_today: int = 0
    red_since_today: bool = False
    back_today: bool = False
    follow_up: date | None = None
    surge: Surge | None = None
    last_contact: date | None = None
    done: bool = False

    @property
    def open(self) -> bool:
        """Whether somebody still has to call."""
        return (self.owes and not self.done) or self.asked or self.follow_up is not None

    @property
    def reasons(self) -> tuple[Urgency, ...]:
        """Everything that is said of them on the list, the strongest first."""
        due = self.owes and not self.done
        known = {
            Urgency.UNRESOLVED_YESTERDAY: due and self.missed_yesterday,
            Urgency.ASKED_TO_BE_CALLED: self.asked,
            Urgency.SILENT: due and self.silent,
            Urgency.TRIED_TODAY: due and self.attempts_today > 0,
            Urgency.FOLLOW_UP_DUE: self.follow_up is not None,
            Urgency.RED_SINCE_TODAY: due and self.red_since_today,
            Urgency.BACK_TODAY: due and self.back_today,
            Urgency.NEVER_CONTACTED: due and self.last_contact is None and self.surge is None,
            Urgency.SURGE: due and self.surge is not None,
            Urgency.CHECKED_IN: self.checked_in,
        }
        return tuple(reason for reason, true in known.items() if true)

    @property
    def urgency(self) -> Urgency:
        """The strongest reason to be called early."""
        found = self.reasons
        if self.checked_in and not NOT_LOWERED & set(found):
            return Urgency.CHECKED_IN
        return found[0] if found else Urgency.ROUTINE


def in_order(owed: list[Owed]) -> list[Owed]:
    """Most urgent first, then longest since the last contact (handbook, "The day", 08:30)."""
    return sorted(
        owed,
        key=lambda one: (one.urgency, one.last_contact or date.min, one.name, one.elder_id),
    )


def asks_again(attempts_today: int, times: int) -> bool:
    """Whether an unanswered call is asked about again: twice, by default."""
    return 0 < attempts_today <= times


def owed_from(
    start: datetime,
    since: datetime,
    changes: list[Change],
    pause_ended: datetime | None,
) -> datetime | None:
    """Since when on a day a red elder is owed a contact; None for the whole day.

    Args:
        start: when the day begins, UTC.
        since: when the elder came into care.
        changes: the day's changes of tier, oldest first.
        pause_ended: when a pause was ended that day.
    """
    begun = since
    if changes and (changes[0].before is not Tier.RED or changes[0].at <= start):
        begun = next((one.at for one in changes if one.after is Tier.RED), since)
    found = max(begun, pause_ended or begun)
    return found if found > start else None
