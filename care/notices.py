"""The names of everything the bot says by itself or on request, and how much each matters."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Priority(IntEnum):
    """Who goes first at the sender; smaller is sooner."""

    ALARM = 0
    ANSWER = 1
    PROMPT = 2
    BROADCAST = 3


class Delivery(StrEnum):
    """What an unclear attempt means (reliability: two classes of notice)."""

    MUST = "must"
    ONCE = "once"


@dataclass(frozen=True)
class Manner:
    """How a notice is delivered."""

    delivery: Delivery
    priority: Priority


class Notice(StrEnum):
    """One name per kind of message; the screen of the same name renders it."""

    # everybody
    WELCOME = "welcome"
    CONSENT = "consent"
    JOINED = "joined"
    MENU = "menu"
    HELP = "help"
    LANGUAGE = "language"
    ME = "me"
    LEAVE_ASKED = "leave_asked"
    PLAIN = "plain"
    FORM = "form"
    COMMANDS = "commands"
    SET_ASIDE = "set_aside"
    # people
    INVITATION = "invitation"
    APPLICATION = "application"
    APPLIED = "applied"
    APPROVED = "approved"
    # elders and pairings
    ELDERS = "elders"
    ELDER = "elder"
    FAMILY_ELDER = "family_elder"
    PAIRINGS = "pairings"
    PAIRING = "pairing"
    PAIRED = "paired"
    NOT_REACHED = "not_reached"
    FAMILY_CHOICE = "family_choice"
    UNREACHABLE = "unreachable"
    ROSTER_PREVIEW = "roster_preview"
    ROSTER_DONE = "roster_done"
    ROSTER_EXPORT = "roster_export"
    # the day
    CALL_LIST = "call_list"
    CALL = "call"
    CALL_AGAIN = "call_again"
    EMERGENCY = "emergency"
    FOLLOW_UP = "follow_up"
    PLEASE_CALL = "please_call"
    CHECK_IN = "check_in"
    # the week
    WEEK = "week"
    WEEK_PUBLISHED = "week_published"
    WEEK_VISIT = "week_visit"
    VISITS = "visits"
    VISIT = "visit"
    VISIT_DECLINED = "visit_declined"
    VISIT_REMINDER = "visit_reminder"
    VISIT_CONCERN = "visit_concern"
    FAMILY_VISIT = "family_visit"
    # errands
    ERRAND_CARD = "errand_card"
    ERRAND = "errand"
    ERRANDS = "errands"
    ERRAND_TOLD = "errand_told"
    # running the station
    ALARM = "alarm"


_ALARM = Manner(Delivery.MUST, Priority.ALARM)
_ANSWER = Manner(Delivery.ONCE, Priority.ANSWER)
_PROMPT = Manner(Delivery.ONCE, Priority.PROMPT)
_BROADCAST = Manner(Delivery.ONCE, Priority.BROADCAST)

_MANNERS: dict[Notice, Manner] = {
    Notice.EMERGENCY: _ALARM,
    Notice.ALARM: _ALARM,
    Notice.PLEASE_CALL: _ALARM,
    Notice.SET_ASIDE: _PROMPT,
    Notice.APPLICATION: _PROMPT,
    Notice.APPROVED: _PROMPT,
    Notice.PAIRED: _PROMPT,
    Notice.CALL_AGAIN: _PROMPT,
    Notice.VISIT_DECLINED: _PROMPT,
    Notice.VISIT_CONCERN: _ALARM,
    Notice.ERRAND_CARD: _PROMPT,
    Notice.ERRAND_TOLD: _PROMPT,
    Notice.FOLLOW_UP: _PROMPT,
    Notice.CALL_LIST: _BROADCAST,
    Notice.WEEK_PUBLISHED: _BROADCAST,
    Notice.VISITS: _BROADCAST,
    Notice.VISIT_REMINDER: _BROADCAST,
    Notice.FAMILY_VISIT: _BROADCAST,
    Notice.CHECK_IN: _BROADCAST,
    Notice.UNREACHABLE: _PROMPT,
    Notice.COMMANDS: _BROADCAST,
}


def manner_of(notice: Notice) -> Manner:
    """How `notice` is delivered; what answers somebody's tap or word comes before any broadcast."""
    return _MANNERS.get(notice, _ANSWER)
