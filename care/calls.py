"""Contacts, attempts and the call list's order."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum


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
    """Why an elder stands where they stand on the list; the smallest is first."""

    ASKED_TO_BE_CALLED = 0
    UNRESOLVED_YESTERDAY = 1
    TRIED_TODAY = 2
    NEVER_CONTACTED = 3
    ROUTINE = 4
    CHECKED_IN = 5


@dataclass(frozen=True)
class Owed:
    """One elder on a call list.

    Attributes:
        name: decides between equals, so that a list never shuffles.
        asked: pressed "please call me" today.
        checked_in: pressed "I am fine" today; lowers the urgency, does not replace the call.
        attempts_today: calls nobody answered today.
        red_since: first day of being red in our care; None when not known.
        last_contact: local day of the last contact, None when there was none.
        done: a contact is recorded for today.
    """

    elder_id: int
    name: str
    asked: bool = False
    checked_in: bool = False
    attempts_today: int = 0
    last_contact: date | None = None
    red_since: date | None = None
    done: bool = False

    def urgency(self, today: date) -> Urgency:
        """The strongest reason to be called early."""
        if self.asked:
            return Urgency.ASKED_TO_BE_CALLED
        if self.attempts_today:
            return Urgency.TRIED_TODAY
        if self.checked_in:
            return Urgency.CHECKED_IN
        if self.last_contact is None:
            return Urgency.NEVER_CONTACTED
        if (today - self.last_contact).days > 1 and self.red_since != today:
            return Urgency.UNRESOLVED_YESTERDAY
        return Urgency.ROUTINE


def in_order(owed: list[Owed], today: date) -> list[Owed]:
    """Most urgent first, then longest since the last contact (handbook, "The day", 08:30)."""
    return sorted(
        owed,
        key=lambda one: (one.urgency(today), one.last_contact or date.min, one.name, one.elder_id),
    )


def asks_again(attempts_today: int, times: int) -> bool:
    """Whether an unanswered call is asked about again: twice, by default."""
    return 0 < attempts_today <= times
